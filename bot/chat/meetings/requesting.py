"""Requesting: from a seat that is kept to a request that is sent. Asks only for what is missing, in any order it comes.

What was typed stands in the draft, the seat in the held meeting; nothing is in memory, so a restart loses neither. A hold
that ran out while somebody typed is taken again without a word if the seat is still free.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from bot.chat.appointments import when
from bot.chat.meetings import details, forms
from bot.chat.meetings.choices import Choices
from bot.chat.meetings.guests import Guest, Page, asked
from bot.chat.meetings.timezones import Timezones, unwrapped
from bot.chat.sending import Sender
from bot.chat.styled import Styled, line
from bot.chat.threads import FORGOTTEN, agrees, is_question
from bot.mail import valid_address
from bot.meetings import Details, Meeting, Reason, Refused, Status
from bot.store import Draft, Store
from bot.wishes import wish_of
from bot.zones import zone

OWN = "b:x"  # the button that marks a message of the booking
NOTICE = "2026-11"  # the version of meetings.notice that visitors agree to
GONE = (Reason.TAKEN, Reason.CLOSED, Reason.TOO_SOON, Reason.TOO_FAR, Reason.LAPSED)
SAID = ("name", "organisation", "topic", "email")
BEFORE = "before"  # the field that keeps what else was being written
_SHORT = 2  # words; so short an answer to buttons means one of them


class Requesting:
    """The conversation about a held seat."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        timezones: Timezones,
        choices: Choices,
        mail: bool,
        keep: timedelta,
    ) -> None:
        self._keep = keep
        self._store = store
        self._sender = sender
        self._timezones = timezones
        self._choices = choices
        self._mail = mail

    async def draft(self, guest: Guest) -> Draft | None:
        """The guest's booking, also while they are asked for their time zone."""
        draft = unwrapped(await asked(self._store.people.draft, guest.id))
        if draft is None or draft.kind != "meeting" or draft.at is None or draft.at < guest.now - FORGOTTEN:
            return None
        return draft

    async def keep(self, guest: Guest, step: str, fields: dict[str, str]) -> Draft:
        """Remember where the guest is. Whatever else they were writing waits inside, for ``leave``."""
        now = unwrapped(await asked(self._store.people.draft, guest.id))
        if now is not None and now.at is not None and now.at >= guest.now - FORGOTTEN:
            other = json.dumps({"kind": now.kind, "step": now.step, "fields": now.fields}, ensure_ascii=False)
            before = now.fields.get(BEFORE, "") if now.kind == "meeting" else other
            fields = {**fields, BEFORE: before} if before else fields
        draft = Draft(guest.id, "meeting", step, fields, guest.now)
        await asked(self._store.people.keep_draft, draft, guest.now)
        return draft

    async def leave(self, guest: Guest) -> None:
        """The booking is done with; what was being written before it is taken up again. Other drafts stay."""
        draft = unwrapped(await asked(self._store.people.draft, guest.id))
        if draft is None or draft.kind != "meeting":
            return
        if before := draft.fields.get(BEFORE):
            await asked(self._store.people.keep_draft, Draft(visitor_id=guest.id, **json.loads(before)), guest.now)
        else:
            await asked(self._store.people.drop_draft, guest.id)

    async def hear(self, guest: Guest, draft: Draft, text: str) -> bool:
        """Take what was typed for the details that are missing, unless it is a question. Raises Refused."""
        if draft.step == "choose":
            return False
        if is_question(text) and not _sounds_like_a_name(draft, text):
            if draft.step == "topic":
                await self.keep(guest, draft.step, {**draft.fields, "aside": text})
            return False
        if draft.step == "consent" and agrees(text):
            await self.agree(guest)
            await self.proceed(guest, draft)
            return True
        if draft.step == "email":
            return await self._hear_address(guest, draft, text)
        if draft.step != "topic" and await self._another_time(guest, text):
            return False
        changing = draft.fields.get("changing", "")
        wanted = [changing] if changing else [field for field in details.FIELDS if field not in draft.fields]
        said = details.read(text, () if draft.step in ("consent", "summary") else wanted)
        if not self._mail:
            said.pop("email", None)
        if draft.step == "consent" or (draft.step == "summary" and not said):
            if len(text.split()) > _SHORT and not details.read(text, details.FIELDS[:2]).get("organisation"):
                return False
            refused = draft.step == "consent" and not await asked(self._store.people.agreed, guest.id, "booking")
            await self.proceed(guest, draft, Styled(guest.say("refusals.no_consent")) if refused else None)
            return True
        fields = {**draft.fields, **said}
        fields.pop("changing", None)
        fields.pop("aside", None)
        await self.proceed(guest, replace(draft, fields=fields))
        return True

    async def agree(self, guest: Guest) -> None:
        """Keep that the visitor agreed to the notice."""
        await asked(self._store.people.agree, guest.id, "booking", NOTICE, guest.language, guest.now)

    async def remind(self, guest: Guest, draft: Draft) -> None:
        """After a question in the middle: where we were. Raises Refused."""
        if draft.step == "choose":
            await self._show(guest, forms.go_on(guest, draft.fields["team"]))
            return
        await self.proceed(guest, draft)

    async def proceed(self, guest: Guest, draft: Draft, before: Styled | None = None) -> None:
        """Ask for the next thing that is missing; when nothing is, show the summary. Raises Refused."""
        try:
            meeting = await self._seat(guest, draft)
        except Refused as refused:
            await self._lost(guest, draft, refused)
            return
        fields = {**draft.fields, "meeting": meeting.id, "team": meeting.slot.team_id}
        if not await asked(self._store.people.agreed, guest.id, "booking"):
            await self.keep(guest, "consent", fields)
            await self._show(guest, forms.notice(guest, self._keep, before))
            return
        asks_for = fields.get("changing") or next((one for one in details.FIELDS if one not in fields), "")
        if asks_for:
            await self.keep(guest, asks_for, fields)
            await self._show(guest, forms.question(guest, asks_for, fields, before))
            return
        draft = await self.keep(guest, "summary", fields)
        if not await asked(self._store.people.zone_of, guest.id):
            await self._timezones.ask(guest, draft, meeting.slot.zone, OWN)
            return
        meeting = await self._described(guest, meeting, fields)
        team = await self._choices.named(meeting.slot.team_id)
        await self._show(guest, forms.summary(guest, meeting, team, self._mail, before))

    async def send(self, guest: Guest, meeting_id: str) -> None:
        """Send the request; what lapsed meanwhile is taken again first. Raises Refused."""
        draft = await self.draft(guest)
        if draft is not None and "meeting" in draft.fields:
            try:
                meeting = await self._seat(guest, draft)
                meeting_id = (await self._described(guest, meeting, draft.fields)).id
            except Refused as refused:
                # Sent already, and then the process died: sending it again says so.
                if refused.meeting is None or refused.meeting.status != Status.REQUESTED:
                    await self._lost(guest, draft, refused)
                    return
        try:
            meeting = await asked(self._store.requests.send, meeting_id, guest.id, guest.now)
        except Refused as refused:
            if draft is None or refused.reason not in (Reason.INCOMPLETE, Reason.NO_CONSENT):
                raise
            await self.proceed(guest, draft)
            return
        await self.leave(guest)
        team = await self._choices.named(meeting.slot.team_id)
        await self._show(guest, forms.sent(guest, meeting, team))

    async def take(self, guest: Guest, field: str, value: str) -> str | None:
        """A detail said by a button. Returns what to answer the press with."""
        draft = await self.draft(guest)
        if draft is None or "meeting" not in draft.fields:
            return guest.say("meetings.over")
        fields = {**draft.fields, field: value}
        fields.pop("changing", None)
        fields.pop("aside", None)
        await self.proceed(guest, replace(draft, fields=fields))
        return None

    async def change(self, guest: Guest, what: str) -> str | None:
        """Offer what can be changed, or ask for it anew. Returns what to answer the press with."""
        draft = await self.draft(guest)
        if draft is None or "meeting" not in draft.fields:
            return guest.say("meetings.over")
        if what == "":
            await self._show(guest, forms.changes(guest, draft.fields, self._mail))
        elif what == "nothing":
            fields = {field: value for field, value in draft.fields.items() if field != "changing"}
            await self.proceed(guest, replace(draft, fields=fields))
        elif what == "time":
            await self.keep(guest, "summary", draft.fields)
            team, others = await self._choices.team(draft.fields["team"]), "replaces" not in draft.fields
            await self._show(guest, await self._choices.days(guest, team, others=others))
        elif what not in SAID or (what == "email" and not self._mail):
            raise Refused(Reason.UNKNOWN)  # no button of ours says so
        else:
            fields = {**draft.fields, "changing": what}
            await self.keep(guest, what, fields)
            await self._show(guest, forms.question(guest, what, fields))
        return None

    async def _another_time(self, guest: Guest, text: str) -> bool:
        """Whether, asked for a name, somebody says when they would rather come."""
        teams = await asked(self._store.pavilion.teams)
        wish = wish_of(text, teams, (), guest.now, zone(teams[0].zone)) if teams else None
        return wish is not None and wish.spoken.found

    async def _hear_address(self, guest: Guest, draft: Draft, text: str) -> bool:
        address = valid_address(text) or details.read(text, ()).get("email")
        if address is None:
            await self._show(guest, forms.no_address(guest))
            return True
        fields = {field: value for field, value in draft.fields.items() if field != "changing"}
        await self.proceed(guest, replace(draft, fields={**fields, "email": address}))
        return True

    async def _seat(self, guest: Guest, draft: Draft) -> Meeting:
        """The held seat, taken again if its hold ran out. Raises Refused."""
        meeting = await asked(self._store.agenda.meeting, draft.fields["meeting"])
        if meeting.visitor_id != guest.id:
            raise Refused(Reason.NOT_YOURS)
        if meeting.status not in (Status.HELD, Status.ABANDONED):
            raise Refused(Reason.CHANGED, meeting)
        if meeting.status == Status.HELD and meeting.hold_until is not None and meeting.hold_until > guest.now:
            return meeting
        replaces = meeting.replaces_id
        return await asked(self._store.requests.hold, meeting.slot.id, guest.id, guest.language, guest.now, replaces)

    async def _described(self, guest: Guest, meeting: Meeting, fields: dict[str, str]) -> Meeting:
        """The meeting with what was said; one that has it already is not written again."""
        said = {field: line(fields[field]) for field in SAID if field in fields}
        if all(getattr(meeting, field) == value for field, value in said.items()):
            return meeting
        return await asked(self._store.requests.describe, meeting.id, guest.id, Details(**said))

    async def _lost(self, guest: Guest, draft: Draft, refused: Refused) -> None:
        """The seat is not to be had: say so, offer what is near, keep what was typed."""
        if refused.reason not in GONE:
            await self.leave(guest)
            raise refused
        slot = (await asked(self._store.agenda.meeting, draft.fields["meeting"])).slot
        fields = {field: value for field, value in draft.fields.items() if field in (*SAID, "team", "replaces")}
        await self.keep(guest, "choose", fields)
        team = await self._choices.team(slot.team_id)
        lost = Styled(guest.say("meetings.lost")) + " " + when(slot, guest.language)
        if any(fields.get(field) for field in SAID):
            lost += "\n" + guest.say("meetings.kept")
        await self._show(guest, await self._choices.near(guest, team, slot.starts_at, lost))

    async def _show(self, guest: Guest, page: Page) -> None:
        await guest.show(self._sender, page, OWN)


def _sounds_like_a_name(draft: Draft, text: str) -> bool:
    """Can Yılmaz and IS Dongseo begin like questions."""
    few = len(text.split()) <= 3 or "," in text or "\n" in text
    return draft.step in ("name", "organisation") and few and not text.rstrip().endswith(("?", "？"))
