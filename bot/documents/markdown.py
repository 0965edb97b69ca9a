"""Markdown, as far as documents need it: blocks, and the words in them without markup.

A footnote mark ``[^id]`` survives as ``MARK`` characters around its id, so that whoever cuts the text can say later
where it stood. ``escape`` is for the other readers: text which went through it comes back from ``blocks`` as it was.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from bot.characters import clean

# Private-use characters: ``clean`` has removed every other one of them, so these cannot come from a document.
OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_ESCAPED = 0xE100
_LONGEST_HEADING = 300

_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_RESTORED = re.compile("[\ue100-\ue17f]")
_WORD = re.compile(r"\w")
_URL = re.compile(r"https?://[^\s<>()\[\]]+")
_CODE = re.compile(r"(`{1,3})(?!`)([^\n]{1,500}?)(?<!`)\1(?!`)")
_FOOTNOTE = re.compile(
    r"(?<!\s)\s*\[\^([^\]\s]{1,80})\]"
)  # the first of the spaces only, or a long run costs its square
_IMAGE = re.compile(r"!\[[^\]]{0,1000}\]\((?:<[^<>]{0,2000}>|[^()]{0,2000}(?:\([^()]{0,200}\))?[^()]{0,200})\)")
_LINK = re.compile(r"\[([^\[\]]{0,1000})\]\((<[^<>]{0,2000}>|[^()\s]{0,2000}(?:\([^()]{0,200}\))?[^()]{0,200})\)")
_REFERENCE = re.compile(r"\[([^\[\]\ue000]{1,500})\]\[[^\[\]]{0,80}\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000}|[\w.+-]{1,80}@[\w.-]{1,80})>")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|"
    r"pre|q|s|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Inner emphasis goes first, so that none spans another and no pattern looks further than the next star.
_STARS = [
    re.compile(rf"(?<!\*){stars}(?=[^\s*])([^*\n]{{1,800}})(?<=\S){stars}(?!\*)")
    for stars in (r"\*", r"\*\*", r"\*\*\*", r"\*")
]
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_\n]{1,800})(?<=\S)\1(?!\w)")
_TILDES = re.compile(r"~~(?=\S)([^~\n]{1,800})(?<=\S)~~")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_MARKUP = frozenset("\\`*_[]<>&~|!")
_SPECIAL = re.compile(r"([\\`*_\[\]<&~|])")
_SPECIAL_FIRST = re.compile(r"^(\s*)([#>=+-]|\d{1,9}(?=[.)]))")

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ITEM = re.compile(r"\s*(?:([-*+])|(\d{1,9}[.)]))[ \t]+(\S.*)$")
_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s]{1,80})\]:[ \t]*(.*)$")
_TARGET = re.compile(r" {0,3}\[[^\]^][^\]]{0,500}\]:[ \t]*(?:<[^<>]*>|[a-z]+://\S+|[#/.]\S*)(?:[ \t]+[\"'(].*)?$")
_DELIMITERS = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*\|?\s*+$")


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item, table or footnote definition; ``text`` is free of markup, marks excepted."""

    kind: Literal["heading", "text", "item", "table", "definition"]
    text: str = ""
    level: int = 0  # of a heading
    rows: tuple[tuple[str, ...], ...] = ()  # of a table
    name: str = ""  # of a definition, whose text is left as written
    page: int | None = None

    @property
    def has_words(self) -> bool:
        """Whether anything is left without the marks: a letter or a figure."""
        return any(_WORD.search(MARK.sub("", text)) for text in (self.text, *chain.from_iterable(self.rows)))


def escape(text: str) -> str:
    """One line of plain text as Markdown."""
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _SPECIAL_FIRST.sub(lambda match: _first_escaped(match[1], match[2]), text)


def _first_escaped(space: str, first: str) -> str:
    return f"{space}{first}\\" if first[0].isdigit() else f"{space}\\{first}"


def row(cells: Iterator[str] | list[str]) -> str:
    """A line of a Markdown table from cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def words(text: str) -> str:
    """The text without its markup, on one line, with marks for footnotes."""
    text = _protected(text)
    if "://" in text:  # what looks like markup in an address is a letter of it
        text = _URL.sub(lambda match: _hidden(match[0]), text)
    if "`" in text:
        text = _CODE.sub(lambda match: _hidden(match[2]), text)
    if "[" in text:
        text = _FOOTNOTE.sub(rf"{OPEN}\1{CLOSE}", text)
        text = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub("", text)))
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _AUTOLINK.sub(r"\1", text)))
    if "*" in text:
        for stars in _STARS:
            text = stars.sub(r"\1", text)
    if "_" in text:
        text = _UNDERSCORES.sub(r"\2", text)
    if "~~" in text:
        text = _TILDES.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: clean(html.unescape(match[0])), text)
    return " ".join(_RESTORED.sub(lambda match: chr(ord(match[0]) - _ESCAPED), text).split())


def with_addresses(text: str) -> str:
    """Links spelt out as ``text, address``: in a footnote the address is what matters."""
    return _LINK.sub(lambda match: match[2].strip("<>") if match[1] == match[2] else f"{match[1]}, {match[2]}", text)


def _protected(text: str) -> str:
    return _BACKSLASH.sub(lambda match: chr(_ESCAPED + ord(match[1])), text) if "\\" in text else text


def _hidden(text: str) -> str:
    """Out of reach of the patterns that follow, until the end."""
    return "".join(chr(_ESCAPED + ord(letter)) if letter in _MARKUP else letter for letter in text)


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a Markdown text in order. Lines of a paragraph are joined; comments and images are dropped."""
    return _Lines(_without_comments(markdown).split("\n")).blocks()


def _without_comments(markdown: str) -> str:
    parts, start = [], 0
    while (opening := markdown.find("<!--", start)) >= 0 and (closing := markdown.find("-->", opening)) >= 0:
        escaped = markdown[opening - 1 : opening] == "\\"
        parts.append(markdown[start : closing + 3] if escaped else markdown[start:opening])
        start = closing + 3
    return "".join(parts) + markdown[start:] if parts else markdown


class _Lines:
    """A cursor over lines; each method takes one kind of block off the front."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip():
                self._at += 1
            elif fence := _FENCE.match(line):
                yield from self._code(fence[1])
            elif line.lstrip().startswith(">"):
                yield from self._quote()
            elif heading := _HEADING.match(line):
                self._at += 1
                yield _heading(_unclosed(heading[2] or ""), len(heading[1]))
            elif _RULE.match(line) or _TARGET.match(line):
                self._at += 1
            elif definition := _DEFINITION.match(line):
                yield self._definition(definition[1], definition[2])
            elif self._table_begins():
                yield self._table()
            else:
                yield from self._paragraph()

    def _take(self) -> str:
        self._at += 1
        return self._lines[self._at - 1]

    def _code(self, fence: str) -> Iterator[Block]:
        self._at += 1
        while self._at < len(self._lines) and not (line := self._take()).strip().startswith(fence):
            if line.strip():
                yield Block("text", " ".join(line.split()))

    def _quote(self) -> Iterator[Block]:
        inner = []
        while self._at < len(self._lines) and (line := self._lines[self._at].lstrip()).startswith(">"):
            inner.append(line.lstrip("> "))  # however deeply quoted
            self._at += 1
        return _Lines(inner).blocks()

    def _definition(self, name: str, text: str) -> Block:
        parts = [text]
        while self._at + 1 < len(self._lines) and re.match(r"(?: {2,}|\t)\S", self._lines[self._at + 1]):
            self._at += 1
            parts.append(self._lines[self._at].strip())
        self._at += 1
        return Block("definition", " ".join(parts), name=name)

    def _table_begins(self) -> bool:
        following = self._lines[self._at + 1 : self._at + 2]
        return "|" in self._lines[self._at] and bool(following) and bool(_DELIMITERS.match(following[0]))

    def _table(self) -> Block:
        lines = [self._take()]
        self._at += 1
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            lines.append(self._take())
        return Block("table", rows=tuple(_cells(line) for line in lines))

    def _paragraph(self) -> Iterator[Block]:
        item = _ITEM.match(self._lines[self._at])
        parts = [item[3] if item else self._lines[self._at].strip()]
        self._at += 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not item and (underline := _UNDERLINE.match(line)):
                self._at += 1
                yield _heading(" ".join(parts), 1 if "=" in underline[1] else 2)
                return
            if not line.strip() or any(start.match(line) for start in _STARTS) or self._table_begins():
                break
            parts.append(line.strip().removesuffix("\\"))
            self._at += 1
        if text := words(" ".join(parts)):
            yield Block("item", f"{item[2] or '-'} {text}") if item else Block("text", text)


_STARTS = (_FENCE, _HEADING, _ITEM, _DEFINITION, re.compile(r"\s*>"))


def _heading(written: str, level: int) -> Block:
    """What is too long for a heading is a paragraph: headings are repeated in every passage below them."""
    text = words(written)
    return Block("text", text) if len(text) > _LONGEST_HEADING else Block("heading", MARK.sub("", text), level=level)


def _unclosed(heading: str) -> str:
    """A heading's words without the row of # that may close it."""
    text = heading.rstrip(" \t")
    bare = text.rstrip("#")
    return bare if bare.endswith((" ", "\t")) else text


def _cells(line: str) -> tuple[str, ...]:
    line = _protected(line.strip()).removeprefix("|").removesuffix("|")
    return tuple(words(cell) for cell in line.split("|"))
