"""Slips are put right by the words the documents use; what merely is unknown stays."""

from __future__ import annotations

import pytest

from bot.spelling import Lexicon, corrected, distance

LEXICON = Lexicon(
    [
        "The battery passport and the chemical plant of Fraunhofer",
        "Next expo in Denmark, whether listed",
        "für Eintritt",
    ],
    ["what", "first"],
)
KNOWN = {"포항", "투엔", "회사", "poex", "ist"}


def meant(question: str, names: frozenset[str] = frozenset()) -> str:
    return corrected(question, lambda word: word.casefold() in KNOWN or word in LEXICON, LEXICON, names)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("batery pasport", "battery passport"),
        ("chemcial plnat", "chemical plant"),
        ("nxet exop", "next expo"),
        ("waht", "what"),
        ("fraunhoffer", "fraunhofer"),
        ("fuer Eintrit", "für eintritt"),
        ("vhgkd?", "포항?"),
        ("투엔dms", "투엔은"),
        ("ㅔㅐㄷㅌ", "poex"),
    ],
)
def test_a_slip_is_put_right(written: str, read: str) -> None:
    assert meant(written) == read


@pytest.mark.parametrize(
    "question", ["weather", "lifted", "Zenmark", "plan", "2025 12a", "salary", "무슨", "battery", "tea"]
)
def test_another_word_is_no_slip(question: str) -> None:
    assert meant(question) == question


def test_a_name_is_left_alone() -> None:
    assert meant("Batery", frozenset({"batery"})) == "Batery"


def test_letters_swapped_are_one_slip() -> None:
    assert [distance("ab", other) for other in ("ab", "ba", "abc", "b", "xy")] == [0, 1, 1, 1, 2]


def heard(question: str, names: frozenset[str] = frozenset()) -> str:
    lexicon = Lexicon(["서울 인터배터리 유럽 기회발전특구"])
    return corrected(question, lambda word: word in lexicon, lexicon, names)


def test_korean_is_read_as_it_sounds() -> None:
    assert heard("인터베터리는 기회발젼특구에") == "인터배터리는 기회발전특구에"


def test_of_two_syllables_only_a_name_is() -> None:
    assert (heard("유롭"), heard("유롭", frozenset({"유롭"}))) == ("유롭", "유럽")


def test_another_korean_word_is_no_slip() -> None:
    assert heard("인터폰 삼성 기회") == "인터폰 삼성 기회"
