"""Who is spoken to and who is left alone: groups, edits, forwards, and everything that is not text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fair import ENGLISH, GERMAN, GROUP, TOUR, command, message, opened_fair, started


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
        await started(fair)
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
        await started(fair)
        await fair.deliver("message", **message(**content))
        await fair.settled()

        assert fair.person(GERMAN).bot_said()[1:] == [
            "Ich verstehe leider bisher nur Text. Bitte schreiben Sie mir, was Sie wissen möchten."
        ]


async def test_ten_photos_at_once_get_one_sentence(tmp_path: Path) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    async with opened_fair(tmp_path) as fair:
        await started(fair)
        for _ in range(10):
            await fair.deliver("message", **message(photo=photo, media_group_id="album"))
        await fair.settled()

        assert len(fair.person(GERMAN).bot_said()) == 2
