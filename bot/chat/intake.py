"""Intake: the one place where updates enter. Polling and webhook both call ``accept`` and know nothing else.

What ``accept`` promises is what the callers confirm to Telegram. Today it keeps the update in memory; a durable inbox
takes this seam over by writing the row inside ``accept`` and clearing it where ``_work`` is done with it.

Updates of one chat are worked on one by one, in the order they came; different chats do not wait for each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)

Update = Mapping[str, Any]  # as Telegram sent it: what cannot be understood today can still be kept

AT_ONCE = 1_000  # updates in hand, over all chats; then accept waits, and Telegram keeps the rest for us
PER_CHAT = 50  # nobody types that many questions while one is answered; more is a flood, and must not fill AT_ONCE
REMEMBERED = 20_000  # update ids, for recognising what is delivered twice

# A set and not "higher than the last": webhooks deliver out of order, and after a silent week ids start anywhere.


class Intake:
    """A queue and a task for every chat that is being answered; none for the others."""

    def __init__(self, process: Callable[[Update], Awaitable[None]]) -> None:
        self._process = process
        self._room = asyncio.Semaphore(AT_ONCE)
        self._seen: set[int] = set()
        self._order: deque[int] = deque()
        self._waiting: dict[object, deque[Update]] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}

    async def accept(self, update: Update) -> None:
        """Take the update over; returning means that it need not be delivered again."""
        if self._is_known(update["update_id"]):
            return
        chat = chat_of(update)
        if len(self._waiting.get(chat, ())) >= PER_CHAT:
            logger.warning("update %s dropped: its chat already has %d waiting", update["update_id"], PER_CHAT)
            self._remember(update["update_id"])
            return
        await self._room.acquire()
        if self._is_known(update["update_id"]):  # delivered again while this one waited for room
            self._room.release()
            return
        self._remember(update["update_id"])
        self._waiting.setdefault(chat, deque()).append(update)
        if chat not in self._tasks:
            self._tasks[chat] = asyncio.create_task(self._work(chat), name=f"chat {chat}")

    async def drain(self, seconds: float) -> None:
        """Let what is in hand finish, for so many seconds at most; then cancel and say what was lost."""
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        lost = sum(len(queue) for queue in self._waiting.values()) + len(late)
        for task in late:
            task.cancel()
        if late:
            logger.warning("stopped with %d updates unfinished", lost)
            await asyncio.wait(late)

    @property
    def busy(self) -> int:
        """How many chats are being answered."""
        return len(self._tasks)

    async def _work(self, chat: object) -> None:
        queue = self._waiting[chat]
        try:
            while queue:
                update = queue.popleft()
                try:
                    await self._process(update)
                except Exception:  # the next question of this chat must not pay for this one
                    logger.exception("update %s could not be processed", update["update_id"])
                finally:
                    self._room.release()
        finally:
            # No await between the last look at the queue and here: an update cannot slip in and find no worker.
            for _ in queue:
                self._room.release()
            del self._waiting[chat], self._tasks[chat]

    def _is_known(self, update_id: int) -> bool:
        return update_id in self._seen

    def _remember(self, update_id: int) -> None:
        self._seen.add(update_id)
        self._order.append(update_id)
        if len(self._order) > REMEMBERED:
            self._seen.discard(self._order.popleft())


def chat_of(update: Update) -> object:
    """What must stay in order: the chat; for a press on a message without one, the person."""
    for value in update.values():
        if not isinstance(value, Mapping):
            continue
        for holder in (value, value.get("message")):
            if isinstance(holder, Mapping) and isinstance(holder.get("chat"), Mapping):
                return holder["chat"].get("id")
        if isinstance(value.get("from"), Mapping):
            return value["from"].get("id")
    return None
