"""One tap of a member of staff under a card, and the screen it leads to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardButton

from bot.chat.staff import cards, history
from bot.chat.staff.badges import Badge
from bot.chat.staff.cards import Card, button, in_rows
from bot.chat.styled import Styled
from bot.chat.visitors import Place
from bot.meetings import Meeting, Reason, Refused
from bot.store import Store
from bot.texts import say

Rows = list[list[InlineKeyboardButton]]
TOLD = frozenset("taken closed too_soon overlap already host_busy lapsed not_allowed unknown".split())
ROWS = 6  # with those for paging and for going back no more than fits a phone


@dataclass(frozen=True)
class Press:
    """A tap of somebody who may: ``card`` is how things stood just before, ``more`` what the button said beside that."""

    place: Place
    badge: Badge
    card: Card
    more: str
    now: datetime

    @property
    def meeting(self) -> Meeting:
        """The meeting it is about."""
        return self.card.meeting

    @property
    def user_id(self) -> int:
        """The account the store knows the presser by."""
        return self.badge.member.telegram_id or 0

    def say(self, key: str, **values: object) -> str:
        """A sentence that everybody in the chat reads."""
        return say(self.badge.shared, key, **values)

    def tell(self, key: str, **values: object) -> str:
        """A sentence that only the presser reads."""
        return say(self.badge.language, key, **values)


@dataclass(frozen=True)
class Screen:
    """What the presser sees: a toast, and under the card a question with its buttons; without one the card as it is."""

    toast: str = ""
    question: Styled | None = None
    rows: Rows | None = None
    aside: bool = False  # the message that was pressed stays as it is


Step = Callable[[Press], Awaitable[Screen]]


def back(press: Press) -> list[InlineKeyboardButton]:
    """The row that leads back to the card."""
    return [button(press.say("staff.button_back"), "show", press.meeting)]


def paged(
    press: Press, verb: str, choices: Sequence[InlineKeyboardButton], page: int, width: int, prefix: str = ""
) -> Rows:
    """As many choices as fit, the way to the others, and the way back."""
    size = ROWS * width
    last = max(0, (len(choices) - 1) // size)
    page = min(page, last)
    shown = in_rows(choices[page * size : (page + 1) * size], width)
    turns = [
        button(sign, verb, press.meeting, f"{prefix}{there}")
        for sign, there in (("‹", page - 1), ("›", page + 1))
        if 0 <= there <= last
    ]
    return [*shown, *([turns] if turns else []), back(press)]


def why(store: Store, refused: Refused, meeting_id: str, now: datetime, language: str) -> str:
    """Why something was not done; where somebody else was faster, what they did. Asks the store."""
    if refused.reason == Reason.NOT_YOURS:
        return say(language, "staff.not_yours")
    if refused.reason == Reason.CHANGED:
        card = cards.read(store, meeting_id)
        return history.truth(card.meeting, list(card.history), card.staff, now, language)
    reason = refused.reason if refused.reason in TOLD else Reason.NOT_ALLOWED
    return say(language, f"staff_refusals.{reason}")
