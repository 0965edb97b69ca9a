"""Passages: values that can say where they stand and who says so."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.passages import Passage, Source, from_json, to_json

TEXT = "The hall opened in May. It holds 200 stands.\nTickets are free. Parking is not."
SOURCES = (Source("City", "2025-05-09", "https://c.example"), Source("Paper", "2025-05"))
PASSAGE = Passage("fair.md", "Fair", TEXT, "en", ("Fair", "Hall"), 4, "2025-05-09", "2027-01-01", SOURCES)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PASSAGES = st.builds(
    Passage,
    path=WORDS,
    title=WORDS,
    text=WORDS,
    language=WORDS,
    headings=st.lists(WORDS, max_size=3).map(tuple),
    page=st.none() | st.integers(1, 999),
    as_of=WORDS,
    review_by=WORDS,
    sources=st.lists(st.builds(Source, WORDS, WORDS, WORDS), max_size=3).map(tuple),
    marks=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2)), max_size=3).map(tuple),
    known=st.booleans(),
)


@given(PASSAGES)
def test_a_passage_survives_a_trip_through_json(passage: Passage) -> None:
    back = from_json(json.loads(json.dumps(to_json(passage), ensure_ascii=False)))
    assert back == passage
    assert back.id == passage.id


def test_an_id_is_the_same_on_every_machine() -> None:
    assert Passage("fair.md", "Fair", "It is in Pohang.").id == "00789c9a854b36d6434c3b01763eae7a"


def test_any_change_makes_another_id() -> None:
    changes = {
        "path": "x", "title": "x", "text": "x", "language": "x", "headings": ("x",), "page": 5, "as_of": "x",
        "review_by": "x", "sources": (Source("x"),), "marks": ((1, 1),), "known": False,
    }  # fmt: skip
    assert set(changes) == {field.name for field in fields(Passage)}
    changed = {replace(PASSAGE, **{name: value}).id for name, value in changes.items()}  # type: ignore[arg-type]
    assert len(changed | {PASSAGE.id}) == len(changes) + 1


def test_the_place_is_told_without_repeating_the_title() -> None:
    assert PASSAGE.where == "Hall, p. 4"
    assert replace(PASSAGE, page=None).where == "Hall"
    assert replace(PASSAGE, headings=(), page=None).where == ""


def test_the_way_to_a_passage_is_embedded_before_its_words() -> None:
    assert PASSAGE.embedded == f"Fair › Hall\n{TEXT}"
    assert replace(PASSAGE, title="", headings=()).embedded == TEXT


def said(marks: tuple[tuple[int, int], ...], sentence: str) -> list[str]:
    start = TEXT.index(sentence)
    found = replace(PASSAGE, marks=marks).sources_of(start, start + len(sentence))
    return [source.publisher for source in found]


END_1, END_2 = TEXT.index(" It"), TEXT.index("\n")


def test_without_marks_the_sources_stand_for_every_sentence() -> None:
    assert said((), "It holds 200 stands.") == ["City", "Paper"]


def test_a_sentence_has_the_sources_marked_at_its_end() -> None:
    marks = ((END_1, 0), (END_2, 1))
    assert said(marks, "The hall opened in May.") == ["City"]
    assert said(marks, "It holds 200 stands.") == ["Paper"]


def test_a_sentence_may_have_two_sources_each_told_once() -> None:
    assert said(((END_1, 0), (END_1, 1), (END_1, 0)), "The hall opened in May.") == ["City", "Paper"]


def test_a_mark_at_the_end_of_a_paragraph_stands_for_the_sentences_before_it() -> None:
    assert said(((END_2, 1),), "The hall opened in May.") == ["Paper"]


def test_a_mark_does_not_stand_for_another_paragraph_nor_for_what_follows_it() -> None:
    assert said(((END_2, 1),), "Tickets are free.") == []
    assert said(((len(TEXT), 0),), "It holds 200 stands.") == []
    assert said(((END_1, 0),), "It holds 200 stands.") == []
