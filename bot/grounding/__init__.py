"""Nothing unsupported gets out: what a sentence claims, checked against the passages that it cites. Pure."""

from bot.grounding.faults import Fault, Kind
from bot.grounding.sieve import Claim, claimed, sift
from bot.grounding.support import unsupported

__all__ = ["Claim", "Fault", "Kind", "claimed", "sift", "unsupported"]
