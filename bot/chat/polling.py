"""Long polling, by a loop of our own: an update is confirmed to Telegram only when the intake has accepted it.

The library's loop confirms what it has merely fetched; a process killed in between loses questions. It also refuses
a whole batch for one update it cannot read: ours fetches them raw and leaves the reading to the intake.

What cannot be kept, because the database cannot be written or too much waits already, is not confirmed: Telegram keeps it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.chat.application import UPDATES, Chat, WrongToken
from bot.chat.clock import sleep_unless
from bot.chat.sending import wait_of
from bot.store import StoreError
from bot.store.inbox import Full

logger = logging.getLogger(__name__)

LONG = 30  # seconds that Telegram holds an empty answer back
GATHER = 0.03  # seconds after each fetch; what comes in them is fetched, kept and begun together
LONGEST_PAUSE = 30.0
PAUSE = 2.0  # before we ask again where another fetches as well
HANDOVER = timedelta(seconds=30)  # a process that was ended or killed may still be fetching, for Telegram, so long


class AnotherPoller(Exception):
    """Somebody else fetches this bot's updates."""

    def __init__(self) -> None:
        super().__init__(
            "Another process fetches this bot's messages with the same token. Stop the other one (an old container, "
            "a colleague's desk, another hosting), or give one of them a token of its own from @BotFather."
        )


class _Rival:
    """Another that fetches: one that is about to go, as in every rolling restart, or one that stays."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._last: datetime | None = None

    def stays(self, now: datetime) -> bool:
        """Telegram has refused us, once more. Two who both go on refuse each other in turns, so a fetch means nothing."""
        if self._since is None or self._last is None or not self._last <= now < self._last + HANDOVER:
            self._since = now
            logger.warning("another process fetches this bot's messages, waiting for it to end")
        self._last = now
        return now - self._since >= HANDOVER


async def poll(chat: Chat, stop: asyncio.Event) -> None:
    """Fetch and accept updates until ``stop``. Raises WrongToken or AnotherPoller, whose text says what to do."""
    async with chat.opened(stop):
        if stop.is_set():
            return
        await _without_webhook(chat, stop)
        offset: int | None = None
        failures = 0
        rival = _Rival()
        while not stop.is_set():
            try:
                updates = await _fetch_unless(stop, chat, offset)
                failures = 0
            except InvalidToken:
                raise WrongToken from None
            except Conflict:
                if rival.stays(chat.clock.now()):
                    raise AnotherPoller from None
                await sleep_unless(stop, chat.clock, PAUSE)
                continue
            except TelegramError as error:
                failures += 1
                pause = wait_of(error) if isinstance(error, RetryAfter) else min(2.0**failures, LONGEST_PAUSE)
                logger.warning("Telegram cannot be reached, trying again in %s s: %s", pause, error)
                await sleep_unless(stop, chat.clock, pause)
                continue
            if not await _accepted_unless(stop, chat, updates):
                return
            # With nothing waiting, all is confirmed, and the offset has done its work. Keeping it would be wrong one
            # day: after a silent week Telegram counts on from anywhere, perhaps from below.
            offset = max(update["update_id"] for update in updates) + 1 if updates else None
            await asyncio.sleep(GATHER)
        if offset is not None:
            await _confirm(chat, offset)


async def _accepted_unless(stop: asyncio.Event, chat: Chat, updates: list[dict[str, Any]]) -> bool:
    """Have the intake accept them, as often as it takes. False if that had not worked by ``stop``."""
    failures = 0
    while not stop.is_set():
        try:
            await chat.intake.accept(updates)
        except (Full, StoreError) as error:
            failures += 1
            pause = min(2.0 ** (failures - 1), LONGEST_PAUSE)
            logger.warning("%d updates are left with Telegram, trying again in %s s: %s", len(updates), pause, error)
            await sleep_unless(stop, chat.clock, pause)
        else:
            return True
    return False


async def _without_webhook(chat: Chat, stop: asyncio.Event) -> None:
    """Polling is refused as long as a webhook is set. What waits there is kept."""
    failures = 0
    while not stop.is_set():
        try:
            await chat.bot.delete_webhook(drop_pending_updates=False)
        except InvalidToken:
            raise WrongToken from None
        except TelegramError as error:
            failures += 1
            logger.warning("Telegram cannot be reached: %s", error)
            await sleep_unless(stop, chat.clock, min(2.0**failures, LONGEST_PAUSE))
        else:
            return


async def _fetch_unless(stop: asyncio.Event, chat: Chat, offset: int | None) -> list[dict[str, Any]]:
    """The next updates, or none as soon as ``stop`` is set: what is cut off was not confirmed and comes again."""
    fetching = asyncio.create_task(_fetch(chat, offset, LONG))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else []
    finally:
        for task in (fetching, stopping):
            task.cancel()
        await asyncio.gather(fetching, stopping, return_exceptions=True)


async def _fetch(chat: Chat, offset: int | None, seconds: int, limit: int = 100) -> list[dict[str, Any]]:
    parameters: dict[str, object] = {"timeout": seconds, "limit": limit, "allowed_updates": json.dumps(UPDATES)}
    if offset is not None:
        parameters["offset"] = offset
    url = f"{chat.bot.base_url}/getUpdates?{urlencode(parameters)}"
    updates: Any = await chat.bot.request.post(url, read_timeout=seconds + 10)
    return list(updates)


async def _confirm(chat: Chat, offset: int) -> None:
    """Confirm what was accepted last: the next process would answer it a second time."""
    try:
        await _fetch(chat, offset, seconds=0, limit=1)
    except TelegramError as error:
        logger.warning("the last updates could not be confirmed and may be answered twice: %s", error)
