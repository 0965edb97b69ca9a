"""The model proposes numbers; code decides what they stand for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citations import Citation, resolve
from bot.passages import Passage, Source

FIRST = "The fair was held in Munich."
SECOND = "It had 200 exhibitors from Korea."
FAIR = Passage(
    "fair.md",
    "The fair",
    f"{FIRST} {SECOND}",
    as_of="2025-06-01",
    sources=(Source("City", "2025-05-09", "https://city.example"), Source("Paper", "2025-05-10", "https://p.example")),
    marks=((len(FIRST), 0), (len(FIRST) + 1 + len(SECOND), 1)),
)
COMPANY = Passage("tuen.md", "Tuen", "Tuen cleans waste water of batteries.", as_of="2025-01-01")
TABLE = Passage("a.csv", "Stands", "| Company | Hall |\n| --- | --- |\n| Tuen | B0 |\n| ANPOLY | B1 |")
OFFERED = (FAIR, COMPANY, TABLE)


def test_a_number_that_was_offered_becomes_a_citation_with_the_words_it_stands_for() -> None:
    text, (citation,) = resolve("The fair was in Munich [1].", OFFERED)
    assert text == "The fair was in Munich [1]."
    assert citation == Citation(1, FAIR, FIRST, FAIR.sources[0])


def test_the_quote_is_the_statement_nearest_to_the_sentence_that_bears_the_mark() -> None:
    _, citations = resolve("It was in Munich [1]. There were 200 exhibitors [1].", OFFERED)
    assert [citation.quote for citation in citations] == [FIRST, SECOND]
    assert [citation.publisher for citation in citations] == ["City", "Paper"]


def test_a_table_row_is_quoted_as_it_stands() -> None:
    _, (citation,) = resolve("ANPOLY was in hall B1 [3].", OFFERED)
    assert citation.quote == "| ANPOLY | B1 |"


@pytest.mark.parametrize("number", ["0", "4", "99", "999", "00", "007"])
def test_a_number_that_was_never_offered_is_dropped(number: str) -> None:
    assert resolve(f"Tuen has 400 staff [{number}].", OFFERED) == ("Tuen has 400 staff.", ())


def test_a_huge_number_is_dropped_too() -> None:
    text, citations = resolve(f"Tuen has 400 staff [{'9' * 5000}]. It cleans water [2].", OFFERED)
    assert text == "Tuen has 400 staff. It cleans water [1]."
    assert [citation.passage for citation in citations] == [COMPANY]


def test_numbers_are_renumbered_by_first_use() -> None:
    text, citations = resolve("Tuen cleans water [2]. The fair was in Munich [1]. Tuen cleans water [2].", OFFERED)
    assert text == "Tuen cleans water [1]. The fair was in Munich [2]. Tuen cleans water [1]."
    assert [(citation.n, citation.passage) for citation in citations] == [(1, COMPANY), (2, FAIR)]


@pytest.mark.parametrize("marks", ["[2, 1]", "[2,1]", "[2; 1]", "[2][1]", "[2] [1]", "[ 2 ] [1 ]"])
def test_several_numbers_at_one_place(marks: str) -> None:
    text, citations = resolve(f"Tuen was at the fair in Munich {marks}.", OFFERED)
    assert text == "Tuen was at the fair in Munich [1] [2]."
    assert [citation.passage for citation in citations] == [COMPANY, FAIR]


def test_adjacent_marks_stand_for_the_same_sentence() -> None:
    _, citations = resolve("Tuen has a stand. There were 200 exhibitors from Korea [2][1].", OFFERED)
    assert citations[1].quote == SECOND


def test_the_same_number_twice_at_one_place_is_shown_once() -> None:
    assert resolve("Tuen cleans water [2, 2].", OFFERED)[0] == "Tuen cleans water [1]."


def test_offered_and_invented_numbers_together_leave_the_offered() -> None:
    assert resolve("Tuen cleans water [2, 7].", OFFERED)[0] == "Tuen cleans water [1]."


def test_other_brackets_are_left_alone() -> None:
    said = "Tuen [formerly T2] cleans water [a], [-1] and [1.5]."
    assert resolve(said, OFFERED) == (said, ())


def test_a_mark_in_a_link_or_in_code_is_a_number_like_any_other() -> None:
    text, citations = resolve("See [9](https://evil.example) and `x[8]` and [2](https://evil.example).", OFFERED)
    assert [citation.passage for citation in citations] == [COMPANY]
    assert "[9]" not in text
    assert "[8]" not in text


def test_without_a_source_the_citation_has_the_documents_date_and_no_address() -> None:
    _, (citation,) = resolve("Tuen cleans water [2].", OFFERED)
    assert (citation.publisher, citation.as_of, citation.url) == ("", "2025-01-01", "")


def test_a_source_without_a_date_leaves_the_documents() -> None:
    assert Citation(1, COMPANY, "x", Source("Tuen")).as_of == "2025-01-01"


def test_a_text_without_marks_has_no_citations() -> None:
    assert resolve("  Tuen cleans water.\n", OFFERED) == ("Tuen cleans water.", ())


def test_nothing_offered_nothing_cited() -> None:
    assert resolve("Tuen [1] [2].", ()) == ("Tuen.", ())


def test_a_passage_without_statements_is_quoted_whole() -> None:
    bare = Passage("b.md", "B", "| A | B |")
    assert resolve("It says so [1].", (bare,))[1][0].quote == "| A | B |"


MODELS_TEXT = st.lists(
    st.one_of(
        st.sampled_from(
            ["[1]", "[2]", "[3]", "[4]", "[0]", "[1, 9]", "[", "]", "[[1]]", "[1](x)", "`[2]`", "\n", ". "]
        ),
        st.integers(0, 10**30).map(lambda n: f"[{n}]"),
        st.text(max_size=12),
    ),
    max_size=30,
).map(" ".join)


@given(MODELS_TEXT, st.integers(0, 3))
def test_whatever_a_model_writes_only_what_was_offered_is_cited(said: str, count: int) -> None:
    offered = OFFERED[:count]
    text, citations = resolve(said, offered)
    shown = [int(n) for n in re.findall(r"\[(\d+)\]", text)]
    assert [citation.n for citation in citations] == list(range(1, len(citations) + 1))
    assert set(shown) == {citation.n for citation in citations}
    assert list(dict.fromkeys(shown)) == sorted(set(shown))
    for citation in citations:
        assert citation.passage in offered
        assert citation.quote
        assert citation.quote in citation.passage.text


@given(MODELS_TEXT)
def test_a_growing_text_never_changes_what_its_numbers_stood_for(said: str) -> None:
    _, whole = resolve(said, OFFERED)
    _, begun = resolve(said[: len(said) // 2], OFFERED)
    for citation in begun[:-1]:
        assert citation in whole


def test_a_model_that_goes_on_with_spaces_is_read_at_once() -> None:
    assert resolve(f"Tuen cleans water{' ' * 100_000}x [2].", OFFERED)[0].endswith("x [1].")
