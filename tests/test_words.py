"""Words: what keyword search compares."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words import Words, is_gram


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(["투엔", "에이엔폴리", "InterBattery"])


def plain(words: Words, text: str, language: str = "") -> list[str]:
    return [word for word in words.of(text, language) if not is_gram(word)]


def test_english_words_are_stemmed_and_function_words_left_out(words: Words) -> None:
    assert plain(words, "Where were the exhibitions held?", "en") == ["exhibit", "held"]


def test_german_words_meet_in_their_stem(words: Words) -> None:
    assert plain(words, "die Messen", "de") == plain(words, "der Messe", "de") == ["mess"]


def test_a_german_compound_shares_grams_with_its_parts(words: Words) -> None:
    assert "#batt" in set(words.of("Batteriemesse", "de")) & set(words.of("Batterie", "de"))


def test_a_name_of_the_glossary_stays_whole_before_any_particle(words: Words) -> None:
    for text in ("투엔은 뭐 하는 회사야?", "투엔의 기술", "투엔에서 만든다"):
        assert "투엔" in plain(words, text)


def test_korean_grams_are_pairs_of_syllables_of_the_raw_token(words: Words) -> None:
    assert [word for word in words.of("포항시청") if is_gram(word)] == ["#포항", "#항시", "#시청"]


def test_full_width_letters_and_capitals_are_the_same_word(words: Words) -> None:
    assert words.of("ＢＡＴＴＥＲＹ") == words.of("battery")


def test_numbers_are_words(words: Words) -> None:
    assert {"2025", "42"} <= set(plain(words, "42 firms in 2025"))


def test_words_are_repeated_as_often_as_they_stand_there(words: Words) -> None:
    assert plain(words, "nickel and nickel") == ["nickel", "nickel"]


def test_english_alone_does_not_load_the_korean_analyser() -> None:
    fresh = Words(["투엔"])
    fresh.of("batteries in Munich", "en")
    assert "_loaded" not in vars(fresh)
    assert fresh.of("투엔")[0] == "투엔"
    assert "_loaded" in vars(fresh)


def test_threads_share_one_analyser() -> None:
    fresh, found = Words(["투엔"]), []
    threads = [threading.Thread(target=lambda: found.append(fresh._kiwi)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(map(id, found))) == 1


def test_names_are_written_in_capitals_or_within_a_sentence(words: Words) -> None:
    assert words.names("Does Northvolt or BASF invest here?", "en") == ["northvolt", "basf"]
    assert words.names("Investiert Northvolt oder BASF hier?", "de") == ["northvolt", "basf"]
    assert words.names("Wie groß ist die Halle in Quadratmetern, und was kostet ein Stand?", "de") == []


@pytest.mark.parametrize(
    "text", ["", "\0", "😀👩‍🔬", "\ud800", "투엔\0은", "\u202eabc", "...", "_", "ㅋㅋㅋ", "é́" * 50]
)
def test_odd_texts_give_words_or_none_and_never_an_error(words: Words, text: str) -> None:
    assert all(isinstance(word, str) and word for word in words.of(text))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "ko", "en", "de", "fr"]))
def test_any_text_gives_the_same_words_each_time(words: Words, text: str, language: str) -> None:
    found = words.of(text, language)
    assert found == words.of(text, language)
    assert not any(character.isspace() for word in found for character in word)
