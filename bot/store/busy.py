"""Who and what is busy when: the overlap guard. A row for each five minutes; the key of the table makes the collision.

Three kinds take time: the *visitor*, for the length of the meeting; the *place* and the *member* who goes, with the
slot's buffers around it. A holder may come twice: a chain of rescheduled meetings may overlap itself, and the seats of a
group meeting share its place and its host. Rows are written in the order of the key, so that two transactions that
want the same ones wait in line instead of for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.meetings import Meeting, Reason, Refused, Slot, buckets
from bot.store import tables

_WHY = {"visitor": Reason.OVERLAP, "place": Reason.TAKEN, "member": Reason.HOST_BUSY}


def _new(insert: Any) -> Any:
    """A row, or the same one again; nothing where another holder has it."""
    new = insert(tables.occupancy)
    same = tables.occupancy.c.holder == new.excluded.holder
    key = ["kind", "rid", "bucket"]
    new = new.on_conflict_do_update(index_elements=key, set_={"holder": new.excluded.holder}, where=same)
    return new.execution_options(preserve_rowcount=True)  # else nobody counts what an INSERT did on PostgreSQL


_NEW = {"sqlite": _new(sqlite.insert), "postgresql": _new(postgresql.insert)}


class Claim(NamedTuple):
    """``holder`` needs ``rid`` for these buckets."""

    kind: str
    rid: str
    holder: str
    span: range


def claims(meeting: Meeting) -> list[Claim]:
    """All that an active meeting keeps busy."""
    slot, around = meeting.slot, _around(meeting.slot)
    wanted = [
        Claim("visitor", str(meeting.visitor_id), meeting.root_id, buckets(slot.starts_at, slot.ends_at)),
    ]
    if slot.place:
        wanted.append(Claim("place", slot.place, _slot(slot), around))
    if meeting.member_id:
        wanted.append(Claim("member", meeting.member_id, _slot(slot), around))
    return wanted


def occupy(connection: Connection, wanted: Iterable[Claim]) -> None:
    """Write the claims. Raises Refused, saying for whom there is no time, if another holder has one of the rows."""
    rows = [
        {"kind": kind, "rid": rid, "bucket": bucket, "holder": holder}
        for kind, rid, holder, span in sorted(wanted)
        for bucket in span
    ]
    if rows and connection.execute(_NEW[connection.dialect.name], rows).rowcount != len(rows):
        raise Refused(_why(connection, rows))


def _why(connection: Connection, rows: list[dict[str, Any]]) -> Reason:
    """Which of these rows another holder has. Asked only once one was refused."""
    o = tables.occupancy.c
    for row in rows:
        mine = (o.kind == row["kind"]) & (o.rid == row["rid"]) & (o.bucket == row["bucket"])
        if connection.execute(select(o.holder).where(mine, o.holder != row["holder"])).first() is not None:
            return _WHY[row["kind"]]
    return Reason.TAKEN  # it was given back in between


def vacate(connection: Connection, gone: Iterable[Claim], still: Iterable[Claim]) -> None:
    """Remove the claims of a meeting that ended, but not what ``still`` active meetings of the same holders need."""
    kept = {(claim.kind, claim.rid, claim.holder, bucket) for claim in still for bucket in claim.span}
    for kind, rid, holder, span in sorted(gone):
        free = [bucket for bucket in span if (kind, rid, holder, bucket) not in kept]
        table = tables.occupancy.c
        connection.execute(
            delete(tables.occupancy).where(
                table.kind == kind, table.rid == rid, table.holder == holder, table.bucket.in_(free)
            )
        )


def taken_elsewhere(connection: Connection, slots: list[Slot]) -> set[int]:
    """Which of the slots have a place that somebody of another slot is in."""
    spans = {slot.id: _around(slot) for slot in slots if slot.place}
    if not spans:
        return set()
    o = tables.occupancy.c
    query = select(o.rid, o.bucket, o.holder).where(
        o.kind == "place",
        o.rid.in_({slot.place for slot in slots if slot.place}),
        o.bucket.between(min(span.start for span in spans.values()), max(span.stop for span in spans.values())),
    )
    kept = {(row.rid, row.bucket): row.holder for row in connection.execute(query)}
    return {
        slot.id
        for slot in slots
        if any(kept.get((slot.place, bucket), _slot(slot)) != _slot(slot) for bucket in spans.get(slot.id, ()))
    }


def _around(slot: Slot) -> range:
    return buckets(slot.starts_at - slot.before, slot.ends_at + slot.after)


def _slot(slot: Slot) -> str:
    return f"slot {slot.id}"
