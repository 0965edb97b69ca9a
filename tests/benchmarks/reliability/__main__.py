"""Whether every message that was accepted is answered once, whatever happens in between.

    python -m tests.benchmarks.reliability [--only kills,triple,outgoing,webhook,stores,clocks,chroma,models,load,…] [sizes]

kills: a bot on a real database is killed again and again, at the points of ``bot.failpoints`` and at random, while people
    ask, book and inquire; what they heard is compared with what others heard before anything was killed.
triple: every update delivered three times in disorder, by polling and by the webhook.
outgoing: letters to many chats against 30 messages a second and one a second in a chat; one chat is told to wait.
webhook: strangers at the webhook, beside Telegram.
stores: a database locked by another process, a full disk, read-only; PostgreSQL read-only, restarted.
clocks: the bot's clock is set an hour forward, an hour back, with letters to send.
chroma: the real program follows a Chroma server that is killed and started again.
models: the real program with a model that hangs, ends at once, streams for ever, speaks another language, obeys.
load: questions at a steady rate, then all at once; and the same for the barest bot of python-telegram-bot.
workers: 1, 2, 4 and 8 processes on one PostgreSQL; then two of 8 are killed and PostgreSQL is restarted.
soak: all faults at a modest rate for long; ``--kill-every`` also kills the bot.

Small sizes by default, for a look; docs/reliability.md has the sizes that its figures were measured with. Telegram is the
playground, over HTTP; questions are answered by repeating them, so that what is measured is everything around the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks.reliability import (
    clocks,
    kills,
    load,
    models,
    outgoing,
    replicas,
    soak,
    steady,
    stores,
    triple,
    webhook,
    workers,
)
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.tables import show
from tests.chroma import ChromaServer
from tests.databases import ENGINES, Files, databases

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
STEADY = ["asked", "lost", "twice", "apologies", "answered meanwhile", "longest wait s", "left"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reliability", description=__doc__.split("\n")[0])
    parts = "kills triple outgoing webhook stores clocks chroma models load workers soak".split()
    parser.add_argument("--only", default=",".join(parts), metavar="PARTS", help=f"of {', '.join(parts)}")
    parser.add_argument("--engines", default="sqlite", metavar="ENGINES", help=f"of {', '.join(ENGINES)}")
    parser.add_argument("--kills", type=int, default=20, help="kills on each engine")
    parser.add_argument("--cold", type=int, default=2, help="how many of them are followed by a start from nothing")
    parser.add_argument("--people", type=int, default=8, help="who talk at the same time while the bot is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--updates", type=int, default=1000, help="of triple and workers")
    parser.add_argument("--letters", type=int, default=600)
    parser.add_argument("--strangers", type=int, default=3, help="of each kind at the webhook")
    parser.add_argument(
        "--fault-seconds", type=float, default=5.0, help="how long a store, a Chroma server, a model is away"
    )
    parser.add_argument("--rate", type=float, default=20.0, help="questions a second under load")
    parser.add_argument("--seconds", type=float, default=20.0, help="of load")
    parser.add_argument("--echo-seconds", type=float, default=20.0, help="of load on the barest bot")
    parser.add_argument("--burst", type=int, default=300, help="questions at once after the load")
    parser.add_argument("--soak-seconds", type=float, default=60.0)
    parser.add_argument("--soak-rate", type=float, default=5.0)
    parser.add_argument("--kill-every", type=float, default=0.0, metavar="SECONDS")
    options = parser.parse_args(arguments)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # that a connection was cut is what was asked for
    with tempfile.TemporaryDirectory() as folder:
        options.log = Path(folder) / "bot.log"
        for part in options.only.split(","):
            start = time.perf_counter()
            globals()[f"_{part}"](options)
            print(f"\n({part}: {time.perf_counter() - start:.0f} s)\n", flush=True)


def _kills(options: argparse.Namespace) -> None:
    rows, speed = [], []
    for engine in options.engines.split(","):
        made = databases(engine, safe=True)
        try:
            url = made.fresh("kills")
            work = kills.run(url, options.kills, options.cold, options.people, options.seed, str(options.log))
            found = asyncio.run(work)
        finally:
            made.stop()
        most, of_one = (max(some.values(), default=0) for some in (found.per_kill, found.per_person))
        rows.append(
            [NAMES[engine], f"{found.kills.total():,}", f"{found.updates:,}", f"{found.visitors:,}", f"{len(found.lost)}",
             f"{found.notices}", f"{found.gave_up}", f"{len(found.doubled)}", f"{most}", f"{of_one}",
             f"{len(found.broken)}", f"{found.longest:.0f}"]
        )  # fmt: skip
        speed.append([NAMES[engine], *_times(found.back), *_times(found.cold)])
        for one in [*found.lost, *found.broken][:12]:
            print(f"  {one}")
        print(
            f"  {NAMES[engine]}: {', '.join(f'{name} {n}' for name, n in sorted(found.kills.items()))}; left {found.left}"
        )
        print(f"  other words: {dict(found.instead)}")
        print(f"  doubled messages of one kill: {dict(sorted(Counter(found.per_kill.values()).items()))}\n")
    header = [
        "killed while people talk",
        "kills",
        "updates",
        "people",
        "lost",
        "apologies",
        "gave up",
        "said twice",
        "most of a kill",
        "to one person",
    ]
    show([*header, "broken", "longest wait s"], rows)
    print()
    show(["back after", "forked", "p50 s", "p95 s", "max s", "cold", "p50 s", "p95 s", "max s"], speed)


def _times(seconds: list[float]) -> list[str]:
    if not seconds:
        return ["0", "–", "–", "–"]
    return [f"{len(seconds)}", *(f"{one:.2f}" for one in [*np.percentile(seconds, [50, 95]), max(seconds)])]


def _triple(options: argparse.Namespace) -> None:
    rows = []
    for engine in options.engines.split(","):
        for way, port in (("polling", 0), ("webhook", webhook.free_port())):
            made = databases(engine, safe=True)
            try:
                found = asyncio.run(triple.run(made.fresh("triple"), options.updates, port, str(options.log)))
            finally:
                made.stop()
            rows.append(
                [f"{NAMES[engine]}, {way}", f"{options.updates:,}", f"{found.delivered:,}", f"{found.answered:,}",
                 f"{found.twice}", f"{found.disordered}", f"{found.seconds:.0f}"]
            )  # fmt: skip
    show(["three times, in disorder", "updates", "deliveries", "effects", "twice", "chats out of order", "s"], rows)


def _outgoing(options: argparse.Namespace) -> None:
    made = databases("sqlite", safe=True)
    try:
        found = asyncio.run(outgoing.run(made.fresh("outgoing"), options.letters, str(options.log)))
    finally:
        made.stop()
    show(
        ["letters", "arrived", "s", "a second", "429 in the steady state", "chats out of order", "429 when one must wait",
         "others meanwhile, a second", "resumed after, s"],
        [[f"{found.letters:,}", f"{found.arrived:,}", f"{found.seconds:.0f}", f"{found.arrived / found.seconds:.1f}",
          f"{found.steady_429}", f"{found.disordered}", f"{found.flood_429}", f"{found.others_meanwhile:.1f}",
          f"{found.resumed:.2f}"]],
    )  # fmt: skip


def _webhook(options: argparse.Namespace) -> None:
    made = databases("sqlite", safe=True)
    try:
        work = webhook.run(
            made.fresh("webhook"), options.strangers, webhook.free_port(), options.log.with_name("webhook")
        )
        found = asyncio.run(work)
    finally:
        made.stop()
    rows = [
        [kind, f"{n:,}", ", ".join(f"{answer} ({times})" for answer, times in found.answered[kind].items())]
        for kind, n in found.sent.items()
    ]
    show(["at the webhook", "requests", "answered"], rows)
    print(
        f"\nprocessed: {found.processed}; lines of a DEBUG log with a secret or their text: {found.written}; ", end=""
    )
    print(f"longest wait of an honest update: {found.honest:.2f} s")


def _stores(options: argparse.Namespace) -> None:
    rows = []
    for engine in options.engines.split(","):
        for fault in stores.FAULTS[engine]:
            made = databases(engine, safe=True)
            try:  # the log is on a disk as well
                one = asyncio.run(stores.run(fault, made, options.fault_seconds, os.devnull))
            finally:
                made.stop()
            rows.append([f"{NAMES[engine]} {fault}, {options.fault_seconds:g} s", *_steady(one)])
    show(["database", *STEADY], rows)


def _steady(one: steady.Outcome) -> list[str]:
    counts = [one.asked, one.lost, one.twice, one.apologies, one.meanwhile]
    return [*(f"{number:,}" for number in counts), f"{one.longest:.0f}", str(one.left or 0)]


def _clocks(options: argparse.Namespace) -> None:
    rows = []
    for jump in clocks.JUMPS:
        made = Files(safe=True)
        try:
            one, letters = asyncio.run(clocks.run(jump, made, options.fault_seconds, str(options.log)))
        finally:
            made.stop()
        rows.append(
            [jump, *_steady(one), f"{letters.written}", f"{letters.written - letters.arrived}", f"{letters.twice}"]
        )
    show(["the clock is set", *STEADY, "letters", "lost", "twice"], rows)


def _chroma(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        chroma = ChromaServer(Path(folder) / "chroma")
        try:
            one, seen = asyncio.run(replicas.run(chroma, Path(folder), options.fault_seconds))
        finally:
            chroma.stop()
    name = f"Chroma server away for {options.fault_seconds:g} s, then there again"
    show(["index", *STEADY, "a switch seen after, s"], [[name, *_steady(one), f"{seen:.1f}"]])


def _models(options: argparse.Namespace) -> None:
    rows = []
    for fault in models.FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            one, asked, obeyed = asyncio.run(models.run(fault, Path(folder), options.fault_seconds))
        rows.append([fault, *_steady(one), f"{asked}", f"{obeyed}"])
    show(["a model that", *STEADY, "model asked", "said what it was told to say"], rows)


def _load(options: argparse.Namespace) -> None:
    made = databases("sqlite", safe=True)
    settings = Settings("", "", made.fresh("load"), log=str(options.log))
    try:
        work = load.compared(settings, options.rate, options.seconds, options.echo_seconds, options.burst)
        found = asyncio.run(work)
    finally:
        made.stop()
    names = ("this bot", "bare echo bot")
    rows = [
        [name, f"{one.asked:,}", f"{one.asked - one.answered}", f"{one.twice}", f"{np.median(one.delays) * 1000:.0f}",
         f"{one.p95:.0f}", f"{one.work:.1f}", f"{one.burst:.0f}"]
        for name, one in zip(names, found, strict=True)
    ]  # fmt: skip
    ours, bare = found
    rows.append(["ratio", "", "", "", "", f"{ours.p95 / bare.p95:.1f}", f"{ours.work / bare.work:.1f}",
                 f"{ours.burst / bare.burst:.2f}"])  # fmt: skip
    header = [f"{options.rate:g} questions a second", "asked", "lost", "twice", "p50 ms", "p95 ms", "processor ms each"]
    show([*header, "at once: answers a second"], rows)
    for name, one in zip(names, found, strict=True):
        steps = ", ".join(f"{after:g} s {size:.1f}" for after, size in one.memory.items())
        print(f"\nMiB of {name} after {steps}: {one.growth:+.1%}")


def _workers(options: argparse.Namespace) -> None:
    found = workers.run(options.updates, str(options.log))
    first = found[0].rate
    rows = [
        [one.name, f"{one.asked:,}", f"{one.asked - one.answered}", f"{one.twice}", f"{one.disordered}", f"{one.rate:.0f}",
         f"{one.rate / first:.2f}"]
        for one in found
    ]  # fmt: skip
    header = ["processes on PostgreSQL", "questions", "lost", "twice", "chats out of order", "answers a second"]
    show([*header, "ratio to one"], rows)


def _soak(options: argparse.Namespace) -> None:
    made = databases(options.engines.split(",")[0], safe=True)
    try:
        work = soak.run(
            made.fresh("soak"), options.soak_seconds, options.soak_rate, options.kill_every, str(options.log)
        )
        found = asyncio.run(work)
    finally:
        made.stop()
    print(", ".join(f"{name} {n:,}" for name, n in sorted(found.faults.items())), "\n")
    show(
        ["all faults, s", "kills", "asked", "answered", "apologies", "lost", "stuck", "said twice", "p50 s", "p95 s",
         "longest s", "MiB warm", "MiB at the end"],
        [[f"{found.seconds:,.0f}", f"{found.kills}", f"{found.asked:,}", f"{found.answered:,}", f"{found.apologies}",
          f"{found.lost}", str(found.stuck or 0), f"{found.doubled}", f"{found.delay(50):.1f}", f"{found.delay(95):.1f}",
          f"{found.delay(100):.0f}", f"{found.memory[0]:.0f}", f"{found.memory[1]:.0f}"]],
    )  # fmt: skip


if __name__ == "__main__":
    main()
