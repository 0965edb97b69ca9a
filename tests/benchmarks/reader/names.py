"""Names that nobody bears, in Latin letters and in Hangul: what is learnt of one firm shall hold of another."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from bot.grounding.names import Mention
from bot.words import HANGUL

Name = tuple[str, str]  # in Latin letters, in Hangul

SYLLABLES: Sequence[Name] = [
    *[
        ("Han", "한"),
        ("Sol", "솔"),
        ("Dae", "대"),
        ("No", "노"),
        ("Ru", "루"),
        ("Ve", "베"),
        ("Kan", "칸"),
        ("Mi", "미"),
    ],
    *[
        ("Ra", "라"),
        ("To", "토"),
        ("Ben", "벤"),
        ("Li", "리"),
        ("Gor", "고르"),
        ("Ner", "네르"),
        ("Sa", "사"),
        ("Wil", "빌"),
    ],
    *[
        ("Ha", "하"),
        ("Fen", "펜"),
        ("Do", "도"),
        ("Mar", "마르"),
        ("Se", "세"),
        ("Jin", "진"),
        ("Yu", "유"),
        ("Kra", "크라"),
    ],
    *[
        ("Bo", "보"),
        ("Tel", "텔"),
        ("Na", "나"),
        ("Wo", "워"),
        ("Ri", "리"),
        ("Zen", "젠"),
        ("Pa", "파"),
        ("Lum", "룸"),
    ],
    *[
        ("Ost", "오스트"),
        ("Ga", "가"),
        ("Hyun", "현"),
        ("Woo", "우"),
        ("Il", "일"),
        ("Chun", "천"),
        ("Ma", "마"),
        ("El", "엘"),
    ],
]
PLACES: Sequence[Name] = [("", ""), ("burg", "부르크"), ("-si", "시"), ("ton", "턴")]
FIRMS: Sequence[Name] = [
    *[("", ""), (" Materials", "머티리얼즈"), (" Chemical", "케미칼"), ("tech", "텍"), (" Energy", " 에너지")],
    *[(" GmbH", ""), (" Battery", "배터리")],
]
# By the kind of thing that the glossary says a name is of.
ENDINGS: Mapping[str, Sequence[Name]] = {
    "place": PLACES,
    "city": PLACES,
    "fair": [(" Fair", " 박람회"), (" Expo", " 엑스포"), (" Messe", " 메세"), (" Show", " 쇼")],
    "institution": [(" Institute", " 연구원"), (" University", "대학교"), (" Foundation", " 재단")],
}


def invented(kind: str, chance: random.Random) -> Name:
    """A name for a thing of that kind."""
    syllables = chance.choices(SYLLABLES, k=chance.choice((2, 2, 3)))
    latin, hangul = chance.choice(ENDINGS.get(kind, FIRMS))
    spelt = "".join(one for one, _ in syllables).capitalize()
    return spelt + latin, "".join(one for _, one in syllables) + hangul


def renamed(text: str, mentions: Sequence[Mention], names: Mapping[str, Name]) -> str:
    """``text`` with another name at each of its ``mentions``, in the letters that stand there."""
    parts, at = [], 0
    for one in mentions:
        if one.start >= at:
            latin, hangul = names[one.key]
            parts += [text[at : one.start], hangul if HANGUL.search(text[one.start : one.end]) else latin]
            at = one.end
    return "".join([*parts, text[at:]])
