"""The desk: staff take an inquiry, answer it through the bot, close it. Who may is looked up at every tap.

Two who press at once cause one effect: the version on the button decides, the other sees the card as it stands now and
who was faster. What a colleague has typed is never thrown away because something else happened in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup, Message, Update

from bot.chat.buttons import toast
from bot.chat.inquiries import dossiers
from bot.chat.inquiries.dossiers import Dossier, standing
from bot.chat.inquiries.questionnaire import button
from bot.chat.meetings.guests import asked
from bot.chat.sending import Sender
from bot.chat.staff.badges import Badge, badge_of
from bot.chat.styled import BOLD, Styled, plain, units
from bot.chat.threads import is_question
from bot.chat.visitors import Place, place_of
from bot.inquiries import STANDING, Inquiry, State
from bot.meetings import Reason, Refused
from bot.store import Draft, Store
from bot.texts import say, supported

DESK = r"d:(?:take|answer|close!?|card|send|x):\w{1,16}:\d{1,9}"
ANSWER = "answer"  # the kind of the draft in which staff write
LONGEST_ANSWER = 3500  # so that it fits into one message with what stands around it


@dataclass(frozen=True)
class Tap:
    """A tap under a card, or under what the bot asked whoever answers."""

    update: Update
    place: Place
    badge: Badge
    user_id: int
    verb: str
    inquiry_id: str
    version: int

    @property
    def message(self) -> Message | None:
        """What was tapped."""
        message = self.update.callback_query.message if self.update.callback_query else None
        return message if isinstance(message, Message) else None

    async def tell(self, key: str = "", **values: object) -> None:
        """A toast that only they see."""
        if self.update.callback_query is not None:
            await toast(self.update.callback_query, say(self.badge.language, key, **values)[:200] if key else "")


class Desk:
    """The buttons of the desk's cards, and the answers staff write."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender

    async def press(self, update: Update, _context: object) -> None:
        """Do it if they may and if it still stands so; else say how it stands."""
        query, place = update.callback_query, place_of(update)
        if query is None or place is None:
            return
        _, verb, inquiry_id, version = (query.data or "").split(":")
        badge = await asked(badge_of, self._store, query.from_user.id, place)
        if badge is None:
            await toast(query, say(supported(query.from_user.language_code), "desk.not_staff"))
            return
        tap = Tap(update, place, badge, query.from_user.id, verb, inquiry_id, int(version))
        try:
            await self._do(tap)
        except Refused as refused:
            await self._refuse(tap, refused)

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """Take a reply to our prompt as the answer. In private other words may be meant so, and are shown first."""
        message, user = update.message, update.effective_user
        if message is None or user is None or str(place.chat_id) != draft.fields["chat"]:
            return False
        replied = message.reply_to_message
        to_prompt = replied is not None and str(replied.message_id) == draft.fields.get("prompt", "")
        badge = await asked(badge_of, self._store, user.id, place)
        if badge is None or not (to_prompt or place.private) or (not to_prompt and is_question(text)):
            return False
        inquiry_id = draft.fields["inquiry"]
        if (given := units(text)[-1]) > LONGEST_ANSWER:
            too_long = say(badge.shared, "desk.too_long", most=LONGEST_ANSWER, given=given)
            await self._sender.send(place, too_long)
            return True
        written = replace(draft, fields={**draft.fields, "text": text, "shown": ""})
        await asked(self._store.people.keep_draft, written, self._sender.clock.now())
        version = int(draft.fields["version"])
        if to_prompt:
            said, keyboard = await self._send(written, version, user.id, badge.shared)
        else:
            said = Styled(say(badge.shared, "desk.preview", id=inquiry_id)).wrapped(BOLD) + "\n\n" + plain(text)
            keyboard = _sending(inquiry_id, version, badge.shared)
        sent = await self._sender.send(place, said, keyboard)
        if keyboard is not None:  # its button sends what it shows, and no earlier one sends anything
            written = replace(written, fields={**written.fields, "shown": str(sent.message_id)})
            await asked(self._store.people.keep_draft, written, self._sender.clock.now())
        return True

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Say that an answer is still owed, where it was begun."""
        user = update.effective_user
        if user is None or str(place.chat_id) != draft.fields["chat"]:
            return
        badge = await asked(badge_of, self._store, user.id, place)
        if badge is not None:
            await self._sender.send(place, say(badge.shared, "desk.remind", id=draft.fields["inquiry"]))

    async def _do(self, tap: Tap) -> None:
        inquiries, now = self._store.inquiries, self._sender.clock.now()
        if tap.verb in ("send", "x"):
            await self._finish(tap)
            return
        dossier = await asked(dossiers.read, self._store, tap.inquiry_id)
        inquiry = dossier.inquiry
        if not tap.badge.acts_for(inquiry.team_id):
            raise Refused(Reason.NOT_YOURS)
        if not tap.badge.may_see(inquiry.team_id):  # a card in a chat that is not, or no longer, the desk's
            await tap.tell("staff.elsewhere")
            return
        if tap.verb != "card" and inquiry.version != tap.version:
            raise Refused(Reason.CHANGED)
        if tap.verb == "take":
            await asked(inquiries.take, inquiry.id, tap.version, tap.user_id, now)
            await tap.tell("desk.taken")
        elif tap.verb == "answer":
            await self._ask(tap, dossier)
        elif tap.verb == "close" and inquiry.state != State.ANSWERED:
            await tap.tell()
            await self._show(tap, closing=True)
            return
        elif tap.verb in ("close", "close!"):
            await asked(inquiries.close, inquiry.id, tap.version, tap.user_id, now)
            await tap.tell("desk.closed")
        else:
            await tap.tell()
        await self._show(tap)

    async def _ask(self, tap: Tap, dossier: Dossier) -> None:
        """Ask for the answer. Who begins one has the inquiry: nobody else should write the same."""
        inquiry, now = dossier.inquiry, self._sender.clock.now()
        if inquiry.state == State.OPEN:
            inquiry = await asked(self._store.inquiries.take, inquiry.id, tap.version, tap.user_id, now)
        await tap.tell()
        language = tap.badge.shared
        spoken = say(inquiry.language, "language.name")
        text = say(language, "desk.ask_answer", id=inquiry.id, spoken=spoken)
        stop = InlineKeyboardMarkup.from_button(button(say(language, "desk.stop"), _data("x", inquiry)))
        prompt = await self._sender.send(tap.place, text, stop)
        fields = {
            "chat": str(prompt.chat_id),
            "prompt": str(prompt.message_id),
            "inquiry": inquiry.id,
            "version": str(inquiry.version),
        }
        await asked(self._store.people.keep_draft, Draft(tap.user_id, ANSWER, "text", fields), now)

    async def _finish(self, tap: Tap) -> None:
        """Send what was typed and shown, or leave it."""
        draft = await asked(self._store.people.draft, tap.user_id)
        if draft is None or draft.kind != ANSWER or draft.fields.get("inquiry") != tap.inquiry_id:
            inquiry = await asked(self._store.inquiries.inquiry, tap.inquiry_id)
            theirs = inquiry.state in STANDING and inquiry.taken_by != tap.badge.member.name
            await tap.tell("desk.not_yours" if theirs else "desk.no_draft")
            return
        if tap.verb == "x":
            await asked(self._store.people.drop_draft, tap.user_id)
            said, keyboard = Styled(say(tap.badge.shared, "desk.stopped")), None
        elif not draft.fields.get("text") or not _shows(tap.message, draft):
            await tap.tell("desk.no_draft")
            return
        else:
            said, keyboard = await self._send(draft, tap.version, tap.user_id, tap.badge.shared)
        await tap.tell()
        if tap.message is not None:
            await self._sender.edit(tap.message, said, keyboard)

    async def _send(
        self, draft: Draft, version: int, user_id: int, language: str
    ) -> tuple[Styled, InlineKeyboardMarkup | None]:
        """Bring the answer on its way; returns what to tell whoever wrote it."""
        inquiry_id, text, people = draft.fields["inquiry"], draft.fields["text"], self._store.people
        try:
            await asked(self._store.inquiries.answer, inquiry_id, version, user_id, text, self._sender.clock.now())
        except Refused as refused:
            if refused.reason == Reason.NOT_YOURS:
                await asked(people.drop_draft, user_id)
                return Styled(say(language, "desk.not_staff")), None
            inquiry = await asked(self._store.inquiries.inquiry, inquiry_id)
            state = standing(inquiry, language)
            if inquiry.state not in STANDING:
                await asked(people.drop_draft, user_id)
                return Styled(say(language, "desk.ended", id=inquiry_id, state=state)), None
            overtaken = Styled(say(language, "desk.overtaken", id=inquiry_id, state=state)).wrapped(BOLD)
            return overtaken + "\n\n" + plain(text), _sending(inquiry_id, inquiry.version, language)
        await asked(people.drop_draft, user_id)
        return Styled(say(language, "desk.answer_sent", id=inquiry_id)), None

    async def _refuse(self, tap: Tap, refused: Refused) -> None:
        if refused.reason == Reason.NOT_YOURS:
            await tap.tell("desk.not_staff")
        elif refused.reason != Reason.CHANGED:
            await tap.tell("desk.gone")
        else:
            inquiry = await asked(self._store.inquiries.inquiry, tap.inquiry_id)
            await tap.tell("desk.meanwhile", state=standing(inquiry, tap.badge.language))
            await self._show(tap)

    async def _show(self, tap: Tap, closing: bool = False) -> None:
        """Put the card as it stands now where it was tapped. The delivery does so, too: whoever tapped need not wait."""
        dossier = await asked(dossiers.read, self._store, tap.inquiry_id)
        keyboard = dossiers.card_buttons(dossier.inquiry, dossier.shared, closing)
        if tap.message is not None:
            await self._sender.edit(tap.message, dossiers.card(dossier), keyboard)


def _shows(message: Message | None, draft: Draft) -> bool:
    """Whether this is the message that shows what was typed last."""
    return message is None or draft.fields.get("shown", str(message.message_id)) == str(message.message_id)


def _sending(inquiry_id: str, version: int, language: str) -> InlineKeyboardMarkup:
    send = button(say(language, "desk.send_answer"), f"d:send:{inquiry_id}:{version}")
    stop = button(say(language, "desk.stop"), f"d:x:{inquiry_id}:{version}")
    return InlineKeyboardMarkup.from_row([send, stop])


def _data(verb: str, inquiry: Inquiry) -> str:
    return f"d:{verb}:{inquiry.id}:{inquiry.version}"
