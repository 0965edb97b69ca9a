"""Nothing unsupported gets out: what a sentence claims, checked against the passages that it cites. Pure."""

from bot.grounding.faults import Fault, Kind
from bot.grounding.sieve import sift
from bot.grounding.support import unsupported

__all__ = ["Fault", "Kind", "sift", "unsupported"]
