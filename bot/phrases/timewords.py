"""The words of time in Korean, English and German, as patterns for phrases.py, which reads them. Pure.

The order within a table is the order of reading: the plainest first. What is read is struck out with a mark, so that a
later pattern sees what stood there: DAY a day, TIME a time, PART a half of the day.
"""

from __future__ import annotations

import difflib
import re

DAY, TIME, PART = "§", "¤", "¶"
_WINDOW = range(7 * 60, 20 * 60 + 1)  # when people meet, in minutes after midnight


def _flags(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


NUMBERS = {
    word: number
    for line in """한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두
        one two three four five six seven eight nine ten eleven twelve
        eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
        하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘""".splitlines()
    for number, word in enumerate(line.split(), 1)
} | {
    "a": 1,
    "an": 1,
    "ein": 1,
    "eine": 1,
    "einem": 1,
    "einer": 1,
    "십오": 15,
    "fifteen": 15,
    "fünfzehn": 15,
    "이십": 20,
}
NUMBERS |= {"삼십": 30, "thirty": 30, "dreißig": 30, "사십오": 45, "forty-five": 45, "fünfundvierzig": 45, "십": 10}
NUMBERS |= {"twenty": 20, "zwanzig": 20, "twenty-five": 25, "일": 1, "quarter": 15, "viertel": 15, "half": 30}
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_N = rf"(?:\d{{1,2}}|(?:{_WORD})(?![a-zäöüß]))"
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec".split("|")
_MONTH = (
    r"(?P<month>jan(?:uary?|uar)?|jänner|feb(?:ruary?|ruar)?|mar(?:ch)?|märz?|maerz|apr(?:il)?|(?-i:May|Mai|MAY|MAI)|june?|juni"
    r"|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)(?![a-zäöü])\.?"
)
WEEKDAYS = {  # a letter pair or syllable that begins the word -> days after Monday
    **dict(zip("월화수목금토일", range(7), strict=True)),
    **dict(zip("mon tue wed thu fri sat sun".split(), range(7), strict=True)),
    **dict(zip("mo di mi do fr sa so".split(), range(7), strict=True)),
}
_HALF = r"오전|오후|아침|저녁|밤|새벽|낮|점심"

HALVES = {
    name: _flags(pattern)
    for name, pattern in {
        "AM": r"오전",
        "morning": r"아침|새벽|\bmornings?\b|vormittags?\b|\bmorgens\b|\bfrüh\b|\b(?:am|in der) (?:frühen )?morgen\b"
        r"|(?:(?<=heute )|(?<=tag )|(?<=tag)|(?<=woch )|(?<=woch))morgen\b",
        "afternoon": r"오후|\bafternoons?\b|nachmittags?\b",
        "noon": r"낮|점심",
        "evening": r"저녁|\bevenings?\b|\btonight\b|abends?\b",
        "night": r"밤|\bat night\b|\bnight\b|\bnachts\b|\bnacht\b",
    }.items()
}
NOISE = _flags(  # what looks like a time and is none
    r"\b(?:guten|schönen|jeden|der|den|dem|eines) morgen\b|\bgood (?:morning|afternoon|evening|night)\b|^\s*morgen!?\s*$(?<=!)"
    r"|(?:maßstab|verhältnis|ratio|scale|비율|축척|score)\D{0,12}\d+:\d+|\b\d+\.\d+\.\d+\.\d+(?::\d+)?"
    r"|(?:매주|매월|every|each|jede[nr]?)\s+(?:[월화수목금토일]요일|\w+days?\b|\w+tag\b|\w+woch\b|day|week|tag|woche)"
    r"|한시(?:도|라도|름|적)|24\s*/\s*7|24시간"
)
VAGUE = _flags(  # days that are said and not understood here: nothing else may be taken for them
    r"다음\s*달|작년|지난해|내년|내후년|추석|설날|성탄|크리스마스|부활절|담달|내달|주말|월말|연말|째\s*주|첫\s*주|마지막\s*주|(?:다음|전)\s*날|\bnext (?:month|year)\b|\bweekend\b|wochenende\b"
    r"|\b(?:nächste[nrs]?|kommende[nrs]?) (?:monat|jahr)\w*|\b(?:first|second|third|fourth|1st|2nd|3rd|4th) (?=\w+day\b)"
    r"|\b(?:ersten|zweiten|dritten|vierten) (?=\w+(?:tag|woch)\b)|\b(?:day|tag) (?:before(?! yesterday)|after(?! tomorrow)|davor|danach|vorher)\b"
    r"|\bfolgetag|(?<!week )\bafter next\b|\bweeks? (?:from|after)\b(?! next)|(?:day|tomorrow) week\b|(?:tag|woch) in \w+ wochen?\b"
    r"|\blast year\b|\b(?:letzte|nächste|vorige)[sn] jahr\b|christmas|thanksgiving|\beaster\b|new year|weihnacht|\bostern|pfingst|silvester|neujahr"
    r"|매주|매월|매일|\b(?:every|each|jede[nr]?) (?:\w+day|\w+tag|\w+woch|day|week|tag|woche)\b|\b(?:mon|diens|donners|frei|sams|sonn)tags\b|\bmittwochs\b|\bmy time\b|\bmeine[r]? zeit\b|(?:제|내|우리)\s?(?:쪽\s)?시간으로|\bin \w+ (?:months?|monat\w*)\b"
)
LEFT = _flags(  # a date in a spelling that is not known here, left unread beside a time: not today, then
    r"(?<![\d.,/])\d{1,4}\s?[./-]\s?\d{1,2}(?![\d%])(?!\s*(?:[kmgt]?w\b|[kmgt]wh\b|mio|mrd|million|billion|trillion|euro|€|prozent|percent|[가-힣]))"
    rf"|\b20\d\d[,\s]*{DAY}|{DAY}[\s,'.-]*(?:of\s+)?(?:19|20)\d\d\b|{DAY}\d|{DAY}[.'-]?\s?'?\d\d(?=\s*(?:$|,|{TIME}))"
    r"|\b(?:jan|feb|apr|june?|july?|juni|juli|aug|sep|o[kc]t|nov|de[cz])\w{0,6}\b|\d\s*월|\d\s*일(?![가-힣]|\s*(?:동안|간|차))"
)
DOUBT = _flags(
    r"\bnot\b|n't\b|\bcannot\b|\bnicht\b|\bkein\w*|\baußer\b|\bstatt\b|\binstead\b|\bexcept\b|말고|빼고|대신|안\s?[돼되됩]|못|불가|없"
    r"|\b(?:before|after|until|till|by|past|from|since|between|ab|vor|nach|bis|seit|zwischen|spätestens|frühestens)\s+"
    r"(?:(?:um|at|on|am|the|den|dem|zum)\s+)*[§¤]|[§¤]\s*(?:이전|이후|전|후|부터|까지|안에|사이)|[§¤]\s*(?:[-–~]|to|bis)\s*(?:\d|[§¤])"
)
ZONES = (
    _flags(
        r"(?P<offset>\b(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?\b|(?<=:\d\d)(?:\s?\+\d\d:?\d\d\b|Z\b)|(?<=:\d\d:\d\d)-\d\d:?\d\d\b)"
    ),
    re.compile(  # beside a time only: WEST is a hall, and "ist" a word
        r"(?:(?<=[\dmMr시분반] )|(?<=[\dm(])|(?<=\.m\. ))(?P<short>(?i:KST|JST|CES?T|MES?Z|EEST|OESZ|GMT|UTC|MSK|HKT|SGT|EDT|CDT|MDT|PDT|PST)"
        r"|[ECM]ST|EET|WES?T|BST|IST|[EP]T)\b|\b(?P<before>KST|JST|CES?T|MES?Z|GMT|UTC)(?=\s*\d)"
    ),
    _flags(r"(?:현지|행사장|ortszeit|local|venue)\s*(?:시간|time)?(?:으로|기준)?(?P<here>(?<=.))"),
    _flags(r"(?P<place>[가-힣]+?)\s?(?:표준시|시간)(?:대)?(?:으로|기준)?(?![가-힣])"),
    _flags(r"(?P<place>\b[a-zäöüß.]+(?: [a-zäöüß.]+){0,2}) (?:zeit|time)\b"),
    re.compile(
        r"(?:\b[Ii]n (?P<maybe>[A-ZÄÖÜ]\w+(?: [A-Z]\w+)?))|(?P<there>[가-힣]{2,})에서"
        r"|(?:(?<=[ap]m )|(?<=Uhr )|(?<=\d:\d\d ))(?P<after>[A-ZÄÖÜ]\w+(?: [A-Z]\w+)?)|(?P<ahead>[가-힣]{2,})(?=\s+(?:오전|오후|\d{1,2}\s?시(?!간)))"
    ),
)
_YEAR = r"(?:[,-]?\s*(?P<year>(?:1\d|20)\d\d))?"
_TH = r"(?:st|nd|rd|th|\.)?"
_TO = r"(?:-|–|~|to|bis|and|und|or|oder|until|till|에서|이나|나)"
DATES = (
    _flags(
        r"(?:(?P<year>(?:1\d|20)\d\d)\s*년\s*)?(?<!\d)(?P<m>\d{1,2})\s*월\s*(?P<d>\d{1,2})\s*일(?:\s*[~–-]\s*(?P<tail>\d{1,2})\s*일)?"
    ),
    _flags(r"(?<![\d.])(?P<year>(?:1\d|20)\d\d)(?:-|/|\.\s?)(?P<m>\d{1,2})(?:-|/|\.\s?)(?P<d>\d{1,2})(?!\d)\.?"),
    _flags(  # 9.17 is a month and its day beside Korean, 17.9. a day of a month elsewhere
        r"(?<![\d.a-z])(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})\.?(?=\s*(?:[(][월화수목금토일][)])?\s*(?:오전|오후|아침|저녁|낮|\d{1,2}\s?시|에(?![가-힣])))"
    ),
    _flags(
        r"(?:^|(?<=tag )|(?<=tag, )|(?<=woch )|(?<=woch, )|(?<=\b[mdfs][oiar] )|(?<=\b[mdfs][oiar]\. )|(?<=\b[mdfs][oiar]\., )|(?<=\b[dvz][eou][nm] )|(?<=\bam ))"
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?:(?P<short>\d\d)(?!\d|[.:]))?(?=\s*(?:$|[,)?!]|um\b|ab\b|gegen\b|\d{1,2}(?::|\s?uhr)))"
    ),
    _flags(
        rf"(?<![\d.,:/€$])(?:(?P<lead>\d{{1,2}})\.?\s*{_TO}\s*)?(?P<d>\d{{1,2}})\.\s?"
        r"(?:(?P<m>0\d|1\d)\.(?!\d{3}\.)(?:\s?(?P<year>(?:1\d|20)\d\d)|(?P<short>\d\d)(?!\d|:))?|(?P<m1>\d{1,2})\.\s?(?P<year1>(?:1\d|20)\d\d)"
        r"|(?P<m2>\d{1,2})\.(?=\s*(?:um|ab|gegen|\d{1,2}(?::|\s?uhr)))|(?<=am \d\.)(?P<m3>\d{1,2})\b\.?|(?<=am \d\d\.)(?P<m4>\d{1,2})\b\.?)(?!\d|\s*(?:[kmg]wh?|mio|mrd|euro|€|%|prozent)\b)"
    ),
    _flags(
        rf"(?<![\d.,:])(?:(?P<year1>(?:1\d|20)\d\d)[,\s]+)?(?:(?P<lead>\d{{1,2}}){_TH}\s*{_TO}\s*)?(?P<d>\d{{1,2}}){_TH}[\s/-]*(?:of\s+)?{_MONTH}(?:[\s/,-]*(?P<year>(?:1\d|20)\d\d))?"
    ),
    _flags(
        rf"(?<![a-zäöü])(?:(?P<year1>(?:1\d|20)\d\d)[,\s]+)?{_MONTH}(?:\s+|-)(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]|\.\d|\s*(?:[ap]\.?m\b|uhr|시|o'))"
        rf"(?:\s*{_TO}\s*(?P<tail>\d{{1,2}})(?![\d:]|\s*[ap]\.?m))?{_YEAR}(?=\s*(?:$|[.,!?;)(]|at\b|from\b|in\b|\d|[가-힣]|\w*noon|please))"
    ),
)
LATER = (
    _flags(
        rf"\bin (?P<half>half an?|einer halben) (?P<unit>hour|stunde)\b|\bin (?!(?:a|one) day)(?P<n>\d{{1,3}}|{_WORD}) (?P<unit2>minute|min|hour|hr|day|week|stunde|tag|woche)(?:s|n|en)?\b"
    ),
    _flags(
        rf"(?<![가-힣\d])(?P<n>\d{{1,3}}|{_WORD})\s*(?P<unit>분|시간|일|주일|주|)\s*(?:후|뒤)(?=$|[^가-힣]|에|요|쯤|로|이|입)"
    ),
)
MINUTES = {"분": 1, "min": 1, "minute": 1, "시간": 60, "hour": 60, "hr": 60, "stunde": 60}
_AM = r"(?P<post>[ap]\.?\s?m\b\.?)"
_LEAD = rf"(?:(?P<lead>\d{{1,2}}(?:[:.]\d\d)?)\s*(?:시\s*)?{_TO}\s*)?"
CLOCKS = (
    _flags(
        rf"(?:(?P<pre>{_HALF})에?\s*|(?<![가-힣\d.:,])|(?<=[가-힣])(?=\d)){_LEAD}(?P<h>\d{{1,2}}|열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)"
        r"\s*시(?!간|즌|리즈|스템|점|도|군|절|작|설|장)(?:\s*(?P<m>\d{1,2}|삼십|십오|사십오|이십|십)\s*분|\s*(?P<half>반)(?!도체|드시))?"
    ),
    _flags(
        rf"(?:(?P<pre>{_HALF})\s*)?(?<![\d.,:/]){_LEAD}(?P<h>\d{{1,2}}):(?P<m>\d\d)(?!\d)(?::\d\d)?(?:\s*{_AM})?(?:\s*(?:uhr|h)\b)?"
    ),
    _flags(
        rf"(?<![\d.,:/]){_LEAD}(?P<h>\d{{1,2}})\.(?P<m>[0-5]\d)(?!\d|\.\d)(?:\s*{_AM}|\s*(?:uhr|h)\b|(?<=(?:um|at) \d\.\d\d)|(?<=(?:um|at) \d\d\.\d\d))"
    ),
    _flags(
        rf"(?<![\w.,:/]){_LEAD}(?P<h>{_N})\s*uhr\b(?:\s*(?P<m>\d\d|dreißig|fünfzehn|fünfundvierzig)\b(?!\s*(?:personen|leute|gäste|minuten|firmen)))?"
    ),
    _flags(rf"(?<![\w.,:/]){_LEAD}(?P<h>\d{{1,2}})\s*{_AM}(?<!mm)"),
    _flags(rf"(?<![\w.,:/]){_LEAD}(?P<h>{_N})\s*o'?\s?clock\b"),
    _flags(
        rf"(?:\b(?:at|um|gegen|around|about)\s+|@\s*){_LEAD}(?P<h>{_N})(?=\s*(?:$|[!?;)(§]|[.,](?!\d)|(?:on|tomorrow|today|tonight|in the|am|im|heute|morgens?"
        r"|früh|abends?|(?:vor|nach)?mittags?|nachts|or|oder|please|bitte|with|mit|in|works?|geht|passt)\b))"
    ),
)
_PART = rf"(?P<part>viertel|(?:a )?quarter|half|{_N})(?: minuten| minutes)?"
_HOUR = r"\d{1,2}|열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열"
SHIFTED = (  # what is said before or after an hour: half past two, halb drei, fünf vor halb drei, dreiviertel drei
    _flags(rf"(?:(?P<pre>{_HALF})\s*)?(?<![\d.:])(?P<h>{_HOUR})\s*시\s*(?P<part>\d{{1,2}}|{_WORD})\s*분\s*전(?!시)"),
    _flags(rf"(?:\b{_PART} (?P<way>vor|nach) )?\bhalb (?P<halb>{_N})\b(?:\s*uhr\b)?"),
    _flags(rf"\b(?P<near>dreiviertel|viertel) (?P<h>{_N})\b(?!\s*(?:der|des|von|aller|million|prozent))(?:\s*uhr\b)?"),
    _flags(
        rf"(?:(?:\b(?:um|at|kurz)\s+)|(?<=§ )|^(?=\S+ (?:vor|nach|past)\b)|(?=\b(?:a quarter|quarter|half|viertel)\b)){_PART} (?P<way>vor|nach|past|to) (?P<h>{_N})\b(?!\s*(?:[a-zäöü]+en|days|people)\b)(?:\s*uhr\b)?"
    ),
)
NOON = _flags(r"\b(?:12 )?(?:noon|midday)\b|정오")
MITTAG = _flags(r"(?:\bam |\bzu |\b|(?<=tag)|(?<=woch))mittags?\b")
MIDNIGHT = _flags(r"\b(?:12 )?midnight\b|\bmitternacht\b|자정")
RELATIVE = (
    (2, _flags(r"내일\s*모레|모레|\b(?:the )?day after tomorrow\b|\bübermorgen\b")),
    (3, _flags("글피")),
    (-2, _flags(r"그저께|그제|\b(?:the )?day before yesterday\b|\bvorgestern\b")),
    (
        1,
        _flags(
            r"내일|명일|(?<![가-힣])낼(?=\s*(?:오전|오후|아침|저녁|점심|¤|¶|봐|$))|\btomorrow\b|\bt(?:mrw|mr|mw)\b|\bmorgen\b"
        ),
    ),
    (0, _flags(r"오늘(?!날)|금일|\btoday\b|\bheute\b")),
    (-1, _flags(r"어제|\byesterday\b|\bgestern\b")),
)
WEEKS = (
    (2, _flags(r"다다음\s*주|다담주|\b(?:the )?week after next\b|\bübernächste[nr]? woche\b")),
    (1, _flags(r"다음\s*주|담주|차주|\bnext week\b|\b(?:nächste|kommende|folgende)[nr]? woche\b")),
    (0, _flags(r"이번\s*주|금주|\bthis week\b|\bdiese[nr]? woche\b")),
    (-1, _flags(r"(?:지난|저번)\s*주|\blast week\b|\b(?:letzte|vergangene|vorige)[nr]? woche\b")),
)
WEEKDAY = _flags(
    r"(?:(?P<past>지난|저번|\blast|\b(?:letzte|vergangene)[nrms]?)\s+|(?P<skip>\bübernächste[nrms]?)\s+|(?P<next>다음|\bnext|\bnächste[nrms]?)\s+"
    r"|(?P<coming>오는|이번|돌아오는|\b(?:this coming|coming|this)|\b(?:kommende|diese)[nrms]?)\s+|(?P<on>\b(?:on|am|den))\s+)?"
    r"(?P<day>[월화수목금토일](?:요일|욜)|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)(?![a-zäöü])"
    r"|(?P<short>(?<!the )(?<!\bwe )(?<!\bi )(?<!they )\b(?:(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)|(?-i:Mo|Di|Mi|Do|Fr|Sa|So))\b(?:\.(?!\d))?|(?<![가-힣\d])[월화수목금토일](?![가-힣])))"
    r"(?P<close>,?\s*(?:um\s|at\s|den\s|the\s|¶\s*(?:um\s|at\s)?)?\s*(?=[¤§¶]|\d{1,2}(?:[./]|st|nd|rd|th))|(?<=[(].)(?=[)])|(?=\s*[~,/·-]\s*[월화수목금토일](?![가-힣]))|(?=\s*(?:[-–~,/]|or|oder|und|and|bis|to)\s*(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)(?![a-z])))?(?:,?\s*(?:the\s+|den\s+)?(?P<dom>\d{1,2})(?:st|nd|rd|th|\.)?(?![\d/:]|\.\d|\s*[-–~]))?"
)
DOM = _flags(
    r"(?:\b(?:the|on)\s+(?P<d>\d{1,2})(?:st|nd|rd|th)|\b(?:am|den|dem|zum)\s+(?P<d1>\d{1,2})\.|(?<!\d)(?P<d2>\d{1,2})일(?=에|[(]|\s*[¤¶§]))(?=\s*(?:$|에|[.,!?;()§¤¶]|um\b|at\b|geht|passt|works?))"
)
SLASH = _flags(r"(?<![\d/.,])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>(?:1\d|20)\d\d))?(?![\d/])")
GERMAN_AM = _flags(
    r"\s+(?:\d{1,2}\.|\w+tag\b|mittwoch|(?:mo|di|mi|do|fr|sa|so)\b|\w*(?:abend|mittag|morgen)\b|stand\b|ersten|letzten)"
)

WRITTEN = _flags(rf"(?=.*\b20\d\d\b)(?=.*(?<!\d)\d{{1,2}}(?!\d)).*(?<![a-zäöü]){_MONTH}")
LISTED = _flags(rf"{DAY}\s*(?:[-–~,/·]|or|oder|und|and|bis|to)\s*$")
OR = _flags(r"\b(?:or|and|oder|und)\b|이나|나")
CHARGING = _flags(r"l[aä]d|charg|충전")
_STRAY = _flags(
    r"\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|(?-i:Mo|Di|Mi|Do|Fr|Sa|So))\b|(?<![가-힣])모래(?![가-힣])|[월화수목금토일]요"
)
_FULL = """today tomorrow monday tuesday wednesday thursday friday saturday sunday heute morgen übermorgen montag dienstag mittwoch
donnerstag freitag samstag sonntag""".split()
NO_MONTH = _flags(r"(?<!\d)(?:1[3-9]|[2-9]\d)\s*월(?!\s*생)")
THIS_PART = _flags(r"\btonight\b|\bthis (?:morning|afternoon|evening)\b")
GERMAN = _flags(r"\b(?:uhr|um|passt|geht|bitte|ich|wir|ist|ginge|termin|halb|oder|am|und|zum)\b|\b(?:Do|So)\.")


def nearly_a_day(text: str) -> bool:
    """Whether a day was meant that could not be read ("tommorow", a stray "Wed"): a time beside it is not today's."""
    return bool(_STRAY.search(text)) or any(
        difflib.get_close_matches(word.lower(), _FULL, 1, 0.8) for word in re.findall(r"[^\W\d_]{5,}", text)
    )


def number(word: str | None) -> int:
    """A number in digits or in words; 0 for none."""
    return int(word) if word and word.isdigit() else NUMBERS[word.lower()] if word else 0


def month(name: str) -> int:
    """The number of a month by the beginning of its name."""
    plain = name.lower().replace("mär", "mar").replace("mae", "mar").replace("jän", "jan")
    plain = plain.replace("mai", "may").replace("okt", "oct").replace("dez", "dec")
    return MONTHS.index(plain[:3]) + 1


def weekday(name: str) -> int:
    """Days after Monday."""
    name = name.lower()
    return next(WEEKDAYS[name[:length]] for length in (3, 2, 1) if name[:length] in WEEKDAYS)


def half(word: str) -> str:
    """Which half of the day a word says, if any."""
    return next((name for name, pattern in HALVES.items() if word and pattern.search(word)), "")


def readings(total: int, half: str, exact: bool) -> tuple[int, ...]:
    """Minutes after midnight that an hour can mean with this half of the day; past 1440 on the next day."""
    hour, small = total // 60, total % 720
    if not 0 <= total <= 1440 or (hour > 12 and half in ("AM", "PM", "morning")):
        raise ValueError(total)
    if half == "night" and (small < 360):
        return small, small + 1440
    if hour > 12 or (exact and not half) or (not half and hour == 0):
        return (total,)
    if hour == 12 and half in ("morning", "evening"):
        return (0, 720) if half == "morning" else (720, 1440)
    if half in ("AM", "morning"):
        return (small,)
    if half:
        return (small if half == "noon" and small >= 600 else small + 720,)
    return tuple(minutes for minutes in (small, small + 720) if minutes in _WINDOW) or (small, small + 720)
