"""Generations on a Chroma server, where every machine finds them: what an ingest writes there and replicas fetch.

    expo-bot                    its metadata name the generation in use; changed in one step
    expo-bot.lock               there while an ingest is running
    expo-bot.NAME               a generation: vectors, texts and paths; its metadata, written last, say that it is whole
    expo-bot.NAME.files         the same generation as files: an archive in pieces

A question is not asked here: finding the nearest of 3,000 vectors takes 2.1 ms over the server and 1.2 ms in a copy
on the spot, and a copy still answers when the server does not. So the server hands out whole generations, and the
collection of vectors is there to be counted before the switch, and for other programs.
"""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import chromadb
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings

from bot.embedding import Vectors
from bot.generations import Busy, LibraryError
from bot.vectors.space import HNSW

PREFIX = "expo-bot"
NAME = re.compile(r"[0-9TZ.]{8,40}")  # a name becomes a folder: nothing else may come from the server
PIECE = 1 << 20  # bytes; a request stays far below the 40 MB that a server takes
BATCH = 500
WAIT = 30.0  # seconds for one answer
LEASE = 60.0  # seconds after its last sign of life until the lock of a dead ingest is broken

Told = Mapping[str, str | int | float | bool]


class ServerUnusable(LibraryError):
    """The Chroma server does not answer, or not as one."""


class Gone(LibraryError):
    """The generation is not, or no longer, on the server, or not whole."""


class Server:
    """The Chroma server at ``url``, ``http://HOST:PORT``, also with ``?tenant=…&database=…``. Asked on use, not when built.

    Every method raises ServerUnusable where the server cannot be asked. Safe from any thread.
    """

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise ServerUnusable(f"CHROMA_URL has a port that is none: {parts.netloc.rpartition('@')[2]}") from None
        self.place = f"{parts.scheme}://{parts.hostname}:{port}"
        self._where = {
            name: values[0] for name, values in parse_qs(parts.query).items() if name in ("tenant", "database")
        }
        # The first is what proxies in front of a server of one's own check, the second what Chroma's own service does.
        self._headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        self._lock: Collection | None = None

    def current(self) -> str:
        """The name of the generation in use; "" where there is none yet."""
        with self._asking():
            pointer = self._collection(PREFIX)
            name = str((pointer.metadata or {}).get("current", "")) if pointer else ""
        if name and not NAME.fullmatch(name):
            raise ServerUnusable(f"The Chroma server at {self.place} names a generation that is none ({name!r}).")
        return name

    def point(self, name: str) -> None:
        """Make ``name`` the generation in use, at once for everybody. Only while ``writing``."""
        with self._asking():
            held = self._collection(f"{PREFIX}.lock")
            if self._lock is None or held is None or held.id != self._lock.id:
                raise Busy("Another ingest has taken over meanwhile. Run this again.")
            self._client.get_or_create_collection(PREFIX, embedding_function=None).modify(metadata={"current": name})

    def generations(self) -> dict[str, Told]:
        """What is told of each whole generation, by its name, oldest first."""
        with self._asking():
            return {name: told for name, told in sorted(self._all().items()) if "digest" in told}

    def put(self, name: str, vectors: Vectors, passages: Sequence[tuple[str, str]], archive: IO[bytes]) -> None:
        """Write a generation: ``passages`` are text and path of each vector, ``archive`` all of its files.

        Raises Gone if the server has something else afterwards than was sent.
        """
        with self._asking():
            self._remove(name)
            held = self._client.create_collection(
                f"{PREFIX}.{name}", configuration={"hnsw": HNSW}, embedding_function=None
            )
            for start in range(0, len(vectors), BATCH):
                rows = range(start, min(start + BATCH, len(vectors)))
                held.add(
                    ids=[str(row) for row in rows],
                    embeddings=vectors[rows.start : rows.stop],
                    documents=[passages[row][0] for row in rows],
                    metadatas=[{"path": passages[row][1]} for row in rows],
                )
            files = self._client.create_collection(f"{PREFIX}.{name}.files", embedding_function=None)
            digest, pieces = hashlib.sha256(), 0
            while piece := archive.read(PIECE):
                data = b64encode(piece).decode()
                files.add(ids=[str(pieces)], embeddings=[[0.0]], metadatas=[{"data": data}])  # type: ignore[arg-type]
                digest.update(piece)
                pieces += 1
            if held.count() != len(vectors) or self._digest(files, pieces) != digest.hexdigest():
                raise Gone(f"The Chroma server at {self.place} did not keep what it was sent. Run this again.")
            held.modify(metadata={"digest": digest.hexdigest(), "pieces": pieces, "passages": len(vectors)})

    def fetch(self, name: str, archive: IO[bytes]) -> None:
        """Write the files of a generation into ``archive``. Raises Gone if they are not all there, as they were sent."""
        with self._asking():
            files, told = self._collection(f"{PREFIX}.{name}.files"), self._all().get(name, {})
            if files is None or self._digest(files, int(told.get("pieces", 0)), archive) != told.get("digest"):
                raise Gone(f"The generation {name} on the Chroma server at {self.place} is not whole.")

    def prune(self, kept: int) -> None:
        """Remove what dead ingests left, and all but the last ``kept`` generations; never the one in use."""
        in_use = self.current()
        whole = [name for name in self.generations() if name != in_use]
        with self._asking():
            for name in set(self._all()) - set(whole[len(whole) - (kept - 1) :]) - {in_use}:
                self._remove(name)

    def close(self) -> None:
        """Let go of the connections. Used again, it makes new ones."""
        client: Any = self.__dict__.pop("_client", None)
        if client:
            for session in (client._server._session, client._admin_client._server._session):
                session.close()  # Chroma's own close leaves them open
            client.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the server's index for one ingest; the lock of one that died falls after LEASE. Raises Busy."""
        with self._asking():
            self._lock = self._take()
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(self._lock, done), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join(WAIT)
            lock, self._lock = self._lock, None
            with suppress(ServerUnusable), self._asking():  # of no use any more, it falls by itself
                held = self._collection(f"{PREFIX}.lock")
                if held and lock and held.id == lock.id:
                    self._drop(held.name)

    def _take(self) -> Collection:
        """The lock. Creating a collection is what a server does for one and refuses to the next."""
        name = f"{PREFIX}.lock"
        held = self._collection(name)
        if held is not None and float((held.metadata or {}).get("until", 0)) < self._now():
            self._drop(name)
        try:
            return self._client.create_collection(
                name, metadata={"until": self._now() + LEASE}, embedding_function=None
            )
        except chromadb.errors.ChromaError:
            if self._collection(name) is None:
                raise
            raise Busy(
                f"Another ingest is writing to the Chroma server at {self.place}. Wait until it has finished, or, "
                f"if it was killed, for {LEASE:g} s; then run this again."
            ) from None

    def _renew(self, lock: Collection, done: threading.Event) -> None:
        while not done.wait(LEASE / 6):
            try:
                lock.modify(metadata={"until": self._now() + LEASE})
            except Exception:  # noqa: BLE001, S112 - the ingest itself meets a server that is gone, and tells it
                continue

    def _now(self) -> float:
        """The server's clock, in seconds: those of two machines may differ by more than a lease."""
        return self._client.heartbeat() / 1e9

    def _all(self) -> dict[str, Told]:
        """Every generation, half-written ones too, with what is told of it."""
        found: dict[str, Told] = {}
        for offset in count(0, 100):
            page = self._client.list_collections(limit=100, offset=offset)
            for collection in page:
                name = collection.name.removeprefix(f"{PREFIX}.").removesuffix(".files")
                if collection.name.startswith(f"{PREFIX}.") and NAME.fullmatch(name):
                    found[name] = {**found.get(name, {}), **(collection.metadata or {})}
            if len(page) < 100:
                return found
        raise AssertionError("count does not end")

    def _digest(self, files: Collection, pieces: int, archive: IO[bytes] | None = None) -> str:
        """The digest of the pieces as the server has them; "" if one is missing."""
        digest = hashlib.sha256()
        for number in range(pieces):
            found = files.get(ids=[str(number)], include=["metadatas"])["metadatas"]
            if not found:
                return ""
            piece = b64decode(str(found[0]["data"]))
            digest.update(piece)
            if archive:
                archive.write(piece)
        return digest.hexdigest()

    def _remove(self, name: str) -> None:
        """First the collection that says it is whole."""
        self._drop(f"{PREFIX}.{name}")
        self._drop(f"{PREFIX}.{name}.files")

    def _drop(self, collection: str) -> None:
        if self._collection(collection) is not None:
            self._client.delete_collection(collection)

    def _collection(self, name: str) -> Collection | None:
        try:
            return self._client.get_collection(name, embedding_function=None)
        except chromadb.errors.NotFoundError:
            return None

    @cached_property
    def _client(self) -> Client:
        parts = urlsplit(self.place)
        # Chroma's client waits for ever, and for its first answer before anybody can set a limit.
        with urlopen(Request(f"{self.place}/api/v2/heartbeat", headers=self._headers), timeout=WAIT):  # noqa: S310 - http(s) alone, by CHROMA_URL's pattern
            pass
        client: Any = chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or 80,
            ssl=parts.scheme == "https",
            headers=self._headers,
            settings=Settings(anonymized_telemetry=False),
            **self._where,
        )
        client._server._session.timeout = WAIT
        return client  # type: ignore[no-any-return]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except LibraryError:
            raise
        except Exception as error:  # httpx's, Chroma's, and a bare one for what a proxy in between says
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ServerUnusable(
                f"The Chroma server at {self.place} cannot be used ({reason}). Check that it runs, and CHROMA_URL."
            ) from error
