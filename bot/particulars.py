"""What one message says of an inquiry: lines with a label, or lines in the order one writes a letterhead. Pure.

Nobody is made to answer six questions who has said everything at once. What was understood is shown before it is sent,
so a line taken for the wrong thing costs a tap, not an answer.
"""

from __future__ import annotations

import re

from bot.inquiries import Kind
from bot.partners import meant

_LABELS: dict[str, str] = {
    "kind": r"종류|유형|분야|kind|type|category|art|kategorie",
    "organisation": r"소속|회사(?:명)?|기관(?:명)?|단체(?:명)?|organi[sz]ation|company|firm|institution|firma|unternehmen|einrichtung",
    "name": r"이름|성함|성명|담당자|name|contact\s+person|ansprechpartner(?:in)?",
    "country": r"국가|나라|소재지|country|location|from|land|herkunft|sitz",
    "about": r"(?:문의\s*)?내용|용건|주제|문의|about|topic|subject|message|inquiry|enquiry|anliegen|thema|betreff|inhalt|nachricht|anfrage",
    "contact": r"연락처|이메일|메일|전화(?:번호)?|휴대폰|contact|e-?mail|phone|tel(?:ephone)?|kontakt|telefon|handy",
    "by_when": r"(?:회신\s*|희망\s*)?기한|언제까지|마감|by\s+when|deadline|by|frist|bis\s+wann|bis",
}
_LABEL = re.compile(
    r"^\s*[-•*]?\s*(?:"
    + "|".join(f"(?P<{field}>{words})" for field, words in _LABELS.items())
    + r")\s*[:：]\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_KINDS: dict[Kind, str] = {
    Kind.INVEST: r"투자|invest\w*",
    Kind.SUPPLY: r"공급|납품|suppl\w+|liefer\w*|zuliefer\w*",
    Kind.RESEARCH: r"(?:공동\s*)?연구(?:\s*협력)?|research\w*|forschung\w*",
    Kind.EXHIBIT: r"전시(?:\s*참가)?|출품|exhibit\w*|ausstell\w*",
    Kind.PRESS: r"취재|언론|press|media|presse|medien",
    Kind.OTHER: r"기타|그\s*외|other|something\s+else|sonstiges|anderes",
}
_REACHED = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:\+|\b0)\d[\d\s()/-]{6,}\d")
_NOTHING = re.compile(
    r"(?:-+|/?(?:skip|none|no)|건너뛰기|건너뛸게요|없음|없어요|없습니다|überspringen|weiter|keine?s?|nein)[.!]?",
    re.IGNORECASE,
)
_HEADING = ("organisation", "name", "country")  # how people begin who say it all at once
_SENTENCE = 25  # characters that make a line a sentence and no name, with spaces in it
_KOREAN_SENTENCE = 14


def labelled(text: str) -> dict[str, str]:
    """Field -> what its line says, in whichever of our languages the label is. A line without one goes on the last."""
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        match = _LABEL.match(line)
        if match:
            last = next(field for field in _LABELS if match[field] is not None)
            said = match["rest"].strip()
            between = ", " if last == "contact" else "\n"
            found[last] = between.join(part for part in (found.get(last, ""), said) if part)
        elif last and line.strip():
            found[last] = f"{found[last]}\n{line.strip()}".strip()
    return {field: said for field, said in found.items() if said}


def lined_up(text: str) -> dict[str, str]:
    """Field -> its line, of a message of several lines without labels; empty where there is only one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return {}
    found: dict[str, str] = {}
    heading = iter(_HEADING)
    for line in lines:
        reached = _REACHED.search(line)
        if reached and len(reached[0]) > len(line) / 2:
            field = "contact"
        elif "organisation" in found and ("about" in found or _is_sentence(line)):
            field = "about"
        else:
            field = next(heading, "about")
        found[field] = f"{found[field]}\n{line}" if field in found else line
    return found


def kind_named(text: str) -> Kind | None:
    """The kind that the text names ("투자", "press") or means ("we would like to exhibit")."""
    for kind, words in _KINDS.items():
        if re.fullmatch(rf"\W*(?:{words})\W*", text.strip(), re.IGNORECASE):
            return kind
    return meant(text)


def says_nothing(text: str) -> bool:
    """Whether the answer is that there is no answer."""
    return _NOTHING.fullmatch(text.strip()) is not None


def _is_sentence(line: str) -> bool:
    korean = re.search("[가-힣]", line) is not None
    return " " in line and len(line) >= (_KOREAN_SENTENCE if korean else _SENTENCE)
