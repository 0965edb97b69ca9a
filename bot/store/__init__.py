"""What must survive a restart: conversations, meetings, inquiries, and what must still reach somebody."""

from bot.store.agenda import Entry, Free
from bot.store.database import DamagedDatabase, NewerDatabase, StoreError
from bot.store.outbox import Letter
from bot.store.people import Draft
from bot.store.records import REMEMBERED, Feedback, OpenQuestion, Turn
from bot.store.store import Store

__all__ = [
    "REMEMBERED", "DamagedDatabase", "Draft", "Entry", "Feedback", "Free", "Letter", "NewerDatabase", "OpenQuestion",
    "Store", "StoreError", "Turn",
]  # fmt: skip
