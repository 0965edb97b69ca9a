"""A stand-in for Telegram on this machine: its Bot API, and a chat page to play visitors and staff.

It speaks plain HTTP, so whatever works against it works against Telegram without knowing the difference::

    async with playground.serve() as server:
        ...  # the bot's base URL is f"{server.api_url}/bot", its token playground.TOKEN
"""

from bot.playground.faults import Faults
from bot.playground.floods import Limits
from bot.playground.people import GROUP_ID, STAFF_CHAT_ID
from bot.playground.server import PortTaken, Server, serve
from bot.playground.telegram import TOKEN, Telegram

__all__ = ["GROUP_ID", "STAFF_CHAT_ID", "TOKEN", "Faults", "Limits", "PortTaken", "Server", "Telegram", "serve"]
