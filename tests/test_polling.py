"""Long polling: confirmed only when accepted, patient with the network, clear about what will not get better."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.chat.application import Chat, WrongToken, build
from bot.chat.polling import HANDOVER, PAUSE, AnotherPoller, poll
from bot.playground.server import serve
from bot.playground.updates import Update
from bot.store import Store
from tests.fair import TroubledWire, opened_fair
from tests.fakes import PATIENCE, EchoAssistant, FakeClock, FakeKnowledge


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    opened.close()


def chat_with(wire: TroubledWire, store: Store, api_url: str, token: str, clock: FakeClock) -> Chat:
    return build(
        token=token,
        api_url=api_url,
        assistant=EchoAssistant(),
        library=FakeKnowledge(),
        store=store,
        clock=clock,
        request=wire,
    )


@pytest.mark.parametrize("token", ["1000:wrong", "nonsense"])
async def test_a_wrong_token_is_told_with_the_remedy_and_without_the_token(token: str, store: Store) -> None:
    async with serve() as server:
        chat = chat_with(TroubledWire(), store, server.api_url, token, FakeClock())

        with pytest.raises(WrongToken, match="@BotFather") as caught:
            await poll(chat, asyncio.Event())

    assert token not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_a_second_poller_that_stays_is_told_what_to_do(store: Store) -> None:
    clock, stop = FakeClock(), asyncio.Event()
    async with serve() as server:
        both = {
            asyncio.create_task(poll(chat_with(wire, store, server.api_url, server.telegram.token, clock), stop))
            for wire in (TroubledWire(), TroubledWire())
        }
        for _ in range(HANDOVER // timedelta(seconds=PAUSE) + 1):  # they refuse each other in turns
            await clock.somebody_sleeps(PAUSE)
            assert not any(one.done() for one in both)
            clock.advance(PAUSE)
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        outcomes = await asyncio.gather(*both, return_exceptions=True)

    assert isinstance(next(one for one in outcomes if one), AnotherPoller)
    assert "Stop the other one" in str(next(one for one in outcomes if one))


async def test_a_poller_that_is_about_to_go_is_waited_for(tmp_path: Path) -> None:
    gone = {"error_code": 409, "description": "Conflict: terminated by other getUpdates request"}
    async with opened_fair(tmp_path) as fair:
        fair.wire.troubles["getUpdates"] = [gone] * 5
        person = fair.person()
        await person.say("one")
        await person.hears()
        await person.say("two")
        for _ in range(5):
            await fair.clock.somebody_sleeps(PAUSE)
            fair.clock.advance(PAUSE)

        assert (await person.hears())["text"].startswith("You asked: two")


async def test_updates_in_disorder_are_confirmed_to_the_highest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_fair(tmp_path) as fair:
        updates, brought = fair.server.telegram.updates, list[list[int]]()

        def backwards(most: int) -> list[Update]:
            brought.append([update.id for update in updates.pending][::-1])
            return list(updates.pending)[::-1]

        monkeypatch.setattr(updates, "due", backwards)
        for _ in range(2):
            updates.add("message", {"message_id": 1})
        await fair.settled()

        [[second, first]] = [batch for batch in brought if batch]
        assert second == first + 1


async def test_a_webhook_that_is_still_set_gives_way(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        assert fair.wire.called[:1] == ["getMe"]
        assert fair.wire.called.index("deleteWebhook") < fair.wire.called.index("getUpdates")


async def test_no_network_at_the_start_is_waited_for(store: Store) -> None:
    clock, wire, stop = FakeClock(), TroubledWire(), asyncio.Event()
    wire.troubles = {"getMe": [httpx.ConnectError("no network")], "deleteWebhook": [httpx.ConnectError("no network")]}
    async with serve() as server:
        polling = asyncio.create_task(poll(chat_with(wire, store, server.api_url, server.telegram.token, clock), stop))
        for _ in range(2):
            await clock.somebody_sleeps(2)
            clock.advance(2)
        async with asyncio.timeout(PATIENCE):
            await wire.polled.wait()
        stop.set()
        await polling


async def test_a_network_that_goes_away_comes_back_with_nothing_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_fair(tmp_path) as fair:
        fair.wire.troubles["getUpdates"] = [
            httpx.ConnectError("gone"),
            {"error_code": 502, "description": "Bad Gateway"},
            {"error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 5}},
        ]
        person = fair.person()
        await person.say("one")
        await person.hears()
        await person.say("two")
        for pause in (2, 4, 5):
            await fair.clock.somebody_sleeps(pause)
            fair.clock.advance(pause)

        assert (await person.hears())["text"].startswith("You asked: two")
        assert "cannot be reached" in caplog.text


async def test_stopping_does_not_wait_for_the_long_poll_and_confirms_what_was_answered(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person()
        await person.say("one")
        await person.hears()

    assert fair.server.telegram.updates.pending == ()


async def test_what_was_not_accepted_comes_again(store: Store) -> None:
    async with serve() as server:
        telegram = server.telegram
        chat = chat_with(TroubledWire(), store, server.api_url, telegram.token, FakeClock())

        async def crash(update: object) -> None:
            raise MemoryError("the process dies here")

        chat.intake.accept = crash  # type: ignore[method-assign]
        telegram.updates.add("message", {"message_id": 1})

        with pytest.raises(MemoryError):
            await poll(chat, asyncio.Event())
        assert len(telegram.updates.pending) == 1


async def test_an_update_nobody_can_read_does_not_stop_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    async with opened_fair(tmp_path) as fair:
        fair.server.telegram.updates.add("message", {"message_id": "not a number", "chat": "nonsense"})
        person = fair.person()
        await person.say("one")

        assert (await person.hears())["text"].startswith("You asked: one")
        assert "could not be processed" in caplog.text
