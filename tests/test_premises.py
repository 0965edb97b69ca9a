"""A question that takes for granted what the documents deny."""

from __future__ import annotations

import pytest

from bot.premises import asks_whether, contradicted

DROPPED = "In 2024 the plant was cancelled."
OPENED = "The plant opened in 2024."


@pytest.mark.parametrize(
    "question", ["How much does the plant produce?", "Wie viel produziert das Werk?", "공장의 생산량은 얼마인가요?"]
)
def test_what_never_came_about_produces_nothing(question: str) -> None:
    assert contradicted(question, [DROPPED])
    assert not contradicted(question, [OPENED])


@pytest.mark.parametrize(
    "question",
    [
        "What happened to the plant?",
        "How large was the planned plant?",
        "Was the plant built?",
        "When was the plant cancelled?",
        "Was wurde aus dem Werk?",
        "공장은 어떻게 됐나요?",
    ],
)
def test_who_asks_what_became_of_it_takes_nothing_for_granted(question: str) -> None:
    assert not contradicted(question, [DROPPED])


def test_what_took_place_was_not_cancelled() -> None:
    assert contradicted("Why was the fair cancelled?", ["The fair took place in May."])


def test_a_plant_is_no_plan() -> None:
    assert contradicted("When did the plant open?", ["The plant was dropped."])


def test_yes_and_no() -> None:
    assert asks_whether("Has it opened?")
    assert asks_whether("문 열었나요?")
    assert not asks_whether("주소가 어떻게 되나요?")
    assert not asks_whether("Nennen Sie die Firmen.")
