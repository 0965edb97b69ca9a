// One message: its words, its file, its buttons.

import { icon, iconButton, make } from "./dom.js";
import { BLOCKS, rich } from "./rich.js";
import { clockTime, word } from "./words.js";

export function bubble(message, chat) {
  const fromBot = message.from.is_bot;
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities;
  const short = message.text && width(text) <= 27 && !text.includes("\n") && !chat.group && !message.reply_to_message && !entities?.some((one) => BLOCKS.has(one.type));
  const body = make("div", { class: `bubble ${short ? "short" : ""}` },
    chat.group && make("div", { class: `sender ${fromBot ? "" : `hue-${message.from.id % 7}`}` }, chat.nameOf(message.from)),
    message.reply_to_message && quoted(message.reply_to_message, chat),
    file(message),
    text && make("div", { class: "words" }, rich(text, entities, chat.sendCommand)),
    make("div", { class: "meta" }, message.edit_date && make("span", {}, word("edited")), make("time", { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date))));
  const stack = make("div", { class: "stack" }, body, buttons(message, chat), reaction(message));
  return make("article", { class: `message ${fromBot ? "theirs" : "own"}`, id: elementId(message.chat.id, message.message_id), "aria-label": `${chat.nameOf(message.from)}, ${clockTime(message.date)}` }, stack, actions(message, chat, fromBot));
}

// Hangul and its neighbours are about twice as wide as Latin letters.
const width = (text) => [...text].reduce((sum, character) => sum + (character > "\u10ff" ? 1.7 : 1), 0);

export const elementId = (chatId, messageId) => `m${chatId}_${messageId}`;

export const summary = (message) => {
  const text = message.text ?? message.caption ?? "";
  if (text) return text.replace(/\s+/g, " ");
  return message.document?.file_name ?? (message.kind && message.kind !== "text" ? word(message.kind) : word(kindOf(message)));
};

const kindOf = (message) => ["photo", "voice", "sticker", "document"].find((kind) => message[kind]) ?? "document";

function quoted(message, chat) {
  const jump = () => document.getElementById(elementId(chat.id, message.message_id))?.scrollIntoView({ block: "center", behavior: "smooth" });
  return make("button", { type: "button", class: "quoted", onclick: jump }, make("strong", {}, chat.nameOf(message.from)), make("span", {}, summary(message)));
}

function file(message) {
  if (message.document) {
    const { file_id: id, file_name: name, file_size: size } = message.document;
    const label = `${word("download")}: ${name}`;
    return make("a", { class: "file", href: `/api/files/${id}`, download: name, "aria-label": label },
      make("span", { class: "file-icon" }, icon("file")), make("span", { class: "file-name" }, name, make("small", {}, bytes(size))));
  }
  if (message.photo) return make("div", { class: "stand-in photo" }, icon("photo"), word("photo"));
  if (message.voice) return make("div", { class: "stand-in voice" }, icon("voice"), make("span", { class: "wave", "aria-hidden": "true" }), "0:03");
  if (message.sticker) return make("div", { class: "stand-in sticker" }, message.sticker.emoji);
  return null;
}

const bytes = (size) => size < 1024 ? `${size} B` : size < 1048576 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1048576).toFixed(1)} MB`;

function reaction(message) {
  return message.reaction ? make("div", { class: "reaction", "aria-label": `${word("reacted")}: ${message.reaction}` }, message.reaction) : null;
}

function buttons(message, chat) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return make("div", { class: "keyboard" }, rows.map((row) => make("div", { class: "keyboard-row" }, row.map((button) => key(button, message, chat)))));
}

function key(button, message, chat) {
  const look = `key ${button.style ?? ""}`;
  if (button.url) {
    const safe = /^https?:\/\//i.test(button.url) ? button.url : null;
    return make("a", { class: look, href: safe, target: "_blank", rel: "noopener noreferrer", title: button.url }, button.text, icon("out"));
  }
  if (button.copy_text) {
    const copy = async () => {
      await navigator.clipboard?.writeText(button.copy_text.text).catch(() => {});
      chat.toast(word("copied"));
    };
    return make("button", { type: "button", class: look, onclick: copy }, button.text, icon("copy"));
  }
  const pressed = make("button", { type: "button", class: look, disabled: !button.callback_data }, button.text);
  pressed.addEventListener("click", async () => {
    if (pressed.getAttribute("aria-busy")) return;
    pressed.setAttribute("aria-busy", "true");
    try { await chat.press(message.message_id, button.callback_data); }
    finally { pressed.removeAttribute("aria-busy"); }
  });
  return pressed;
}

function actions(message, chat, fromBot) {
  if (!chat.open) return null;
  return make("div", { class: "actions" },
    iconButton("reply", word("reply"), () => chat.reply(message)),
    !fromBot && message.text !== undefined && iconButton("edit", word("edit"), () => chat.edit(message)));
}

export function draftBubble(draft) {
  const words = draft.text
    ? make("div", { class: "words" }, rich(draft.text, draft.entities), make("span", { class: "caret", "aria-hidden": "true" }))
    : make("div", { class: "thinking" }, word("thinking"));
  return make("article", { class: "message theirs draft", "aria-live": "off", "aria-busy": "true" }, make("div", { class: "stack" }, make("div", { class: "bubble" }, words)));
}
