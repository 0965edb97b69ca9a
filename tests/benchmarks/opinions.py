"""What a second opinion (SECOND_OPINION) adds to the rules: errors caught, right sentences refused, seconds.

    python -m tests.benchmarks.opinions nli:NAME-OR-FOLDER|model [--right 90] [--errors 180] [--half report|tune|both]

The sentences are those of ``tests.benchmarks.grounding``, as many in each language; the paraphrases first, since a right
sentence that is its own evidence shows little. ``model`` is the chat model of CHAT_MODEL, CHAT_BASE_URL and CHAT_API_KEY;
with the small real one of the tests: ``python -m tests.llama python -m tests.benchmarks.opinions model``.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence

from bot import models, opinions
from bot.prompts import Prompts
from bot.settings import ROOT, read
from bot.words import Words
from tests.benchmarks import grounding, tables
from tests.benchmarks.grounding import LANGUAGES, Checker, Sentence, Spoiler


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.opinions", description=__doc__.split("\n")[0])
    parser.add_argument("opinion", help="as in SECOND_OPINION")
    parser.add_argument("--right", type=int, default=90, metavar="N")
    parser.add_argument("--errors", type=int, default=180, metavar="N")
    parser.add_argument("--half", choices=("report", "tune", "both"), default="report")
    options = parser.parse_args(arguments)
    known, pieces = grounding.names(), grounding.passages()
    everything = grounding.right(pieces)
    chosen = [one for one in everything if options.half in ("both", one.half) and one.group in ("same", "worded")]
    right = _few(sorted(chosen, key=lambda one: one.group != "worded"), options.right)
    wrong = list(Spoiler(known, everything).spoilt(chosen, options.errors))
    opinion = _opinion(options.opinion)
    checker = Checker(pieces, known, Words(known.hangul_names()))
    tables.show(
        ("%", "sentences", "the rules", "the second opinion", "both", "seconds each"),
        [
            _row("right sentences refused", right, checker, opinion),
            _row("errors caught", wrong, checker, opinion),
        ],
    )


def _few(sentences: Sequence[Sentence], count: int) -> list[Sentence]:
    return [
        one
        for language in LANGUAGES
        for one in [one for one in sentences if one.language == language][: count // len(LANGUAGES)]
    ]


def _opinion(name: str) -> opinions.Opinion:
    settings = read()
    key = settings.chat_api_key.get_secret_value()
    model = models.load(
        settings.chat_model or "openai:none",
        base_url=settings.chat_base_url or "http://127.0.0.1:9/v1",
        key=key,
        timeout=settings.chat_timeout,
        max_tokens=5,
    )
    opinion = opinions.load(name, model, Prompts(ROOT / "prompts"))
    assert opinion is not None
    return opinion


def _row(name: str, sentences: Sequence[Sentence], checker: Checker, opinion: opinions.Opinion) -> list[str]:
    judged = [(one, faults) for one, faults in checker.all(sentences) if not one.group.endswith("alone")]
    start = time.perf_counter()
    agreed = asyncio.run(opinion.agrees([(one.text, one.passages) for one, _ in judged]))
    seconds = (time.perf_counter() - start) / len(judged)
    rules, second = [bool(faults) for _, faults in judged], [not agrees for agrees in agreed]
    both = [one or other for one, other in zip(rules, second, strict=True)]
    shares = (f"{100 * sum(one) / len(judged):.1f}" for one in (rules, second, both))
    return [name, str(len(judged)), *shares, f"{seconds:.2f}"]


if __name__ == "__main__":
    main()
