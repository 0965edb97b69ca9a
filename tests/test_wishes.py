"""Which sentences wish for a meeting, and which are ordinary questions; what is understood of those that do."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.meetings import Team
from bot.wishes import Wish, named_in, wish_of
from bot.zones import zone
from tests.fakes import NOON, FakeKnowledge
from tests.pavilion import TEAMS, VENUE

VECTORS = tomllib.loads((Path(__file__).parent / "data" / "wishes.toml").read_text("utf-8"))
PAVILION = [Team(team, names, entity, zone=VENUE) for team, names, entity, _ in TEAMS]


def sentences(kind: str) -> list[str]:
    return [text for language in ("ko", "en", "de") for text in VECTORS[language][kind]]


def heard(text: str) -> Wish | None:
    return wish_of(text, PAVILION, FakeKnowledge().mentioned(text), NOON, zone(VENUE))


@pytest.mark.parametrize("text", sentences("wishes"))
def test_a_wish_is_heard(text: str) -> None:
    assert heard(text) is not None


@pytest.mark.parametrize("text", sentences("questions"))
def test_a_question_stays_a_question(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize("vector", VECTORS["read"], ids=lambda vector: vector["text"])
def test_what_is_wished_for_is_understood(vector: dict[str, Any]) -> None:
    wish = heard(vector["text"])

    assert wish is not None
    assert list(wish.teams) == vector["teams"]
    assert wish.spoken.problem == vector.get("problem", "")
    if "moment" in vector:
        assert wish.spoken.moment == datetime.fromisoformat(vector["moment"]).replace(tzinfo=zone(VENUE))
    if "day" in vector:
        assert (str(wish.spoken.day), wish.spoken.moment) == (vector["day"], None)


def test_there_are_forty_sentences_of_each_kind_in_each_language() -> None:
    counts = [len(set(VECTORS[language][kind])) for language in ("ko", "en", "de") for kind in ("wishes", "questions")]

    assert min(counts) >= 40


def test_a_word_that_two_teams_share_names_neither() -> None:
    teams = [Team("a", {"en": "Battery Desk"}), Team("b", {"en": "Battery Council"})]

    assert named_in("meet the battery people", teams, ()) == ()
    assert named_in("meet the council", teams, ()) == ("b",)
    assert named_in("meet the Battery Desk", teams, ()) == ("a",)


def test_a_long_text_is_no_wish() -> None:
    assert heard("I would like to meet Tuen. " * 20) is None
