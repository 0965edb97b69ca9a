"""What a language model may use up in a day, in tokens and in money. Pure.

Money is counted in millionths of whatever currency the prices are in: a price per million tokens is then the price of
one token.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

A_MESSAGE = 16  # tokens that a provider's template may put around a message


@dataclass(frozen=True)
class Spent:
    """Tokens, in and out together, and their cost in millionths."""

    tokens: int = 0
    cost: int = 0


@dataclass(frozen=True)
class Caps:
    """The most of a day (UTC); 0 is without end. ``cost`` in millionths."""

    tokens: int = 0
    tokens_per_visitor: int = 0
    cost: int = 0


@dataclass(frozen=True)
class Prices:
    """Of a million tokens."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Prices:
        """``0.25/2`` is 0.25 for a million tokens in, 2 for a million out; empty is nothing."""
        tokens_in, _, tokens_out = text.partition("/")
        return cls(float(tokens_in), float(tokens_out)) if text else cls()

    def of(self, tokens_in: int, tokens_out: int) -> Spent:
        """What so many tokens are, rounded up."""
        cost = math.ceil(tokens_in * self.tokens_in + tokens_out * self.tokens_out)
        return Spent(tokens_in + tokens_out, cost)


def at_most(texts: Iterable[str]) -> int:
    """The most tokens that these messages can be.

    A token stands for at least one byte, whichever tokenizer; a Hangul syllable, which is three, is up to three tokens
    to one that has not seen much Korean.
    """
    return sum(len(text.encode()) + A_MESSAGE for text in texts)


def alias(secret: str, day: date, visitor_id: int, what: str = "") -> str:
    """The name under which a visitor is counted on that day: nobody without the secret can tell whose it is.

    ``what`` is counted, where that is neither questions nor what a model uses up for them.
    """
    key = hashlib.sha256(secret.encode()).digest()
    return hashlib.blake2b(f"{day.isoformat()} {visitor_id} {what}".encode(), key=key, digest_size=16).hexdigest()
