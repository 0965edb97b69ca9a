"""A question for several things is a question for each."""

from __future__ import annotations

import pytest

from bot.glossary import Entity, Glossary
from bot.sides import sides

NAMES = Glossary(
    (
        Entity("tuen", {"en": "Tuen", "ko": "투엔", "de": "Tuen"}, "company"),
        Entity("anpoly", {"en": "ANPOLY", "ko": "에이엔폴리", "de": "ANPOLY"}, "company"),
        Entity("pohang", {"en": "Pohang", "ko": "포항", "de": "Pohang"}, "city"),
    )
)


def queries(question: str, language: str = "en") -> list[str]:
    return [" ".join(side.query.split()) for side in sides(question, NAMES, language)]


def test_each_name_is_asked_for_by_itself() -> None:
    found = sides("Which is older, Tuen or ANPOLY?", NAMES, "en")
    assert [side.entities for side in found] == [{"tuen"}, {"anpoly"}]
    assert all("ANPOLY" not in side.query for side in found[:1])


def test_a_name_is_given_in_the_questions_language() -> None:
    assert [query.split()[0] for query in queries("Tuen이랑 ANPOLY 중 어디가 더 커요?", "ko")] == ["투엔", "에이엔폴리"]


def test_each_year_is_asked_for_by_itself_a_range_is_not() -> None:
    found = sides("Wie viele Firmen kamen 2023 und 2024?", NAMES, "de")
    assert [side.years for side in found] == [{"2023"}, {"2024"}]
    assert sides("Wie viele Firmen kamen 2023-2024?", NAMES, "de") == ()


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("Where was day 2 held, and who runs that place?", ["Where was day 2 held", "who runs that place?"]),
        ("Wann war sie und was hat es gekostet?", ["Wann war sie", "was hat es gekostet?"]),
        ("회의가 열린 건물이 어디고 그 건물은 언제 문 열었어요?", ["회의가 열린 건물이 어디고", "그 건물은 언제 문 열었어요?"]),
        ("Das Haus, in dem sie war: Wann wurde es eröffnet?", ["Das Haus, in dem sie war", "Wann wurde es eröffnet?"]),
    ],
)  # fmt: skip
def test_each_clause_that_asks_is_a_question(question: str, clauses: list[str]) -> None:
    assert queries(question) == clauses


def test_a_clause_that_names_nothing_is_on_what_the_question_names() -> None:
    first, second = sides("Where is Tuen, and what does it cost?", NAMES, "en")
    assert (first.entities, first.leans) == ({"tuen"}, False)
    assert (second.query, second.leans) == ("Tuen what does it cost?", True)


@pytest.mark.parametrize(
    "question",
    ["When was the Expo?", "What do Tuen and Pohang plan?", "Who was there? I ask for a friend.", "Which fair was in the hall and in May?"],
)  # fmt: skip
def test_one_thing_has_no_sides(question: str) -> None:
    assert sides(question, NAMES, "en") == ()
