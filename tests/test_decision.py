"""One function decides whether what was found answers the question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.decision import (
    ATTRIBUTE,
    COVERAGE_WORTH,
    STANDOUT,
    SUPPORT,
    Asked,
    Evidence,
    answers,
    asked,
    fits,
    meets,
    misses_narrowly,
    together,
)
from bot.decision import stays_open as stays

TODAY = date(2026, 3, 2)
NEAR = Evidence(
    text="The fair 2025 took place in May 2025.",
    similarity=0.9,
    standout=3.0,
    coverage=0.8,
    attribute=0.8,
    same_language=True,
    entities=frozenset({"fair"}),
    holds=frozenset({"date"}),
)
NOTHING = Asked(frozenset(), frozenset())


def pins(question: str, *entities: str, names: frozenset[str] = frozenset()) -> Asked:
    return asked(question, entities, names, TODAY)


def test_what_is_near_and_pinned_down_by_nothing_answers() -> None:
    assert answers(NOTHING, NEAR)


def test_years_are_read_from_the_question() -> None:
    assert pins("Was it 2024 or 2025?").years == {"2024", "2025"}
    assert pins("2025년에는?").years == {"2025"}


@pytest.mark.parametrize("question", ["It costs 2,025 won?", "What is 12025?", "Is it 2025.5 m long?", "Room 1825?"])
def test_other_numbers_are_no_years(question: str) -> None:
    assert not pins(question).years


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("Where is the fair this year?", "2026"),
        ("Where was the fair last year?", "2025"),
        ("Where is the fair next year?", "2027"),
        ("올해 박람회는 어디?", "2026"),
        ("내년 박람회는?", "2027"),
        ("작년 박람회는 어땠나요?", "2025"),
        ("지난해 매출은?", "2025"),
        ("Wo ist die Messe dieses Jahr?", "2026"),
        ("Wo war die Messe letztes Jahr?", "2025"),
        ("Wo ist die Messe nächstes Jahr?", "2027"),
        ("Wie war der Umsatz im letzten Jahr?", "2025"),
    ],
)
def test_relative_years_are_counted_from_today(question: str, year: str) -> None:
    assert pins(question).years == {year}


@pytest.mark.parametrize(
    "question", ["When is the next Expo?", "다음 엑스포는 언제?", "Wann ist die nächste Expo?", "앞으로 열릴 행사는?"]
)
def test_it_is_noticed_that_a_question_asks_for_something_to_come(question: str) -> None:
    assert pins(question).ahead


@pytest.mark.parametrize(
    "question", ["When was the last Expo?", "지난 엑스포는?", "Wann war die Expo?", "the nextgen cell"]
)
def test_what_is_over_is_not_to_come(question: str) -> None:
    assert not pins(question).ahead


def test_another_year_does_not_answer() -> None:
    assert answers(pins("Where was the fair 2025?"), NEAR)
    assert not answers(pins("Where was the fair 2026?"), NEAR)


def test_every_year_of_the_question_must_be_met() -> None:
    assert not meets(pins("the fairs of 2024 and 2025"), NEAR)


def test_a_year_within_a_longer_number_is_not_that_year() -> None:
    assert not meets(pins("the fair 2025"), replace(NEAR, text="Article 12025 of law 2,025"))


def test_another_entity_does_not_answer() -> None:
    assert answers(pins("the fair", "fair"), NEAR)
    assert not answers(pins("Tuen", "tuen"), NEAR)


def test_one_of_several_entities_is_enough() -> None:
    assert answers(pins("Tuen at the fair", "tuen", "fair"), NEAR)


def test_a_name_that_nobody_knows_must_stand_in_the_passage() -> None:
    assert not answers(pins("Zenmark at the fair", names=frozenset({"zenmark"})), NEAR)
    assert answers(pins("Zenmark", names=frozenset({"zenmark"})), replace(NEAR, text="ZENMARK was at the fair."))


def test_a_when_is_not_answered_without_a_date() -> None:
    assert answers(pins("When was the fair?"), NEAR)
    assert not answers(pins("When was the fair?"), replace(NEAR, holds=frozenset({"number"})))


def test_a_how_many_is_not_answered_without_a_number() -> None:
    assert not answers(pins("How many exhibitors?"), NEAR)
    assert answers(pins("How many exhibitors?"), replace(NEAR, holds=frozenset({"number"})))


def test_a_who_is_not_measured() -> None:
    assert answers(pins("Who came to the fair?"), replace(NEAR, holds=frozenset()))


def test_words_can_only_be_missed_in_the_questions_own_language() -> None:
    wordless = replace(NEAR, attribute=0.0)
    assert not answers(pins("the music at the fair"), wordless)
    assert answers(pins("the music at the fair"), replace(wordless, same_language=False))
    assert answers(pins("젠마크", names=frozenset({"젠마크"})), replace(wordless, same_language=False))


def test_another_language_excuses_neither_year_nor_entity() -> None:
    foreign = replace(NEAR, same_language=False)
    assert not answers(pins("2024년 박람회"), foreign)
    assert not answers(pins("투엔", "tuen"), foreign)


def test_near_misses() -> None:
    edge = replace(NEAR, standout=STANDOUT, similarity=SUPPORT, coverage=0.0, attribute=ATTRIBUTE)
    assert answers(NOTHING, edge)
    assert not answers(NOTHING, replace(edge, standout=STANDOUT - 0.01))
    assert not answers(NOTHING, replace(edge, similarity=SUPPORT - 0.01))
    assert not answers(NOTHING, replace(edge, attribute=ATTRIBUTE - 0.01))


def test_words_make_up_for_what_the_meaning_lacks() -> None:
    low = replace(NEAR, similarity=SUPPORT - COVERAGE_WORTH / 2, coverage=0.0)
    assert not fits(low)
    assert fits(replace(low, coverage=0.51))


def test_an_unrelated_question_finds_nothing_near() -> None:
    assert not answers(pins("How do I cook pasta?"), replace(NEAR, similarity=0.8, standout=0.3, coverage=0.05))


NEXT = frozenset({"next", "date"})


def test_what_is_not_known_wins_where_the_question_looks_ahead() -> None:
    assert stays(pins("When is the next fair?"), frozenset(), frozenset(), frozenset())


def test_what_is_not_known_wins_where_its_topic_says_what_the_best_does_not() -> None:
    assert stays(NOTHING, frozenset({"ticket", "price"}), frozenset({"ticket"}), frozenset({"fair", "date"}))


def test_what_is_known_wins_where_nothing_tells_the_two_apart() -> None:
    assert not stays(pins("When was the fair?"), frozenset({"date"}), NEXT, frozenset({"fair", "date"}))
    assert not stays(NOTHING, frozenset({"date"}), frozenset(), frozenset())


def test_two_statements_together_meet_what_neither_meets_alone() -> None:
    asks = pins("When was the fair, with Tuen?", "fair", "tuen")
    on_tuen = replace(NEAR, entities=frozenset({"tuen"}), holds=frozenset())
    assert not together(asks, [NEAR])
    assert not together(asks, [on_tuen])
    assert together(asks, [NEAR, on_tuen])


def test_one_year_is_not_completed_by_a_statement_on_another() -> None:
    other = replace(NEAR, text="The fair 2026 is planned.")
    assert not together(pins("Where was the fair 2026?"), [NEAR, other])
    assert together(pins("Where was the fair 2026?"), [other, NEAR])
    assert together(pins("Where were the fairs 2025 and 2026?"), [NEAR, other])


def test_the_statement_itself_must_name_the_year() -> None:
    row = replace(NEAR, text="2024: 44 people\n2025: 50 people", own="2024: 44 people")
    assert answers(pins("How was the fair 2025?"), replace(row, own="2025: 50 people"))
    assert not answers(pins("How was the fair 2025?"), row)


def test_what_is_near_in_its_year_only_is_a_near_miss() -> None:
    asks = pins("How many came in 2026?")
    assert misses_narrowly(asks, NEAR, 1.1, 1.0)
    assert not misses_narrowly(asks, NEAR, 1.1, 1.08)
    assert not misses_narrowly(pins("How many came in 2025?"), NEAR, 1.1, 1.0)
    assert not misses_narrowly(pins("the fairs of 2025 and 2026"), NEAR, 1.1, 1.0)


def test_a_word_made_of_a_name_meets_it() -> None:
    assert meets(pins("the European plant", names=frozenset({"european"})), replace(NEAR, text="a plant in Europe"))


def test_a_name_looks_not_ahead() -> None:
    assert not asked("When did Future M begin?", ["future-m"], frozenset(), TODAY, "When did begin?").ahead
