"""Which passages translate each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.passages import Passage, Source
from bot.twins import Twins

SOURCE = Source("Northport Gazette", "2025-05-15", "https://gazette.example/fair")
EN = Passage("fair.en.md", "Fair", "It was in May.", "en", sources=(SOURCE,), as_of="2025-06-01")
EN2 = replace(EN, text="It had 48 exhibitors.", sources=())
DE = replace(EN, path="fair.de.docx", text="Sie war im Mai.", language="de", sources=(replace(SOURCE, publisher="NG"),))
DE2 = replace(EN2, path="fair.de.docx", text="Sie hatte 48 Aussteller.", language="de")
ALONE = Passage("parking.de.md", "Parken", "Parken kostet 4 Euro.", "de")


def test_the_passage_in_the_same_place_of_the_translated_document_is_the_translation() -> None:
    twins = Twins([EN, EN2, DE, DE2, ALONE])
    assert [twins.of(one, "de") for one in (EN, EN2)] == [DE, DE2]
    assert [twins.of(one, "en") for one in (DE, DE2)] == [EN, EN2]
    assert twins.of(EN, "en") == EN


@pytest.mark.parametrize(
    "changed",
    [
        [replace(DE, as_of="2026-01-01"), DE2],
        [replace(DE, sources=()), DE2],
        [replace(DE, sources=(replace(SOURCE, url="https://gazette.example/other"),)), DE2],
        [replace(DE, known=False), DE2],
        [replace(DE, language="en"), DE2],
        [DE],
        [DE, DE2, DE2],
        [],
    ],
    ids=[
        "as of another day",
        "no source",
        "another source",
        "unknown",
        "in no other language",
        "fewer",
        "more",
        "none",
    ],
)
def test_what_was_changed_on_one_side_translates_no_longer(changed: list[Passage]) -> None:
    assert Twins([EN, EN2, *changed]).of(EN, "de") is None


@pytest.mark.parametrize("passage", [ALONE, replace(EN, path="fair.md"), replace(EN, text="Not in the index.")])
def test_what_has_no_translation_has_none(passage: Passage) -> None:
    assert Twins([EN, EN2, DE, DE2, ALONE]).of(passage, "en" if passage == ALONE else "de") is None
