from bot.documents.characters import clean
from bot.documents.languages import detect

__all__ = ["clean", "detect"]
