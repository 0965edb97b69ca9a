"""How things stand today: plans whose day has passed, what became of them, what sources dispute."""

from __future__ import annotations

from datetime import date

import pytest

from bot.statuses import (
    Told,
    asks_for_an_edition,
    became,
    disputed,
    newest,
    on_the_next,
    over,
    uncertain,
)

TODAY = date(2026, 11, 23)
PLANT = frozenset({"plant"})
NEAR, FAR = (1.0, 0.0), (0.9, 0.436)


def told(
    text: str,
    as_of: str,
    about: frozenset[str] = PLANT,
    vector: tuple[float, ...] = NEAR,
    language: str = "en",
    topic: str = "",
    known: bool = True,
) -> Told:
    return Told(text, as_of, about, vector, language, topic, known)


OPENING = told("As of October 2025 the test centre was due to open in December 2025.", "2025-10-09")


@pytest.mark.parametrize(
    ("language", "text", "as_of"),
    [
        ("en", "The works were to be finished by December 2025.", "2023-07-24"),
        ("ko", "공장은 2025년 12월까지 완공될 예정이었습니다.", "2023-07-24"),
        ("de", "Das Werk sollte bis Dezember 2025 fertig sein.", "2023-07-24"),
        ("en", "The fair was announced for 11 to 13 March 2026.", "2026-03-03"),
        ("ko", "전시회는 2026년 3월 11~13일에 열린다고 예고되었습니다.", "2026-03-03"),
        ("de", "Die Messe war für den 11. bis 13. März 2026 angekündigt.", "2026-03-03"),
        ("en", "On 24 April 2023 the board approved a plant by 2025.", "2023-04"),
    ],
)
def test_a_plan_has_lapsed_when_its_last_day_has_passed(language: str, text: str, as_of: str) -> None:
    plan = told(text, as_of, language=language)
    assert plan.lapsed(TODAY)
    assert not plan.lapsed(date(2025, 11, 1))


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("The plant is to be finished by 2027.", "2025-10-09"),  # still ahead
        ("The last day of 2026 was planned for the opening: 31 December 2026.", "2025-01-01"),
        ("The fair was held from 19 to 21 June 2024.", "2024-06-13"),  # held, though the source is older
        ("The fair that was still planned in May 2025 was carried out in November 2025.", "2025-05-09"),
        ("It was put off; it had been due on 30 June 2025.", "2025-06-27"),
        ("It was due by October 2025, and no source was found that confirms it.", "2024-10-16"),
        ("The works were planned in 2021.", "2022-01-01"),  # no day ahead of the source
        ("The works were to be finished by 2025.", "spring"),  # nobody knows when that was said
    ],
)
def test_what_is_to_come_settled_or_undated_has_not_lapsed(text: str, as_of: str) -> None:
    assert not told(text, as_of).lapsed(TODAY)


def test_what_was_done_later_became_of_the_plan() -> None:
    opened = told("On 12 December 2025 the test centre was opened.", "2025-12-12")
    assert became(OPENING, [opened], TODAY) == opened


def test_the_newest_of_several_counts() -> None:
    delayed = told("In January 2026 the opening was put off.", "2026-01-05")
    stopped = told("In March 2026 the test centre was abandoned.", "2026-03-01")
    assert became(OPENING, [stopped, delayed], TODAY) == stopped


@pytest.mark.parametrize(
    "other",
    [
        told("The test centre was opened in December 2025.", "2025-10-09"),  # not newer
        told("On 12 December 2025 the test centre was opened.", "2025-12-12", vector=FAR),  # on something else
        told("On 12 December 2025 the test centre was opened.", "2025-12-12", about=frozenset({"other"})),
        told("Am 12. Dezember 2025 wurde das Prüfzentrum eröffnet.", "2025-12-12", language="de"),
        told("The test centre is close to the port.", "2025-12-12"),  # says nothing of its opening
        told("In 2021 the store beside it was completed.", "2025-12-12"),  # that was before
        told("No source confirms that it was opened on 12 December 2025.", "2025-12-12", known=False),
    ],
)
def test_nothing_else_became_of_it(other: Told) -> None:
    assert became(OPENING, [other], TODAY) is None


def test_a_fair_held_on_the_very_days_is_no_open_plan_however_it_is_worded() -> None:
    plan = told("In December 2022 the first fair was set for 14 to 16 June 2023.", "2022-12-08", vector=FAR)
    held = told("The fair ran from 14 to 16 June 2023 in Munich.", "2023-06-14")
    other = told("The fair before it ran from 7 to 9 May 2023.", "2023-05-14")
    assert became(plan, [other], TODAY) is None
    assert became(plan, [other, held], TODAY) == held


def test_of_what_is_under_way_only_its_end_is_news() -> None:
    investing = told("As of February 2023 the company was investing KRW 250 billion in the plant.", "2023-02-21")
    begun = told("In June 2025 a second line was begun.", "2025-06-27")
    put_off = told("On 27 June 2025 the company put off the completion of the plant.", "2025-06-27")
    assert uncertain(investing)
    assert became(investing, [begun], TODAY) is None
    assert became(investing, [begun, put_off], TODAY) == put_off
    assert not uncertain(told("The plant makes 8,000 tonnes a year.", "2024-01-17"))


@pytest.mark.parametrize(
    ("language", "says", "dispute"),
    [
        (
            "en",
            "The zone covers 2.54 million m².",
            "Sources disagree: a report gave 2.54 million m², others 2.55 million m².",
        ),
        ("ko", "특구 면적은 254만㎡입니다.", "면적은 자료마다 달라 254만㎡ 또는 255만㎡입니다."),
        ("de", "Die Zone umfasst 2,54 Millionen m².", "Die Quellen sind uneinig: 2,54 oder 2,55 Millionen m²."),
    ],
)
def test_what_sources_dispute_comes_with_the_figure(language: str, says: str, dispute: str) -> None:
    figure = told(says, "2024-06-27", language=language)
    on_it = told(dispute, "2024-06-27", language=language)
    assert disputed(figure, [figure, on_it]) == on_it
    assert disputed(on_it, [figure, on_it]) is None
    assert disputed(told("54", "2024-06-27", language=language), [on_it]) is None


def test_the_newest_figure_of_the_same_thing_wins() -> None:
    older = told("96% of the land was sold.", "2022-11-30")
    newer = told("60% of the land was sold.", "2025-07-15")
    assert newest(older, [newer]) == newer
    assert newest(newer, [older]) == newer


@pytest.mark.parametrize(
    "other",
    [
        told("60% of the land was sold.", "2025-07-15", vector=FAR),
        told("60% of the land was sold.", "2025-07-15", about=frozenset({"other"})),
        told("96% of the land was sold.", "2025-07-15"),  # the same figure
        told("The land cost KRW 736 billion.", "2025-07-15"),  # of another kind
    ],
)
def test_another_figure_of_something_else_does_not(other: Told) -> None:
    older = told("96% of the land was sold.", "2022-11-30")
    assert newest(older, [other]) == older


@pytest.mark.parametrize(
    ("question", "named", "edition"),
    [
        ("When is the Expo?", True, True),
        ("엑스포 언제예요?", True, True),
        ("Wann ist die Expo?", True, True),
        ("When is the battery conference?", False, True),
        ("When was the Expo?", True, False),
        ("엑스포는 언제 열렸나요?", True, False),
        ("Wann fand die Messe statt?", True, False),
        ("When is the Expo 2025?", True, False),
        ("When does the plant open?", False, False),
    ],
)
def test_whether_an_edition_is_asked_for(question: str, named: bool, edition: bool) -> None:
    assert asks_for_an_edition(question, event=named) is edition


def test_an_event_is_over_on_the_day_after_its_last() -> None:
    held = told("It was held from 3 to 5 November 2025.", "2025-11-03")
    assert not over(held, date(2025, 11, 5))
    assert over(held, date(2025, 11, 6))
    assert not over(told("It is held in Pohang.", "2025-11-03"), TODAY)


def test_the_open_question_of_the_right_fair_is_found() -> None:
    expo, other = frozenset({"expo"}), frozenset({"other"})
    nothing = told("No source names a later edition.", "2026-11-23", expo, topic="Next Expo", known=False)
    latest = told("The latest edition is that of 2025.", "2025-11-03", expo, topic="Next Expo", known=False)
    elsewhere = told("No source names a later fair.", "2026-11-23", other, topic="Next fair", known=False)
    results = told("No source gives results.", "2026-11-23", expo, topic="Results", known=False)
    assert on_the_next(expo, [latest, elsewhere, results, nothing]) == nothing
    assert on_the_next(frozenset(), [nothing]) is None
