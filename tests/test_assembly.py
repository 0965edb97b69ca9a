"""The start: what is loaded before the first visitor asks."""

from __future__ import annotations

import asyncio
import gc

import pytest

from bot import assembly
from bot.generations import IndexMissing
from tests.desk import Desk


@pytest.mark.slow  # loads Kiwi
def test_garbage_is_not_looked_for_until_the_start_is_over(desk: Desk) -> None:
    desk.put("halls.txt", "Hall 2 holds 40 stands.")
    desk.ingest()

    async def start() -> None:
        assembly.hurry()
        with desk.library() as library:
            warm = assembly.warm(library)
            assert not gc.isenabled()
            await warm

    try:
        asyncio.run(start())
        assert gc.isenabled()
        assert gc.get_freeze_count()
    finally:
        gc.enable()
        gc.unfreeze()


def test_that_there_is_no_index_is_told_at_once(desk: Desk) -> None:
    async def start() -> None:
        with desk.library() as library:
            assembly.warm(library)

    with pytest.raises(IndexMissing, match="expo-ingest"):
        asyncio.run(start())
