"""Every sentence the bot itself says, per language: one TOML file each, filled strictly.

``say("de", "answers.unknown", contact="…")`` reads ``[answers] unknown`` of ``de.toml``. A missing key or variable is an
error that names it (a test holds the three files together), never a half-filled sentence.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Template

LANGUAGES = ("ko", "en", "de")
FALLBACK = "en"


def supported(language: str | None) -> str:
    """The language the bot speaks to somebody whose language is ``language`` (a BCP 47 tag or ISO 639-1 code)."""
    base = (language or "").lower().replace("_", "-").split("-")[0]
    return base if base in LANGUAGES else FALLBACK


def say(language: str, key: str, **values: object) -> str:
    """The sentence ``key`` (``section.name``) in ``language``, its ``$variables`` filled.

    Raises KeyError, naming what is missing, if the key or one of its variables is.
    """
    return Template(_texts(supported(language))[key]).substitute(values)


def keys(language: str) -> frozenset[str]:
    """All keys of one language."""
    return frozenset(_texts(language))


@cache
def _texts(language: str) -> dict[str, str]:
    data = tomllib.loads((resources.files(__name__) / f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{name}": text.strip() for section, texts in data.items() for name, text in texts.items()}
