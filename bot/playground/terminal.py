"""One question asked in the terminal, by a visitor of the playground, over the same HTTP as the chat page uses."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from bot.playground.people import VISITORS

PATIENCE = 120  # looks at the chat, half a second apart: the first answer loads the Korean morphology


async def show_question(url: str, question: str) -> str:
    """Ask ``question`` as a visitor of the playground at ``url``; the conversation as text for a terminal."""
    visitor = next(user for user in VISITORS if user.language_code == "en")
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await _post(client, f"/api/chats/{visitor.id}/start", {})
        await _answered(client, visitor.id, 0)
        asked = await _post(client, f"/api/chats/{visitor.id}/messages", {"text": question})
        answer = await _answered(client, visitor.id, int(asked["message_id"]))
    return f"{visitor.first_name}: {question}\n\n{answer}"


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found


async def _answered(client: httpx.AsyncClient, chat: int, after: int) -> str:
    """What the bot said behind message ``after``, as soon as it has said something."""
    for _ in range(PATIENCE):
        messages = (await client.get(f"/api/chats/{chat}")).json()["messages"]
        said = [one for one in messages if one["message_id"] > after and one["from"]["is_bot"] and one.get("text")]
        if said:
            return "\n\n".join(str(one["text"]) for one in said)
        await asyncio.sleep(0.5)
    return "(The bot has not answered. Its log above says why.)"
