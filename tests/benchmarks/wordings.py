"""Fits by which words and meanings bot/heard.py tells questions that are answered from those asked in vain.

    python -m tests.benchmarks.wordings [--knowledge DIR] [--save]

Both kinds are in the folder's ``wordings.toml``. ``--held-out`` prints how well it does on questions that it was not fitted on:
each eighth of the *documents* by what the other seven gave, for questions on one document resemble each other.
``--save`` writes what all of them give to ``bot/heard.npz``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import cg

from bot import embedding, folder, glossary, heard
from bot.asks import pieces
from bot.embedding import Embedder, Vectors

PARTS = 8
RIDGE = 0.1
PRECISE = 1e-4  # of the residual, in what is to be told
ROWS = 1000  # of the kernel at a time
TWICE = 2  # questions that a piece has to stand in


@dataclass(frozen=True)
class Examples:
    """Questions as they are said to the embedder, without their names, whether they are answered, and of what."""

    said: list[str]
    nameless: list[str]
    answered: Vectors
    document: list[str]


def read(knowledge: Path) -> Examples:
    """The questions of a knowledge folder; those on what the documents say is not known count as asked in vain."""
    names = glossary.parse(folder.content(knowledge)[1])
    _, entries = folder.worded(knowledge)
    rows = [
        (
            names.said(question, language),
            names.without_names(question),
            bool(entry.says) and not _open(entry.document),
            entry.document,
        )
        for entry in entries
        for language, question in entry.questions
    ]
    said, nameless, answered, document = (list(column) for column in zip(*dict.fromkeys(rows), strict=True))
    return Examples(said, nameless, np.where(answered, 1.0, -1.0).astype(np.float32), document)


def _open(document: str) -> bool:
    return document.startswith("open-questions")


def kernels(examples: Examples, vectors: Vectors) -> tuple[Vectors, csr_array, dict[str, int], Vectors]:
    """The kernel of all pairs; each question's pieces, shape (questions, pieces); their columns and idf."""
    counts = Counter(piece for text in examples.nameless for piece in set(pieces(text)))
    columns = {piece: n for n, piece in enumerate(piece for piece, count in counts.items() if count >= TWICE)}
    idf = np.log((len(examples.said) + 1) / (np.array([counts[piece] for piece in columns]) + 0.5)).astype(np.float32)
    own = [[columns[piece] for piece in set(pieces(text)) if piece in columns] for text in examples.nameless]
    weighed = [idf[some] / max(float(np.linalg.norm(idf[some])), 1e-9) for some in own]
    ends = np.cumsum([0, *map(len, own)])
    held = csr_array((np.concatenate(weighed), np.concatenate(own).astype(np.int32), ends), (len(own), len(columns)))
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    kernel = centred @ centred.T
    for start in range(0, len(kernel), ROWS):  # in place, and some rows at a time: it has gigabytes
        rows = kernel[start : start + ROWS]
        np.exp((rows - 1) / heard.WIDTH, out=rows)
        rows += (held[start : start + ROWS] @ held.T).toarray()
        rows /= 2
    return kernel, held, columns, idf


def solve(kernel: Vectors, answered: Vectors) -> Vectors:
    """What each question adds; ``kernel`` is overwritten."""
    kernel[np.diag_indices_from(kernel)] += RIDGE
    # By conjugate gradients: a matrix of gigabytes is too large for what factors one in memory.
    found, failed = cg(kernel, answered - answered.mean(), rtol=PRECISE)
    if failed:
        sys.exit(f"The fit did not come to {PRECISE} in {failed} steps; nothing was saved.")
    return found


def held_out(examples: Examples, kernel: Vectors) -> Vectors:
    """How each question sounds by those on other documents."""
    documents = sorted(set(examples.document))
    part = np.array([documents.index(one) % PARTS for one in examples.document])
    told = np.zeros(len(part), np.float32)
    for one in range(PARTS):
        rest, own = np.flatnonzero(part != one), np.flatnonzero(part == one)
        weights = solve(kernel[np.ix_(rest, rest)], examples.answered[rest])
        told[own] = kernel[np.ix_(own, rest)] @ weights + examples.answered[rest].mean()
    return told


def area(told: Vectors, answered: Vectors) -> float:
    """How often an answered question sounds more so than one asked in vain: the area under the ROC curve."""
    ranks = np.empty(len(told))
    ranks[np.argsort(told)] = np.arange(1, len(told) + 1)
    some = answered > 0
    return float((ranks[some].sum() - some.sum() * (some.sum() + 1) / 2) / (some.sum() * (~some).sum()))


def save(examples: Examples, vectors: Vectors, embedder: Embedder) -> None:
    """Write what all questions give."""
    in_bytes, scales = heard.in_bytes(vectors)
    kernel, held, columns, idf = kernels(examples, in_bytes * scales[:, None])
    weights = solve(kernel, examples.answered)
    np.savez_compressed(
        heard.FILE,
        embedder=embedder.name,
        keys=heard.keys(examples.said),
        vectors=in_bytes,
        scales=scales,
        weights=weights,
        mean=(in_bytes * scales[:, None]).mean(axis=0),
        bias=np.float32(examples.answered.mean()),
        pieces="\n".join(columns),
        idf=idf.astype(np.float16),
        of_pieces=(held.T @ weights).astype(np.float16),
    )


def main(arguments: Sequence[str], embedder: Embedder | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--save", action="store_true")
    parser.add_argument(
        "--held-out", action="store_true", help="print how well it does on other documents; takes minutes"
    )
    options = parser.parse_args(arguments)
    examples = read(options.knowledge)
    embedder = embedder or embedding.load()
    vectors = np.stack([embedder.query(said) for said in examples.said])
    sys.stdout.write(f"{len(examples.said)} questions, {int((examples.answered > 0).sum())} of them answered\n")
    if options.held_out:
        told = held_out(examples, kernels(examples, vectors)[0])
        sys.stdout.write(f"on other documents: area under the ROC curve {area(told, examples.answered):.3f}\n")
    if options.save:
        save(examples, vectors, embedder)


if __name__ == "__main__":
    main(sys.argv[1:])
