"""The log: a reference on every line of an update's way, and nobody's name, words or addresses on any."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram.error import TimedOut

from bot import logs
from bot.mail import Mailer, MailRefused
from bot.playground.floods import Limits
from bot.playground.people import User, private_chat
from bot.settings import InvalidSettings, read
from tests.fair import GERMAN, Fair, Person, TroubledWire, opened_fair
from tests.fakes import EchoAssistant, echo
from tests.pavilion import STAFF_CHAT

NAME, COMPANY, MAIL, PHONE = "Annegret Canary", "Kanarienvogel GmbH", "annegret@canary.example", "+49 151 23456789"
UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
WORDS = "Kathodenmaterial"
VISITOR = 7_700_123_456
CANARIES = ("Canary", "Kanarienvogel", "canary.example", "23456789", WORDS, "Visitor", str(VISITOR))


@pytest.fixture
def written() -> Iterator[Any]:
    """``written(level, form)`` configures the log as a command does, and gives what it writes."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = (root.level, list(root.handlers), ours.level)
    stream = io.StringIO()

    def configure(level: str = "DEBUG", form: str = "text") -> io.StringIO:
        logs.configure(level, form)
        for handler in logging.getLogger().handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(stream)
        return stream

    yield configure
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    ours.setLevel(before[2])


def warnings_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


async def test_a_conversation_with_all_its_mishaps_leaves_nobody_in_the_log(tmp_path: Path, written: Any) -> None:
    log = written("DEBUG")
    assistant = EchoAssistant({f"{WORDS}?": (ValueError("no such thing"),)})
    mailer = Mailer("127.0.0.1", 1, "", "", "expo@city.example", "none", timeout=1)
    wire = TroubledWire()
    async with opened_fair(tmp_path, assistant, bookable=True, mailer=mailer, wire=wire, limits=UNLIMITED) as fair:
        token = fair.server.telegram.token
        anna = visitor_of(fair)
        await booked(fair, anna)
        for text in (f"Was macht {COMPANY} mit {WORDS}?", f"{WORDS}?"):  # the second is apologised for
            await anna.say(text)
            await fair.settled()
        wire.troubles["sendMessage"] = [TimedOut(), {"error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}}]  # fmt: skip
        await anna.say("Und sonst?")
        await fair.clock.somebody_sleeps(1.0)
        fair.clock.advance(1)
        await fair.clock.somebody_sleeps(1.0)
        fair.clock.advance(1)
        await fair.settled()
        await anna.block()
        await fair.passes(3600)
        await fair.deliver("message", date="never", chat={"id": VISITOR}, text=WORDS)  # nobody can read this one
        await fair.settled()

    said = log.getvalue()
    assert "no such thing" in said  # the log was on, and has what staff need
    assert "could not be processed and is put aside" in said
    assert "sending failed" in said
    assert [one for one in (*CANARIES, token, token.partition(":")[2]) if one in said] == []


async def test_the_library_would_write_it_all_at_debug(tmp_path: Path, written: Any) -> None:
    """The negative control: the canaries do pass by, and would be seen."""
    log = written("DEBUG")
    library = logging.getLogger("telegram")
    library.setLevel(logging.DEBUG)
    try:
        async with opened_fair(tmp_path) as fair:
            anna = visitor_of(fair)
            await anna.say(f"{WORDS}?")
            await anna.hears()
            await fair.settled()
    finally:
        library.setLevel(logging.NOTSET)

    assert [one for one in (WORDS, "Visitor", str(VISITOR)) if one not in log.getvalue()] == []


async def test_every_line_about_an_update_has_its_number_in_threads_and_tasks_too(tmp_path: Path, written: Any) -> None:
    log = written("INFO", "json")
    lines = logging.getLogger("bot.test")

    class Talkative(EchoAssistant):
        async def answer(self, *arguments: Any, **details: Any) -> Any:
            lines.info("in the task")
            await asyncio.to_thread(lines.info, "in a thread")
            yield echo("so")
            raise ValueError("broken off")

    async with opened_fair(tmp_path, Talkative()) as fair:
        await fair.deliver("message", 4711, **text_of_anna())
        await fair.settled()
        lines.info("between two updates")

    told = {line["message"].partition(" a1")[0]: line["reference"] for line in warnings_of(log.getvalue())}
    assert told["in the task"] == told["in a thread"] == "4711"
    assert [line["reference"] for line in warnings_of(log.getvalue()) if "exception" in line] == ["4711"]
    assert told["between two updates"] == "-"


async def test_a_line_about_a_letter_has_the_letters_number(tmp_path: Path, written: Any) -> None:
    log = written("INFO", "json")
    async with opened_fair(tmp_path, met=[GERMAN]) as fair:
        anna = fair.person(GERMAN)
        await anna.block()
        fair.store.outbox.put(
            "sorry", "visitor", str(GERMAN), "R1", "k", fair.clock.now(), language="de", reference="7"
        )
        await fair.passes(0)

    (line,) = (line for line in warnings_of(log.getvalue()) if "blocked" in line["message"])
    assert line["reference"] == "letter 1"


def test_a_record_is_one_json_object_whatever_it_holds(written: Any) -> None:
    log = written("INFO", "json")
    try:
        raise ValueError("three\nlines\nlong")
    except ValueError:
        logging.getLogger("bot.here").exception('said "%s"', "a\nb")

    (line,) = warnings_of(log.getvalue())
    assert line["message"] == 'said "a\nb"'
    assert (line["level"], line["logger"], line["reference"]) == ("ERROR", "bot.here", "-")
    assert line["exception"].endswith("ValueError: three\nlines\nlong")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("name", ["httpx", "telegram.ext", "sqlalchemy.engine", "uvicorn.error", "chromadb", "openai"])
def test_libraries_are_heard_from_warning_on(written: Any, name: str) -> None:
    log = written("DEBUG")
    logging.getLogger(name).info("quoting a visitor")
    logging.getLogger(name).warning("something is wrong")

    assert "quoting" not in log.getvalue()
    assert "something is wrong" in log.getvalue()


def test_a_refused_mail_is_told_without_its_address() -> None:
    import smtplib

    mailer = Mailer("127.0.0.1", 1, "", "", "expo@city.example", "none")
    refusal = smtplib.SMTPRecipientsRefused({MAIL: (550, f"<{MAIL}> unknown here".encode())})

    told = mailer._explained(refusal, MAIL)

    assert isinstance(told, MailRefused)
    assert "canary" not in str(told)


def test_the_form_is_one_of_two() -> None:
    with pytest.raises(InvalidSettings, match="LOG_FORMAT"):
        read(log_format="xml")


def visitor_of(fair: Fair) -> Person:
    """Somebody with a number that stands nowhere else."""
    telegram = fair.server.telegram
    telegram.users[VISITOR] = user = User(VISITOR, "Visitorine", "de", "visitorine_v")
    telegram.put_chat(private_chat(user))
    return fair.person(VISITOR)


def text_of_anna() -> dict[str, Any]:
    chat = {"id": GERMAN, "type": "private", "first_name": "Anna"}
    sender = {"id": GERMAN, "is_bot": False, "first_name": "Anna", "language_code": "de"}
    return {"message_id": 900, "date": 1772452800, "chat": chat, "from": sender, "text": "Wo?"}


async def booked(fair: Fair, anna: Person) -> None:
    """Anna asks for a meeting and says all that one is asked for; the team's card goes out, and a mail would."""
    await anna.start("meet-tuen")
    await anna.hears()
    await anna.press("b:d:tuen:20260303")
    await anna.press("b:s:1")
    await anna.press("b:ok")
    for text in (COMPANY, NAME, WORDS, MAIL, PHONE):
        await anna.say(text)
        await fair.settled()
    staff = fair.person(201, STAFF_CHAT)
    assert staff.bot_said() or anna.bot_said()
