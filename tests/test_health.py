"""What operators ask over HTTP: life, readiness, metrics. On a real port, beside the whole bot."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import metrics
from bot.chat import health, webhook
from bot.chat.health import served
from bot.chat.serving import PortInUse
from bot.gauges import EVERY, Gauges
from bot.generations import IndexMissing
from bot.playground.server import serve
from bot.spending import Caps, Spent
from bot.store import Store, StoreError
from tests.fair import GERMAN, Fair, flooded, opened_fair
from tests.fakes import NOON, PATIENCE, EchoAssistant, FakeKnowledge, echo
from tests.test_webhook import SECRET, chat_on, free_port

CAPS = Caps(tokens=1000, cost=5_000_000)


@dataclass
class Asked:
    """What the port says."""

    http: httpx.AsyncClient
    url: str

    async def __call__(self, path: str) -> tuple[int, str]:
        response = await self.http.get(f"{self.url}{path}", timeout=10)
        return response.status_code, response.text.strip()

    async def metric(self, line: str) -> float:
        """The value of a metric, its labels included; 0 where nothing was counted yet."""
        _, text = await self("/metrics")
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0


@asynccontextmanager
async def asked_of(chat: Any, stop: asyncio.Event, http: httpx.AsyncClient) -> AsyncIterator[Asked]:
    port = free_port()
    async with served(chat, "127.0.0.1", port, stop, CAPS):
        yield Asked(http, f"http://127.0.0.1:{port}")


@pytest.fixture
async def fair(tmp_path: Path) -> AsyncIterator[Fair]:
    async with opened_fair(tmp_path) as opened:
        await opened.settled()
        yield opened


async def test_a_bot_that_answers_lives_and_is_ready(fair: Fair) -> None:
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        assert await ask("/healthz") == (200, "ok")
        assert await ask("/readyz") == (200, "ok")
        assert (await ask("/anything"))[0] == 404


async def test_who_is_being_stopped_is_not_ready_at_once_while_what_is_in_hand_is_finished(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    async with opened_fair(tmp_path, EchoAssistant({"Wo?": (go_on, echo("Wo?", "de"))})) as fair:
        anna, stop = fair.person(GERMAN), asyncio.Event()
        async with asked_of(fair.chat, stop, fair.http) as ask:
            await anna.say("Wo?")
            await fair.takes_a_moment()
            await anna.hears("draft")
            stop.set()

            assert await ask("/readyz") == (503, "stopping")
            assert await ask("/healthz") == (200, "ok")
            assert fair.chat.intake.busy == 1
            go_on.set()
            await anna.hears()


async def test_until_telegram_has_answered_the_bot_lives_but_is_not_ready(fair: Fair, tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/other.db")
    unstarted = chat_on(fair.server, store)
    async with asked_of(unstarted, asyncio.Event(), fair.http) as ask:
        assert await ask("/readyz") == (503, "Telegram has not answered yet")
        assert await ask("/healthz") == (200, "ok")
    store.close()


async def test_without_an_index_it_is_not_ready(fair: Fair) -> None:
    fair.knowledge.broken = IndexMissing("There is no index in /somewhere yet.")
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        code, told = await ask("/readyz")

    assert code == 503
    assert told.startswith("there is no index that can be used")


async def test_a_database_that_cannot_be_used_is_told_by_both(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise StoreError("cannot be used")

    monkeypatch.setattr(fair.store.inbox, "oldest", away)
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        code, told = await ask("/readyz")
        assert (code, told.partition(":")[0]) == (503, "the database cannot be used")
        assert await ask("/healthz") == (200, "ok")  # a restart would not help
        assert await ask.metric("expo_bot_database_up") == 0


async def test_a_database_that_hangs_does_not_hang_who_asks(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    with fair.store._database._turn:  # somebody is in the middle of a long transaction
        async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
            for _ in range(3):
                assert await ask("/readyz") == (503, "the database does not answer in time")


async def test_whoever_no_longer_looks_into_the_inbox_does_not_live(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "STILL", 0.0)
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        code, told = await ask("/healthz")

    assert code == 503
    assert told.startswith("no look into the inbox for")


async def test_nothing_listens_unless_told_to(fair: Fair) -> None:
    before = set(asyncio.all_tasks())
    async with served(fair.chat, "127.0.0.1", 0, asyncio.Event(), CAPS):
        assert set(asyncio.all_tasks()) == before


async def test_a_port_that_is_taken_is_told_with_its_setting(fair: Fair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortInUse, match="HEALTH_PORT"):
        async with served(fair.chat, "127.0.0.1", taken.getsockname()[1], asyncio.Event(), CAPS):
            pass


async def test_the_public_port_knows_nothing_of_it(store: Store) -> None:
    port, stop = free_port(), asyncio.Event()
    async with serve() as server, httpx.AsyncClient(trust_env=False) as http:
        chat = chat_on(server, store)
        listening = asyncio.create_task(webhook.listen(chat, "https://bot.example", SECRET, "127.0.0.1", port, stop))
        async with asyncio.timeout(PATIENCE):
            while not server.telegram.updates.webhook.url:
                await server.telegram.bell.wait(0.05)
        ask = Asked(http, f"http://127.0.0.1:{port}")

        assert [(await ask(path))[0] for path in ("/healthz", "/readyz", "/metrics")] == [404, 404, 404]
        stop.set()
        await listening


async def test_an_update_is_counted_and_timed(fair: Fair) -> None:
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        lines = (
            'expo_bot_updates_total{outcome="done"}',
            'expo_bot_stage_seconds_count{stage="update"}',
            'expo_bot_stage_seconds_count{stage="waiting"}',
            'expo_bot_stage_seconds_count{stage="sending"}',
        )
        before = [await ask.metric(line) for line in lines]
        anna = fair.person(GERMAN)
        await anna.say("Wo?")
        await anna.hears()
        await fair.settled()
        after = [await ask.metric(line) for line in lines]

    assert [new - old for old, new in zip(before, after, strict=True)] == [1, 1, 1, 1]


async def test_what_telegram_says_is_counted(fair: Fair) -> None:
    async with asked_of(fair.chat, asyncio.Event(), fair.http) as ask:
        line = 'expo_bot_telegram_calls_total{outcome="flood"}'
        before = await ask.metric(line)
        fair.wire.troubles["sendMessage"] = [flooded(7)]
        anna = fair.person(GERMAN)
        await anna.say("Wo?")
        await fair.clock.somebody_sleeps(7)
        fair.clock.advance(7)
        await anna.hears()
        await fair.settled()

        assert await ask.metric(line) - before == 1
        assert await ask.metric('expo_bot_telegram_calls_total{outcome="ok"}') > 0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    opened.close()


def told(gauges: Gauges) -> dict[str, float]:
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for metric in gauges.collect()
        for sample in metric.samples
    }


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": number, "type": "private"}, "text": "Wo?"}}


def test_queues_budget_and_index_are_looked_up(store: Store) -> None:
    store.inbox.put([update(1), update(2)], NOON - timedelta(seconds=90))
    store.outbox.put("sorry", "visitor", "1", "R", "k", NOON, language="de", reference="7")
    store.usage.reserve(NOON.date(), "", Spent(200, 1_500_000), CAPS)

    found = told(Gauges(store, FakeKnowledge(), CAPS, now=lambda: NOON))

    assert found == {
        "expo_bot_database_up": 1,
        "expo_bot_inbox_updates[waiting]": 2,
        "expo_bot_inbox_updates[working]": 0,
        "expo_bot_inbox_updates[poisoned]": 0,
        "expo_bot_inbox_oldest_seconds": 90,
        "expo_bot_outbox_letters[waiting]": 1,
        "expo_bot_outbox_letters[sending]": 0,
        "expo_bot_outbox_letters[failed]": 0,
        "expo_bot_model_tokens_today": 200,
        "expo_bot_model_tokens_a_day": 1000,
        "expo_bot_model_cost_today": 1.5,
        "expo_bot_model_cost_a_day": 5,
        "expo_bot_index_built_timestamp_seconds": NOON.timestamp(),
        "expo_bot_index_info[g1]": 1,
    }


def test_the_database_is_asked_every_few_seconds_however_often_somebody_asks(store: Store) -> None:
    seconds = 0.0
    gauges = Gauges(store, FakeKnowledge(), CAPS, now=lambda: NOON, seconds=lambda: seconds)

    first = told(gauges)
    store.inbox.put([update(1)], NOON)
    seconds = EVERY - 0.1
    second = told(gauges)
    seconds = EVERY
    third = told(gauges)

    waiting = "expo_bot_inbox_updates[waiting]"
    assert (first[waiting], second[waiting], third[waiting]) == (0, 0, 1)


def test_without_an_index_the_rest_is_told(store: Store) -> None:
    found = told(Gauges(store, FakeKnowledge(broken=IndexMissing("none")), CAPS, now=lambda: NOON))

    assert found["expo_bot_database_up"] == 1
    assert not any(name.startswith("expo_bot_index") for name in found)


def test_no_label_can_hold_a_visitor() -> None:
    labels = {name for metric in metrics.REGISTRY.collect() for one in metric.samples for name in one.labels}

    assert labels <= {"stage", "outcome", "limit", "direction", "model", "le"}


def test_every_metric_of_ours_follows_the_conventions() -> None:
    names = {metric.name for metric in metrics.REGISTRY.collect() if not metric.name.startswith("process_")}

    assert all(re.fullmatch(r"expo_bot_[a-z_]+", name) for name in names)
    assert len(names) < 15
