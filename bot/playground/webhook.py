"""Webhook: updates are brought to the bot, one after the other, until it says that it has them.

Telegram insists on HTTPS and a public address. A stand-in on loopback cannot have either, so plain HTTP to
this machine will do.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.playground.params import Params
from bot.playground.refusals import bad_request
from bot.playground.telegram import Telegram
from bot.playground.updates import Update, Webhook

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_HERE = ("127.0.0.1", "localhost", "::1")


def set_webhook(telegram: Telegram, params: Params) -> bool:
    """From now on updates go to ``url``; an empty one means polling again."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(telegram, params)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not parts.hostname:
        raise bad_request("bad webhook: URL host is empty")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections", 40)
    telegram.updates.allow(params.nested("allowed_updates"))
    if params.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    telegram.updates.deliver_to(Webhook(url, secret, min(max(connections, 1), 100)))
    return True


def delete_webhook(telegram: Telegram, params: Params) -> bool:
    """Back to polling; what was not delivered stays, unless asked otherwise."""
    if params.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    if telegram.updates.webhook.url:
        telegram.updates.deliver_to(Webhook())
    return True


def get_webhook_info(telegram: Telegram, params: Params) -> dict[str, Any]:
    """Where updates go, how many wait and what went wrong last."""
    updates = telegram.updates
    info: dict[str, Any] = {
        "url": updates.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if updates.webhook.url:
        info["max_connections"] = updates.webhook.max_connections
    if updates.last_error:
        info["last_error_date"], info["last_error_message"] = updates.last_error
    if updates.allowed:
        info["allowed_updates"] = list(updates.allowed)
    return info


async def deliver(telegram: Telegram) -> None:
    """Bring updates to the webhook for as long as the stand-in runs; an answer other than 2xx means: once more.

    Where faults bring them more than once, they bring many at the same time as well.
    """
    while not telegram.updates.webhook.url:
        await telegram.bell.wait()
    pause = FIRST_PAUSE
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        while True:
            webhook = telegram.updates.webhook
            at_once = webhook.max_connections if telegram.trouble.faults.deliveries > 1 else 1
            due = telegram.updates.due(at_once) if webhook.url else []
            if not due:
                await telegram.bell.wait()
                continue
            troubles = await asyncio.gather(*(_bring(client, webhook, update) for update in due))
            if telegram.updates.webhook != webhook:
                continue
            telegram.updates.forget([one.id for one, trouble in zip(due, troubles, strict=True) if not trouble])
            if trouble := next(filter(None, troubles), ""):
                telegram.updates.last_error = (telegram.now(), trouble)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE


async def _bring(client: httpx.AsyncClient, webhook: Webhook, update: Update) -> str:
    headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
    try:
        response = await client.post(webhook.url, json=update.to_json(), headers=headers)
    except httpx.HTTPError as error:
        return f"Connection failed: {type(error).__name__}"
    if response.is_success:
        return ""
    return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
