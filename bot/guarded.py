"""The language model behind guards: time-outs, a bound on calls at once, circuit breakers, a second model, a budget.

It streams as the model does. Whatever it raises means the same to its caller: answer without a model.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol, cast

from langchain_core.messages import BaseMessage, BaseMessageChunk

from bot import metrics
from bot.breaker import Breaker
from bot.budget import Budget, OverBudget, Reservation
from bot.spending import at_most

LONGEST = 4_000  # characters of an answer; what is longer rambles
MARGIN = 16  # pieces of a stream that are no token: the first, the last, those that only keep it alive

logger = logging.getLogger(__name__)

Pieces = AsyncGenerator[BaseMessageChunk, None]


class ModelBusy(Exception):
    """Too many calls are under way: waiting would take longer than the answer without a model."""


class ModelFailed(Exception):
    """The model ended without a word, did not end, or is left alone for a while."""


class Model(Protocol):
    """What streams; every chat model of LangChain does."""

    def astream(self, messages: list[BaseMessage], /) -> AsyncIterator[BaseMessageChunk]:
        """The answer, piece by piece."""


@dataclass(frozen=True)
class Patience:
    """Seconds until the first word and for all of it, the longest answer in tokens, and how many calls at once."""

    first: float = 10.0
    whole: float = 30.0
    tokens: int = 700
    at_once: int = 8


class GuardedModel:
    """Asks the first of ``models`` (name, model) that is well, and the next where it says nothing in time.

    ``tally`` counts what became of the calls: answered, failed, fallen back, left alone, busy, over budget.
    """

    def __init__(
        self,
        models: Sequence[tuple[str, Model]],
        patience: Patience,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines = [_Line(name, model, patience, budget, clock) for name, model in models]
        self._patience = patience
        self._free = asyncio.Semaphore(patience.at_once)
        self._inside = 0
        self.tally: Counter[str] = Counter()

    async def astream(self, messages: list[BaseMessage], /) -> Pieces:
        """The pieces that say something. Raises ModelBusy, ModelFailed, OverBudget, TimeoutError, or as a provider does."""
        if self._inside >= 2 * self._patience.at_once:  # as many again may wait for their turn
            self._count("busy")
            raise ModelBusy
        end = asyncio.get_running_loop().time() + self._patience.whole
        self._inside += 1
        try:
            await self._turn()
            try:
                async with aclosing(self._of_one_that_speaks(messages, end)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                self._free.release()
        finally:
            self._inside -= 1

    async def _turn(self) -> None:
        """Wait for a free place, but not longer than for a first word. Raises ModelBusy."""
        try:
            async with asyncio.timeout(self._patience.first):
                await self._free.acquire()
        except TimeoutError:
            self._count("busy")
            raise ModelBusy from None

    async def _of_one_that_speaks(self, messages: list[BaseMessage], end: float) -> Pieces:
        failed: Exception = ModelFailed("left alone for a while")
        for number, line in enumerate(self._lines):
            if not line.well():
                self._count("left alone")
                continue
            self._count("fallen back", int(number > 0))
            begun = False
            try:
                async with aclosing(line.astream(messages, end)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except OverBudget:
                self._count("over budget")
                raise
            except Exception as error:  # noqa: BLE001 - whatever a provider raises, there may be another
                self._count("failed")
                logger.warning("%s failed (%s)", line.name, type(error).__name__)
                failed = error
                if begun:  # another model would begin anew
                    break
            else:
                self._count("answered")
                return
        raise failed

    def _count(self, outcome: str, times: int = 1) -> None:
        self.tally[outcome] += times
        metrics.MODEL_CALLS.labels(outcome.replace(" ", "_")).inc(times)


class _Line:
    """One model, how it has been doing, and what its calls use up."""

    def __init__(
        self, name: str, model: Model, patience: Patience, budget: Budget | None, clock: Callable[[], float]
    ) -> None:
        self.name = name
        self._model = model
        self._patience = patience
        self._budget = budget
        self._clock = clock
        self._breaker = Breaker()
        metrics.MODEL_LEFT_ALONE.labels(name).set_function(lambda: self._breaker.open)

    def well(self) -> bool:
        """Whether to ask it; then it must be asked."""
        return self._breaker.allows(self._clock())

    async def astream(self, messages: list[BaseMessage], end: float) -> Pieces:
        """The pieces that say something; the breaker hears how it went, the budget what it took."""
        prompt = at_most(_text(message.content) for message in messages)
        course = _Course()
        try:
            reserved = await self._budget.reserve(prompt, self._patience.tokens) if self._budget else None
        except BaseException:
            self._breaker.let_go()
            raise
        try:
            async with aclosing(self._pieces(messages, end, course)) as pieces:
                async for piece in pieces:
                    yield piece
        except Exception as error:
            course.refused = not course.pieces and not isinstance(error, TimeoutError)
            self._breaker.failed(self._clock())
            raise
        except BaseException:  # whoever listened has heard enough, or the bot is being stopped
            self._breaker.succeeded() if course.characters else self._breaker.let_go()
            raise
        else:
            course.ended = True
            self._breaker.succeeded()
        finally:
            course.measured()
            if self._budget and reserved:
                await self._settle(self._budget, reserved, prompt, course)

    async def _pieces(self, messages: list[BaseMessage], end: float, course: _Course) -> Pieces:
        """What the model streams, until it ends. Raises TimeoutError, ModelFailed."""
        first = min(asyncio.get_running_loop().time() + self._patience.first, end)
        async with aclosing(cast(Pieces, self._model.astream(messages))) as stream:
            while True:
                async with asyncio.timeout_at(end if course.characters else first):
                    piece = await anext(stream, None)
                if piece is None:
                    break
                text = course.take(piece)
                # A piece is a token at least: that many prove that the model does not end where it was told to.
                if course.pieces > self._patience.tokens + MARGIN or course.characters > LONGEST:
                    raise ModelFailed("it does not end")
                if text:
                    yield piece
        if not course.characters:
            raise ModelFailed("it ended without a word")

    async def _settle(self, budget: Budget, reserved: Reservation, prompt: int, course: _Course) -> None:
        """By the provider's count; where there is none, by the most that it can have been."""
        if course.refused:
            await budget.settle(reserved, 0, 0)
        elif course.ended:
            most = prompt, min(course.bytes, self._patience.tokens)
            await budget.settle(reserved, *(course.reported if any(course.reported) else most))


class _Course:
    """What is known of a call so far."""

    def __init__(self) -> None:
        self.pieces = self.characters = self.bytes = 0
        self.reported = (0, 0)  # tokens in and out, as the provider counts them
        self.ended = False
        self.refused = False  # before anything can have been worked out
        self._begun = time.monotonic()

    def take(self, piece: BaseMessageChunk) -> str:
        """Count a piece; returns its text."""
        text = _text(piece.content)
        if text and not self.characters:
            metrics.took("first_word", time.monotonic() - self._begun)
        self.pieces += 1
        self.characters += len(text)
        self.bytes += len(text.encode())
        if usage := getattr(piece, "usage_metadata", None):
            self.reported = (self.reported[0] + usage["input_tokens"], self.reported[1] + usage["output_tokens"])
        return text

    def measured(self) -> None:
        """Say how long it took, and what the provider counted."""
        metrics.took("model", time.monotonic() - self._begun)
        for direction, tokens in zip(("in", "out"), self.reported, strict=True):
            metrics.MODEL_TOKENS.labels(direction).inc(tokens)


def _text(content: str | list[Any]) -> str:
    """The text of a message; providers give a string or a list of typed parts."""
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
