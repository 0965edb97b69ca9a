"""An ingest killed while it writes to a Chroma server: replicas go on with the old generation, and the next one heals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chroma import ChromaServer

OLD = ["An old battery a.", "An old battery b."]
NEW = ["A new battery."]


@pytest.mark.slow
def test_killed_before_any_request_that_writes_to_the_server_replicas_answer(
    chroma_server: ChromaServer, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.killed_sharing", chroma_server.place, str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]

    for outcome in outcomes:
        assert outcome["killed"], outcome
        assert outcome["checked"], outcome
        assert outcome["before"] == OLD, outcome
        assert outcome["answers"] in (OLD, NEW), outcome
        assert (outcome["then"], outcome["left"]) == (NEW, 0), outcome
    switched = [outcome["answers"] == NEW for outcome in outcomes]
    assert switched == sorted(switched)  # old until the switch, new from then on
    assert set(switched) == {False, True}
    assert {"post collections", "post add", "put", "delete"} <= {outcome["step"] for outcome in outcomes}
