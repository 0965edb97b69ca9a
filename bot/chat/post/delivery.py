"""Delivery: sends what the outbox holds, when it is due. One task beside the chat, woken by every update.

Every letter is a task of its own, so that a slow mail server or a chat that Telegram wants left alone holds up nobody
else. Nothing is decided by what was sent before this process started: the outbox knows, and how things stand is looked
up at the moment of sending.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import failpoints, logs, metrics
from bot.chat.clock import sleep_unless
from bot.chat.post.daily import Daily
from bot.chat.post.invitations import Invitations
from bot.chat.post.lateness import NOW, Verdict, of_nudge, of_reminder
from bot.chat.post.letters import Message, Renderer, by_address
from bot.chat.post.posting import Posting
from bot.chat.post.unreachable import Unreachable
from bot.chat.sending import Sender, wait_of
from bot.mail import MailRefused, MailTrouble
from bot.meetings import Refused
from bot.notices import REMINDERS
from bot.store import Store, StoreError
from bot.store.outbox import Letter
from bot.zones import zone

logger = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two looks into the outbox when nobody wakes us
A_MOMENT = 1.1  # seconds until another second has begun
A_WHILE = timedelta(seconds=1)  # between two looks for what happens by itself: every update wakes us
A_SECOND = 25  # letters, of all processes; Telegram takes about 30 messages, and answers to questions need some of them
SEVERAL, SPELL = 5, timedelta(seconds=10)  # refusals for too much within a time that concern more than their chats
MOST_FAILURES = 5  # of a letter that we ourselves stumble over: what comes after it in its chat waits as long
LONGEST_PAUSE = timedelta(minutes=5)
# What is wrong with a chat and not with the message: staff can mend it, and shall find everything then. That files may
# not be sent there is not of this kind: the cards behind the file must not wait for it.
_OF_THE_CHAT = re.compile(
    r"chat not found|rights to send (?:a |text )?message|CHAT_(?:WRITE_FORBIDDEN|RESTRICTED)|TOPIC_CLOSED",
    re.IGNORECASE,
)


class Delivery:
    """The worker over the outbox."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        renderers: Iterable[Renderer],
        invitations: Invitations,
        daily: Daily,
        unreachable: Unreachable,
    ) -> None:
        self._store = store
        self._clock = sender.clock
        self._posting = Posting(store, sender)
        self._renderers = by_address(renderers)
        self._invitations = invitations
        self._unreachable = unreachable
        self._daily = daily
        self._floods: deque[datetime] = deque(maxlen=SEVERAL)
        self._quiet: tuple[datetime, datetime] | None = None  # from when until when all of it is too much
        self._in_hand: dict[asyncio.Task[None], int] = {}  # and the letter of each
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._claimed_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._ending = False
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work, beside whatever else runs."""
        self._ending = False
        self._running = asyncio.create_task(self._run())

    async def end(self, patience: float) -> None:
        """Take up nothing new, and give what is in hand so many seconds: what is cut off is sent after the restart."""
        if self._running is None:
            return
        self._ending = True
        self._woken.set()
        await self._running
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=patience)
        for task in self._in_hand:
            task.cancel()
        await asyncio.gather(*self._in_hand, return_exceptions=True)
        self._running = None

    def nudge(self) -> None:
        """Something may have been written just now: look at once."""
        self._idle.clear()
        self._woken.set()

    async def settled(self) -> None:
        """Wait until nothing more can be done at this moment."""
        if self._running is not None:
            await self._idle.wait()

    async def _run(self) -> None:
        try:
            await asyncio.to_thread(self._store.presence.keep)
        except StoreError:
            logger.exception("what an earlier process was sending is sent as soon as that can be seen")
        while not self._ending:
            self._woken.clear()
            pause = await self._round()
            if not self._in_hand and not self._woken.is_set():
                self._idle.set()
            await sleep_unless(self._woken, self._clock, pause)

    async def _round(self) -> float:
        """Take up what is due, as much as fits; returns how long to rest if nobody wakes us."""
        now = self._clock.now()
        due = self._looked_at is None or not self._looked_at <= now < self._looked_at + A_WHILE
        if due and not self._in_hand:
            self._looked_at = now
            await self._let_time_pass(now)
        if self._quiet and self._quiet[0] <= now < self._quiet[1]:
            return (self._quiet[1] - now).total_seconds()
        if len(self._in_hand) > A_SECOND // 2:  # a look for many letters, not one for each
            return A_MOMENT
        try:
            claim = self._store.outbox.claim
            in_hand = list(self._in_hand.values())
            letters = await asyncio.to_thread(claim, now, A_SECOND, a_second=A_SECOND, in_hand=in_hand)
        except Exception:  # of the database, mostly: whatever it is, the next look may go better
            logger.exception("the outbox could not be looked into")
            return EVERY
        if letters:
            self._idle.clear()
        for letter in letters:
            task = asyncio.create_task(self._deliver(letter))
            self._in_hand[task] = letter.id
            task.add_done_callback(self._done)
        if letters:
            self._claimed_at = now
        lately = self._claimed_at is not None and now - self._claimed_at <= timedelta(seconds=A_MOMENT)
        # What there was no room for in this second goes out in the next.
        return A_MOMENT if lately or not due else EVERY

    async def _let_time_pass(self, now: datetime) -> None:
        """What happens by itself. Where it fails, what is already written is sent all the same."""
        for step in (self._store.agenda.sweep, self._daily.see_to):
            try:
                await asyncio.to_thread(step, now)
            except Exception:
                logger.exception("what is due by itself could not be done")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_hand.pop(task, None)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):  # its lease runs out, and it is tried again
            logger.error("what became of a letter could not be noted: %s", error)

    async def _deliver(self, letter: Letter) -> None:
        logs.reference.set(f"letter {letter.id}")
        now, outbox = self._clock.now(), self._store.outbox
        try:
            await self._say(letter, now)
        except RetryAfter as error:
            await self._later(letter, timedelta(seconds=wait_of(error)), "flood")
            self._hush(timedelta(seconds=wait_of(error)))
        except Forbidden as error:
            if letter.to == "visitor":
                logger.info("letter %s (%s): the visitor has blocked the bot", letter.id, letter.kind)
                await asyncio.to_thread(self._unreachable.told, letter, now)
                await asyncio.to_thread(outbox.fail, letter.id, str(error), now)
            else:
                logger.error("letter %s (%s): the bot is not in the team's chat: %s", letter.id, letter.kind, error)
                await self._later(letter, LONGEST_PAUSE, str(error))
        except (BadRequest, MailRefused) as error:
            if letter.to == "team" and _OF_THE_CHAT.search(str(error)):
                logger.error("letter %s (%s): the team's chat takes nothing: %s", letter.id, letter.kind, error)
                await self._later(letter, LONGEST_PAUSE, str(error))
                return
            logger.error("letter %s (%s) cannot be sent: %s", letter.id, letter.kind, error)
            if letter.to == "mail":
                await asyncio.to_thread(self._invitations.refused, letter, now)
            await asyncio.to_thread(outbox.fail, letter.id, str(error), now)
        except (NetworkError, InvalidToken, TelegramError, MailTrouble) as error:
            logger.warning("letter %s (%s) not sent, trying again: %s", letter.id, letter.kind, error)
            await self._later(letter, _back_off(letter.attempts), str(error))
        except Exception as error:
            logger.exception("letter %s (%s) not sent", letter.id, letter.kind)
            if letter.attempts < MOST_FAILURES:
                await self._later(letter, _back_off(letter.attempts), type(error).__name__)
            else:
                await asyncio.to_thread(outbox.fail, letter.id, type(error).__name__, now)

    async def _say(self, letter: Letter, now: datetime) -> None:
        """Send what the letter has to say, if it still has. Raises what stood in the way."""
        outbox = self._store.outbox
        verdict = await asyncio.to_thread(self._judge, letter, now)
        if verdict.until is not None:
            await asyncio.to_thread(self._put_off, letter, verdict.until, now)
            return
        if verdict.drop:
            dropped = verdict.drop
        elif letter.to == "mail":
            dropped = await self._invitations.send(letter, now)
        else:
            dropped = await self._post(letter)
        if dropped:
            logger.info("letter %s (%s) dropped: %s", letter.id, letter.kind, dropped)
            await asyncio.to_thread(outbox.drop, letter.id, dropped, now)
        else:
            await asyncio.to_thread(outbox.sent, letter.id, self._clock.now())
            metrics.took("letter", max(0.0, (self._clock.now() - letter.due_at).total_seconds()))

    async def _post(self, letter: Letter) -> str:
        """Say it in its chat; returns why it was not said, if it was not."""
        if letter.receiver in ("", "0"):
            return "nobody to send it to"
        renderer = self._renderers.get((letter.to, letter.kind))
        if renderer is None:
            logger.error("letter %s: nobody knows how to say %s to %s", letter.id, letter.kind, letter.to)
            return "nobody knows how to say it"
        message: Message | None = await renderer.render(letter)
        if message is None:
            return "no longer true"
        await self._posting.post(letter, message)
        failpoints.passed("after_letter_sent_before_mark")
        return ""

    def _judge(self, letter: Letter, now: datetime) -> Verdict:
        if letter.kind == "agenda":
            return Verdict(drop=self._daily.too_late(letter, now))
        if letter.kind not in (*REMINDERS, "nudge"):
            return NOW
        try:
            meeting = self._store.agenda.meeting(letter.subject_id)
        except Refused:
            return Verdict(drop="no such meeting")
        own = self._store.people.zone_of(meeting.visitor_id) if letter.to == "visitor" else ""
        receiver = zone(own or meeting.slot.zone)
        if letter.kind == "nudge":
            return of_nudge(letter.to, meeting, receiver, now)
        meant = datetime.fromisoformat(letter.details["meant"]) if "meant" in letter.details else letter.due_at
        return of_reminder(letter.kind, meant, meeting, receiver, now)

    def _put_off(self, letter: Letter, until: datetime, now: datetime) -> None:
        """A letter of its own for the morning: this one, kept waiting, would hold up whatever comes in between.

        Two nudges of one night become one, since their keys are the same.
        """
        key = f"{letter.kind}:{letter.to}:{letter.subject_id}:{until:%Y%m%dT%H%M}"
        details = {"meant": letter.due_at.isoformat(), **letter.details}
        self._store.outbox.put(letter.kind, letter.to, letter.receiver, letter.subject_id, key, until, **details)
        self._store.outbox.drop(letter.id, "night: put off", now)

    def _hush(self, wait: timedelta) -> None:
        """One chat that had too much waits alone. Several at once mean that all of it is too much."""
        now = self._clock.now()
        self._floods.append(now)
        if len(self._floods) == SEVERAL and now - self._floods[0] < SPELL:
            logger.warning("Telegram wants fewer messages: nothing is sent for %s s", wait.total_seconds())
            self._quiet = now, now + wait

    async def _later(self, letter: Letter, pause: timedelta, error: str) -> None:
        await asyncio.to_thread(self._store.outbox.later, letter.id, self._clock.now() + pause, error)


def _back_off(attempts: int) -> timedelta:
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
