"""The arguments of ``expo-bot eval``, and what they do. What is heavy is imported when it runs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answers import Assistant
    from bot.embedding import Embedder
    from bot.evaluation import Question
    from bot.library import Library


HALVES = ("building", "further", "wide", "reporting", "sealed", "unseen")  # the last three are for reporting only
OWN = Path(__file__).parents[2] / "tests" / "evals"  # where a checkout has them


def arrange(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("--set", type=Path, metavar="PATH", help="a TOML file, a folder of them, or a public set")
    parser.add_argument("--half", choices=HALVES, default="", help="only these of the questions")
    parser.add_argument("--first", type=int, metavar="N", help="only the first N questions")
    parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="the day they are asked on")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the run")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="name each question that changed since that run")
    parser.add_argument("--json", action="store_true", help="print figures and answers as one JSON object")


def run(
    options: argparse.Namespace,
    embedder: Callable[[], Embedder],
    library: Callable[[Path | None], Library],
    assistant: Callable[[Library, date | None], Assistant],
) -> int:
    """Ask the set that ``options`` name, else the project's own, of what the other arguments open."""
    from bot.evals import runs, sets
    from bot.evals.pools import Pooled

    place = options.set or OWN
    try:
        asked = sets.read(place, options.half)[: options.first]
    except sets.SetUnusable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with ExitStack() as opened:
        if sets.is_public(place):
            model = embedder()
            searched: Library = Pooled(opened.enter_context(sets.index_of(place, model)), model)
        else:
            searched = library(None)
        opened.enter_context(closing(searched))
        searched.overview()

        def look_at(question: Question) -> None:
            if isinstance(searched, Pooled):
                searched.only(question.pool)

        answering = assistant(searched, options.today)
        kept = {"keep": options.save, "compare": options.compare}
        asyncio.run(runs.run(answering, asked, **kept, as_json=options.json, before=look_at))
    return 0
