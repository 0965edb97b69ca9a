"""Times said in words, in Korean, English and German: the day and the moment a text names, or that it names several. Pure.

Nothing is guessed in silence: what has two readings comes back as both, and whoever asked shows buttons. The rules:
- "today" is the venue's, and so is the time, unless the text names a zone ("8 Uhr Berliner Zeit", "3pm KST").
- An hour without its half of the day is that of its two readings which lies between 07:00 and 20:00. At 7 and 8 o'clock
  both do, so both come back. A leading zero ("09:00") and hours past 12 are read by 24 hours.
- A weekday is the next one; said on that weekday itself it is today or a week on. "next Tuesday" with a Tuesday of this
  week still to come is either. Weeks begin on Monday; English on a Sunday is asked, because many begin theirs that day.
- A date without a year that has gone by is past; more than half a year ago it is next year's.
- Limits ("before 3"), ranges, several days and a "not" are asked, never taken.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import product
from typing import Literal

from bot import times
from bot.phrases.mentions import Mentions
from bot.phrases.timewords import WRITTEN
from bot.zones import Zone

_SAME = str.maketrans("’İı§¤¶", "'Ii   ")  # letters that patterns which ignore case take for others; our own marks
_LONGEST = 1000  # characters; who writes more is not saying a time, and some patterns look at a text many times over
Problem = Literal["", "past", "impossible", "ambiguous"]


@dataclass(frozen=True)
class Spoken:
    """What a text says of time. With a problem there is no moment: `alternatives`, or `days`, are what it may mean."""

    found: bool = False
    day: date | None = None  # at the venue; also when only a day was said
    moment: datetime | None = None  # UTC, as are the alternatives
    alternatives: tuple[datetime, ...] = ()
    days: tuple[date, ...] = ()
    problem: Problem = ""
    dated: bool = False  # a day was said, not only a time; else it is the day spoken of, or today
    rest: str = ""  # the text without its words of time


def read(text: str, now: datetime, venue_zone: Zone, day: date | None = None) -> Spoken:
    """What a text says of time; `day` is the one already spoken of, for answers that only say a time."""
    if len(text) > _LONGEST:
        return Spoken(rest=text)
    said = Mentions(unicodedata.normalize("NFKC", text).translate(_SAME))
    try:
        said.scan(now, venue_zone)
    except ValueError:  # 31 June, 25:00: no time at all, and nobody may make it the next best
        return Spoken(found=True, problem="impossible", rest=said.rest())
    if not (said.days or said.weekdays or said.clocks or said.instants):
        return _written(said, now, venue_zone)
    if not said.clocks and not said.instants:
        return _of_days(said, times.local_day(now, venue_zone))
    return _of_moments(said, now, venue_zone, day)


def _written(said: Mentions, now: datetime, venue: Zone) -> Spoken:
    """A date with a month's name and a year, in an order not known here. The one thing dateparser is asked for.

    Of the 319 phrases in tests/data it reads 65 rightly and 84 wrongly ("17.09. um 14 Uhr" is in 2114, "Di 9 Uhr" is the
    ninth, "내일 오후 3시" is tomorrow at the hour it is now); so it may only order the digits there are ("Sept/17/2027").
    """
    if not WRITTEN.search(said.text):
        return Spoken(rest=said.rest())
    import dateparser  # slow to import, rarely needed

    settings = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False}
    found = dateparser.parse(said.text, languages=["ko", "en", "de"], settings=settings)
    digits = sorted(int(number) for number in re.findall(r"\d+", said.text))
    if found is None or sorted((found.day, found.year)) != digits:
        return Spoken(rest=said.rest())
    problem: Problem = "past" if found.date() < times.local_day(now, venue) else ""
    return Spoken(True, day=None if problem else found.date(), problem=problem, dated=True)


def _of_days(said: Mentions, today: date) -> Spoken:
    try:
        days = tuple(sorted(said.meant(today)))
    except ValueError:
        return Spoken(found=True, problem="impossible", dated=True, rest=said.rest())
    if said.vague:
        return Spoken(True, problem="ambiguous", dated=True, rest=said.rest())
    ahead = tuple(day for day in days if day >= today)
    if len(ahead) == 1 and not said.doubtful():
        return Spoken(True, day=ahead[0], dated=True, rest=said.rest())
    problem: Problem = "past" if days and not ahead else "ambiguous"
    return Spoken(True, days=ahead, problem=problem, dated=bool(days), rest=said.rest())


def _of_moments(said: Mentions, now: datetime, venue: Zone, day: date | None) -> Spoken:
    moments = {moment.astimezone(UTC) for moment in said.instants}
    skipped, dated = False, bool(said.days or said.weekdays)
    tomorrow: list[tuple[date, int, tzinfo]] = []
    for zone in said.zones or [venue]:
        todays = {times.local_day(now, venue), now.astimezone(zone).date()}  # whose today was meant nobody knows
        try:
            days = set().union(*(said.meant(today) for today in todays)) if dated else {day} if day else todays
        except ValueError:
            return Spoken(found=True, problem="impossible", dated=True, rest=said.rest())
        for spoken, minutes in product(days, said.walls()):
            tomorrow.append((spoken + timedelta(days=1), minutes, zone))
            found = _at(spoken, minutes, zone)
            skipped = skipped or not found
            moments.update(found)
    ahead, rest = _ahead(moments, now), said.rest()
    if said.vague:
        return Spoken(True, problem="ambiguous", dated=dated, rest=rest)
    if len(ahead) == 1 and not skipped and not said.doubtful():
        return Spoken(True, times.local_day(ahead[0], venue), ahead[0], dated=dated or bool(said.instants), rest=rest)
    if ahead:
        return Spoken(True, alternatives=ahead, problem="ambiguous", dated=dated, rest=rest)
    if skipped:
        return Spoken(True, problem="impossible", dated=dated, rest=rest)
    later = () if dated or day else _ahead({moment for when in tomorrow for moment in _at(*when)}, now)
    return Spoken(True, alternatives=later, problem="past", dated=dated, rest=rest)


def _ahead(moments: set[datetime], now: datetime) -> tuple[datetime, ...]:
    return tuple(sorted(moment for moment in moments if moment > now))


def _at(day: date, minutes: int, zone: tzinfo) -> tuple[datetime, ...]:
    """The moments of a wall time, none if the clocks skip it; past 24 hours it is of the next day."""
    day, wall = day + timedelta(days=minutes // 1440), time(minutes % 1440 // 60, minutes % 60)
    if not isinstance(zone, Zone):
        return (datetime.combine(day, wall, zone).astimezone(UTC),)
    try:
        return times.at(day, wall, zone)
    except times.NoSuchTime:
        return ()
