"""Which of several figures leads."""

from __future__ import annotations

import pytest

from bot.leading import asks_for_year, measured, ranked

SHOWS = [
    "The show of 2023 closed with 477 companies and about 60,000 visitors.",
    "The show of 2025 was announced with 688 companies and 80,000 expected visitors.",
    "The hall has 9,000 m².",
]
SHARES = [
    "Share of nickel — Value: 67.2, Unit: %",
    "Share of cobalt — Value: 91.2, Unit: %",
    "Volume of nickel — Value: 500, Unit: t",
]


@pytest.mark.parametrize(
    ("question", "texts", "language", "order"),
    [
        ("Which year had the most visitors?", SHOWS, "en", [1, 0]),
        ("Which year had the fewest visitors?", SHOWS, "en", [0, 1]),
        ("Which material has the highest share?", SHARES, "en", [1, 0]),
        ("Welcher Stoff hat den niedrigsten Anteil?", SHARES, "de", [0, 1]),
        (
            "어느 해에 참가 기업이 가장 많았나요?",
            ["2023년에는 477개사가 참가했습니다.", "2025년에는 688개사가 참가했습니다."],
            "ko",
            [1, 0],
        ),
        (
            "Welche Firma investiert am meisten?",
            ["A investiert 3 Billionen Won.", "B investiert 46 Milliarden Won.", "C spart 2 Euro."],
            "de",
            [0, 1],
        ),
    ],
)
def test_figures_of_one_unit_are_put_in_order(question: str, texts: list[str], language: str, order: list[int]) -> None:
    assert ranked(question, texts, language) == order


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Which years had visitors?", SHOWS),  # nothing leads
        ("Which year had the most employees?", SHOWS),  # visitors are none
        ("Which year had the most visitors?", SHOWS[:1]),  # nothing to compare with
        ("Which year had the nicest hall?", SHOWS),
    ],
)
def test_nothing_else_is_compared(question: str, texts: list[str]) -> None:
    assert ranked(question, texts, "en") == []


def test_a_year_is_asked_for_by_the_question_only() -> None:
    assert asks_for_year("어느 해에 가장 많았나요?")
    assert not asks_for_year("Which company had the most visitors in the year 2025?")


def test_who_leads_is_told_by_a_statement_that_says_so_with_the_figure() -> None:
    question = "Which company invests the most?"

    assert measured(question, "The biggest investor was EcoPro, with KRW 3 trillion.", "en")
    assert not measured(question, "EcoPro invested KRW 3 trillion.", "en")
    assert not measured(question, "The biggest hall has 3,000 m².", "en")
