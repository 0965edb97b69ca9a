"""Which of several figures leads: the most visitors, the lowest share. Pure.

Nothing is added up or converted that a reader could not check: figures of one unit are put in order, each in the
statement that gives it, the leading one first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.quantities import Quantity, normal, quantities
from bot.grounding.units import NOUNS

# One that leads among several.
LEADS = re.compile(
    r"가장|제일|최대|최고|최다|최저|최소|\b(?:most|least|largest|biggest|highest|lowest|smallest|fewest)\b"
    r"|\b(?:am meisten|am wenigsten|(?:größ|höchs|niedrigs|kleins|meis|wenigs)te[nrms]?)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"최저|최소|(?:가장|제일) (?:낮|적|작)|\b(?:least|lowest|smallest|fewest|am wenigsten|(?:niedrig|klein|wenig)ste[nrms]?)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"투자|매출|예산|비용|\binvest|\brevenue|\bsales\b|\bbudget|\bumsatz|\bcost|\bkoste", re.IGNORECASE)
_SHARE = re.compile(r"비중|비율|점유율|\bshares?\b|\banteile?\b|\w+anteil\b", re.IGNORECASE)
# What people and firms are called where they are counted; the counter behind the number, 명, does not tell.
_COUNTED = {
    "person": r"관람객|방문객|참관객|직원|고용|일자리|visitors?|employees|staff|jobs|graduates|besucher\w*|beschäftigte\w*|arbeitsplätze\w*|personen|people|인원",
    "firm": r"기업|업체|회사|참가사|compan(?:y|ies)|firms|exhibitors|firmen|unternehmen|aussteller\w*",
    "booth": r"부스|booths?|ständen?\b|messestände",
}
_YEAR_ASKED = re.compile(r"어느 해|몇 ?년|어느 연도|\b(?:which|what) year\b|\bwelche[ms]? jahr\b", re.IGNORECASE)


def asks_for_year(question: str) -> bool:
    """Whether it is a year that shall lead."""
    return LEADS.search(question) is not None and _YEAR_ASKED.search(question) is not None


def measured(question: str, text: str, language: str) -> bool:
    """Whether ``text`` says of somebody that they lead, with a figure of what ``question`` compares."""
    return LEADS.search(text) is not None and bool(_figures(question, text, language))


def ranked(question: str, texts: Sequence[str], language: str) -> list[int]:
    """Which of ``texts``, in ``language``, give a figure of what ``question`` compares, the leading one first.

    Empty where the question compares nothing that is measured, or where fewer than two figures can be compared.
    """
    if not LEADS.search(question):
        return []
    figures = [(n, figure) for n, text in enumerate(texts) for figure in _figures(question, text, language)[:1]]
    units = [(figure.unit, figure.noun) for _, figure in figures]
    common = max(set(units), key=units.count, default=("", ""))
    alike = [(n, figure) for n, figure in figures if (figure.unit, figure.noun) == common]
    least = _LEAST.search(question) is not None
    ordered = sorted(alike, key=lambda pair: pair[1].readings[0], reverse=not least)
    return [n for n, _ in ordered] if len(ordered) > 1 else []


def _figures(question: str, text: str, language: str) -> list[Quantity]:
    """The figures in ``text`` of what the question measures; in a row with a unit of its own, any figure of that."""
    found = quantities(normal(text), language)
    for noun, words in _COUNTED.items():
        asked = re.search(rf"(?<![^\W_가-힣])(?:{words})", _compared(question), re.IGNORECASE)
        if asked and noun in dict(NOUNS):
            named = noun != "person" or re.search(asked.group()[:5], text, re.IGNORECASE)
            return [one for one in found if one.noun == noun] if named else []
    if _SHARE.search(question):
        return [one for one in found if one.unit == "%"]
    if _MONEY.search(question):
        return [one for one in found if one.unit in ("KRW", "USD", "EUR")]
    return []


def _compared(question: str) -> str:
    """The question without what only says among whom: "which company has the most employees?"."""
    return re.sub(
        r"^\W*(?:which|what|welche[srnm]?)\s+\w+|(?:어느|어떤)\s?\S+|\S+\s(?:중|가운데)(?:에서?)?\s",
        " ",
        question,
        flags=re.IGNORECASE,
    )
