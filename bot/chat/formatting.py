"""Answer -> the messages that show it: its text with tappable marks, and under it where each statement comes from.

Pure. Only addresses that a citation brings become links; whatever markup a model writes is turned into entities or
taken out, never shown raw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from bot.chat.splitting import split
from bot.chat.styled import BOLD, LINK, QUOTE, Styled, joined, line, plain
from bot.citations import Answer, Citation
from bot.dates import spoken
from bot.texts import say

_MARK = re.compile(r"(\[\d{1,3}\])")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_STAR_BULLET = re.compile(r"(\s*)\*\s+")


def messages(answer: Answer, today: date) -> list[Styled]:
    """The finished answer in as many messages as it needs, sources last."""
    whole = [body(answer)]
    if answer.citations:
        whole.append(sources(answer, today))
    return split(joined(whole, "\n\n"))


def preview(answer: Answer) -> Styled:
    """The answer so far in one message: of a text that outgrew it, the end, where the reader sees it grow."""
    parts = split(body(answer))
    return parts[-1] if parts else Styled()


def body(answer: Answer) -> Styled:
    """The answer's text; its ``[n]`` lead to the source where that has an address."""
    links = {citation.n: citation.url for citation in answer.citations if linkable(citation.url)}
    return joined([_line(text, links) for text in plain(answer.text).strip().split("\n")])


def sources(answer: Answer, today: date) -> Styled:
    """Document, place in it, publisher and date of every citation; those that say the same share a line.

    Where the dates differ, the oldest dates the answer.
    """
    grouped: dict[Styled, list[Citation]] = {}
    for citation in answer.citations:
        grouped.setdefault(_described(citation, answer.language), []).append(citation)
    lines = [_entry(described, citations, answer.language, today) for described, citations in grouped.items()]
    heading = Styled(say(answer.language, "sources.heading")).wrapped(BOLD)
    shown = heading + "\n" + joined(lines).wrapped(QUOTE)
    if answer.mixed and answer.as_of:
        shown += "\n" + say(answer.language, "sources.answer", date=spoken(answer.as_of, answer.language))
    return shown


def linkable(url: str) -> bool:
    """Whether Telegram makes a link of it, and a reader knows where it leads."""
    if not url.startswith(("http://", "https://")) or len(url) > 2048 or any(c.isspace() for c in url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def outdated(review_by: str, today: date) -> bool:
    """Whether the date by which staff wanted to look again has passed. What is no date cannot have passed."""
    try:
        return date.fromisoformat(review_by) < today
    except ValueError:
        return False


def _line(text: str, links: Mapping[int, str]) -> Styled:
    heading = _HEADING.fullmatch(text)
    if heading:
        return _marked(heading[1].replace("**", ""), links).wrapped(BOLD)
    text = _STAR_BULLET.sub(r"\1• ", text, count=1) if _STAR_BULLET.match(text) else text
    pieces = text.split("**")
    closed = len(pieces) - 1 if len(pieces) % 2 == 0 else len(pieces)  # a lone ** opens nothing
    shown = Styled()
    for index, piece in enumerate(pieces):
        marked = _marked(piece, links)
        shown += marked.wrapped(BOLD) if index % 2 and index < closed else marked
    return shown


def _marked(text: str, links: Mapping[int, str]) -> Styled:
    shown = Styled()
    for piece in _MARK.split(text):
        url = links.get(int(piece[1:-1])) if _MARK.fullmatch(piece) else None
        shown += Styled(piece).wrapped(LINK, url) if url else Styled(piece)
    return shown


def _described(citation: Citation, language: str) -> Styled:
    passage = citation.passage
    way = [line(heading) for heading in passage.headings if heading != passage.title]
    title = " › ".join(part for part in (line(passage.title) or line(passage.path), *way) if part)
    if passage.page:
        title += ", " + say(language, "sources.page", page=passage.page)
    shown = Styled(title)
    if linkable(citation.url):
        shown = shown.wrapped(LINK, citation.url)
    if citation.as_of:
        stated = say(language, "sources.as_of", date=spoken(citation.as_of, language))
        said_by = ", ".join(part for part in (line(citation.publisher), stated) if part)
    else:
        said_by = line(citation.publisher)
    return shown + (f" — {said_by}" if said_by else "")


def _entry(described: Styled, citations: list[Citation], language: str, today: date) -> Styled:
    numbers = " ".join(f"[{citation.n}]" for citation in citations)
    entry = Styled(f"{numbers} ") + described
    late = [c.passage.review_by for c in citations if outdated(c.passage.review_by, today)]
    if late:
        entry += "\n⚠ " + say(language, "answers.outdated", date=spoken(min(late), language))
    return entry
