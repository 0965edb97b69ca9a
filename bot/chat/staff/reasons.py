"""Reasons: why staff decline or cancel. The usual ones are kept by name and read in each reader's language. Pure."""

from __future__ import annotations

from bot.chat.styled import line
from bot.texts import say

DECLINING = ("fully_booked", "absent", "other_team", "more_details")
CANCELLING = ("absent", "unforeseen")
USUAL = frozenset({*DECLINING, *CANCELLING})
NONE = "none"  # of the button that gives no reason


def worded(reason: str, language: str) -> str:
    """The reason as ``language`` says it; what staff wrote themselves as they wrote it."""
    return say(language, f"reasons.{reason}") if reason in USUAL else line(reason)
