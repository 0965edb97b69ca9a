"""The delivery: everything that is due is said once, at its time, over restarts and whatever Telegram answers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from telegram.error import NetworkError

from bot.chat.post.delivery import A_SECOND, EVERY, LONGEST_PAUSE
from bot.meetings import Meeting, Status
from bot.notices import REMINDERS
from bot.playground.floods import Limits
from bot.store import Store, tables
from tests import pavilion
from tests.fair import ENGLISH, GERMAN, KOREAN, Fair, TroubledWire, flooded, opened_fair
from tests.fakes import NOON, FakeClock
from tests.meetings import confirmed, requested

BEGINS = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # the first slot of the second day
DAY, HOUR, TEN = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
CONFIRMED, FILE = "Ihr Termin ist bestätigt.", "Die Kalenderdatei"
TOMORROW, SOON = "Eine Erinnerung", "Ihr Termin beginnt in"


def opened(folder: Path, at: datetime = NOON, **more: Any) -> Any:
    """The fair at that time, which Anna, 민지 and John have met before."""
    more.setdefault("met", (KOREAN, GERMAN, ENGLISH))
    return opened_fair(folder, bookable=True, clock=FakeClock(at), **more)


def said(fair: Fair, chat: int = GERMAN) -> list[str]:
    """The first line of what the bot said there."""
    return [text.split("\n")[0] for text in fair.person(chat).bot_said()]


async def until(fair: Fair, moment: datetime) -> None:
    await fair.passes((moment - fair.clock.now()).total_seconds())


def letters(store: Store, **fitting: str) -> list[tuple[str, str, str]]:
    """(kind, state, why) of the letters that fit, in the order in which they are due."""
    o = tables.outbox.c
    query = select(o.kind, o.state, o.last_error).order_by(o.due_at, o.id)
    for name, value in fitting.items():
        query = query.where(o[name] == value)
    with store._database.begin() as connection:
        return [(row.kind, row.state, row.last_error) for row in connection.execute(query)]


async def test_a_confirmation_goes_out_with_its_calendar_file_and_reminders_come_exactly_in_time(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.passes(0)

        assert said(fair) == [CONFIRMED, FILE + said(fair)[1].removeprefix(FILE)]
        heard = 2
        for ahead in (DAY, HOUR, TEN):
            await until(fair, BEGINS - ahead - timedelta(seconds=1))
            assert len(said(fair)) == heard
            await until(fair, BEGINS - ahead)
            heard += 1
            assert len(said(fair)) == heard
        assert said(fair)[2:] == ["Eine Erinnerung an Ihren Termin:", f"{SOON} 60 Min.:", f"{SOON} 10 Min.:"]
        await until(fair, BEGINS + DAY)
        assert len(said(fair)) == heard


async def test_what_fell_due_during_a_restart_is_said_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.passes(0)

    async with opened(tmp_path, BEGINS - DAY + timedelta(minutes=20)) as fair:
        await fair.settled()
        assert said(fair) == ["Eine Erinnerung an Ihren Termin:"]
    async with opened(tmp_path, BEGINS - DAY + timedelta(minutes=30)) as fair:
        await fair.settled()
        assert said(fair) == []


async def test_of_two_reminders_that_are_late_the_truer_one_is_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await until(fair, BEGINS - DAY)

    async with opened(tmp_path, BEGINS - timedelta(minutes=4)) as fair:
        await fair.settled()
        assert said(fair) == [f"{SOON} 4 Min.:"]
        assert ("reminder_hour", "dropped", "the next one says it better") in letters(fair.store, to="visitor")


async def test_a_late_reminder_of_an_hour_tells_the_minutes_that_are_left(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await until(fair, BEGINS - DAY)

    async with opened(tmp_path, BEGINS - timedelta(minutes=25)) as fair:
        await fair.settled()
        assert said(fair) == [f"{SOON} 25 Min.:"]


@pytest.mark.parametrize(
    ("away_until", "dropped"),
    [
        (BEGINS - timedelta(hours=2, minutes=59), ["reminder_day"]),
        (BEGINS, ["reminder_day", "reminder_hour", "reminder_soon"]),
    ],
)
async def test_what_comes_too_late_is_dropped_knowingly(
    tmp_path: Path, away_until: datetime, dropped: list[str]
) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.passes(0)

    async with opened(tmp_path, away_until) as fair:
        await fair.settled()
        assert said(fair) == []
        gone = [kind for kind, state, _ in letters(fair.store, to="visitor") if state == "dropped"]
        assert [kind for kind in gone if kind != "received"] == dropped


async def test_a_meeting_that_moved_is_reminded_of_at_its_new_time_only(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        old = confirmed(fair.store)
        await fair.passes(0)
        confirmed(fair.store, 4, replaces=old.id)  # the next that is free: half an hour later
        await fair.passes(0)
        assert said(fair)[2] == "Ihr Termin wurde verschoben."
        assert "Statt: Mi., 4. März, 10:00–10:25" in fair.person(GERMAN).bot_said()[2]

        await until(fair, BEGINS - DAY)
        assert len(said(fair)) == 4
        await until(fair, BEGINS - DAY + timedelta(minutes=30))
        assert said(fair)[4:] == ["Eine Erinnerung an Ihren Termin:"]
        assert "10:30–10:55" in fair.person(GERMAN).bot_said()[4]


async def test_a_cancelled_meeting_is_not_reminded_of(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store)
        await fair.passes(0)
        fair.store.requests.withdraw(meeting.id, GERMAN, fair.clock.now())
        await until(fair, BEGINS)

        assert said(fair)[2:] == ["Ihr Termin ist abgesagt."]


async def test_at_night_a_reminder_waits_for_the_morning_and_holds_up_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        fair.store.people.choose_zone(GERMAN, "Europe/Berlin")
        confirmed(fair.store)
        await until(fair, BEGINS - DAY)  # two in the morning in Berlin
        assert len(said(fair)) == 2
        meeting = confirmed(fair.store, 8, now=fair.clock.now())
        await fair.passes(0)
        assert said(fair)[2] == CONFIRMED

        await until(fair, datetime(2026, 3, 3, 5, 59, 59, tzinfo=UTC))
        assert len(said(fair)) == 4
        await until(fair, datetime(2026, 3, 3, 6, 0, tzinfo=UTC))
        assert said(fair)[4:] == ["Eine Erinnerung an Ihren Termin:"]
        assert meeting.id not in fair.person(GERMAN).bot_said()[4]


async def test_a_proposal_that_waits_is_nudged_by_day(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        fair.store.people.choose_zone(GERMAN, "Europe/Berlin")
        sent = requested(fair.store, 8)
        other = pavilion.slot(fair.store, "tuen", 8)
        # Proposed at 13:00 in Berlin, to be answered within two hours: both nudges come by day.
        fair.store.decisions.propose(sent.id, sent.version, pavilion.JIHUN, other.id, "jihun", NOON)
        await fair.passes(0)
        assert said(fair) == ["Das Team schlägt diese Zeit vor:"]
        await fair.passes(3600)
        await fair.passes(3600 * 0.8)

        assert said(fair)[1:] == ["Sie haben auf die vorgeschlagene Zeit noch nicht geantwortet:"] * 2
        await fair.passes(3600 * 0.2)
        assert (
            said(fair)[3]
            == "Die vorgeschlagene Zeit wurde nicht rechtzeitig angenommen, Ihre Anfrage ist damit beendet."
        )


async def test_staff_hear_once_that_a_visitor_has_blocked_the_bot(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        anna = fair.person(GERMAN)
        await anna.block()
        await fair.settled()
        confirmed(fair.store)
        await until(fair, BEGINS)

        assert not fair.store.people.is_reachable(GERMAN)
        assert len([text for text in said(fair, pavilion.STAFF_CHAT) if "has blocked the bot" in text]) == 1
        assert len(letters(fair.store, kind="unreachable")) == 1
        assert ("confirmed", "failed", "Forbidden: bot was blocked by the user") in letters(fair.store, to="visitor")

        await anna.block(blocked=False)
        await anna.say("/start")
        await fair.settled()
        assert fair.store.people.is_reachable(GERMAN)


class AnnasWire(TroubledWire):
    """What goes to Anna meets trouble; everybody else hears well."""

    def __init__(self, *troubles: dict[str, Any] | Exception) -> None:
        super().__init__()
        self.annas = list(troubles)
        self.tried = 0

    async def do_request(self, url: str, method: str, request_data: Any = None, **details: Any) -> tuple[int, bytes]:
        if url.endswith("/sendMessage") and request_data.parameters["chat_id"] == GERMAN:
            self.tried += 1
            self.troubles["sendMessage"] = [self.annas.pop(0)] if self.annas else []
        return await super().do_request(url, method, request_data, **details)


async def test_a_429_holds_up_one_chat_only(tmp_path: Path) -> None:
    async with opened(tmp_path, wire=AnnasWire(flooded(30))) as fair:
        confirmed(fair.store, 4, GERMAN)
        confirmed(fair.store, 4, KOREAN, language="ko")
        await fair.passes(0)
        assert (len(said(fair, GERMAN)), len(said(fair, KOREAN))) == (0, 2)

        await fair.passes(29)
        assert len(said(fair, GERMAN)) == 0
        await fair.passes(1)
        assert (len(said(fair, GERMAN)), len(said(fair, KOREAN))) == (2, 2)


async def test_what_the_wire_refuses_is_tried_again_later_and_later(tmp_path: Path) -> None:
    wire = AnnasWire(*[NetworkError("reset")] * 3)
    async with opened(tmp_path, wire=wire) as fair:
        confirmed(fair.store)
        await fair.passes(0)
        for pause in (5, 10, 20):
            assert said(fair) == []
            await fair.passes(pause)

        assert said(fair)[0] == CONFIRMED
        assert wire.tried == 4


async def test_a_message_that_telegram_never_takes_is_given_up(tmp_path: Path) -> None:
    async with opened(
        tmp_path, wire=AnnasWire({"error_code": 400, "description": "Bad Request: chat not found"})
    ) as fair:
        confirmed(fair.store)
        await fair.passes(0)

        assert ("confirmed", "failed", "Chat not found") in letters(fair.store, to="visitor")


async def test_a_message_whose_entities_are_refused_is_sent_without_them(tmp_path: Path) -> None:
    refusal = {"error_code": 400, "description": "Bad Request: can't parse entities: overlap"}
    async with opened(tmp_path, wire=AnnasWire(refusal)) as fair:
        confirmed(fair.store)
        await fair.passes(0)

        assert said(fair)[0] == CONFIRMED


async def test_a_chat_that_moved_is_followed(tmp_path: Path) -> None:
    moved = {"error_code": 400, "description": "Bad Request: group chat was upgraded"}
    wire = AnnasWire(moved | {"parameters": {"migrate_to_chat_id": ENGLISH}})
    async with opened(tmp_path, wire=wire) as fair:
        confirmed(fair.store)
        await fair.passes(0)

        assert said(fair, ENGLISH) == [CONFIRMED]


class DyingWire(TroubledWire):
    """Sends, and is killed before anybody hears that it did."""

    async def do_request(self, url: str, method: str, *args: Any, **details: Any) -> tuple[int, bytes]:
        answer = await super().do_request(url, method, *args, **details)
        if url.endswith("/sendMessage"):
            raise asyncio.CancelledError
        return answer


async def test_a_crash_between_sending_and_marking_doubles_one_message_at_most(tmp_path: Path) -> None:
    async with opened(tmp_path, wire=DyingWire()) as fair:
        confirmed(fair.store)
        await fair.passes(0)
        assert said(fair) == [CONFIRMED]

    async with opened(tmp_path, NOON + timedelta(minutes=1)) as fair:
        await fair.settled()  # at once: on a file no other process can be sending it
        assert [text[:13] for text in said(fair)] == [CONFIRMED[:13], FILE[:13]]
        await fair.passes(600)
        assert len(said(fair)) == 2


async def test_a_letter_that_we_stumble_over_holds_up_no_other_and_is_given_up_one_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store)
        fair.store.outbox.put("card", "team", "no number", meeting.id, "broken", NOON)
        for _ in range(10):
            await fair.passes(LONGEST_PAUSE.total_seconds())

        assert letters(fair.store, receiver="no number") == [("card", "failed", "ValueError")]
        assert said(fair)[0] == CONFIRMED
    assert "Anna" not in caplog.text
    assert "Kathoden" not in caplog.text


async def test_what_is_in_hand_when_the_bot_is_stopped_is_finished_and_not_said_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        fair.chat.delivery.nudge()
        await fair.person(GERMAN).hears()

    async with opened(tmp_path) as fair:
        await fair.passes(600)
        assert CONFIRMED not in said(fair)


async def test_what_a_tap_causes_goes_out_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.person(ENGLISH).say("/help")
        await fair.settled()

        assert said(fair)[0] == CONFIRMED


async def test_time_alone_brings_messages_without_anybody_writing(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        anna = fair.person(GERMAN)
        await fair.settled()
        requested(fair.store)
        await fair.clock.somebody_sleeps(EVERY)

        fair.clock.advance(EVERY)
        heard = await anna.hears()
        assert heard["text"].startswith("Ihre Terminanfrage ist abgeschickt.")


async def test_the_morning_agenda_is_sent_once_and_only_where_there_is_something(tmp_path: Path) -> None:
    eight = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 08:00 in Seoul
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0)
        await until(fair, eight - timedelta(seconds=1))
        assert letters(fair.store, kind="agenda") == []
    async with opened(tmp_path, eight + timedelta(hours=3)) as fair:  # down at eight, up at eleven
        await fair.settled()
        told = [(state, why) for _, state, why in letters(fair.store, kind="agenda")]
        assert told == [("sent", ""), *[("dropped", "nothing on that day")] * 3]
    async with opened(tmp_path, eight + timedelta(hours=4)) as fair:
        await fair.settled()
        assert len(letters(fair.store, kind="agenda")) == 4
        assert said(fair, pavilion.STAFF_CHAT) == []


async def test_an_agenda_that_nobody_would_read_any_more_is_not_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0)
        await until(fair, datetime(2026, 3, 3, 5, 0, tzinfo=UTC))  # 14:00 in Seoul

        assert letters(fair.store, kind="agenda") == []


async def test_what_was_kept_long_enough_goes_away_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store)
        await until(fair, BEGINS + timedelta(days=2))
    async with opened(tmp_path, BEGINS + timedelta(days=92)) as fair:
        await fair.settled()

        assert fair.store.agenda.meeting(meeting.id).name == ""


def many_meetings(store: Store, like: Meeting, visitors: range) -> None:
    """For each visitor a slot, a confirmed meeting in it and the three reminders of it."""
    with store._database.begin() as connection:
        slot = connection.execute(select(tables.slots).where(tables.slots.c.id == like.slot.id)).mappings().one()
        meeting = connection.execute(select(tables.meetings).where(tables.meetings.c.id == like.id)).mappings().one()
        slots, meetings, outbox = [], [], []
        for number in visitors:
            slots.append({**slot, "id": number, "place": f"Table {number}"})
            ids = {"id": f"M{number}", "root_id": f"M{number}", "slot_id": number, "visitor_id": number}
            meetings.append({**meeting, **ids, "member_id": None})
            for kind, ahead in REMINDERS.items():
                letter = {"dedupe_key": f"{kind}:{number}", "kind": kind, "to": "visitor", "receiver": str(number)}
                state = {"state": "waiting", "attempts": 0, "last_error": "", "details": {}}
                outbox.append({**letter, **state, "subject_id": f"M{number}", "due_at": BEGINS - ahead})
        connection.execute(tables.slots.insert(), slots)
        connection.execute(tables.meetings.insert(), meetings)
        connection.execute(tables.outbox.insert(), outbox)


@pytest.mark.slow
async def test_five_thousand_reminders_due_over_a_restart_of_ten_minutes_are_all_sent(tmp_path: Path) -> None:
    """Five thousand visitors, each with a meeting; the playground's limits are lifted, everything else is real."""
    visitors = range(10_000, 15_000)
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store)
        await until(fair, BEGINS - DAY)
        many_meetings(fair.store, meeting, visitors)

    async with opened(tmp_path, BEGINS - HOUR + TEN, limits=UNLIMITED, strangers=visitors) as fair:
        seconds = 0
        while any(state == "waiting" for kind, state, _ in letters(fair.store, kind="reminder_hour")):
            fair.clock.advance(1)
            fair.chat.delivery.nudge()
            await fair.chat.delivery.settled()  # as long as it takes: the day's reminders are looked at first
            seconds += 1

        heard = Counter(text[: len(SOON)] for visitor in visitors for text in said(fair, visitor))
        assert heard == {SOON: len(visitors)}
        assert all(len(said(fair, visitor)) == 1 for visitor in visitors)
        late = [state for _, state, _ in letters(fair.store, kind="reminder_day")]
        assert late.count("dropped") == len(visitors)
        assert len(visitors) / A_SECOND <= seconds <= len(visitors) / A_SECOND * 1.2


async def test_what_a_team_s_chat_does_not_take_waits_until_staff_have_mended_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        with fair.store._database.begin() as connection:
            connection.execute(update(tables.teams).values(chat_id=-1009999999999))
        requested(fair.store)
        await fair.passes(0)
        assert ("card", "waiting", "Chat not found") in letters(fair.store, to="team")

        programme = fair.store.pavilion.whole()
        mended = replace(programme, teams=tuple(replace(one, chat_id=pavilion.STAFF_CHAT) for one in programme.teams))
        fair.store.pavilion.put(mended, fair.clock.now())
        await fair.passes(LONGEST_PAUSE.total_seconds())

        assert ("card", "sent", "Chat not found") in letters(fair.store, to="team")
        assert any("Anna Müller" in text for text in fair.person(0, pavilion.STAFF_CHAT).bot_said())


class MovedWire(TroubledWire):
    """The staff's group became a supergroup: Telegram says so at every attempt."""

    OLD = -4000

    async def do_request(self, url: str, method: str, *args: Any, **details: Any) -> tuple[int, bytes]:
        parameters = getattr(details.get("request_data"), "json_parameters", {})
        if parameters.get("chat_id") == str(self.OLD):
            moved = {"migrate_to_chat_id": pavilion.STAFF_CHAT}
            answer = {"ok": False, "error_code": 400, "description": "Bad Request: upgraded", "parameters": moved}
            return 400, json.dumps(answer).encode()
        return await super().do_request(url, method, *args, **details)


async def test_staff_of_a_group_that_became_a_supergroup_may_go_on(tmp_path: Path) -> None:
    async with opened(tmp_path, wire=MovedWire()) as fair:
        with fair.store._database.begin() as connection:
            connection.execute(update(tables.teams).values(chat_id=MovedWire.OLD))
        meeting = requested(fair.store)
        await fair.passes(0)

        await fair.person(pavilion.SOFIA, pavilion.STAFF_CHAT).press(f"s:ok:{meeting.id}:{meeting.version}:sofia")

        assert fair.store.agenda.meeting(meeting.id).status == Status.CONFIRMED
