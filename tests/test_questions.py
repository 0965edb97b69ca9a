"""Asking: order, memory, buttons, groups; what is kept and what never holds up anybody else."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.chat.introduction import COMMANDS
from bot.chat.limits import Limits
from bot.citations import Answer
from bot.store import OpenQuestion, StoreError, inbox
from tests.fair import ANNA, ENGLISH, GERMAN, PRIVATE, message, opened_fair, started
from tests.fakes import NOON, EchoAssistant, FakeEntry, FakeKnowledge, echo


async def test_two_quick_questions_are_answered_in_order_and_the_second_knows_the_first(tmp_path: Path) -> None:
    gate = asyncio.Event()
    assistant = EchoAssistant({"first": (gate, echo("first"))})
    async with opened_fair(tmp_path, assistant) as fair:
        person = fair.person()
        await person.say("first")
        await person.say("second")
        await fair.takes_a_moment()
        await person.hears("draft")
        assert len(assistant.asked) == 1
        gate.set()

        assert [(await person.hears())["text"][:17] for _ in range(2)] == ["You asked: first ", "You asked: second"]
        assert assistant.asked[1] == ("second", (("first", "You asked: first [1]"),), None)


async def test_a_slow_answer_holds_up_nobody_else(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with opened_fair(tmp_path, EchoAssistant({"slow": (gate, echo("slow"))})) as fair:
        slow, quick = fair.person(ENGLISH), fair.person(GERMAN)
        await slow.say("slow")
        await fair.takes_a_moment()
        await slow.hears("draft")
        await quick.say("quick")

        assert (await quick.hears())["text"].startswith("You asked: quick")
        assert slow.bot_said() == []
        gate.set()
        assert (await slow.hears())["text"].startswith("You asked: slow")


async def test_the_thread_survives_a_restart_and_ends_after_some_hours(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person()
        for question in ("one", "two", "three", "four"):
            await person.say(question)
            await person.hears()
        await fair.settled()

    async with opened_fair(tmp_path, first_id=100) as fair:
        person = fair.person()
        await person.say("five")
        await person.hears()
        await fair.settled()
        assert [question for question, _ in fair.assistant.asked[0][1]] == ["two", "three", "four"]

        await fair.passes(6 * 3600 + 1)
        await person.say("six")
        await person.hears()
        await fair.settled()
        assert fair.assistant.asked[1][1] == ()
        assert [turn.question for turn in fair.store.recent_turns(ENGLISH, NOON - timedelta(days=9), 99)] == ["six"]


async def test_a_question_left_open_is_kept_for_staff(tmp_path: Path) -> None:
    unknown = Answer("No information.", "en", answered=False)
    async with opened_fair(tmp_path, EchoAssistant({"When next?": (unknown,)})) as fair:
        person = fair.person()
        await person.say("When next?")

        assert (await person.hears())["text"] == "No information."
        await fair.settled()
        assert fair.store.open_questions() == [OpenQuestion("When next?", "en", date(2026, 3, 2))]


async def test_an_answer_that_cannot_be_kept_is_still_given(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    unknown = Answer("No information.", "en", answered=False)
    async with opened_fair(tmp_path, EchoAssistant({"When next?": (unknown,)})) as fair:
        with sqlite3.connect(tmp_path / "bot.db") as connection:
            connection.execute("DROP TABLE open_questions")
        connection.close()
        person = fair.person()
        await person.say("When next?")
        await person.hears()
        await fair.settled()

        assert person.bot_said() == ["No information."]
        assert "not kept" in caplog.text


def execute(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "bot.db") as connection:
        connection.execute(statement)
    connection.close()


async def test_what_is_kept_of_one_visitor_and_cannot_be_read_holds_up_nobody_else(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        columns, values = "id, chat_id, question, answer, language, generation, at", "'?', '!', 'de', 'g1', 'no time'"
        execute(tmp_path, f"INSERT INTO turns ({columns}) VALUES ('t', {GERMAN}, {values})")
        one, other = fair.person(GERMAN), fair.person()
        await one.say("Wo ist es?")
        await other.say("Where is it?")

        assert (await other.hears())["text"].startswith("You asked: Where is it?")
        assert "nennen Sie bitte die Referenz a" in (await one.hears())["text"]


async def test_a_store_that_is_gone_for_good_is_an_apology(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        execute(tmp_path, "DROP TABLE settings")
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")
        for attempts, pause in enumerate((inbox.A_MOMENT, inbox.PAUSE), 1):
            await fair.put_off(attempts)
            assert person.bot_said() == []
            fair.clock.advance(pause.total_seconds())

        assert "nennen Sie bitte die Referenz a1" in (await person.hears())["text"]


async def test_a_store_that_was_gone_for_a_moment_costs_an_answer_that_moment(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        execute(tmp_path, "ALTER TABLE turns RENAME TO gone")
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")
        await fair.put_off(1)
        execute(tmp_path, "ALTER TABLE gone RENAME TO turns")
        assert person.bot_said() == []
        fair.clock.advance(inbox.A_MOMENT.total_seconds())

        assert (await person.hears())["text"].startswith("You asked: Wo ist es?")
        await fair.settled()
        assert len(person.bot_said()) == 1


async def test_what_was_said_before_the_store_was_gone_is_not_said_again(tmp_path: Path) -> None:
    assistant = EchoAssistant({"Wann ist sie?": (StoreError("the database cannot be used"),)})
    async with opened_fair(tmp_path, assistant) as fair:
        person = await started(fair)
        await person.press("q:de:0")
        await person.hears()
        await fair.put_off(1)
        assert person.bot_said()[1:] == ["❓ Wann ist sie?"]
        del assistant.scripts["Wann ist sie?"]
        fair.clock.advance(inbox.A_MOMENT.total_seconds())
        await person.hears()
        await fair.settled()

        assert [text.split(" [1]")[0] for text in person.bot_said()[2:]] == ["You asked: Wann ist sie?"]


async def test_who_cannot_be_let_in_or_out_is_not_answered_and_apologised_to_at_once(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=Limits(messages_a_minute=1)) as fair:
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")
        await person.hears()
        execute(tmp_path, "ALTER TABLE teams RENAME TO gone")
        await person.say("Und wann ist es?")  # too much for a visitor; whether this is one cannot be looked up
        for attempts, pause in enumerate((inbox.A_MOMENT, inbox.PAUSE), 1):
            await fair.put_off(attempts)
            fair.clock.advance(pause.total_seconds())
        await person.hears()
        await fair.settled()

        assert [text.split(" ")[0] for text in person.bot_said()] == ["You", "Es"]


async def test_a_missing_index_greets_without_a_name_and_never_tells_visitors_why(tmp_path: Path) -> None:
    missing = FakeKnowledge(broken=RuntimeError("run expo-ingest"))
    async with opened_fair(tmp_path, knowledge=missing) as fair:
        person = fair.person()
        await person.start("tuen")
        assert (await person.hears())["text"].startswith("Welcome! Just ask me a question")
        await person.say("/sources")
        apology = (await person.hears())["text"]

        assert "reference" in apology
        assert "expo-ingest" not in apology


async def test_a_rating_is_kept_with_its_question(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")
        await person.hears()
        await person.press("f:a1:0")
        keyboard = (await person.hears("edit"))["reply_markup"]["inline_keyboard"]

        (rated,) = fair.store.feedback()
        assert (rated.question, rated.helpful, rated.language, rated.generation) == ("Wo ist es?", False, "de", "g1")
        assert [button["text"] for button in keyboard[0]] == ["👍", "👎 ✓"]


async def test_a_question_that_is_no_longer_offered_gets_a_kind_word(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person()
        await person.say("/start")
        await person.hears()
        fair.knowledge.fair = type(fair.knowledge.fair)()

        assert "no longer in use" in await person.press("q:en:1")
        assert fair.assistant.asked == []


async def test_buttons_of_an_earlier_version_and_of_long_ago_do_no_harm(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        for data in ("zzz:1", "q:fr:0", "f:a1:7", "l:xx", "x:abc", "f:gone:1", "l:de"):
            await fair.deliver(
                "callback_query",
                id="long-ago",
                chat_instance="1",
                data=data,
                **{"from": ANNA, "message": {"message_id": 5, "date": 0, "chat": PRIVATE}},
            )
        await fair.settled()

        person = fair.person(GERMAN)
        await person.say("Noch da?")
        assert (await person.hears())["text"].startswith("You asked: Noch da?")
        assert len(person.bot_said()) == 1
        assert fair.store.language_of(GERMAN) == "de"


async def test_a_question_of_a_hundred_thousand_characters_is_passed_on(tmp_path: Path) -> None:
    question = "Wo? " * 25_000
    async with opened_fair(tmp_path, EchoAssistant({question.strip(): (echo("long"),)})) as fair:
        await started(fair)
        await fair.deliver("message", **message(question))
        await fair.settled()

        assert fair.assistant.asked[0][0] == question.strip()
        assert fair.person(GERMAN).bot_said()[1].startswith("You asked: long")


async def test_the_commands_are_offered_in_each_language(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        await started(fair)
        profile, telegram = fair.server.telegram.profile, fair.server.telegram
        german = profile.commands_for(telegram.users[GERMAN], telegram.chats[GERMAN])

        assert [one["command"] for one in german] == list(COMMANDS)
        assert "Sprache wählen" in [one["description"] for one in german]
        assert profile.text("description", "fr").startswith("Test Fair\n\nI answer your questions")


async def test_however_many_documents_there_are_sources_is_one_message(tmp_path: Path) -> None:
    many = tuple(FakeEntry(f"{n // 50}/{n}.en.md", f"Document {n} 😀" * 9) for n in range(500))
    async with opened_fair(tmp_path, knowledge=FakeKnowledge(many)) as fair:
        person = fair.person()
        await person.say("/sources")
        text = (await person.hears())["text"]

        listed = text.count("\n• ")
        assert text.startswith("What my answers are based on\nDocuments: 500 (English 500)")
        assert text.endswith(
            f"Documents that did not fit here: {500 - listed}. Just ask me what you would like to know."
        )
        assert listed > 30
        await fair.settled()
        assert len(person.bot_said()) == 1
