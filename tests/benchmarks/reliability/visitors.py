"""People who talk to a bot through the playground: what they do, what they must hear, and what they heard."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.playground import Telegram, visitors
from bot.playground.floods import Limits
from bot.playground.messages import Message
from bot.playground.people import Chat, User
from bot.texts import say

UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
NOTICE = say("en", "chat.sorry", reference="").split(".")[0]
PATIENCE = 150.0  # seconds until somebody who waits for an answer is counted as stuck


@dataclass(frozen=True)
class Step:
    """Say something, press a button or just wait; and how many messages of the bot that brings."""

    what: str  # say, press, wait
    text: str = ""
    brings: int = 1


def asks(number: int) -> list[Step]:
    """Five questions, each behind the answer to the one before."""
    return [Step("say", f"Question {number} number {n}?") for n in range(5)]


def asks_at_once(number: int) -> list[Step]:
    """Five questions without waiting, then the answers."""
    return [*(Step("say", f"Quick {number} number {n}?", 0) for n in range(5)), Step("wait", brings=5)]


def books(day: str, slot: int) -> list[Step]:
    """A meeting from the link to the team's confirmation and the calendar file."""
    return [
        Step("say", "/start meet-tuen"),
        Step("press", f"b:d:tuen:{day}", 0),
        Step("press", f"b:s:{slot}", 0),
        Step("press", "b:ok", 0),
        Step("say", "John Smith, ACME GmbH, cathode recycling"),
        Step("press", "z:Asia/Seoul"),
        Step("press", "b:send:*"),
        Step("wait", brings=2),
    ]


def inquires() -> list[Step]:
    """An inquiry, until it has been received."""
    return [
        Step("say", "/start inquiry-supply"),
        Step("say", "I agree"),
        Step("say", "Can-Pack S.A.\nJohn Smith\nPoland\nWe supply cell housings.\n+48 12 345 67 89"),
        Step("say", "-"),
        Step("press", "i:send"),
    ]


class Stuck(Exception):
    """Nothing came, or what came cannot be gone on with."""


class Apologised(Exception):
    """The bot said that it could not do it: whoever was booking gives up here."""


@dataclass
class Visitor:
    """One person in a private chat of their own."""

    telegram: Telegram
    number: int
    kind: str
    steps: Sequence[Step]
    stuck: str = ""
    longest: float = 0.0  # seconds that a step took
    expected: int = 0
    gave_up: bool = False
    _user: User = field(init=False)

    def __post_init__(self) -> None:
        self._user = User(self.number, f"Visitor {self.number}", "en")
        self.telegram.users[self.number] = self._user
        self.telegram.put_chat(Chat(self.number, "private", self._user.first_name, (self.number,), "member"))

    async def run(self) -> Visitor:
        """Do everything; ``stuck`` tells where it ended too early."""
        try:
            for step in self.steps:
                await self._do(step)
        except Stuck as error:
            self.stuck = str(error)
        except Apologised:
            self.gave_up = True
        return self

    def heard(self) -> list[Message]:
        """What the bot said, and still stands there, without its apologies."""
        return [one for one in self._of_bot() if not one.text.startswith(NOTICE)]

    def notices(self) -> int:
        """How often the bot apologised."""
        return len(self._of_bot()) - len(self.heard())

    def _of_bot(self) -> list[Message]:
        return [one for one in self.telegram.history(self.number) if one.sender.is_bot]

    async def _do(self, step: Step) -> None:
        self.expected += step.brings
        began = time.monotonic()
        if not await self._tried(step):
            if self.kind != "asks":
                raise Apologised
            self.expected -= step.brings
        self.longest = max(self.longest, time.monotonic() - began)

    async def _tried(self, step: Step) -> bool:
        """Do it; False where the bot said that it could not."""
        before = self.notices()
        if step.what == "say":
            visitors.say(self.telegram, self.telegram.chat(self.number), self._user, step.text)
        elif step.what == "press":
            await self._until(lambda: self._button(step.text) is not None, step)
            message, data = self._button(step.text) or (self.heard()[-1], "")
            answered = self._pressed(message, data)
            await self._until(lambda: answered() or self.notices() > before, step)
        if step.what == "wait":  # where several were asked at once, an apology stands for one of the answers
            await self._until(lambda: self._distinct() + self.notices() >= self.expected, step)
            return True
        await self._until(lambda: self._distinct() >= self.expected or self.notices() > before, step)
        return self.notices() == before

    def _distinct(self) -> int:
        return len({(one.kind, one.text) for one in self.heard()})

    def _pressed(self, message: Message, data: str) -> Callable[[], bool]:
        """Press, and return how one sees that it was answered: by a toast, by the message, or by another."""
        query = press(self.telegram, self._user, message, data)
        before = len(self.heard())

        def answered() -> bool:
            now = self.telegram.message(self.number, message.id)
            return self.telegram.queries[query].answer is not None or now != message or len(self.heard()) > before

        return answered

    def _button(self, data: str) -> tuple[Message, str] | None:
        """The newest message with a button that says so, or begins so before a star; and what it says."""
        for message in reversed(self.heard()):
            for one in buttons(message):
                if one == data or (data.endswith("*") and one.startswith(data[:-1])):
                    return message, one
        return None

    async def _until(self, true: Callable[[], bool], step: Step) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                said = [one.text[:60] for one in self.heard()[-2:]]
                raise Stuck(f"{self.kind} {self.number}: nothing came of {step.what} {step.text!r}; last {said}")
            await self.telegram.bell.wait(1.0)


def buttons(message: Message) -> list[str]:
    """What its buttons say to the bot."""
    rows = (message.keyboard or {}).get("inline_keyboard", ())
    return [str(one["callback_data"]) for row in rows for one in row if "callback_data" in one]


def press(telegram: Telegram, user: User, message: Message, data: str) -> str:
    """Press a button without waiting for the answer; returns the query's name."""
    query = telegram.new_name("query")
    telegram.queries[query] = visitors.Query(query, user.id, message.chat_id, message.id, telegram.clock())
    body: dict[str, Any] = {"id": query, "from": user.to_json(), "message": telegram.json_of(message)}
    telegram.updates.add("callback_query", {**body, "chat_instance": str(abs(message.chat_id)), "data": data})
    return query


def listen(telegram: Telegram, heard: Callable[[str, dict[str, Any]], None]) -> None:
    """Have ``heard(kind, details)`` called with whatever changes in a chat."""
    write = telegram.journal.write

    def noting(kind: str, **details: Any) -> None:
        write(kind, **details)
        heard(kind, details)

    telegram.journal.write = noting  # type: ignore[method-assign]


def shape(text: str) -> str:
    """A message without what differs from visitor to visitor: numbers, times and references."""
    return re.sub(r"\b(?=\w*\d)\w+\b", "#", text.split("\n")[0])[:60]


def shapes(messages: Sequence[Message]) -> Counter[str]:
    """How often each was said."""
    return Counter(shape(one.text) if one.kind == "text" else one.kind for one in messages)
