"""A question that joins is taken apart into questions."""

from __future__ import annotations

import pytest

from bot import joins
from bot.words import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


def conditions(words: Words, question: str, language: str) -> tuple[str, ...]:
    found = joins.join(question, words.verbs(question, language))
    return tuple(" ".join(one.split()) for one in found.conditions) if found else ()


@pytest.mark.parametrize(
    ("question", "language", "parts"),
    [
        (
            "Which of the companies in Munich 2025 came out of POSTECH?",
            "en",
            ("Which companies in Munich 2025?", "Which companies came out of POSTECH?"),
        ),
        (
            "Which of the companies Pohang showed in Munich had also won an award?",
            "en",
            ("Which companies Pohang showed in Munich?", "Which companies had also won an award?"),
        ),
        (
            "Which company that began in the zone exhibited in Shenzhen?",
            "en",
            ("Which company began in the zone?", "Which company exhibited in Shenzhen?"),
        ),
        (
            "Of the firms at CIBF, which recycle batteries?",
            "en",
            ("Which firms at CIBF?", "Which firms recycle batteries?"),
        ),
        (
            "Welche der Firmen, die 2025 in Seoul standen, waren auch in Shenzhen?",
            "de",
            ("Welche Firmen 2025 in Seoul standen?", "Welche Firmen waren auch in Shenzhen?"),
        ),
        (
            "Welche Firmen aus München sind an der Börse?",
            "de",
            ("Welche Firmen aus München?", "Welche Firmen sind an der Börse?"),
        ),
        (
            "Welche Firmen standen sowohl in Seoul als auch in Shenzhen?",
            "de",
            ("Welche Firmen standen in Seoul?", "Welche Firmen standen in Shenzhen?"),
        ),
        (
            "뮌헨 2025 참가 기업 중 포스텍 출신은?",
            "ko",
            ("뮌헨 2025 참가 기업은?", "포스텍 출신 기업은?"),
        ),
        (
            "서울과 선전에 모두 나간 기업은 어디인가요?",
            "ko",
            ("서울에 모두 나간 기업은 어디인가요?", "선전에 모두 나간 기업은 어디인가요?"),
        ),
    ],
)
def test_which_of_several_is_a_question_for_each_condition(
    words: Words, question: str, language: str, parts: tuple[str, ...]
) -> None:
    assert conditions(words, question, language) == parts


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Which companies were in Munich in 2025?", "en"),
        ("Which of the companies came out of POSTECH?", "en"),
        ("Which of the fair's days is the best to come?", "en"),
        ("What do the companies that were at CIBF make?", "en"),
        ("Welche Firmen waren 2025 in München?", "de"),
        ("뮌헨 2025에 참가한 기업은 어디인가요?", "ko"),
        ("뮌헨에 간 기업 중 포스텍 출신은 몇 곳인가요?", "ko"),
    ],
)
def test_one_condition_is_not_taken_apart(words: Words, question: str, language: str) -> None:
    assert conditions(words, question, language) == ()


@pytest.mark.parametrize(
    ("question", "language", "described", "about"),
    [
        (
            "The building in which the first day was held: when was it opened?",
            "en",
            "Which building in which the first day was held?",
            "X, when was it opened?",
        ),
        (
            "When was the building opened in which the first day took place?",
            "en",
            "Which building in which the first day took place?",
            "When was X opened?",
        ),
        (
            "Wann wurde die Firma gegründet, die Nanocellulose herstellt?",
            "de",
            "Welche Firma Nanocellulose herstellt?",
            "Wann wurde X gegründet?",
        ),
        (
            "Wo fand der zweite Tag statt, und wie groß ist das Grundstück dieser Einrichtung?",
            "de",
            "Wo fand der zweite Tag statt?",
            "wie groß ist das Grundstück X?",
        ),
        (
            "센터에 장비를 공급하는 회사는 언제 상장했나요?",
            "ko",
            "센터에 장비를 공급하는 회사 어디인가요?",
            "X는 언제 상장했나요?",
        ),
    ],
)
def test_what_is_only_described_is_asked_for_first(
    words: Words, question: str, language: str, described: str, about: str
) -> None:
    found = joins.chain(question, words.verbs(question, language))

    assert found is not None
    assert (found.described, found.about("X")) == (described, about)


@pytest.mark.parametrize(
    ("question", "language", "each"),
    [
        ("What do the companies that were in Munich make?", "en", True),
        ("What does the company that was in Munich make?", "en", False),
        ("Was machen die Firmen, die in München waren?", "de", True),
        ("Was macht die Firma, die in München war?", "de", False),
        ("뮌헨에 나간 업체 두 곳, 각각 무슨 기술인가요?", "ko", True),
    ],
)
def test_of_several_each_is_asked(words: Words, question: str, language: str, each: bool) -> None:
    found = joins.chain(question, words.verbs(question, language))

    assert found is not None
    assert found.each is each


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("When was the building opened?", "en"),
        ("Wann wurde die Firma gegründet?", "de"),
        ("어떤 회사는 언제 상장했나요?", "ko"),
        ("엑스포를 주관한 재단이 어디인지 알려 주세요", "ko"),
    ],
)
def test_what_is_not_described_is_no_chain(words: Words, question: str, language: str) -> None:
    assert joins.chain(question, words.verbs(question, language)) is None


@pytest.mark.parametrize(
    ("question", "condition", "own"),
    [
        ("How many Pohang companies were in Munich?", "Which Pohang companies were in Munich?", "Pohang"),
        ("Wie viele Firmen aus Pohang waren dort?", "Welche Firmen aus Pohang waren dort?", "aus Pohang"),
        ("뮌헨에 포항 기업이 몇 곳 나갔나요?", "뮌헨에 포항 기업?", "포항"),
    ],
)
def test_how_many_is_asked_as_which(question: str, condition: str, own: str) -> None:
    found = joins.count(question)

    assert found is not None
    assert found.condition == condition
    assert own in found.own


def test_what_is_counted_by_its_measure_is_no_list() -> None:
    assert joins.count("How many square metres does the hall have?") is None
