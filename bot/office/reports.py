"""Meetings, inquiries and slots -> tables for spreadsheets and for the terminal. Pure.

Two times stand beside each other, the venue's as people there read it, and UTC, which sorts and subtracts rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.inquiries import Inquiry
from bot.meetings import Meeting, Member, Slot, Team
from bot.zones import zone


def meetings_table(
    meetings: Sequence[Meeting], teams: Iterable[Team], members: Iterable[Member] = ()
) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Headers and a row for each meeting."""
    names = {team.id: team.name("en") for team in teams}
    hosts = {member.id: member.name for member in members}
    venues = sorted({meeting.slot.zone for meeting in meetings})
    place = venues[0] if len(venues) == 1 else "venue"
    headers = (
        "reference", "status", "team", "host", "place", f"start ({place})", f"end ({place})", "start (UTC)", "end (UTC)",
        "name", "organisation", "topic", "e-mail", "language", "visitor zone", "venue zone", "requested (UTC)",
        "decided by", "reason",
    )  # fmt: skip
    rows = [
        [
            meeting.id,
            meeting.status.value,
            names.get(meeting.slot.team_id, meeting.slot.team_id),
            hosts.get(meeting.member_id or "", ""),
            meeting.slot.place,
            _local(meeting.slot.starts_at, meeting.slot.zone),
            _local(meeting.slot.ends_at, meeting.slot.zone),
            _utc(meeting.slot.starts_at),
            _utc(meeting.slot.ends_at),
            meeting.name,
            meeting.organisation,
            meeting.topic,
            meeting.email,
            meeting.language,
            meeting.zone,
            meeting.slot.zone,
            _utc(meeting.requested_at),
            meeting.decided_by,
            meeting.reason,
        ]
        for meeting in meetings
    ]
    return headers, rows


def inquiries_table(inquiries: Sequence[Inquiry], teams: Iterable[Team]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Headers and a row for each inquiry."""
    known = {team.id: team for team in teams}
    zones = {team_id: team.zone for team_id, team in known.items()}
    places = sorted({zones.get(inquiry.team_id, "UTC") for inquiry in inquiries})
    place = places[0] if len(places) == 1 else "venue"
    headers = (
        "reference", "kind", "state", "team", f"sent ({place})", "sent (UTC)", f"changed ({place})", "changed (UTC)",
        "organisation", "name", "country", "about", "contact", "by when", "language", "taken by",
    )  # fmt: skip
    rows = [
        [
            inquiry.id,
            inquiry.kind.value,
            inquiry.state.value,
            known[inquiry.team_id].name("en") if inquiry.team_id in known else inquiry.team_id,
            _local(inquiry.created_at, zones.get(inquiry.team_id, "UTC")),
            _utc(inquiry.created_at),
            _local(inquiry.changed_at or inquiry.created_at, zones.get(inquiry.team_id, "UTC")),
            _utc(inquiry.changed_at or inquiry.created_at),
            inquiry.organisation,
            inquiry.name,
            inquiry.country,
            inquiry.about,
            inquiry.contact,
            inquiry.by_when,
            inquiry.language,
            inquiry.taken_by,
        ]
        for inquiry in inquiries
    ]
    return headers, rows


def slots_lines(slots: Sequence[Slot], seats: Mapping[int, int]) -> list[str]:
    """A line for each slot: when at the venue, whose, where, how many seats are taken."""
    rows = []
    for slot in slots:
        start, end = _local(slot.starts_at, slot.zone), _local(slot.ends_at, slot.zone)
        taken = f"{seats.get(slot.id, 0)}/{slot.capacity}"
        when = f"{start:%Y-%m-%d %a}", f"{start:%H:%M}–{end:%H:%M}"
        rows.append((*when, slot.zone, slot.team_id, slot.place or "-", taken, "open" if slot.open else "closed"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _local(moment: datetime, place: str) -> datetime:
    return moment.astimezone(zone(place)).replace(tzinfo=None)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
