"""The language model of ``CHAT_MODEL``, through LangChain. None where none is configured: then answers are extracted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line reads this module for its exception
    from langchain_core.language_models import BaseChatModel


class ModelUnusable(Exception):
    """The model cannot be set up as configured; the text says what to look at."""


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
        values |= {"timeout": timeout, "max_retries": 1}
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
