"""What can be booked in tests: four teams, two members, and slots on the days after ``fakes.NOON``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.meetings import Slot
from bot.store import Store, tables

STAFF_CHAT = -1001000000002
JIHUN, SOFIA = 201, 202
VENUE = "Asia/Seoul"
# The day after NOON (2026-03-02 12:00 UTC, 21:00 in Seoul): 10:00 to 12:00 in Seoul is 01:00 to 03:00 UTC.
FIRST = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
TEAMS = (
    ("tuen", {"ko": "투엔", "en": "Tuen", "de": "Tuen"}, "tuen", []),
    ("invest", {"ko": "투자유치 데스크", "en": "Investment Desk", "de": "Investitionsberatung"}, "", ["invest", "supply"]),
    ("pavilion", {"ko": "포항관", "en": "Pohang Pavilion", "de": "Pavillon Pohang"}, "", ["research", "exhibit", "press", "other"]),
    ("group", {"ko": "공동 상담회", "en": "Group Briefing", "de": "Gruppengespräch"}, "", []),
)  # fmt: skip
DAYS, TIMES = 3, 4  # on each of three days four times, half an hour apart, each 25 minutes long


def set_up(store: Store) -> None:
    """Slot ids count from 1: team by team, day by day, time by time. Slot 1 is tuen's on 3 March, 10:00 in Seoul."""
    with store._database.begin() as connection:
        for position, (team, names, entity, kinds) in enumerate(TEAMS):
            connection.execute(
                insert(tables.teams).values(
                    id=team, names=names, entity=entity, chat_id=STAFF_CHAT, notice=60, horizon=60, inquiries=kinds,
                    fictional=False, zone=VENUE, position=position, open=True,
                )
            )  # fmt: skip
        for number, (member, name, language) in enumerate([("jihun", "지훈", "ko"), ("sofia", "Sofia", "en")]):
            teams = [team for team, *_ in TEAMS]
            row = {"id": member, "name": name, "teams": teams, "telegram_id": JIHUN + number, "language": language}
            connection.execute(insert(tables.members).values(row))
        for place, (team, *_) in enumerate(TEAMS, 1):
            for day in range(DAYS):
                for time in range(TIMES):
                    start = FIRST + timedelta(days=day, minutes=30 * time)
                    connection.execute(
                        insert(tables.slots).values(
                            team_id=team, starts_at=start, ends_at=start + timedelta(minutes=25), zone=VENUE,
                            place=f"Table {place}", capacity=3 if team == "group" else 1, before=0, after=5, open=True,
                        )
                    )  # fmt: skip


def slot(store: Store, team: str, number: int = 0) -> Slot:
    """The team's free slot number so-and-so."""
    return store.agenda.free(team, datetime(2026, 3, 2, 12, 0, tzinfo=UTC))[number].slot
