"""The whole bot on a playground that misbehaves, a small measure of each; the large ones: tests/benchmarks/reliability."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.reliability import (
    clocks,
    kills,
    load,
    models,
    outgoing,
    replicas,
    soak,
    stores,
    triple,
    webhook,
    workers,
)
from tests.benchmarks.reliability.process import Settings, run
from tests.chroma import ChromaServer
from tests.databases import Cluster, Files

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def cut_connections() -> Iterator[None]:
    """The server says at ERROR that it cut what it was asked to cut."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)


async def test_killed_again_and_again_the_bot_owes_nobody_anything(files: Files) -> None:
    found = await kills.run(files.fresh("kills"), kills=6, cold=1, size=6, seed=1, log="")

    assert (found.lost, found.broken) == ([], [])
    assert found.visitors > 6
    assert set(found.left) <= {"poisoned"}


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_what_comes_three_times_in_disorder_has_one_effect(files: Files, way: str) -> None:
    port = webhook.free_port() if way == "webhook" else 0
    found = await triple.run(files.fresh("triple"), 300, port)

    assert (found.answered, found.twice, found.disordered) == (300, 0, 0)
    assert found.delivered >= 900


async def test_letters_arrive_in_order_and_a_chat_that_must_wait_holds_up_nobody(files: Files) -> None:
    found = await outgoing.run(files.fresh("outgoing"), 300)

    assert (found.arrived, found.disordered) == (300, 0)
    assert found.flood_429 >= 1
    assert found.others_meanwhile > 0


async def test_nothing_of_strangers_is_processed_or_written_down(files: Files, tmp_path: Path) -> None:
    found = await webhook.run(files.fresh("webhook"), 1, webhook.free_port(), tmp_path / "bot.log")

    assert (found.processed, found.written) == (0, 0)
    assert (tmp_path / "bot.log").stat().st_size > 0
    assert set(found.answered.pop("honest")) == {"200"}
    assert not [kind for kind, answers in found.answered.items() if any(one.startswith("2") for one in answers)]


@pytest.mark.parametrize("fault", list(stores.FAULTS["sqlite"]))
async def test_a_file_that_cannot_be_written_for_a_while_loses_nothing(files: Files, fault: str) -> None:
    found = await stores.run(fault, files, seconds=2)

    assert (found.lost, found.twice, found.apologies, found.left) == (0, 0, 0, {})


@pytest.mark.parametrize("fault", list(stores.FAULTS["postgresql"]))
async def test_a_server_that_is_away_for_a_while_loses_nothing(cluster: Cluster, fault: str) -> None:
    found = await stores.run(fault, cluster, seconds=2)

    assert (found.lost, found.twice, found.apologies, found.left) == (0, 0, 0, {})


@pytest.mark.parametrize("jump", list(clocks.JUMPS))
async def test_a_clock_that_jumps_loses_no_message_and_no_letter(files: Files, jump: str) -> None:
    found, letters = await clocks.run(jump, files, seconds=2)

    assert (found.lost, found.twice, found.apologies, found.left) == (0, 0, 0, {})
    assert (letters.arrived, letters.twice) == (letters.written, 0)


async def test_without_its_chroma_server_the_program_goes_on_and_then_follows_it_again(
    chroma_server: ChromaServer, tmp_path: Path
) -> None:
    found, seen = await replicas.run(chroma_server, tmp_path, seconds=2)

    assert (found.lost, found.twice, found.apologies, found.left) == (0, 0, 0, {})
    assert seen < replicas.SEEN


@pytest.mark.parametrize("fault", list(models.FAULTS))
async def test_whatever_a_model_does_everybody_hears_one_answer(tmp_path: Path, fault: str) -> None:
    found, asked, obeyed = await models.run(fault, tmp_path, seconds=2)

    assert (found.lost, found.twice, found.apologies, found.left) == (0, 0, 0, {})
    assert asked > 0
    assert obeyed == 0


async def test_a_steady_load_is_answered_once_each_with_an_eye_on_memory(files: Files) -> None:
    found = await load.measured(Settings("", "", files.fresh("load")), run, rate=20, seconds=5, burst=20)

    assert (found.asked, found.answered, found.twice, len(found.delays)) == (100, 100, 0, 100)
    assert list(found.memory) == [0.5 * n for n in range(1, 11)]
    assert 0 < min(found.memory.values()) <= max(found.memory.values()) < 1000


async def test_under_all_faults_at_once_everybody_hears_something(files: Files) -> None:
    found = await soak.run(files.fresh("soak"), seconds=15, rate=5, kill_every=6)

    assert (found.lost, found.stuck) == (0, {})
    assert found.kills == 2
    assert {"dropped", "cut", "garbled", "failed", "slow"} & set(found.faults)


async def test_two_of_four_processes_die_and_nothing_is_lost(cluster: Cluster) -> None:
    async def harm(bots: list[workers.Bot]) -> None:
        await bots[1].kill()
        await bots[2].kill()

    found = await workers.measured("4", cluster.fresh("workers"), 4, 200, "", harm)

    assert (found.answered, found.disordered) == (200, 0)
