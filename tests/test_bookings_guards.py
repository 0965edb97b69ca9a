"""Negative controls: with a guard switched off, the fault it prevents happens and is seen.

A test that passes with and without the guard proves nothing. Each control here first shows the guard alone holding
(what stands before it in the code is switched off), then the fault without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.meetings import ACTIVE, Event, Meeting, Reason, Refused, Status
from bot.store import busy, changes, decisions, reading, requests, tables
from bot.store.database import _begin_immediate, _prepare_sqlite
from bot.store.reading import find
from bot.store.transactions import adding
from tests.databases import ANNA, JOHN, KURT, MINA, NOW, SOFIA, Cluster, Files, Office, why


def switch_off(office: Office, *names: str) -> None:
    """Drop indexes and triggers."""
    owner = {"seat_exists_insert": "meetings", "seat_exists_update": "meetings", "ended_stays_ended": "meetings"}
    with office.database.begin() as connection:
        for name in names:
            on = f" ON {owner[name]}" if name in owner and connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP {'TRIGGER' if name in owner else 'INDEX'} {name}{on}"))


@pytest.fixture
def on_postgres(cluster: Cluster) -> Iterator[Office]:
    opened = Office(cluster.fresh())
    yield opened
    opened.close()


# --- what violations() sees


def test_all_is_well_in_an_ordinary_day(office: Office) -> None:
    moved = office.confirmed(ANNA, 0)
    office.request(ANNA, 1, replaces=moved.id)
    office.confirmed(JOHN, 0, "city", KURT, "kurt")
    office.hold(MINA, 0, "city")

    assert office.agenda.violations() == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (delete(tables.occupancy).where(tables.occupancy.c.kind == "visitor"), "is not kept"),
        (insert(tables.occupancy).values(kind="place", rid="X", bucket=1, holder="slot 9"), "kept for nobody"),
        (update(tables.occupancy).values(holder="slot 9"), "kept for another"),
        (update(tables.meetings).values(status="withdrawn"), "kept for nobody"),
    ],
)
def test_time_that_is_not_kept_as_it_should_be_is_seen(office: Office, planted: Any, found: str) -> None:
    office.request()
    with office.database.begin() as connection:
        connection.execute(planted)

    assert any(found in one for one in office.agenda.violations())


def test_one_visitor_promised_two_meetings_of_one_chain_at_a_time_is_seen(office: Office) -> None:
    old = office.confirmed(ANNA, 0, "desk", SOFIA, "sofia")
    row = next(row for row in office.rows(tables.meetings) if row["id"] == old.id)
    with office.database.begin() as connection:
        slot_id = connection.scalar(select(tables.slots.c.id).where(tables.slots.c.team_id == "city").limit(1))
        connection.execute(insert(tables.meetings).values(row | {"id": "M9", "slot_id": slot_id, "member_id": None}))

    assert any(f"visitor {ANNA} is promised twice" in one for one in office.agenda.violations())


# --- indexes, keys and triggers


@pytest.mark.parametrize("on", [True, False])
def test_the_index_of_seats(office: Office, monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    monkeypatch.setattr(changes, "free_seat", lambda connection, slot: 1)  # nobody looks whether it is free
    if not on:
        switch_off(office, "one_meeting_a_seat")
    office.hold(ANNA, 0, "city")

    assert why(office.hold, JOHN, 0, "city") == (Reason.TAKEN if on else None)
    assert any("is given 2 times" in one for one in office.agenda.violations()) == (not on)


@pytest.mark.parametrize("on", [True, False])
def test_the_index_of_seats_when_a_meeting_becomes_active_again(office: Office, on: bool) -> None:
    """The approval is where others leak: a key that is only set when a row is made does not see an update."""
    office.withdraw(office.request(ANNA))
    office.request(JOHN)
    switch_off(office, "ended_stays_ended", *([] if on else ["one_meeting_a_seat"]))
    again = update(tables.meetings).where(tables.meetings.c.visitor_id == ANNA).values(status="confirmed")

    if on:
        with pytest.raises(IntegrityError), office.database._engine.begin() as connection:
            connection.execute(again)
    else:
        with office.database.begin() as connection:
            connection.execute(again)
    assert any("is given 2 times" in one for one in office.agenda.violations()) == (not on)


@pytest.mark.parametrize("on", [True, False])
def test_the_index_of_visitors(office: Office, on: bool) -> None:
    if not on:
        switch_off(office, "one_seat_a_visitor")
    office.request(ANNA, 0, "city")
    row = office.rows(tables.meetings)[0] | {"id": "M9", "root_id": "M9", "seat": 2}

    if on:
        with pytest.raises(IntegrityError), office.database._engine.begin() as connection:
            connection.execute(insert(tables.meetings).values(row))
    else:
        with office.database.begin() as connection:
            connection.execute(insert(tables.meetings).values(row))
    assert any(f"visitor {ANNA} is busy twice" in one for one in office.agenda.violations()) == (not on)


@pytest.mark.parametrize("on", [True, False])
def test_the_index_of_other_times(office: Office, monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    old = office.confirmed(ANNA, 0)
    office.request(ANNA, 1, replaces=old.id)
    monkeypatch.setattr(requests, "replaced", lambda connection, meeting_id, *_: find(connection, meeting_id))
    if not on:
        switch_off(office, "one_time_instead")

    assert why(office.hold, ANNA, 2, "tuen", old.id) == (Reason.TAKEN if on else None)
    assert any("makes way for 2" in one for one in office.agenda.violations()) == (not on)


def careless(connection: Connection, wanted: Any) -> None:
    """``occupy`` as it would be if the last one simply won."""
    for kind, rid, holder, span in wanted:
        rows = [{"kind": kind, "rid": rid, "bucket": bucket, "holder": holder} for bucket in span]
        new = adding(connection, tables.occupancy)
        key = ["kind", "rid", "bucket"]
        new = new.on_conflict_do_update(index_elements=key, set_={"holder": new.excluded.holder})
        connection.execute(new, rows)


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("kind", ["visitor", "place", "member"])
def test_the_key_of_occupancy(office: Office, monkeypatch: pytest.MonkeyPatch, on: bool, kind: str) -> None:
    if not on:
        for module in (busy, changes, decisions):
            monkeypatch.setattr(module, "occupy", careless)
    reason: Reason | None
    if kind == "visitor":
        office.request(ANNA, 0, "tuen")
        reason = why(office.hold, ANNA, 0, "desk")
    elif kind == "place":
        office.hold(ANNA, 2, "tuen")
        reason = why(office.hold, JOHN, 1, "city")
    else:
        office.confirmed(ANNA, 0, "tuen", SOFIA, "sofia")
        reason = why(office.confirm, office.request(JOHN, 0, "desk"), SOFIA, "sofia")

    refused = {"visitor": Reason.OVERLAP, "place": Reason.TAKEN, "member": Reason.HOST_BUSY}[kind]
    assert reason == (refused if on else None)
    assert any(one.startswith(kind) and "is busy twice" in one for one in office.agenda.violations()) == (not on)


@pytest.mark.parametrize("on", [True, False])
def test_the_trigger_of_seats(office: Office, monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    monkeypatch.setattr(changes, "free_seat", lambda connection, slot: slot.capacity + 1)
    if not on:
        switch_off(office, "seat_exists_insert")

    assert why(office.hold) == (Reason.TAKEN if on else None)
    assert any("has seat 2 of 1" in one for one in office.agenda.violations()) == (not on)


@pytest.mark.parametrize("on", [True, False])
def test_the_trigger_that_keeps_ends_ended(office: Office, on: bool) -> None:
    office.withdraw(office.request())
    again = update(tables.meetings).values(status="confirmed")

    if on:
        with pytest.raises(DBAPIError, match="has ended"), office.database._engine.begin() as connection:
            connection.execute(again)
    else:
        switch_off(office, "ended_stays_ended")
        with office.database.begin() as connection:
            connection.execute(again)
    assert any("is not kept" in one for one in office.agenda.violations()) == (not on)


# --- one writer at a time (SQLite)


def two_that_read_then_write(files: Files, begin: Callable[[Connection], None]) -> list[str]:
    """Two connections that both look, then both write: what became of each."""
    engine = create_engine(files.fresh(), connect_args={"timeout": 0})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", begin)
    became = []
    look = select(tables.settings)
    with engine.connect() as first, engine.connect() as second:
        first.execute(look)
        try:
            second.execute(look)
        except OperationalError:
            became.append("the second waits before it looks")
        first.execute(insert(tables.settings).values(chat_id=1, language="de"))
        first.commit()
        try:
            second.execute(look)
            second.execute(insert(tables.settings).values(chat_id=2, language="de"))
            second.commit()
        except OperationalError:
            became.append("the second looked at what was no longer so")
            second.rollback()
    engine.dispose()
    return became


def test_who_begins_to_write_locks_the_others_out_at_once(files: Files) -> None:
    assert two_that_read_then_write(files, _begin_immediate) == ["the second waits before it looks"]


def test_with_a_deferred_begin_both_look_and_one_fails(files: Files) -> None:
    found = two_that_read_then_write(files, lambda connection: connection.exec_driver_sql("BEGIN") and None)

    assert found == ["the second looked at what was no longer so"]


# --- compare and swap


def swap_anyway(connection: Connection, meeting: Meeting, **values: Any) -> Meeting:
    """``swap`` as it would be if nobody compared."""
    m = tables.meetings.c
    connection.execute(update(tables.meetings).where(m.id == meeting.id).values(version=m.version + 1, **values))
    return find(connection, meeting.id)


@pytest.mark.parametrize("on", [True, False])
def test_comparing_before_the_swap_when_time_was_slower(
    office: Office, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    """The sweep looked, the visitor accepted, then the sweep acts on what it saw."""
    seen = office.propose(office.request(), 1)
    office.requests.accept(seen.id, seen.version, ANNA, NOW)
    if not on:
        monkeypatch.setattr(changes, "swap", swap_anyway)

    assert office.agenda._move(seen, Event.EXPIRE, NOW) == (not on)
    assert (office.look(seen).status == Status.CONFIRMED) == on


@pytest.mark.parametrize("on", [True, False])
def test_comparing_before_the_swap_when_two_staff_decide(
    on_postgres: Office, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    """Both have read the request before either changes it: only PostgreSQL lets them."""
    office = on_postgres
    request = office.request()
    if not on:
        monkeypatch.setattr(changes, "swap", swap_anyway)
    with meeting_each_other(monkeypatch, decisions, "team_for", 2):
        found = both(lambda: office.confirm(request), lambda: office.confirm(request, SOFIA, "sofia"))

    became = [one.became for one in office.agenda.history(request.id)]
    assert len(became) == (2 if on else 3)
    assert [one.reason for one in found if isinstance(one, Refused)] == ([Reason.CHANGED] if on else [])


# --- the lock on the slot (PostgreSQL)


def test_without_the_lock_on_the_slot_a_visitor_is_refused_though_seats_are_free(
    on_postgres: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With it, ``test_three_visitors_at_once_each_have_a_seat_of_the_group`` holds."""
    office = on_postgres
    unlocked = reading._SLOT_WITH_TEAM._clone()
    unlocked._for_update_arg = None
    monkeypatch.setattr(reading, "_SLOT_WITH_TEAM", unlocked)
    with meeting_each_other(monkeypatch, changes, "free_seat", 2):
        found = both(lambda: office.hold(ANNA, 0, "city"), lambda: office.hold(JOHN, 0, "city"))

    assert [one.reason for one in found if isinstance(one, Refused)] == [Reason.TAKEN]
    assert office.agenda.free("city", NOW)[0].seats == 2


@pytest.mark.parametrize("on", [True, False])
def test_the_lock_on_the_slot_when_a_group_breaks_up(
    on_postgres: Office, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    """Each of two sees the other's seat as still taken, so neither gives the place back."""
    office = on_postgres
    seats = [office.confirmed(who, 0, "city", KURT, "kurt") for who in (ANNA, JOHN)]
    if not on:
        monkeypatch.setattr(changes, "lock", lambda connection, slot: None)
        with meeting_each_other(monkeypatch, changes, "neighbours", 2):
            both(*(lambda one=one: office.cancel(one, KURT) for one in seats))  # type: ignore[misc]
    else:
        with meeting_each_other(monkeypatch, changes, "swap", 2):
            both(*(lambda one=one: office.cancel(one, KURT) for one in seats))  # type: ignore[misc]

    assert {one["status"] for one in office.rows(tables.meetings)} & set(ACTIVE) == set()
    assert any("is kept for nobody" in one for one in office.agenda.violations()) == (not on)


@contextmanager
def meeting_each_other(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int) -> Iterator[None]:
    """``parties`` threads wait for each other when they come out of ``module.name``, the first time they do."""
    barrier, plain = Barrier(parties, timeout=20), getattr(module, name)
    waited = []

    def wait(*arguments: Any, **named: Any) -> Any:
        result = plain(*arguments, **named)
        if len(waited) < parties:
            waited.append(name)
            barrier.wait()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(module, name, wait)
        yield


def both(*works: Callable[[], Meeting]) -> list[Meeting | Refused]:
    def one(work: Callable[[], Meeting]) -> Meeting | Refused:
        try:
            return work()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
