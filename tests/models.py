"""What stands in for a provider's language model: one that says what a test wrote down, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

Step = str | list[dict[str, Any]] | Exception | asyncio.Event


class ScriptedModel(BaseChatModel):
    """Streams ``steps``: a text (or a list of typed parts) is a piece, an Event is waited for, an exception raised.

    ``asked`` holds the messages of every call; ``forever`` repeats the steps without end. From the second call on it
    streams ``corrected``, if there is any.
    """

    steps: Sequence[Any] = ()
    corrected: Sequence[Any] = ()
    forever: bool = False
    asked: list[list[BaseMessage]] = []  # noqa: RUF012 - pydantic copies it for each model

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise AssertionError("the assistant streams")

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.asked.append(messages)
        while True:
            for step in self.corrected if self.corrected and len(self.asked) > 1 else self.steps:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case Exception():
                        raise step
                    case _:
                        yield ChatGenerationChunk(message=AIMessageChunk(content=step))
            if not self.forever:
                return
            await asyncio.sleep(0)


def says(*steps: Step, forever: bool = False, corrected: Sequence[Step] = ()) -> ScriptedModel:
    """A model that says this, and ``corrected`` when it is asked again."""
    return ScriptedModel(steps=steps, forever=forever, corrected=corrected)
