"""``doctor --live``: asks those the bot depends on, over real HTTP, SMTP and SQL; says what to do; keeps secrets."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.doctor import live
from bot.doctor.findings import Finding
from bot.library import Library
from bot.playground.server import Server, serve
from bot.playground.updates import Webhook
from bot.settings import Settings, read
from bot.store import Store
from tests.test_guarded import serving, status
from tests.test_mail import PASSWORD, Serve
from tests.test_mail import serve as mail_server

__all__ = ["mail_server"]

# LangChain keeps a provider's client, and with it a connection, beyond the event loop of the test that made it.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]

Configured = Callable[..., Settings]
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    async with serve(clock=lambda: NOON.timestamp()) as server:
        yield server


@pytest.fixture
def configured(telegram: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Settings with which all is well, but for the ``values``."""
    for name in (*map(str.upper, Settings.model_fields), "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.chdir(tmp_path)
    well = {
        "telegram_token": telegram.telegram.token,
        "telegram_api_url": telegram.api_url,
        "database_url": f"sqlite:///{tmp_path}/bot.db",
        "index": tmp_path / "index",
    }

    return lambda **values: read(**{**well, **values})


@pytest.mark.slow
async def test_where_all_answer_all_is_well(configured: Configured, lantern_fair: Library) -> None:
    found = {one.subject: one for one in await live.examine(configured(index=lantern_fair._folder), NOON)}

    assert {subject: one.todo for subject, one in found.items() if one.todo or not one.well} == {}
    assert list(found) == ["Token, asked", "Updates, asked", "Database, asked", "Index, asked"]
    assert found["Token, asked"].told == "valid: it is @playground_bot."
    assert found["Updates, asked"].told == "0 updates waiting with Telegram."
    assert found["Index, asked"].told.startswith("a search finds something, within ")


def test_looking_leaves_nothing_in_the_database(configured: Configured, tmp_path: Path) -> None:
    assert live.database(configured()).well

    with sqlite3.connect(tmp_path / "bot.db") as file:
        assert file.execute("SELECT count(*) FROM settings").fetchone() == (0,)


async def test_a_token_that_telegram_does_not_know(configured: Configured) -> None:
    (found,) = await live.telegram(configured(telegram_token=f"1234567:{'x' * 35}"), NOON)

    assert not found.well
    assert "does not accept it (401)" in found.told
    assert "@BotFather" in found.todo
    assert "x" * 35 not in str(found)


async def test_a_telegram_that_cannot_be_reached_quotes_no_token(configured: Configured, telegram: Server) -> None:
    (found,) = await live.telegram(configured(telegram_api_url="http://127.0.0.1:1"), NOON)

    assert found.told == "http://127.0.0.1:1 cannot be asked (ConnectError)."
    assert telegram.telegram.token not in str(found)


async def test_what_telegram_complains_of_is_told(configured: Configured, telegram: Server) -> None:
    telegram.telegram.updates.deliver_to(Webhook("https://bot.example/telegram/guess"))
    telegram.telegram.updates.last_error = (int((NOON - timedelta(minutes=7)).timestamp()), "Connection refused")

    _, found = await live.telegram(configured(webhook_url="https://bot.example"), NOON)

    assert found.told == "0 updates waiting with Telegram; its last complaint, 7 minutes ago: Connection refused."
    assert "your proxy" in found.todo
    assert "guess" not in str(found)


@pytest.mark.parametrize(
    ("wanted", "there", "told", "well"),
    [
        ("https://bot.example", "", "no webhook is set", False),
        ("https://bot.example", "https://elsewhere.example/x", "Telegram calls https://elsewhere.example, not", False),
        ("", "https://bot.example/x", "a webhook is set, to https://bot.example", True),
        ("https://bot.example", "https://bot.example/x", "Telegram calls https://bot.example", True),
    ],
)
async def test_a_webhook_that_is_not_where_it_should_be(
    configured: Configured, telegram: Server, wanted: str, there: str, told: str, well: bool
) -> None:
    if there:
        telegram.telegram.updates.deliver_to(Webhook(there))

    _, found = await live.telegram(configured(webhook_url=wanted), NOON)

    assert found.told.startswith(told)
    assert found.well is well


async def test_both_models_are_asked_for_a_word(configured: Configured) -> None:
    async with serving(*WELL_ONCE) as first, serving(status("401 Unauthorized")) as second:
        settings = configured(
            chat_model="openai:one",
            chat_base_url=f"{first.address}/v1",
            chat_api_key="sk-sesame",
            chat_fallback_model="openai:two",
            chat_fallback_base_url=f"{second.address}/v1",
            chat_fallback_api_key="sk-barley",
        )
        well, ill = await live.language_models(settings)

    assert well.well
    assert well.told.startswith("openai:one answers, after ")
    assert re.match(r"openai:two does not answer \(\w*AuthenticationError\)", ill.told)
    assert "CHAT_FALLBACK_API_KEY" in ill.todo
    assert len(first.asked) == len(second.asked) == 1
    assert not any(key in f"{well}{ill}" for key in ("sesame", "barley"))


def test_a_database_that_cannot_be_written(configured: Configured, tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/bot.db").close()
    found = live.database(configured(database_url=f"sqlite:///file:{tmp_path}/bot.db?mode=ro&uri=true"))

    assert not found.well
    assert "may be written to by the user who runs the bot" in found.told


def test_an_index_that_is_not_there(configured: Configured) -> None:
    found = live.index(configured())

    assert not found.well
    assert "Run: expo-ingest" in found.told


def test_a_chroma_server_that_is_away(configured: Configured) -> None:
    found = live.chroma(configured(chroma_url="http://127.0.0.1:1"))

    assert found is not None
    assert not found.well
    assert "http://127.0.0.1:1 cannot be used" in found.told


@pytest.mark.parametrize(("password", "well"), [(PASSWORD, True), ("sesame", False)])
async def test_the_mail_server_is_asked_and_sent_nothing(
    configured: Configured, mail_server: Serve, password: str, well: bool
) -> None:
    server = await mail_server(auth_require_tls=False, auth_required=True)
    url = f"smtp://expo:{password.replace('&', '%26')}@127.0.0.1:{server.port}?security=none"

    found = await asyncio.to_thread(live.mail, configured(smtp_url=url, mail_from="expo@city.example"))

    assert found is not None
    assert found.well is well
    assert password not in str(found)
    assert server.taken == []


def test_the_command_asks_only_when_told_to(
    telegram: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = []

    async def noted(_settings: Settings) -> list[Finding]:
        asked.append(True)
        return [Finding("Tea, asked", "cold.", "Boil water.", well=False)]

    monkeypatch.setattr(live, "examine", noted)
    main(["doctor"])
    assert asked == []
    assert main(["doctor", "--live"]) == 1
    assert "wrong  Tea, asked: cold." in capsys.readouterr().out


def whole(text: str) -> bytes:
    body = (
        '{"id": "1", "object": "chat.completion", "created": 0, "model": "any", "choices": [{"index": 0, '
        f'"message": {{"role": "assistant", "content": "{text}"}}, "finish_reason": "stop"}}]}}'
    )
    return status("200 OK", body)


WELL_ONCE = (whole("OK."),)
