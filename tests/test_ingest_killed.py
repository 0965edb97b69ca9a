"""An ingest killed at any of its steps: the old generation still answers, and the next ingest is as if nothing had been."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OLD = ["An old battery a.", "An old battery b.", "An old battery d."]
NEW = ["A changed battery.", "A new battery.", "An old battery d."]


def outcomes(what: str, folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.killed", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(outcome: dict[str, Any]) -> bool:
    """Whether this kill did no harm; its return value is whether the switch had already happened."""
    assert outcome["killed"], outcome
    assert outcome["checked"], outcome
    assert outcome["answers"] in (OLD, NEW), outcome
    assert outcome["then"] == NEW, outcome
    assert outcome["then_left"] == [], outcome
    return bool(outcome["answers"] == NEW)


@pytest.mark.slow
def test_killed_before_any_change_of_a_file_the_index_still_answers(tmp_path: Path) -> None:
    found = outcomes("files", tmp_path)
    switched = [check(outcome) for outcome in found]
    assert switched == sorted(switched)  # old until the switch, new from then on, and never anything between
    assert found[switched.index(True) - 1]["step"] == "os.rename current.new"
    steps = {outcome["step"].split()[-1] for outcome in found}
    assert {"tests.embedding", "lock", "vectors.npy", "passages.jsonl", "manifest.json", "current.new"} <= steps
    assert any(outcome["left"] for outcome in found)  # a kill does leave a half-built folder for the next to remove


@pytest.mark.slow
def test_killed_before_any_line_of_what_writes_the_index_still_answers(tmp_path: Path) -> None:
    found = outcomes("lines", tmp_path)
    assert {outcome["step"].split(":")[0] for outcome in found} == {"generations.py", "ingestion.py", "space.py"}
    switched = [check(outcome) for outcome in found]
    assert switched == sorted(switched)
    assert set(switched) == {False, True}
