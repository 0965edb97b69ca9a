"""What the bot is connected to, for the doctor: database, staff, mail, Telegram. Nobody on the network is asked but the database."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, number, place, shown
from bot.mail import Mailer
from bot.settings import Settings
from bot.spending import Spent
from bot.store import Store, StoreError

TELEGRAM = "https://api.telegram.org"
NEARLY = 0.9  # of a day's budget
WEBHOOK_PORTS = (443, 80, 88, 8443)  # the ones Telegram itself calls


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at each, in the order in which one sets it up."""
    url = settings.database_url.get_secret_value()
    finding = _database(url)
    yield finding
    if finding.well:
        yield _meetings(url, now)
        yield _budget(settings, now)
    yield _mail(settings)
    yield _telegram(settings)
    yield _webhook(settings)


def _file(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///").partition("?")[0]) if url.startswith("sqlite:///") else None


def _database(url: str) -> Finding:
    subject, file = "Database", _file(url)
    if file and file.name and not file.exists():
        nearest = next(folder for folder in file.absolute().parents if folder.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            return Finding(subject, f"{file} is not there yet; the first start makes it.")
        todo = "Make it writable for the user who runs the bot, or set DATABASE_URL to another place."
        return Finding(subject, f"{file} cannot be made: no permission in {nearest}.", todo, well=False)
    try:
        Store.open(url).close()
    except StoreError as error:
        return Finding(subject, str(error), well=False)
    return Finding(subject, f"{file or place(url)} opens, and has the schema that this version needs.")


def _meetings(url: str, now: datetime) -> Finding:
    """Whether requests for meetings reach somebody who may answer them. A staff chat every import insists on."""
    subject, file = "Meetings", _file(url)
    none = "none are taken, and none need be. To take some: expo-bot slots import FILE"
    if file and file.name and not file.exists():
        return Finding(subject, none)
    with closing(Store.open(url)) as store:
        teams = store.pavilion.teams()
        members = {team.id: store.pavilion.members(team.id) for team in teams}
        ahead = sum(slot.open for slot in store.pavilion.slots(since=now))
    if not teams:
        return Finding(subject, none)
    idle = [team.id for team in teams if not any(one.telegram_id for one in members[team.id])]
    told = f"{number(len(teams), 'team')}, {number(ahead, 'time')} to come."
    if any(team.fictional for team in teams):
        told += " The fair is a fictional one, for demonstration."
    todo = []
    if idle:
        told += f"\nWithout a member who may answer: {shown(idle, ', ')}."
        todo.append("Write the telegram_id of at least one member of each team")
    if not ahead:
        todo.append("Add hours that lie ahead")
    return Finding(subject, told, f"{'; '.join(todo)}, then run: expo-bot slots import FILE" if todo else "")


def _budget(settings: Settings, now: datetime) -> Finding:
    """What language models have used up today, of what they may."""
    subject, url = "Language model today", settings.database_url.get_secret_value()
    if not settings.chat_model:
        return Finding(subject, "nothing, as there is none.")
    if settings.model_cost_a_day and not settings.model_prices:
        return Finding(subject, "MODEL_COST_A_DAY is set, MODEL_PRICES is not.", "Set both, or neither.", well=False)
    file, spent = _file(url), Spent()
    if not (file and file.name and not file.exists()):
        with closing(Store.open(url)) as store:
            spent = store.usage.spent(now.date())
    tokens, cost = settings.model_tokens_a_day, settings.model_cost_a_day
    told = f"{spent.tokens:,} tokens{f' of {tokens:,}' if tokens else ''}"
    if settings.model_prices:
        told += f", {spent.cost / 1_000_000:.2f}{f' of {cost:.2f}' if cost else ''} in money"
    share = max(spent.tokens / tokens if tokens else 0, spent.cost / 1_000_000 / cost if cost else 0)
    todo = "Answers come without it, or soon will, until 00:00 UTC. Raise MODEL_TOKENS_A_DAY or MODEL_COST_A_DAY."
    return Finding(subject, told + ".", todo if share >= NEARLY else "")


def _mail(settings: Settings) -> Finding:
    subject, url = "Mail", settings.smtp_url.get_secret_value()
    if not url and settings.mail_from:
        return Finding(subject, "MAIL_FROM is set, SMTP_URL is not.", "No invitation will be mailed.")
    if not url:
        return Finding(subject, "none is sent, and none need be: the chat hands out calendar files.")
    try:
        mailer = Mailer.from_url(url, settings.mail_from)
    except ValueError as error:
        return Finding(subject, str(error), "Or leave SMTP_URL empty.", well=False)
    return Finding(subject, f"invitations go out through {mailer.host}:{mailer.port} as {mailer.sender}.")


def _telegram(settings: Settings) -> Finding:
    subject, token = "Telegram", settings.telegram_token.get_secret_value()
    if not token:
        todo = "Get a token from @BotFather and set it in .env. Without one: expo-bot playground"
        return Finding(subject, "TELEGRAM_TOKEN is not set.", todo, well=False)
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{30,}", token):
        todo = "Copy it again from @BotFather: digits, a colon, 35 letters, digits, _ or -; no spaces."
        return Finding(subject, "TELEGRAM_TOKEN does not look like a token.", todo, well=False)
    own = "" if settings.telegram_api_url.rstrip("/") == TELEGRAM else f", for {place(settings.telegram_api_url)}"
    return Finding(subject, f"a token is set{own}. Whether it is still valid shows at the start.")


def _webhook(settings: Settings) -> Finding:
    subject, url, secret = "Updates", settings.webhook_url, settings.webhook_secret.get_secret_value()
    if not url:
        if secret:
            return Finding(
                subject, "WEBHOOK_SECRET is set, WEBHOOK_URL is not.", "The bot will ask for updates itself."
            )
        return Finding(subject, "the bot asks for them itself (long polling).")
    told = f"Telegram calls {place(url)}; the bot listens on {settings.webhook_host}:{settings.webhook_port}."
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        todo = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        return Finding(subject, "WEBHOOK_SECRET must be 16 to 256 letters, digits, _ or -.", todo, well=False)
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return Finding(subject, "WEBHOOK_URL has a port that is none.", "Correct it.", well=False)
    if settings.telegram_api_url.rstrip("/") == TELEGRAM and (parts.scheme != "https" or port not in WEBHOOK_PORTS):
        todo = f"Telegram calls https only, on the ports {', '.join(map(str, WEBHOOK_PORTS))}. Change WEBHOOK_URL."
        return Finding(subject, told, todo, well=False)
    return Finding(subject, told)
