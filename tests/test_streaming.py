"""An answer while it grows: paced by a clock that the test moves, and never lost, whatever Telegram says."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from bot.citations import Answer
from bot.playground.floods import Limits
from tests.fair import GROUP, Fair, Person, flooded, opened_fair
from tests.fakes import EchoAssistant, echo

Q = "Where is it?"


def growing(*steps: Answer | asyncio.Event | Exception) -> EchoAssistant:
    return EchoAssistant({Q: steps, f"@playground_bot {Q}": steps})


def so_far(text: str) -> Answer:
    return Answer(text, "en", done=False)


async def frame(fair: Fair, gate: asyncio.Event, seconds: float) -> None:
    """Let the assistant go on, then let the time of one frame pass."""
    await fair.clock.somebody_sleeps(seconds)
    gate.set()
    await asyncio.sleep(0)
    fair.clock.advance(seconds)


async def test_a_private_chat_sees_thinking_then_a_growing_draft_then_the_message(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    script = growing(gates[0], so_far("In"), gates[1], so_far("In P"), so_far("In Pohang"), gates[2], echo(Q))
    async with opened_fair(tmp_path, script) as fair:
        person = fair.person()
        await person.say(Q)
        await fair.takes_a_moment()

        assert (await person.hears("draft"))["text"] == ""
        await frame(fair, gates[0], 0.7)
        assert (await person.hears("draft"))["text"] == "In"
        await frame(fair, gates[1], 0.7)
        assert (await person.hears("draft"))["text"] == "In Pohang"  # the newest; what came in between is skipped
        gates[2].set()
        assert (await person.hears())["text"].startswith("You asked: Where is it?")


async def test_an_instant_answer_is_one_call(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, growing(so_far("In"), echo(Q))) as fair:
        person = fair.person()
        await person.say(Q)
        await person.hears()
        await in_group(fair)
        await fair.person(chat_id=GROUP).hears()

        assert not {"sendMessageDraft", "sendChatAction", "editMessageText"} & set(fair.wire.called)
        assert fair.wire.called.count("sendMessage") == 2


async def test_a_draft_that_does_not_change_is_shown_again_only_before_it_vanishes(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with opened_fair(tmp_path, growing(gate, echo(Q))) as fair:
        person = fair.person()
        await person.say(Q)
        await fair.takes_a_moment()
        await person.hears("draft")
        for _ in range(30):  # 21 seconds
            await fair.clock.somebody_sleeps(0.7)
            fair.clock.advance(0.7)
            await asyncio.sleep(0)
        await person.hears("draft")
        gate.set()
        await person.hears()

        assert fair.wire.called.count("sendMessageDraft") == 2


async def test_a_flooded_draft_is_skipped_and_the_message_still_comes(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(2)]
    async with opened_fair(tmp_path, growing(gates[0], so_far("In"), gates[1], echo(Q))) as fair:
        fair.wire.troubles["sendMessageDraft"] = [flooded(60)]
        person = fair.person()
        await person.say(Q)
        await fair.takes_a_moment()
        await frame(fair, gates[0], 0.7)
        await fair.clock.somebody_sleeps(0.7)
        gates[1].set()

        await person.hears()
        assert fair.wire.called.count("sendMessageDraft") == 1


async def test_a_server_without_drafts_gets_the_typing_sign(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with opened_fair(tmp_path, growing(gate, echo(Q))) as fair:
        fair.wire.troubles["sendMessageDraft"] = [{"error_code": 404, "description": "Not Found"}]
        person = fair.person()
        await person.say(Q)
        await fair.takes_a_moment()
        await fair.clock.somebody_sleeps(0.7)
        fair.clock.advance(0.7)

        await person.hears("typing")
        gate.set()
        await person.hears()


async def test_a_flooded_message_is_sent_when_its_time_has_come(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, limits=Limits(private_burst=1)) as fair:
        person = fair.person()
        await person.say("one")
        await person.hears()
        await person.say("two")
        await fair.clock.somebody_sleeps(1)
        fair.clock.advance(1)

        assert (await person.hears())["text"].startswith("You asked: two")


async def test_a_broken_connection_is_tried_again(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        fair.wire.troubles["sendMessage"] = [httpx.ConnectError("gone"), httpx.ReadTimeout("slow")]
        person = fair.person()
        await person.say(Q)
        for seconds in (1, 3):
            await fair.clock.somebody_sleeps(seconds)
            fair.clock.advance(seconds)

        assert (await person.hears())["text"].startswith("You asked")


async def test_refused_entities_are_left_out_and_the_text_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_fair(tmp_path) as fair:
        fair.wire.troubles["sendMessage"] = [{"error_code": 400, "description": "Bad Request: can't parse entities"}]
        person = fair.person()
        await person.say(Q)

        message = await person.hears()
        assert message["text"].startswith("You asked")
        assert "entities" not in message
        assert "entities refused" in caplog.text


async def test_a_long_answer_comes_whole_with_its_thumbs_under_the_last_part(tmp_path: Path) -> None:
    text = " ".join(f"Satz{n}" for n in range(1000)) + " 😀" * 500 + " [1]"
    async with opened_fair(tmp_path, growing(echo(Q), echo("x"), Answer(text, "de", echo(Q).citations))) as fair:
        person = fair.person()
        await person.say(Q)
        parts = [await person.hears() for _ in range(3)]

        assert " ".join(part["text"] for part in parts).startswith(text)
        assert ["reply_markup" in part for part in parts] == [False, False, True]
        assert "Quellen" in parts[-1]["text"]


async def test_a_crash_in_the_middle_is_an_apology_with_a_reference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = growing(so_far("In"), RuntimeError("secret details"))
    async with opened_fair(tmp_path, script) as fair:
        person = fair.person()
        await person.say(Q)
        apology = await person.hears()

        assert "please mention reference a1" in apology["text"]
        assert "secret" not in apology["text"]
        assert "reference a1" in caplog.text
        assert "RuntimeError: secret details" in caplog.text
        await person.say("And now?")
        assert (await person.hears())["text"].startswith("You asked: And now?")


@pytest.mark.parametrize("script", [(), (Answer("", "en"),)])
async def test_an_assistant_that_says_nothing_is_an_apology(script: tuple[Answer, ...], tmp_path: Path) -> None:
    async with opened_fair(tmp_path, growing(*script)) as fair:
        person = fair.person()
        await person.say(Q)

        assert "reference" in (await person.hears())["text"]


async def in_group(fair: Fair) -> Person:
    person = fair.person(chat_id=GROUP)
    await person.say(f"@playground_bot {Q}")
    return person


async def test_a_group_sees_one_message_that_is_edited(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    script = growing(gates[0], so_far("In"), gates[1], so_far("In Pohang"), gates[2], echo(Q))
    async with opened_fair(tmp_path, script) as fair:
        person = await in_group(fair)
        await fair.takes_a_moment()

        await person.hears("typing")
        await frame(fair, gates[0], 3.0)
        first = await person.hears()
        assert (first["text"], first["reply_to_message"]["text"]) == ("In", f"@playground_bot {Q}")
        await frame(fair, gates[1], 3.0)
        assert (await person.hears("edit"))["text"] == "In Pohang"
        gates[2].set()
        last = await person.hears("edit")
        assert last["text"].startswith("You asked: Where is it?")
        assert "reply_markup" in last
        assert len(person.bot_said()) == 1


async def test_a_quick_answer_in_a_group_is_one_message(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = await in_group(fair)

        assert (await person.hears())["text"].startswith("You asked")
        await fair.settled()
        assert "editMessageText" not in fair.wire.called


async def test_half_an_answer_does_not_stay_in_a_group(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(2)]
    script = growing(gates[0], so_far("In"), gates[1], RuntimeError("no more"))
    async with opened_fair(tmp_path, script) as fair:
        person = await in_group(fair)
        await fair.takes_a_moment()
        await frame(fair, gates[0], 3.0)
        await person.hears()
        gates[1].set()

        await person.hears("delete")
        assert "reference" in (await person.hears())["text"]


async def test_an_answer_is_still_owed_when_its_message_was_deleted(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(2)]
    async with opened_fair(tmp_path, growing(gates[0], so_far("In"), gates[1], echo(Q))) as fair:
        person = await in_group(fair)
        await fair.takes_a_moment()
        await frame(fair, gates[0], 3.0)
        await person.hears()
        fair.wire.troubles["editMessageText"] = [
            {"error_code": 400, "description": "Bad Request: message to edit not found"}
        ]
        gates[1].set()

        assert (await person.hears())["text"].startswith("You asked")


async def test_who_blocks_the_bot_meanwhile_gets_no_apology(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    gate = asyncio.Event()
    async with opened_fair(tmp_path, growing(gate, echo(Q))) as fair:
        person = fair.person()
        await person.say(Q)
        await fair.takes_a_moment()
        await person.hears("draft")
        await person.block()
        gate.set()
        await fair.settled()

        assert person.bot_said() == []
        assert "blocked the bot" in caplog.text
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
