"""The staff's card: what it tells, which buttons it has when, and that they fit a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from telegram import InlineKeyboardMarkup

from bot.chat.staff import agendas, cards
from bot.chat.staff.agendas import Agenda
from bot.chat.staff.cards import Card
from bot.chat.staff.reasons import CANCELLING, DECLINING, worded
from bot.meetings import Actor, Event, Meeting, Member, Slot, Status, Team, next_status
from bot.store import Entry
from bot.texts import LANGUAGES, say

NOW = datetime(2026, 9, 15, 5, 0, tzinfo=UTC)  # 14:00 in Seoul
START = datetime(2026, 9, 16, 6, 0, tzinfo=UTC)
SLOT = Slot(7, "tuen", START, START + timedelta(minutes=25), "Asia/Seoul", "Halle 4")
TEAM = Team("tuen", {"ko": "투엔", "en": "Tuen"}, zone="Asia/Seoul")
JIHUN, SOFIA = Member("jihun", "지훈", ("tuen",), 201, "ko"), Member("sofia", "Sofia", ("tuen",), 202)
ANNA = {
    "name": "Anna Müller",
    "organisation": "Müller GmbH",
    "topic": "Kathoden\nund mehr",
    "email": "anna@example.org",
}
UNTIL = NOW + timedelta(hours=2)
VERBS = {
    Event.CONFIRM: "ok",
    Event.DECLINE: "no",
    Event.PROPOSE: "move",
    Event.CANCEL: "off",
    Event.COMPLETE: "came",
    Event.MISS: "miss",
}


def meeting(status: Status = Status.REQUESTED, **more: object) -> Meeting:
    fields: dict[str, object] = {**ANNA, "zone": "Europe/Berlin", "answer_by": UNTIL, **more}
    return Meeting("K7QW2M9P", "K7QW2M9P", SLOT, 1, 102, status, 3, "de", created_at=NOW, **fields)  # type: ignore[arg-type]


def card(status: Status = Status.REQUESTED, members: tuple[Member, ...] = (JIHUN, SOFIA), **more: object) -> Card:
    own = {name: more.pop(name) for name in ("history", "missed", "waiting", "reachable", "earlier", "later") if name in more}  # fmt: skip
    return Card(meeting(status, **more), TEAM, members, members, **own)  # type: ignore[arg-type]


def data(keyboard: InlineKeyboardMarkup | None) -> list[list[str]]:
    rows = keyboard.inline_keyboard if keyboard else ()
    return [[str(button.callback_data) for button in row] for row in rows]


def flat(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    return [one for row in data(keyboard) for one in row]


def test_a_request_tells_who_what_when_where_and_until_when() -> None:
    told = cards.text(card(waiting=3, missed=2), "en").text

    assert told == (
        "🟡 Request waiting · Tuen\n"
        "Visitor: Anna Müller, Müller GmbH (German, Berlin)\n"
        "When: Wed 16 September, 15:00–15:25 KST (venue) · 08:00 CEST (visitor)\n"
        "Where: Halle 4\n"
        "Topic: Kathoden und mehr\n"
        "No-shows before: 2\n"
        "Answer by: Tue 15 September, 16:00 KST\n"
        "Requests waiting: 3\n"
        "Reference: K7QW2M9P"
    )


def test_the_same_in_korean_and_german() -> None:
    korean, german = (cards.text(card(waiting=1), language).text for language in ("ko", "de"))

    assert "방문객: Anna Müller, Müller GmbH (독일어, 베를린)" in korean
    assert "일시: 9월 16일(수) 15:00–15:25 KST (행사장) · 08:00 CEST (방문객)" in korean
    assert "Gast: Anna Müller, Müller GmbH (Deutsch, Berlin)" in german
    assert "Wann: Mi., 16. September, 15:00–15:25 Uhr KST (vor Ort) · 08:00 Uhr MESZ (beim Gast)" in german


def test_a_decision_is_told_with_who_made_it_and_why() -> None:
    history = (Entry(NOW, "jihun", "requested", "declined", "fully_booked"),)
    told = card(Status.DECLINED, history=history, reason="fully_booked")

    assert (
        "9월 15일(화) 14:00 KST: 지훈 님이 거절했습니다\n사유: 그 시간은 예약이 모두 찼습니다"
        in cards.text(told, "ko").text
    )
    assert "14:00 KST: declined by 지훈\nReason: Fully booked at that time" in cards.text(told, "en").text


def test_who_left_the_list_is_still_named_by_their_id() -> None:
    history = (Entry(NOW, "minsu", "requested", "confirmed", ""),)

    assert "confirmed by minsu" in cards.text(card(Status.CONFIRMED, history=history), "en").text


@pytest.mark.parametrize(
    ("became", "actor", "told"),
    [
        ("confirmed", "jihun", "confirmed by 지훈"),
        ("confirmed", "visitor", "accepted by the visitor"),
        ("completed", "jihun", "marked by 지훈 as attended"),
        ("completed", "clock", "over"),
        ("expired", "clock", "expired without an answer"),
        ("rescheduled", "visitor", "moved to another time"),
    ],
)
def test_what_the_visitor_or_time_did_is_not_put_down_to_staff(became: str, actor: str, told: str) -> None:
    shown = cards.text(card(Status(became), history=(Entry(NOW, actor, "", became, ""),)), "en").text

    assert f"Tue 15 September, 14:00 KST: {told}\n" in shown


def test_a_card_tells_what_it_replaces_and_what_is_to_replace_it() -> None:
    other = replace(meeting(), slot=replace(SLOT, starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2)))  # fmt: skip
    confirmed = card(Status.CONFIRMED, later=other)

    assert "Instead of: Wed 16 September, 16:00–17:00 KST" in cards.text(card(earlier=other), "en").text
    assert "New time (open): Wed 16 September, 16:00–17:00 KST" in cards.text(confirmed, "en").text
    assert flat(cards.buttons(confirmed, NOW, "en")) == ["s:off:K7QW2M9P:3"]  # one other time at a time


def test_only_who_cannot_be_reached_is_shown_with_an_address() -> None:
    reached, lost = cards.text(card(), "en").text, cards.text(card(reachable=False), "en").text

    assert "anna@example.org" not in reached
    assert (
        "⚠ The bot cannot write to the visitor any more. Please contact them another way.\nE-mail: anna@example.org"
        in lost
    )


def test_a_visitor_who_was_forgotten_is_nobody() -> None:
    blank = replace(meeting(Status.WITHDRAWN), visitor_id=0, name="", organisation="", topic="", email="", zone="")
    told = cards.text(Card(blank, TEAM, (), ()), "de").text

    assert "Gast: Gast (Daten gelöscht)\n" in told
    assert "Thema" not in told
    assert "Gast (Daten gelöscht), Mi., 16. September" in cards.brief(blank, "de").text


def test_what_visitors_write_stands_on_its_line_and_formats_nothing() -> None:
    hostile = card(name="Anna\n✅ Confirmed\u202e", topic="*x* [y](http://z)\r\nReference: ABCDEFGH")
    told = cards.text(hostile, "en")

    assert "Visitor: Anna ✅ Confirmed, Müller GmbH" in told.text
    assert "\nTopic: *x* [y](http://z) Reference: ABCDEFGH\n" in told.text
    assert {span.kind for span in told.spans} <= {"bold", "date_time"}


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [
        (Status.REQUESTED, NOW, [["ok:jihun", "ok:sofia"], ["move"], ["no"]]),
        (Status.COUNTERED, NOW, [["no"]]),
        (Status.CONFIRMED, NOW, [["move"], ["off"]]),
        (Status.CONFIRMED, START, [["came", "miss"]]),
        (Status.CONFIRMED, START + timedelta(hours=24), [["came", "miss"]]),
        (Status.CONFIRMED, START + timedelta(hours=24, seconds=1), []),
        *((status, NOW, []) for status in set(Status) - {Status.REQUESTED, Status.COUNTERED, Status.CONFIRMED}),
    ],
)
def test_the_buttons_are_what_can_be_done_now(status: Status, now: datetime, expected: list[list[str]]) -> None:
    shown = data(cards.buttons(card(status), now, "en"))

    assert [[one.replace(":K7QW2M9P:3", "").removeprefix("s:") for one in row] for row in shown] == expected


@pytest.mark.parametrize(("status", "event"), list(product(Status, VERBS)))
def test_there_is_no_button_that_the_table_of_states_forbids(status: Status, event: Event) -> None:
    verbs = cards.possible(meeting(status), NOW) | cards.possible(meeting(status), START)

    assert (VERBS[event] in verbs) == (next_status(status, event, Actor.STAFF) is not None) or (
        status == Status.CONFIRMED and event == Event.PROPOSE  # which begins a new meeting
    )


def test_many_members_do_not_get_a_button_each() -> None:
    many = tuple(Member(f"m{number}", f"Member {number}", ("tuen",)) for number in range(cards.EACH + 1))

    assert data(cards.buttons(card(members=many), NOW, "en"))[:2] == [["s:ok:K7QW2M9P:3"], ["s:who:K7QW2M9P:3"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_fit_a_phone_and_telegram(language: str) -> None:
    longest = tuple(
        Member(f"{number:0<24}", "Wolfeschlegelsteinhausen " * 3, ("tuen",)) for number in range(cards.EACH)
    )
    big = replace(meeting(), version=999)
    keyboards = [
        cards.buttons(Card(replace(big, status=status), TEAM, members, members), now, language)
        for status, now, members in product(Status, (NOW, START), (longest, (JIHUN,)))
    ]
    keyboards.append(agendas.buttons(Agenda(NOW.date(), "Asia/Seoul", [big] * 40, [TEAM], {}, 0, page=1), language))
    chosen = ("button_back", "button_write", "button_no_reason", "button_missed_really")
    words = [say(language, f"staff.{key}") for key in chosen] + [
        worded(one, language) for one in (*DECLINING, *CANCELLING)
    ]

    for keyboard in keyboards:
        rows = keyboard.inline_keyboard if keyboard else ()
        assert len(rows) <= 8
        for row in rows:
            assert len(row) <= 3
            words += [button.text for button in row]
            assert all(len(str(button.callback_data).encode()) <= 64 for button in row)
    assert [word for word in words if len(word) > 32] == []
    assert len(cards.button("", "offer", big, 9_999_999, "m" * 24).callback_data.encode()) <= 64  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_card_and_agenda_fit_into_one_message(language: str) -> None:
    full = meeting(name="가" * 100, organisation="나" * 150, topic="다" * 500, reason="라" * 500)
    crowded = Agenda(NOW.date(), "Asia/Seoul", [full] * 40, [TEAM, replace(TEAM, id="x")], {}, 9)

    assert cards.text(Card(full, TEAM, (JIHUN,), (JIHUN,), reachable=False, missed=9), language).units <= 4096
    assert agendas.text(crowded, language).units <= 4096
    assert len(cards.brief(full, language).text) <= 1024 - 100  # under a file, below a line of ours


def test_an_agenda_tells_time_visitor_place_who_goes_and_what_is_not_settled() -> None:
    day = Agenda(
        START.date(),
        "Asia/Seoul",
        [meeting(Status.CONFIRMED, member_id="jihun"), meeting(), meeting(Status.NO_SHOW)],
        [TEAM],
        {"jihun": "지훈"},
        waiting=1,
    )

    assert agendas.text(day, "de").text == (
        "📅 Termine: Mi. 16.09. · Tuen\n"
        "Offene Terminanfragen: 1. Anzeigen: /requests\n"
        "Alle Zeiten: KST\n"
        "\n"
        "1. ✅ 15:00–15:25 Anna Müller, Müller GmbH · Halle 4 · 지훈\n"
        "2. 🟡 15:00–15:25 Anna Müller, Müller GmbH · Halle 4 · Offene Terminanfrage\n"
        "3. ✘ 15:00–15:25 Anna Müller, Müller GmbH · Halle 4 · Gast nicht erschienen\n"
        "\n"
        "Eine Nummer öffnet die Karte des Termins."
    )
    assert flat(agendas.buttons(day, "de")) == [
        *["s:card:K7QW2M9P:3"] * 3,
        "s:agenda:20260915:all:0",
        "s:agenda:20260917:all:0",
        "s:agenda:20260916:mine:0",
    ]
