"""Draws how many unanswerable questions are answered for how many answerable ones refused, over all thresholds.

    python -m tests.benchmarks.tradeoff SETS_DIR/nomiracl-ko SETS_DIR/nomiracl-de SETS_DIR/xquad-en-noanswer

Of each public set the half for reporting; the picture goes to docs/tradeoff.svg, the figures at today's threshold are
printed. Hallucination rate, FP / (FP + TN), and error rate, FN / (FN + TP), are NoMIRACL's (Thakur et al. 2023,
arXiv 2312.11361), without a language model between.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from bot import embedding
from bot.clues import THRESHOLD, likelihood
from bot.evals import sets
from bot.evals.pools import Pooled
from bot.replies import asked_in, judged

SIZE, EDGE = 360, 50
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#7b4b94")
Told = list[tuple[float, bool]]  # likelihood, and whether the question is answerable


def told(place: Path, half: str, first: int | None, today: date) -> Told:
    """Each question's likelihood of being answered; 0 where it is refused whatever was found."""
    model, found = embedding.load(), []
    with sets.index_of(place, model) as index, closing(Pooled(index, model)) as library:
        for one in sets.read(place, half)[:first]:
            library.only(one.pool)
            clues = judged(library, one.text, one.history, asked_in(one.text, one.history), today)
            found.append((likelihood(clues) if clues else 0.0, one.answerable))
    return found


def rates(found: Told, threshold: float) -> tuple[float, float]:
    """Error rate and hallucination rate at a threshold."""
    some = [one for one, answerable in found if answerable]
    none = [one for one, answerable in found if not answerable]
    wrongly = sum(one < threshold for one in some) / max(1, len(some))
    return wrongly, sum(one >= threshold for one in none) / max(1, len(none))


def drawn(curves: dict[str, Told], threshold: float) -> str:
    """The picture: a line per set, a dot at the threshold in use."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE + 2 * EDGE} {SIZE + 2 * EDGE}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" '
        'fill="none" stroke="#888"/>',
    ]
    for tenth in range(0, 11, 2):
        at = EDGE + SIZE * tenth / 10
        parts.append(f'<text x="{at}" y="{EDGE + SIZE + 16}" text-anchor="middle">{tenth / 10}</text>')
        parts.append(f'<text x="{EDGE - 8}" y="{EDGE + SIZE - (at - EDGE) + 4}" text-anchor="end">{tenth / 10}</text>')
    middle = EDGE + SIZE / 2
    parts.append(f'<text x="{middle}" y="{EDGE + SIZE + 36}" text-anchor="middle">error rate (refused wrongly)</text>')
    parts.append(
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">'
        "hallucination rate (answered wrongly)</text>"
    )
    for row, ((name, found), colour) in enumerate(zip(curves.items(), COLOURS, strict=False)):
        points = [rates(found, step / 100) for step in range(102)]
        path = " ".join(f"{EDGE + SIZE * x:.1f},{EDGE + SIZE * (1 - y):.1f}" for x, y in points)
        x, y = rates(found, threshold)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<circle cx="{EDGE + SIZE * x:.1f}" cy="{EDGE + SIZE * (1 - y):.1f}" r="5" fill="{colour}"/>')
        label = EDGE + SIZE - 8
        parts.append(f'<text x="{label}" y="{EDGE + 20 + 16 * row}" text-anchor="end" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--half", default="reporting")
    parser.add_argument("--first", type=int)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 23))
    parser.add_argument("--svg", type=Path, default=Path("docs/tradeoff.svg"))
    options = parser.parse_args(arguments)
    curves = {place.name: told(place, options.half, options.first, options.today) for place in options.sets}
    options.svg.write_text(drawn(curves, THRESHOLD), "utf-8")
    for name, found in curves.items():
        error, hallucination = rates(found, THRESHOLD)
        sys.stdout.write(f"{name:20} {len(found):4} error {error:.3f} hallucination {hallucination:.3f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
