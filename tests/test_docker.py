"""The image, without an engine: the Dockerfile's own steps, run in empty folders, so that a forgotten COPY is noticed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
TOKEN = f"1234567:{'x' * 35}"
THE_SYSTEMS = ("useradd", "install ")  # these change the machine: left out here
# Offline and quick: what is installed beside these tests stands for what pip would fetch.
HERE = {"pip install": "pip install --quiet --no-index --no-build-isolation"}


def instructions(text: str) -> list[tuple[str, str]]:
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in joined.splitlines() if line]


def sent_to_the_engine(path: Path) -> bool:
    """Whether .dockerignore lets the file pass: the last rule that fits it, or a folder above it, decides."""
    inside, passes = path.relative_to(ROOT), True
    for rule in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!").removeprefix("**/")
            names = inside.parts if "**/" in rule else [inside.parts[0]]
            if any(fnmatch(name, pattern) for name in names):
                passes = rule.startswith("!")
    return passes


@dataclass
class Stage:
    """A root folder that stands for the root of a container."""

    root: Path
    workdir: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    user: str = ""
    volumes: list[str] = field(default_factory=list)
    cmd: list[str] = field(default_factory=list)

    def on_disk(self, path: str) -> Path:
        inside = Path(self.workdir, path)
        return self.root / inside.relative_to("/")

    def surroundings(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        given = {"PATH": path, "HOME": str(self.on_disk(self.workdir)), "LANG": "C.UTF-8"}
        for name, value in self.env.items():
            given[name] = self.here(value.replace("$PATH", given["PATH"]))
        return given

    def here(self, text: str) -> str:
        return re.sub(r"(?<![\w/])/(?=opt/|srv/)", f"{self.root}/", text)

    def run(self, command: list[str] | str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, shell=isinstance(command, str), cwd=self.on_disk(self.workdir), text=True,
            env=self.surroundings() | env, capture_output=True, timeout=300,
        )  # fmt: skip


def build(text: str, folder: Path) -> Stage:
    """The last stage, after every instruction of the Dockerfile ``text``."""
    stages: dict[str, Stage] = {}
    stage = Stage(folder)
    for word, rest in instructions(text):
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            stage = stages[name] = Stage(folder / name)
            stage.root.mkdir()
        elif word in ("ENV", "ARG"):
            stage.env |= dict(one.split("=", 1) for one in shlex.split(rest))
        elif word == "WORKDIR":
            stage.workdir = rest
            stage.on_disk(rest).mkdir(parents=True)
        elif word == "COPY":
            copy(stage, stages, shlex.split(rest))
        elif word == "RUN":
            for step in rest.split(" && "):
                run_step(stage, step.strip())
        elif word == "USER":
            stage.user = rest
        elif word == "VOLUME":
            stage.volumes = yaml.safe_load(rest)
        elif word == "CMD":
            stage.cmd = yaml.safe_load(rest)
        else:
            raise NotImplementedError(f"what does {word} do here?")
    return stage


def copy(stage: Stage, stages: dict[str, Stage], words: list[str]) -> None:
    option = words.pop(0) if words[0].startswith("--from=") else ""
    other = stages[option.removeprefix("--from=")] if option else None
    target = stage.on_disk(words[-1])
    for source in words[:-1]:
        if other:
            shutil.move(other.on_disk(source), target)
            for script in target.glob("bin/*"):  # they name their Python by its whole path
                if not script.is_symlink() and str(other.root) in (told := script.read_text("utf-8")):
                    script.write_text(told.replace(str(other.root), str(stage.root)), "utf-8")
            continue
        files = [ROOT / source] if (ROOT / source).is_file() else sorted((ROOT / source).rglob("*"))
        for file in (file for file in files if file.is_file() and sent_to_the_engine(file)):
            place = target / (file.name if file == ROOT / source else file.relative_to(ROOT / source))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)


def run_step(stage: Stage, step: str) -> None:
    if step.startswith(THE_SYSTEMS):
        return
    for theirs, ours in HERE.items():
        step = step.replace(theirs, ours)
    done = stage.run(stage.here(step))
    assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    for folder in stage.root.glob("opt/*/lib/python*/site-packages"):
        (folder / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return build(DOCKERFILE, tmp_path_factory.mktemp("image"))


def test_hadolint_finds_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert hadolint, "hadolint comes with the extra dev"

    told = subprocess.run([hadolint, "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True)

    assert told.stdout + told.stderr == ""


def test_the_image_is_built_in_two_stages_and_runs_as_nobody_special() -> None:
    words = instructions(DOCKERFILE)
    users = [rest for word, rest in words if word == "USER"]

    assert len([word for word, _ in words if word == "FROM"]) == 2
    assert users == ["10001"]
    assert "useradd --uid 10001 " in DOCKERFILE


def test_no_secret_can_slip_into_the_image() -> None:
    assert not any(word in DOCKERFILE.upper() for word in ("TELEGRAM_TOKEN", "API_KEY", "WEBHOOK_SECRET", "PASSWORD"))
    for name in (".env", "data/expo-bot.db", "index/current", ".git/config", "bot/__pycache__/settings.pyc"):
        assert not sent_to_the_engine(ROOT / name), name
    for name in ("pyproject.toml", "bot/store/migrations/env.py", "prompts/answer.md", "LICENSE"):
        assert sent_to_the_engine(ROOT / name), name


def test_code_and_dependencies_have_layers_of_their_own() -> None:
    build_stage = DOCKERFILE.split("FROM ")[1]

    assert build_stage.index("--constraint constraints.txt") < build_stage.index("COPY bot")
    assert "pip install --no-deps ." in build_stage


@pytest.mark.slow
def test_both_commands_run_from_what_the_image_holds(image: Stage) -> None:
    for command in ("expo-bot", "expo-ingest"):
        done = image.run([command, "--help"])

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"usage: {command}")
    assert image.run(["python", "-c", "import bot; print(bot.__file__)"]).stdout.startswith(str(image.root))


@pytest.mark.slow
def test_the_image_starts_the_bot_which_asks_for_its_token(image: Stage) -> None:
    done = image.run(image.cmd)

    assert (done.returncode, done.stderr.split(".")[0]) == (2, "TELEGRAM_TOKEN is not set")


@pytest.mark.slow
def test_in_the_image_staff_ingest_the_bot_answers_and_the_doctor_finds_all_well(image: Stage) -> None:
    for volume in image.volumes:
        image.on_disk(volume).mkdir(exist_ok=True)
    text = (
        "# Shuttle\n\nThe shuttle to the hall is free and leaves every ten minutes.[^1]\n\n[^1]: The fair, 2026-05-01\n"
    )
    (image.on_disk("knowledge") / "shuttle.en.md").write_text(text, "utf-8")

    ingested = image.run(["expo-ingest"])
    answered = image.run(["expo-bot", "ask", "Is the shuttle to the hall free?"])
    examined = image.run(["expo-bot", "doctor"], TELEGRAM_TOKEN=TOKEN)

    assert ingested.returncode == 0, ingested.stderr
    assert "The shuttle to the hall is free and leaves every ten minutes. [1]" in answered.stdout, answered.stderr
    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert f"answer.md in {image.root}" in examined.stdout


@pytest.mark.slow
def test_a_forgotten_copy_is_noticed(image: Stage, tmp_path: Path) -> None:
    poorer = build(DOCKERFILE.replace("COPY prompts ./prompts\n", ""), tmp_path)
    look = ["python", "-c", "from bot.settings import ROOT; print((ROOT / 'prompts' / 'answer.md').is_file())"]

    assert image.run(look).stdout == "True\n"
    assert poorer.run(look).stdout == "False\n"


def test_staff_ingest_in_docker_with_the_same_folders_as_the_bot() -> None:
    volumes = next(yaml.safe_load(rest) for word, rest in instructions(DOCKERFILE) if word == "VOLUME")
    services = COMPOSE["services"]

    assert services["ingest"]["entrypoint"] == ["expo-ingest"]
    assert services["ingest"]["profiles"], "up must not start it"
    for service in (services[name] for name in ("bot", "ingest", "worker")):
        assert [volume.split(":")[1] for volume in service["volumes"]] == volumes
