"""The whole bot killed at every named point: whoever wrote hears exactly one answer, and nothing is booked twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest

from bot import failpoints
from bot.meetings import Status
from bot.playground.floods import Limits
from bot.playground.server import Server, serve
from bot.store import Store
from tests import pavilion
from tests.databases import Databases
from tests.fair import ENGLISH, GERMAN, KOREAN, Person
from tests.fakes import NOON
from tests.killed_bot import start
from tests.meetings import requested

pytestmark = pytest.mark.slow

PATIENCE = 60  # seconds: a lease of a dead process on PostgreSQL runs out after half of them
UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
AHEAD = NOON.timestamp() - time.time()  # the slots of the pavilion are on the days after NOON
BOOKING = ("mid_booking", "after_booking_commit", "after_letter_sent_before_mark")


@contextmanager
def bot(server: Server, url: str, failpoint: str = "", *, work_only: bool = False) -> Iterator[subprocess.Popen[str]]:
    where = server.api_url, server.telegram.token, url
    process = start(*where, failpoint, ahead=AHEAD, work_only=work_only)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def ends(process: subprocess.Popen[str]) -> int:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.to_thread(process.wait)


@asynccontextmanager
async def visited() -> AsyncIterator[tuple[Server, list[Person]]]:
    async with (
        serve(limits=UNLIMITED, clock=lambda: time.time() + AHEAD) as server,
        httpx.AsyncClient(trust_env=False, verify=False) as http,
    ):
        people = [Person(server, http, number, number) for number in (KOREAN, GERMAN, ENGLISH)]
        yield server, people


async def until_quiet(server: Server, store: Store) -> None:
    """Until nothing waits any more, neither with Telegram nor in the database."""
    async with asyncio.timeout(PATIENCE):
        while server.telegram.updates.pending or store.inbox.counts() or not _posted(store):
            await server.telegram.bell.wait(0.1)


def _posted(store: Store) -> bool:
    return not store.outbox.counts().get("sending")


def answers(people: list[Person]) -> Counter[tuple[int, str]]:
    """(person, question) -> how many answers stand in the chat."""
    said = ((one.chat_id, text) for one in people for text in one.bot_said())
    return Counter((chat, text.split(" [1]")[0]) for chat, text in said if text.startswith("You asked"))


@pytest.mark.parametrize("point", [one for one in failpoints.NAMES if one not in BOOKING])
async def test_killed_while_it_answers_everybody_hears_one_answer(engine: Databases, point: str) -> None:
    url = engine.fresh("killed")
    async with visited() as (server, people):
        with bot(server, url, f"{point}:2" if point != "while_releasing" else point) as process:
            for number in range(3):
                for person in people:
                    await person.say(f"question {number}?")
                while server.telegram.updates.pending and process.poll() is None:
                    await server.telegram.bell.wait(0.1)
            if point == "while_releasing":
                process.send_signal(signal.SIGTERM)
            assert await ends(process) == -signal.SIGKILL
        with bot(server, url) as process:
            store = Store.open(url)
            await people[0].say("/help")  # whoever answers it listens to signals
            await until_quiet(server, store)
            process.send_signal(signal.SIGTERM)
            assert await ends(process) == 0
            store.close()

        heard = answers(people)
        assert set(heard) == {(one.chat_id, f"You asked: question {n}?") for one in people for n in range(3)}
        assert max(heard.values()) <= 2  # what Telegram took at the very moment, and nobody could note
        assert heard.total() - len(heard) <= len(people)


@pytest.mark.parametrize("point", ["mid_booking", "after_booking_commit"])
async def test_killed_while_it_keeps_a_seat_the_visitor_has_one_seat_and_sees_it(engine: Databases, point: str) -> None:
    url = engine.fresh("killed")
    store = Store.open(url)
    pavilion.set_up(store)
    async with visited() as (server, (_, anna, _)):
        with bot(server, url, point) as process:
            await anna.say("/meet tuen")
            await anna.hears()
            await anna.press("b:d:tuen:*")
            slot = pavilion.slot(store, "tuen")
            await anna._post("press", message_id=anna.newest(), callback_data=f"b:s:{slot.id}")
            assert await ends(process) == -signal.SIGKILL
        with bot(server, url):
            await until_quiet(server, store)

        assert [(one.status, one.slot.id) for one in store.agenda.of_visitor(GERMAN, NOON)] == [(Status.HELD, slot.id)]
        assert store.agenda.violations() == []
        draft = store.people.draft(GERMAN)
        assert draft is not None
        assert draft.step == "consent"
    store.close()


async def test_one_poller_and_two_workers_keep_each_chat_in_order_also_when_a_worker_is_killed(
    cluster: Databases,
) -> None:
    url = cluster.fresh("killed")
    async with visited() as (server, people):
        with (
            bot(server, url) as poller,
            bot(server, url, work_only=True) as one,
            bot(server, url, work_only=True) as two,
        ):
            store = Store.open(url)
            for number in range(40):
                for person in people:
                    await person.say(f"question {number}?")
                if number == 20:
                    one.kill()
            await until_quiet(server, store)
            for process in (poller, two):
                process.send_signal(signal.SIGTERM)
                assert await ends(process) == 0
            store.close()

        for person in people:
            heard = [text.split(" [1]")[0] for text in person.bot_said()]
            assert list(dict.fromkeys(heard)) == [f"You asked: question {number}?" for number in range(40)]
            assert len(heard) <= 41


async def test_killed_before_it_noted_that_a_letter_was_sent_it_is_sent_once_more(files: Databases) -> None:
    url = files.fresh("killed")
    store = Store.open(url)
    pavilion.set_up(store)
    async with visited() as (server, (_, anna, _)):
        with bot(server, url, "after_letter_sent_before_mark") as process:
            await anna.say("/start")
            await anna.hears()
            requested(store, now=NOON)
            await anna.say("/help")
            assert await ends(process) == -signal.SIGKILL
        with bot(server, url):
            await until_quiet(server, store)

        told = [text for text in anna.bot_said() if text.startswith("Ihre Terminanfrage ist abgeschickt.")]
        assert len(told) in (1, 2)  # two letters were on their way: this, and the team's card
        assert store.outbox.counts().get("failed", 0) == 0
    store.close()
