"""What the bot says, in three languages that say the same."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

import bot.texts
from bot.texts import LANGUAGES, keys, say, supported

FOLDER = Path(bot.texts.__file__).parent
CODE = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.parent.rglob("*.py")))
VARIABLE = re.compile(r"\$\{?([a-z_]+)\}?")


def raw(language: str) -> dict[str, str]:
    data = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{name}": text for section, texts in data.items() for name, text in texts.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_variables(language: str) -> None:
    english, other = raw("en"), raw(language)

    assert set(other) == set(english)
    for key, text in other.items():
        assert text.strip(), key
        assert set(VARIABLE.findall(text)) == set(VARIABLE.findall(english[key])), key


def test_every_sentence_is_said_somewhere() -> None:
    built = {f"commands.{name}" for name in ("start", "help", "language", "sources", "forget")}

    assert [key for key in sorted(keys("en") - built) if not re.search(rf"[\"']{re.escape(key)}[\"']", CODE)] == []


def test_every_key_in_the_code_exists() -> None:
    sections = {key.partition(".")[0] for key in keys("en")}
    used = re.findall(rf'"((?:{"|".join(sorted(sections))})\.[a-z_]+)"', CODE)

    assert used
    assert [key for key in used if key not in keys("en") and not key.endswith((".toml", ".py", ".md"))] == []


def test_a_missing_key_or_variable_is_named() -> None:
    with pytest.raises(KeyError, match=r"chat\.nonsense"):
        say("en", "chat.nonsense")
    with pytest.raises(KeyError, match="reference"):
        say("en", "chat.sorry")


@pytest.mark.parametrize(
    ("given", "spoken"), [("ko", "ko"), ("de-AT", "de"), ("EN_us", "en"), ("fr", "en"), ("", "en"), (None, "en")]
)
def test_who_speaks_another_language_is_answered_in_english(given: str | None, spoken: str) -> None:
    assert supported(given) == spoken


def test_german_is_formal_and_korean_polite() -> None:
    german, korean = " ".join(raw("de").values()), raw("ko")

    assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b", german)
    sentences = chain.from_iterable(re.findall(r"[^.?!\n]+[.?!](?=\s|$)", text) for text in korean.values())
    endings = ("니다", "세요", "까요", "나요", "가요", "는요")
    rude = [one for one in sentences if not one.rstrip(".?!”").endswith(endings)]
    assert rude == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_fit_where_telegram_shows_them(language: str) -> None:
    texts = raw(language)

    for key in ("chat.just_answered", "buttons.retired", "feedback.thanks", "feedback.too_late", "privacy.not_yours"):
        assert len(texts[key]) <= 200, key  # a toast
    assert len(texts["chat.short"]) <= 120
    assert len(texts["chat.description"]) <= 400  # 512 with the fair's name above it
    assert len(texts["dates.months"].split(",")) == 12
