"""What happens once a day: each team's agenda in the morning, and what was kept long enough goes away."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from bot.chat.post.lateness import MORNING, agenda_is_due
from bot.meetings import Status, Team
from bot.store import REMEMBERED, Store
from bot.store.outbox import Letter
from bot.times import at, local_day
from bot.zones import zone

logger = logging.getLogger(__name__)

PAUSE = timedelta(minutes=1)  # nothing here is a matter of seconds
_AHEAD = (Status.REQUESTED, Status.COUNTERED, Status.CONFIRMED)


class Daily:
    """Looks at the calendar. Synchronous, like the store it asks; what it has done it can read there."""

    def __init__(self, store: Store, keep: timedelta) -> None:
        self._store = store
        self._keep = keep
        self._looked_at: datetime | None = None
        self._purged_on: date | None = None

    def see_to(self, now: datetime) -> None:
        """Do what is to be done by now."""
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + PAUSE:
            return
        for team in self._store.pavilion.teams():
            self._announce(team, now)
        if self._purged_on != now.date():
            blanked = self._store.people.expire(now, self._keep)
            self._store.usage.expire(now.date())
            self._store.inbox.purge(now)
            logger.info("%s meetings and inquiries older than %s days name nobody any more", blanked, self._keep.days)
            self._purged_on = now.date()
        self._store.drop_turns(now - REMEMBERED)
        self._looked_at = now

    def too_late(self, letter: Letter, now: datetime) -> str:
        """Why this agenda need not be sent; empty where it should be."""
        team = self._store.pavilion.team(letter.subject_id)
        if team is None:
            return "no such team"
        day = date.fromisoformat(letter.details["day"])
        if local_day(now, zone(team.zone)) != day or not agenda_is_due(now, zone(team.zone)):
            return "too late for it"
        meetings = self._store.agenda.on_day(day, team.zone, [team.id])
        if any(meeting.status in _AHEAD for meeting in meetings) or self._store.agenda.waiting([team.id]):
            return ""
        return "nothing on that day"

    def _announce(self, team: Team, now: datetime) -> None:
        """Write the letter for every morning; whether the day holds anything is judged when it is sent.

        Judged again later in the day it would come at ten, in answer to the first request.
        """
        venue = zone(team.zone)
        if not team.chat_id or not agenda_is_due(now, venue):
            return
        day = local_day(now, venue)
        due, key = at(day, MORNING, venue)[0], f"agenda:{team.id}:{day.isoformat()}"
        self._store.outbox.put("agenda", "team", str(team.chat_id), team.id, key, due, day=day.isoformat())
