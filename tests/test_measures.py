"""What a question wants measured, and whether a text has a figure of it."""

from __future__ import annotations

import pytest

from bot.measures import asked, held


@pytest.mark.parametrize(
    ("question", "measure", "figure"),
    [
        ("How many people work there?", "people", "About 2,200 staff work there."),
        ("Wie viele Beschäftigte hat das Werk?", "people", "Das Werk zählt 340 Beschäftigte."),
        ("근무하는 사람이 몇 명이에요?", "people", "직원은 모두 45명입니다."),
        ("What share of the lithium is recovered, in percent?", "share", "It recovers 95% of the lithium."),
        ("리튬 회수율이 몇 퍼센트인가요?", "share", "리튬의 95%를 회수합니다."),
        ("Wie hoch ist der Anteil?", "share", "Ein Drittel stammt von dort."),
        ("What area does the stand cover?", "area", "The stand covers 120 m²."),
        ("부지 면적이 얼마예요?", "area", "부지는 1만 7,000㎡입니다."),
        ("How much electricity does the plant use?", "energy", "It draws 40 MW."),
        ("Wie lange dauert die Fahrt?", "time", "Die Fahrt dauert 2 Stunden."),
        ("몇 시에 문을 여나요?", "time_of_day", "오전 10시에 문을 엽니다."),
    ],
)
def test_a_figure_of_what_is_asked_for_is_told_from_others(question: str, measure: str, figure: str) -> None:
    assert measure in asked(question)
    assert held(frozenset({measure}), figure)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("How many people work there?", "The building has 9,401 m² on four floors."),
        ("근무하는 사람이 몇 명이에요?", "연면적 9,401㎡ 규모로 조성되었습니다."),
        ("리튬 회수율이 몇 퍼센트인가요?", "2020년에 설립된 회사입니다."),
        ("What area does the stand cover?", "The stand was at hall C2, booth 110."),
        ("Um wie viel Uhr öffnet die Halle?", "Die Halle öffnet am 3. November 2025."),
    ],
)
def test_a_figure_of_something_else_is_none(question: str, other: str) -> None:
    assert not held(asked(question), other)


def test_who_asks_for_no_measure_wants_none() -> None:
    assert not asked("Who made the opening speech?")
