"""Bookings, as visitors and staff know them. Every fact holds on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bot.inquiries import Inquiry, Kind, State
from bot.meetings import ACTIVE, Details, Limits, Meeting, Reason, Refused, Status
from bot.notices import REMINDERS
from bot.store import tables
from bot.store.agenda import Agenda
from tests.databases import (
    ANNA,
    CITY_CHAT,
    DAY,
    FAIR,
    JIHUN,
    JOHN,
    KURT,
    MINA,
    NOW,
    OTTO,
    OUTSIDER,
    SOFIA,
    TUEN_CHAT,
    Office,
    why,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RACES = 50  # the benchmark does a thousand


@pytest.fixture(autouse=True)
def nothing_is_promised_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whatever a test does, in the end no seat and nobody's time is given twice, and none is kept for nobody."""
    yield
    assert Agenda(office.database, office.rules).violations() == []


# --- holding a seat


def test_a_seat_is_held_for_five_minutes(office: Office) -> None:
    held = office.hold()

    assert (held.status, held.seat, held.hold_until) == (Status.HELD, 1, NOW + 5 * MINUTE)
    assert office.letters() == []  # a hold concerns nobody else


def test_a_second_visitor_does_not_get_the_seat(office: Office) -> None:
    office.hold(ANNA)

    assert why(office.hold, JOHN) == Reason.TAKEN
    assert [free.slot.id for free in office.agenda.free("tuen", NOW)] == [slot.id for slot in office.slots("tuen")[1:]]


def test_picking_the_same_slot_again_finds_the_same_hold(office: Office) -> None:
    held = office.hold()
    office.now += MINUTE

    assert office.hold() == held


def test_picking_another_slot_gives_the_first_one_back(office: Office) -> None:
    first = office.hold(number=0)
    second = office.hold(number=1)

    assert (office.look(first).status, second.status) == (Status.ABANDONED, Status.HELD)
    assert office.hold(JOHN, 0).status == Status.HELD


def test_a_hold_that_ran_out_is_taken_by_the_next(office: Office) -> None:
    held = office.hold(ANNA)
    office.now += 5 * MINUTE

    assert office.hold(JOHN).status == Status.HELD
    assert office.look(held).status == Status.ABANDONED
    assert why(office.requests.send, held.id, ANNA, office.now) == Reason.LAPSED


def test_a_hold_is_a_hold_until_the_last_moment(office: Office) -> None:
    office.hold(ANNA)
    office.now += 5 * MINUTE - timedelta(microseconds=1)

    assert why(office.hold, JOHN) == Reason.TAKEN


def test_a_hold_that_ran_out_is_shown_as_free(office: Office) -> None:
    office.hold(ANNA)

    assert len(office.agenda.free("tuen", NOW)) == 5
    assert len(office.agenda.free("tuen", NOW + 5 * MINUTE)) == 6


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (HOUR, None),
        (HOUR - timedelta(seconds=1), Reason.TOO_SOON),
        (-MINUTE, Reason.TOO_SOON),
        (timedelta(days=60), None),
        (timedelta(days=60, seconds=1), Reason.TOO_FAR),
    ],
)
def test_a_request_comes_within_notice_and_horizon(office: Office, before: timedelta, reason: Reason | None) -> None:
    office.now = FAIR - before

    shown = office.slot() in [free.slot.id for free in office.agenda.free("tuen", office.now)]
    assert (why(office.hold), shown) == (reason, reason is None)


@pytest.mark.parametrize("closed", [tables.slots, tables.teams])
def test_what_is_closed_is_neither_shown_nor_given(office: Office, closed: Any) -> None:
    with office.database.begin() as connection:
        connection.execute(update(closed).values(open=False))

    assert why(office.hold) == Reason.CLOSED
    assert office.agenda.free("tuen", NOW) == []


def test_an_unknown_slot_or_meeting_is_unknown(office: Office) -> None:
    assert why(office.requests.hold, 999, ANNA, "en", NOW) == Reason.UNKNOWN
    assert why(office.requests.send, "M99", ANNA, NOW) == Reason.UNKNOWN
    assert why(office.decisions.confirm, "M99", 1, JIHUN, "jihun", NOW) == Reason.UNKNOWN
    assert why(office.agenda.meeting, "M99") == Reason.UNKNOWN


def test_a_visitor_has_a_slot_once(office: Office) -> None:
    office.request(ANNA, 0, "city")

    assert why(office.hold, ANNA, 0, "city") == Reason.ALREADY


def test_a_visitor_is_in_one_place_at_a_time(office: Office) -> None:
    office.hold(ANNA, 0, "tuen")
    office.requests.describe("M1", ANNA, Details(name="A", topic="x"))
    office.requests.send("M1", ANNA, NOW)

    assert why(office.hold, ANNA, 0, "desk") == Reason.OVERLAP
    assert office.hold(ANNA, 1, "desk").status == Status.HELD  # half an hour later: the buffer is not the visitor's


def test_two_teams_do_not_get_one_table_at_a_time(office: Office) -> None:
    office.hold(ANNA, 2, "tuen")  # 10:00 at Table 1

    assert why(office.hold, JOHN, 1, "city") == Reason.TAKEN  # 10:00 at Table 1
    office.withdraw(office.agenda.meeting("M1"))
    assert office.hold(JOHN, 1, "city").status == Status.HELD


def test_a_slot_whose_table_another_team_uses_is_not_shown_as_free(office: Office) -> None:
    office.request(ANNA, 2, "tuen")  # 10:00 at Table 1

    assert [free.slot.starts_at for free in office.agenda.free("city", NOW)] == [FAIR]
    assert len(office.agenda.free("tuen", NOW)) == 5


def test_the_buffer_after_a_meeting_keeps_its_table(office: Office) -> None:
    begins = FAIR + timedelta(minutes=25)  # Tuen's first meeting ends then, its table is free at 09:30
    mine = tables.slots.c.id == office.slot("city", 1)
    with office.database.begin() as connection:
        connection.execute(update(tables.slots).where(mine).values(starts_at=begins, ends_at=begins + HOUR))
    office.hold(ANNA, 0, "tuen")

    assert why(office.hold, JOHN, 1, "city") == Reason.TAKEN


# --- sending


def test_a_request_needs_a_name_and_a_topic(office: Office) -> None:
    held = office.hold()
    assert why(office.requests.send, held.id, ANNA, NOW) == Reason.INCOMPLETE
    office.requests.describe(held.id, ANNA, Details(name="Anna", topic="  "))
    assert why(office.requests.send, held.id, ANNA, NOW) == Reason.INCOMPLETE
    office.requests.describe(held.id, ANNA, Details(topic=" cells "))

    sent = office.requests.send(held.id, ANNA, NOW)

    assert (sent.status, sent.name, sent.topic) == (Status.REQUESTED, "Anna", "cells")
    assert (sent.requested_at, sent.hold_until, sent.answer_by) == (NOW, None, NOW + 2 * HOUR)
    assert office.look(sent) == sent  # what is returned is what is stored


def test_a_request_needs_consent(office: Office) -> None:
    stranger = 190
    held = office.hold(stranger)
    office.requests.describe(held.id, stranger, Details(name="S", topic="x"))

    assert why(office.requests.send, held.id, stranger, NOW) == Reason.NO_CONSENT
    assert not office.people.agreed(stranger, "booking")
    office.people.agree(stranger, "booking", "1", "en", NOW)
    office.people.agree(stranger, "booking", "1", "en", NOW)
    assert office.requests.send(held.id, stranger, NOW).status == Status.REQUESTED


def test_details_are_cut_to_their_lengths_and_none_leaves_what_is_there(office: Office) -> None:
    held = office.hold()
    office.requests.describe(held.id, ANNA, Details("가" * 200, "나" * 200, "다" * 900, "a" * 300))
    described = office.requests.describe(held.id, ANNA, Details(topic="cells"))

    assert (described.name, described.organisation, described.email) == ("가" * 100, "나" * 150, "a" * 254)
    assert office.look(described).topic == "cells"


def test_what_was_sent_cannot_be_described_anew(office: Office) -> None:
    sent = office.request()

    assert why(office.requests.describe, sent.id, ANNA, Details(topic="other")) == Reason.CHANGED


def test_sending_twice_is_sending_once(office: Office) -> None:
    sent = office.request()
    letters = office.letters()

    assert office.requests.send(sent.id, ANNA, NOW) == sent
    assert office.letters() == letters


def test_sending_what_was_decided_meanwhile_tells_what_became_of_it(office: Office) -> None:
    meeting = office.confirmed()

    with pytest.raises(Refused) as refused:
        office.requests.send(meeting.id, ANNA, NOW)

    assert (refused.value.reason, refused.value.meeting) == (Reason.CHANGED, meeting)


@pytest.mark.parametrize("act", ["describe", "send", "withdraw", "accept", "late"])
def test_nobody_touches_the_meeting_of_another(office: Office, act: str) -> None:
    meeting = office.hold(ANNA)
    more = {"describe": [Details(name="x")], "send": [NOW], "withdraw": [NOW], "late": [5, NOW]}
    arguments = [meeting.id, 1, JOHN, NOW] if act == "accept" else [meeting.id, JOHN, *more[act]]

    assert why(getattr(office.requests, act), *arguments) == Reason.NOT_YOURS
    assert office.look(meeting) == meeting


# --- limits


def test_three_unanswered_requests_are_enough_and_each_end_gives_one_back(office: Office) -> None:
    first, second, third = (office.request(ANNA, number) for number in range(3))
    assert why(office.hold, ANNA, 3) == Reason.PENDING
    office.decline(first)
    office.request(ANNA, 3)
    assert why(office.hold, ANNA, 4) == Reason.PENDING
    office.withdraw(second)
    office.request(ANNA, 4)
    office.confirm(third)

    assert office.hold(ANNA, 5).status == Status.HELD


def test_a_proposal_counts_as_unanswered(office: Office) -> None:
    for number in range(3):
        office.propose(office.request(ANNA, number), number + 3)

    assert why(office.hold, ANNA, 0) == Reason.PENDING


def test_six_requests_an_hour_are_enough(office: Office) -> None:
    for number in range(6):
        office.decline(office.request(ANNA, number))

    assert why(office.hold, ANNA, 0) == Reason.TOO_MANY
    office.now += HOUR
    assert office.hold(ANNA, 0).status == Status.HELD


def test_four_meetings_a_day_are_enough_but_one_may_be_moved(office: Office) -> None:
    meetings = [office.confirmed(ANNA, number) for number in range(4)]

    assert why(office.hold, ANNA, 4) == Reason.DAY_FULL
    assert office.request(ANNA, 4, replaces=meetings[0].id).status == Status.REQUESTED
    assert why(office.hold, ANNA, 5) == Reason.DAY_FULL


def test_three_cancellations_a_day_are_enough_however_old_the_requests_are(office: Office) -> None:
    meetings = [office.confirmed(ANNA, number) for number in range(3)]
    office.now += timedelta(hours=25)
    for meeting in meetings:
        office.withdraw(meeting)

    assert why(office.hold, ANNA, 4) == Reason.TOO_MANY
    office.now += timedelta(hours=22)
    assert why(office.hold, ANNA, 4) == Reason.TOO_MANY


def test_nobody_keeps_a_seat_from_all_others_by_holding_it_again_and_again(office: Office) -> None:
    for number in range(40):
        office.hold(ANNA, number % 2)  # choosing another one gives the one before back
    office.now += 5 * MINUTE

    assert why(office.hold, ANNA, 2) == Reason.TOO_MANY
    assert office.hold(JOHN, 1).status == Status.HELD
    office.now += timedelta(days=1)
    assert office.hold(ANNA, 2).status == Status.HELD


def test_a_cancellation_by_staff_is_not_the_visitors(office: Office) -> None:
    for number in range(3):
        office.cancel(office.confirmed(ANNA, number))

    assert office.hold(ANNA, 4).status == Status.HELD


def test_a_blocked_visitor_asks_for_nothing_until_then(office: Office) -> None:
    office.people.block(ANNA, NOW + HOUR)

    assert why(office.hold, ANNA) == Reason.BLOCKED
    assert why(office.requests.wait, "tuen", DAY, ANNA, "en", NOW) == Reason.BLOCKED
    office.now += HOUR
    assert office.hold(ANNA).status == Status.HELD
    office.people.block(ANNA, None)


# --- confirming


def test_staff_confirm_and_say_who_goes(office: Office) -> None:
    meeting = office.confirm(office.request(), SOFIA, "jihun")

    assert (meeting.status, meeting.member_id, meeting.decided_by) == (Status.CONFIRMED, "jihun", "Sofia")
    assert (meeting.decided_at, meeting.answer_by, meeting.sequence) == (NOW, None, 0)
    assert office.look(meeting) == meeting


def test_whoever_goes_is_of_the_team(office: Office) -> None:
    request = office.request()

    assert why(office.confirm, request, JIHUN, "kurt") == Reason.UNKNOWN
    assert why(office.confirm, request, JIHUN, "nobody") == Reason.UNKNOWN


def test_nobody_goes_to_two_meetings_at_a_time(office: Office) -> None:
    tuen, desk = office.request(ANNA, 0, "tuen"), office.request(JOHN, 0, "desk")
    office.confirm(tuen, SOFIA, "sofia")

    assert why(office.confirm, desk, SOFIA, "sofia") == Reason.HOST_BUSY
    assert office.look(desk).status == Status.REQUESTED
    office.cancel(office.look(tuen))
    assert office.confirm(desk, SOFIA, "sofia").status == Status.CONFIRMED


def test_whoever_goes_is_free_again_after_the_buffer(office: Office) -> None:
    office.confirmed(ANNA, 0)

    assert office.confirmed(JOHN, 1).member_id == "jihun"


def test_a_request_that_ran_out_is_not_confirmed_or_moved_even_before_the_sweep(office: Office) -> None:
    request = office.request()
    office.now = request.answer_by or NOW

    assert why(office.confirm, request) == Reason.LAPSED
    assert why(office.propose, request, 3) == Reason.LAPSED
    assert office.agenda.sweep(office.now) == 1
    assert office.look(request).status == Status.EXPIRED


@pytest.mark.parametrize("act", ["confirm", "decline", "propose", "cancel", "came"])
@pytest.mark.parametrize("who", [OUTSIDER, KURT, ANNA])
def test_only_staff_of_the_team_decide(office: Office, act: str, who: int) -> None:
    meeting = office.confirmed() if act in ("cancel", "came") else office.request()
    more: dict[str, list[Any]] = {
        "confirm": ["jihun"],
        "decline": ["no"],
        "propose": [office.slot(number=1), "jihun"],
        "cancel": ["no"],
        "came": [True],
    }

    assert why(getattr(office.decisions, act), meeting.id, meeting.version, who, *more[act], NOW) == Reason.NOT_YOURS
    assert office.look(meeting) == meeting


def test_whoever_left_the_team_decides_no_more(office: Office) -> None:
    request = office.request()
    with office.database.begin() as connection:
        connection.execute(update(tables.members).where(tables.members.c.id == "jihun").values(teams=[]))

    assert why(office.decline, request) == Reason.NOT_YOURS
    assert why(office.confirm, request, SOFIA, "jihun") == Reason.UNKNOWN


def test_a_stale_card_is_told_what_became_of_the_meeting(office: Office) -> None:
    request = office.request()
    confirmed = office.confirm(request)

    for late in (office.confirm, office.decline, office.cancel):
        with pytest.raises(Refused) as refused:
            late(request)
        assert (refused.value.reason, refused.value.meeting) == (Reason.CHANGED, confirmed)


def test_an_edge_that_the_table_lacks_is_refused_at_the_current_version_too(office: Office) -> None:
    confirmed = office.confirmed()

    assert why(office.confirm, confirmed) == Reason.CHANGED
    assert why(office.decline, confirmed) == Reason.CHANGED
    assert why(office.requests.accept, confirmed.id, confirmed.version, ANNA, NOW) == Reason.CHANGED
    assert why(office.cancel, office.request(JOHN, 1)) == Reason.CHANGED
    assert office.look(confirmed) == confirmed


# --- declining, cancelling, coming


def test_declining_frees_the_seat_and_keeps_the_reason(office: Office) -> None:
    declined = office.decline(office.request(), reason="x" * 900)

    assert (declined.status, declined.reason, declined.decided_by) == (Status.DECLINED, "x" * 500, "Jihun")
    assert office.look(declined) == declined
    assert office.hold(JOHN).status == Status.HELD


def test_a_visitor_withdraws_at_any_stage(office: Office) -> None:
    ends = [
        office.withdraw(office.hold(ANNA, 0)),
        office.withdraw(office.request(ANNA, 0)),
        office.withdraw(office.propose(office.request(ANNA, 0), 1)),
        office.withdraw(office.confirmed(ANNA, 0)),
    ]

    assert [one.status for one in ends] == ["abandoned", "withdrawn", "withdrawn", "cancelled_visitor"]
    assert {one.decided_by for one in ends} == {"visitor"}
    assert ends[-1].sequence == 1
    assert [office.look(one) for one in ends] == ends
    assert office.rows(tables.occupancy) == []


def test_withdrawing_twice_changes_nothing(office: Office) -> None:
    ended = office.withdraw(office.confirmed())
    letters = office.letters()

    assert why(office.requests.withdraw, ended.id, ANNA, NOW) == Reason.CHANGED
    assert (office.look(ended), office.letters()) == (ended, letters)


def test_staff_cancel_and_the_calendar_learns_of_it(office: Office) -> None:
    cancelled = office.cancel(office.confirmed())

    assert (cancelled.status, cancelled.reason, cancelled.sequence) == (Status.CANCELLED_HOST, "ill", 1)
    assert office.look(cancelled) == cancelled


def test_what_has_begun_is_not_cancelled(office: Office) -> None:
    meeting = office.confirmed()
    office.now = FAIR

    assert why(office.cancel, meeting) == Reason.NOT_ALLOWED
    assert why(office.requests.withdraw, meeting.id, ANNA, FAIR) == Reason.NOT_ALLOWED


@pytest.mark.parametrize(("came", "status"), [(True, Status.COMPLETED), (False, Status.NO_SHOW)])
def test_staff_say_who_came_within_a_day(office: Office, came: bool, status: Status) -> None:
    meeting = office.confirmed()
    say: Callable[..., Meeting] = office.decisions.came

    assert why(say, meeting.id, meeting.version, JIHUN, came, FAIR - MINUTE) == Reason.NOT_ALLOWED
    assert why(say, meeting.id, meeting.version, JIHUN, came, FAIR + 24 * HOUR + MINUTE) == Reason.NOT_ALLOWED
    assert say(meeting.id, meeting.version, JIHUN, came, FAIR).status == status
    assert office.agenda.no_shows(ANNA) == (not came)
    assert office.rows(tables.occupancy) == []


def test_a_meeting_of_which_nobody_said_anything_took_place(office: Office) -> None:
    meeting = office.confirmed()

    assert office.agenda.sweep(FAIR + 24 * HOUR) == 0
    assert office.agenda.sweep(FAIR + 24 * HOUR + MINUTE) == 1
    over = office.look(meeting)
    assert (over.status, over.decided_by) == (Status.COMPLETED, "clock")


def test_a_visitor_running_late_is_announced_once_for_each_length(office: Office) -> None:
    meeting = office.confirmed()
    assert why(office.requests.late, meeting.id, ANNA, 5, NOW) == Reason.NOT_ALLOWED  # that is in two days
    for minutes in (5, 5, 10):
        office.requests.late(meeting.id, ANNA, minutes, FAIR)

    late = [row for row in office.rows(tables.outbox) if row["kind"] == "late"]
    assert [(row["to"], row["receiver"], row["details"]) for row in late] == [
        ("team", str(TUEN_CHAT), {"minutes": "5"}),
        ("team", str(TUEN_CHAT), {"minutes": "10"}),
    ]
    assert why(office.requests.late, meeting.id, ANNA, 5, FAIR + HOUR) == Reason.NOT_ALLOWED


# --- a group meeting


def test_a_group_shares_its_place_and_its_host(office: Office) -> None:
    seats = [office.confirmed(visitor, 0, "city", KURT, "kurt") for visitor in (ANNA, JOHN, MINA)]

    assert [one.seat for one in seats] == [1, 2, 3]
    assert why(office.hold, OTTO, 0, "city") == Reason.TAKEN
    office.withdraw(seats[0])
    assert office.agenda.violations() == []  # the place and Kurt stay kept for the others
    assert office.request(OTTO, 0, "city").seat == 1


def test_a_group_may_have_two_hosts(office: Office) -> None:
    office.confirmed(ANNA, 0, "city", KURT, "kurt")
    second = office.confirmed(JOHN, 0, "city", KURT, "guest")
    office.cancel(second, KURT)

    kept = {row["rid"] for row in office.rows(tables.occupancy) if row["kind"] == "member"}
    assert kept == {"kurt"}


# --- another time, asked for by the visitor


def test_another_teams_time_replaces_nothing(office: Office) -> None:
    old = office.confirmed(ANNA, 0)

    with pytest.raises(Refused) as refused:
        office.hold(ANNA, 0, "desk", replaces=old.id)
    assert refused.value.reason == Reason.UNKNOWN
    assert office.look(old) == old


def test_the_old_time_stands_until_the_new_one_is_confirmed(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    new = office.request(ANNA, 1, replaces=old.id)

    assert (office.look(old).status, new.replaces_id, new.root_id) == (Status.CONFIRMED, old.id, old.id)
    agreed = office.confirm(new, SOFIA, "sofia")
    gone = office.look(old)
    assert (agreed.status, agreed.sequence, gone.status) == (Status.CONFIRMED, 1, Status.RESCHEDULED)
    assert (gone.decided_at, gone.decided_by) == (NOW, "Sofia")
    assert office.hold(JOHN, 0).status == Status.HELD


def test_the_old_time_stands_when_the_new_one_is_declined(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    office.decline(office.request(ANNA, 1, replaces=old.id))

    assert office.look(old) == old
    assert office.request(ANNA, 2, replaces=old.id).status == Status.REQUESTED


def test_one_other_time_is_asked_for_at_a_time(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    office.request(ANNA, 1, replaces=old.id)

    assert why(office.hold, ANNA, 2, "tuen", old.id) == Reason.ALREADY


def test_picking_another_new_time_gives_the_first_one_back(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    first = office.hold(ANNA, 1, replaces=old.id)
    office.hold(ANNA, 2, replaces=old.id)

    assert office.look(first).status == Status.ABANDONED


def test_picking_the_same_new_time_again_finds_the_same_hold(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    held = office.hold(ANNA, 1, replaces=old.id)

    assert office.hold(ANNA, 1, replaces=old.id) == held


def test_a_hold_can_become_the_new_time_of_a_meeting_and_one_of_its_own_again(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    held = office.hold(ANNA, 1)
    linked = office.hold(ANNA, 1, replaces=old.id)
    assert (linked.id, linked.replaces_id, linked.root_id) == (held.id, old.id, old.id)
    assert office.agenda.violations() == []
    alone = office.hold(ANNA, 1)

    assert (alone.id, alone.replaces_id, alone.root_id) == (held.id, None, held.id)


def test_a_new_time_may_overlap_the_old_one(office: Office) -> None:
    old = office.confirmed(ANNA, 0, "desk", SOFIA, "sofia")
    start = FAIR + timedelta(minutes=15)
    mine = tables.slots.c.id == office.slot("desk", 3)
    with office.database.begin() as connection:  # quarter past nine, at another table
        connection.execute(
            update(tables.slots).where(mine).values(starts_at=start, ends_at=start + 25 * MINUTE, place="Table 9")
        )
    slot = office.slot("desk", 1)  # by time it is now the second
    new = office.requests.hold(slot, ANNA, "en", NOW, old.id)
    office.requests.describe(new.id, ANNA, Details(name="A", topic="x"))
    new = office.requests.send(new.id, ANNA, NOW)
    assert office.agenda.violations() == []

    agreed = office.confirm(new, SOFIA, "sofia")

    assert agreed.status == Status.CONFIRMED
    assert office.withdraw(agreed).status == Status.CANCELLED_VISITOR
    assert office.rows(tables.occupancy) == []


def test_whoever_cancels_the_meeting_withdraws_the_request_for_another_time(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    new = office.request(ANNA, 1, replaces=old.id)
    office.withdraw(old)

    assert office.look(new).status == Status.WITHDRAWN


def test_a_meeting_moved_twice_is_one_chain_with_a_growing_sequence(office: Office) -> None:
    first = office.confirmed(ANNA, 0)
    second = office.confirm(office.request(ANNA, 1, replaces=first.id))
    third = office.confirm(office.request(ANNA, 2, replaces=second.id))
    cancelled = office.withdraw(third)

    assert {second.root_id, third.root_id} == {first.id}
    assert [first.sequence, second.sequence, third.sequence, cancelled.sequence] == [0, 1, 2, 3]
    assert why(office.hold, ANNA, 3, "tuen", first.id) == Reason.CHANGED


# --- another time, proposed by staff


def test_a_proposal_for_a_request_moves_it_until_the_visitor_answers(office: Office) -> None:
    request = office.request(ANNA, 0)
    proposed = office.propose(request, 2, SOFIA, "jihun")

    assert (proposed.id, proposed.status, proposed.slot.id) == (request.id, Status.COUNTERED, office.slot(number=2))
    assert (proposed.member_id, proposed.decided_by, proposed.answer_by) == ("jihun", "Sofia", NOW + 2 * HOUR)
    assert office.look(proposed) == proposed
    assert office.hold(JOHN, 0).status == Status.HELD  # the asked-for time is free again
    assert why(office.hold, MINA, 2) == Reason.TAKEN
    accepted = office.requests.accept(proposed.id, proposed.version, ANNA, NOW)
    assert (accepted.status, accepted.member_id) == (Status.CONFIRMED, "jihun")


def test_a_proposal_for_a_confirmed_meeting_leaves_it_until_the_visitor_accepts(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    proposed = office.propose(old, 2)

    assert (proposed.replaces_id, proposed.status, office.look(old)) == (old.id, Status.COUNTERED, old)
    assert (proposed.name, proposed.topic) == (old.name, old.topic)
    assert office.look(proposed) == proposed
    accepted = office.requests.accept(proposed.id, proposed.version, ANNA, NOW)
    gone = office.look(old)
    assert (accepted.sequence, gone.status, gone.decided_by) == (1, Status.RESCHEDULED, "visitor")


@pytest.mark.parametrize("end", ["withdraw", "decline", "expire"])
def test_a_confirmed_meeting_stands_when_the_proposal_comes_to_nothing(office: Office, end: str) -> None:
    old = office.confirmed(ANNA, 0)
    proposed = office.propose(old, 2)
    if end == "expire":
        office.agenda.sweep(NOW + 2 * HOUR)
    else:
        {"withdraw": office.withdraw, "decline": office.decline}[end](proposed)

    assert office.look(proposed).status in (Status.WITHDRAWN, Status.DECLINED, Status.EXPIRED)
    assert office.look(old) == old


def test_accepting_twice_is_accepting_once(office: Office) -> None:
    proposed = office.propose(office.request(), 1)
    accepted = office.requests.accept(proposed.id, proposed.version, ANNA, NOW)

    with pytest.raises(Refused) as refused:
        office.requests.accept(proposed.id, proposed.version, ANNA, NOW)
    assert (refused.value.reason, refused.value.meeting) == (Reason.CHANGED, accepted)


def test_a_proposal_that_ran_out_is_not_accepted(office: Office) -> None:
    proposed = office.propose(office.request(), 1)

    accept = office.requests.accept
    assert why(accept, proposed.id, proposed.version, ANNA, NOW + 2 * HOUR) == Reason.LAPSED


def test_staff_may_offer_what_begins_in_twenty_minutes(office: Office) -> None:
    office.now = FAIR + 10 * MINUTE  # 09:10; the slot at 10:30 can be asked for, the one at 09:30 cannot
    request = office.request(ANNA, 3)

    proposed = office.propose(request, 1)

    assert proposed.answer_by == office.now + 10 * MINUTE
    assert office.requests.accept(proposed.id, proposed.version, ANNA, office.now).status == Status.CONFIRMED


def test_staff_propose_a_free_time_of_their_own_team(office: Office) -> None:
    request, taken = office.request(ANNA, 0), office.request(JOHN, 1)
    propose = office.decisions.propose

    assert why(office.propose, request, 1) == Reason.TAKEN
    assert why(office.propose, request, 0) == Reason.ALREADY
    assert why(propose, request.id, request.version, JIHUN, office.slot("desk"), "jihun", NOW) == Reason.UNKNOWN
    assert why(office.propose, request, 2, JIHUN, "kurt") == Reason.UNKNOWN
    office.now = FAIR - timedelta(hours=47)  # before both run out
    assert office.look(request) == request
    assert office.look(taken) == taken


def test_staff_take_a_proposal_back(office: Office) -> None:
    proposed = office.propose(office.request(), 1)

    assert office.decline(proposed).status == Status.DECLINED
    assert office.rows(tables.occupancy) == []


def test_a_proposal_gives_back_what_the_visitor_only_held_for_it(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    held = office.hold(ANNA, 1, replaces=old.id)
    office.propose(old, 2)

    assert office.look(held).status == Status.ABANDONED


def test_staff_do_not_propose_while_the_visitor_asks_for_another_time(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    office.request(ANNA, 1, replaces=old.id)

    assert why(office.propose, old, 2) == Reason.ALREADY


# --- the waiting list


def waitlist(office: Office) -> list[tuple[int, str]]:
    with office.database.begin() as connection:
        w = tables.waitlist.c
        return [tuple(row) for row in connection.execute(select(w.visitor_id, w.state).order_by(w.id))]  # type: ignore[misc]


def wait(office: Office, *visitors: int, team: str = "tuen") -> list[int]:
    return [office.requests.wait(team, DAY, visitor, "en", office.now) for visitor in visitors]


def held_by(office: Office, visitor: int) -> list[Meeting]:
    return [one for one in office.agenda.of_visitor(visitor, office.now) if one.status == Status.HELD]


def test_one_waits_in_the_order_one_came(office: Office) -> None:
    assert wait(office, JOHN, MINA, JOHN) == [0, 1, 0]
    assert office.requests.leave("tuen", DAY, JOHN)
    assert not office.requests.leave("tuen", DAY, JOHN)
    assert wait(office, JOHN) == [1]
    assert why(wait, office, JOHN, team="nobody") == Reason.UNKNOWN


def test_nobody_waits_for_everything_at_once(office: Office) -> None:
    for number in range(6):
        office.requests.wait("tuen", DAY + timedelta(days=number), JOHN, "en", NOW)

    assert why(wait, office, JOHN, team="desk") == Reason.TOO_MANY
    assert wait(office, JOHN) == [0]  # who waits already, waits
    office.now += timedelta(days=20)
    assert wait(office, JOHN, team="desk") == [0]


def test_a_seat_that_comes_free_is_offered_to_one_at_a_time(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    wait(office, JOHN, MINA)
    office.withdraw(meeting)

    (offered,) = held_by(office, JOHN)
    assert (offered.slot.id, offered.hold_until) == (office.slot(), NOW + 15 * MINUTE)
    assert held_by(office, MINA) == []
    assert waitlist(office) == [(JOHN, "offered"), (MINA, "waiting")]
    assert office.letters(offered.id) == [("offer", "visitor")]


def test_an_offer_that_runs_out_goes_to_the_next_in_line(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    wait(office, JOHN, MINA)
    office.withdraw(meeting)
    (first,) = held_by(office, JOHN)
    office.now += 15 * MINUTE

    assert office.agenda.sweep(office.now) == 1
    (offered,) = held_by(office, MINA)
    assert offered.slot.id == office.slot()
    assert waitlist(office) == [(JOHN, "lapsed"), (MINA, "offered")]
    assert office.letters(first.id, "dropped") == [("offer", "visitor")]  # if it was not yet sent, it is no longer true
    office.now += 15 * MINUTE
    office.agenda.sweep(office.now)
    assert waitlist(office) == [(JOHN, "lapsed"), (MINA, "lapsed")]
    assert office.hold(OTTO).status == Status.HELD


def test_an_offer_is_taken_by_sending_it(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    wait(office, JOHN)
    office.withdraw(meeting)

    assert office.request(JOHN, 0).status == Status.REQUESTED  # picking the slot finds the offer
    assert waitlist(office) == [(JOHN, "accepted")]


def test_an_offer_stays_while_its_visitor_looks_at_another_slot(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    wait(office, JOHN)
    office.withdraw(meeting)
    office.hold(JOHN, 1)

    assert len(held_by(office, JOHN)) == 2


def test_whoever_has_no_time_then_or_is_blocked_is_passed_over(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    office.request(JOHN, 0, "desk")
    wait(office, JOHN, MINA, OTTO)
    office.people.block(MINA, NOW + HOUR)
    office.withdraw(meeting)

    assert waitlist(office) == [(JOHN, "waiting"), (MINA, "waiting"), (OTTO, "offered")]


def test_nobody_is_offered_what_they_have_just_given_back(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    wait(office, ANNA, JOHN)
    office.withdraw(meeting)

    assert waitlist(office) == [(ANNA, "waiting"), (JOHN, "offered")]


def test_a_seat_is_not_offered_too_late_or_by_a_closed_team(office: Office) -> None:
    near, closing = office.confirmed(ANNA, 0), office.confirmed(ANNA, 3)
    wait(office, JOHN)
    office.now = FAIR - HOUR + MINUTE
    office.withdraw(near)
    assert waitlist(office) == [(JOHN, "waiting")]
    with office.database.begin() as connection:
        connection.execute(update(tables.teams).values(open=False))
    office.withdraw(closing)

    assert waitlist(office) == [(JOHN, "waiting")]


def test_a_rescheduled_and_a_moved_meeting_free_their_seats_for_those_who_wait(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    new = office.request(ANNA, 1, replaces=old.id)
    request = office.request(MINA, 2)
    wait(office, JOHN, OTTO)
    office.confirm(new, SOFIA, "sofia")
    office.propose(request, 3)

    assert [held.slot.id for visitor in (JOHN, OTTO) for held in held_by(office, visitor)] == [
        office.slot(number=0),
        office.slot(number=2),
    ]


def test_an_offered_time_can_become_the_new_time_of_a_meeting(office: Office) -> None:
    mine, others = office.confirmed(JOHN, 1), office.confirmed(ANNA, 0)
    wait(office, JOHN, MINA)
    office.withdraw(others)

    moved = office.request(JOHN, 0, replaces=mine.id)

    assert (moved.replaces_id, waitlist(office)) == (mine.id, [(JOHN, "accepted"), (MINA, "waiting")])


# --- the sweep


def test_the_sweep_lets_holds_and_requests_run_out_and_meetings_end(office: Office) -> None:
    office.confirmed(JOHN, 0)
    requested, held = office.request(ANNA, 1), office.hold(MINA, 2)

    assert office.agenda.sweep(NOW) == 0
    assert office.agenda.sweep(NOW + 5 * MINUTE) == 1
    assert office.agenda.sweep(NOW + 2 * HOUR) == 1
    assert office.agenda.sweep(FAIR + 25 * HOUR) == 1
    expired = office.look(requested)
    assert (expired.status, expired.decided_by, expired.decided_at) == (Status.EXPIRED, "clock", NOW + 2 * HOUR)
    assert office.look(held).status == Status.ABANDONED
    assert office.rows(tables.occupancy) == []


def test_a_visitor_sees_what_ran_out_lately(office: Office) -> None:
    request = office.request()
    office.agenda.sweep(NOW + 2 * HOUR)

    assert [one.id for one in office.agenda.of_visitor(ANNA, NOW + HOUR)] == [request.id]
    assert office.agenda.of_visitor(ANNA, NOW + 3 * HOUR) == []


# --- what is written with a change


def test_a_request_writes_to_visitor_and_team(office: Office) -> None:
    request = office.request()

    assert office.letters(request.id) == [
        ("received", "visitor"),
        ("card", "team"),
        ("nudge", "team"),
        ("nudge", "team"),
    ]
    receivers = {(row["to"], row["receiver"]) for row in office.rows(tables.outbox)}
    assert receivers == {("visitor", str(ANNA)), ("team", str(TUEN_CHAT))}


CONFIRMED = [("confirmed", "visitor"), ("card", "team")]
REMINDED = [
    ("reminder_day", "visitor"),
    ("reminder_hour", "visitor"),
    ("reminder_hour", "team"),
    ("reminder_soon", "visitor"),
    ("reminder_soon", "team"),
]


def test_confirming_writes_the_news_and_the_reminders_and_drops_the_nudges(office: Office) -> None:
    request = office.request()
    before = len(office.letters(request.id))
    office.confirm(request)

    assert office.letters(request.id)[before:] == [*CONFIRMED, *REMINDED, ("staff_calendar", "team")]
    assert office.letters(request.id, "dropped") == [("nudge", "team"), ("nudge", "team")]


@pytest.mark.parametrize(
    ("end", "news"),
    [
        ("withdraw", [("cancelled", "visitor"), ("card", "team"), ("gone", "team")]),
        ("cancel", [("cancelled_by_host", "visitor"), ("card", "team")]),
    ],
)
def test_cancelling_drops_the_reminders(office: Office, end: str, news: list[tuple[str, str]]) -> None:
    meeting = office.confirmed()
    before = len(office.letters(meeting.id))
    getattr(office, end)(meeting)

    assert office.letters(meeting.id)[before:] == news
    assert not {kind for kind, _ in office.letters(meeting.id, "waiting")} & set(REMINDERS)


def test_a_reminder_that_is_on_its_way_when_the_meeting_is_cancelled_is_not_tried_again(office: Office) -> None:
    meeting = office.confirmed()
    soon = FAIR - HOUR
    reminders = []
    while letters := office.outbox.claim(soon):
        for letter in letters:
            if letter.kind == "reminder_hour":
                reminders.append(letter)
            else:
                office.outbox.sent(letter.id, soon)
    reminder = next(one for one in reminders if one.to == "visitor")
    office.now = soon
    office.cancel(meeting)
    office.outbox.later(reminder.id, soon, "timed out")

    assert "reminder_hour" not in {letter.kind for letter in office.outbox.claim(soon + 3 * MINUTE, 50)}


@pytest.mark.parametrize(
    ("end", "news"),
    [("withdraw", "withdrawn"), ("decline", "declined"), ("expire", "expired")],
)
def test_each_end_of_a_request_is_told_to_both(office: Office, end: str, news: str) -> None:
    request = office.request()
    before = len(office.letters(request.id))
    if end == "expire":
        office.agenda.sweep(NOW + 2 * HOUR)
    else:
        getattr(office, end)(request)

    assert office.letters(request.id)[before:] == [(news, "visitor"), ("card", "team")]


def test_a_proposal_is_told_to_both_and_nudges_the_visitor(office: Office) -> None:
    request = office.request()
    before = len(office.letters(request.id))
    office.propose(request, 1)

    told = [("proposed", "visitor"), ("card", "team"), ("nudge", "visitor"), ("nudge", "visitor")]
    assert office.letters(request.id)[before:] == told


def test_making_way_is_told_with_the_new_time_only(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    new = office.request(ANNA, 1, replaces=old.id)
    before = len(office.letters(old.id))
    office.confirm(new)

    assert office.letters(old.id)[before:] == [("card", "team")]
    assert ("confirmed", "visitor") in office.letters(new.id)
    assert not {kind for kind, _ in office.letters(old.id, "waiting")} & set(REMINDERS)


def test_mail_is_written_for_those_who_gave_an_address(office: Office) -> None:
    held = office.hold()
    office.requests.describe(held.id, ANNA, Details("Anna", "Lantern AG", "cells", "anna@example.org"))
    meeting = office.confirm(office.requests.send(held.id, ANNA, NOW))
    office.cancel(meeting)

    assert [kind for kind, to in office.letters(held.id) if to == "mail"] == ["invitation", "cancellation"]


def test_what_is_refused_writes_nothing(office: Office) -> None:
    first, second = office.request(ANNA, 0, "tuen"), office.request(JOHN, 0, "desk")
    office.confirm(first, SOFIA, "sofia")
    before = (office.letters(), office.rows(tables.audit), office.rows(tables.occupancy), office.rows(tables.meetings))

    assert why(office.confirm, second, SOFIA, "sofia") == Reason.HOST_BUSY  # after the row was changed
    assert why(office.hold, MINA, 0) == Reason.TAKEN
    after = (office.letters(), office.rows(tables.audit), office.rows(tables.occupancy), office.rows(tables.meetings))
    assert after == before


# --- the outbox


def test_letters_to_one_chat_come_one_by_one_in_order(office: Office) -> None:
    office.request(ANNA, 0)
    office.request(JOHN, 1)
    first = office.outbox.claim(NOW)

    assert [(one.kind, one.to, one.receiver) for one in first] == [
        ("received", "visitor", str(ANNA)),
        ("card", "team", str(TUEN_CHAT)),
        ("received", "visitor", str(JOHN)),
    ]
    assert office.outbox.claim(NOW) == []  # the second card waits for the first
    office.outbox.sent(first[1].id, NOW)
    assert [one.subject_id for one in office.outbox.claim(NOW)] == ["M2"]
    assert office.outbox.counts() == {"sending": 3, "sent": 1, "waiting": 4}


def test_a_letter_whose_sender_died_is_sent_once_more(office: Office) -> None:
    office.request()
    first = office.outbox.claim(NOW)

    assert office.outbox.claim(NOW + 2 * MINUTE - timedelta(seconds=1)) == []
    again = office.outbox.claim(NOW + 2 * MINUTE)
    assert [one.id for one in again] == [one.id for one in first]
    assert {one.attempts for one in again} == {2}


def test_a_letter_that_failed_for_now_keeps_its_place_in_line(office: Office) -> None:
    office.request(ANNA, 0)
    office.request(JOHN, 1)
    card = next(one for one in office.outbox.claim(NOW) if one.to == "team")
    office.outbox.later(card.id, NOW + 10 * MINUTE, "429")

    assert [one.to for one in office.outbox.claim(NOW + 5 * MINUTE)] == ["visitor", "visitor"]
    assert card.id in [one.id for one in office.outbox.claim(NOW + 10 * MINUTE)]


@pytest.mark.parametrize("end", ["drop", "fail"])
def test_a_letter_given_up_makes_room_for_the_next(office: Office, end: str) -> None:
    office.request(ANNA, 0)
    office.request(JOHN, 1)
    card = next(one for one in office.outbox.claim(NOW) if one.to == "team")
    getattr(office.outbox, end)(card.id, "blocked", NOW)

    assert [one.subject_id for one in office.outbox.claim(NOW)] == ["M2"]


def test_nothing_is_claimed_before_it_is_due(office: Office) -> None:
    office.confirmed()
    early = {one.kind for one in office.outbox.claim(NOW, 50)}

    assert not early & {*REMINDERS, "nudge"}


def test_a_letter_with_a_known_key_is_not_written_again(office: Office) -> None:
    put = office.outbox.put

    assert put("agenda", "team", "-5", "tuen", "agenda:tuen:2026-09-16", NOW, day="2026-09-16")
    assert not put("agenda", "team", "-5", "tuen", "agenda:tuen:2026-09-16", NOW)
    assert office.outbox.claim(NOW)[0].details == {"day": "2026-09-16"}


def test_the_place_of_a_card_is_remembered_and_moved(office: Office) -> None:
    office.outbox.keep_card("M1", TUEN_CHAT, 7)
    office.outbox.keep_card("M1", TUEN_CHAT, 8)

    assert (office.outbox.card("M1"), office.outbox.card("M2")) == ((TUEN_CHAT, 8), None)
    assert (office.outbox.card_at(TUEN_CHAT, 8), office.outbox.card_at(TUEN_CHAT, 7)) == ("M1", None)


def test_two_workers_never_claim_the_same_letter(office: Office) -> None:
    for number in range(20):
        office.outbox.put("agenda", "visitor", str(number), "x", f"k{number}", NOW)
    barrier = Barrier(4)

    def claimed(_: int) -> list[int]:
        barrier.wait()
        return [one.id for _ in range(5) for one in office.outbox.claim(NOW, 3)]

    with ThreadPoolExecutor(4) as pool:
        found = [one for ids in pool.map(claimed, range(4)) for one in ids]

    assert sorted(found) == sorted(set(found))
    assert len(found) + len(office.outbox.claim(NOW, 50)) == 20


# --- history


def test_the_history_tells_who_did_what(office: Office) -> None:
    old = office.confirmed(ANNA, 0)
    office.confirm(office.request(ANNA, 1, replaces=old.id), SOFIA, "sofia")

    assert [(one.actor, one.was, one.became) for one in office.agenda.history(old.id)] == [
        ("visitor", "held", "requested"),
        ("jihun", "requested", "confirmed"),
        ("sofia", "confirmed", "rescheduled"),
    ]


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_audit_is_only_added_to(office: Office, statement: str) -> None:
    office.request()

    with pytest.raises(DBAPIError, match="only added to"), office.database._engine.begin() as connection:
        connection.execute(text(statement))


def test_a_meeting_that_ended_stays_ended_whatever_the_code_does(office: Office) -> None:
    ended = office.withdraw(office.request())

    with pytest.raises(DBAPIError, match="has ended"), office.database._engine.begin() as connection:
        connection.execute(update(tables.meetings).where(tables.meetings.c.id == ended.id).values(status="confirmed"))


@pytest.mark.parametrize("seat", [0, 2])
def test_there_are_no_seats_beyond_the_capacity_whatever_the_code_does(office: Office, seat: int) -> None:
    office.request()

    with pytest.raises(DBAPIError, match="no such seat"), office.database._engine.begin() as connection:
        connection.execute(update(tables.meetings).values(seat=seat))


def test_the_capacity_does_not_drop_below_the_seats_in_use(office: Office) -> None:
    for visitor in (ANNA, JOHN):
        office.request(visitor, 0, "city")
    mine = update(tables.slots).where(tables.slots.c.id == office.slot("city"))

    with pytest.raises(DBAPIError, match="in use"), office.database._engine.begin() as connection:
        connection.execute(mine.values(capacity=1))
    with office.database.begin() as connection:
        connection.execute(mine.values(capacity=2))


# --- the day as staff see it


def test_the_day_of_a_team_is_the_day_of_the_venue(office: Office) -> None:
    confirmed, requested = office.confirmed(ANNA, 0), office.request(JOHN, 1)
    office.hold(MINA, 2)
    office.withdraw(office.request(OTTO, 3))

    shown = office.agenda.on_day(DAY, "Asia/Seoul", ["tuen", "desk"])
    assert [one.id for one in shown] == [confirmed.id, requested.id]
    assert office.agenda.on_day(DAY, "America/Los_Angeles", ["tuen"]) == []  # there it is still the 15th
    assert [one.id for one in office.agenda.on_day(DAY, "Asia/Seoul", ["tuen"], "jihun")] == [confirmed.id]
    assert (office.agenda.waiting(["tuen"]), office.agenda.waiting(["desk"])) == (1, 0)
    assert len(office.agenda.every()) == 3


def test_what_is_free_is_told_for_one_day(office: Office) -> None:
    assert len(office.agenda.free("tuen", NOW, DAY)) == 6
    assert office.agenda.free("tuen", NOW, DAY + timedelta(days=1)) == []
    assert len(office.agenda.free("tuen", NOW, DAY, limit=2)) == 2
    assert [free.seats for free in office.agenda.free("city", NOW)] == [3, 1]


def test_a_visitors_zone_comes_with_the_meeting(office: Office) -> None:
    office.people.choose_zone(ANNA, "Europe/Berlin")

    assert office.request().zone == "Europe/Berlin"
    assert (office.people.zone_of(ANNA), office.people.zone_of(JOHN)) == ("Europe/Berlin", "")


# --- forgetting


def trace_of(office: Office, *needles: str) -> list[str]:
    """The tables in which any of this is still to be read."""
    found = []
    for table in tables.metadata.sorted_tables:
        told = " ".join(str(value) for row in office.rows(table) for value in row.values())
        found += [table.name for needle in needles if needle in told]
    return found


def test_forgetting_cancels_what_is_to_come_and_blanks_what_was(office: Office) -> None:
    held = office.hold(ANNA)
    office.requests.describe(held.id, ANNA, Details("Anna Secret", "Secret AG", "secret cells", "anna@secret.example"))
    office.confirm(office.requests.send(held.id, ANNA, NOW))
    office.decline(office.request(ANNA, 1))
    office.request(ANNA, 2)
    wait(office, ANNA)

    assert office.people.forget(ANNA, NOW) == 2
    ends = [office.look(held).status, *sorted(one["status"] for one in office.rows(tables.meetings))]
    assert ends == ["cancelled_visitor", "cancelled_visitor", "declined", "withdrawn"]
    assert {one["visitor_id"] for one in office.rows(tables.meetings)} == {0}
    assert ("card", "team") in office.letters(held.id, "waiting")  # the team learns of it
    assert office.rows(tables.occupancy) == []
    assert trace_of(office, "ecret", str(ANNA)) == []


def test_forgetting_while_the_meeting_runs_ends_it(office: Office) -> None:
    meeting, waiting = office.confirmed(ANNA, 0), office.request(ANNA, 1)
    office.now = FAIR + HOUR  # 10:00: the first is over but nobody said so, the second never got an answer

    assert office.people.forget(ANNA, office.now) == 0
    assert office.look(meeting).status == Status.COMPLETED
    assert office.look(waiting).status == Status.EXPIRED
    assert office.rows(tables.occupancy) == []


def test_whoever_waits_and_is_forgotten_is_offered_nothing_more(office: Office) -> None:
    office.confirmed(ANNA, 0)
    other = office.confirmed(JOHN, 1)
    wait(office, ANNA)
    office.people.forget(ANNA, NOW)
    office.withdraw(other)

    assert {one["status"] for one in office.rows(tables.meetings)} & set(ACTIVE) == set()
    assert trace_of(office, str(ANNA)) == []


def test_the_seat_of_a_forgotten_visitor_goes_to_the_next_in_line(office: Office) -> None:
    office.confirmed(ANNA, 0)
    wait(office, JOHN)
    office.people.forget(ANNA, NOW)

    assert len(held_by(office, JOHN)) == 1


def test_forgetting_one_leaves_the_others(office: Office) -> None:
    office.request(ANNA, 0)
    johns = office.request(JOHN, 1)
    office.people.forget(ANNA, NOW)

    assert office.look(johns) == johns
    assert office.people.forget(ANNA, NOW) == 0
    assert office.people.agreed(JOHN, "booking")


def test_what_ended_long_ago_is_blanked(office: Office) -> None:
    meeting = office.confirmed(ANNA, 0)
    office.decisions.came(meeting.id, meeting.version, JIHUN, True, FAIR)
    kept = timedelta(days=90)

    assert office.people.expire(FAIR + kept, kept) == 0
    assert office.people.expire(FAIR + kept + HOUR, kept) == 1
    assert office.people.expire(FAIR + kept + HOUR, kept) == 0
    over = office.look(meeting)
    assert (over.visitor_id, over.name, over.topic, over.status) == (0, "", "", Status.COMPLETED)


def test_a_visitor_reads_what_is_kept(office: Office) -> None:
    office.request(ANNA, 0)
    wait(office, ANNA)
    data = office.people.data_of(ANNA)

    assert [one["name"] for one in data["meetings"]] == [f"Visitor {ANNA}"]
    assert (len(data["consents"]), len(data["waitlist"]), data["inquiries"]) == (2, 1, [])
    assert office.people.data_of(OTTO)["meetings"] == []


# --- two at once


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment, each in a thread."""
    barrier = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_two_staff_at_once_have_one_effect_and_both_see_the_truth(office: Office) -> None:
    for _ in range(RACES):
        request = office.request(ANNA, 0)
        before = len(office.letters(request.id))
        found = at_once(
            lambda request=request: office.confirm(request, JIHUN, "jihun"),  # type: ignore[misc]
            lambda request=request: office.decline(request, SOFIA),  # type: ignore[misc]
        )

        (done,) = [one for one in found if isinstance(one, Meeting)]
        (refused,) = [one for one in found if isinstance(one, Refused)]
        assert (refused.reason, refused.meeting) == (Reason.CHANGED, done)
        assert office.look(done) == done
        assert len(office.agenda.history(done.id)) == 2
        news = {kind for kind, _ in office.letters(request.id)[before:]} & {"confirmed", "declined"}
        assert len(news) == 1
        if done.active:
            office.cancel(done)
        office.now += HOUR if office.now < FAIR - 2 * HOUR else timedelta()
        with office.database.begin() as connection:  # six an hour would be enough
            connection.execute(update(tables.meetings).values(requested_at=NOW - timedelta(days=9)))


def test_two_visitors_at_once_one_has_the_seat(office: Office) -> None:
    for number in range(6):
        found = at_once(*(lambda who=who, n=number: office.hold(who, n) for who in (ANNA, JOHN, MINA, OTTO)))  # type: ignore[misc]

        assert [one.reason for one in found if isinstance(one, Refused)] == [Reason.TAKEN] * 3


def test_three_visitors_at_once_each_have_a_seat_of_the_group(office: Office) -> None:
    for _ in range(5):
        found = at_once(*(lambda who=who: office.hold(who, 0, "city") for who in (ANNA, JOHN, MINA)))  # type: ignore[misc]

        assert sorted(one.seat for one in found) == [1, 2, 3]
        for one in found:
            office.withdraw(one)


def test_one_visitor_pressing_four_times_at_once_has_one_hold(office: Office) -> None:
    for number in range(6):
        found = at_once(*[lambda n=number: office.hold(ANNA, n)] * 4)  # type: ignore[misc]

        assert len({one.id for one in found if isinstance(one, Meeting)}) == 1
        assert not [one for one in found if isinstance(one, Refused)]


def test_joining_the_waiting_list_four_times_at_once_is_joining_once(office: Office) -> None:
    barrier = Barrier(4)

    def join(_: int) -> list[int]:
        barrier.wait()
        return wait(office, ANNA)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(join, range(4))) == [[0]] * 4
    assert waitlist(office) == [(ANNA, "waiting")]


def test_the_seats_of_a_group_given_back_at_once_leave_nothing_behind(office: Office) -> None:
    for _ in range(10):
        seats = [office.confirmed(visitor, 0, "city", KURT, "kurt") for visitor in (ANNA, JOHN, MINA)]
        found = at_once(*(lambda one=one: office.cancel(one, KURT) for one in seats))  # type: ignore[misc]

        assert all(isinstance(one, Meeting) for one in found)
        assert office.rows(tables.occupancy) == []
        with office.database.begin() as connection:
            connection.execute(update(tables.meetings).values(requested_at=NOW - timedelta(days=9)))


def test_a_seat_confirmed_while_another_of_the_group_is_cancelled_keeps_the_host(office: Office) -> None:
    for _ in range(10):
        first, second = office.confirmed(ANNA, 0, "city", KURT, "kurt"), office.request(JOHN, 0, "city")
        at_once(lambda one=first: office.cancel(one, KURT), lambda one=second: office.confirm(one, KURT, "kurt"))  # type: ignore[misc]

        assert office.agenda.violations() == []
        office.cancel(office.look(second), KURT)
        with office.database.begin() as connection:
            connection.execute(update(tables.meetings).values(requested_at=NOW - timedelta(days=9)))


def test_two_seats_that_come_free_at_once_are_offered_to_two(office: Office) -> None:
    for _ in range(5):
        first, second = office.confirmed(ANNA, 0), office.confirmed(MINA, 1)
        wait(office, JOHN, OTTO)
        at_once(lambda one=first: office.cancel(one), lambda one=second: office.cancel(one))  # type: ignore[misc]

        assert sorted(state for _, state in waitlist(office)[-2:]) == ["offered", "offered"]
        assert [len(held_by(office, who)) for who in (JOHN, OTTO)] == [1, 1]
        for who in (JOHN, OTTO):
            office.withdraw(held_by(office, who)[0])
        with office.database.begin() as connection:
            connection.execute(update(tables.meetings).values(requested_at=NOW - timedelta(days=9)))


def test_visitor_and_staff_who_move_one_meeting_at_once_do_not_move_it_twice(office: Office) -> None:
    for _ in range(10):
        old = office.confirmed(ANNA, 0)
        at_once(lambda one=old: office.hold(ANNA, 1, replaces=one.id), lambda one=old: office.propose(one, 2))  # type: ignore[misc]

        instead = [one for one in office.agenda.of_visitor(ANNA, NOW) if one.active and one.replaces_id == old.id]
        assert len(instead) == 1
        office.withdraw(office.look(old))
        with office.database.begin() as connection:
            long_ago = {"requested_at": NOW - timedelta(days=9), "decided_at": NOW - timedelta(days=9)}
            connection.execute(update(tables.meetings).values(**long_ago))


def test_a_chain_given_up_from_both_sides_at_once_leaves_nothing_behind(office: Office) -> None:
    for _ in range(10):
        old = office.confirmed(ANNA, 0)
        new = office.request(ANNA, 1, replaces=old.id)
        at_once(lambda one=old: office.withdraw(one), lambda one=new: office.confirm(one))  # type: ignore[misc]

        assert office.agenda.violations() == []
        for one in office.agenda.of_visitor(ANNA, NOW):
            if one.active:
                office.withdraw(one)
        assert office.rows(tables.occupancy) == []
        with office.database.begin() as connection:
            long_ago = {"requested_at": NOW - timedelta(days=9), "decided_at": NOW - timedelta(days=9)}
            connection.execute(update(tables.meetings).values(**long_ago))


def test_forgetting_while_a_request_is_being_made_leaves_no_trace(office: Office) -> None:
    for number in range(6):
        barrier = Barrier(2)

        def hold(number: int = number, barrier: Barrier = barrier) -> None:
            barrier.wait()
            why(office.hold, ANNA, number)

        def forget(barrier: Barrier = barrier) -> None:
            barrier.wait()
            office.people.forget(ANNA, NOW)

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(hold), pool.submit(forget)]:
                done.result()
        # Before or after, but never between: a seat that is held belongs to somebody who is known.
        known = {row["id"] for row in office.rows(tables.visitors)}
        assert {row["visitor_id"] for row in office.rows(tables.meetings) if row["status"] == "held"} <= known


def test_limits_may_be_set(url: str) -> None:
    strict = Office(url, Limits(pending=1, hold=MINUTE, offer=2 * MINUTE), furnish=False)
    assert strict.hold(ANNA, 3).hold_until == NOW + MINUTE
    strict.close()


def test_the_city_has_a_chat_of_its_own(office: Office) -> None:
    office.request(ANNA, 0, "city")

    assert {row["receiver"] for row in office.rows(tables.outbox) if row["to"] == "team"} == {str(CITY_CHAT)}


# --- inquiries


ASKED = {"organisation": "Lantern AG", "about": "A plant in Pohang", "contact": ""}


def inquire(office: Office, kind: Kind = Kind.INVEST, visitor: int = ANNA, **more: str) -> Inquiry:
    return office.inquiries.send(kind, ASKED | more, visitor, "en", office.now)


@pytest.mark.parametrize(("kind", "team"), [(Kind.INVEST, "desk"), (Kind.OTHER, "city"), (Kind.PRESS, "city")])
def test_an_inquiry_comes_to_the_desk_for_its_kind_else_to_the_one_for_all_others(
    office: Office, kind: Kind, team: str
) -> None:
    inquiry = inquire(office, kind)

    assert (inquiry.team_id, inquiry.state, inquiry.version) == (team, State.OPEN, 1)
    assert [one.id for one in office.inquiries.open_for([team])] == [inquiry.id]
    assert set(office.letters(inquiry.id)) == {("inquiry_card", "team"), ("inquiry_received", "visitor")}


def test_an_inquiry_for_which_there_is_no_desk_is_refused(office: Office) -> None:
    with office.database.begin() as connection:
        connection.execute(update(tables.teams).values(inquiries=[]))

    assert why(inquire, office) == Reason.UNKNOWN


def test_an_inquiry_needs_an_organisation_a_subject_and_consent(office: Office) -> None:
    assert why(inquire, office, about="  ") == Reason.INCOMPLETE
    assert why(inquire, office, organisation="") == Reason.INCOMPLETE
    assert why(inquire, office, visitor=190) == Reason.NO_CONSENT
    assert office.inquiries.every() == []


def test_the_same_inquiry_sent_again_is_the_one_that_is_there(office: Office) -> None:
    inquiry = inquire(office)

    assert inquire(office) == inquiry
    assert inquire(office, about="Another plant").id != inquiry.id


def test_five_open_inquiries_are_enough(office: Office) -> None:
    first, *_ = [inquire(office, about=f"Plant {number}") for number in range(5)]

    assert why(inquire, office) == Reason.TOO_MANY
    office.inquiries.withdraw(first.id, ANNA, NOW)
    assert inquire(office).state == State.OPEN


def test_an_inquiry_is_taken_answered_added_to_and_closed(office: Office) -> None:
    inquiry = inquire(office)
    taken = office.inquiries.take(inquiry.id, inquiry.version, SOFIA, NOW)
    answered = office.inquiries.answer(inquiry.id, taken.version, SOFIA, "With pleasure.", NOW)
    added = office.inquiries.add(inquiry.id, ANNA, "When?", NOW)
    closed = office.inquiries.close(inquiry.id, added.version, SOFIA, NOW)

    assert [one.state for one in (taken, answered, added, closed)] == ["taken", "answered", "taken", "closed"]
    assert taken.taken_by == "Sofia"
    assert office.inquiries.inquiry(inquiry.id) == closed
    assert [(one.by, one.text) for one in office.inquiries.remarks(inquiry.id)] == [
        ("Sofia", "With pleasure."),
        ("visitor", "When?"),
    ]
    told = [row for row in office.rows(tables.outbox) if row["kind"] == "inquiry_answer"]
    assert [(row["receiver"], row["details"]["text"]) for row in told] == [(str(ANNA), "With pleasure.")]
    assert [one.became for one in office.agenda.history(inquiry.id)] == ["open", "taken", "answered", "taken", "closed"]


def test_a_stale_or_foreign_hand_changes_no_inquiry(office: Office) -> None:
    inquiry = inquire(office)
    taken = office.inquiries.take(inquiry.id, inquiry.version, SOFIA, NOW)
    desk = office.inquiries

    assert why(desk.answer, inquiry.id, inquiry.version, SOFIA, "late", NOW) == Reason.CHANGED
    for who in (JIHUN, OUTSIDER, ANNA):
        assert why(desk.answer, inquiry.id, taken.version, who, "no", NOW) == Reason.NOT_YOURS
    assert why(desk.add, inquiry.id, JOHN, "mine", NOW) == Reason.NOT_YOURS
    assert why(desk.withdraw, inquiry.id, JOHN, NOW) == Reason.NOT_YOURS
    assert (desk.inquiry(inquiry.id), desk.remarks(inquiry.id)) == (taken, [])


def test_what_was_withdrawn_is_neither_answered_nor_added_to(office: Office) -> None:
    gone = office.inquiries.withdraw(inquire(office).id, ANNA, NOW)

    assert why(office.inquiries.answer, gone.id, gone.version, SOFIA, "x", NOW) == Reason.CHANGED
    assert why(office.inquiries.add, gone.id, ANNA, "x", NOW) == Reason.CHANGED
    assert office.inquiries.open_for(["desk"]) == []


def test_two_of_the_desk_at_once_take_an_inquiry_once(office: Office) -> None:
    for number in range(5):
        inquiry = inquire(office, about=f"Plant {number}")
        found = at_once(*[lambda one=inquiry: office.inquiries.take(one.id, one.version, SOFIA, NOW)] * 3)  # type: ignore[misc]

        assert sum(isinstance(one, Refused) for one in found) == 2
        assert office.inquiries.inquiry(inquiry.id).version == 2


def test_forgetting_takes_the_inquiries_along(office: Office) -> None:
    inquiry = inquire(office, about="secret plant")
    office.inquiries.answer(inquiry.id, 1, SOFIA, "secret answer", NOW)
    office.people.forget(ANNA, NOW)

    assert office.inquiries.inquiry(inquiry.id).state == State.WITHDRAWN
    assert trace_of(office, "secret", "Lantern", str(ANNA)) == []
