"""The index on a Chroma server: one machine ingests, every other follows, and no answer waits for the server."""

from __future__ import annotations

import logging
import shutil
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

import ingest
from bot import generations, mirror
from bot.generations import Busy, IndexMissing, LibraryError
from bot.ingestion import Report
from bot.library import Library
from bot.vectors import server as server_of
from bot.vectors.server import Gone, Server, ServerUnusable
from bot.vectors.statements import FILE as STATEMENTS
from tests.chroma import ChromaServer
from tests.desk import Desk

SOON = 0.02  # seconds between two looks, for tests


@pytest.fixture
def shared(chroma_server: ChromaServer) -> Iterator[Server]:
    """An empty index on a real Chroma server."""
    with closing(Server(chroma_server.fresh())) as server:
        yield server


def publish(server: Server, desk: Desk) -> Report:
    """What ``expo-ingest`` does with a server."""
    with server.writing():
        mirror.pull(server, desk.index)
        report = desk.ingest()
        mirror.publish(server, desk.index)
    return report


def plain_files(desk: Desk) -> dict[str, bytes]:
    """The files of its generations but Chroma's own, which differ from making to making."""
    return {name: content for name, content in desk.files().items() if "/" in name and "/chroma/" not in name}


def another(desk: Desk, name: str) -> Desk:
    """Another machine: its own folders, the same embedding model."""
    return Desk(desk.folder.parent / f"{desk.folder.name}-{name}", desk.embedder)


@contextmanager
def waiting(what: Callable[[], bool]) -> Iterator[None]:
    """Wait at the end of the ``with`` until it is so."""
    yield
    seen = threading.Event()
    for _ in range(1000):
        if what():
            return
        seen.wait(SOON)
    raise AssertionError("it did not come about")


def test_another_machine_answers_from_what_was_ingested_here(desk: Desk, shared: Server) -> None:
    desk.put("glossary.toml", '[[entity]]\nid = "tuen"\nen = "Tuen"\nko = "투엔"\n')
    desk.put("a.txt", "The battery hall of Tuen is open.")
    publish(shared, desk)
    replica = another(desk, "replica")

    mirror.pull(shared, replica.index)

    assert plain_files(replica) == plain_files(desk)
    with replica.library() as found:
        assert [hit.passage.text for hit in found.search("투엔 hall")] == ["The battery hall of Tuen is open."]
        assert found.mentioned("where is 투엔?") == ("tuen",)


def test_a_running_replica_sees_a_switch_and_a_rollback(desk: Desk, shared: Server) -> None:
    desk.put("a.txt", "An old battery.")
    first = publish(shared, desk).generation
    replica = another(desk, "replica")
    mirror.catch_up(shared, replica.index)
    with replica.library() as found, mirror.following(shared, replica.index, SOON):

        def says(text: str) -> Callable[[], bool]:
            return lambda: [hit.passage.text for hit in found.search("battery")] == [text]

        assert says("An old battery.")()
        with waiting(says("A new battery.")):
            desk.put("a.txt", "A new battery.")
            publish(shared, desk)
        with waiting(says("An old battery.")), shared.writing():
            shared.point(first)


def test_the_look_at_the_server_is_frequent_enough_for_ten_seconds() -> None:
    assert mirror.SECONDS <= 3


def test_the_server_holds_every_vector_with_its_text_and_path(desk: Desk, shared: Server) -> None:
    for name in ("a", "b", "c"):
        desk.put(f"{name}.txt", f"The battery {name}.")
    name = publish(shared, desk).generation

    held = shared._client.get_collection(f"expo-bot.{name}", embedding_function=None)
    found = held.query(query_embeddings=desk.embedder.query("The battery b.")[None], n_results=1)

    assert held.count() == 3
    assert (found["documents"], found["metadatas"]) == ([["The battery b."]], [[{"path": "b.txt"}]])


def test_the_next_ingest_anywhere_builds_upon_what_the_server_has(desk: Desk, shared: Server) -> None:
    desk.put("a.txt", "The first battery.")
    publish(shared, desk)
    colleague = another(desk, "colleague")
    shutil.copytree(desk.knowledge, colleague.knowledge)
    colleague.put("b.txt", "The second battery.")
    colleague.minutes = desk.minutes

    report = publish(shared, colleague)

    assert (report.embedded, report.passages) == (1, 2)
    assert shared.current() == report.generation


def test_an_index_that_was_local_so_far_is_handed_out_by_the_next_ingest(desk: Desk, shared: Server) -> None:
    desk.put("a.txt", "The battery.")
    alone = desk.ingest().generation

    report = publish(shared, desk)

    assert (report.embedded, shared.current()) == (0, alone)


def test_the_last_three_are_kept_and_the_one_in_use(desk: Desk, shared: Server) -> None:
    names = []
    for number in range(5):
        desk.put("a.txt", f"The battery {number}.")
        names.append(publish(shared, desk).generation)
    assert list(shared.generations()) == names[2:]
    with shared.writing():
        shared.point(names[2])
        shared.prune(1)
    assert list(shared.generations()) == [names[2]]
    assert shared.current() == names[2]
    left = {collection.name for collection in shared._client.list_collections()}
    assert left == {"expo-bot", f"expo-bot.{names[2]}", f"expo-bot.{names[2]}.files"}


def test_what_a_dead_ingest_left_is_no_generation_and_goes_with_the_next(desk: Desk, shared: Server) -> None:
    desk.put("a.txt", "The battery.")
    name = publish(shared, desk).generation
    for half in ("20260101T000000.000000Z", "20260102T000000.000000Z.files"):
        shared._client.create_collection(f"expo-bot.{half}", embedding_function=None)

    assert list(shared.generations()) == [name]
    publish(shared, desk)

    assert len(shared._client.list_collections()) == 3


def test_two_ingests_at_once_are_one_and_a_clear_sentence(desk: Desk, shared: Server) -> None:
    with shared.writing(), pytest.raises(Busy, match="Another ingest is writing to the Chroma server"):  # noqa: SIM117
        with shared.writing():
            pass
    publish(shared, desk)


def test_the_lock_of_a_dead_ingest_falls_and_of_a_living_one_stays(shared: Server) -> None:
    lock = shared._client.create_collection(
        "expo-bot.lock", metadata={"until": shared._now() + 5}, embedding_function=None
    )
    with pytest.raises(Busy), shared.writing():
        pass
    lock.modify(metadata={"until": shared._now() - 1})
    with shared.writing():
        shared.point("20260101T000000.000000Z")
    assert shared.current() == "20260101T000000.000000Z"


def test_an_ingest_that_lost_its_lock_switches_nothing(shared: Server) -> None:
    with shared.writing():
        shared.point("20260101T000000.000000Z")
        shared._drop("expo-bot.lock")
        other = Server(f"{shared.place}?database={shared._where['database']}")
        with closing(other), other.writing():
            with pytest.raises(Busy, match="taken over"):
                shared.point("20260102T000000.000000Z")
            assert shared.current() == "20260101T000000.000000Z"
    with pytest.raises(Busy, match="taken over"):
        shared.point("20260102T000000.000000Z")


def test_a_sign_of_life_renews_the_lock(shared: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_of, "LEASE", 0.3)

    def until() -> float:
        lock = shared._collection("expo-bot.lock")
        return float((lock.metadata or {})["until"]) if lock else 0.0

    with shared.writing():
        first = until()
        with waiting(lambda: until() > first + 0.1):
            pass


def damage(server: Server, name: str) -> None:
    """Another piece in place of the first one of the archive."""
    files = server._client.get_collection(f"expo-bot.{name}.files", embedding_function=None)
    files.update(ids=["0"], metadatas=[{"data": "bm90IHdoYXQgd2FzIHNlbnQ="}])


def test_a_damaged_generation_is_not_taken_over(desk: Desk, shared: Server, caplog: pytest.LogCaptureFixture) -> None:
    desk.put("a.txt", "An old battery.")
    publish(shared, desk)
    replica = another(desk, "replica")
    mirror.pull(shared, replica.index)
    before = replica.files()
    desk.put("a.txt", "A new battery.")
    damage(shared, publish(shared, desk).generation)

    with pytest.raises(Gone, match="is not whole"):
        mirror.pull(shared, replica.index)
    mirror.catch_up(shared, replica.index)

    assert replica.files() == before
    assert replica.texts() == ["An old battery."]
    assert "Going on with the generation" in caplog.text


def test_a_generation_removed_while_it_is_fetched_is_told_and_the_next_one_taken(desk: Desk, shared: Server) -> None:
    desk.put("a.txt", "An old battery.")
    shared_name = publish(shared, desk).generation
    replica = another(desk, "replica")
    with shared.writing():
        shared._remove(shared_name)
        with pytest.raises(Gone):
            mirror.pull(shared, replica.index)
    desk.put("a.txt", "A new battery.")
    publish(shared, desk)

    mirror.pull(shared, replica.index)

    assert replica.texts() == ["A new battery."]


def test_an_archive_cannot_write_outside_its_folder(desk: Desk, shared: Server, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    (tmp_path / "x").write_text("x", "utf-8")
    with tarfile.open(evil, "w") as tar:
        tar.add(tmp_path / "x", arcname="../../outside")
    with shared.writing(), evil.open("rb") as archive:
        shared.put("20260101T000000.000000Z", np.zeros((0, 2), np.float32), [], archive)
        shared.point("20260101T000000.000000Z")
    desk.index.mkdir()

    with pytest.raises(IndexMissing, match="damaged"):
        mirror.pull(shared, desk.index)

    assert not list(desk.folder.rglob("outside"))
    assert [path.name for path in desk.index.iterdir()] == ["lock"]


@pytest.mark.parametrize("name", ["../../etc", "current", "building-1"])
def test_a_name_from_the_server_that_is_no_generation_is_refused(desk: Desk, shared: Server, name: str) -> None:
    with shared.writing():
        shared.point(name)
    with pytest.raises(ServerUnusable, match="names a generation that is none"):
        mirror.pull(shared, desk.index)


def test_without_an_index_anywhere_the_command_is_named(desk: Desk, shared: Server) -> None:
    with pytest.raises(IndexMissing, match=r"no index on the Chroma server .* yet. Run: expo-ingest"):
        mirror.catch_up(shared, desk.index)


@pytest.mark.parametrize(("address", "told"), [
    ("http://127.0.0.1:{port}", "cannot be used"),
    ("http://127.0.0.1:{port}?tenant=nobody", "cannot be used"),
    ("http://127.0.0.1:99999", "has a port that is none"),
])  # fmt: skip
def test_a_server_that_is_none_is_told_by_its_place_alone(address: str, told: str, desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(LibraryError, match=told):
            mirror.catch_up(Server(address.format(port=taken.getsockname()[1]), "s3cret"), desk.index)


def test_a_server_that_hangs_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_of, "WAIT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(IndexMissing, match="timed out"):
        mirror.catch_up(Server(f"http://127.0.0.1:{silent.getsockname()[1]}"), desk.index)


def test_a_server_that_begins_to_hang_is_told(
    chroma_server: ChromaServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_of, "WAIT", 0.5)
    with closing(Server(chroma_server.fresh())) as shared:
        assert shared.current() == ""
        chroma_server.pause()
        try:
            with pytest.raises(ServerUnusable, match="timed out"):
                shared.current()
        finally:
            chroma_server.resume()
        assert shared.current() == ""


@pytest.mark.slow
def test_answers_go_on_while_the_server_is_gone_and_follow_when_it_is_back(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    running = ChromaServer(tmp_path / "data")
    try:
        server = Server(running.place)
        late = Server(running.place)
        desk.put("a.txt", "An old battery.")
        publish(server, desk)
        replica = another(desk, "replica")
        mirror.catch_up(server, replica.index)
        with replica.library() as found, mirror.following(server, replica.index, SOON):
            running.stop()
            with waiting(lambda: "cannot be used" in caplog.text):
                assert [hit.passage.text for hit in found.search("battery")] == ["An old battery."]
            starting = Library(replica.index, replica.embedder)
            mirror.catch_up(late, replica.index)
            assert [hit.passage.text for hit in starting.search("battery")] == ["An old battery."]
            starting.close()
            desk.put("a.txt", "A new battery.")
            with pytest.raises(ServerUnusable, match="Check that it runs, and CHROMA_URL"):
                publish(server, desk)
            running.start()
            with waiting(lambda: [hit.passage.text for hit in found.search("battery")] == ["A new battery."]):
                publish(server, desk)
            assert "is there again" in caplog.text
            assert caplog.text.count("Going on with the generation") <= 3  # once a spell, not at every look
        server.close()
        late.close()
    finally:
        running.stop()


@pytest.mark.slow
def test_staff_ingest_list_and_roll_back_with_the_command(
    chroma_server: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = chroma_server.fresh()
    monkeypatch.setenv("CHROMA_URL", address)
    folders = ["--knowledge", str(tmp_path / "knowledge"), "--index", str(tmp_path / "index")]
    (tmp_path / "knowledge").mkdir()
    for text in ("The first battery.", "The second battery."):
        (tmp_path / "knowledge" / "a.txt").write_text(text, "utf-8")
        assert ingest.main(folders) == 0
    with closing(Server(address)) as server:
        mirror.pull(server, tmp_path / "replica")
    assert len(np.load(generations.current(tmp_path / "replica") / STATEMENTS)) == 1  # embedded once for all machines
    (tmp_path / "knowledge" / "a.txt").write_text("The third battery.", "utf-8")
    assert ingest.main([*folders, "--dry-run"]) == 0
    capsys.readouterr()

    assert ingest.main([*folders, "--list"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("  ")
    assert second.startswith("* ")
    assert second.endswith(f"1 passages, on {chroma_server.place}")
    assert ingest.main([*folders, "--rollback"]) == 0

    assert generations.current(tmp_path / "index").name == first.split()[0]
    assert ingest.main([*folders, "--rollback", "20200101T000000.000000Z"]) == 2
    assert "There is no generation 20200101T000000.000000Z" in capsys.readouterr().err
