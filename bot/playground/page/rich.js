// A text and its entities as nodes. Offsets are UTF-16 units, which is what JavaScript strings count in.

import { make } from "./dom.js";
import { language, word } from "./words.js";

export const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

export function rich(text, entities = [], sendCommand = () => {}) {
  const queue = entities.map((one) => ({ ...one, end: one.offset + one.length }));
  queue.sort((a, b) => a.offset - b.offset || b.end - a.end);
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes(text, queue, 0, text.length, sendCommand));
  return fragment;
}

function nodes(text, entities, start, end, sendCommand) {
  const made = [];
  let at = start;
  let afterBlock = false;
  const plain = (until) => {
    let piece = text.slice(at, until);
    if (afterBlock && piece.startsWith("\n")) piece = piece.slice(1);
    if (piece) {
      made.push(document.createTextNode(piece));
      afterBlock = false;
    }
    at = until;
  };
  const waiting = [...entities];
  while (waiting.length) {
    const entity = waiting.shift();
    const inner = [];
    const behind = [];
    while (waiting.length && waiting[0].offset < entity.end) {
      const child = waiting.shift();
      inner.push({ ...child, end: Math.min(child.end, entity.end) });
      if (child.end > entity.end) behind.push({ ...child, offset: entity.end });
    }
    waiting.unshift(...behind);
    if (BLOCKS.has(entity.type) && text[entity.offset - 1] === "\n" && entity.offset > at) {
      plain(entity.offset - 1);
      at = entity.offset;
    } else plain(entity.offset);
    const children = nodes(text, inner, entity.offset, entity.end, sendCommand);
    made.push(wrapped(entity, text.slice(entity.offset, entity.end), children, sendCommand));
    at = entity.end;
    afterBlock = BLOCKS.has(entity.type);
  }
  plain(end);
  return made;
}

function wrapped(entity, words, children, sendCommand) {
  if (entity.type in TAGS) return make(TAGS[entity.type], {}, ...children);
  switch (entity.type) {
    case "text_link": return link(entity.url, children);
    case "url": return link(/^[a-z]+:\/\//i.test(words) ? words : `http://${words}`, children);
    case "email": return make("a", { href: `mailto:${words}` }, ...children);
    case "bot_command": return make("button", { type: "button", class: "command", onclick: () => sendCommand(words) }, ...children);
    case "mention": case "hashtag": case "cashtag": case "text_mention": return make("span", { class: "mention" }, ...children);
    case "spoiler": return spoiler(children);
    case "pre": return make("pre", { tabindex: "0" }, entity.language && make("span", { class: "code-language" }, entity.language), make("code", {}, ...children));
    case "blockquote": return make("blockquote", {}, ...children);
    case "expandable_blockquote": return expandable(children);
    case "date_time": return moment(entity, words);
    default: return make("span", {}, ...children);
  }
}

function link(address, children) {
  if (!/^https?:\/\//i.test(address ?? "")) return make("span", { class: "mention", title: address }, ...children);
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, ...children);
}

function spoiler(children) {
  const hidden = make("button", { type: "button", class: "spoiler", "aria-label": word("reveal"), "aria-expanded": "false" }, make("span", { "aria-hidden": "true" }, ...children));
  hidden.addEventListener("click", () => hidden.replaceWith(make("span", { class: "revealed" }, ...hidden.firstChild.childNodes)));
  return hidden;
}

function expandable(children) {
  const body = make("div", { class: "folded" }, ...children);
  const toggle = make("button", { type: "button", class: "fold", "aria-expanded": "false" }, word("unfold"));
  toggle.addEventListener("click", () => {
    const folded = body.classList.toggle("folded");
    toggle.setAttribute("aria-expanded", String(!folded));
    toggle.textContent = word(folded ? "unfold" : "fold");
  });
  const quote = make("blockquote", { class: "expandable" }, body, toggle);
  requestAnimationFrame(() => { if (body.scrollHeight <= body.clientHeight + 2) toggle.remove(); });
  return quote;
}

// Telegram's format: r is relative, else w weekday, d or D date, t or T time, each in the reader's own zone.
export function formatted(seconds, format, words, now = Date.now()) {
  if (!format) return words;
  if (format === "r") {
    const minutes = Math.round((seconds * 1000 - now) / 60000);
    const [value, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"] : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
    return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(value, unit);
  }
  const options = {};
  if (format.includes("w")) options.weekday = format.includes("D") ? "long" : "short";
  if (format.includes("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return new Intl.DateTimeFormat(language, options).format(seconds * 1000);
}

function moment(entity, words) {
  const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" }).format(entity.unix_time * 1000);
  return make("time", { datetime: new Date(entity.unix_time * 1000).toISOString(), title: full }, formatted(entity.unix_time, entity.date_time_format, words));
}
