"""One's own inquiries: how they stand, something to add, an answer back, enough, withdrawn."""

from __future__ import annotations

import json

from telegram import InlineKeyboardMarkup, Update

from bot.chat.inquiries import dossiers
from bot.chat.inquiries.dossiers import Dossier, answering, standing
from bot.chat.inquiries.inquiry import bare
from bot.chat.inquiries.questionnaire import button, kind_name
from bot.chat.meetings.guests import Guest, Page, asked, guest_of
from bot.chat.sending import Sender
from bot.chat.splitting import cut
from bot.chat.styled import Styled
from bot.chat.visitors import Place, Visitors
from bot.inquiries import STANDING, Inquiry, State
from bot.meetings import Reason, Refused
from bot.store import Draft, Store

CORRESPONDENCE = r"i:(?:show|add|done|w|w!):\w{1,16}|i:(?:list|addx)"
REMARK = "remark"  # the kind of the draft in which something is added
LONGEST_REMARK = 1000  # so that the desk's card has room for all of it
SHOWN = 7  # with the row under them no more than fits a phone
_MINE = ("i:list",)  # what marks a page of ours, which may be changed when it is pressed


class Correspondence:
    """/inquiries and its buttons, and the buttons under what visitors are told about an inquiry."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender

    async def open(self, update: Update, place: Place, _rest: str) -> None:
        """List one's inquiries."""
        guest = await self._guest(update)
        if guest is not None:
            page = await self._list(guest)
            await self._sender.send(place, page.text, page.keyboard)

    async def press(self, update: Update, _context: object) -> None:
        """One of the buttons; what is no longer possible is told with how things stand."""
        guest = await self._guest(update)
        if guest is None or guest.query is None:
            return
        if not guest.place.private:
            await guest.toast(guest.say("inquiries.private_only"))
            return
        _, verb, inquiry_id = f"{guest.query.data}:".split(":")[:3]
        try:
            await self._do(guest, verb, inquiry_id)
        except Refused as refused:
            await guest.toast(await self._why(guest, refused, inquiry_id))
            if refused.reason == Reason.CHANGED:
                await self._refresh(guest, inquiry_id)

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """Take the text as what is to be added. A question, too: whoever pressed "Add" asks the desk, not the bot."""
        guest = await self._guest(update)
        if guest is None or not place.private:
            return False
        inquiry_id = draft.fields["inquiry"]
        if len(text) > LONGEST_REMARK:
            await self._sender.send(place, guest.say("inquiries.too_long", most=LONGEST_REMARK, given=len(text)))
            return True
        try:
            await asked(self._store.inquiries.add, inquiry_id, guest.id, text, guest.now)
            said = guest.say("inquiries.added", id=inquiry_id)
        except Refused as refused:
            said = await self._why(guest, refused, inquiry_id)
        await self._leave(guest, draft)
        await self._sender.send(place, said)
        return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Ask again for what is to be added."""
        guest = await self._guest(update)
        if guest is not None:
            await self._sender.send(
                place, guest.say("inquiries.add_resumed", id=draft.fields["inquiry"]), self._stop(guest)
            )

    async def _do(self, guest: Guest, verb: str, inquiry_id: str) -> None:
        if verb == "list":
            await guest.toast()
            await guest.show(self._sender, await self._list(guest), *_MINE)
        elif verb == "addx":
            draft = await asked(self._store.people.draft, guest.id)
            if draft is not None and draft.kind == REMARK:
                await self._leave(guest, draft)
            await guest.toast(guest.say("inquiries.add_stopped"))
            await bare(guest)
        elif verb == "show":
            dossier = await self._own(guest, inquiry_id)
            await guest.toast()
            await guest.show(self._sender, _page(dossier, guest), *_MINE)
        elif verb == "add":
            await self._add(guest, inquiry_id)
        elif verb == "done":
            await asked(self._store.inquiries.done, inquiry_id, guest.id, guest.now)
            await self._over(guest, "inquiries.was_done", inquiry_id)
        elif verb == "w":
            await self._ask_to_withdraw(guest, inquiry_id)
        else:
            await asked(self._store.inquiries.withdraw, inquiry_id, guest.id, guest.now)
            await self._over(guest, "inquiries.was_withdrawn", inquiry_id)

    async def _add(self, guest: Guest, inquiry_id: str) -> None:
        dossier = await self._own(guest, inquiry_id)
        if dossier.inquiry.state not in STANDING:
            raise Refused(Reason.CHANGED)
        before = await asked(self._store.people.draft, guest.id)
        fields = {"inquiry": inquiry_id}
        if before is not None and before.kind == REMARK:
            fields = {**before.fields, **fields}
        elif before is not None:  # whatever was being written comes back afterwards
            fields["before"] = json.dumps({"kind": before.kind, "step": before.step, "fields": before.fields})
        await asked(self._store.people.keep_draft, Draft(guest.id, REMARK, "text", fields), guest.now)
        await guest.toast()
        await self._sender.send(guest.place, guest.say("inquiries.ask_add", id=inquiry_id), self._stop(guest))

    async def _leave(self, guest: Guest, draft: Draft) -> None:
        """The remark is done with; what was being written before it is taken up again."""
        if before := draft.fields.get("before"):
            await asked(self._store.people.keep_draft, Draft(visitor_id=guest.id, **json.loads(before)), guest.now)
        else:
            await asked(self._store.people.drop_draft, guest.id)

    async def _ask_to_withdraw(self, guest: Guest, inquiry_id: str) -> None:
        dossier = await self._own(guest, inquiry_id)
        if dossier.inquiry.state not in STANDING:
            raise Refused(Reason.CHANGED)
        await guest.toast()
        rows = [
            [button(guest.say("inquiries.yes_withdraw"), f"i:w!:{inquiry_id}")],
            [button(guest.say("inquiries.keep"), f"i:show:{inquiry_id}")],
            [button(guest.say("inquiries.to_list"), "i:list")],
        ]
        text = Styled(guest.say("inquiries.really_withdraw", id=inquiry_id))
        await guest.show(self._sender, Page(text, InlineKeyboardMarkup(rows)), *_MINE)

    async def _over(self, guest: Guest, key: str, inquiry_id: str) -> None:
        """It has ended: say so where it was pressed, or below what must stay to be read."""
        await guest.toast()
        page = Page(Styled(guest.say(key, id=inquiry_id)))
        if guest.pressed_under(*_MINE) is None:
            await bare(guest)
        await guest.show(self._sender, page, *_MINE)

    async def _list(self, guest: Guest) -> Page:
        mine = await asked(self._store.inquiries.of_visitor, guest.id)
        if not mine:
            return Page(Styled(guest.say("inquiries.none")))
        # Those that somebody may still say something about come first, then the latest.
        latest = sorted(mine, key=lambda one: (one.state in STANDING, one.created_at), reverse=True)[:SHOWN]
        rows = [[button(cut(_title(one, guest), 60), f"i:show:{one.id}")] for one in latest]
        rows.append([button("↻", "i:list")])
        return Page(Styled(guest.say("inquiries.list")), InlineKeyboardMarkup(rows))

    async def _own(self, guest: Guest, inquiry_id: str) -> Dossier:
        """The inquiry, if it is the guest's. Raises Refused."""
        dossier = await asked(dossiers.read, self._store, inquiry_id)
        if dossier.inquiry.visitor_id != guest.id:
            raise Refused(Reason.NOT_YOURS)
        return dossier

    async def _why(self, guest: Guest, refused: Refused, inquiry_id: str) -> str:
        if refused.reason == Reason.NOT_YOURS:
            return guest.say("inquiries.refused_not_yours")
        if refused.reason == Reason.DAY_FULL:
            return guest.say("refusals.too_many")
        if refused.reason != Reason.CHANGED:
            return guest.say("inquiries.refused_unknown")
        inquiry = await asked(self._store.inquiries.inquiry, inquiry_id)
        return guest.say("inquiries.refused_changed", state=standing(inquiry, guest.language))

    async def _refresh(self, guest: Guest, inquiry_id: str) -> None:
        """Show how things stand where the press came too late."""
        if guest.pressed_under(*_MINE):
            await guest.show(self._sender, _page(await self._own(guest, inquiry_id), guest), *_MINE)
        else:
            await bare(guest)

    def _stop(self, guest: Guest) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup.from_button(button(guest.say("inquiries.stop"), "i:addx"))

    async def _guest(self, update: Update) -> Guest | None:
        return await guest_of(update, self._visitors, self._sender.clock.now())


def _page(dossier: Dossier, guest: Guest) -> Page:
    inquiry, language = dossier.inquiry, guest.language
    rows = []
    if inquiry.state == State.ANSWERED:
        rows = answering(inquiry, language)
    elif inquiry.state in STANDING:
        rows = [[button(guest.say("inquiries.add"), f"i:add:{inquiry.id}")]]
    if inquiry.state in STANDING:
        rows.append([button(guest.say("inquiries.withdraw"), f"i:w:{inquiry.id}")])
    rows.append([button(guest.say("inquiries.to_list"), "i:list")])
    return Page(dossiers.shown(dossier, language), InlineKeyboardMarkup(rows))


def _title(inquiry: Inquiry, guest: Guest) -> str:
    return f"{inquiry.id} · {kind_name(inquiry.kind, guest.language)} · {standing(inquiry, guest.language)}"
