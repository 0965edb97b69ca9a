"""Resuming: what a visitor was filling in when an update was begun, so that the update can be begun again.

Only in private: what somebody fills in there is touched by no other chat's update.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.store import tables
from bot.updates import sender_of

d = tables.drafts.c


def keep(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep with each of these rows of the inbox what its sender is filling in, if anything."""
    mine = {one["chat"]: one["update_id"] for one in _private(rows)}
    drafts = select(tables.drafts).where(d.visitor_id.in_(mine))
    for draft in connection.execute(drafts).mappings() if mine else ():
        kept = update(tables.inbox).where(tables.inbox.c.update_id == mine[draft["visitor_id"]])
        connection.execute(kept.values(draft={**draft, "at": draft["at"].isoformat()}))


def put_back(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Let their senders be where they were when the work began; an empty draft means that there was none."""
    for one in _private(rows):
        connection.execute(delete(tables.drafts).where(d.visitor_id == one["chat"]))
        if one["draft"]:
            before = {**one["draft"], "at": datetime.fromisoformat(one["draft"]["at"])}
            connection.execute(insert(tables.drafts).values(before))


def _private(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in rows if one["chat"] == sender_of(one["payload"]) > 0]
