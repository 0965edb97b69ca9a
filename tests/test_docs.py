"""The documentation is true: settings, commands, examples, links and figures are what the code has."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from pydantic import SecretStr

import ingest
from bot import __main__ as commands
from bot.documents import SUFFIXES
from bot.settings import Settings
from bot.texts import say

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
LONGEST_MODULE = 300
PROGRAMS = {"expo-bot": commands._parser, "expo-ingest": ingest._parser}
FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
NAMED = re.compile(r"#?[A-Z_]+=")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def written(value: object) -> str:
    """A default as the table and the example write it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return f"{value:g}" if isinstance(value, float) else str(value)


SETTINGS = {
    name.upper(): (written(field.default), field.description or "") for name, field in Settings.model_fields.items()
}


def table_row(name: str) -> str:
    default, description = SETTINGS[name]
    return f"| `{name}` | {f'`{default}`' if default else '(empty)'} | {description} |"


def options_of(program: str, command: str = "") -> set[str]:
    """The flags that its help tells, without the one for the help itself."""
    parser = PROGRAMS[program]()
    if command:
        parser = next(iter(parser._subparsers._group_actions)).choices[command]
    return set(FLAG.findall(parser.format_help())) - {"-h", "--help"}


def subcommands() -> list[str]:
    return list(next(iter(commands._parser()._subparsers._group_actions)).choices)


def lines_to_type(page: Path) -> Iterator[list[str]]:
    """Each command in the page's shell blocks, in words, without comments."""
    for kind, text in BLOCK.findall(page.read_text("utf-8")):
        lines = text.splitlines()
        if kind == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        if kind in ("sh", "console"):
            yield from filter(None, (shlex.split(line, comments=True) for line in lines))


def parses(program: str, words: list[str]) -> bool:
    words = words[: words.index("<")] if "<" in words else words
    try:
        PROGRAMS[program]().parse_args(words)
    except SystemExit as end:
        return end.code == 0
    return True


def works(words: list[str]) -> bool:
    """Whether what stands there could be typed: the target, flag, service, extra or setting is there."""
    program, rest = words[0], words[1:]
    if program in PROGRAMS:
        return parses(program, rest)
    if program == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        return all(word in targets for word in rest if "=" not in word)
    if words[:3] == ["docker", "compose", "run"]:
        service, *given = [word for word in words[3:] if word != "--rm"]
        inside = [*COMPOSE["services"][service].get("entrypoint", []), *given]
        return parses(inside[0], inside[1:])
    if words[:3] == ["docker", "compose", "up"]:
        return words[-1] in COMPOSE["services"]
    if words[:2] == ["pip", "install"]:
        extra = re.fullmatch(r"\.\[(\w+)\]", words[-1])
        return bool(extra) and extra[1] in PROJECT["optional-dependencies"]
    if program == "export":
        return rest[0].partition("=")[0] in SETTINGS
    if words[:2] == ["python", "-m"] and words[2].startswith("tests.benchmarks."):
        return (ROOT / words[2].replace(".", "/")).with_suffix(".py").is_file()
    return False


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def text_files() -> Iterator[Path]:
    """What is ours to write: not what tools make, nor the knowledge."""
    named = ("Makefile", "Dockerfile", ".dockerignore", ".env.example", "compose.yaml", "pyproject.toml", "ingest.py")
    yield from (ROOT / name for name in (*named, "constraints.txt", ".ci/run", "deploy/kubernetes.yaml"))
    yield from PAGES
    for folder in ("bot", "tests", "prompts"):
        yield from (
            path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".toml", ".md", ".js", ".html"}
        )


def test_the_readme_has_every_setting_with_its_default_and_meaning() -> None:
    names = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)

    assert names == list(SETTINGS)
    assert [row for row in map(table_row, SETTINGS) if row not in README.splitlines()] == []


def test_the_example_has_every_setting_with_its_meaning_and_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = {line.lstrip("#").partition("=")[0]: (above, line) for above, line in pairwise(lines) if NAMED.match(line)}

    assert list(pairs) == list(SETTINGS)
    for name, (default, description) in SETTINGS.items():
        above, line = pairs[name]
        assert above == f"# {description}"
        assert line.lstrip("#") == f"{name}={default}"


def test_the_example_as_it_is_changes_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    everything = re.sub(r"^#(?=[A-Z_]+=)", "", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / "everything").write_text(everything, "utf-8")

    given = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]

    assert given == Settings(_env_file=None)  # type: ignore[call-arg]
    assert given == Settings(_env_file=tmp_path / "everything")  # type: ignore[call-arg]
    assert {name for name, value in dotenv_values(ROOT / ".env.example").items() if value} == set()


def test_the_readme_has_every_command_with_every_option() -> None:
    rows = {match[1]: match[0] for match in re.finditer(r"^\| `(expo-[a-z]+(?: [a-z]+)?)` \|.*$", README, re.MULTILINE)}

    assert list(rows) == [*(f"expo-bot {command}" for command in subcommands()), "expo-ingest"]
    for command in subcommands():
        for option in options_of("expo-bot", command) - {"--index"}:
            assert f"`{option}`" in rows[f"expo-bot {command}"], option
    assert "`--index`" in README
    for option in options_of("expo-ingest"):
        assert re.search(rf"^expo-ingest .*{option}\b", README, re.MULTILINE), option


def test_no_option_is_told_that_does_not_exist() -> None:
    known = options_of("expo-ingest").union(*(options_of("expo-bot", command) for command in subcommands()))
    known |= {"--help", "--rm", "--detach", "--build-arg", "--scale"}  # ours, and Docker's
    known |= {flag for path in ROOT.glob("tests/benchmarks/**/*.py") for flag in FLAG.findall(path.read_text("utf-8"))}

    for page in PAGES:
        told = {
            flag for code in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")) for flag in FLAG.findall(f" {code}")
        }
        assert {flag for flag in told if flag.startswith("--")} - known == set(), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_shell_blocks_say_can_be_typed(page: Path) -> None:
    assert [shlex.join(words) for words in lines_to_type(page) if not works(words)] == []


@pytest.mark.parametrize("line", ["make coffee", "expo-bot sing", "expo-ingest --fast", "docker compose up tea"])
def test_what_cannot_be_typed_would_be_noticed(line: str) -> None:
    assert not works(line.split())


def test_the_first_things_the_readme_says_are_how_to_try_and_how_to_test_it() -> None:
    typed = [words for words in lines_to_type(ROOT / "README.md") if words[0] != "expo-bot"]

    assert typed[:2] == [["make", "play"], ["make", "test"]]


def test_the_sample_dialog_says_what_the_documents_say() -> None:
    documents = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "knowledge").rglob("*.en.md")))
    known = re.sub(r"\[\^\w+\]", "", documents)
    dialog = next(text for kind, text in BLOCK.findall(README) if kind == "console")
    said = re.findall(r"(?:^(?:• )?|(?<=\] ))(.+?) \[\d\]", dialog, re.MULTILINE)

    assert len(said) >= 3
    nearest = f"{say('en', 'answers.nearest')} "
    assert [sentence for sentence in said if sentence.removeprefix(nearest) not in known] == []
    assert say("en", "answers.unknown") in dialog


def test_the_readme_tells_every_format_that_is_read() -> None:
    told = re.search(r"\(`((?:\.\w+ ?)+)`\)", README)

    assert told
    assert set(told[1].split()) == SUFFIXES


def test_the_tree_in_the_readme_is_the_tree() -> None:
    tree = next(text for _, text in BLOCK.findall(README) if text.startswith("bot/\n"))
    told = set(re.findall(r"^    (\w+(?:\.py|/))", tree, re.MULTILINE))
    there = {path.name for path in (ROOT / "bot").glob("*.py") if path.name != "__init__.py"}
    there |= {f"{path.parent.name}/" for path in (ROOT / "bot").glob("*/__init__.py")}

    assert told == there
    assert set(re.findall(r"^(\w+(?:\.py|/))", tree, re.MULTILINE)) <= {
        path.name + "/" * path.is_dir() for path in ROOT.iterdir()
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(BLOCK, "", page.read_text("utf-8"))):
        if not target.startswith(("http://", "https://")):
            name, _, anchor = target.partition("#")
            other = page.parent / name if name else page
            assert other.exists(), target
            assert not anchor or anchor in anchors(other), target


def test_files_that_contributors_are_sent_to_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`((?:bot|tests|prompts|knowledge)/[\w./]+?)`", text)

    assert len(text.splitlines()) < 80
    assert [path for path in paths if not re.search("XX|NAME", path) and not (ROOT / path).exists()] == []


def test_the_changelog_speaks_of_the_version_that_is_built() -> None:
    newest = re.search(
        r"^## \[([\d.]+)\] - (unreleased|\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert newest
    assert newest[1] == PROJECT["version"]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    places = re.compile(r"(?<![\w.~$}-])/(?:work|root|home|Users)/\w")

    assert [str(path.relative_to(ROOT)) for path in text_files() if places.search(path.read_text("utf-8"))] == []


def test_versions_are_pinned_and_no_file_names_where_packages_come_from() -> None:
    pins = [
        line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    elsewhere = re.compile(r"(?:index[-_]url|trusted[-_]host|find[-_]links)\W+\w+[:.]", re.IGNORECASE)

    assert [pin for pin in pins if pin and not re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[\w.+!]+(?: ; .+)?", pin)] == []
    assert [str(path.relative_to(ROOT)) for path in text_files() if elsewhere.search(path.read_text("utf-8"))] == []


def test_modules_stay_below_three_hundred_lines() -> None:
    lengths = {
        path: len(path.read_text("utf-8").splitlines()) for path in [*ROOT.glob("bot/**/*.py"), ROOT / "ingest.py"]
    }

    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_MODULE} == {}
