"""Whether what is due is said now, later, or not any more: the rules one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.post.lateness import NOW, Verdict, agenda_is_due, of_nudge, of_reminder
from bot.meetings import Meeting, Slot, Status
from bot.notices import REMINDERS
from bot.zones import zone

SEOUL, BERLIN = zone("Asia/Seoul"), zone("Europe/Berlin")
START = datetime(2026, 9, 16, 6, 0, tzinfo=UTC)  # 15:00 in Seoul, 08:00 in Berlin
SLOT = Slot(1, "tuen", START, START + timedelta(minutes=25), "Asia/Seoul")
MEETING = Meeting("R1", "R1", SLOT, 1, 7, Status.CONFIRMED, 3, "de", "", START)


def before(hours: float = 0, minutes: float = 0) -> datetime:
    return START - timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize(
    ("kind", "now", "said"),
    [
        ("reminder_day", before(24), NOW),
        ("reminder_day", before(3), NOW),
        ("reminder_day", before(2, 59), Verdict(drop="too late for it")),
        ("reminder_hour", before(1), NOW),
        ("reminder_hour", before(0, 11), NOW),
        ("reminder_hour", before(0, 10), Verdict(drop="the next one says it better")),
        ("reminder_soon", before(0, 10), NOW),
        ("reminder_soon", before(0, 0.1), NOW),
        ("reminder_soon", START, Verdict(drop="the meeting has begun")),
        ("reminder_day", START + timedelta(days=1), Verdict(drop="the meeting has begun")),
    ],
)
def test_a_reminder_is_sent_while_it_helps(kind: str, now: datetime, said: Verdict) -> None:
    assert of_reminder(kind, START - REMINDERS[kind], MEETING, SEOUL, now) == said


def test_a_reminder_of_another_time_or_of_a_cancelled_meeting_is_not_true() -> None:
    moved = before(24, 30)
    cancelled = replace(MEETING, status=Status.CANCELLED_HOST)

    assert of_reminder("reminder_day", moved, MEETING, SEOUL, moved).drop == "no longer true"
    assert of_reminder("reminder_day", before(24), cancelled, SEOUL, before(24)).drop == "no longer true"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 9, 15, 19, 59, tzinfo=UTC), None),  # 21:59 in Berlin
        (datetime(2026, 9, 15, 20, 0, tzinfo=UTC), None),  # 22:00; at 7 the meeting is an hour ahead: better now
        (datetime(2026, 9, 14, 20, 0, tzinfo=UTC), datetime(2026, 9, 15, 5, 0, tzinfo=UTC)),
        (datetime(2026, 9, 15, 4, 59, tzinfo=UTC), datetime(2026, 9, 15, 5, 0, tzinfo=UTC)),
        (datetime(2026, 9, 15, 5, 0, tzinfo=UTC), None),
    ],
)
def test_the_reminder_of_the_day_before_leaves_people_asleep(now: datetime, until: datetime | None) -> None:
    assert of_reminder("reminder_day", before(24), MEETING, BERLIN, now) == Verdict(until=until)


def test_the_nearer_reminders_come_at_night_as_well() -> None:
    assert of_reminder("reminder_hour", before(1), MEETING, zone("America/New_York"), before(1)) == NOW


def test_the_night_that_clocks_change_ends_at_seven_all_the_same() -> None:
    start = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
    late = replace(MEETING, slot=replace(SLOT, starts_at=start))
    now = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30 in Berlin, before the clocks go back

    assert of_reminder("reminder_day", start - timedelta(days=1), late, BERLIN, now).until == datetime(
        2026, 10, 25, 6, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("to", "status", "now", "said"),
    [
        ("team", Status.REQUESTED, before(30), NOW),
        ("team", Status.CONFIRMED, before(30), Verdict(drop="no longer true")),
        ("visitor", Status.COUNTERED, before(30), NOW),
        ("visitor", Status.REQUESTED, before(30), Verdict(drop="no longer true")),
        ("visitor", Status.COUNTERED, before(20), Verdict(drop="too late to answer")),
    ],
)
def test_whoever_has_not_answered_is_nudged_while_the_answer_counts(
    to: str, status: Status, now: datetime, said: Verdict
) -> None:
    waiting = replace(MEETING, status=status, answer_by=before(20))

    assert of_nudge(to, waiting, SEOUL, now) == said


def test_a_nudge_waits_for_the_morning_only_if_there_is_still_time_to_answer_then() -> None:
    night = datetime(2026, 9, 13, 15, 0, tzinfo=UTC)  # midnight in Seoul
    morning = datetime(2026, 9, 13, 22, 0, tzinfo=UTC)
    early, late = (replace(MEETING, status=Status.REQUESTED, answer_by=morning + timedelta(hours=h)) for h in (-1, 1))

    assert of_nudge("team", early, SEOUL, night) == NOW
    assert of_nudge("team", late, SEOUL, night) == Verdict(until=morning)


@pytest.mark.parametrize(("hour", "due"), [(22, False), (23, True), (4, True), (5, False)])
def test_the_agenda_is_due_from_eight_to_two_at_the_venue(hour: int, due: bool) -> None:
    assert agenda_is_due(datetime(2026, 9, 15, hour, 0, tzinfo=UTC), SEOUL) == due
