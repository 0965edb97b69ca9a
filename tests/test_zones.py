"""Zones: which there are, and which one a visitor means."""

from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from pathlib import Path

import pytest

from bot.zones import ZONES, UnknownZone, city, find, named, suggested, version, zone

ROOT = Path(__file__).resolve().parent.parent


def test_the_pinned_package_is_the_only_database() -> None:
    assert zoneinfo.TZPATH == ()
    assert version() >= "2026f"


def test_a_path_to_another_database_in_the_environment_has_no_say(tmp_path: Path) -> None:
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Seoul").write_bytes(b"no zone at all")
    script = "from bot.zones import zone; from datetime import datetime as d; print(d(2026, 9, 16, tzinfo=zone('Asia/Seoul')))"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "2026-09-16 00:00:00+09:00"


def test_every_zone_a_person_can_choose_is_one_of_the_database() -> None:
    assert len(ZONES) > 400
    assert set(ZONES) <= zoneinfo.available_timezones()
    assert [zone(name).key for name in ZONES] == list(ZONES)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "GMT+9",
            "UTC+9",
            "+09:00",
            "-5",
            "EST",
            "CET",
            "PST8PDT",
            "Etc/GMT-9",
            "Etc/GMT",
            "Etc/Unknown",
            "Factory",
            "GMT",
        ),
        *("posix/Europe/Berlin", "right/Asia/Seoul", "../../etc/passwd", "/etc/localtime", "Europe/../Asia/Seoul"),
        *("", " ", "Seoul", "asia/seoul", "Asia/Seoul ", "Europe/Berlin\0", "Asia", "서울", "x" * 500),
    ],
)
def test_an_offset_an_abbreviation_or_a_path_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownZone, match="Write a place of the tz database such as Asia/Seoul"):
        zone(name)


def test_the_refusal_names_the_zone_that_was_probably_meant() -> None:
    with pytest.raises(UnknownZone, match="Did you mean Asia/Seoul"):
        zone("GMT+9")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_an_old_name_becomes_the_new_one(old: str, new: str) -> None:
    assert zone(old).key == new


def test_a_zone_is_only_suggested_where_a_language_has_one_country_in_mind() -> None:
    assert (suggested("ko"), suggested("de"), suggested("en"), suggested("fr")) == (
        "Asia/Seoul",
        "Europe/Berlin",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *(
            (name, "Asia/Seoul")
            for name in ("Seoul", "서울", "KST", "Korea", "한국", "대한민국", "Südkorea", "Pohang", "포항", "부산")
        ),
        *(
            (name, "Asia/Seoul")
            for name in (
                "Busan",
                "Daegu",
                "인천",
                "Daejeon",
                "UTC+9",
                "GMT+9",
                "+09:00",
                "서울시간",
                "저는 서울에 살아요",
            )
        ),
        *(
            (name, "Europe/Berlin")
            for name in ("Berlin", "베를린", "Munich", "München", "MUENCHEN", "뮌헨", "Deutschland", "독일")
        ),
        *(
            (name, "Europe/Berlin")
            for name in ("Germany", "Köln", "Koeln", "Cologne", "Stuttgart", "함부르크", "프랑크푸르트", "MESZ")
        ),
        *(
            (name, "Europe/Berlin")
            for name in ("Ich bin in Hamburg", "Frankfurt am Main", "berl", "Europe/Berlin", "europe/berlin")
        ),
        *(
            (name, "America/New_York")
            for name in ("New York", "뉴욕", "Boston", "Washington", "USA", "미국", "I live in New York")
        ),
        *(
            (name, "America/Los_Angeles")
            for name in ("San Francisco", "Silicon Valley", "실리콘밸리", "Palo Alto", "San Jose", "LA")
        ),
        *(
            (name, "Asia/Shanghai")
            for name in ("Beijing", "베이징", "Peking", "Shenzhen", "선전", "China", "중국", "상하이")
        ),
        *(
            (name, "Asia/Kolkata")
            for name in ("Delhi", "Mumbai", "Bangalore", "방갈로르", "India", "Indien", "Kolkata")
        ),
        *((name, "Europe/Zurich") for name in ("Geneva", "Genf", "제네바", "Zürich", "Schweiz", "스위스")),
        *(
            ("Milan", "Europe/Rome"),
            ("Mailand", "Europe/Rome"),
            ("Barcelona", "Europe/Madrid"),
            ("Osaka", "Asia/Tokyo"),
        ),
        *(
            ("오사카", "Asia/Tokyo"),
            ("Wien", "Europe/Vienna"),
            ("Kathmandu", "Asia/Kathmandu"),
            ("Nepal", "Asia/Kathmandu"),
        ),
        *(
            ("London", "Europe/London"),
            ("England", "Europe/London"),
            ("Hong Kong", "Asia/Hong_Kong"),
            ("+5:45", "Asia/Kathmandu"),
        ),
        *(("Kanada", "America/Toronto"), ("Russia", "Europe/Moscow"), ("호주", "Australia/Sydney"), ("UTC", "UTC")),
    ],
)
def test_what_a_visitor_types_finds_the_zone(typed: str, first: str) -> None:
    assert find(typed)[0] == first


def test_what_fits_several_zones_brings_them_to_choose_from() -> None:
    assert find("USA")[:4] == ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]
    assert find("CST")[:2] == ["America/Chicago", "Asia/Shanghai"]
    assert find("UTC+9")[:2] == ["Asia/Seoul", "Asia/Tokyo"]
    assert find("UTC+2")[0] == "Europe/Berlin"  # in summer


def test_places_whose_clocks_agree_are_one_choice() -> None:
    assert find("Germany") == ["Europe/Berlin"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "?", "x", "뭐라고요", "keine Ahnung", "what do you mean?", "+25", "12345", "\0", "🙂", "a" * 5000],
)
def test_what_is_no_place_finds_nothing(typed: str) -> None:
    assert find(typed) == []


def test_there_are_never_more_than_six_and_all_can_be_chosen() -> None:
    for typed in ("America", "UTC-5", "San", "Russia", "a", "Port", "CET", "Asia"):
        assert len(find(typed)) <= 6
        assert set(find(typed)) <= set(ZONES)


def test_every_zone_is_found_by_its_city_in_every_language() -> None:
    for language in ("ko", "en", "de"):
        lost = [name for name in ZONES if name not in find(city(name, language))]
        assert lost == [], language


def test_a_name_within_a_sentence_is_not_the_name() -> None:
    assert named("Berliner") == named("Berlin") == ["Europe/Berlin"]
    assert named("free") == named("ich wohne in Berlin") == []


def test_a_city_has_the_name_its_visitors_use() -> None:
    assert (city("Asia/Kathmandu", "ko"), city("Europe/Vienna", "de"), city("America/New_York", "en")) == (
        "카트만두",
        "Wien",
        "New York",
    )
