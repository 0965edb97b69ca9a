"""Budget: what a model may need is set aside in the database before it is asked, and settled afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.spending import Caps, Prices, Spent, alias
from bot.store import StoreError
from bot.store.usage import Usage, UsedUp

logger = logging.getLogger(__name__)

spender: ContextVar[int | None] = ContextVar("spender", default=None)  # the visitor for whom this task works


class OverBudget(Exception):
    """The model may not be asked any more today; answers come without it."""


@dataclass(frozen=True)
class Reservation:
    """What was set aside, from whose share."""

    day: date
    who: str
    need: Spent


class Budget:
    """The day's budget; days are of UTC, as providers bill them. ``secret`` is what visitors' aliases are made with."""

    def __init__(
        self,
        usage: Usage,
        caps: Caps,
        prices: Prices,
        secret: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._usage = usage
        self.caps = caps
        self._prices = prices
        self._secret = secret
        self._now = now
        self._told: set[tuple[date, str]] = set()

    async def reserve(self, tokens_in: int, tokens_out: int) -> Reservation:
        """Set aside the most that a call can need. Raises OverBudget."""
        day, visitor = self._now().date(), spender.get()
        who = "" if visitor is None else alias(self._secret, day, visitor)
        need = self._prices.of(tokens_in, tokens_out)
        try:
            await asyncio.to_thread(self._usage.reserve, day, who, need, self.caps)
        except UsedUp as error:
            self._tell(day, error.whose)
            raise OverBudget(error.whose) from error
        return Reservation(day, who, need)

    async def settle(self, reserved: Reservation, tokens_in: int, tokens_out: int) -> None:
        """Give back what was not needed. Where that fails, it counts as needed."""
        spent = self._prices.of(tokens_in, tokens_out)
        try:
            await asyncio.to_thread(self._usage.settle, reserved.day, reserved.who, reserved.need, spent)
        except StoreError:
            logger.exception("what a model call did not need could not be given back to the day's budget")

    def _tell(self, day: date, whose: str) -> None:
        """Once a day and cause: the answers themselves say nothing of it."""
        if (day, whose) in self._told:
            return
        self._told = {told for told in self._told if told[0] == day} | {(day, whose)}
        if whose == "all":
            logger.warning(
                "The language model's budget of %s is used up: answers come without it until 00:00 UTC.", day
            )
        else:
            logger.warning("A visitor has used up the share of a day: answers to them come without the language model.")
