"""reply_markup: which keyboards Telegram takes, and what it says about the others."""

from __future__ import annotations

from typing import Any

from bot.playground.entities import leads_somewhere
from bot.playground.refusals import bad_request

ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
MOST_BUTTONS = 100
MOST_BYTES = 64


def read(value: Any) -> dict[str, Any] | None:
    """The keyboard as it will be kept, or nothing."""
    if value in (None, "", {}):
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"])
    if "keyboard" in value:
        rows = _rows(value["keyboard"], "keyboard")
        for button in (button for row in rows for button in row):
            if not (button if isinstance(button, str) else isinstance(button, dict) and button.get("text")):
                raise bad_request("can't parse keyboard button: text must be non-empty")
        return value
    if value.get("remove_keyboard") is True or value.get("force_reply") is True:
        return value
    raise bad_request("can't parse reply keyboard markup JSON object")


def read_inline(value: Any) -> dict[str, Any] | None:
    """The same where a message is edited: nothing but an inline keyboard can be there."""
    keyboard = read(value)
    if keyboard is not None and "inline_keyboard" not in keyboard:
        raise bad_request("inline keyboard expected")
    return keyboard if keyboard and any(keyboard["inline_keyboard"]) else None


def callback_data(keyboard: dict[str, Any] | None) -> set[str]:
    """What the buttons of a message would send."""
    rows = (keyboard or {}).get("inline_keyboard", ())
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(f'field "{name}" of the reply markup must be an Array of Arrays')
    return value


def _inline(value: Any) -> dict[str, Any]:
    rows = _rows(value, "inline_keyboard")
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check(button)
    return {"inline_keyboard": [row for row in rows if row]}


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"can't parse inline keyboard button: exactly one action expected, found {actions}")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MOST_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not leads_somewhere(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button:
        copied = button["copy_text"].get("text") if isinstance(button["copy_text"], dict) else None
        if not isinstance(copied, str) or not 1 <= len(copied) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.get("style") not in (None, "danger", "success", "primary"):
        raise bad_request("BUTTON_STYLE_INVALID")
