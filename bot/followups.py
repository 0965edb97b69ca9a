"""A question that leans on the turn before -> one that stands alone, without a model. Pure.

Visitors ask on: 그럼 2025년에는? – and where was that? – Und wie viele Aussteller? Such a question is searched together with
the one before it; what the new one says anew (its years, its numbers) takes the old one's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.sentences import split

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
_ASKS = re.compile(
    r"\?|\b(?:who|whom|what|which|when|where|why|how|wer|wen|wem|wann|wo|wie|warum|weshalb|welche\w*|nennen|tell me|name)\b"
    r"|누구|누가|무엇|뭐|무슨|어떤|어느|언제|어디|얼마|몇|왜|어떻게|알려|말씀|설명|부탁|궁금",
    re.IGNORECASE,
)
# How one leads up to a question within its sentence.
_LEAD_IN = re.compile(
    r"^.*?\b(?:wüssten? (?:ich |wir )?gerne?|möchten? (?:ich |wir )?(?:gerne? )?wissen|wollten? (?:ich |wir )?(?:nur |mal )?(?:fragen|wissen)"
    r"|(?:können|könnten) sie (?:mir |uns )?(?:bitte )?sagen|wissen sie|(?:would|['’]d) (?:like|love) to know"
    r"|(?:want(?:ed)?|need) to (?:know|ask)|(?:can|could) you (?:please )?tell (?:me|us)|(?:i['’]m |i was )?wondering|do you know)\b[\s,:]*",
    re.IGNORECASE,
)
_SHORT = 4  # words; a question this short that names nothing hangs on the one before


def core(question: str, names: Callable[[str], frozenset[str]]) -> str:
    """What is asked, without the story before it; ``names`` gives what a text names.

    Who says first who he is and why he asks has his question buried in words that no document holds. The story stays
    where the question leans on it or where only the story names what it is about.
    """
    sentences = split(question)
    first = next((n for n, one in enumerate(sentences) if _ASKS.search(one)), 0)
    asked = " ".join(sentences[first:])
    if first and not _pointed(asked) and _told(asked, names) >= _told(question, names):
        question = asked
    without = _LEAD_IN.sub("", question, count=1)
    worth = len(without.split()) > _SHORT and not _pointed(without) and _told(without, names) >= _told(question, names)
    return without if worth else question


def asking(question: str, names: Callable[[str], object] = lambda text: ()) -> str:
    """The sentences of ``question`` that ask, where they can be understood by themselves, or point at what the others
    name (``names`` gives what a text names); else all of it.

    Where one lives and who wants to know is no part of what is asked: "My buyer in Rotterdam worries. Which metals…?"
    """
    sentences = split(question)
    marked = [one for one in sentences if one.rstrip(" \"')”").endswith("?")]
    if not marked or len(marked) == len(sentences):
        return question
    asked = " ".join(marked)
    return asked if not _pointed(asked) or names(question) else question


def _pointed(question: str) -> bool:
    return bool(_POINTING.search(question)) or bool(_OPENING.search(question)) or len(question.split()) < _SHORT


def _told(text: str, names: Callable[[str], frozenset[str]]) -> frozenset[str]:
    """What sets a question apart: its figures and names."""
    return names(text) | frozenset(re.findall(r"\d+", text))


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
