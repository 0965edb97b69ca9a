"""The program inside the sandbox: reads files that anyone may have made, within limits, until it is told no more.

It is given a suffix on standard input for each file, which lies in the working folder, and answers with one line of
JSON. It has no secrets to lose (see ``sandbox``), and dies rather than take more memory or time than a file is worth.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

FILE = "file"
READY = b"ready\n"
_MOST_WRITTEN = 128 * 1024 * 1024


def main(memory: int, seconds: int) -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, _MOST_WRITTEN)
    _limit(resource.RLIMIT_CORE, 0)
    # Imported within the limits, and before the clock of the first file runs.
    from bot.documents import office, web

    answers.write(READY)
    answers.flush()
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)
        answer = _answer(office, web, line.strip())
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if answer.get("reason") == "too-large":
            return  # what is left of its memory may not do for the next file
    shutil.rmtree(Path.cwd(), ignore_errors=True)  # whoever asked has gone, perhaps without tidying up


def _answer(office: Any, web: Any, suffix: str) -> dict[str, Any]:
    from bot.documents.document import Unreadable

    folder = Path.cwd()
    try:
        data = (folder / FILE).read_bytes()
        content = web.read(data) if suffix.startswith(".htm") else office.read(suffix, data, folder)
        return asdict(content)
    except Unreadable as error:
        return {"reason": error.reason, "sentence": str(error)}
    except Exception as error:  # noqa: BLE001 - on a file made to break it a reader may fail in any way
        if _ran_out(error):
            return {"reason": "too-large", "sentence": "The file needs too much memory. Split it or export its text."}
        return {"reason": "broken", "sentence": "The file is damaged. Open it in its program and save it again."}


def _ran_out(error: BaseException | None) -> bool:
    """Whether memory was short: that may show as another error, raised while tidying up."""
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def _limit(which: int, most: int) -> None:
    """The soft limit only: the one on time is raised again for the next file."""
    hard = resource.getrlimit(which)[1]
    with suppress(OSError, ValueError):  # macOS refuses some; the wall clock still stands
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
