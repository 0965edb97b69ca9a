"""What a right answer is, counted; a run kept and compared; both kinds of question sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from bot.__main__ import main
from bot.answers import Assistant
from bot.citations import Answer, Citation
from bot.evals import runs, sets
from bot.evals.command import HALVES
from bot.evaluation import Question, Verdict, figures, judge, matches, parse, percentile
from bot.followups import Turn
from bot.library import Library
from bot.passages import Passage
from bot.prompts import Prompts
from bot.texts import say

PASSAGE = Passage(
    "fair.md", "Fair", "The Lantern Fair drew 1,250 visitors on 12 May. Entry was free. Note [3] applies.", "en"
)
ASKED = Question("q1", "How many visitors?", "en", "single", True, facts=(("1250", "1,250"),))
REFUSED = Question(
    "q2", "How many in 2030?", "en", "single", False, why="near_year", not_facts=("1300",), nearest=("1,250",)
)
TABLE = "| Year | Visitors |\n|---|---|\n| 2025 | 1,250 |"


def said(text: str, *, answered: bool = True, passage: Passage = PASSAGE) -> Answer:
    return Answer(text, "en", (Citation(1, passage, passage.text[:20]),) if "[1]" in text else (), answered)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("1,250", "about 1,250 visitors"),
        ("May 2025", "in **May  2025**"),
        ("3-5 November", "3–5 November"),
        ("EcoPro", "the “ECOPRO” campus"),
        ("1만 9천", "하루 1만9천 톤"),
        ("2.5", "2.5."),
    ],
)
def test_a_fact_is_met_however_it_is_written(form: str, text: str) -> None:
    assert matches(form, text)


@pytest.mark.parametrize(
    ("form", "text"), [("250", "1,250"), ("12", "1200"), ("2.5", "2.54"), ("19", "2019"), ("5", "5,4")]
)
def test_a_number_never_matches_inside_a_longer_one(form: str, text: str) -> None:
    assert not matches(form, text)


def test_verbatim_words_with_their_source_are_right() -> None:
    verdict = judge(ASKED, said("The Lantern Fair drew 1,250 visitors on 12 May. [1]"), "en")
    assert (verdict.found, verdict.right, verdict.citations, verdict.unsupported) == (1, 1, 1, ())
    assert verdict.passes(answerable=True)


def test_a_number_in_brackets_of_the_documents_own_is_verbatim() -> None:
    assert judge(ASKED, said("Note (3) applies. [1]"), "en").unsupported == ()


def test_a_row_of_a_table_is_verbatim_with_its_columns_named() -> None:
    table = replace(PASSAGE, text=TABLE)
    assert judge(ASKED, said("2025 — Visitors: 1,250 [1]", passage=table), "en").right == 1
    assert judge(ASKED, said("2025 — Visitors: 1,251 [1]", passage=table), "en").right == 0


def test_other_words_are_right_if_their_numbers_and_names_are() -> None:
    right = judge(ASKED, said("Some 1,250 people came to the Lantern Fair. [1]"), "en")
    wrong = judge(ASKED, said("Some 1,350 people came to the Lantern Fair. [1]"), "en")
    assert (right.right, right.unsupported) == (1, ())
    assert (wrong.right, wrong.unsupported) == (0, ("Some 1,350 people came to the Lantern Fair.",))


def test_a_statement_without_a_source_is_unsupported() -> None:
    verdict = judge(ASKED, said("It rained a lot. Entry cost 1,250 won. [1] All were happy."), "en")
    assert verdict.unsupported == ("It rained a lot.", "All were happy.")


@pytest.mark.parametrize("language", ["ko", "en", "de"])
def test_what_the_bot_says_itself_is_no_statement(language: str) -> None:
    parts = [say(language, "answers.unknown"), f"{say(language, 'answers.nearest')} Entry was free. [1]"]
    parts.append(say(language, "answers.contact", contact="somebody (1 Road), +1 23"))
    verdict = judge(REFUSED, said("\n\n".join(parts), answered=False), "en")
    assert (verdict.unsupported, verdict.right, verdict.citations) == ((), 1, 1)


def test_a_refusal_finds_no_facts_but_may_give_the_nearest() -> None:
    text = "The Lantern Fair drew 1,250 visitors on 12 May. [1]"
    assert judge(ASKED, said(text, answered=False), "en").found == 0
    assert judge(REFUSED, said(text, answered=False), "en").nearest
    assert judge(REFUSED, said(text, answered=False), "en").passes(answerable=False)


def test_what_must_not_be_said_is_noticed() -> None:
    assert judge(REFUSED, said("1300", answered=False), "en").wrong == ("1300",)


def test_the_language_counts() -> None:
    assert not judge(ASKED, said("The Lantern Fair drew 1,250 visitors on 12 May. [1]"), "de").passes(answerable=True)


def test_figures_count_facts_and_not_questions() -> None:
    two = replace(ASKED, facts=(("a",), ("b",)))
    counted = figures(
        [
            (ASKED, Verdict(True, found=1, facts=1, right=1, citations=1)),
            (two, Verdict(False, found=0, facts=2)),
            (REFUSED, Verdict(True, nearest=True, unsupported=("x", "y"))),
        ]
    )
    assert (counted.facts_found, counted.refused_rightly, counted.refused_wrongly) == (1 / 3, 0.0, 0.5)
    assert (counted.sources_right, counted.unsupported, counted.nearest, counted.passed) == (1.0, 2, 1.0, 1)
    assert figures([]).facts_found is None


def test_percentiles() -> None:
    assert [percentile(range(1, 101), share) for share in (0.5, 0.95)] == [51, 96]
    assert percentile([], 0.5) == 0.0


ROW = 'id = "a"\ntext = "t"\nlanguage = "en"\nkind = "single"\nanswerable = true\nfacts = [["x"]]\n'


def test_questions_are_read_from_toml() -> None:
    (question,) = parse('[[question]]\nhistory = [["q", "a"]]\n' + ROW)
    assert question == Question("a", "t", "en", "single", True, (("q", "a"),), (("x",),))


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (ROW.replace('text = "t"\n', ""), "text is missing"),
        (ROW.replace("true", "false"), "why is missing"),
        (ROW.replace('"en"', '"fr"'), "ko, en, de"),
        (ROW.replace('[["x"]]', "[]"), "facts"),
        (ROW + 'history = [["q"]]\n', "history"),
        (ROW + "[[question]]\n" + ROW, "stands twice"),
    ],
)
def test_an_incomplete_question_is_named(row: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(f"[[question]]\n{row}")


def test_our_own_questions_are_complete_and_enough() -> None:
    halves = {name: sets.read(Path(__file__).parent / "evals", name) for name in HALVES}
    questions = [question for half in halves.values() for question in half]
    asked = Counter(text for half in halves.values() for text in {one.text for one in half if not one.history})
    assert [text for text, sets_that_ask in asked.items() if sets_that_ask > 1] == []
    assert sum(question.answerable for question in questions) >= 200
    assert sum(not question.answerable for question in questions) >= 100


def test_a_folder_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(sets.SetUnusable, match=r"building\.toml"):
        sets.read(tmp_path, "building")
    (tmp_path / "own.toml").write_text("[[question]]\n", "utf-8")
    with pytest.raises(sets.SetUnusable, match="is missing"):
        sets.read(tmp_path)


def test_a_public_set_is_read(tmp_path: Path) -> None:
    corpus = [
        {"id": "p0", "title": "", "text": "a\u2028b", "lang": "ko"},
        {"id": "p1", "title": "T", "text": "c", "lang": "ko"},
    ]
    asked = [
        {"id": "one", "text": "?", "lang": "ko", "answers": ["c"], "answerable": True},
        {"id": "two", "text": "??", "lang": "ko", "answers": [], "answerable": False},
    ]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    (tmp_path / "qrels.tsv").write_text("q\tp\tscore\none\tp1\t1\none\tp0\t0\n", "utf-8")

    one, two = sets.read(tmp_path)
    stems = sets.write(sets.lines(tmp_path / "corpus.jsonl"), tmp_path / "knowledge")

    assert (one.facts, one.paths, one.answerable) == ((("c",),), frozenset({"00001.md"}), True)
    assert (two.facts, two.paths, two.answerable, two.group) == ((), frozenset(), False, "no answer")
    assert stems == {"p0": "00000", "p1": "00001"}
    assert (tmp_path / "knowledge" / "00001.md").read_text("utf-8") == '---\ntitle: "T"\nlanguage: "ko"\n---\n\nc\n'
    with pytest.raises(sets.SetUnusable, match="no sealed"):
        sets.read(tmp_path, "sealed")


class Scripted:
    """Gives each question its answer; grows it in two steps."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers

    async def answer(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Answer]:
        final = self.answers[question]
        yield replace(final, text=final.text[:3], done=False)
        yield final


GOOD = said("The Lantern Fair drew 1,250 visitors on 12 May. [1]")
UNKNOWN = Answer(say("en", "answers.unknown"), "en", answered=False)


async def asked(first: Answer, second: Answer) -> list[runs.Run]:
    assistant = cast(Assistant, Scripted({ASKED.text: first, REFUSED.text: second}))
    return await runs.ask(assistant, [ASKED, REFUSED])


async def test_a_run_is_kept_and_each_question_that_changed_is_named(tmp_path: Path) -> None:
    kept = tmp_path / "run.json"
    runs.save(await asked(GOOD, GOOD), kept)

    now = runs.recorded(await asked(UNKNOWN, UNKNOWN))

    assert runs.changes(runs.load(kept), runs.load(kept)) == []
    assert runs.changes(runs.load(kept), now) == [
        "better: q2 answered -> refused: How many in 2030?",
        "worse: q1 answered 1/1 -> refused: How many visitors?",
    ]
    assert runs.changes({"q1": now["q1"]}, {"q2": now["q2"]}) == [
        "new: q2: How many in 2030?",
        "gone: q1: How many visitors?",
    ]


async def test_a_report_has_a_row_for_each_language_and_kind() -> None:
    made = await asked(GOOD, UNKNOWN)
    shown = runs.report(made, as_json=False)
    assert [line.split("|")[1].strip() for line in shown.splitlines() if line.startswith("|")][2:] == [
        "all",
        "en",
        "single",
        "near_year",
    ]
    assert "Seconds to the first text" in shown
    assert all(0 < run.first <= run.whole for run in made)


async def test_a_report_in_json_holds_every_answer() -> None:
    told = json.loads(runs.report(await asked(GOOD, UNKNOWN), as_json=True))
    assert told["figures"]["all"]["facts_found"] == 1.0
    assert told["questions"]["q1"]["answer"] == GOOD.text


def test_a_set_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--set", str(tmp_path)]) == 2
    assert "holds neither" in capsys.readouterr().err


async def test_every_answer_of_an_invented_fair_is_supported(lantern_fair: Library) -> None:
    prompts = Prompts(Path(__file__).parent.parent / "prompts")
    assistant = Assistant(lantern_fair, prompts, today=lambda: date(2026, 3, 2))
    when = Question("w", "When was the Lantern Fair 2025?", "en", "single", True, facts=(("12 to 14 May 2025",),))
    shares = Question("s", "Should I buy shares of Brightcell?", "en", "single", False, why="advice")

    counted = figures((one.question, one.verdict) for one in await runs.ask(assistant, [when, shares]))

    assert (counted.facts_found, counted.sources_right, counted.unsupported, counted.refused_rightly) == (1, 1, 0, 1)
