"""The buttons under our messages, and what their 64 bytes say.

    q:<language>:<n>      ask the n-th of the commonest questions in that language
    f:<answer id>:<1|0>   this answer helped, or did not
    l:<language|auto>     speak this language
    x:<user id>           yes, forget me (or this group): only the person who asked may press it
    b:… m:… z:…           a booking, one's meetings, one's time zone: see ``booking``, ``visits``, ``timezones``
    i:… d:…               an inquiry, the desk's card of it: see ``inquiry``, ``correspondence``, ``desk``

A press may come late, twice, by somebody else, or after a restart: the data says everything that is needed, nothing
is kept in memory, and what no longer means anything gets a kind word.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import TelegramError

from bot.chat.splitting import cut
from bot.chat.styled import line
from bot.chat.visitors import Visitors
from bot.texts import LANGUAGES, say

logger = logging.getLogger(__name__)

QUESTION = r"q:(ko|en|de):(\d{1,2})"
RATING = r"f:([\w-]{1,40}):([01])"
LANGUAGE = rf"l:({'|'.join(LANGUAGES)}|auto)"
FORGET = r"x:(\d{1,20})"


LABEL = 40  # characters; a phone cuts what is longer


def button(text: str, data: str) -> InlineKeyboardButton:
    """A button with a label that fits."""
    return InlineKeyboardButton(cut(line(text), LABEL), callback_data=data)


def in_rows(several: Sequence[InlineKeyboardButton], width: int = 3) -> list[list[InlineKeyboardButton]]:
    """The buttons side by side, so many in a row."""
    return [list(several[start : start + width]) for start in range(0, len(several), width)]


def question_buttons(questions: Sequence[str], language: str) -> InlineKeyboardMarkup | None:
    """The commonest questions, one a row: they are sentences."""
    rows = [
        [InlineKeyboardButton(cut(line(question), 120), callback_data=f"q:{language}:{index}")]
        for index, question in enumerate(questions[:8])
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def rating_buttons(
    answer_id: str, chosen: bool | None = None, beside: Sequence[InlineKeyboardButton] = ()
) -> InlineKeyboardMarkup:
    """Thumbs, the chosen one marked; ``beside`` stand in rows of their own under them."""
    up, down = ("👍 ✓" if chosen is True else "👍"), ("👎 ✓" if chosen is False else "👎")
    thumbs = (
        InlineKeyboardButton(up, callback_data=f"f:{answer_id}:1"),
        InlineKeyboardButton(down, callback_data=f"f:{answer_id}:0"),
    )
    return InlineKeyboardMarkup([thumbs, *([button] for button in beside)])


def language_buttons(language: str) -> InlineKeyboardMarkup:
    """Each language by its own name, and the way back to "as the question"."""
    rows = [[InlineKeyboardButton(say(code, "language.name"), callback_data=f"l:{code}")] for code in LANGUAGES]
    rows.append([InlineKeyboardButton(say(language, "language.automatic"), callback_data="l:auto")])
    return InlineKeyboardMarkup(rows)


def forget_button(user_id: int, language: str) -> InlineKeyboardMarkup:
    """The confirmation, for one person only."""
    return InlineKeyboardMarkup.from_button(
        InlineKeyboardButton(say(language, "privacy.confirm"), callback_data=f"x:{user_id}")
    )


async def toast(query: CallbackQuery, text: str = "") -> None:
    """Answer the press, so that the button stops turning. Telegram refuses after a while; what was pressed counts."""
    try:
        await query.answer(text or None)
    except TelegramError as error:
        logger.info("no toast: %s", error)


class Retired:
    """Buttons of messages that an earlier version sent."""

    def __init__(self, visitors: Visitors) -> None:
        self._visitors = visitors

    async def press(self, update: Update, _context: object) -> None:
        """A kind word, and what works instead."""
        if update.callback_query is not None:
            await toast(update.callback_query, say(await self._visitors.language(update), "buttons.retired"))
