"""What staff write down becomes teams, members and slots; or they are told everything that is wrong with it."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.meetings import Slot
from bot.office.grid import MOST_SLOTS
from bot.office.programme import ROW, SHOWN, Programme, ProgrammeError, parse

TODAY = date(2026, 3, 2)
SAMPLE = Path(__file__).parent.parent / "bot" / "playground" / "pavilion.toml"
SEOUL = ZoneInfo("Asia/Seoul")


def data(hours: list[dict[str, Any]] | None = None, **tables: Any) -> dict[str, Any]:
    """A small pavilion: one desk, one member, a morning on 16 September."""
    row = {"team": "desk", "days": "2026-09-16", "from": "09:00", "to": "11:00", "minutes": 30}
    return {
        "fair": {"zone": "Asia/Seoul", "chat": -100},
        "team": [{"id": "desk", "name": "Desk"}],
        "member": [{"id": "jihun", "name": "지훈", "teams": "desk", "telegram_id": 201, "language": "ko"}],
        "hours": [row | one for one in hours or [{}]],
    } | tables


def walls(programme: Programme) -> list[str]:
    return [f"{slot.starts_at.astimezone(ZoneInfo(slot.zone)):%m-%d %H:%M}" for slot in programme.slots]


def as_cell(*parts: int) -> datetime:
    """A date as spreadsheets have it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def wrong(given: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ProgrammeError) as caught:
        parse(given, TODAY)
    return caught.value.lines


def test_a_morning_becomes_slots_in_utc() -> None:
    programme = parse(data([{"place": "Table 1", "before_minutes": 5, "after_minutes": 10, "gap": 0}]), TODAY)

    assert walls(programme) == ["09-16 09:00", "09-16 09:30", "09-16 10:00", "09-16 10:30"]
    assert programme.slots[0] == Slot(
        0, "desk", datetime(2026, 9, 16, 0, 0, tzinfo=UTC), datetime(2026, 9, 16, 0, 30, tzinfo=UTC), "Asia/Seoul",
        "Table 1", 1, timedelta(minutes=5), timedelta(minutes=10),
    )  # fmt: skip


def test_teams_and_members_come_with_what_the_file_leaves_out() -> None:
    programme = parse(data(), TODAY)

    (team,), (member,) = programme.teams, programme.members
    assert (team.name("de"), team.chat_id, team.zone, team.fictional) == ("Desk", -100, "Asia/Seoul", False)
    assert (team.notice, team.horizon, team.inquiries) == (timedelta(minutes=60), timedelta(days=60), ())
    assert (member.name, member.teams, member.telegram_id, member.language) == ("지훈", ("desk",), 201, "ko")


def test_without_a_gap_slots_leave_room_for_each_others_buffers() -> None:
    programme = parse(data([{"before_minutes": 5, "after_minutes": 10}]), TODAY)

    assert walls(programme) == ["09-16 09:00", "09-16 09:45", "09-16 10:30"]


def test_tables_side_by_side_each_have_their_slots() -> None:
    programme = parse(data([{"places": "Hall A, Table 1; Hall A, Table 2", "to": "10:00"}]), TODAY)

    assert [slot.place for slot in programme.slots] == ["Hall A, Table 1", "Hall A, Table 2"] * 2


def test_lunch_takes_its_slots_and_leaves_the_others_where_they_were() -> None:
    row = {"from": "11:00", "to": "14:00", "minutes": 45}

    programme = parse(data([row], closed=[{"from": "12:00", "to": "13:00"}]), TODAY)

    assert walls(programme) == ["09-16 11:00", "09-16 13:15"]


def test_a_closed_time_is_for_its_team_and_day_only() -> None:
    teams = [{"id": "desk", "name": "Desk"}, {"id": "other", "name": "Other"}]
    hours = [{"team": "*", "days": ["2026-09-16", "2026-09-17"], "to": "10:00"}]
    closed = [{"team": "other", "day": "2026-09-17"}, {"team": "desk", "day": "2026-09-16", "from": "09:30"}]

    programme = parse(data(hours, team=teams, closed=closed), TODAY)

    assert [(slot.team_id, wall) for slot, wall in zip(programme.slots, walls(programme), strict=True)] == [
        ("desk", "09-16 09:00"),
        ("other", "09-16 09:00"),
        ("other", "09-16 09:30"),
        ("desk", "09-17 09:00"),
        ("desk", "09-17 09:30"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-09-16", ["09-16"]),
        (date(2026, 9, 16), ["09-16"]),
        (as_cell(2026, 9, 16), ["09-16"]),
        ("2026-09-16..2026-09-18", ["09-16", "09-17", "09-18"]),
        ("2026-09-16, 2026-09-18", ["09-16", "09-18"]),
        (["2026-09-16", date(2026, 9, 16), "2026-09-17..2026-09-17"], ["09-16", "09-17"]),
        ("2026-09-30 .. 2026-10-01", ["09-30", "10-01"]),
    ],
)
def test_days_can_be_written_in_these_ways(written: object, read: list[str]) -> None:
    programme = parse(data([{"days": written, "to": "09:30"}]), TODAY)

    assert walls(programme) == [f"{day} 09:00" for day in read]


@pytest.mark.parametrize("written", ["9:00", "09:00", "09:00:00", time(9), timedelta(hours=9), time(8, 59, 59, 999999)])
def test_times_can_be_written_in_these_ways(written: object) -> None:
    assert walls(parse(data([{"from": written, "to": "09:30"}]), TODAY)) == ["09-16 09:00"]


@pytest.mark.parametrize("written", ["24:00", as_cell(1899, 12, 31), timedelta(days=1)])
def test_a_day_can_end_at_midnight(written: object) -> None:
    assert walls(parse(data([{"from": "23:30", "to": written}]), TODAY)) == ["09-16 23:30"]


@pytest.mark.parametrize("written", [30, 30.0, "30", " 30 ", "30.0"])
def test_numbers_can_be_written_in_these_ways(written: object) -> None:
    assert len(parse(data([{"minutes": written}]), TODAY).slots) == 4


def test_days_of_a_fictional_fair_count_from_today() -> None:
    fair = {"zone": "Asia/Seoul", "chat": -100, "fictional": True}

    programme = parse(data([{"days": "today+1..today+2", "to": "09:30"}], fair=fair), TODAY)

    assert walls(programme) == ["03-03 09:00", "03-04 09:00"]
    assert programme.teams[0].fictional


def test_days_of_a_real_fair_do_not() -> None:
    assert wrong(data([{"days": "today+1"}])) == (
        "hours, row 1: days: today+1: only a fictional fair has relative days; write a date like 2026-09-16",
    )


BERLIN = {"zone": "Europe/Berlin", "chat": -100}


@pytest.mark.parametrize(
    ("day", "hours", "slots"),
    [
        ("2026-03-29", ("01:00", "04:00"), ["01:00", "01:30", "03:00", "03:30"]),  # 2:00 to 3:00 does not exist
        ("2026-10-25", ("01:00", "04:00"), ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]),
        ("2026-10-25", ("09:00", "10:00"), ["09:00", "09:30"]),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_change(day: str, hours: tuple[str, str], slots: list[str]) -> None:
    programme = parse(data([{"days": day, "from": hours[0], "to": hours[1]}], fair=BERLIN), TODAY)

    assert [wall.split()[1] for wall in walls(programme)] == slots
    assert {slot.ends_at - slot.starts_at for slot in programme.slots} == {timedelta(minutes=30)}


def test_times_that_are_skipped_or_come_twice_are_refused() -> None:
    skipped = {"days": "2026-03-29", "from": "02:30", "to": "04:00"}
    twice = {"days": "2026-10-25", "from": "01:00", "to": "02:30"}

    lines = wrong(data([skipped, twice], fair=BERLIN))

    assert lines[0].startswith("hours, row 1: 2026-03-29 02:30 does not exist in Europe/Berlin")
    assert lines[1].startswith("hours, row 2: 2026-10-25 02:30 comes twice in Europe/Berlin")


def test_a_closed_time_that_is_skipped_is_refused_once() -> None:
    hours = {"days": "2026-03-29", "from": "01:00", "to": "04:00"}

    lines = wrong(data([hours, hours | {"from": "04:00", "to": "05:00"}], fair=BERLIN, closed=[{"from": "02:15"}]))

    assert len(lines) == 1
    assert lines[0].startswith("closed, row 1: 2026-03-29 02:15 does not exist")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    given = {
        "fair": {"zone": "GMT+9", "chatt": 1},
        "team": [{"id": "Büro", "name": {"ko": "사무실"}, "inquiries": "investt"}, {"id": "desk"}, "desk"],
        "member": [{"id": "jihun", "teams": "nobody", "telegram_id": "@jihun", "language": "fr"}],
        "hours": [
            {"team": "desk", "days": "16.9.2026", "from": "9", "to": "25:00", "minutes": 7},
            {"teams": "desk", "team": "desk", "days": "2026-02-30", "from": "10:00", "to": "09:00", "minutes": 30},
            {"team": "desk", "days": "2026-09-18..2026-09-16", "from": "10:02", "to": "11:00", "minutes": 5, "capacity": 0},
        ],
        "closed": [{}, {"day": "2026-09-16", "from": "12:00", "to": "12:00"}],
        "slots": [],
    }  # fmt: skip

    lines = "\n".join(wrong(given))

    for expected in (
        "unknown table slots; known are fair, team, member, hours, closed",
        "fair: unknown column chatt; known are name, zone, chat, fictional",
        "fair: zone: 'GMT+9' is not a time zone.",
        "team, row 1: id: 'Büro' is no id: use a-z, 0-9 and -, at most 24 characters",
        "team, row 1: name: the English name is missing",
        "team, row 1: inquiries: unknown kind investt; known are invest, supply, research, exhibit, press, other",
        "team, row 1: chat is missing",
        "team, row 2: name is missing",
        "team, row 3: write columns with values: id, name",
        "member, row 1: name is missing",
        "member, row 1: teams: there is no team nobody; there are Büro, desk",
        "member, row 1: telegram_id: '@jihun' is no whole number",
        "member, row 1: language: unknown language fr; known are ko, en, de",
        "hours, row 1: days: '16.9.2026' is no day: write it like 2026-09-16",
        "hours, row 1: from: '9' is no time of day: write it like 09:00",
        "hours, row 1: to: '25:00' is no time of day",
        "hours, row 1: minutes: 7 is no multiple of 5",
        "hours, row 2: team and teams say the same; leave one of them empty",
        "hours, row 2: days: '2026-02-30' is no day of the calendar",
        "hours, row 3: days: '2026-09-18..2026-09-16': the last day is before the first",
        "hours, row 3: from: '10:02': times go in steps of five minutes",
        "hours, row 3: capacity: 0 is no whole number from 1 to 500",
        "closed, row 1: closes everything",
        "closed, row 2: to is not after from",
    ):
        assert expected in lines


def test_rows_are_named_as_the_reader_counted_them() -> None:
    assert wrong(data([{ROW: 7, "minutes": 0}]))[0].startswith("hours, row 7: minutes: 0 is no whole number")


def test_what_must_be_there_once_is_not_there_twice() -> None:
    teams = [
        {"id": "desk", "name": "Desk", "inquiries": ["invest"]},
        {"id": "desk", "name": "Other"},
        {"id": "third", "name": "Third", "inquiries": ["invest", "press"]},
    ]
    members = [{"id": one, "name": "A", "teams": "desk", "telegram_id": 201} for one in ("a", "a", "b")]

    assert wrong(data(team=teams, member=members)) == (
        "team, row 2: id: desk stands in team, row 1, too",
        "member, row 2: id: a stands in member, row 1, too",
        "member, row 2: telegram_id: 201 stands in member, row 1, too",
        "member, row 3: telegram_id: 201 stands in member, row 1, too",
        "team, row 3: inquiries: invest stands in team, row 1, too",
    )


def test_two_meetings_cannot_be_at_one_table() -> None:
    teams = [{"id": "desk", "name": "Desk"}, {"id": "other", "name": "Other"}]
    hours = [{"place": "Table 1"}, {"team": "other", "place": "table 1", "from": "10:15", "to": "10:45"}]

    assert wrong(data(hours, team=teams)) == (
        "hours, row 2: the slot at table 1 on 2026-09-16 at 10:15 overlaps one of hours, row 1",
        "hours, row 1: the slot at Table 1 on 2026-09-16 at 10:30 overlaps one of hours, row 2",
    )


def test_a_team_without_a_place_has_one_slot_at_a_time_and_others_do_not_mind() -> None:
    teams = [{"id": "desk", "name": "Desk"}, {"id": "other", "name": "Other"}]

    assert len(parse(data([{}, {"team": "other"}], team=teams), TODAY).slots) == 8
    assert len(wrong(data([{}, {"from": "10:45", "to": "11:15"}]))) == 1


def test_a_closed_slot_is_in_nobodys_way_but_is_there_once() -> None:
    shifted = {"from": "09:15", "to": "09:45", "open": "no"}

    assert [slot.open for slot in parse(data([{}, shifted]), TODAY).slots] == [True, False, True, True, True]
    assert len(wrong(data([{}, {"open": False}]))) == 1


def test_hours_too_short_for_a_slot_are_told() -> None:
    assert wrong(data([{"to": "09:25"}])) == ("hours, row 1: no slot of 30 minutes fits between from and to",)


def test_a_file_without_teams_is_refused() -> None:
    assert "team: there is none; a file without teams would close everything" in wrong(data(team=[]))


def test_there_is_an_end_to_slots_and_to_errors() -> None:
    many = [{"days": "2026-01-01..2027-01-01", "from": "00:00", "to": "24:00", "minutes": 5, "places": "a;b;c"}]
    lines = wrong(data(many))

    assert len(lines) == 1
    assert f"there are more than {MOST_SLOTS:,} slots" in lines[0]
    with pytest.raises(ProgrammeError, match="… and 50 more") as caught:
        parse(data([{"minutes": 0}] * (SHOWN + 50)), TODAY)
    assert len(caught.value.lines) == SHOWN + 50


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"fair": [], "team": {}, "hours": "all day"},
        {"fair": {"zone": ["Asia/Seoul"]}, "team": [{"id": {}, "name": []}], "member": [None]},
        data([{"days": [["2026-09-16"]]}]),
        data([{"from": True, "to": 0.375, "minutes": float("nan"), "capacity": float("inf"), "gap": 1e300}]),
        data([{"from": as_cell(2026, 1, 1, 9), "team": 7, "place": {"a": 1}}]),
        data(team=[{"id": "desk", "name": "\u200b", "chat": 0}]),
    ],
)
def test_nonsense_is_told_and_never_a_surprise(given: dict[str, Any]) -> None:
    assert wrong(given)


def test_the_sample_is_fictional_throughout_and_always_ahead() -> None:
    sample = tomllib.loads(SAMPLE.read_text("utf-8"))

    programme = parse(sample, TODAY)

    assert all(mark in sample["fair"]["name"][language] for language, mark in
               (("ko", "가상"), ("en", "fictional"), ("de", "fiktiv")))  # fmt: skip
    assert all(team.fictional and set(team.names) == {"ko", "en", "de"} for team in programme.teams)
    assert {slot.starts_at.astimezone(SEOUL).date() for slot in programme.slots} == {
        TODAY + timedelta(days=n) for n in range(1, 6)
    }
    assert sorted(kind for team in programme.teams for kind in team.inquiries) == sorted(
        ["invest", "supply", "research", "exhibit", "press", "other"]
    )
    assert {slot.team_id for slot in programme.slots} == {team.id for team in programme.teams}


@pytest.mark.parametrize("given", [tomllib.loads(SAMPLE.read_text("utf-8")), data()], ids=["sample", "small"])
def test_what_is_written_out_says_the_same(given: dict[str, Any]) -> None:
    programme = parse(given, TODAY)

    assert parse(programme.plain(), date(2099, 1, 1)) == programme


def outcome(given: dict[str, Any]) -> tuple[Programme, tuple[str, ...]]:
    try:
        return parse(given, TODAY), ()
    except ProgrammeError as error:
        return Programme((), (), ()), error.lines


minutes = st.integers(0, 286).map(lambda n: n * 5)
spans = st.tuples(minutes, minutes).map(sorted).filter(lambda span: span[0] < span[1])


@st.composite
def opening(draw: st.DrawFn, first_place: int) -> dict[str, Any]:
    """A row of opening hours, at tables of its own."""
    start, end = draw(spans)
    return {
        "team": draw(st.sampled_from(["desk", "other"])),
        "days": draw(st.sampled_from(["2026-03-28..2026-03-30", "2026-10-24..2026-10-26", "2026-09-16"])),
        "from": f"{start // 60:02}:{start % 60:02}",
        "to": f"{end // 60:02}:{end % 60:02}",
        "minutes": draw(st.sampled_from([5, 15, 30, 50, 90])),
        "places": "; ".join(f"Table {first_place + n}" for n in range(draw(st.integers(1, 2)))),
        "before_minutes": draw(st.sampled_from([0, 5, 10])),
        "after_minutes": draw(st.sampled_from([0, 5])),
        "capacity": draw(st.integers(1, 6)),
    }


@settings(deadline=None)
@given(
    rows=st.integers(1, 4).flatmap(lambda n: st.tuples(*(opening(3 * one) for one in range(n)))),
    closed=st.lists(st.tuples(spans, st.sampled_from([None, "desk"])), max_size=3),
    zone=st.sampled_from(["Asia/Seoul", "Europe/Berlin", "Asia/Kathmandu", "America/Vancouver"]),
)
def test_slots_lie_within_hours_outside_closed_times_and_beside_each_other(
    rows: tuple[dict[str, Any], ...], closed: list[tuple[list[int], str | None]], zone: str
) -> None:
    teams = [{"id": "desk", "name": "Desk"}, {"id": "other", "name": "Other"}]
    breaks = [
        {"from": f"{start // 60:02}:{start % 60:02}", "to": f"{end // 60:02}:{end % 60:02}", "team": team}
        for (start, end), team in closed
    ]
    given = data(list(rows), team=teams, closed=breaks, fair={"zone": zone, "chat": -100})
    programme, lines = outcome(given)

    reasons = ("does not exist", "comes twice", "no slot of")
    assert all(any(reason in line for reason in reasons) for line in lines)
    place = ZoneInfo(zone)
    for slot in programme.slots:
        start, end = slot.starts_at.astimezone(place), slot.ends_at.astimezone(place)
        row = next(row for row in rows if slot.place in row["places"].split("; "))
        assert slot.starts_at.tzinfo is UTC
        assert row["team"] == slot.team_id
        assert row["from"] <= f"{start:%H:%M}"
        assert (f"{end:%H:%M}" if end.date() == start.date() else "24:00") <= row["to"]
        for begin, until in ((one["from"], one["to"]) for one in breaks if one["team"] in (None, slot.team_id)):
            if start.utcoffset() == end.utcoffset():
                assert f"{end:%H:%M}" <= begin or f"{start:%H:%M}" >= until
    for table in {slot.place for slot in programme.slots}:
        there = [slot for slot in programme.slots if slot.place == table]
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(there))
    assert outcome(given) == (programme, lines)
