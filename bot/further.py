"""A second search, from what the first one found: on each side of the question, and on the names that came up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import extracts
from bot.decision import YEAR
from bot.expectations import Kind
from bot.extracts import Finding
from bot.glossary import Entity
from bot.library import Library
from bot.sides import Side, sides

OPEN = 0.6  # of the question's idf mass; an answer that holds less is looked further for
NAMED, PASSAGES = 3, 4  # names to look further with, passages for each
NEAR = 0.85  # cosine from which a statement answers a side; the embedder's are compressed


class Further:
    """The second search for one question, asked in ``searched_in`` and answered in ``language``."""

    def __init__(self, library: Library, question: str, language: str, searched_in: str) -> None:
        self._library = library
        self._question = question
        self._language, self._searched_in = language, searched_in

    def completed(self, chosen: Sequence[Finding], wanted: frozenset[Kind]) -> list[Finding]:
        """``chosen`` with what the second search adds: the sides after the best, as they are asked for."""
        on_sides = self._on_sides(chosen)
        rest = [one for one in chosen[1:] if one.statement not in {side.statement for side in on_sides}]
        most = max(len(chosen), extracts.MOST)
        chosen = [chosen[0], *on_sides, *rest][:most]
        return [*chosen, *self._on_names(chosen, wanted)]

    def _on_sides(self, chosen: Sequence[Finding]) -> list[Finding]:
        """What answers each thing asked for, where ``chosen`` does not begin with it."""
        found: list[Finding] = []
        before = chosen[0]
        for n, side in enumerate(sides(self._question, self._library.glossary(), self._searched_in)):
            brought = self._brought(before)[:1] if side.leans and n else []
            query = " ".join([*(entity.name_in(self._searched_in) for entity in brought), side.query])
            answering = self._find(query, side.kinds, chosen[0].language)
            one = next((one for one in answering if one.similarity >= NEAR and _on(side, one)), None)
            before = one or before
            if one and one.statement not in {chosen[0].statement, *(other.statement for other in found)}:
                found.append(one)
        return found

    def _on_names(self, chosen: Sequence[Finding], wanted: frozenset[Kind]) -> list[Finding]:
        """What completes ``chosen`` on a name that its best brought in: "the company that …" is asked for by what it did.

        Only where much of the question is still open.
        """
        if sum({word: one.held[word] for one in chosen for word in one.held}.values()) > OPEN:
            return []
        beyond: list[Finding] = []
        for entity in self._brought(chosen[0])[:NAMED]:
            query = f"{entity.name_in(self._searched_in)} {self._question}"
            on_it = [one for one in self._find(query, wanted, chosen[0].language) if entity.id in one.named]
            texts = [(one.statement.text, one.language) for one in on_it]
            weighed = self._library.weigh(self._question, texts, self._searched_in)
            candidates = [replace(one, held=words) for one, words in zip(on_it, weighed, strict=True)]
            if completing := extracts.completing(candidates, (*chosen, *beyond), wanted):
                beyond.append(completing)
        return beyond

    def _find(self, query: str, wanted: frozenset[Kind], language: str) -> list[Finding]:
        hits = self._library.search(query, PASSAGES, self._searched_in)
        found = extracts.find(query, hits, self._library, self._language, wanted)
        return [one for one in found if one.language == language and one.statement.passage.known]

    def _brought(self, finding: Finding) -> list[Entity]:
        """The entities that a statement names and the question does not."""
        names = self._library.glossary()
        asked_for_already = {entity.id for entity in names.find(self._question)}
        brought = names.find(finding.statement.text)
        return [one for one in brought if one.id not in asked_for_already and one.kind != "city"]


def _on(side: Side, finding: Finding) -> bool:
    """Whether a statement is on what the side names, and holds what it asks for."""
    said = extracts.in_place(finding.statement)
    years = frozenset(YEAR.findall(said))
    return (
        side.entities <= finding.named and side.years <= years and (not side.kinds or bool(side.kinds & finding.holds))
    )
