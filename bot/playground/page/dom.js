// Elements without markup: text only ever becomes text, so nothing that a bot sends can become an element.

const ICONS = {
  back: "M15 5l-7 7 7 7", send: "M4 12l16-8-5 16-3-7z", clip: "M19 11l-7.5 7.500a4.5 4.5 0 0 1-6.5-6.500l8-8a3 3 0 0 1 4.5 4.500l-8 8a1.5 1.5 0 0 1-2-2l7-7",
  slash: "M9 20l6-16", more: "M12 5.500v.01M12 12v.01M12 18.500v.01", close: "M6 6l12 12M18 6L6 18", plus: "M12 5v14M5 12h14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.4 1.400M17.6 17.600L19 19M19 5l-1.4 1.400M6.4 17.600L5 19",
  moon: "M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z", reply: "M9 7L4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4", file: "M7 3h7l5 5v13H7zM14 3v5h5", down: "M12 4v14M6 12l6 6 6-6", out: "M8 16L17 7M9 7h8v8",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1", photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01", voice: "M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2",
  sticker: "M12 3a9 9 0 1 0 9 9c-5 0-9-4-9-9M8.5 13.500c1 2 3 3 5 2.5", link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  ban: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M6 6l12 12", check: "M5 12l5 5 9-10",
};

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.classList.add("icon");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", ICONS[name]);
  picture.append(line);
  return picture;
}

export function iconButton(name, label, press, properties = {}) {
  return make("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: press, ...properties }, icon(name));
}

export function avatar(id, name) {
  const first = [...name.trim()][0] ?? "?";
  return make("span", { class: `avatar hue-${Math.abs(id) % 7}`, "aria-hidden": "true" }, first.toUpperCase());
}

// A small form in a dialog; resolves to its values, or to null when it is dismissed.
export function ask(title, fields, confirm, cancel) {
  return new Promise((resolve) => {
    const inputs = fields.map((field) => field.input);
    const form = make("form", { method: "dialog", class: "sheet" },
      make("h2", {}, title),
      fields.map((field) => make("label", {}, make("span", {}, field.label), field.input)),
      make("div", { class: "sheet-buttons" },
        cancel && make("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, cancel),
        make("button", { class: "strong" }, confirm)));
    const dialog = make("dialog", { "aria-label": title }, form);
    let values = null;
    form.addEventListener("submit", () => { values = inputs.map((input) => input.value); });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(values); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// A menu that belongs to a button: arrow keys move, Escape closes.
export function openMenu(anchor, items) {
  document.querySelector(".menu")?.remove();
  const menu = make("div", { class: "menu", role: "menu" });
  const close = (refocus) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(false); };
  for (const item of items.filter(Boolean)) {
    menu.append(make("button", { type: "button", role: "menuitem", class: item.danger ? "danger" : "", onclick: () => { close(true); item.press(); } }, icon(item.icon), item.label));
  }
  menu.addEventListener("keydown", (event) => {
    const buttons = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") close(true);
  });
  anchor.parentElement.append(menu);
  document.addEventListener("pointerdown", outside, true);
  menu.firstElementChild.focus();
}
