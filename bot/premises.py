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
# The same in the words of those who ask about it.
_ENDED = re.compile(
    r"\b(?:walk(?:ed|ing)? away|pull(?:ed|ing)? out|back(?:ed|ing)? out|fall(?:en|ing)? through|fell through|collapsed?|failed|fail|scrap|axed?"
    r"|called off|call off|drop|abandon|cancel|end(?:ed)? (?:the|its|their)|lost out|miss(?:ed)? out|turned down|rejected|instead of pohang|not pohang)\b"
    r"|\b(?:geplatzt|platzte|gescheitert|scheiterte|gekippt|ausgestiegen|ausstieg|rückzug|beendet\w*|verworfen|eingestellt|leer aus\w*"
    r"|(?:an)?statt pohang|absage|abgelehnt|nichts geworden|nicht geklappt)\b"
    r"|엎(?:은|었|어|고)|접(?:은|는|었|기로|힌|혔)|떨어(?:졌|진|지)|깨(?:졌|진)|틀어(?:졌|진)|포기|손 ?(?:뗐|뗀|떼)|무너|물거품|파기|빠졌|거둬|안 ?하기로|끝났|끝낸",
    re.IGNORECASE,
)
# What is said not to be so beside what is: "in Sejong, not in Pohang", "쌀겨이지 나무가 아닙니다".
_INSTEAD = re.compile(
    r"\b(?:rather than|instead of|not(?! only\b))(?: (?:from|in|at|by|of|to|for|with|on))? (?P<en>(?:[\w-]+[ ]?){1,3})(?=[,.;)]|$| but\b)"
    r"|\b(?:nicht(?! nur\b)|statt|anstatt)(?: (?:aus|in|im|bei|am|an|von|auf|für|mit|zu))? (?P<de>(?:[\w-]+[ ]?){1,3})(?=[,.;)]|$| (?:sondern|gewonnen|hergestellt|gebaut|gefertigt|produziert)\b)"
    r"|(?P<ko>[가-힣A-Za-z]+?)(?:\([^)]*\))?(?:이|가|은|는|에서)? ?(?:아니라|아닌(?! ?가)|아니고)",
    re.IGNORECASE,
)
_LITTLE = frozenset(
    "the its their this that der die das den dem ein eine einen einer seine ihre yet noch the be been".split()
)
# Who asks for one of two, or says himself that it is not so, takes nothing for granted.
_LEAVES_OPEN = re.compile(
    r"\bor\b|\boder\b|아니면|인지|\bnot\b|n['’]t\b|\bother|\belse\b|\bnicht\b|\bkein|\bander|\bsonst\b|아니|않|안 |말고|다른|외에",
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
    if _ENDED.search(question):
        return False
    return any(denies) and bool(_HOW_OR_WHAT.search(question)) and not _OPEN.search(question)


def corrected(question: str, statement: str) -> bool:
    """Whether ``statement`` says that something is not what ``question`` takes for granted, but another thing."""
    if _LEAVES_OPEN.search(question):
        return False
    asked = question.casefold()
    denied = " ".join(next(filter(None, found.groups())) for found in _INSTEAD.finditer(statement))
    words = re.findall(r"[^\W\d_]{2,}", denied.casefold())
    return any(_stem(word) in asked for word in words if word not in _LITTLE)


def _stem(word: str) -> str:
    return word if len(word) < 5 or "가" <= word[0] <= "힣" else word[: max(4, len(word) - 2)]
