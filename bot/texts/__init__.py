"""Every sentence the bot itself says, per language, filled strictly.

``say("de", "answers.unknown", contact="…")`` reads ``[answers] unknown`` of ``de.toml``; ``meetings.de.toml`` and the like
stand beside it, a file per noun, and each section is in one file only. A missing key or variable is an error that names
it (a test holds the languages together), never a half-filled sentence.
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
    sections: dict[str, dict[str, str]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda file: file.name):
        if f".{file.name}".endswith(f".{language}.toml"):
            found = tomllib.loads(file.read_text("utf-8"))
            if twice := sorted(sections.keys() & found.keys()):
                raise ValueError(f"{file.name}: these sections stand in another file, too: {', '.join(twice)}")
            sections |= found
    return {f"{section}.{name}": text.strip() for section, texts in sections.items() for name, text in texts.items()}
