"""What an ingest costs: time beside the embedder's own, a rerun, memory, and how soon the running bot follows.

    python -m tests.benchmarks.ingest [--unchanged 10000]

a. The whole of ``knowledge/`` into an empty index, beside what the bundled embedder took of it. The embedder notes its
   own time within the very run: measured one after the other, with other programs on the same cores, the same ratio
   came out anywhere from 1.1 to 1.3. The processor time of both is printed as well. Bar: 1.15 times.
b. ``python ingest.py`` over 10,000 unchanged passages, a file each, as a process of its own, measured from outside; the
   best and the median of five. Bar: nothing embedded, 3 s.
c. The peak memory of ``python ingest.py`` over the whole of ``knowledge/``. Bar: 1.2 GB.
d. With the 10,000 of (b) open in a running ``Library``, a file is added and one deleted; from the end of the ingest,
   the seconds until a search finds the new one and no longer the deleted one. Bar: 10 s.

The 10,000 files are made of the words of ``knowledge/``; their first ingest takes random vectors for the embedder's, as
embedding them takes an hour and changes nothing in what is measured.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot import documents, embedding, ingestion
from bot.embedding import Embedder, Vectors
from bot.library import Library
from bot.passages import Passage
from tests.benchmarks import tables

ROOT = Path(__file__).parents[2]
KNOWLEDGE = ROOT / "knowledge"
WORDS = 40  # in a made-up passage
RERUNS = 5
PATIENCE = 60  # seconds until (d) gives up
NEW, GONE = "The lemon depot at Wolpo opens at half past six.", "The walnut depot at Guryongpo opens at half past nine."


@dataclass(frozen=True)
class Run:
    """One ``python ingest.py``."""

    seconds: float
    peak: int  # bytes
    said: str


class RandomVectors:
    """Stands in for the embedder where only the number of vectors matters."""

    name = embedding.Bundled.name

    def __init__(self) -> None:
        self._chance = np.random.default_rng(0)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Random unit vectors."""
        vectors = self._chance.standard_normal((len(texts), 384), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def query(self, text: str) -> Vectors:
        """A random unit vector."""
        return self.passages([text])[0]


class NotingTime(embedding.Bundled):
    """The bundled embedder, which notes how long it takes, loading included."""

    def __init__(self) -> None:
        start = time.perf_counter()
        super().__init__()
        self.seconds, self.worked = time.perf_counter() - start, 0.0

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See :class:`bot.embedding.Embedder`."""
        start, before = time.perf_counter(), time.process_time()
        vectors = super().passages(texts)
        self.seconds += time.perf_counter() - start
        self.worked += time.process_time() - before
        return vectors


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ingest", description=__doc__.split("\n")[0])
    parser.add_argument("--unchanged", type=int, default=10_000, metavar="N", help="passages of (b) (default: 10000)")
    options = parser.parse_args(arguments)
    embedder = embedding.load()
    with tempfile.TemporaryDirectory() as folder:
        rows = _rerun_and_switch(Path(folder), options.unchanged, embedder)
        rows += _whole_folder(Path(folder))
    print()
    tables.show(["", "what", "measured", "bar"], sorted(rows))


def _whole_folder(folder: Path) -> Iterator[list[str]]:
    """(a) and (c)."""
    noting = NotingTime()
    start, before = time.perf_counter(), time.process_time()
    report = ingestion.run(KNOWLEDGE, folder / "inside", lambda: noting, noting.name)
    seconds, worked = time.perf_counter() - start, time.process_time() - before
    what = f"ingest of knowledge/ ({report.embedded} passages) / its embedder"
    yield ["a", what, f"{seconds:.1f} s / {noting.seconds:.1f} s = {seconds / noting.seconds:.2f}", "1.15"]
    yield ["a", "processor time of both", f"{worked:.1f} s / {noting.worked:.1f} s = {worked / noting.worked:.2f}", ""]
    run = ingest(KNOWLEDGE, folder / "index")
    yield ["c", f"peak memory of python ingest.py, {run.seconds:.0f} s", f"{run.peak / 1e9:.2f} GB", "1.2 GB"]


def _rerun_and_switch(folder: Path, count: int, embedder: Embedder) -> list[list[str]]:
    """(b) and (d)."""
    knowledge, index = folder / "many", folder / "many-index"
    _write_files(knowledge, count)
    (knowledge / "gone.md").write_text(f"# Depots\n\n{GONE}\n", "utf-8")
    start = time.perf_counter()
    ingestion.run(knowledge, index, RandomVectors, RandomVectors.name)
    print(f"{count + 1} passages taken in with random vectors in {time.perf_counter() - start:.0f} s", flush=True)
    runs = [ingest(knowledge, index) for _ in range(RERUNS)]
    embedded = {match[1] for run in runs if (match := re.search(r"Embedded (\d+) passages", run.said))}
    seconds = sorted(run.seconds for run in runs)
    library = Library(index, embedder)
    library.search(GONE)
    (knowledge / "gone.md").unlink()
    (knowledge / "new.md").write_text(f"# Depots\n\n{NEW}\n", "utf-8")
    changed = ingest(knowledge, index)
    print(f"one file added, one removed: {changed.seconds:.1f} s; {changed.said.splitlines()[-1]}", flush=True)
    follows = _followed(library)
    library.close()
    return [
        [
            "b",
            f"rerun over {count + 1} unchanged passages, {', '.join(sorted(embedded))} embedded",
            f"{seconds[0]:.2f} s best, {statistics.median(seconds):.2f} s median",
            "3 s",
        ],
        ["d", f"a running library of {count + 1} passages answers from the new state", f"{follows:.2f} s", "10 s"],
    ]


def ingest(knowledge: Path, index: Path) -> Run:
    """``python ingest.py`` in a child process; its time, the peak memory of the largest process in it, its report."""
    command = [sys.executable, str(ROOT / "ingest.py"), "--knowledge", str(knowledge), "--index", str(index), "--quiet"]
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        report = said.read().decode()
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * scale, report or f"exit code {child.returncode}")


def _read() -> Iterator[Passage]:
    for path in sorted(KNOWLEDGE.rglob("*")):
        if path.suffix.lower() in documents.SUFFIXES:
            yield from documents.split(documents.read(path, KNOWLEDGE))


def _followed(library: Library) -> float:
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE:
        found = {hit.passage.path for question in (NEW, GONE) for hit in library.search(question)}
        if "new.md" in found and "gone.md" not in found:
            return time.perf_counter() - start
    return float("inf")


def _write_files(folder: Path, count: int) -> None:
    """A passage a file, of words drawn from ``knowledge/``, the language of its source kept."""
    chance = np.random.default_rng(0)
    words: dict[str, list[str]] = {}
    for passage in _read():
        words.setdefault(passage.language, []).extend(passage.text.split())
    folder.mkdir(parents=True)
    for number in range(count):
        language = sorted(words)[number % len(words)]
        text = " ".join(chance.choice(words[language], WORDS))
        title = f"---\ntitle: Report {number}\nlanguage: {language}\n---\n\n"
        (folder / f"{number:05}.md").write_text(f"{title}{re.sub(r'[#|*_`<>]', '', text)}\n", "utf-8")


if __name__ == "__main__":
    main()
