"""The one place that builds and runs: ``expo-bot run | playground | ask | search | doctor``, and staff's commands.

Everything heavy is imported inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answers import Assistant
    from bot.library import Library
    from bot.mail import Mailer
    from bot.settings import Settings

DEMO_QUESTION = "Which companies did Pohang show at InterBattery Europe 2025?"


class NotConfigured(Exception):
    """A setting that the command needs is missing; the text says which, and how to get its value."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    options = _parser().parse_args(arguments)
    # One character that cannot be read or written must not end the hundred questions behind it.
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    from bot.embedding import ModelMissing
    from bot.generations import LibraryError
    from bot.models import ModelUnusable
    from bot.office.commands import OfficeError
    from bot.prompts import PromptMissing
    from bot.settings import InvalidSettings, read

    told = (NotConfigured, InvalidSettings, LibraryError, ModelMissing, ModelUnusable, OfficeError, PromptMissing)
    try:
        settings = read(**({"index": options.index} if options.index else {}))
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
        )
        for chatty in ("alembic", "httpx", "uvicorn"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        command: Callable[[Settings, argparse.Namespace], int] = options.command
        return command(settings, options)
    except told as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    from bot.evals.command import arrange as measure
    from bot.office.commands import arrange

    parser = argparse.ArgumentParser(prog="expo-bot", description="A Telegram assistant that answers with sources.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[Settings, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--index", metavar="DIR", help="the folder of the index (default: INDEX)")
        added.set_defaults(command=command)
        return added

    add("run", run, "Answer in Telegram, until stopped.")
    play = add("playground", playground, "Try the bot on this machine, without Telegram: a chat page in the browser.")
    play.add_argument("--port", type=_port, default=8765, help="the port of the chat page (default: 8765; 0: any)")
    play.add_argument("--once", action="store_true", help="show the question in the terminal and stop")
    one = add("ask", ask, "Answer one question, or one a line from standard input.")
    one.add_argument("question", help="the question, or - to read questions from standard input")
    one.add_argument("--json", action="store_true", help="print one JSON object a line")
    find = add("search", search, "Show the passages that fit a question best.")
    find.add_argument("question", help="the question, or - to read one a line from standard input")
    find.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")
    find.add_argument("--json", action="store_true", help="print one JSON object a line")
    measure(add("eval", evaluate, "Ask questions with known answers; print how well they are answered."))
    add("doctor", doctor, "Say what is configured, what is missing, and what to do about it.")
    arrange(commands, office)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Answer in Telegram until stopped."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        raise NotConfigured(
            "TELEGRAM_TOKEN is not set. Get a token from @BotFather in Telegram and put it into .env, or try the bot "
            "without Telegram: expo-bot playground"
        )
    return asyncio.run(_run(settings, token, _mailer(settings)))


async def _run(settings: Settings, token: str, mailer: Mailer | None) -> int:
    from bot.chat.application import WrongToken, build
    from bot.chat.polling import AnotherPoller, poll
    from bot.chat.webhook import WebhookError, listen
    from bot.store import Store, StoreError

    try:
        async with AsyncExitStack() as opened:
            library = opened.enter_context(closing(_library(settings)))
            await _warm(library)
            store = opened.enter_context(closing(Store.open(settings.database_url.get_secret_value())))
            chat = build(
                token=token,
                api_url=settings.telegram_api_url,
                assistant=_assistant(settings, library),
                library=library,
                store=store,
                mailer=mailer,
                keep=timedelta(days=settings.retention_days),
                model=settings.chat_model,
            )
            stop = _stopped_by_signals()
            if settings.webhook_url:
                secret = settings.webhook_secret.get_secret_value()
                await listen(chat, settings.webhook_url, secret, settings.webhook_host, settings.webhook_port, stop)
            else:
                await poll(chat, stop)
    except (WrongToken, AnotherPoller, WebhookError, StoreError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def playground(settings: Settings, options: argparse.Namespace) -> int:
    """The same bot against a stand-in for Telegram, with a chat page."""
    return asyncio.run(_playground(settings, options))


async def _playground(settings: Settings, options: argparse.Namespace) -> int:
    import tempfile

    from bot.chat.application import build
    from bot.chat.polling import poll
    from bot.demonstration import set_up
    from bot.playground.server import PortTaken, serve
    from bot.playground.terminal import show_question
    from bot.store import Store

    library = _library(settings)
    await _warm(library)
    stop = _stopped_by_signals()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'playground.db'}")
        try:
            demonstration = set_up(store, datetime.now(UTC))
            async with serve(port=options.port) as server:
                chat = build(
                    token=server.telegram.token,
                    api_url=server.api_url,
                    assistant=_assistant(settings, library),
                    library=library,
                    store=store,
                    keep=timedelta(days=settings.retention_days),
                    model=settings.chat_model,
                )
                polling = asyncio.create_task(poll(chat, stop))
                try:
                    print(await show_question(server.api_url, DEMO_QUESTION), flush=True)
                    if not options.once:
                        print(f"\n{demonstration}", flush=True)
                        print(f"Go on talking to it: {server.url}\nStop with Ctrl-C.", flush=True)
                        await asyncio.wait({polling, asyncio.create_task(stop.wait())}, return_when="FIRST_COMPLETED")
                finally:
                    stop.set()
                    await polling
        except PortTaken as error:
            print(error.strerror, file=sys.stderr)
            return 2
        finally:
            store.close()
            library.close()
    return 0


def ask(settings: Settings, options: argparse.Namespace) -> int:
    """Answer questions in the terminal."""
    from bot.terminal import answer_all, questions

    library = _library(settings)
    assistant = _assistant(settings, library)
    library.overview()
    asyncio.run(answer_all(assistant, questions(options.question, sys.stdin), as_json=options.json))
    library.close()
    return 0


def search(settings: Settings, options: argparse.Namespace) -> int:
    """Show what a search finds."""
    from bot.terminal import questions, search_all

    if not 1 <= options.k <= 100:
        raise NotConfigured("-k takes a number from 1 to 100.")
    library = _library(settings)
    library.overview()
    search_all(library, questions(options.question, sys.stdin), options.k, as_json=options.json)
    library.close()
    return 0


def evaluate(settings: Settings, options: argparse.Namespace) -> int:
    """Ask questions with known answers."""
    from bot.embedding import load
    from bot.evals.command import run as ask_set

    library, assistant = partial(_library, settings), partial(_assistant, settings)
    return ask_set(options, partial(load, settings.embedding_model), library, assistant)


def doctor(settings: Settings, options: argparse.Namespace) -> int:
    """Tell what is configured and what is missing."""
    from bot.doctor import examine

    findings = examine(settings)
    for finding in findings:
        print(finding)
    return 0 if all(finding.well for finding in findings) else 1


def office(settings: Settings, options: argparse.Namespace) -> int:
    """What staff do with slots, meetings and inquiries."""
    from bot.office.commands import run as work

    print(work(options, settings.database_url.get_secret_value(), datetime.now(UTC)))
    return 0


def _library(settings: Settings, index: Path | None = None) -> Library:
    from bot import embedding
    from bot.library import Library

    return Library(index or settings.index, embedding.load(settings.embedding_model))


async def _warm(library: Library) -> None:
    """A first search before the first visitor's: the models load, and a missing or foreign index is told now."""
    await asyncio.to_thread(library.search, "안녕하세요 hello", 1)


def _assistant(settings: Settings, library: Library, day: date | None = None) -> Assistant:
    from bot import models
    from bot.answers import Assistant
    from bot.prompts import Prompts
    from bot.settings import ROOT

    model = models.load(
        settings.chat_model,
        base_url=settings.chat_base_url,
        key=settings.chat_api_key.get_secret_value(),
        timeout=settings.chat_timeout,
        max_tokens=settings.chat_max_tokens,
    )
    today = (lambda: day) if day else date.today
    return Assistant(library, Prompts(ROOT / "prompts"), model, timeout=settings.chat_timeout, today=today)


def _mailer(settings: Settings) -> Mailer | None:
    """The mail server for invitations; None where none is configured."""
    from bot.mail import Mailer

    url = settings.smtp_url.get_secret_value()
    try:
        return Mailer.from_url(url, settings.mail_from) if url else None
    except ValueError as error:
        raise NotConfigured(str(error)) from None


def _stopped_by_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


if __name__ == "__main__":
    sys.exit(main())
