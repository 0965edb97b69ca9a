"""Rows of the database -> Team, Member, Slot, and back. One place, so that minutes become durations everywhere alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from bot.meetings import Member, Slot, Team

Row = Mapping[Any, Any] | RowMapping


def team_of(row: Mapping[Any, Any]) -> Team:
    """The team in a row of ``teams``."""
    return Team(
        id=row["id"],
        names=dict(row["names"]),
        entity=row["entity"],
        chat_id=row["chat_id"],
        notice=timedelta(minutes=row["notice"]),
        horizon=timedelta(days=row["horizon"]),
        inquiries=tuple(row["inquiries"]),
        fictional=row["fictional"],
        zone=row["zone"],
    )


def member_of(row: Mapping[Any, Any]) -> Member:
    """The member in a row of ``members``."""
    return Member(
        id=row["id"],
        name=row["name"],
        teams=tuple(row["teams"]),
        telegram_id=row["telegram_id"],
        language=row["language"],
    )


def slot_of(row: Mapping[Any, Any]) -> Slot:
    """The slot in a row of ``slots``."""
    return Slot(
        id=row["id"],
        team_id=row["team_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        zone=row["zone"],
        place=row["place"],
        capacity=row["capacity"],
        before=timedelta(minutes=row["before"]),
        after=timedelta(minutes=row["after"]),
        open=row["open"],
    )


def row_of_team(team: Team, position: int) -> dict[str, Any]:
    """The row of ``teams`` for an open team."""
    return {
        "id": team.id,
        "names": dict(team.names),
        "entity": team.entity,
        "chat_id": team.chat_id,
        "notice": team.notice // timedelta(minutes=1),
        "horizon": team.horizon // timedelta(days=1),
        "inquiries": list(team.inquiries),
        "fictional": team.fictional,
        "zone": team.zone,
        "position": position,
        "open": True,
    }


def row_of_member(member: Member) -> dict[str, Any]:
    """The row of ``members``."""
    return {
        "id": member.id,
        "name": member.name,
        "teams": list(member.teams),
        "telegram_id": member.telegram_id,
        "language": member.language,
    }


def row_of_slot(slot: Slot) -> dict[str, Any]:
    """The row of ``slots``, without the id that the database gives."""
    return {
        "team_id": slot.team_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "zone": slot.zone,
        "place": slot.place,
        "capacity": slot.capacity,
        "before": slot.before // timedelta(minutes=1),
        "after": slot.after // timedelta(minutes=1),
        "open": slot.open,
    }
