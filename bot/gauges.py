"""How things stand, looked up when Prometheus asks: queues, the day's budget, the index. At most every few seconds.

Queues and budget are of the database, so every process that works on it tells the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.generations import LibraryError
from bot.spending import Caps
from bot.store import Store, StoreError

EVERY = 5.0  # seconds between two looks, however often somebody asks
MONEY = 1_000_000  # what costs are counted in


class Index(Protocol):
    """What is told of an index; ``bot.library.Overview`` fits."""

    @property
    def generation(self) -> str:
        """Its name."""

    @property
    def built_at(self) -> datetime:
        """When it was built."""


class Library(Protocol):
    """Who knows the index."""

    def overview(self) -> Index:
        """The one that answers now. Raises LibraryError."""


class Gauges(Collector):
    """The gauges of one process; ``caps`` are the most that models may use up in a day."""

    def __init__(
        self,
        store: Store,
        library: Library,
        caps: Caps,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._library = library
        self._caps = caps
        self._now = now
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: tuple[float, list[Metric]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The gauges as they were seen last, or a fresh look."""
        with self._lock:
            if self._seen is None or self._seconds() - self._seen[0] >= EVERY:
                self._seen = self._seconds(), [*self._database(), *self._index()]
            return self._seen[1]

    def _database(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("expo_bot_database_up", "Whether the database answers", value=1)
        try:
            found = [*self._queues(), *self._budget()]
        except StoreError:
            yield GaugeMetricFamily("expo_bot_database_up", "Whether the database answers", value=0)
        else:
            yield up
            yield from found

    def _queues(self) -> Iterator[Metric]:
        inbox = GaugeMetricFamily(
            "expo_bot_inbox_updates", "Updates that wait, are worked on, were put aside", labels=["state"]
        )
        counts = self._store.inbox.counts()
        for state in ("waiting", "working", "poisoned"):
            inbox.add_metric([state], counts.get(state, 0))
        yield inbox
        oldest = self._store.inbox.oldest()
        yield GaugeMetricFamily(
            "expo_bot_inbox_oldest_seconds",
            "How long the oldest update has been waiting that is not done",
            value=max(0.0, (self._now() - oldest).total_seconds()) if oldest else 0.0,
        )
        outbox = GaugeMetricFamily(
            "expo_bot_outbox_letters",
            "Letters that wait, some for a later day, are being sent, could not be sent",
            labels=["state"],
        )
        counts = self._store.outbox.counts()
        for state in ("waiting", "sending", "failed"):
            outbox.add_metric([state], counts.get(state, 0))
        yield outbox

    def _budget(self) -> Iterator[Metric]:
        spent = self._store.usage.spent(self._now().date())
        today = (
            ("tokens", "Tokens", spent.tokens, self._caps.tokens),
            ("cost", "Money, in the currency of MODEL_PRICES,", spent.cost / MONEY, self._caps.cost / MONEY),
        )
        for name, what, used, most in today:
            yield GaugeMetricFamily(
                f"expo_bot_model_{name}_today", f"{what} that models have used up or set aside today (UTC)", value=used
            )
            yield GaugeMetricFamily(
                f"expo_bot_model_{name}_a_day", f"{what} that they may use up in a day; 0: without end", value=most
            )

    def _index(self) -> Iterator[Metric]:
        try:
            index = self._library.overview()
        except LibraryError:  # none yet; readiness tells it
            return
        yield GaugeMetricFamily(
            "expo_bot_index_built_timestamp_seconds", "When the index was built", value=index.built_at.timestamp()
        )
        info = GaugeMetricFamily("expo_bot_index_info", "The generation that answers", labels=["generation"])
        info.add_metric([index.generation], 1)
        yield info
