"""What Telegram itself finds in a text: commands, mentions, links, addresses and hashtags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.playground.entities import CODES, Entity, units

_PATTERNS = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'»”]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|kr|de|eu|me)\b(?:/[^\s<>\"]*)?", re.I)),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}\b")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def found_in(text: str, taken: Sequence[Entity] = ()) -> tuple[Entity, ...]:
    """``taken`` with the commands, links and so on that stand in the text outside its code and its links."""
    closed = [entity for entity in taken if entity.type in CODES or entity.type in ("text_link", "text_mention")]
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            one = Entity(kind, units(text[: match.start()]), units(match[0]))
            if not any(one.offset < other.end and other.offset < one.end for other in closed):
                closed.append(one)
    seen = [*taken, *(entity for entity in closed if entity not in taken)]
    return tuple(sorted(seen, key=lambda entity: (entity.offset, -entity.length)))


def addressed(text: str, entities: Sequence[Entity], username: str) -> bool:
    """Whether a bot in privacy mode sees it: a command that is not another bot's, or its own name."""
    encoded = text.encode("utf-16-le")
    for entity in entities:
        piece = encoded[entity.offset * 2 : entity.end * 2].decode("utf-16-le")
        name = piece.partition("@")[2].lower()
        if entity.type == "bot_command" and name in ("", username.lower()):
            return True
        if entity.type == "mention" and name == username.lower():
            return True
    return False
