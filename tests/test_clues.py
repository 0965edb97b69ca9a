"""What speaks for an answer weighs as it should."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bot.clues import CLEAR, THRESHOLD, UNTOLD, UNWORDED, WEIGHTS, Clues, likelihood, stands_out, unmet

GOOD = Clues(
    fit=1.0,
    standout=3.5,
    lead=0.05,
    met=1,
    year_missing=0,
    years_missing=0,
    kind_missing=0,
    attributes_missing=0,
    rare=0,
    ahead=0,
    open=0,
    opinion=0,
    left_open=0,
    unknown=-0.1,
    told=3.0,
    measure_missing=0,
    sounds=0.9,
)


def test_what_meets_everything_is_an_answer() -> None:
    assert likelihood(GOOD) > THRESHOLD
    assert {field.name for field in fields(Clues)} == set(WEIGHTS) == {*UNWORDED, "sounds", "told"}


@pytest.mark.parametrize(
    "worse",
    [
        {"fit": 0.8},
        {"standout": 1.0},
        {"met": 0},
        {"year_missing": 1},
        {"years_missing": 1},
        {"kind_missing": 1},
        {"attributes_missing": 4.0},
        {"rare": 2},
        {"ahead": 1},
        {"opinion": 1},
        {"left_open": 1},
        {"unknown": 0.1},
        {"told": -3.0},
        {"measure_missing": 1},
        {"sounds": -0.5},
    ],
)
def test_each_clue_speaks_for_what_it_is_for(worse: dict[str, float]) -> None:
    assert likelihood(replace(GOOD, **worse)) < likelihood(GOOD)


def test_a_question_is_weighed_without_how_it_sounds_where_nothing_tells() -> None:
    unheard = replace(GOOD, sounds=None)
    assert likelihood(unheard) > THRESHOLD
    assert likelihood(replace(unheard, met=0, kind_missing=1, fit=0.9)) < THRESHOLD


def test_a_question_for_what_nobody_speaks_of_in_another_year_is_not_answered() -> None:
    assert likelihood(replace(GOOD, met=0, year_missing=1, years_missing=1, attributes_missing=3.5, told=0)) < THRESHOLD


def test_attributes_are_met_by_any_text_in_any_language() -> None:
    wanted = frozenset({"revenue", "parking"})
    assert unmet(wanted, ["A hotel.", "Der Umsatz stieg."]) == {"parking"}
    assert unmet(wanted, []) == wanted


@pytest.mark.parametrize("passages", [2, 6, 12])
def test_the_best_of_few_documents_stands_out_as_in_a_large_library(passages: int) -> None:
    most = (passages - 1) ** 0.5  # what one value among so many can be at most
    assert stands_out(most, passages) == pytest.approx(CLEAR)
    assert stands_out(0.0, passages) == 0.0
    assert stands_out(3.0, 10_000) == 3.0


def test_a_single_document_has_nothing_to_stand_out_of() -> None:
    assert stands_out(0.0, 1) == UNTOLD
