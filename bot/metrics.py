"""What is counted and timed while the bot works, for Prometheus. How things stand is looked up in ``bot.gauges``.

Nothing here knows a visitor: labels are a handful of words that stand in this file or in the settings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot import tracing

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_STAGES = Histogram(
    "expo_bot_stage_seconds",
    "How long the stages of an update take. waiting: accepted until taken; lookup: the search and what follows from it; "
    "first_word: until a model says something; model: all it says; sending: until Telegram has a message; update: "
    "accepted until done; letter: due until sent",
    ["stage"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
UPDATES = Counter("expo_bot_updates", "Updates by how they ended: done, again, aside", ["outcome"], registry=REGISTRY)
ANSWERS = Counter(
    "expo_bot_answers",
    "Answers: worded by a model, extracted from the documents, refused because these do not hold it",
    ["outcome"],
    registry=REGISTRY,
)
LIMITED = Counter("expo_bot_limited", "What met a visitor's limit: messages, questions", ["limit"], registry=REGISTRY)
MODEL_CALLS = Counter(
    "expo_bot_model_calls",
    "Calls of models: answered, failed, fallen_back, left_alone, busy, over_budget",
    ["outcome"],
    registry=REGISTRY,
)
MODEL_TOKENS = Counter(
    "expo_bot_model_tokens", "Tokens as providers count them, in and out", ["direction"], registry=REGISTRY
)
MODEL_LEFT_ALONE = Gauge(
    "expo_bot_model_left_alone",
    "Whether a model is left alone because it failed too often",
    ["model"],
    registry=REGISTRY,
)
TELEGRAM_CALLS = Counter(
    "expo_bot_telegram_calls",
    "Calls of the Bot API: ok, flood (429), refused (4xx), failed (5xx), unreachable",
    ["outcome"],
    registry=REGISTRY,
)


@contextmanager
def stage(name: str, *, earlier: float = 0.0, **attributes: str) -> Iterator[None]:
    """Time what is done within it, begun ``earlier`` seconds ago. Not for a stretch that a generator yields in."""
    began = time.perf_counter() - earlier
    try:
        with tracing.span(name, earlier, attributes):
            yield
    finally:
        _STAGES.labels(name).observe(time.perf_counter() - began)


def took(name: str, seconds: float) -> None:
    """A stage that has ended just now."""
    with tracing.span(name, seconds, {}):
        _STAGES.labels(name).observe(seconds)
