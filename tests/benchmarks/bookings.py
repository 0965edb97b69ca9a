"""Whether bookings hold under load, and how fast they are.

    python -m tests.benchmarks.bookings [--quick] [--only seat,load,decisions,speed,kills,machine]

seat: 500 requests for one seat at once, from 4 processes with 4 threads each; exactly one may win.
load: 100,000 random attempts by 8 processes; afterwards nothing may be promised twice, or kept for nobody.
decisions: two of the staff decide on the same request at once; one effect, and the other is told what became of it.
speed: bookings a second on SQLite, each waiting for the disk (``synchronous=FULL``), and the time of one at 100 a second.
kills: a program killed while it books; what was acknowledged must be there.
machine: the state machine of ``tests/test_bookings_machine.py``, longer.

``--quick`` does a tenth. SQLite is a file in the system's folder for temporary files, PostgreSQL a server of its own with
``fsync`` on, both on the disk of that folder; the machine alone runs in memory, since it is about order, not about speed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from bot.meetings import Details, Limits, Meeting, Reason, Refused
from bot.store import tables
from tests import test_bookings_killed, test_bookings_machine
from tests.benchmarks.tables import show
from tests.databases import ENGINES, FAIR, JIHUN, KURT, NOW, SOFIA, Databases, Files, Office, after_fork, databases

PARTS = ("seat", "load", "decisions", "speed", "kills", "machine")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FORK = multiprocessing.get_context("fork")
FREE = Limits(
    pending=10**6, confirmed_a_day=10**6, requests_an_hour=10**6, cancellations_a_day=10**6, holds_a_day=10**6
)
STRANGERS = 10_000  # visitors have numbers from here on


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bookings", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of each")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--engines", default=",".join(ENGINES), metavar="ENGINES")
    options = parser.parse_args(arguments)
    share = 10 if options.quick else 1
    engines = options.engines.split(",")
    for part in options.only.split(","):
        start = time.perf_counter()
        globals()[f"_{part}"](share, engines)
        print(f"\n({part}: {time.perf_counter() - start:.0f} s)\n", flush=True)


# --- one seat


def _seat(share: int, engines: list[str]) -> None:
    rounds, rows = 200 // share, []
    for engine in engines:
        found = _on(engine, lambda office, url: _seats(office, url, rounds))
        winners = Counter(one["won"] for one in found)
        rows.append(
            [
                NAMES[engine],
                str(rounds),
                ", ".join(f"{won} in {n}" for won, n in sorted(winners.items())),
                str(sum(one[Reason.TAKEN] for one in found)),
                str(sum(sum(one.values()) for one in found) - sum(one["won"] + one[Reason.TAKEN] for one in found)),
            ]
        )
    show(["500 at once for one seat", "rounds", "winners: rounds", "clean refusals", "anything else"], rows)


def _seats(office: Office, url: str, rounds: int) -> list[Counter[str]]:
    slots = _slots(office, rounds, places=1)
    return _together(4, _seat_worker, url, slots)


def _seat_worker(number: int, url: str, slots: list[int], barrier: Any, answers: Any) -> None:
    office = _office(url, number)
    with ThreadPoolExecutor(4) as pool:
        for slot in slots:
            barrier.wait(60)
            visitors = range(STRANGERS + 125 * number, STRANGERS + 125 * (number + 1))
            answers.put((slot, Counter(pool.map(lambda who, slot=slot: _hold(office, slot, who), visitors))))
    office.close()


def _hold(office: Office, slot: int, visitor: int) -> str:
    try:
        office.requests.hold(slot, visitor, "en", NOW)
    except Refused as refused:
        return refused.reason
    except Exception as error:  # noqa: BLE001 - it is counted, and named
        return f"{type(error).__name__}: {error}"[:200]
    return "won"


def _together(processes: int, worker: Callable[..., None], url: str, slots: list[int]) -> list[Counter[str]]:
    """Run the workers; what they counted, slot by slot."""
    barrier, answers = FORK.Barrier(processes), FORK.Queue()
    running = [FORK.Process(target=worker, args=(n, url, slots, barrier, answers)) for n in range(processes)]
    for one in running:
        one.start()
    found: dict[int, Counter[str]] = {slot: Counter() for slot in slots}
    for _ in range(len(slots) * processes):
        slot, counted = answers.get(timeout=600)
        found[slot] += counted
    for one in running:
        one.join()
    return list(found.values())


# --- random load


def _load(share: int, engines: list[str]) -> None:
    attempts, rows = 100_000 // share, []
    for engine in engines:
        start = time.perf_counter()
        counted, violations, active = _on(engine, lambda office, url: _loaded(office, url, attempts))
        seconds = time.perf_counter() - start
        errors = {name: n for name, n in counted.items() if name not in ("done", *Reason)}
        rows.append(
            [
                NAMES[engine],
                f"{counted.total():,}",
                f"{counted['done']:,}",
                f"{sum(counted[reason] for reason in Reason):,}",
                str(sum(errors.values())),
                f"{active:,}",
                str(len(violations)),
                f"{seconds:.0f}",
            ]
        )
        for name, n in list(errors.items())[:5] + [(one, 1) for one in violations[:5]]:
            print(f"  {n} x {name}")
    header = ["8 processes, at random", "attempts", "done", "refused", "errors", "active at the end"]
    show([*header, "promised twice, over capacity, orphans", "s"], rows)


def _loaded(office: Office, url: str, attempts: int) -> tuple[Counter[str], list[str], int]:
    slots = _slots(office, 400, places=10)
    # One round of many calls: the slot in the answer is of no account.
    (counted,) = [sum(_together(8, _load_worker, url, [attempts // 8, *slots][:1]), Counter())]
    with office.database.begin() as connection:
        m = tables.meetings.c
        active = len(connection.execute(select(m.id).where(m.status.in_(["held", "requested", "confirmed"]))).all())
    return counted, office.agenda.violations(), active


def _load_worker(number: int, url: str, sizes: list[int], barrier: Any, answers: Any) -> None:
    office, chance = _office(url, number), random.Random(number)
    slots = [slot.id for slot in office.slots("tuen")[6:]] + [office.slot("city")]
    mine: list[Meeting] = []
    counted: Counter[str] = Counter()
    barrier.wait(60)
    for _ in range(sizes[0]):
        try:
            _act(office, chance, slots, mine)
            counted["done"] += 1
        except Refused as refused:
            counted[refused.reason] += 1
        except Exception as error:  # noqa: BLE001 - it is counted, and named
            counted[f"{type(error).__name__}: {error}"[:200]] += 1
    answers.put((sizes[0], counted))
    office.close()


def _act(office: Office, chance: random.Random, slots: list[int], mine: list[Meeting]) -> None:
    """One thing that somebody does: mostly asking, sometimes with what this process asked for before."""
    what = chance.random()
    visitor = chance.randrange(STRANGERS, STRANGERS + 300)
    if what < 0.5 or not mine:
        slot = chance.choice(slots)
        held = office.requests.hold(slot, visitor, "en", NOW)
        if held.status == "held" and chance.random() < 0.8:
            office.requests.describe(held.id, visitor, Details(name="V", topic="cells"))
            mine.append(office.requests.send(held.id, visitor, NOW))
        return
    one = office.agenda.meeting(mine.pop(chance.randrange(len(mine))).id)
    by, member = (KURT, "kurt") if one.slot.team_id == "city" else chance.choice([(JIHUN, "jihun"), (SOFIA, "sofia")])
    if what < 0.65:
        mine.append(office.decisions.confirm(one.id, one.version, by, member, NOW))
    elif what < 0.72:
        office.decisions.decline(one.id, one.version, by, "full", NOW)
    elif what < 0.82:
        mine.append(office.decisions.propose(one.id, one.version, by, chance.choice(slots), member, NOW))
    elif what < 0.88:
        mine.append(office.requests.accept(one.id, one.version, one.visitor_id, NOW))
    elif what < 0.93:
        mine.append(office.requests.hold(chance.choice(slots), one.visitor_id, "en", NOW, one.id))
    else:
        office.requests.withdraw(one.id, one.visitor_id, NOW)


# --- two staff at once


def _decisions(share: int, engines: list[str]) -> None:
    rounds, rows = 1000 // share, []
    for engine in engines:
        found = _on(engine, lambda office, url: _decided(office, rounds))
        rows.append([NAMES[engine], str(rounds), *(str(found[name]) for name in ("one effect", "truth", "else"))])
    show(["two staff decide at once", "rounds", "one effect", "other told the truth", "anything else"], rows)


def _decided(office: Office, rounds: int) -> Counter[str]:
    found: Counter[str] = Counter()
    slots = _slots(office, rounds, places=1)
    with ThreadPoolExecutor(2) as pool:
        for number, slot in enumerate(slots):
            visitor = STRANGERS + number % 500
            held = office.requests.hold(slot, visitor, "en", NOW)
            office.requests.describe(held.id, visitor, Details(name="V", topic="cells"))
            request = office.requests.send(held.id, visitor, NOW)
            barrier = threading.Barrier(2)

            decide, one = office.decisions, (request.id, request.version)
            answers = [
                pool.submit(_at, barrier, decide.confirm, *one, JIHUN, "jihun", NOW),
                pool.submit(_at, barrier, decide.decline, *one, SOFIA, "full", NOW),
            ]
            answers = [one.result() for one in answers]
            done = [one for one in answers if isinstance(one, Meeting)]
            refused = [one for one in answers if isinstance(one, Refused)]
            found["one effect"] += len(done) == 1 and len(office.agenda.history(request.id)) == 2
            found["truth"] += len(refused) == 1 and refused[0].reason == Reason.CHANGED and [refused[0].meeting] == done
            found["else"] += not (len(done) == len(refused) == 1)
    return found


def _at(barrier: threading.Barrier, work: Callable[..., Meeting], *arguments: Any) -> Meeting | Refused:
    barrier.wait(60)
    try:
        return work(*arguments)
    except Refused as refused:
        return refused


# --- speed


def _speed(share: int, engines: list[str]) -> None:
    number, rows = 4000 // share, []
    for engine in engines:
        rows += _on(engine, lambda office, url, engine=engine: _fast(office, url, number, NAMES[engine]))  # type: ignore[misc]
    header = ["every booking waits for the disk", "processes", "transactions", "a second", "p50 ms", "p95 ms", "p99 ms"]
    show([*header, "longest ms"], rows)


def _fast(office: Office, url: str, number: int, name: str) -> list[list[str]]:
    rows = []
    slots = iter(_slots(office, 5 * number, places=50))
    visitors = iter(range(STRANGERS, STRANGERS + 5 * number))

    def booked() -> None:
        held = office.requests.hold(next(slots), (who := next(visitors)), "en", NOW)
        office.requests.describe(held.id, who, Details(name="V", topic="cells"))
        office.requests.send(held.id, who, NOW)

    def hold() -> None:
        office.requests.hold(next(slots), next(visitors), "en", NOW)

    for _ in range(50):
        booked()
    rows.append([f"{name}: hold", "1", *_times(_paced(hold, number, None))])
    rows.append([f"{name}: hold, describe, send", "1", *_times(_paced(booked, number // 3, None), 3)])
    rows.append([f"{name}: hold, 100 a second", "1", *_times(_paced(hold, number // 4, 100))])
    rows.append([f"{name}: booking, 100 a second", "1", *_times(_paced(booked, number // 4, 100))])
    left = list(slots)[: number * 2]
    half = len(left) // 2
    barrier, answers = FORK.Barrier(2), FORK.Queue()
    running = [
        FORK.Process(target=_speed_worker, args=(n, url, left[n * half :][:half], barrier, answers)) for n in range(2)
    ]
    for one in running:
        one.start()
    found = [answers.get(timeout=600) for _ in running]
    for one in running:
        one.join()
    begun, ended = min(one[0] for one in found), max(one[1] for one in found)
    seconds = np.concatenate([one[2] for one in found])
    rows.append([f"{name}: hold", "2", *_times((seconds, ended - begun))])
    return rows


def _speed_worker(number: int, url: str, slots: list[int], barrier: Any, answers: Any) -> None:
    office = _office(url, number)
    visitors = iter(range(10**6 * (number + 1), 10**6 * (number + 2)))
    _hold(office, 1, next(visitors))
    barrier.wait(60)
    start, seconds = time.perf_counter(), []
    for slot in slots:
        before = time.perf_counter()
        office.requests.hold(slot, next(visitors), "en", NOW)
        seconds.append(time.perf_counter() - before)
    answers.put((start, time.perf_counter(), np.array(seconds)))
    office.close()


def _paced(work: Callable[[], None], number: int, rate: int | None) -> tuple[np.ndarray[Any, Any], float]:
    """Do it so often, so many times a second. How long each took, counted from when it was due; how long all took."""
    start, seconds = time.perf_counter(), []
    for turn in range(number):
        due = start + turn / rate if rate else time.perf_counter()
        if (ahead := due - time.perf_counter()) > 0:
            time.sleep(ahead)
        work()
        seconds.append(time.perf_counter() - due)
    return np.array(seconds), time.perf_counter() - start


def _times(measured: tuple[np.ndarray[Any, Any], float], each: int = 1) -> list[str]:
    seconds, whole = measured
    ms = [*np.percentile(seconds * 1000, [50, 95, 99]), seconds.max() * 1000]
    return [f"{len(seconds) * each:,}", f"{len(seconds) * each / whole:,.0f}", *(f"{one:.2f}" for one in ms)]


# --- kills, and the machine


def _kills(share: int, _: list[str]) -> None:
    made = Files(safe=True)
    try:
        found = list(test_bookings_killed.kills(made, 300 // share, random.Random(1)))
    finally:
        made.stop()
    harmed = [one for one in found if not test_bookings_killed.harmless(one)]
    told = sum(one["acknowledged"] for one in found)  # type: ignore[misc]
    lost = sum(len(one.get("lost", [])) for one in found)  # type: ignore[arg-type]
    show(
        ["SIGKILL while it books", "kills", "acknowledged", "lost", "any harm"],
        [["SQLite", str(len(found)), str(told), str(lost), str(len(harmed))]],
    )
    for one in harmed[:5]:
        print(f"  {one}")


def _machine(share: int, engines: list[str]) -> None:
    rows = []
    for engine in engines:
        runs = {"sqlite": 2000, "postgresql": 500}[engine] // share
        start, made = time.perf_counter(), databases(engine)
        try:
            test_bookings_machine.run(made, runs, 30)
            found = "0"
        except Exception as error:  # noqa: BLE001 - it is what the machine found
            found = f"{type(error).__name__}: {error}"[:300]
            traceback.print_exc()
        finally:
            made.stop()
        rows.append([NAMES[engine], str(runs), "30", found, f"{time.perf_counter() - start:.0f}"])
    show(["the state machine", "runs", "steps", "found", "s"], rows)


# --- hands


def _on(engine: str, work: Callable[[Office, str], Any]) -> Any:
    """Do it with a fresh database on a disk."""
    made: Databases = databases(engine, safe=True)
    try:
        url = made.fresh("bookings")
        office = Office(url, FREE)
        with office.database.begin() as connection:
            agreed = [{"visitor_id": STRANGERS + n, "kind": "booking"} for n in range(25_000)]
            connection.execute(insert(tables.consents).values(text_version="1", language="en", at=NOW), agreed)
        office.database._engine.dispose()  # what is forked must not share a connection
        found = work(office, url)
        office.close()
        return found
    finally:
        made.stop()


def _office(url: str, number: int) -> Office:
    """The office in a process of its own; its meetings have names that no other's have."""
    after_fork()
    office = Office(url, FREE, furnish=False)
    names = iter(range(1, 10**7))
    object.__setattr__(office.rules, "new_id", lambda: f"P{number}-{next(names)}")
    return office


def _slots(office: Office, number: int, places: int) -> list[int]:
    """So many more slots of tuen, half an hour each, on several tables at a time."""
    rows = [
        {
            "starts_at": (start := FAIR + timedelta(days=1, minutes=30 * (turn // places))),
            "ends_at": start + timedelta(minutes=25),
            "place": f"Table {turn % places + 10}",
        }
        for turn in range(number)
    ]
    same = {"team_id": "tuen", "zone": "Asia/Seoul", "capacity": 1, "before": 0, "after": 5, "open": True}
    with office.database.begin() as connection:
        connection.execute(update(tables.teams).values(horizon=3650))
        connection.execute(insert(tables.slots).values(**same), rows)
        s = tables.slots.c
        found = connection.scalars(select(s.id).where(s.place >= "Table 10", s.team_id == "tuen").order_by(s.id)).all()
    office.database._engine.dispose()
    return list(found)


if __name__ == "__main__":
    main()
