// The list of chats, and the settings of the page.

import { ask, avatar, icon, iconButton, make } from "./dom.js";
import { summary } from "./bubble.js";
import { post } from "./wire.js";
import { LANGUAGES, clockTime, language, languageName, word } from "./words.js";

export const dark = () => {
  const kept = localStorage.getItem("theme");
  return kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

export class Sidebar {
  constructor(page) {
    this.page = page;
    this.element = make("nav", { class: "sidebar", "aria-label": word("chats") });
  }

  draw() {
    const chats = [...this.page.chats.values()];
    const focused = document.activeElement?.dataset?.opens;
    this.element.replaceChildren(
      this.head(),
      make("div", { class: "lists" },
        this.section(word("visitors"), chats.filter((chat) => chat.type === "private"), iconButton("plus", word("addVisitor"), () => this.addVisitor())),
        this.section(word("groups"), chats.filter((chat) => chat.type !== "private"))));
    if (focused) this.element.querySelector(`[data-opens="${focused}"]`)?.focus();
  }

  head() {
    const pick = make("select", { "aria-label": word("pageLanguage"), onchange: () => this.page.speak(pick.value) },
      Object.entries(LANGUAGES).map(([code, name]) => make("option", { value: code, selected: code === language }, name)));
    return make("header", { class: "side-head" },
      make("div", { class: "head-words" }, make("h1", {}, this.page.bot.first_name), make("p", { class: "subtitle" }, `@${this.page.bot.username}`)),
      pick,
      iconButton(dark() ? "sun" : "moon", word("theme"), () => this.page.switchTheme(), { "aria-pressed": String(dark()) }));
  }

  section(title, chats, button) {
    const id = `list-${title}`;
    return make("section", { class: "list", "aria-label": title }, make("div", { class: "list-head" }, make("h2", { id }, title), button),
      make("ul", {}, chats.map((chat) => make("li", {}, this.item(chat)))));
  }

  item(chat) {
    const last = chat.messages.at(-1);
    const open = this.page.isOpen(chat.id);
    const unread = open ? 0 : this.page.unread.get(chat.id) ?? 0;
    const user = this.page.users.get(chat.id);
    const label = chat.staff ? word("staff") : user ? languageName(user.language_code) : word("members", chat.members.length);
    return make("button", { type: "button", class: "item", "aria-current": open ? "true" : null, "data-opens": chat.id, onclick: () => this.page.show(chat.id) },
      avatar(chat.id, chat.name),
      make("span", { class: "item-words" },
        make("span", { class: "item-line" }, make("strong", {}, chat.name), make("span", { class: "tag" }, label), last && make("time", {}, clockTime(last.date))),
        make("span", { class: "item-line" }, make("span", { class: "preview" }, last ? summary(last) : word("nothing")), unread > 0 && make("span", { class: "unread" }, String(unread)))));
  }

  async addVisitor() {
    const name = make("input", { name: "name", maxlength: "64", required: true, autocomplete: "off" });
    const codes = ["ko", "en", "de", "ja", "zh", "fr", "es", "vi", "uk"];
    const code = make("select", {}, codes.map((one) => make("option", { value: one }, languageName(one))));
    const values = await ask(word("addVisitor"), [{ label: word("name"), input: name }, { label: word("language"), input: code }], word("add"), word("cancel"));
    if (!values) return;
    const user = await post("/api/visitors", { name: values[0], language_code: values[1] }).catch(() => null);
    if (user) this.page.show(user.id);
  }
}

export const emptyState = () => make("div", { class: "empty" }, icon("back"), make("p", {}, word("empty")));
