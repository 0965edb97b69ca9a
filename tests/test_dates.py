"""Dates and years as people write them."""

from __future__ import annotations

import pytest

from bot.dates import with_full_years


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("24년 기준 비중은?", "2024년 기준 비중은?"),
        ("22년쯤 얼마였어?", "2022년쯤 얼마였어?"),
        ("'23년 11월", "2023년 11월"),
        ("the fair of '24", "the fair of 2024"),
        ("im Herbst ’25?", "im Herbst 2025?"),
    ],
)
def test_a_year_of_two_digits_is_one(written: str, meant: str) -> None:
    assert with_full_years(written) == meant


@pytest.mark.parametrize(
    "text", ["20년 전 일", "15년간 임대", "2024년", "1,024년", "25년 동안", "10년", "the '24s", "20년 만에"]
)
def test_a_span_of_years_is_none(text: str) -> None:
    assert with_full_years(text) == text
