"""A program killed while it books: what it had acknowledged is there, and nothing is promised twice.

    python -m tests.test_bookings_killed KILLS

prints a line of JSON for each kill. The child is forked from a process that has opened nothing, books on a file of SQLite
on a disk, and says through a pipe what was acknowledged. It is killed before the first time that a line of the code that
books is reached, at as many lines as KILLS allows, and after that at random numbers of lines.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bot.meetings import Refused
from bot.store import busy, changes, decisions, ledger, requests
from bot.store.transactions import Database
from tests.databases import ANNA, DAY, JOHN, MINA, OTTO, SOFIA, Files, Office
from tests.killed import forked

ROOT = Path(__file__).parents[1]
MODULES = tuple(module.__file__ for module in (changes, requests, decisions, busy, ledger))


def work(office: Office, acknowledge: Any) -> None:
    """A busy morning. Each call that returns is acknowledged: the meeting, and how it stood."""

    def done(meeting: Any) -> Any:
        acknowledge(f"{meeting.id} {meeting.status} {meeting.version}\n".encode())
        return meeting

    for visitor, number in ((ANNA, 0), (JOHN, 1), (MINA, 2)):
        done(office.hold(visitor, number))
        done(office.request(visitor, number))
    first, second, third = (office.agenda.of_visitor(visitor, office.now)[0] for visitor in (ANNA, JOHN, MINA))
    office.requests.wait("tuen", DAY, OTTO, "en", office.now)
    first = done(office.confirm(first))
    second = done(office.propose(second, 3))
    done(office.requests.accept(second.id, second.version, JOHN, office.now))
    done(office.decline(third))  # Otto is offered it
    moved = done(office.request(ANNA, 4, replaces=first.id))
    done(office.confirm(moved, SOFIA, "sofia"))
    done(office.propose(office.look(moved), 5))
    done(office.withdraw(office.look(moved)))
    done(office.cancel(office.look(second)))
    for visitor in (ANNA, MINA):
        done(office.request(visitor, 0, "city"))
    with suppress(Refused):
        office.hold(MINA, 1, "city")  # while she has the meeting of the group
    office.agenda.sweep(office.now)


def lines_of(url: str, pipe: int, until: int, *, first: bool) -> list[str]:
    """Do the work; killed before line number ``until``, counting each line once (``first``) or as often as it runs."""
    seen: set[tuple[str, int]] = set()
    passed: list[str] = []

    def line(frame: FrameType, happened: str, _: Any) -> Any:
        place = frame.f_code.co_filename, frame.f_lineno
        if happened == "line" and not (first and place in seen):
            seen.add(place)
            passed.append(f"{Path(place[0]).name}:{place[1]}")
            if len(passed) == until:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, happened: str, _: Any) -> Any:
        return line if frame.f_code.co_filename in MODULES else None

    office = Office(url)
    sys.settrace(call)
    work(office, lambda told: os.write(pipe, told))
    sys.settrace(None)
    office.close()
    return passed


def found_after(url: str, acknowledged: list[str]) -> dict[str, object]:
    """What a new program finds: what is lost, what is wrong, whether the file is sound, and whether work goes on."""
    path = url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    office = Office(url, furnish=False)
    latest = {name: int(version) for name, _, version in (told.split() for told in acknowledged)}
    with office.database.begin() as connection:
        versions = connection.exec_driver_sql("SELECT id, version FROM meetings")
        known: dict[str, int] = {name: version for name, version in versions}  # noqa: C416
        news = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM meetings WHERE status = 'confirmed' AND id NOT IN "
            "(SELECT subject_id FROM outbox WHERE kind = 'confirmed')"
        ).scalar()
    lost = [name for name, version in latest.items() if known.get(name, 0) < version]
    wrong = office.agenda.violations()
    office.close()
    again = Database.open(url)
    again.close()
    return {"lost": lost, "wrong": wrong, "sound": sound, "untold": news}


def kills(folder: Files, wanted: int, chance: random.Random) -> Iterator[dict[str, object]]:
    url = folder.fresh("unharmed")
    ended, once = forked(lambda: lines_of(url, os.open(os.devnull, os.O_WRONLY), 0, first=True))
    assert ended == 0
    url = folder.fresh("counted")
    _, total = forked(lambda: len(lines_of(url, os.open(os.devnull, os.O_WRONLY), 0, first=False)))
    lines = min(wanted * 2 // 3, len(once))
    points = [(1 + number * len(once) // lines, True) for number in range(lines)]
    points += [(chance.randrange(1, total), False) for _ in range(wanted - len(points))]
    for number, first in points:
        url = folder.fresh("killed")
        read, write = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.close(read)
                lines_of(url, write, number, first=first)
            finally:
                os._exit(0)  # it should have been killed
        os.close(write)
        with os.fdopen(read) as pipe:
            acknowledged = pipe.read().splitlines()
        _, ended = os.waitpid(child, 0)
        checked, found = forked(lambda url=url, told=acknowledged: found_after(url, told))  # type: ignore[misc]
        step = once[number - 1] if first else f"line {number} of {total}"
        killed = os.WIFSIGNALED(ended)
        yield {
            "step": step,
            "killed": killed,
            "acknowledged": len(acknowledged),
            "checked": checked == 0,
            **(found or {}),
        }


def harmless(outcome: dict[str, Any]) -> bool:
    """Whether nothing was lost, promised twice, or broken."""
    found = (outcome.get("lost"), outcome.get("wrong"), outcome.get("sound"), outcome.get("untold"))
    return outcome["killed"] and outcome["checked"] and found == ([], [], "ok", 0)


@pytest.mark.slow
def test_killed_while_it_books_nothing_acknowledged_is_lost_and_nothing_promised_twice() -> None:
    command = [sys.executable, "-m", "tests.test_bookings_killed", "60"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]

    assert [outcome for outcome in outcomes if not harmless(outcome)] == []
    assert len(outcomes) == 60
    assert {"changes.py", "requests.py", "decisions.py", "busy.py", "ledger.py"} <= {
        outcome["step"].split(":")[0] for outcome in outcomes
    }
    assert max(outcome["acknowledged"] for outcome in outcomes) > 5


if __name__ == "__main__":
    made = Files(safe=True)
    try:
        for outcome in kills(made, int(sys.argv[1]), random.Random(1)):
            print(json.dumps(outcome), flush=True)
    finally:
        made.stop()
