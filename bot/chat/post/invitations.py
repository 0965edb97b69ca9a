"""Invitations: a meeting into its visitor's calendar, by mail, as a file and as a link."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot import calendars
from bot.calendars import CANCELLED, Organiser
from bot.chat import knowledge
from bot.chat.appointments import described, team_name
from bot.chat.knowledge import Knowledge
from bot.chat.staff.reasons import worded
from bot.chat.styled import line
from bot.mail import Mailer
from bot.meetings import Meeting, Member, Refused, Status, Team
from bot.store import Store
from bot.store.outbox import Letter
from bot.texts import say

NO_DOMAIN = "expo-bot.invalid"  # behind the @ of what calendars know a meeting by, where no mail is sent
FILE = "meeting.ics"
MAILS_A_DAY = 12  # invitations to one address, and as many cancellations: whoever types it may be somebody else
REFUSED = "mail_refused"  # the letter that tells the visitor


class Invitations:
    """Everything about calendars that the conversations need; without a ``mailer`` no mail is sent."""

    def __init__(self, store: Store, library: Knowledge, mailer: Mailer | None = None) -> None:
        self._store = store
        self._library = library
        self._mailer = mailer

    @property
    def by_mail(self) -> bool:
        """Whether invitations are sent by mail."""
        return self._mailer is not None

    async def file(self, meeting: Meeting) -> tuple[str, bytes]:
        """Name and content of the file to download. It only ever adds an entry: no later file takes it back."""
        team, member = await asyncio.to_thread(self._people, meeting)
        stamp = meeting.decided_at or meeting.created_at
        named = team_name(team, meeting.language)
        organiser = await self._organiser()
        return FILE, calendars.invitation(
            meeting, organiser, team=named, now=stamp, member=_name(member), method="PUBLISH"
        )

    async def for_staff(self, meeting: Meeting, guest: str, language: str) -> tuple[str, bytes]:
        """The same for who goes: named after whom they meet, in their language and the venue's time."""
        stamp = meeting.decided_at or meeting.created_at
        theirs = replace(meeting, language=language, zone="")
        organiser = await self._organiser()
        return FILE, calendars.invitation(theirs, organiser, team=guest, now=stamp, method="PUBLISH")

    async def links(self, meeting: Meeting, team: Team) -> list[tuple[str, str]]:
        """Names of calendars on the web, and the links that open them with the meeting filled in."""
        organiser, named = await self._organiser(), team_name(team, meeting.language)
        return [
            ("Google Calendar", calendars.google_link(meeting, organiser, team=named)),
            ("Outlook", calendars.outlook_link(meeting, organiser, team=named)),
        ]

    async def send(self, letter: Letter, now: datetime) -> str:
        """Mail what the letter says; returns why not, where there is nothing to mail. Raises MailRefused, MailTrouble."""
        if self._mailer is None:
            return "no mail is configured"
        try:
            meeting = await asyncio.to_thread(self._store.agenda.meeting, letter.subject_id)
        except Refused:
            return "no such meeting"
        invites = letter.kind == "invitation"
        if not (meeting.status == Status.CONFIRMED if invites else meeting.status in CANCELLED):
            return "no longer true"
        if not meeting.email:
            return "the address is forgotten"
        if meeting.slot.starts_at <= now:
            return "the meeting has begun"
        since = now - timedelta(days=1)
        if await asyncio.to_thread(self._store.people.mails_to, meeting.email, letter.kind, since) >= MAILS_A_DAY:
            return "its address has had enough mails today"
        team, member = await asyncio.to_thread(self._people, meeting)
        organiser, named = await self._organiser(), team_name(team, meeting.language)
        # Of the decision's time, not of now: sent again after a crash it is the same mail, and servers show it once.
        stamp = meeting.decided_at or meeting.created_at
        make = calendars.invitation if invites else calendars.cancellation
        ics = make(meeting, organiser, team=named, now=stamp, member=_name(member))
        subject, text = calendars.subject(meeting, team=named), _text(meeting, team, _name(member))
        await self._mailer.send(meeting.email, subject, text, ics, "REQUEST" if invites else "CANCEL")
        return ""

    def refused(self, letter: Letter, now: datetime) -> None:
        """The address takes no mail: its owner is told, once for all times of a meeting."""
        try:
            meeting = self._store.agenda.meeting(letter.subject_id)
        except Refused:
            return
        if meeting.visitor_id:
            key = f"{REFUSED}:{meeting.root_id}"
            self._store.outbox.put(REFUSED, "visitor", str(meeting.visitor_id), meeting.id, key, now)

    def _people(self, meeting: Meeting) -> tuple[Team, Member | None]:
        """With whom the meeting is; the member may have left the team since."""
        team = self._store.pavilion.team(meeting.slot.team_id)
        if team is None:  # a team is closed, never removed
            raise LookupError(f"meeting {meeting.id} is with a team that is not there")
        goes = [one for one in self._store.pavilion.members() if one.id == meeting.member_id]
        return team, goes[0] if goes else None

    async def _organiser(self) -> Organiser:
        """One name in all languages: a calendar takes a change from another organiser for a forgery."""
        name = (await knowledge.about(self._library)).name_in("en")
        email = self._mailer.sender.rpartition("<")[2].removesuffix(">").strip() if self._mailer else ""
        return Organiser(line(name), email, email.rpartition("@")[2] or NO_DOMAIN)


def _name(member: Member | None) -> str:
    return member.name if member else ""


def _text(meeting: Meeting, team: Team, member: str) -> str:
    language = meeting.language
    if meeting.status == Status.CANCELLED_HOST:
        said = say(language, "notices.cancelled_by_host")
    elif meeting.status == Status.CANCELLED_VISITOR:
        said = say(language, "notices.cancelled")
    else:
        said = say(language, "notices.moved" if meeting.replaces_id else "notices.confirmed")
    reason = say(language, "notices.reason", reason=worded(meeting.reason, language)) if meeting.reason else ""
    reference = say(language, "notices.reference", reference=meeting.id)
    whole = described(meeting, team, language, member).text
    return "\n\n".join(filter(None, [said, reason, whole, reference, say(language, "calendars.change")])) + "\n"
