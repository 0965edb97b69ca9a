"""Keywords: BM25 and coverage."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keywords import GRAM_WEIGHT, Keywords, build

BAGS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c", "#ab", "@tuen", "투엔"]), st.integers(1, 9)).map(Counter)
)
QUESTIONS = st.lists(st.sampled_from(["a", "b", "c", "#ab", "@tuen", "투엔", "unknown", "#unkn"]))


def index(*passages: str) -> Keywords:
    return build([Counter(passage.split()) for passage in passages])


@given(BAGS)
def test_bags_are_the_inverse_of_build(bags: list[Counter[str]]) -> None:
    assert build(bags).bags() == bags


@given(BAGS, QUESTIONS)
def test_coverage_is_a_share_and_no_score_is_negative(bags: list[Counter[str]], question: list[str]) -> None:
    scores, coverage = build(bags).scores(question)
    assert scores.shape == coverage.shape == (len(bags),)
    assert (scores >= 0).all()
    assert (coverage >= 0).all()
    assert (coverage <= 1 + 1e-6).all()


@given(BAGS.filter(len), QUESTIONS)
def test_a_passage_covers_all_of_a_question_exactly_if_it_holds_every_word(
    bags: list[Counter[str]], question: list[str]
) -> None:
    _, coverage = build(bags).scores(question)
    whole = [bool(question) and set(question) <= set(bag) for bag in bags]
    assert [share == pytest.approx(1) for share in coverage] == whole


def test_a_score_is_bm25_as_computed_by_hand() -> None:
    # Three passages of 2, 3 and 1 words, 2 on average; "nickel" stands in two of them.
    scores, _ = index("nickel plant", "nickel nickel cobalt", "lithium").scores(["nickel"])
    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # 0.47
    first = idf * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 2))
    second = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2))
    assert scores == pytest.approx(np.array([first, second, 0]), rel=1e-5)
    assert first == pytest.approx(0.47, abs=0.001)


def test_coverage_counts_words_that_nobody_holds_in_full() -> None:
    keywords = index("nickel plant", "cobalt")
    held, unheard = log(1 + 1.5 / 1.5), log(1 + 2.5 / 0.5)
    _, coverage = keywords.scores(["nickel", "martian"])
    assert coverage == pytest.approx(np.array([held / (held + unheard), 0]), rel=1e-5)


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    keywords = index("battery nickel", "battery", "battery")
    assert keywords.idf("battery") < keywords.idf("nickel") < keywords.idf("unheard-of")


def test_a_gram_tells_less_than_a_word_held_as_often() -> None:
    keywords = index("nickel #nick", "cobalt")
    assert keywords.idf("#nick") == pytest.approx(GRAM_WEIGHT * keywords.idf("nickel"))


def test_a_word_asked_twice_counts_once() -> None:
    keywords = index("nickel plant", "cobalt")
    assert keywords.scores(["nickel"] * 5)[0] == pytest.approx(keywords.scores(["nickel"])[0])


def test_held_counts_the_passages_of_the_rarest_word() -> None:
    keywords = index("battery nickel", "battery", "cobalt")
    assert [keywords.held(words) for words in (["battery"], ["battery", "nickel"], ["x"], [])] == [2, 1, 0, 0]


def test_an_empty_library_scores_nothing() -> None:
    scores, coverage = build([]).scores(["nickel"])
    assert scores.shape == coverage.shape == (0,)
