"""Offers: "Leave an inquiry" under the answer to somebody who comes as an investor, a supplier, a partner."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.chat.asides import private_link
from bot.chat.inquiries.questionnaire import button, kind_name
from bot.chat.meetings.guests import asked
from bot.chat.sending import Sender
from bot.chat.splitting import cut
from bot.chat.visitors import Place
from bot.citations import Answer
from bot.inquiries import Kind
from bot.partners import meant
from bot.store import Store
from bot.texts import say

LABEL = 30  # characters; more is cut by a phone


class InquiryOffers:
    """A way to the desk under the answer to somebody who comes with a plan of their own."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender

    async def under(self, place: Place, question: str, answer: Answer) -> list[InlineKeyboardButton]:
        """One button, if the question means it and somebody is there to get it."""
        kind = meant(question)
        if kind is None or kind not in await asked(kinds_open, self._store):
            return []
        if (
            place.private
            and (draft := await asked(self._store.people.draft, place.chat_id))
            and draft.kind == "inquiry"
        ):
            return []  # they are writing it just now
        text = cut(say(answer.language, "inquiries.offer", kind=kind_name(kind, answer.language)), LABEL)
        if place.private:
            return [button(text, f"i:k:{kind}")]
        return [InlineKeyboardButton(text, url=private_link(self._sender.bot.username, f"inquiry-{kind}"))]


def kinds_open(store: Store) -> list[Kind]:
    """The kinds for which there is a desk. Asks the store."""
    served = {kind for team in store.pavilion.teams() for kind in team.inquiries}
    return [kind for kind in Kind if kind in served or Kind.OTHER in served]
