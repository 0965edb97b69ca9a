"""Dates as people print them -> ISO dates, as exact as printed: ``2025-05-09``, ``2025-05`` or ``2025``."""

from __future__ import annotations

import datetime
import re

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan",
            "february februar feb",
            "march märz mar",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sep sept",
            "october oktober oct okt",
            "november nov",
            "december dezember dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERNS = [
    re.compile(pattern + r"$", re.IGNORECASE)
    for pattern in (
        _YEAR + r"(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?:T[\d:.Z+-]*)?",
        _YEAR + r"[./]\s*(?P<month>\d\d?)(?:[./]\s*(?P<day>\d\d?))?\.?",
        _YEAR + r"년(?:\s*(?P<month>\d\d?)월(?:\s*(?P<day>\d\d?)일)?)?",
        r"(?P<day>\d\d?)\.\s*(?P<month>\d\d?)\.\s*" + _YEAR,
        r"(?:(?P<day>\d\d?)(?:\.|st|nd|rd|th)?\s+)?(?P<name>[a-zä]+)\.?,?\s+" + _YEAR,
        r"(?P<name>[a-zä]+)\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+" + _YEAR,
    )
]


def iso(text: str) -> str:
    """The ISO form of a date, "" when the text is not exactly one."""
    for pattern in _PATTERNS:
        match = pattern.match(text.strip())
        if match is None:
            continue
        found = match.groupdict()
        month = _MONTHS.get((found.get("name") or "").lower(), 0) if "name" in found else int(found["month"] or 0)
        if "name" in found and not month:
            continue
        day = int(found["day"] or 0)
        try:
            datetime.date(int(found["year"]), month or 1, day or 1)
        except ValueError:
            return ""
        return "-".join([found["year"], *(f"{part:02}" for part in (month, day) if part)])
    return ""
