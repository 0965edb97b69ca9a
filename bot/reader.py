"""Whether a statement answers a question, by reading the two together: a small cross-encoder.

Vectors are made of a question and of a statement apart, and those of "who opened it?" and "when was it opened?" hardly
differ. A cross-encoder (Nogueira and Cho 2019, "Passage Re-ranking with BERT") sees both at once. This one is the first
half of multilingual-e5-small (Wang et al. 2024; MIT licence), trained on by ``tests/benchmarks/reader`` with the
questions of ``wordings.toml``, in 8 bits: 3 ms a statement on two cores, by ONNX Runtime, which comes with Chroma.
How much it gives: ``docs/evaluation.md``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

MODEL, PIECES = Path(__file__).with_suffix(".onnx"), Path(__file__).with_suffix(".json")
QUESTION, STATEMENT = 60, 100  # pieces of each that are read; what lies behind is not worth the wait
START, PAD, END, UNKNOWN = 0, 1, 2, 3  # pieces that stand for no text
FOREIGN = 0.2  # share of characters that it does not know, from which it cannot read a question
UNREAD = 0.0  # what it says of a question that it cannot read
SURE = 4.0  # more than that it never says, for or against


class Reader:
    """The model, loaded when built. Safe to call from several threads."""

    def __init__(self) -> None:
        import onnxruntime  # 0.2 s: only where questions are answered
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the cores are others' as well
        options.log_severity_level = 3
        self._model: Any = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
        self._pieces: Any = Tokenizer.from_file(str(PIECES))

    def told(self, question: str, statements: Sequence[str]) -> list[float]:
        """Of each statement the logit that it answers the question, between -4 and 4; 0 where it cannot read the letters."""
        asked = self._pieces.encode(plain := _plain(question), add_special_tokens=False)
        foreign = sum(
            end - start for piece, (start, end) in zip(asked.ids, asked.offsets, strict=True) if piece == UNKNOWN
        )
        if not statements or foreign > FOREIGN * len(plain):
            return [UNREAD] * len(statements)
        begun = [START, *self._read(f"query: {plain}")[:QUESTION]]
        pairs = [[*begun, *self._read(f"passage: {_plain(one)}")[:STATEMENT], END] for one in statements]
        rows = np.full((len(pairs), max(map(len, pairs))), PAD, np.int64)
        for row, pair in zip(rows, pairs, strict=True):
            row[: len(pair)] = pair
        return [float(one) for one in np.clip(self._model.run(None, {"pieces": rows})[0], -SURE, SURE)]

    def _read(self, text: str) -> list[int]:
        ids: list[int] = self._pieces.encode(text, add_special_tokens=False).ids
        return ids


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).encode("utf-8", "replace").decode()


@cache
def loaded() -> Reader:
    """The one of this process."""
    return Reader()
