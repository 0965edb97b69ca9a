"""A driver for ``test_ingest_killed.py``: kills an ingest at each of its steps, and says what was left each time.

    python -m tests.killed files|lines FOLDER

A step is an access to a file that changes something (``files``: open for writing, mkdir, rename, remove, and embedding),
or the first time that a line of the code that writes is reached (``lines``, which also falls between the calls of Chroma). Every
ingest is a process of its own, forked from this one, which has all modules loaded but has opened nothing. One line of
JSON a kill.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from bot import generations, ingestion
from bot.vectors import space
from tests.desk import Desk, status
from tests.embedders import WordEmbedder

CHANGING = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "tests.embedding"})
MODULES = tuple(module.__file__ for module in (generations, ingestion, space))
WRITING = frozenset({"_build", "write"})  # the others do nothing between their accesses to files
Step = Callable[[str], None]


class AuditedEmbedder(WordEmbedder):
    def passages(self, texts: Any) -> Any:
        sys.audit("tests.embedding")
        return super().passages(texts)


def watch_files(index: Path, step: Step) -> None:
    """Call ``step`` before each change to a file below ``index``."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event == "tests.embedding" or ((opened or event in CHANGING) and str(arguments[0]).startswith(str(index))):
            step(f"{event} {Path(str(arguments[0])).name if arguments else ''}")

    sys.addaudithook(hook)


def watch_lines(_: Path, step: Step) -> None:
    """Call ``step`` before each line of the functions that write is executed for the first time."""
    seen: set[tuple[str, int]] = set()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        place = frame.f_code.co_filename, frame.f_lineno
        if event == "line" and place not in seen:
            seen.add(place)
            step(f"{Path(place[0]).name}:{place[1]}")
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename in MODULES and frame.f_code.co_name in WRITING else None

    sys.settrace(call)


def forked(work: Callable[[], object]) -> tuple[int, Any]:
    """Do it in a process of its own: how that ended, and what it returned (as JSON) if it lived."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        os.write(write, json.dumps(work()).encode())
        os.close(write)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        text = answer.read()
    _, ended = os.waitpid(child, 0)
    return ended, json.loads(text) if text else None


def kills(folder: Path, watch: Callable[[Path, Step], None]) -> Iterator[dict[str, object]]:
    def changed(desk: Desk) -> None:
        desk.put("a.txt", "A changed battery.")
        desk.put("c.txt", "A new battery.")
        (desk.knowledge / "b.txt").unlink()

    def steps_of(desk: Desk, until: int = 0) -> list[str]:
        """All steps of an ingest; killed just before step number ``until``."""
        steps: list[str] = []

        def step(name: str) -> None:
            steps.append(name)
            if len(steps) == until:
                os.kill(os.getpid(), signal.SIGKILL)

        watch(desk.index, step)
        desk.ingest()
        sys.settrace(None)
        return steps

    def after(desk: Desk) -> dict[str, object]:
        """What is found after the kill, and after the next ingest."""
        found = {"answers": sorted(desk.texts()), "left": sorted(path.name for path in desk.index.glob("building-*"))}
        report = desk.ingest()
        left = sorted(path.name for path in desk.index.iterdir() if path.name.startswith("building-"))
        return {**found, "then": sorted(desk.texts()), "then_left": left, "statuses": sorted(status(report).values())}

    def desk(place: Path, minutes: int) -> Desk:
        return Desk(place, AuditedEmbedder(), minutes)

    start = folder / "start"

    def prepare() -> None:
        one = desk(start, 0)
        for name in ("a", "b", "d"):
            one.put(f"{name}.txt", f"An old battery {name}.")
        for _ in range(4):  # as many generations as are kept, so that the ingest has one to remove
            one.ingest(rebuild=True)
        changed(one)

    assert forked(prepare)[0] == 0
    unharmed = shutil.copytree(start, folder / "unharmed")
    _, steps = forked(lambda: steps_of(desk(unharmed, 4)))
    for number, name in enumerate(steps, 1):
        place = shutil.copytree(start, folder / str(number))
        ended, _ = forked(lambda place=place, number=number: steps_of(desk(place, 4), number))  # type: ignore[misc]
        checked, found = forked(lambda place=place: after(desk(place, 5)))  # type: ignore[misc]
        yield {"step": name, "killed": os.WIFSIGNALED(ended), "checked": checked == 0, **(found or {})}
        shutil.rmtree(place)


if __name__ == "__main__":
    for outcome in kills(Path(sys.argv[2]), {"files": watch_files, "lines": watch_lines}[sys.argv[1]]):
        print(json.dumps(outcome), flush=True)
