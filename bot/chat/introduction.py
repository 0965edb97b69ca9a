"""How the bot introduces itself inside Telegram: its commands and its description, per language.

Visitors see the commands in the menu and the description before they press Start.
"""

from __future__ import annotations

import logging

from telegram import Bot
from telegram.error import TelegramError

from bot.chat import knowledge
from bot.chat.knowledge import Knowledge
from bot.chat.reception import headed
from bot.chat.splitting import cut
from bot.texts import FALLBACK, LANGUAGES, say

logger = logging.getLogger(__name__)

COMMANDS = ("start", "help", "language", "sources", "forget")


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
