"""What the methods that write have in common: may the bot write here, and is the text in order."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground import entities, keyboards, markup
from bot.playground.detection import found_in
from bot.playground.entities import Entity
from bot.playground.messages import Message
from bot.playground.params import Params
from bot.playground.people import Chat
from bot.playground.refusals import bad_request, forbidden
from bot.playground.telegram import Telegram

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


@dataclass(frozen=True)
class Words:
    """A text that Telegram would take."""

    text: str
    entities: tuple[Entity, ...]


def words(params: Params, *, caption: bool = False, draft: bool = False) -> Words:
    """The text or caption of a call; its length counts after the markup is read."""
    name, listed = ("caption", "caption_entities") if caption else ("text", "entities")
    source = params.text(name)
    mode = params.text("parse_mode").lower()
    if not source:
        if caption or draft:
            return Words("", ())
        raise bad_request("message text is empty")
    if mode == "html":
        text, found = markup.parse(source)
    elif mode:
        raise bad_request("unsupported parse_mode (the playground reads HTML and entities)")
    else:
        text, found = source, entities.read(params.nested(listed))
    text, found = entities.settle(text, found)
    if not text and not caption and not draft:
        raise bad_request("text must be non-empty")
    if entities.units(text) > (LONGEST_CAPTION if caption else LONGEST_TEXT):
        raise bad_request("message caption is too long" if caption else "message is too long")
    return Words(text, found_in(text, found)[: entities.MOST])


def destination(telegram: Telegram, params: Params) -> Chat:
    """The chat that a call names, if the bot may write there."""
    chat = named_chat(telegram, params)
    if chat.bot == "fresh":
        raise forbidden("bot can't initiate conversation with a user")
    if chat.bot == "kicked":
        raise forbidden("bot was blocked by the user" if chat.private else "bot was kicked from the supergroup chat")
    if chat.bot == "left":
        raise forbidden("bot is not a member of the supergroup chat")
    return chat


def named_chat(telegram: Telegram, params: Params) -> Chat:
    """The chat that a call names, by number or as ``@name``."""
    name = params.text("chat_id")
    if not name:
        raise bad_request("chat_id is empty")
    try:
        return telegram.chat(int(name))
    except ValueError:
        raise bad_request("chat not found") from None


def named_message(telegram: Telegram, params: Params, chat: Chat, doing: str) -> Message:
    """The message that a call names; ``doing`` is Telegram's word for what is wanted of it."""
    if "message_id" not in params.values:
        raise bad_request("message identifier is not specified")
    message = telegram.message(chat.id, params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {doing} not found")
    return message


def replied_to(telegram: Telegram, params: Params, chat: Chat) -> int:
    """The message that is answered, 0 for none."""
    wanted = params.nested("reply_parameters") or {}
    if not isinstance(wanted, dict):
        raise bad_request("can't parse reply parameters JSON object")
    message_id = wanted.get("message_id", params.integer("reply_to_message_id"))
    if not message_id:
        return 0
    if not isinstance(message_id, int):
        raise bad_request("can't parse reply parameters JSON object")
    if telegram.message(chat.id, message_id):
        return message_id
    if wanted.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return 0
    raise bad_request("message to be replied not found")


def send(telegram: Telegram, chat: Chat, said: Words, params: Params, **details: object) -> Message:
    """Check the rest, count the message against the limits and put it into the chat."""
    keyboard = keyboards.read(params.nested("reply_markup"))
    reply_to = replied_to(telegram, params, chat)
    preview = params.nested("link_preview_options")
    if preview is not None and not isinstance(preview, dict):
        raise bad_request("can't parse link preview options JSON object")
    telegram.floods.count(chat.id)
    return telegram.say(
        chat.id, telegram.bot, said.text, entities=said.entities, keyboard=keyboard, reply_to=reply_to, **details
    )
