// Where a visitor writes: text, commands, stand-ins for files, a reply, an edit.

import { icon, iconButton, make, openMenu } from "./dom.js";
import { summary } from "./bubble.js";
import { word } from "./words.js";

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.replying = null;
    this.editing = null;
    this.suggested = [];
    this.chosen = 0;
    const id = `write${chat.id}`;
    this.context = make("div", { class: "context", hidden: true });
    this.list = make("ul", { class: "suggestions", role: "listbox", id: `${id}-commands`, "aria-label": word("commands"), hidden: true });
    this.input = make("textarea", {
      id, rows: "1", placeholder: word("write"), "aria-label": `${word("write")}: ${chat.name}`, maxlength: "4096", role: "combobox",
      "aria-controls": `${id}-commands`, "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off",
      oninput: () => this.typed(), onkeydown: (event) => this.key(event),
    });
    this.sendButton = make("button", { type: "submit", class: "send", "aria-label": word("send"), title: word("send"), disabled: true }, icon("send"));
    this.keys = make("div", { class: "reply-keyboard", hidden: true });
    this.element = make("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.list, this.context, this.speakers(),
      make("div", { class: "writing" },
        iconButton("clip", word("attach"), (event) => this.attach(event.currentTarget), { "aria-haspopup": "menu" }),
        this.input,
        iconButton("slash", word("commands"), () => { this.input.value = "/"; this.typed(); this.input.focus(); }),
        this.sendButton),
      this.keys);
  }

  speakers() {
    if (!this.chat.group) return null;
    const options = this.chat.people.map((person) => make("label", { class: `speaker hue-${person.id % 7}` },
      make("input", { type: "radio", name: `speaker${this.chat.id}`, value: person.id, checked: person.id === this.chat.speaker, onchange: () => this.chat.speakAs(person.id) }),
      make("span", {}, person.first_name)));
    return make("fieldset", { class: "speakers" }, make("legend", {}, word("speakAs")), options);
  }

  typed() {
    this.sendButton.disabled = !this.input.value.trim();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
    const match = /^\/(\w*)$/.exec(this.input.value);
    this.suggested = match ? this.chat.commands().filter((one) => one.command.startsWith(match[1])) : [];
    this.chosen = 0;
    this.suggest();
  }

  suggest() {
    this.list.hidden = !this.suggested.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...this.suggested.map((one, place) => make("li", {
      role: "option", id: `${this.list.id}-${place}`, "aria-selected": String(place === this.chosen),
      onpointerdown: (event) => { event.preventDefault(); this.take(one); },
    }, make("strong", {}, `/${one.command}`), make("span", {}, one.description))));
    if (this.list.hidden) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    this.list.children[this.chosen]?.scrollIntoView({ block: "nearest" });
  }

  take(command) {
    this.input.value = `/${command.command}`;
    this.send();
  }

  key(event) {
    if (event.isComposing) return; // Enter ends a Korean syllable, it does not send
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.suggested.length) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.suggested.length) % this.suggested.length;
      this.suggest();
    } else if (event.key === "Tab" && this.suggested.length && !event.shiftKey) {
      event.preventDefault();
      this.input.value = `/${this.suggested[this.chosen].command} `;
      this.typed();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.suggested.length) this.take(this.suggested[this.chosen]);
      else this.send();
    } else if (event.key === "Escape") {
      if (this.suggested.length) { this.suggested = []; this.suggest(); }
      else this.clear();
    }
  }

  async send() {
    const text = this.input.value;
    if (!text.trim()) return;
    const { replying, editing } = this;
    this.clear();
    const sent = editing ? await this.chat.sendEdit(editing.message_id, text) : await this.chat.send({ text, reply_to: replying?.message_id ?? 0 });
    if (!sent && !this.input.value) { this.input.value = text; this.typed(); }
  }

  clear() {
    this.replying = this.editing = null;
    this.input.value = "";
    this.context.hidden = true;
    this.typed();
  }

  about(message, label) {
    this.context.replaceChildren(icon(this.editing ? "edit" : "reply"),
      make("span", { class: "context-words" }, make("strong", {}, label), make("span", {}, summary(message))),
      iconButton("close", word("cancel"), () => { this.clear(); this.input.focus(); }));
    this.context.hidden = false;
    this.input.focus();
  }

  reply(message) {
    this.editing = null;
    this.replying = message;
    this.about(message, `${word("replyTo")} ${this.chat.nameOf(message.from)}`);
  }

  edit(message) {
    this.clear();
    this.editing = message;
    this.input.value = message.text;
    this.typed();
    this.about(message, word("editing"));
  }

  attach(anchor) {
    openMenu(anchor, ["photo", "voice", "sticker", "document"].map((kind) => ({
      icon: kind === "document" ? "file" : kind, label: word(kind), press: () => this.chat.send({ kind, reply_to: this.replying?.message_id ?? 0 }),
    })));
  }

  offer(markup) {
    if (!markup || markup.inline_keyboard) return;
    const rows = markup.keyboard ?? [];
    this.keys.hidden = !rows.length;
    this.keys.replaceChildren(...rows.map((row) => make("div", { class: "keyboard-row" }, row.map((one) => {
      const text = one.text ?? one;
      return make("button", { type: "button", class: "key", onclick: () => { if (markup.one_time_keyboard) this.keys.hidden = true; this.chat.send({ text }); } }, text);
    }))));
    if (markup.input_field_placeholder) this.input.placeholder = markup.input_field_placeholder;
  }
}
