"""Whether a sentence and its statement agree on how things stand: done or planned, is or is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.grounding.claims import Claims, overlap
from bot.grounding.faults import Fault
from bot.grounding.markers import Kind, Marker

NEARLY = 0.2  # of its words; who says so much less than the best says another thing
SCOPE = 0.5  # share of a clause that a sentence must repeat to have taken the clause over
# What must stand in the passages for a sentence to say so.
_ENOUGH: dict[Kind, frozenset[Kind]] = {
    "not": frozenset({"not", "differ", "beyond"}),
    "beyond": frozenset({"beyond", "not"}),
    "planned": frozenset({"planned", "foreseen", "postponed"}),
    "building": frozenset({"building", "begun"}),
    "begun": frozenset({"begun", "building"}),
    "done": frozenset({"done"}),
    "cancelled": frozenset({"cancelled"}),
    "postponed": frozenset({"postponed"}),
}
# There are too many words for building, beginning and finishing: these count where the passages tell another stage.
_STAGES: dict[Kind, frozenset[Kind]] = {
    "building": frozenset({"done", "cancelled", "postponed"}),
    "begun": frozenset({"done", "cancelled", "postponed"}),
    "done": frozenset({"begun", "building", "cancelled", "postponed", "foreseen"}),
}
# What a sentence must not leave out of a clause that it takes over.
_KEPT: dict[Kind, frozenset[Kind]] = {
    "not": frozenset({"not", "differ", "beyond"}),
    "beyond": frozenset({"beyond", "not"}),
    "planned": frozenset({"planned", "foreseen", "cancelled", "postponed"}),
    "cancelled": frozenset({"cancelled", "postponed"}),
    "postponed": frozenset({"postponed", "cancelled", "not"}),
}


def disagreeing(own: Claims, best: Claims, chosen: Sequence[Claims], above: Sequence[Claims]) -> list[Fault]:
    """What the sentence says of how things stand and no statement does; and what it leaves out of the ``best`` one."""
    said = {marker.kind for marker in own.markers}
    found = []
    for marker in own.markers:
        there = {other.kind for one in (*_nearest(own, marker, chosen), *above) for other in one.markers}
        missing = marker.kind in _ENOUGH and not _ENOUGH[marker.kind] & there
        if missing and not _stage_only(own, marker, there - (said & {"foreseen"})):
            found.append(_fault(marker, own.text[marker.start : marker.end]))
    found += [
        _fault(marker, f"≠ {best.text[marker.start : marker.end]}")
        for marker in best.markers
        if marker.kind in _KEPT and not _KEPT[marker.kind] & said and _taken_over(own, best, best.clause(marker.start))
    ]
    return found


def miscounted(own: Claims, best: Claims, chosen: Sequence[Claims]) -> list[Fault]:
    """In one language words can be counted: no negation more than the statements have, none less in what is repeated;
    and no plan more: what plans an agreement has not signed it.
    """
    if best.language != own.language:
        return []
    count = _count(own, "not")
    there = sum(_count(one, "not", "beyond") for one in chosen)
    there += max(0, sum(_count(one, "differ") for one in chosen) - _count(own, "differ"))
    repeated = sum(
        marker.kind == "not" and _taken_over(own, best, best.clause(marker.start)) for marker in best.markers
    )
    found = [Fault("negation", own.text)] if count > there or count < repeated else []
    plans = sum(_count(one, "planned", "foreseen", "postponed") for one in chosen)
    if _count(own, "planned") and _count(own, "planned", "foreseen") > plans:
        found.append(Fault("status", own.text))
    return found


def _count(claims: Claims, *kinds: Kind) -> int:
    spans = [(marker.start, marker.end) for marker in claims.markers if marker.kind in kinds]
    return sum(all(start >= end for _, end in spans[:n]) for n, (start, _) in enumerate(spans))


def _fault(marker: Marker, text: str) -> Fault:
    return Fault("negation" if marker.kind in ("not", "beyond") else "status", text)


def _nearest(own: Claims, marker: Marker, chosen: Sequence[Claims]) -> Sequence[Claims]:
    """The statements that say most of a marker's clause; all, where words cannot be compared."""
    start, end = own.clause(marker.start)
    words = [token for token in own.tokens if start <= token.start < end]
    alike = [overlap(words, one.grams) if one.language == own.language else 1.0 for one in chosen]
    return [one for one, share in zip(chosen, alike, strict=True) if share >= max(alike) - NEARLY]


def _stage_only(own: Claims, marker: Marker, there: set[Kind]) -> bool:
    """Whether a missing word for building or finishing may be a matter of wording."""
    if marker.kind not in _STAGES:
        return False
    clause = own.clause(marker.start)
    planned = any(one.kind == "planned" and clause[0] <= one.start < clause[1] for one in own.markers)
    return (planned and "planned" in there) or not _STAGES[marker.kind] & there


def _taken_over(own: Claims, best: Claims, span: tuple[int, int]) -> bool:
    """Whether the sentence repeats a clause of the best statement."""
    starts = [one.start for one in best.moments] + [one.start for one in best.quantities]
    starts += [one.start for one in best.names]
    if best.language != own.language and not any(span[0] <= start < span[1] for start in starts):
        span = (0, len(best.text))  # nothing in the clause can be compared: the whole statement decides
    repeated = [any(c.meets(d) for d in own.moments) for c in best.moments if span[0] <= c.start < span[1]]
    repeated += [any(c.meets(d) for d in own.quantities) for c in best.quantities if span[0] <= c.start < span[1]]
    repeated += [one.key in own.keys for one in best.names if span[0] <= one.start < span[1]]
    if best.language == own.language:
        repeated += [token.met(own.grams) for token in best.tokens if span[0] <= token.start < span[1]]
    return bool(repeated) and sum(repeated) >= SCOPE * len(repeated)
