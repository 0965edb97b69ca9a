"""A second opinion on a model's sentences: a cross-encoder for inference, the chat model asked yes or no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot import opinions
from bot.answers import Assistant
from bot.library import Library
from bot.models import ModelUnusable
from bot.passages import Passage
from bot.prompts import Prompts
from tests.models import ScriptedModel, Step, says

PROMPTS = Prompts(Path(__file__).parent.parent / "prompts")
WHEN = "When was the Lantern Fair 2025?"
SAID = "The Lantern Fair took place from 12 to 14 May 2025 [1]. It was in the Old Tram Depot [1]."
FAIR = Passage("fair.en.md", "Fair", "The fair had 48 exhibitors.", "en")


async def answered(library: Library, model: ScriptedModel, opinion: opinions.Opinion | None) -> str:
    assistant = Assistant(library, PROMPTS, model, opinion=opinion, today=lambda: date(2026, 3, 2))
    return [value async for value in assistant.answer(WHEN)][-1].text


@pytest.mark.parametrize("name", ["", "model", "nli:somewhere"])
def test_without_a_model_there_is_nothing_to_have_an_opinion_on(name: str) -> None:
    assert opinions.load(name, None, PROMPTS) is None


def test_without_the_setting_there_is_none() -> None:
    assert opinions.load("", says("x"), PROMPTS) is None


@pytest.mark.parametrize(
    ("said", "agrees"),
    [
        (("YES",), True),
        (("Yes", "."), True),
        ((" **yes**, it does",), True),
        (("NO",), False),
        (("Yesterday it did",), False),
        (("The text says yes",), False),
        (("",), False),
    ],
)
async def test_whatever_is_not_a_plain_yes_is_a_no(said: tuple[Step, ...], agrees: bool) -> None:
    model = says(*said)
    opinion = opinions.load("model", model, PROMPTS)
    assert opinion is not None
    assert await opinion.agrees([("It had 48 exhibitors.", (FAIR,))]) == [agrees]
    (asked,) = model.asked[0]
    assert "The fair had 48 exhibitors." in str(asked.content)
    assert "It had 48 exhibitors." in str(asked.content)


async def test_what_the_second_opinion_disputes_does_not_reach_the_visitor(lantern_fair: Library) -> None:
    model, doubting = says(SAID), says("YES", corrected=["NO"])
    said = await answered(lantern_fair, model, opinions.load("model", doubting, PROMPTS))
    assert said == "The Lantern Fair took place from 12 to 14 May 2025 [1]."
    assert "- It was in the Old Tram Depot." in str(model.asked[1][-1].content)
    assert "It was in the Old Tram Depot." in str(doubting.asked[1][-1].content)


async def test_a_second_opinion_that_fails_ends_in_the_answer_without_a_model(lantern_fair: Library) -> None:
    broken = opinions.load("model", says(ConnectionError("gone")), PROMPTS)
    (without,) = [value async for value in Assistant(lantern_fair, PROMPTS).answer(WHEN)]
    assert await answered(lantern_fair, says(SAID), broken) == without.text


async def test_the_rules_come_first(lantern_fair: Library) -> None:
    """Who says yes to everything lets nothing through that the rules refuse."""
    wrong = "The Lantern Fair took place from 13 to 15 May 2025 [1]."
    opinion = opinions.load("model", says("YES"), PROMPTS)
    assert wrong not in await answered(lantern_fair, says(wrong), opinion)


# Natural-language inference, with a model too small to know anything: what is shown is that it is asked and heard.


def cross_encoder(folder: Path, labels: dict[int, str], favourite: int) -> str:
    """A BERT of one layer, saved in ``folder``, that gives every pair the label ``favourite``."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = sorted({*"[PAD] [UNK] [CLS] [SEP] [MASK]".split(), *"the fair had 48 exhibitors it 50 .".split()})
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label=labels, label2id={label: n for n, label in labels.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.tensor([10.0 * (n == favourite) for n in labels]))
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "favourite", "agrees"),
    [
        ({0: "contradiction", 1: "entailment", 2: "neutral"}, 1, True),
        ({0: "contradiction", 1: "entailment", 2: "neutral"}, 0, False),
        ({0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"}, 0, True),
        ({0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"}, 1, False),
    ],
)
async def test_a_cross_encoder_agrees_where_it_sees_entailment(
    tmp_path: Path, labels: dict[int, str], favourite: int, agrees: bool
) -> None:
    opinion = opinions.load(f"nli:{cross_encoder(tmp_path, labels, favourite)}", says("x"), PROMPTS)
    assert opinion is not None
    claims = [("It had 48 exhibitors.", (FAIR,)), ("It had 50 exhibitors.", (FAIR, FAIR))]
    assert await opinion.agrees(claims) == [agrees] * 2
    assert await opinion.agrees([]) == []


@pytest.mark.slow
def test_a_cross_encoder_for_something_else_is_refused(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path, {0: "spam", 1: "ham"}, 0)
    with pytest.raises(ModelUnusable, match="no model for natural-language inference: its labels are spam, ham"):
        opinions.load(f"nli:{folder}", says("x"), PROMPTS)


@pytest.mark.slow
def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="cannot be loaded"):
        opinions.load(f"nli:{tmp_path / 'nowhere'}", says("x"), PROMPTS)
