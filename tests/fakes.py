"""What stands in for the world in tests: time, and two collaborators whose answers can be computed by eye.

Telegram is the playground over real HTTP (``fair.py``); the application, the store and the formatting are real.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.about import About
from bot.citations import Answer, Citation
from bot.passages import Passage, Source

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATIENCE = 10  # real seconds until a test that waits for something is told that it never came


class FakeClock:
    """Stands still until a test moves it; whoever sleeps wakes when its time has come."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []
        self._came = asyncio.Condition()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        sleeper = (self._now + timedelta(seconds=seconds), woken)
        self._sleepers.append(sleeper)
        try:
            async with self._came:
                self._came.notify_all()
            await woken.wait()
        finally:
            self._sleepers.remove(sleeper)

    async def somebody_sleeps(self, seconds: float) -> None:
        """Wait until somebody has begun to sleep for so long."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(
                lambda: any(abs((due - self._now).total_seconds() - seconds) < 0.01 for due, _ in self._sleepers)
            )

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for due, woken in self._sleepers:
            if due <= self._now:
                woken.set()


PASSAGE = Passage(
    path="fairs/expo.en.md",
    title="The Expo",
    text="The Expo was held in Pohang.",
    language="en",
    headings=("The Expo", "Venue"),
    as_of="2025-05-09",
    sources=(Source("City of Pohang", "2025-05-09", "https://example.org/expo"),),
)
CITATION = Citation(1, PASSAGE, "The Expo was held in Pohang.", PASSAGE.sources[0])


def echo(question: str, language: str = "en", **changes: Any) -> Answer:
    """The answer of the fake assistant: the question itself, with a source."""
    return Answer(f"You asked: {question} [1]", language, (CITATION,), generation="g1", **changes)


Script = Sequence[Answer | asyncio.Event | Exception]


class EchoAssistant:
    """Answers every question with the question. ``scripts`` says for single questions what comes instead, step by
    step: an Answer is yielded, an Event waited for, an exception raised."""

    def __init__(self, scripts: Mapping[str, Script] | None = None) -> None:
        self.scripts = dict(scripts or {})
        self.asked: list[tuple[str, tuple[tuple[str, str], ...], str | None]] = []

    async def answer(
        self, question: str, history: Sequence[tuple[str, str]] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        self.asked.append((question, tuple(history), language))
        for step in self.scripts.get(question, (echo(question, language or _language_of(question)),)):
            match step:
                case Answer():
                    yield step
                case asyncio.Event():
                    await step.wait()
                case Exception():
                    raise step


def _language_of(question: str) -> str:
    if re.search("[가-힣]", question):
        return "ko"
    return "de" if re.search(r"\b(wo|was|wann|und|ist)\b", question, re.IGNORECASE) else "en"


@dataclass(frozen=True)
class FakeEntry:
    path: str
    title: str
    language: str = "en"
    as_of: str = "2025-05-09"
    review_by: str = ""


@dataclass(frozen=True)
class FakeOverview:
    generation: str = "g1"
    built_at: datetime = NOON
    documents: tuple[FakeEntry, ...] = ()


@dataclass
class FakeKnowledge:
    """Knows one company under two spellings, and whatever documents a test gives it."""

    documents: tuple[FakeEntry, ...] = ()
    fair: About = field(
        default_factory=lambda: About(
            name={"ko": "시험 박람회", "en": "Test Fair", "de": "Testmesse"},
            contact={"ko": "시청", "en": "the city hall", "de": "das Rathaus"},
            questions={"ko": ("언제 열리나요?",), "en": ("When is it?", "Where is it?"), "de": ("Wann ist sie?",)},
        )
    )
    broken: Exception | None = None

    def overview(self) -> FakeOverview:
        self._check()
        return FakeOverview(documents=self.documents)

    def about(self) -> About:
        self._check()
        return self.fair

    def entity(self, name: str, language: str) -> str | None:
        self._check()
        return {"tuen": {"ko": "투엔"}.get(language, "Tuen"), "투엔": "Tuen"}.get(name.casefold())

    def mentioned(self, text: str) -> tuple[str, ...]:
        self._check()
        return ("tuen",) if re.search("tuen|투엔", text.casefold()) else ()

    def _check(self) -> None:
        if self.broken:
            raise self.broken
