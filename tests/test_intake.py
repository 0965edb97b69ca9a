"""The one place where updates enter: once each, in order within a chat, side by side across chats."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.chat import intake
from bot.chat.intake import Intake, chat_of


def update(update_id: int, chat_id: int = 1) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat_id}}}


class Worker:
    """Notes what begins and ends; waits at a gate where there is one for the update."""

    def __init__(self, *gated: int) -> None:
        self.gates = {update_id: asyncio.Event() for update_id in gated}
        self.ended = {update_id: asyncio.Event() for update_id in range(4)}
        self.notes: list[str] = []

    async def __call__(self, raw: intake.Update) -> None:
        update_id = raw["update_id"]
        self.notes.append(f"begin {update_id}")
        if update_id in self.gates:
            await self.gates[update_id].wait()
        if update_id < 0:
            raise RuntimeError("negative")
        self.notes.append(f"end {update_id}")
        if update_id in self.ended:
            self.ended[update_id].set()


async def test_an_update_delivered_twice_is_worked_on_once() -> None:
    worker = Worker()
    taking = Intake(worker)

    for update_id in (5, 5, 3, 5, 3):
        await taking.accept(update(update_id))
    await taking.drain(1)

    assert worker.notes == ["begin 5", "end 5", "begin 3", "end 3"]


async def test_one_chat_is_served_in_order_and_another_does_not_wait() -> None:
    worker = Worker(1)
    taking = Intake(worker)

    for one in (update(1, 1), update(2, 1), update(3, 2)):
        await taking.accept(one)
    await worker.ended[3].wait()
    assert worker.notes == ["begin 1", "begin 3", "end 3"]
    worker.gates[1].set()
    await taking.drain(1)

    assert worker.notes[3:] == ["end 1", "begin 2", "end 2"]
    assert taking.busy == 0


async def test_an_error_does_not_cost_the_chat_its_next_update(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker()
    taking = Intake(worker)

    await taking.accept(update(-1))
    await taking.accept(update(2))
    await taking.drain(1)

    assert worker.notes == ["begin -1", "begin 2", "end 2"]
    assert "update -1 could not be processed" in caplog.text


async def test_draining_ends_what_does_not_end_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(1)
    taking = Intake(worker)
    await taking.accept(update(1))
    await taking.accept(update(2))

    await taking.drain(0.01)

    assert worker.notes == ["begin 1"]
    assert "2 updates unfinished" in caplog.text
    assert taking.busy == 0


async def test_a_flood_in_one_chat_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    worker = Worker(1)
    taking = Intake(worker)

    for update_id in range(1, intake.PER_CHAT + 100):
        await taking.accept(update(update_id))
        await asyncio.sleep(0)
    worker.gates[1].set()
    await taking.drain(5)

    assert worker.notes.count("end 1") == 1
    assert len(worker.notes) == 2 * (intake.PER_CHAT + 1)
    assert "dropped" in caplog.text


async def test_with_both_hands_full_accepting_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "AT_ONCE", 2)
    worker = Worker(1, 2)
    taking = Intake(worker)
    await taking.accept(update(1, 1))
    await taking.accept(update(2, 2))
    third = asyncio.create_task(taking.accept(update(3, 3)))
    for _ in range(10):
        await asyncio.sleep(0)

    assert not third.done()
    worker.gates[1].set()
    await third
    worker.gates[2].set()
    await taking.drain(1)
    assert sorted(worker.notes[-2:]) == ["end 2", "end 3"] or "end 3" in worker.notes


async def test_only_so_many_ids_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "REMEMBERED", 10)
    worker = Worker()
    taking = Intake(worker)

    for update_id in range(100):
        await taking.accept(update(update_id))
        await taking.drain(1)
    await taking.accept(update(95))
    await taking.accept(update(1))
    await taking.drain(1)

    assert worker.notes.count("end 95") == 1
    assert worker.notes.count("end 1") == 2


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"message": {"chat": {"id": 4}}}, 4),
        ({"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": 4}}}}, 4),
        ({"callback_query": {"from": {"id": 9}, "inline_message_id": "x"}}, 9),
        ({"my_chat_member": {"chat": {"id": -4}, "from": {"id": 9}}}, -4),
        ({"something_new": {"text": "?"}}, None),
        ({"message": "nonsense"}, None),
    ],
)
def test_what_belongs_to_which_chat(raw: dict[str, Any], chat: int | None) -> None:
    assert chat_of({"update_id": 1, **raw}) == chat
