"""Parts: what each conversation takes from the updates, so that it is one line in the table of the application."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from bot.chat.threads import Conversation, Listener
from bot.chat.visitors import Place

Handler = Callable[[Update, Any], Coroutine[Any, Any, None]]
Aside = Callable[[Update, Place, str], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Part:
    """A conversation's way in: by command, by press, by what is being filled in, by words.

    ``asides`` are commands that concern one person only: ``/meet tuen`` works in private, in a group it is answered by
    a link to it, and ``/start meet-tuen`` is that link. They get what stands after their name.
    """

    commands: Mapping[str, Handler] = field(default_factory=dict)
    presses: Mapping[str, Handler] = field(default_factory=dict)  # a pattern of callback data -> what it does
    asides: Mapping[str, Aside] = field(default_factory=dict)
    drafts: Mapping[str, Conversation] = field(default_factory=dict)  # a draft's kind -> who reads it
    listeners: tuple[Listener, ...] = ()
