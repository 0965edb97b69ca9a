"""What can be booked, as staff wrote it down -> teams, members and slots, or everything that is wrong with it. Pure.

The plain structure is what a TOML file gives; ``bot.office.sheets`` makes the same of a workbook. Every error is told at once,
with its table and row: whoever filled in a sheet does not want to import it twenty times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from bot.inquiries import Kind
from bot.meetings import Member, Slot, Team
from bot.office import cells
from bot.office.cells import DAY, Unreadable
from bot.office.grid import Closed, Hours, expand, runs
from bot.texts import LANGUAGES
from bot.zones import UnknownZone, Zone, zone

MOST_TEAMS = 500
MOST_CLOSED = 1_000
SHOWN = 50  # errors; nobody corrects more at a time
ROW = "#"  # the key under which a reader says which row of a sheet a table was

COLUMNS: dict[str, tuple[str, ...]] = {
    "fair": ("name", "zone", "chat", "fictional"),
    "team": ("id", "name", "entity", "chat", "notice_minutes", "horizon_days", "inquiries"),
    "member": ("id", "name", "teams", "telegram_id", "language"),
    "hours": (
        "team", "teams", "day", "days", "from", "to", "minutes", "gap", "place", "places", "capacity",
        "before_minutes", "after_minutes", "open",
    ),
    "closed": ("team", "teams", "day", "days", "from", "to"),
}  # fmt: skip

T = TypeVar("T")
D = TypeVar("D")


class ProgrammeError(ValueError):
    """The programme cannot be taken as it is; each line says where, and what to do."""

    def __init__(self, lines: Sequence[str]) -> None:
        more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        super().__init__("\n".join([*lines[:SHOWN], *more]))
        self.lines = tuple(lines)


@dataclass(frozen=True)
class Programme:
    """Everything that can be booked. The slots have no ids yet: their team, time and place identify them."""

    teams: tuple[Team, ...]
    members: tuple[Member, ...]
    slots: tuple[Slot, ...]

    def plain(self) -> dict[str, Any]:
        """The plain structure that ``parse`` makes this programme of."""
        first = self.teams[0] if self.teams else Team("", {})
        return {
            "fair": {"zone": first.zone, "fictional": first.fictional},
            "team": [
                {
                    "id": team.id,
                    "name": dict(team.names),
                    "entity": team.entity,
                    "chat": team.chat_id,
                    "notice_minutes": team.notice // timedelta(minutes=1),
                    "horizon_days": team.horizon // timedelta(days=1),
                    "inquiries": list(team.inquiries),
                }
                for team in self.teams
            ],
            "member": [
                {
                    "id": member.id,
                    "name": member.name,
                    "teams": list(member.teams),
                    "telegram_id": member.telegram_id or "",
                    "language": member.language,
                }
                for member in self.members
            ],
            "hours": runs(self.slots, zone(first.zone)),
        }


def parse(data: Mapping[str, Any], today: date) -> Programme:
    """The programme in ``data``; ``today`` is where relative days of a fictional fair count from.

    Raises ProgrammeError with everything that is wrong.
    """
    wrong: list[str] = []
    if unknown := [str(table) for table in data if table not in COLUMNS]:
        wrong.append(f"unknown table {', '.join(unknown)}; known are {', '.join(COLUMNS)}")
    fair = _Row("fair", data.get("fair"), "fair", wrong)
    fair.take("name", lambda value: cells.names(value, LANGUAGES), {})
    fictional = fair.take("fictional", cells.yes, False)
    chat = fair.take("chat", _chat, 0)
    place = fair.need("zone", _zone)

    rows = {table: list(_rows(data, table, wrong)) for table in ("team", "member", "hours", "closed")}
    ids = [str(row.values.get("id", "")).strip() for row in rows["team"]]
    teams = [_team(row, chat, fictional, place) for row in rows["team"]]
    members = [_member(row, ids) for row in rows["member"]]
    relative = today if fictional else None
    hours = [_hours(row, ids, relative) for row in rows["hours"]]
    closed = [_closed(row, ids, relative) for row in rows["closed"]]
    _once("id", rows["team"], [team and team.id for team in teams])
    _once("id", rows["member"], [member and member.id for member in members])
    _once("telegram_id", rows["member"], [member and member.telegram_id for member in members])
    for kind in Kind:  # one kind has one desk
        _once("inquiries", rows["team"], [kind.value if team and kind in team.inquiries else None for team in teams])
    if not rows["team"]:
        wrong.append("team: there is none; a file without teams would close everything")
    slots: list[Slot] = []
    if place:
        slots, collisions = expand(filter(None, hours), [row for row in closed if row], place)
        wrong += collisions
    if wrong:
        raise ProgrammeError(list(dict.fromkeys(wrong)))
    return Programme(tuple(filter(None, teams)), tuple(filter(None, members)), tuple(slots))


class _Row:
    """A row of a table: takes values out and notes what is wrong with them."""

    def __init__(self, where: str, values: object, table: str, wrong: list[str]) -> None:
        self.where = where
        self.values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        self.wrong = wrong
        self.sound = True
        if values is not None and not isinstance(values, Mapping):
            self.note(f"write columns with values: {', '.join(COLUMNS[table])}")
        if unknown := [str(key) for key in self.values if key not in (*COLUMNS[table], ROW)]:
            self.note(f"unknown column {', '.join(unknown)}; known are {', '.join(COLUMNS[table])}")

    def note(self, what: str) -> None:
        """This row cannot be taken."""
        self.sound = False
        self.wrong.append(f"{self.where}: {what}")

    def has(self, column: str) -> bool:
        """Whether something stands there."""
        return not cells.empty(self.values.get(column))

    def take(self, column: str, read: Callable[[Any], T], otherwise: D) -> T | D:
        """The value, or ``otherwise`` where nothing stands there or it cannot be read."""
        if not self.has(column):
            return otherwise
        try:
            return read(self.values[column])
        except Unreadable as error:
            self.note(f"{column}: {error}")
            return otherwise

    def need(self, column: str, read: Callable[[Any], T]) -> T | None:
        """The value; without it the row cannot be taken."""
        if not self.has(column):
            self.note(f"{column} is missing")
        return self.take(column, read, None)

    def whole(self, column: str, otherwise: int, least: int, most: int, step: int = 1) -> int:
        """A number, or ``otherwise`` where nothing stands there."""
        return self.take(column, lambda value: cells.whole(value, least, most, step), otherwise)

    def one_or_more(self, one: str, more: str, read: Callable[[Any], T], otherwise: T) -> T:
        """What may stand in either of two columns."""
        if self.has(one) and self.has(more):
            self.note(f"{one} and {more} say the same; leave one of them empty")
        return self.take(more if self.has(more) else one, read, otherwise)


def _rows(data: Mapping[str, Any], table: str, wrong: list[str]) -> Iterable[_Row]:
    found = data.get(table) or []
    most = {"team": MOST_TEAMS, "closed": MOST_CLOSED}.get(table, 20_000)
    if not isinstance(found, list) or len(found) > most:
        wrong.append(f"{table}: write rows, [[{table}]] in TOML, at most {most:,}")
        return
    for n, values in enumerate(found, 1):
        number = values.get(ROW, n) if isinstance(values, Mapping) else n
        yield _Row(f"{table}, row {number}", values, table, wrong)


def _team(row: _Row, chat: int, fictional: bool, place: Zone | None) -> Team | None:
    key = row.need("id", cells.identifier)
    names = row.need("name", lambda value: cells.names(value, LANGUAGES))
    entity = row.take("entity", lambda value: cells.text(value, 64), "")
    chat = row.take("chat", _chat, chat)
    if not chat:
        row.note("chat is missing: the id of the Telegram chat in which its staff get requests; or give one in fair")
    notice = timedelta(minutes=row.whole("notice_minutes", 60, 0, 30 * DAY))
    horizon = timedelta(days=row.whole("horizon_days", 60, 1, 730))
    kinds = row.take("inquiries", _kinds, ())
    if not row.sound or key is None or names is None or place is None:
        return None
    return Team(key, names, entity, chat, notice, horizon, kinds, fictional, place.key)


def _member(row: _Row, ids: list[str]) -> Member | None:
    key = row.need("id", cells.identifier)
    name = row.need("name", cells.text)
    row.need("teams", cells.words)
    teams = row.take("teams", lambda value: _known(value, ids), ())
    person = row.take("telegram_id", lambda value: cells.whole(value, 1, 2**52), None)
    language = row.take("language", _language, "en")
    return Member(key, name, teams, person, language) if row.sound and key and name else None


def _hours(row: _Row, ids: list[str], today: date | None) -> Hours | None:
    teams, days = _whose_and_when(row, ids, today)
    start, end = row.need("from", cells.clock), row.need("to", cells.clock)
    minutes = row.need("minutes", lambda value: cells.whole(value, 5, DAY, 5))
    places: tuple[str, ...] = row.one_or_more("place", "places", _places, ("",))
    capacity = row.whole("capacity", 1, 1, 500)
    before, after = row.whole("before_minutes", 0, 0, DAY, 5), row.whole("after_minutes", 0, 0, DAY, 5)
    gap = row.whole("gap", before + after, 0, DAY, 5)  # with less, a booked slot takes its neighbour's buffers
    is_open = row.take("open", cells.yes, True)
    for one, more in (("team", "teams"), ("day", "days")):
        if not (row.has(one) or row.has(more)):
            row.note(f"{one} is missing")
    if not row.sound or start is None or end is None or minutes is None:
        return None
    if start >= end:
        row.note("to is not after from; a row is for one day, until 24:00 at the latest")
        return None
    return Hours(row.where, teams, days, start, end, minutes, gap, places, capacity, before, after, is_open)


def _closed(row: _Row, ids: list[str], today: date | None) -> Closed | None:
    teams, days = _whose_and_when(row, ids, today)
    start, end = row.take("from", cells.clock, 0), row.take("to", cells.clock, DAY)
    if not (days or row.has("from") or row.has("to")):
        row.note("closes everything; give a day, or from and to")
    if start >= end:
        row.note("to is not after from")
    return Closed(row.where, teams, days, start, end) if row.sound else None


def _whose_and_when(row: _Row, ids: list[str], today: date | None) -> tuple[tuple[str, ...], tuple[date, ...]]:
    teams: tuple[str, ...] = row.one_or_more("team", "teams", lambda value: _known(value, ids), ())
    days: tuple[date, ...] = row.one_or_more("day", "days", lambda value: cells.days(value, today), ())
    return teams, days


def _known(value: object, ids: list[str]) -> tuple[str, ...]:
    wanted = cells.words(value)
    if wanted == ["*"]:
        return tuple(ids)
    if unknown := [team for team in wanted if team not in ids]:
        raise Unreadable(f"there is no team {', '.join(unknown)}; there are {', '.join(ids[:20]) or 'none'}")
    return tuple(wanted)


def _kinds(value: object) -> tuple[str, ...]:
    wanted = cells.words(value)
    if unknown := [kind for kind in wanted if kind not in list(Kind)]:
        raise Unreadable(f"unknown kind {', '.join(unknown)}; known are {', '.join(Kind)}")
    return tuple(wanted)


def _places(value: object) -> tuple[str, ...]:
    return tuple(cells.words(value, ";\n"))


def _language(value: object) -> str:
    if (language := cells.text(value)) not in LANGUAGES:
        raise Unreadable(f"unknown language {language}; known are {', '.join(LANGUAGES)}")
    return language


def _chat(value: object) -> int:
    if not (chat := cells.whole(value, -(2**52), 2**52)):
        raise Unreadable("0 is no chat")
    return chat


def _zone(value: object) -> Zone:
    try:
        return zone(cells.text(value))
    except UnknownZone as error:
        raise Unreadable(str(error)) from error


def _once(column: str, rows: Sequence[_Row], values: Sequence[object]) -> None:
    first: dict[object, str] = {}
    for row, value in zip(rows, values, strict=True):
        if value is not None:
            other = first.setdefault(value, row.where)
            if other != row.where:
                row.note(f"{column}: {value} stands in {other}, too")
