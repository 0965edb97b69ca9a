"""Study: what the documents state is taken in before somebody asks, and once for all starts."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot import generations
from bot.extracts import find
from bot.generations import LibraryError
from bot.study import study, studying
from bot.vectors.statements import FILE
from tests.desk import Desk

QUESTION = "When do the doors of hall 3 open?"


def stocked(desk: Desk) -> None:
    for number in range(4):
        desk.put(
            f"{number}.txt", f"Hall {number} holds {number} stands. Its doors open at {number + 7} in the morning."
        )
    desk.ingest()


def embedded(desk: Desk) -> list[str]:
    """What was embedded of late, without headings."""
    return [text.splitlines()[-1] for text in desk.embedder.embedded]


def studied(desk: Desk) -> list[str]:
    """What had to be embedded for it."""
    desk.embedder.embedded.clear()
    with desk.library() as library:
        study(library, threading.Event())
    return embedded(desk)


def embedded_for_an_answer(desk: Desk) -> list[str]:
    """The statements that had to be embedded while somebody waited, right after a start."""
    with desk.library() as library:
        desk.embedder.embedded.clear()
        assert find(QUESTION, library.search(QUESTION), library, "en")
        return embedded(desk)


def kept(desk: Desk) -> Path:
    return generations.current(desk.index) / FILE


def test_the_first_question_after_a_start_embeds_no_statement_that_was_ever_studied(desk: Desk) -> None:
    stocked(desk)
    assert len(embedded_for_an_answer(desk)) == 8
    assert len(studied(desk)) == 8
    assert embedded_for_an_answer(desk) == []
    assert studied(desk) == []


def test_an_answer_from_kept_vectors_is_the_answer_from_fresh_ones(desk: Desk) -> None:
    def found() -> list[object]:
        with desk.library() as library:
            return list(find(QUESTION, library.search(QUESTION), library, "en"))

    stocked(desk)
    fresh = found()
    studied(desk)
    assert found() == fresh


def test_after_an_ingest_only_new_statements_are_embedded_and_vanished_ones_are_let_go(desk: Desk) -> None:
    stocked(desk)
    studied(desk)
    size = kept(desk).stat().st_size
    desk.put("0.txt", "Hall 0 holds 0 stands. It is closed.")
    (desk.knowledge / "1.txt").unlink()
    desk.ingest()
    assert studied(desk) == ["It is closed."]
    assert kept(desk).stat().st_size < size
    generations.roll_back(desk.index)
    assert studied(desk) == []


def test_a_bot_that_runs_studies_the_next_generation_without_those_that_it_knows(desk: Desk) -> None:
    stocked(desk)
    with desk.library() as library:
        study(library, threading.Event())
        desk.put("new.txt", "A hall is new.")
        desk.ingest()
        desk.embedder.embedded.clear()
        study(library, threading.Event())
    assert embedded(desk) == ["A hall is new."]
    assert embedded_for_an_answer(desk) == []


def test_a_rebuild_embeds_the_statements_anew(desk: Desk) -> None:
    stocked(desk)
    studied(desk)
    desk.ingest(rebuild=True)
    assert len(studied(desk)) == 8


@pytest.mark.parametrize("damage", ["gone", "cut", "junk", "empty"])
def test_damaged_vectors_of_statements_are_made_again(desk: Desk, damage: str) -> None:
    stocked(desk)
    studied(desk)
    content = kept(desk).read_bytes()
    kept(desk).unlink()
    if damage != "gone":
        kept(desk).write_bytes({"cut": content[: len(content) // 2], "junk": b"junk", "empty": b""}[damage])
    assert len(embedded_for_an_answer(desk)) == 8
    assert len(studied(desk)) == 8
    assert embedded_for_an_answer(desk) == []


def test_a_generation_that_is_gone_when_its_statements_are_to_be_kept_is_told(desk: Desk) -> None:
    stocked(desk)
    with desk.library() as library:
        library.take_in([("Hall 9.", "en")])
        folder = generations.current(desk.index)
        folder.rename(desk.folder / "elsewhere")
        with pytest.raises(LibraryError, match="cannot be written"):
            library.keep([("Hall 9.", "en")])


def test_study_ends_when_the_bot_does_and_keeps_what_was_there(desk: Desk) -> None:
    stocked(desk)
    studied(desk)
    desk.put("new.txt", "A hall is new.")
    desk.ingest()
    stop = threading.Event()
    stop.set()
    desk.embedder.embedded.clear()
    with desk.library() as library:
        study(library, stop)
    assert desk.embedder.embedded == []
    assert studied(desk) == ["A hall is new."]


def test_without_an_index_there_is_nothing_to_study(desk: Desk) -> None:
    with desk.library() as library, studying(library):
        pass
    assert "study" not in {thread.name for thread in threading.enumerate()}
