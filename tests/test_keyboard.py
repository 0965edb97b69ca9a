"""What was typed with the keyboard in the other language."""

from __future__ import annotations

import pytest

from bot.keyboard import hangul, latin


@pytest.mark.parametrize(
    ("keys", "meant"),
    [("vhgkd", "포항"), ("xndps", "투엔"), ("dms", "은"), ("dhksfy", "완료"), ("Rkcl", "까치"), ("Vhgkd", "포항")],
)
def test_latin_keys_become_syllables(keys: str, meant: str) -> None:
    assert hangul(keys) == meant


@pytest.mark.parametrize("word", ["hello", "battery", "r", "", "a1", "포항"])
def test_what_makes_no_whole_syllables_is_left(word: str) -> None:
    assert hangul(word) is None


@pytest.mark.parametrize(("typed", "meant"), [("ㅔㅐㄷㅌ", "poex"), ("셔두", "tuen"), ("포항", "vhgkd")])
def test_hangul_becomes_its_latin_keys(typed: str, meant: str) -> None:
    assert latin(typed) == meant


@pytest.mark.parametrize("word", ["", "abc", "포1"])
def test_what_is_not_all_hangul_is_left(word: str) -> None:
    assert latin(word) is None
