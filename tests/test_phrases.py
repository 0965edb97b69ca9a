"""Phrases: times said in words. The vectors are in data/phrases.toml; each must come out exactly so."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.phrases import Spoken, read
from bot.zones import Zone, zone

DATA = tomllib.loads((Path(__file__).parent / "data" / "phrases.toml").read_text(encoding="utf-8"))
SEOUL = zone("Asia/Seoul")
VECTORS = [
    pytest.param(phrase, id=f"{language}: {phrase[0]} {' '.join(phrase[2:])}".strip())
    for language in ("ko", "en", "de", "other")
    for phrase in DATA[language]["phrases"]
]
NEGATIVES = [text for language in ("ko", "en", "de") for text in DATA[language]["negatives"]]


def moment(text: str, venue: Zone) -> datetime:
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=venue).astimezone(UTC)


def shown(spoken: Spoken, venue: Zone, in_utc: bool) -> str:
    """What was read, in the words of the data file."""

    def clock(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d %H:%MZ}" if in_utc else f"{moment.astimezone(venue):%Y-%m-%d %H:%M}"

    offered = " | ".join(clock(one) for one in spoken.alternatives) or " | ".join(str(day) for day in spoken.days)
    match spoken.problem:
        case "ambiguous":
            return f"? {offered}".strip()
        case "past" | "impossible":
            return f"{spoken.problem} {offered}".strip()
    if not spoken.found:
        return ""
    return clock(spoken.moment) if spoken.moment else str(spoken.day)


@pytest.mark.parametrize("phrase", VECTORS)
def test_a_phrase_means_what_the_table_says(phrase: list[str]) -> None:
    text, meaning, now, name = [*phrase, *([DATA["now"], "Asia/Seoul"][len(phrase) - 2 :])]
    venue = zone(name)

    spoken = read(text, moment(now, venue), venue)

    assert shown(spoken, venue, "Z" in meaning) == meaning
    assert spoken.found
    assert not (spoken.problem and spoken.moment)


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_is_no_time_is_not_read_as_one(text: str) -> None:
    spoken = read(text, moment(DATA["now"], SEOUL), SEOUL)

    assert spoken == Spoken(rest=spoken.rest)


def test_there_are_enough_phrases_of_each_language() -> None:
    for language in ("ko", "en", "de"):
        assert len(DATA[language]["phrases"]) >= 60
        assert len(DATA[language]["negatives"]) >= 15


def test_a_time_without_a_day_is_of_the_day_spoken_of() -> None:
    spoken = read("오후 3시요", moment("2026-09-14 10:00", SEOUL), SEOUL, day=date(2026, 9, 17))

    assert spoken.moment == moment("2026-09-17 15:00", SEOUL)
    assert not spoken.dated


def test_a_day_that_is_said_is_stronger_than_the_day_spoken_of() -> None:
    spoken = read("lieber morgen um 15 Uhr", moment("2026-09-14 10:00", SEOUL), SEOUL, day=date(2026, 9, 17))

    assert (spoken.moment, spoken.dated) == (moment("2026-09-15 15:00", SEOUL), True)


def test_the_day_is_the_venues_though_the_time_was_said_in_another_zone() -> None:
    spoken = read("15 September 2026, 20:00 Berlin time", moment("2026-09-14 10:00", SEOUL), SEOUL)

    assert (spoken.moment, spoken.day) == (moment("2026-09-16 03:00", SEOUL), date(2026, 9, 16))


def test_what_is_left_of_a_text_has_no_words_of_time() -> None:
    spoken = read("Can we meet tomorrow at 3pm about cathodes?", moment("2026-09-14 10:00", SEOUL), SEOUL)

    assert spoken.rest == "Can we meet about cathodes?"


def test_the_last_moment_of_a_day_still_counts_as_that_day() -> None:
    assert read("내일 3시", moment("2026-09-14 23:59", SEOUL), SEOUL).moment == moment("2026-09-15 15:00", SEOUL)
    assert read("내일 3시", moment("2026-09-15 00:00", SEOUL), SEOUL).moment == moment("2026-09-16 15:00", SEOUL)


def test_a_long_letter_is_not_searched_for_a_time() -> None:
    text = "2026 " * 800 + "tomorrow at 3pm"

    assert read(text, moment("2026-09-14 10:00", SEOUL), SEOUL) == Spoken(rest=text)


def test_a_gap_tomorrow_does_not_touch_the_time_of_today() -> None:
    berlin = zone("Europe/Berlin")

    assert read("02:30", moment("2026-03-28 01:00", berlin), berlin).moment == moment("2026-03-28 02:30", berlin)


def test_a_date_in_an_unknown_order_is_only_taken_with_the_digits_it_has() -> None:
    assert read("September, 17th, 2026", moment("2026-09-14 10:00", SEOUL), SEOUL).day == date(2026, 9, 17)
    assert not read("September, 3 fairs in 2026 and 2027", moment("2026-09-14 10:00", SEOUL), SEOUL).found


PIECES = (
    "내일 오늘 오후 3시 세 반 30분 9월 17일 화요일 다음 주 이번 morgen um 15 Uhr halb drei viertel vor am Dienstag nächsten 17.09. Sept "
    "tomorrow at 3pm next Tue on the 17th 3/4 25 99 14:30 31 24:00 noon KST UTC+9 Berlin time Zeit in 2 hours - bis § ¤ ¶ ı ① ４ ٣ not . , 0"
).split(" ")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=8), st.sampled_from(["", " "]))
def test_no_text_breaks_the_reading_and_no_moment_comes_with_a_doubt(pieces: list[str], between: str) -> None:
    now = moment("2026-09-14 10:00", SEOUL)

    spoken = read(between.join(pieces), now, SEOUL)

    assert not (spoken.problem and spoken.moment)
    assert spoken.moment is None or spoken.moment > now
    assert all(one > now for one in spoken.alternatives)
    assert spoken.found or spoken == Spoken(rest=spoken.rest)
