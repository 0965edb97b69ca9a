"""Dates in the notations of three languages, whole or in part -> moments that can be compared. Pure.

2025년 11월 3일, 3 November 2025, 03.11.2025 and 2025. 11. 3. are one day; November 2025, Q4 2025, the second half and
하반기 are parts that a day may fall into. Of a range both ends are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Moment:
    """What a text says of a date at ``start:end``; 0 and "" for what it leaves out."""

    year: int
    month: int
    day: int
    part: str  # H1 H2 Q1 Q2 Q3 Q4 early mid end
    start: int
    end: int

    @property
    def key(self) -> tuple[int, int, int, str]:
        """What it says, wherever it stands."""
        return self.year, self.month, self.day, self.part

    def meets(self, other: Moment, years: Iterable[int] = ()) -> bool:
        """Whether ``other`` says all that this says; ``years`` are those its surroundings name."""
        if self.year and self.year != other.year and (other.year or self.year not in years):
            return False
        if (self.month and self.month != other.month) or (self.day and self.day != other.day):
            return False
        return not self.part or self.part == other.part or other.month in _MONTHS_OF[self.part]


_MONTHS_OF: dict[str, frozenset[int]] = {
    "H1": frozenset(range(1, 7)), "H2": frozenset(range(7, 13)), "Q1": frozenset({1, 2, 3}), "Q2": frozenset({4, 5, 6}),
    "Q3": frozenset({7, 8, 9}), "Q4": frozenset({10, 11, 12}), "early": frozenset({1, 2, 3, 4}),
    "mid": frozenset({5, 6, 7, 8}), "end": frozenset({10, 11, 12}),
}  # fmt: skip
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:Jan(?:uar[y]?)?|Jänner|Feb(?:ruar[y]?)?|Mar(?:ch)?|März|Apr(?:il)?|May|Mai|June?|Juni|July?|Juli|Aug(?:ust)?"
    r"|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)(?![a-zäöü])\.?"
)
_Y = r"(?:19|20)\d\d"
_TO = r"\s*(?:-|–|~|to|bis|and|und|until|through|&)\s*(?:the |zum )?"
_TH = r"(?:st|nd|rd|th|\.)?"
_PARTS: tuple[tuple[str, str], ...] = (
    ("H1", r"상반기|\bH1\b|\bfirst half\b|\berste[ns]? (?:Halbjahr|Jahreshälfte|Hälfte)|\b1H\b"),
    ("H2", r"하반기|\bH2\b|\bsecond half\b|\bzweite[ns]? (?:Halbjahr|Jahreshälfte|Hälfte)|\b2H\b"),
    ("Q1", r"1\s?분기|\bQ1\b|\bfirst quarter\b|\berste[ns]? Quartal"),
    ("Q2", r"2\s?분기|\bQ2\b|\bsecond quarter\b|\bzweite[ns]? Quartal"),
    ("Q3", r"3\s?분기|\bQ3\b|\bthird quarter\b|\bdritte[ns]? Quartal"),
    ("Q4", r"4\s?분기|\bQ4\b|\bfourth quarter\b|\bvierte[ns]? Quartal"),
    ("early", r"초(?=[\s에의까,.)]|$)|\bearly\b|\bbeginning of\b|\bstart of\b|\bAnfang\b"),
    ("mid", r"중반|중순|\bmid-?|\bmiddle of\b|\bMitte\b"),
    ("end", r"말(?=[\s에의까로,.)이]|$)|\blate\b|\bend of\b|\bEnde\b"),
)
_PART = "|".join(f"(?P<p{n}>{pattern})" for n, (_, pattern) in enumerate(_PARTS))
_PATTERNS = (
    re.compile(rf"(?<!\d)(?P<y>{_Y})-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?!\d|-)"),
    re.compile(rf"(?<![\d.])(?P<y>{_Y})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<d>\d{{1,2}})(?!\d)\.?(?:\s*[~–-]\s*(?P<d2>\d{{1,2}})\.?)?"),
    re.compile(rf"(?<![\d./])(?P<d>\d{{1,2}})[./](?P<m>\d{{1,2}})[./](?P<y>{_Y})(?!\d)"),
    re.compile(
        rf"(?:(?P<y>{_Y})\s*년\s*)?(?<!\d)(?P<m>\d{{1,2}})\s*월\s*(?P<d>\d{{1,2}})\s*일?\s*(?:[~–-]|부터|및|과|에서)\s*"
        rf"(?:(?P<y2>{_Y})\s*년\s*)?(?:(?P<m2>\d{{1,2}})\s*월\s*)?(?P<d2>\d{{1,2}})\s*일"
    ),
    re.compile(rf"(?P<y>{_Y})\s*년\s*(?P<m>\d{{1,2}})\s*[~–-]\s*(?P<m2>\d{{1,2}})\s*월"),
    re.compile(rf"(?P<y>{_Y})\s*년\s*(?P<m>\d{{1,2}})\s*월(?:\s*(?P<d>\d{{1,2}})\s*일)?"),
    re.compile(r"(?<![\d.])(?P<m>\d{1,2})\s*월(?:\s*(?P<d>\d{1,2})\s*일(?!간))?(?!\s*생)"),
    re.compile(
        rf"(?<![\d.,])(?P<d>\d{{1,2}}){_TH}(?:\s+(?P<n1>{_MONTH}))?{_TO}(?P<d2>\d{{1,2}}){_TH}\s*(?:of\s+)?(?P<n>{_MONTH})(?:,?\s+(?P<y>{_Y}))?"
    ),
    re.compile(rf"(?<![\d.,])(?P<d>\d{{1,2}}){_TH}\s*(?:of\s+)?(?P<n>{_MONTH})(?:,?\s+(?P<y>{_Y}))?"),
    re.compile(
        rf"(?<![^\W\d_])(?P<n>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:{_TO}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?(?!\d|[.,]\d)(?:,?\s+(?P<y>{_Y}))?"
    ),
    re.compile(rf"(?<![^\W\d_])(?P<n>{_MONTH})(?:,?\s+(?:of\s+)?(?P<y>{_Y}))(?!\d)"),
    re.compile(r"(?<![^\W\d_])(?P<n>January|Januar|February|Februar|March|März|April|Mai|June|Juni|July|Juli|August|September|October|Oktober|November|December|Dezember|(?<=in )May|(?<=to )May|(?<=until )May|(?<=by )May|(?<=about )May)(?![a-zäöü])"),
    re.compile(rf"(?<![\d.,/])(?<!(?<!mid)-)(?P<y>{_Y})\s*(?:년도?)?(?![\d]|,\d{{3}}|\.\d{{3}}|/\d)(?!\s*(?:원|톤|명|개(?![가-힣])|부스|㎡|m2|t\b|tonn|booth|won\b|[Mm]illi|[Bb]illi))"),
)  # fmt: skip
_AFTER = re.compile(rf"\s*[(]?\s*(?:{_PART})(?!\s*(?:of\s|in\s|des\s)*{_Y})")
_OF = re.compile(
    rf"(?:{_PART})(?:\s+(?:of(?:\s+the\s+year)?|des\s+Jahres|im\s+Jahr|in))?\s*(?:the\s+)?$", re.IGNORECASE
)
_ALONE = re.compile(_PART, re.IGNORECASE)


def dates(text: str) -> list[Moment]:
    """What ``text``, in its normal form, says of dates, in order."""
    found: list[Moment] = []
    rest = text
    for pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            if "\0" not in match.group():
                found += _read(match)
        rest = pattern.sub(lambda match: "\0" * len(match.group()), rest)
    found.sort(key=lambda moment: (moment.start, moment.key))
    found = [moment for moment in found if moment.month <= 12 and moment.day <= 31]
    found = _with_parts(found, text)
    return _with_years(found, text)


def without(text: str, found: Iterable[Moment]) -> str:
    """``text`` with the dates blanked."""
    for moment in found:
        text = text[: moment.start] + "\0" * (moment.end - moment.start) + text[moment.end :]
    return text


def _read(match: re.Match[str]) -> Iterable[Moment]:
    of = match.groupdict()
    year, day, start, end = int(of.get("y") or 0), int(of.get("d") or 0), *match.span()
    month = int(of["m"]) if of.get("m") else _month(of.get("n") or "")
    first = _month(of["n1"]) if of.get("n1") else month
    yield Moment(year, first, day, "", start, end)
    if of.get("d2") or of.get("m2"):
        yield Moment(int(of.get("y2") or year), int(of.get("m2") or month), int(of.get("d2") or 0), "", start, end)


def _month(name: str) -> int:
    name = name.lower().replace("mär", "mar").replace("mai", "may").replace("okt", "oct").replace("dez", "dec").replace("jän", "jan")  # fmt: skip
    return _NAMES.index(name[:3]) + 1 if name else 0


def _with_parts(found: list[Moment], text: str) -> list[Moment]:
    """2025년 하반기, H2 2025, Ende 2025: the part belongs to the date beside it."""
    parted = []
    for moment in found:
        part, start, end = "", moment.start, moment.end
        if not moment.day:
            if (after := _AFTER.match(text, moment.end)) and not after.group().lstrip().startswith(("초기", "말씀")):
                part, end = _which(after), after.end()
            elif before := _OF.search(text[: moment.start]):
                part, start = _which(before), before.start()
        parted.append(replace(moment, part=part, start=start, end=end))
    covered = [(moment.start, moment.end) for moment in parted]
    for match in _ALONE.finditer(text):  # "in the second half" with its year somewhere else
        part = _which(match)
        if part[0] in "HQ" and not any(start <= match.start() < end for start, end in covered):
            parted.append(Moment(0, 0, 0, part, *match.span()))
    return sorted(parted, key=lambda moment: (moment.start, moment.key))


def _which(match: re.Match[str]) -> str:
    return _PARTS[next(n for n in range(len(_PARTS)) if match[f"p{n}"])][0]


def _with_years(found: list[Moment], text: str) -> list[Moment]:
    """3. und 4. November 2025, 2025년 5월과 10월, from January to March 2024: the year is said once."""
    years = list(found)
    for n, moment in enumerate(found):
        if moment.year or not (moment.month or moment.part):
            continue
        later = next((one for one in found[n + 1 :] if one.year), None)
        before = next((one for one in reversed(years[:n]) if one.year), None)
        if later and len(text[moment.end : later.start].split()) <= 3:
            years[n] = replace(moment, year=later.year)
        elif before and re.match(
            r"[\s,·~–-]*(?:과|와|및|부터|에서|to|and|or|oder|und|bis)?[\s,]*$", text[before.end : moment.start]
        ):
            years[n] = replace(moment, year=before.year)
    return years
