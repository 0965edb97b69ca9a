// One chat column: header, messages, and below them whatever the visitor can do now.

import { ask, avatar, icon, iconButton, make, openMenu } from "./dom.js";
import { bubble, draftBubble, elementId } from "./bubble.js";
import { Composer } from "./composer.js";
import { post } from "./wire.js";
import { day, languageName, word } from "./words.js";

const NEAR = 60;

export class ChatColumn {
  constructor(data, page) {
    this.page = page;
    this.update(data);
    this.speaker = data.members[0];
    this.line = make("p", { class: "subtitle" });
    this.feed = make("div", { class: "feed", role: "log", "aria-live": "polite", "aria-label": `${word("messages")}: ${this.name}`, tabindex: "0", onscroll: () => this.scrolled() });
    this.newer = make("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toBottom() }, icon("down"), word("newMessages"));
    this.toasts = make("div", { class: "toasts", role: "status" });
    this.foot = make("footer", { class: "foot" });
    this.element = make("section", { class: "column", "aria-label": this.name, "data-chat": this.id },
      this.header(), this.toasts, make("div", { class: "feed-frame" }, this.feed, this.newer), this.foot);
    this.fill();
  }

  update(data) {
    this.data = data;
    this.id = data.id;
    this.name = data.name;
    this.group = data.type !== "private";
    this.open = data.bot === "member";
    this.people = data.members.map((id) => this.page.users.get(id));
  }

  header() {
    const more = iconButton("more", word("more"), () => openMenu(more, this.menu()), { "aria-haspopup": "menu" });
    return make("header", { class: "column-head" },
      iconButton("back", word("back"), () => this.page.back(this), { class: "icon-button back" }),
      avatar(this.id, this.name),
      make("div", { class: "head-words" }, make("h2", {}, this.name), this.line),
      make("div", { class: "head-buttons" }, more, iconButton("close", word("close"), () => this.page.close(this), { class: "icon-button close" })));
  }

  menu() {
    const block = this.open
      ? { icon: "ban", label: word(this.group ? "leave" : "block"), danger: true, press: () => this.setBlocked(true) }
      : this.data.bot !== "fresh" && { icon: "check", label: word(this.group ? "invite" : "unblock"), press: () => this.setBlocked(false) };
    return [!this.group && this.data.bot !== "kicked" && { icon: "link", label: word("openWith"), press: () => this.openWith() }, block];
  }

  fill() {
    this.subtitle();
    this.feed.replaceChildren();
    this.lastDay = "";
    for (const message of this.data.messages) this.place(message);
    this.showDraft(this.data.draft);
    this.showFoot();
    requestAnimationFrame(() => this.toBottom());
  }

  subtitle(activity) {
    clearTimeout(this.quiet);
    this.line.classList.toggle("active", Boolean(activity));
    const about = this.group ? word("members", this.people.length + (this.open ? 1 : 0)) : languageName(this.people[0].language_code);
    this.line.textContent = activity ? `${this.page.bot.first_name} ${activity}` : this.group ? about : `${about} · ${word("withBot", this.page.bot.first_name)}`;
    if (activity) this.quiet = setTimeout(() => this.subtitle(), 5000);
  }

  showFoot() {
    if (this.open) {
      this.composer = new Composer(this);
      this.foot.replaceChildren(this.composer.element);
      const last = this.data.messages.findLast((message) => message.reply_markup && !message.reply_markup.inline_keyboard);
      this.composer.offer(last?.reply_markup);
      return;
    }
    this.composer = null;
    const fresh = this.data.bot === "fresh";
    const press = fresh ? () => this.start("") : () => this.setBlocked(false);
    const label = word(fresh ? "start" : this.group ? "invite" : "unblock");
    this.foot.replaceChildren(make("div", { class: "gate" }, make("button", { type: "button", class: "strong wide", onclick: press }, label)));
    if (fresh) this.feed.replaceChildren(this.welcome());
  }

  welcome() {
    const about = this.data.about[this.speaker];
    return make("div", { class: "welcome" }, avatar(this.page.bot.id, this.page.bot.first_name), make("h3", {}, word("about")),
      make("p", {}, about || word("aboutEmpty")), make("button", { type: "button", class: "quiet", onclick: () => this.openWith() }, icon("link"), word("openWith")));
  }

  nameOf(person) { return person.is_bot ? this.page.bot.first_name : person.first_name; }
  commands() { return this.data.commands[this.speaker] ?? []; }
  speakAs(id) { this.speaker = id; }
  get sendCommand() { return (text) => this.send({ text }); }

  place(message) {
    this.feed.querySelector(".welcome")?.remove();
    const today = day(message.date);
    if (today !== this.lastDay) {
      this.lastDay = today;
      this.feed.append(make("div", { class: "day" }, make("span", {}, today)));
    }
    this.feed.append(bubble(message, this));
  }

  // Keep the reader where they are: follow the newest message only if they were already looking at it.
  steadily(change) {
    const following = this.feed.scrollHeight - this.feed.scrollTop - this.feed.clientHeight < NEAR;
    change();
    if (following) this.toBottom();
    return following;
  }

  add(message) {
    const following = this.steadily(() => {
      if (message.from.is_bot) this.showDraft(null);
      this.place(message);
      if (this.draftElement) this.feed.append(this.draftElement);
    });
    if (message.from.is_bot) {
      this.subtitle();
      this.composer?.offer(message.reply_markup);
      if (message.reply_markup?.force_reply) this.reply(message);
      this.newer.hidden = following;
    } else this.toBottom();
  }

  replace(message) {
    this.steadily(() => document.getElementById(elementId(this.id, message.message_id))?.replaceWith(bubble(message, this)));
  }

  remove(messageId) { document.getElementById(elementId(this.id, messageId))?.remove(); }

  showDraft(draft) {
    clearTimeout(this.fading);
    this.steadily(() => {
      const next = draft && draftBubble(draft);
      if (!next) this.draftElement?.remove();
      else if (this.draftElement?.isConnected) this.draftElement.replaceWith(next);
      else this.feed.append(next);
      this.draftElement = next;
    });
    if (draft) this.fading = setTimeout(() => this.showDraft(null), Math.max(0, draft.until * 1000 - Date.now()));
  }

  toBottom() {
    this.feed.scrollTop = this.feed.scrollHeight;
    this.newer.hidden = true;
  }

  scrolled() {
    if (this.feed.scrollHeight - this.feed.scrollTop - this.feed.clientHeight < NEAR) this.newer.hidden = true;
  }

  async tried(action) {
    try { return (await action) ?? true; } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  send(body) { return this.tried(post(`/api/chats/${this.id}/messages`, { from: this.speaker, ...body })); }
  sendEdit(messageId, text) { return this.tried(post(`/api/chats/${this.id}/messages/${messageId}`, { from: this.speaker, text })); }
  start(payload) { return this.tried(post(`/api/chats/${this.id}/start`, { payload })); }
  setBlocked(blocked) { return this.tried(post(`/api/chats/${this.id}/block`, { from: this.speaker, blocked })); }
  reply(message) { this.composer?.reply(message); }
  edit(message) { this.composer?.edit(message); if (this.group) this.speaker = message.from.id; }

  async press(messageId, data) {
    const result = await this.tried(post(`/api/chats/${this.id}/press`, { from: this.speaker, message_id: messageId, callback_data: data, wait: 20 }));
    if (!result) return;
    if (!result.answer) this.toast(word("noAnswer"));
    else if (result.answer.show_alert) await ask(result.answer.text, [], word("ok"));
    else if (result.answer.text) this.toast(result.answer.text);
  }

  async openWith() {
    const input = make("input", { name: "payload", maxlength: "64", pattern: "[A-Za-z0-9_\\-]*", autocomplete: "off", spellcheck: "false", placeholder: "booth-12" });
    const values = await ask(word("openWith"), [{ label: word("payload"), input }], word("open"), word("cancel"));
    if (values) await this.start(values[0]);
  }

  toast(text) {
    const note = make("div", { class: "toast" }, text);
    this.toasts.replaceChildren(note);
    setTimeout(() => note.remove(), 4000);
  }
}
