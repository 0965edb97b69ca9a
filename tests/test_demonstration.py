"""The playground's fictional fair: it can be booked, it says that it is made up, and the wheel has it."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demonstration import set_up
from bot.store import Store
from bot.texts import LANGUAGES, say
from tests.fair import GERMAN, opened_fair
from tests.fakes import NOON

ROOT = Path(__file__).resolve().parent.parent


def test_it_has_teams_staff_and_times_from_tomorrow_on(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/bot.db")

    told = set_up(store, NOON)

    assert "made up" in told
    assert "/meet" in told
    teams = store.pavilion.teams()
    assert all(team.fictional and team.chat_id for team in teams)
    assert all(any(one.telegram_id for one in store.pavilion.members(team.id)) for team in teams)
    assert all(store.agenda.free(team.id, NOON + timedelta(hours=12)) for team in teams)
    store.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_meet_offers_its_teams_and_says_that_they_are_a_demonstration(tmp_path: Path, language: str) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/bot.db")
    set_up(store, NOON)
    store.choose_language(GERMAN, language)
    teams = store.pavilion.teams()
    store.close()

    async with opened_fair(tmp_path) as fair:
        anna = fair.person(GERMAN)
        await anna.say("/meet")
        heard = await anna.hears()

    buttons = [button for row in heard["reply_markup"]["inline_keyboard"] for button in row]
    assert {button["callback_data"] for button in buttons} >= {f"b:t:{team.id}" for team in teams}
    assert say(language, "meetings.fictional") in heard["text"] + "".join(button["text"] for button in buttons)


def test_the_wheel_holds_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert "bot" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert (ROOT / "bot" / "playground" / "pavilion.toml").is_file()
