"""The chat, put together: one table of handlers, in order. One read tells what the bot can do."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest
from telegram.warnings import PTBDeprecationWarning

from bot import logs, metrics
from bot.chat import buttons
from bot.chat.apologies import Apologies
from bot.chat.asides import Asides
from bot.chat.clock import Clock, WallClock, sleep_unless
from bot.chat.feedback import Ratings
from bot.chat.inquiries.correspondence import CORRESPONDENCE, REMARK, Correspondence
from bot.chat.inquiries.desk import ANSWER, DESK, Desk
from bot.chat.inquiries.dossiers import Dossiers
from bot.chat.inquiries.inquiry import INQUIRY, Inquiring
from bot.chat.inquiries.offers import InquiryOffers
from bot.chat.intake import Intake
from bot.chat.introduction import introduce_everywhere
from bot.chat.knowledge import Knowledge
from bot.chat.languages import Languages
from bot.chat.limits import UNLIMITED, Gate, Limits
from bot.chat.meetings.booking import BOOKING, Booking
from bot.chat.meetings.offers import MeetOffers
from bot.chat.meetings.timezones import ZONE, Timezones
from bot.chat.meetings.visits import VISIT, Visits
from bot.chat.meetings.wishes import Wishes
from bot.chat.parts import Part
from bot.chat.post.daily import Daily
from bot.chat.post.delivery import Delivery
from bot.chat.post.invitations import Invitations
from bot.chat.post.letters import Renderer
from bot.chat.post.notices import Notices
from bot.chat.post.regrets import Regrets
from bot.chat.post.unreachable import Unreachable
from bot.chat.privacy import Privacy
from bot.chat.questions import Assistant, Questions
from bot.chat.reception import Reception
from bot.chat.redaction import keep_secret
from bot.chat.sending import Sender, wait_of
from bot.chat.sources import Sources
from bot.chat.staff.briefings import Briefings
from bot.chat.staff.decisions import STAFF, Staff
from bot.chat.staff.diary import AGENDA, Diary
from bot.chat.staff.endings import Endings
from bot.chat.threads import Conversation, Threads
from bot.chat.visitors import Addressed, Visitors
from bot.chat.wire import App, application_for
from bot.chat.work import Work, background
from bot.mail import Mailer
from bot.store import Store

logger = logging.getLogger(__name__)

UPDATES = ["message", "callback_query", "my_chat_member"]  # an edited question is not asked again, so it is not fetched
PATIENCE, PATIENCE_WITH_LETTERS = 5.0, 3.0  # seconds for what is in hand when the bot is stopped
LATE = timedelta(minutes=15)  # an answer to a question older than this begins with a word on the delay


class WrongToken(Exception):
    """Telegram does not know the token."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram does not accept the bot token. Copy it again from @BotFather (/mybots, API Token) into "
            "TELEGRAM_TOKEN; with a Bot API server of your own, check TELEGRAM_API_URL as well."
        )


@dataclass(frozen=True)
class Chat:
    """The built chat: ``polling.poll`` or ``webhook.listen`` runs it."""

    application: App
    intake: Intake
    clock: Clock
    library: Knowledge
    delivery: Delivery
    store: Store

    @property
    def bot(self) -> Bot:
        """Our way to Telegram."""
        bot: Bot = self.application.bot
        return bot

    @asynccontextmanager
    async def opened(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Ready to accept updates inside; what is in hand is finished on the way out. Raises WrongToken.

        Where Telegram cannot be reached it tries again until ``stop``; then the inside must do nothing.
        """
        introducing: asyncio.Task[None] | None = None
        try:
            await self._initialize(stop)
            gc.freeze()  # what is loaded by now stays: whoever waits need not wait until it was looked through once more
            if not stop.is_set():
                self.delivery.start()
                self.intake.start()
                # A dozen calls that nobody waits for: beside the work, not before it.
                introducing = asyncio.create_task(introduce_everywhere(self.bot, self.library, self.store))
            yield
        finally:
            await self.intake.stop(PATIENCE)
            await self.delivery.end(PATIENCE_WITH_LETTERS)
            if introducing is not None:
                await asyncio.wait({introducing}, timeout=PATIENCE)
                introducing.cancel()
            await self.application.shutdown()
            await self.bot.shutdown()  # of an application that never got as far as being initialized
            gc.unfreeze()

    async def _initialize(self, stop: asyncio.Event) -> None:
        pause = 1.0
        while not stop.is_set():
            try:
                await self.application.initialize()
            except InvalidToken:
                raise WrongToken from None  # the library's own exception quotes the token
            except TelegramError as error:
                pause = wait_of(error) if isinstance(error, RetryAfter) else min(pause * 2, 30.0)
                logger.warning("Telegram cannot be reached, trying again in %s s: %s", pause, error)
                await sleep_unless(stop, self.clock, pause)
            else:
                return


def build(
    *,
    token: str,
    api_url: str = "https://api.telegram.org",
    assistant: Assistant,
    library: Knowledge,
    store: Store,
    clock: Clock | None = None,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    mailer: Mailer | None = None,
    keep: timedelta = timedelta(days=90),
    model: str = "",
    limits: Limits = UNLIMITED,
    request: BaseRequest | None = None,
) -> Chat:
    """Everything wired, nothing started. Without a ``mailer`` no invitations are mailed.

    ``keep`` is for how long after a meeting it is known whose it was; ``model`` is the language model that questions
    go to, for the notice to visitors.

    Configure logging first: the token is taken out of the handlers there are.
    """
    keep_secret(token)
    # The library warns in its own RetryAfter that the type of the wait will change; ``sending.wait_of`` takes both.
    warnings.filterwarnings("ignore", ".*`retry_after`", PTBDeprecationWarning)
    clock = clock or WallClock()
    application = application_for(token, api_url.rstrip("/"), request)
    sender = Sender(application.bot, clock)
    visitors = Visitors(store, clock)
    offers = (MeetOffers(library, sender), InquiryOffers(store, sender))
    gate = Gate(limits, store, visitors, sender, token)
    questions = Questions(assistant, library, visitors, sender, new_id, offers, gate)
    drafts: dict[str, Conversation] = {}  # a draft's kind -> who reads it
    timezones = Timezones(store, visitors, sender, drafts)
    booking = Booking(store, visitors, sender, timezones, mail=mailer is not None, keep=keep)
    invitations = Invitations(store, library, mailer)
    visits = Visits(store, visitors, sender, booking, invitations)
    endings = Endings(store, sender)
    staff = Staff(store, visitors, sender, endings)
    diary = Diary(store, visitors, sender, staff)
    inquiring = Inquiring(store, visitors, sender, keep)
    correspondence = Correspondence(store, visitors, sender)
    desk = Desk(store, sender)
    privacy = Privacy(store, library, visitors, sender, keep, gate, model, mailer is not None)
    conversations = (
        Part(asides={"meetings": visits.open}, presses={VISIT: visits.press}, listeners=(visits,)),
        Part(
            asides={"meet": booking.open},
            presses={BOOKING: booking.press},
            drafts={"meeting": booking},
            listeners=(Wishes(library, store, visitors, sender),),
        ),
        Part(asides={"timezone": timezones.open}, presses={ZONE: timezones.press}, drafts={"zone": timezones}),
        Part(asides={"inquiry": inquiring.open}, presses={INQUIRY: inquiring.press}, drafts={"inquiry": inquiring}),
        Part(
            asides={"inquiries": correspondence.open},
            presses={CORRESPONDENCE: correspondence.press},
            drafts={REMARK: correspondence},
        ),
        Part(
            {"privacy": privacy.notice, "forget": privacy.explain},
            {buttons.FORGET: privacy.forget},
            asides={"mydata": privacy.hand_over},
        ),
    )
    asides = Asides({name: do for part in conversations for name, do in part.asides.items()}, visitors, sender)
    reception = Reception(library, visitors, sender, questions, asides)
    languages = Languages(store, visitors, sender)
    sources = Sources(library, visitors, sender)
    ratings = Ratings(store, visitors, sender)
    parts = (
        Part({"start": reception.greet, "help": reception.explain}),
        Part({"language": languages.offer}, {buttons.LANGUAGE: languages.choose}),
        Part({"sources": sources.show}),
        Part({}, {buttons.QUESTION: questions.choose, buttons.RATING: ratings.rate}),
        *conversations,
        Part(
            {"agenda": diary.agenda, "requests": diary.requests, "history": diary.history},
            {STAFF: staff.press, AGENDA: diary.turn},
            drafts={"staff": endings},
        ),
        Part(presses={DESK: desk.press}, drafts={ANSWER: desk}),
    )
    drafts |= {kind: one for part in parts for kind, one in part.drafts.items()}
    listeners = tuple(one for part in parts for one in part.listeners)
    threads = Threads(store, sender, questions, drafts, listeners)
    application.add_handler(TypeHandler(Update, visitors.recall), group=-2)  # before the table, in this order
    application.add_handler(TypeHandler(Update, gate.check), group=-1)
    application.add_handlers(_table(parts, asides, threads, reception, buttons.Retired(visitors)))
    application.add_error_handler(Apologies(store, visitors, sender, new_id).apologise)

    unreachable = Unreachable(store)
    renderers: tuple[Renderer, ...] = (
        Notices(store, clock, invitations),
        Briefings(store, clock, invitations),
        Dossiers(store),
        Regrets(store),
        unreachable,
    )
    delivery = Delivery(store, sender, renderers, invitations, Daily(store, keep), unreachable)

    async def process(work: Work) -> None:
        logs.reference.set(str(work.update_id))
        waited = max(0.0, (clock.now() - work.received_at).total_seconds())
        with metrics.stage("update", earlier=waited, reference=str(work.update_id)):
            metrics.took("waiting", waited)
            await answer(work)

    async def answer(work: Work) -> None:
        update = Update.de_json(dict(work.raw), application.bot)
        asked_at = update.message.date if update.message else work.received_at
        work.late = clock.now() - asked_at > LATE
        try:
            await application.process_update(update)
            if update.my_chat_member or background().unreachable:  # else that they can be written to is known
                await asyncio.to_thread(unreachable.heard, update)
        finally:
            if work.turn is None:  # an answer writes no letter
                delivery.nudge()  # what a tap wrote into the outbox goes out at once

    return Chat(application, Intake(store.inbox, store.presence, process, clock), clock, library, delivery, store)


async def work(chat: Chat, stop: asyncio.Event) -> None:
    """Answer what other processes on the same database fetch, until ``stop``. Raises WrongToken."""
    async with chat.opened(stop):
        await stop.wait()


def _table(
    parts: Sequence[Part], asides: Asides, threads: Threads, reception: Reception, retired: buttons.Retired
) -> list[BaseHandler[Any, Any, Any]]:
    """Order matters: the first that fits takes the update."""
    new = filters.UpdateType.MESSAGE  # not edited ones: a second answer to the same question helps nobody
    own = new & ~filters.FORWARDED  # a forwarded /forget is somebody else's
    ours = new & Addressed()
    commands = {name: do for part in parts for name, do in part.commands.items()} | asides.handlers()
    presses = {pattern: do for part in parts for pattern, do in part.presses.items()}
    return [
        *(CommandHandler(name, do, own) for name, do in commands.items()),
        MessageHandler(ours & ~filters.FORWARDED & filters.COMMAND, reception.hint),
        MessageHandler(ours & filters.TEXT, threads.hear),
        MessageHandler(ours & (filters.ATTACHMENT | filters.STORY), reception.decline),
        *(CallbackQueryHandler(do, f"^(?:{pattern})$") for pattern, do in presses.items()),
        CallbackQueryHandler(retired.press),
        ChatMemberHandler(reception.join, ChatMemberHandler.MY_CHAT_MEMBER),
    ]
