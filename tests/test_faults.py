"""The stand-in's faults are those that Telegram has had: facts over HTTP, and through the library that the bot uses."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import playground
from bot.playground import TOKEN, Faults
from tests.test_playground import ANNA, MINJI, Clock, Wire, listening


@asynccontextmanager
async def wired(faults: Faults) -> AsyncIterator[Wire]:
    """A bot on a stand-in with these faults; Minji and Anna have pressed Start, and nothing has gone wrong yet."""
    clock = Clock()
    async with playground.serve(clock=clock) as server, httpx.AsyncClient(base_url=server.api_url) as http:
        made = Wire(server, http, clock)
        for visitor in (MINJI, ANNA):
            await made.visit(f"chats/{visitor}/start")
        await made.updates()
        server.telegram.trouble.faults = faults
        yield made


def said(wire: Wire, chat: int = MINJI) -> list[str]:
    return [message.text for message in wire.server.telegram.history(chat) if message.sender.is_bot]


@pytest.mark.parametrize("faults", [Faults(dropped=1), Faults(cut=1)])
async def test_a_reply_can_be_lost_after_the_message_was_sent(faults: Faults) -> None:
    async with wired(faults) as wire:
        with pytest.raises(httpx.RemoteProtocolError):
            await wire.call("sendMessage", chat_id=MINJI, text="Hello")

        assert said(wire) == ["Hello"]
        wire.server.telegram.trouble.faults = Faults()
        await wire.done("sendMessage", chat_id=MINJI, text="Still there")
        assert said(wire) == ["Hello", "Still there"]


async def test_what_comes_back_can_be_a_proxys_page() -> None:
    async with wired(Faults(garbled=1)) as wire:
        answer = await wire.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": MINJI, "text": "Hello"})

        assert (answer.status_code, answer.text[:6]) == (200, "<html>")
        assert said(wire) == ["Hello"]


async def test_a_failure_has_done_nothing() -> None:
    async with wired(Faults(failed=1)) as wire:
        assert await wire.refusal("sendMessage", chat_id=MINJI, text="Hello") == "Internal Server Error"
        assert said(wire) == []


async def test_an_answer_can_be_slow() -> None:
    async with wired(Faults(slow=1, slow_seconds=5)) as wire:
        with pytest.raises(httpx.ReadTimeout):
            await wire.http.get(f"/bot{TOKEN}/getMe", timeout=0.2)


async def test_a_flood_closes_its_chat_until_its_time_is_over() -> None:
    async with wired(Faults(flooded=1, flood_seconds=(7, 7))) as wire:
        refused = await wire.call("sendMessage", chat_id=MINJI, text="Too fast")
        wire.server.telegram.trouble.faults = Faults()

        assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 7})
        wire.clock.now += 6
        assert (await wire.call("sendMessage", chat_id=MINJI, text="Too early"))["parameters"] == {"retry_after": 1}
        await wire.done("sendMessage", chat_id=ANNA, text="Nobody else waits")
        wire.clock.now += 1
        await wire.done("sendMessage", chat_id=MINJI, text="Now")
        assert (said(wire), said(wire, ANNA)) == (["Now"], ["Nobody else waits"])
        assert wire.server.telegram.trouble.counts == {"flooded": 1, "impatient": 1, "answered 429": 2}


async def test_a_flood_overall_closes_every_chat() -> None:
    async with wired(Faults(flooded_overall=1, flood_seconds=(7, 7))) as wire:
        await wire.refusal("sendMessage", chat_id=MINJI, text="Too fast")
        wire.server.telegram.trouble.faults = Faults()

        assert await wire.refusal("sendMessage", chat_id=ANNA, text="Hello") == "Too Many Requests: retry after 7"
        await wire.done("getMe")  # names no chat


async def test_the_same_seed_lets_the_same_things_go_wrong() -> None:
    faults = Faults(dropped=0.1, cut=0.1, garbled=0.1, failed=0.1, slow=0.1, flooded=0.1, flooded_overall=0.1)
    other = Faults(**{**vars(faults), "seed": 2})

    def fates(faults: Faults) -> list[tuple[str, int]]:
        return [faults.fate("sendmessage", MINJI, number) for number in range(2000)]

    assert fates(faults) == fates(faults) != fates(other)
    met = Counter(name for name, _ in fates(faults))
    assert all(
        150 < met[name] < 250 for name in ("dropped", "cut", "garbled", "failed", "slow", "flooded", "flooded_overall")
    )
    assert {seconds for name, seconds in fates(faults) if name == "flooded"} == set(range(1, 31))


async def test_each_update_comes_three_times_and_in_disorder() -> None:
    async with wired(Faults(deliveries=3)) as wire:
        for number in range(200):
            await wire.say(MINJI, f"Question {number}")
        came: list[int] = []
        offset = 0
        while len(came) < 600:
            batch = [update["update_id"] for update in await wire.done("getUpdates", offset=offset)]
            came += batch
            offset = max([offset, *(number + 1 for number in batch)])

        assert set(Counter(came).values()) == {3}
        assert came != sorted(came)
        assert await wire.done("getUpdates", offset=offset) == []


async def test_what_is_not_confirmed_comes_again() -> None:
    async with wired(Faults(deliveries=3)) as wire:
        await wire.say(MINJI, "Hello")
        for _ in range(5):
            assert {one["message"]["text"] for one in await wire.done("getUpdates")} == {"Hello"}


async def test_a_webhook_gets_each_update_three_times_many_at_once() -> None:
    came: list[int] = []
    together: list[int] = []
    present = 0

    async def take(request: Request) -> Response:
        nonlocal present
        present += 1
        together.append(present)
        came.append((await request.json())["update_id"])
        await asyncio.sleep(0)
        present -= 1
        return Response()

    async with (
        wired(Faults(deliveries=3)) as wire,
        listening(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url,
    ):
        for number in range(100):
            await wire.say(MINJI, f"Question {number}")
        await wire.done("setWebhook", url=f"{url}/hook")
        await until(lambda: len(came) == 300)

        assert set(Counter(came).values()) == {3}
        assert came != sorted(came)
        assert max(together) > 1


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)
