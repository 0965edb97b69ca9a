"""What kind of thing a question asks for, and whether a statement holds it: a date, a number, an amount, a name. Pure.

The oldest idea in question answering (expected answer types, Li and Roth 2002): a "when" is not answered by a sentence
without a date, however well its words fit.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["date", "number", "money", "name", "company"]

_ASKS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        r"언제|며칠|몇 ?년|몇 ?월|날짜|일정|기간|\bwhen\b|\bwhat (?:date|day|year)\b|\bdates?\b|\bwhich year\b"
        r"|\bwann\b|\bwelche[mns]? (?:datum|tag|jahr)\b|\bseit wann\b|\btermin",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"얼마|비용|금액|투자액|예산|사업비|가격|요금|운임|매출|\bhow much (?:money|did|does|is|was|will|has)\b|\bcosts?\b"
        r"|\bprice|\bfare|\binvestment\b|\bbudget\b|\brevenue\b|\bwie ?viel (?:geld|kostet|investier)|\bkoste[nt]|\bpreis"
        r"|\binvestition|\bumsatz",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"몇 ?(?!년|월)|[가-힣] ?수(?:는|가|를)(?![가-힣])|얼마나|규모|면적|용량|비율|인원|\bhow (?:many|much|large|big|long|far|old|often|high)\b|\bcapacity\b"
        r"|\bnumber of\b|\bsize\b|\bshare of\b|\bpercent|\bwie ?(?:viele?|groß|lange|weit|hoch|oft)\b|\banzahl\b"
        r"|\bkapazität|\bfläche|\banteil|\bprozent",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"누구|누가|어느|어떤 (?:기관|도시|나라|국가|대학)|\bwho\b|\bwhom\b|\bname of\b|\bwer\b|\bwen\b|\bwem\b"
        r"|\bwhich (?:\w+ )?(?:institut|countr|cit|organi|universit|partner)"
        r"|\bwelche[nrms]? (?:\w+ )?(?:institut|land|länd|stadt|städt|partner)",
        re.IGNORECASE,
    ),
    "company": re.compile(
        r"(?:어떤|어느|무슨) ?(?:기업|회사|업체)|(?:기업|회사|업체)(?:들)?(?:은|는|을|를|이|가) ?(?:어디|무엇|뭐|누구|몇)"
        r"|\b(?:which|what) (?:\w+ )?(?:compan|firm|exhibitor)"
        r"|\bwelche[nrms]? (?:\w+ )?(?:firm|unternehm|aussteller)",
        re.IGNORECASE,
    ),
}
# A figure that is no year, or a numeral in words.
_NUMBER = re.compile(
    r"(?<![\d.,])(?!(?:19|20)\d\d(?![\d.,]*\d))\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|both"
    r"|half|third|eine[ns]? einzige|zwei|beide|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hälfte|drittel)"
    r"|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열) ?(?:개|곳|명|차례|번|가지|기업|회사)",
    re.IGNORECASE,
)
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        r"(?:19|20)\d\d ?년|\d{1,2}월|\d{1,2}일|\b\d{1,2}\.? (?:to|bis|and|und|–|-)|"
        r"\b(?:jan|feb|mar|mär|apr|ma[yi]|jun|jul|aug|sep|oc?kt|oct|nov|de[cz])[a-zä]*\b|\b(?:19|20)\d\d\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"원\b|\d ?[조억만]|\bKRW\b|\bUSD\b|\bEUR\b|€|\$|₩|\bWon\b|\b(?:Mio|Mrd)\.|Milliarde|Billion|million"
    ),
    "number": _NUMBER,
}


def asked_for(question: str) -> frozenset[Kind]:
    """What ``question`` asks for; empty where nothing tells."""
    return frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(question))


def held(text: str, new: frozenset[str] = frozenset()) -> frozenset[Kind]:
    """What ``text`` holds. ``new``: the kinds of those entities in it that the question does not name."""
    kinds: set[Kind] = {kind for kind, pattern in _HOLDS.items() if pattern.search(text)}
    if new:
        kinds.add("name")
    if "company" in new:
        kinds.add("company")
    return frozenset(kinds)


MEASURABLE: frozenset[Kind] = frozenset({"date", "number", "money"})  # what a text shows without our knowing its names
