"""A database with something to book in it, and what must be true of it afterwards."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from bot.playground.people import STAFF_CHAT_ID
from bot.store import Store, tables
from tests.pavilion import JIHUN

SEATS = 1000  # in each slot: what single seats are worth under attack is for the benchmark of bookings
DAYS = 5
LATER = ("reminder", "agenda", "nudge")  # letters whose time has not come


def furnish(url: str) -> None:
    """One team to meet, with a slot each morning of the next days; one desk for inquiries; two members."""
    store = Store.open(url)
    first = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with store._database.begin() as connection:
        for position, (team, name, kinds) in enumerate((("tuen", "Tuen", []), ("desk", "Desk", ["supply"]))):
            connection.execute(
                insert(tables.teams).values(
                    id=team, names={"en": name}, entity="", chat_id=STAFF_CHAT_ID, notice=60, horizon=60,
                    inquiries=kinds, fictional=False, zone="Asia/Seoul", position=position, open=True,
                )
            )  # fmt: skip
        for number, (member, name) in enumerate((("jihun", "Jihun"), ("sofia", "Sofia"))):
            row = {"id": member, "name": name, "teams": ["tuen", "desk"], "telegram_id": JIHUN + number}
            connection.execute(insert(tables.members).values(language="en", **row))
        for day in range(DAYS):
            start = first + timedelta(days=day)
            connection.execute(
                insert(tables.slots).values(
                    team_id="tuen", starts_at=start, ends_at=start + timedelta(minutes=25), zone="Asia/Seoul",
                    place="Hall", capacity=SEATS, before=0, after=5, open=True,
                )
            )  # fmt: skip
    store.close()


def slots(url: str) -> list[tuple[str, int]]:
    """Day (as in the buttons) and number of each slot."""
    store, s = Store.open(url), tables.slots.c
    with store._database.begin() as connection:
        rows = connection.execute(select(s.id, s.starts_at).order_by(s.starts_at)).all()
    store.close()
    return [(f"{row.starts_at + timedelta(hours=9):%Y%m%d}", row.id) for row in rows]


def broken(url: str, booked: set[int], inquired: set[int]) -> list[str]:
    """What is not as it must be, once those who booked and inquired have heard that it is done: a line for each finding."""
    store = Store.open(url)
    found = list(store.agenda.violations())
    m, a, i, o = tables.meetings.c, tables.audit.c, tables.inquiries.c, tables.outbox.c
    with store._database.begin() as connection:
        meetings = connection.execute(select(m.visitor_id, m.status)).all()
        confirmed = Counter(connection.scalars(select(a.subject_id).where(a.became == "confirmed")))
        inquiries = Counter(connection.scalars(select(i.visitor_id)))
        letters = connection.execute(
            select(o.kind, o.state, o.last_error).where(o.state.not_in(["sent", "dropped"]))
        ).all()
    store.close()
    found += [
        f"visitor {who} has {n} meetings" for who, n in Counter(row.visitor_id for row in meetings).items() if n != 1
    ]
    found += [f"meeting {name} was confirmed {n} times" for name, n in confirmed.items() if n != 1]
    found += [f"visitor {who} has {n} inquiries" for who, n in inquiries.items() if n != 1]
    agreed = {row.visitor_id for row in meetings if row.status == "confirmed"}
    found += [f"visitor {who} was told of a meeting that is not confirmed" for who in booked - agreed]
    found += [f"visitor {who} was told of an inquiry that is not there" for who in inquired - set(inquiries)]
    now = [row for row in letters if not row.kind.startswith(LATER)]
    found += [f"a letter {row.kind} is {row.state}: {row.last_error}" for row in now]
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            if (sound := file.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                found.append(f"the file is damaged: {sound}")
    return found


def due_letters(url: str) -> int:
    """How many letters should have been sent by now."""
    store, o = Store.open(url), tables.outbox.c
    due = o.state.in_(["waiting", "sending"]) & (o.due_at <= datetime.now(UTC))
    with store._database.begin() as connection:
        found = connection.scalar(select(func.count()).select_from(tables.outbox).where(due))
    store.close()
    return found or 0


def open_updates(url: str) -> dict[str, int]:
    """State -> how many updates are not done, or were put aside."""
    store = Store.open(url)
    try:
        return store.inbox.counts()
    finally:
        store.close()
