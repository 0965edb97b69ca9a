"""Privacy: what is told, what is handed over, and that after forgetting nobody can be found by anything that is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from telegram.ext import Application

from bot.inquiries import Kind
from bot.meetings import Limits, Reason, Refused
from bot.store import Draft, Store, Turn, tables
from bot.store.changes import Rules
from tests import pavilion
from tests.databases import opened
from tests.fair import ENGLISH, GERMAN, GROUP, opened_fair
from tests.fakes import NOON
from tests.meetings import SECOND_DAY, confirmed, requested
from tests.pavilion import JIHUN, SOFIA, STAFF_CHAT

SECRETS = ("Müller", "Anna", "Kathoden", "anna@mueller.example", "Gemeinschaftsunternehmen", "Nachtrag", str(GERMAN))
LATER = NOON + timedelta(days=400)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with the pavilion set up, once for each engine."""
    made = Store(opened(url), Rules(Limits(), iter(f"Q{number}" for number in range(1, 1000)).__next__))
    pavilion.set_up(made)
    yield made
    made.close()


def busy(store: Store) -> None:
    """Anna leaves something in every table that can hold something of hers."""
    store.choose_language(GERMAN, "de")
    store.remember_turn(Turn("t1", GERMAN, "Was macht Müller?", "Kathoden.", "de", "g1", NOON))
    store.rate("t1", GERMAN, True, NOON)
    store.people.choose_zone(GERMAN, "Europe/Berlin")
    meeting = confirmed(store, email="anna@mueller.example")
    requested(store, SECOND_DAY + 1)
    ended = requested(store, 1)
    store.decisions.decline(ended.id, ended.version, SOFIA, "full", NOON)
    for number, slot in enumerate(store.agenda.free("invest", NOON)[: pavilion.TIMES]):  # the day is full: Anna waits
        store.requests.hold(slot.slot.id, ENGLISH + 100 + number, "en", NOON)
    store.requests.wait("invest", pavilion.FIRST.date(), GERMAN, "de", NOON)
    store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
    fields = {"organisation": "Müller GmbH", "name": "Anna Müller", "about": "Gemeinschaftsunternehmen"}
    inquiry = store.inquiries.send(Kind.INVEST, fields, GERMAN, "de", NOON)
    store.inquiries.add(inquiry.id, GERMAN, "Nachtrag", NOON)
    store.inquiries.answer(inquiry.id, 2, JIHUN, "Danke, Frau Müller", NOON)
    closed = store.inquiries.send(Kind.PRESS, fields, GERMAN, "de", NOON)
    store.inquiries.close(closed.id, 1, JIHUN, NOON)
    for number, subject in enumerate((meeting.id, ended.id, inquiry.id, closed.id)):
        store.outbox.keep_card(subject, STAFF_CHAT, number + 1)
    begun = Draft(GERMAN, "inquiry", "name", {"kind": "press", "organisation": "Müller GmbH"})
    store.people.keep_draft(begun, NOON)


def every_row(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store._database.begin() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.metadata.sorted_tables
        }


def test_every_table_that_can_hold_something_of_a_visitor_is_handed_over(store: Store) -> None:
    busy(store)

    found = store.data_of(GERMAN)
    about = {
        name
        for name, rows in every_row(store).items()
        if name != "occupancy" and str(GERMAN) in json.dumps(rows, default=str)
    }
    # The outbox is handed over as "messages"; what it says to the teams holds nothing of the visitor's own.
    assert about <= {*found, "outbox"}
    assert all(found[name] for name in ("settings", "turns", "feedback", "visitors", "consents", "meetings", "drafts"))
    assert all(found[name] for name in ("waitlist", "inquiries", "remarks", "messages"))


def test_after_forgetting_nothing_anywhere_names_the_visitor(store: Store) -> None:
    busy(store)
    before = json.dumps(every_row(store), default=str, ensure_ascii=False)
    assert all(secret in before for secret in SECRETS)

    store.forget(GERMAN, NOON)

    for name, rows in every_row(store).items():
        told = json.dumps(rows, default=str, ensure_ascii=False)
        assert [secret for secret in SECRETS if secret in told] == [], name
    audit = every_row(store)["audit"]
    assert {row["actor"] for row in audit} <= {"visitor", "clock", "jihun", "sofia"}
    assert any(row["became"] == "cancelled_visitor" for row in audit)
    assert any(row["became"] == "withdrawn" and row["was"] == "answered" for row in audit)


def test_forgetting_twice_or_somebody_unknown_is_harmless(store: Store) -> None:
    busy(store)
    store.forget(GERMAN, NOON)
    before = every_row(store)

    assert store.forget(GERMAN, NOON) == 0
    assert store.forget(999_999, NOON) == 0
    assert every_row(store) == before


def test_what_is_old_enough_names_nobody_and_its_cards_are_drawn_anew(store: Store) -> None:
    busy(store)
    for letter in store.outbox.claim(NOON + timedelta(days=10), limit=500):
        store.outbox.sent(letter.id, NOON)
    store.agenda.sweep(LATER)

    store.people.expire(LATER, timedelta(days=90))

    rows = every_row(store)
    assert "Kathoden" not in json.dumps(rows["meetings"], default=str, ensure_ascii=False)
    waiting = {(row["kind"], row["subject_id"]) for row in rows["outbox"] if row["state"] == "waiting"}
    blank = {row["id"] for row in rows["meetings"] if not row["visitor_id"]}
    assert {("card", row["subject_id"]) for row in rows["cards"] if row["subject_id"] in blank} <= waiting
    closed = next(row for row in rows["inquiries"] if row["kind"] == "press")
    assert (closed["visitor_id"], closed["about"]) == (0, "")
    assert ("inquiry_card", closed["id"]) in waiting
    assert (rows["drafts"], rows["waitlist"]) == ([], [])
    standing = next(row for row in rows["inquiries"] if row["kind"] == "invest")
    assert standing["visitor_id"] == GERMAN  # nobody has closed it: it is still owed


async def test_everything_is_sent_as_a_file_that_other_programs_read(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        requested(fair.store)
        await fair.passes(0)
        anna = fair.person(GERMAN)
        await anna.say("/mydata")
        said = await anna.hears()
        await fair.settled()

        assert said["document"]["file_name"] == "my-data.json"
        file = fair.server.telegram.files[said["document"]["file_id"]]
        data = json.loads(file.content)
        assert data["telegram_id"] == GERMAN
        assert datetime.fromisoformat(data["meetings"][0]["created_at"]) == NOON
        assert datetime.fromisoformat(data["as_of"]).tzinfo is not None
        assert data["meetings"][0]["organisation"] == "Müller GmbH"
        assert datetime.fromisoformat(data["as_of"]).astimezone(UTC) == NOON


async def test_forgetting_cancels_meetings_and_blanks_the_cards_of_the_teams(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        confirmed(fair.store)
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        fields = {"organisation": "Müller GmbH", "about": "Gemeinschaftsunternehmen"}
        fair.store.inquiries.send(Kind.INVEST, fields, GERMAN, "de", NOON)
        await fair.passes(0)
        anna = fair.person(GERMAN)
        staff = fair.person(JIHUN, STAFF_CHAT)
        assert sum("Müller GmbH" in text for text in staff.bot_said()) == 2

        await anna.say("/forget")
        said = (await anna.hears())["text"]
        assert "Termine, die abgesagt werden: 1." in said
        assert "Offene Anfragen, die zurückgezogen werden: 1." in said
        await anna.press(f"x:{GERMAN}")
        await fair.settled()

        assert anna.bot_said()[-1].endswith("Abgesagte Termine: 1. Die Teams sind benachrichtigt.")
        # What was told in passing stays in Telegram, as the notice says; the cards are ours to change.
        cards = [
            fair.server.telegram.message(*place)
            for place in (fair.store.outbox.card(one) for one in ("R1", "R2"))
            if place
        ]
        assert len(cards) == 2
        assert [card.text for card in cards if card and "Müller" in card.text] == []
        assert any("The visitor has withdrawn" in text or "방문객이 철회" in text for text in staff.bot_said())


async def test_a_group_is_told_of_the_group_only(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        requested(fair.store)
        anna = fair.person(GERMAN, GROUP)
        await anna.say("/forget")
        said = (await anna.hears())["text"]
        assert said.startswith("Das speichere ich zu dieser Gruppe:")
        assert "abgesagt" not in said
        await anna.press(f"x:{GERMAN}")
        await fair.settled()

        assert fair.store.agenda.of_visitor(GERMAN, NOON) != []


@pytest.mark.parametrize(
    ("model", "told"), [("", "No language model is used."), ("openai:gpt-5-mini", "(openai:gpt-5-mini)")]
)
async def test_the_notice_says_where_questions_go_and_how_long_things_are_kept(
    tmp_path: Path, model: str, told: str
) -> None:
    async with opened_fair(tmp_path, model=model) as fair:
        john = fair.person(ENGLISH)
        await john.say("/privacy")
        said = (await john.hears())["text"]

    assert said.startswith("Privacy notice (2026-11)")
    assert "the city hall" in said
    assert "90 days after" in said
    assert told in said


def test_who_is_blocked_is_not_free_again_by_being_forgotten(store: Store) -> None:
    busy(store)
    store.people.block(GERMAN, NOON + timedelta(days=1))
    store.forget(GERMAN, NOON)

    with pytest.raises(Refused) as refused:
        store.requests.hold(pavilion.slot(store, "tuen").id, GERMAN, "de", NOON)
    assert refused.value.reason == Reason.BLOCKED
    assert [row["zone"] for row in every_row(store)["visitors"] if row["id"] == GERMAN] == [""]
    store.forget(GERMAN, NOON + timedelta(days=1))
    assert [row for row in every_row(store)["visitors"] if row["id"] == GERMAN] == []


async def test_the_library_keeps_nobodys_number(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        person = fair.person(GERMAN)
        await person.say("Wo ist es?")
        await person.hears()
        await fair.settled()

        application = fair.chat.application
        held = {name: getattr(application, name) for name in Application.__slots__ if not name.startswith("__")}
        assert [name for name, kept in held.items() if isinstance(kept, dict | set) and GERMAN in kept] == []
