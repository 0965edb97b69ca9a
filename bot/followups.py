"""A question that leans on the turn before -> one that stands alone, without a model. Pure.

Visitors ask on: 그럼 2025년에는? – and where was that? – Und wie viele Aussteller? Such a question is searched together with
the one before it; what the new one says anew (its years, its numbers) takes the old one's place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Turn = tuple[str, str]  # what was asked, what was answered

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s*년)?(?:에는|에|의|도)?")
_OPENING = re.compile(
    r"^\s*(?:그럼|그러면|그렇다면|그건|그게|그곳|거기|그때|그 ?회사|그중|또|그리고|그런데|혹시 그|이건|이 ?회사|"
    r"and\b|but\b|so\b|what about|how about|also\b|then\b|"
    r"und\b|aber\b|dann\b|was ist mit|wie sieht es|auch\b)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:it|its|that|those|they|them|their|this one|the (?:company|fair|event)(?! (?:in|at|of|on|for)\b)|he|she|"
    r"dort|davon|dazu|daran|dabei|damit|deren|dessen|ihn|diese|dieser|dieses|die firma|das unternehmen)\b"
    # "Is there a hotel", "gibt es ein Hotel" and the polite "Sie" point at nothing.
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b|\bthere\W*$|(?<!\bgibt )\bes\b|(?-i:\b(?:sie|ihre?)\b)"
    r"|거기|그곳|그때|그 (?:회사|행사|기업|전시회)|그것|이것|그건|그게",
    re.IGNORECASE,
)
_SHORT = 4  # words; a question this short that names nothing hangs on the one before


def standalone(question: str, history: Sequence[Turn], names_something: bool) -> str:
    """What to search for. ``names_something`` tells whether the question names an entity the knowledge knows."""
    if not history or not leans(question, names_something):
        return question
    before = history[-1][0]
    if len(history) > 1 and leans(before, names_something=False):
        before = f"{history[-2][0]} {before}"
    if _YEAR.search(question):
        before = _YEAR.sub(" ", before)
    return " ".join(f"{before} {question}".split())


def leans(question: str, names_something: bool) -> bool:
    """Whether the question cannot be understood without the turn before."""
    words = question.split()
    if _OPENING.search(question) and len(words) <= 12:
        return True
    if names_something:
        return False
    return bool(_POINTING.search(question)) or len(words) <= _SHORT
