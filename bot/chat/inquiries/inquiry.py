"""Leaving an inquiry: the kind, the notice, six questions at most, a summary, and only then anything is sent.

Every step is kept in the draft, so a restart, a question in the middle or a night's sleep loses nothing. Whoever writes
everything at once is asked for nothing twice. Nothing personal is taken before the notice is agreed to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from telegram import Message, Update
from telegram.error import TelegramError

from bot.characters import clean
from bot.chat.inquiries import questionnaire
from bot.chat.inquiries.offers import kinds_open
from bot.chat.inquiries.questionnaire import (
    CONSENT,
    KIND,
    SUMMARY,
    full_name,
    is_complete,
    kind_name,
    settled,
    written,
)
from bot.chat.meetings.guests import Guest, asked, guest_of
from bot.chat.sending import Sender
from bot.chat.splitting import cut
from bot.chat.styled import BOLD, Styled, units
from bot.chat.threads import FORGOTTEN, agrees, is_question
from bot.chat.visitors import Place, Visitors
from bot.inquiries import FIELDS, LONGEST, NEEDED, Kind
from bot.meetings import Reason, Refused
from bot.particulars import kind_named, labelled, lined_up, says_nothing
from bot.store import Draft, Store

INQUIRY = r"i:(?:k|skip|e):[a-z_]+|i:(?:ok|name|mine|back|send|x)"
NOTICE = "2026-11"  # the version of the notice; a new wording gets a new one
LABEL = 30  # characters; more is cut by a phone
REFUSALS = {
    Reason.INCOMPLETE: "inquiries.refused_incomplete",
    Reason.NO_CONSENT: "inquiries.refused_no_consent",
    Reason.TOO_MANY: "inquiries.refused_too_many",
    Reason.DAY_FULL: "refusals.too_many",
    Reason.BLOCKED: "refusals.blocked",
    Reason.UNKNOWN: "inquiries.nowhere",
}


class Inquiring:
    """/inquiry, its buttons, and what is written in between."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender, keep: timedelta) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._keep = keep  # how long it is kept after its end, as the notice says

    async def open(self, update: Update, place: Place, rest: str) -> None:
        """Begin, with a kind if the link or the command names one, or go on where it was left."""
        guest = await self._guest(update)
        if guest is None:
            return
        kinds = await asked(kinds_open, self._store)
        if not kinds:
            await self._sender.send(place, guest.say("inquiries.nowhere"))
            return
        draft = await self._draft(guest)
        fields = dict(draft.fields) if draft else {}
        if rest in kinds:
            fields[KIND] = rest
        await self._ask(guest, fields, guest.say("inquiries.begun") if draft else "")

    async def press(self, update: Update, _context: object) -> None:
        """One of the buttons; what no longer fits gets a kind word."""
        guest = await self._guest(update)
        if guest is None or guest.query is None:
            return
        if not guest.place.private:
            await guest.toast(guest.say("inquiries.private_only"))
            return
        _, verb, what = f"{guest.query.data}:".split(":")[:3]
        draft = await self._draft(guest)
        if verb == "k":
            await self._choose(guest, draft, what)
        elif draft is None:
            await guest.toast(guest.say("inquiries.not_open"))
            await bare(guest)
        elif verb == "x":
            await asked(self._store.people.drop_draft, guest.id)
            await self._settle(guest, Styled(guest.say("inquiries.stopped")))
        elif verb == "ok":
            await self._agree(guest, draft)
        elif verb == "send":
            await self._send(guest, draft)
        elif verb in ("e", "back"):
            await self._turn(guest, draft, what if verb == "e" else SUMMARY)
        else:
            await self._fill(guest, draft, verb, what)

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """Take the text as the answer to the question that stands open. False where it asks something itself."""
        guest = await self._guest(update)
        if guest is None or not place.private:
            return False
        fields, step = {**draft.fields, "maybe": ""}, draft.step
        if step == CONSENT:
            return await self._hear_consent(guest, draft, text)
        said = await self._read(guest, step, text, alone=is_complete(fields))
        if not said:
            if step not in FIELDS or is_question(text):
                # A name may look like a question ("Can-Pack"), and what it is about may well be one.
                likely = step == "about" or (step in FIELDS and not text.rstrip().endswith(("?", "？")))
                maybe = text if likely and units(text)[-1] <= LONGEST[step] else ""
                if maybe != draft.fields.get("maybe", ""):
                    await self._keep_draft(guest, step, {**fields, "maybe": maybe})
                return False
            said = {step: "" if step not in NEEDED and says_nothing(text) else text}
        said = {field: clean(value) if field in FIELDS else value for field, value in said.items()}
        for field, value in said.items():
            if field in LONGEST and (given := units(value)[-1]) > LONGEST[field]:
                await self._sender.send(place, guest.say("inquiries.too_long", most=LONGEST[field], given=given))
                return True
        await self._ask(guest, fields | said)
        return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Ask again, after a question in the middle was answered."""
        guest = await self._guest(update)
        if guest is not None:
            await self._show(guest, draft.step, draft.fields, guest.say("inquiries.resumed"))

    async def _read(self, guest: Guest, step: str, text: str, alone: bool) -> dict[str, str]:
        """What the message says of several things at once, or of the kind; empty where it is one plain answer."""
        said = labelled(text) or (lined_up(text) if step == "organisation" and not alone else {})
        kinds = await asked(kinds_open, self._store)
        named = kind_named(said.get(KIND, "") or (text if step == KIND else ""))
        said = {field: "" if says_nothing(one) and field not in NEEDED else one for field, one in said.items()}
        said.pop(KIND, None)
        if step == KIND and not await asked(self._store.people.agreed, guest.id, "inquiry"):
            said = {}  # nothing personal before the notice; the kind alone is nothing personal
        return said | ({KIND: named} if named in kinds else {})

    async def _hear_consent(self, guest: Guest, draft: Draft, text: str) -> bool:
        if agrees(text):
            await self._agree(guest, draft)
            return True
        if is_question(text):
            return False
        await self._show(guest, CONSENT, draft.fields, guest.say("inquiries.use_buttons"))
        return True

    async def _choose(self, guest: Guest, draft: Draft | None, what: str) -> None:
        if what not in await asked(kinds_open, self._store):
            await guest.toast(guest.say("inquiries.nowhere"))
            return
        fields = {**(draft.fields if draft else {}), KIND: what}
        if guest.pressed_under("f:"):  # an answer, which stays as it is
            await guest.toast()
            await self._ask(guest, fields, guest.say("inquiries.begun") if draft else "")
        elif draft is None:
            await guest.toast(guest.say("inquiries.not_open"))
            await bare(guest)
        elif draft.step != KIND:
            await guest.toast(guest.say("inquiries.moved_on"))
        else:
            await self._settle(guest, settled(KIND, guest, kind_name(Kind(what), guest.language), self._keep))
            await self._ask(guest, fields)

    async def _agree(self, guest: Guest, draft: Draft) -> None:
        if draft.step != CONSENT:
            await guest.toast(guest.say("inquiries.moved_on"))
            return
        await asked(self._store.people.agree, guest.id, "inquiry", NOTICE, guest.language, guest.now)
        await self._settle(guest, settled(CONSENT, guest, guest.say("inquiries.agreed"), self._keep))
        await self._ask(guest, draft.fields)

    async def _fill(self, guest: Guest, draft: Draft, verb: str, what: str) -> None:
        """The answers that are given by a button: the name that Telegram knows, the last text, none."""
        step = draft.step
        known = {"name": full_name(guest), "mine": draft.fields.get("maybe", ""), "skip": ""}
        fits = {"name": step == "name", "mine": step in FIELDS and bool(known["mine"]), "skip": step == what}
        if not fits[verb] or (verb == "skip" and step in NEEDED):
            await guest.toast(guest.say("inquiries.moved_on"))
            return
        value = known[verb][: LONGEST[step]]
        await self._settle(guest, settled(step, guest, cut(value or guest.say("inquiries.skipped"), 200), self._keep))
        await self._ask(guest, {**draft.fields, step: value, "maybe": ""})

    async def _turn(self, guest: Guest, draft: Draft, step: str) -> None:
        """From the summary to one of its lines, or back."""
        if not is_complete(draft.fields) or step not in (KIND, *FIELDS, SUMMARY):
            await guest.toast(guest.say("inquiries.moved_on"))
            return
        await guest.toast()
        fields = {**draft.fields, "maybe": ""}
        await self._keep_draft(guest, step, fields)
        kinds = await asked(kinds_open, self._store)
        await guest.show(self._sender, questionnaire.page(step, fields, guest, kinds, self._keep), "i:send", "i:back")

    async def _send(self, guest: Guest, draft: Draft) -> None:
        if not is_complete(draft.fields):
            await guest.toast(guest.say("inquiries.moved_on"))
            return
        fields = {field: draft.fields[field] for field in FIELDS}
        send = self._store.inquiries.send
        try:
            await asked(send, Kind(draft.fields[KIND]), fields, guest.id, guest.language, guest.now)
        except Refused as refused:
            await guest.toast()
            await self._sender.send(guest.place, guest.say(REFUSALS[refused.reason]))
            if refused.reason in (Reason.INCOMPLETE, Reason.NO_CONSENT):
                await self._ask(
                    guest, {key: value for key, value in draft.fields.items() if value or key not in NEEDED}
                )
            return
        await asked(self._store.people.drop_draft, guest.id)
        head = Styled(guest.say("inquiries.sent")).wrapped(BOLD)
        await self._settle(guest, head + "\n\n" + written(draft.fields, guest.language))

    async def _ask(self, guest: Guest, fields: Mapping[str, str], prefix: str = "") -> None:
        """Keep what was said, and ask for what comes next."""
        if KIND not in fields:
            step = KIND
        elif not await asked(self._store.people.agreed, guest.id, "inquiry"):
            step = CONSENT
        else:
            step = next((field for field in FIELDS if field not in fields), SUMMARY)
        await self._keep_draft(guest, step, fields)
        await self._show(guest, step, fields, prefix)

    async def _show(self, guest: Guest, step: str, fields: Mapping[str, str], prefix: str) -> None:
        kinds = await asked(kinds_open, self._store)
        page = questionnaire.page(step, fields, guest, kinds, self._keep, prefix)
        await self._sender.send(guest.place, page.text, page.keyboard)

    async def _settle(self, guest: Guest, text: Styled) -> None:
        """Answer the press, and leave under its message no button that means nothing any more."""
        await guest.toast()
        message = guest.query.message if guest.query else None
        if isinstance(message, Message):
            await self._sender.edit(message, text)

    async def _keep_draft(self, guest: Guest, step: str, fields: Mapping[str, str]) -> None:
        kept = {key: value for key, value in fields.items() if key != "maybe" or value}
        await asked(self._store.people.keep_draft, Draft(guest.id, "inquiry", step, kept), guest.now)

    async def _draft(self, guest: Guest) -> Draft | None:
        draft = await asked(self._store.people.draft, guest.id)
        if draft is None or draft.kind != "inquiry" or draft.at is None or draft.at < guest.now - FORGOTTEN:
            return None
        return draft

    async def _guest(self, update: Update) -> Guest | None:
        return await guest_of(update, self._visitors, self._sender.clock.now())


async def bare(guest: Guest) -> None:
    """Take the buttons away from a message whose time is over; its text stays."""
    if guest.query is not None:
        try:
            await guest.query.edit_message_reply_markup(None)
        except TelegramError:
            return  # it has none any more, or is too old: the toast has said what there is to say
