"""The methods by which a bot says who it is: its name, its descriptions, its commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.params import Params
from bot.playground.profile import Scope, checked_commands, checked_language, scope_from
from bot.playground.telegram import Telegram


def get_me(telegram: Telegram, params: Params) -> dict[str, Any]:
    return {
        **telegram.bot.to_json(),
        "first_name": telegram.profile.text("name", "") or telegram.bot.first_name,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def log_out(telegram: Telegram, params: Params) -> bool:
    """``logOut`` and ``close``: nothing to move away from here."""
    return True


def set_my_commands(telegram: Telegram, params: Params) -> bool:
    key = _key(params)
    telegram.profile.commands[key] = checked_commands(params.nested("commands") or [])
    telegram.journal.write("commands")
    return True


def get_my_commands(telegram: Telegram, params: Params) -> list[dict[str, str]]:
    return telegram.profile.commands.get(_key(params), [])


def delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.profile.commands.pop(_key(params), None)
    telegram.journal.write("commands")
    return True


def _key(params: Params) -> tuple[Scope, str]:
    return scope_from(params.nested("scope")), checked_language(params.text("language_code"))


def _setter(what: str) -> Callable[[Telegram, Params], bool]:
    def set_text(telegram: Telegram, params: Params) -> bool:
        telegram.profile.set_text(what, params.text("language_code"), params.text(what))
        telegram.journal.write("commands")
        return True

    return set_text


def _getter(what: str) -> Callable[[Telegram, Params], dict[str, str]]:
    def get_text(telegram: Telegram, params: Params) -> dict[str, str]:
        return {what: telegram.profile.text(what, checked_language(params.text("language_code")))}

    return get_text


TEXTS: dict[str, Callable[[Telegram, Params], Any]] = {
    "setmyname": _setter("name"),
    "getmyname": _getter("name"),
    "setmydescription": _setter("description"),
    "getmydescription": _getter("description"),
    "setmyshortdescription": _setter("short_description"),
    "getmyshortdescription": _getter("short_description"),
}
