"""Times: what people read, and what their wall time means."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from bot.times import NoSuchTime, at, both, bounds, clock, day, local_day, offset, span, zone_label
from bot.zones import Zone, zone

SEOUL, BERLIN, VANCOUVER = zone("Asia/Seoul"), zone("Europe/Berlin"), zone("America/Vancouver")
EVERY = sorted(zoneinfo.available_timezones())
HOUR = timedelta(hours=1)


def kst(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL).astimezone(UTC)


@cache
def changes(key: str) -> tuple[datetime, ...]:
    """The first moments of new clocks in 2026 and 2027, to the hour; else the equinoxes."""
    there, moment, found = Zone(key), datetime(2026, 1, 1, tzinfo=UTC), []
    while moment < datetime(2028, 1, 1, tzinfo=UTC):
        later = moment + timedelta(days=4)
        if moment.astimezone(there).utcoffset() != later.astimezone(there).utcoffset():
            hour = next(
                h
                for h in range(97)
                if (moment + h * HOUR).astimezone(there).utcoffset() != moment.astimezone(there).utcoffset()
            )
            found.append(moment + hour * HOUR)
        moment = later
    return tuple(found[:4]) or (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))


def test_fifteen_in_seoul_is_eight_in_berlin_until_the_clocks_change() -> None:
    def shown(text: str) -> str:
        return clock(kst(f"{text} 15:00"), BERLIN)

    assert (shown("2026-10-24"), shown("2026-10-25")) == ("08:00", "07:00")
    assert (shown("2026-03-28"), shown("2026-03-29")) == ("07:00", "08:00")
    assert (shown("2027-03-27"), shown("2027-03-28")) == ("07:00", "08:00")
    assert (shown("2027-10-30"), shown("2027-10-31")) == ("08:00", "07:00")


def test_both_times_are_said_with_day_clock_and_zone_in_the_visitors_language() -> None:
    moment = kst("2026-09-16 15:00")

    assert both(moment, SEOUL, BERLIN, "ko") == ("9월 16일(수) 15:00 KST", "08:00 CEST")
    assert both(moment, SEOUL, BERLIN, "en") == ("Wed 16 September, 15:00 KST", "08:00 CEST")
    assert both(moment, SEOUL, BERLIN, "de") == ("Mi., 16. September, 15:00 Uhr KST", "08:00 Uhr MESZ")


def test_in_winter_the_zone_has_its_other_name() -> None:
    assert both(kst("2026-10-25 15:00"), SEOUL, BERLIN, "de")[1] == "07:00 Uhr MEZ"


def test_the_second_time_is_left_out_where_clocks_show_the_same() -> None:
    assert both(kst("2026-09-16 15:00"), SEOUL, SEOUL, "ko")[1] == ""
    assert both(kst("2026-09-16 15:00"), SEOUL, zone("Asia/Tokyo"), "ko")[1] == ""


def test_a_visitor_whose_day_is_another_reads_that_day() -> None:
    moment = kst("2026-09-16 15:00")

    assert both(moment, SEOUL, VANCOUVER, "ko")[1] == "9월 15일(화) 23:00 PDT"
    assert both(moment, SEOUL, VANCOUVER, "de")[1] == "Di., 15. September, 23:00 Uhr PDT"
    assert both(kst("2026-09-16 22:30"), SEOUL, zone("Pacific/Auckland"), "en")[1] == "Thu 17 September, 01:30 NZST"


def test_the_year_is_said_when_asked_for() -> None:
    assert both(kst("2027-01-01 07:00"), SEOUL, BERLIN, "de", year=True) == (
        "Fr., 1. Januar 2027, 07:00 Uhr KST",
        "Do., 31. Dezember 2026, 23:00 Uhr MEZ",
    )
    assert both(kst("2027-01-05 15:00"), SEOUL, SEOUL, "ko", year=True)[0] == "2027년 1월 5일(화) 15:00 KST"
    assert both(kst("2027-01-05 15:00"), SEOUL, SEOUL, "en", year=True)[0] == "Tue 5 January 2027, 15:00 KST"


def test_an_unknown_language_reads_english() -> None:
    assert both(kst("2026-09-16 15:00"), SEOUL, BERLIN, "fr") == both(kst("2026-09-16 15:00"), SEOUL, BERLIN, "en")


def test_a_span_has_one_day_and_two_times() -> None:
    start, end = kst("2026-09-16 15:00"), kst("2026-09-16 15:30")

    assert span(start, end, SEOUL, "ko") == "9월 16일(수) 15:00–15:30 KST"
    assert span(start, end, SEOUL, "en") == "Wed 16 September, 15:00–15:30 KST"
    assert span(start, end, SEOUL, "de") == "Mi., 16. September, 15:00–15:30 Uhr KST"


def test_a_span_over_midnight_has_two_days() -> None:
    text = span(kst("2026-09-16 23:30"), kst("2026-09-17 00:30"), SEOUL, "ko")

    assert text == "9월 16일(수) 23:30 KST – 9월 17일(목) 00:30 KST"


def test_a_span_over_the_change_of_clocks_names_both_zones() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert span(start, start + HOUR, BERLIN, "de") == "So., 25. Oktober, 02:30 Uhr MESZ – 02:30 Uhr MEZ"


def test_a_day_fits_on_a_button() -> None:
    assert [day(date(2026, 9, 16), language) for language in ("ko", "en", "de")] == [
        "9/16 (수)",
        "Wed 16 Sep",
        "Mi. 16.09.",
    ]
    assert [day(date(2028, 2, 29), language) for language in ("ko", "en", "de")] == [
        "2/29 (화)",
        "Tue 29 Feb",
        "Di. 29.02.",
    ]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *(
            ("Asia/Seoul", "KST"),
            ("Europe/London", "BST"),
            ("America/New_York", "EDT"),
            ("Asia/Tokyo", "JST"),
            ("UTC", "UTC"),
        ),
        *(
            ("Asia/Kathmandu", "카트만두 (UTC+5:45)"),
            ("Asia/Kolkata", "콜카타 (UTC+5:30)"),
            ("Asia/Shanghai", "상하이 (UTC+8)"),
        ),
        *(("America/Havana", "하바나 (UTC-4)"), ("Europe/Dublin", "더블린 (UTC+1)"), ("Asia/Manila", "마닐라 (UTC+8)")),
        *(("America/St_Johns", "NDT"), ("Australia/Lord_Howe", "로드 하우 (UTC+10:30)"), ("Europe/Kyiv", "EEST")),
    ],
)
def test_a_zone_is_called_by_an_abbreviation_only_if_it_can_mean_nothing_else(name: str, label: str) -> None:
    assert zone_label(zone(name), kst("2026-09-16 15:00"), "ko") == label


def test_an_abbreviation_always_stands_for_the_hours_it_says() -> None:
    for key in EVERY:
        for change in changes(key):
            for moment in (change - HOUR, change):
                label = zone_label(Zone(key), moment, "en")
                assert "(" in label or offset(label) == moment.astimezone(Zone(key)).utcoffset()


def test_german_labels_are_the_german_words_for_the_same_hours() -> None:
    assert offset("MESZ") == offset("CEST") == timedelta(hours=2)
    assert offset("XYZ") is None


def test_vancouver_keeps_its_summer_time_from_november_2026() -> None:
    def label(month: int, date: int, year: int = 2026) -> tuple[str, str]:
        moment = datetime(year, month, date, 20, tzinfo=UTC)
        return clock(moment, VANCOUVER), zone_label(VANCOUVER, moment, "en")

    assert label(10, 31) == ("13:00", "PDT")
    assert label(11, 2)[0] == label(1, 15, 2027)[0] == label(7, 15, 2027)[0] == "13:00"
    assert label(1, 15, 2027)[1] != "PST"  # that is UTC-8


@pytest.mark.parametrize(
    ("name", "moment", "wall"),
    [
        ("Asia/Kolkata", "2026-09-16 15:00", "11:30"),
        ("Asia/Kathmandu", "2026-09-16 15:00", "11:45"),
        ("Australia/Lord_Howe", "2026-10-03 15:00", "16:30"),
        ("Australia/Lord_Howe", "2026-10-04 15:00", "17:00"),  # half an hour of summer time
        ("Africa/Casablanca", "2026-02-14 15:00", "07:00"),
        ("Africa/Casablanca", "2026-02-16 15:00", "06:00"),  # Ramadan
        ("Pacific/Apia", "2026-09-16 15:00", "19:00"),
        ("America/Vancouver", "2026-12-16 15:00", "23:00"),
    ],
)
def test_named_places_show_the_time_their_law_says(name: str, moment: str, wall: str) -> None:
    assert clock(kst(moment), zone(name)) == wall


def test_today_is_judged_where_one_is() -> None:
    moment = datetime(2028, 2, 28, 23, tzinfo=UTC)

    assert local_day(moment, SEOUL) == date(2028, 2, 29)
    assert local_day(moment, VANCOUVER) == date(2028, 2, 28)


def test_a_day_has_23_or_25_hours_when_clocks_change() -> None:
    def hours(day: date, name: str) -> float:
        start, end = bounds(day, zone(name))
        return (end - start) / HOUR

    assert (hours(date(2026, 3, 29), "Europe/Berlin"), hours(date(2026, 10, 25), "Europe/Berlin")) == (23, 25)
    assert (hours(date(2026, 9, 16), "Europe/Berlin"), hours(date(2028, 2, 29), "Asia/Seoul")) == (24, 24)
    assert (hours(date(2026, 10, 4), "Australia/Lord_Howe"), hours(date(2026, 4, 5), "Australia/Lord_Howe")) == (
        23.5,
        24.5,
    )


def test_a_day_begins_where_the_clocks_land_if_they_skip_midnight() -> None:
    start, end = bounds(date(2026, 4, 24), zone("Africa/Cairo"))

    assert (clock(start, zone("Africa/Cairo")), end - start) == ("01:00", 23 * HOUR)


def test_a_day_that_a_country_skipped_is_empty() -> None:
    start, end = bounds(date(2011, 12, 30), zone("Pacific/Apia"))

    assert start == end == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_wall_time_is_a_moment() -> None:
    assert at(date(2026, 9, 16), time(15), SEOUL) == (datetime(2026, 9, 16, 6, tzinfo=UTC),)


def test_a_skipped_wall_time_is_refused_not_shifted() -> None:
    with pytest.raises(NoSuchTime, match="2026-03-29 02:30 does not exist in Europe/Berlin"):
        at(date(2026, 3, 29), time(2, 30), BERLIN)


def test_a_wall_time_that_comes_twice_is_both_moments() -> None:
    assert at(date(2026, 10, 25), time(2, 30), BERLIN) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Hand on an aware datetime"):
        clock(datetime(2026, 9, 16, 6), SEOUL)  # noqa: DTZ001


def test_in_every_zone_what_is_shown_leads_back_to_the_moment() -> None:
    assert len(EVERY) > 590
    for key in EVERY:
        there = Zone(key)
        for change in changes(key):
            for minutes in (-150, -61, -30, -1, 0, 1, 30, 61, 150):
                moment = change + timedelta(minutes=minutes)
                hour, minute = clock(moment, there).split(":")
                assert moment in at(local_day(moment, there), time(int(hour), int(minute)), there), (key, moment)


def test_in_every_zone_days_follow_each_other_without_gap_or_overlap() -> None:
    for key in EVERY:
        there = Zone(key)
        for change in changes(key):
            today = local_day(change, there)
            start, end = bounds(today, there)
            assert start <= change < end, key
            assert bounds(today + timedelta(days=1), there)[0] == end, key
            assert (local_day(start, there), local_day(end - timedelta(seconds=1), there)) == (today, today), key
            assert local_day(start - timedelta(seconds=1), there) < today, key


def test_in_every_zone_both_times_can_be_said_in_every_language() -> None:
    for key in EVERY:
        for language in ("ko", "en", "de"):
            venue, visitor = both(changes(key)[0], SEOUL, Zone(key), language)
            assert "KST" in venue
            assert visitor == "" or clock(changes(key)[0], Zone(key)) in visitor
