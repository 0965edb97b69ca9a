"""The bot's token stays out of every log, and so does the webhook's secret.

Whoever reads it can speak as the bot. httpx writes whole addresses at INFO, and the token is part of each; the library
quotes it in an exception. The first is switched off, and as a second line of defence a filter on every log handler
takes the token out of whatever is written, tracebacks included.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

_formatter = logging.Formatter()


class Redaction(logging.Filter):
    """Replaces the token (or another secret), and its secret half alone, in a record's message and traceback."""

    def __init__(self, token: str) -> None:
        super().__init__()
        secret = token.partition(":")[2]
        self._secrets = sorted({text for text in (token, quote(token, safe=""), secret) if text}, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is dropped, only blackened."""
        message = record.getMessage()
        clean = self._clean(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            # A formatter uses exc_text where it is set, so the clean version is the one that gets written.
            record.exc_text = _formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self._clean(record.stack_info)
        return True

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "<token>")
        return text


def keep_secret(token: str) -> Redaction:
    """Guard every handler that the root logger has now, and quieten the loggers that write addresses."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    redaction = Redaction(token)
    for handler in logging.getLogger().handlers:
        handler.addFilter(redaction)
    return redaction
