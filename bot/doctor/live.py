"""Asks everybody the bot depends on whether they answer: ``expo-bot doctor --live``. A few cheap calls, nothing left behind.

A model is asked for one word, which costs what a word costs. The database is written to in a transaction that is undone.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import httpx

from bot import assembly, embedding, models
from bot.assembly import NotConfigured
from bot.doctor.findings import Finding, number, place
from bot.embedding import ModelMissing
from bot.generations import LibraryError
from bot.library import Library
from bot.mail import MailTrouble
from bot.models import ModelUnusable
from bot.settings import Settings
from bot.store import Store, StoreError

PATIENCE = 15.0  # seconds for Telegram
MANY = 100  # updates that wait with Telegram


async def examine(settings: Settings, now: datetime | None = None) -> list[Finding]:
    """Ask each, one after the other. A finding that is not well says what to do."""
    found = await telegram(settings, now or datetime.now(UTC))
    found += await language_models(settings)
    for ask in (database, index, chroma, mail):
        finding = await asyncio.to_thread(ask, settings)
        found += [finding] if finding else []
    return found


async def telegram(settings: Settings, now: datetime) -> list[Finding]:
    """Is the token valid, and does Telegram bring updates where it shall?"""
    token, at = settings.telegram_token.get_secret_value(), place(settings.telegram_api_url)
    if not token:
        return []  # said already
    async with httpx.AsyncClient(timeout=PATIENCE) as client:

        async def call(method: str) -> dict[str, Any]:
            url = f"{settings.telegram_api_url.rstrip('/')}/bot{token}/{method}"
            told: dict[str, Any] = (await client.post(url)).json()
            return told

        try:
            me = await call("getMe")
            if not me["ok"]:
                todo = "Copy it again from @BotFather (/mybots, API Token) into TELEGRAM_TOKEN, and start the bot anew."
                said = f"{at} does not accept it ({me['error_code']})."
                return [Finding("Token, asked", said, todo, well=False)]
            hook = (await call("getWebhookInfo"))["result"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:  # its text would quote the token
            todo = "Check the network, a proxy in between, and TELEGRAM_API_URL."
            return [Finding("Token, asked", f"{at} cannot be asked ({type(error).__name__}).", todo, well=False)]
    return [
        Finding("Token, asked", f"valid: it is @{me['result'].get('username', '?')}."),
        _webhook(settings, hook, now),
    ]


def _webhook(settings: Settings, hook: dict[str, Any], now: datetime) -> Finding:
    """Whether Telegram calls where it shall, and what it has to complain of."""
    subject, wanted, there = "Updates, asked", settings.webhook_url, str(hook.get("url", ""))
    waiting = int(hook.get("pending_update_count", 0))
    told = f"{number(waiting, 'update')} waiting with Telegram"
    if said := str(hook.get("last_error_message", "")):
        minutes = (now - datetime.fromtimestamp(int(hook.get("last_error_date", 0)), UTC)).total_seconds() // 60
        told += f"; its last complaint, {minutes:.0f} minutes ago: {said}"
    if wanted and not there:
        return Finding(subject, f"no webhook is set, {told}.", "Start the bot: expo-bot run sets it.", well=False)
    if wanted and place(wanted) != place(there):
        todo = "Another installation uses the same token, or WEBHOOK_URL has changed: start this bot anew."
        return Finding(subject, f"Telegram calls {place(there)}, not {place(wanted)}; {told}.", todo, well=False)
    if not wanted and there:
        todo = "expo-bot run will take it away and ask for updates itself. Is another installation using the token?"
        return Finding(subject, f"a webhook is set, to {place(there)}; {told}.", todo)
    if said:
        todo = "Check that WEBHOOK_URL leads to the bot through your proxy, and that the bot runs."
        return Finding(subject, f"{told}.", todo)
    todo = "Is the bot running? It takes them up when it starts." if waiting > MANY else ""
    return Finding(subject, f"{f'Telegram calls {place(there)}, ' if there else ''}{told}.", todo)


async def language_models(settings: Settings) -> list[Finding]:
    """Does each model say something?"""
    s = settings
    asked = [("Language model, asked", s.chat_model, s.chat_base_url, s.chat_api_key, "CHAT")]
    if s.chat_model and s.chat_fallback_model:
        which = (s.chat_fallback_model, s.chat_fallback_base_url, s.chat_fallback_api_key, "CHAT_FALLBACK")
        asked.append(("Second language model, asked", *which))
    found = []
    for subject, name, url, key, prefix in asked:
        try:
            model = models.load(
                name, base_url=url, key=key.get_secret_value(), timeout=s.chat_timeout, max_tokens=s.chat_max_tokens
            )
            if model is None:
                continue
            begun = time.monotonic()
            async with asyncio.timeout(s.chat_timeout):
                await model.ainvoke("Say OK.")
        except ModelUnusable as error:
            found.append(Finding(subject, str(error), well=False))
        except Exception as error:  # noqa: BLE001 - whatever a provider raises; its text may quote the key
            todo = (
                f"Check {prefix}_MODEL, {prefix}_BASE_URL and {prefix}_API_KEY, and that its server runs. Until then "
            )
            todo += "answers come without it."
            found.append(Finding(subject, f"{name} does not answer ({type(error).__name__}).", todo, well=False))
        else:
            found.append(Finding(subject, f"{name} answers, after {time.monotonic() - begun:.1f} s."))
    return found


def database(settings: Settings) -> Finding:
    """Can it be written to, and does anything wait in it?"""
    subject = "Database, asked"
    try:
        with closing(Store.open(settings.database_url.get_secret_value())) as store:
            begun = time.monotonic()
            store.check()
            waiting, letters = store.inbox.counts(), store.outbox.counts()
    except StoreError as error:
        return Finding(subject, str(error), well=False)
    told = f"can be written, within {time.monotonic() - begun:.2f} s; {number(waiting.get('waiting', 0), 'update')} "
    told += f"and {number(letters.get('waiting', 0), 'letter')} waiting."
    if aside := waiting.get("poisoned", 0):
        todo = "Look for their numbers in the log; they go by themselves after 14 days."
        return Finding(subject, f"{told} {number(aside, 'update')} put aside.", todo)
    return Finding(subject, told)


def index(settings: Settings) -> Finding:
    """Does a search find something?"""
    subject = "Index, asked"
    try:
        with closing(Library(settings.index, embedding.load(settings.embedding_model))) as library:
            library.search("안녕하세요 hello", 1)  # the first loads what the others need
            begun = time.monotonic()
            found = library.search("Pohang", 1)
    except (LibraryError, ModelMissing) as error:
        return Finding(subject, str(error), well=False)
    what = "something" if found else "nothing"
    return Finding(subject, f"a search finds {what}, within {time.monotonic() - begun:.2f} s.")


def chroma(settings: Settings) -> Finding | None:
    """Does the Chroma server answer, where there is one?"""
    subject = "Chroma server, asked"
    server = assembly.chroma(settings)
    if server is None:
        return None
    try:
        with closing(server):
            name = server.current()
    except LibraryError as error:
        return Finding(subject, str(error), "Until then the bot answers from its copy.", well=False)
    todo = "" if name else "Run: expo-ingest"
    return Finding(subject, f"{server.place} has {f'the generation {name}' if name else 'no generation yet'}.", todo)


def mail(settings: Settings) -> Finding | None:
    """Does the mail server take connections, where there is one?"""
    subject = "Mail, asked"
    try:
        mailer = assembly.mailer(settings)
        if mailer is None:
            return None
        mailer.check()
    except (NotConfigured, MailTrouble) as error:
        return Finding(subject, str(error), "Invitations wait until it works.", well=False)
    return Finding(
        subject, f"{mailer.host}:{mailer.port} takes connections{' and the password' if mailer.user else ''}."
    )
