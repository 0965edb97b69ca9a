"""The one place that builds and runs: ``expo-bot run | playground | ask | search | doctor``, and staff's commands.

Everything heavy is imported inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot import assembly, logs
from bot.assembly import NotConfigured

if TYPE_CHECKING:
    from bot.mail import Mailer
    from bot.settings import Settings

DEMO_QUESTION = "Which companies did Pohang show at InterBattery Europe 2025?"


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
        logs.configure(settings.log_level, settings.log_format)
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

    answering = add("run", run, "Answer in Telegram, until stopped.")
    answering.add_argument(
        "--work-only", action="store_true", help="work on what others fetch: beside them, on the same PostgreSQL"
    )
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
    look = add("doctor", doctor, "Say what is configured, what is missing, and what to do about it.")
    look.add_argument("--live", action="store_true", help="ask Telegram, the models, the servers: do they answer?")
    keep = add("backup", backup, "Write everything that must not be lost into one file, while the bot runs.")
    keep.add_argument("file", type=Path, metavar="FILE", help="the file to make, e.g. expo-bot-2026-09-16.tar.gz")
    keep.set_defaults(overwrite=None)
    bring = add("restore", backup, "Bring back what a backup holds: database, knowledge and index.")
    bring.add_argument("file", type=Path, metavar="FILE", help="what expo-bot backup has written")
    bring.add_argument("--overwrite", action="store_true", help="let go of what is there now")
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
    return asyncio.run(_run(settings, token, assembly.mailer(settings), work_only=options.work_only))


async def _run(settings: Settings, token: str, mailer: Mailer | None, *, work_only: bool) -> int:
    assembly.hurry()
    from bot.chat.application import WrongToken, build, work
    from bot.chat.health import served
    from bot.chat.polling import AnotherPoller, poll
    from bot.chat.serving import PortInUse
    from bot.chat.webhook import WebhookError, listen
    from bot.store import Store, StoreError
    from bot.study import studying

    try:
        async with AsyncExitStack() as opened:
            opened.enter_context(assembly.traced(settings))
            library = opened.enter_context(closing(assembly.library(settings)))
            warm = assembly.warm(library)
            opened.enter_context(assembly.following(settings))
            url = settings.database_url.get_secret_value()
            store = opened.enter_context(closing(Store.open(url, working=True)))
            budget = assembly.budget(settings, store, token)
            chat = build(
                token=token,
                api_url=settings.telegram_api_url,
                assistant=assembly.assistant(settings, library, budget=budget),
                library=library,
                store=store,
                mailer=mailer,
                keep=timedelta(days=settings.retention_days),
                model=settings.chat_model,
                limits=assembly.limits(settings),
            )
            await warm
            opened.enter_context(studying(library))
            stop = _stopped_by_signals()
            at = settings.health_host, settings.health_port
            await opened.enter_async_context(served(chat, *at, stop, budget.caps))
            if work_only:
                await work(chat, stop)
            elif settings.webhook_url:
                secret = settings.webhook_secret.get_secret_value()
                await listen(chat, settings.webhook_url, secret, settings.webhook_host, settings.webhook_port, stop)
            else:
                await poll(chat, stop)
    except (WrongToken, AnotherPoller, PortInUse, WebhookError, StoreError) as error:
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
    from bot.study import studying

    try:
        async with AsyncExitStack() as opened:
            library = opened.enter_context(closing(assembly.library(settings)))
            await assembly.warm(library)
            opened.enter_context(studying(library))
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            store = opened.enter_context(closing(Store.open(f"sqlite:///{Path(folder) / 'playground.db'}")))
            demonstration = set_up(store, datetime.now(UTC))
            server = await opened.enter_async_context(serve(port=options.port))
            budget = assembly.budget(settings, store, server.telegram.token)
            chat = build(
                token=server.telegram.token,
                api_url=server.api_url,
                assistant=assembly.assistant(settings, library, budget=budget),
                library=library,
                store=store,
                keep=timedelta(days=settings.retention_days),
                model=settings.chat_model,
                limits=assembly.limits(settings),
            )
            stop = _stopped_by_signals()
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
    return 0


def ask(settings: Settings, options: argparse.Namespace) -> int:
    """Answer questions in the terminal."""
    from bot.terminal import answer_all, questions

    library = assembly.library(settings)
    assistant = assembly.assistant(settings, library)
    library.overview()
    asyncio.run(answer_all(assistant, questions(options.question, sys.stdin), as_json=options.json))
    library.close()
    return 0


def search(settings: Settings, options: argparse.Namespace) -> int:
    """Show what a search finds."""
    from bot.terminal import questions, search_all

    if not 1 <= options.k <= 100:
        raise NotConfigured("-k takes a number from 1 to 100.")
    library = assembly.library(settings)
    library.overview()
    search_all(library, questions(options.question, sys.stdin), options.k, as_json=options.json)
    library.close()
    return 0


def evaluate(settings: Settings, options: argparse.Namespace) -> int:
    """Ask questions with known answers."""
    from bot.embedding import load
    from bot.evals.command import run as ask_set

    library, assistant = partial(assembly.library, settings), partial(assembly.assistant, settings)
    return ask_set(options, partial(load, settings.embedding_model), library, assistant)


def doctor(settings: Settings, options: argparse.Namespace) -> int:
    """Tell what is configured and what is missing."""
    from bot.doctor import examine

    findings = examine(settings)
    if options.live:
        from bot.doctor.live import examine as ask_all

        findings += asyncio.run(ask_all(settings))
    for finding in findings:
        print(finding)
    return 0 if all(finding.well for finding in findings) else 1


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Write everything into one file, or bring it back from there."""
    from bot import backup
    from bot.settings import told

    where = settings.database_url.get_secret_value(), settings.knowledge, settings.index
    try:
        if options.overwrite is None:
            held = backup.write(options.file, *where, told(settings), datetime.now(UTC))
            print(f"{options.file} holds {held}. What visitors said is in it: keep it as safe as the database.")
        else:
            print(backup.restore(options.file, *where, overwrite=options.overwrite).restored())
    except backup.BackupError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def office(settings: Settings, options: argparse.Namespace) -> int:
    """What staff do with slots, meetings and inquiries."""
    from bot.office.commands import run as work

    print(work(options, settings.database_url.get_secret_value(), datetime.now(UTC)))
    return 0


def _stopped_by_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


if __name__ == "__main__":
    sys.exit(main())
