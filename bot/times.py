"""Moments as people read them, and wall time as moments. Pure.

UTC inside, zones at the rim: zoneinfo adds wall time (02:30 and an hour is two hours on the night the clocks go back), so
whatever is added, compared or stored is UTC, and a zone only comes in where a person reads or writes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date

from bot import zones
from bot.zones import Zone

__all__ = [
    "NoSuchTime",
    "at",
    "both",
    "bounds",
    "clock",
    "day",
    "local_day",
    "moment_text",
    "offset",
    "span",
    "zone_label",
]

_LONG = {"ko": "M월 d일(E)", "de": "E, d. MMMM", "en": "E d MMMM"}
_LONG_WITH_YEAR = {"ko": "y년 M월 d일(E)", "de": "E, d. MMMM y", "en": "E d MMMM y"}
_SHORT = {"ko": "M/d (E)", "de": "E dd.MM.", "en": "E d MMM"}
_AFTER_DATE = {"ko": " ", "de": ", ", "en": ", "}
# What people of the region say themselves, with the hours it stands for. Neither CLDR nor the tz database will do alone:
# CLDR still calls Vancouver's time of winter PST when it has become UTC-7, and the database's CST is also China's and
# Cuba's, its IST also Ireland's and Israel's. An abbreviation that is not here, or stands for other hours, is not shown.
_ABBREVIATIONS = {
    name: float(hours)
    for name, hours in (
        pair.split(":")
        for pair in """UTC:0 GMT:0 BST:1 WET:0 WEST:1 CET:1 CEST:2 EET:2 EEST:3 MSK:3 SAST:2 EAT:3 CAT:2 WAT:1 PKT:5 WIB:7
        HKT:8 AWST:8 KST:9 JST:9 ACST:9.5 ACDT:10.5 AEST:10 AEDT:11 NZST:12 NZDT:13 NST:-3.5 NDT:-2.5 AST:-4 ADT:-3
        EST:-5 EDT:-4 CST:-6 CDT:-5 MST:-7 MDT:-6 PST:-8 PDT:-7 AKST:-9 AKDT:-8 HST:-10""".split()
    )
}
_GERMAN = {"CET": "MEZ", "CEST": "MESZ", "EET": "OEZ", "EEST": "OESZ", "WET": "WEZ", "WEST": "WESZ"}


class NoSuchTime(ValueError):
    """A wall time that the clocks of its zone skip; whoever said it must say another."""

    def __init__(self, wall: datetime, zone: Zone) -> None:
        super().__init__(
            f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks go forward there. Ask for another time."
        )


def both(moment: datetime, venue: Zone, visitor: Zone, language: str, *, year: bool = False) -> tuple[str, str]:
    """The moment at the venue and where the visitor is; the second is empty if it would say the same.

    The second has a day of its own only where it is another day.
    """
    there, here = _local(moment, venue), _local(moment, visitor)
    if there.replace(tzinfo=None) == here.replace(tzinfo=None):
        return moment_text(moment, venue, language, year=year), ""
    if there.date() == here.date():
        return moment_text(moment, venue, language, year=year), _time(moment, visitor, language)
    return moment_text(moment, venue, language, year=year), moment_text(moment, visitor, language, year=year)


def moment_text(moment: datetime, zone: Zone, language: str, *, year: bool = False) -> str:
    """Day, time and zone: `9월 16일(수) 15:00 KST`."""
    return _date(local_day(moment, zone), language, year) + _time(moment, zone, language)


def span(start: datetime, end: datetime, zone: Zone, language: str, *, year: bool = False) -> str:
    """From when to when: `9월 16일(수) 15:00–15:30 KST`, with two days if it ends on another, two zones if clocks change."""
    first, last = local_day(start, zone), local_day(end, zone)
    begin = _date(first, language, year)
    if first != last:
        return f"{begin}{_time(start, zone, language)} – {_date(last, language, year)}{_time(end, zone, language)}"
    if zone_label(zone, start, language) != zone_label(zone, end, language):
        return f"{begin}{_time(start, zone, language)} – {_time(end, zone, language)}"
    return f"{begin}{clock(start, zone)}–{_time(end, zone, language)}"


def day(date: date, language: str) -> str:
    """A day short enough for a button: `9/16 (수)`, `Wed 16 Sep`, `Mi. 16.09.`"""
    language = _known(language)
    return format_date(date, _SHORT[language], locale=language)


def clock(moment: datetime, zone: Zone) -> str:
    """The time on the clocks there, by 24 hours: nobody has to ask which half of the day."""
    return f"{_local(moment, zone):%H:%M}"


def zone_label(zone: Zone, moment: datetime, language: str) -> str:
    """How people call this zone at this moment: `KST`, `MESZ`; without a clear abbreviation `카트만두 (UTC+5:45)`."""
    local = _local(moment, zone)
    offset = local.utcoffset() or timedelta()
    name = local.tzname() or ""
    if _ABBREVIATIONS.get(name) == offset / timedelta(hours=1):
        return _GERMAN.get(name, name) if language == "de" else name
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    shown = f"UTC{'-' if offset < timedelta() else '+'}{hours}" + (f":{minutes:02}" if minutes else "")
    return f"{zones.city(zone.key, _known(language))} ({shown})"


def offset(abbreviation: str) -> timedelta | None:
    """What an abbreviation (KST, MESZ) says strictly, east of UTC; people write CET and mean Berlin in summer, too."""
    english = {german: name for name, german in _GERMAN.items()}.get(abbreviation, abbreviation)
    hours = _ABBREVIATIONS.get(english)
    return None if hours is None else timedelta(hours=hours)


def local_day(moment: datetime, zone: Zone) -> date:
    """The day it is there: what "today" means is judged at the venue, not in UTC."""
    return _local(moment, zone).date()


def bounds(day: date, zone: Zone) -> tuple[datetime, datetime]:
    """The first moment of a day there and the first after it, in UTC: 23 or 25 hours apart when the clocks change."""
    return _start(day, zone), _start(day + timedelta(days=1), zone)


def at(day: date, wall: time, zone: Zone) -> tuple[datetime, ...]:
    """The moments, in UTC, when clocks there show this: one, or two on the night they go back, earlier first.

    A time that is skipped raises NoSuchTime; to shift it in silence would be to book what nobody said.
    """
    local = datetime.combine(day, wall.replace(tzinfo=None))
    moments = sorted({local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})
    shown = tuple(moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local)
    if not shown:
        raise NoSuchTime(local, zone)
    return shown


def _start(day: date, zone: Zone) -> datetime:
    try:
        return at(day, time(), zone)[0]
    except (
        NoSuchTime
    ):  # the clocks go forward over midnight: the day begins where they land, maybe days later (Apia 2011)
        after = datetime.combine(day, time(), UTC) + timedelta(days=2)
        before = after - timedelta(days=4)
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) // 2
            before, after = (before, middle) if local_day(middle, zone) >= day else (middle, after)
        return after.replace(microsecond=0)


def _local(moment: datetime, zone: Zone) -> datetime:
    if moment.utcoffset() is None:  # astimezone would take it for the time of this machine
        raise ValueError(f"{moment} belongs to no zone. Hand on an aware datetime, in UTC.")
    return moment.astimezone(zone)


def _date(day: date, language: str, year: bool) -> str:
    language = _known(language)
    return format_date(day, (_LONG_WITH_YEAR if year else _LONG)[language], locale=language) + _AFTER_DATE[language]


def _time(moment: datetime, zone: Zone, language: str) -> str:
    hour = "Uhr " if language == "de" else ""
    return f"{clock(moment, zone)} {hour}{zone_label(zone, moment, language)}"


def _known(language: str) -> str:
    return language if language in _LONG else "en"
