"""A real Chroma server for tests, on this machine alone; it can be stopped and started again with what it holds."""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

PR_SET_PDEATHSIG = 1


def with_us() -> None:
    """In the child: go when the run that started it goes, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class ChromaServer:
    """``chroma run`` on a port of its own. Each test gets an empty database of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.place = f"http://127.0.0.1:{self.port}"
        self._numbers = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [Path(sys.executable).parent / "chroma", "run", "--path", self._folder, "--host", "127.0.0.1"]
        with (self._folder.parent / "chroma.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, command), "--port", str(self.port)], stdout=log, stderr=log, preexec_fn=with_us
            )
        for _ in range(600):
            try:
                urlopen(f"{self.place}/api/v2/heartbeat", timeout=5).close()
            except (URLError, ConnectionError):
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.05)
                assert self._process.poll() is None, (self._folder.parent / "chroma.log").read_text("utf-8")
            else:
                return
        raise AssertionError("the Chroma server does not answer")

    def stop(self) -> None:
        """Kill it: what was written is on the disk."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: it takes connections and says nothing."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)  # it is told at once, and stops a little later

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def fresh(self) -> str:
        """The address of a new, empty database."""
        return database(self.place, f"test-{next(self._numbers)}")


def database(place: str, name: str) -> str:
    """The address of a new, empty database of the server at ``place``."""
    address, body = f"{place}/api/v2/tenants/default_tenant/databases", json.dumps({"name": name}).encode()
    urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=30).close()
    return f"{place}?database={name}"
