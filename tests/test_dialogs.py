"""Conversations as data, each through the whole application over HTTP: see ``dialogs/*.toml``.

A turn is what somebody does (``say``, ``start``, ``press``, ``kind``), then what they get: ``hears`` is how each
message of the bot begins, in order and no other; ``contains`` something further in the last; ``buttons`` its buttons;
``toast`` what the press is answered with; ``edited`` what a message of the bot begins with after it changed.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.fair import ENGLISH, GERMAN, KOREAN, Person, opened_fair
from tests.fakes import FakeEntry, FakeKnowledge

DIALOGS = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parent / "dialogs").glob("*.toml"))}
WHO = {"ko": KOREAN, "de": GERMAN, "en": ENGLISH}
KNOWN = (
    FakeEntry("fairs/expo.ko.md", "엑스포", "ko", review_by="2026-01-01"),
    FakeEntry("fairs/expo.en.md", "The Expo", "en"),
    FakeEntry("hotels.ko.md", "숙박", "ko", as_of="2024-01"),
)


@pytest.mark.parametrize("name", DIALOGS)
async def test_dialog(name: str, tmp_path: Path) -> None:
    dialog = tomllib.loads(DIALOGS[name])

    async with opened_fair(tmp_path, knowledge=FakeKnowledge(KNOWN)) as fair:
        person = fair.person(WHO[dialog["who"]])
        for turn in dialog["turn"]:
            before = len(person.bot_said())
            toast = await _do(person, turn)
            assert turn.get("toast", "") in toast
            heard = [await person.hears() for _ in turn.get("hears", ())]
            if edited := turn.get("edited"):
                assert (await person.hears("edit"))["text"].startswith(edited)
            await fair.settled()
            assert len(person.bot_said()) - before == len(heard), person.bot_said()[before:]
            for message, beginning in zip(heard, turn.get("hears", ()), strict=True):
                assert message["text"].startswith(beginning)
            assert turn.get("contains", "") in (heard[-1]["text"] if heard else "")
            assert set(turn.get("buttons", ())) <= set(_buttons(heard))


async def _do(person: Person, turn: dict[str, Any]) -> str:
    if "press" in turn:
        return await person.press(turn["press"])
    if "start" in turn:
        await person.start(turn["start"])
    else:
        await person.say(turn.get("say", ""), kind=turn.get("kind", "text"))
    return ""


def _buttons(heard: list[dict[str, Any]]) -> list[str]:
    rows = heard[-1].get("reply_markup", {}).get("inline_keyboard", []) if heard else []
    return [button["callback_data"] for row in rows for button in row]
