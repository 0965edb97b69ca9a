"""The one place where updates enter: accepted when they are kept, in order within a chat, side by side across chats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.chat import intake
from bot.chat.intake import Intake
from bot.chat.work import Work, current
from bot.store import Store, StoreError, tables
from bot.store.inbox import LEASE, PER_CHAT
from bot.updates import NOBODY, chat_of, sender_of, waits_in
from tests.databases import Files
from tests.fakes import PATIENCE, FakeClock


@pytest.fixture
def store(files: Files) -> Iterator[Store]:
    opened = Store.open(files.fresh("intake"))
    yield opened
    opened.close()


def update(update_id: int, chat_id: int = 1) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat_id}}}


class Worker:
    """Notes what begins and ends; waits at a gate where there is one for the update."""

    def __init__(self, *gated: int) -> None:
        self.gates = {update_id: asyncio.Event() for update_id in gated}
        self.ended = {update_id: asyncio.Event() for update_id in range(4)}
        self.began = asyncio.Event()
        self.notes: list[str] = []

    async def __call__(self, work: Work) -> None:
        self.notes.append(f"begin {work.update_id}")
        self.began.set()
        assert current.get() is work
        if work.update_id in self.gates:
            await self.gates[work.update_id].wait()
        if work.update_id < 0:
            raise RuntimeError("negative")
        self.notes.append(f"end {work.update_id}")
        if work.update_id in self.ended:
            self.ended[work.update_id].set()


@asynccontextmanager
async def taking(store: Store, worker: Worker, clock: FakeClock | None = None) -> AsyncIterator[Intake]:
    opened = Intake(store.inbox, store.presence, worker, clock or FakeClock())
    opened.start()
    try:
        async with asyncio.timeout(PATIENCE):
            yield opened
    finally:
        for gate in worker.gates.values():
            gate.set()
        await opened.stop(PATIENCE)


def states(store: Store) -> dict[int, str]:
    with store._database.begin() as connection:
        return {row.update_id: row.state for row in connection.execute(tables.inbox.select())}


async def test_what_is_accepted_stands_in_the_database(store: Store) -> None:
    waiting = Intake(store.inbox, store.presence, Worker(), FakeClock())

    await asyncio.gather(waiting.accept([update(1), update(2)]), waiting.accept([update(2), update(3)]))
    assert states(store) == {1: "waiting", 2: "waiting", 3: "waiting"}


async def test_what_cannot_be_kept_is_not_accepted_and_whoever_waits_is_told(store: Store) -> None:
    with store._database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox RENAME TO gone")
    waiting = Intake(store.inbox, store.presence, Worker(), FakeClock())

    for outcome in await asyncio.gather(*(waiting.accept([update(n)]) for n in (1, 2)), return_exceptions=True):
        assert isinstance(outcome, StoreError)
    with store._database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO inbox")
    await waiting.accept([update(1)])
    assert states(store) == {1: "waiting"}


async def test_an_update_delivered_twice_is_worked_on_once(store: Store) -> None:
    worker = Worker()
    async with taking(store, worker) as opened:
        for update_id in (3, 3, 5, 3, 5):
            await opened.accept([update(update_id)])
        await opened.settled()

    assert worker.notes == ["begin 3", "end 3", "begin 5", "end 5"]
    assert states(store) == {3: "done", 5: "done"}


async def test_one_chat_is_served_in_order_and_another_does_not_wait(store: Store) -> None:
    worker = Worker(1)
    async with taking(store, worker) as opened:
        await opened.accept([update(1, 1), update(2, 1), update(3, 2)])
        await worker.ended[3].wait()
        assert worker.notes == ["begin 1", "begin 3", "end 3"]
        worker.gates[1].set()
        await opened.settled()

    assert worker.notes[3:] == ["end 1", "begin 2", "end 2"]
    assert opened.busy == 0


async def test_an_error_does_not_cost_the_chat_its_next_update(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker()
    async with taking(store, worker) as opened:
        await opened.accept([update(-1), update(2)])
        await opened.settled()

    assert worker.notes == ["begin -1", "begin 2", "end 2"]
    assert "update -1 could not be processed" in caplog.text
    assert states(store) == {-1: "poisoned", 2: "done"}


async def test_stopping_hands_back_what_does_not_end_by_itself(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    worker, next_one = Worker(1), Worker()
    opened = Intake(store.inbox, store.presence, worker, FakeClock())
    opened.start()
    await opened.accept([update(1), update(2)])
    await worker.began.wait()

    await opened.stop(0.01)
    assert worker.notes == ["begin 1"]
    assert "1 updates unfinished" in caplog.text
    assert states(store) == {1: "waiting", 2: "waiting"}
    async with taking(store, next_one) as other:
        await other.settled()
    assert next_one.notes == ["begin 1", "end 1", "begin 2", "end 2"]


async def test_who_is_stopped_between_two_messages_may_send_the_second_one(store: Store) -> None:
    began, stopping, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def two_messages(work: Work) -> None:
        began.set()
        await stopping.wait()
        work.add(1)
        await work.until_noted()
        work.add(2)
        done.set()

    opened = Intake(store.inbox, store.presence, two_messages, FakeClock())
    opened.start()
    await opened.accept([update(1)])
    await began.wait()
    asyncio.get_running_loop().call_soon(stopping.set)
    await opened.stop(PATIENCE)

    assert done.is_set()
    assert states(store) == {1: "done"}


async def test_what_was_sent_by_who_is_cut_off_is_not_sent_again(store: Store) -> None:
    began, never = asyncio.Event(), asyncio.Event()
    again: list[tuple[int, ...]] = []

    async def a_message_at_the_very_end(work: Work) -> None:
        began.set()
        try:
            await never.wait()
        finally:
            work.add(7)

    async def look(work: Work) -> None:
        again.append(tuple(work.sent))

    opened = Intake(store.inbox, store.presence, a_message_at_the_very_end, FakeClock())
    opened.start()
    await opened.accept([update(1)])
    await began.wait()
    await opened.stop(0.01)

    next_one = Intake(store.inbox, store.presence, look, FakeClock())
    next_one.start()
    await next_one.settled()
    await next_one.stop(PATIENCE)
    assert again == [(7,)]


async def test_a_long_answer_keeps_its_lease(store: Store) -> None:
    clock, worker, other = FakeClock(), Worker(1), Worker()
    async with taking(store, worker, clock) as opened:
        await opened.accept([update(1)])
        await worker.began.wait()
        for _ in range(10):
            await clock.somebody_sleeps(intake.EVERY)
            clock.advance(LEASE.total_seconds() / 4)
        beside = Intake(store.inbox, store.presence, other, clock)
        assert store.inbox.turn("other", [], 1, clock.now()) == []
        del beside
        worker.gates[1].set()
        await opened.settled()

    assert worker.notes == ["begin 1", "end 1"]


async def test_only_so_many_are_in_hand_and_the_others_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "AT_ONCE", 2)
    worker = Worker(1, 2)
    async with taking(store, worker) as opened:
        await opened.accept([update(number, number) for number in (1, 2, 3)])
        await worker.began.wait()
        assert opened.busy == 2
        worker.gates[1].set()
        await worker.ended[3].wait()
        worker.gates[2].set()
        await opened.settled()

    assert states(store) == {1: "done", 2: "done", 3: "done"}


async def test_what_is_too_much_for_one_chat_is_dropped_and_counted(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(1)
    async with taking(store, worker) as opened:
        await opened.accept([update(number) for number in range(1, PER_CHAT + 11)])
        worker.gates[1].set()
        await opened.settled()

    assert worker.notes.count("begin 1") == 1
    assert len(worker.notes) == 2 * PER_CHAT
    assert "10 updates dropped" in caplog.text


PRIVATE = {"chat": {"id": 9}, "from": {"id": 9, "language_code": "ko"}}


@pytest.mark.parametrize(
    ("raw", "chat", "sender", "language"),
    [
        ({"message": PRIVATE}, 9, 9, "ko"),
        ({"message": {"chat": {"id": 9}, "from": {"id": 9}}}, 9, 9, ""),
        ({"message": {"chat": {"id": -4}, "from": {"id": 9}}}, -4, 9, None),
        ({"message": {"chat": {"id": 4}}}, 4, NOBODY, None),
        ({"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": 4}}}}, 4, 9, None),
        ({"callback_query": {"from": PRIVATE["from"], "message": {"chat": {"id": 9}}}}, 9, 9, "ko"),
        ({"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": -4}}}}, -4, 9, None),
        ({"callback_query": {"from": {"id": 9}, "inline_message_id": "x"}}, 9, 9, None),
        ({"my_chat_member": {"chat": {"id": -4}, "from": {"id": 9}}}, -4, 9, None),
        ({"something_new": {"text": "?"}}, NOBODY, NOBODY, None),
        ({"message": "nonsense"}, NOBODY, NOBODY, None),
        ({"message": {"chat": {"id": "nonsense"}}}, NOBODY, NOBODY, None),
        ({"message": {"chat": {"id": 2**63}}}, NOBODY, NOBODY, None),
    ],
)
def test_whose_turn_it_is_and_who_waits(raw: dict[str, Any], chat: int, sender: int, language: str | None) -> None:
    whole = {"update_id": 1, **raw}
    assert (chat_of(whole), sender_of(whole), waits_in(whole)) == (chat, sender, language)
