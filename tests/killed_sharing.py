"""A driver for ``test_mirror_killed.py``: kills an ingest that shares its index, before each request that writes.

    python -m tests.killed_sharing PLACE FOLDER

PLACE is the address of a Chroma server. Each kill has a database of its own there, with an old generation that a
replica has fetched. One line of JSON a kill: what the replica answers then, and after the next ingest.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

from chromadb.api.fastapi import FastAPI

from bot import mirror
from bot.vectors import server as server_of
from bot.vectors.server import Server
from tests.chroma import database
from tests.desk import Desk
from tests.killed import forked

server_of.LEASE = 0.1  # the lock of the dead one falls at once


def before_each_change(step: Callable[[str], None]) -> None:
    """Call ``step`` before each request that changes something on the server."""

    def call(frame: FrameType, event: str, _: Any) -> None:
        if frame.f_code is FastAPI._make_request.__code__:
            method, path = frame.f_locals["method"], frame.f_locals["path"].rpartition("/")[2]
            if method != "get" and path != "get":
                step(f"{method} {path}" if method == "post" else method)

    sys.settrace(call)


def shared(url: str, desk: Desk, *, ingest: bool = True) -> None:
    """What ``expo-ingest`` does."""
    with closing(Server(url)) as server, server.writing():
        mirror.pull(server, desk.index)
        if ingest:
            desk.ingest()
        mirror.publish(server, desk.index)


def answers(url: str, replica: Desk) -> list[str]:
    with closing(Server(url)) as server:
        mirror.pull(server, replica.index)
    return sorted(itertools.chain(*replica.held().values()))


def kills(place: str, folder: Path) -> Iterator[dict[str, object]]:
    start = folder / "start"
    for name in ("a", "b"):
        Desk(start).put(f"{name}.txt", f"An old battery {name}.")
    forked(lambda: bool(Desk(start).ingest()))

    def one(number: int) -> dict[str, object]:
        """An ingest killed before its request ``number``; never, if that is 0."""
        url = database(place, f"killed-{number}")
        office, replica = folder / f"{number}-office", folder / f"{number}-replica"
        reached = folder / f"{number}-step"

        def prepare() -> list[str]:
            shutil.copytree(start, office)
            shared(url, Desk(office), ingest=False)
            Desk(office).put("a.txt", "A new battery.")
            (office / "knowledge" / "b.txt").unlink()
            return answers(url, Desk(replica))

        def ingest() -> list[str]:
            steps: list[str] = []

            def step(name: str) -> None:
                steps.append(name)
                if len(steps) == number:
                    reached.write_text(name, "utf-8")
                    os.kill(os.getpid(), signal.SIGKILL)

            before_each_change(step)
            shared(url, Desk(office, minutes=1))
            sys.settrace(None)
            return steps

        def after() -> dict[str, object]:
            found = answers(url, Desk(replica))
            shared(url, Desk(office, minutes=2))
            with closing(Server(url)) as server:
                held = [one.name for one in server._client.list_collections()]
                whole = len(server.generations())
            left = len(held) - 2 * whole - 1  # two for each generation, and the pointer
            return {"answers": found, "then": answers(url, Desk(replica)), "left": left}

        _, before = forked(prepare)
        ended, steps = forked(ingest)
        checked, found = forked(after)
        step = reached.read_text("utf-8") if reached.exists() else ""
        return {
            "steps": steps, "step": step, "before": before, "killed": os.WIFSIGNALED(ended), "checked": checked == 0,
            **(found or {}),
        }  # fmt: skip

    steps = one(0)["steps"]
    assert isinstance(steps, list)
    for number in range(1, len(steps) + 1):
        yield one(number)


if __name__ == "__main__":
    for outcome in kills(sys.argv[1], Path(sys.argv[2])):
        print(json.dumps(outcome), flush=True)
