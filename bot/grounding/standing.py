"""Whether a sentence and its statement agree on how things stand: done or planned, is or is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.grounding.claims import Claims
from bot.grounding.faults import Fault
from bot.grounding.markers import Kind, Marker

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
    "done": frozenset({"begun", "building", "cancelled", "postponed"}),
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
    there = {marker.kind for one in (*chosen, *above) for marker in one.markers}
    found = [
        _fault(marker, own.text[marker.start : marker.end])
        for marker in own.markers
        if marker.kind in _ENOUGH and not _ENOUGH[marker.kind] & there and not _stage_only(own, marker, there)
    ]
    found += [
        _fault(marker, f"≠ {best.text[marker.start : marker.end]}")
        for marker in best.markers
        if marker.kind in _KEPT and not _KEPT[marker.kind] & said and _taken_over(own, best, best.clause(marker.start))
    ]
    return found


def miscounted(own: Claims, best: Claims, chosen: Sequence[Claims]) -> list[Fault]:
    """In one language negations can be counted: none more than the statements have, none less in what is repeated."""
    if best.language != own.language:
        return []
    count = sum(marker.kind == "not" for marker in own.markers)
    there = sum(marker.kind in ("not", "differ", "beyond") for one in chosen for marker in one.markers)
    repeated = sum(
        marker.kind == "not" and _taken_over(own, best, best.clause(marker.start)) for marker in best.markers
    )
    return [Fault("negation", own.text)] if count > there or count < repeated else []


def _fault(marker: Marker, text: str) -> Fault:
    return Fault("negation" if marker.kind in ("not", "beyond") else "status", text)


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
