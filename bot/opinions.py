"""A second opinion on a model's sentences: by natural-language inference, or by the chat model, asked yes or no.

Slower than the rules of ``bot.grounding`` and on top of them: what a visitor reads has passed both.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Protocol

from langchain_core.messages import HumanMessage

from bot.grounding import Claim
from bot.guarded import Model
from bot.models import ModelUnusable
from bot.prompts import Prompts

ENTAILMENT, CONTRADICTION = "entailment", "contradiction"
AT_ONCE = 8  # pairs that the cross-encoder sees together; more need memory and save no time
_YES = re.compile(r"\W*yes\b", re.IGNORECASE)
_NLI = "nli:"


class Opinion(Protocol):
    """Whether passages say what a sentence says."""

    async def agrees(self, claims: Sequence[Claim]) -> list[bool]:
        """For each sentence, whether the passages that it cites, read together, say it."""


def load(name: str, model: Model | None, prompts: Prompts) -> Opinion | None:
    """The opinion called ``name``: ``nli:`` with a model's name or folder, or ``model``, the chat model; "" is none.

    Without a chat model there is nothing to have one on. Raises ModelUnusable.
    """
    if not name or model is None:
        return None
    return Inference(name.removeprefix(_NLI)) if name.startswith(_NLI) else Asked(model, prompts)


class Inference:
    """Any cross-encoder of sentence-transformers trained on entailment, neutral, contradiction, in whatever order."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder  # brings torch: only when chosen
        except ImportError as error:
            raise ModelUnusable(
                f"SECOND_OPINION={_NLI}{model} needs sentence-transformers. Install it: pip install 'expo-bot[models]'"
            ) from error
        try:
            self._model: Any = CrossEncoder(model, device="cpu")
        except Exception as error:
            raise ModelUnusable(
                f"SECOND_OPINION={_NLI}{model} cannot be loaded ({type(error).__name__}). Check the name, or give the "
                "folder of a model that is on this machine."
            ) from error
        labels = {str(label).lower(): int(n) for n, label in self._model.model.config.id2label.items()}
        if not {ENTAILMENT, CONTRADICTION} <= labels.keys():
            raise ModelUnusable(
                f"SECOND_OPINION={_NLI}{model} is no model for natural-language inference: its labels are "
                f"{', '.join(labels)}, not {ENTAILMENT}, neutral and {CONTRADICTION}."
            )
        self._entailment = labels[ENTAILMENT]

    async def agrees(self, claims: Sequence[Claim]) -> list[bool]:
        """See :class:`Opinion`. A sentence stands where entailment is the likeliest of the labels."""
        return await asyncio.to_thread(self._judged, claims)

    def _judged(self, claims: Sequence[Claim]) -> list[bool]:
        if not claims:
            return []
        scores = self._model.predict(
            [(_read_together(claim), claim[0]) for claim in claims], batch_size=AT_ONCE, show_progress_bar=False
        )
        return [int(row.argmax()) == self._entailment for row in scores]


class Asked:
    """The chat model, asked about one sentence at a time. Whatever is not a plain yes is a no."""

    def __init__(self, model: Model, prompts: Prompts) -> None:
        self._model, self._prompts = model, prompts

    async def agrees(self, claims: Sequence[Claim]) -> list[bool]:
        """See :class:`Opinion`. Raises what the model raises."""
        return [await self._agrees(claim) for claim in claims]

    async def _agrees(self, claim: Claim) -> bool:
        asked = self._prompts.fill("opinion", passages=_read_together(claim), sentence=claim[0])
        said = ""
        async for piece in self._model.astream([HumanMessage(asked)]):
            said += str(piece.text)
        return _YES.match(said) is not None


def _read_together(claim: Claim) -> str:
    return "\n\n".join(passage.embedded for passage in claim[1])
