"""The commands with which staff keep what can be booked, and take away what was: slots, meetings, inquiries.

Everything heavy is imported inside, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.imports import Changes
    from bot.store.programme import Pavilion
    from bot.zones import Zone

ALL = "*"


class OfficeError(Exception):
    """It was not done; the text says why, and what to do."""


def arrange(commands: Any, command: Callable[..., int]) -> None:
    """Add the commands to a parser's sub-commands; ``command`` runs them with ``run``."""
    slots = _group(commands, "slots", "What can be booked: import it, list it, close a time, export it.", command)
    one = _add(slots, "import", import_slots, "Make a file (.xlsx or .toml) what can be booked.")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--reopen", action="store_true", help="open again what was closed by hand")
    one = _add(slots, "list", list_slots, "Show the slots to come, or those of a day.")
    one.add_argument("--team", metavar="T", help="the id of a team (default: all)")
    one.add_argument("--day", metavar="D", help="a day at the venue, like 2026-09-16 (default: from now on)")
    one = _add(slots, "close", close_slots, "Take no more requests for a time.")
    one.add_argument("--team", metavar="T", required=True, help=f"the id of a team, or '{ALL}' for all")
    one.add_argument("--day", metavar="D", required=True, help="a day at the venue, like 2026-09-16")
    one.add_argument("--from", dest="start", metavar="HH:MM", default="00:00", help="default: the whole day")
    one.add_argument("--to", dest="end", metavar="HH:MM", default="24:00")
    one = _add(slots, "export", export_slots, "Write all that can be booked into a new file that can be imported.")
    one.add_argument("file", type=Path, metavar="FILE", help="a new .xlsx or .toml")
    meetings = _group(commands, "meetings", "The meetings, for a spreadsheet.", command)
    one = _add(meetings, "export", export_meetings, "Write the meetings into a file.")
    one.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .csv")
    one.add_argument("--from", dest="first", metavar="D", help="the first day at the venue (default: all)")
    one.add_argument("--to", dest="last", metavar="D", help="the last day, itself included")
    inquiries = _group(commands, "inquiries", "The partnership inquiries, for a spreadsheet.", command)
    one = _add(inquiries, "export", export_inquiries, "Write the inquiries into a file.")
    one.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .csv")


def run(options: argparse.Namespace, url: str, now: datetime) -> str:
    """What the command that ``options`` holds has to say. Raises OfficeError."""
    from bot.office.cells import Unreadable
    from bot.office.exports import ExportError
    from bot.office.programme import ProgrammeError
    from bot.office.sheets import SheetError
    from bot.store import Store, StoreError
    from bot.store.programme import WouldBreak
    from bot.times import NoSuchTime

    try:
        with closing(Store.open(url)) as store:
            work: Callable[[Store, argparse.Namespace, datetime], str] = options.work
            return work(store, options, now)
    except (Unreadable, ExportError, ProgrammeError, SheetError, StoreError, WouldBreak, NoSuchTime) as error:
        raise OfficeError(str(error)) from error


def import_slots(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Import a file."""
    from bot.office.programme import ProgrammeError, parse
    from bot.office.sheets import read

    data = read(options.file)
    try:
        programme = parse(data, _today(data, now))
    except ProgrammeError as error:
        raise OfficeError(f"Nothing was changed. {options.file.name} needs a look:\n{error}") from error
    return _told(store.pavilion.put(programme, now, reopen=options.reopen))


def list_slots(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Show slots."""
    from bot.office.reports import slots_lines
    from bot.times import bounds

    pavilion = store.pavilion
    place = _venue(pavilion, options.team)
    since, until = bounds(_one_day(options.day, now, place), place) if options.day else (now, None)
    slots = pavilion.slots(_team(options.team), since, until)
    if not slots:
        return "There are no such slots."
    fictional = [team.id for team in pavilion.teams(closed=True) if team.fictional]
    warning = [f"Of a fictional demonstration fair: {', '.join(fictional)}"] if fictional else []
    return "\n".join([*warning, *slots_lines(slots, pavilion.seats_in_use())])


def close_slots(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Close the slots that touch a time."""
    from bot.office.cells import DAY, clock
    from bot.office.reports import slots_lines
    from bot.times import at, bounds

    place = _venue(store.pavilion, options.team)
    day = _one_day(options.day, now, place)
    first, last = clock(options.start), clock(options.end)
    if first >= last:
        raise OfficeError("--to must be after --from.")
    whole = bounds(day, place)
    start = at(day, _time(first), place)[0] if first else whole[0]
    end = at(day, _time(last), place)[-1] if last < DAY else whole[1]
    closed = store.pavilion.close(_team(options.team), start, end, now)
    if not closed:
        return "Nothing was open then."
    seats = store.pavilion.seats_in_use()
    again = "They stay closed when a file is imported, unless it is imported with --reopen."
    return "\n".join([f"Closed {_number(len(closed), 'slot')}:", *slots_lines(closed, seats), again])


def export_slots(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Write what can be booked into a new file."""
    from bot.office.exports import save

    if options.file.exists():  # it may be the very file that staff keep by hand
        raise OfficeError(f"{options.file} exists already. Choose another name, or move it away.")
    programme = store.pavilion.whole()
    save(options.file, programme.plain())
    return f"{options.file}: {_number(len(programme.teams), 'team')}, {_number(len(programme.slots), 'slot')}"


def export_meetings(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Write meetings into a file."""
    from bot.office.exports import Table, write
    from bot.office.reports import meetings_table
    from bot.times import local_day
    from bot.zones import zone

    teams = store.pavilion.teams(closed=True)
    place = _venue(store.pavilion, None) if teams else zone("UTC")
    first = _one_day(options.first, now, place) if options.first else date.min
    last = _one_day(options.last, now, place) if options.last else date.max
    days = ((meeting, local_day(meeting.slot.starts_at, zone(meeting.slot.zone))) for meeting in store.agenda.every())
    meetings = [meeting for meeting, day in days if first <= day <= last]
    write(options.file, [Table("meetings", *meetings_table(meetings, teams, store.pavilion.members()))])
    return f"{options.file}: {_number(len(meetings), 'meeting')}"


def export_inquiries(store: Store, options: argparse.Namespace, now: datetime) -> str:
    """Write inquiries into a file."""
    from bot.office.exports import Table, write
    from bot.office.reports import inquiries_table

    inquiries = store.inquiries.every()
    write(options.file, [Table("inquiries", *inquiries_table(inquiries, store.pavilion.teams(closed=True)))])
    return f"{options.file}: {len(inquiries)} {'inquiry' if len(inquiries) == 1 else 'inquiries'}"


def _group(commands: Any, name: str, text: str, command: Callable[..., int]) -> Any:
    group = commands.add_parser(name, help=text, description=text)
    group.set_defaults(command=command, index=None)
    return group.add_subparsers(required=True, metavar="COMMAND")


def _add(group: Any, name: str, work: Callable[..., str], text: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = group.add_parser(name, help=text, description=text)
    added.set_defaults(work=work)
    return added


def _today(data: Any, now: datetime) -> date:
    """Which day it is at the fair; a zone that is none is told when the file is parsed."""
    from bot.times import local_day
    from bot.zones import UnknownZone, zone

    try:
        return local_day(now, zone(str(data["fair"]["zone"])))
    except (UnknownZone, LookupError, TypeError):
        return now.astimezone(UTC).date()


def _venue(pavilion: Pavilion, team_id: str | None) -> Zone:
    from bot.zones import zone

    teams = pavilion.teams(closed=True)
    found = [team for team in teams if team_id in (None, ALL, team.id)]
    if not found:
        known = f"There are {', '.join(team.id for team in teams)}" if teams else "Import a file first"
        raise OfficeError(f"There is no team {team_id or ''}".rstrip() + f". {known}.")
    return zone(found[0].zone)


def _team(team_id: str | None) -> str | None:
    return None if team_id == ALL else team_id


def _one_day(text: str, now: datetime, place: Zone) -> date:
    from bot.office.cells import days
    from bot.times import local_day

    found = days(text, local_day(now, place))
    if len(found) != 1:
        raise OfficeError(f"{text} is not one day. Write it like 2026-09-16.")
    return found[0]


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _told(changes: Changes) -> str:
    lines = []
    for kind in ("teams", "members", "slots"):
        count = getattr(changes, kind)
        parts = [f"{getattr(count, what)} {what}" for what in ("added", "changed", "removed", "unchanged")]
        lines.append(f"{kind}: {', '.join(part for part in parts if not part.startswith('0 ')) or 'none'}")
    if changes.nothing:
        lines.insert(0, "Nothing changed: everything was as in the file.")
    if changes.kept_closed:
        lines.append(f"{_number(changes.kept_closed, 'slot')} stayed closed, as by hand: --reopen opens them again.")
    return "\n".join(lines)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
