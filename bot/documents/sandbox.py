"""Where files are read that may have been made to do harm: a process of its own, with limits, and without our secrets.

One process reads file after file, because it takes half a second to start; if it dies or overstays, that file is
unreadable, and the next gets a new one.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from bot.documents import worker
from bot.documents.document import Content, Page, Unreadable

MEMORY = 1536 * 1024 * 1024  # bytes of address space; a 30 MB sheet took 600 MB
PROCESSOR_SECONDS = 60
WALL_SECONDS = 90  # a process that waits uses no processor time
_START_SECONDS = 60
_MOST_ANSWERED = 256 * 1024 * 1024

_TOO_LONG = "Reading the file takes too long. Split it, or export the text only."
_DIED = "The file breaks its reader. Open it in its program and save it again, or export the text only."


class _Died(Unreadable):
    """The process ended without an answer."""


class Sandbox:
    """Starts at the first file. Any thread may call; the files take turns."""

    def __init__(self, *, memory: int = MEMORY, processor: int = PROCESSOR_SECONDS, wall: float = WALL_SECONDS) -> None:
        self._limits = (str(memory), str(processor))
        self._wall = wall
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def read(self, suffix: str, data: bytes) -> Content:
        """What a file of that suffix says; Unreadable if it cannot be read, or not within the limits."""
        with self._lock:
            used = self._process is not None
            try:
                answer = self._answer(suffix, data)
            except _Died:
                if not used:
                    raise
                # It may have died of an earlier file, or been killed when memory was short: only a second death counts.
                answer = self._answer(suffix, data)
        if "reason" in answer:
            raise Unreadable(answer["reason"], answer["sentence"])
        pages = tuple(Page(**page) for page in answer.pop("pages"))
        asides, remarks = tuple(answer.pop("asides")), tuple(answer.pop("remarks"))
        return Content(pages=pages, asides=asides, remarks=remarks, **answer)

    def _answer(self, suffix: str, data: bytes) -> dict[str, Any]:
        process, folder = self._running()
        (folder / worker.FILE).write_bytes(data)
        try:
            answer: dict[str, Any] = json.loads(self._ask(process, f"{suffix}\n".encode()))
        except Unreadable:
            self._stop()
            raise
        if answer.get("reason") == "too-large":
            self._stop()
        return answer

    def close(self) -> None:
        """Stops the process. Reading another file starts it again."""
        with self._lock:
            self._stop()

    def _running(self) -> tuple[subprocess.Popen[bytes], Path]:
        if (
            self._process is not None
            and self._folder is not None
            and self._process.poll() is None
            and self._folder.is_dir()
        ):
            return self._process, self._folder
        self._stop()
        self._folder = Path(tempfile.mkdtemp(prefix="expo-bot-"))
        # Nothing of our environment but the way to our code: no token is there to be found.
        here = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "bot.documents.worker", *self._limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env={"PYTHONPATH": here, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,  # Ctrl-C is for us to handle; and the group can be killed whole
        )
        try:
            self._line(self._process, _START_SECONDS)
        except Unreadable as error:
            self._stop()
            raise RuntimeError("The reader of documents does not start. Install the project again.") from error
        return self._process, self._folder

    def _ask(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
        if process.stdin is not None:  # it is a pipe: this is for the type checker
            try:
                process.stdin.write(question)
                process.stdin.flush()
            except BrokenPipeError as error:
                raise _Died("broken", _DIED) from error
        return self._line(process, self._wall)

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        answers = process.stdout.fileno() if process.stdout is not None else -1
        until = time.monotonic() + seconds
        parts: list[bytes] = []
        size = 0
        while not (parts and parts[-1].endswith(b"\n")):
            ready, _, _ = select.select([answers], [], [], max(0.0, until - time.monotonic()))
            part = os.read(answers, 1 << 20) if ready else b""
            if not ready:
                raise Unreadable("timeout", _TOO_LONG)
            if not part:
                raise self._death(process)
            parts.append(part)
            size += len(part)
            if size > _MOST_ANSWERED:
                raise Unreadable("too-large", "The file holds more text than can be read. Split it.")
        return b"".join(parts)

    def _death(self, process: subprocess.Popen[bytes]) -> Unreadable:
        with suppress(subprocess.TimeoutExpired):  # silent, but alive? Then it is stopped like any other failure.
            process.wait(timeout=5)
        if process.returncode == -signal.SIGXCPU:
            return Unreadable("timeout", _TOO_LONG)
        return _Died("broken", _DIED)

    def _stop(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process = self._folder = None


@cache
def sandbox() -> Sandbox:
    """The one that serves this process; it ends with it."""
    shared = Sandbox()
    atexit.register(shared.close)
    return shared
