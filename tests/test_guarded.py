"""The guards around a language model, over real HTTP: each server here fails in its own way, or is well."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from bot import assembly, models
from bot.answers import Assistant
from bot.assembly import NotConfigured
from bot.breaker import FAILURES, PAUSE
from bot.budget import Budget, OverBudget, spender
from bot.citations import Answer
from bot.guarded import LONGEST, MARGIN, GuardedModel, ModelBusy, ModelFailed, Patience
from bot.library import Library
from bot.models import Choice
from bot.prompts import Prompts
from bot.settings import read
from bot.spending import Caps, Prices, Spent, alias, at_most
from bot.store import Store
from bot.store.usage import Usage
from tests.databases import opened

# LangChain keeps a provider's client, and with it a connection, beyond the event loop of the test that made it.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ASKED = [HumanMessage("When was the fair?")]
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
TODAY = NOON.date()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
END = b"data: [DONE]\n\n"


@pytest.fixture(autouse=True)
def _loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def piece(text: str, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "any", "choices": [choice], **more}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def counted(tokens_in: int, tokens_out: int) -> bytes:
    """The last piece of a provider that says what it counted."""
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}
    return piece("", choices=[], usage=usage)


def status(line: str, body: str = "{}") -> bytes:
    head = (
        f"HTTP/1.1 {line}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return (head + body).encode()


WELL = [HEAD, piece("In "), piece("May."), END]
Step = bytes | asyncio.Event


class Provider:
    """Answers every request with the steps of ``script``: bytes are sent, an Event is waited for; ``forever`` repeats
    the last one until nobody listens."""

    def __init__(self, script: Sequence[Step], forever: bool = False) -> None:
        self.script = list(script)
        self.forever = forever
        self.asked: list[dict[str, Any]] = []
        self.inside = self.most = 0
        self.address = ""

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            self.asked.append(json.loads(await reader.readexactly(int(length.group(1)) if length else 0)))
            for step in self.script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    writer.write(step)
                    await writer.drain()
            while self.forever and isinstance(self.script[-1], bytes):
                writer.write(self.script[-1])
                await writer.drain()
                await asyncio.sleep(0)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.inside -= 1
            writer.close()


@asynccontextmanager
async def serving(*script: Step, forever: bool = False) -> AsyncIterator[Provider]:
    provider = Provider(script, forever)
    server = await asyncio.start_server(provider.respond, "127.0.0.1", 0)
    provider.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        for step in [*script, *provider.script]:
            if isinstance(step, asyncio.Event):
                step.set()
        server.close()
        await server.wait_closed()


class Ticking:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def guarded(
    *providers: Provider, clock: Ticking | None = None, budget: Budget | None = None, **patience: Any
) -> GuardedModel:
    """One model a provider; ``patience`` as in Patience."""
    chosen = Patience(**{"first": 5, "whole": 10, "tokens": 60, **patience})
    loaded = []
    for provider in providers:
        model = models.load(
            "openai:any", base_url=f"{provider.address}/v1", key="", timeout=60, max_tokens=chosen.tokens
        )
        assert model is not None
        loaded.append(("openai:any", model))
    return GuardedModel(loaded, chosen, budget, clock or Ticking())


async def said(model: GuardedModel) -> str:
    return "".join([str(piece.content) async for piece in model.astream(ASKED)])


async def heard(model: GuardedModel, *, raising: type[Exception]) -> list[str]:
    """The pieces that came before it raised."""
    pieces: list[str] = []
    with pytest.raises(raising):
        async for one in model.astream(ASKED):
            pieces += [str(one.content)]
    return pieces


async def first_piece(model: GuardedModel) -> str:
    """What somebody hears who does not listen any further."""
    async with aclosing(model.astream(ASKED)) as pieces:
        return str((await anext(pieces)).content)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def failure(model: GuardedModel) -> type[BaseException]:
    """What it raises, after whatever it said."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the test says which
        await said(model)
    return raised.type


async def test_a_model_that_is_well_says_it_piece_by_piece() -> None:
    async with serving(*WELL) as provider:
        model = guarded(provider)
        pieces = [str(piece.content) async for piece in model.astream(ASKED)]

    assert pieces == ["In ", "May."]
    assert model.tally == {"answered": 1, "fallen back": 0}
    assert provider.asked[0]["stream_options"] == {"include_usage": True}


# Time


async def test_a_first_word_that_does_not_come_is_not_waited_for() -> None:
    async with serving(HEAD, asyncio.Event()) as provider:
        assert await failure(guarded(provider, first=0.3)) is TimeoutError


async def test_pieces_that_say_nothing_are_no_first_word() -> None:
    async with serving(HEAD, piece(""), asyncio.Event()) as provider:
        assert await failure(guarded(provider, first=0.3)) is TimeoutError


async def test_once_it_speaks_it_may_take_its_whole_time_but_not_more() -> None:
    async with serving(HEAD, piece("In "), asyncio.Event()) as provider:
        assert await heard(guarded(provider, first=0.3, whole=1.0), raising=TimeoutError) == ["In "]


# Answers without end


async def test_a_stream_without_end_is_cut_by_its_tokens() -> None:
    async with serving(HEAD, piece("a"), forever=True) as provider:
        assert 50 <= len(await heard(guarded(provider, tokens=50), raising=ModelFailed)) <= 50 + MARGIN


async def test_a_stream_without_end_is_cut_by_its_characters() -> None:
    async with serving(HEAD, piece("a" * 500), forever=True) as provider:
        assert len("".join(await heard(guarded(provider, tokens=700), raising=ModelFailed))) == LONGEST


async def test_a_stream_of_nothing_without_end_is_cut() -> None:
    async with serving(HEAD, piece(""), forever=True) as provider:
        assert await failure(guarded(provider, tokens=50)) is ModelFailed


# A second model

FAILING: dict[str, list[Step]] = {
    "it hangs": [asyncio.Event()],
    "slow to its first word": [HEAD, asyncio.Event()],
    "it ends at once": [HEAD, END],
    "it hangs up": [],
    "too many requests": [status("429 Too Many Requests")],
    "an internal error": [status("500 Internal Server Error")],
    "wrong JSON": [HEAD, b"data: {garbage\n\n", END],
    "another JSON": [HEAD, b'data: {"hello": [1, 2]}\n\n', END],
    "not a word": [HEAD, piece(""), piece(""), END],
}


@pytest.mark.parametrize("script", FAILING.values(), ids=FAILING.keys())
async def test_the_second_model_answers_where_the_first(script: list[Step]) -> None:
    fresh = [asyncio.Event() if isinstance(step, asyncio.Event) else step for step in script]
    async with serving(*fresh) as first, serving(*WELL) as second:
        model = guarded(first, second, first=0.5)

        assert await said(model) == "In May."
        assert model.tally == {"failed": 1, "answered": 1, "fallen back": 1}


async def test_what_has_begun_is_not_begun_anew_by_another_model() -> None:
    async with serving(HEAD, piece("In "), b"data: {garbage\n\n") as first, serving(*WELL) as second:
        model = guarded(first, second)

        await failure(model)
        assert (second.asked, model.tally["failed"]) == ([], 1)


async def test_where_both_fail_there_is_no_answer() -> None:
    async with serving(status("500 Oops")) as first, serving(HEAD, END) as second:
        model = guarded(first, second)
        await failure(model)

    assert model.tally == {"failed": 2, "fallen back": 1}


def test_a_second_model_without_a_first_is_none() -> None:
    quiet = {"first_word": 1.0, "timeout": 1.0, "max_tokens": 50, "at_once": 1}
    assert models.guarded(Choice(""), Choice("openai:any", "http://127.0.0.1:9"), **quiet) is None


# Left alone


async def test_who_keeps_failing_is_left_alone_then_tried_once_and_well_again() -> None:
    async with serving(status("500 Oops")) as provider:
        model = guarded(provider, clock=(clock := Ticking()))
        for _ in range(FAILURES):
            await failure(model)
        assert await failure(model) is ModelFailed
        assert len(provider.asked) == FAILURES  # nobody was asked for the last one

        clock.seconds = PAUSE
        await failure(model)  # the trial
        await failure(model)
        assert len(provider.asked) == FAILURES + 1

        provider.script = list(WELL)
        clock.seconds += 2 * PAUSE
        assert [await said(model), await said(model)] == ["In May.", "In May."]
    assert model.tally["left alone"] == 2


async def test_of_many_at_once_one_is_the_trial() -> None:
    wait = asyncio.Event()
    async with serving(status("500 Oops")) as provider:
        model = guarded(provider, clock=(clock := Ticking()))
        for _ in range(FAILURES):
            await failure(model)
        provider.script, clock.seconds = [wait, *WELL], PAUSE
        several = [asyncio.create_task(said(model)) for _ in range(6)]
        await until(lambda: sum(one.done() for one in several) == 5)
        wait.set()
        results = await asyncio.gather(*several, return_exceptions=True)

    assert len(provider.asked) == FAILURES + 1
    assert [one for one in results if one == "In May."] == ["In May."]


async def test_a_trial_that_nobody_waits_for_is_followed_by_another() -> None:
    async with serving(status("500 Oops")) as provider:
        model = guarded(provider, clock=(clock := Ticking()))
        for _ in range(FAILURES):
            await failure(model)
        provider.script, clock.seconds = [asyncio.Event()], PAUSE
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await said(model)
        provider.script[0].set()
        provider.script = list(WELL)

        assert await said(model) == "In May."


# At once


async def test_more_calls_than_there_is_room_for_wait_and_more_than_that_are_refused_at_once() -> None:
    wait = asyncio.Event()
    async with serving(wait, *WELL) as provider:
        model = guarded(provider, at_once=2)
        several = [asyncio.create_task(said(model)) for _ in range(7)]
        await until(lambda: provider.inside == 2)
        refused = [one for one in several if one.done()]
        wait.set()
        results = await asyncio.gather(*several, return_exceptions=True)

    assert [type(one.exception()) for one in refused] == [ModelBusy] * 3
    assert [one for one in results if isinstance(one, str)] == ["In May."] * 4
    assert provider.most == 2
    assert model.tally["busy"] == 3


async def test_a_turn_that_does_not_come_is_not_waited_for_longer_than_a_first_word() -> None:
    wait = asyncio.Event()
    async with serving(HEAD, piece("In "), wait, END) as provider:
        model = guarded(provider, at_once=1, first=0.3)
        one = asyncio.create_task(said(model))
        await until(lambda: provider.inside == 1)
        assert await failure(model) is ModelBusy
        wait.set()
        assert await one == "In "


async def test_a_caller_that_goes_away_leaves_its_place_to_the_next() -> None:
    async with serving(*WELL) as provider:
        model = guarded(provider, at_once=1)
        for _ in range(4):
            assert await first_piece(model) == "In "

        assert await said(model) == "In May."


# The budget

NEED = at_most([str(ASKED[0].content)])


@pytest.fixture
def usage(url: str) -> Iterator[Usage]:
    with closing(opened(url)) as database:
        yield Usage(database)


def budget(usage: Usage, **caps: int) -> Budget:
    return Budget(usage, Caps(**caps), Prices(1, 10), "secret", lambda: NOON)


async def test_the_providers_count_is_what_was_spent(usage: Usage) -> None:
    async with serving(HEAD, piece("May."), counted(40, 3), END) as provider:
        await said(guarded(provider, budget=budget(usage)))

    assert usage.spent(TODAY) == Spent(43, 40 + 30)


async def test_without_a_count_it_is_the_most_it_can_have_been(usage: Usage) -> None:
    async with serving(HEAD, piece("5월에 "), piece("열렸습니다."), END) as provider:
        await said(guarded(provider, budget=budget(usage)))

    assert usage.spent(TODAY).tokens == NEED + len("5월에 열렸습니다.".encode())


@pytest.mark.parametrize(
    ("script", "spent"),
    [
        ([status("500 Oops")], 0),
        ([], 0),
        ([HEAD, asyncio.Event()], NEED + 60),
        ([HEAD, piece("In "), b"data: {garbage\n\n"], NEED + 60),
    ],
    ids=["refused", "hung up", "no first word", "broken off"],
)
async def test_what_failed_counts_as_far_as_it_may_have_been_worked_out(
    usage: Usage, script: list[Step], spent: int
) -> None:
    fresh = [asyncio.Event() if isinstance(step, asyncio.Event) else step for step in script]
    async with serving(*fresh) as provider:
        await failure(guarded(provider, budget=budget(usage), first=0.3, whole=0.6))

    assert usage.spent(TODAY).tokens == spent


async def test_the_cap_holds_within_one_request(usage: Usage) -> None:
    async with serving(*WELL) as provider:
        model = guarded(provider, budget=budget(usage, tokens=NEED + 59))

        assert await failure(model) is OverBudget
        assert provider.asked == []
        assert usage.spent(TODAY) == Spent()


async def test_the_cap_holds_whatever_comes_at_once(usage: Usage) -> None:
    wait, cap = asyncio.Event(), 3 * (NEED + 60)
    async with serving(wait, *WELL) as provider:
        model = guarded(provider, budget=budget(usage, tokens=cap))
        several = [asyncio.create_task(said(model)) for _ in range(8)]
        await until(lambda: provider.inside == 3 and sum(one.done() for one in several) == 5)
        assert usage.spent(TODAY).tokens == cap
        wait.set()
        results = await asyncio.gather(*several, return_exceptions=True)

    assert sorted(type(one).__name__ for one in results) == ["OverBudget"] * 5 + ["str"] * 3
    assert usage.spent(TODAY).tokens < cap
    assert model.tally["over budget"] == 5


async def test_a_cap_in_money_holds_as_well(usage: Usage) -> None:
    async with serving(*WELL) as provider:
        assert await failure(guarded(provider, budget=budget(usage, cost=NEED + 599))) is OverBudget
        assert await said(guarded(provider, budget=budget(usage, cost=NEED + 600))) == "In May."


async def test_one_visitors_share_is_nobody_elses(usage: Usage, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(HEAD, piece("May."), counted(NEED, 60), END) as provider:
        model = guarded(provider, budget=budget(usage, tokens_per_visitor=NEED + 60))
        spender.set(102)
        assert await said(model) == "May."
        assert [await failure(model), await failure(model)] == [OverBudget, OverBudget]
        spender.set(103)
        assert await said(model) == "May."

    assert usage.spent(TODAY, alias("secret", TODAY, 102)).tokens == NEED + 60
    assert caplog.text.count("used up the share of a day") == 1  # staff hear it once
    assert "102" not in caplog.text


async def test_over_budget_is_no_failure_of_the_model(usage: Usage) -> None:
    async with serving(*WELL) as provider:
        model = guarded(provider, budget=budget(usage, tokens=1))
        assert {await failure(model) for _ in range(2 * FAILURES)} == {OverBudget}
        assert model.tally["left alone"] == 0


async def test_whoever_stops_listening_has_spent_what_was_set_aside(usage: Usage) -> None:
    async with serving(HEAD, piece("In "), asyncio.Event()) as provider:
        model = guarded(provider, budget=budget(usage))
        await first_piece(model)

        assert usage.spent(TODAY).tokens == NEED + 60


# The visitor

PROMPTS = Prompts(Path(__file__).parent.parent / "prompts")
WHEN = "When was the Lantern Fair 2025?"


async def answer(library: Library, model: GuardedModel | None) -> Answer:
    """The last of what a visitor is shown."""
    return [value async for value in Assistant(library, PROMPTS, model, timeout=60).answer(WHEN)][-1]


@pytest.mark.slow
async def test_a_visitor_always_has_an_answer_and_the_model_words_it_again_once_it_is_well(
    lantern_fair: Library,
) -> None:
    without = await answer(lantern_fair, None)
    async with serving(HEAD, asyncio.Event()) as provider:
        model = guarded(provider, clock=(clock := Ticking()), first=0.2, tokens=200)
        for _ in range(FAILURES + 3):
            assert await answer(lantern_fair, model) == without
        assert len(provider.asked) == FAILURES  # the last three had it at once

        provider.script = [HEAD, piece("The fair was in May 2025 [1]."), END]
        clock.seconds = PAUSE
        assert (await answer(lantern_fair, model)).text == "The fair was in May 2025 [1]."


@pytest.mark.slow
async def test_a_visitor_who_finds_the_model_busy_or_the_budget_used_up_has_the_answer_without_it(
    lantern_fair: Library, usage: Usage
) -> None:
    without, wait = await answer(lantern_fair, None), asyncio.Event()
    async with serving(wait, *WELL) as provider:
        model = guarded(provider, at_once=1)
        two = [asyncio.create_task(said(model)) for _ in range(2)]
        await until(lambda: provider.inside == 1)
        assert await answer(lantern_fair, model) == without
        wait.set()
        await asyncio.gather(*two)

        assert await answer(lantern_fair, guarded(provider, budget=budget(usage, tokens=100))) == without
        assert len(provider.asked) == 2


def test_a_cap_in_money_without_prices_is_refused_at_the_start(tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path}/bot.db")) as store:
        with pytest.raises(NotConfigured, match="MODEL_PRICES"):
            assembly.budget(read(model_cost_a_day=5), store, "secret")

        assert assembly.budget(read(model_cost_a_day=5, model_prices="0.25/2"), store, "secret")
