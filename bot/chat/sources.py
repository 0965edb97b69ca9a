"""/sources: what the knowledge covers, and how fresh it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date

from telegram import Update

from bot.chat.formatting import outdated
from bot.chat.knowledge import Entry, Knowledge, Overview
from bot.chat.sending import Sender
from bot.chat.splitting import UNITS, cut
from bot.chat.styled import BOLD, QUOTE, Styled, joined, line, units
from bot.chat.visitors import Visitors, place_of
from bot.dates import spoken
from bot.texts import LANGUAGES, say


class Sources:
    """Shows what the answers are taken from."""

    def __init__(self, library: Knowledge, visitors: Visitors, sender: Sender) -> None:
        self._library = library
        self._visitors = visitors
        self._sender = sender

    async def show(self, update: Update, _context: object) -> None:
        """One message, however many documents there are."""
        place = place_of(update)
        if place is None:
            return
        overview = await asyncio.to_thread(self._library.overview)
        language = await self._visitors.language(update)
        await self._sender.send(place, described(overview, language, self._sender.clock.now().date()))


def described(overview: Overview, language: str, today: date) -> Styled:
    """The overview for a person who speaks ``language``, in one message."""
    documents = overview.documents
    if not documents:
        return Styled(say(language, "sources.none"))
    late = [entry for entry in documents if outdated(entry.review_by, today)]
    head = [Styled(say(language, "sources.about")).wrapped(BOLD), Styled(_counted(documents, language))]
    if dates := sorted(entry.as_of for entry in documents if entry.as_of):
        oldest, newest = spoken(dates[0], language), spoken(dates[-1], language)
        head.append(Styled(say(language, "sources.span", oldest=oldest, newest=newest)))
    built = spoken(overview.built_at.date().isoformat(), language)
    head.append(Styled(say(language, "sources.read_on", date=built)))
    if late:
        head.append(Styled("⚠ " + say(language, "sources.overdue", count=len(late))))
    shown = joined(head) + "\n\n"
    room = UNITS - shown.units - 200  # for the last line
    titles, left_out = _fitting(_grouped(documents, language), language, today, room)
    shown += Styled(titles).wrapped(QUOTE)
    return shown + "\n" + say(language, "sources.more", count=left_out) if left_out else shown


def _counted(documents: Sequence[Entry], language: str) -> str:
    counts = Counter(entry.language for entry in documents)
    named = [f"{say(code, 'language.name')} {counts[code]}" for code in LANGUAGES if counts[code]]
    other = len(documents) - sum(counts[code] for code in LANGUAGES)
    if other:
        named.append(f"{say(language, 'sources.other')} {other}")
    return say(language, "sources.count", count=len(documents), languages=", ".join(named))


def _grouped(documents: Sequence[Entry], language: str) -> list[list[Entry]]:
    """By top folder, in the visitor's language; all of them where that has none.

    The folders' names are staff's and in one language, so they order the list but are not shown.
    """
    mine = [entry for entry in documents if entry.language == language] or documents
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(mine, key=lambda entry: (entry.path, entry.title)):
        groups.setdefault(entry.path.rpartition("/")[0].partition("/")[0], []).append(entry)
    return list(groups.values())


def _fitting(groups: Sequence[Sequence[Entry]], language: str, today: date, room: int) -> tuple[str, int]:
    """As many titles as ``room`` holds, a blank line between the groups, and how many were left out."""
    entries = [(number, entry) for number, group in enumerate(groups) for entry in group]
    text = ""
    before = 0
    for shown, (number, entry) in enumerate(entries):
        gap = "" if not text else "\n" if number == before else "\n\n"
        more = gap + _title(entry, language, today)
        if units(text)[-1] + units(more)[-1] > room:
            return text, len(entries) - shown
        text, before = text + more, number
    return text, 0


def _title(entry: Entry, language: str, today: date) -> str:
    dated = f" ({spoken(entry.as_of, language)})" if entry.as_of else ""
    warning = " ⚠" if outdated(entry.review_by, today) else ""
    return f"• {cut(line(entry.title) or line(entry.path), 90)}{dated}{warning}"
