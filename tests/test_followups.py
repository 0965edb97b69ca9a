"""A question that leans on the turn before is searched together with it; any other stands alone."""

from __future__ import annotations

import pytest

from bot.followups import asking, core, leans, standalone


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        (
            "2024년 인터배터리 유럽은 언제 열렸나요?",
            "그럼 2025년에는?",
            "인터배터리 유럽은 언제 열렸나요? 그럼 2025년에는?",
        ),
        ("When was InterBattery Europe 2024?", "and where was that?", "When was InterBattery Europe 2024? and where was that?"),
        ("When was InterBattery Europe 2024?", "And in 2025?", "When was InterBattery Europe ? And in 2025?"),
        ("Wann war die Expo 2025?", "Und wie viele Aussteller?", "Wann war die Expo 2025? Und wie viele Aussteller?"),
        ("투엔은 뭐 하는 회사야?", "그 회사는 어디에 있어?", "투엔은 뭐 하는 회사야? 그 회사는 어디에 있어?"),
        ("What does Tuen do?", "Who founded it?", "What does Tuen do? Who founded it?"),
        ("Was macht Tuen?", "Wer hat die Firma gegründet?", "Was macht Tuen? Wer hat die Firma gegründet?"),
    ],
)  # fmt: skip
def test_it_is_searched_with_the_question_before(before: str, question: str, full: str) -> None:
    assert standalone(question, [(before, "…")], names_something=False) == full


def test_what_the_new_question_says_of_years_replaces_the_old() -> None:
    history = [("How many visitors had the fairs of 2023 and 2024?", "…")]
    assert standalone("And in 2025?", history, False) == "How many visitors had the fairs of and ? And in 2025?"


def test_a_year_stays_where_the_new_question_names_none() -> None:
    assert "2024" in standalone("and where?", [("When was the fair 2024?", "…")], False)


def test_a_number_that_is_no_year_is_not_taken_for_one() -> None:
    assert "12024" in standalone("And in 2025?", [("What costs 12024 won?", "…")], False)


@pytest.mark.parametrize(
    "question",
    [
        "When and where did the International Battery Expo take place?",
        "Which companies did Pohang show at the fair in Munich?",
        "국제 배터리 엑스포 2025 포항에는 몇 개 기업이 참가했나요?",
        "Welche Vergünstigungen gibt es für ausländische Investoren in Pohang?",
        "Können Sie mir sagen, welche Hotels in der Nähe liegen?",
        "Are there any hotels near the main station of Pohang?",
    ],
)
def test_a_question_that_stands_alone_stays_alone(question: str) -> None:
    assert standalone(question, [("What does Tuen do?", "…")], names_something=False) == question


def test_a_short_question_that_names_something_stands_alone() -> None:
    assert standalone("Who is Lelios?", [("What does Tuen do?", "…")], names_something=True) == "Who is Lelios?"


def test_a_short_question_that_names_nothing_leans() -> None:
    assert standalone("How many?", [("Who came?", "…")], names_something=False) == "Who came? How many?"


def test_without_a_turn_before_it_stands_as_it_is() -> None:
    assert standalone("and where was that?", [], names_something=False) == "and where was that?"


def test_a_chain_of_follow_ups_reaches_back_one_turn_further() -> None:
    history = [("When was the International Battery Expo held in the city?", "…"), ("and where?", "…")]
    full = standalone("And how many exhibitors?", history, names_something=False)
    assert full == "When was the International Battery Expo held in the city? and where? And how many exhibitors?"


def test_a_long_question_may_begin_with_and() -> None:
    long = "And which of the companies from the province were shown in the pavilion at the fair in the spring?"
    assert not leans(long, names_something=True)


@pytest.mark.parametrize(
    "question",
    [
        "그건 얼마야?",
        "What about Seoul?",
        "Und dort?",
        "Is it far?",
        "How many exhibitors and speakers were there?",
        "거기 어떻게 가요?",
    ],
)
def test_words_that_point_back_lean(question: str) -> None:
    assert leans(question, names_something=False)


def asked(question: str) -> str:
    return core(question, lambda text: frozenset(name for name in ("Tuen", "ANPOLY") if name in text))


@pytest.mark.parametrize(
    ("told", "question"),
    [
        ("기자입니다. 작년 엑스포 개막식 기조연설자는 누구였나요?", "작년 엑스포 개막식 기조연설자는 누구였나요?"),
        ("I write for a paper. How many firms were at Expo 2025?", "How many firms were at Expo 2025?"),
        ("Guten Tag, ich plane eine Reise und wüsste gern, welche Flugziele der Flughafen hat.", "welche Flugziele der Flughafen hat."),
        ("Wie viele Firmen waren da? Auch die Halle bitte.", "Wie viele Firmen waren da? Auch die Halle bitte."),
    ],
)  # fmt: skip
def test_the_story_before_a_question_is_left_out(told: str, question: str) -> None:
    assert asked(told) == question


@pytest.mark.parametrize(
    "question",
    [
        "Tuen is new to me. What does the start-up make of water?",  # only the story names it
        "We met a firm in Munich. Where is it from, please?",  # leans on the story
        "The fair of 2024 was small. How many firms were at the fair?",  # the year stands in the story
    ],
)
def test_a_story_that_the_question_needs_stays(question: str) -> None:
    assert asked(question) == question


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ("My buyer in Rotterdam worries. Which metals does the rule name?", "Which metals does the rule name?"),
        ("Wo fand die vierte Tagung statt? Irgendwo in Brandenburg glaub ich", "Wo fand die vierte Tagung statt?"),
    ],
)
def test_where_one_lives_is_no_part_of_what_is_asked(told: str, asks: str) -> None:
    assert asking(told) == asks


@pytest.mark.parametrize(
    "question", ["Nordwind builds a plant. How many people work there?", "How many people work at Nordwind?"]
)
def test_what_the_question_points_at_is_part_of_it(question: str) -> None:
    assert asking(question) == question
