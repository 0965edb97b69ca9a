"""The chat, put together: one table of handlers, in order. One read tells what the bot can do."""

from __future__ import annotations

import asyncio
import logging
import secrets
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest
from telegram.warnings import PTBDeprecationWarning

from bot.chat import buttons, intake
from bot.chat.apologies import Apologies
from bot.chat.clock import Clock, WallClock, sleep_unless
from bot.chat.feedback import Ratings
from bot.chat.intake import Intake
from bot.chat.introduction import introduce
from bot.chat.knowledge import Knowledge
from bot.chat.languages import Languages
from bot.chat.privacy import Privacy
from bot.chat.questions import Assistant, Questions
from bot.chat.reception import Reception
from bot.chat.redaction import keep_secret
from bot.chat.sending import Sender, wait_of
from bot.chat.sources import Sources
from bot.chat.visitors import Addressed, Visitors
from bot.store import Store

logger = logging.getLogger(__name__)

UPDATES = ["message", "callback_query", "my_chat_member"]  # an edited question is not asked again, so it is not fetched
PATIENCE = 5.0  # seconds for what is being answered when the bot is stopped

App = Application[Any, Any, Any, Any, Any, Any]


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
        try:
            await self._initialize(stop)
            if not stop.is_set():
                await introduce(self.bot, self.library)
            yield
        finally:
            await self.intake.drain(PATIENCE)
            await self.application.shutdown()
            await self.bot.shutdown()  # of an application that never got as far as being initialized

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
    request: BaseRequest | None = None,
) -> Chat:
    """Everything wired, nothing started. Configure logging first: the token is taken out of the handlers there are."""
    keep_secret(token)
    # The library warns in its own RetryAfter that the type of the wait will change; ``sending.wait_of`` takes both.
    warnings.filterwarnings("ignore", ".*`retry_after`", PTBDeprecationWarning)
    clock = clock or WallClock()
    application = _application(token, api_url.rstrip("/"), request)
    sender = Sender(application.bot, clock)
    visitors = Visitors(store)
    questions = Questions(assistant, library, store, visitors, sender, new_id)
    application.add_handlers(
        _table(
            questions,
            Reception(library, visitors, sender, questions),
            Languages(store, visitors, sender),
            Sources(library, visitors, sender),
            Ratings(store, visitors, sender),
            Privacy(store, visitors, sender),
            buttons.Retired(visitors),
        )
    )
    application.add_error_handler(Apologies(visitors, sender, new_id).apologise)

    async def process(raw: intake.Update) -> None:
        await application.process_update(Update.de_json(dict(raw), application.bot))

    return Chat(application, Intake(process), clock, library)


def _table(
    questions: Questions,
    reception: Reception,
    languages: Languages,
    sources: Sources,
    ratings: Ratings,
    privacy: Privacy,
    retired: buttons.Retired,
) -> list[BaseHandler[Any, Any, Any]]:
    """Order matters: the first that fits takes the update."""
    new = filters.UpdateType.MESSAGE  # not edited ones: a second answer to the same question helps nobody
    own = new & ~filters.FORWARDED  # a forwarded /forget is somebody else's
    ours = new & Addressed()
    return [
        CommandHandler("start", reception.greet, own),
        CommandHandler("help", reception.explain, own),
        CommandHandler("language", languages.offer, own),
        CommandHandler("sources", sources.show, own),
        CommandHandler("forget", privacy.explain, own),
        MessageHandler(ours & ~filters.FORWARDED & filters.COMMAND, reception.hint),
        MessageHandler(ours & filters.TEXT, questions.ask),
        MessageHandler(ours & (filters.ATTACHMENT | filters.STORY), reception.decline),
        CallbackQueryHandler(questions.choose, f"^{buttons.QUESTION}$"),
        CallbackQueryHandler(ratings.rate, f"^{buttons.RATING}$"),
        CallbackQueryHandler(languages.choose, f"^{buttons.LANGUAGE}$"),
        CallbackQueryHandler(privacy.forget, f"^{buttons.FORGET}$"),
        CallbackQueryHandler(retired.press),
        ChatMemberHandler(reception.join, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _application(token: str, api_url: str, request: BaseRequest | None) -> App:
    builder: Any = ApplicationBuilder().token(token).updater(None).job_queue(None)
    builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    built: App = builder.build()
    return built
