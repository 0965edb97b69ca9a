"""What the bot says, in three languages that say the same."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

import bot.texts
from bot import declining
from bot.chat.introduction import COMMANDS, STAFF_COMMANDS
from bot.chat.staff.presses import TOLD
from bot.chat.staff.reasons import USUAL
from bot.inquiries import FIELDS, Kind, State
from bot.meetings import Reason, Status
from bot.texts import LANGUAGES, keys, say, supported

FOLDER = Path(bot.texts.__file__).parent
SILENT = FOLDER.parent / "store"  # there "meetings.id" is a column
CODE = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.parent.rglob("*.py")) if SILENT not in path.parents)
VARIABLE = re.compile(r"\$\{?([a-z_]+)\}?")

# Keys that the code puts together, `f"refusals.{reason}"`: what stands before the name -> the names.
# Only beginnings that the code has are looked at, so a line may come before its code.
BUILT: dict[str, tuple[str, ...]] = {
    "commands.": COMMANDS,
    "refusals.": tuple(Reason),
    "declined.": get_args(declining.Reason),
    "answers.missing_": ("name", "year", "attribute"),
    "status.": tuple(Status),
    "staff.command_": STAFF_COMMANDS,
    "staff.label_": tuple(
        "answer_by email goes instead_of later missed reason reference visitor visitor_answers_by waiting".split()
    ),
    "staff.language_": LANGUAGES,
    "staff_status.": tuple(Status),
    "staff_became.": (*(set(Status) - {"held", "abandoned"}), "accepted", "over"),
    "staff_refusals.": tuple(TOLD),
    "reasons.": tuple(USUAL),
    "inquiries.ask_": FIELDS,
    "inquiries.change_": ("kind", *FIELDS),
    "inquiries.kind_": tuple(Kind),
    "inquiries.label_": ("kind", *FIELDS, "state", "desk", "sent"),
    "inquiries.state_": tuple(State),
    "meetings.label_": tuple("email name organisation topic when where with".split()),
    "notices.": tuple(
        (
            "accept book_again calendar cancel cancelled cancelled_by_host confirmed declined delete_entry expired "
            "file_again late mail_refused mailed move moved moved_from nearest nothing_free nudge offer offer_until "
            "other_times proposal_expired proposed proposed_until reason received received_until reference refuse "
            "reminder_day reminder_soon stands take withdraw withdrawn"
        ).split()
    ),
}


def raw(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in [FOLDER / f"{language}.toml", *sorted(FOLDER.glob(f"*.{language}.toml"))]:
        for section, sentences in tomllib.loads(path.read_text("utf-8")).items():
            texts |= {f"{section}.{name}": text for name, text in sentences.items()}
    return texts


def built() -> set[str]:
    """The keys that the code puts together, of the table above."""
    return {
        f"{start}{name}"
        for start, names in BUILT.items()
        if re.search(rf'f"{re.escape(start)}\{{', CODE)
        for name in names
    }


def test_every_file_is_there_in_every_language() -> None:
    nouns = {path.name.removesuffix(".toml").rpartition(".")[::2] for path in FOLDER.glob("*.toml")}

    assert nouns == {(noun, language) for noun, _ in nouns for language in LANGUAGES}


def test_a_section_that_stands_in_two_files_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.toml").write_text('[chat]\nhello = "Hello"', "utf-8")
    (tmp_path / "staff.en.toml").write_text('[chat]\nbye = "Bye"', "utf-8")
    monkeypatch.setattr(bot.texts.resources, "files", lambda _: tmp_path)

    with pytest.raises(ValueError, match=r"staff\.en\.toml: .*chat"):
        bot.texts._texts.__wrapped__("en")


def test_files_beside_the_first_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("en.toml", "staff.en.toml", "staff.de.toml", "open.toml"):
        (tmp_path / name).write_text(f'[{name.replace(".", "-")}]\nhello = " Hello\\n"', "utf-8")
    monkeypatch.setattr(bot.texts.resources, "files", lambda _: tmp_path)

    assert bot.texts._texts.__wrapped__("en") == {"en-toml.hello": "Hello", "staff-en-toml.hello": "Hello"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_variables(language: str) -> None:
    english, other = raw("en"), raw(language)

    assert set(other) == set(english)
    for key, text in other.items():
        assert text.strip(), key
        assert set(VARIABLE.findall(text)) == set(VARIABLE.findall(english[key])), key


def test_every_sentence_is_said_somewhere() -> None:
    said = set(re.findall(r"[\"']([a-z_]+\.[a-z_]+)[\"']", CODE)) | built()

    assert sorted(keys("en") - said) == []


def test_every_key_in_the_code_exists() -> None:
    sections = {key.partition(".")[0] for key in keys("en")}
    used = re.findall(rf'"((?:{"|".join(sorted(sections))})\.[a-z_]+)"', CODE)

    assert used
    assert [key for key in used if key not in keys("en") and not key.endswith((".toml", ".py", ".md"))] == []
    assert sorted(built() - keys("en")) == []


def test_every_key_that_the_code_puts_together_is_in_the_table() -> None:
    sections = {key.partition(".")[0] for key in keys("en")}
    starts = set(re.findall(rf'f"((?:{"|".join(sorted(sections))})\.[a-z_]*)\{{', CODE))

    assert sorted(starts - set(BUILT)) == []


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
