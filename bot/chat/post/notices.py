"""Notices: what visitors are told about their meetings, in their language and as things stand when it is sent.

A notice that says something is over shows what could be done instead; one that asks for something has the buttons for
it. Whoever reads it late, presses a button that knows the version it was made for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.appointments import deadline, described, slot_label, when
from bot.chat.clock import Clock
from bot.chat.post.invitations import REFUSED, Invitations
from bot.chat.post.letters import Message
from bot.chat.staff.reasons import worded
from bot.chat.styled import BOLD, Styled, joined
from bot.meetings import Meeting, Refused, Slot, Status, Team
from bot.notices import REMINDERS
from bot.store import Store
from bot.store.outbox import Letter
from bot.texts import say

CALENDAR = "calendar"  # the file that follows a confirmation
NEAREST = 3

Row = list[InlineKeyboardButton]


@dataclass(frozen=True)
class Told:
    """What a notice is about, looked up."""

    meeting: Meeting
    team: Team
    language: str
    member: str  # the name of who goes
    before: Meeting | None  # the meeting that this one shall replace

    def say(self, key: str, **values: object) -> Styled:
        """A sentence of ours."""
        return Styled(say(self.language, f"notices.{key}", **values))

    def whole(self) -> Styled:
        """The meeting with all that its visitor said."""
        return described(self.meeting, self.team, self.language, self.member)

    def brief(self) -> Styled:
        """With whom, when and where: enough for who knows the rest."""
        blank = replace(self.meeting, name="", organisation="", topic="", email="")
        return described(blank, self.team, self.language, self.member)

    def reference(self) -> Styled:
        """What to call the meeting when asking somebody about it."""
        return self.say("reference", reference=self.meeting.id)

    def button(self, key: str, data: str) -> InlineKeyboardButton:
        """A button of ours."""
        return InlineKeyboardButton(say(self.language, f"notices.{key}"), callback_data=data)


class Notices:
    """Renders the letters to visitors about meetings."""

    def __init__(self, store: Store, clock: Clock, invitations: Invitations) -> None:
        self._store = store
        self._clock = clock
        self._invitations = invitations
        self._words: dict[str, Callable[[Told], Awaitable[Message | None]]] = {
            "received": self._received,
            "proposed": self._proposed,
            "confirmed": self._confirmed,
            CALENDAR: self._calendar,
            "declined": self._over,
            "expired": self._over,
            "cancelled_by_host": self._over,
            "cancelled": self._cancelled,
            "withdrawn": self._withdrawn,
            "offer": self._offer,
            "nudge": self._nudge,
            REFUSED: self._mail_refused,
            **dict.fromkeys(REMINDERS, self._reminder),
        }
        self.kinds = [("visitor", kind) for kind in self._words]

    async def render(self, letter: Letter) -> Message | None:
        """The notice, or None where the meeting has moved on."""
        told = await asyncio.to_thread(self._look_up, letter)
        return await self._words[letter.kind](told) if told else None

    def _look_up(self, letter: Letter) -> Told | None:
        try:
            meeting = self._store.agenda.meeting(letter.subject_id)
            before = self._store.agenda.meeting(meeting.replaces_id) if meeting.replaces_id else None
        except Refused:
            return None
        team = self._store.pavilion.team(meeting.slot.team_id)
        if team is None or str(meeting.visitor_id) != letter.receiver:
            return None
        goes = [one.name for one in self._store.pavilion.members() if one.id == meeting.member_id]
        language = self._store.language_of(meeting.visitor_id) or meeting.language
        return Told(meeting, team, language, goes[0] if goes else "", before)

    async def _received(self, told: Told) -> Message | None:
        if told.meeting.status != Status.REQUESTED:
            return None
        parts = [told.say("received").wrapped(BOLD), told.whole(), _until(told, "received_until"), told.reference()]
        return _message(parts, [[told.button("withdraw", f"m:no:{told.meeting.id}")]])

    async def _proposed(self, told: Told) -> Message | None:
        if told.meeting.status != Status.COUNTERED:
            return None
        parts = [told.say("proposed").wrapped(BOLD), told.brief(), _stands(told), _until(told, "proposed_until")]
        return _message([*parts, told.reference()], [_answers(told)])

    async def _confirmed(self, told: Told) -> Message | None:
        meeting = told.meeting
        if meeting.status != Status.CONFIRMED:
            return None
        links = await self._invitations.links(meeting, told.team)
        moved = told.before is not None and told.before.status == Status.RESCHEDULED
        parts = [told.say("moved" if moved else "confirmed").wrapped(BOLD), told.whole()]
        if moved and told.before:
            parts.append(told.say("moved_from") + " " + when(told.before.slot, told.language, meeting.zone))
        if meeting.email and self._invitations.by_mail:
            parts.append(told.say("mailed"))
        rows = [[InlineKeyboardButton(name, url=url) for name, url in links]]
        rows.append([told.button("move", f"m:move:{meeting.id}"), told.button("cancel", f"m:no:{meeting.id}")])
        return replace(_message([*parts, told.reference()], rows), then=CALENDAR)

    async def _calendar(self, told: Told) -> Message | None:
        if told.meeting.status != Status.CONFIRMED:
            return None
        return Message(told.say("calendar"), document=await self._invitations.file(told.meeting))

    async def _over(self, told: Told) -> Message | None:
        """Declined, run out or cancelled by the team: why, and what is still free near that time."""
        meeting = told.meeting
        if meeting.status == Status.EXPIRED:
            key = await asyncio.to_thread(self._who_kept_silent, meeting)
        elif meeting.status in (Status.DECLINED, Status.CANCELLED_HOST):
            key = "declined" if meeting.status == Status.DECLINED else "cancelled_by_host"
        else:
            return None
        parts = [told.say(key).wrapped(BOLD), told.brief()]
        if reason := worded(meeting.reason, told.language):
            parts.append(told.say("reason", reason=reason))
        if meeting.status == Status.CANCELLED_HOST:
            parts.append(self._entry(told))
        parts.append(_stands(told))
        slots = await asyncio.to_thread(self._nearest, meeting)
        parts.append(told.say("nearest" if slots else "nothing_free"))
        rows = [[InlineKeyboardButton(slot_label(one, told.language), callback_data=f"b:s:{one.id}")] for one in slots]
        rows.append([told.button("other_times", f"b:t:{told.team.id}")])
        return _message(parts, rows)

    async def _cancelled(self, told: Told) -> Message | None:
        if told.meeting.status != Status.CANCELLED_VISITOR:
            return None
        parts = [told.say("cancelled").wrapped(BOLD), told.brief(), self._entry(told)]
        return _message(parts, [[told.button("book_again", f"b:t:{told.team.id}")]])

    async def _withdrawn(self, told: Told) -> Message | None:
        if told.meeting.status != Status.WITHDRAWN:
            return None
        parts = [told.say("withdrawn").wrapped(BOLD), told.brief(), _stands(told)]
        return _message(parts, [[told.button("book_again", f"b:t:{told.team.id}")]])

    async def _offer(self, told: Told) -> Message | None:
        until = told.meeting.hold_until
        if told.meeting.status != Status.HELD or until is None or until <= self._clock.now():
            return None
        parts = [told.say("offer").wrapped(BOLD), told.brief(), _until(told, "offer_until")]
        buttons = [told.button("take", f"b:o:{told.meeting.id}"), told.button("refuse", f"m:no:{told.meeting.id}")]
        return _message(parts, [buttons])

    async def _reminder(self, told: Told) -> Message | None:
        """How soon it is, by the clock and not by the letter: a late one would say something wrong."""
        meeting = told.meeting
        ahead = meeting.slot.starts_at - self._clock.now()
        if meeting.status != Status.CONFIRMED or ahead <= timedelta(0):
            return None
        soon = ahead <= REMINDERS["reminder_hour"]
        if soon:
            first = told.say("reminder_soon", minutes=max(1, round(ahead / timedelta(minutes=1))))
        else:
            first = told.say("reminder_day")
        buttons = [told.button("cancel", f"m:no:{meeting.id}")]
        if soon:  # a day before, nobody knows yet that they will be late
            buttons.insert(0, told.button("late", f"m:late:{meeting.id}"))
        return _message([first.wrapped(BOLD), told.brief()], [buttons])

    async def _nudge(self, told: Told) -> Message | None:
        if told.meeting.status != Status.COUNTERED:
            return None
        parts = [told.say("nudge").wrapped(BOLD), told.brief(), _until(told, "proposed_until")]
        return _message(parts, [_answers(told)])

    async def _mail_refused(self, told: Told) -> Message | None:
        if told.meeting.status != Status.CONFIRMED:
            return None
        parts = [told.say("mail_refused"), told.brief()]
        return _message(parts, [[told.button("file_again", f"m:ics:{told.meeting.id}")]])

    def _entry(self, told: Told) -> Styled:
        """A mail removes the entry from the calendar, a file cannot."""
        return Styled() if told.meeting.email and self._invitations.by_mail else told.say("delete_entry")

    def _who_kept_silent(self, meeting: Meeting) -> str:
        history = self._store.agenda.history(meeting.id)
        return "proposal_expired" if history and history[-1].was == Status.COUNTERED else "expired"

    def _nearest(self, meeting: Meeting) -> list[Slot]:
        """What the team has free nearest to that time, in order of time; not the very time that it has turned down."""
        free = self._store.agenda.free(meeting.slot.team_id, self._clock.now())
        if meeting.status != Status.EXPIRED and meeting.reason != "more_details":
            free = [one for one in free if one.slot.starts_at != meeting.slot.starts_at]
        free.sort(key=lambda one: abs(one.slot.starts_at - meeting.slot.starts_at))
        return sorted((one.slot for one in free[:NEAREST]), key=lambda slot: slot.starts_at)


def _message(parts: list[Styled], rows: list[Row]) -> Message:
    return Message(joined([part for part in parts if part], "\n\n"), InlineKeyboardMarkup(rows))


def _answers(told: Told) -> Row:
    meeting = told.meeting
    accept = told.button("accept", f"m:ok:{meeting.id}:{meeting.version}")
    return [accept, told.button("refuse", f"m:no:{meeting.id}")]


def _until(told: Told, key: str) -> Styled:
    """Until when something can be answered, on both clocks."""
    moment = told.meeting.hold_until if told.meeting.status == Status.HELD else told.meeting.answer_by
    if moment is None:
        return Styled()
    return told.say(key) + " " + deadline(moment, told.meeting.slot, told.language, told.meeting.zone)


def _stands(told: Told) -> Styled:
    """The meeting that this one should have replaced, where it still takes place."""
    if told.before is None or told.before.status != Status.CONFIRMED:
        return Styled()
    return told.say("stands") + " " + when(told.before.slot, told.language, told.meeting.zone)
