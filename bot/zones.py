"""Time zones by name: which there are, and which one a visitor means. The only module that imports zoneinfo.

An offset ("GMT+9") is no zone: it does not know when clocks change. Telegram tells no zone, so a visitor types a place,
and what is found here are candidates to choose from, never a decision.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo as Zone

from babel import Locale
from babel.core import get_global

# One database for all processes and machines: the pinned package. The system's copy comes first otherwise, and it may be
# older than the last change of law (Vancouver gave up changing its clocks for November 2026), or be missing.
zoneinfo.reset_tzpath(to=())

__all__ = ["ZONES", "UnknownZone", "Zone", "city", "find", "named", "suggested", "version", "zone"]

_LANGUAGES = ("ko", "en", "de")
_SUGGESTED = {"ko": "Asia/Seoul", "de": "Europe/Berlin"}
_MOST = 6

_DATABASE = resources.files("tzdata") / "zoneinfo"
_ROWS = [  # (territory, zone): the places people live in, one or more a country
    (row.split("\t")[0], row.split("\t")[2])
    for row in (_DATABASE / "zone.tab").read_text(encoding="utf-8").splitlines()
    if row and not row.startswith("#")
]
ZONES: tuple[str, ...] = tuple(sorted({name for _, name in _ROWS} | {"UTC"}))
_KNOWN = frozenset(ZONES)

# The first guess in countries with several times; elsewhere the order of zone.tab will do.
_FIRST = """America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto America/Vancouver
America/Mexico_City America/Sao_Paulo America/Argentina/Buenos_Aires America/Santiago Europe/Madrid Europe/Lisbon
Europe/Moscow Asia/Shanghai Asia/Jakarta Asia/Almaty Asia/Ulaanbaatar Australia/Sydney Australia/Perth Pacific/Auckland
Pacific/Port_Moresby Europe/Kyiv""".split()
# Who is asked first when somebody writes only an offset.
_LARGE = """Asia/Seoul Asia/Tokyo Europe/Berlin Europe/London Europe/Paris America/New_York America/Los_Angeles Asia/Shanghai
Asia/Singapore Asia/Hong_Kong America/Chicago America/Denver Europe/Helsinki Europe/Athens Europe/Lisbon Asia/Kolkata
Australia/Sydney Asia/Dubai Europe/Istanbul Asia/Bangkok Asia/Ho_Chi_Minh Asia/Jakarta America/Sao_Paulo America/Toronto
America/Vancouver Africa/Johannesburg Africa/Lagos Asia/Riyadh Asia/Karachi Asia/Dhaka Pacific/Auckland""".split()
# Places that have no zone of their own, and spellings that CLDR does not have.
_PLACES = """
Asia/Seoul: Pohang, 포항, Busan, Pusan, 부산, Daegu, Taegu, 대구, Incheon, Inchon, 인천, Daejeon, Taejon, 대전, Gwangju, 광주, Ulsan, 울산, Suwon, 수원, Sejong, 세종, Gyeongju, 경주, Gumi, 구미, Changwon, 창원, Pangyo, 판교, Cheongju, 청주, Jeju, 제주
Europe/Berlin: Munich, München, Münchner, 뮌헨, Hamburg, 함부르크, Frankfurt, Frankfurt am Main, 프랑크푸르트, Stuttgart, 슈투트가르트, Köln, Cologne, 쾰른, Düsseldorf, 뒤셀도르프, Leipzig, 라이프치히, Dresden, 드레스덴, Hannover, Hanover, 하노버, Nürnberg, Nuremberg, 뉘른베르크, Aachen, 아헨, Bremen, 브레멘, Essen, 에센, Dortmund, 도르트문트, Karlsruhe, 카를스루에, Wolfsburg, 볼프스부르크, Münster, 뮌스터, Bonn, 본
Europe/Zurich: Zürich, Geneva, Genf, Genève, 제네바, Basel, 바젤, Bern, 베른, Lausanne, 로잔
Europe/Vienna: Vienna, Wien, 빈, Graz, 그라츠, Linz, 린츠, Salzburg, 잘츠부르크
Europe/Rome: Milan, Mailand, Milano, 밀라노, Turin, Torino, 토리노, Venice, Venedig, 베네치아, Bologna, 볼로냐
Europe/Madrid: Barcelona, 바르셀로나, Valencia, 발렌시아, Bilbao, 빌바오
Europe/Paris: Lyon, 리옹, Grenoble, 그르노블, Toulouse, 툴루즈, Marseille, 마르세유, Straßburg, Strasbourg, 스트라스부르
Europe/London: Manchester, 맨체스터, Birmingham, 버밍엄, Edinburgh, 에든버러, Oxford, 옥스퍼드, Cambridge, 케임브리지
Europe/Amsterdam: Rotterdam, 로테르담, Eindhoven, 에인트호번, Den Haag, The Hague, 헤이그
Europe/Brussels: Antwerp, Antwerpen, 안트베르펜
Europe/Stockholm: Gothenburg, Göteborg, 예테보리, Skellefteå, 셸레프테오, Västerås
Europe/Warsaw: Kraków, Krakow, Krakau, 크라쿠프, Wrocław, Wroclaw, Breslau, 브로츠와프
Europe/Budapest: Debrecen, 데브레첸
Europe/Kyiv: Kyiv, Kiew, Kiev, 키이우, 키예프
Asia/Shanghai: Beijing, Peking, 베이징, 북경, Shenzhen, 선전, 심천, Guangzhou, 광저우, Ningde, 닝더, Hefei, 허페이, Chengdu, 청두, Suzhou, 쑤저우, Wuhan, 우한, 상해
Asia/Tokyo: Osaka, Ōsaka, 오사카, Nagoya, 나고야, Kyoto, Kyōto, 교토, Yokohama, 요코하마, Fukuoka, 후쿠오카, 동경
Asia/Kolkata: Delhi, New Delhi, Neu-Delhi, 델리, 뉴델리, Mumbai, Bombay, 뭄바이, Bangalore, Bengaluru, 방갈로르, 벵갈루루, Chennai, Madras, 첸나이, Hyderabad, 하이데라바드, Pune, 푸네, Kalkutta, Calcutta
Asia/Kathmandu: Kathmandu, Katmandu, 카트만두
Asia/Ho_Chi_Minh: Hanoi, 하노이, Saigon, 호치민, 호찌민, Ho Chi Minh City, Haiphong, 하이퐁
Asia/Dubai: Abu Dhabi, 아부다비
Asia/Jerusalem: Tel Aviv, 텔아비브
Asia/Taipei: Hsinchu, 신주, Kaohsiung, 가오슝
America/Los_Angeles: San Francisco, 샌프란시스코, Silicon Valley, 실리콘밸리, 실리콘 밸리, Palo Alto, 팔로알토, 팔로 알토, San Jose, 새너제이, San Diego, 샌디에이고, Seattle, 시애틀, Las Vegas, 라스베이거스, 라스베가스, Portland, 포틀랜드, LA, L.A., 엘에이, Reno, 리노
America/New_York: New York City, NYC, Washington, Washington DC, Washington D.C., 워싱턴, Boston, 보스턴, Atlanta, 애틀랜타, Philadelphia, 필라델피아, Miami, 마이애미, Charlotte, 샬럿
America/Chicago: Houston, 휴스턴, Austin, 오스틴, Dallas, 댈러스, Nashville, 내슈빌
America/Detroit: Ann Arbor, 앤아버
America/Toronto: Montreal, Montréal, 몬트리올, Ottawa, 오타와
America/Vancouver: Vancouver, 밴쿠버, 벤쿠버
America/Sao_Paulo: São Paulo, Rio de Janeiro, 리우데자네이루
Australia/Sydney: Canberra, 캔버라
UTC: UTC, Z, Zulu, Weltzeit, 세계시, 협정 세계시
"""
_COUNTRIES = """
KR: Korea, South Korea, Republic of Korea, 한국, 남한, Korean, koreanisch, ROK, Republik Korea
US: USA, U.S.A., US, U.S., America, United States of America, Amerika
DE: German, deutsch
GB: UK, U.K., Great Britain, Britain, England, Großbritannien, Schottland, Scotland, British, britisch
JP: Japanese, japanisch
CN: Chinese, chinesisch, PRC, China, 중화인민공화국
HK: Hong Kong, Hongkong, 홍콩
CZ: Czech Republic, Tschechische Republik
NL: Holland, 홀란드, The Netherlands
AE: UAE, VAE, Emirates, Emirate
TR: Turkey, Türkei, 터키
AU: 호주
TW: 타이완
"""
_ABBREVIATIONS = """
KST: Asia/Seoul
JST: Asia/Tokyo
CET CEST MEZ MESZ: Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw Europe/Stockholm
EET EEST OEZ OESZ: Europe/Helsinki Europe/Athens Europe/Bucharest Europe/Kyiv
WET WEST WEZ WESZ: Europe/Lisbon
GMT: Europe/London UTC Africa/Accra
BST: Europe/London
MSK: Europe/Moscow
EST EDT ET: America/New_York America/Toronto
CST: America/Chicago Asia/Shanghai America/Mexico_City
CDT CT: America/Chicago
MST MDT MT: America/Denver America/Phoenix
PST PDT PT: America/Los_Angeles America/Vancouver
IST: Asia/Kolkata Asia/Jerusalem Europe/Dublin
HKT: Asia/Hong_Kong
SGT: Asia/Singapore
AEST AEDT: Australia/Sydney Australia/Brisbane
AWST: Australia/Perth
NZST NZDT: Pacific/Auckland
"""
_CITY = {  # where CLDR has another spelling than people use today
    ("America/Vancouver", "ko"): "밴쿠버",
    ("Asia/Kathmandu", "ko"): "카트만두",
    ("Asia/Ho_Chi_Minh", "ko"): "호찌민",
    ("Europe/Kyiv", "ko"): "키이우",
    ("Asia/Kolkata", "de"): "Kolkata",
}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?\s*(?:h|시간)?", re.IGNORECASE)


class UnknownZone(ValueError):
    """Not the name of a time zone that a person can choose."""

    def __init__(self, name: str) -> None:
        hint = f" Did you mean {places[0]}?" if len(name) < 60 and (places := find(name)) else ""
        super().__init__(
            f"{name[:60]!r} is not a time zone. Write a place of the tz database such as Asia/Seoul or Europe/Berlin; "
            f"an offset or an abbreviation does not know when clocks change.{hint}"
        )


def zone(name: str) -> Zone:
    """The zone of this name, an old name taken for the new one. Offsets, abbreviations and paths are refused."""
    name = "UTC" if name == "Etc/UTC" else name
    if name not in _KNOWN and "/" in name:
        name = get_global("zone_aliases").get(name, name)
    if name not in _KNOWN:  # before zoneinfo sees it: the name would become a path
        raise UnknownZone(name)
    return Zone(name)


@cache
def version() -> str:
    """The version of the tz database in use, for the log and for noticing that it changed: reminders are rendered anew."""
    return (_DATABASE / "tzdata.zi").read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# version ").strip()


def suggested(language: str) -> str:
    """The zone to put first when asking a visitor of this language, or "". A suggestion: Koreans live in Berlin, too."""
    return _SUGGESTED.get(language, "")


def city(name: str, language: str) -> str:
    """What the people of this language call the place that a zone is named for."""
    if found := _CITY.get((name, language)):
        return found
    names = Locale.parse(language).time_zones
    old = (alias for alias, new in get_global("zone_aliases").items() if new == name)
    found = next((names[key]["city"] for key in (name, *old) if key in names and "city" in names[key]), "")
    return found or name.rsplit("/", 1)[-1].replace("_", " ")


def named(name: str) -> list[str]:
    """The zones that go by exactly this name, an adjective included ("Berliner", "deutsche", "한국"); mostly one or none."""
    word = _key(name)
    return list(_names().get(word) or _names().get(word.removesuffix("r").removesuffix("e")) or ())


def find(text: str) -> list[str]:
    """The zones a visitor may mean by a city, a country, an abbreviation or an offset, best first. Up to six to ask about."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if offset := _OFFSET.fullmatch(text):
        sign, hours, minutes = offset.groups()
        return _of_offset((int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1))
    names = _names()
    if exact := names.get(_key(text)):
        return list(exact)
    return list(dict.fromkeys(name for zones in (*_said(text), *_begun(_key(text))) for name in zones))[:_MOST]


def _said(text: str) -> Iterable[tuple[str, ...]]:
    """The zones of places named within a sentence: up to three words, a Korean particle or a German ending left off."""
    names, words = _names(), [_key(word) for word in re.findall(r"\w+", text)]
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            word = "".join(words[start : start + size])
            if word.isascii():
                if len(word) > 3 and (places := named(word)):
                    yield tuple(places)
            elif zones := next((names[word[:end]] for end in range(len(word), 1, -1) if word[:end] in names), None):
                yield zones


def _begun(key: str) -> Iterable[tuple[str, ...]]:
    """The zones of places whose name begins like this: a visitor may stop typing early."""
    if len(key) > (2 if key.isascii() else 0):
        yield from (zones for name, zones in _names().items() if name.startswith(key))


def _key(text: str) -> str:
    bare = (char for char in unicodedata.normalize("NFD", text.casefold()) if unicodedata.category(char) != "Mn")
    return "".join(char for char in unicodedata.normalize("NFC", "".join(bare)) if char.isalnum())


def _keys(text: str) -> set[str]:
    spelled = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return {_key(text), _key(spelled)} - {""}


def _table(text: str, separator: str | None = None) -> Iterable[tuple[list[str], list[str]]]:
    for line in text.strip().splitlines():
        left, right = line.split(": ")
        yield left.split(), [part.strip() for part in right.split(separator)]


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Every name a place may go by, as a key without accents and spaces -> its zones."""
    locales = [Locale.parse(language) for language in _LANGUAGES]
    found: dict[str, list[str]] = {}

    def add(name: str, *zones: str) -> None:
        for key in _keys(name):
            found.setdefault(key, []).extend(zones)

    for (name,), places in _table(_PLACES, ","):  # before CLDR: San José in Costa Rica is not what most mean
        for place in places:
            add(place, name)
    for abbreviations, zones in _table(_ABBREVIATIONS):
        for abbreviation in abbreviations:
            add(abbreviation, *zones)
    for name in ZONES:
        add(name, name)
        add(name.rsplit("/", 1)[-1], name)
        for language in _LANGUAGES:
            add(city(name, language), name)
    called = {territory: names for (territory,), names in _table(_COUNTRIES, ",")}
    for territory in dict.fromkeys(territory for territory, _ in _ROWS):
        zones = _of_territory(territory)
        for name in [*called.get(territory, ()), *(locale.territories.get(territory, "") for locale in locales)]:
            add(name, *zones)
    return {key: tuple(dict.fromkeys(zones))[:_MOST] for key, zones in found.items()}


def _of_territory(territory: str) -> list[str]:
    own = [name for code, name in _ROWS if code == territory]
    own.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    clocks: dict[tuple[int, int], str] = {}
    for name in own:  # places whose clocks agree are one choice
        clocks.setdefault(_offsets(name), name)
    return list(clocks.values())


def _of_offset(minutes: int) -> list[str]:
    return [name for name in dict.fromkeys((*_LARGE, *ZONES)) if minutes in _offsets(name)][:_MOST]


@cache
def _offsets(name: str) -> tuple[int, int]:
    """Minutes east of UTC in January and in July of the year after the database's, when all it knows is in force."""
    year = int(version()[:4]) + 1
    january, july = (
        int((datetime(year, month, 1, tzinfo=zone(name)).utcoffset() or timedelta()).total_seconds()) // 60
        for month in (1, 7)
    )
    return january, july
