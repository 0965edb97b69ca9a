"""Refused: what the stand-in answers instead of doing it, in Telegram's own words.

A bot is written against these sentences (libraries map them to their exceptions), so they are Telegram's, not ours.
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that Telegram would not carry out: the code, the sentence and, for floods, when to try again."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def to_json(self) -> dict[str, Any]:
        """The body that the Bot API answers with."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(description: str) -> Refused:
    """400: the request is wrong, sending it again will not help."""
    return Refused(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    """403: the request is fine, this person or group does not want the bot."""
    return Refused(403, f"Forbidden: {description}")


def conflict(description: str) -> Refused:
    """409: somebody else reads the updates."""
    return Refused(409, f"Conflict: {description}")


def flooded(seconds: int) -> Refused:
    """429: too fast; the body says how many seconds to wait."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)
