"""Meetings for tests, by the shortest way through the store: held, described, sent, confirmed."""

from __future__ import annotations

from datetime import datetime

from bot.meetings import Details, Meeting
from bot.store import Store
from tests import pavilion
from tests.fair import GERMAN
from tests.fakes import NOON

SECOND_DAY = 4  # the first slot of the second day: 4 March, 10:00 in Seoul, 01:00 UTC


def requested(
    store: Store,
    number: int = SECOND_DAY,
    visitor: int = GERMAN,
    *,
    team: str = "tuen",
    now: datetime = NOON,
    language: str = "de",
    email: str = "",
    replaces: str | None = None,
) -> Meeting:
    """A request for the team's slot number so-and-so of those that are free."""
    slot = pavilion.slot(store, team, number)
    store.people.agree(visitor, "booking", "1", language, now)
    held = store.requests.hold(slot.id, visitor, language, now, replaces)
    store.requests.describe(held.id, visitor, Details("Anna Müller", "Müller GmbH", "Kathoden", email))
    return store.requests.send(held.id, visitor, now)


def confirmed(store: Store, number: int = SECOND_DAY, visitor: int = GERMAN, **more: object) -> Meeting:
    """The same, and Jihun goes."""
    sent = requested(store, number, visitor, **more)  # type: ignore[arg-type]
    now = more.get("now", NOON)
    assert isinstance(now, datetime)
    return store.decisions.confirm(sent.id, sent.version, pavilion.JIHUN, "jihun", now)
