"""The language a question wants its answer in."""

from __future__ import annotations

import pytest

from bot.languages import of_answer, of_question, without_wish


@pytest.mark.parametrize(
    ("question", "language", "rest"),
    [
        ("Auf Deutsch bitte: 투엔은 어떤 기술을 갖고 있나요?", "de", "투엔은 어떤 기술을 갖고 있나요?"),
        ("In English please: 투엔은 어디 있나요?", "en", "투엔은 어디 있나요?"),
        ("한국어로 답해 주세요: When was the fair?", "ko", "When was the fair?"),
        ("When was the fair?", "en", "When was the fair?"),
        ("In Korean pls: when was the fair?", "ko", "when was the fair?"),
        ("What does it cost in Korean won?", "en", "What does it cost in Korean won?"),
        ("How many work in German firms?", "en", "How many work in German firms?"),
    ],
)
def test_who_asks_for_a_language_gets_it(question: str, language: str, rest: str) -> None:
    assert of_question(question) == language
    assert without_wish(question) == rest


def test_was_is_english_after_an_english_word_and_german_before_a_german_one() -> None:
    assert of_question("Where was Poen?") == "en"
    assert of_question("Was macht Poen?") == "de"


def test_a_korean_name_makes_no_korean_question() -> None:
    assert of_question("Wie groß ist das 기회발전특구, und seit wann gibt es das?") == "de"
    assert of_question("엑스포 conference에 온 Nordic 국가는 어디인가요?") == "ko"


def test_names_in_brackets_are_not_the_language_of_an_answer() -> None:
    assert of_answer("Energy Materials (에너지머티리얼즈) is a subsidiary (자회사) of GS E&C (GS건설).", "en") == "en"
