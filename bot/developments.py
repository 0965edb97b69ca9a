"""What an answer tells, brought up to date: what became of a plan, what sources dispute, whether a fair is to come.

The decisions are in ``statuses``; here the statements come from that they are made on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import extracts, statuses
from bot.dates import spoken
from bot.decision import Asked
from bot.extracts import Finding
from bot.library import Library
from bot.statuses import Told
from bot.texts import say

FOUND = 12  # passages looked through for what became of something
ROUNDS = 2  # a plan may follow a plan
NEXT = {"ko": "다음 행사", "en": "next edition", "de": "nächste Ausgabe"}  # what a fair's open question is found by


class Developments:
    """The statements of one question, as they are found and as ``statuses`` reads them."""

    def __init__(self, library: Library, question: str, pins: Asked, today: date) -> None:
        self._library = library
        self._question, self._pins, self._today = question, pins, today
        self._findings: dict[Told, Finding] = {}

    def brought_in(
        self, chosen: Sequence[Finding], findings: Sequence[Finding], language: str
    ) -> tuple[list[Finding], tuple[str, ...]]:
        """``chosen`` with what is newer or disputed beside what it concerns; and, in ``language``, what the bot itself has
        to add. ``findings``: all that the search found.
        """
        around = [self._told(one) for one in findings if one.language == chosen[0].language]
        told = self._newest_first(chosen)
        if dispute := statuses.disputed(told[0], around):
            told = [told[0], dispute, *(one for one in told[1:] if one != dispute)]
        told, followed = self._followed(told, around)
        plan = told[0].lapsed(self._today) and not followed and not any(map(statuses.denies, told[1:]))
        remarks = [say(language, "answers.plan", date=spoken(told[0].as_of, language))] if plan else []
        if self._asks_for_an_edition(told[0]):
            fairs = self._fairs(self._question) or self._fairs(told[0].text)
            there = [*around, *self._look_up(f"{self._question} {NEXT[told[0].language]}", told[0].language)]
            if open_question := statuses.on_the_next(fairs, there):
                told += [one for one in (open_question,) if one not in told]
            elif not plan:
                newest = max([one.as_of for one in around if fairs & one.about] or [told[0].as_of])
                remarks.append(say(language, "answers.no_later_edition", date=spoken(newest, language)))
        return [self._findings[one] for one in told], tuple(remarks)

    def _newest_first(self, chosen: Sequence[Finding]) -> list[Told]:
        told = [self._told(one) for one in chosen]
        if self._pins.years:  # what was asked for is not the newest
            return told
        # What says less of what was asked is no newer answer to it.
        answering = [self._told(one) for one in chosen[1:] if one.held.keys() >= chosen[0].held.keys()]
        newest = statuses.newest(told[0], answering)
        return [newest, *(one for one in told if one != newest)]

    def _followed(self, told: list[Told], around: Sequence[Told]) -> tuple[list[Told], bool]:
        """``told`` with what became of what the first of it tells, a newer plan before it, anything else behind; and
        whether the documents tell what became of the newest plan.
        """
        for _ in range(ROUNDS):
            first = told[0]
            if not statuses.uncertain(first):
                break
            there = [*told, *around, *self._look_up(first.text, first.language)]
            newer = statuses.became(first, there, self._today)
            if newer is None:
                break
            rest = [one for one in told[1:] if one != newer]
            if not newer.planned or first.like(newer) < statuses.ALIKE:
                return [first, newer, *rest], True
            told = [newer, first, *rest]
        return told, False

    def _asks_for_an_edition(self, best: Told) -> bool:
        """Whether it is asked when an event is, and all that is known is when it was."""
        named = bool(self._fairs(self._question))
        edition = statuses.asks_for_an_edition(self._question, event=named)
        return "date" in self._pins.kinds and edition and statuses.over(best, self._today)

    def _told(self, finding: Finding) -> Told:
        passage = finding.statement.passage
        named = self._library.glossary().find("\n".join((passage.title, *passage.headings, finding.statement.text)))
        told = Told(
            finding.statement.text,
            extracts.cite(1, finding.statement).as_of,
            # Where something is says less than what it is.
            frozenset(one.id for one in named if one.kind not in ("place", "city"))
            or frozenset(one.id for one in named if one.kind != "city"),
            finding.vector,
            passage.language,
            passage.headings[-1] if passage.headings else passage.title,
            passage.known,
        )
        self._findings.setdefault(told, finding)
        return told

    def _fairs(self, text: str) -> frozenset[str]:
        return frozenset(one.id for one in self._library.glossary().find(text) if one.kind == "fair")

    def _look_up(self, text: str, language: str) -> list[Told]:
        hits = [hit for hit in self._library.search(text, FOUND) if hit.passage.language == language]
        return [self._told(one) for one in extracts.find(text, hits, self._library, language)]
