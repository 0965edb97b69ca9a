"""Ending a meeting on the staff's side, with a reason: one of the usual ones by button, or one in their own words.

In a group the bot hears only what answers it, so it asks for a written reason with a message to answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from telegram import ForceReply, Update

from bot.chat.sending import Sender
from bot.chat.staff.badges import Badge, badge_of
from bot.chat.staff.cards import button
from bot.chat.staff.presses import Press, Screen, Step, back, why
from bot.chat.staff.reasons import CANCELLING, DECLINING
from bot.chat.styled import LINK, Styled, line
from bot.chat.threads import is_question
from bot.chat.visitors import Place, telegram_language
from bot.meetings import Reason, Refused
from bot.store import Draft, Store
from bot.texts import say

DRAFT = "staff"
FRESH = timedelta(minutes=15)  # later only what answers our message is a reason: it ends a meeting
OWN, NONE = "own", "none"  # of the buttons for a reason in one's own words, and for none
_USUAL = {"no": DECLINING, "off": CANCELLING}
_DONE = {"no": "staff.done_declined", "off": "staff.done_cancelled"}


class Endings:
    """Declines, takes back, cancels; reads the draft of a reason."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self.steps: Mapping[str, Step] = {"no": self._decline, "off": self._cancel}

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """Take the text as the reason: in a group if it answers our message, in private unless it asks something."""
        message, fields = update.message, draft.fields
        if message is None or str(place.chat_id) != fields["chat"]:
            return False
        answered = message.reply_to_message
        answers = answered is not None and str(answered.message_id) == fields["prompt"]
        late = draft.at is None or draft.at < self._sender.clock.now() - FRESH
        if not answers and (not place.private or late or is_question(text)):
            return False
        badge = await asyncio.to_thread(badge_of, self._store, draft.visitor_id, place)
        language = badge.shared if badge else telegram_language(update)
        try:
            await self._end(draft.step, fields["meeting"], int(fields["version"]), draft.visitor_id, text)
            done = say(language, _DONE[draft.step])
        except Refused as refused:
            now = self._sender.clock.now()
            done = await asyncio.to_thread(why, self._store, refused, fields["meeting"], now, language)
        # After it was done, not before: should the process die in between, the reason is heard again.
        await asyncio.to_thread(self._store.people.drop_draft, draft.visitor_id)
        await self._sender.send(place, done)
        return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Ask for the reason again, after a question in between."""
        badge = await asyncio.to_thread(badge_of, self._store, draft.visitor_id, place)
        if badge is not None and str(place.chat_id) == draft.fields["chat"]:
            await self._ask(place, badge, draft)

    async def lay_down(self, press: Press) -> None:
        """They pressed something else under the card: what they write next is no reason any more."""
        draft = await asyncio.to_thread(self._store.people.draft, press.user_id)
        if draft is not None and draft.kind == DRAFT and draft.fields["meeting"] == press.meeting.id:
            await asyncio.to_thread(self._store.people.drop_draft, press.user_id)

    async def _decline(self, press: Press) -> Screen:
        return await self._ending(press, "no")

    async def _cancel(self, press: Press) -> Screen:
        return await self._ending(press, "off")

    async def _ending(self, press: Press, verb: str) -> Screen:
        meeting, reason = press.meeting, press.more
        if not reason:
            rows = [[button(press.say(f"reasons.{one}"), verb, meeting, one)] for one in _USUAL[verb]]
            rows.append([button(press.say("staff.button_write"), verb, meeting, OWN)])
            rows.append([button(press.say("staff.button_no_reason"), verb, meeting, NONE)])
            return Screen(question=Styled(press.say("staff.ask_reason")), rows=[*rows, back(press)])
        if reason == OWN:
            fields = {"meeting": meeting.id, "version": str(meeting.version), "chat": str(press.place.chat_id)}
            await self._ask(press.place, press.badge, Draft(press.user_id, DRAFT, verb, fields))
            return Screen()
        if reason not in (*_USUAL[verb], NONE):
            raise Refused(Reason.UNKNOWN)
        await self._end(verb, meeting.id, meeting.version, press.user_id, "" if reason == NONE else reason)
        return Screen(press.tell(_DONE[verb]))

    async def _ask(self, place: Place, badge: Badge, draft: Draft) -> None:
        """Ask for the reason in words; only the one who is asked gets the field to answer in."""
        name = Styled(line(badge.member.name)).wrapped(LINK, f"tg://user?id={draft.visitor_id}")
        asked = name + ": " + say(badge.shared, "staff.write_reason", reference=draft.fields["meeting"])
        prompt = await self._sender.send(replace(place, reply_to=None), asked, ForceReply(selective=True))
        kept = replace(draft, fields={**draft.fields, "prompt": str(prompt.message_id)})
        await asyncio.to_thread(self._store.people.keep_draft, kept, self._sender.clock.now())

    async def _end(self, verb: str, meeting_id: str, version: int, by: int, reason: str) -> None:
        decide = self._store.decisions.decline if verb == "no" else self._store.decisions.cancel
        await asyncio.to_thread(decide, meeting_id, version, by, reason, self._sender.clock.now())
