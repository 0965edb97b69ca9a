"""The glossary: every spelling of a name leads to one entity."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import about, glossary
from bot.glossary import Glossary

ROOT = Path(__file__).parents[1]
NAMES = glossary.parse("""
[[entity]]
id = "pohang"
ko = "포항"
en = "Pohang"

[[entity]]
id = "technopark"
ko = "포항테크노파크"
en = "Pohang TechnoPark"
variants = ["PTP"]

[[entity]]
id = "tuen"
kind = "company"
ko = "투엔"
en = "Tuen"
variants = ["Tu-en", "㈜투엔"]

[[entity]]
id = "apolly"
ko = "에이엔폴리"
en = "A & Polly"
""")


def ids(text: str) -> list[str]:
    return [entity.id for entity in NAMES.find(text)]


@pytest.mark.parametrize(
    "text", ["Tuen", "TUEN", "tu-en", "투엔", "㈜투엔", "(주)투엔", "Ｔｕｅｎ", "“Tuen”", "Tuen's"]
)
def test_every_spelling_leads_to_the_company(text: str) -> None:
    assert ids(text) == ["tuen"]


@pytest.mark.parametrize("text", ["투엔은 뭐 하는 회사야?", "투엔의", "투엔에서", "Tuen은 어디?", "PTP에서는"])
def test_a_korean_particle_may_follow_a_name(text: str) -> None:
    assert len(ids(text)) == 1


@pytest.mark.parametrize("text", ["Tuenix", "Fortuen", "aTuen", "PTPX", "PTP2", "한투엔", "비투엔"])
def test_a_name_within_a_longer_word_is_not_met(text: str) -> None:
    assert ids(text) == []


def test_the_longest_spelling_wins() -> None:
    assert ids("Pohang TechnoPark") == ["technopark"]
    assert ids("포항테크노파크는") == ["technopark"]
    assert ids("Pohang Technology") == ["pohang"]


def test_entities_come_once_and_in_the_order_of_their_mention() -> None:
    assert ids("Tuen, Pohang, 투엔 and PTP") == ["tuen", "pohang", "technopark"]


@pytest.mark.parametrize("text", ["Pohang\nTechnoPark", "Pohang  TechnoPark", "Pohang\u00a0TechnoPark", "A &\t Polly"])
def test_a_name_broken_by_any_white_space_is_the_name(text: str) -> None:
    (entity,) = NAMES.find(text)
    assert NAMES.canonical(text, "ko") == entity.names["ko"]
    assert NAMES.entity(text) == entity


def test_a_text_speaks_of_entities_by_their_name_in_one_language() -> None:
    assert NAMES.canonical("What does 투엔 make?", "en") == "what does Tuen make?"
    assert NAMES.canonical("Was macht 투엔?", "de") == "was macht Tuen?"


def test_what_remains_without_the_names() -> None:
    assert NAMES.without_names("Tuen in Pohang").split() == ["in"]


def test_an_entity_is_found_by_its_id_or_any_spelling() -> None:
    found = [NAMES.entity(name) for name in ("tuen", "TU-EN", " 투엔 ", "nobody")]
    assert [entity.id if entity else None for entity in found] == ["tuen", "tuen", "tuen", None]


def test_an_empty_glossary_finds_nothing_and_changes_nothing() -> None:
    empty = Glossary()
    assert (empty.find("Tuen"), empty.canonical("Tuen ", "ko"), empty.without_names("Tuen ")) == ((), "Tuen ", "Tuen ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[entity]]\nid = "a"\nen = "X"\n[[entity]]\nid = "b"\nen = "x"', "'x' leads to both 'a' and 'b'"),
        ('[[entity]]\nid = "a"\nen = "A  B"\n[[entity]]\nid = "b"\nen = "a b"', "'a b' leads to both 'a' and 'b'"),
        ('[[entity]]\nid = "a"\nen = "X"\n[[entity]]\nid = "a"\nen = "Y"', "the id 'a' stands twice"),
        ('[[entity]]\nen = "X"', "entity 1 needs an id and a name"),
        ('[[entity]]\nid = "a"', "entity 1 needs an id and a name"),
        ('[[entity]]\nid = "a"\nen = "X"\nvariants = "Tuen"', "entity 1: variants is a list of texts"),
        ('[[entity]]\nid = "a"\nen = 5', "entity 1: variants is a list of texts, everything else a text"),
        ('entity = "x"', "every entity begins with a line [[entity]]"),
        ("[[entity]\nid", "(at line 1, column "),
    ],
)
def test_a_glossary_that_cannot_be_meant_so_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"^glossary\.toml: ") as refused:
        glossary.parse(text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[names]\nen = 'x'", "unknown table names; known are name, contact, questions"),
        ("name = 'x'", "[name] takes a text per language"),
        ("[questions]\nen = 'Where?'", "[questions] takes a list of texts per language"),
        ("[questions]\nen = [1]", "[questions] takes a list of texts per language"),
        ("[name\n", "(at line 1, column "),
    ],
)
def test_what_the_fair_says_of_itself_is_refused_likewise(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"^about\.toml: ") as refused:
        about.parse(text)
    assert says in str(refused.value)


def test_the_glossary_of_this_fair_can_be_read_and_finds_each_of_its_spellings() -> None:
    ours = glossary.parse((ROOT / "knowledge" / "glossary.toml").read_text("utf-8"))
    assert ours.entities
    for entity in ours.entities:
        for spelling in entity.spellings:
            assert entity in ours.find(f"… {spelling} …"), spelling
            assert ours.entity(spelling) == entity
