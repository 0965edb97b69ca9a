"""Answers to questions that join, made of statements: each part is asked by itself, and what answers is put together.

Nothing is said but what the documents say, statement by statement: that two of them are on the same firm is what its
name in the glossary tells, and that is all that is concluded. See ``bot/joins.py`` for how a question is taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot import extracts, joins, leading
from bot.conditions import Pinned, mentions, pinned, subjects
from bot.decision import YEAR
from bot.extracts import Finding
from bot.glossary import Glossary
from bot.library import Library
from bot.texts import say

Ask = Callable[[str], Sequence[Finding]]  # what answers a question, best first; nothing where it is refused
Told = tuple[Sequence[Finding], tuple[str, ...]]  # an answer's statements, and remarks of our own on them
Lists = dict[str, list[Finding]]  # the ids of entities, with the statements that name each

MOST = 8  # statements in such an answer: two lists side by side
CHECKED = 6  # names that one list holds and the other does not, for which the other is asked again
PASSAGES = 4  # looked into for each of them
WORTH = 0.6  # of what the best meets of a condition's words, so that a statement still meets it
NAMELESS = 0.5  # of the words of a condition that names nothing
EACH = 3  # things of which each is spoken of
TOLD = 3  # statements on what a chain leads to
NEARLY = 0.85  # of the words that the best holds; then the statement that names more of them is better


@dataclass(frozen=True)
class Joined:
    """The statements that answer together; or, with ``met`` false, those on what meets the first condition alone."""

    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()
    met: bool = True


class Joining:
    """Joins what answers the parts of a question in one ``language``: ``ask`` lists it, ``tell`` makes an answer of it."""

    def __init__(self, library: Library, language: str, ask: Ask, tell: Callable[[str], Told]) -> None:
        self._library = library
        self._language = language
        self._ask, self._tell = ask, tell
        self._names = library.glossary()

    def joined(self, question: str, findings: Sequence[Finding]) -> Joined | None:
        """What is known where ``question``, for which ``findings`` were found, joins; None where it does not, or where its
        first part has no answer.
        """
        verbs = self._library.splitter().verbs(question, self._language)
        if plan := joins.join(question, verbs):
            return self._which(plan)
        if counting := joins.count(question):
            return self._counted(counting)
        if chained := joins.chain(question, verbs):
            return self._chained(chained)
        return self._leading(question, findings)

    def _which(self, plan: joins.Join) -> Joined | None:
        """For each thing that meets both conditions the statements that say so, the telling condition first."""
        conditions = [_Condition(one, plan.kind, self._library, self._language) for one in plan.conditions]
        if not all(one.tells for one in conditions):
            return None
        lists = [one.named(self._ask(one.question)) for one in conditions]
        if not lists[0]:
            return None
        for n, condition in enumerate(conditions):
            if lists[n]:
                missing = [name for name in lists[1 - n] if name not in lists[n]]
                lists[n] |= self._checked(condition, missing[:CHECKED])
        both = [name for name in lists[0] if name in lists[1]]
        if not both:
            return Joined(tuple(covering(list(lists[0]), lists[0])[:TOLD]), met=False)
        told = [one for n in (1, 0) for one in covering(both, lists[n])]
        findings = tuple({one.statement: one for one in told}.values())[:MOST]
        return Joined(findings, (say(self._language, "answers.others"),))

    def _counted(self, plan: joins.Count) -> Joined | None:
        """The things from one place that meet a condition, where the statements name them, and how many these are.

        How many there are of everybody is a figure that somebody else has counted.
        """
        condition = _Condition(plan.condition, plan.kind, self._library, self._language)
        if not condition.tells or not any(one.kind == "city" for one in mentions(plan.own, self._names)):
            return None
        # Whose title speaks of the city need not be from there.
        local = [one for one in self._ask(plan.condition) if _of_the_city(one, self._names)]
        listed = condition.named(local)
        if not listed:
            return None
        called = [self._library.entity(name, self._language) or name for name in listed]
        remark = say(self._language, "answers.counted", what=f"{len(called)} ({', '.join(called)})")
        return Joined(tuple(covering(list(listed), listed)[:MOST]), (remark,))

    def _checked(self, condition: _Condition, names: Iterable[str]) -> Lists:
        """Which of these things meet a condition after all, each asked for by its name."""
        found: Lists = {}
        for name in names:
            query = f"{self._library.entity(name, self._language) or name} {condition.question}"
            hits = self._library.search(query, PASSAGES, self._language)
            findings = extracts.find(query, hits, self._library, self._language)
            found |= {key: said for key, said in condition.named(findings).items() if key == name}
        return found

    def _chained(self, plan: joins.Chain) -> Joined | None:
        """The statement that says which thing is described, and what answers the rest for that thing."""
        if plan.each:
            return self._each(plan)
        names = self._names
        pins = pinned(plan.described, names, frozenset())
        describing = (
            one
            for one in self._ask(plan.described)
            if pins.met(*_said(one), names) and pins.in_order(one.statement.text)
        )
        if not (described := next(describing, None)):
            return None
        brought = [
            one for one in names.find(described.statement.text) if one.kind in plan.kinds and one.id not in pins.keys
        ]
        if not brought:
            return None
        entity = brought[0]
        told, remarks = self._tell(plan.about(entity.name_in(self._language)))
        # Where nothing is nearer than what says which thing it is, nothing more is known of it.
        if not told or told[0].statement == described.statement or entity.id not in told[0].named:
            return Joined((described,), met=False)
        on_it = [one for one in told if one.statement != described.statement and entity.id in one.named]
        return Joined((described, *on_it[:TOLD]), remarks)

    def _each(self, plan: joins.Chain) -> Joined | None:
        """What is asked of several things that are described, for each of them."""
        condition = _Condition(plan.described, next(iter(plan.kinds)), self._library, self._language)
        listed = condition.named(self._ask(plan.described)) if condition.tells else {}
        told: list[Finding] = []
        who = {one.statement for said in listed.values() for one in said}  # they are, not what is asked of them
        for name in list(listed)[:EACH]:
            said, _ = self._tell(plan.about(self._library.entity(name, self._language) or name))
            new = (one for one in said if one.statement not in who)
            told += [one for one in new if subjects(one.statement.text, condition.kind, self._names) == [name]][:1]
        if not told:
            return None
        findings = (*covering(list(listed)[:EACH], listed), *told)
        return Joined(
            tuple({one.statement: one for one in findings}.values()), (say(self._language, "answers.others"),)
        )

    def _leading(self, question: str, findings: Sequence[Finding]) -> Joined | None:
        """The year that leads by the figures of several, each in its statement; or who does, where a statement says so."""
        names, language = self._names, self._language
        own = [one for one in findings if one.language == language and one.statement.passage.known]
        asked = {one.id for one in names.find(question) if one.kind != "city"}
        near = [one for one in own if asked <= one.named and one.fit >= own[0].fit - extracts.BEHIND_COMPLETING]
        if leading.asks_for_year(question):
            dated = [one for one in near if len(_years(one)) == 1]
            order = leading.ranked(question, [one.statement.text for one in dated], language)
            compared = [dated[n] for n in order][: extracts.ROWS]
            several = len(frozenset().union(*map(_years, compared))) > 1
            return Joined(tuple(compared), (say(language, "answers.compared"),)) if several else None
        kind = joins.thing(question)
        saying = [one for one in near if kind and leading.measured(question, one.statement.text, language)]
        told = [one for one in saying if subjects(one.statement.text, kind, names)]
        return Joined((told[0],)) if told else None


class _Condition:
    """One condition on things of a ``kind``, asked as a ``question``, and which statements meet it for which things."""

    def __init__(self, question: str, kind: str, library: Library, language: str) -> None:
        self.question = question
        self.kind = kind
        self._language = language
        self._names = library.glossary()
        self._pins: Pinned = pinned(question, self._names, frozenset(library.splitter().names(question, language)))
        self._words = library.words(self._names.without_names(question), language)

    @property
    def tells(self) -> bool:
        """Whether it says more than that things are from the city, which nearly all are."""
        return bool(self._pins.keys or self._pins.years or self._pins.names or len(self._words) > 1)

    def named(self, findings: Sequence[Finding]) -> Lists:
        """The things for which one of ``findings`` says that they meet it, with these, best first."""
        own = [one for one in findings if one.language == self._language and one.statement.passage.known]
        meeting = [one for one in own if self._pins.met(*_said(one), self._names)]
        best = max((one.coverage for one in meeting), default=0.0)
        least = WORTH * best if self._pins.keys or self._pins.names else max(WORTH * best, NAMELESS)
        found: Lists = {}
        for one in meeting:
            if one.coverage >= least:
                for name in subjects(one.statement.text, self.kind, self._names):
                    if name not in self._pins.keys:
                        found.setdefault(name, []).append(one)
        return found


def _said(finding: Finding) -> tuple[str, str]:
    """What a statement says, and the headings that it stands under."""
    passage = finding.statement.passage
    return finding.statement.text, " › ".join((passage.title, *passage.headings))


def _of_the_city(finding: Finding, names: Glossary) -> bool:
    said = f"{' '.join(finding.statement.passage.headings[-1:])}\n{finding.statement.text}"
    return any(one.kind == "city" for one in mentions(said, names))


def _years(finding: Finding) -> frozenset[str]:
    return frozenset(YEAR.findall(finding.statement.text))


def covering(names: Sequence[str], said: Lists) -> list[Finding]:
    """A few statements that say something of all ``names``: of those that tell most, what says it of most of them."""
    open_ones, chosen = list(names), list[Finding]()
    while open_ones:
        candidates = [one for name in open_ones for one in said[name]]
        most = max(one.coverage for one in candidates)
        telling = [one for one in candidates if one.coverage >= NEARLY * most]
        best = max(telling, key=lambda one: (sum(one in said[name] for name in open_ones), one.fit))
        chosen.append(best)
        open_ones = [name for name in open_ones if best not in said[name]]
    return chosen
