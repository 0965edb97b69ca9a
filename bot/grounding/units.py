"""Scales, units, what is counted, and numbers in words, in Korean, English and German. Pure."""

from __future__ import annotations

SCALES: tuple[tuple[str, float], ...] = (
    (r"(?:thousand|[Tt]ausend|Tsd\b\.?)", 1e3),
    (r"(?:[Mm]illion(?:en|s)?|[Mm]io\b\.?|mln\b|mn\b)", 1e6),
    (r"(?:Milliarden?|Mrd\b\.?|bn\b|billions?(?![a-z]))", 1e9),
    (r"(?:Billionen|Bio\b\.?|trillions?|tn\b)", 1e12),
)
UNITS: tuple[tuple[str, str, float], ...] = (
    ("KRW", r"원(?!자|료|동|본)|[Ww]on(?![A-Za-z])|KRW(?![A-Za-z])|₩", 1),
    ("EUR", r"유로|[Ee]uros?(?![A-Za-z])|EUR(?![A-Za-z])|€", 1),
    ("USD", r"(?:미국\s*|미화\s*)?달러|(?:US[- ]?)?[Dd]ollars?(?![A-Za-z])|US-?\$|USD(?![A-Za-z])|\$", 1),
    ("t", r"톤|[Tt]onnes?(?![A-Za-z])|[Tt]onnen(?![A-Za-z])|[Tt]ons?(?![A-Za-z])|t\b(?!h)", 1),
    ("t", r"kg(?![A-Za-z])|킬로그램|Kilogramm|kilograms?", 1e-3),
    ("m2", r"km2|제곱킬로미터|square kilomet\w+|Quadratkilometern?", 1e6),
    ("m2", r"m2|제곱미터|square met\w+|Quadratmetern?|sqm(?![A-Za-z])|qm(?![A-Za-z])", 1),
    ("m2", r"ha(?![A-Za-z])|헥타르|[Hh]ectares?(?![A-Za-z])|Hektar(?![A-Za-z])", 1e4),
    ("m2", r"평(?![가])|[Pp]yeong(?![A-Za-z])", 3.305785),
    ("Wh", r"GWh|기가와트시|Gigawattstunden", 1e9),
    ("Wh", r"MWh|메가와트시|Megawattstunden", 1e6),
    ("Wh", r"kWh|킬로와트시|Kilowattstunden", 1e3),
    ("W", r"GW(?![A-Za-z])|기가와트|Gigawatt(?![A-Za-z])", 1e9),
    ("W", r"MW(?![A-Za-z])|메가와트|Megawatt(?![A-Za-z])", 1e6),
    ("W", r"kW(?![A-Za-z])|킬로와트|Kilowatt(?![A-Za-z])", 1e3),
    ("V", r"kV(?![A-Za-z])", 1e3),
    ("%", r"%p?|%포인트|퍼센트|percent(?![A-Za-z])|per cent(?![A-Za-z])|Prozent(?:punkte)?(?![A-Za-z])", 1),
    ("km", r"km(?![A-Za-z])|킬로미터|kilomet\w+|Kilometern?(?![A-Za-z])", 1),
    ("m", r"m(?![A-Za-z])|미터|met(?:er|re)s?(?![A-Za-z])|Metern?(?![A-Za-z])", 1),
    ("minutes", r"분(?!의|기|야|석|말|리)|min\b\.?|[Mm]inut\w+", 1),
    ("minutes", r"시간|hours?(?![A-Za-z])|h(?![A-Za-z])|Stunden?(?![A-Za-z])", 60),
    ("months", r"개월|months?(?![A-Za-z])|Monaten?(?![A-Za-z])", 1),
    ("months", r"년(?:간|여)?(?!\s*차)|years?(?![A-Za-z])|Jahren?(?![A-Za-z])|-year(?![A-Za-z])|-jährig\w*", 12),
    ("days", r"일간|days?(?![A-Za-z])|Tagen?(?![A-Za-z])", 1),
    ("days", r"주간|weeks?(?![A-Za-z])|Wochen?(?![A-Za-z])", 7),
)
NOUNS: tuple[tuple[str, str], ...] = (
    ("firm", r"개\s*사|개\s*(?:기업|회사|업체)|compan(?:y|ies)\b|firms?\b|Firmen\b|Unternehmen\b"),
    ("booth", r"(?:개\s*)?부스|booths?\b|stands?\b|Ständen?\b|Messestände"),
    ("person", r"여?\s*명|people\b|persons?\b|visitors?\b|staff\b|employees\b|jobs\b|Personen\b|Besucher\w*|Beschäftigte\w*|Arbeitsplätze\w*|Mitarbeite\w*"),
    ("thing", r"개(?!\s*(?:사|국|월|기업|회사|업체|부스))|곳|건(?![가-힣])"),
    ("country", r"개\s*국|countries\b|Ländern?\b"),
)  # fmt: skip
_WORDS_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_WORDS_DE = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn".split()
_WORDS_KO = ", 한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯".split()
WORDED = {word: n for words in (_WORDS_EN, _WORDS_DE, _WORDS_KO) for n, word in enumerate(words) if n > 1}
WORDED |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
WORDED |= {"zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "hundert": 100, "세": 3, "서": 3, "넷": 4}
