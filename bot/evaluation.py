"""A question with what a right answer must say; an answer judged by it; the figures of many. Pure.

The questions were written by somebody who did not know the code, together with :func:`matches`, which says when a text
states a fact; it came from them unchanged.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.citations import Answer
from bot.passages import Passage
from bot.sentences import split, statements
from bot.texts import LANGUAGES, keys, say


@dataclass(frozen=True)
class Question:
    """A question, and what a right answer says.

    ``facts``: each is a list of forms of which one must stand in the answer. Of a question that cannot be answered,
    ``not_facts`` must not be said, and one of ``nearest`` is the nearest thing known.
    """

    id: str
    text: str
    language: str
    kind: str
    answerable: bool
    history: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    not_facts: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    why: str = ""  # it cannot be answered
    paths: frozenset[str] = frozenset()  # documents that answer, where a set names them
    pool: frozenset[str] = frozenset()  # the only documents to look at, where a set names them

    @property
    def group(self) -> str:
        """What it is counted under: its kind, or why it cannot be answered."""
        return self.kind if self.answerable else self.why or "unanswerable"


@dataclass(frozen=True)
class Verdict:
    """What is right and wrong about one answer."""

    answered: bool
    found: int = 0  # facts of the question in an answer; in a refusal none
    facts: int = 0
    right: int = 0  # citations whose passage says what the sentence before them says
    citations: int = 0
    unsupported: tuple[str, ...] = ()  # statements without a citation that says them
    wrong: tuple[str, ...] = ()  # of what must not be said
    nearest: bool | None = None  # the nearest thing known is given; None where none is asked for
    right_language: bool = True
    document: bool | None = None  # a document that answers is cited; None where the set names none

    def passes(self, answerable: bool) -> bool:
        """Whether nothing is left to wish for."""
        sound = not self.unsupported and not self.wrong and self.right == self.citations and self.right_language
        return sound and self.answered == answerable and self.found == self.facts


def parse(text: str) -> tuple[Question, ...]:
    """The questions of a TOML file. Raises ValueError naming a question that is incomplete or there twice."""
    questions: dict[str, Question] = {}
    for number, row in enumerate(tomllib.loads(text).get("question", []), 1):
        name = str(row.get("id", f"number {number}"))
        needed = {"id", "text", "language", "kind", "answerable"} | ({"facts"} if row.get("answerable") else {"why"})
        if missing := sorted(needed - row.keys()):
            raise ValueError(f"question {name}: {', '.join(missing)} is missing")
        if name in questions:
            raise ValueError(f"question {name} stands twice")
        if row["language"] not in LANGUAGES:
            raise ValueError(f"question {name}: the language is one of {', '.join(LANGUAGES)}")
        if any(len(turn) != 2 for turn in row.get("history", [])):
            raise ValueError(f"question {name}: history is a list of [question, answer]")
        if row["answerable"] and not (row["facts"] and all(forms and all(forms) for forms in row["facts"])):
            raise ValueError(f"question {name}: facts is a list of lists of texts")
        questions[name] = _question(row)
    return tuple(questions.values())


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        id=row["id"],
        text=row["text"],
        language=row["language"],
        kind=row["kind"],
        answerable=row["answerable"],
        history=tuple((before, said) for before, said in row.get("history", [])),
        facts=tuple(tuple(forms) for forms in row.get("facts", [])),
        not_facts=tuple(row.get("not_facts", [])),
        nearest=tuple(row.get("nearest", [])),
        why=row.get("why", ""),
    )


def matches(form: str, text: str) -> bool:
    """Whether ``text`` holds ``form``: however it is spaced, dashed, quoted or emphasised; but a number never matches
    inside a longer one.
    """
    form = re.sub(r"\s+", "", _plain(form))
    body = r"\s*".join(re.escape(character) for character in form)
    if form[0].isdigit():
        body = r"(?<!\d)(?<!\d[.,])" + body
    if form[-1].isdigit():
        body += r"(?!\d)(?![.,]\d)"
    return re.search(body, _plain(text)) is not None


def judge(question: Question, answer: Answer, written_in: str) -> Verdict:
    """``answer`` against what ``question`` expects; ``written_in`` is the language its text was found to be in."""
    said = re.sub(r"\s*\[\d+\]", "", answer.text)
    found = sum(any(matches(form, said) for form in forms) for forms in question.facts)
    right, unsupported = _checked(answer)
    cited = {citation.passage.path for citation in answer.citations}
    return Verdict(
        answered=answer.answered,
        found=found if answer.answered else 0,
        facts=len(question.facts),
        right=right,
        citations=len(answer.citations),
        unsupported=unsupported,
        wrong=tuple(form for form in question.not_facts if matches(form, said)),
        nearest=any(matches(form, said) for form in question.nearest) if question.nearest else None,
        right_language=written_in == question.language,
        document=bool(cited & question.paths) if question.paths and answer.answered else None,
    )


def _checked(answer: Answer) -> tuple[int, tuple[str, ...]]:
    """How many citations say what the sentence before them says, and the statements that none says."""
    passages = {citation.n: citation.passage for citation in answer.citations}
    text = _without_own_words(answer.text)
    right: set[int] = set()
    unsupported = []
    end = 0
    for marks in re.finditer(r"(?:\s*\[\d+\])+", text):
        claim, numbers = text[end : marks.start()].strip(" \n•-"), [int(n) for n in re.findall(r"\d+", marks.group())]
        end = marks.end()
        offered = [n for n in numbers if n in passages]
        if any(_verbatim(claim, passages[n]) for n in offered):
            right.update(n for n in offered if _verbatim(claim, passages[n]))
            continue
        *before, last = split(claim) or [""]
        unsupported += [sentence for sentence in before if sentence]
        stated = [n for n in offered if _states(last, passages[n])]
        right.update(stated)
        if last and not stated:
            unsupported.append(last)
    rest = [sentence for sentence in split(text[end:]) if re.search(r"[^\W_]", sentence)]
    return len(right), (*unsupported, *rest)


def _without_own_words(text: str) -> str:
    """Without what the bot itself says around an answer: these sentences are nobody's statements."""
    for language in LANGUAGES:
        for key in sorted(keys(language)):
            if key.startswith(("answers.", "declined.")):
                whole = say(language, key, contact="\0", date="\0", what="\0")
                text = re.sub(re.escape(whole).replace("\0", r"[^\n]+"), " ", text)
    return text


def _verbatim(claim: str, passage: Passage) -> bool:
    """Whether the claim is the passage's own wording: its text, or a row of its table with the columns named."""
    claim = _spaced(claim)
    own = (_spaced(statement.text) for statement in statements(passage))
    return bool(claim) and (claim in _spaced(passage.text) or claim in own)


def _states(claim: str, passage: Passage) -> bool:
    """Whether the passage holds the numbers and names of a claim in other words."""
    text = _plain("\n".join((passage.title, *passage.headings, passage.as_of, passage.text)))
    numbers = re.findall(r"\d+(?:[.,]\d+)*", _plain(claim))
    names = re.findall(r"(?<=\w )[A-Z][\w&-]+", claim)
    held = [_plain(name) in text for name in names]
    return all(matches(number, text) for number in numbers) and sum(held) * 2 >= len(held)


def _spaced(text: str) -> str:
    return " ".join(re.sub(r"[\[(](\s*\d[\d\s,;]*)[\])]", r"(\1)", text).split())


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub("[–—−‐‑~〜∼]", "-", text)
    return re.sub("[*_`„“”‘’\"'‹›«»]", "", text)


@dataclass(frozen=True)
class Figures:
    """The figures of a group of questions; a share without anything to share is None."""

    questions: int
    facts_found: float | None
    sources_right: float | None
    unsupported: int
    refused_rightly: float | None
    refused_wrongly: float | None
    nearest: float | None
    wrong: int
    right_language: float | None
    documents: float | None
    passed: int


def figures(judged: Iterable[tuple[Question, Verdict]]) -> Figures:
    """The figures of ``judged``. Facts and sources are counted one by one, not question by question."""
    pairs = list(judged)
    answerable = [verdict for question, verdict in pairs if question.answerable]
    others = [verdict for question, verdict in pairs if not question.answerable]
    every = [verdict for _, verdict in pairs]
    with_nearest = [verdict.nearest for verdict in others if verdict.nearest is not None]
    with_document = [verdict.document for verdict in answerable if verdict.document is not None]
    return Figures(
        questions=len(pairs),
        facts_found=_share(sum(one.found for one in answerable), sum(one.facts for one in answerable)),
        sources_right=_share(sum(one.right for one in every), sum(one.citations for one in every)),
        unsupported=sum(len(one.unsupported) for one in every),
        refused_rightly=_share(sum(not one.answered for one in others), len(others)),
        refused_wrongly=_share(sum(not one.answered for one in answerable), len(answerable)),
        nearest=_share(sum(with_nearest), len(with_nearest)),
        wrong=sum(bool(one.wrong) for one in every),
        right_language=_share(sum(one.right_language for one in every), len(every)),
        documents=_share(sum(with_document), len(with_document)),
        passed=sum(verdict.passes(question.answerable) for question, verdict in pairs),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
