"""What a visitor says about themselves in one message: name, organisation, topic, e-mail. Pure.

"John Smith, ACME GmbH, cathode recycling", three lines, or "Name: …" with labels: whoever types all at once should not be
asked three times. What cannot be told apart goes to what was asked for; the summary shows it before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.characters import clean
from bot.mail import valid_address
from bot.meetings import LONGEST

FIELDS = ("name", "organisation", "topic")  # in the order they are asked for

_LABELS = {
    "name": r"(?:my |full )?name|ich bin|mein name|이름|성함|성명",
    "organisation": r"organi[sz]ation|company|firma|unternehmen|institution|소속|회사|기관|단체",
    "topic": r"topic|subject|about|thema|anliegen|betreff|주제|용건|내용|안건",
    "email": r"e-?mail(?: address|-adresse)?|mail|이메일|메일",
}
_LABELLED = re.compile(
    r"(?:^|[\n,;/])\s*(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS.items())
    + r")\s*(?:[:：=]|은\s|는\s)\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>()]+")
_LEGAL = re.compile(
    r"(?:co\.?|ltd\.?|inc\.?|llc\.?|corp\.?|gmbh|ag|kg|s\.?a\.?|plc|k\.?k\.?)(?:[ .&].*)?", re.IGNORECASE
)
_INTRODUCED = re.compile(
    r"^(?:(?:hi|hello|hallo|guten tag|안녕하세요)[,.! ]+)?"
    r"(?:my name is|i am|i'm|this is|ich heiße|ich bin|mein name ist|(?:제|내) 이름은|저는)\s+",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hallo|guten (?:tag|morgen|abend)|안녕하세요|안녕하십니까)(?: there| zusammen)?\s*[,.!]+\s*",
    re.IGNORECASE,
)
_WISHING = re.compile(
    r"[,;]?\s+(?:and\s+)?(?:i|we)(?:['’]d| would) like to (?:talk|speak) (?:with you |to you )?about\s+"
    r"|[,;]?\s+und (?:ich )?möchte (?:gerne? )?(?:mit ihnen )?über\s+(?P<thema>.*?)\s+(?:sprechen|reden)[.!]?$",
    re.IGNORECASE,
)
_COPULA = re.compile(r"(?<=[가-힣])(?:입니다|이에요|예요|이라고 합니다|라고 합니다)[.!]?$")
_FROM = re.compile(r"\s+(?:from|of|von der|von|vom|bei der|bei)\s+(?=[A-Z0-9가-힣])")
_A_NAME = 5  # words; what is longer, alone in a message, is a topic


def read(text: str, missing: Sequence[str]) -> dict[str, str]:
    """Field -> what was said of it. ``missing`` is what is still asked for, in order; labels may name any field."""
    found: dict[str, str] = {}
    address = next((one for one in map(valid_address, _ADDRESS.findall(text)) if one), None)
    if address:
        found["email"] = address
        text = re.sub(rf"<?\(?{re.escape(address)}\)?>?", "", text)
    matches = list(_LABELLED.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    for match, end in zip(matches, ends, strict=False):
        field = match.lastgroup or ""
        value = _tidy(text[match.end() : end])
        if value and field != "email":
            found[field] = value
    open_fields = [field for field in missing if field in FIELDS and field not in found]
    plain = _GREETING.sub("", text[: matches[0].start()] if matches else text)
    if "topic" in open_fields[1:]:
        plain = _WISHING.sub(lambda match: ", " + (match["thema"] or ""), plain)
    parts = [part for part in map(_tidy, _parts(plain, len(open_fields))) if part]
    return _kept(found | _assigned(parts, open_fields))


def _assigned(parts: list[str], fields: list[str]) -> dict[str, str]:
    if not parts or not fields:
        return {}
    if fields[0] == "name":
        parts = [_COPULA.sub("", _INTRODUCED.sub("", parts[0])), *parts[1:]]
        if len(parts) == 1 and "topic" in fields and len(parts[0].split()) > _A_NAME:
            return {"topic": parts[0]}
        if "organisation" in fields and len(origin := _FROM.split(parts[0], maxsplit=1)) == 2:
            parts = [*origin, *parts[1:]]
    last = len(fields) - 1
    return {
        field: ", ".join(parts[index:]) if index == last else parts[index]
        for index, field in enumerate(fields)
        if index < len(parts)
    }


def _parts(text: str, wanted: int) -> list[str]:
    """Lines, else what stands between commas; "Co., Ltd." stays with its company."""
    if wanted < 2:
        return [text]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines
    parts: list[str] = []
    for part in re.split(r"\s*[,;、，]\s*|\s+[/|·–]\s+", text):
        if parts and _LEGAL.fullmatch(part):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    return parts


def _tidy(text: str) -> str:
    return " ".join(clean(text).split()).strip(" ,;/|–")


def _kept(found: dict[str, str]) -> dict[str, str]:
    return {field: value[: LONGEST[field]] for field, value in found.items() if value}
