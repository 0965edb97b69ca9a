"""Whether a statement meets a condition, and whom it is on."""

from __future__ import annotations

import pytest

from bot.conditions import pinned, subjects
from bot.glossary import Entity, Glossary

NAMES = Glossary(
    tuple(
        Entity(name.lower(), {"en": name, "ko": korean}, kind)
        for name, korean, kind in (
            ("Tuen", "투엔", "company"),
            ("ANPOLY", "에이엔폴리", "company"),
            ("PMGROW", "피엠그로우", "company"),
            ("InterBattery", "인터배터리", "fair"),
            ("Pohang", "포항", "city"),
        )
    )
)


def met(condition: str, statement: str, above: str = "") -> bool:
    return pinned(condition, NAMES, frozenset()).met(statement, above, NAMES)


@pytest.mark.parametrize(
    ("condition", "statement", "above"),
    [
        ("Which companies were in Munich in 2025?", "Tuen — Fair: InterBattery 2025, Place: München", ""),
        ("뮌헨 2025 참가 기업은?", "Tuen — Fair: InterBattery 2025, Place: Munich", ""),
        ("Which companies were at InterBattery 2025?", "Tuen had a stand.", "InterBattery 2025"),
        ("Which companies from Pohang won an award?", "Tuen won an award.", ""),  # nearly all are from the city
        ("Which companies are not in Munich?", "Tuen is not in Munich.", ""),
    ],
)
def test_a_statement_that_names_it_all_meets_it(condition: str, statement: str, above: str) -> None:
    assert met(condition, statement, above)


@pytest.mark.parametrize(
    ("condition", "statement", "above"),
    [
        ("Which companies were in Munich?", "PMGROW was in Shenzhen, right after Munich.", ""),
        ("Welche Firmen waren in München?", "PMGROW war in Shenzhen, direkt nach München.", ""),
        ("뮌헨에 간 기업은?", "피엠그로우는 선전에 갔습니다(뮌헨 행사 직후).", ""),
        ("Which companies were in Munich in 2024?", "Tuen, in Munich in 2025, won a contest of July 2024.", ""),
        ("Which companies were at InterBattery 2024?", "PMGROW came in 2023.", "InterBattery 2023 and 2024"),
        ("Which companies are in Munich?", "Tuen is not in Munich.", ""),
        ("Which company is the largest investor in Munich?", "Tuen invests in Munich.", ""),
    ],
)
def test_one_that_says_it_of_another_place_year_or_rank_does_not(condition: str, statement: str, above: str) -> None:
    assert not met(condition, statement, above)


def test_the_second_day_is_not_the_first() -> None:
    pins = pinned("Which building was the first day held in?", NAMES, frozenset())

    assert pins.in_order("Day 1 was held in the Round House.")
    assert pins.in_order("Der erste Tag fand im Rundhaus statt.")
    assert not pins.in_order("The second day was held in the Academy.")


@pytest.mark.parametrize(
    ("statement", "on"),
    [
        ("The exhibitors were Tuen (투엔), ANPOLY and PMGROW.", ["tuen", "anpoly", "pmgrow"]),
        ("Tuen and Amberroad, ANPOLY won.", ["tuen", "anpoly"]),
        ("투엔과 에이엔폴리는 참가했습니다.", ["tuen", "anpoly"]),
        ("Tuen does the recycling for PMGROW.", ["tuen"]),
        ("Tuen, ANPOLY's partner, won.", ["tuen"]),
        ("에이엔폴리와 함께 소개된 투엔은 상을 받았습니다.", ["tuen"]),
        ("The fair had 48 exhibitors.", []),
    ],
)
def test_a_statement_is_on_those_that_it_lists_not_on_whom_else_it_names(statement: str, on: list[str]) -> None:
    assert subjects(statement, "company", NAMES) == on
