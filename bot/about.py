"""The fair this bot speaks for: its name, whom to ask, what people ask most. Content, read from ``about.toml``.

Nothing in the code names a city or a fair: another one replaces ``knowledge/``, ``prompts/`` and the settings.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field

from bot.texts import supported


@dataclass(frozen=True)
class About:
    """What ``knowledge/about.toml`` says, per language. Every field may be empty: the bot then says less."""

    name: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the commonest, as buttons under /start

    def name_in(self, language: str) -> str:
        """The fair's name in the visitor's language."""
        return self.name.get(supported(language), "")

    def contact_in(self, language: str) -> str:
        """How to reach a person, in the visitor's language."""
        return self.contact.get(supported(language), "")

    def questions_in(self, language: str) -> tuple[str, ...]:
        """The questions to offer, in the visitor's language."""
        return self.questions.get(supported(language), ())


def parse(text: str) -> About:
    """The About that ``about.toml`` holds. Raises ValueError naming the unknown key or the wrong type."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"about.toml: {error}") from error
    unknown = set(data) - {"name", "contact", "questions"}
    if unknown:
        raise ValueError(f"about.toml: unknown table {', '.join(sorted(unknown))}; known are name, contact, questions")
    for table, kind in (("name", str), ("contact", str), ("questions", list)):
        rows = data.get(table, {})
        if not isinstance(rows, dict) or not all(isinstance(value, kind) for value in rows.values()):
            raise ValueError(
                f"about.toml: [{table}] takes a {'list of texts' if kind is list else 'text'} per language"
            )
    if not all(isinstance(text, str) for texts in data.get("questions", {}).values() for text in texts):
        raise ValueError("about.toml: [questions] takes a list of texts per language")
    return About(
        name=dict(data.get("name", {})),
        contact=dict(data.get("contact", {})),
        questions={language: tuple(texts) for language, texts in data.get("questions", {}).items()},
    )
