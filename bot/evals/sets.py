"""Sets of questions on disk: TOML of our own, and the public sets' folders with the documents that they ask about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import ingestion
from bot.embedding import Embedder
from bot.evaluation import Question, parse

PARTS = {"": slice(None), "building": slice(0, None, 2), "reporting": slice(1, None, 2)}


class SetUnusable(Exception):
    """The questions cannot be read; the text says why."""


def read(place: Path, half: str = "") -> tuple[Question, ...]:
    """The questions of a TOML file, of a folder of them (``half`` names one), or of a public set's folder.

    Every second question of a public set is for building, the others are for reporting.
    """
    if is_public(place):
        if half not in PARTS:
            raise SetUnusable(f"A public set has two halves, building and reporting, and no {half}.")
        return _public(place)[PARTS[half]]
    files = [place] if place.is_file() else sorted(place.glob(f"{half or '*'}.toml"))
    if not files:
        raise SetUnusable(f"{place} holds neither {half or 'a'}.toml nor a public set (corpus.jsonl, queries.jsonl).")
    try:
        return tuple(question for file in files for question in parse(file.read_text("utf-8")))
    except (ValueError, OSError) as error:
        raise SetUnusable(f"{place}: {error}") from error


def is_public(place: Path) -> bool:
    """Whether the folder brings its own documents."""
    return (place / "corpus.jsonl").is_file() and (place / "queries.jsonl").is_file()


@contextmanager
def index_of(place: Path, embedder: Embedder) -> Iterator[Path]:
    """A temporary index of a public set's documents."""
    with TemporaryDirectory() as temporary:
        knowledge, index = Path(temporary) / "knowledge", Path(temporary) / "index"
        write(lines(place / "corpus.jsonl"), knowledge)
        ingestion.run(knowledge, index, lambda: embedder, embedder.name)
        yield index


def write(corpus: Sequence[Mapping[str, str]], folder: Path) -> dict[str, str]:
    """Every passage as a file, unless it is there already; passage -> the stem of its file."""
    folder.mkdir(parents=True, exist_ok=True)
    stems = {}
    for number, row in enumerate(corpus):
        stems[row["id"]] = stem = f"{number:05}"
        path = folder / f"{stem}.md"
        front = {key: row[name] for key, name in (("title", "title"), ("language", "lang")) if row.get(name)}
        head = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items())
        text = f"---\n{head}---\n\n{row['text']}\n"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    return stems


def lines(path: Path) -> list[dict[str, str]]:
    """The objects of a file of JSON lines. Not ``splitlines``: some texts hold U+2028."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def relevant(path: Path, stems: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Question -> the stems of the documents that answer it, with their grades."""
    found: dict[str, dict[str, int]] = {}
    for line in path.read_text("utf-8").split("\n")[1:]:
        if line.strip():
            question, passage, grade = line.split("\t")
            if int(grade) > 0:
                found.setdefault(question, {})[stems[passage]] = int(grade)
    return found


def _public(place: Path) -> tuple[Question, ...]:
    try:
        stems = {row["id"]: f"{number:05}" for number, row in enumerate(lines(place / "corpus.jsonl"))}
        answering = relevant(place / "qrels.tsv", stems)
        pools = _pools(place / "pools.tsv", stems)
        return tuple(
            _question(row, frozenset(f"{stem}.md" for stem in answering.get(row["id"], {})), pools.get(row["id"]))
            for row in lines(place / "queries.jsonl")
        )
    except (ValueError, KeyError, OSError) as error:
        raise SetUnusable(f"{place}: {type(error).__name__}: {error}") from error


def _pools(path: Path, stems: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Question -> the only documents to look at for it, where the set has such pools."""
    found: dict[str, set[str]] = {}
    for line in path.read_text("utf-8").split("\n")[1:] if path.is_file() else ():
        if line.strip():
            question, passage = line.split("\t")[:2]
            found.setdefault(question, set()).add(f"{stems[passage]}.md")
    return {question: frozenset(paths) for question, paths in found.items()}


def _question(row: Mapping[str, object], paths: frozenset[str], pool: frozenset[str] | None = None) -> Question:
    answers = row.get("answers")
    forms = tuple(str(form) for form in answers if str(form).strip()) if isinstance(answers, list) else ()
    answerable = bool(row.get("answerable", True))
    return Question(
        id=str(row["id"]),
        text=str(row["text"]),
        language=str(row["lang"]),
        kind="public",
        answerable=answerable,
        facts=(forms,) if answerable and forms else (),
        paths=paths if answerable else frozenset(),
        pool=pool or frozenset(),
        why="" if answerable else "no answer",
    )
