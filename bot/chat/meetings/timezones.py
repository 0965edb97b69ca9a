"""The visitor's time zone: asked once, by a button or by typing a city; /timezone changes it.

Whatever else is being filled in waits inside the draft of kind "zone", and goes on once the zone is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from telegram import InlineKeyboardMarkup, Update

from bot import times, zones
from bot.chat.buttons import button, in_rows
from bot.chat.meetings.guests import Guest, Page, asked, guest_of
from bot.chat.sending import Sender
from bot.chat.styled import Styled
from bot.chat.threads import Conversation, is_question, is_stop
from bot.chat.visitors import Place, Visitors
from bot.store import Draft, Store
from bot.texts import say

ZONE = r"z:([\w/+-]{1,58})"
INSIDE = "inside"  # the field that keeps the kind of the draft that waits


def wrapped(draft: Draft | None, visitor_id: int) -> Draft:
    """A draft for typing a zone, with what else is being filled in inside it."""
    if draft is None:
        return Draft(visitor_id, "zone", "")
    if draft.kind == "zone":
        return draft
    return Draft(visitor_id, "zone", draft.step, {**draft.fields, INSIDE: draft.kind})


def unwrapped(draft: Draft | None) -> Draft | None:
    """What waits inside a draft for typing a zone; any other draft as it is."""
    if draft is None or draft.kind != "zone":
        return draft
    fields = dict(draft.fields)
    kind = fields.pop(INSIDE, "")
    return Draft(draft.visitor_id, kind, draft.step, fields, draft.at) if kind else None


class Timezones:
    """/timezone, and the question in the middle of a booking."""

    def __init__(
        self, store: Store, visitors: Visitors, sender: Sender, conversations: Mapping[str, Conversation]
    ) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._conversations = conversations

    async def open(self, update: Update, place: Place, rest: str) -> None:
        """/timezone, also with a city behind it."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is None:
            return
        draft = await asked(self._store.people.draft, guest.id)
        teams = await asked(self._store.pavilion.teams)
        if rest and (found := zones.find(rest[:60])):
            await asked(self._store.people.keep_draft, wrapped(draft, guest.id), guest.now)
            await self._sender.send(place, *self._candidates(guest, found))
            return
        await self.ask(guest, draft, teams[0].zone if teams else "")

    async def ask(self, guest: Guest, draft: Draft | None, venue: str, *marks: str) -> None:
        """Ask where the guest is; ``draft`` waits meanwhile."""
        await asked(self._store.people.keep_draft, wrapped(draft, guest.id), guest.now)
        known = await asked(self._store.people.zone_of, guest.id)
        suggestion = zones.suggested(guest.language)
        rows = []
        if venue:
            there = guest.say("zones.as_at_venue", city=zones.city(venue, guest.language))
            rows.append([button(there, f"z:{venue}")])
        if suggestion and suggestion != venue:
            rows.insert(0, [button(zones.city(suggestion, guest.language), f"z:{suggestion}")])
        if known and known not in (venue, suggestion):
            rows.append([button(guest.say("zones.stay", city=zones.city(known, guest.language)), f"z:{known}")])
        text = guest.say("zones.now", city=zones.city(known, guest.language)) + "\n" if known else ""
        page = Page(Styled(text + guest.say("zones.ask")), InlineKeyboardMarkup(rows) if rows else None)
        await guest.show(self._sender, page, *marks)

    async def press(self, update: Update, _context: object) -> None:
        """Keep the zone, then go on with what waited."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        match = re.fullmatch(ZONE, (guest.query.data or "") if guest and guest.query else "")
        if guest is None or match is None:
            return
        if not guest.place.private:
            await guest.toast(guest.say("chat.in_private"))
            return
        try:
            zone = zones.zone(match[1])
        except zones.UnknownZone:
            await guest.toast(guest.say("zones.unknown"))
            return
        await asked(self._store.people.choose_zone, guest.id, zone.key)
        await guest.toast()
        clock = times.moment_text(guest.now, zone, guest.language)
        done = guest.say("zones.chosen", city=zones.city(zone.key, guest.language), clock=clock)
        await guest.show(self._sender, Page(Styled(done)), "z:")
        draft = await asked(self._store.people.draft, guest.id)
        if draft is None or draft.kind != "zone":
            return
        inner = unwrapped(draft)
        if inner is None:
            await asked(self._store.people.drop_draft, guest.id)
            return
        await asked(self._store.people.keep_draft, inner, guest.now)
        if inner.kind in self._conversations:
            await self._conversations[inner.kind].remind(update, guest.place, inner)

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """A city, a country, an abbreviation. What is found is offered, not taken: there are many Springfields."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if guest is None or not place.private or is_question(text):
            return False
        inner = unwrapped(draft)
        if inner is not None and inner.kind == "meeting" and is_stop(text):  # the booking, not the search for a city
            return await self._conversations[inner.kind].hear(update, place, inner, text)
        found = zones.find(text[:60])
        if not found and len(text.split()) > 4:
            return False
        if found:
            await self._sender.send(place, *self._candidates(guest, found))
        else:
            await self._sender.send(place, guest.say("zones.not_found"))
        return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Only a booking needs the answer; who opened /timezone and asked something else has moved on."""
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        inner = unwrapped(draft)
        if guest is None:
            return
        if inner is None:
            await asked(self._store.people.drop_draft, guest.id)
            return
        teams = await asked(self._store.pavilion.teams)
        await self.ask(guest, inner, teams[0].zone if teams else "")

    def _candidates(self, guest: Guest, found: list[str]) -> tuple[str, InlineKeyboardMarkup]:
        clocks = ((name, times.clock(guest.now, zones.zone(name))) for name in found)
        buttons = [button(f"{zones.city(name, guest.language)} · {clock}", f"z:{name}") for name, clock in clocks]
        return say(guest.language, "zones.which"), InlineKeyboardMarkup(in_rows(buttons, 2))
