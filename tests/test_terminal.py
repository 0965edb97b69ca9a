"""What other programs and people at a terminal read and write."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.citations import Answer
from bot.library import Hit
from bot.passages import Passage, Source
from bot.terminal import Asked, answer_all, for_person, questions, search_all
from tests.fakes import CITATION, PASSAGE, EchoAssistant, echo


def test_the_argument_is_the_question() -> None:
    assert list(questions("When?", ["never read"])) == [Asked("When?")]


def test_a_dash_reads_one_question_a_line() -> None:
    assert list(questions("-", ["When?\n", "\n", "  \r\n", "어디서?\r\n", "Wo?"])) == [
        Asked("When?"),
        Asked("어디서?"),
        Asked("Wo?"),
    ]


def test_a_line_may_be_an_object_with_a_history() -> None:
    line = json.dumps({"history": [["When?", "In May."], ["Where?", "Here."]], "question": "And in 2025?"})
    assert list(questions("-", [line])) == [Asked("And in 2025?", (("When?", "In May."), ("Where?", "Here.")))]


@pytest.mark.parametrize(
    "line", ['{"question": "When?"}', '{"question": "When?", "history": null}', ' {"question":"When?"}']
)
def test_the_history_may_be_missing(line: str) -> None:
    assert list(questions("-", [line])) == [Asked("When?")]


@pytest.mark.parametrize(
    "line",
    [
        "{When} is it?",
        "{",
        "{}",
        '{"history": []}',
        '{"question": "When?"',
        '{"question": "When?", "history": [["only one"]]}',
        '{"question": "When?", "history": 5}',
        '{"question": "When?", "history": ["ab", "xyz"]}',
        '{"question": null}',
        '{"question": 5}',
        '["When?"]',
        '"When?"',
        "null",
        "5",
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_merely_looks_like_json_is_a_question_all_the_same(line: str) -> None:
    assert list(questions("-", [line])) == [Asked(line)]


async def test_one_object_a_line_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    await answer_all(EchoAssistant(), [Asked("When?"), Asked("어디서\n열렸나요?")], as_json=True)
    first, second = capsys.readouterr().out.splitlines()
    found = json.loads(first)
    assert list(found) == ["question", "answer", "answered", "language", "as_of", "citations", "seconds"]
    seconds = found.pop("seconds")
    assert isinstance(seconds, float)
    assert found == {
        "question": "When?",
        "answer": "You asked: When? [1]",
        "answered": True,
        "language": "en",
        "as_of": "2025-05-09",
        "citations": [
            {
                "n": 1,
                "title": "The Expo",
                "where": "Venue",
                "publisher": "City of Pohang",
                "as_of": "2025-05-09",
                "url": "https://example.org/expo",
                "quote": "The Expo was held in Pohang.",
            }
        ],
    }
    assert "어디서" in second, "Korean is written as Korean"
    assert json.loads(second)["language"] == "ko"


async def test_the_last_value_of_a_growing_answer_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    growing = (echo("A", done=False), Answer("The whole [1]", "en", (CITATION,)))
    await answer_all(EchoAssistant({"A": growing}), [Asked("A")], as_json=True)
    assert json.loads(capsys.readouterr().out)["answer"] == "The whole [1]"


async def test_the_history_reaches_the_assistant(capsys: pytest.CaptureFixture[str]) -> None:
    assistant = EchoAssistant()
    await answer_all(assistant, [Asked("And where?", (("When?", "In May."),))], as_json=False)
    assert assistant.asked == [("And where?", (("When?", "In May."),), None)]


async def test_a_person_reads_the_answer_and_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    await answer_all(EchoAssistant(), [Asked("When?")], as_json=False)
    assert capsys.readouterr().out == (
        "You asked: When? [1]\n\n[1] The Expo › Venue — City of Pohang, 2025-05-09 — https://example.org/expo\n"
    )


def test_a_person_sees_no_gaps_where_a_source_says_little() -> None:
    bare = replace(CITATION, passage=Passage("a.txt", "A note", "Hello."), source=None)
    assert for_person(Answer("Hello. [1]", "en", (bare,))) == "Hello. [1]\n\n[1] A note"
    assert for_person(Answer("Nothing known.", "en", answered=False)) == "Nothing known."


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ko", "이 답변의 기준일: 2024년"),
        ("en", "This answer is as of May 2024."),
        ("de", "Stand dieser Antwort: Mai 2024"),
    ],
)
def test_an_answer_is_as_old_as_the_oldest_statement_it_rests_on(language: str, says: str) -> None:
    older = replace(CITATION, n=2, source=Source("City of Pohang", "2024-05"))
    assert says in for_person(Answer("x [1] y [2]", language, (CITATION, older)))
    assert "2024" not in for_person(Answer("x [1]", language, (CITATION,)))


class OneHit:
    def search(self, question: str, k: int) -> list[Hit]:
        return [Hit(PASSAGE, 1.23456, 0.9, 3.0, 0.5, 0.5)][:k]


def test_search_prints_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    search_all(OneHit(), [Asked("Where?"), Asked("어디?")], 10, as_json=True)
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "question": "Where?",
        "passages": [
            {
                "path": "fairs/expo.en.md",
                "title": "The Expo",
                "where": "Venue",
                "as_of": "2025-05-09",
                "score": 1.2346,
                "text": "The Expo was held in Pohang.",
            }
        ],
    }
    assert second["question"] == "어디?"


def test_search_shows_a_person_the_passages(capsys: pytest.CaptureFixture[str]) -> None:
    search_all(OneHit(), [Asked("Where?")], 10, as_json=False)
    assert capsys.readouterr().out == "1. The Expo › Venue (fairs/expo.en.md)\nThe Expo was held in Pohang.\n"
