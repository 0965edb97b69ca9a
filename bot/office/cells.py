"""What staff write into a cell -> a value: a day, a time of day, a number, a name. Pure.

A spreadsheet has real dates and numbers or texts that look like them, and TOML has both, too: each is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.characters import clean

LONGEST_RANGE = 366  # days
DAY = 24 * 60  # minutes

_ID = re.compile(r"[a-z0-9-]{1,24}")
_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?")
_RELATIVE = re.compile(r"today(?:\s*\+\s*(\d{1,3}))?")
_YES = frozenset(("yes", "y", "true", "1", "x", "ja", "예"))
_NO = frozenset(("no", "n", "false", "0", "nein", "아니요"))


class Unreadable(ValueError):
    """What stands there cannot be taken; the text says how to write it."""


def empty(value: object) -> bool:
    """Whether nothing stands there."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)


def text(value: object, longest: int = 100) -> str:
    """A text on one line, without characters that nobody sees."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unreadable("write a text")
    plain = " ".join(clean(str(value)).split())
    if not plain:
        raise Unreadable("write a text that can be seen")
    if len(plain) > longest:
        raise Unreadable(f"is longer than {longest} characters")
    return plain


def identifier(value: object) -> str:
    """An id: it stands in links and buttons, so it is short and plain."""
    if not _ID.fullmatch(plain := text(value, 1000)):
        raise Unreadable(f"{_shown(plain)} is no id: use a-z, 0-9 and -, at most 24 characters")
    return plain


def names(value: object, languages: tuple[str, ...]) -> dict[str, str]:
    """A name per language, or one for all."""
    if not isinstance(value, Mapping):
        return {"en": text(value)}
    if unknown := [str(key) for key in value if key not in languages]:
        raise Unreadable(f"unknown language {', '.join(unknown)}; known are {', '.join(languages)}")
    found = {key: text(value[key]) for key in languages if not empty(value.get(key))}
    if "en" not in found:
        raise Unreadable("the English name is missing: it is shown where there is none in the visitor's language")
    return found


def whole(value: object, least: int, most: int, step: int = 1) -> int:
    """A whole number within bounds."""
    number: int | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = int(value) if abs(value) < 1e18 and value == int(value) else None  # False for inf and nan
    elif isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        number = int(value.strip().partition(".")[0])
    if number is None or not least <= number <= most:
        raise Unreadable(f"{_shown(value)} is no whole number from {least} to {most}")
    if number % step:
        raise Unreadable(f"{number} is no multiple of {step}")
    return number


def yes(value: object) -> bool:
    """Yes or no."""
    plain = str(value).strip().lower()
    if isinstance(value, (str, int, bool)) and plain in _YES | _NO:
        return plain in _YES
    raise Unreadable(f"{_shown(value)}: write yes or no")


def clock(value: object) -> int:
    """A time of day as minutes since midnight, in steps of five; 24:00 is the end of the day."""
    minutes: float | None = None
    if isinstance(value, datetime) and value.year < 1901:  # how spreadsheets keep 24:00
        minutes = DAY if value.time() == time() else None
    elif isinstance(value, time) and value.tzinfo is None:
        minutes = value.hour * 60 + value.minute + value.second / 60 + value.microsecond / 60e6
    elif isinstance(value, timedelta):
        minutes = value / timedelta(minutes=1)
    elif isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        minutes = int(match[1]) * 60 + int(match[2])
    if minutes is None or not 0 <= (found := round(minutes)) <= DAY or abs(minutes - found) > 1 / 60:
        raise Unreadable(f"{_shown(value)} is no time of day: write it like 09:00")
    if found % 5:
        raise Unreadable(f"{_shown(value)}: times go in steps of five minutes")
    return found


def days(value: object, today: date | None) -> tuple[date, ...]:
    """One or more days: a date, a list, or ``first..last``. ``today`` is None where relative days are not allowed."""
    found: list[date] = []
    for one in value if isinstance(value, list) else [value]:
        for part in words(one) if isinstance(one, str) else [one]:
            first, dots, last = part.partition("..") if isinstance(part, str) else (part, "", "")
            start = _day(first, today)
            end = _day(last, today) if dots else start
            if not 0 <= (length := (end - start).days) <= LONGEST_RANGE:
                raise Unreadable(f"{_shown(part)}: the last day is before the first or more than a year after it")
            found += [start + timedelta(days=n) for n in range(length + 1)]
    return tuple(sorted(set(found)))


def words(value: object, separators: str = ",;\n") -> list[str]:
    """Several texts: a list, or one text with separators."""
    parts = value if isinstance(value, list) else re.split(f"[{separators}]", text_of_lines(value))
    return list(dict.fromkeys(text(part) for part in parts if not empty(part)))


def text_of_lines(value: object) -> str:
    """A text that may have lines."""
    return clean(value) if isinstance(value, str) else text(value)


def _day(value: object, today: date | None) -> date:
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() and value.tzinfo is None else str(value)
    if isinstance(value, str):
        plain = value.strip()
        if match := _RELATIVE.fullmatch(plain):
            if today is None:
                raise Unreadable(f"{plain}: only a fictional fair has relative days; write a date like 2026-09-16")
            return today + timedelta(days=int(match[1] or 0))
        try:
            value = date.fromisoformat(plain) if re.fullmatch(r"\d{4}-\d\d-\d\d", plain) else plain
        except ValueError as error:
            raise Unreadable(f"{_shown(plain)} is no day of the calendar") from error
    if not isinstance(value, date):
        raise Unreadable(f"{_shown(value)} is no day: write it like 2026-09-16")
    if not 2000 <= value.year <= 2100:
        raise Unreadable(f"{value} is not in this century")
    return value


def _shown(value: object) -> str:
    return repr(clean(value)[:40]) if isinstance(value, str) else str(value)[:40]
