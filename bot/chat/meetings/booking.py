"""Booking: from choosing whom to meet to a seat that is kept. What follows, until it is sent, is ``requesting``.

b:h:<page>               whom one can meet      b:t:<team>               on which days
b:d:<team>:<yyyymmdd>    at what times          b:p:<team>:<yyyymmdd>:<page>   turn a page; day 00000000 is all days
b:s:<slot>               keep a seat            b:o:<meeting>            go on with a seat that is kept
b:w: b:l:<team>:<yyyymmdd>   join, leave the waiting list
b:ok                     agree to the notice    b:send:<meeting>         send the request
b:me b:skip b:topic      details by a button    b:c[:<what>]             change something
b:x                      stop
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from telegram import InlineKeyboardMarkup, Update

from bot import times
from bot.chat.appointments import team_name, when
from bot.chat.buttons import button
from bot.chat.meetings.choices import Choices, stop
from bot.chat.meetings.forms import kept_until
from bot.chat.meetings.guests import Guest, Page, asked, guest_of
from bot.chat.meetings.requesting import GONE, OWN, SAID, Requesting
from bot.chat.meetings.timezones import Timezones
from bot.chat.sending import Sender
from bot.chat.styled import BOLD, Styled
from bot.chat.threads import is_stop
from bot.chat.visitors import Place, Visitors
from bot.meetings import WAITING, Meeting, Reason, Refused, Status
from bot.store import Draft, Store

BOOKING = (
    r"b:(?:(?P<plain>x|ok|me|skip|topic|c)|(?P<verb>[htosdwlp]|c|send)"
    r":(?P<what>[\w-]{1,40})(?::(?P<day>\d{8}))?(?::(?P<page>\d{1,3}))?)"
)
Step = Callable[[Guest, re.Match[str]], Awaitable[str | None]]  # what to answer the press with, if it needs words


class Booking:
    """/meet, its links and its buttons."""

    def __init__(
        self, store: Store, visitors: Visitors, sender: Sender, timezones: Timezones, *, mail: bool, keep: timedelta
    ) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self.choices = Choices(store)
        self._requesting = Requesting(store, sender, timezones, self.choices, mail, keep)
        self._steps: dict[str, Step] = {
            "h": self._hosts, "t": self._team, "d": self._day, "p": self._page, "s": self._slot, "o": self._go_on,
            "w": self._wait, "l": self._leave, "ok": self._agree, "send": self._send, "me": self._say_name,
            "skip": self._skip, "topic": self._use_as_topic, "c": self._change, "x": self._stop,
        }  # fmt: skip

    async def open(self, update: Update, place: Place, rest: str) -> None:
        """/meet: whom one can meet; with a team, when."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is None:
            return
        try:
            page = await self.choices.days(guest, await self.choices.team(rest.casefold()))
        except Refused:
            before = Styled(guest.say("meetings.no_such_host")) if rest else None
            page = await self.choices.hosts(guest, before=before)
        await self._sender.send(place, page.text, page.keyboard)

    async def press(self, update: Update, _context: object) -> None:
        """Do what the button says; what cannot be done is said kindly, with what can."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        match = re.fullmatch(BOOKING, (guest.query.data or "") if guest and guest.query else "")
        if guest is None or match is None:
            return
        if not guest.place.private:
            await guest.toast(guest.say("chat.in_private"))
            return
        try:
            told = await self._steps[match["plain"] or match["verb"]](guest, match)
        except Refused as refused:
            told = await self._refused(guest, refused)
        await guest.toast(told or "")

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """What is typed in the middle of a booking; that it is enough can be typed as well."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is None or not place.private:
            return False
        try:
            if is_stop(text):
                await self._stop(guest)
                return True
            return await self._requesting.hear(guest, draft, text)
        except Refused as refused:
            await self._refused(guest, refused)
            return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Where we were, after a question or the time zone."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is None:
            return
        try:
            await self._requesting.remind(guest, draft)
        except Refused as refused:
            await self._refused(guest, refused)

    async def move(self, guest: Guest, meeting: Meeting) -> None:
        """Choose another time for a confirmed meeting, which stands until the new one is agreed."""
        said = {field: getattr(meeting, field) for field in SAID if field != "email" or meeting.email}
        fields = {"team": meeting.slot.team_id, "replaces": meeting.id, **said}
        await self._requesting.keep(guest, "choose", fields)
        before = Styled(guest.say("meetings.moving")) + " " + when(meeting.slot, guest.language, meeting.zone)
        team = await self.choices.team(meeting.slot.team_id)
        await self._show(guest, await self.choices.days(guest, team, before=before, others=False))

    async def forget(self, guest: Guest, meeting_id: str) -> None:
        """The guest gave this seat back elsewhere: what was typed for it must not take it again."""
        draft = await self._requesting.draft(guest)
        if draft is not None and draft.fields.get("meeting") == meeting_id:
            await self._requesting.leave(guest)

    async def _hosts(self, guest: Guest, match: re.Match[str]) -> None:
        page = int(match["what"]) if match["what"].isdecimal() else 0
        await self._show(guest, await self.choices.hosts(guest, page))

    async def _team(self, guest: Guest, match: re.Match[str]) -> None:
        team = await self.choices.team(match["what"])
        draft = await self._requesting.draft(guest)
        if draft is not None and draft.step == "choose":  # another time was being chosen: this is a new meeting
            await self._requesting.leave(guest)
        await self._show(guest, await self.choices.days(guest, team))

    async def _day(self, guest: Guest, match: re.Match[str]) -> None:
        team = await self.choices.team(match["what"])
        await self._show(guest, await self.choices.times(guest, team, _day_of(match)))

    async def _page(self, guest: Guest, match: re.Match[str]) -> None:
        team, page = await self.choices.team(match["what"]), int(match["page"] or 0)
        if (match["day"] or "00000000") == "00000000":
            draft = await self._requesting.draft(guest)
            others = draft is None or "replaces" not in draft.fields
            await self._show(guest, await self.choices.days(guest, team, page, others=others))
        else:
            await self._show(guest, await self.choices.times(guest, team, _day_of(match), page))

    async def _slot(self, guest: Guest, match: re.Match[str]) -> None:
        """Keep a seat. What was typed for a seat before it still holds, the topic only with the same team."""
        number = int(match["what"]) if match["what"].isdecimal() else 0
        slots = await asked(self._store.pavilion.slots, None, guest.now)
        slot = next((slot for slot in slots if slot.id == number), None)
        if slot is None:
            raise Refused(Reason.CLOSED)
        draft = await self._requesting.draft(guest)
        fields = dict(draft.fields) if draft else {}
        same = fields.get("team") == slot.team_id
        replaces = fields.get("replaces") if same else None
        kept = {field: fields[field] for field in SAID if field in fields and (same or field != "topic")}
        try:
            hold = self._store.requests.hold
            meeting = await asked(hold, slot.id, guest.id, guest.language, guest.now, replaces)
        except Refused as refused:
            if refused.reason not in GONE:
                raise
            team = await self.choices.team(slot.team_id)
            before = Styled(guest.say(f"refusals.{refused.reason}"))
            await self._show(guest, await self.choices.near(guest, team, slot.starts_at, before))
            return
        fields = {**kept, "team": slot.team_id, "meeting": meeting.id}
        if meeting.replaces_id:
            fields["replaces"] = meeting.replaces_id
        await self._held(guest, meeting, fields)

    async def _go_on(self, guest: Guest, match: re.Match[str]) -> None:
        """Take the seat that was offered from the waiting list, or come back to one that is kept."""
        meeting = await asked(self._store.agenda.meeting, match["what"])
        if meeting.visitor_id != guest.id:
            raise Refused(Reason.NOT_YOURS)
        draft = await self._requesting.draft(guest)
        said = draft.fields if draft else {}
        kept = {field: said[field] for field in SAID if field in said}
        if said.get("meeting") != meeting.id:
            kept.pop("topic", None)
        if meeting.status not in (Status.HELD, Status.ABANDONED):
            raise Refused(Reason.CHANGED, meeting)
        await self._held(guest, meeting, {**kept, "team": meeting.slot.team_id, "meeting": meeting.id})

    async def _held(self, guest: Guest, meeting: Meeting, fields: dict[str, str]) -> None:
        team = await self.choices.team(meeting.slot.team_id)
        held = Styled(team_name(team, guest.language)).wrapped(BOLD) + "\n"
        held += when(meeting.slot, guest.language, meeting.zone)
        if meeting.hold_until is not None and meeting.hold_until > guest.now:
            held = held + "\n" + kept_until(guest, meeting)
        draft = await self._requesting.keep(guest, "seat", fields)
        complete = all(field in fields for field in ("name", "organisation", "topic"))
        await self._requesting.proceed(guest, draft, None if complete else held)

    async def _wait(self, guest: Guest, match: re.Match[str]) -> None:
        team, day = await self.choices.team(match["what"]), _day_of(match)
        if await self.choices.free(guest, team, day):  # a seat came free while they were looking
            await self._show(guest, await self.choices.times(guest, team, day))
            return
        if day not in await self.choices.calendar(guest, team):
            await self._show(guest, await self.choices.full(guest, team, day))
            return
        before = await asked(self._store.requests.wait, team.id, day, guest.id, guest.language, guest.now)
        text = guest.say(
            "meetings.waiting", team=team_name(team, guest.language), day=times.day(day, guest.language), before=before
        )
        rows = [[button(guest.say("meetings.leave_waitlist"), f"b:l:{team.id}:{day:%Y%m%d}")]]
        rows.append([button(guest.say("meetings.other_days"), f"b:p:{team.id}:00000000:0"), stop(guest)])
        await self._show(guest, Page(Styled(text), InlineKeyboardMarkup(rows)))

    async def _leave(self, guest: Guest, match: re.Match[str]) -> None:
        day = _day_of(match)
        left = await asked(self._store.requests.leave, match["what"], day, guest.id)
        text = guest.say(
            "meetings.left_waitlist" if left else "meetings.not_waiting", day=times.day(day, guest.language)
        )
        rows = [[button(guest.say("meetings.other_days"), f"b:p:{match['what']}:00000000:0"), stop(guest)]]
        await self._show(guest, Page(Styled(text), InlineKeyboardMarkup(rows)))

    async def _agree(self, guest: Guest, match: re.Match[str]) -> None:
        await self._requesting.agree(guest)
        draft = await self._requesting.draft(guest)
        if draft is not None and "meeting" in draft.fields:
            await self._requesting.proceed(guest, draft)
        else:
            await self._show(guest, await self.choices.hosts(guest))

    async def _send(self, guest: Guest, match: re.Match[str]) -> None:
        await self._requesting.send(guest, match["what"])

    async def _say_name(self, guest: Guest, match: re.Match[str]) -> str | None:
        return await self._requesting.take(guest, "name", guest.first_name)

    async def _skip(self, guest: Guest, match: re.Match[str]) -> str | None:
        return await self._requesting.take(guest, "organisation", "")

    async def _use_as_topic(self, guest: Guest, match: re.Match[str]) -> str | None:
        draft = await self._requesting.draft(guest)
        if draft is None or "aside" not in draft.fields:
            return guest.say("meetings.over")
        return await self._requesting.take(guest, "topic", draft.fields["aside"])

    async def _change(self, guest: Guest, match: re.Match[str]) -> str | None:
        return await self._requesting.change(guest, match["what"] or "")

    async def _stop(self, guest: Guest, match: re.Match[str] | None = None) -> None:
        """Give the seat back at once: somebody else may want it."""
        draft = await self._requesting.draft(guest)
        await self._requesting.leave(guest)
        if draft is not None and "meeting" in draft.fields:
            meeting = await asked(self._store.agenda.meeting, draft.fields["meeting"])
            if meeting.status == Status.HELD and meeting.visitor_id == guest.id:
                await asked(self._store.requests.withdraw, meeting.id, guest.id, guest.now)
        mine = await asked(self._store.agenda.of_visitor, guest.id, guest.now) if draft is None else []
        sent = any(one.status in WAITING for one in mine)  # the button of a page that is long left
        text = guest.say("meetings.over" if sent else "meetings.stopped")
        if draft is not None and "replaces" in draft.fields:
            text += "\n" + guest.say("meetings.old_remains")
        await self._show(guest, Page(Styled(text)))

    async def _refused(self, guest: Guest, refused: Refused) -> str:
        """Why not, in a message that stays, with a way on."""
        meeting = refused.meeting
        if refused.reason == Reason.CHANGED and meeting and meeting.visitor_id == guest.id:
            rows = [[button(guest.say("meetings.see"), f"m:show:{meeting.id}")]]
        else:
            rows = [
                [button(guest.say("meetings.list"), "m:list:0"), button(guest.say("meetings.other_hosts"), "b:h:0")]
            ]
        text = guest.say(f"refusals.{refused.reason}")
        if refused.reason == Reason.CHANGED and meeting:
            text += "\n" + guest.say(f"status.{meeting.status}")
        await self._show(guest, Page(Styled(text), InlineKeyboardMarkup(rows)))
        return text

    async def _show(self, guest: Guest, page: Page) -> None:
        await guest.show(self._sender, page, OWN)


def _day_of(match: re.Match[str]) -> date:
    """The day in a button. Raises Refused(UNKNOWN): only a forged one has none."""
    try:
        return date.fromisoformat(match["day"] or "")
    except ValueError:
        raise Refused(Reason.UNKNOWN) from None
