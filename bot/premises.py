"""What a question takes for granted, and whether what was found denies it. Pure.

"Which rules were lifted since Pohang won the zone?" is near to everything said of that zone, above all to the sentence
that others won it. And "why was the fair cancelled?" is near to all that tells of the fair that took place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# That something did not come about, or came to an end.
_DENIED = re.compile(
    r"\b(?:cancel\w*|dropped|abandon\w*|withdr[ae]w\w*|dissol\w+|scrapped|called off|terminated|never|not among"
    r"|not (?:selected|chosen|designated|won|built|signed|held|begun|take place))\b"
    r"|\b(?:abgesagt|abgebrochen|aufgelöst|aufzulösen|aufgegeben|zurückgezogen|gestrichen|nie|nicht unter"
    r"|nicht (?:zu den|ausgewählt|gewählt|zustande|gebaut|begonnen|statt))\b|\bgab\b[^.]*\bauf\b|\bzog\b[^.]*\bzurück\b"
    r"|취소|철회|무산|해산|청산|백지화|중단|탈락|들지 (?:않|못)|선정되지|포함되지|접었|접고|정리하기로",
    re.IGNORECASE,
)
# Who asks what became of something, whether it is so, or what was planned takes nothing for granted.
_OPEN = re.compile(
    r"\b(?:what (?:happened|became)|status|state of|still|plan(?:s|ned|ning)?|was to|were to|supposed|announced|foreseen)\b"
    r"|\b(?:was (?:wurde|ist|geschah) (?:aus|mit)|stand (?:der|des|von)|noch|plan|pläne|plante\w*|geplant\w*|soll\w*|vorgesehen|angekündigt\w*)\b"
    r"|상황|현황|어떻게 (?:됐|되었|되)|계획|예정|아직|여전히",
    re.IGNORECASE,
)
_HOW_OR_WHAT = re.compile(
    r"\b(?:who|whom|what|which|when|where|how|why|wer|wen|wem|was(?! (?:the|it|there|this|that|an?|he|she|any)\b)|welche\w*|wann|wo|wie|wieviel|warum|weshalb)\b"
    r"|누구|누가|무엇|뭐|무슨|어떤|어느|언제|어디|얼마|몇|며칠|왜|날짜|금액|일자|어떻게|알려|말해|\b(?:tell|give|name|list|nenne\w*|gib|geben)\b",
    re.IGNORECASE,
)


def asks_whether(question: str) -> bool:
    """Whether yes or no would be an answer."""
    return _HOW_OR_WHAT.search(question) is None


def asks_openly(question: str) -> bool:
    """Whether it asks what became of something or what is planned, and so takes nothing for granted."""
    return _OPEN.search(question) is not None


def contradicted(question: str, statements: Sequence[str]) -> bool:
    """Whether ``statements``, the best first, deny what ``question`` takes for granted."""
    denies = [bool(_DENIED.search(statement)) for statement in statements]
    if _DENIED.search(question):
        return not any(denies)
    return any(denies) and bool(_HOW_OR_WHAT.search(question)) and not _OPEN.search(question)
