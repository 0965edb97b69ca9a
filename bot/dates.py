"""Dates as a person writes them, per language. Documents give a day, a month or only a year. Pure."""

from __future__ import annotations

import re

from bot.characters import clean
from bot.texts import say

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def spoken(iso: str, language: str) -> str:
    """``2025-05-09`` -> "9. Mai 2025"; what is no ISO date stays as the document has it."""
    match = _ISO.fullmatch(iso)
    if match is None:
        return " ".join(clean(iso).split())
    year, month, day = match.groups()
    if month is None:
        return year
    months = [name.strip() for name in say(language, "dates.months").split(",")]
    if not 1 <= int(month) <= 12:
        return iso
    name = months[int(month) - 1]
    if day is None:
        return say(language, "dates.month", month=name, year=year)
    return say(language, "dates.day", day=int(day), month=name, year=year)


# Who writes 24년 or '24 means a year, where no span of time reads so: 20년 전, 15년간.
_SHORT_YEAR = re.compile(
    r"(?<![\d.,'’])['’]?(?P<ko>1[5-9]|2\d)(?=년(?! ?(?:간|동안|째|만|차|전|후|뒤|이상|이내|가까이|넘|여|정도|걸)))"
    r"|(?<!\w)['’](?P<latin>1[5-9]|2\d)(?!\w)"
)


def with_full_years(text: str) -> str:
    """``text`` with years of two digits written out: 24년 is 2024년."""
    return _SHORT_YEAR.sub(lambda found: f"20{found['ko'] or found['latin']}", text)
