"""What a call can need at most, what it costs, and under which name it is counted."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spending import A_MESSAGE, Prices, Spent, alias, at_most

TODAY, TOMORROW = date(2026, 9, 14), date(2026, 9, 15)


def test_prices_are_of_a_million_tokens_and_costs_are_rounded_up() -> None:
    prices = Prices.parse("0.25/2")

    assert prices.of(1_000_000, 1_000_000) == Spent(2_000_000, 2_250_000)
    assert prices.of(1, 0) == Spent(1, 1)
    assert Prices.parse("").of(1_000, 1_000) == Spent(2_000, 0)


@pytest.mark.parametrize(("text", "tokens"), [("Halle", 5), ("전시장", 9), ("", 0)])
def test_a_token_is_a_byte_at_least(text: str, tokens: int) -> None:
    assert at_most([text]) == tokens + A_MESSAGE
    assert at_most([text, text]) == 2 * at_most([text])


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**6), st.integers(0, 10**4))
def test_more_tokens_never_cost_less(a: int, b: int, more: int, further: int) -> None:
    prices = Prices(0.25, 2)

    assert prices.of(a + more, b + further).cost >= prices.of(a, b).cost


def test_an_alias_is_the_same_all_day_and_tells_nothing_the_next() -> None:
    assert alias("secret", TODAY, 102) == alias("secret", TODAY, 102)
    others = {alias("secret", TODAY, 102), alias("secret", TOMORROW, 102), alias("secret", TODAY, 103)}
    assert len(others | {alias("another", TODAY, 102), alias("secret", TODAY, 102, "given up")}) == 5
