"""The parts that several commands are built from, as the settings say. Only ``bot.__main__`` puts them together.

Everything heavy is imported inside the function that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answers import Assistant
    from bot.budget import Budget
    from bot.chat.limits import Limits
    from bot.library import Library
    from bot.mail import Mailer
    from bot.settings import Settings
    from bot.store import Store
    from bot.vectors.server import Server


LATER = 5.0  # seconds until what few questions need is loaded, too: who asked while the bot started is answered first


class NotConfigured(Exception):
    """A setting that the command needs is missing; the text says which, and how to get its value."""


def library(settings: Settings, index: Path | None = None) -> Library:
    """The library of the configured index, or of another one."""
    from bot import embedding
    from bot.library import Library

    server = chroma(settings)
    if server and not index:
        from bot import mirror

        with closing(server):
            mirror.catch_up(server, settings.index)
    return Library(index or settings.index, embedding.load(settings.embedding_model))


def chroma(settings: Settings) -> Server | None:
    """The Chroma server that the index comes from; None where it is a folder of this machine."""
    if not settings.chroma_url:
        return None
    from bot.vectors.server import Server

    return Server(settings.chroma_url, settings.chroma_token.get_secret_value())


@contextmanager
def following(settings: Settings) -> Iterator[None]:
    """Within it, the index of this machine follows the Chroma server, where there is one."""
    from bot import mirror

    server = chroma(settings)
    if not server:
        yield
        return
    with closing(server), mirror.following(server, settings.index):
        yield


def hurry() -> None:
    """Until :func:`warm` is done, look for no garbage: what is loaded at the start stays, and looking takes a second."""
    gc.disable()


def warm(library: Library) -> asyncio.Future[None]:
    """A first question before the first visitor's, so that the models load: in a thread, while other things are set up.

    A missing or foreign index is told now.
    """
    from bot import languages

    library.overview()
    loop = asyncio.get_running_loop()
    loop.call_later(LATER, lambda: loop.run_in_executor(None, languages.detect, "A first question, as visitors ask it"))
    return loop.run_in_executor(None, _ask_first, library)


def _ask_first(library: Library) -> None:
    try:
        library.search("안녕하세요 hello", 1)
        library.asks("안녕하세요 hello", "ko")
    finally:
        gc.freeze()  # what is there now will be, and need not be looked through again
        gc.enable()


def assistant(settings: Settings, library: Library, day: date | None = None, budget: Budget | None = None) -> Assistant:
    """Who answers; with the configured models, which may use up the ``budget``."""
    from bot import models, opinions
    from bot.answers import Assistant
    from bot.models import Choice
    from bot.prompts import Prompts
    from bot.settings import ROOT

    key, fallback_key = settings.chat_api_key, settings.chat_fallback_api_key
    model = models.guarded(
        Choice(settings.chat_model, settings.chat_base_url, key.get_secret_value()),
        Choice(settings.chat_fallback_model, settings.chat_fallback_base_url, fallback_key.get_secret_value()),
        first_word=settings.chat_first_word,
        timeout=settings.chat_timeout,
        max_tokens=settings.chat_max_tokens,
        at_once=settings.chat_at_once,
        budget=budget,
    )
    today = (lambda: day) if day else date.today
    whole = settings.chat_timeout + 1  # the model's own guard is the first to run out of patience, and learns from it
    prompts = Prompts(ROOT / "prompts")
    opinion = opinions.load(settings.second_opinion, model, prompts)
    return Assistant(library, prompts, model, opinion=opinion, timeout=whole, today=today)


def budget(settings: Settings, store: Store, secret: str) -> Budget:
    """What models may use up in a day, counted in ``store``; visitors under aliases made with ``secret``."""
    from bot.budget import Budget
    from bot.spending import Caps, Prices

    cost = round(settings.model_cost_a_day * 1_000_000)
    if cost and not settings.model_prices:
        raise NotConfigured("MODEL_COST_A_DAY needs MODEL_PRICES: what a million tokens cost, in and out, e.g. 0.25/2")
    caps = Caps(settings.model_tokens_a_day, settings.model_tokens_per_visitor, cost)
    return Budget(store.usage, caps, Prices.parse(settings.model_prices), secret)


def traced(settings: Settings) -> AbstractContextManager[None]:
    """Within it, traces go to the configured collector, where there is one."""
    from bot import tracing

    if not settings.otel_exporter_otlp_endpoint:
        return nullcontext()
    if find_spec("opentelemetry.exporter.otlp.proto.http") is None:
        raise NotConfigured("OTEL_EXPORTER_OTLP_ENDPOINT needs a package: pip install 'expo-bot[tracing]'")
    return tracing.to_collector(settings.otel_exporter_otlp_endpoint)


def mailer(settings: Settings) -> Mailer | None:
    """The mail server for invitations; None where none is configured."""
    from bot.mail import Mailer

    url = settings.smtp_url.get_secret_value()
    try:
        return Mailer.from_url(url, settings.mail_from) if url else None
    except ValueError as error:
        raise NotConfigured(str(error)) from None


def limits(settings: Settings) -> Limits:
    """How much a visitor may ask for."""
    from bot.chat.limits import Limits

    return Limits(settings.messages_a_minute, settings.questions_a_day)
