"""The vectors of a generation: written once, opened by every reader, and asked for what lies near a question.

Chroma finds the nearest ones. The vectors of given rows are read from a plain array beside it: fetching those that the
words found from Chroma took longer than all the rest of a search but the embedding.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from numpy.typing import NDArray

from bot import generations
from bot.embedding import Vectors

ARRAY = "vectors.npy"
CHROMA = "chroma"
STATISTICS = "statistics.npz"
HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 200, "ef_search": 600}

Rows = NDArray[np.int64]


def write(folder: Path, vectors: Vectors) -> None:
    """Write the vectors of a generation, row by row, and their statistics into ``folder``. Raises OSError.

    The mean and covariance give the exact mean and deviation of a question's cosines over all passages without
    visiting them: for cosines ``V @ q`` these are ``mean @ q`` and ``q @ covariance @ q``.
    """
    np.save(folder / ARRAY, vectors)
    centred = vectors - vectors.mean(axis=0) if len(vectors) else vectors
    np.savez(
        folder / STATISTICS,
        mean=vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32),
        covariance=(centred.T @ centred) / max(len(vectors), 1),
    )
    write_chroma(folder)


def write_chroma(folder: Path) -> None:
    """Write the vectors of ``folder`` once more, the way Chroma finds the nearest of them. Raises OSError."""
    vectors = np.load(folder / ARRAY)
    try:
        with closing(_client(folder)) as client:
            collection = client.create_collection(
                "passages",
                configuration={"hnsw": HNSW},
                embedding_function=None,
            )
            step = client.get_max_batch_size()
            for start in range(0, len(vectors), step):
                rows = range(start, min(start + step, len(vectors)))
                collection.add(ids=[str(row) for row in rows], embeddings=vectors[rows.start : rows.stop])
    except chromadb.errors.InternalError as error:
        # What a full disk looks like from here: SQLite's 13 (full) or 778 (a write failed, for a quota or a limit).
        raise OSError(errno.ENOSPC, str(error), str(folder)) from error


def read(folder: Path, rows: Sequence[int]) -> Vectors:
    """The vectors of these rows, shape (rows, dimensions), in the order asked for. Raises IndexMissing."""
    try:
        return np.asarray(np.load(folder / ARRAY, mmap_mode="r")[list(rows)])
    except generations.DAMAGE as error:
        raise generations.damaged(folder, error) from error


class Space:
    """The vectors of one generation, opened. Raises IndexMissing if they are damaged; close it after use."""

    def __init__(self, folder: Path) -> None:
        try:
            with (folder / STATISTICS).open("rb") as file, np.load(file) as statistics:
                self._mean: Vectors = statistics["mean"]
                self._covariance: Vectors = statistics["covariance"]
            # Mapped, so that only rows that are looked at are read.
            self._vectors: Vectors = np.load(folder / ARRAY, mmap_mode="r")
            self._client = _client(folder)
        except (*generations.DAMAGE, chromadb.errors.ChromaError) as error:
            raise generations.damaged(folder, error) from error
        try:
            self._collection = self._client.get_collection("passages", embedding_function=None)
        except (*generations.DAMAGE, chromadb.errors.ChromaError) as error:
            self._client.close()
            raise generations.damaged(folder, error) from error

    def __len__(self) -> int:
        return len(self._vectors)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def indexed(self) -> int:
        """How many vectors Chroma holds."""
        return int(self._collection.count())

    def nearest(self, query: Vectors, count: int) -> Rows:
        """The rows of the ``count`` vectors nearest to ``query``."""
        found = self._collection.query(query_embeddings=query[None], n_results=min(count, len(self)), include=[])
        return np.array(found["ids"][0], np.int64)

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosine of ``query`` and each of ``rows``."""
        return np.asarray(self._vectors[rows] @ query)

    def standouts(self, query: Vectors, cosines: Vectors) -> Vectors:
        """``cosines`` as z-scores over those of all vectors."""
        variance = float(query @ self._covariance @ query)
        return np.asarray((cosines - float(query @ self._mean)) / max(variance, 1e-12) ** 0.5)


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(
        str(folder / CHROMA), settings=Settings(anonymized_telemetry=False, allow_reset=False)
    )
    return cast(Client, client)  # its declared type lacks close()
