"""How well search finds the right document: public question sets through the project's own ingestion and search.

    python -m tests.benchmarks.retrieval SETS_DIR [--set NAME ...] [--first 500] [--keep DIR]

Each set is a folder: ``corpus.jsonl`` (id, title, text, lang), ``queries.jsonl`` (id, text), ``qrels.tsv`` (query,
passage, grade; one header line). Every passage becomes a file of its own, title and language as front matter, its text
as it stands; ``bot.ingestion`` reads the folder, and ``Library.search`` finds ten passages for each question. A
document counts once, at the rank of the first of its passages. Nobody here wrote the questions, and no setting is for
one set.

Printed are nDCG@10 with a 95 % interval (bootstrap over the questions), R@1 and R@5 beside the reference. A difference
within the interval is noise. The embedding model was trained on data like that of tydiqa and xquad: their figures
flatter the vectors, in the reference as well. Sets without a complete judgement (``pools.tsv``) are left out: a passage
that nobody judged is no miss.

``--keep DIR`` keeps folders and indexes, so that the next run embeds nothing; without it everything is temporary, and
embedding all sets takes about ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot import embedding, ingestion, languages
from bot.embedding import Embedder
from bot.evals import sets
from bot.library import Library
from tests.benchmarks import tables

FOUND = 10


@dataclass(frozen=True)
class Figures:
    """nDCG@10, R@1 and R@5 of one way to search."""

    ndcg: float
    first: float
    five: float

    def __str__(self) -> str:
        return f"{_short(self.ndcg)} ({_short(self.first)} {_short(self.five)})"


@dataclass(frozen=True)
class Known:
    """What others reached on a set: with vectors alone, with keywords alone, and the reference that joins both."""

    vectors: Figures
    keywords: Figures
    reference: Figures


# Source: the README.md that comes with the sets (SETS_DIR/README.md), "Reference to beat", first 500 questions, whole
# passages. Vectors: the bundled multilingual-e5-small. Keywords: BM25 over Kiwi's nouns, verb stems, foreign words and
# numbers. Reference: z-scores of both per question, the keyword part times 0.7 times the largest share of the
# question's idf mass that any one passage holds.
KNOWN = {
    "belebele-ko": Known(Figures(0.914, 0.856, 0.952), Figures(0.898, 0.824, 0.942), Figures(0.958, 0.928, 0.980)),
    "belebele-en-to-ko": Known(
        Figures(0.793, 0.678, 0.846), Figures(0.153, 0.122, 0.160), Figures(0.794, 0.680, 0.848)
    ),
    "tydiqa-ko": Known(Figures(0.776, 0.636, 0.874), Figures(0.620, 0.456, 0.728), Figures(0.778, 0.626, 0.884)),
    "mlqa-de": Known(Figures(0.737, 0.622, 0.788), Figures(0.641, 0.542, 0.698), Figures(0.783, 0.678, 0.840)),
    "mlqa-de-to-en": Known(Figures(0.724, 0.604, 0.788), Figures(0.417, 0.308, 0.488), Figures(0.739, 0.616, 0.796)),
    "xquad-en": Known(Figures(0.970, 0.936, 0.996), Figures(0.951, 0.896, 0.986), Figures(0.985, 0.962, 0.998)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    options = _parser().parse_args(arguments)
    names = options.set or sorted(folder.name for folder in options.sets.iterdir() if folder.is_dir())
    embedder = embedding.load()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        for name in names:
            if (options.sets / name / "pools.tsv").exists():
                print(f"{name}: left out, only a pool of its passages was judged; for knowing when not to answer.")
                continue
            rows.append(_row(name, options.sets / name, keep, embedder, options.first))
    print("\nnDCG@10 (R@1 R@5); the interval and the difference from the reference are of nDCG@10\n")
    others = ["vectors alone", "keywords alone", "reference"]
    tables.show(["set", "questions", *others, "**ours**", "95 %", "difference", "s a question"], rows)


def measure(library: Library, questions: Mapping[str, str], relevant: Mapping[str, Mapping[str, int]]) -> np.ndarray:
    """nDCG@10, R@1, R@5 of each question, shape (questions, 3). Documents are named by their files' stems."""
    figures = []
    for name, question in questions.items():
        hits = library.search(question, FOUND, languages.of_question(question))
        found = list(dict.fromkeys(Path(hit.passage.path).stem for hit in hits))
        figures.append(_figures(found, relevant[name]))
    return np.array(figures)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retrieval", description=__doc__.split("\n")[0])
    parser.add_argument("sets", type=Path, metavar="SETS_DIR", help="the folder that holds the sets")
    parser.add_argument("--set", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--first", type=int, default=500, metavar="N", help="how many questions of each (default: 500)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep folders and indexes here for the next run")
    return parser


def _row(name: str, folder: Path, keep: Path, embedder: Embedder, first: int) -> list[str]:
    """Ingest one set, ask its questions, and tell the figures."""
    # Named by content: sets that ask about the same passages share one index.
    place = keep / hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()[:12]
    stems = sets.write(sets.lines(folder / "corpus.jsonl"), place / "knowledge")
    start = time.monotonic()
    report = ingestion.run(place / "knowledge", place / "index", lambda: embedder, embedder.name)
    seconds = time.monotonic() - start
    failed = f", {len(report.failed)} FAILED" if report.failed else ""
    print(
        f"{name}: {len(stems)} files, {report.passages} passages, {report.embedded} embedded, {seconds:.0f} s{failed}",
        flush=True,
    )
    relevant = sets.relevant(folder / "qrels.tsv", stems)
    asked = {row["id"]: row["text"] for row in sets.lines(folder / "queries.jsonl") if row["id"] in relevant}
    questions = dict(list(asked.items())[:first])
    library = Library(place / "index", embedder)
    library.search("warm", 1)
    start = time.monotonic()
    figures = measure(library, questions, relevant)
    seconds = (time.monotonic() - start) / len(questions)
    library.close()
    ours = Figures(*map(float, figures.mean(axis=0)))
    low, high = _interval(figures[:, 0])
    known = KNOWN.get(name)
    others = [str(known.vectors), str(known.keywords), str(known.reference)] if known else ["–"] * 3
    difference = f"{ours.ndcg - known.reference.ndcg:+.3f}" if known else "–"
    interval = f"{_short(low)}–{_short(high)}"
    return [name, str(len(questions)), *others, f"**{ours}**", interval, difference, f"{seconds:.4f}"]


def _figures(found: Sequence[str], relevant: Mapping[str, int]) -> tuple[float, float, float]:
    gains = [relevant.get(name, 0) for name in found[:FOUND]]
    best = sorted(relevant.values(), reverse=True)[:FOUND]
    recall = [sum(gain > 0 for gain in gains[:depth]) / len(relevant) for depth in (1, 5)]
    return _discounted(gains) / _discounted(best), recall[0], recall[1]


def _discounted(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains)))


def _interval(values: np.ndarray, samples: int = 2000) -> tuple[float, float]:
    """The 95 % interval of the mean, by drawing the questions again and again."""
    drawn = np.random.default_rng(0).choice(values, (samples, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
