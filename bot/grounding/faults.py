"""What is wrong with a sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "date", "name", "bond", "negation", "status", "added"]


@dataclass(frozen=True)
class Fault:
    """A claim that the passages do not support: which kind, and its words."""

    kind: Kind
    text: str
