// The page: what is open, and where each change goes.

import { make } from "./dom.js";
import { ChatColumn } from "./chat.js";
import { Sidebar, dark, emptyState } from "./sidebar.js";
import { follow, get } from "./wire.js";
import { language, speak, word } from "./words.js";

const SIDEBAR = 300;
const NARROWEST = 350;
const PHONE = 720;

class Page {
  constructor(root) {
    this.root = root;
    this.columns = [];
    this.unread = new Map();
    this.users = new Map();
    this.chats = new Map();
    this.offline = make("div", { class: "offline", role: "alert", hidden: true });
    this.main = make("main", { class: "columns" });
  }

  async start() {
    this.theme();
    await this.load();
    this.drawAll([...this.chats.keys()].slice(0, innerWidth < PHONE ? 0 : this.room()));
    addEventListener("resize", () => this.fit());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.theme(); this.sidebar.draw(); });
    follow(this.version, (change) => this.take(change), (online) => { this.offline.textContent = word("offline"); this.offline.hidden = online; });
  }

  async load() {
    const state = await get("/api/state");
    this.version = state.version;
    this.bot = state.bot;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
  }

  room() { return innerWidth < PHONE ? 1 : Math.max(1, Math.min(3, Math.floor((innerWidth - SIDEBAR) / NARROWEST))); }
  isOpen(id) { return this.columns.some((column) => column.id === id); }

  drawAll(open) {
    document.documentElement.lang = language;
    document.title = `${this.bot.first_name} · ${word("title")}`;
    this.sidebar = new Sidebar(this);
    this.columns = open.map((id) => this.chats.get(id)).filter(Boolean).map((chat) => new ChatColumn(chat, this));
    this.root.replaceChildren(this.offline, this.sidebar.element, this.main);
    this.drawColumns();
  }

  drawColumns() {
    this.main.replaceChildren(...(this.columns.length ? this.columns.map((column) => column.element) : [emptyState()]));
    this.root.classList.toggle("in-chat", this.columns.length > 0);
    this.sidebar.draw();
    for (const column of this.columns) column.toBottom();
  }

  async show(id) {
    if (!this.chats.has(id)) await this.reload();
    this.unread.delete(id);
    if (!this.isOpen(id)) {
      const column = new ChatColumn(this.chats.get(id), this);
      if (this.columns.length < this.room()) this.columns.push(column);
      else this.columns = [...this.columns.slice(0, -1), column];
    }
    this.drawColumns();
    const column = this.columns.find((one) => one.id === id);
    (column.composer?.input ?? column.element.querySelector(".strong"))?.focus();
  }

  close(column) {
    this.columns = this.columns.filter((one) => one !== column);
    this.drawColumns();
  }

  back(column) {
    this.close(column);
    this.sidebar.element.querySelector(`[data-opens="${column.id}"]`)?.focus();
  }

  fit() {
    if (this.columns.length <= this.room()) return;
    this.columns = this.columns.slice(0, this.room());
    this.drawColumns();
  }

  speak(code) {
    speak(code);
    this.drawAll(this.columns.map((column) => column.id));
  }

  theme() { document.documentElement.dataset.theme = dark() ? "dark" : "light"; }

  switchTheme() {
    const root = document.documentElement;
    root.classList.add("switching");
    requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove("switching")));
    localStorage.setItem("theme", dark() ? "light" : "dark");
    this.theme();
    this.sidebar.draw();
    this.sidebar.element.querySelector("[aria-pressed]").focus();
  }

  // One after the other: while everything is loaded again, what happens meanwhile waits its turn.
  take(change) {
    this.turn = (this.turn ?? Promise.resolve()).then(() => this.apply(change)).catch((error) => console.warn(error));
  }

  async apply(change) {
    if (change.version <= this.version && change.type !== "reset") return;
    this.version = change.version;
    if (change.type === "reset" || change.type === "commands") return this.reload();
    if (change.type === "user") return this.users.set(change.user.id, change.user);
    const chat = this.chats.get(change.chat_id);
    const column = this.columns.find((one) => one.id === change.chat_id);
    if (change.type === "chat") return this.takeChat(chat, column, change.chat);
    const messages = chat.messages;
    const place = messages.findIndex((one) => one.message_id === (change.message?.message_id ?? change.message_id));
    switch (change.type) {
      case "message":
        if (place >= 0) break;
        messages.push(change.message);
        if (change.message.from.is_bot) chat.draft = null;
        if (!column && change.message.from.is_bot) this.unread.set(chat.id, (this.unread.get(chat.id) ?? 0) + 1);
        column?.add(change.message);
        break;
      case "edit": if (place < 0) break; messages[place] = change.message; column?.replace(change.message); break;
      case "delete": messages.splice(place, place < 0 ? 0 : 1); column?.remove(change.message_id); break;
      case "reaction": if (place < 0) break; messages[place].reaction = change.reaction; column?.replace(messages[place]); break;
      case "draft": chat.draft = change.draft; column?.showDraft(change.draft); return;
      case "typing": column?.subtitle(word(change.action === "typing" ? "typing" : "uploading")); return;
      default: return;
    }
    this.sidebar.draw();
  }

  takeChat(chat, column, news) {
    const whole = { messages: [], draft: null, commands: {}, about: {}, ...chat, ...news };
    this.chats.set(whole.id, whole);
    column?.update(whole);
    column?.fill();
    this.sidebar.draw();
    if (!chat) this.reload();
    else if (column?.element.contains(document.activeElement) || document.activeElement === document.body) column?.composer?.input.focus();
  }

  // Commands and descriptions depend on the visitor's language, so the server is asked again; what is open stays as it is.
  async reload() {
    await this.load();
    for (const column of this.columns) {
      const chat = this.chats.get(column.id);
      if (!chat) continue;
      const rewritten = JSON.stringify(chat.messages) !== JSON.stringify(column.data.messages);
      column.update(chat);
      if (rewritten || chat.bot === "fresh") column.fill();
    }
    this.columns = this.columns.filter((column) => this.chats.has(column.id));
    this.sidebar.draw();
  }
}

new Page(document.getElementById("app")).start();
