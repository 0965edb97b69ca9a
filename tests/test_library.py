"""The library: follows the switch, refuses what it cannot read, and joins words and meaning."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bot import generations
from bot import vectors as vectors_of
from bot.generations import IndexMissing, LibraryError, OtherEmbedder
from bot.library import CANDIDATES, Library
from tests.desk import Desk
from tests.embedders import WordEmbedder

GLOSSARY = """
[[entity]]
id = "tuen"
en = "Tuen"
de = "Tuen GmbH"
variants = ["Tu-en", "TN Corp"]
"""


def stocked(desk: Desk, files: int = 5) -> Desk:
    for number in range(files):
        desk.put(f"{number}.txt", f"The battery hall number {number} holds {number * number} stands.")
    desk.ingest()
    return desk


def test_the_passage_that_shares_most_words_comes_first(desk: Desk) -> None:
    stocked(desk)
    with desk.library() as found:
        best, *rest = found.search("What does battery hall number 3 hold?", 3, "en")
    assert best.passage.path == "3.txt"
    assert best.score > max(hit.score for hit in rest)
    assert len(rest) == 2


def test_the_next_question_is_answered_from_the_new_generation(desk: Desk) -> None:
    stocked(desk, 1)
    with desk.library() as found:
        assert [hit.passage.text for hit in found.search("hall")] == ["The battery hall number 0 holds 0 stands."]
        desk.put("0.txt", "The hall is closed.")
        desk.ingest()
        assert [hit.passage.text for hit in found.search("hall")] == ["The hall is closed."]
        (desk.knowledge / "0.txt").unlink()
        desk.ingest()
        assert found.search("hall") == []
        generations.roll_back(desk.index)
        assert [hit.passage.text for hit in found.search("hall")] == ["The hall is closed."]


def test_a_bot_in_another_process_follows_without_a_restart(desk: Desk) -> None:
    stocked(desk, 1)
    program = (
        "import sys; from pathlib import Path; from bot.library import Library\n"
        "from tests.embedders import WordEmbedder\n"
        "found = Library(Path(sys.argv[1]), WordEmbedder())\n"
        "for question in sys.stdin: print([hit.passage.path for hit in found.search(question)], flush=True)\n"
    )
    bot = subprocess.Popen(
        [sys.executable, "-c", program, desk.index], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with bot:
        assert bot.stdin
        assert bot.stdout

        def asks(question: str) -> str:
            print(question, file=bot.stdin, flush=True)
            return bot.stdout.readline().strip()  # type: ignore[union-attr]

        assert asks("battery hall") == "['0.txt']"
        desk.put("new.txt", "A battery hall is new.")
        (desk.knowledge / "0.txt").unlink()
        desk.ingest()
        assert asks("battery hall") == "['new.txt']"
        generations.roll_back(desk.index)
        assert asks("battery hall") == "['0.txt']"
        bot.stdin.close()
    assert bot.returncode == 0


def test_threads_may_search_and_rate_while_generations_change(desk: Desk) -> None:
    stocked(desk)
    troubles: list[BaseException] = []
    searched = [0] * 4
    over = threading.Event()

    with desk.library() as found:

        def visitor(number: int) -> None:
            try:
                while not over.is_set():
                    hits = found.search(f"battery hall number {number}", 3, "en")
                    assert {hit.passage.text.split()[0] for hit in hits} == {"The"}
                    assert len(found.rate("battery hall", [(hit.passage.text, "en") for hit in hits])) == len(hits)
                    searched[number] += 1
            except BaseException as trouble:  # noqa: BLE001 - told by the main thread
                troubles.append(trouble)

        threads = [threading.Thread(target=visitor, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for round_ in range(5):
            desk.put("glossary.toml", GLOSSARY + f"# {round_}\n")  # another glossary makes ratings start anew
            desk.put("0.txt", f"The battery hall number 0 was changed {round_} times.")
            desk.ingest()
        over.set()
        for thread in threads:
            thread.join()
        assert troubles == []
        assert all(searched)
        assert any("changed 4 times" in hit.passage.text for hit in found.search("battery hall changed", 9))


def test_a_search_that_began_before_the_switch_ends_in_its_own_generation(desk: Desk) -> None:
    stocked(desk, 1)
    began, switched = threading.Event(), threading.Event()

    class Slow(WordEmbedder):
        def query(self, text: str) -> np.ndarray:
            began.set()
            assert switched.wait(30)
            return super().query(text)

    found = Library(desk.index, Slow())
    texts: list[str] = []
    visitor = threading.Thread(target=lambda: texts.extend(hit.passage.text for hit in found.search("hall")))
    visitor.start()
    assert began.wait(30)
    desk.put("0.txt", "The hall is closed.")
    desk.ingest()
    assert found.overview().generation == generations.current(desk.index).name  # the library itself has moved on
    switched.set()
    visitor.join()
    assert texts == ["The battery hall number 0 holds 0 stands."]
    assert [hit.passage.text for hit in found.search("hall")] == ["The hall is closed."]
    found.close()


def test_another_embedding_model_is_refused_naming_both_and_the_remedy(desk: Desk) -> None:
    stocked(desk, 1)
    with pytest.raises(OtherEmbedder) as refused:
        Library(desk.index, WordEmbedder("other")).overview()
    assert "embedding model words, but other is configured" in str(refused.value)
    assert "set EMBEDDING_MODEL back, or run: expo-ingest --rebuild" in str(refused.value)


def test_without_an_index_the_first_use_says_how_to_make_one(desk: Desk) -> None:
    waiting = Library(desk.index, desk.embedder)
    with pytest.raises(IndexMissing, match="no index in .* yet. Run: expo-ingest"):
        waiting.search("hall")
    stocked(desk, 1)
    assert len(waiting.search("hall")) == 1
    waiting.close()


PARTS = ["passages.jsonl", "words.json", "keywords.npz", "statistics.npz", "chroma/chroma.sqlite3", vectors_of.ARRAY]


@pytest.mark.parametrize("damage", ["gone", "cut", "junk"])
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_index_is_told_and_rebuilding_it_is_the_remedy(desk: Desk, part: str, damage: str) -> None:
    stocked(desk, 2)
    path = generations.current(desk.index) / part
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"junk")
    found = Library(desk.index, desk.embedder)
    with pytest.raises(IndexMissing, match=r"is damaged \(\w+\)\. Run: expo-ingest --rebuild$"):
        found.search("hall")
    desk.put("0.txt", "The hall is closed.")
    try:
        desk.ingest()  # it may not need the damaged part
    except LibraryError as told:
        assert str(told).endswith("Run: expo-ingest --rebuild")  # noqa: PT017 - either is right
        desk.ingest(rebuild=True)
    assert "The hall is closed." in [hit.passage.text for hit in found.search("hall")]
    found.close()


def test_a_foreign_folder_is_told(desk: Desk) -> None:
    stocked(desk, 1)
    shutil.rmtree(generations.current(desk.index) / "chroma")
    with pytest.raises(IndexMissing, match="is damaged"):
        Library(desk.index, desk.embedder).search("hall")


def test_an_empty_library_finds_nothing_and_holds_nothing(desk: Desk) -> None:
    desk.ingest()
    with desk.library() as found:
        assert found.search("hall") == []
        assert found.overview().documents == ()
        assert found.readings().rare_names("Who is BASF?", "en") == {"basf"}
        desk.put("0.txt", "The hall.")
        desk.ingest()
        assert len(found.search("hall")) == 1


@pytest.mark.parametrize("question", ["", " \n", "\0", "\ud800", "\u202e", "😀", "battery " * 12_500])
def test_odd_questions_find_what_there_is_or_nothing(desk: Desk, question: str) -> None:
    stocked(desk, 3)
    with desk.library() as found:
        assert len(found.search(question, 10)) == (3 if question.strip() else 0)


def test_standout_is_the_z_score_over_the_cosines_of_all_passages(desk: Desk) -> None:
    rng = np.random.default_rng(7)
    for number in range(CANDIDATES + 60):  # more passages than a search looks at
        words = rng.choice(["nickel", "cobalt", "plant", "hall", "stand", "visa", "hotel", "train", "permit"], 12)
        desk.put(f"{number}.txt", " ".join(words) + ".")
    desk.ingest()
    question = "nickel plant"
    passages = generations.read_passages(generations.current(desk.index))
    cosines = desk.embedder.passages([passage.embedded for passage in passages]) @ desk.embedder.query(question)
    standouts = {p.path: z for p, z in zip(passages, (cosines - cosines.mean()) / cosines.std(), strict=True)}
    with desk.library() as found:
        hits = found.search(question, len(passages), "en")
    assert len(hits) >= CANDIDATES
    for hit in hits:
        assert hit.standout == pytest.approx(standouts[hit.passage.path], abs=1e-3)
        assert hit.similarity == pytest.approx(cosines[[p.path for p in passages].index(hit.passage.path)], abs=1e-5)
        assert 0 <= hit.coverage <= 1 + 1e-6
        assert 0 <= hit.attribute <= 1 + 1e-6


@pytest.mark.parametrize("spelling", ["Tuen", "TU-EN", "tn corp", "Tuen GmbH"])
def test_any_spelling_of_the_glossary_finds_what_another_one_wrote(desk: Desk, spelling: str) -> None:
    desk.put("glossary.toml", GLOSSARY)
    desk.put("a.txt", "Tu-en recycles cells.")
    for number in range(20):
        desk.put(f"{number}.txt", f"Some other firm number {number} recycles cells.")
    desk.ingest()
    with desk.library() as found:
        best, second = found.search(f"What does {spelling} do?", 2, "en")
        assert best.passage.path == "a.txt"
        assert best.coverage > second.coverage
        assert found.entity(spelling, "de") == "Tuen GmbH"


def test_the_overview_tells_every_document_once_and_since_when(desk: Desk) -> None:
    desk.put(
        "b.md", "---\ntitle: Beta\nlanguage: en\nas_of: 2025-05-09\nreview_by: 2027-01-01\n---\n# One\nx\n# Two\ny\n"
    )
    desk.put("a.txt", "Alpha hall.")
    desk.ingest()
    with desk.library() as found:
        overview = found.overview()
    assert [entry.path for entry in overview.documents] == ["a.txt", "b.md"]
    beta = overview.documents[1]
    assert (beta.title, beta.language, beta.as_of, beta.review_by) == ("Beta", "en", "2025-05-09", "2027-01-01")
    assert overview.built_at.isoformat() == "2026-03-02T09:01:00+00:00"


def test_a_rating_is_the_cosine_and_the_share_of_the_questions_words(desk: Desk) -> None:
    stocked(desk)
    with desk.library() as found:
        same, none = found.rate("battery hall", [("battery hall", "en"), ("soup", "en")], "en")
        again = found.rate("battery hall", [("battery hall", "en")], "en")
    assert (same.similarity, same.coverage) == pytest.approx((1, 1))
    assert none.coverage == 0
    assert again == [same]


def test_the_words_of_a_text_are_told_without_its_grams(desk: Desk) -> None:
    stocked(desk, 1)
    with desk.library() as found:
        assert found.words("The halls of batteries", "en") == {"hall", "batteri"}


def test_rows_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    vectors = np.eye(9, dtype=np.float32)
    vectors_of.write(tmp_path, vectors)
    assert np.array_equal(vectors_of.read(tmp_path, [7, 0, 3]), vectors[[7, 0, 3]])
    with pytest.raises(IndexMissing, match="is damaged"):
        vectors_of.read(tmp_path, [9])
