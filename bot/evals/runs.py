"""Questions asked of an assistant, and what becomes of the answers: figures, a file, a comparison."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot import languages
from bot.answers import Assistant
from bot.citations import Answer
from bot.evaluation import Figures, Question, Verdict, figures, judge, percentile

COLUMNS = (
    "questions",
    "passed",
    "facts found",
    "sources right",
    "unsupported",
    "refused rightly",
    "refused wrongly",
    "nearest given",
    "must not say",
    "right language",
)


@dataclass(frozen=True)
class Run:
    """One question asked: the answer, what is right about it, and how long it took."""

    question: Question
    answer: Answer
    verdict: Verdict
    first: float  # seconds to the first visible text
    whole: float


async def ask(
    assistant: Assistant, questions: Iterable[Question], before: Callable[[Question], None] = lambda question: None
) -> list[Run]:
    """Ask them one after the other, as visitors would; ``before`` prepares what is asked for each."""
    runs = []
    for question in questions:
        before(question)
        start = time.perf_counter()
        first, final = 0.0, Answer("", question.language, answered=False)
        async for answer in assistant.answer(question.text, question.history):
            first = first or time.perf_counter() - start
            final = answer
        whole = time.perf_counter() - start
        verdict = judge(question, final, languages.of_answer(final.text, final.language))
        runs.append(Run(question, final, verdict, first, whole))
    return runs


def report(runs: Sequence[Run], *, as_json: bool) -> str:
    """The figures of a run: of everything, per language, per kind; in JSON every answer as well."""
    groups = _groups(runs)
    if as_json:
        counted = {name: asdict(figures(_judged(group))) for name, group in groups.items()}
        seconds = _seconds(runs)
        return json.dumps({"figures": counted, "seconds": seconds, "questions": recorded(runs)}, ensure_ascii=False)
    rows = [[name, *_cells(figures(_judged(group)))] for name, group in groups.items()]
    shown = [_table(["", *COLUMNS], rows)]
    public = [run.verdict.document for run in runs if run.verdict.document is not None]
    if public:
        shown.append(f"Answers that cite a document which answers: {sum(public) / len(public):.3f} of {len(public)}")
    took = _seconds(runs)
    shown.append(
        f"Seconds to the first text: median {took['first median']:.3f}, 95 % {took['first p95']:.3f}; "
        f"to the whole answer: median {took['whole median']:.3f}, 95 % {took['whole p95']:.3f}"
    )
    return "\n\n".join(shown)


def recorded(runs: Iterable[Run]) -> dict[str, dict[str, Any]]:
    """What is kept of a run, by the question's id."""
    return {
        run.question.id: {
            "question": run.question.text,
            "language": run.question.language,
            "kind": run.question.group,
            "answerable": run.question.answerable,
            "passed": run.verdict.passes(run.question.answerable),
            **asdict(run.verdict),
            "answer": run.answer.text,
            "seconds": round(run.whole, 3),
        }
        for run in runs
    }


def changes(before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each question whose result changed: better, worse, other; and for those only one run has."""
    told: dict[str, list[str]] = {verdict: [] for verdict in ("better", "worse", "other", "new", "gone")}
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name), now.get(name)
        if old is None or new is None:
            told["new" if old is None else "gone"].append(f"{name}: {((new or old) or {})['question']}")
            continue
        rank, other = _rank(old), _rank(new)
        if rank != other:
            verdict = "better" if other > rank else "worse"
            told[verdict].append(f"{name} {_result(old)} -> {_result(new)}: {new['question']}")
        elif old["answer"] != new["answer"]:
            told["other"].append(f"{name} says it otherwise ({_result(new)}): {new['question']}")
    return [f"{verdict}: {line}" for verdict, lines in told.items() for line in lines]


def save(runs: Sequence[Run], path: Path) -> None:
    """Keep the run for :func:`changes`."""
    path.write_text(json.dumps({"questions": recorded(runs)}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(path: Path) -> dict[str, dict[str, Any]]:
    """A run that was kept."""
    kept: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))["questions"]
    return kept


async def run(
    assistant: Assistant,
    questions: Sequence[Question],
    *,
    keep: Path | None = None,
    compare: Path | None = None,
    as_json: bool = False,
    before: Callable[[Question], None] = lambda question: None,
) -> None:
    """Ask, print, keep, compare."""
    earlier = load(compare) if compare else None
    # Models load with the first question; nobody waits for that in a running bot.
    await ask(assistant, questions[:1], before)
    runs = await ask(assistant, questions, before)
    sys.stdout.write(report(runs, as_json=as_json) + "\n")
    if keep:
        save(runs, keep)
    if earlier is not None and not as_json:
        changed = changes(earlier, recorded(runs))
        sys.stdout.write("\n" + ("\n".join(changed) if changed else "Nothing changed.") + "\n")


def _groups(runs: Sequence[Run]) -> dict[str, list[Run]]:
    groups: dict[str, list[Run]] = {"all": list(runs)}
    for language in ("ko", "en", "de"):
        groups[language] = [run for run in runs if run.question.language == language]
    for _, name in sorted({(not run.question.answerable, run.question.group) for run in runs}):
        groups[name] = [run for run in runs if run.question.group == name]
    return {name: group for name, group in groups.items() if group}


def _judged(runs: Iterable[Run]) -> list[tuple[Question, Verdict]]:
    return [(run.question, run.verdict) for run in runs]


def _seconds(runs: Sequence[Run]) -> dict[str, float]:
    first, whole = [run.first for run in runs], [run.whole for run in runs]
    return {
        "first median": percentile(first, 0.5),
        "first p95": percentile(first, 0.95),
        "whole median": percentile(whole, 0.5),
        "whole p95": percentile(whole, 0.95),
    }


def _cells(counted: Figures) -> list[str]:
    return [
        str(counted.questions),
        str(counted.passed),
        _short(counted.facts_found),
        _short(counted.sources_right),
        str(counted.unsupported),
        _short(counted.refused_rightly),
        _short(counted.refused_wrongly),
        _short(counted.nearest),
        str(counted.wrong),
        _short(counted.right_language),
    ]


def _short(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = []
    for cells in (header, rule, *rows):
        name, *rest = cells
        padded = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        lines.append("| " + " | ".join([name.ljust(widths[0]), *padded]) + " |")
    return "\n".join(lines)


def _rank(kept: Mapping[str, Any]) -> tuple[Any, ...]:
    """The better, the greater."""
    return kept["passed"], kept["answered"] == kept["answerable"], kept["found"], -len(kept["unsupported"])


def _result(kept: Mapping[str, Any]) -> str:
    if not kept["answered"]:
        return "refused"
    facts = f" {kept['found']}/{kept['facts']}" if kept["answerable"] else ""
    return f"answered{facts}"
