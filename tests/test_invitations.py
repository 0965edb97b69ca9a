"""Invitations by mail, end to end: from a decision in the store to the calendar in the letter, over a real mail server."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from bot.mail import Mailer
from tests import pavilion
from tests.fair import GERMAN, Fair
from tests.meetings import confirmed
from tests.test_delivery import letters, opened, said

ADDRESS = "anna@example.org"


@dataclass
class Post:
    """A mail server that keeps what it takes; ``refusing`` is what it says instead."""

    port: int = 0
    refusing: str = ""
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.refusing or "250 OK"

    async def handle_DATA(self, _s: SMTP, _n: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"

    def mailer(self) -> Mailer:
        return Mailer("127.0.0.1", self.port, "", "", "Testmesse <expo@city.example>", "none", timeout=5)

    def calendars(self) -> list[tuple[str, str, int, str]]:
        """(method, UID, SEQUENCE, DTSTART) of every letter so far."""
        found = []
        for letter in self.taken:
            part = next(one for one in letter.walk() if one.get_content_type() == "text/calendar")
            calendar: Any = Calendar.from_ical(part.get_payload(decode=True))
            (event,) = calendar.walk("VEVENT")
            start = event["DTSTART"].dt.astimezone(UTC).strftime("%d. %H:%M")
            found.append((str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), start))
        return found


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    server = Post()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(server, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


async def settled(fair: Fair) -> None:
    await fair.passes(0)


async def test_a_meeting_enters_moves_in_and_leaves_the_calendar(tmp_path: Path, post: Post) -> None:
    async with opened(tmp_path, mailer=post.mailer()) as fair:
        first = confirmed(fair.store, email=ADDRESS)
        await settled(fair)
        second = confirmed(fair.store, 4, email=ADDRESS, replaces=first.id)
        await settled(fair)
        fair.store.decisions.cancel(second.id, second.version, pavilion.JIHUN, "unforeseen", fair.clock.now())
        await settled(fair)

    uid = f"{first.id}@city.example"
    assert post.calendars() == [
        ("REQUEST", uid, 0, "04. 01:00"),
        ("REQUEST", uid, 1, "04. 01:30"),
        ("CANCEL", uid, 2, "04. 01:30"),
    ]
    invited, _, cancelled = post.taken
    body = invited.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Ihr Termin ist bestätigt.")
    assert "Referenz: R1" in body.get_content()
    assert cancelled["Subject"].startswith("Abgesagt: ")
    assert all(letter["To"] == ADDRESS for letter in post.taken)


async def test_the_confirmation_says_that_mail_is_coming_and_shows_no_address_to_others(
    tmp_path: Path, post: Post
) -> None:
    async with opened(tmp_path, mailer=post.mailer()) as fair:
        confirmed(fair.store, email=ADDRESS)
        await settled(fair)

        assert "Die Einladung ist auch an Ihre E-Mail-Adresse unterwegs." in fair.person(GERMAN).bot_said()[0]
        assert ADDRESS not in "".join(said(fair, pavilion.STAFF_CHAT))


async def test_a_mail_server_that_is_away_is_asked_again_and_holds_up_no_chat(tmp_path: Path, post: Post) -> None:
    post.refusing = "451 try later"
    async with opened(tmp_path, mailer=post.mailer()) as fair:
        confirmed(fair.store, email=ADDRESS)
        await settled(fair)
        assert (len(said(fair)), post.taken) == (2, [])

        post.refusing = ""
        await fair.passes(5)
        assert len(post.taken) == 1


async def test_an_address_that_takes_no_mail_is_told_to_its_owner_once(tmp_path: Path, post: Post) -> None:
    post.refusing = "550 no such user"
    async with opened(tmp_path, mailer=post.mailer()) as fair:
        first = confirmed(fair.store, email=ADDRESS)
        await settled(fair)
        confirmed(fair.store, 4, email=ADDRESS, replaces=first.id)
        await settled(fair)

        refused = [text for text in said(fair) if text.startswith("Die Einladung konnte nicht")]
        assert len(refused) == 1
        assert [state for _, state, _ in letters(fair.store, to="mail")] == ["failed", "failed"]


async def test_the_same_letter_sent_twice_after_a_crash_is_the_same_letter(tmp_path: Path, post: Post) -> None:
    async with opened(tmp_path, mailer=post.mailer()) as fair:
        confirmed(fair.store, email=ADDRESS)
        (letter,) = [one for one in fair.store.outbox.claim(fair.clock.now(), 10) if one.to == "mail"]
        for hours in (0, 1):
            now = datetime(2026, 3, 2, 12 + hours, tzinfo=UTC)
            assert await fair.chat.delivery._invitations.send(letter, now) == ""

    once, again = post.taken
    assert once["Message-ID"] == again["Message-ID"]


async def test_without_a_mail_server_nothing_is_mailed_and_nobody_is_told_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, email=ADDRESS)
        await settled(fair)

        assert letters(fair.store, to="mail") == [("invitation", "dropped", "no mail is configured")]
        assert "E-Mail-Adresse unterwegs" not in fair.person(GERMAN).bot_said()[0]
