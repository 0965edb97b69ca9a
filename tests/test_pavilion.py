"""A new programme replaces the old one, wholly or not at all; staff do it with a file and a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import select, update

from bot.__main__ import main
from bot.inquiries import Kind
from bot.meetings import Details, Meeting, Refused, Status
from bot.office import sheets
from bot.office.programme import Programme, parse
from bot.office.reports import meetings_table
from bot.store import Store, tables
from bot.store.programme import Changes, Count, WouldBreak

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parent.parent / "bot" / "playground" / "pavilion.toml"
JIHUN, SOFIA, ANNA, JOHN = 201, 202, 102, 103
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


def programme(*, drop: str = "", member: dict[str, Any] | None = None, **hours: Any) -> Programme:
    """Two teams, two members, on 3 March three slots each; ``hours`` changes the desk's."""
    row = {"days": "2026-03-03", "from": "10:00", "to": "11:30", "minutes": 30}
    data: dict[str, Any] = {
        "fair": {"zone": "Asia/Seoul", "chat": -100},
        "team": [
            {"id": "desk", "name": {"ko": "데스크", "en": "Desk"}, "inquiries": ["invest"]},
            {"id": "group", "name": "Group"},
        ],
        "member": [
            {"id": "jihun", "name": "지훈", "teams": ["desk", "group"], "telegram_id": JIHUN, "language": "ko"} | (member or {}),
            {"id": "sofia", "name": "Sofia", "teams": ["desk"], "telegram_id": SOFIA},
        ],
        "hours": [row | {"team": "desk", "place": "Table 1"} | hours, row | {"team": "group", "capacity": 3}],
    }  # fmt: skip
    if drop:
        data["team"] = [one for one in data["team"] if one["id"] != drop]
        left = [one | {"teams": [team for team in one["teams"] if team != drop]} for one in data["member"]]
        data["member"] = [one for one in left if one["id"] != drop and one["teams"]]
        data["hours"] = [one for one in data["hours"] if one["team"] != drop]
    return parse(data, NOW.date())


def request(store: Store, team: str = "desk", n: int = 0, visitor: int = ANNA) -> Meeting:
    slot = store.pavilion.slots(team)[n]
    store.people.agree(visitor, "booking", "1", "en", NOW)
    held = store.requests.hold(slot.id, visitor, "en", NOW)
    store.requests.describe(held.id, visitor, Details("Anna", "Zellwerk", "=1+1", "anna@zellwerk.example"))
    return store.requests.send(held.id, visitor, NOW)


def confirm(store: Store, meeting: Meeting, member: str = "jihun") -> Meeting:
    return store.decisions.confirm(meeting.id, meeting.version, JIHUN, member, NOW)


def everything(store: Store) -> tuple[object, ...]:
    pavilion = store.pavilion
    return pavilion.teams(closed=True), pavilion.members(), pavilion.slots()


def broken(store: Store, changed: Programme, now: datetime = NOW) -> list[tuple[str, str]]:
    """What is in the way; and nothing was changed."""
    before = everything(store)
    with pytest.raises(WouldBreak) as caught:
        store.pavilion.put(changed, now)
    assert everything(store) == before
    return [(one.reference, one.why) for one in caught.value.meetings]


def test_an_import_can_be_read_back(store: Store) -> None:
    changes = store.pavilion.put(programme(), NOW)

    pavilion = store.pavilion
    assert changes == Changes(Count(added=2), Count(added=2), Count(added=6))
    assert [team.id for team in pavilion.teams()] == ["desk", "group"]
    assert [slot.starts_at.hour for slot in pavilion.slots("desk")] == [1, 1, 2]
    assert len({slot.id for slot in pavilion.slots()}) == 6
    assert len(pavilion.slots("group", NOW, datetime(2026, 3, 3, 1, 30, tzinfo=UTC))) == 1
    assert [member.id for member in pavilion.members("group")] == ["jihun"]
    found = pavilion.team("desk"), pavilion.team("nobody")
    assert (found[0] and found[0].name("ko"), found[1]) == ("데스크", None)


def test_staff_are_known_by_their_account_alone(store: Store) -> None:
    store.pavilion.put(programme(), NOW)

    member = store.pavilion.member_by_telegram(SOFIA)

    assert member
    assert (member.id, member.teams) == ("sofia", ("desk",))
    assert store.pavilion.member_by_telegram(ANNA) is None


def test_importing_twice_changes_nothing(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    before = everything(store)

    changes = store.pavilion.put(programme(), NOW)

    assert changes.nothing
    assert changes == Changes(Count(unchanged=2), Count(unchanged=2), Count(unchanged=6))
    assert everything(store) == before


def test_what_nobody_booked_can_change_and_go(store: Store) -> None:
    store.pavilion.put(programme(), NOW)

    changes = store.pavilion.put(programme(minutes=25, gap=5, to="11:00", drop="group"), NOW)

    assert changes == Changes(Count(removed=1, unchanged=1), Count(changed=1, unchanged=1), Count(changed=2, removed=4))
    assert [team.id for team in store.pavilion.teams(closed=True)] == ["desk"]
    assert [slot.ends_at - slot.starts_at for slot in store.pavilion.slots()] == [timedelta(minutes=25)] * 2


def test_a_slot_keeps_its_id_when_it_changes(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    ids = [slot.id for slot in store.pavilion.slots("desk")]

    store.pavilion.put(programme(after_minutes=5, gap=0), NOW)

    assert [slot.id for slot in store.pavilion.slots("desk")] == ids


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({"days": "2026-03-04"}, "its slot would be gone"),
        ({"place": "Table 2"}, "its slot would be gone"),
        ({"minutes": 25, "gap": 5}, "its slot would have other times"),
        ({"after_minutes": 5, "gap": 0}, "its slot would have other times"),
        ({"open": False}, "its slot would be closed"),
    ],
)
def test_a_meeting_in_the_way_is_named_and_nothing_changes(store: Store, hours: dict[str, Any], why: str) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = request(store)

    assert broken(store, programme(**hours)) == [(meeting.id, why)]


def test_the_error_says_whose_meeting_it_is_when_and_how_it_stands(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = confirm(store, request(store))

    with pytest.raises(WouldBreak) as caught:
        store.pavilion.put(programme(days="2026-03-05", drop="group"), NOW)

    assert str(caught.value).splitlines()[:2] == [
        "Nothing was changed. It would break 1 meeting:",
        f"  {meeting.id}  desk  Tue 3 March 2026, 10:00–10:30 KST  confirmed: its slot would be gone",
    ]


def test_every_state_that_counts_on_the_slot_is_in_the_way(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    confirmed, requested = confirm(store, request(store)), request(store, n=1, visitor=JOHN)
    held = store.requests.hold(store.pavilion.slots("desk")[2].id, ANNA, "en", NOW)

    assert {reference for reference, _ in broken(store, programme(place="Table 2"))} == {
        confirmed.id,
        requested.id,
        held.id,
    }


def test_a_hold_that_ran_out_and_meetings_that_ended_are_in_nobodys_way(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    declined = request(store)
    store.decisions.decline(declined.id, declined.version, JIHUN, "busy", NOW)
    store.requests.hold(store.pavilion.slots("desk")[1].id, JOHN, "en", NOW)

    changes = store.pavilion.put(programme(place="Table 2"), NOW + timedelta(minutes=6))

    assert changes.slots == Count(added=3, removed=3, unchanged=3)
    slots = [(slot.place, slot.open) for slot in store.pavilion.slots("desk")]
    assert sorted(slots) == [("Table 1", False)] * 2 + [("Table 2", True)] * 3
    assert store.agenda.meeting(declined.id).status == Status.DECLINED
    assert store.pavilion.put(programme(place="Table 2"), NOW + timedelta(minutes=6)).nothing


def test_what_is_over_is_in_nobodys_way_and_stays_as_it_was(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = confirm(store, request(store))
    afterwards = meeting.slot.ends_at

    assert store.pavilion.put(programme(after_minutes=5, gap=0), afterwards).slots.changed == 2
    assert store.pavilion.put(programme(days="2026-03-09", after_minutes=5, gap=0), afterwards).slots.removed == 3

    assert store.agenda.meeting(meeting.id).slot.after == timedelta(0)
    assert not store.agenda.meeting(meeting.id).slot.open


def test_a_slot_cannot_become_smaller_than_the_seats_in_use(store: Store) -> None:
    store.pavilion.put(programme(capacity=3), NOW)
    first, second = request(store), request(store, visitor=JOHN)

    assert broken(store, programme(capacity=1)) == [(second.id, "its slot would have too few seats")]
    assert store.pavilion.put(programme(capacity=2), NOW).slots == Count(changed=3, unchanged=3)
    assert (first.seat, second.seat) == (1, 2)


def test_whoever_goes_to_a_meeting_cannot_be_removed(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = confirm(store, request(store), "sofia")

    assert broken(store, programme(drop="sofia")) == [(meeting.id, "Sofia goes, but would be removed")]
    group = confirm(store, request(store, "group", 2), "jihun")
    assert broken(store, programme(member={"teams": ["desk"]})) == [(group.id, "지훈 goes, but would leave the team")]


def test_whoever_went_to_meetings_stays_in_the_records_without_any_right(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = confirm(store, request(store), "sofia")
    store.decisions.cancel(meeting.id, meeting.version, JIHUN, "ill", NOW)

    assert store.pavilion.put(programme(drop="sofia"), NOW).members == Count(removed=1, unchanged=1)

    assert [(member.name, member.teams, member.telegram_id) for member in store.pavilion.members()] == [
        ("Sofia", (), None),
        ("지훈", ("desk", "group"), JIHUN),
    ]
    assert store.pavilion.member_by_telegram(SOFIA) is None
    assert store.pavilion.put(programme(drop="sofia"), NOW).nothing
    assert store.pavilion.whole() == without_ids(store.pavilion.whole())
    assert store.pavilion.put(programme(), NOW).members == Count(changed=1, unchanged=1)


def without_ids(whole: Programme) -> Programme:
    """The programme as its file would say it, but with the slots' ids."""
    ids = {(slot.team_id, slot.starts_at, slot.place): slot for slot in whole.slots}
    again = parse(whole.plain(), date(2099, 1, 1))
    slots = tuple(ids[slot.team_id, slot.starts_at, slot.place] for slot in again.slots)
    return Programme(again.teams, again.members, slots)


def test_members_can_exchange_their_accounts(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    swapped = programme(member={"telegram_id": 999})
    first, second = swapped.members
    crossed = Programme(
        swapped.teams,
        (
            type(first)(first.id, first.name, first.teams, SOFIA, first.language),
            type(second)(second.id, second.name, second.teams, JIHUN, second.language),
        ),
        swapped.slots,
    )

    store.pavilion.put(crossed, NOW)

    found = [store.pavilion.member_by_telegram(account) for account in (SOFIA, JIHUN)]
    assert [member and member.id for member in found] == ["jihun", "sofia"]


def test_a_team_with_a_past_is_closed_and_can_come_back(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    store.people.agree(ANNA, "inquiry", "1", "en", NOW)
    store.inquiries.send(Kind.INVEST, {"organisation": "Zellwerk", "about": "a plant"}, ANNA, "en", NOW)

    only_group = programme(drop="desk")
    store.pavilion.put(only_group, NOW)

    assert [team.id for team in store.pavilion.teams()] == ["group"]
    assert [team.id for team in store.pavilion.teams(closed=True)] == ["group", "desk"]
    assert store.pavilion.put(only_group, NOW).nothing
    assert store.pavilion.put(programme(), NOW).teams == Count(changed=2)
    assert [team.id for team in store.pavilion.teams()] == ["desk", "group"]


def test_a_closed_time_takes_no_more_requests_and_stays_closed_until_reopened(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    start = datetime(2026, 3, 3, 1, 45, tzinfo=UTC)

    closed = store.pavilion.close("desk", start, start + timedelta(minutes=30), NOW)

    assert [f"{slot.starts_at:%H:%M}" for slot in closed] == ["01:30", "02:00"]
    assert len(store.agenda.free("desk", NOW)) == 1
    assert store.pavilion.close("desk", start, start + timedelta(minutes=30), NOW) == []
    again = store.pavilion.put(programme(), NOW)
    assert (again.nothing, again.kept_closed) == (True, 2)
    assert store.pavilion.put(programme(), NOW, reopen=True).slots == Count(changed=2, unchanged=4)
    assert len(store.agenda.free("desk", NOW)) == 3


def test_a_time_with_a_meeting_is_not_closed_not_even_in_part(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = request(store, n=1)
    day = datetime(2026, 3, 3, tzinfo=UTC)

    with pytest.raises(WouldBreak, match=f"{meeting.id}  desk .* requested: its time is to be closed"):
        store.pavilion.close(None, day, day + timedelta(days=1), NOW)

    assert all(slot.open for slot in store.pavilion.slots())
    assert len(store.pavilion.close("group", day, day + timedelta(days=1), NOW)) == 3


def test_nobody_books_a_slot_while_it_goes(store: Store) -> None:
    store.pavilion.put(programme(capacity=3), NOW)
    start = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)

    def visitor(number: int) -> None:
        chance = Random(number)
        for _ in range(8):
            with contextlib.suppress(Refused):
                held = store.requests.hold(chance.choice(store.pavilion.slots()).id, number, "en", NOW)
                if chance.random() < 0.7:
                    store.requests.withdraw(held.id, number, NOW)

    def staff(number: int) -> None:
        chance = Random(number)
        for _ in range(8):
            with contextlib.suppress(WouldBreak):
                place = chance.choice(["Table 1", "Table 2"])
                store.pavilion.put(programme(capacity=3, place=place), NOW, reopen=True)
                store.pavilion.close(chance.choice(["desk", "group"]), start, start + timedelta(hours=1), NOW)

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(visitor, number) for number in range(1000, 1004)]
        work += [pool.submit(staff, number) for number in range(2)]
        for one in work:
            one.result()

    m, s = tables.meetings.c, tables.slots.c
    promised = select(m.id).join(tables.slots, s.id == m.slot_id).where(m.status == "held", s.open.is_(False))
    with store._database.begin() as connection:
        assert list(connection.scalars(promised)) == []
    assert store.agenda.violations() == []


def test_twenty_thousand_slots_are_imported_in_bulk(store: Store) -> None:
    row = {"team": "desk", "days": "2026-03-03..2026-05-10", "from": "00:00", "to": "24:00", "minutes": 5}
    data = {
        "fair": {"zone": "Asia/Seoul", "chat": -100},
        "team": [{"id": "desk", "name": "Desk"}],
        "hours": [row],
    }
    large = parse(data, NOW.date())
    assert 19_000 < len(large.slots) <= 20_000

    assert store.pavilion.put(large, NOW).slots == Count(added=len(large.slots))
    assert store.pavilion.put(large, NOW).nothing


@pytest.fixture
def office(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The commands as staff type them, in a folder of their own."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.err if code else told.out

    return run


def test_the_sample_is_imported_listed_and_closed(office: Any) -> None:
    assert office("slots", "import", str(SAMPLE))[1].splitlines()[0] == "teams: 5 added"
    assert office("slots", "import", str(SAMPLE))[1].startswith("Nothing changed")

    code, lines = office("slots", "list", "--team", "tuen", "--day", "today+1")

    assert code == 0
    assert "fictional" in lines.splitlines()[0]
    assert len(lines.splitlines()) == 15
    assert lines.splitlines()[1].endswith("09:00–09:30  Asia/Seoul  tuen  Demo table 1  0/1  open")
    _, told = office("slots", "close", "--team", "tuen", "--day", "today+1", "--from", "14:00", "--to", "15:00")
    assert told.startswith("Closed 2 slots:")
    assert "2 slots stayed closed" in office("slots", "import", str(SAMPLE))[1]
    assert office("slots", "import", "--reopen", str(SAMPLE))[1].splitlines()[-1] == "slots: 2 changed, 295 unchanged"
    assert len(office("slots", "list")[1].splitlines()) == 298
    assert office("slots", "list", "--day", "2026-01-01")[1] == "There are no such slots.\n"


@pytest.mark.parametrize("suffix", [".xlsx", ".toml"])
def test_what_is_exported_and_imported_changes_nothing(office: Any, suffix: str) -> None:
    office("slots", "import", str(SAMPLE))
    office("slots", "close", "--team", "*", "--day", "today+2", "--from", "10:00", "--to", "11:00")

    code, told = office("slots", "export", f"a{suffix}")

    assert (code, told) == (0, f"a{suffix}: 5 teams, 297 slots\n")
    code, told = office("slots", "import", f"a{suffix}")
    assert told.splitlines() == [
        "Nothing changed: everything was as in the file.",
        "teams: 5 unchanged",
        "members: 2 unchanged",
        "slots: 297 unchanged",
    ]
    assert office("slots", "export", f"a{suffix}")[0] == 2  # it may be the file that staff keep by hand


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["slots", "import", "missing.toml"], "missing.toml cannot be read: No such file"),
        (["slots", "import", "wrong.toml"], "Nothing was changed. wrong.toml needs a look:\nfair: zone is missing\n"),
        (["slots", "list", "--team", "x"], "There is no team x. There are tuen, anpoly, invest, pavilion, tour."),
        (["slots", "list", "--day", "soon"], "'soon' is no day: write it like 2026-09-16"),
        (["slots", "list", "--day", "today+1..today+2"], "is not one day"),
        (["slots", "close", "--team", "tuen", "--day", "today+1", "--from", "25:00"], "'25:00' is no time of day"),
        (["slots", "close", "--team", "tuen", "--day", "today+1", "--from", "15:00", "--to", "14:00"], "--to must be"),
        (["slots", "export", "a.ods"], "a.ods: choose a name that ends in .xlsx or .toml"),
        (["meetings", "export", "a.pdf"], "a.pdf: choose a name that ends in .xlsx or .csv"),
        (["inquiries", "export", "missing/a.csv"], "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(office: Any, tmp_path: Path, words: list[str], told: str) -> None:
    office("slots", "import", str(SAMPLE))
    (tmp_path / "wrong.toml").write_text("[fair]\n")

    code, text = office(*words)

    assert code == 2
    assert told in text
    assert "Traceback" not in text


def test_without_anything_imported_the_commands_say_so(office: Any) -> None:
    assert office("slots", "list") == (2, "There is no team. Import a file first.\n")
    assert office("meetings", "export", "a.csv") == (0, "a.csv: 0 meetings\n")


def test_an_import_in_the_way_of_a_meeting_names_it_to_staff(office: Any, store: Store, tmp_path: Path) -> None:
    store.pavilion.put(programme(), datetime.now(UTC))
    meeting = request(store)
    slots = tables.slots
    with store._database.begin() as connection:  # the meeting is ahead, whenever this test runs
        connection.execute(
            update(slots).values(starts_at=slots.c.starts_at, ends_at=datetime.now(UTC) + timedelta(days=9))
        )
    sheets_file = tmp_path / "a.toml"
    sheets_file.write_text("[fair]\nzone='Asia/Seoul'\nchat=-1\n[[team]]\nid='other'\nname='Other'\n", "utf-8")

    code, text = office("slots", "import", "a.toml")

    assert code == 2
    assert text.startswith("Nothing was changed. It would break 1 meeting:\n")
    assert f"{meeting.id}  desk" in text


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_meetings_are_exported_with_both_times_and_without_formulas(office: Any, store: Store, suffix: str) -> None:
    store.pavilion.put(programme(), NOW)
    meeting = confirm(store, request(store))
    request(store, "group", 2, visitor=JOHN)

    assert office("meetings", "export", f"a{suffix}") == (0, f"a{suffix}: 2 meetings\n")

    if suffix == ".csv":
        lines = Path(f"a{suffix}").read_text("utf-8-sig").splitlines()
        assert lines[1].startswith(
            f"{meeting.id},confirmed,Desk,지훈,Table 1,2026-03-03 10:00,2026-03-03 10:30,2026-03-03 01:00,2026-03-03 01:30,"
            "Anna,Zellwerk,'=1+1,anna@zellwerk.example,en,,Asia/Seoul,2026-03-02 12:00,지훈,"
        )
        return
    sheet = openpyxl.load_workbook(f"a{suffix}")["meetings"]
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert cells["start (Asia/Seoul)"].value == meeting.slot.starts_at.astimezone(SEOUL).replace(tzinfo=None)
    assert cells["start (UTC)"].value == meeting.slot.starts_at.replace(tzinfo=None)
    assert all(cells[name].is_date for name in ("start (Asia/Seoul)", "end (UTC)", "requested (UTC)"))
    assert (cells["topic"].value, cells["topic"].data_type) == ("=1+1", "s")


def test_meetings_are_exported_by_the_days_of_the_venue(office: Any, store: Store) -> None:
    store.pavilion.put(programme(**{"from": "07:00", "to": "08:30"}), NOW)  # the evening before, in UTC
    request(store)

    for words, count in ((["--from", "2026-03-03"], 1), (["--to", "2026-03-02"], 0), (["--to", "2026-03-03"], 1)):
        assert office("meetings", "export", "a.csv", *words)[1].startswith(f"a.csv: {count} meeting")


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_inquiries_are_exported(office: Any, store: Store, suffix: str) -> None:
    store.pavilion.put(programme(), NOW)
    store.people.agree(ANNA, "inquiry", "1", "en", NOW)
    fields = {"organisation": "Zellwerk", "about": "@SUM(1)\nand more; =2", "name": "Anna"}
    inquiry = store.inquiries.send(Kind.INVEST, fields, ANNA, "en", NOW)

    assert office("inquiries", "export", f"a{suffix}") == (0, f"a{suffix}: 1 inquiry\n")

    if suffix == ".csv":
        text = Path(f"a{suffix}").read_text("utf-8-sig")
        assert f"{inquiry.id},invest,open,Desk,2026-03-02 21:00,2026-03-02 12:00," in text
        assert "\"'@SUM(1)\nand more;' =2\"" in text
        return
    sheet = openpyxl.load_workbook(f"a{suffix}")["inquiries"]
    assert [cell.value for cell in sheet[1]][4:6] == ["sent (Asia/Seoul)", "sent (UTC)"]
    assert sheet["E2"].value - sheet["F2"].value == timedelta(hours=9)


def test_a_table_of_several_venues_names_none_in_its_headers(store: Store) -> None:
    store.pavilion.put(programme(), NOW)
    here = request(store)
    there = type(here)(**{**vars(here), "slot": type(here.slot)(**{**vars(here.slot), "zone": "Europe/Berlin"})})

    headers, rows = meetings_table([here, there], store.pavilion.teams())

    assert "start (venue)" in headers
    start, venue = headers.index("start (venue)"), headers.index("venue zone")
    assert [(row[start].hour, row[venue]) for row in rows] == [(10, "Asia/Seoul"), (2, "Europe/Berlin")]


def test_the_sample_can_be_read_by_name_from_the_package() -> None:
    assert sheets.read(SAMPLE)["fair"]["fictional"] is True
