"""Cutting a document into passages: nothing lost, nothing torn, everything in its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.characters import clean
from bot.documents import PASSAGE_BYTES, Document, Page, split
from bot.documents.markdown import blocks, escape
from bot.documents.packing import pieces
from bot.passages import Passage

SENTENCE = "The fair in Munich opens its doors at nine in the morning on each of its three days."


def cut(*pages: str, path: str = "a.md", size: int = PASSAGE_BYTES) -> list[Passage]:
    numbered = len(pages) > 1
    return split(
        Document(
            path=path,
            title="A",
            language="en",
            pages=tuple(Page(number if numbered else None, text) for number, text in enumerate(pages, start=1)),
        ),
        size,
    )


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


texts = st.text(st.characters(exclude_categories=("Cs", "Co", "Cn")), max_size=400)
languages = st.sampled_from(
    ["Fair", "포항의", "이차전지", "Messe", "Größe.", "No.", "3.", "U.S.", "end!", "“so.”", "a" * 70]
)
paragraphs = st.lists(st.lists(languages, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=8)


@given(paragraphs, st.integers(40, 400))
def test_every_word_of_a_text_is_in_the_passages_in_order(paragraphs: list[str], size: int) -> None:
    found = cut("\n\n".join(map(escape, paragraphs)), size=size)
    # A word longer than a passage is cut, so the letters are compared; and no other word is.
    assert "".join("".join(passage.text.split()) for passage in found) == "".join("".join(paragraphs).split())
    if size > 100:
        assert [word for passage in found for word in passage.text.split()] == " ".join(paragraphs).split()
    assert all(passage.text.strip() and len(passage.text.encode()) <= size for passage in found)


@given(texts)
def test_any_text_comes_back_from_markdown_as_it_was(text: str) -> None:
    line = " ".join(clean(text).split())
    assert " ".join(block.text for block in blocks(escape(line))) == line


@given(texts)
def test_any_markdown_at_all_is_cut_without_fail_and_always_alike(text: str) -> None:
    found = cut(clean(text), size=60)
    assert found == cut(clean(text), size=60)
    assert all(passage.text.strip() for passage in found)


@given(st.lists(st.tuples(languages, st.integers(0, 3)), min_size=1, max_size=60), st.integers(60, 300))
def test_marks_point_at_the_ends_of_words_and_every_source_survives(told: list[tuple[str, int]], size: int) -> None:
    text = " ".join(f"{word}[^{note}]" if note else word for word, note in told)
    notes = "\n".join(f"[^{note}]: P{note}, 2025" for note in (1, 2, 3))
    found = cut(f"{text}\n\n{notes}", size=size)
    for passage in found:
        assert "[^" not in passage.text
        assert all(passage.text[end - 1] != " " for end, _ in passage.marks)
        assert all(end == len(passage.text) or passage.text[end] == " " for end, _ in passage.marks)
        assert {index for _, index in passage.marks} == set(range(len(passage.sources)))
    named = {source.publisher for passage in found for source in passage.sources}
    assert named == {f"P{note}" for _, note in told if note}


def test_a_section_is_one_passage_if_it_fits() -> None:
    found = cut(f"# A\n\n{SENTENCE}\n\n{SENTENCE}\n\n## B\n\n{SENTENCE}\n")
    assert [(passage.headings, passage.text.count(SENTENCE)) for passage in found] == [(("A",), 2), (("A", "B"), 1)]


def test_a_long_section_is_cut_between_sentences() -> None:
    found = cut(" ".join([SENTENCE] * 60))
    assert len(found) > 2
    assert all(passage.text.startswith("The fair") and passage.text.endswith("days.") for passage in found)


def test_abbreviations_and_ordinals_do_not_end_a_sentence() -> None:
    sentence = "Am 7. Mai kam z. B. die Tuen Co. Ltd. nach München und zeigte dort ihre Waren."
    found = cut(" ".join([sentence] * 10), size=len(sentence.encode()) + 20)
    assert [passage.text for passage in found] == [sentence] * 10


def test_a_paragraph_cut_in_two_keeps_its_source_in_both() -> None:
    found = cut(" ".join([SENTENCE] * 30) + "[^1]\n\n[^1]: City of Pohang, 2025\n")
    assert len(found) > 1
    assert all(passage.sources_of(0, len(SENTENCE))[0].publisher == "City of Pohang" for passage in found)


def test_a_heading_alone_is_the_way_to_what_is_below_it() -> None:
    (passage,) = cut("# A\n\n## B\n\n### C\n\nText.\n")
    assert passage.headings == ("A", "B", "C")


def test_a_heading_with_nothing_below_it_is_text() -> None:
    found = cut("# A\n\n## B\n\n## C\n\nText.\n\n# D\n")
    assert [(passage.headings, passage.text) for passage in found] == [
        (("A", "B"), "B"),
        (("A", "C"), "Text."),
        (("D",), "D"),
    ]


def test_a_section_goes_on_over_pages_and_each_passage_knows_its_page() -> None:
    found = cut("# A\n\nOne.", "Two.\n\n# B\n\nThree.", path="a.pdf")
    assert [(passage.page, passage.headings, passage.text) for passage in found] == [
        (1, ("A",), "One."),
        (2, ("A",), "Two."),
        (2, ("B",), "Three."),
    ]


def test_a_slide_without_a_title_is_not_under_the_title_before() -> None:
    found = cut("# A\n\nOne.", "Two.", path="a.pptx")
    assert [(passage.page, passage.headings) for passage in found] == [(1, ("A",)), (2, ())]


def test_a_long_table_repeats_its_header() -> None:
    rows = "\n".join(f"| Firm {number} | {number}\\|x |" for number in range(300))
    found = cut(f"Firms:\n\n| Name | Jobs |\n|:--|--:|\n{rows}\n")
    assert found[0].text.startswith("Firms:\n\n| Name | Jobs |\n| --- | --- |\n| Firm 0 | 0\\|x |\n")
    assert all(passage.text.startswith("| Name | Jobs |\n| --- | --- |\n| Firm ") for passage in found[1:])
    assert sum(passage.text.count("| Firm ") for passage in found) == 300


def test_a_row_too_long_for_a_passage_is_told_cell_by_cell() -> None:
    found = cut(f"| Name | About |\n|---|---|\n| A | {' '.join([SENTENCE] * 30)} |\n| B | short |\n")
    assert found[0].text.startswith(f"Name: A\nAbout: {SENTENCE}")
    assert found[-1].text.endswith("| Name | About |\n| --- | --- |\n| B | short |")
    assert all(len(passage.text.encode()) <= PASSAGE_BYTES for passage in found)


def test_tables_under_captions_on_one_sheet_are_tables_of_their_own() -> None:
    first = "| Jobs | | |\n|---|---|---|\n| Firm | 2024 | |\n| A | 3 | |\n| B | 4 | |\n"
    sheet = f"{first}| | | |\n| Cost | | |\n| Hall | | EUR |\n| 1 | | 9 |\n"
    (passage,) = cut(sheet)
    assert passage.text == (
        "Jobs\n\n| Firm | 2024 |\n| --- | --- |\n| A | 3 |\n| B | 4 |\n\n"
        "Cost\n\n| Hall | EUR |\n| --- | --- |\n| 1 | 9 |"
    )


def test_a_table_of_one_column_is_text() -> None:
    (passage,) = cut("| One. |\n|---|\n| Two. |\n")
    assert passage.text == "One.\n\nTwo."


def test_an_endless_word_is_cut_but_no_character_is() -> None:
    family = "👩‍👩‍👧"
    found = cut(family * 200, size=100)
    assert all(len(passage.text.encode()) <= 100 for passage in found)
    assert all(len(passage.text) % len(family) == 0 for passage in found)


@pytest.mark.parametrize(
    "empty", ["", "\n\n", "|  |\n|--|\n", "<!-- nothing -->", "![picture](a.png)", "---", "[^1]: A, 2024"]
)
def test_nothing_gives_no_passage(empty: str) -> None:
    assert cut(empty) == []


def test_pieces_of_nothing_are_none() -> None:
    assert list(pieces([], 100)) == []
