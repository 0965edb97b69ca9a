"""Questions that join, answered from a real library of an invented guild, in three languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot import embedding, ingestion
from bot.citations import Answer
from bot.library import Library
from bot.replies import look_up
from bot.texts import say

pytestmark = pytest.mark.slow  # an index of its own
GUILD = Path(__file__).parent / "data" / "guild"


@pytest.fixture(scope="module")
def guild(tmp_path_factory: pytest.TempPathFactory, embedder: embedding.Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("guild")
    assert not ingestion.run(GUILD, folder, lambda: embedder, embedder.name).failed
    library = Library(folder, embedder)
    yield library
    library.close()


def answer(library: Library, question: str, language: str) -> Answer:
    return look_up(library, question, (), language, date(2026, 3, 2)).answer


@pytest.mark.parametrize(
    ("question", "language", "says", "row"),
    [
        (
            "Which of the companies in Munich in 2025 came out of the Northern Academy?",
            "en",
            "Tinsmith came out of a laboratory of the Northern Academy in 2019.",
            "Tinsmith — Fair: Glowfair 2025",
        ),
        (
            "Welche der Firmen, die 2025 in München waren, stammt aus der Nordakademie?",
            "de",
            "Tinsmith stammt aus einem Labor der Nordakademie von 2019.",
            "Tinsmith — Messe: Glowfair 2025",
        ),
        (
            "2025년 뮌헨에 간 기업 중 북부아카데미 출신은 어디인가요?",
            "ko",
            "틴스미스는 2019년 북부아카데미 연구실에서 출발했습니다.",
            "틴스미스 — 전시회: 글로우페어 2025",
        ),
    ],
)
def test_which_of_several_is_told_by_a_statement_on_each_condition(
    guild: Library, question: str, language: str, says: str, row: str
) -> None:
    given = answer(guild, question, language)

    assert given.answered
    assert given.text.startswith(f"{says} [1]")
    assert row in given.text
    assert len(given.citations) == 2
    assert "Lampworks" not in given.text, "it came out of the academy and was in Munich in another year"
    assert given.text.endswith(say(language, "answers.others"))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Which companies were in Munich both in 2024 and in 2025?", "en"),
        ("Welche Firmen standen sowohl 2024 als auch 2025 in München?", "de"),
        ("2024년과 2025년에 모두 뮌헨에 간 기업은 어디인가요?", "ko"),
    ],
)
def test_who_was_there_both_times_is_told_with_a_row_of_each(guild: Library, question: str, language: str) -> None:
    given = answer(guild, question, language)

    assert given.answered
    rows = [citation.quote for citation in given.citations]
    assert len(rows) == 2
    assert all("Mossware" in row or "모스웨어" in row for row in rows)
    assert all(any(f" {year}" in row for row in rows) for year in ("2024", "2025"))


def test_where_nothing_meets_both_it_is_not_known_and_the_first_list_is_the_nearest(guild: Library) -> None:
    given = answer(guild, "Which of the companies in Munich in 2024 listed on the stock exchange?", "en")

    assert not given.answered
    assert {row.quote.split("|")[1].strip() for row in given.citations} == {"Lampworks", "Mossware"}


@pytest.mark.parametrize(
    ("question", "language", "counted"),
    [
        ("How many companies from Harbourtown were in Munich in 2024?", "en", ["2", "Lampworks", "Mossware"]),
        ("Wie viele Firmen aus Hafenstadt waren 2025 in München?", "de", ["2", "Mossware", "Tinsmith"]),
        ("2025년 뮌헨에 하버타운 기업이 몇 곳 나갔나요?", "ko", ["2", "모스웨어", "틴스미스"]),
    ],
)
def test_what_is_counted_is_shown_row_by_row(guild: Library, question: str, language: str, counted: list[str]) -> None:
    given = answer(guild, question, language)

    assert given.answered
    assert len(given.citations) == 2, "who came right after Munich was not in Munich"
    assert all(word in given.text.split("\n\n")[-1] for word in counted)


@pytest.mark.parametrize(
    ("question", "language", "years"),
    [
        ("Which year did Glowfair have the most visitors?", "en", ["2024", "2025", "2023"]),
        ("In welchem Jahr hatte die Glowfair die wenigsten Besucher?", "de", ["2023", "2025", "2024"]),
        ("글로우페어 관람객이 가장 많았던 해는 어느 해인가요?", "ko", ["2024", "2025", "2023"]),
    ],
)
def test_the_year_that_leads_comes_first_and_the_others_after_it(
    guild: Library, question: str, language: str, years: list[str]
) -> None:
    given = answer(guild, question, language)

    assert given.answered
    assert [next(year for year in years if year in citation.quote) for citation in given.citations] == years


@pytest.mark.parametrize(
    ("question", "language", "bridge", "end"),
    [
        (
            "The building in which the first day of the Glowfair conference was held: when was it opened?",
            "en",
            "held at the Round House. [1]",
            "The Round House opened on 21 July 2011.",
        ),
        (
            "Wann ging die Firma an die Börse, die die Linsen des Leuchtturms liefert?",
            "de",
            "Tinsmith liefert die Linsen des Leuchtturms im Hafen. [1]",
            "Tinsmith ging am 3. Mai 2024 an die Börse.",
        ),
        (
            "등대에 렌즈를 공급하는 회사는 언제 상장했나요?",
            "ko",
            "틴스미스는 항구 등대에 렌즈를 공급합니다. [1]",
            "틴스미스는 2024년 5월 3일 증권거래소에 상장했습니다.",
        ),
    ],
)
def test_what_is_only_described_is_named_first_and_then_spoken_of(
    guild: Library, question: str, language: str, bridge: str, end: str
) -> None:
    given = answer(guild, question, language)

    assert given.answered
    assert bridge in given.text.split("\n\n")[0]
    assert end in given.text


def test_of_a_thing_that_is_found_but_not_known_well_enough_nothing_is_said_of_another(guild: Library) -> None:
    question = "The building in which the second day of the Glowfair conference was held: when was it opened?"

    given = answer(guild, question, "en")

    assert not given.answered
    assert "Northern Academy" in given.text
    assert "21 July 2011" not in given.text, "that is the building of the first day"


@pytest.mark.parametrize(
    ("question", "language", "says"),
    [
        (
            "What did the companies that were in Munich in 2025 win?",
            "en",
            "Mossware won the Beacon Award 2023.",
        ),
        (
            "Was liefern die Firmen, die 2025 in München waren?",
            "de",
            "Tinsmith liefert die Linsen des Leuchtturms im Hafen.",
        ),
    ],
)
def test_of_several_each_is_told_what_is_known_of_it(guild: Library, question: str, language: str, says: str) -> None:
    given = answer(guild, question, language)

    assert given.answered
    assert says in given.text
    assert all(name in given.text for name in ("Mossware", "Tinsmith"))
    assert "Lampworks" not in given.text


def test_who_is_not_said_to_be_from_there_is_not_counted(guild: Library) -> None:
    given = answer(guild, "How many companies from Harbourtown came out of the Northern Academy?", "en")

    assert "Named in these statements" not in given.text
