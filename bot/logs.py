"""Logs: one line a record on standard error, as text or as JSON, with the reference of what it is about.

The reference is the number of the update in hand (``letter 7`` for one of the outbox): the same that a visitor is told
in an apology and staff in a notice. It is taken where the line is written, so it is right in every task and thread.

Visitors are not in the log: not their names, chats, words or addresses. What libraries write below WARNING quotes all of
it, so LOG_LEVEL is for our own modules alone.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.config import dictConfig

TEXT = "%(asctime)s %(levelname)s %(name)s [%(reference)s]: %(message)s"

reference: ContextVar[str] = ContextVar("reference", default="-")


def configure(level: str, form: str) -> None:
    """Write our own records from ``level`` on, and what libraries warn of; ``form`` is ``text`` or ``json``."""
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"reference": {"()": Reference}},
            "formatters": {"text": {"format": TEXT}, "json": {"()": Json}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stderr",
                    "filters": ["reference"],
                    "formatter": form,
                }
            },
            "root": {"level": "ERROR" if level == "ERROR" else "WARNING", "handlers": ["stderr"]},
            "loggers": {"bot": {"level": level}},
        }
    )


class Reference(logging.Filter):
    """Puts the reference of what is in hand on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is dropped."""
        record.reference = reference.get()
        return True


class Json(logging.Formatter):
    """A record as one JSON object: time (UTC), level, logger, reference, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "reference": getattr(record, "reference", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            told["exception"] = record.exc_text
        return json.dumps(told, ensure_ascii=False)
