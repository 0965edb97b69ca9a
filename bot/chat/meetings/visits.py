"""Visits: one's own meetings. What each still allows stands under it: another time, cancel, running late, the file again.

m:list:<page>   all of them          m:show:<id>              one of them
m:ok:<id>:<v>   take the proposed time
m:no:<id>       give it up: asks     m:no!:<id>               yes, really
m:move:<id>     another time         m:late:<id>[:<minutes>]  running late
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot import times
from bot.chat.appointments import deadline, described, team_name, when
from bot.chat.buttons import button
from bot.chat.meetings.booking import Booking
from bot.chat.meetings.choices import turning, under
from bot.chat.meetings.guests import Guest, Page, asked, guest_of
from bot.chat.post.invitations import Invitations
from bot.chat.sending import Sender
from bot.chat.staff.reasons import worded
from bot.chat.styled import BOLD, Styled, joined
from bot.chat.visitors import Place, Visitors
from bot.meetings import WAITING, Meeting, Reason, Refused, Status
from bot.store import Store
from bot.wishes import is_about_own
from bot.zones import zone

VISIT = r"m:(?P<verb>list|show|ok|no!?|move|late|ics):(?P<id>[\w-]{1,40})(?::(?P<more>\d{1,9}))?"
Step = Callable[[Guest, re.Match[str]], Awaitable[str | None]]  # what to answer the press with, if it needs words

SHOWN = 4  # meetings on one page: each is three lines long
RECENT = timedelta(days=7)
LATE_FROM = timedelta(hours=2)
MINUTES = (10, 20, 30)
OWN = ("m:list", "b:x")  # buttons that mark a message as ours to change
SIGNS = {
    Status.HELD: "✏️", Status.REQUESTED: "⏳", Status.COUNTERED: "🔁", Status.CONFIRMED: "✅", Status.COMPLETED: "☑️",
}  # fmt: skip


class Visits:
    """/meetings and its buttons."""

    def __init__(
        self, store: Store, visitors: Visitors, sender: Sender, booking: Booking, invitations: Invitations
    ) -> None:
        self._invitations = invitations
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._booking = booking
        self._steps: dict[str, Step] = {
            "list": self._list, "show": self._show, "ok": self._accept, "no": self._ask_whether, "no!": self._give_up,
                        "move": self._move, "late": self._late, "ics": self._file,

        }  # fmt: skip

    async def open(self, update: Update, place: Place, rest: str) -> None:
        """/meetings."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is not None:
            page = await self._overview(guest)
            await self._sender.send(place, page.text, page.keyboard)

    async def hear(self, update: Update, place: Place, text: str) -> bool:
        """Show them to whoever has one and speaks of it. Nothing is moved or cancelled by words."""
        if not place.private or not is_about_own(text):
            return False
        mine = await asked(self._store.agenda.of_visitor, place.chat_id, self._sender.clock.now())
        if not any(meeting.active and meeting.status != Status.HELD for meeting in mine):
            return False
        await self.open(update, place, "")
        return True

    async def press(self, update: Update, _context: object) -> None:
        """Do what the button says; if it is too late for that, show how things stand."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        match = re.fullmatch(VISIT, (guest.query.data or "") if guest and guest.query else "")
        if guest is None or match is None:
            return
        if not guest.place.private:
            await guest.toast(guest.say("chat.in_private"))
            return
        try:
            told = await self._steps[match["verb"]](guest, match)
        except Refused as refused:
            told = guest.say(f"refusals.{refused.reason}")
            meeting = await self._own(guest, match["id"])
            page = await self._detail(guest, meeting, Styled(told)) if meeting else Page(Styled(told))
            await guest.show(self._sender, page, *OWN)
        await guest.toast(told or "")

    async def _list(self, guest: Guest, match: re.Match[str]) -> str | None:
        page = int(match["id"]) if match["id"].isdecimal() else 0
        await guest.show(self._sender, await self._overview(guest, page), *OWN)
        return None

    async def _show(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await self._mine(guest, match["id"])
        await guest.show(self._sender, await self._detail(guest, meeting), *OWN)
        return None

    async def _accept(self, guest: Guest, match: re.Match[str]) -> str | None:
        accept = self._store.requests.accept
        meeting = await asked(accept, match["id"], int(match["more"] or 0), guest.id, guest.now)
        await guest.show(self._sender, await self._detail(guest, meeting), "m:")
        return guest.say("visits.accepted")

    async def _ask_whether(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await self._mine(guest, match["id"])
        if not meeting.active or meeting.slot.starts_at <= guest.now:
            raise Refused(Reason.CHANGED, meeting)
        key = "visits.really_cancel" if meeting.status == Status.CONFIRMED else "visits.really_withdraw"
        text = Styled(guest.say(key)) + "\n" + await self._brief(guest, meeting)
        rows = [
            [button(guest.say("visits.yes"), f"m:no!:{meeting.id}")],
            [button(guest.say("visits.no"), f"m:show:{meeting.id}"), _list_button(guest)],
        ]
        await guest.show(self._sender, Page(text, InlineKeyboardMarkup(rows)), *OWN)
        return None

    async def _give_up(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await asked(self._store.requests.withdraw, match["id"], guest.id, guest.now)
        if meeting.status == Status.ABANDONED:
            await self._booking.forget(guest, meeting.id)
        await guest.show(self._sender, await self._detail(guest, meeting), *OWN)
        return guest.say("visits.given_up")

    async def _move(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await self._mine(guest, match["id"])
        if meeting.status != Status.CONFIRMED or meeting.slot.starts_at <= guest.now:
            raise Refused(Reason.CHANGED, meeting)
        await self._booking.move(guest, meeting)
        return None

    async def _late(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await self._mine(guest, match["id"])
        if not _may_be_late(meeting, guest):
            return guest.say("visits.late_when")
        if not match["more"]:
            buttons = [button(guest.say("visits.minutes", n=n), f"m:late:{meeting.id}:{n}") for n in MINUTES]
            text = Styled(guest.say("visits.how_late")) + "\n" + await self._brief(guest, meeting)
            keyboard = InlineKeyboardMarkup([buttons, [_list_button(guest)]])
            await guest.show(self._sender, Page(text, keyboard), *OWN)
            return None
        minutes = int(match["more"])
        if minutes not in MINUTES:  # no button of ours says so, and each would ring in the team's chat
            raise Refused(Reason.UNKNOWN)
        meeting = await asked(self._store.requests.late, meeting.id, guest.id, minutes, guest.now)
        told = guest.say("visits.told_late", n=minutes)
        await guest.show(self._sender, await self._detail(guest, meeting, Styled(told)), *OWN)
        return told

    async def _file(self, guest: Guest, match: re.Match[str]) -> str | None:
        meeting = await self._mine(guest, match["id"])
        if meeting.status != Status.CONFIRMED:
            raise Refused(Reason.CHANGED, meeting)
        name, data = await self._invitations.file(meeting)
        await self._sender.send_file(guest.place, name, data, await self._brief(guest, meeting))
        return None

    async def _overview(self, guest: Guest, page: int = 0) -> Page:
        """What is to come and what was decided lately, with the waiting lists."""
        found = await asked(self._store.agenda.of_visitor, guest.id, guest.now - RECENT)
        found = [one for one in found if one.status != Status.HELD or (one.hold_until or guest.now) > guest.now]
        found = [one for one in found if one.status != Status.RESCHEDULED]
        found.sort(key=lambda one: not one.active)
        waits = await self._waits(guest)
        new = [button(guest.say("visits.new"), "b:h:0"), _list_button(guest, "visits.refresh")]
        if not found and not waits:
            return Page(Styled(guest.say("visits.none")), InlineKeyboardMarkup([new]))
        rows, texts = [], [Styled(guest.say("visits.yours")).wrapped(BOLD)]
        for number, meeting in enumerate(found[page * SHOWN : (page + 1) * SHOWN], page * SHOWN + 1):
            texts.append(Styled(f"{number}. ") + await self._brief(guest, meeting))
            day = times.day(times.local_day(meeting.slot.starts_at, zone(meeting.slot.zone)), guest.language)
            team = await self._team_name(guest, meeting)
            rows.append([button(f"{number}. {day} {team}", f"m:show:{meeting.id}")])
        rows += turning(page, len(found), SHOWN, "m:list:{}")
        for team_id, waited in waits if page == 0 else []:
            named = await asked(self._store.pavilion.team, team_id)
            team = team_name(named, guest.language) if named else team_id
            texts.append(Styled(guest.say("visits.waits", team=team, day=times.day(waited, guest.language))))
            rows.append([button(guest.say("visits.leave", team=team), f"b:l:{team_id}:{waited:%Y%m%d}")])
        return Page(joined(texts, "\n\n"), InlineKeyboardMarkup([*rows[:7], new]))

    async def _detail(self, guest: Guest, meeting: Meeting, before: Styled | None = None) -> Page:
        """One meeting, how it came to stand where it does, and what can be done with it."""
        meeting = await asked(self._store.agenda.meeting, meeting.id)
        team = await asked(self._store.pavilion.team, meeting.slot.team_id)
        if team is None:
            raise Refused(Reason.UNKNOWN)
        members = await asked(self._store.pavilion.members) if meeting.member_id else []
        goes = next((member.name for member in members if member.id == meeting.member_id), "")
        text = self._status(guest, meeting) + "\n" + described(meeting, team, guest.language, goes)
        if meeting.replaces_id and meeting.status in WAITING:
            text += "\n" + guest.say("meetings.old_stands")
        text = text + "\n\n" + await self._history(guest, meeting)
        return Page(under(before, text), InlineKeyboardMarkup(self._buttons(guest, meeting)))

    def _buttons(self, guest: Guest, meeting: Meeting) -> list[list[InlineKeyboardButton]]:
        rows = []
        ahead = meeting.slot.starts_at > guest.now
        if meeting.status == Status.HELD:
            rows.append([button(guest.say("meetings.go_on"), f"b:o:{meeting.id}")])
        if meeting.status == Status.COUNTERED:
            rows.append([button(guest.say("visits.take"), f"m:ok:{meeting.id}:{meeting.version}")])
        if _may_be_late(meeting, guest):
            rows.append([button(guest.say("visits.late"), f"m:late:{meeting.id}")])
        if meeting.status == Status.CONFIRMED:
            moving = [button(guest.say("visits.move"), f"m:move:{meeting.id}")] if ahead else []
            rows.append([*moving, button(guest.say("visits.file"), f"m:ics:{meeting.id}")])
        if meeting.active and ahead:
            key = "visits.cancel" if meeting.status == Status.CONFIRMED else "visits.withdraw"
            rows.append([button(guest.say(key), f"m:no:{meeting.id}")])
        if not meeting.active:
            rows.append([button(guest.say("visits.again"), f"b:t:{meeting.slot.team_id}")])
        return [*rows, [_list_button(guest)]]

    async def _brief(self, guest: Guest, meeting: Meeting) -> Styled:
        team = await self._team_name(guest, meeting)
        return self._status(guest, meeting) + f" · {team}\n" + when(meeting.slot, guest.language, meeting.zone)

    def _status(self, guest: Guest, meeting: Meeting) -> Styled:
        sign = SIGNS.get(meeting.status, "✖️")
        text = Styled(f"{sign} " + guest.say(f"status.{meeting.status}")).wrapped(BOLD)
        if meeting.status in WAITING and meeting.answer_by is not None:
            key = "visits.answer_by" if meeting.status == Status.REQUESTED else "visits.your_answer_by"
            text = text + f" ({guest.say(key)} " + deadline(meeting.answer_by, meeting.slot, guest.language) + ")"
        return text + (f": {worded(meeting.reason, guest.language)}" if meeting.reason else "")

    async def _history(self, guest: Guest, meeting: Meeting) -> Styled:
        venue = zone(meeting.slot.zone)
        entries = [
            f"{times.moment_text(entry.at, venue, guest.language)}: {guest.say(f'status.{entry.became}')}"
            for entry in (await asked(self._store.agenda.history, meeting.id))[-4:]
        ]
        return Styled("\n".join([*entries, guest.say("visits.reference", id=meeting.id)]))

    async def _team_name(self, guest: Guest, meeting: Meeting) -> str:
        team = await asked(self._store.pavilion.team, meeting.slot.team_id)
        return team_name(team, guest.language) if team else meeting.slot.team_id

    async def _waits(self, guest: Guest) -> list[tuple[str, date]]:
        rows = (await asked(self._store.people.data_of, guest.id))["waitlist"]
        today = guest.now.date() - timedelta(days=1)
        return [(row["team_id"], row["day"]) for row in rows if row["state"] == "waiting" and row["day"] >= today][:2]

    async def _mine(self, guest: Guest, meeting_id: str) -> Meeting:
        """The guest's own meeting. Raises Refused, which says nothing about whose it is."""
        meeting = await asked(self._store.agenda.meeting, meeting_id)
        if meeting.visitor_id != guest.id:
            raise Refused(Reason.NOT_YOURS)
        return meeting

    async def _own(self, guest: Guest, meeting_id: str) -> Meeting | None:
        try:
            return await self._mine(guest, meeting_id)
        except Refused:
            return None


def _may_be_late(meeting: Meeting, guest: Guest) -> bool:
    begins = meeting.slot.starts_at - LATE_FROM
    return meeting.status == Status.CONFIRMED and begins <= guest.now < meeting.slot.ends_at


def _list_button(guest: Guest, key: str = "visits.all") -> InlineKeyboardButton:
    return button(guest.say(key), "m:list:0")
