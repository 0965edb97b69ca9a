"""The reader says of a question and a statement whether the one is answered by the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import extracts, ingestion, reader
from bot.embedding import Embedder
from bot.library import Library

# A question, the statement that answers it, and one on the same thing that does not.
TOLD_APART = [
    (
        "Wer hat die Batteriemesse in Lindau eröffnet?",
        "Die Batteriemesse in Lindau wurde von Bürgermeister Huber eröffnet.",
        "Die Batteriemesse in Lindau wurde am 3. November eröffnet.",
    ),
    (
        "How many people came to the Lantern Fair?",
        "The Lantern Fair in Norwich had about 2,000 visitors.",
        "The Lantern Fair in Norwich was held in the gymnasium of the university.",
    ),
    (
        "한솔소재 공장은 언제 다 지어졌어요?",
        "한솔소재의 포항 공장은 2024년 10월에 준공되었습니다.",
        "한솔소재의 포항 공장에는 1,800억 원이 투자되었습니다.",
    ),
    (
        "랜턴 페어에 몇 명이나 왔나요?",
        "The Lantern Fair (랜턴 페어) in Norwich had about 2,000 visitors.",
        "The Lantern Fair (랜턴 페어) in Norwich was held in the gymnasium of the university.",
    ),
]


@pytest.mark.parametrize(("question", "answering", "other"), TOLD_APART)
def test_what_answers_is_told_from_what_is_only_on_the_same(question: str, answering: str, other: str) -> None:
    here, there = reader.loaded().told(question, [answering, other])
    assert here > there + 1


def test_what_nobody_asked_for_answers_nothing() -> None:
    told = reader.loaded().told(
        "What does a ticket for the train cost?", [one for row in TOLD_APART for one in row[1:]]
    )
    assert max(told) < 0


def test_it_is_never_surer_than_it_may_be() -> None:
    statements = [one for row in TOLD_APART for one in row[1:]]
    told = [one for question, *_ in TOLD_APART for one in reader.loaded().told(question, statements)]
    assert max(map(abs, told)) <= reader.SURE


@pytest.mark.parametrize("question", ["展覧会にはどれくらいの人が来ましたか", "Когда открылась выставка?"])
def test_a_question_in_letters_that_it_was_not_taught_is_left_to_the_others(question: str) -> None:
    assert reader.loaded().told(question, ["Die Messe wurde am 3. November eröffnet."]) == [reader.UNREAD]


@pytest.mark.parametrize("text", ["", " ", "\0", "?" * 5000, "battery " * 2000, "\ud800", "ﷺ" * 300, "🔋"])
def test_whatever_is_typed_is_read(text: str) -> None:
    assert len(reader.loaded().told(text, [text, "The fair was held in November."])) == 2
    assert reader.loaded().told(text, []) == []


def test_it_reads_for_several_at_once() -> None:
    def told(row: tuple[str, str, str]) -> list[float]:
        return reader.loaded().told(row[0], row[1:])

    alone = [told(row) for row in TOLD_APART] * 8
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(told, TOLD_APART * 8)) == alone


def test_only_what_was_worded_is_read(tmp_path: Path, embedder: Embedder) -> None:
    """A document that nobody worded questions for is found and ordered as if there were no reader."""
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    (knowledge / "fair.en.md").write_text("# The fair\n\nThe Lantern Fair had 2,000 visitors.\n", "utf-8")
    (knowledge / "market.en.md").write_text("# The market\n\nThe Lantern Market had 300 visitors.\n", "utf-8")
    (knowledge / "wordings.toml").write_text(
        '[[statement]]\ndocument = "fair"\nsays = "The Lantern Fair had 2,000 visitors."\nen = ["How many came?"]\n',
        "utf-8",
    )
    ingestion.run(knowledge, tmp_path / "index", lambda: embedder, embedder.name)
    library = Library(tmp_path / "index", embedder)
    library.learn(threading.Event())
    question = "How many visitors were there?"
    found = extracts.find(question, library.search(question), library, "en")
    library.close()
    told = {one.statement.passage.path: one.told for one in found if "visitors" in one.statement.text}
    assert told["fair.en.md"] != reader.UNREAD
    assert told["market.en.md"] == reader.UNREAD


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the exporter that needs no further package
def test_it_can_be_trained_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> None:
    """Two steps on one layer: what comes out is read back by the bot, and says what the trained model says."""
    import torch

    from tests.benchmarks.reader import __main__ as training
    from tests.benchmarks.reader.encoder import Encoder, Packed, tokenizer

    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "fair.en.md").write_text(
        "# The fair\n\nThe fair was held in November 2025. It had 2,000 visitors.\n", "utf-8"
    )
    (tmp_path / "knowledge" / "wordings.toml").write_text(
        '[[statement]]\ndocument = "fair"\nsays = "It had 2,000 visitors."\nen = ["How many came to the fair?"]\n\n'
        '[[unanswered]]\ndocument = "fair"\nen = ["What does the fair cost?"]\nde = ["Was kostet die Messe?"]\n',
        "utf-8",
    )
    ingestion.run(tmp_path / "knowledge", tmp_path / "index", lambda: embedder, embedder.name)
    for name in ("MODEL", "PIECES"):
        monkeypatch.setattr(training, name, tmp_path / f"reader.{name}")
        monkeypatch.setattr(reader, name, tmp_path / f"reader.{name}")
    monkeypatch.setattr(training, "LAYERS", 1)
    options = ["--knowledge", str(tmp_path / "knowledge"), "--index", str(tmp_path / "index"), "--steps", "2"]
    training.main([*options, "--save", str(tmp_path / "weights")], embedder)

    packed = Packed()
    model = Encoder(packed, 1)
    model.load_state_dict(torch.load(tmp_path / "weights"))
    split = tokenizer(packed.pieces)
    question, statement = "How many came to the fair?", "It had 2,000 visitors."
    pieces = [0, *split.encode(f"query: {question}").ids, *split.encode(f"passage: {statement}").ids, 2]
    with torch.no_grad():
        whole = float(model.eval()(torch.tensor([pieces]))[0])
    assert reader.Reader().told(question, [statement]) == pytest.approx([whole], abs=0.2)
