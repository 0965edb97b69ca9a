"""Questions from a terminal or another program, answers and passages to it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.answers import Assistant
from bot.citations import Answer, Citation
from bot.dates import spoken
from bot.followups import Turn
from bot.library import Hit, Library
from bot.texts import say


@dataclass(frozen=True)
class Asked:
    """A question with what was said before it."""

    question: str
    history: tuple[Turn, ...] = ()


def questions(argument: str, lines: Iterable[str]) -> Iterator[Asked]:
    """The one question that ``argument`` is, or, for ``-``, each of ``lines``: plain text, or a JSON object with
    ``question`` and ``history``, a list of [question, answer].
    """
    if argument != "-":
        yield Asked(argument)
        return
    for line in lines:
        text = line.rstrip("\n").removesuffix("\r")
        if text.lstrip().startswith("{"):
            yield _object(text)
        elif text.strip():
            yield Asked(text)


async def answer_all(assistant: Assistant, asked: Iterable[Asked], *, as_json: bool) -> None:
    """Print the answer to each question, as soon as it is there."""
    for one in asked:
        start = time.monotonic()
        final = None
        async for answer in assistant.answer(one.question, one.history):
            final = answer
        assert final is not None, "an answer ends in one that is done"  # noqa: S101
        seconds = time.monotonic() - start
        shown = json.dumps(_answer(one.question, final, seconds), ensure_ascii=False) if as_json else for_person(final)
        sys.stdout.write(shown + "\n")
        sys.stdout.flush()


def search_all(library: Library, asked: Iterable[Asked], k: int, *, as_json: bool) -> None:
    """Print the passages that each question finds."""
    for one in asked:
        hits = library.search(one.question, k)
        if as_json:
            found = {"question": one.question, "passages": [_passage(hit) for hit in hits]}
            shown = json.dumps(found, ensure_ascii=False)
        else:
            shown = "\n\n".join(
                f"{rank}. {hit.passage.title} › {hit.passage.where} ({hit.passage.path})\n{hit.passage.text}"
                for rank, hit in enumerate(hits, 1)
            )
        sys.stdout.write(shown + "\n")
        sys.stdout.flush()


def for_person(answer: Answer) -> str:
    """The answer with its sources under it, and as of when it holds, where their dates differ."""
    lines = [answer.text]
    if answer.citations:
        lines += ["", *map(_source, answer.citations)]
    if answer.mixed and answer.as_of:
        lines += ["", say(answer.language, "sources.answer", date=spoken(answer.as_of, answer.language))]
    return "\n".join(lines)


def _source(citation: Citation) -> str:
    place = " › ".join(part for part in (citation.passage.title, citation.passage.where) if part)
    facts = ", ".join(part for part in (citation.publisher, citation.as_of) if part)
    return " — ".join(part for part in (f"[{citation.n}] {place}", facts, citation.url) if part)


def _answer(question: str, answer: Answer, seconds: float) -> dict[str, Any]:
    return {
        "question": question,
        "answer": answer.text,
        "answered": answer.answered,
        "language": answer.language,
        "as_of": answer.as_of,
        "citations": [
            {
                "n": citation.n,
                "title": citation.passage.title,
                "where": citation.passage.where,
                "publisher": citation.publisher,
                "as_of": citation.as_of,
                "url": citation.url,
                "quote": citation.quote,
            }
            for citation in answer.citations
        ],
        "seconds": round(seconds, 3),
    }


def _passage(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "path": passage.path,
        "title": passage.title,
        "where": passage.where,
        "as_of": passage.as_of,
        "score": round(hit.score, 4),
        "text": passage.text,
    }


def _object(text: str) -> Asked:
    """A question given as JSON; what merely looks like it is a question all the same."""
    try:
        data = json.loads(text)
        question, turns = data["question"], data.get("history") or []
        if isinstance(question, str) and all(isinstance(turn, list) for turn in turns):
            return Asked(question, tuple((str(q), str(a)) for q, a in turns))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return Asked(text)
