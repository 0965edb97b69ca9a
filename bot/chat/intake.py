"""Intake: the one place where updates enter. Polling and webhook both call ``accept`` and know nothing else.

What ``accept`` promises is what the callers confirm to Telegram: it returns when the updates are in the inbox, committed.
From there they are taken in turns, a few at a time: a turn is one transaction that notes what has ended and takes what
comes next. Updates of one chat are worked on one by one, in their order; different chats do not wait for each other,
and any number of processes may take turns at one inbox.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from bot import failpoints, metrics
from bot.chat.clock import Clock, sleep_unless
from bot.chat.work import Work, current
from bot.store import StoreError
from bot.store.inbox import LEASE, MOST_RUNS, End, Inbox, Taken
from bot.store.presence import Presence
from bot.updates import Update

logger = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 100  # updates in hand in this process: most of them wait for a model
EVERY = 0.8  # seconds between two looks for what other processes have put or left


class Intake:
    """Puts updates into the inbox, and works on what is in it."""

    def __init__(
        self, inbox: Inbox, presence: Presence, process: Callable[[Work], Awaitable[None]], clock: Clock
    ) -> None:
        self._inbox = inbox
        self._presence = presence
        self._process = process
        self._clock = clock
        self._owner = presence.name
        self._arrived: list[tuple[Sequence[Update], asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None
        self._in_hand: dict[int, tuple[Work, asyncio.Task[None]]] = {}
        self._threads = ThreadPoolExecutor(3, thread_name_prefix="inbox")  # to keep, to look, to note
        self._noting: asyncio.Task[None] | None = None
        self._ended: list[tuple[Work, End]] = []
        self._renewed: datetime | None = None
        self._looked: float | None = None
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        self._ending = False
        self._running: asyncio.Task[None] | None = None

    async def accept(self, updates: Sequence[Update]) -> None:
        """Take the updates over; returning means that they need not be delivered again. Raises Full, StoreError."""
        if not updates:
            return
        kept = asyncio.get_running_loop().create_future()
        self._arrived.append((updates, kept))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())
        await kept

    def start(self) -> None:
        """Begin to work."""
        self._ending = False
        self._running = asyncio.create_task(self._run())

    async def stop(self, patience: float) -> None:
        """Begin nothing new, give what is in hand so many seconds, and leave the rest to whoever comes next."""
        if self._running is None:
            return
        self._ending = True
        self._woken.set()
        await self._running
        self._running = None
        finishing = asyncio.create_task(self._finish())
        await asyncio.wait({finishing}, timeout=patience)
        unfinished = [finishing, *(task for _, task in self._in_hand.values())]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        if (noting := self._noting) is not None:
            await asyncio.wait({noting}, timeout=EVERY)
            noting.cancel()
        try:
            await self._turn(0, [work for work, _ in self._in_hand.values()])
            failpoints.passed("while_releasing")
            handed_back = await self._in_thread(self._inbox.give_back, self._owner)
        except StoreError:
            logger.exception("what is in hand could not be handed back: it is taken up when its lease has run out")
            return
        finally:
            self._in_hand.clear()
            self._threads.shutdown(wait=False)
        if handed_back:
            logger.info("stopped with %d updates unfinished: they are taken up again", handed_back)

    async def settled(self) -> None:
        """Wait until nothing more can be done at this moment."""
        if self._running is not None:
            await self._idle.wait()

    @property
    def busy(self) -> int:
        """How many updates are in hand."""
        return len(self._in_hand)

    @property
    def still(self) -> float | None:
        """Seconds since the last look into the inbox, however it went; None before the first."""
        return None if self._looked is None else time.monotonic() - self._looked

    async def _keep(self) -> None:
        """Write what has arrived. What arrives meanwhile is written together: a disk is waited for once, not each time."""
        while self._arrived:
            arrived, self._arrived = self._arrived, []
            updates = [update for several, _ in arrived for update in several]
            failure: Exception | None = None
            try:
                dropped = await self._in_thread(self._inbox.put, updates, self._clock.now())
            except Exception as error:  # noqa: BLE001 (it is for those who wait, and none may wait for ever)
                failure = error
            else:
                failpoints.passed("after_inbox_commit")
                if dropped:
                    logger.warning("%d updates dropped: their chats have enough waiting, and were told", dropped)
                self._nudge()
            for _, kept in arrived:
                if kept.done():  # whoever waited has gone
                    continue
                if failure is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(failure)
        self._keeping = None

    async def _in_thread(self, do: Callable[..., T], *arguments: object) -> T:
        """Beside the threads of the answers: what comes in must not wait behind them."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, do, *arguments)

    def _nudge(self) -> None:
        self._idle.clear()
        self._woken.set()

    async def _run(self) -> None:
        while not self._ending:
            await self._look(AT_ONCE - len(self._in_hand))

    async def _finish(self) -> None:
        """Until nothing is in hand: who has a second message to send waits until it is noted that the first was sent."""
        while self._in_hand:
            await self._look(room=0)

    async def _look(self, room: int) -> None:
        self._woken.clear()
        taken: list[Taken] = []
        try:
            if self._presence.due:
                await self._in_thread(self._presence.keep)
            await self._renew()
            taken = await self._turn(room)
        except StoreError as error:
            logger.error("the inbox cannot be looked into, trying again: %s", error)
        except Exception:  # whatever it is: who stops looking answers nobody any more
            logger.exception("the inbox cannot be looked into, trying again")
        self._looked = time.monotonic()
        for one in taken:
            self._begin(one)
        if not self._in_hand and not self._ended and not self._woken.is_set():
            self._idle.set()
        await sleep_unless(self._woken, self._clock, EVERY)

    async def _turn(self, room: int, cut_off: Iterable[Work] = ()) -> list[Taken]:
        failpoints.passed("before_claim")
        last_chance = not any(work.last_chance for work, _ in self._in_hand.values())
        ended, self._ended = self._ended, []
        sent = {work.update_id: messages for work, messages in _unnoted([*cut_off, *(one for one, _ in ended)]).items()}
        ends = [(work.update_id, end) for work, end in ended]
        turns = [work.turn for work, end in ended if work.turn and end == End.DONE]
        now, in_hand = self._clock.now(), list(self._in_hand)
        arguments = self._owner, ends, room, now, last_chance, sent, turns, in_hand
        try:
            taken = await self._in_thread(self._inbox.turn, *arguments)
        except BaseException:
            self._ended = ended + self._ended
            raise
        if taken:
            failpoints.passed("after_claim")
        return taken

    def _note(self) -> None:
        """Something was sent just now: write it down before anything else, and all that is sent meanwhile after it."""
        if self._noting is None:
            self._noting = asyncio.create_task(self._write_down())

    async def _write_down(self) -> None:
        while new := _unnoted(work for work, _ in self._in_hand.values()):
            sent = {work.update_id: messages for work, messages in new.items()}
            try:
                await self._in_thread(self._inbox.note, self._owner, sent)
            except StoreError as error:
                logger.error("what was sent cannot be noted, trying again: %s", error)
                await self._clock.sleep(EVERY)
            else:
                for work, messages in new.items():
                    work.noted(len(messages))
        self._noting = None

    async def _renew(self) -> None:
        now = self._clock.now()
        if self._in_hand and (self._renewed is None or not self._renewed <= now < self._renewed + LEASE / 3):
            await self._in_thread(self._inbox.renew, self._owner, list(self._in_hand), now)
            self._renewed = now

    def _begin(self, taken: Taken) -> None:
        self._idle.clear()
        work = Work(
            taken.update_id,
            taken.payload,
            taken.received_at,
            self._note,
            sent=taken.sent,
            resumed=taken.attempts > 1,
            last_chance=taken.attempts >= MOST_RUNS,
            background=taken.background,
        )
        task = asyncio.create_task(self._work(work), name=f"update {work.update_id}")
        self._in_hand[work.update_id] = work, task

    async def _work(self, work: Work) -> None:
        current.set(work)  # of this task alone
        try:
            await self._process(work)
        except Exception:  # the next update of this chat must not pay for this one
            logger.exception("update %s could not be processed and is put aside", work.update_id)
            end = End.ASIDE
        else:
            end = work.again or End.DONE
        del self._in_hand[work.update_id]  # what is cut off stays: what it has sent is still to be noted
        failpoints.passed("after_send_before_done")
        self._ended.append((work, end))
        metrics.UPDATES.labels(end.name.lower()).inc()
        self._woken.set()


def _unnoted(works: Iterable[Work]) -> dict[Work, tuple[int, ...]]:
    """Those of them whose messages the inbox does not know all, and what it is to know."""
    return {work: tuple(work.sent) for work in works if work.unnoted}
