"""What staff decide under the card of a meeting. Who presses, where, and from which version is checked at every tap.

The pressed message is changed at once; the outbox then brings the card in the staff chat to the same truth, wherever
it was pressed.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot.chat.buttons import toast
from bot.chat.sending import Sender
from bot.chat.splitting import cut
from bot.chat.staff import cards
from bot.chat.staff.badges import Badge, badge_of
from bot.chat.staff.cards import NAME, Card, button
from bot.chat.staff.endings import Endings
from bot.chat.staff.presses import Press, Screen, Step, back, paged, why
from bot.chat.staff.proposals import Proposals
from bot.chat.styled import Styled, line
from bot.chat.visitors import Place, Visitors, place_of
from bot.meetings import Reason, Refused, Status
from bot.store import Store
from bot.texts import say

logger = logging.getLogger(__name__)

STAFF = r"s:([a-z]{2,5}):([0-9A-Za-z]{1,16}):(\d{1,6})(?::([0-9a-z:_-]{1,40}))?"
LOOKING = ("show", "card")  # change nothing, so it does not matter how old the button is
LONGEST_TOAST = 200


class Staff:
    """The presses of staff."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender, endings: Endings) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._endings = endings
        self._steps: Mapping[str, Step] = {
            "show": self._show,
            "card": self._card,
            "ok": self._confirm,
            "who": self._who,
            "came": self._came,
            "miss": self._missed,
            **Proposals(store).steps,
            **endings.steps,
        }

    async def press(self, update: Update, _context: object) -> None:
        """Do what the button says, if it may be done; in any case show how things stand."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(STAFF, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        verb, meeting_id, version, more = match.groups(default="")
        found = await asyncio.to_thread(self._admitted, query.from_user.id, place, meeting_id)
        if isinstance(found, str):
            language = await self._visitors.language(update)
            await toast(query, say(language, "staff.elsewhere" if found == "elsewhere" else "staff.not_yours"))
            return
        badge, card = found
        press = Press(place, badge, card, more, self._sender.clock.now())
        await self._endings.lay_down(press)
        try:
            self._check(press, verb, int(version))
            screen = await self._steps[verb](press)
        except Refused as refused:
            text = await asyncio.to_thread(why, self._store, refused, meeting_id, press.now, badge.language)
            screen = Screen(text)
        await toast(query, cut(screen.toast, LONGEST_TOAST))
        if not screen.aside:
            await self._put(query, press, screen)

    def _check(self, press: Press, verb: str, version: int) -> None:
        """Raises Refused where the button is not, or no longer, under the card."""
        if verb not in self._steps:
            raise Refused(Reason.UNKNOWN)
        if verb in LOOKING:
            return
        if press.meeting.version != version:
            raise Refused(Reason.CHANGED)
        if verb not in cards.possible(press.meeting, press.now) and not _too_early(press, verb):
            raise Refused(Reason.NOT_ALLOWED)

    def _admitted(self, user_id: int, place: Place, meeting_id: str) -> tuple[Badge, Card] | str:
        """Who presses and what about; or why not. To a stranger a meeting that exists is one that does not."""
        badge = badge_of(self._store, user_id, place)
        try:
            card = cards.read(self._store, meeting_id)
        except Refused:
            return "not yours"
        if badge is None or not badge.acts_for(card.team.id):
            return "not yours"
        return (badge, card) if badge.may_see(card.team.id) else "elsewhere"

    async def _put(self, query: CallbackQuery, press: Press, screen: Screen) -> None:
        """Change the pressed message; one that Telegram keeps from us is followed by a new one."""
        card = await asyncio.to_thread(cards.read, self._store, press.meeting.id)
        text, keyboard = self._drawn(press, card, screen)
        if isinstance(query.message, Message):
            try:
                await self._sender.edit(query.message, text, keyboard)
                return
            except BadRequest as error:
                logger.info("the card of %s cannot be changed, sending it anew: %s", press.meeting.id, error)
        await self._sender.send(press.place, text, keyboard)

    def _drawn(self, press: Press, card: Card, screen: Screen) -> tuple[Styled, InlineKeyboardMarkup | None]:
        text = cards.text(card, press.badge.shared)
        if screen.question is None:
            return text, cards.buttons(card, press.now, press.badge.shared)
        return text + "\n\n" + screen.question, InlineKeyboardMarkup(screen.rows or [])

    async def _show(self, _press: Press) -> Screen:
        return Screen()

    async def _card(self, press: Press) -> Screen:
        """A fresh card at the end of the chat, out of a list."""
        await self.lay_out(press.place, press.card, press.badge)
        return Screen(aside=True)

    async def lay_out(self, place: Place, card: Card, badge: Badge) -> None:
        """Send the card anew. In the team's chat it is the card from now on, which the outbox keeps true."""
        keyboard = cards.buttons(card, self._sender.clock.now(), badge.shared)
        sent = await self._sender.send(replace(place, reply_to=None), cards.text(card, badge.shared), keyboard)
        if place.chat_id == card.team.chat_id:
            await asyncio.to_thread(self._store.outbox.keep_card, card.meeting.id, sent.chat_id, sent.message_id)

    async def _confirm(self, press: Press) -> Screen:
        """Confirm; whoever presses goes, unless the button names somebody."""
        meeting, goes = press.meeting, press.more or press.badge.member.id
        confirm = self._store.decisions.confirm
        await asyncio.to_thread(confirm, meeting.id, meeting.version, press.user_id, goes, press.now)
        return Screen(press.tell("staff.done_confirmed"))

    async def _who(self, press: Press) -> Screen:
        choices = [
            button(press.say("staff.button_confirm", name=cut(line(one.name), NAME)), "ok", press.meeting, one.id)
            for one in press.card.members
        ]
        page = int(press.more) if press.more.isdigit() else 0
        return Screen(question=Styled(press.say("staff.ask_who")), rows=paged(press, "who", choices, page, 2))

    async def _came(self, press: Press) -> Screen:
        return await self._attended(press, True)

    async def _missed(self, press: Press) -> Screen:
        """Asked first: it is counted, and cannot be taken back."""
        if press.more or _too_early(press, "miss"):
            return await self._attended(press, False)
        sure = button(press.say("staff.button_missed_really"), "miss", press.meeting, "yes")
        return Screen(question=Styled(press.say("staff.ask_missed")), rows=[[sure], back(press)])

    async def _attended(self, press: Press, came: bool) -> Screen:
        meeting = press.meeting
        if _too_early(press, "came"):
            return Screen(press.tell("staff.not_yet"), aside=True)
        say_so = self._store.decisions.came
        await asyncio.to_thread(say_so, meeting.id, meeting.version, press.user_id, came, press.now)
        return Screen(press.tell("staff.done_came" if came else "staff.done_missed"))


def _too_early(press: Press, verb: str) -> bool:
    """Whether it was asked before the meeting who came: the last reminder has the buttons for it already."""
    meeting = press.meeting
    return verb in ("came", "miss") and meeting.status == Status.CONFIRMED and press.now < meeting.slot.starts_at
