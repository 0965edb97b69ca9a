"""What kind of thing a question asks for, and whether a statement holds it: a date, a number, an amount, a name. Pure.

The oldest idea in question answering (expected answer types, Li and Roth 2002): a "when" is not answered by a sentence
without a date, however well its words fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Kind = Literal["date", "number", "money", "name", "company", "place", "definition", "person"]

_ASKS: dict[Kind, re.Pattern[str]] = {
    "definition": re.compile(
        r"뭐야|한마디로|간단히|뭔가요|무엇인가요|뭐 ?하는|무엇을 하는|어떤 (?:회사|기업|곳|기관|행사)|누구|소개|에 대해"
        r"|\bin a nutshell\b|\bin brief\b|\bkurz gesagt\b|\boverview\b|\b(?:who|what) (?:is|are)\b|\bwhat does\b|\btell me about\b|\b(?:wer|was) (?:ist|sind)\b|\bwas macht\b"
        r"|\berzähl\w* .*\büber\b",
        re.IGNORECASE,
    ),
    "place": re.compile(
        r"어디|장소|위치|주소|\bwhere\b|\bvenue\b|\baddress\b|\bwo\b|\bwohin\b|\badresse\b", re.IGNORECASE
    ),
    "date": re.compile(
        r"언제|며칠|몇 ?년|몇 ?월|날짜|일정|기간|\bwhen\b|\bwhat (?:date|day|year)\b|\bdates?\b|\bwhich year\b"
        r"|\bwann\b|\bwelche[mns]? (?:datum|tag|jahr)\b|\bseit wann\b|\btermin",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"얼마(?!나)|비용|금액|투자액|예산|사업비|가격|요금|운임|매출|\bhow much (?:money|did|does|is|was|will|has)\b|\bcosts?\b"
        r"|\bprice|\bfare|\binvestment\b|\bbudget\b|\brevenue\b|\bwie ?viel (?:geld|kostet|investier)|\bkoste[nt]|\bpreis"
        r"|\binvestition|\bumsatz",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"몇(?! ?(?:년|월))|[가-힣] ?수(?:는|가|를)(?![가-힣])|얼마나|규모|면적|넓이|용량|비율|인원|\bhow (?:many|much|large|big|long|far|old|often|high)\b|\bcapacity\b"
        r"|\bnumber of\b|\bsize\b|\barea\b|\bshare of\b|\bpercent|\bwie ?(?:viele?|groß|lange|weit|hoch|oft)\b|\banzahl\b"
        r"|\bkapazität|\bfläche|\banteil|\bprozent",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"누구|누가|어느|어떤 (?:기관|도시|나라|국가|대학)|\bwho\b|\bwhom\b|\bname of\b|\bwer\b|\bwen\b|\bwem\b"
        r"|\bwhich (?:\w+ )?(?:institut|countr|cit|organi|universit|partner)"
        r"|\bwelche[nrms]? (?:\w+ )?(?:institut|land|länd|stadt|städt|partner)",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"\bprofessor\b|\bceo\b|\bmanaging director|\bgeschäftsführ|\bvorstandschef|\bprofessorin\b"
        r"|대표(?:이사)?(?:는|가|의 이름|이름| ?이?름은| 누구)|(?:사장|회장|시장|교수|원장|과장|연사)(?:은|는|이|가)? ?(?:누구|이름|성함)|성함",
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
_REPORTED = re.compile(
    r"(?:19|20)\d\d년(?: \d{1,2}월)?(?: \d{1,2}일)? ?(?:자|기준|보도|기사|발표|현재|의 ?계획|계획|의 한 기사)"
    r"|\b(?:as of|reports? (?:of|in)|reported (?:in|on)|articles? of|statements? of|announced in|plans? of)\s+(?:\d{1,2} )?(?:[a-z]+ )?\d{4}"
    r"|\b(?:Bericht\w*|Stand|Artikel\w*|Angaben|Plan\w*|Mitteilung\w*|Meldung\w*)\b[^,.]{0,30}?\d{4}",
    re.IGNORECASE,
)
_SAYS_WHAT = re.compile(
    r"\s*,?[^.]{0,40}?\s*(?:is|are|makes|stands for|operates|develops|ist|sind|steht für|stellt|entwickelt|betreibt)\b"
    r"|\s*(?:은|는|이란|란)\s.*(?:기업|회사|스타트업|기관|네트워크|법인|업체|센터|단지|박람회|전시회|행사|대학|도시|제조사)",
)
_NO_DATE = r"(?!\s*(?:\d|(?:jan|feb|mar|mär|apr|ma[yi]|jun|jul|aug|sep|okt|oct|nov|de[cz])))"  # "in May" is no place
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        r"(?:19|20)\d\d ?년|\d{1,2}월|\d{1,2}일|\b\d{1,2}\.? (?:to|bis|and|und|–|-)|"
        r"\b(?:jan|feb|mar|mär|apr|ma[yi]|jun|jul|aug|sep|oc?kt|oct|nov|de[cz])[a-zä]*\b"
        r"|\b(?:in|since|until|by|from|im Jahr|seit|bis|ab|wurde|war|Ende|Mitte|Anfang) (?:19|20)\d\d\b"
        r"|\b\d{1,2}:\d\d\b|\d{1,2}시(?![가-힣]*간)|\b\d{1,2} ?(?:Uhr|a\.?m|p\.?m)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"\d ?원|\d ?유로|달러|원\b|\d ?[조억만]|\bkrw\b|\busd\b|\beur\b|\beuros?\b|\bdollars?\b|€|\$|₩|\d ?won\b"
        r"|\b(?:mio|mrd)\.|milliarde|billion|million",
        re.IGNORECASE,  # the text without its names comes in lower case
    ),
    "number": _NUMBER,
    "person": re.compile(
        r"[A-Z][a-z]+ [A-Z][a-z]+-[a-z]+|[A-Z][a-z]+-[a-z]+ [A-Z][a-z]+|(?:mr|ms|dr|prof)\. [A-Z]|[가-힣]{2,4}\([A-Z][a-z]+[ -][A-Z]"
        r"|[가-힣]{2,4} (?:대표|시장|교수|회장|원장|과장|부사장|사장)|(?:chair|mayor|director|professor|counsellor|head)\w* [A-Z][a-z]+ [A-Z][a-z]+"
    ),
    "place": re.compile(
        r"에서 (?:열|개최|진행|출발)|에 (?:있|위치|자리)|주소|장소|전시장"
        rf"|\b(?:located|lies|stands|venue|address)\b|\b(?:held|took place)\b[^.]*?\b(?:in|at)\b{_NO_DATE}"
        rf"|\bfand(?:en)?\b.*\b(?:in|im|auf|bei)\b{_NO_DATE}.*\bstatt\b|\b(?:liegt|steht|adresse|ort)\b",
        re.IGNORECASE,
    ),
}


_COMPARES = re.compile(
    r"가장|제일|최고|최저|더 (?:큰|크|작|높|낮|많|적)|각각|비교|차이|어떻게 다른|무엇무엇|어디어디|중에서|[가-힣] 중 |모두 |넘게"
    r"|\b(?:which of|most|least|\w+est|larger|bigger|smaller|higher|lower|faster|compare\w*|versus|vs|differ\w*|each|both|all)\b"
    r"|\b(?:welche[rsnm]? (?:der|von)|bei welche[mr]|am \w+sten|\w*(?:größ|klein|höch|höh|niedrig|meist|wenigst)(?:er|te)\w*|vergl\w+"
    r"|unterschied\w*|jeweils|beide\w*|alle)\b",
    re.IGNORECASE,
)


def compares(question: str) -> bool:
    """Whether it asks for several things side by side, or for the one that leads among them."""
    return _COMPARES.search(question) is not None


def asked_for(question: str) -> frozenset[Kind]:
    """What ``question`` asks for; empty where nothing tells."""
    kinds = {kind for kind, pattern in _ASKS.items() if pattern.search(question)}
    if "money" in kinds:
        kinds.discard("number")  # "how much does it cost" is not answered by any figure
    return frozenset(kinds)


def held(text: str, nameless: str, new: frozenset[str] = frozenset(), subjects: Iterable[str] = ()) -> frozenset[Kind]:
    """What ``text`` holds.

    ``nameless`` is the text without the names in it: the year in a fair's name is no date. Nor is the date of a report
    one of what it reports. ``new``: the kinds of those entities in the text that the question does not name;
    ``subjects``: spellings of those that it does name.
    """
    rest = _REPORTED.sub(" ", nameless)
    kinds: set[Kind] = {kind for kind, pattern in _HOLDS.items() if pattern.search(text if kind == "person" else rest)}
    if any(_defines(text, subject) for subject in subjects):
        kinds.add("definition")
    if new:
        kinds.add("name")
    if "company" in new:
        kinds.add("company")
    return frozenset(kinds)


def _defines(text: str, subject: str) -> bool:
    """Whether ``text`` begins with the name, perhaps in brackets another one, and then says what it is."""
    start = text.lower().removeprefix("the ")
    if not start.startswith(subject.lower()):
        return False
    return _SAYS_WHAT.match(re.sub(r"^\s*\([^)]*\)", "", start[len(subject) :])) is not None


MEASURABLE: frozenset[Kind] = frozenset(
    {"date", "number", "money", "person"}
)  # what a text shows without our knowing its names
