"""Who lives and who is dead: what a dead process had in hand is free at once, what a living one has is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.store import Store, StoreError, presence
from tests.databases import NOW, Cluster, Files
from tests.test_inbox import ids, said

LETTER = ("agenda", "team", "-5", "tuen", "k", NOW)


class Hours:
    """The time that goes by between two looks."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(presence, "time", made)
    return made


@pytest.fixture
def stores(cluster: Cluster) -> Iterator[list[Store]]:
    """Two that begin on a server that has run for a while."""
    url = cluster.fresh("present")
    opened = [Store.open(url, working=True) for _ in range(2)]
    yield opened
    for store in opened:
        store.close()


@pytest.fixture(autouse=True)
def long_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests may have been started a second ago."""
    monkeypatch.setattr(presence, "_REMEMBERS", text("SELECT true"))


def begin(store: Store) -> None:
    """Take an update and a letter in hand."""
    store.presence.keep()
    store.inbox.put([said(1)], NOW)
    store.outbox.put(*LETTER, day="2026-09-16")
    assert ids(store.inbox.turn(store.presence.name, [], 1, NOW)) == [1]
    assert len(store.outbox.claim(NOW)) == 1


def found_free(store: Store, hours: Hours) -> tuple[list[int], int]:
    """What another process can take up once it has looked for as long as it takes."""
    for _ in range(4):
        hours.now += presence.EVERY
        store.presence.keep()
    return ids(store.inbox.turn(store.presence.name, [], 1, NOW)), len(store.outbox.claim(NOW))


def test_what_a_dead_process_had_in_hand_is_free_long_before_its_lease_ends(stores: list[Store], hours: Hours) -> None:
    dead, other = stores
    begin(dead)
    other.presence.keep()
    dead.presence.close()

    assert found_free(other, hours) == ([1], 1)


def test_what_a_living_process_has_in_hand_is_left_to_it(stores: list[Store], hours: Hours) -> None:
    living, other = stores
    begin(living)

    assert found_free(other, hours) == ([], 0)


def test_one_look_that_finds_no_lock_means_nothing(stores: list[Store], hours: Hours) -> None:
    living, other = stores
    begin(living)
    _cut(other, living)
    hours.now += presence.EVERY
    other.presence.keep()
    living.presence.keep()  # takes its lock again

    assert found_free(other, hours) == ([], 0)


def test_after_the_servers_start_nobody_is_dead(
    stores: list[Store], hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, other = stores
    begin(dead)
    dead.presence.close()
    monkeypatch.setattr(presence, "_REMEMBERS", text("SELECT false"))

    assert found_free(other, hours) == ([], 0)


def test_who_cannot_be_seen_is_told_so_and_is_seen_later(stores: list[Store], hours: Hours, cluster: Cluster) -> None:
    living, other = stores
    living.presence.keep()
    _cut(other, living)
    cluster._admin.execute("ALTER DATABASE present ALLOW_CONNECTIONS false")
    living._database._engine.dispose()
    hours.now += presence.EVERY
    with pytest.raises(StoreError, match="cannot be used"):
        living.presence.keep()
    cluster._admin.execute("ALTER DATABASE present ALLOW_CONNECTIONS true")
    begin(living)

    assert found_free(other, hours) == ([], 0)


def test_on_a_file_what_was_in_hand_before_a_restart_is_free_at_once_and_ones_own_is_not(files: Files) -> None:
    url = files.fresh("present")
    begin(before := Store.open(url))
    before.inbox.put([said(2, chat=7)], NOW)
    after = Store.open(url)
    assert ids(after.inbox.turn(after.presence.name, [], 1, NOW)) == [2]
    after.presence.keep()

    assert ids(after.inbox.turn(after.presence.name, [], 5, NOW)) == [1]
    assert len(after.outbox.claim(NOW)) == 1
    before.close()
    after.close()


def _cut(by: Store, whose: Store) -> None:
    """End the connection that holds a process's lock."""
    assert whose.presence._line is not None
    pid = whose.presence._line.scalar(select(func.pg_backend_pid()))
    with by._database.begin() as connection:
        assert connection.scalar(select(func.pg_terminate_backend(pid, 5000)))


def test_a_clock_set_forward_frees_no_letter_that_is_in_hand(files: Files) -> None:
    store = Store.open(files.fresh("forward"))
    store.outbox.put(*LETTER, day="2026-09-16")
    (letter,) = store.outbox.claim(NOW)
    later = NOW + timedelta(hours=1)
    assert store.outbox.claim(later, in_hand=[letter.id]) == []
    assert len(store.outbox.claim(later)) == 1
    store.close()


def test_nor_any_update(files: Files) -> None:
    store = Store.open(files.fresh("forward"))
    store.inbox.put([said(1)], NOW)
    assert ids(store.inbox.turn("one", [], 1, NOW)) == [1]
    later = NOW + timedelta(hours=1)
    assert store.inbox.turn("one", [], 1, later, in_hand=[1]) == []
    assert ids(store.inbox.turn("one", [], 1, later)) == [1]
    store.close()
