"""How long a search takes, and how that grows with the knowledge.

    python -m tests.benchmarks.latency [--sizes 1000 10000 100000] [--questions 200]

For each size a library is made up and written with the project's own ``generations.write`` and
``vectors.write``; then ``Library.search`` is timed, query embedding included, with the bundled model. Bar: p95 at
most 30 ms at 10,000 passages on 2 cores.

What is made up: a passage is 60 words drawn from those of ``knowledge/`` in one of its languages, the frequent ones as
much more often as Zipf's law says; its words and grams are the real ones. Its vector lies near that of a sentence of
``knowledge/``, as far off as those sentences lie from each other; so the cosines are as close together as they really
are, and as hard to tell apart for an approximate index. Embedding 100,000 real passages would take hours. Questions are
headings of ``knowledge/``, so that names, spellings and lengths are real.

Printed are p50, p95 and the longest in milliseconds, the processor time of a question (all threads; it says more than
the clock where other programs run), the share of each part, how many of the ten nearest passages the search looked at
(the index of vectors is approximate; compared with all cosines), and the seconds to open the library.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bot import documents, embedding, generations
from bot.embedding import Embedder, Vectors
from bot.generations import FileEntry, Manifest
from bot.keywords import Keywords
from bot.library import Library
from bot.passages import Passage
from bot.vectors import Rows
from bot.vectors import write as write_vectors
from bot.words import Words
from tests.benchmarks import tables

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
LANGUAGES = ("ko", "en", "de")
WORDS = 60  # in a passage
SENTENCES = 240  # whose vectors the made-up ones surround
ROWS = 5_000  # passages made up at a time
PARTS = ("embedding", "words", "keywords", "vectors")


@dataclass(frozen=True)
class Sample:
    """What is taken from the real knowledge folder."""

    vocabulary: dict[str, list[str]]  # the words of each language, the most frequent first
    sentences: list[tuple[str, str]]  # with their languages
    questions: list[tuple[str, str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.latency", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--questions", type=int, default=200, metavar="N")
    options = parser.parse_args(arguments)
    sample = _sample(np.random.default_rng(0), options.questions)
    embedder = embedding.load()
    real = embedder.passages([text for text, _ in sample.sentences])
    rows = [_row(size, sample, real, embedder) for size in options.sizes]
    print()
    tables.show(
        ["passages", "p50 ms", "p95 ms", "max ms", "CPU", *PARTS, "rest", "nearest 10 seen", "open s", "build s"], rows
    )
    print(f"\n{len(sample.questions)} questions each; CPU and the parts are means in ms.")
    for small, large in pairwise(rows):
        more, longer = int(large[0]) / int(small[0]), float(large[2]) / float(small[2])
        print(f"From {small[0]} to {large[0]} passages, {more:g} times as many, p95 grows {longer:.1f} times.")


def _sample(chance: np.random.Generator, questions: int) -> Sample:
    counts: dict[str, dict[str, int]] = {language: {} for language in LANGUAGES}
    sentences: list[tuple[str, str]] = []
    headings: dict[tuple[str, str], None] = {}
    for path in sorted(KNOWLEDGE.rglob("*.md")):
        for passage in documents.split(documents.read(path, KNOWLEDGE)):
            if passage.language not in LANGUAGES:
                continue
            held = counts[passage.language]
            for word in re.findall(r"[^\W_]+", passage.text):
                held[word] = held.get(word, 0) + 1
            sentences += [(line, passage.language) for line in passage.text.split("\n") if 30 < len(line) < 200]
            headings.update({(heading, passage.language): None for heading in passage.headings[1:]})
    asked = list(headings)
    return Sample(
        vocabulary={language: sorted(held, key=lambda word: -held[word]) for language, held in counts.items()},
        sentences=[sentences[i] for i in chance.permutation(len(sentences))[:SENTENCES]],
        questions=[asked[i] for i in chance.permutation(len(asked))[:questions]],
    )


def _row(size: int, sample: Sample, real: Vectors, embedder: Embedder) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        vectors = _build(Path(folder), size, sample, real, embedder.name)
        built = time.perf_counter() - start
        print(f"{size} passages built in {built:.0f} s", flush=True)
        searched = Library(Path(folder), embedder)
        start = time.perf_counter()
        searched.overview()
        opened = time.perf_counter() - start
        for question, language in sample.questions[:10]:
            searched.search(f"{question} – warm", 10, language)  # not as asked below: those are to be embedded
        seconds, parts, seen, worked = _ask(searched, sample, vectors, embedder)
        searched.close()
    milliseconds = np.array(seconds) * 1000
    shares = [sum(parts[name]) * 1000 / len(seconds) for name in PARTS]
    return [
        str(size),
        *(f"{value:.1f}" for value in (*np.percentile(milliseconds, [50, 95]), milliseconds.max())),
        *(f"{share:.1f}" for share in (worked * 1000 / len(seconds), *shares, milliseconds.mean() - sum(shares))),
        f"{seen:.1%}",
        f"{opened:.1f}",
        f"{built:.0f}",
    ]


def _ask(
    searched: Library, sample: Sample, vectors: Vectors, embedder: Embedder
) -> tuple[list[float], dict[str, list[float]], float, float]:
    """Seconds per question and per part; the share of the ten nearest passages that the search saw; seconds of CPU."""
    seconds: list[float] = []
    looked: list[Rows] = []
    asked: list[Vectors] = []
    parts: dict[str, list[float]] = {name: [] for name in PARTS}
    with ExitStack() as stack:
        for part, owner, name, kept in (
            ("embedding", type(embedder), "query", asked.append),
            ("words", Words, "of", None),
            ("keywords", Keywords, "scores", None),
            ("vectors", Library, "_candidates", looked.append),
        ):
            stack.enter_context(_timed(owner, name, parts[part], kept))
        before = time.process_time()
        for question, language in sample.questions:
            start = time.perf_counter()
            searched.search(question, 10, language)
            seconds.append(time.perf_counter() - start)
        worked = time.process_time() - before
    found = [
        len(set(np.argpartition(-(vectors @ query), 10)[:10].tolist()) & set(rows.tolist())) / 10
        for query, rows in zip(asked, looked, strict=True)
    ]
    return seconds, parts, float(np.mean(found)), worked


@contextmanager
def _timed(owner: type, name: str, seconds: list[float], kept: Callable[[Any], None] | None) -> Iterator[None]:
    """Have a method note how long each call takes, and hand on what it returned."""
    plain = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        result = plain(*arguments, **named)
        seconds.append(time.perf_counter() - start)
        if kept:
            kept(result)
        return result

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, plain)


def _build(index: Path, size: int, sample: Sample, real: Vectors, embedder_name: str) -> Vectors:
    """Write a made-up generation of ``size`` passages and switch to it; its vectors."""
    chance = np.random.default_rng(size)
    now = datetime.now(UTC)
    name = generations.new_name(now)
    folder = index / name
    folder.mkdir()
    passages, keywords = _passages(chance, size, sample.vocabulary)
    vectors = _vectors(chance, size, real)
    write_vectors(folder, vectors)
    files = {passage.path: FileEntry("", (row, row + 1)) for row, passage in enumerate(passages)}
    manifest = Manifest(
        embedder_name, now.isoformat(), files, glossary=(KNOWLEDGE / "glossary.toml").read_text("utf-8"), dimensions=384
    )
    generations.write(folder, manifest, passages, keywords)
    generations.switch(index, name)
    return vectors


def _vectors(chance: np.random.Generator, size: int, real: Vectors) -> Vectors:
    spread = real.std(axis=0)
    vectors = np.empty((size, real.shape[1]), np.float32)
    for start in range(0, size, ROWS):
        near = real[chance.integers(0, len(real), min(ROWS, size - start))]
        vectors[start : start + len(near)] = near + spread * chance.standard_normal(near.shape, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _passages(
    chance: np.random.Generator, size: int, vocabulary: dict[str, list[str]]
) -> tuple[list[Passage], Keywords]:
    """Passages of drawn words, the languages taking turns, and their postings."""
    splitter = Words()
    ids: dict[str, int] = {}
    texts = [""] * size
    codes, counts = [], []
    for turn, (language, known) in enumerate(vocabulary.items()):
        # Each word is taken apart once; a passage holds what its words hold.
        terms = [[ids.setdefault(term, len(ids)) for term in splitter.of(word, language)] for word in known]
        frequency = 1 / np.arange(1, len(known) + 1)
        for start in range(turn, size, len(vocabulary) * ROWS):
            rows = np.arange(start, min(start + len(vocabulary) * ROWS, size), len(vocabulary))
            drawn = chance.choice(len(known), (len(rows), WORDS), p=frequency / frequency.sum())
            held = [[term for word in words for term in terms[word]] for words in drawn.tolist()]
            coded = np.fromiter((term for own in held for term in own), np.int64) * size
            code, count = np.unique(coded + np.repeat(rows, [len(own) for own in held]), return_counts=True)
            codes.append(code)
            counts.append(count)
            for row, words in zip(rows.tolist(), drawn.tolist(), strict=True):
                texts[row] = " ".join(known[word] for word in words)
    order = np.argsort(code := np.concatenate(codes))
    code, count = code[order], np.concatenate(counts)[order]
    keywords = Keywords(
        vocabulary=ids,
        starts=np.searchsorted(code, np.arange(len(ids) + 1) * size),
        rows=(code % size).astype(np.int32),
        counts=count.astype(np.float32),
        lengths=np.bincount(code % size, count, size).astype(np.float32),
    )
    languages = list(vocabulary)
    return [
        Passage(f"{row}.md", f"Document {row}", text, languages[row % len(languages)]) for row, text in enumerate(texts)
    ], keywords


if __name__ == "__main__":
    main()
