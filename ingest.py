"""The command that staff run after changing knowledge/: it brings the index in step and says what became of each file.

    python ingest.py [--knowledge DIR] [--index DIR] [--dry-run | --rebuild | --list | --rollback [GENERATION]]

Exit code 0: all is well. 1: some files failed, the rest is in. 2: nothing was changed; the message says why.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ingestion import Report
    from bot.vectors.server import Server

SIGNS = {"added": "+", "changed": "~", "removed": "-", "failed": "!", "unchanged": " "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    # Everything heavy is imported only now: `--help` answers at once.
    from bot.assembly import chroma
    from bot.embedding import ModelMissing
    from bot.generations import LibraryError
    from bot.settings import InvalidSettings, read

    try:
        settings = read()
        knowledge = options.knowledge or settings.knowledge
        index = options.index or settings.index
        server = chroma(settings)
        if options.list:
            return _list_shared(server) if server else _list(index)
        if options.rollback is not None:
            return _roll_back(server, index, options.rollback or None)
        report = _ingest(server, knowledge, index, settings.embedding_model, options)
    except (LibraryError, ModelMissing, InvalidSettings, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The index is as it was.", file=sys.stderr)
        return 130
    _print(report, dry_run=options.dry_run, quiet=options.quiet)
    return 1 if report.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="expo-ingest",
        description="Read the knowledge folder and bring the index in step. The running bot follows within seconds.",
    )
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="the folder of documents (default: KNOWLEDGE)")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the folder of the index (default: INDEX)")
    parser.add_argument("--quiet", action="store_true", help="list only the files that could not be read")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    what.add_argument("--rebuild", action="store_true", help="embed everything anew, whatever the index holds")
    what.add_argument("--list", action="store_true", help="list the generations of the index")
    what.add_argument(
        "--rollback", nargs="?", const="", metavar="GENERATION", help="go back to the generation before, or to this one"
    )
    return parser


def _ingest(server: Server | None, knowledge: Path, index: Path, model: str, options: argparse.Namespace) -> Report:
    """Build in the folder; with a server, upon what is in use there, and for everybody."""
    if not server:
        return _build(knowledge, index, model, options)
    from bot import mirror

    with closing(server), nullcontext() if options.dry_run else server.writing():
        mirror.pull(server, index)
        report = _build(knowledge, index, model, options)
        if not options.dry_run:
            if server.current() != report.generation:
                _study(index, model)
            mirror.publish(server, index)
    return report


def _study(index: Path, model: str) -> None:
    """Embed single statements, too: done here once, and in no machine that fetches the generation."""
    from threading import Event

    from bot import embedding
    from bot.library import Library
    from bot.study import study

    print("embedding single statements, too: once, for every machine", file=sys.stderr, flush=True)
    with closing(Library(index, embedding.load(model))) as library:
        study(library, Event())


def _build(knowledge: Path, index: Path, model: str, options: argparse.Namespace) -> Report:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from bot import embedding, ingestion

    name = embedding.name_of(model)
    if not sys.stderr.isatty():
        return ingestion.run(
            knowledge, index, lambda: embedding.load(model), name,
            rebuild=options.rebuild, dry_run=options.dry_run, progress=_plain_progress,
        )  # fmt: skip
    columns = TextColumn("Embedding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("embedding", total=None, visible=False)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total > 0)

        return ingestion.run(
            knowledge, index, lambda: embedding.load(model), name,
            rebuild=options.rebuild, dry_run=options.dry_run, progress=advance,
        )  # fmt: skip


def _plain_progress(done: int, total: int) -> None:
    """A line at every tenth: a log has no use for a bar."""
    tenth = max(total // 10, 1)
    if total and (done == total or done % tenth < 32) and done:
        print(f"embedded {done} of {total} passages", file=sys.stderr, flush=True)


def _print(report: Report, *, dry_run: bool, quiet: bool) -> None:
    for line in report.lines:
        if quiet and line.status != "failed":
            continue
        count = "" if line.status in ("removed", "failed") else f" ({line.passages} passages)"
        reason = f": {line.reason}" if line.reason else ""
        # A file's name may hold anything but a slash: a new line, or what moves a terminal's cursor.
        path = "".join(character if character.isprintable() else "\ufffd" for character in line.path)
        print(f"{SIGNS[line.status]} {line.status:9} {path}{count}{reason}")
    totals = {status: sum(line.status == status for line in report.lines) for status in SIGNS}
    print(", ".join(f"{count} {status}" for status, count in totals.items()))
    if dry_run:
        print(f"Nothing was changed. {report.embedded} passages would be embedded, {report.passages} be held.")
    else:
        print(f"Embedded {report.embedded} passages. Generation {report.generation} holds {report.passages}.")


def _list(index: Path) -> int:
    from bot import generations

    in_use = generations.current(index).name
    for name in generations.names(index):
        sign = "*" if name == in_use else " "
        try:
            manifest = generations.read_manifest(index / name)
        except generations.IndexMissing:
            print(f"{sign} {name}  cannot be read")
            continue
        print(f"{sign} {name}  {manifest.passages} passages of {len(manifest.files)} files, {manifest.embedder}")
    return 0


def _list_shared(server: Server) -> int:
    with closing(server):
        in_use, held = server.current(), server.generations()
    for name, told in held.items():
        print(f"{'*' if name == in_use else ' '} {name}  {told['passages']} passages, on {server.place}")
    return 0


def _roll_back(server: Server | None, index: Path, name: str | None) -> int:
    from bot import generations, mirror

    if server:
        with closing(server), server.writing():
            name = generations.back_from(server.current(), list(server.generations()), name)
            server.point(name)
            mirror.pull(server, index)
    else:
        with generations.writing(index):
            name = generations.roll_back(index, name)
    print(f"Generation {name} is in use now. The running bot follows by itself.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
