"""What a text mentions of time: days, clock times, zones, each with all its readings. phrases.py decides between them. Pure.

A mention of a day is a function of today, because today is another one in the zone that the text may name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import TypeVar

from bot import times, zones
from bot.phrases import timewords as words
from bot.phrases.timewords import DAY, PART, TIME
from bot.zones import Zone

_Days = Callable[[date], tuple[date, ...]]  # today -> the days that are meant
_Clock = tuple[int, str, bool]  # minutes after midnight, half of the day, by 24 hours
_T = TypeVar("_T", date, int)
_HALF_YEAR = timedelta(days=182)


def _agreed(readings: list[tuple[_T, ...]]) -> tuple[set[_T], bool]:
    """What all mentions have in common ("15:00 (3 pm)"), or else everything that was said; and whether they agree."""
    sets = [set(reading) for reading in readings]
    common = set.intersection(*sets) if sets else set()
    return common or set().union(*sets), bool(common) or not sets


def _dated(day: int, month: int, year: int, today: date) -> date:
    found = date(year or today.year, month, day)
    return date(today.year + 1, month, day) if not year and today - found > _HALF_YEAR else found


def _from_today(days: int) -> _Days:
    return lambda today: (today + timedelta(days=days),)


def _on_the(day: int) -> _Days:
    """The next day of this number: "the 17th"; a ValueError if that month has none."""

    def days(today: date) -> tuple[date, ...]:
        month = today if day >= today.day else today.replace(day=1) + timedelta(days=32)
        return (month.replace(day=day),)

    return days


def _weekday(number: int, kind: str, today: date) -> tuple[date, ...]:
    """The days that a weekday can mean today."""
    ahead = (number - today.weekday()) % 7
    nearest, next_week = today + timedelta(days=ahead), today + timedelta(days=7 - today.weekday() + number)
    if kind == "past":
        return (nearest - timedelta(days=7),)
    if kind in ("", "coming") and ahead == 0:
        return nearest, nearest + timedelta(days=7)
    if kind in ("next", "english"):
        week_on = {next_week, nearest if ahead else next_week}
        if kind == "english" and today.weekday() == 6:
            week_on.add(next_week + timedelta(days=7))
        return tuple(week_on)
    return (nearest,)


@dataclass
class Mentions:
    """A text while it is read: what was found in it, and what of it is left."""

    text: str
    left: str = field(init=False)
    days: list[_Days] = field(default_factory=list)
    weekdays: list[tuple[int, str]] = field(default_factory=list)
    clocks: list[tuple[int, ...]] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=list)
    zones: list[tzinfo] = field(default_factory=list)
    vague: bool = False  # a day was said that is not understood here
    torn: bool = False  # several times were said: none is taken, even if all the others are past

    def __post_init__(self) -> None:
        self.left = self.text

    def scan(self, now: datetime, venue: Zone) -> None:
        """Everything of time in the text; each finding is struck out before the next is looked for."""
        for _ in self.take(words.NOISE, " "):
            pass
        self.vague = bool(words.VAGUE.search(self.text))
        for pattern in words.ZONES:
            for match in pattern.finditer(self.left):
                self.zone(match, venue)
        for pattern in words.DATES:
            for match in self.take(pattern, DAY):
                self.dated(match)
        if words.NO_MONTH.search(self.left):
            raise ValueError(self.text)
        for pattern in words.LATER:
            for match in self.take(pattern, TIME):
                self.later(match.groupdict(), now)
        clocks = [self.shifted(match) for pattern in words.SHIFTED for match in self.take(pattern, TIME)]
        for pattern in words.CLOCKS:
            for match in pattern.finditer(self.left):
                if not (match.groupdict().get("post") == "am" and words.GERMAN_AM.match(self.text, match.end())):
                    self.strike(match, TIME)
                    clocks.append(self.clock(match.groupdict()))
        self.clocks = [(720,) for _ in self.take(words.NOON, TIME)] + [
            (0, 1440) for _ in self.take(words.MIDNIGHT, TIME)
        ]
        if words.THIS_PART.search(self.left):
            self.days.append(lambda today: (today,))
        halves = {name for name, pattern in words.HALVES.items() for _ in self.take(pattern, PART)}
        for _ in self.take(words.MITTAG, PART if clocks else TIME):
            halves.add("noon")
            self.clocks += [] if clocks else [(720,)]
        common = halves.pop() if len(halves) == 1 else ""
        for read in clocks:  # "2–4 pm" is one mention of several times
            self.clocks.append(
                tuple(m for total, half, exact in read for m in words.readings(total, half or common, exact))
            )
        for days, pattern in words.RELATIVE:
            for _ in self.take(pattern, DAY):
                self.days.append(_from_today(days))
        for weeks, pattern in words.WEEKS:
            for match in self.take(pattern, DAY):
                self.week(weeks, "week" in match[0].lower())
        for match in words.WEEKDAY.finditer(self.left):
            self.weekday(match)
        for match in self.take(words.DOM, DAY):
            self.days.append(_on_the(int(next(filter(None, match.groups())))))
        for match in words.SLASH.finditer(self.left):
            self.slash(match)
        undated = not self.days and not self.weekdays
        self.vague = self.vague or bool(words.LEFT.search(self.left)) or (undated and words.nearly_a_day(self.left))

    def take(self, pattern: re.Pattern[str], mark: str) -> Iterator[re.Match[str]]:
        for match in pattern.finditer(self.left):
            self.strike(match, mark)
            yield match

    def strike(self, match: re.Match[str], mark: str, before: int = 0) -> None:
        start, end = match.start() + before, match.end()
        self.left = self.left[:start] + mark * (end - start) + self.left[end:]

    def rest(self) -> str:
        left = re.sub(rf"\b(?:at|on|um|am|den|gegen)\s+(?=[{DAY}{TIME}{PART}])", "", self.left, flags=re.IGNORECASE)
        return " ".join(
            re.sub(rf"[{DAY}{TIME}{PART}]+(?:에는?|쯤|요|부터|까지|이나|나|은|는)?(?![가-힣])", " ", left).split()
        ).strip(" ,.;:()")

    def doubtful(self) -> bool:
        return self.torn or bool(words.DOUBT.search(self.left))

    def zone(self, match: re.Match[str], venue: Zone) -> None:
        said, before = match.groupdict(), 0
        if said.get("offset"):
            digits = re.sub(r"\D", "", match[0]) or "0"  # 9, 0900
            east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
            found: list[tzinfo] = [timezone(-east if "-" in match[0] else east)]
        elif short := said.get("short") or said.get("before"):
            found = [zones.zone(name) for name in zones.named(short)]
            if (
                strict := times.offset(short.upper())
            ) is not None:  # "CET" in summer: the hour of the word, or of the clocks?
                found.append(timezone(strict))
        elif place := next((said[key] for key in ("place", "maybe", "there", "after", "ahead") if said.get(key)), None):
            while not (names := zones.named(place)) and " " in place:  # "Uhr Berliner": the fewer words, the likelier
                place = place.partition(" ")[2]
            if not names:
                return
            found, before = [zones.zone(name) for name in names], match[0].rindex(place)
            if not said.get("place") and found != [venue]:  # "3 pm in Berlin": where it is, or whose time?
                found.append(venue)
        else:
            found = [venue]
        self.zones += found
        self.strike(match, " ", before)

    def dated(self, match: re.Match[str]) -> None:
        said = match.groupdict()
        month = next((int(said[key] or 0) for key in ("m", "m1", "m2", "m3", "m4") if said.get(key)), 0)
        if name := said.get("month"):
            month = words.month(name)
        year = int(said.get("year") or said.get("year1") or 0) or (
            2000 + int(said["short"] or 0) if said.get("short") else 0
        )
        days = [int(day) for key in ("lead", "d", "tail") if (day := said.get(key))]
        self.torn = self.torn or len(days) > 1
        if len(days) == 2 and days[0] < days[1] and not words.OR.search(match[0]):
            days = [*range(days[0], days[1] + 1)]
        self.days.append(lambda today: tuple(_dated(day, month, year, today) for day in days))

    def later(self, said: dict[str, str | None], now: datetime) -> None:
        unit = (said.get("unit") or said.get("unit2") or "일").lower()
        number = words.number(said.get("n"))
        if said.get("half"):
            self.instants.append(now + timedelta(minutes=30))
        elif unit in words.MINUTES and words.CHARGING.search(self.text):
            pass  # what a battery takes, not when somebody comes
        elif unit in words.MINUTES:
            self.instants.append(now + number * timedelta(minutes=words.MINUTES[unit]))
        else:
            self.days.append(_from_today(number * (7 if unit in ("주", "주일", "week", "woche") else 1)))

    def shifted(self, match: re.Match[str]) -> list[_Clock]:
        said = match.groupdict()
        hour = words.number(said.get("h") or said.get("halb"))
        minutes = -30 if said.get("halb") else 0
        if part := said.get("part"):
            part = part.lower().removeprefix("a ")
            minutes += words.number(part) * (1 if (said.get("way") or "").lower() in ("nach", "past") else -1)
        elif near := said.get("near"):
            minutes = -15 if near.lower() == "dreiviertel" else -45
        total = hour * 60 + minutes
        return [(total if total >= 60 else total + 720, words.half(said.get("pre") or ""), False)]

    def clock(self, said: dict[str, str | None]) -> list[_Clock]:
        post = re.sub(r"[.\s]", "", said.get("post") or "").upper()
        half = post or words.half(said.get("pre") or "")
        minute = 30 if said.get("half") else words.number(said.get("m"))
        if minute > 59:
            raise ValueError(minute)
        read: list[_Clock] = [(words.number(said["h"]) * 60 + minute, half, (said["h"] or "").startswith("0"))]
        if lead := said.get("lead"):
            self.torn = True
            hours, _, minutes = lead.replace(".", ":").partition(":")
            read.append((int(hours) * 60 + int(minutes or 0), half, lead.startswith("0")))
        return read

    def week(self, weeks: int, english: bool) -> None:
        def days(today: date) -> tuple[date, ...]:
            monday = today + timedelta(days=7 * weeks - today.weekday())
            return tuple(monday + timedelta(days=n) for n in range(14 if english and today.weekday() == 6 else 7))

        self.days.append(days)

    def weekday(self, match: re.Match[str]) -> None:
        said = match.groupdict()
        kind = next((kind for kind in ("past", "skip", "next", "coming") if said[kind]), "")
        short = said["short"]
        if short and not (
            kind or said["on"] or said["close"] is not None or match[0].strip(" .") == self.text.strip(" .?!")
        ):
            return
        english = bool(re.match(r"next|last|this|coming", match[0], re.IGNORECASE))
        self.strike(match, DAY)
        number = words.weekday(said["day"] or "")
        self.vague = self.vague or kind == "skip"
        if short in ("Do", "So") and not kind and not words.GERMAN.search(self.text):  # "So 15:00 works?"
            self.days.append(lambda today: (today, *_weekday(number, "", today)))
        else:
            self.weekdays.append((number, "english" if kind == "next" and english else kind))
        if said["dom"]:
            self.days.append(_on_the(int(said["dom"])))

    def slash(self, match: re.Match[str]) -> None:
        """3/4 is the third of April or the fourth of March, or three quarters, or a Korean's fourth of March."""
        before, after = self.left[: match.start()], self.left[match.end() :]
        alone = not re.search(r"\w", before + after) or bool(re.search(rf"[{DAY}{TIME}{PART}]", self.left))
        if (
            not alone
            and not re.search(r"\b(?:on|am|den)\s+$", before, re.IGNORECASE)
            and not re.match(r"\s*에(?![가-힣])", after)
        ):
            return
        self.strike(match, DAY)
        first, second, year = int(match["a"]), int(match["b"]), int(match["year"] or 0)
        korean = bool(re.search("[가-힣]", self.text))

        def days(today: date) -> tuple[date, ...]:
            orders = [(second, first)] if korean else [(first, second), (second, first)]
            found = [_dated(day, month, year, today) for day, month in orders if day <= 31 and month <= 12]
            if not found:
                raise ValueError(match[0])
            return tuple(found)

        self.days.append(days)

    def meant(self, today: date) -> set[date]:
        """The days all mentions agree on; a weekday beside a date or a week only says which of its days."""
        named = [set(_weekday(number, kind, today)) for number, kind in self.weekdays]
        if not self.days:
            return set().union(*named)
        days, agree = _agreed([read(today) for read in self.days])
        numbers = {number for number, _ in self.weekdays}
        fitting = {day for day in days if day.weekday() in numbers}
        self.torn = self.torn or not agree or (bool(numbers) and not fitting)
        return fitting or days.union(*named)

    def walls(self) -> set[int]:
        """The clock times all mentions agree on, in minutes after midnight."""
        minutes, agree = _agreed(self.clocks)
        self.torn = self.torn or not agree
        return minutes
