"""Trains bot/reader.py: which statement answers a question, and that none does, from the questions of ``wordings.toml``.

    python -m tests.benchmarks.reader [--knowledge DIR] [--index DIR] [--steps N] [--begin FILE] --save FILE

A question is told apart, with a statement that answers it, from the same with another near to it, and from questions
that nothing answers, with the statements nearest to them. In a third of the pairs all names become such as nobody bears,
so that the reader learns to read and not who is who; some of these ask of one what is said of another, and are answered
no more. 5,000 steps of 32 pairs take an hour on two cores. ``--save`` keeps the weights, so that ``--begin`` can go on
from them; then the model is written in 8 bits to ``bot/reader.onnx``, and the pieces that it knows to
``bot/reader.json``.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bot import embedding
from bot.library import Library
from bot.reader import END, MODEL, PAD, PIECES, QUESTION, START, STATEMENT, UNKNOWN
from tests.benchmarks.reader.encoder import Encoder, Packed, kept, tokenizer
from tests.benchmarks.reader.lessons import Lessons, Pair, lessons

LAYERS, BATCH, RATE, DROP, WARM = 6, 32, 2e-4, 0.1, 100
SHUFFLED = 50 * BATCH  # pairs among which those of a length are put together


def read(pair: Pair, split: Tokenizer) -> list[int]:
    """The pieces of a pair, as bot/reader.py puts them together."""
    asked, said = split.encode(f"query: {pair[0]}").ids, split.encode(f"passage: {pair[1]}").ids
    return [START, *asked[:QUESTION], *said[:STATEMENT], END]


def batches(pairs: Sequence[Pair], split: Tokenizer, chance: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
    """The pairs in batches of about one length: piece numbers, shape (pairs, pieces), and whether they are answered."""
    for start in range(0, len(pairs), SHUFFLED):
        rows = sorted(
            ((read(one, split), one[2]) for one in pairs[start : start + SHUFFLED]), key=lambda row: len(row[0])
        )
        batched = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        chance.shuffle(batched)
        for batch in batched:
            length = max(len(row) for row, _ in batch)
            padded = torch.tensor([row + [PAD] * (length - len(row)) for row, _ in batch])
            yield padded, torch.tensor([answered for _, answered in batch])


def train(model: Encoder, learnt: Lessons, split: Tokenizer, steps: int) -> None:
    """Teach ``model`` for so many batches; the rate falls to nothing towards the end."""
    chance = random.Random(1)
    own = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(own, lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM) * max(0.02, 1 - step / steps)
    )
    step, mean = 0, 0.7
    model.train()
    while step < steps:
        for pieces, answered in batches(learnt.pairs(chance), split, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                told = model(pieces, DROP)
            loss = functional.binary_cross_entropy_with_logits(told.float(), answered)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(own, 1.0)
            optimizer.step()
            schedule.step()
            step, mean = step + 1, 0.98 * mean + 0.02 * loss.item()
            if step % WARM == 0:
                sys.stdout.write(f"{step} of {steps}: loss {mean:.3f}\n")
                sys.stdout.flush()
            if step == steps:
                return


def export(model: Encoder, packed: Packed, used: set[int]) -> None:
    """Write the model in 8 bits, and the pieces that it keeps: the usual ones, and those ``used``."""
    rows = kept(packed, used)
    tokenizer([packed.pieces[row] for row in rows]).save(str(PIECES), pretty=False)
    model.word = nn.Embedding.from_pretrained(model.word.weight[rows])
    model.eval()
    with tempfile.TemporaryDirectory() as there:
        whole = Path(there) / "reader.onnx"
        torch.onnx.export(
            model,
            (torch.full((2, 9), UNKNOWN),),
            str(whole),
            input_names=["pieces"],
            output_names=["told"],
            dynamic_axes={"pieces": {0: "pairs", 1: "pieces"}, "told": {0: "pairs"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole, MODEL, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"]
        )


def main(arguments: Sequence[str], embedder: embedding.Embedder | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--save", type=Path, required=True, help="where to keep the weights")
    options = parser.parse_args(arguments)
    torch.manual_seed(1)
    embedder, packed = embedder or embedding.load(), Packed()
    split = tokenizer(packed.pieces)
    learnt = lessons(options.knowledge, Library(options.index, embedder), embedder)
    model = Encoder(packed, LAYERS)
    if options.begin:
        model.load_state_dict(torch.load(options.begin))
    if options.steps:
        train(model, learnt, split, options.steps)
        torch.save(model.state_dict(), options.save)
    texts = [*(one.said.text for one in learnt.asked), *(one.text for one in learnt.statements)]
    export(model, packed, {piece for text in texts for piece in split.encode(f"query: passage: {text}").ids})


if __name__ == "__main__":
    main(sys.argv[1:])
