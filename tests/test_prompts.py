"""Prompts are filled strictly: what is missing is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.prompts import PromptMissing, Prompts

OURS = Path(__file__).parent.parent / "prompts"


def test_variables_are_filled(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("Hello $name, ${thing}s cost $$5.", "utf-8")
    assert Prompts(tmp_path).fill("greet", name="Kim", thing="lamp") == "Hello Kim, lamps cost $5."


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("Hello $name", "utf-8")
    with pytest.raises(PromptMissing, match=r"greet\.md asks for \$name"):
        Prompts(tmp_path).fill("greet")


def test_a_missing_prompt_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptMissing, match=r"greet\.md cannot be read"):
        Prompts(tmp_path).fill("greet")


def test_a_stray_dollar_in_a_prompt_is_explained(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("It costs $ 5", "utf-8")
    with pytest.raises(PromptMissing, match=r"Write \$\$ for a dollar sign"):
        Prompts(tmp_path).fill("greet")


def test_dollar_signs_of_a_document_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text("$passages", "utf-8")
    said = "A unit costs $9,800, or ${price}, or $fair, or $$."
    assert Prompts(tmp_path).fill("answer", passages=said) == said


def test_an_edit_needs_no_restart(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path)
    (tmp_path / "greet.md").write_text("Hello", "utf-8")
    assert prompts.fill("greet") == "Hello"
    (tmp_path / "greet.md").write_text("Good day", "utf-8")
    assert prompts.fill("greet") == "Good day"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("answer", {"fair": "the fair", "language": "English", "today": "2026-03-02", "passages": "[1] A"}),
        ("again", {"sentences": "- It had 90 booths.", "language": "English"}),
        ("opinion", {"passages": "It had 70 booths.", "sentence": "It had 90 booths."}),
    ],
)
def test_our_own_prompts_take_exactly_what_they_are_given(name: str, values: dict[str, str]) -> None:
    filled = Prompts(OURS).fill(name, **values)
    assert all(value in filled for value in values.values())
    assert "$" not in filled
