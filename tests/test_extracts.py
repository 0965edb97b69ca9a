"""The answer without a model: what goes into it, in which order, and how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import extracts
from bot.extracts import (
    BEHIND,
    BEHIND_COMPLETING,
    BEHIND_IN_PASSAGE,
    MOST,
    ROWS,
    SAME,
    Finding,
    belongs,
    completing,
    compose,
)
from bot.library import Hit
from bot.passages import Passage, Source
from bot.sentences import statements

TEXT = "The fair took place in May. It had 48 exhibitors. Entry was free. Dogs came too. It rained. The end was loud."
FAIR = Passage(
    "fair.md", "The fair", TEXT, "en", sources=(Source("City", "2025-05-09", "https://city.example"), Source("Paper")),
    marks=((27, 0), (len(TEXT), 1)),
)  # fmt: skip
OTHER = Passage("other.md", "Other", "Brightcell was there. Oakwork was there as well.", "en")
GERMAN = Passage("messe.md", "Die Messe", "Die Messe war im Mai.", "de")
TABLE = Passage(
    "stands.csv", "Stands", "| Company | Hall |\n| --- | --- |\n| Brightcell | B0 |\n| Oakwork | B1 |", "en"
)


def finding(passage: Passage, number: int, fit: float, axis: int | None = None) -> Finding:
    """Statement ``number`` of ``passage``; statements on different axes have nothing in common."""
    vector = [0.0] * 12
    vector[number if axis is None else axis] = 1.0
    statement = statements(passage)[number]
    return Finding(statement, Hit(passage, 1.0, fit, 3.0, 0.5, 0.5), fit, fit, 0.5, frozenset(), tuple(vector))


def select(found: Sequence[Finding]) -> list[Finding]:
    return extracts.select(found[0], found)


def test_nothing_found_nothing_said() -> None:
    assert compose([]) == ("", ())


def test_the_best_opens_the_answer() -> None:
    chosen = select([finding(FAIR, 2, 0.95), finding(FAIR, 0, 0.94)])
    assert [one.statement.text for one in chosen] == ["Entry was free.", "The fair took place in May."]


def test_what_follows_stands_in_reading_order_the_bests_own_passage_first() -> None:
    found = [finding(FAIR, 1, 0.95), finding(OTHER, 0, 0.94, 8), finding(FAIR, 3, 0.93), finding(FAIR, 0, 0.92)]
    assert [one.statement.text for one in select(found)] == [
        "It had 48 exhibitors.",
        "The fair took place in May.",
        "Dogs came too.",
        "Brightcell was there.",
    ]


def test_five_statements_at_most() -> None:
    assert len(select([finding(FAIR, number, 0.95) for number in range(6)])) == MOST


def test_what_is_far_behind_the_best_stays_out() -> None:
    best = finding(FAIR, 0, 0.95)
    assert select([best, finding(OTHER, 0, 0.95 - BEHIND - 0.01, 8)]) == [best]
    assert len(select([best, finding(OTHER, 0, 0.95 - BEHIND + 0.01, 8)])) == 2


def test_the_bests_own_passage_may_be_further_behind() -> None:
    best = finding(FAIR, 0, 0.95)
    assert len(select([best, finding(FAIR, 1, 0.95 - BEHIND_IN_PASSAGE + 0.01)])) == 2
    assert select([best, finding(FAIR, 1, 0.95 - BEHIND_IN_PASSAGE - 0.01)]) == [best]


def test_one_language_only() -> None:
    best = finding(FAIR, 0, 0.95)
    assert select([best, finding(GERMAN, 0, 0.95, 9)]) == [best]


def test_the_same_thing_is_said_once() -> None:
    best = finding(FAIR, 0, 0.95)
    again = replace(finding(OTHER, 0, 0.94), vector=best.vector)
    nearly = replace(again, vector=(SAME - 0.01, (1 - (SAME - 0.01) ** 2) ** 0.5, *(0.0,) * 10))
    assert select([best, again]) == [best]
    assert len(select([best, nearly])) == 2


def test_what_differs_in_its_figures_is_not_the_same() -> None:
    rows = replace(TABLE, text="| Year | Visitors |\n| --- | --- |\n| 2024 | 900 |\n| 2025 | 1,250 |")
    best = finding(rows, 0, 0.95)
    assert len(select([best, replace(finding(rows, 1, 0.94), vector=best.vector)])) == 2


def test_what_completes_the_best_comes_next_though_others_fit_better() -> None:
    best = replace(finding(FAIR, 0, 0.95), held={"when": 0.4})
    same = replace(finding(FAIR, 1, 0.94), held={"when": 0.4})
    other = replace(finding(OTHER, 0, 0.95 - BEHIND_COMPLETING + 0.01, 8), held={"who": 0.3})
    assert select([best, same, other]) == [best, other, same]
    assert completing([same], [best], frozenset()) is None
    assert completing([replace(other, held={"who": 0.05})], [best], frozenset()) is None


def test_a_kind_of_thing_that_is_missing_completes_the_best() -> None:
    best = replace(finding(FAIR, 0, 0.95), holds=frozenset({"date"}))
    cost = replace(finding(OTHER, 0, 0.85, 8), holds=frozenset({"money"}))
    assert extracts.select(best, [best, cost], frozenset({"date", "money"})) == [best, cost]
    assert extracts.select(best, [best, cost], frozenset({"date"})) == [best]


def test_who_compares_gets_the_rows_that_are_named_alike() -> None:
    lines = "\n".join(f"| Share of import {number} | {number} % |" for number in range(9))
    rows = replace(TABLE, text=f"| What | Value |\n| --- | --- |\n{lines}\n| Visitors | 5 |")
    found = [finding(rows, number, 0.95 - number * 0.1) for number in range(10)]
    chosen = extracts.select(found[2], found, table=True)
    assert chosen[0] == found[2]
    assert len(chosen) >= ROWS
    assert found[9] not in chosen


def test_each_statement_bears_its_number_and_its_own_source() -> None:
    text, citations = compose([finding(FAIR, 0, 0.95), finding(FAIR, 1, 0.94)])
    assert text == "The fair took place in May. [1]\n\nIt had 48 exhibitors. [2]"
    assert [(one.n, one.quote, one.publisher) for one in citations] == [
        (1, "The fair took place in May.", "City"),
        (2, "It had 48 exhibitors.", "Paper"),
    ]


def test_sentences_flow_and_table_rows_are_listed() -> None:
    sentences, _ = compose([finding(FAIR, 0, 0.9), finding(FAIR, 1, 0.9), finding(FAIR, 2, 0.9)])
    assert sentences == "The fair took place in May. [1]\n\nIt had 48 exhibitors. [2] Entry was free. [3]"
    rows, citations = compose([finding(FAIR, 0, 0.9), finding(TABLE, 0, 0.9), finding(TABLE, 1, 0.9)])
    assert rows == "The fair took place in May. [1]\n\n• Brightcell — Hall: B0 [2]\n• Oakwork — Hall: B1 [3]"
    assert citations[1].quote == "| Brightcell | B0 |"


def test_a_number_in_brackets_of_the_documents_own_does_not_pass_for_a_citation() -> None:
    copied = Passage("wiki.md", "Copied", "Tuen was founded in 2022 [1] [2, 3].", "en")
    text, (citation,) = compose([finding(copied, 0, 0.9)])
    assert text == "Tuen was founded in 2022 (1) (2, 3). [1]"
    assert citation.quote == "Tuen was founded in 2022 [1] [2, 3]."


def named(found: Finding, *names: str) -> Finding:
    return replace(found, named=frozenset(names))


def test_what_is_said_of_something_else_does_not_belong() -> None:
    best = named(finding(FAIR, 0, 0.95), "fair")
    assert belongs(named(finding(OTHER, 0, 0.94), "oakwork"), best, frozenset())
    assert not belongs(finding(OTHER, 0, 0.94), best, frozenset())
    assert extracts.select(best, [best, finding(OTHER, 0, 0.94, 8)]) == [best]


def test_what_is_said_of_another_year_does_not_belong() -> None:
    later = Passage("later.md", "Later", "The fair of 2031 was larger. It rained.", "en")
    best, asked = finding(FAIR, 0, 0.95), frozenset({"2030"})
    assert not belongs(finding(later, 0, 0.94), best, asked)
    assert belongs(finding(later, 0, 0.94), best, frozenset({"2031"}))
    assert belongs(finding(later, 1, 0.94), best, asked)  # it names no year
    assert belongs(finding(later, 0, 0.94), finding(later, 1, 0.95), asked)  # one passage is on one thing
