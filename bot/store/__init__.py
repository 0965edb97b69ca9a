"""What must survive a restart: settings, the thread of a conversation, ratings, questions left open."""

from bot.store.database import DamagedDatabase, NewerDatabase, StoreError
from bot.store.records import Feedback, OpenQuestion, Turn
from bot.store.store import Store

__all__ = ["DamagedDatabase", "Feedback", "NewerDatabase", "OpenQuestion", "Store", "StoreError", "Turn"]
