"""How the bot introduces itself inside Telegram: its commands and its description, per language.

Visitors see the commands in the menu and the description before they press Start.
"""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, BotCommandScopeChat
from telegram.error import TelegramError

from bot.chat import knowledge
from bot.chat.knowledge import Knowledge
from bot.chat.reception import headed
from bot.chat.splitting import cut
from bot.chat.staff.cards import language_in
from bot.store import Store
from bot.texts import FALLBACK, LANGUAGES, say

logger = logging.getLogger(__name__)

STAFF_COMMANDS = ("agenda", "requests", "history")  # in the menu of the staff's chats only
COMMANDS = (
    "start",
    "help",
    "meet",
    "meetings",
    "inquiry",
    "inquiries",
    "language",
    "timezone",
    "sources",
    "privacy",
    "mydata",
    "forget",
)


async def introduce_everywhere(bot: Bot, library: Knowledge, store: Store) -> None:
    """To visitors and to staff. Never raises: the bot works as well without."""
    try:
        await introduce(bot, library)
        await introduce_to_staff(bot, store)
    except Exception:
        logger.exception("commands and descriptions may be old")


async def introduce(bot: Bot, library: Knowledge) -> None:
    """Set commands and description. Telegram limits how often; then the old ones stay, and the bot works as well."""
    fair = await knowledge.about(library)
    for language in LANGUAGES:
        code = "" if language == FALLBACK else language  # the fallback is for everybody whose language is not ours
        description = headed(fair, language, say(language, "chat.description")).text
        try:
            await bot.set_my_commands(
                [(command, say(language, f"commands.{command}")) for command in COMMANDS], language_code=code
            )
            await bot.set_my_description(cut(description, 512), language_code=code)
            await bot.set_my_short_description(say(language, "chat.short"), language_code=code)
        except TelegramError as error:
            logger.warning("commands and description in %r not set: %s", language, error)


async def introduce_to_staff(bot: Bot, store: Store) -> None:
    """Put the staff's commands into the menus of their chats. Where that fails they can still be typed."""
    for team in {team.chat_id: team for team in await asyncio.to_thread(store.pavilion.teams) if team.chat_id}.values():
        members = await asyncio.to_thread(store.pavilion.members, team.id)
        language = await asyncio.to_thread(language_in, store, team.chat_id, members)
        menu = [(command, say(language, f"staff.command_{command}")) for command in STAFF_COMMANDS]
        menu += [(command, say(language, f"commands.{command}")) for command in ("help", "language")]
        try:
            await bot.set_my_commands(menu, scope=BotCommandScopeChat(team.chat_id))
        except TelegramError as error:
            logger.warning("commands in the staff chat %s not set: %s", team.chat_id, error)
