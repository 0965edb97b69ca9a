"""A passage's text falls into statements as a reader would take them, each verbatim at its place."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.passages import Passage, Source
from bot.sentences import split, statements


def passage(text: str, marks: tuple[tuple[int, int], ...] = ()) -> Passage:
    return Passage("a.md", "A", text, sources=(Source("S"),) if marks else (), marks=marks)


def quotes(text: str) -> list[str]:
    return [statement.quote for statement in statements(passage(text))]


def test_a_full_stop_ends_a_sentence() -> None:
    assert split("The fair is over. It was good. Was it? Yes!") == [
        "The fair is over.",
        "It was good.",
        "Was it?",
        "Yes!",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tuen Co. Ltd. showed its filters.",
        "Mr. Kim met Dr. Lee of POSCO Inc. in Munich.",
        "Several firms, e.g. Tuen, took part.",
        "The U.S. Department of Energy sent a guest.",
        "Hall No. 3 was full.",
        "J. Kim spoke first.",
        "Die Messe fand vom 7. bis 9. Mai 2025 statt.",
        "Am 3. November 2025 wurde sie eröffnet.",
        "Rund 3,5 Mrd. Euro, d.h. viel Geld, wurden zugesagt.",
        "Es kamen ca. 500 Gäste, u.a. Firmen wie Tuen.",
        "Sie kostet z. B. Strom.",
        "The share rose by 2.5 percent to 38.5 %.",
        "The area is 1.488.712 m².",
        "See https://example.org/a.b?c=d for more.",
        "2025년 5월 7.5톤을 처리했습니다.",
        "Version 2.0 Beta is out.",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    assert split(sentence) == [sentence]


def test_a_short_number_at_the_end_of_a_sentence_looks_like_an_ordinal_and_is_left_with_the_next() -> None:
    assert split("Es waren 48. Alle kamen.") == ["Es waren 48. Alle kamen."]


def test_a_year_at_the_end_of_a_sentence_ends_it() -> None:
    assert split("Das war 2025. Alle kamen.") == ["Das war 2025.", "Alle kamen."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He said “We came.” Then he left.", ["He said “We came.”", "Then he left."]),
        ("Er sagte: „Wir kommen.“ Dann ging er.", ["Er sagte: „Wir kommen.“", "Dann ging er."]),
        ("It opened (at last.) Nobody came.", ["It opened (at last.)", "Nobody came."]),
        ("She asked 'Why?' “Because.” That was all.", ["She asked 'Why?'", "“Because.”", "That was all."]),
    ],
)
def test_closing_quotes_stay_with_the_sentence_they_close(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_korean_sentences_end_in_full_stops_too() -> None:
    assert split("투엔은 포항의 스타트업입니다. 2022년에 세웠다. 어디에 있나요? 포항입니다!") == [
        "투엔은 포항의 스타트업입니다.",
        "2022년에 세웠다.",
        "어디에 있나요?",
        "포항입니다!",
    ]


def test_each_line_stands_for_itself() -> None:
    assert quotes("Opening hours\nMonday to Friday\n\nClosed on Sunday") == [
        "Opening hours",
        "Monday to Friday",
        "Closed on Sunday",
    ]


@pytest.mark.parametrize("bullet", ["-", "*", "•", "▪", "○", "1.", "12)"])
def test_a_list_item_is_a_statement_without_its_bullet(bullet: str) -> None:
    assert quotes(f"{bullet} Tuen\n{bullet} ANPOLY of Pohang") == ["Tuen", "ANPOLY of Pohang"]


def test_a_dash_within_a_line_is_no_bullet() -> None:
    assert quotes("Seoul - Pohang takes two hours.") == ["Seoul - Pohang takes two hours."]


TABLE = "| Company | Hall | Note |\n| --- | --- | --- |\n| Tuen | B0 | - |\n| ANPOLY | B1 | co\\|founder |"


def test_a_table_row_is_a_statement_and_names_its_columns() -> None:
    first, second = statements(passage(TABLE))
    assert first.quote == "| Tuen | B0 | - |"
    assert first.text == "Tuen — Hall: B0"
    assert second.text == "ANPOLY — Hall: B1, Note: co|founder"
    assert first.header == ("Company", "Hall", "Note")


def test_table_header_and_rule_are_no_statements() -> None:
    assert [one.quote for one in statements(passage("| A | B |\n|:---|---:|"))] == []


def test_a_row_with_empty_cells_says_only_what_it_holds() -> None:
    assert [one.text for one in statements(passage("| A | B | C |\n| --- | --- | --- |\n|  | 5 |  |"))] == ["B: 5"]


def test_a_second_table_has_its_own_header() -> None:
    text = "| A | B |\n| --- | --- |\n| 1 | 2 |\n\nIn between.\n\n| C | D |\n| --- | --- |\n| 3 | 4 |"
    assert [one.text for one in statements(passage(text))] == ["1 — B: 2", "In between.", "3 — D: 4"]


def test_a_footnote_mark_always_ends_a_statement() -> None:
    text = "About 500 guests came (48 of them from abroad) and they liked it."
    at = text.index(" and they")
    assert [one.quote for one in statements(passage(text, ((at, 0),)))] == [
        "About 500 guests came (48 of them from abroad)",
        "and they liked it.",
    ]


def test_a_mark_after_an_abbreviation_ends_the_statement() -> None:
    text = "It belongs to Tuen Co. Others do not."
    assert [one.quote for one in statements(passage(text, ((text.index(" Others"), 0),)))] == [
        "It belongs to Tuen Co.",
        "Others do not.",
    ]


@pytest.mark.parametrize(
    "line", ["As of: 2025-12-30", "기준일: 2024-07-22", "Stand: 30.12.2025", "- 7 -", "12", "* * *"]
)
def test_page_numbers_and_the_line_that_dates_the_document_say_nothing(line: str) -> None:
    assert quotes(f"{line}\nThe fair is over.") == ["The fair is over."]


def test_a_row_of_mere_figures_speaks_through_its_header() -> None:
    (row,) = statements(passage("| Year | Exhibitors |\n| --- | --- |\n| 2024 | 48 |"))
    assert row.text == "2024 — Exhibitors: 48"


def test_nothing_says_nothing() -> None:
    assert statements(passage("")) == ()
    assert statements(passage(" \n\t\n ")) == ()
    assert split("") == []


WORDS = "The fair. Dr. Kim 7. Mai 3.5 “Yes.” 열렸습니다. - • 1. | a b | --- | |---|---| , ! ? 。 e.g. [1] (x) \t".split(
    " "
)
PIECES = st.sampled_from([*WORDS, "\n", "\n\n", "\n| a | b |\n| --- | --- |\n| 1 | 2 |\n", " ", "\n- "])


@given(st.lists(PIECES, max_size=40).map(" ".join), st.lists(st.integers(0, 200), max_size=4))
def test_statements_are_verbatim_in_order_apart_and_cover_every_word(text: str, offsets: list[int]) -> None:
    between_words = [at for at in sorted(offsets) if at <= len(text) and not re.match(r"\w\w", text[max(at - 1, 0) :])]
    marks = tuple((at, 0) for at in between_words)
    found = statements(passage(text, marks))
    for one in found:
        assert one.quote == text[one.start : one.end]
        assert one.quote == one.quote.strip() != ""
    for one, following in pairwise(found):
        assert one.end <= following.start
    covered = {at for one in found for at in range(one.start, one.end)}
    missed = {
        text[: match.start()].count("\n")
        for match in re.finditer(r"[^\W\d_]{2,}", text)
        if match.start() not in covered
    }
    lines = text.split("\n")
    for number in missed:
        table = lines[number].lstrip().startswith("|")
        assert table or re.match(r"\s*(?:[-*+•·]|\d{1,2}[.)])\s", lines[number]), lines[number]
