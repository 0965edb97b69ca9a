"""What a question asks for, and whether a statement holds it."""

from __future__ import annotations

import pytest

from bot.expectations import asked_for, held


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was the fair?", "date"),
        ("In which year was it founded?", "date"),
        ("국제 배터리 엑스포는 언제 열렸나요?", "date"),
        ("며칠 동안 열렸어?", "date"),
        ("Wann war die Messe?", "date"),
        ("How many exhibitors were there?", "number"),
        ("몇 개 기업이 참가했나요?", "number"),
        ("Wie viele Aussteller gab es?", "number"),
        ("Wie groß ist die Halle?", "number"),
        ("How much does it cost?", "money"),
        ("투자액은 얼마인가요?", "money"),
        ("Was kostet die Fahrt?", "money"),
        ("Who runs the academy?", "name"),
        ("누가 만들었나요?", "name"),
        ("Wer leitet die Firma?", "name"),
        ("Where is it?", "place"),
        ("어디에서 열렸나요?", "place"),
        ("Wo liegt die Firma?", "place"),
        ("Who is Lelios?", "definition"),
        ("투엔은 뭐 하는 회사야?", "definition"),
        ("Was macht die Firma?", "definition"),
        ("Which companies were there?", "company"),
        ("어떤 기업이 참가했나요?", "company"),
        ("Welche Firmen waren da?", "company"),
    ],
)
def test_a_question_asks_for(question: str, kind: str) -> None:
    assert kind in asked_for(question)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Tell me about the exhibitors.", "date"),
        ("몇 년에 열렸나요?", "number"),
        ("What does Tuen do?", "money"),
        ("Werden Batterien getestet?", "name"),
        ("수원에는 어떻게 가나요?", "number"),
    ],
)
def test_a_question_does_not_ask_for(question: str, kind: str) -> None:
    assert kind not in asked_for(question)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It took place on 7 May 2025.", "date"),
        ("2025년 5월 7일에 열렸습니다.", "date"),
        ("Sie fand vom 7. bis 9. Mai statt.", "date"),
        ("The flight leaves at 08:50.", "date"),
        ("Der Flug startet um 9 Uhr.", "date"),
        ("오전 9시에 시작합니다.", "date"),
        ("There were 48 exhibitors.", "number"),
        ("Six countries took part.", "number"),
        ("두 기업이 참가했습니다.", "number"),
        ("Es kamen zwölf Firmen.", "number"),
        ("It was held in Munich.", "place"),
        ("It took place from 12 to 14 May 2025 at Messe München.", "place"),
        ("Sie fand vom 12. bis 14. Mai 2025 in München statt.", "place"),
        ("뮌헨에서 열렸습니다.", "place"),
        ("Die Firma liegt in Pohang.", "place"),
        ("It costs KRW 52,600.", "money"),
        ("요금은 1,500원입니다.", "money"),
        ("879억 원을 들입니다.", "money"),
        ("Das Parken kostet 4 Euro am Tag.", "money"),
        ("Die Fahrt kostet 52.600 Won.", "money"),
        ("It costs 15 dollars.", "money"),
    ],
)
def test_a_statement_holds(text: str, kind: str) -> None:
    assert kind in held(text, text.casefold())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The fair was held in Munich.", "date"),
        ("It was founded in 2022.", "number"),
        ("투엔은 포항의 스타트업입니다.", "number"),
        ("It took place from 12 to 14 May 2025.", "place"),
        ("It was held in May 2025.", "place"),
        ("Sie fand vom 12. bis 14. Mai 2025 statt.", "place"),
        ("Sie fand im Mai statt.", "place"),
        ("As of May 2025 there are plans.", "date"),
        ("2025년 5월 보도에 따르면 계획이 있습니다.", "date"),
        ("Nach dem Stand vom Mai 2025 gibt es Pläne.", "date"),
        ("Tuen won an award.", "money"),
        ("The hall has 48 stands.", "money"),
        ("9시간이 걸립니다.", "date"),
    ],
)
def test_a_statement_does_not_hold(text: str, kind: str) -> None:
    assert kind not in held(text, text.casefold())


def test_the_year_in_a_fairs_name_is_no_date() -> None:
    assert "date" not in held("InterBattery Europe 2025 was large.", " was large.")


def test_names_and_companies_come_from_the_glossary() -> None:
    assert held("Tuen cleans water.", "cleans water", frozenset({"company"})) >= {"name", "company"}
    assert held("RIST tests cells.", "tests cells", frozenset({"institution"})) & {"name", "company"} == {"name"}
    assert not held("Somebody cleans water.", "somebody cleans water") & {"name", "company"}


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Tuen is a start-up of Pohang.", ["Tuen"]),
        ("Tuen (투엔) is a start-up.", ["Tuen"]),
        ("투엔(Tuen, ㈜투엔)은 포항의 스타트업입니다.", ["투엔"]),
        ("Die Firma Tuen ist ein Start-up.", ["Die Firma Tuen"]),
    ],
)
def test_a_statement_that_begins_with_the_name_and_says_what_it_is_defines_it(text: str, subjects: list[str]) -> None:
    assert "definition" in held(text, text, frozenset(), subjects)


@pytest.mark.parametrize("text", ["Pohang showed Tuen at the fair.", "Tuen won an award.", "There is Tuen."])
def test_any_other_statement_does_not_define_it(text: str) -> None:
    assert "definition" not in held(text, text, frozenset(), ["Tuen"])
