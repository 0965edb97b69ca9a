"""Params: what a bot sent along, whichever of the ways that the Bot API allows it chose.

A query string, a form, a multipart form or a JSON body; nested values are objects in the last and JSON text in the
others. The multipart reader is ours because the usual one is a dependency that nothing else here needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as Headers
from email.parser import HeaderParser
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.refusals import bad_request


@dataclass(frozen=True)
class Upload:
    """A file in a multipart form."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Params:
    """The arguments of one call, read strictly and only when asked for."""

    values: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string; empty where none was sent."""
        value = self.values.get(name, "")
        return _sound(value) if isinstance(value, str) else "" if value is None else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; ``default`` where none was sent."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f'parameter "{name}" must be of type Number') from None

    def flag(self, name: str) -> bool:
        """True for ``true``, ``1`` and ``yes``, as Telegram reads them."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def nested(self, name: str) -> Any:
        """An object or a list, from JSON text if need be."""
        value = self.values.get(name)
        try:
            found = json.loads(value) if isinstance(value, str) and value else value or None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        _sound(json.dumps(found, ensure_ascii=False))
        return found


def _sound(text: str) -> str:
    """JSON can spell half a character, which could not be written down again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return text


def read(query: str, content_type: str, body: bytes) -> Params:
    """All arguments of one request."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    headers = _headers(f"Content-Type: {content_type}")
    kind = headers.get_content_type() if content_type else ""
    uploads: dict[str, Upload] = {}
    try:
        if kind == "application/json":
            sent = json.loads(body or b"{}")
            if not isinstance(sent, dict):
                raise bad_request("can't parse JSON-encoded entity")
            values |= sent
        elif kind == "multipart/form-data":
            _read_multipart(body, str(headers.get_param("boundary", "")), values, uploads)
        elif body:
            values |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise bad_request("strings must be encoded in UTF-8") from None
    return Params(values, uploads)


def _read_multipart(body: bytes, boundary: str, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
    if not boundary:
        raise bad_request("multipart boundary is missing")
    mark = b"--" + boundary.encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise bad_request("multipart body is cut short")
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head.decode())
        name = str(headers.get_param("name", "", "content-disposition"))
        filename = headers.get_filename()
        if filename is None:
            values[name] = content.decode()
        else:
            uploads[name] = Upload(filename, headers.get_content_type(), content)


def _headers(text: str) -> Headers:
    return HeaderParser().parsestr(text)
