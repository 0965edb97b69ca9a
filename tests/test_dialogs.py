"""Conversations as data, each through the whole application over HTTP: see ``dialogs/*.toml``.

A turn is what somebody does (``say``, ``start``, ``press``, ``kind``), then what they get: ``hears`` is how each
message of the bot begins, in order and no other; ``contains`` something further in the last; ``buttons`` its buttons;
``toast`` what the press is answered with; ``edited`` what a message of the bot begins with after it changed, to which
``contains`` and ``buttons`` then refer as well.

``as`` names somebody else than ``who``: a visitor by language, in their own chat, or a member of staff, in the staff's.
A turn without a deed is what somebody gets from what others did; ``passes`` are the seconds that go by before it;
``times`` is how often it is said; ``reply`` answers the bot's newest message; a button that ends in ``*`` is one that begins so. ``requested`` are the meetings that were asked for before it begins,
``limits`` how much a visitor may ask for.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.chat.limits import Limits as Allowed
from bot.playground.floods import Limits
from tests.fair import ENGLISH, GERMAN, KOREAN, Fair, Person, opened_fair
from tests.fakes import FakeEntry, FakeKnowledge
from tests.meetings import requested
from tests.pavilion import JIHUN, SOFIA, STAFF_CHAT

DIALOGS = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parent / "dialogs").glob("*.toml"))}
WHO = {"ko": KOREAN, "de": GERMAN, "en": ENGLISH}
STAFF = {"jihun": JIHUN, "sofia": SOFIA}
UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
KNOWN = (
    FakeEntry("fairs/expo.ko.md", "엑스포", "ko", review_by="2026-01-01"),
    FakeEntry("fairs/expo.en.md", "The Expo", "en"),
    FakeEntry("hotels.ko.md", "숙박", "ko", as_of="2024-01"),
)


@pytest.mark.parametrize("name", DIALOGS)
async def test_dialog(name: str, tmp_path: Path) -> None:
    dialog = tomllib.loads(DIALOGS[name])
    asked = dialog.get("requested", ())

    bookable = dialog.get("bookable", bool(asked))
    met = [WHO[one["who"]] for one in asked]
    limits = UNLIMITED if bookable else None
    allowed = Allowed(**dialog.get("limits", {}))
    async with opened_fair(
        tmp_path, knowledge=FakeKnowledge(KNOWN), bookable=bookable, met=met, limits=limits, allowed=allowed
    ) as fair:
        stage = Stage(fair, bookable)
        for one in asked:
            requested(fair.store, one["slot"], WHO[one["who"]], team=one.get("team", "tuen"), language=one["who"])
        await fair.passes(0)
        for turn in dialog["turn"]:
            await stage.plays(turn, turn.get("as", dialog["who"]))


class Stage:
    """Who takes part in a dialog, and what was heard in each chat so far."""

    def __init__(self, fair: Fair, bookable: bool) -> None:
        self._fair = fair
        people = [fair.person(user) for user in WHO.values()]
        people += [fair.person(JIHUN, STAFF_CHAT)] if bookable else []
        self._ears = {person.chat_id: person for person in people}
        self._edits = {person.chat_id: fair.person(person.user_id, person.chat_id) for person in people}
        self._counted = {person.chat_id: len(person.bot_said()) for person in people}

    async def plays(self, turn: dict[str, Any], who: str) -> None:
        chat = STAFF_CHAT if who in STAFF else WHO[who]
        actor = self._fair.person(STAFF.get(who) or WHO[who], chat)
        if "passes" in turn:
            await self._fair.passes(turn["passes"])
        elif {"say", "start", "press", "kind"} & turn.keys():
            self._edits[chat] = actor
        toast = await _do(actor, turn)
        assert turn.get("toast", "") in toast
        heard = [await self._ears[chat].hears() for _ in turn.get("hears", ())]
        last = heard[-1:]
        if edited := turn.get("edited"):
            change = await self._edits[chat].hears("edit")
            assert _words(change).startswith(edited)
            last = [*last, change]
        await self._fair.settled()
        said = actor.bot_said()
        assert len(said) - self._counted[chat] == len(heard), said[self._counted[chat] :]
        self._counted[chat] = len(said)
        for message, beginning in zip(heard, turn.get("hears", ()), strict=True):
            assert _words(message).startswith(beginning)
        wanted = turn.get("contains", [])
        for part in [wanted] if isinstance(wanted, str) else wanted:
            assert any(part in _words(message) for message in last), part
        shown = _buttons(last)
        for data in turn.get("buttons", ()):
            assert any(one.startswith(data[:-1]) if data.endswith("*") else one == data for one in shown), (data, shown)


async def _do(person: Person, turn: dict[str, Any]) -> str:
    if "press" in turn:
        return await person.press(turn["press"])
    if "start" in turn:
        await person.start(turn["start"])
    elif "say" in turn or "kind" in turn:
        reply = {"reply_to": person.newest()} if turn.get("reply") else {}
        for _ in range(turn.get("times", 1)):
            await person.say(turn.get("say", ""), kind=turn.get("kind", "text"), **reply)
    return ""


def _words(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _buttons(heard: list[dict[str, Any]]) -> list[str]:
    rows = [row for message in heard for row in message.get("reply_markup", {}).get("inline_keyboard", [])]
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]
