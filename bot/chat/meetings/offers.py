"""Offers: "Meet …" under an answer that speaks of somebody whom one can meet."""

from __future__ import annotations

import asyncio
import logging

from telegram import InlineKeyboardButton

from bot.chat.asides import private_link
from bot.chat.buttons import LABEL
from bot.chat.knowledge import Knowledge
from bot.chat.sending import Sender
from bot.chat.splitting import cut
from bot.chat.styled import line
from bot.chat.visitors import Place
from bot.chat.work import background
from bot.citations import Answer
from bot.texts import say

logger = logging.getLogger(__name__)

MOST = 2  # more would be an advertisement


class MeetOffers:
    """Knows which teams an answer is about."""

    def __init__(self, library: Knowledge, sender: Sender) -> None:
        self._library = library
        self._sender = sender

    async def under(self, place: Place, question: str, answer: Answer) -> list[InlineKeyboardButton]:
        """A button for each team that the question, or else what the answer rests on, names."""
        if not answer.answered:
            return []
        titles = "\n".join(dict.fromkeys(citation.passage.title for citation in answer.citations))
        try:
            teams = {team.entity: team for team in background().teams if team.entity}
            named = await asyncio.to_thread(self._library.mentioned, question) if teams else ()
            if teams and not set(named) & set(teams):
                named = await asyncio.to_thread(self._library.mentioned, titles)
        except Exception:
            logger.exception("the answer stands without an offer to meet")
            return []
        found = [teams[entity] for entity in named if entity in teams][:MOST]
        buttons = []
        for team in found:
            text = cut(say(answer.language, "meetings.meet", team=line(team.name(answer.language))), LABEL)
            if place.private:
                buttons.append(InlineKeyboardButton(text, callback_data=f"b:t:{team.id}"))
            else:
                link = private_link(self._sender.bot.username, f"meet-{team.id}")
                buttons.append(InlineKeyboardButton(text, url=link))
        return buttons
