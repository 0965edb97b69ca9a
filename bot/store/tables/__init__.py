"""The tables as the code sees them. The migrations make them; a test holds the two together."""

from bot.store.tables.booking import consents, meetings, members, occupancy, slots, teams, visitors, waitlist
from bot.store.tables.columns import Moment, metadata
from bot.store.tables.post import audit, cards, inbox, inquiries, outbox, remarks
from bot.store.tables.talk import drafts, feedback, open_questions, settings, turns
from bot.store.tables.usage import usage

__all__ = [
    "Moment", "audit", "cards", "consents", "drafts", "feedback", "inbox", "inquiries", "meetings", "members",
    "metadata", "occupancy", "open_questions", "outbox", "remarks", "settings", "slots", "teams", "turns", "usage",
    "visitors", "waitlist",
]  # fmt: skip
