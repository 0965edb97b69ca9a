"""A question that takes for granted what the documents deny."""

from __future__ import annotations

import pytest

from bot.premises import asks_whether, contradicted, corrected

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


@pytest.mark.parametrize(
    "question",
    [
        "Why did the firm walk away from the plant?",
        "Warum ist das Werk geplatzt?",
        "공장을 왜 접었나요?",
    ],
)
def test_who_knows_that_it_came_to_nothing_takes_nothing_else_for_granted(question: str) -> None:
    assert not contradicted(question, [DROPPED])


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Where does the timber for the paper come from?", "The paper is made from straw rather than timber."),
        ("Which forest supplies the wood?", "It is made from straw, not from wood."),
        ("Aus welchem Wald kommt das Holz?", "Es wird aus Stroh und nicht aus Holz gewonnen."),
        ("포항에서 만드는 천연흑연은 몇 톤이에요?", "천연흑연은 포항이 아니라 세종에서 생산됩니다."),
    ],
)
def test_what_is_said_not_to_be_so_corrects_the_question(question: str, statement: str) -> None:
    assert corrected(question, statement)


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("What is the paper made of?", "The paper is made from straw rather than timber."),
        ("Is it straw or timber?", "The paper is made from straw rather than timber."),
        ("If it is not timber, what is it?", "The paper is made from straw rather than timber."),
        ("천연흑연은 어디서 만들어요?", "천연흑연은 포항이 아니라 세종에서 생산됩니다."),
        ("Which firms of Pohang were there?", "Not only Pohang was there."),
        ("Welche Firmen aus Pohang waren da?", "Nicht nur Pohang war da."),
    ],
)
def test_who_does_not_take_it_for_granted_is_not_corrected(question: str, statement: str) -> None:
    assert not corrected(question, statement)
