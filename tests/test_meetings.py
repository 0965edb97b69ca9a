"""The table of states, and the pure rules around it: who may do what when, until when staff answer, whom it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import inquiries
from bot.inquiries import State, Step
from bot.meetings import (
    ACTIVE,
    BUCKET,
    LONGEST,
    TRANSITIONS,
    WAITING,
    Actor,
    Details,
    Event,
    Meeting,
    Slot,
    Status,
    Team,
    answer_by,
    buckets,
    next_status,
)
from bot.notices import REMINDERS, notices

START = datetime(2026, 9, 16, 0, 0, tzinfo=UTC)
NOW = START - timedelta(days=7)
S, E, A = Status, Event, Actor

# Written once more, by hand and by state, so that a slip in the code's table is a difference and not a fact.
EXPECTED = {
    S.HELD: "visitor send requested, visitor withdraw abandoned, clock expire abandoned",
    S.REQUESTED: "staff confirm confirmed, staff decline declined, staff propose countered, visitor withdraw withdrawn, "
    "clock expire expired",
    S.COUNTERED: "visitor accept confirmed, visitor withdraw withdrawn, staff decline declined, clock expire expired",
    S.CONFIRMED: "visitor cancel cancelled_visitor, staff cancel cancelled_host, staff replace rescheduled, "
    "visitor replace rescheduled, staff complete completed, clock complete completed, staff miss no_show",
}
LEGAL = {
    (was, E(event), A(actor)): S(became)
    for was, edges in EXPECTED.items()
    for actor, event, became in (edge.split() for edge in edges.split(", "))
}


@pytest.mark.parametrize(("was", "event", "actor"), list(product(S, E, A)))
def test_a_state_an_event_and_an_actor_lead_where_the_table_says_or_nowhere(
    was: Status, event: Event, actor: Actor
) -> None:
    assert next_status(was, event, actor) == LEGAL.get((was, event, actor))


def test_the_table_holds_no_edge_that_was_not_expected() -> None:
    assert TRANSITIONS == LEGAL


def test_no_edge_leaves_an_end() -> None:
    assert {was for was, _, _ in TRANSITIONS} == ACTIVE
    assert WAITING < ACTIVE


def test_every_state_can_be_reached_from_a_hold() -> None:
    reached, edge = {S.HELD}, {S.HELD}
    while edge:
        edge = {became for (was, _, _), became in TRANSITIONS.items() if was in edge} - reached
        reached |= edge

    assert reached == set(S)


def test_only_staff_confirm_what_a_visitor_asks_and_only_the_visitor_what_staff_propose() -> None:
    into = {(was, actor) for (was, _, actor), became in TRANSITIONS.items() if became == S.CONFIRMED}

    assert into == {(S.REQUESTED, A.STAFF), (S.COUNTERED, A.VISITOR)}


@pytest.mark.parametrize(("state", "step", "actor"), list(product(State, Step, ["visitor", "staff", "clock"])))
def test_an_inquiry_moves_only_by_who_may_move_it(state: State, step: Step, actor: str) -> None:
    visitors, staffs = {Step.ADD, Step.WITHDRAW}, {Step.TAKE, Step.ANSWER, Step.CLOSE}
    over = state in (State.CLOSED, State.WITHDRAWN)
    may = not over and step in {"visitor": visitors, "staff": staffs, "clock": set()}[actor]
    may = may and (state, step) != (State.ANSWERED, Step.TAKE)  # somebody has seen to it
    may = may or (state, step, actor) == (State.ANSWERED, Step.CLOSE, "visitor")  # that was the answer

    assert ((state, step, actor) in inquiries.TRANSITIONS) == may


# --- until when staff answer

moments = st.integers(0, 730 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
notice = st.integers(0, 1440).map(lambda minutes: timedelta(minutes=minutes))


@given(moments, st.integers(1, 60 * 24 * 60 * 60), notice)
def test_staff_have_some_time_to_answer_and_it_ends_before_the_meeting(
    now: datetime, ahead: int, notice: timedelta
) -> None:
    starts_at = now + timedelta(seconds=ahead)
    until = answer_by(now, starts_at, notice)

    assert now < until <= starts_at
    assert until - now <= timedelta(days=1)
    if notice and ahead > 1:
        assert until < starts_at


@given(moments, st.integers(1, 60 * 24 * 60), st.integers(0, 600), notice)
def test_the_nearer_the_meeting_the_less_time_staff_have(
    now: datetime, ahead: int, sooner: int, notice: timedelta
) -> None:
    starts_at = now + timedelta(minutes=ahead)
    span = answer_by(now, starts_at, notice) - now
    closer = answer_by(now, max(now + timedelta(minutes=1), starts_at - timedelta(minutes=sooner)), notice) - now

    assert closer <= span


@pytest.mark.parametrize(
    ("ahead", "notice", "expected"),
    [
        (timedelta(days=10), timedelta(hours=1), timedelta(days=1)),
        (timedelta(days=2), timedelta(hours=1), timedelta(hours=2)),
        (timedelta(hours=10), timedelta(hours=1), timedelta(minutes=30)),
        (timedelta(minutes=70), timedelta(hours=1), timedelta(minutes=30)),
        (timedelta(minutes=60), timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(minutes=20), timedelta(hours=1), timedelta(minutes=10)),  # staff offered what is nearly there
    ],
)
def test_a_day_long_before_two_hours_near_it_half_an_hour_on_the_day(
    ahead: timedelta, notice: timedelta, expected: timedelta
) -> None:
    assert answer_by(NOW, NOW + ahead, notice) == NOW + expected


# --- buckets


@given(moments, st.integers(1, 600), st.integers(1, 600))
def test_times_that_overlap_share_a_bucket(start: datetime, length: int, later: int) -> None:
    end = start + timedelta(minutes=length)
    other = start + timedelta(minutes=min(later, length - 1))

    assert set(buckets(start, end)) & set(buckets(other, other + timedelta(minutes=1)))


@given(moments, st.integers(1, 120), st.integers(1, 120))
def test_times_that_only_touch_share_none_on_a_grid_of_five_minutes(start: datetime, one: int, two: int) -> None:
    start = start.replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
    middle = start + one * BUCKET

    assert not set(buckets(start, middle)) & set(buckets(middle, middle + two * BUCKET))
    assert len(buckets(start, middle)) == one


@given(moments)
def test_no_time_needs_no_bucket(moment: datetime) -> None:
    on_the_grid = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)

    assert not buckets(on_the_grid, on_the_grid)


# --- who is told


def meeting(status: Status, *, answer: timedelta | None = None, email: str = "") -> Meeting:
    slot = Slot(1, "tuen", START, START + timedelta(minutes=25), "Asia/Seoul", "Table 1")
    until = NOW + answer if answer else None
    return Meeting("M1", "M1", slot, 1, 101, status, 3, "en", "", NOW, answer_by=until, email=email)


def told(status: Status, was: Status | None, now: datetime = NOW, **more: object) -> list[tuple[str, str]]:
    return [(one.kind, one.to) for one in notices(meeting(status, **more), now, was)]  # type: ignore[arg-type]


def test_a_hold_concerns_nobody_else() -> None:
    assert told(S.ABANDONED, S.HELD) == []


def test_a_request_reaches_visitor_and_team_and_staff_are_nudged_twice() -> None:
    found = notices(meeting(S.REQUESTED, answer=timedelta(hours=10)), NOW, S.HELD)

    assert [(one.kind, one.to) for one in found] == [
        ("received", "visitor"),
        ("card", "team"),
        ("nudge", "team"),
        ("nudge", "team"),
    ]
    assert [one.due_at - NOW for one in found] == [timedelta(), timedelta(), timedelta(hours=5), timedelta(hours=9)]


def test_a_proposal_nudges_the_visitor() -> None:
    assert told(S.COUNTERED, S.REQUESTED, answer=timedelta(hours=10))[-2:] == [("nudge", "visitor")] * 2


def test_a_confirmed_meeting_has_its_reminders() -> None:
    written = notices(meeting(S.CONFIRMED), NOW, S.REQUESTED)
    found = {(one.kind, one.to): START - one.due_at for one in written if one.due_at > NOW}

    assert ("staff_calendar", "team") in {(one.kind, one.to) for one in written}
    assert found == {
        ("reminder_day", "visitor"): timedelta(hours=24),
        ("reminder_hour", "visitor"): timedelta(hours=1),
        ("reminder_hour", "team"): timedelta(hours=1),
        ("reminder_soon", "visitor"): timedelta(minutes=10),
        ("reminder_soon", "team"): timedelta(minutes=10),
    }


@pytest.mark.parametrize("kind", REMINDERS)
def test_a_reminder_whose_time_has_passed_is_not_written(kind: str) -> None:
    due = START - REMINDERS[kind]

    assert (kind, "visitor") in told(S.CONFIRMED, S.REQUESTED, due - timedelta(seconds=1))
    assert (kind, "visitor") not in told(S.CONFIRMED, S.REQUESTED, due)


@pytest.mark.parametrize("was", [S.REQUESTED, S.COUNTERED, S.CONFIRMED])
@pytest.mark.parametrize("status", sorted(set(S) - ACTIVE - {S.ABANDONED}))
def test_every_end_reaches_the_team_and_nobody_is_reminded_of_it(status: Status, was: Status) -> None:
    found = told(status, was)

    assert ("card", "team") in found
    assert not {kind for kind, _ in found} & {*REMINDERS, "nudge"}


def test_mail_goes_to_those_who_gave_an_address() -> None:
    assert ("invitation", "mail") in told(S.CONFIRMED, S.REQUESTED, email="a@example.org")
    assert ("invitation", "mail") not in told(S.CONFIRMED, S.REQUESTED)
    assert ("cancellation", "mail") in told(S.CANCELLED_HOST, S.CONFIRMED, email="a@example.org")
    assert ("cancellation", "mail") not in told(S.DECLINED, S.REQUESTED, email="a@example.org")


def test_a_team_without_a_name_in_a_language_has_its_english_one() -> None:
    team = Team("tuen", {"en": "Tuen", "ko": "투엔"})

    assert (team.name("ko"), team.name("de")) == ("투엔", "Tuen")


def test_every_detail_has_a_longest_length() -> None:
    assert set(LONGEST) == set(Details.__dataclass_fields__)
