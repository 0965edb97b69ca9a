"""A machine's copy of what the Chroma server holds: the folder of the index, kept in step with it.

The server names the generation in use; every machine fetches it once, whole, checks it, and opens it like one that
was built on the spot. So no question waits for the network, and answers go on while the server does not.
"""

from __future__ import annotations

import logging
import shutil
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from bot import generations, opened, vectors
from bot.generations import KEPT, Busy, IndexMissing, LibraryError
from bot.vectors.server import Server

logger = logging.getLogger(__name__)

SECONDS = 3.0  # between two looks at the server; a switch is to be seen by every replica within ten


def pull(server: Server, index: Path) -> None:
    """Bring ``index`` to the generation that is in use on the server; if there is none yet, leave it as it is.

    Raises LibraryError and leaves the generation at hand in use.
    """
    name = server.current()
    if not name or name == _at_hand(index):
        return
    with generations.writing(index):
        try:
            if name not in generations.names(index):
                _fetch(server, index, name)
            generations.switch(index, name)
            generations.prune(index)
        except OSError as error:
            raise LibraryError(
                f"{index} cannot be written ({error.strerror}). Check the disk; the bot goes on answering from the "
                "generation at hand."
            ) from error


def publish(server: Server, index: Path) -> None:
    """Make the generation in use in ``index`` the one in use on the server. Only while ``server.writing``."""
    folder = generations.current(index)
    if server.current() != folder.name:
        if folder.name not in server.generations():
            _send(server, index, folder)
        server.point(folder.name)
    server.prune(KEPT)


def catch_up(server: Server, index: Path) -> None:
    """Pull, or go on with what is at hand and say so in the log. Raises IndexMissing where there is nothing at hand."""
    told = _look(server, index, "")
    if not _at_hand(index):
        raise IndexMissing(told or f"There is no index on the Chroma server at {server.place} yet. Run: expo-ingest")


@contextmanager
def following(server: Server, index: Path, seconds: float = SECONDS) -> Iterator[None]:
    """Keep ``index`` in step with the server while the ``with`` lasts, in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(server, index, seconds, stop), daemon=True, name="mirror")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(1)  # it may be waiting for a server that hangs: nothing is lost with it


def _follow(server: Server, index: Path, seconds: float, stop: threading.Event) -> None:
    told = ""
    while not stop.wait(seconds):
        told = _look(server, index, told)


def _look(server: Server, index: Path, told: str) -> str:
    """Pull once; what is wrong, said in the log when it begins and when it is over. Never raises."""
    before = _at_hand(index)
    try:
        pull(server, index)
    except Busy:  # another process of this machine is fetching it
        return told
    except LibraryError as error:
        if str(error) != told:
            logger.error("Going on with the generation %s: %s", before or "(none)", error)
        return str(error)
    except Exception as error:
        if type(error).__name__ != told:
            logger.exception("The copy of the index cannot be brought up to date")
        return type(error).__name__
    if told:
        logger.info("The Chroma server at %s is there again", server.place)
    if _at_hand(index) != before:
        logger.info("Generation %s is in use, from the Chroma server at %s", _at_hand(index), server.place)
    return ""


def _send(server: Server, index: Path, folder: Path) -> None:
    """Write the generation in ``folder`` to the server, without switching to it."""
    passages = generations.read_passages(folder)
    rows = vectors.read(folder, range(len(passages)))
    with TemporaryDirectory(dir=index, prefix="building-") as place, TemporaryFile(dir=index) as archive:
        # Chroma writes into its files when it opens them, and a bot may have them open: they are not copied but made.
        copy = shutil.copytree(folder, Path(place) / folder.name, ignore=shutil.ignore_patterns(vectors.CHROMA))
        vectors.write_chroma(copy)
        with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
            tar.add(copy, arcname=".")
        archive.seek(0)
        server.put(folder.name, rows, [(one.text, one.path) for one in passages], archive)


def _fetch(server: Server, index: Path, name: str) -> None:
    """The generation ``name`` as a folder of ``index``, whole or not at all."""
    building = index / f"building-{name}"
    shutil.rmtree(building, ignore_errors=True)
    try:
        with TemporaryFile(dir=index) as archive:
            server.fetch(name, archive)
            archive.seek(0)
            with tarfile.open(fileobj=archive) as tar:
                tar.extractall(building, filter="data")
        opened.check(building)
        building.rename(index / name)
    except tarfile.TarError as error:
        raise generations.damaged(building, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _at_hand(index: Path) -> str:
    """The generation in use in the folder; "" where there is none."""
    try:
        return generations.current(index).name
    except IndexMissing:
        return ""
