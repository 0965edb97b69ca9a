"""A German word taken apart."""

from __future__ import annotations

import pytest
from HanTa.HanoverTagger import HanoverTagger

from bot.compounds import parts


@pytest.fixture(scope="module")
def tagger() -> HanoverTagger:
    return HanoverTagger("morphmodel_ger.pgz")


@pytest.mark.parametrize(
    ("word", "roots"),
    [
        ("batterieexporte", ["batterie", "export"]),
        ("eröffnungstag", ["eröffnung", "tag"]),  # the linking s belongs to neither
        ("firmenrat", ["firm", "rat"]),
        ("angekündigt", ["ankündig"]),  # as in Ankündigung
        ("messe", ["messe"]),
    ],
)
def test_a_compound_is_its_parts(tagger: HanoverTagger, word: str, roots: list[str]) -> None:
    assert parts(word, tagger) == roots


@pytest.mark.parametrize("word", ["pohang", "투엔", "2025", "x" * 41, "", "c&p"])
def test_what_is_no_german_word_stays_whole(tagger: HanoverTagger, word: str) -> None:
    assert parts(word, tagger) == [word]
