"""The Bot API's methods in one table, by their names in small letters. What is not here is ``Not Found``."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground import about, membership, saying, webhook
from bot.playground.params import Params
from bot.playground.refusals import Refused
from bot.playground.telegram import Telegram

Method = Callable[[Telegram, Params], Any | Awaitable[Any]]


async def call(telegram: Telegram, name: str, params: Params) -> Any:
    """The result of one method; its name is not case-sensitive."""
    method = METHODS.get(name.lower())
    if method is None:
        raise Refused(404, "Not Found: method not found")
    result = method(telegram, params)
    return await result if inspect.isawaitable(result) else result


async def get_updates(telegram: Telegram, params: Params) -> list[dict[str, Any]]:
    """Answers at once if there is something, else waits for up to ``timeout`` seconds."""
    telegram.updates.allow(params.nested("allowed_updates"))
    return await telegram.updates.poll(
        params.integer("offset"), params.integer("limit", 100), params.integer("timeout")
    )


METHODS: dict[str, Method] = {
    "getupdates": get_updates,
    "setwebhook": webhook.set_webhook,
    "deletewebhook": webhook.delete_webhook,
    "getwebhookinfo": webhook.get_webhook_info,
    "sendmessage": saying.send_message,
    "sendmessagedraft": saying.send_message_draft,
    "senddocument": saying.send_document,
    "sendphoto": saying.send_photo,
    "sendchataction": saying.send_chat_action,
    "editmessagetext": saying.edit_message_text,
    "editmessagecaption": saying.edit_message_caption,
    "editmessagereplymarkup": saying.edit_message_reply_markup,
    "deletemessage": saying.delete_message,
    "setmessagereaction": saying.set_message_reaction,
    "answercallbackquery": saying.answer_callback_query,
    "getchat": membership.get_chat,
    "getchatmember": membership.get_chat_member,
    "leavechat": membership.leave_chat,
    "getfile": membership.get_file,
    "getme": about.get_me,
    "logout": about.log_out,
    "close": about.log_out,
    "setmycommands": about.set_my_commands,
    "getmycommands": about.get_my_commands,
    "deletemycommands": about.delete_my_commands,
    **about.TEXTS,
}
