"""Entity: bold, a link, a command in a text; what Telegram checks before it takes them.

Offsets and lengths count UTF-16 units, as everywhere in the Bot API. Where Telegram silently repairs entities that
overlap or links that lead nowhere, the stand-in refuses, so that the bot's author hears of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.playground.refusals import bad_request

MOST = 100
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
CODES = frozenset({"code", "pre"})
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
KINDS = STYLES | CODES | QUOTES | FOUND | {"text_link", "text_mention", "custom_emoji", "date_time"}


@dataclass(frozen=True)
class Entity:
    """``extra`` holds the fields that only one type has: url, language, unix_time and the like."""

    type: str
    offset: int
    length: int
    extra: tuple[tuple[str, Any], ...] = ()

    @property
    def end(self) -> int:
        """The first unit behind it."""
        return self.offset + self.length

    def to_json(self) -> dict[str, Any]:
        """The Bot API's ``MessageEntity``."""
        return {"type": self.type, "offset": self.offset, "length": self.length, **dict(self.extra)}


def units(text: str) -> int:
    """How long Telegram finds a text: in UTF-16 units, so that most emoji count twice."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def read(value: Any) -> tuple[Entity, ...]:
    """Entities as a bot sends them, in order; the hundred-and-first and later ones are ignored."""
    if value in (None, ""):
        return ()
    if not isinstance(value, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    return tuple(one for item in value[:MOST] if (one := _read_one(item)).type not in FOUND)


def _read_one(item: Any) -> Entity:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if kind not in KINDS:
        raise bad_request(f"can't parse MessageEntity: unsupported type {kind!r} specified")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: fields "offset" and "length" must be of type Number')
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if length < 0:
        raise bad_request(f"receive an entity with incorrect length {length}")
    fields = ("url", "language", "user", "custom_emoji_id", "unix_time", "date_time_format")
    extra = tuple((name, item[name]) for name in fields if item.get(name) is not None)
    _check_extra(kind, dict(extra))
    return Entity(kind, offset, length, extra)


def _check_extra(kind: str, extra: dict[str, Any]) -> None:
    if kind == "text_link" and not leads_somewhere(extra.get("url", "")):
        raise bad_request("ENTITY_TEXTURL_INVALID")
    if kind == "date_time" and not isinstance(extra.get("unix_time"), int):
        raise bad_request('can\'t parse MessageEntity: field "unix_time" must be of type Number')


def leads_somewhere(url: Any) -> bool:
    """Whether Telegram takes it as a link: http, https or tg, and something behind that."""
    if not isinstance(url, str) or any(character.isspace() for character in url):
        return False
    scheme, separator, rest = url.partition("://")
    return bool(separator and rest) and scheme.lower() in ("http", "https", "tg")


def settle(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """A text as Telegram keeps it: no control characters, no white space around it, and entities that fit it."""
    where = _cleaned_offsets(text)
    _check_bounds(text, entities, where)
    kept = "".join(_cleaned(character) for character in text)
    lead = len(kept) - len(kept.lstrip())
    shift, body = units(kept[:lead]), kept.strip()
    size = units(body)
    moved = []
    for entity in entities:
        start = min(max(where[entity.offset] - shift, 0), size)
        end = min(max(where[entity.end] - shift, 0), size)
        if end > start:
            moved.append(replace(entity, offset=start, length=end - start))
    moved.sort(key=lambda entity: (entity.offset, -entity.length))
    _check_nesting(moved)
    return body, tuple(moved)


def _cleaned(character: str) -> str:
    if character == "\r":
        return ""
    return " " if character < " " and character != "\n" else character


def _cleaned_offsets(text: str) -> dict[int, int]:
    """For each place between two characters, in units: where it lies once the text is cleaned."""
    where, before, after = {0: 0}, 0, 0
    for character in text:
        before += units(character)
        after += units(_cleaned(character))
        where[before] = after
    return where


def _check_bounds(text: str, entities: Sequence[Entity], where: dict[int, int]) -> None:
    size = units(text)
    for entity in entities:
        if entity.offset > size:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if entity.end > size:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
                f"at UTF-16 offset {entity.end}"
            )
        if entity.offset not in where:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {entity.offset}")
        if entity.end not in where:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16 symbol "
                f"at UTF-16 offset {entity.end}"
            )


def _check_nesting(entities: Sequence[Entity]) -> None:
    """One inside the other or apart; nothing inside code; no quote in a quote; no link in a link."""
    open_now: list[Entity] = []
    for entity in entities:
        open_now = [outer for outer in open_now if outer.end > entity.offset]
        for outer in open_now:
            if entity.end > outer.end:
                raise bad_request(f"can't parse entities: {entity.type} and {outer.type} overlap partially")
            if not _may_hold(outer.type, entity.type):
                raise bad_request(f"can't parse entities: {outer.type} can't contain {entity.type}")
        open_now.append(entity)


def _may_hold(outer: str, inner: str) -> bool:
    if outer in CODES or inner in CODES:
        return outer in QUOTES and inner in CODES
    if outer in QUOTES:
        return inner not in QUOTES
    return inner in STYLES or outer in STYLES


def without_doubles(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The same kind over the same words counts once."""
    ordered = sorted(entities, key=lambda entity: (entity.offset, -entity.length))
    return tuple(ordered[:1]) + tuple(after for before, after in pairwise(ordered) if after != before)
