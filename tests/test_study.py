"""Study: what the documents state is taken in before somebody asks."""

from __future__ import annotations

import threading

from bot.extracts import find
from bot.study import study, studying
from tests.desk import Desk


def stocked(desk: Desk) -> None:
    for number in range(4):
        desk.put(
            f"{number}.txt", f"Hall {number} holds {number} stands. Its doors open at {number + 7} in the morning."
        )
    desk.ingest()


def embedded_for_an_answer(desk: Desk, *, studied: bool) -> list[str]:
    """The statements that had to be embedded while somebody waited."""
    with desk.library() as library:
        if studied:
            assert study(library, threading.Event()) == 8
        desk.embedder.embedded.clear()
        question = "When do the doors of hall 3 open?"
        assert find(question, library.search(question), library, "en")
        return list(desk.embedder.embedded)


def test_a_question_embeds_no_statement_that_was_studied(desk: Desk) -> None:
    stocked(desk)
    assert embedded_for_an_answer(desk, studied=False)
    assert embedded_for_an_answer(desk, studied=True) == []


def test_study_ends_when_the_bot_does(desk: Desk) -> None:
    stocked(desk)
    stop = threading.Event()
    stop.set()
    desk.embedder.embedded.clear()
    with desk.library() as library:
        study(library, stop)
    assert desk.embedder.embedded == []


def test_without_an_index_there_is_nothing_to_study(desk: Desk) -> None:
    with desk.library() as library, studying(library):
        pass
    assert "study" not in {thread.name for thread in threading.enumerate()}
