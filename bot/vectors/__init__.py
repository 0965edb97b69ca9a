"""The vectors of generations: in a folder, where questions are asked, and on a Chroma server, where replicas fetch them."""

from bot.vectors.space import ARRAY, CHROMA, Rows, Space, read, write, write_chroma
from bot.vectors.statements import WORDINGS, Statements

__all__ = ["ARRAY", "CHROMA", "WORDINGS", "Rows", "Space", "Statements", "read", "write", "write_chroma"]
