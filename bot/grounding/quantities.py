"""Amounts, counts and ordinals in three notations -> values that can be compared. Pure.

2조 원, KRW 2 trillion, 2,000 billion won and 2 Billionen Won are one value: a German Billion is 10^12, an English one
10^9, and 1.200 is a thousand here and one and a fifth there. Where a notation leaves two readings, both are kept.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.grounding.units import NOUNS, SCALES, UNITS, WORDED

APPROXIMATE = 0.015  # "about 1.5" for 1.48; a pyeong is rounded as well
EXACT = 1e-9
UNITLESS = 100  # a smaller number without a unit counts something else than a measured one


@dataclass(frozen=True)
class Quantity:
    """A number that a text states at ``start:end``, in the base of its ``unit`` ("" for a mere count)."""

    readings: tuple[float, ...]
    unit: str
    start: int
    end: int
    bound: str = ""  # "<" for at most, ">" for more than, "~" for about
    noun: str = ""  # what is counted, where the text says it in a word that is known here
    worded: bool = False  # "three", 세: so small that a text may show it by naming three things
    factor: float = 1.0  # what its unit is of the base
    scale: float = 1.0  # thousand, million

    def meets(self, other: Quantity) -> bool:
        """Whether both state the same; "up to" and "more than" exclude each other."""
        nouns = {self.noun, other.noun} - {""}
        if {self.bound, other.bound} == {"<", ">"} or (len(nouns) == 2 and "thing" not in nouns):
            return False
        one, two = self.readings, other.readings
        if self.unit != other.unit:
            units = {self.unit, other.unit}
            if units != {"", "ordinal"}:  # campus 4 is the fourth campus
                if "" not in units or self.noun or other.noun:
                    return False
                # "359,000 in Yeongilman": the unit is said elsewhere in the sentence.
                one = tuple(v / self.factor for v in one if v >= UNITLESS or v != int(v))
                two = tuple(v / other.factor / scale for v in two for scale in {1.0, other.scale})
        converted = self.unit == "m2" and self.factor != other.factor
        for a in one:
            for b in two:
                figures, others = _figures(a / self.factor), _figures(b / other.factor)
                error = EXACT
                if converted:
                    error = min(APPROXIMATE, 5 * 10.0 ** -min(figures, others))
                elif self.bound == "~" and figures < others:
                    error = min(APPROXIMATE, 0.5 * _last_place(a) / max(abs(a), abs(b)) + EXACT)
                if abs(a - b) <= error * max(abs(a), abs(b)):
                    return True
        return False

    def denies(self, other: Quantity) -> bool:
        """Whether both are one of something that can be compared, and not of the same: a minute, an hour."""
        return self.single and other.single and self.unit == other.unit != "" and not self.meets(other)

    @property
    def single(self) -> bool:
        """Whether it is one of something: an hour, a third of a thing; languages say that in too many ways."""
        return any(value == self.factor for value in self.readings) and self.unit not in ("%", *_MONEY)


def _figures(value: float) -> int:
    """How many significant figures it has."""
    return len(f"{value:.10g}".replace(".", "").split("e")[0].strip("0"))


def _last_place(value: float) -> float:
    """What one of its last significant figure is worth: 0.1 of 1.5, 10 of 30."""
    return float(10.0 ** (math.floor(math.log10(abs(value))) + 1 - _figures(value))) if value else 0.0


_MONEY = frozenset({"KRW", "EUR", "USD"})
_NUMBER = r"\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_KO = {"십": 1e1, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
_BEFORE = r"(?P<before>KRW|EUR|USD|US\$|\$|€|₩)"
_COUNTERS = "개|곳|명|차례|번(?!째)|가지|기업|회사|대(?![가-힣]*학)|분야|단계|동|건|팀|캠퍼스|도시|나라|공장|기관|센터"
_ABOUT = r"(?:약|대략|about|around|approximately|some|roughly|nearly|almost|close to|rund|etwa|ca\.?|circa|ungefähr|gut|knapp|fast|거의)\s*(?:the\s)?$"
_MOST = r"(?:up to|at most|no more than|bis zu|höchstens|maximal|최대)\s*(?:연간?\s*)?$"
_OVER = r"(?:more than|over|at least|above|mehr als|über|mindestens|최소)\s*$"
_ONE = re.compile(
    rf"(?<![A-Za-z\d.,])(?:{_BEFORE}\s?)?(?P<ko>(?:(?:{_NUMBER})\s*(?:[십백천]?[만억조]|[십백천](?![가-힣]{{3}}|년|안|막))\s*)+(?:(?:{_NUMBER})[십백천]?(?=\s*[가-힣㎡%tm]))?|{_NUMBER})"
    rf"(?P<more>여)?(?:\s*-?(?P<scale>{'|'.join(pattern for pattern, _ in SCALES)}|Billion\b))?"
)
_COLUMN = re.compile(
    rf"\s*,\s*(?:단위|Unit|Einheit)\s*:\s*(?:(?P<ko>[만억조])|(?P<cur>USD|EUR|KRW)?\s*(?P<scale>{'|'.join(pattern for pattern, _ in SCALES)}))?"
)
_UNIT = re.compile(
    r"\s*(?:[-–]\s?)?(?:여\s*)?(?:" + "|".join(f"(?P<u{n}>{p})" for n, (_, p, _) in enumerate(UNITS)) + ")"
)
_NOUN = re.compile(
    r"(?:\s*|(?:\s+(?:[a-z]+|[A-Z][a-z]+)){0,2}\s+)(?:" + "|".join(f"(?P<{noun}>{p})" for noun, p in NOUNS) + ")"
)
_WORD = re.compile(
    rf"\b(?P<latin>{'|'.join(word for word in WORDED if word.isascii() or word[0] in 'zfd')})(?:en|er|mal)?\b"
    rf"|(?<![가-힣])(?P<ko>{'|'.join(word for word in sorted(WORDED, key=len, reverse=True) if word[0] >= '가')})\s*(?=(?:{_COUNTERS}))",
    re.IGNORECASE,
)
_ORDINALS = {
    1: r"(?<!at )\bfirst\b(?! vice)|\b1st\b|\berste[nrms]?\b(?! (?:Spaten|stellv))|\berstmals?\b|첫|최초|처음|초대(?!형)",
    2: r"이틀|둘째|\bboth\b|\bbeide\w*\b|\bsecond\b(?!s)|\b2nd\b|\bzweite[nrms]?\b|두\s?번째",
    3: r"\bthird\b(?!s)|\b3rd\b|\bdritte[nrms]?\b|세\s?번째|셋째",
    4: r"\bfourth\b|\b4th\b|\bvierte[nrms]?\b|네\s?번째|넷째",
    5: r"\bfifth\b|\b5th\b|\bfünfte[nrms]?\b|다섯\s?번째|다섯째",
    6: r"\bsixth\b|\b6th\b|\bsechste[nrms]?\b|여섯\s?번째",
    7: r"\bseventh\b|\b7th\b|\bsiebte[nrms]?\b|일곱\s?번째",
    8: r"\beighth\b|\b8th\b|\bachte[nrms]?\b|여덟\s?번째",
    9: r"\bninth\b|\b9th\b|\bneunte[nrms]?\b|아홉\s?번째",
    10: r"\btenth\b|\b10th\b|\bzehnte[nrms]?\b|열\s?번째",
}
_ORDINAL = re.compile("|".join(f"(?P<o{n}>{pattern})" for n, pattern in _ORDINALS.items()), re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:제\s?)?(?P<n>\d{1,3})(?:\s?(?:회|차|호|번째|대(?= ))|(?:th|st|nd|rd)\b|\.(?=\s+[A-ZÄÖÜ]))|제\s?(?P<m>\d{1,3})(?=[가-힣])"
)
_FRACTION = re.compile(
    r"\b(?:a|one|ein(?:es|em)?)\s+(?P<third>third|Drittels?)\b|(?P<third2>3분의\s?1)|\b(?:a|one|ein)\s+(?P<quarter>quarter|Viertel)\b(?!\s+(?:of\s+)?\d{4})|(?P<quarter2>4분의\s?1)"
    r"|\b(?P<half>half|Hälfte)\b(?!\s+(?:of\s+)?\d{4}|-|\s+year)|(?P<half2>절반)"
)
_RANGE = re.compile(
    r"\s*(?:-|–|~|to|bis|or|oder|and|und|에서|또는|내지|von|of|from|auf|,)\s*(?:about |rund |약 |around )?"
)
_ITEM = re.compile(r"(?:,|\s(?:and|und|sowie))?(?:\s[^\W\d]+){1,3}\s(?:KRW\s|EUR\s|USD\s)?|,\s[가-힣]+\s")
_DECIMAL = re.compile(r"\d[.,]\d")
_RATES = {"third": 1 / 3, "third2": 1 / 3, "quarter": 0.25, "quarter2": 0.25, "half": 0.5, "half2": 0.5}


def normal(text: str) -> str:
    """The text in one form for everything read here: ㎡ is m2, ２ is 2."""
    return (
        unicodedata.normalize("NFKC", text.replace("²", "2").replace("㎽", "MW").replace("㎿", "MW"))
        .replace("‑", "-")
        .replace("∼", "~")
    )


def quantities(text: str, language: str = "") -> list[Quantity]:
    """What ``text`` counts and measures. Dates are to be taken out before."""
    found: list[Quantity] = []
    text = normal(text)

    def blank(start: int, end: int) -> None:
        nonlocal text
        text = text[:start] + "\0" * (end - start) + text[end:]

    for reader in (_fractions, _ordinals, _numbered):
        for quantity in list(reader(text)):
            found.append(quantity)
            blank(quantity.start, quantity.end)
    for match in _ONE.finditer(text):
        measured = _measured(text, match, language)
        if measured is not None:
            found.append(measured)
    found += _worded(text)
    return _shared_units(sorted(found, key=lambda one: one.start), text)


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        yield Quantity((_RATES[str(match.lastgroup)],), "share", *match.span())


def _ordinals(text: str) -> Iterator[Quantity]:
    for match in _ORDINAL.finditer(text):
        yield Quantity((float(str(match.lastgroup)[1:]),), "ordinal", *match.span())


def _numbered(text: str) -> Iterator[Quantity]:
    for match in _NUMBERED.finditer(text):
        if match.start() and re.match(r"[\w.,-]", text[match.start() - 1]) and not match.group().startswith("제"):
            continue
        yield Quantity((float(match["n"] or match["m"]),), "ordinal", *match.span())


def _measured(text: str, match: re.Match[str], language: str) -> Quantity | None:
    readings = _korean(match["ko"]) if re.search("[십백천만억조]", match["ko"]) else _digits(match["ko"], language)
    scale, end = match["scale"], match.end()
    column = _COLUMN.match(text, end)
    if column and not scale:  # a table's value, and its unit in the next column
        scale, end = column["scale"], column.end()
        readings = tuple(value * _KO.get(column["ko"] or "", 1.0) for value in readings)
    times = _scale(scale, language) if scale else 1.0
    readings = tuple(value * times for value in (readings[:1] if scale else readings))
    bound = _bound(text[max(0, match.start() - 24) : match.start()])
    unit = _UNIT.match(text, end)
    name, factor, noun = "", 1.0, ""
    if match["before"] or (column and column["cur"]):
        prefix = match["before"] or str(column and column["cur"])
        name = {"$": "USD", "US$": "USD", "€": "EUR", "₩": "KRW"}.get(prefix, prefix)
    elif unit:
        name, _, factor = UNITS[int(str(unit.lastgroup)[1:])]
        end = unit.end()
    elif counted := _NOUN.match(text, match.end()):
        noun, end = str(counted.lastgroup), counted.end() if "\0" not in counted.group() else end
    elif re.match(r"[A-Za-z](?![A-Z])", text[match.end() : match.end() + 2]) and not scale:
        return None  # 4th, 2D: no number of its own
    after = text[end : end + 12]
    if re.match(r"\s*(?:을|를|이|가)?\s*(?:이상|초과|넘)", after) or match["more"]:
        bound = ">"
    elif re.match(r"\s*(?:이하|미만|이내|까지의)", after):
        bound = "<"
    return Quantity(
        tuple(value * factor for value in readings), name, match.start(), end, bound, noun, False, factor, times
    )


def _bound(before: str) -> str:
    for bound, pattern in (("~", _ABOUT), ("<", _MOST), (">", _OVER)):
        if re.search(rf"(?<![^\W\d_]){pattern}", before, re.IGNORECASE):
            return bound
    return ""


def _digits(number: str, language: str) -> tuple[float, ...]:
    number = number.replace("'", "").replace(" ", "")
    comma, dot = "." if language == "de" else ",", "," if language == "de" else "."
    if comma in number and dot in number:
        last = max(number.rfind(comma), number.rfind(dot))
        return (float(re.sub(r"[.,]", "", number[:last]) + "." + number[last + 1 :]),)
    separators = re.findall(r"[.,]", number)
    if not separators:
        return (float(number),)
    grouped = float(re.sub(r"[.,]", "", number))
    if len(separators) > 1:
        return (grouped,)
    decimal = float(re.sub(r"[.,]", ".", number))
    if not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number):
        return (decimal,)
    # Three digits behind one separator: thousands in one notation, decimals in the other. Writers mix them up.
    return (grouped,) if separators[0] == comma else (decimal, grouped)


def _korean(number: str) -> tuple[float, ...]:
    """1조 2,000억, 4만 6,000, 5천억."""
    total = 0.0
    for digits, scales in re.findall(rf"({_NUMBER})\s*([십백천만억조]*)", number):
        value = _digits(digits, "ko")[0]
        for scale in scales:
            value *= _KO[scale]
        total += value
    return (total,)


def _scale(word: str, language: str) -> float:
    if word == "Billion":  # German by its capital, unless the text is English
        return 1e12 if language == "de" else 1e9
    return next(times for pattern, times in SCALES if re.fullmatch(pattern, word))


def _worded(text: str) -> Iterator[Quantity]:
    for match in _WORD.finditer(text):
        value = float(WORDED[(match["latin"] or match["ko"]).lower()])
        unit, noun = _UNIT.match(text, match.end()), _NOUN.match(text, match.end())
        bound = _bound(text[max(0, match.start() - 24) : match.start()])
        name, factor = "", 1.0
        if (unit and match["latin"]) or (
            unit and match["ko"] and UNITS[int(str(unit.lastgroup)[1:])][0] in ("months", "minutes")
        ):
            name, _, factor = UNITS[int(str(unit.lastgroup)[1:])]
        counted = str(noun.lastgroup) if noun and not name else ""
        yield Quantity((value * factor,), name, match.start(), match.end(), bound, counted, not name, factor)


def _shared_units(found: list[Quantity], text: str) -> list[Quantity]:
    """In 30 to 50 tonnes the first number has the unit of the second; in KRW 30 to 50 the second that of the first."""
    shared = list(found)
    for n in range(len(found) - 2, -1, -1):
        one, two = shared[n], shared[n + 1]
        between = text[one.end : two.start]
        listed = two.scale > 1 and _DECIMAL.search(text[one.start : one.end]) and _ITEM.fullmatch(between)
        if "ordinal" in (one.unit, two.unit) or not (listed or _RANGE.fullmatch(between)):
            continue
        if not (one.unit or one.noun) and (two.unit or two.noun):
            readings = tuple(
                v * two.factor * s for v in one.readings for s in {1.0, two.scale / max(one.scale, 1.0)} if s
            )
            shared[n] = Quantity(readings, two.unit, one.start, one.end, one.bound, two.noun, factor=two.factor)
        elif one.unit in _MONEY and not (two.unit or two.noun):
            shared[n + 1] = Quantity(two.readings, one.unit, two.start, two.end, two.bound)
    return shared
