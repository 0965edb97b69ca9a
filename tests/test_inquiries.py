"""Inquiries: who is offered one, which desk gets it, and that nothing is lost or done twice, whatever happens between."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.inquiries import FIELDS as FIELDS_ASKED
from bot.inquiries import LONGEST, Inquiry, Kind, State
from bot.meetings import Limits, Reason, Refused
from bot.particulars import kind_named, labelled, lined_up, says_nothing
from bot.partners import meant
from bot.playground.telegram import Query
from bot.store import Store
from bot.store.changes import Rules
from bot.store.inquiries import A_DAY, ADDED_AN_HOUR
from bot.texts import LANGUAGES, say
from tests import pavilion
from tests.databases import opened
from tests.fair import ENGLISH, GERMAN, GROUP, Fair, Person, opened_fair
from tests.fakes import NOON, PATIENCE
from tests.pavilion import JIHUN, SOFIA, STAFF_CHAT

OFFERS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "offers.toml").read_text("utf-8")
)
BUTTONS = (
    *(
        f"inquiries.{key}"
        for key in "agree disagree skip stop back use_mine send add answer_back done withdraw".split()
    ),
    *(f"inquiries.{key}" for key in ("to_list", "yes_withdraw", "keep")),
    *(f"desk.{key}" for key in "take take_over answer answer_again close really_close back stop to_card".split()),
    "desk.send_answer",
)
TOASTS = (
    *(f"inquiries.{key}" for key in "nowhere not_open moved_on private_only refused_unknown refused_not_yours".split()),
    *("inquiries.refused_changed", "inquiries.add_stopped", "desk.not_staff", "desk.taken", "desk.closed"),
    *("desk.meanwhile", "desk.gone", "desk.not_yours", "desk.no_draft"),
)
FIELDS = {"organisation": "Müller GmbH", "about": "Wir möchten investieren."}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kinds in OFFERS.values() for kind, texts in kinds.items() for text in texts],
)
def test_who_comes_with_a_plan_is_recognised_and_who_asks_is_not(kind: str, text: str) -> None:
    assert meant(text) == (None if kind == "none" else kind)


@pytest.mark.parametrize("language", ["ko", "en", "de"])
def test_there_are_enough_examples_of_both(language: str) -> None:
    asking = OFFERS[language]["none"]
    coming = [text for kind, texts in OFFERS[language].items() if kind != "none" for text in texts]

    assert len(asking) >= 25
    assert len(coming) >= 25
    assert set(OFFERS[language]) == {*Kind, "none"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "회사: 에코셀\n이름: 김지훈\n국가: 대한민국\n문의 내용: 투자하고 싶습니다.\n자세히 알려 주세요\n이메일: a@b.kr\n전화: 010-1234-5678\n회신 기한: 3월 말",
            {
                "organisation": "에코셀",
                "name": "김지훈",
                "country": "대한민국",
                "about": "투자하고 싶습니다.\n자세히 알려 주세요",
                "contact": "a@b.kr, 010-1234-5678",
                "by_when": "3월 말",
            },
        ),
        (
            "Firma: Müller GmbH\nAnliegen: Wir möchten ausstellen.\nBis wann: Ende März",
            {"organisation": "Müller GmbH", "about": "Wir möchten ausstellen.", "by_when": "Ende März"},
        ),
        (
            "- Company: ACME\n- Type: press\n- E-mail: x@acme.example",
            {"organisation": "ACME", "kind": "press", "contact": "x@acme.example"},
        ),
        ("Organisation:\nName:", {}),
        ("We are a company: we make foil", {}),
    ],
)
def test_lines_with_labels_are_read(text: str, found: dict[str, str]) -> None:
    assert labelled(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Müller GmbH\nAnna Müller\nGermany\nanna@mueller.example\nWe would like to supply coating machines.\n\nPlease call.",
            {
                "organisation": "Müller GmbH",
                "name": "Anna Müller",
                "country": "Germany",
                "contact": "anna@mueller.example",
                "about": "We would like to supply coating machines.\nPlease call.",
            },
        ),
        (
            "에코셀\n포항에 공장을 짓고 싶습니다. 상담 부탁드려요.\n010-1234-5678",
            {
                "organisation": "에코셀",
                "about": "포항에 공장을 짓고 싶습니다. 상담 부탁드려요.",
                "contact": "010-1234-5678",
            },
        ),
        ("Müller GmbH", {}),
    ],
)
def test_lines_without_labels_are_read_as_a_letterhead(text: str, found: dict[str, str]) -> None:
    assert lined_up(text) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("투자", Kind.INVEST),
        ("Presse", Kind.PRESS),
        ("Research.", Kind.RESEARCH),
        ("기타", Kind.OTHER),
        ("Wir möchten ausstellen", Kind.EXHIBIT),
        ("Wann ist die Messe?", None),
    ],
)
def test_a_kind_may_be_named_or_meant(text: str, kind: Kind | None) -> None:
    assert kind_named(text) == kind


def test_no_answer_is_an_answer() -> None:
    assert all(says_nothing(text) for text in ("-", "skip", "없음", "건너뛰기", "keine", "Überspringen", "none."))
    assert not any(says_nothing(text) for text in ("Norway", "Keiner GmbH", "없음씨", "no later than May"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with the pavilion set up, once for each engine."""
    made = Store(opened(url), Rules(Limits(), iter(f"Q{number}" for number in range(1, 1000)).__next__))
    pavilion.set_up(made)
    made.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
    yield made
    made.close()


def sent(store: Store, kind: Kind = Kind.INVEST, **fields: str) -> Inquiry:
    return store.inquiries.send(kind, {**FIELDS, **fields}, GERMAN, "de", NOON)


@pytest.mark.parametrize(
    ("kind", "desk"),
    [
        (Kind.INVEST, "invest"),
        (Kind.SUPPLY, "invest"),
        (Kind.RESEARCH, "pavilion"),
        (Kind.EXHIBIT, "pavilion"),
        (Kind.PRESS, "pavilion"),
        (Kind.OTHER, "pavilion"),
    ],
)
def test_each_kind_comes_to_its_desk(store: Store, kind: Kind, desk: str) -> None:
    assert sent(store, kind).team_id == desk


def test_sending_twice_is_sending_once(store: Store) -> None:
    first, second = sent(store), sent(store)

    assert first == second
    assert sorted(letter.kind for letter in store.outbox.claim(NOON)) == ["inquiry_card", "inquiry_received"]


def test_without_consent_or_what_is_needed_nothing_is_kept(store: Store) -> None:
    with pytest.raises(Refused) as no_consent:
        store.inquiries.send(Kind.INVEST, FIELDS, ENGLISH, "en", NOON)
    with pytest.raises(Refused) as incomplete:
        sent(store, about="  ")

    assert (no_consent.value.reason, incomplete.value.reason) == (Reason.NO_CONSENT, Reason.INCOMPLETE)
    assert store.inquiries.every() == []


def test_the_same_remark_or_answer_again_at_once_is_said_once(store: Store) -> None:
    inquiry = sent(store)
    for _ in range(2):
        added = store.inquiries.add(inquiry.id, GERMAN, "Noch etwas.", NOON)
    answered = store.inquiries.answer(inquiry.id, added.version, JIHUN, "Gern.", NOON)
    again = store.inquiries.answer(inquiry.id, added.version, JIHUN, "Gern.", NOON)

    assert again == answered
    assert [(one.by, one.text) for one in store.inquiries.remarks(inquiry.id)] == [
        ("visitor", "Noch etwas."),
        ("지훈", "Gern."),
    ]


def test_a_visitor_may_say_that_the_answer_was_enough_but_not_before_there_is_one(store: Store) -> None:
    inquiry = sent(store)
    with pytest.raises(Refused) as early:
        store.inquiries.done(inquiry.id, GERMAN, NOON)
    with pytest.raises(Refused) as foreign:
        store.inquiries.withdraw(inquiry.id, ENGLISH, NOON)
    store.inquiries.answer(inquiry.id, inquiry.version, SOFIA, "Gern.", NOON)

    assert early.value.reason == Reason.CHANGED
    assert foreign.value.reason == Reason.NOT_YOURS
    assert store.inquiries.done(inquiry.id, GERMAN, NOON).state == State.CLOSED


async def told(fair: Fair, person: Person) -> str:
    """The next message of the bot in this chat, once nothing more is in hand."""
    text = str((await person.hears())["text"])
    await fair.settled()
    return text


async def filled_in(anna: Person) -> None:
    """Up to the summary."""
    await anna.start("inquiry-invest")
    await anna.hears()
    await anna.press("i:ok")
    await anna.hears()
    await anna.say("Firma: Müller GmbH\nName: Anna\nLand: -\nAnliegen: Wir möchten investieren.\nKontakt: -\nFrist: -")
    assert (await anna.hears())["text"].startswith("Bitte prüfen Sie Ihre Anfrage")


async def press_late(fair: Fair, user_id: int, chat_id: int, message_id: int, data: str) -> str:
    """Press a button that is not there any more, as two do who press at once; returns the toast."""
    telegram = fair.server.telegram
    message = telegram.message(chat_id, message_id)
    assert message is not None
    query = Query(telegram.new_name("query"), user_id, chat_id, message_id, telegram.clock())
    telegram.queries[query.id] = query
    pressed = {"id": query.id, "from": telegram.users[user_id].to_json(), "message": telegram.json_of(message)}
    telegram.updates.add("callback_query", {**pressed, "chat_instance": "1", "data": data})
    async with asyncio.timeout(PATIENCE):
        while (answer := telegram.queries[query.id].answer) is None:
            await telegram.bell.wait(0.1)
    await fair.settled()
    return str(answer["text"])


def card_of(fair: Fair, inquiry_id: str = "R1") -> tuple[str, int]:
    """What stands on the card now, and which message it is."""
    place = fair.store.outbox.card(inquiry_id)
    assert place is not None
    message = fair.server.telegram.message(*place)
    assert message is not None
    return message.text, message.id


def drafts_of(fair: Fair, user_id: int) -> str:
    draft = fair.store.people.draft(user_id)
    return draft.step if draft else ""


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await anna.start("inquiry-press")
        await anna.hears()
        await anna.press("i:ok")
        await anna.hears()
        await anna.say("Müller Verlag")
        await anna.hears()

    async with opened_fair(tmp_path, bookable=True, first_id=100, met=[GERMAN]) as fair:
        anna = fair.person(GERMAN)
        await anna.say("Anna Müller")
        assert (await anna.hears())["text"] == "Aus welchem Land schreiben Sie?"

        await anna.say("/inquiry")
        assert (await anna.hears())["text"].startswith("Sie haben bereits eine Anfrage begonnen.")
        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        assert draft.fields == {"kind": "press", "organisation": "Müller Verlag", "name": "Anna Müller"}


async def test_a_crash_after_sending_sends_once(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        fields = {key: value for key, value in draft.fields.items() if key != "kind"}
        # The inquiry is in the database, and the bot dies before it can say so or drop the draft.
        fair.store.inquiries.send(Kind.INVEST, fields, GERMAN, "de", fair.clock.now())

        await anna.press("i:send")
        await fair.settled()

        assert [one.id for one in fair.store.inquiries.every()] == ["R1"]
        assert sum(text.startswith("Ihre Anfrage ist eingegangen") for text in anna.bot_said()) == 1
        assert fair.store.people.draft(GERMAN) is None


async def test_what_was_sent_before_a_crash_reaches_the_desk_after_it(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/bot.db")
    pavilion.set_up(store)
    store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
    inquiry = store.inquiries.send(Kind.INVEST, FIELDS, GERMAN, "de", NOON)
    store.outbox.claim(NOON)  # the bot dies with the letters in its hands
    store.close()

    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        await fair.passes(200)

        assert "Müller GmbH" in card_of(fair, inquiry.id)[0]
        assert fair.person(GERMAN).bot_said()[0].startswith("Ihre Anfrage ist eingegangen.")


async def test_pressing_send_again_is_harmless(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        summary = fair.server.telegram.history(GERMAN)[-1].id
        await anna.press("i:send")
        toasts = [await press_late(fair, GERMAN, GERMAN, summary, data) for data in ("i:send", "i:e:name", "i:ok")]

        assert all(toast.startswith("Hier ist keine Anfrage in Arbeit.") for toast in toasts)
        assert len(fair.store.inquiries.every()) == 1


async def test_a_press_for_another_step_changes_nothing(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await anna.say("/inquiry")
        chooser = (await anna.hears())["message_id"]
        await anna.press("i:k:press")
        notice = (await anna.hears())["message_id"]
        before = fair.store.people.draft(GERMAN)
        late = [("i:k:other", chooser), ("i:send", notice), ("i:skip:organisation", notice), ("i:back", notice)]
        for data, message_id in [*late, ("i:mine", notice), ("i:e:nonsense", notice), ("i:k:nonsense", chooser)]:
            assert await press_late(fair, GERMAN, GERMAN, message_id, data)

        assert fair.store.people.draft(GERMAN) == before


async def test_two_colleagues_at_once_have_one_effect(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna, sofia = fair.person(GERMAN), fair.person(SOFIA, STAFF_CHAT)
        await filled_in(anna)
        await anna.press("i:send")
        await fair.settled()
        _, card = card_of(fair)

        assert await sofia.press("d:take:R1:1") == "You have taken this inquiry."
        toast = await press_late(fair, JIHUN, STAFF_CHAT, card, "d:take:R1:1")

        assert toast == "그사이 상태가 바뀌었습니다: Sofia 님이 처리 중"
        inquiry = fair.store.inquiries.inquiry("R1")
        assert (inquiry.state, inquiry.version, inquiry.taken_by) == (State.TAKEN, 2, "Sofia")
        assert "Sofia" in card_of(fair)[0]


async def test_nobody_but_the_staff_of_the_desk_may(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        await anna.press("i:send")
        await fair.settled()
        _, card = card_of(fair)
        for verb in ("take", "answer", "close", "close!", "card", "send", "x"):
            toast = await press_late(fair, GERMAN, STAFF_CHAT, card, f"d:{verb}:R1:1")
            assert toast == "Das können nur Mitarbeiter dieser Stelle."

        assert fair.store.inquiries.inquiry("R1").version == 1


async def test_what_staff_wrote_survives_what_happens_meanwhile(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        await anna.press("i:send")
        await fair.settled()
        sofia = fair.person(SOFIA, STAFF_CHAT)
        await sofia.press("d:answer:R1:1")
        prompt = (await sofia.hears())["message_id"]
        fair.store.inquiries.add("R1", GERMAN, "Noch etwas.", fair.clock.now())
        await sofia.say("We will call you.", reply_to=prompt)
        overtaken = await told(fair, sofia)
        if "R1" in overtaken and "We will call you." not in overtaken:  # the bell may come first
            overtaken = await told(fair, sofia)
        assert overtaken.endswith("We will call you.")
        assert "Sofia" in overtaken

        await sofia.press("d:send:R1:3")
        await fair.settled()

        assert fair.store.inquiries.inquiry("R1").state == State.ANSWERED
        assert anna.bot_said()[-1].endswith("We will call you.")
        assert drafts_of(fair, SOFIA) == ""


async def test_an_answer_to_what_was_withdrawn_is_not_sent(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        await anna.press("i:send")
        await fair.settled()
        sofia = fair.person(SOFIA, STAFF_CHAT)
        await sofia.press("d:answer:R1:1")
        prompt = (await sofia.hears())["message_id"]
        fair.store.inquiries.withdraw("R1", GERMAN, fair.clock.now())
        said = len(anna.bot_said())
        await sofia.say("We will call you.", reply_to=prompt)
        assert "withdrawn" in await told(fair, sofia)

        assert fair.store.inquiries.inquiry("R1").state == State.WITHDRAWN
        assert len(anna.bot_said()) == said
        assert drafts_of(fair, SOFIA) == ""


async def test_in_private_staff_see_what_they_send_before_it_goes(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[ENGLISH]) as fair:
        with fair.store._database.begin() as connection:  # a desk of one, who gets the cards in private
            connection.exec_driver_sql(f"UPDATE teams SET chat_id = {ENGLISH}")
            connection.exec_driver_sql(f"UPDATE members SET telegram_id = {ENGLISH} WHERE id = 'sofia'")
        anna, sofia = fair.person(GERMAN), fair.person(ENGLISH)
        await filled_in(anna)
        await anna.press("i:send")
        assert "R1" in await told(fair, sofia)
        await sofia.press("d:answer:R1:1")
        assert "R1" in await told(fair, sofia)

        await sofia.say("When is the fair?")  # asks the bot, not the visitor
        assert (await told(fair, sofia)).startswith("You asked: When is the fair?")
        assert "R1" in await told(fair, sofia)
        await sofia.say("Tuen")  # may be either
        assert (await told(fair, sofia)).endswith("\n\nTuen")
        assert fair.store.inquiries.inquiry("R1").state == State.TAKEN
        await sofia.press("d:send:R1:2")
        await fair.settled()

        assert fair.store.inquiries.inquiry("R1").state == State.ANSWERED
        assert anna.bot_said()[-1].endswith("\n\nTuen")


async def test_in_a_group_there_is_a_way_into_the_private_chat(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN, GROUP)
        for command, payload in (("inquiry", "inquiry"), ("inquiries", "inquiries"), ("mydata", "mydata")):
            await anna.say(f"/{command}")
            button = (await anna.hears())["reply_markup"]["inline_keyboard"][0][0]
            assert button["url"].endswith(f"?start={payload}")

        name = fair.server.telegram.bot.username
        await anna.say(f"@{name} We want to invest")
        offered = (await anna.hears())["reply_markup"]["inline_keyboard"][1][0]
        assert offered["text"] == "Leave an inquiry (Investment)"
        assert offered["url"].endswith("?start=inquiry-invest")


async def test_where_no_desk_is_nothing_is_offered(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        anna = fair.person(GERMAN)
        await anna.say("We want to invest")
        assert len((await anna.hears())["reply_markup"]["inline_keyboard"]) == 1

        await anna.say("/inquiry")
        assert (await anna.hears())["text"].startswith("Zurzeit nimmt hier keine Stelle Anfragen entgegen.")
        assert fair.store.people.draft(GERMAN) is None


async def test_an_inquiry_that_is_being_written_waits_while_something_is_added_to_another(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        await anna.press("i:send")
        await fair.settled()
        anna = fair.person(GERMAN)
        await anna.start("inquiry-press")
        await told(fair, anna)
        await anna.press("i:add:R1")
        await told(fair, anna)
        await anna.say("Noch etwas.")
        await told(fair, anna)

        assert [remark.text for remark in fair.store.inquiries.remarks("R1")] == ["Noch etwas."]
        assert drafts_of(fair, GERMAN) == "organisation"


async def test_a_sixth_open_inquiry_is_refused_kindly(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        for number in range(5):
            fair.store.inquiries.send(Kind.PRESS, {**FIELDS, "about": f"{number}"}, GERMAN, "de", NOON)
        await fair.passes(0)
        anna = fair.person(GERMAN)
        await anna.start("inquiry-invest")
        await told(fair, anna)
        await anna.say("Firma: A\nName: -\nLand: -\nAnliegen: B\nKontakt: -\nFrist: -")
        await told(fair, anna)
        await anna.press("i:send")

        refused = await told(fair, anna)
        assert refused.startswith("Sie haben schon mehrere offene Anfragen.")
        assert drafts_of(fair, GERMAN) == "summary"  # nothing is lost: it can be sent later


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_toasts_fit(language: str) -> None:
    kinds = [say(language, f"inquiries.kind_{kind}") for kind in Kind]
    buttons = [say(language, "inquiries.offer", kind=kind) for kind in kinds]
    buttons += [say(language, f"inquiries.change_{field}") for field in ("kind", *FIELDS_ASKED)]
    buttons += [say(language, key) for key in BUTTONS]
    values = {"id": "K7M2QX9P", "state": say(language, "inquiries.state_taken", name="N" * 40)}
    toasts = [say(language, key, **values) for key in TOASTS]

    assert [text for text in buttons if len(text) > 30] == []
    assert [text for text in toasts if len(text) > 200] == []


def test_who_sends_and_withdraws_again_and_again_does_not_flood_the_desk(store: Store) -> None:
    for number in range(A_DAY):
        inquiry = sent(store, about=f"{number}")
        store.inquiries.withdraw(inquiry.id, GERMAN, NOON)
    with pytest.raises(Refused) as flood:
        sent(store, about="once more")

    assert flood.value.reason == Reason.DAY_FULL
    assert store.inquiries.send(Kind.INVEST, FIELDS, GERMAN, "de", NOON + timedelta(days=1))


def test_who_adds_again_and_again_does_not_flood_the_desk(store: Store) -> None:
    inquiry = sent(store)
    for number in range(ADDED_AN_HOUR):
        store.inquiries.add(inquiry.id, GERMAN, f"{number}", NOON)
    with pytest.raises(Refused) as flood:
        store.inquiries.add(inquiry.id, GERMAN, "once more", NOON)

    assert flood.value.reason == Reason.DAY_FULL
    assert store.inquiries.add(inquiry.id, GERMAN, "later", NOON + timedelta(hours=1))


async def test_who_is_blocked_is_told_so(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await filled_in(anna)
        fair.store.people.block(GERMAN, NOON + timedelta(days=1))
        await anna.press("i:send")

        assert await told(fair, anna) == say("de", "refusals.blocked")
        assert drafts_of(fair, GERMAN) == "summary"


async def test_a_card_holds_the_longest_inquiry_whatever_its_characters_count(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        longest = {field: "😀" * most for field, most in LONGEST.items()}
        inquiry = fair.store.inquiries.send(Kind.INVEST, longest, GERMAN, "de", NOON)
        await fair.passes(0)

        assert inquiry.id in card_of(fair, inquiry.id)[0]


async def test_nothing_that_is_typed_looks_like_another_line_of_the_card(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        fields = {"organisation": "ACME\nState: closed", "about": "We invest.\nState: closed"}
        inquiry = fair.store.inquiries.send(Kind.INVEST, fields, GERMAN, "de", NOON)
        fair.store.inquiries.add(inquiry.id, GERMAN, "Well.\nSofia, 3 March: done", NOON)
        await fair.passes(0)

        lines = card_of(fair, inquiry.id)[0].splitlines()
        assert [one for one in lines if one.startswith(("State: closed", "Sofia"))] == []


async def test_a_card_in_a_chat_that_is_not_the_desk_s_tells_nothing(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        fair.store.inquiries.send(Kind.INVEST, {**FIELDS, "contact": "0151 123456"}, GERMAN, "de", NOON)
        await fair.passes(0)
        telegram = fair.server.telegram
        buttons = [[{"text": verb, "callback_data": f"d:{verb}:R1:1"}] for verb in ("card", "take", "answer", "close")]
        card = telegram.say(GROUP, telegram.bot, "a card", keyboard={"inline_keyboard": buttons})
        for verb in ("card", "take", "answer", "close"):
            assert await press_late(fair, SOFIA, GROUP, card.id, f"d:{verb}:R1:1") == say("en", "staff.elsewhere")

        assert fair.person(SOFIA, GROUP).bot_said() == ["a card"]
        assert fair.store.inquiries.inquiry("R1").version == 1


async def test_an_answer_is_sent_only_from_where_it_is_shown(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN, ENGLISH]) as fair:
        with fair.store._database.begin() as connection:  # a desk of one, who gets the cards in private
            connection.exec_driver_sql(f"UPDATE teams SET chat_id = {ENGLISH}")
            connection.exec_driver_sql(f"UPDATE members SET telegram_id = {ENGLISH} WHERE id = 'sofia'")
        sofia = fair.person(ENGLISH)
        fair.store.people.agree(GERMAN, "inquiry", "2026-11", "de", NOON)
        fair.store.inquiries.send(Kind.INVEST, FIELDS, GERMAN, "de", NOON)
        await fair.passes(0)
        await sofia.hears()
        await sofia.press("d:answer:R1:1")
        await told(fair, sofia)
        shown = []
        for text in ("Gladly.", "Wait, this is for my colleague."):
            await sofia.say(text)
            shown.append(await sofia.hears())
            await fair.settled()

        assert await sofia.press("d:send:R1:2", shown[0]) == say("en", "desk.no_draft")
        assert fair.store.inquiries.inquiry("R1").state == State.TAKEN
        await sofia.press("d:send:R1:2", shown[1])
        await fair.settled()
        assert fair.store.inquiries.inquiry("R1").state == State.ANSWERED
