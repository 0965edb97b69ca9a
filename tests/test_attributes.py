"""The attributes that a text speaks of."""

from __future__ import annotations

import pytest

from bot import attributes


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("What was Tuen's turnover?", "revenue"),
        ("Tuen Umsatz?", "revenue"),
        ("투엔 매출액은요?", "revenue"),
        ("Gab es WLAN?", "internet"),
        ("Is there Wi-Fi?", "internet"),
        ("주차장이 있나요?", "parking"),
    ],
)
def test_a_word_for_it_in_any_language_is_known(text: str, attribute: str) -> None:
    assert attribute in attributes.of(text)


def test_a_form_begins_a_word_and_may_have_to_end_it() -> None:
    assert "revenue" in attributes.of("Sales rose.")
    assert "revenue" not in attributes.of("The salesman left.")
    assert "stock" not in attributes.of("He lives in Livestockton.")


def test_only_what_is_asked_for_is_looked_for() -> None:
    assert attributes.among(frozenset({"revenue", "parking"}), "Der Umsatz der Hotels") == {"revenue"}


def test_what_few_texts_speak_of_tells_more() -> None:
    texts = ["Ein Hotel.", "Noch ein Hotel.", "Das dritte Hotel.", "Der Umsatz."]
    assert attributes.rarity("revenue", texts) > attributes.rarity("hotel", texts)


def test_the_questions_own_word_is_named() -> None:
    assert attributes.label("revenue", "Und welchen Umsatz, bitte?") == "Umsatz"
    assert attributes.label("parking", "Und welchen Umsatz, bitte?") == ""
