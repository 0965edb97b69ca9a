"""The language models of ``CHAT_MODEL`` and ``CHAT_FALLBACK_MODEL``, through LangChain. None where none is configured:
then answers are extracted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line reads this module for its exception
    from langchain_core.language_models import BaseChatModel

    from bot.budget import Budget
    from bot.guarded import GuardedModel


class ModelUnusable(Exception):
    """The model cannot be set up as configured; the text says what to look at."""


@dataclass(frozen=True)
class Choice:
    """A model, ``provider:name``, and how to reach it. An empty name is none."""

    name: str
    base_url: str = ""
    key: str = field(default="", repr=False)


def guarded(
    *choices: Choice, first_word: float, timeout: float, max_tokens: int, at_once: int, budget: Budget | None = None
) -> GuardedModel | None:
    """The first of ``choices``, the others behind it; None if there is no first. Raises ModelUnusable.

    ``first_word`` and ``timeout`` in seconds.
    """
    if not choices[0].name:
        return None
    from bot.guarded import GuardedModel, Patience

    patience = Patience(first_word, timeout, max_tokens, at_once)
    loaded = [
        (one.name, load(one.name, base_url=one.base_url, key=one.key, timeout=timeout, max_tokens=max_tokens))
        for one in choices
    ]
    return GuardedModel([(name, model) for name, model in loaded if model], patience, budget)


def load(name: str, *, base_url: str, key: str, timeout: float, max_tokens: int) -> BaseChatModel | None:
    """The model called ``provider:name``. Raises ModelUnusable."""
    if not name:
        return None
    from langchain.chat_models import init_chat_model

    provider = name.partition(":")[0]
    values: dict[str, Any] = {"temperature": 0, "max_tokens": max_tokens}
    if provider == "ollama":
        values["num_predict"] = values.pop("max_tokens")
    else:
        values |= {"timeout": timeout, "max_retries": 0}  # each try has its own place in the budget
    if provider == "openai":
        values["stream_usage"] = True  # its client asks servers of one's own for their count only when told to
    if base_url:
        values["base_url"] = base_url
    if key:
        values["api_key"] = key
    elif base_url and provider == "openai":
        values["api_key"] = "none"  # a server of one's own asks for no key, its client for some
    try:
        model: BaseChatModel = init_chat_model(name, **values)
    except ImportError as error:
        raise ModelUnusable(
            f"CHAT_MODEL={name} needs its provider's package: pip install 'expo-bot[{provider}]'"
        ) from error
    except Exception as error:
        raise ModelUnusable(
            f"CHAT_MODEL={name} cannot be set up ({type(error).__name__}). Check the name, CHAT_API_KEY "
            "and CHAT_BASE_URL; leave CHAT_MODEL empty to answer without a model."
        ) from error
    return model
