"""After an outage, a crash, a flood: what was accepted is answered in order, once, with a word where one is due."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.chat.polling import poll
from bot.playground.server import serve
from bot.store import Store, inbox, tables
from bot.store.inbox import MOST_RUNS, PER_CHAT
from tests import pavilion
from tests.fair import ANNA, ENGLISH, GERMAN, GROUP, TOUR, Fair, TroubledWire, message, opened_fair, started
from tests.fakes import NOON, PATIENCE, EchoAssistant, FakeClock
from tests.test_polling import chat_with

MENTION = [{"type": "mention", "offset": 0, "length": 15}]
UNREACHABLE = [httpx.ConnectError("no network")] * 5  # as often as a message is tried


def asked(text: str, minutes_ago: int) -> dict[str, Any]:
    return {**message(text), "date": int(NOON.timestamp()) - 60 * minutes_ago}


def begun(folder: Path, update: dict[str, Any], sent: list[int], attempts: int = 1) -> None:
    """An earlier process worked on it, sent so much, and died."""
    store = Store.open(f"sqlite:///{folder}/bot.db")
    store.inbox.put([update], NOON)
    store.inbox.turn("dead", [], 1, NOON)
    store.inbox.turn("dead", [], 0, NOON, sent={update["update_id"]: sent})
    with store._database.begin() as connection:
        connection.execute(tables.inbox.update().values(attempts=attempts))
    store.close()


def of_bot(fair: Fair, chat: int = GERMAN) -> list[str]:
    return fair.person(GERMAN, chat).bot_said()


async def test_a_question_from_before_an_outage_is_answered_with_a_word_on_the_delay(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        await started(fair)
        await fair.deliver("message", **asked("Wann ist die Messe?", 16))
        await fair.deliver("message", **asked("Wo ist die Messe?", 14))
        await fair.settled()

        late, in_time = of_bot(fair)[1:]
        assert late.startswith(
            "Entschuldigen Sie die lange Wartezeit: Ich war eine Weile nicht erreichbar.\n\nYou asked"
        )
        assert in_time.startswith("You asked: Wo ist die Messe?")


async def test_what_waited_is_worked_off_in_order_after_a_restart(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/bot.db")
    waiting = [{"update_id": number, "message": asked(f"Frage {number} und?", 2)} for number in range(8)]
    store.inbox.put(waiting[::-1], NOON)
    store.close()
    async with opened_fair(tmp_path, met=[GERMAN]) as fair:
        await fair.settled()

        assert [text.split(" [1]")[0] for text in of_bot(fair)] == [f"You asked: Frage {n} und?" for n in range(8)]


async def test_after_a_crash_only_what_was_not_sent_yet_is_sent(tmp_path: Path) -> None:
    press = {"id": "1", "from": ANNA, "chat_instance": "x", "data": "q:de:0", "message": message("x")}
    begun(tmp_path, {"update_id": 7, "callback_query": press}, sent=[4711])  # the question that was pressed
    async with opened_fair(tmp_path, met=[GERMAN]) as fair:
        await fair.settled()

        assert [text.split(" [1]")[0] for text in of_bot(fair)] == ["You asked: Wann ist sie?"]


async def test_half_an_answer_that_a_crash_left_in_a_group_becomes_the_whole_one(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        await fair.person(GERMAN, GROUP).block(blocked=False)
        half = (await fair.chat.bot.send_message(GROUP, "You ask")).message_id
        question = message("@playground_bot Wann ist sie?", TOUR, entities=MENTION)
        update = {"update_id": 7, "message": question}
        fair.store.inbox.put([update], NOON)
        fair.store.inbox.turn("dead", [], 1, NOON)
        fair.store.inbox.turn("dead", [], 0, NOON, sent={7: [half]})
        before = len(of_bot(fair, GROUP))
        with fair.store._database.begin() as connection:
            connection.execute(tables.inbox.update().values(lease_until=None))
        await fair.deliver("poll", id="x")  # which wakes it
        await fair.settled()

        assert len(of_bot(fair, GROUP)) == before
        assert of_bot(fair, GROUP)[-1].startswith("You asked: Wann ist sie?")


async def test_while_telegram_cannot_be_reached_a_question_is_kept_and_then_answered(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        anna = await started(fair)
        fair.wire.troubles["sendMessage"] = list(UNREACHABLE)
        await anna.say("Wann ist sie?")
        await anna.say("Wo ist sie?")
        for pause in (1, 3, 9, 27):
            await fair.clock.somebody_sleeps(pause)
            fair.clock.advance(pause)
        await fair.put_off(1)
        assert len(anna.bot_said()) == 1
        fair.clock.advance(inbox.PAUSE.total_seconds())

        assert (await anna.hears())["text"].startswith("You asked: Wann ist sie?")
        assert (await anna.hears())["text"].startswith("You asked: Wo ist sie?")
        await fair.settled()
        assert len(anna.bot_said()) == 3


async def test_who_cannot_be_answered_at_the_last_chance_hears_an_apology_once_telegram_can_be_reached(
    tmp_path: Path,
) -> None:
    begun(tmp_path, {"update_id": 7, "message": asked("Wann ist sie?", 1)}, sent=[], attempts=MOST_RUNS - 1)
    wire = TroubledWire()
    wire.troubles["sendMessage"] = list(UNREACHABLE) * 2  # the answer, and the apology
    async with opened_fair(tmp_path, wire=wire, met=[GERMAN]) as fair:
        for pause in (1, 3, 9, 27) * 2:
            await fair.clock.somebody_sleeps(pause)
            fair.clock.advance(pause)
        anna = fair.person(GERMAN)
        await fair.settled()

        assert "Es tut mir leid" in "".join(anna.bot_said())
        assert fair.store.inbox.counts() == {}


async def test_a_message_that_every_process_died_of_is_put_aside_and_both_sides_are_told(tmp_path: Path) -> None:
    update = {"update_id": 7, "message": asked("Geheim?", 1)}
    begun(tmp_path, update, sent=[], attempts=MOST_RUNS)
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        anna = fair.person(GERMAN)
        await anna.say("Wann ist sie?")
        await fair.settled()

        sorry, answer = sorted(of_bot(fair))
        assert sorry.startswith("Es tut mir leid")
        assert sorry.endswith("Referenz 7.")
        assert answer.startswith("You asked: Wann ist sie?")
        staff = [text for text in fair.person(0, pavilion.STAFF_CHAT).bot_said() if "put aside" in text]
        assert len(staff) <= 1
        assert [row for row in staff if "Geheim" in row] == []


async def test_a_flood_is_told_where_it_ends(tmp_path: Path) -> None:
    gate = asyncio.Event()
    script = EchoAssistant({"wait": [gate]})
    async with opened_fair(tmp_path, script, met=[ENGLISH]) as fair:
        english = {"id": ENGLISH, "is_bot": False, "first_name": "John", "language_code": "en"}
        many = [message("wait", {"id": ENGLISH, "type": "private"}, **{"from": english}) for _ in range(PER_CHAT + 5)]
        updates = [{"update_id": number, "message": one} for number, one in enumerate(many, 1)]
        await fair.chat.intake.accept(updates)
        fair.chat.delivery.nudge()
        async with asyncio.timeout(PATIENCE):
            await fair.chat.delivery.settled()

        assert [text for text in fair.person().bot_said() if "first 50 messages" in text]
        assert fair.store.inbox.counts() == {"waiting": PER_CHAT - 1, "working": 1}
        with fair.store._database.begin() as connection:  # lest the test wait for fifty answers
            connection.execute(tables.inbox.delete().where(tables.inbox.c.state == "waiting"))
        gate.set()


async def test_what_the_database_does_not_take_stays_with_telegram_until_it_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, clock, wire, stop = Store.open(f"sqlite:///{tmp_path}/bot.db"), FakeClock(), TroubledWire(), asyncio.Event()
    async with serve() as server:
        with store._database.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME TO gone")
        server.telegram.updates.add("message", {"message_id": 1})
        polling = asyncio.create_task(poll(chat_with(wire, store, server.api_url, server.telegram.token, clock), stop))
        for pause in (1, 2):
            await clock.somebody_sleeps(pause)
            assert len(server.telegram.updates.pending) == 1
            clock.advance(pause)
        assert "1 updates are left with Telegram" in caplog.text
        await clock.somebody_sleeps(4)
        with store._database.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO inbox")
        clock.advance(4)
        async with asyncio.timeout(PATIENCE):
            while server.telegram.updates.pending:
                await server.telegram.bell.wait(0.05)
        stop.set()
        await polling
    store.close()
