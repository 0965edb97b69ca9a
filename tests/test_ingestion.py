"""Ingestion: twice changes nothing, what vanished vanishes, what fails keeps its old passages."""

from __future__ import annotations

import os
import resource
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import generations, ingestion
from bot.generations import LibraryError, OtherEmbedder
from tests.desk import Desk, status
from tests.embedders import WordEmbedder

BROKEN_PDF = b"%PDF-1.4 nothing of the kind"


def test_a_first_ingest_takes_everything_in(desk: Desk) -> None:
    desk.put("expo/one.md", "# One\n\nFirst battery.\n\n# Two\n\nSecond battery.\n")
    desk.put("two.txt", "Third battery.")
    report = desk.ingest()
    assert [(line.path, line.status, line.passages) for line in report.lines] == [
        ("expo/one.md", "added", 2),
        ("two.txt", "added", 1),
    ]
    assert (report.embedded, report.passages, report.generation) == (3, 3, generations.current(desk.index).name)
    assert desk.held() == {"expo/one.md": ["First battery.", "Second battery."], "two.txt": ["Third battery."]}


def test_twice_changes_nothing_and_does_not_even_load_the_embedder(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    first, before = desk.ingest(), desk.files()
    assert desk.embedder.loaded == 1
    again = desk.ingest()
    assert status(again) == {"one.txt": "unchanged"}
    assert (again.generation, again.embedded, again.passages) == (first.generation, 0, 1)
    assert desk.embedder.loaded == 1
    assert desk.files() == before


def test_a_touched_file_is_no_changed_file(desk: Desk) -> None:
    path = desk.put("one.txt", "First battery.")
    first = desk.ingest()
    os.utime(path, (1, 1))
    assert desk.ingest().generation == first.generation


def test_only_new_passages_are_embedded(desk: Desk) -> None:
    desk.put("a.md", "# One\n\nFirst battery.\n\n# Two\n\nSecond battery.\n")
    desk.put("b.txt", "Third battery.")
    desk.ingest()
    desk.embedder.embedded.clear()
    desk.put("a.md", "# One\n\nFirst battery.\n\n# Two\n\nAnother battery.\n")
    report = desk.ingest()
    assert status(report) == {"a.md": "changed", "b.txt": "unchanged"}
    assert [text.splitlines()[-1] for text in desk.embedder.embedded] == ["Another battery."]
    assert report.embedded == 1
    assert desk.held()["a.md"] == ["First battery.", "Another battery."]
    assert desk.texts("another battery")[0] == "Another battery."


def test_a_date_that_changes_is_taken_over_without_embedding_anew(desk: Desk) -> None:
    desk.put("a.md", "---\nas_of: 2025-01-01\n---\nFirst battery.\n")
    desk.ingest()
    desk.put("a.md", "---\nas_of: 2026-01-01\n---\nFirst battery.\n")
    report = desk.ingest()
    assert (status(report), report.embedded, desk.embedder.loaded) == ({"a.md": "changed"}, 0, 1)
    assert [passage.as_of for passage in generations.read_passages(generations.current(desk.index))] == ["2026-01-01"]


def test_vectors_taken_over_belong_to_their_passages(desk: Desk) -> None:
    for name in "bcd":
        desk.put(f"{name}.txt", f"The {name} battery {name * 5}.")
    desk.ingest()
    desk.put("a.txt", "The first of all.")
    (desk.knowledge / "c.txt").unlink()
    desk.ingest()
    with desk.library() as found:
        for hit in found.search("battery bbbbb"):
            expected = desk.embedder.query(hit.passage.embedded) @ desk.embedder.query("battery bbbbb")
            assert hit.similarity == pytest.approx(float(expected), abs=1e-5)


def test_what_vanished_vanishes(desk: Desk) -> None:
    path = desk.put("one.txt", "First battery.")
    desk.put("two.txt", "Second battery.")
    desk.ingest()
    path.unlink()
    report = desk.ingest()
    assert status(report) == {"one.txt": "removed", "two.txt": "unchanged"}
    assert desk.texts() == ["Second battery."]
    assert desk.embedder.loaded == 1


def test_a_renamed_file_is_removed_and_added(desk: Desk) -> None:
    path = desk.put("one.md", "# Battery\n\nFirst.\n")
    desk.ingest()
    path.rename(desk.knowledge / "two.md")
    report = desk.ingest()
    assert status(report) == {"one.md": "removed", "two.md": "added"}
    assert report.embedded == 0
    assert list(desk.held()) == ["two.md"]


def test_a_file_that_fails_keeps_its_old_passages_and_is_told_with_the_reason(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    desk.put("two.txt", "Second battery.")
    desk.ingest()
    desk.put("one.txt", BROKEN_PDF)
    desk.put("two.txt", "Second battery, changed.")
    report = desk.ingest()
    (failed,) = report.failed
    assert failed.path == "one.txt"
    assert "this is a PDF" in failed.reason
    assert "goes on answering from the 1 passages of its last good version" in failed.reason
    assert sorted(desk.texts()) == ["First battery.", "Second battery, changed."]


def test_a_failing_file_is_told_each_time_and_taken_in_once_it_is_mended(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    first = desk.ingest()
    desk.put("one.txt", BROKEN_PDF)
    for _ in range(2):
        again = desk.ingest()
        assert (status(again), again.generation) == ({"one.txt": "failed"}, first.generation)
    desk.put("one.txt", "First battery.")
    assert status(desk.ingest()) == {"one.txt": "unchanged"}
    desk.put("one.txt", "Mended battery.")
    assert status(desk.ingest()) == {"one.txt": "changed"}
    assert desk.texts() == ["Mended battery."]


def test_a_failing_file_that_vanishes_takes_its_old_passages_along(desk: Desk) -> None:
    path = desk.put("one.txt", "First battery.")
    desk.ingest()
    desk.put("one.txt", BROKEN_PDF)
    desk.ingest()
    path.unlink()
    assert status(desk.ingest()) == {"one.txt": "removed"}
    assert desk.texts() == []


def test_a_new_file_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    desk.put("good.txt", "First battery.")
    desk.put("bad.txt", BROKEN_PDF)
    report = desk.ingest()
    assert status(report) == {"bad.txt": "failed", "good.txt": "added"}
    assert list(desk.held()) == ["good.txt"]
    assert desk.ingest().generation == report.generation


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("film.mp4", b"x", "Files ending in .mp4 cannot be read"),
        ("README", b"x", "Files ending in nothing cannot be read"),
        ("empty.txt", b"", "The file is empty"),
        ("blank.md", b"\n \n", "The file is empty"),
        ("fake.docx", b"hello", "does not begin like one"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_reason(desk: Desk, name: str, content: bytes, says: str) -> None:
    desk.put(name, content)
    (failed,) = desk.ingest().failed
    assert (failed.path, says in failed.reason) == (name, True)


def test_hidden_files_and_the_locks_of_office_programs_are_no_documents(desk: Desk) -> None:
    for name in (".git/config", ".hidden.txt", ".~lock.plan.docx#", "~$plan.docx", "sub/~$x.xlsx", "sub/.DS_Store",
                 "Thumbs.db", "sub/desktop.ini", ".obsidian/note.md"):  # fmt: skip
        desk.put(name, "secret")
    desk.put("one.txt", "First battery.")
    assert status(desk.ingest()) == {"one.txt": "added"}


def test_about_and_glossary_are_no_documents_except_deeper_down(desk: Desk) -> None:
    desk.put("about.toml", '[name]\nen = "The Fair"\n')
    desk.put("glossary.toml", '[[entity]]\nid = "tuen"\nen = "Tuen"\n')
    desk.put("sub/about.toml", "x")
    assert status(desk.ingest()) == {"sub/about.toml": "failed"}


def test_a_changed_glossary_makes_a_generation_without_embedding(desk: Desk) -> None:
    desk.put("one.txt", "First battery of Tuen.")
    first = desk.ingest()
    desk.put("glossary.toml", '\ufeff[[entity]]\nid = "tuen"\nen = "Tuen"\nvariants = ["TN"]\n')
    second = desk.ingest()
    assert second.generation != first.generation
    assert (second.embedded, desk.embedder.loaded) == (0, 1)
    with desk.library() as found:
        assert found.search("TN")[0].coverage == pytest.approx(1)
        assert found.entity("tn", "en") == "Tuen"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("about.toml", "[name\n", "about.toml: "),
        ("about.toml", "[contacts]\n", "about.toml: unknown table contacts"),
        ("glossary.toml", "[[entity]]\nen = 'x'\n", "glossary.toml: entity 1 needs an id"),
        ("glossary.toml", "[[entity\n", "glossary.toml: "),
        ("glossary.toml", "\udcff", "glossary.toml is not UTF-8 text. Save it as UTF-8."),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_broken_setting_of_the_fair_is_told_and_nothing_changed(
    desk: Desk, name: str, content: str, says: str, dry_run: bool
) -> None:
    desk.put("one.txt", "First battery.")
    desk.ingest()
    before = desk.files()
    desk.put("two.txt", "Second battery.")
    desk.put(name, content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=f"^{says}"):
        desk.ingest(dry_run=dry_run)
    assert desk.files() == before
    assert desk.texts() == ["First battery."]


def test_a_dry_run_tells_what_would_change_and_changes_nothing(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    desk.put("two.txt", "Second battery.")
    report = desk.ingest(dry_run=True)
    assert not desk.index.exists()
    assert (status(report), report.embedded, report.passages, report.generation) == (
        {"one.txt": "added", "two.txt": "added"}, 2, 2, "",
    )  # fmt: skip
    first, before = desk.ingest(), desk.files()
    desk.put("one.txt", "Changed battery.")
    (desk.knowledge / "two.txt").unlink()
    report = desk.ingest(dry_run=True)
    assert status(report) == {"one.txt": "changed", "two.txt": "removed"}
    assert (report.embedded, report.passages, report.generation) == (1, 1, first.generation)
    assert desk.files() == before
    assert desk.embedder.loaded == 1


def test_another_embedding_model_is_refused_naming_both_and_the_remedy(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    desk.ingest()
    before, other = desk.files(), WordEmbedder("other", dimensions=32)
    with pytest.raises(OtherEmbedder, match="model words, but other is configured.*EMBEDDING_MODEL.*--rebuild"):
        desk.ingest(embedder=other)
    assert (desk.files(), other.loaded) == (before, 0)
    report = desk.ingest(embedder=other, rebuild=True)
    assert (status(report), report.embedded) == ({"one.txt": "added"}, 1)
    assert desk.embedder.loaded == 1
    desk.embedder = other
    assert desk.texts() == ["First battery."]


def test_rebuilding_embeds_everything_anew(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    first = desk.ingest()
    second = desk.ingest(rebuild=True)
    assert second.generation != first.generation
    assert (second.embedded, desk.embedder.loaded) == (1, 2)


def test_the_last_three_generations_are_kept(desk: Desk) -> None:
    made = []
    for number in range(5):
        desk.put("one.txt", f"Battery {number}.")
        made.append(desk.ingest().generation)
    assert generations.names(desk.index) == made[-3:]


def test_after_going_back_an_ingest_goes_on_from_there(desk: Desk) -> None:
    desk.put("one.txt", "Battery 1.")
    desk.ingest()
    desk.put("one.txt", "Battery 2.")
    desk.ingest()
    generations.roll_back(desk.index)
    assert desk.texts() == ["Battery 1."]
    assert status(desk.ingest()) == {"one.txt": "changed"}
    assert desk.texts() == ["Battery 2."]


def test_what_stands_twice_in_a_file_is_held_once(desk: Desk) -> None:
    desk.put("one.md", "# A\n\nSame battery.\n\n# A\n\nSame battery.\n")
    report = desk.ingest()
    assert ([line.passages for line in report.lines], report.passages) == ([1], 1)


def test_a_korean_file_name_is_the_same_however_its_characters_are_composed(desk: Desk) -> None:
    composed = unicodedata.normalize("NFC", "엑스포.md")
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    path = desk.put(decomposed, "---\ntitle: Expo\n---\nFirst battery.\n")
    first = desk.ingest()
    assert status(first) == {composed: "added"}
    path.rename(desk.knowledge / composed)
    again = desk.ingest()
    assert (status(again), again.generation) == ({composed: "unchanged"}, first.generation)


def test_two_names_that_look_the_same_are_told(desk: Desk) -> None:
    for form in ("NFC", "NFD"):
        desk.put(unicodedata.normalize(form, "엑스포.md"), f"---\ntitle: Expo\n---\nBattery {form}.\n")
    report = desk.ingest()
    (failed,) = report.failed
    assert failed.reason == "Another file has the same name. Remove or rename one of them."
    assert len(desk.texts()) == 1


def test_a_name_in_another_encoding_does_not_stop_the_rest(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    (desk.knowledge / os.fsdecode("엑스포.md".encode("euc-kr"))).write_text("# X\n\nSecond battery.\n", "utf-8")
    desk.ingest()
    assert sorted(desk.texts()) == ["First battery.", "Second battery."]
    assert set(status(desk.ingest()).values()) == {"unchanged"}


def test_a_link_out_of_the_folder_is_refused_with_the_reason(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Secret battery.", "utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "more.txt").write_text("Secret battery.", "utf-8")
    desk.put("one.txt", "First battery.")
    (desk.knowledge / "link.txt").symlink_to(tmp_path / "secret.txt")
    (desk.knowledge / "inside.txt").symlink_to(desk.knowledge / "one.txt")
    (desk.knowledge / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (desk.knowledge / "folder").symlink_to(tmp_path / "secrets")
    report = desk.ingest()
    reasons = {line.path: line.reason for line in report.failed}
    assert reasons.keys() == {"link.txt", "dangling.txt", "folder"}
    assert "leads out of the knowledge folder" in reasons["link.txt"]
    assert "leads nowhere" in reasons["dangling.txt"]
    assert "A link to a folder is not followed" in reasons["folder"]
    assert set(desk.texts()) == {"First battery."}


def test_what_is_no_file_is_refused(desk: Desk) -> None:
    desk.put("one.txt", "First battery.")
    os.mkfifo(desk.knowledge / "pipe.txt")
    (failed,) = desk.ingest().failed
    assert "not an ordinary file" in failed.reason


def test_without_a_folder_the_text_says_how_to_name_one(desk: Desk) -> None:
    desk.knowledge.write_text("a file", "utf-8")
    with pytest.raises(LibraryError, match=r"There is no folder .* Name another one with --knowledge\."):
        ingestion.run(desk.knowledge, desk.index, desk.embedder.load, "words")


def test_what_an_embedder_breaks_leaves_the_index_as_it_was(desk: Desk) -> None:
    class Broken(WordEmbedder):
        def passages(self, texts: object) -> None:  # type: ignore[override]
            raise MemoryError

    desk.put("one.txt", "First battery.")
    desk.ingest()
    before = desk.files()
    desk.put("two.txt", "Second battery.")
    with pytest.raises(MemoryError):
        desk.ingest(embedder=Broken())
    assert desk.files() == before


def test_progress_is_told_from_nothing_to_all(desk: Desk) -> None:
    for number in range(70):
        desk.put(f"{number}.txt", f"Battery number {number}.")
    told: list[tuple[int, int]] = []
    desk.ingest(progress=lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 70), (70, 70))
    assert told == sorted(told)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a quota looks like: the system refuses to write beyond ``size`` bytes into any file of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 300, 10_000, 100_000, 150_000])
def test_where_no_more_may_be_written_the_old_generation_still_answers(desk: Desk, size: int) -> None:
    desk.put("one.txt", "First battery.")
    desk.ingest()
    before = desk.files()
    for number in range(40):
        desk.put(f"{number}.txt", f"Battery number {number}.")
    with no_file_larger_than(size), pytest.raises(LibraryError) as told:
        desk.ingest()
    assert str(told.value).startswith("The disk is full: ")
    assert str(told.value).endswith("Free some space and run this again; the bot goes on answering from the old one.")
    assert desk.files() == before
    assert desk.texts() == ["First battery."]
    assert len(desk.ingest().lines) == 41


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk; the quota above is for everybody")
@pytest.mark.parametrize("kilobytes", [700, 900, 1100])
def test_on_a_full_disk_the_old_generation_still_answers(desk: Desk, kilobytes: int) -> None:
    desk.index.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", desk.index], check=False
    ).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        desk.put("one.txt", "First battery.")
        desk.ingest()
        before = desk.files()
        ballast = desk.index / "ballast"
        free = os.statvfs(desk.index).f_bavail * os.statvfs(desk.index).f_frsize
        ballast.write_bytes(bytes(free - (kilobytes - 700) * 500))
        for number in range(40):
            desk.put(f"{number}.txt", f"Battery number {number}.")
        with pytest.raises(LibraryError, match=r"^The disk is full: .* the bot goes on answering from the old one\.$"):
            desk.ingest()
        ballast.unlink()
        assert desk.files() == before
        assert desk.texts() == ["First battery."]
    finally:
        subprocess.run(["umount", "--lazy", desk.index], check=True)


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("a/one.txt", "First battery.")
    first, look = desk.ingest(), os.scandir

    def refuse(folder: str | Path) -> object:
        if Path(folder).name == "a":
            raise PermissionError(13, "Permission denied", str(folder))
        return look(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(LibraryError, match=r"a cannot be read \(Permission denied\)"):
        desk.ingest()
    assert generations.current(desk.index).name == first.generation


def test_what_was_embedded_beside_the_passages_is_handed_on_to_the_next_generation(desk: Desk) -> None:
    desk.put("a.txt", "First battery.")
    desk.ingest()
    first = generations.current(desk.index)
    (kept,) = first.glob("*.asks.kept.npy")
    kept.write_bytes(b"as it was")  # not made again
    (desk.knowledge / "a.txt").unlink()
    desk.ingest()
    assert generations.current(desk.index) != first
    assert (generations.current(desk.index) / kept.name).read_bytes() == b"as it was"
    desk.ingest(rebuild=True)
    assert (generations.current(desk.index) / kept.name).read_bytes() != b"as it was"
