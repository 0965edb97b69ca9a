"""In what words people ask for what the documents say."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot import embedding, generations, glossary, heard, wordings
from bot.extracts import find
from bot.study import study
from tests.desk import Desk

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
CENTRE = """---
title: Centre
language: en
as_of: 2025-01-01
---

# Centre

The centre cost 48 million. It stands in the harbour.
"""
ZENTRUM = CENTRE.replace("language: en", "language: de").replace(
    "The centre cost 48 million. It stands in the harbour.", "Das Zentrum kostete 48 Millionen. Es steht am Hafen."
)
WORDINGS = """
[[statement]]
document = "centre"
says = "The centre cost 48 million."
en = ["How deep did they dig into their pockets?"]
"""
SLANG = "How deep did they dig into their pockets?"


def stocked(desk: Desk, worded: str = WORDINGS) -> None:
    desk.put("sites/centre.en.md", CENTRE)
    desk.put("sites/centre.de.md", ZENTRUM)
    for number in range(6):
        desk.put(f"sites/{number}.en.md", CENTRE.replace("centre", f"hall {number}").replace("48", str(number + 2)))
    if worded:
        desk.put("sites/wordings.toml", worded)


def best(desk: Desk, question: str, language: str) -> str:
    with desk.library() as library:
        study(library, threading.Event())
        return find(question, library.search(question, language=language), library, language)[0].statement.text


def test_a_statement_is_found_in_words_it_does_not_use(desk: Desk) -> None:
    stocked(desk, "")
    desk.ingest()
    third = "The hall 3 cost 5 million."
    assert best(desk, SLANG, "en") != third
    desk.put("sites/wordings.toml", WORDINGS.replace('"centre"', '"3"').replace("The centre cost 48 million.", third))
    desk.ingest()
    assert best(desk, SLANG, "en") == third


def test_it_is_found_in_every_language_of_its_document(desk: Desk) -> None:
    stocked(desk)
    desk.ingest()
    assert best(desk, SLANG, "de") == "Das Zentrum kostete 48 Millionen."


def test_new_words_alone_make_a_new_generation_and_embed_no_passage(desk: Desk) -> None:
    stocked(desk, "")
    first = desk.ingest().generation
    desk.put("sites/wordings.toml", WORDINGS)
    second = desk.ingest()
    assert second.generation != first
    assert second.embedded == 0
    assert desk.ingest().generation == second.generation


def test_staff_are_told_of_questions_whose_answer_they_have_changed(desk: Desk) -> None:
    stocked(desk, WORDINGS.replace("48", "47"))
    line = next(line for line in desk.ingest().lines if line.path == wordings.NAME)
    assert "sites/centre: The centre cost 47 million." in line.reason


def test_a_wording_is_embedded_once(desk: Desk) -> None:
    stocked(desk)
    desk.ingest()
    with desk.library() as library:
        study(library, threading.Event())
    assert desk.embedder.questions.count(SLANG) == 1
    with desk.library() as library:
        study(library, threading.Event())
    assert desk.embedder.questions.count(SLANG) == 1
    assert (generations.current(desk.index) / "wordings.kept.npy").exists()


def test_a_process_that_stops_does_not_embed_all_wordings_first(desk: Desk) -> None:
    stocked(desk)
    desk.ingest()
    stop = threading.Event()
    stop.set()
    with desk.library() as library:
        library.learn(stop)
        assert SLANG not in desk.embedder.questions
        library.learn(threading.Event())
        assert SLANG in desk.embedder.questions


def test_an_index_from_before_there_were_any_is_read(desk: Desk) -> None:
    stocked(desk)
    desk.ingest()
    (generations.current(desk.index) / wordings.FILE).unlink()
    assert best(desk, "What did the centre cost?", "en") == "The centre cost 48 million."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[statement]]\ndocument = 'a'", r"every \[\[statement\]\] needs document and says"),
        ("[[unanswered]]\ndocument = 'a'\nsays = 'b'", "needs document, and no says"),
        ("[[statement]]\ndocument = 'a'\nsays = 'b'\nfr = ['c']", "fr is none of"),
        ("[[statement]]\ndocument = 'a'\nsays = 'b'\nen = 'c'", "en is a list of questions"),
        ("[[statement]]\ndocument = 'a'\nsays = 7", "texts in quotation marks"),
        ("[statement]\ndocument = 'a'", r"begins with a line \[\[statement\]\]"),
        ("[[question]]\ndocument = 'a'", "neither"),
        ("says = ", "sites/wordings.toml"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(desk: Desk, text: str, problem: str) -> None:
    stocked(desk, text)
    with pytest.raises(ValueError, match=problem):
        desk.ingest()


def test_a_question_asked_in_vain_sounds_otherwise_than_one_that_is_answered() -> None:
    """One of each kind that it was fitted on; how it does on others is measured (docs/evaluation.md)."""
    model = embedding.load()
    fitted = heard.fitted(model.name)
    assert fitted is not None
    names = glossary.parse((KNOWLEDGE / "glossary.toml").read_text("utf-8"))
    entries = wordings.parse((KNOWLEDGE / "facilities" / wordings.NAME).read_text("utf-8"), "facilities/wordings.toml")

    def sounds(*, answered: bool) -> float:
        language, question = next(entry for entry in entries if bool(entry.says) == answered).questions[0]
        return fitted.told(names.without_names(question), model.query(names.said(question, language)))

    assert sounds(answered=True) > 0 > sounds(answered=False)


def test_of_another_embedding_model_nothing_was_fitted() -> None:
    assert heard.fitted("another/model") is None
