"""Which sentences wish for a meeting, and which are ordinary questions; what is understood of those that do."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.meetings import Team
from bot.wishes import Wish, is_about_own, named_in, wish_of
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


@pytest.mark.parametrize(
    "text",
    [
        "I need to cancel my meeting", "Can we move the meeting to Friday 3pm?", "I will be late for our meeting",
        "미팅 취소하고 싶어요", "내일 미팅 시간을 바꿀 수 있나요? 미팅 변경이요", "제 미팅 언제예요?", "미팅에 10분 늦을 것 같아요",
        "Ich muss meinen Termin absagen", "Können wir den Termin auf Freitag verschieben?", "Wann ist mein Termin?",
    ],
)  # fmt: skip
def test_who_speaks_of_a_meeting_they_have_is_heard(text: str) -> None:
    assert is_about_own(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can I meet Tuen tomorrow?", "Was the meeting in Munich cancelled?", "When was the fair moved to November?",
        "내일 투엔이랑 미팅 가능해요?", "엑스포가 연기되었나요?", "Termin mit dem Pavillon bitte", "Wurde die Messe verschoben?",
    ],
)  # fmt: skip
def test_who_asks_for_a_new_one_or_about_the_fair_is_not(text: str) -> None:
    assert not is_about_own(text)
