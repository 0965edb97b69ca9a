"""Countries and cities in three languages, for what no glossary holds: Munich is München and 뮌헨. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

# One place a line: the spellings; behind the bar what only hints at it (an adjective, "domestic") and is no claim.
_ROWS = """
Korea, South Korea, Südkorea, Republic of Korea, 한국, 대한민국, 우리나라 | Korean, koreanisch, 국내, 한-, 국가, national, Seoul, 서울
Germany, Deutschland, 독일 | German, deutsch, Munich, München, 뮌헨, Stuttgart, 슈투트가르트, Fraunhofer, 프라운호퍼, 한독
Norway, Norwegen, 노르웨이 | Norwegian, norwegisch
Sweden, Schweden, 스웨덴 | Swedish, schwedisch
Finland, Finnland, 핀란드 | Finnish, finnisch
Denmark, Dänemark, 덴마크 | Danish, dänisch
Iceland, Island, 아이슬란드 | Icelandic, isländisch
Canada, Kanada, 캐나다 | Canadian, kanadisch
China, 중국 | Chinese, chinesisch, Shenzhen, 선전
Japan, 일본 | Japanese, japanisch, Osaka, 오사카
Taiwan, 대만 | Taiwanese, taiwanisch
India, Indien, 인도 | Indian, indisch
Indonesia, Indonesien, 인도네시아 | Indonesian, indonesisch
Vietnam, 베트남 | Vietnamese, vietnamesisch
Australia, Australien, 호주, 오스트레일리아 | Australian, australisch
France, Frankreich, 프랑스 | French, französisch
Italy, Italien, 이탈리아 | Italian, italienisch
Spain, Spanien, 스페인 | Spanish, spanisch
Austria, Österreich, 오스트리아 | Austrian, österreichisch
Switzerland, Schweiz, 스위스 | Swiss, schweizerisch
Netherlands, Niederlande, Niederlanden, 네덜란드 | Dutch, niederländisch
Belgium, Belgien, 벨기에 | Belgian, belgisch
Poland, Polen, 폴란드 | Polish, polnisch
Hungary, Ungarn, 헝가리 | Hungarian, ungarisch, Debrecen, 데브레첸
Czechia, Czech Republic, Tschechien, 체코 | Czech, tschechisch
United Kingdom, Großbritannien, 영국 | British, britisch
United States, USA, Vereinigte Staaten, Vereinigten Staaten, 미국 | American, US, amerikanisch, US-amerikanisch
Mexico, Mexiko, 멕시코 | Mexican
Brazil, Brasilien, 브라질 | Brazilian
Chile, 칠레 | Chilean
North America, Nordamerika, 북미 |
Europe, Europa, 유럽 | European, europäisch, EU
Asia, Asien, 아시아 | Asian
Seoul, 서울 |
Busan, Pusan, 부산 |
Daegu, 대구 |
Daejeon, 대전 | Taejon
Incheon, 인천 |
Gwangju, 광주 |
Ulsan, 울산 |
Sejong, 세종 |
Gyeongju, 경주 |
Gumi, 구미 |
Suwon, 수원 |
Hwaseong, 화성 |
Cheongju, 청주 |
Ochang, 오창 |
Gwangyang, 광양 |
Gunsan, 군산 |
Saemangeum, 새만금 |
Changwon, 창원 |
Jeju, 제주 |
Gimhae, 김해 |
Gyeonggi, 경기도, 경기 |
Chungbuk, 충북, 충청북도 |
Munich, München, 뮌헨 | Münchner, Münchener
Berlin, 베를린 |
Hamburg, 함부르크 |
Frankfurt, 프랑크푸르트 |
Stuttgart, 슈투트가르트 |
Leipzig, 라이프치히 |
Hanover, Hannover, 하노버 |
Cologne, Köln, 쾰른 |
Düsseldorf, Dusseldorf, 뒤셀도르프 |
Dresden, 드레스덴 |
Vienna, Wien |
Zurich, Zürich, 취리히 |
Paris, 파리 |
London, 런던 |
Milan, Mailand, 밀라노 |
Barcelona, 바르셀로나 |
Brussels, Brüssel, 브뤼셀 |
Budapest, 부다페스트 |
Debrecen, 데브레첸 |
Warsaw, Warschau, 바르샤바 |
Oslo, 오슬로 |
Stockholm, 스톡홀름 |
Helsinki, 헬싱키 |
Shenzhen, 선전 |
Shanghai, Schanghai, 상하이 |
Beijing, Peking, 베이징 |
Chongqing, 충칭 |
Tokyo, Tokio, 도쿄 |
Osaka, 오사카 |
Singapore, Singapur, 싱가포르 |
Las Vegas, 라스베이거스 |
"""


def _rows() -> dict[str, tuple[str, bool]]:
    spelt: dict[str, tuple[str, bool]] = {}
    for line in _ROWS.strip().splitlines():
        names, _, hints = line.partition("|")
        spellings = [name.strip() for name in names.split(",")]
        key = f"place:{spellings[0]}"
        spelt |= {name: (key, True) for name in spellings if name}
    for line in _ROWS.strip().splitlines():
        names, _, hints = line.partition("|")
        key = f"place:{names.split(',')[0].strip()}"
        for hint in (hint.strip() for hint in hints.split(",")):
            spelt.setdefault(hint, (key, False)) if hint else None
    return spelt


SPELT = _rows()
_HINTS: dict[str, frozenset[str]] = {}
for _line in _ROWS.strip().splitlines():
    _names, _, _hints = _line.partition("|")
    _HINTS[f"place:{_names.split(',')[0].strip()}"] = frozenset(h.strip() for h in _hints.split(",") if h.strip())


def _any_of(names: Iterable[str]) -> str:
    """One of the names, by first letters: most places in a text begin none."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_first[name[0]].append(re.escape(name[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items())


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    korean, others = ([name for name in longest if (name[0] >= "가") == hangul] for hangul in (True, False))
    inflected = rf"(?<![^\W_])(?:{_any_of(others)})(?:s|n|e[nrms]?)?(?![^\W_가-힣])"
    return re.compile(rf"(?<![가-힣])(?:{_any_of(korean)})|{inflected}")


PATTERN = _pattern(SPELT)


def key_of(spelling: str) -> tuple[str, bool] | None:
    """The place that a match of PATTERN names, and whether it names it outright."""
    for cut in range(3):
        found = SPELT.get(spelling[: len(spelling) - cut] if cut else spelling)
        if found:
            return found
    return None


def hinted(key: str, text: str) -> bool:
    """Whether ``text`` speaks of the place without naming it: German for Germany, 국내 for Korea."""
    return any(re.search(rf"(?<![^\W_가-힣]){re.escape(hint)}", text, re.IGNORECASE) for hint in _HINTS.get(key, ()))
