"""Telegram's HTML into a text and its entities, as strictly as Telegram reads it."""

from __future__ import annotations

import html
import re

from bot.playground.entities import Entity, without_doubles
from bot.playground.entities import units as length_of
from bot.playground.refusals import Refused, bad_request

_PIECES = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s+[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>|([^<]+)|(<)")
_ATTRIBUTES = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_ESCAPES = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip


def parse(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The text and its entities; the refusal says at which byte the trouble starts."""
    text, entities = "", []
    opened: list[tuple[str, dict[str, str], int, int]] = []
    for piece in _PIECES.finditer(source):
        closing, tag, attributes, plain, stray = piece.groups()
        place = len(source[: piece.start()].encode())
        if stray:
            raise _unreadable(f"Unsupported start tag at byte offset {place}")
        if plain is not None:
            text += _ESCAPES.sub(lambda escape: html.unescape(escape[0]), plain)
            continue
        tag = tag.lower()
        if not closing:
            opened.append((tag, _attributes(tag, attributes, place), length_of(text), place))
            continue
        if not opened:
            raise _unreadable(f"Unexpected end tag at byte offset {place}")
        begun, details, start, _ = opened.pop()
        if begun != tag:
            raise _unreadable(f'Unmatched end tag at byte offset {place}, expected "</{begun}>", found "</{tag}>"')
        entity = _entity(tag, details, start, length_of(text), text)
        if entity:
            entities.append(entity)
    if opened:
        tag, _, _, place = opened[-1]
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{tag}" at byte offset {place}')
    return text, without_doubles(_joined_code(entities))


def _attributes(tag: str, written: str, place: int) -> dict[str, str]:
    found = {match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
             for match in _ATTRIBUTES.finditer(written)}  # fmt: skip
    if tag not in _KINDS:
        raise _unreadable(f'Unsupported start tag "{tag}" at byte offset {place}')
    if tag == "span" and found.get("class") != "tg-spoiler":
        raise _unreadable(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
    return found


def _entity(tag: str, details: dict[str, str], start: int, end: int, text: str) -> Entity | None:
    kind, extra = _KINDS[tag], {}
    if tag == "a":
        if not details.get("href"):
            return None
        extra = {"url": details["href"]}
    elif tag == "blockquote" and "expandable" in details:
        kind = "expandable_blockquote"
    elif tag == "code" and details.get("class", "").startswith("language-"):
        extra = {"language": details["class"].removeprefix("language-")}
    elif tag == "tg-emoji":
        extra = {"custom_emoji_id": details.get("emoji-id", "")}
    elif tag == "tg-time":
        if not details.get("unix", "").isdigit():
            raise _unreadable('Tag "tg-time" must have a numeric attribute "unix"')
        moment: dict[str, object] = {"unix_time": int(details["unix"])}
        if details.get("format"):
            moment["date_time_format"] = details["format"]
        return Entity(kind, start, end - start, tuple(moment.items()))
    return Entity(kind, start, end - start, tuple(extra.items())) if end > start else None


def _joined_code(entities: list[Entity]) -> list[Entity]:
    """``<pre><code class="language-x">`` is one entity: pre with a language."""
    languages = {(one.offset, one.length): one.extra for one in entities if one.type == "code"}
    pres = {(one.offset, one.length) for one in entities if one.type == "pre"}
    joined = []
    for one in entities:
        place = (one.offset, one.length)
        if one.type == "pre":
            joined.append(Entity("pre", *place, languages.get(place, ())))
        elif one.type == "code":
            if place not in pres:
                joined.append(Entity("code", *place))
        else:
            joined.append(one)
    return joined


def _unreadable(why: str) -> Refused:
    return bad_request(f"can't parse entities: {why}")
