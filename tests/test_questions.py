"""Asking: order, memory, buttons, groups; what is kept and what never holds up anybody else."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.citations import Answer
from bot.store import OpenQuestion
from tests.fakes import ENGLISH, GERMAN, GROUP, NOON, EchoAssistant, Fair, FakeKnowledge, echo, opened_fair

ANNA = {"id": GERMAN, "is_bot": False, "first_name": "Anna", "language_code": "de"}
PRIVATE = {"id": GERMAN, "type": "private", "first_name": "Anna"}
TOUR = {"id": GROUP, "type": "supergroup", "title": "Battery Tour 2026"}


def message(text: str = "", chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    return {"message_id": 900, "date": 1, "chat": chat, "from": ANNA, **({"text": text} if text else {}), **more}


def command(text: str) -> list[dict[str, Any]]:
    return [{"type": "bot_command", "offset": 0, "length": len(text)}]


async def test_two_quick_questions_are_answered_in_order_and_the_second_knows_the_first(tmp_path: Path) -> None:
    gate = asyncio.Event()
    assistant = EchoAssistant({"first": (gate, echo("first"))})
    async with opened_fair(tmp_path, assistant) as fair:
        person = fair.person()
        await person.say("first")
        await person.say("second")
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

        fair.clock.advance(6 * 3600 + 1)
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


async def test_a_store_that_is_gone_is_an_apology(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        with sqlite3.connect(tmp_path / "bot.db") as connection:
            connection.execute("DROP TABLE settings")
        connection.close()
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")

        assert "nennen Sie bitte die Referenz a1" in (await person.hears())["text"]


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


async def test_a_group_is_answered_when_it_names_replies_or_commands(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person(GERMAN, GROUP)
        await person.say("@Playground_Bot, Wo ist es?")
        answer = await person.hears()
        assert answer["text"].startswith("You asked: Wo ist es? [1]")
        await person.say("Und wann?", reply_to=answer["message_id"])
        assert (await person.hears())["text"].startswith("You asked: Und wann?")
        await person.say("/help@playground_bot")
        assert (await person.hears())["text"].startswith("Testmesse")
        await person.say("@playground_bot")

        assert "als Textnachricht" in (await person.hears())["text"]


async def test_a_group_is_left_alone_otherwise(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        other = {"id": 7, "is_bot": True, "first_name": "Other", "username": "other_bot"}
        await fair.deliver("message", **message("Wo ist es?", TOUR))
        await fair.deliver("message", **message("/help@other_bot", TOUR, entities=command("/help@other_bot")))
        await fair.deliver("message", **message("/nonsense", TOUR, entities=command("/nonsense")))
        await fair.deliver("message", **{**message("@playground_bot hello", TOUR), "from": other})
        await fair.deliver("message", **message(chat=TOUR, new_chat_title="Tour"))
        await fair.settled()

        assert fair.person(GERMAN, GROUP).bot_said() == []


async def test_being_invited_to_a_group_is_one_greeting(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person(GERMAN, GROUP)
        await person.block()
        await person.block(False)

        greeting = (await person.hears())["text"]
        assert "@playground_bot" in greeting
        assert "In dieser Gruppe" in greeting
        await fair.settled()
        assert len(person.bot_said()) == 1


async def test_only_who_asked_to_be_forgotten_may_confirm(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        anna, john = fair.person(GERMAN, GROUP), fair.person(ENGLISH, GROUP)
        fair.store.choose_language(GROUP, "de")
        await anna.say("/forget@playground_bot")
        await anna.hears()

        assert "nur bestätigen" in await john.press(f"x:{GERMAN}")
        assert fair.store.language_of(GROUP) == "de"
        await anna.press(f"x:{GERMAN}")
        assert fair.store.language_of(GROUP) is None


async def test_an_edited_question_is_not_answered_twice(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        for text in ("Wo ist es?", "/start"):
            entities = command(text) if text.startswith("/") else []
            await fair.deliver("edited_message", **message(text, edit_date=2, entities=entities))
        await fair.settled()

        assert fair.assistant.asked == []
        assert "sendMessage" not in fair.wire.called


async def test_a_forwarded_command_is_a_question_like_any_other(tmp_path: Path) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
    async with opened_fair(tmp_path) as fair:
        await _start(fair)
        await fair.deliver("message", **message("/forget", entities=command("/forget"), forward_origin=origin))
        await fair.settled()

        assert [question for question, _, _ in fair.assistant.asked] == ["/forget"]


@pytest.mark.parametrize(
    "content",
    [
        {"location": {"latitude": 36.0, "longitude": 129.4}},
        {"contact": {"phone_number": "+82", "first_name": "Anna"}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"video_note": {"file_id": "f", "file_unique_id": "u", "length": 1, "duration": 1}},
        {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
                  "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
                  "allows_revoting": False, "members_only": False}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
async def test_everything_that_is_not_text_gets_a_kind_sentence(content: dict[str, Any], tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        await _start(fair)
        await fair.deliver("message", **message(**content))
        await fair.settled()

        assert fair.person(GERMAN).bot_said()[1:] == [
            "Ich verstehe leider bisher nur Text. Bitte schreiben Sie mir, was Sie wissen möchten."
        ]


async def test_ten_photos_at_once_get_one_sentence(tmp_path: Path) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    async with opened_fair(tmp_path) as fair:
        await _start(fair)
        for _ in range(10):
            await fair.deliver("message", **message(photo=photo, media_group_id="album"))
        await fair.settled()

        assert len(fair.person(GERMAN).bot_said()) == 2


async def test_a_question_of_a_hundred_thousand_characters_is_passed_on(tmp_path: Path) -> None:
    question = "Wo? " * 25_000
    async with opened_fair(tmp_path, EchoAssistant({question.strip(): (echo("long"),)})) as fair:
        await _start(fair)
        await fair.deliver("message", **message(question))
        await fair.settled()

        assert fair.assistant.asked[0][0] == question.strip()
        assert fair.person(GERMAN).bot_said()[1].startswith("You asked: long")


async def test_the_commands_are_offered_in_each_language(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        await _start(fair)
        profile, telegram = fair.server.telegram.profile, fair.server.telegram
        german = profile.commands_for(telegram.users[GERMAN], telegram.chats[GERMAN])

        assert [one["command"] for one in german] == ["start", "help", "language", "sources", "forget"]
        assert german[2]["description"] == "Sprache wählen"
        assert profile.text("description", "fr").startswith("Test Fair\n\nI answer your questions")


async def _start(fair: Fair) -> None:
    """The playground lets a bot write only to who has written first."""
    person = fair.person(GERMAN)
    await person.say("/start")
    await person.hears()
    await fair.settled()
