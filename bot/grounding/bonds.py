"""Which words a number, a date or a name stands beside: to see two of them exchanged within one statement. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.claims import Claims, Token
from bot.grounding.dates import Moment
from bot.grounding.names import Mention
from bot.grounding.quantities import Quantity

WIDTH = 4  # words looked at on each side
CROSSED = 0.5  # share of its neighbours that the other must have
OWN = 0.6  # of what the other has, the right one must have at least this
_PIECE = re.compile(r"[^\W_]+|¤")
_PRONOUN = re.compile(
    r"(?:\b(?:the|a|an|its|this|that|these|der|die|das|den|dem|des|ein\w*|dies\w*|sein\w*|ihr\w*)|(?<![가-힣])(?:이|그|해당|동))\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"compan|firm|start-?up|plant|factory|cent(?:er|re)|site|project|fair|expo|exhibition|event|venture|group|city|programme"
    r"|unternehm|firma|werk|fabrik|zentrum|standort|projekt|vorhaben|messe|veranstaltung|konzern|stadt|gruppe|rund|laut"
    r"|회사|기업|업체|공장|센터|행사|박람회|전시|사업|단지|지구|계획|투자|생산|능력|규모|금액|면적|자료|보도|포항",
    re.IGNORECASE,
)
_COORDINATED = re.compile(
    r"[^\w]*(?:\([^)]*\)|\w+\s){0,2}[^\w]*(?:and|und|or|oder|with|mit|of|from|aus|[가-힣]{0,3}(?:과|와)|및|·|,)?\s*(?:the |der |die |das )?"
)
_LISTED = re.compile(r"(?:[\s,·¤]|\([^)]*\)|\b(?:and|und|or|oder|sowie|the|der|die|das)\b|과|와|및|또는)*")
_DETERMINERS = frozenset(
    "New Neue Total Share Change The A An This These In On At As By For From It Its Der Die Das Ein Eine Dieser Diese Dieses Im Am Bei Mit Nach Zu Es Sie Er Seit Bis Laut No Keine Kein Sources Reports Quellen".split()
)

Claim = Moment | Quantity | Mention


def crossed(claims: Claims, said: Sequence[Claims]) -> list[str]:
    """The words of those claims whose neighbours are, in what supports them, those of another claim of their kind."""
    own = _all(claims)
    likes = {claim: like for claim in own if (like := _like_another(claim, claims, said))}
    return [
        claims.text[claim.start : claim.end]
        for claim, like in likes.items()
        # Of two that are both there, one alone cannot have been exchanged: the sentence is worded in another way.
        if all(one in likes for one in own if type(one) is type(like) and _same(one, like))
    ]


def _like_another(claim: Claim, claims: Claims, said: Sequence[Claims]) -> Claim | None:
    """The other claim of its kind whose neighbours it has, rather than its own; None where all is well."""
    right, wrong, like, there = 0.0, 0.0, claim, False
    beside = _beside(claims, claim.start, claim.end)
    for one in (one for one in said if one.language == claims.language):
        same = [other for other in _all(one) if _same(claim, other)]
        for other in _all(one):
            if type(other) is not type(claim) or not _comparable(claim, other):
                continue
            if isinstance(other, Mention) and any(_listed_with(one, other, own) for own in same):
                continue  # of two names side by side either may come first
            alike = _alike(beside, _beside(one, other.start, other.end))
            if _same(claim, other):
                right, there = max(right, alike), True
            elif alike > wrong:
                wrong, like = alike, other
    return like if there and wrong >= CROSSED and right < OWN * wrong else None


def reordered(claims: Claims, said: Claims) -> list[str]:
    """The words of claims that come in another order than in a statement of another language.

    Figures of one unit keep their order in all three languages, dates and names only between English and German. In
    Korean the topic is marked, and in English and German it mostly opens the sentence.
    """
    european = "ko" not in (claims.language, said.language)
    found = []
    kinds: list[tuple[Sequence[Claim], Sequence[Claim]]] = [
        ([q for q in claims.quantities if _told(q)], [q for q in said.quantities if _told(q)])
    ]
    if european:
        kinds.append((claims.moments, said.moments))
        kinds += [
            ([o for o in claims.names if o.kind == kind], [o for o in said.names if o.kind == kind])
            for kind in {one.kind for one in claims.names} - {"city", "place"}
        ]
    for own, others in kinds:
        last: Claim | None = None
        reached = -1
        seen: list[Claim] = []
        for claim in own:
            if any(_same(claim, one) for one in seen):
                continue
            seen.append(claim)
            places = [n for n, other in enumerate(others) if _comparable(claim, other) and _same(claim, other)]
            if not places:
                continue
            together = last is not None and _COORDINATED.fullmatch(claims.text[last.end : claim.start])
            if last is not None and not together and _comparable(claim, last) and places[-1] < reached:
                found.append(claims.text[claim.start : claim.end])
            last, reached = claim, places[0]
    topic, other = _topic(claims), _topic(said)
    both = {topic.key, other.key} <= claims.keys & said.keys if topic and other else False
    if topic and other and both and topic.key != other.key and topic.kind == other.kind:
        found.append(claims.text[topic.start : topic.end])
    return found


def replaced(claims: Claims, said: Claims, unknown: Sequence[Token], missing: Sequence[Mention]) -> list[str]:
    """The unknown words that stand where the statement has one of the names that the sentence leaves out."""
    found = []
    for token in unknown:
        word, before = claims.text[token.start : token.end], claims.text[: token.start]
        if _PRONOUN.search(before) or _GENERIC.search(word) or not (word[0].isupper() or "가" <= word[0] <= "힣"):
            continue
        end = token.start + len(_stem(word))
        beside = _beside(claims, token.start, end)
        if any(_alike(beside, _beside(said, one.start, one.end)) >= CROSSED for one in missing):
            found.append(word)
    return found


def opening(claims: Claims) -> str:
    """The word that opens the sentence as its topic and is no listed name, nor a word for such a thing; or ""."""
    if claims.language == "ko":
        match = re.match(r"(?:[\d년월일 ,]+(?:에|기준|자로)?\s)?([가-힣]{3,})(?:은|는|이|가)\s", claims.text)
    else:
        match = re.match(r"([A-Z][\w-]+(?: [A-Z][\w-]+)*)\s[a-zäöü]", claims.text)
        if match and match[1].split()[0] in _DETERMINERS:
            return ""
    if not match or _GENERIC.search(match[1]) or any(one.start <= match.start(1) < one.end for one in claims.names):
        return ""
    return match[1]


def _told(quantity: Quantity) -> bool:
    """Whether it says what it measures or counts."""
    return not quantity.single and (quantity.unit not in ("", "ordinal") or quantity.noun not in ("", "thing"))


def _topic(claims: Claims) -> Mention | None:
    """What the sentence is about, where it shows."""
    for one in claims.names:
        if one.kind == "city":
            continue
        if claims.language == "ko":
            if re.match(r"(?:\([^)]*\))?(?:은|는)(?![가-힣])", claims.text[one.end :]):
                return None if re.search(r"(?:과|와|,|·|및)\s*$", claims.text[: one.start]) else one
        elif re.match(r"\s*(?:\([^)]*\)\s*)?(?:and|und|,)\s", claims.text[one.end :]):
            return None
        else:
            return one if re.fullmatch(r"(?:[Tt]he |[Dd]er |[Dd]ie |[Dd]as )?", claims.text[: one.start]) else None
    return None


def _all(claims: Claims) -> list[Claim]:
    return [*claims.moments, *claims.quantities, *(one for one in claims.names if one.kind != "city")]


def _same(one: Claim, other: Claim) -> bool:
    if isinstance(one, Moment) and isinstance(other, Moment):
        return one.meets(other)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.meets(other)
    return isinstance(one, Mention) and isinstance(other, Mention) and one.key == other.key


def _comparable(one: Claim, other: Claim) -> bool:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.unit == other.unit and (one.noun == other.noun or not (one.noun and other.noun))
    if isinstance(one, Mention) and isinstance(other, Mention):
        return (one.kind == "place") == (other.kind == "place")
    return True


def _listed_with(claims: Claims, one: Claim, other: Claim) -> bool:
    """Whether nothing but other names and what joins them stands between two of them."""
    first, second = sorted((one, other), key=lambda claim: claim.start)
    return first is not second and _LISTED.fullmatch(claims.nameless[first.end : second.start]) is not None


def _beside(claims: Claims, start: int, end: int) -> dict[str, float]:
    """The words around a place, the nearest weighing most; which side they are on counts. Names count as one word."""
    found: dict[str, float] = {}
    text = claims.nameless
    for side, pieces in (
        ("<", reversed(_PIECE.findall(text[:start])[-WIDTH:])),
        (">", _PIECE.findall(text[end:])[:WIDTH]),
    ):
        for distance, piece in enumerate(pieces):
            if piece.isdigit():
                continue  # a claim of its own
            key = side + piece.casefold()
            found[key] = max(found.get(key, 0.0), 1.0 / (1 + distance))
    return found


def _alike(one: dict[str, float], other: dict[str, float]) -> float:
    """The share of ``one`` that ``other`` has; words are the same by their first letters."""
    heads = {_head(key) for key in other}
    total = sum(one.values())
    return sum(weight for key, weight in one.items() if _head(key) in heads) / total if total else 0.0


def _head(key: str) -> str:
    return key[:3] if "가" <= key[-1] <= "힣" else key[:6]


def _stem(word: str) -> str:
    """A Korean word without the particle at its end."""
    return re.sub(r"(?<=[가-힣]{2})(?:은|는|이|가|을|를|의|에|와|과|도|에서|으로|로)$", "", word)
