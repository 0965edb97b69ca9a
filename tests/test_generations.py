"""Generations: complete indexes beside each other, and one line that names the one in use."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from bot import generations, keywords
from bot.generations import Busy, FileEntry, IndexMissing, LibraryError, Manifest
from tests.fakes import PASSAGE

MANIFEST = Manifest(
    "words", "2026-03-02T09:00:00+00:00", {"expo.md": FileEntry("abc", (0, 1))}, "about", "glossary", 64
)


def generation(index: Path, name: str) -> Path:
    """A generation without vectors."""
    folder = index / name
    folder.mkdir(parents=True)
    generations.write(folder, MANIFEST, [PASSAGE], keywords.build([Counter({"expo": 2, "포항": 1})]))
    return folder


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = generation(tmp_path, "1")
    assert generations.read_manifest(folder) == MANIFEST
    assert generations.read_manifest(folder).name == "1"
    assert generations.read_passages(folder) == [PASSAGE]
    read = generations.read_keywords(folder)
    assert read.bags() == [Counter({"expo": 2, "포항": 1})]
    assert np.array_equal(read.lengths, [3])


def test_a_switch_is_seen_at_once_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for name in ("1", "2"):
        generation(tmp_path, name)
        generations.switch(tmp_path, name)
        assert generations.current(tmp_path) == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "current"]


def test_only_complete_generations_have_a_name(tmp_path: Path) -> None:
    for name in ("2", "1", "building-3"):
        generation(tmp_path, name)
    (tmp_path / "4").mkdir()
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    assert generations.names(tmp_path) == ["1", "2"]
    assert generations.names(tmp_path / "nowhere") == []


def test_names_sort_by_time_in_every_zone() -> None:
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    seoul = timezone(timedelta(hours=9))
    assert generations.new_name(moment) == generations.new_name(moment.astimezone(seoul)) == "20260302T090000.000000Z"
    assert generations.new_name(moment) < generations.new_name(moment + timedelta(microseconds=1))


def test_back_is_the_generation_before_and_a_name_is_that_one(tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        generation(tmp_path, name)
    generations.switch(tmp_path, "3")
    assert generations.roll_back(tmp_path) == generations.current(tmp_path).name == "2"
    assert generations.roll_back(tmp_path) == "1"
    with pytest.raises(LibraryError, match="no earlier generation.*expo-ingest --list"):
        generations.roll_back(tmp_path)
    assert generations.roll_back(tmp_path, "3") == generations.current(tmp_path).name == "3"


@pytest.mark.parametrize("name", ["9", "../1", "building-4", "current", "."])
def test_nothing_goes_back_to_what_is_no_generation(tmp_path: Path, name: str) -> None:
    generation(tmp_path, "1")
    generation(tmp_path, "building-4")
    generations.switch(tmp_path, "1")
    with pytest.raises(LibraryError, match="There is no generation"):
        generations.roll_back(tmp_path, name)
    assert generations.current(tmp_path).name == "1"


def test_a_named_generation_is_a_way_out_where_the_one_in_use_is_gone(tmp_path: Path) -> None:
    generation(tmp_path, "1")
    generations.switch(tmp_path, "2")
    with pytest.raises(IndexMissing, match="--rebuild"):
        generations.current(tmp_path)
    assert generations.roll_back(tmp_path, "1") == generations.current(tmp_path).name


def test_the_last_three_are_kept_and_the_one_in_use_whatever_its_age(tmp_path: Path) -> None:
    for name in ("1", "2", "3", "4", "5", "building-6"):
        generation(tmp_path, name)
    generations.switch(tmp_path, "1")
    generations.prune(tmp_path)
    assert generations.names(tmp_path) == ["1", "4", "5"]
    assert not (tmp_path / "building-6").exists()
    generations.switch(tmp_path, "5")
    generations.prune(tmp_path, kept=1)
    assert generations.names(tmp_path) == ["5"]


@pytest.mark.parametrize("content", [b"", b"\n", b"..\n", b"../elsewhere", b"nowhere", b"\xff\xfe", b"/etc"])
def test_a_line_that_names_no_generation_is_told(tmp_path: Path, content: bytes) -> None:
    generation(tmp_path, "1")
    (tmp_path / "current").write_bytes(content)
    with pytest.raises(IndexMissing, match=r"Run: expo-ingest --rebuild$|Check its permissions\.$"):
        generations.current(tmp_path)


def test_no_index_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    for index in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(IndexMissing, match=r"There is no index in .* yet\. Run: expo-ingest$"):
            generations.current(index)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", "null", '{"files": {}}', '{"files": [], "embedder": "x", "built_at": ""}', '{"other": 1}'],
)
def test_a_foreign_manifest_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(IndexMissing, match=r"is not an index this program can read\. Run: expo-ingest --rebuild$"):
        generations.read_manifest(tmp_path)


def test_another_format_is_told_with_both_numbers(tmp_path: Path) -> None:
    folder = generation(tmp_path, "1")
    path, here = folder / "manifest.json", f'"format": {generations.FORMAT}'
    assert here in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(here, '"format": 99'), "utf-8")
    with pytest.raises(IndexMissing, match=f"format 99, this one reads {generations.FORMAT}.*--rebuild"):
        generations.read_manifest(folder)


@pytest.mark.parametrize("name", ["passages.jsonl", "words.json", "keywords.npz"])
@pytest.mark.parametrize("damage", ["gone", "cut", "junk", "empty"])
def test_damage_is_told_with_the_remedy(tmp_path: Path, name: str, damage: str) -> None:
    folder = generation(tmp_path, "1")
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"cut": content[: len(content) // 2], "junk": b"junk\n", "empty": b""}[damage])
    with pytest.raises(IndexMissing, match=r"is damaged \(\w+\)\. Run: expo-ingest --rebuild$"):
        generations.read_keywords(folder), generations.read_passages(folder)


def test_two_writers_do_not_meet_and_the_next_may_come_when_the_first_has_gone(tmp_path: Path) -> None:
    with generations.writing(tmp_path), pytest.raises(Busy, match="Another ingest is writing"):  # noqa: SIM117
        with generations.writing(tmp_path):
            pass
    with generations.writing(tmp_path):
        pass


def test_a_file_where_the_index_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("x", "utf-8")
    with pytest.raises(LibraryError, match="Nothing can be written into"), generations.writing(tmp_path / "index"):
        pass


def test_what_goes_wrong_while_writing_is_not_blamed_on_the_lock(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), generations.writing(tmp_path):
        raise PermissionError(13, "Permission denied", "about.toml")
