"""Opening hours -> the slots of a fair, and slots -> opening hours. Pure.

Staff write wall time of the venue. It becomes UTC here, once: on the night the clocks change an hour of opening is
still an hour, and a time that is skipped or comes twice is refused instead of guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice

from bot.meetings import Slot
from bot.office.cells import DAY, Unreadable
from bot.times import NoSuchTime, at, bounds
from bot.zones import Zone

MOST_SLOTS = 20_000

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Hours:
    """When teams can be met, cut into slots; minutes count from midnight at the venue. A place is a table or a room."""

    where: str  # in the file, for whoever has to correct it
    teams: tuple[str, ...]
    days: tuple[date, ...]
    start: int
    end: int
    minutes: int
    gap: int  # between two slots
    places: tuple[str, ...] = ("",)
    capacity: int = 1
    before: int = 0
    after: int = 0
    open: bool = True


@dataclass(frozen=True)
class Closed:
    """When nobody can be met: lunch, a tour. Without teams it is for all, without days for every day."""

    where: str
    teams: tuple[str, ...]
    days: tuple[date, ...]
    start: int = 0
    end: int = DAY


def expand(hours: Iterable[Hours], closed: Sequence[Closed], zone: Zone) -> tuple[list[Slot], list[str]]:
    """The slots, by time, and what is wrong with the rows they came from."""
    found: list[tuple[Slot, str]] = []
    wrong: list[str] = []
    breaks = _Breaks(closed, zone)
    for row in hours:
        for day in row.days:
            try:
                span = _moment(row.start, day, zone), _moment(row.end, day, zone)
                fitting = ((slot, row.where) for slot in _slots(row, span, zone) if not breaks.touch(slot, day))
                found += islice(fitting, MOST_SLOTS + 1 - len(found))
            except Unreadable as error:
                wrong.append(f"{row.where}: {error}")
            if len(found) > MOST_SLOTS:
                return [], [*wrong, f"{row.where}: there are more than {MOST_SLOTS:,} slots; import fewer days at once"]
    wrong += breaks.wrong
    wrong += _collisions(found, zone)
    return sorted((slot for slot, _ in found), key=lambda slot: (slot.starts_at, slot.team_id, slot.place)), wrong


def runs(slots: Iterable[Slot], zone: Zone) -> list[dict[str, object]]:
    """The slots as rows of opening hours, one for each run of equal slots with equal gaps."""

    def kind(slot: Slot) -> tuple[object, ...]:
        day = slot.starts_at.astimezone(zone).date()
        length = slot.ends_at - slot.starts_at
        return day, slot.team_id, slot.place, length, slot.capacity, slot.before, slot.after, slot.open

    rows = []
    for _, equal in groupby(sorted(slots, key=lambda slot: (kind(slot), slot.starts_at)), key=kind):
        run: list[Slot] = []
        for slot in equal:
            gap = slot.starts_at - run[-1].ends_at if run else timedelta()
            if len(run) > 1 and gap != run[1].starts_at - run[0].ends_at:
                rows.append(_row(run, zone))
                run = []
            run.append(slot)
        rows.append(_row(run, zone))
    return [row for row in rows if row]


def _row(run: list[Slot], zone: Zone) -> dict[str, object]:
    first, last = run[0], run[-1]
    start, end = first.starts_at.astimezone(zone), last.ends_at.astimezone(zone)
    midnight = end.time() == time() and end.date() == start.date() + timedelta(days=1)
    if end.date() != start.date() and not midnight:
        return {}  # closed long ago, when the fair was in another zone: no opening hours say that
    return {
        "team": first.team_id,
        "days": start.date(),
        "from": start.time(),
        "to": "24:00" if midnight else end.time(),
        "minutes": (first.ends_at - first.starts_at) // timedelta(minutes=1),
        "gap": (run[1].starts_at - first.ends_at if len(run) > 1 else timedelta()) // timedelta(minutes=1),
        "place": first.place,
        "capacity": first.capacity,
        "before_minutes": first.before // timedelta(minutes=1),
        "after_minutes": first.after // timedelta(minutes=1),
        "open": first.open,
    }


def _slots(row: Hours, span: Span, zone: Zone) -> Iterator[Slot]:
    length, step = timedelta(minutes=row.minutes), timedelta(minutes=row.minutes + row.gap)
    before, after = timedelta(minutes=row.before), timedelta(minutes=row.after)
    start, end = span
    if start + length > end:
        raise Unreadable(f"no slot of {row.minutes} minutes fits between from and to")
    while start + length <= end:
        for team in row.teams:
            for place in row.places:
                yield Slot(0, team, start, start + length, zone.key, place, row.capacity, before, after, open=row.open)
        start += step


class _Breaks:
    """The closed times of each team and day, joined, so that even many of them are found quickly."""

    def __init__(self, closed: Sequence[Closed], zone: Zone) -> None:
        self._closed = closed
        self._zone = zone
        self._joined: dict[tuple[str, date], list[Span]] = {}
        self.wrong: list[str] = []

    def touch(self, slot: Slot, day: date) -> bool:
        """Whether the slot, of which the buffers do not matter, lies in a closed time."""
        key = slot.team_id, day
        if key not in self._joined:
            self._joined[key] = self._join(*key)
        spans = self._joined[key]
        first = bisect_left(spans, slot.starts_at, key=lambda span: span[1])
        return any(start < slot.ends_at and slot.starts_at < end for start, end in spans[first : first + 2])

    def _join(self, team: str, day: date) -> list[Span]:
        joined: list[Span] = []
        for row in self._closed:
            if (not row.teams or team in row.teams) and (not row.days or day in row.days):
                try:
                    start, end = _moment(row.start, day, self._zone, 0), _moment(row.end, day, self._zone, -1)
                    joined.append((start, end))
                except Unreadable as error:
                    self.wrong.append(f"{row.where}: {error}")
        joined.sort()
        apart: list[Span] = []
        for start, end in joined:
            if apart and start <= apart[-1][1]:
                apart[-1] = apart[-1][0], max(end, apart[-1][1])
            else:
                apart.append((start, end))
        return apart


def _moment(minute: int, day: date, zone: Zone, which: int | None = None) -> datetime:
    """The moment; of a time that comes twice the first (0) or the second (-1), or none of them."""
    if minute == DAY:
        return bounds(day, zone)[1]
    if minute == 0 and which is not None:
        return bounds(day, zone)[0]
    try:
        moments = at(day, time(minute // 60, minute % 60), zone)
    except NoSuchTime as error:
        raise Unreadable(str(error)) from error
    if len(moments) > 1 and which is None:
        wall = f"{day} {minute // 60:02}:{minute % 60:02}"
        raise Unreadable(f"{wall} comes twice in {zone.key}, as the clocks go back. Take another time.")
    return moments[which or 0]


def _collisions(found: list[tuple[Slot, str]], zone: Zone) -> Iterator[str]:
    """Two slots at one place at one time, or the very same slot twice. A closed slot is in nobody's way."""

    def at_place(slot: Slot) -> tuple[str, str]:
        return ("", slot.place.casefold()) if slot.place else (slot.team_id, "")

    told: set[tuple[str, str]] = set()
    seen: dict[tuple[str, datetime, str], str] = {}
    last: dict[tuple[str, str], tuple[Slot, str]] = {}
    for slot, where in sorted(found, key=lambda one: (one[0].starts_at, one[0].ends_at)):
        same = slot.team_id, slot.starts_at, slot.place
        other = seen.get(same, "")
        if slot.open:
            before = last.get(at_place(slot))
            if before and slot.starts_at < before[0].ends_at:
                other = other or before[1]
            if not before or slot.ends_at > before[0].ends_at:
                last[at_place(slot)] = slot, where
        seen[same] = where
        if other and (other, where) not in told:
            told.add((other, where))
            place = f"at {slot.place}" if slot.place else f"of {slot.team_id}"
            yield (
                f"{where}: the slot {place} on {slot.starts_at.astimezone(zone):%Y-%m-%d at %H:%M} "
                f"overlaps one of {other}"
            )
