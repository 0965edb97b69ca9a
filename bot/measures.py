"""What a question wants measured or counted, and whether a text has a figure of it: a share, people, an area. Pure.

An expected answer type finer than "a number" (Li and Roth 2002): "how many people work there?" is not answered by the
square metres of the building, however near the two stand.
"""

from __future__ import annotations

import re

from bot.grounding.quantities import normal

# What is asked for, by the question's words; what a figure of it looks like, by what stands beside the number.
_FIGURE = r"(?<![\w.,-])\d[\d.,]*(?:\s?[십백천만억조])?(?: ?(?:million|thousand|billion|mio|mrd|tsd)\w*\.?)?"
_PEOPLE_EN = "people|persons?|visitors?|guests?|attendees|participants|students?|graduates|employees|workers|staff|jobs|researchers|experts|engineers|residents|inhabitants|founders|members"
_PEOPLE_DE = "personen|menschen|leuten?|besucher\\w*|gästen?|teilnehme\\w*|studierende\\w*|student\\w*|absolvent\\w*|mitarbeite\\w*|beschäftigte\\w*|arbeitsplätze\\w*|stellen|forsche\\w*|fachleute\\w*|expert\\w*|einwohner\\w*|köpfe\\w*|kräfte\\w*"
_MEASURES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    name: (re.compile(asks, re.IGNORECASE), re.compile(holds, re.IGNORECASE))
    for name, (asks, holds) in {
        "share": (
            r"몇 ?(?:퍼센트|프로|%)|비율|비중|점유율|지분율|[가-힣](?:회수|가동|정확|성공|수익|분양|입주|취업)율|회수율|가동률|수율"
            r"|\bper ?cent\w*|\b(?:what|which) share\b|\bshare (?:of|did|does|has)\b|\b(?:recovery|utili[sz]ation|error|success|occupancy) rate\b"
            r"|\bprozent\w*|\banteil\b|\w+quote\b|\bauslastung\b",
            rf"{_FIGURE}\s?(?:%|퍼센트|프로|per ?cent|prozent)|절반|[0-9]분의|\bhalf\b|\bthird\b|\bquarter of\b|hälfte|drittel|viertel|:\s?\d",
        ),
        "people": (
            r"몇 ?(?:명|분(?:이|을|께))|(?:인원|직원|종업원|근로자|학생|관람객|방문객|참관객|참석자|인구|회원|고용) ?(?:수|규모|인원|이 얼마나|은 얼마나)|사람(?:이|은)? ?(?:얼마나|몇)"
            rf"|\bhow many (?:\w+ ){{0,3}}?(?:{_PEOPLE_EN})\b|\b(?:headcount|number of (?:\w+ )?(?:{_PEOPLE_EN}))\b"
            rf"|\bwie ?viele (?:\w+ ){{0,3}}?(?:{_PEOPLE_DE})\b|\b(?:besucher|mitarbeiter|teilnehmer|einwohner|studierenden)zahl\b",
            rf"{_FIGURE}\s?여?\s?(?:명|인(?![가-힣])|분(?:이|을))|{_FIGURE}(?:[ -](?:\w+[ -]){{0,3}}?)(?:{_PEOPLE_EN}|{_PEOPLE_DE})\b"
            rf"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf) (?:\w+ ){{0,3}}?(?:{_PEOPLE_EN}|{_PEOPLE_DE})\b"
            rf"|\b(?:{_PEOPLE_EN}|{_PEOPLE_DE})[:,]? (?:\w+ )?{_FIGURE}",
        ),
        "area": (
            r"면적|넓이|몇 ?(?:평|제곱미터|헥타르|㎡|m2)|\b(?:what|which|total|floor|site|the) area\b|\bsquare (?:met|feet|foot)|\bhow many (?:hectares|sqm|acres)\b|\bfläche\b|\w+fläche\b|\bwie ?viele? (?:hektar|quadratmeter)",
            rf"{_FIGURE}\s?(?:km2|m2|㎡|제곱|평|ha\b|헥타르|hectare|hektar|square|sqm|quadrat|qm\b|pyeong)|[0-9]만 ?\d*㎡",
        ),
        "energy": (
            r"(?:전력|전기)(?:량|을|를|은|는)? ?(?:얼마나|사용|소비|몇)|\b(?:how much|power|electricity) (?:electricity|energy|power|consumption|demand)\b|\bwie ?viel (?:strom|energie|leistung)\b|\bstrom(?:verbrauch|bedarf)\b",
            rf"{_FIGURE}\s?(?:[kmg]?wh?\b|메가와트|킬로와트|기가와트|mega|kilowatt|giga)",
        ),
        "time": (
            r"얼마나 (?:걸|오래)|몇 ?(?:시간|분 ?(?:걸|만에|이나|안에)|주(?:간|일)?|개월|일 ?(?:동안|걸))|소요 ?시간|\bhow (?:long|many (?:minutes|hours|days|weeks|months))\b|\bwie (?:lange?|viele (?:minuten|stunden|tage|wochen|monate))\b|\b(?:fahrzeit|dauer)\b",
            rf"{_FIGURE}\s?(?:분|시간|일|주|개월|년|달)|(?:{_FIGURE}|\b(?:one|two|three|four|five|six|half|several|an?|zwei|drei|vier|fünf|sechs|einen?|einer?|halb\w*))[ -]?(?:\w+ )?(?:min|hour|day|week|month|year|stund|tag|woche|jahr)"
            r"|(?:until|bis|to|through|까지|–)\W*(?:\w+ ){0,2}\d|(?:19|20)\d\d.*(?:19|20)\d\d",
        ),
        "time_of_day": (
            r"몇 ?시(?! ?간)|(?:운영|영업|개장|관람|개관) ?시간|\b(?:opening|business|visiting) (?:hours|times?)\b|\bwhat time\b|\bopen (?:from|till|until)\b|\b(?:öffnungszeit\w*|uhrzeit|um wie ?viel uhr|wie ?viel uhr)\b",
            r"\d{1,2}:\d\d|\d{1,2} ?시(?![가-힣]*간)|\d ?(?:a\.?m|p\.?m|uhr|o'clock)",
        ),
    }.items()
}


def asked(question: str) -> frozenset[str]:
    """The measures that ``question`` asks for."""
    plain = normal(question)
    return frozenset(name for name, (asks, _) in _MEASURES.items() if asks.search(plain))


def held(measures: frozenset[str], text: str) -> frozenset[str]:
    """Those of ``measures`` that ``text`` has a figure of."""
    plain = normal(text)
    return frozenset(name for name in measures if _MEASURES[name][1].search(plain))
