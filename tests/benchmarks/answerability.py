"""Fits the weights by which bot/clues.py tells whether a question is answered, and says how well they hold elsewhere.

    python -m tests.benchmarks.answerability tests/evals/building.toml tests/evals/further.toml

The questions are dealt into eight parts; each part is judged by weights that the other seven gave. Printed are those
figures, per language and kind, the weights from all questions, and the trade-off. Never pass a set that reports.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot import embedding
from bot.clues import THRESHOLD, Clues
from bot.evals import sets
from bot.evaluation import Question
from bot.library import Library
from bot.replies import asked_in, judged

PARTS, ROUNDS = 8, 5
RIDGE = 0.02
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question and the clues of what was found for it; None where nothing was, or the question is declined."""

    question: Question
    clues: Clues | None


def cases(library: Library, questions: Iterable[Question], today: date) -> list[Case]:
    """What is found for each question."""
    return [
        Case(one, judged(library, one.text, one.history, asked_in(one.text, one.history), today)) for one in questions
    ]


def fit(rows: Numbers, answerable: Numbers) -> tuple[Numbers, float]:
    """Weights and bias of a logistic regression with a ridge on the scaled clues, by Newton's method."""
    scale = rows.std(axis=0) + 1e-6
    inputs = np.c_[(rows - rows.mean(axis=0)) / scale, np.ones(len(rows))]
    ridge = np.diag([RIDGE] * rows.shape[1] + [1e-9])
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        told = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (told - answerable) / len(rows) + ridge @ weights
        curve = (inputs * (told * (1 - told))[:, None]).T @ inputs / len(rows) + ridge
        weights -= np.linalg.solve(curve, slope)
    plain = weights[:-1] / scale
    return plain, float(weights[-1] - plain @ rows.mean(axis=0))


def held_out(rows: Numbers, answerable: Numbers, seed: int) -> Numbers:
    """Each question's probability, by weights from questions it is not among."""
    part = np.random.default_rng(seed).integers(0, PARTS, len(rows))
    told = np.zeros(len(rows))
    for one in range(PARTS):
        weights, bias = fit(rows[part != one], answerable[part != one])
        told[part == one] = 1 / (1 + np.exp(-(rows[part == one] @ weights + bias)))
    return told


def matrix(found: Sequence[Case], names: Sequence[str]) -> tuple[Numbers, Numbers]:
    """The clues of these names of all cases, a row each, and whether they are answerable."""
    rows = np.array([[getattr(case.clues, name) for name in names] for case in found], float)
    return rows, np.array([case.question.answerable for case in found], float)


def report(found: Sequence[Case], names: Sequence[str], threshold: float) -> str:
    """The held-out figures at ``threshold``, the trade-off, and the weights from all cases, by the clues of ``names``."""
    rows, answerable = matrix(found, names)
    told = np.mean([held_out(rows, answerable, seed) for seed in range(ROUNDS)], axis=0)
    keys = [("all", np.ones(len(found), bool))]
    keys += [
        (name, np.array([name in (one.question.language, one.question.group) for one in found]))
        for name in sorted({one.question.language for one in found} | {one.question.group for one in found})
    ]
    lines = [f"held out, at {threshold:.2f}:          n   refused rightly   wrongly"]
    for name, of in keys:
        none, some = told[of & (answerable == 0)], told[of & (answerable == 1)]
        shares = [f"{(part < threshold).mean():.3f}" if len(part) else "–" for part in (none, some)]
        lines.append(f"{name:24} {of.sum():5} {shares[0]:>15} {shares[1]:>10}")
    lines.append("\nwrongly  rightly  threshold")
    for share in (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.15):
        at = float(np.quantile(told[answerable == 1], share))
        lines.append(f"{share:7.2f} {(told[answerable == 0] < at).mean():8.3f} {at:10.3f}")
    weights, bias = fit(rows, answerable)
    lines.append("\nWEIGHTS = {")
    lines += [f'    "{name}": {weight:.2f},' for name, weight in zip(names, weights, strict=True)]
    return "\n".join([*lines, "}", f"BIAS = {bias:.2f}"])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 23))
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    options = parser.parse_args(arguments)
    library = Library(options.index, embedding.load())
    found = [case for place in options.sets for case in cases(library, sets.read(place), options.today)]
    weighed = [case for case in found if case.clues and case.clues.sounds is not None]
    names = [field.name for field in fields(Clues)]
    sys.stdout.write(f"{report(weighed, names, options.threshold)}\n\nwithout how they sound, and unread\n")
    plain = [name for name in names if name not in ("sounds", "told")]
    sys.stdout.write(report(weighed, plain, options.threshold) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
