"""The token appears in no log: what writes addresses is quiet, and what is written is blackened."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from telegram.error import InvalidToken

from bot.chat.redaction import Redaction, keep_secret

TOKEN = "123456789:AAE-secret_half-of_the_token"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What one handler of the root logger writes, with the token kept secret."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, level = logging.getLogger(), logging.getLogger().level
    quiet = {name: logging.getLogger(name).level for name in ("httpx", "httpcore")}
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    redaction = keep_secret(TOKEN)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    for one in root.handlers:
        one.removeFilter(redaction)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def test_httpx_does_not_write_addresses(written: io.StringIO) -> None:
    logging.getLogger("httpx").info('HTTP Request: %s %s "%s %d %s"', "POST", URL, "HTTP/1.1", 200, "OK")
    logging.getLogger("httpcore.connection").debug("connect %s", URL)

    assert written.getvalue() == ""


def test_a_warning_with_an_address_is_blackened(written: io.StringIO) -> None:
    logging.getLogger("httpx").warning("HTTP Request: %s %s", "POST", URL)

    assert written.getvalue() == "HTTP Request: POST https://api.telegram.org/bot<token>/sendMessage\n"


def test_a_traceback_that_quotes_the_token_is_blackened(written: io.StringIO) -> None:
    try:
        raise InvalidToken(f"The token `{TOKEN}` was rejected by the server.")
    except InvalidToken:
        logging.getLogger("bot").exception("start failed: %s", TOKEN.partition(":")[2])

    assert "secret_half" not in written.getvalue()
    assert "The token `<token>` was rejected" in written.getvalue()
    assert "Traceback" in written.getvalue()


def test_an_encoded_token_is_blackened(written: io.StringIO) -> None:
    logging.getLogger("bot").warning(URL.replace(":AA", "%3AAA"))

    assert "secret_half" not in written.getvalue()


def test_what_holds_no_token_stays_as_it_is() -> None:
    record = logging.LogRecord("bot", logging.INFO, "x.py", 1, "%s of %d", ("one", 2), None)

    assert Redaction("").filter(record)
    assert Redaction(TOKEN).filter(record)
    assert (record.msg, record.args) == ("%s of %d", ("one", 2))
