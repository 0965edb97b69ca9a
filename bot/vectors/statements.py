"""The vectors of single statements, kept beside a generation: making one takes 30 ms, and an answer looks at dozens.

They are kept by what was embedded, so an unchanged statement has its vector in the next generation, too. An index
without them is as good, but slower until the running bot has made them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot import generations
from bot.embedding import Vectors, key

FILE = "statements.kept.npy"
WORDINGS = "wordings.kept.npy"  # the same of questions (bot/wordings.py)


class Statements:
    """What ``file`` keeps in the generation ``folder``, as it was when opened. What cannot be read counts as not kept."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self._folder, self._file = folder, file
        self._vectors: Vectors = np.zeros((0, 0), np.float32)
        self._rows: dict[int, int] = {}
        with suppress(*generations.DAMAGE):
            kept = np.load(folder / file, mmap_mode="r")  # mapped, so that only vectors that are asked for stay
            self._vectors, keys = kept["vector"], kept["key"].tolist()
            self._rows = {key: row for row, key in enumerate(keys)}

    def get(self, text: str) -> Vectors | None:
        """The vector of ``text``, shape (dimensions,); None where it is not kept."""
        row = self._rows.get(key(text))
        return None if row is None else np.array(self._vectors[row])

    def keep(self, texts: Sequence[str], fresh: Mapping[str, Vectors]) -> None:
        """Keep the vectors of these texts and of no others, ``fresh`` ones or as before, for who opens the folder next.

        Raises LibraryError.
        """
        found = {key(text): fresh[text] if text in fresh else self.get(text) for text in texts}
        vectors = {key: vector for key, vector in found.items() if vector is not None}
        if vectors.keys() == self._rows.keys():
            return
        size = next(iter(vectors.values())).shape if vectors else (0,)
        kept = np.array(list(vectors.items()), [("key", np.uint64), ("vector", np.float32, size)])
        try:
            with TemporaryDirectory(dir=self._folder) as beside:  # two bots on one index may do this at once
                np.save(Path(beside) / self._file, kept)
                (Path(beside) / self._file).replace(self._folder / self._file)
        except OSError as error:
            raise generations.LibraryError(f"{self._folder} cannot be written ({error.strerror}).") from error
