"""Names in a question that nobody in the documents bears."""

from __future__ import annotations

from collections import Counter

import pytest

from bot import keywords, strangers
from bot.glossary import Entity, Glossary
from bot.spelling import Lexicon
from bot.words import Words

TEXTS = (
    ("The Fraunhofer institute met Zenmark in Stuttgart. The energy hall is open.", "en"),
    ("Fraunhofer und Zenmark trafen sich in Stuttgart. Das Geld kam von Partnern.", "de"),
    ("프라운호퍼와 제니스마크가 인터배터리에서 만났습니다.", "ko"),
)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(["브라이트셀"])


def among(words: Words, question: str, language: str) -> tuple[str, ...]:
    names = Glossary((Entity("brightcell", {"en": "Brightcell", "ko": "브라이트셀"}),))
    built = keywords.build([Counter(words.of(text, written)) for text, written in TEXTS])
    lexicon = Lexicon([text for text, written in TEXTS if written == language])
    return strangers.among(question, language, words, names, built, lexicon)


@pytest.mark.parametrize(
    ("question", "language", "stranger"),
    [
        ("How many people work at Nordwind?", "en", "nordwind"),
        ("Does Northvolt invest in Stuttgart?", "en", "northvolt"),
        ("Wie viele Leute arbeiten bei Kumyang?", "de", "kumyang"),
        ("Was macht die Taeyang AG?", "de", "taeyang"),
        ("한빛셀텍은 직원이 몇 명이에요?", "ko", "한빛셀텍"),
        ("그린밸리 분양가는요?", "ko", "그린밸리"),
    ],
)
def test_a_name_that_no_document_has_is_a_stranger(words: Words, question: str, language: str, stranger: str) -> None:
    assert stranger in among(words, question, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What does Brightcell make?", "en"),
        ("브라이트셀은 뭐 하는 회사예요?", "ko"),
        ("Where is the Fraunhover institute?", "en"),  # a slip
        ("Was hat Zenmark mit Geld und Partnern zu tun?", "de"),
        ("Welche Fachzeitschrift, welcher Steuerberater?", "de"),  # nouns, though no document has them
        ("Who is the CEO?", "en"),
        ("What happened in December?", "en"),
        ("인터베터리는 언제예요?", "ko"),  # a slip
    ],
)
def test_known_names_slips_of_them_and_nouns_are_not(words: Words, question: str, language: str) -> None:
    assert among(words, question, language) == ()
