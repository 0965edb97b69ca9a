"""Bookings in any order that chance comes upon, beside a plain model that says what must happen and what may not.

After every step: nothing is promised twice, no ended meeting changed, versions only grow, every change is an edge of the
table, whoever was refused changed nothing, every confirmed meeting has its letters. Calls are repeated, and broken off in
the middle of a transaction, after which the database is opened anew.

``python -m tests.benchmarks.bookings --only machine`` runs many more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event

from bot.meetings import ACTIVE, TRANSITIONS, WAITING, Details, Limits, Meeting, Reason, Refused, Slot, Status
from bot.store import tables
from bot.times import local_day
from bot.zones import zone
from tests.databases import ANNA, DAY, FAIR, JIHUN, JOHN, KURT, MINA, OTTO, SOFIA, Databases, Office, opened

Row = dict[str, Any]
ENDED = frozenset(Status) - ACTIVE
EDGES = {(was, became) for (was, _, _), became in TRANSITIONS.items()}
STAFF = {
    "tuen": [(JIHUN, "jihun"), (SOFIA, "sofia")],
    "desk": [(SOFIA, "sofia")],
    "city": [(KURT, "kurt"), (KURT, "guest")],
}
LIMITS = Limits(requests_an_hour=1000, cancellations_a_day=1000, holds_a_day=1000)

visitors = st.sampled_from([ANNA, JOHN, MINA, OTTO])
numbers = st.integers(0, 11)
picks = st.integers(0, 30)
hands = st.integers(0, 1)
stale = st.sampled_from([0, 0, 0, 0, 1])


class Crash(Exception):
    """The power goes."""


def profile(runs: int, steps: int) -> settings:
    """So many runs of so many steps, the same ones each time."""
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def run(engine: Databases, runs: int, steps: int) -> None:
    """Raise what is found."""
    run_state_machine_as_test(lambda: Bookings(engine), settings=profile(runs, steps))


@pytest.mark.parametrize(("name", "runs"), [("files", 60), ("cluster", 15)])
def test_nothing_is_promised_twice_whatever_happens_in_whatever_order(
    request: pytest.FixtureRequest, name: str, runs: int
) -> None:
    run(request.getfixturevalue(name), runs, 30)


class Bookings(RuleBasedStateMachine):
    def __init__(self, engine: Databases) -> None:
        super().__init__()
        self.engine = engine
        self.statuses: set[str] = set()

    @initialize(asked=st.lists(st.tuples(visitors, numbers, st.sampled_from(["", "confirm", "propose"])), max_size=6))
    def open(self, asked: list[tuple[int, int, str]]) -> None:
        self.office = Office(self.engine.fresh("machine"), LIMITS)
        self.statuses = set()
        self.slots: list[Slot] = [slot for team in STAFF for slot in self.office.slots(team)]
        self.of = {slot.id: slot for slot in self.slots}
        self.last: Callable[[], object] | None = None
        for visitor, number, then in asked:  # a day on which something is under way already
            self.ask(visitor, number)
            if then and self.there_is(Status.REQUESTED):
                self.confirm(-1, number, 0) if then == "confirm" else self.propose(-1, number, 0, 0)

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.close()

    # --- what can happen

    @rule(visitor=visitors, number=numbers)
    def hold(self, visitor: int, number: int) -> None:
        slot = self.slots[number]
        self.do(lambda: self.hold_call(slot.id, visitor, None), self.expected_of_hold(visitor, slot))

    @rule(visitor=visitors, number=numbers)
    def ask(self, visitor: int, number: int) -> None:
        slot = self.slots[number]
        held = self.do(lambda: self.hold_call(slot.id, visitor, None), self.expected_of_hold(visitor, slot))
        self.send_it(held, visitor)

    @precondition(lambda self: self.there_is(Status.CONFIRMED))
    @rule(pick=picks, number=numbers)
    def ask_for_another_time(self, pick: int, number: int) -> None:
        old = self.pick(pick, {Status.CONFIRMED})
        if old:
            slot, visitor = self.slots[number], old["visitor_id"]
            team = next(one.team_id for one in self.slots if one.id == old["slot_id"])
            # Another team's time replaces nothing; why exactly it is refused depends on what else is the case.
            expected = self.expected_of_hold(visitor, slot, old) if slot.team_id == team else None
            held = self.do(lambda: self.hold_call(slot.id, visitor, old["id"]), expected)
            self.send_it(held, visitor)

    @precondition(lambda self: self.there_is(Status.HELD))
    @rule(pick=picks)
    def send(self, pick: int) -> None:
        held = self.pick(pick, {Status.HELD})
        if held:
            self.send_it(self.office.agenda.meeting(held["id"]), held["visitor_id"])

    @precondition(lambda self: self.there_is(Status.REQUESTED))
    @rule(pick=picks, hand=hands, late=stale)
    def confirm(self, pick: int, hand: int, late: int) -> None:
        row = self.pick(pick, {Status.REQUESTED})
        if row:
            by, member = self.staff(row, hand)
            call = self.office.decisions.confirm
            expected = Reason.CHANGED if late else self.expected_of_confirm(row, member)
            self.do(lambda: call(row["id"], row["version"] - late, by, member, self.office.now), expected)

    @precondition(lambda self: self.there_is(*WAITING))
    @rule(pick=picks, late=stale)
    def decline(self, pick: int, late: int) -> None:
        row = self.pick(pick, WAITING)
        if row:
            by, _ = self.staff(row, 0)
            call = self.office.decisions.decline
            expected = Reason.CHANGED if late else Status.DECLINED
            self.do(lambda: call(row["id"], row["version"] - late, by, "full", self.office.now), expected)

    @precondition(lambda self: self.there_is(Status.REQUESTED, Status.CONFIRMED))
    @rule(pick=picks, number=picks, hand=hands, late=stale)
    def propose(self, pick: int, number: int, hand: int, late: int) -> None:
        row = self.pick(pick, {Status.REQUESTED, Status.CONFIRMED})
        if row:
            by, member = self.staff(row, hand)
            slots = [slot for slot in self.slots if slot.team_id == self.of[row["slot_id"]].team_id]
            slot, call = slots[number % len(slots)], self.office.decisions.propose
            self.do(lambda: call(row["id"], row["version"] - late, by, slot.id, member, self.office.now))

    @precondition(lambda self: self.there_is(Status.COUNTERED))
    @rule(pick=picks, late=stale)
    def accept(self, pick: int, late: int) -> None:
        row = self.pick(pick, {Status.COUNTERED})
        if row:
            in_time = row["answer_by"] > self.office.now
            expected = Reason.CHANGED if late else Status.CONFIRMED if in_time else Reason.LAPSED
            call = self.office.requests.accept
            self.do(lambda: call(row["id"], row["version"] - late, row["visitor_id"], self.office.now), expected)

    @precondition(lambda self: self.there_is(*ACTIVE))
    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        row = self.pick(pick, ACTIVE)
        if row:
            ends = {Status.HELD: Status.ABANDONED, Status.CONFIRMED: Status.CANCELLED_VISITOR}
            expected: Status | Reason = ends.get(Status(row["status"]), Status.WITHDRAWN)
            if row["status"] == Status.CONFIRMED and self.of[row["slot_id"]].starts_at <= self.office.now:
                expected = Reason.NOT_ALLOWED
            call = self.office.requests.withdraw
            self.do(lambda: call(row["id"], row["visitor_id"], self.office.now), expected)

    @precondition(lambda self: self.there_is(Status.CONFIRMED))
    @rule(pick=picks, late=stale)
    def cancel(self, pick: int, late: int) -> None:
        row = self.pick(pick, {Status.CONFIRMED})
        if row:
            by, _ = self.staff(row, 0)
            begun = self.of[row["slot_id"]].starts_at <= self.office.now
            expected = Reason.CHANGED if late else Reason.NOT_ALLOWED if begun else Status.CANCELLED_HOST
            call = self.office.decisions.cancel
            self.do(lambda: call(row["id"], row["version"] - late, by, "ill", self.office.now), expected)

    @precondition(lambda self: self.there_is(Status.CONFIRMED))
    @rule(pick=picks, came=st.booleans())
    def say_who_came(self, pick: int, came: bool) -> None:
        row = self.pick(pick, {Status.CONFIRMED})
        if row:
            by, _ = self.staff(row, 0)
            start = self.of[row["slot_id"]].starts_at
            in_time = start <= self.office.now <= start + timedelta(days=1)
            became = Status.COMPLETED if came else Status.NO_SHOW
            call = self.office.decisions.came
            expected = became if in_time else Reason.NOT_ALLOWED
            self.do(lambda: call(row["id"], row["version"], by, came, self.office.now), expected)

    @precondition(lambda self: self.there_is(*ENDED))
    @rule(pick=picks, event=st.sampled_from(["confirm", "decline", "cancel"]))
    def act_on_what_ended(self, pick: int, event: str) -> None:
        row = self.pick(pick, ENDED)
        if row and row["visitor_id"]:
            by, member = self.staff(row, 0)
            call: Any = getattr(self.office.decisions, event)
            with pytest.raises(Refused):
                call(row["id"], row["version"], by, member if event == "confirm" else "no", self.office.now)

    @rule(visitor=visitors, team=st.sampled_from(list(STAFF)))
    def wait(self, visitor: int, team: str) -> None:
        self.do(lambda: self.office.requests.wait(team, DAY, visitor, "en", self.office.now))

    @rule(visitor=visitors, team=st.sampled_from(list(STAFF)))
    def leave(self, visitor: int, team: str) -> None:
        self.do(lambda: self.office.requests.leave(team, DAY, visitor))

    @rule(visitor=visitors, really=st.integers(0, 3))
    def forget(self, visitor: int, really: int) -> None:
        if really:
            return
        self.do(lambda: self.office.people.forget(visitor, self.office.now), forgotten=visitor)
        self.office.people.agree(visitor, "booking", "1", "en", self.office.now)

    @rule(minutes=st.sampled_from([1, 1, 5, 5, 15, 15, 30, 60, 120, 1440]))
    def let_time_pass(self, minutes: int) -> None:
        if self.office.now < FAIR + timedelta(days=2):
            self.office.now += timedelta(minutes=minutes)
        self.last = None  # a repeated call would not be the same one

    @precondition(lambda self: self.there_is(Status.CONFIRMED))
    @rule(minutes=st.sampled_from([-30, 0, 20, 60, 120]), really=st.integers(0, 3))
    def let_the_fair_begin(self, minutes: int, really: int) -> None:
        if not really:
            self.office.now = max(self.office.now, FAIR + timedelta(minutes=minutes))
            self.last = None

    @rule()
    def sweep(self) -> None:
        self.do(lambda: self.office.agenda.sweep(self.office.now))
        for row in self.rows().values():
            if row["status"] == Status.HELD:
                assert row["hold_until"] > self.office.now
            elif row["status"] in WAITING:
                assert row["answer_by"] > self.office.now

    @rule()
    def the_same_call_arrives_again(self) -> None:
        if self.last:
            before = self.everything()
            with suppress(Refused):
                self.last()
            assert self.everything() == before

    @precondition(lambda self: self.there_is(*ACTIVE))
    @rule(pick=picks, number=numbers, hand=hands, at=st.integers(1, 25))
    def the_power_goes(self, pick: int, number: int, hand: int, at: int) -> None:
        """In the middle of whatever this meeting, or this slot, can go through next."""
        row, before = self.pick(pick, ACTIVE), self.everything()
        now, office = self.office.now, self.office
        calls: dict[Status | None, Callable[[], object]] = {
            None: lambda: self.hold_call(self.slots[number].id, ANNA, None),
        }
        if row:
            by, member = self.staff(row, hand)
            visitor, version = row["visitor_id"], row["version"]
            calls[Status.HELD] = lambda: office.requests.withdraw(row["id"], visitor, now)
            calls[Status.REQUESTED] = lambda: office.decisions.confirm(row["id"], version, by, member, now)
            calls[Status.COUNTERED] = lambda: office.requests.accept(row["id"], version, visitor, now)
            calls[Status.CONFIRMED] = lambda: office.decisions.cancel(row["id"], version, by, "ill", now)
        seen = 0

        def crash(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == at:
                raise Crash

        watched = self.office.database._engine
        event.listen(watched, "before_cursor_execute", crash)
        try:
            calls[Status(row["status"]) if row else None]()
        except Crash:
            crashed = True
        except Refused:
            crashed = True  # which changes nothing either
        else:
            crashed = False
        finally:
            event.remove(watched, "before_cursor_execute", crash)
        self.office.close()
        self.office.database = opened(self.office.url)
        if crashed:
            assert self.everything() == before
        self.statuses, self.last = {row["status"] for row in self.rows().values()}, None

    # --- what must be so after every step

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        if hasattr(self, "office"):
            assert self.office.agenda.violations() == []

    @invariant()
    def every_confirmed_meeting_has_its_letters(self) -> None:
        if not hasattr(self, "office"):
            return
        letters = {(one["subject_id"], one["kind"], one["to"]) for one in self.office.rows(tables.outbox)}
        for row in self.rows().values():
            if row["status"] == Status.CONFIRMED:
                assert {(row["id"], "confirmed", "visitor"), (row["id"], "card", "team")} <= letters

    # --- the model

    def do(
        self, call: Callable[[], Any], expected: Status | Reason | None = None, forgotten: int | None = None
    ) -> Meeting | None:
        """Do it; check that what changed may change so, and that it ended as expected."""
        before, whole = self.rows(), self.everything()
        result, refused = None, None
        try:
            result = call()
        except Refused as error:
            refused = error
        after = self.rows()
        self.statuses = {row["status"] for row in after.values()}
        if refused:
            assert self.everything() == whole
        for name, row in before.items():
            now = after[name]
            if forgotten and row["visitor_id"] == forgotten:
                assert now["visitor_id"] == 0
                assert now["status"] not in ACTIVE
            elif row["status"] not in ACTIVE:
                assert now == row  # what ended stays as it ended
            if row["status"] != now["status"]:
                assert (row["status"], now["status"]) in EDGES
                assert now["version"] > row["version"]
            assert now["version"] >= row["version"]
        if isinstance(expected, Reason):
            assert refused, f"expected {expected}"
            assert refused.reason == expected
        elif expected:
            assert refused is None, f"expected {expected}, refused: {refused}"
            assert result.status == expected
            assert after[result.id]["status"] == expected
            assert self.office.agenda.meeting(result.id) == result
        self.last = call if not forgotten else None
        return result if isinstance(result, Meeting) else None

    def expected_of_hold(self, visitor: int, slot: Slot, old: Row | None = None) -> Status | Reason | None:
        """What must come of a hold, from plain times and counts. None where the waiting list has a say."""
        now = self.office.now
        active = [row for row in self.rows().values() if row["status"] in ACTIVE]
        if any(row["hold_until"] and row["hold_until"] <= now for row in active):
            return None
        if self.office.rows(tables.waitlist):
            return None
        mine = [row for row in active if row["visitor_id"] == visitor]
        if old and self.of[old["slot_id"]].starts_at <= now:
            return Reason.CHANGED
        if old and any(row["replaces_id"] == old["id"] and row["status"] != Status.HELD for row in active):
            return Reason.ALREADY
        for row in mine:
            if row["slot_id"] == slot.id:
                same = row["replaces_id"] == (old["id"] if old else None)
                return Reason.ALREADY if row["status"] != Status.HELD else Status.HELD if same else None
        if slot.starts_at - now < timedelta(minutes=60):
            return Reason.TOO_SOON
        if sum(row["status"] in WAITING for row in mine) >= LIMITS.pending:
            return Reason.PENDING
        there = zone(slot.zone)
        day = [
            row
            for row in mine
            if row["status"] == Status.CONFIRMED and local_day(self.of[row["slot_id"]].starts_at, there) == DAY
        ]
        if len([row for row in day if not old or row["id"] != old["id"]]) >= LIMITS.confirmed_a_day:
            return Reason.DAY_FULL
        others = [row for row in active if not (row["visitor_id"] == visitor and row["status"] == Status.HELD)]
        if sum(row["slot_id"] == slot.id for row in others) >= slot.capacity:
            return Reason.TAKEN
        for row in others:
            other = self.of[row["slot_id"]]
            if other.id != slot.id and other.place == slot.place and overlap(other, slot, buffers=True):
                return Reason.TAKEN
        root = old["root_id"] if old else None
        for row in others:
            if row["visitor_id"] == visitor and row["root_id"] != root and overlap(self.of[row["slot_id"]], slot):
                return Reason.OVERLAP
        return Status.HELD

    def expected_of_confirm(self, row: Row, member: str) -> Status | Reason:
        if row["answer_by"] <= self.office.now:
            return Reason.LAPSED
        slot = self.of[row["slot_id"]]
        for other in self.rows().values():
            busy = other["status"] in ACTIVE and other["member_id"] == member and other["id"] != row["replaces_id"]
            there = self.of[other["slot_id"]]
            if busy and there.id != slot.id and overlap(there, slot, buffers=True):
                return Reason.HOST_BUSY
        return Status.CONFIRMED

    # --- hands

    def hold_call(self, slot_id: int, visitor: int, replaces: str | None) -> Meeting:
        return self.office.requests.hold(slot_id, visitor, "en", self.office.now, replaces)

    def send_it(self, held: Meeting | None, visitor: int) -> None:
        if held and held.status == Status.HELD:
            self.office.requests.describe(held.id, visitor, Details(name="V", topic="cells"))
            self.do(lambda: self.office.requests.send(held.id, visitor, self.office.now))

    def there_is(self, *statuses: Status) -> bool:
        return not self.statuses.isdisjoint(statuses)

    def staff(self, row: Row, hand: int) -> tuple[int, str]:
        them = STAFF[self.of[row["slot_id"]].team_id]
        return them[hand % len(them)]

    def pick(self, number: int, among: Any) -> Row | None:
        found = [row for row in self.rows().values() if row["status"] in among]
        return found[number % len(found)] if found else None

    def rows(self) -> dict[str, Row]:
        return {row["id"]: row for row in sorted(self.office.rows(tables.meetings), key=lambda row: int(row["id"][1:]))}

    def everything(self) -> list[list[Row]]:
        """All that a change may touch. Not the visitors: whoever asks and is refused is known from then on."""
        told = (tables.meetings, tables.occupancy, tables.outbox, tables.audit, tables.waitlist)
        return [sorted(self.office.rows(table), key=str) for table in told]


def overlap(one: Slot, other: Slot, *, buffers: bool = False) -> bool:
    def span(slot: Slot) -> tuple[Any, Any]:
        if buffers:
            return slot.starts_at - slot.before, slot.ends_at + slot.after
        return slot.starts_at, slot.ends_at

    (begin, end), (start, stop) = span(one), span(other)
    return bool(begin < stop and start < end)
