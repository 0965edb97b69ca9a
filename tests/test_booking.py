"""Booking, where data cannot tell it: restarts, presses by somebody else or late, groups, consent, what is typed at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.chat.meetings import details
from bot.chat.meetings.requesting import NOTICE
from bot.chat.meetings.timezones import unwrapped, wrapped
from bot.citations import Answer, Citation
from bot.mail import Mailer
from bot.meetings import Status
from bot.playground.floods import Limits
from bot.store import Draft, tables
from bot.texts import say
from tests import pavilion
from tests.fair import ANNA, ENGLISH, GERMAN, GROUP, KOREAN, PRIVATE, Fair, Person, opened_fair
from tests.fakes import NOON, PASSAGE, EchoAssistant, FakeClock, FakeKnowledge
from tests.meetings import confirmed, requested

UNLIMITED = Limits(1e9, 10**9, 1e9, 10**9, 1e9, 10**9)
MAILER = Mailer("localhost", 1, "", "", "expo@city.example")


def buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button.get("callback_data") or button["url"] for row in rows for button in row]


async def pressed(fair: Fair, data: str, user: dict[str, Any] = ANNA) -> None:
    """A press of a button that stands nowhere any more: from an old message, or forged."""
    chat = {**PRIVATE, "id": user["id"]}
    under = {"message_id": 1, "date": 0, "chat": chat}
    press: dict[str, Any] = {"id": "1", "from": user, "chat_instance": "1", "data": data, "message": under}
    await fair.deliver("callback_query", **press)
    await fair.settled()


async def told(fair: Fair, person: Person, text: str) -> str:
    """What the bot says to this."""
    await person.say(text)
    said = str((await person.hears())["text"])
    await fair.settled()
    return said


async def holding(fair: Fair, slot: int = 1) -> Person:
    """Anna, who keeps a seat and has agreed to the notice."""
    anna = fair.person(GERMAN)
    await anna.start("meet-tuen")
    await anna.hears()
    await anna.press("b:d:tuen:20260303")
    await anna.press(f"b:s:{slot}")
    await anna.press("b:ok")
    await fair.settled()
    return anna


async def test_a_booking_survives_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    async with opened_fair(tmp_path, bookable=True, clock=clock) as fair:
        anna = await holding(fair)
        await anna.say("Anna Weber")
        assert (await anna.hears())["text"] == "Von welcher Organisation kommen Sie?"
        await fair.settled()

    async with opened_fair(tmp_path, bookable=True, clock=clock, met=[GERMAN], first_id=100) as fair:
        anna = fair.person(GERMAN)
        await anna.say("ACME GmbH, Kathoden")
        await anna.hears()
        await anna.press("z:Europe/Berlin")
        summary = await anna.hears()
        await anna.press("b:send:R1")
        await fair.settled()

        assert "Name: Anna Weber\nOrganisation: ACME GmbH\nThema: Kathoden" in summary["text"]
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED
        assert fair.store.people.draft(GERMAN) is None


async def test_the_consent_is_kept_with_the_version_of_its_text(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        await holding(fair)

        [consent] = fair.store.people.data_of(GERMAN)["consents"]
        assert (consent["kind"], consent["text_version"], consent["language"]) == ("booking", NOTICE, "de")
        assert consent["at"] == NOON


async def test_nothing_typed_before_the_consent_is_kept(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = fair.person(GERMAN)
        await anna.start("meet-tuen")
        await anna.hears()
        await anna.press("b:d:tuen:20260303")
        await anna.press("b:s:1")
        await fair.settled()
        await told(fair, anna, "Anna Weber, ACME GmbH, Kathoden")

        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        assert "Weber" not in str(draft.fields)
        assert "Bevor ich nach Ihren Angaben frage" in anna.bot_said()[-1]
        assert fair.store.agenda.meeting("R1").name == ""


async def test_sending_twice_is_sending_once(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        fair.store.people.choose_zone(GERMAN, "Europe/Berlin")
        await told(fair, anna, "Anna Weber, ACME GmbH, Kathoden")
        await anna.press("b:send:R1")
        await fair.settled()
        before = fair.store.agenda.meeting("R1")
        await pressed(fair, "b:send:R1")

        assert fair.store.agenda.meeting("R1") == before
        assert anna.bot_said()[-1].startswith("✅ Ihre Anfrage ging an Tuen")


async def test_somebody_elses_meeting_is_not_found(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN], limits=UNLIMITED) as fair:
        theirs = requested(fair.store, visitor=ENGLISH, language="en")
        await fair.settled()
        for press in ("b:send:R1", "b:o:R1", "m:show:R1", "m:no:R1", "m:no!:R1", "m:ok:R1:3", "m:move:R1", "m:ics:R1"):
            await pressed(fair, press)

            assert fair.person(GERMAN).bot_said()[-1].startswith("Diesen Termin finde ich nicht unter Ihren Terminen.")
        assert fair.store.agenda.meeting("R1") == theirs


LATE = ["b:send:NONE", "b:o:NONE", "b:s:999999", "b:t:nobody", "b:d:tuen:20269999", "b:d:tuen:20250101", "b:w:tuen:20260309",
        "b:l:tuen:20260303", "b:p:tuen:20260303:99", "b:h:99", "b:x", "m:show:NONE", "m:ok:NONE:1", "m:late:NONE", "b:ok",
        "m:list:7", "m:ics:NONE"]  # fmt: skip
TOASTED = ["b:me", "b:skip", "b:topic", "b:c", "b:c:name", "z:Mars/Base", "b:nonsense"]


async def test_a_press_that_means_nothing_any_more_gets_a_kind_answer(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN], limits=UNLIMITED) as fair:
        for number, press in enumerate(LATE, 1):
            await pressed(fair, press)

            said = fair.person(GERMAN).bot_said()
            assert len(said) == number, press
            assert "schiefgegangen" not in said[-1], press
        assert fair.store.agenda.of_visitor(GERMAN, NOON) == []


async def test_a_press_without_its_booking_is_only_toasted(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        for press in TOASTED:
            await pressed(fair, press)

        assert fair.person(GERMAN).bot_said() == []
        assert fair.store.people.draft(GERMAN) is None


async def test_a_seat_taken_by_another_is_said_with_what_is_near(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        requested(fair.store, 0, ENGLISH, language="en")
        await pressed(fair, "b:s:1")

        said = fair.person(GERMAN).bot_said()[-1]
        assert said.startswith(
            "Jemand war schneller: Diese Zeit ist gerade vergeben worden.\n\nDie nächsten freien Zeiten:"
        )


async def test_in_a_group_it_goes_on_in_private(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        john = fair.person(ENGLISH, GROUP)
        for text in ("/meet", "/meetings", "/timezone", "@playground_bot meet Tuen tomorrow"):
            await john.say(text)
            heard = await john.hears()
            assert heard["text"] == "Let us do this in the private chat, so that nothing personal is seen in the group."
            payload = "meet-tuen" if text.startswith("@") else text[1:]
            assert buttons(heard) == [f"https://t.me/playground_bot?start={payload}"]
        await fair.settled()


async def test_an_answer_in_a_group_links_to_the_meeting_in_private(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        john = fair.person(ENGLISH, GROUP)
        await john.say("@playground_bot What does Tuen make?")

        assert buttons(await john.hears())[2:] == ["https://t.me/playground_bot?start=meet-tuen"]
        await fair.settled()


async def test_what_an_answer_rests_on_is_offered_to_be_met(tmp_path: Path) -> None:
    citation = Citation(1, replace(PASSAGE, title="Tuen: battery recycling"), "It recycles.", None)
    answers = {
        "Who recycles?": (Answer("Somebody does [1]", "de", (citation,)),),
        "Who sings?": (Answer("I do not know. [1]", "de", (citation,), answered=False),),
    }
    async with opened_fair(tmp_path, EchoAssistant(answers), bookable=True) as fair:
        john = fair.person(ENGLISH)
        await john.say("Who recycles?")
        heard = await john.hears()
        await john.say("Who sings?")

        assert heard["reply_markup"]["inline_keyboard"][1][0]["text"] == "Termin mit Tuen"
        assert buttons(await john.hears()) == ["f:a2:1", "f:a2:0"]
        await fair.settled()


async def test_a_thumb_leaves_the_offer_where_it_is(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        john = fair.person(ENGLISH)
        await john.say("What does Tuen make?")
        await john.hears()
        await john.press("f:a1:1")

        assert buttons(await john.hears("edit")) == ["f:a1:1", "f:a1:0", "b:t:tuen"]
        await fair.settled()


async def test_an_answer_stands_without_its_offer_where_names_cannot_be_looked_up(tmp_path: Path) -> None:
    class Forgetful(FakeKnowledge):
        def mentioned(self, text: str) -> tuple[str, ...]:
            raise RuntimeError("no index")

    async with opened_fair(tmp_path, bookable=True, knowledge=Forgetful()) as fair:
        john = fair.person(ENGLISH)
        await john.say("What does Tuen make?")

        assert buttons(await john.hears()) == ["f:a1:1", "f:a1:0"]
        await fair.settled()


async def test_without_anything_to_book_all_is_as_before(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        john = fair.person(ENGLISH)
        await john.say("meet Tuen tomorrow")
        assert (await john.hears())["text"].startswith("You asked: meet Tuen tomorrow")
        await john.say("/meet")
        assert (await john.hears())["text"].startswith("No meetings can be requested at the moment.")
        await fair.settled()


async def test_an_address_is_offered_only_with_mail_and_is_checked(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, mailer=MAILER) as fair:
        anna = await holding(fair)
        fair.store.people.choose_zone(GERMAN, "Asia/Seoul")
        await told(fair, anna, "Anna Weber, ACME GmbH, Kathoden")
        await anna.press("b:c:email")
        await told(fair, anna, "nirgends")
        assert anna.bot_said()[-1].startswith("Das sieht nicht nach einer E-Mail-Adresse aus.")
        await told(fair, anna, "anna@example.com")

        assert "E-Mail: anna@example.com" in anna.bot_said()[-1]
        assert fair.store.agenda.meeting("R1").email == "anna@example.com"


async def test_the_time_zone_does_not_destroy_a_booking(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        await told(fair, anna, "Anna Weber")
        await told(fair, anna, "/timezone")
        await told(fair, anna, "Qwertzingen")
        assert anna.bot_said()[-1].startswith("Diesen Ort kenne ich nicht.")
        await anna.press("z:Europe/Berlin")
        await fair.settled()

        assert anna.bot_said()[-1] == "Von welcher Organisation kommen Sie?"
        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        assert (draft.kind, draft.fields["name"]) == ("meeting", "Anna Weber")


async def test_who_stops_gives_the_seat_back_at_once(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        await anna.press("b:x")
        await fair.settled()

        assert fair.store.agenda.meeting("R1").status == Status.ABANDONED
        assert len(fair.store.agenda.free("tuen", NOON)) == 12


async def test_a_meeting_that_was_cancelled_meanwhile_cannot_be_moved(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        confirmed(fair.store)
        fair.store.requests.withdraw("R1", GERMAN, NOON)
        await fair.settled()
        await pressed(fair, "m:move:R1")

        said = fair.person(GERMAN).bot_said()[-1]
        assert said.startswith("Das hat sich inzwischen geändert. So steht es jetzt:\n\n✖️ Von Ihnen abgesagt")


async def test_a_proposed_time_is_taken_or_given_up(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        sent = requested(fair.store)
        proposed = fair.store.decisions.propose(sent.id, sent.version, 201, 10, "jihun", NOON)
        await fair.settled()
        anna = fair.person(GERMAN)
        await anna.press(f"m:no:{proposed.id}")
        await fair.settled()
        assert anna.bot_said()[-1].startswith("Wirklich darauf verzichten?")
        await anna.press(f"m:ok:{proposed.id}:{proposed.version}")
        await fair.settled()

        assert fair.store.agenda.meeting(proposed.id).status == Status.CONFIRMED


async def test_another_visitor_is_spoken_to_in_their_language(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        minji = fair.person(KOREAN)
        await minji.say("/meet tuen")

        assert (await minji.hears())["text"].startswith("투엔\n어느 날이 좋으신가요?")
        await fair.settled()


async def test_stop_can_be_typed_when_asked_for_the_time_zone(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        await told(fair, anna, "Anna Weber, ACME GmbH, Kathoden")
        said = await told(fair, anna, "Abbrechen")

        assert said == say("de", "meetings.stopped")
        assert fair.store.people.draft(GERMAN) is None
        assert fair.store.agenda.meeting("R1").status == Status.ABANDONED


async def test_who_moves_a_meeting_is_not_led_to_other_hosts(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        confirmed(fair.store)
        await fair.settled()
        anna = fair.person(GERMAN)
        await anna.say("/meetings")
        await anna.hears()
        await pressed(fair, "m:move:R1")
        moving = await anna.hears()

        assert "b:d:tuen:20260303" in buttons(moving)
        assert "b:h:0" not in buttons(moving)


async def test_days_that_have_no_times_are_not_offered_as_what_was_meant(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        john = fair.person(ENGLISH)
        await john.say("Can I talk to someone from Tuen next week?")
        said = await john.hears()
        await fair.settled()

        assert [one for one in buttons(said) if one.startswith("b:d:")] == [
            f"b:d:tuen:2026030{day}" for day in (3, 4, 5)
        ]


ALL = ("name", "organisation", "topic")


@pytest.mark.parametrize(
    ("text", "missing", "read"),
    [
        ("John Smith, ACME GmbH, cathode recycling", ALL, ["John Smith", "ACME GmbH", "cathode recycling"]),
        ("John Smith\nACME GmbH\ncathodes, anodes", ALL, ["John Smith", "ACME GmbH", "cathodes, anodes"]),
        ("김민지, 포항배터리, 양극재 재활용", ALL, ["김민지", "포항배터리", "양극재 재활용"]),
        ("John Smith / ACME / cathodes", ALL, ["John Smith", "ACME", "cathodes"]),
        ("Jane Doe, ACME Co., Ltd., recycling, reuse", ALL, ["Jane Doe", "ACME Co., Ltd.", "recycling, reuse"]),
        ("Name: Anna Weber; Firma: ACME; Thema: Kathoden", ALL, ["Anna Weber", "ACME", "Kathoden"]),
        ("Topic: cathodes\nName: John", ALL, ["John", None, "cathodes"]),
        ("이름: 김민지\n주제: 양극재", ALL, ["김민지", None, "양극재"]),
        ("Ich heiße Anna Weber", ALL, ["Anna Weber", None, None]),
        ("My name is John Smith from ACME GmbH", ALL, ["John Smith", "ACME GmbH", None]),
        ("저는 김민지입니다", ALL, ["김민지", None, None]),
        ("Hi, my name is John Smith from ACME Co., Ltd. and I'd like to talk about cathodes", ALL, ["John Smith", "ACME Co., Ltd.", "cathodes"]),
        ("Hallo, ich bin Anna Weber von ACME GmbH und möchte gern über Kathoden sprechen", ALL, ["Anna Weber", "ACME GmbH", "Kathoden"]),
        ("안녕하세요, 저는 김민지입니다", ALL, ["김민지", None, None]),
        ("John", ALL, ["John", None, None]),
        ("I want to talk about recycling cathodes in Pohang", ALL, [None, None, "I want to talk about recycling cathodes in Pohang"]),
        ("ACME GmbH", ("organisation", "topic"), [None, "ACME GmbH", None]),
        ("cathodes, anodes and more", ("topic",), [None, None, "cathodes, anodes and more"]),
        (" , ; ", ALL, [None, None, None]),
        ("", ALL, [None, None, None]),
    ],
)  # fmt: skip
def test_what_is_typed_at_once_is_told_apart(text: str, missing: tuple[str, ...], read: list[str | None]) -> None:
    said = details.read(text, missing)

    assert [said.get(field) for field in ALL] == read


def test_an_address_is_found_among_the_rest() -> None:
    said = details.read("John Smith, ACME, cathodes, john@example.com", ALL)

    assert said == {"name": "John Smith", "organisation": "ACME", "topic": "cathodes", "email": "john@example.com"}


def test_too_long_a_topic_is_cut() -> None:
    assert len(details.read("x" * 9000, ("topic",))["topic"]) == 500


def test_a_draft_comes_back_out_of_the_one_for_the_zone() -> None:
    draft = Draft(1, "meeting", "topic", {"meeting": "R1"}, NOON)

    assert unwrapped(Draft(**{**vars(wrapped(draft, 1)), "at": NOON})) == draft
    assert wrapped(wrapped(draft, 1), 1) == wrapped(draft, 1)
    assert unwrapped(wrapped(None, 1)) is None
    assert unwrapped(None) is None


async def test_a_forgotten_draft_is_not_come_back_to(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        await fair.passes(timedelta(hours=25).total_seconds())
        await told(fair, anna, "Anna Weber")

        assert anna.bot_said()[-1].startswith("You asked: Anna Weber")


async def test_a_name_that_begins_like_a_question_is_a_name(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)

        assert await told(fair, anna, "Can Yılmaz") == "Von welcher Organisation kommen Sie?"
        assert await told(fair, anna, "IS Dongseo") == "Worüber möchten Sie sprechen?"


async def test_another_time_said_when_asked_for_a_name_is_no_name(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)

        assert (await told(fair, anna, "Lieber ein Termin mit Tuen am Mittwoch um 10 Uhr")).startswith(
            "Verstanden habe ich: Tuen, Mi."
        )
        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        assert "name" not in draft.fields


async def test_stop_can_be_typed(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)

        assert (await told(fair, anna, "Stop!")).startswith("In Ordnung, es wurde nichts abgeschickt.")
        assert fair.store.people.draft(GERMAN) is None
        assert fair.store.agenda.meeting("R1").status == Status.ABANDONED


async def test_who_may_not_have_the_seat_again_is_told_why(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        fair.clock.advance(400)
        fair.store.people.block(GERMAN, NOON + timedelta(days=9))

        assert (await told(fair, anna, "Anna Weber")).startswith("Zurzeit können Sie keine Termine anfragen.")


async def test_a_message_that_was_deleted_is_sent_anew(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        anna = await holding(fair)
        fair.wire.troubles["editMessageText"] = [
            {"error_code": 400, "description": "Bad Request: message to edit not found"}
        ]
        await anna.press("b:x")
        await fair.settled()

        assert anna.bot_said()[-1].startswith("In Ordnung, es wurde nichts abgeschickt.")


async def test_a_request_that_staff_answered_meanwhile_is_shown_as_it_stands(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        confirmed(fair.store)
        await fair.settled()
        await pressed(fair, "b:send:R1")

        assert fair.person(GERMAN).bot_said()[-1] == "Das hat sich inzwischen geändert. So steht es jetzt:\nBestätigt"


async def test_another_thing_that_was_being_written_waits_for_the_booking_to_end(tmp_path: Path) -> None:
    begun = Draft(GERMAN, "inquiry", "about", {"kind": "invest", "organisation": "ACME"})
    async with opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=[GERMAN]) as fair:
        fair.store.people.keep_draft(begun, NOON)
        await pressed(fair, "b:x")  # of a page that was left long ago
        assert fair.store.people.draft(GERMAN) == replace(begun, at=NOON)

        await pressed(fair, "b:s:1")
        await pressed(fair, "b:ok")
        await pressed(fair, "b:x")
        assert fair.store.people.draft(GERMAN) == replace(begun, at=NOON)


async def test_stop_under_an_old_page_does_not_say_that_nothing_was_sent(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=[GERMAN]) as fair:
        requested(fair.store)
        await pressed(fair, "b:x")

        assert say("de", "meetings.over") in fair.person(GERMAN).bot_said()
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


async def test_forged_buttons_do_no_harm(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=[GERMAN]) as fair:
        await holding(fair)
        before = fair.store.people.draft(GERMAN)
        await pressed(fair, "b:c:nonsense")
        await pressed(fair, "b:c:email")  # no mail is configured
        assert fair.store.people.draft(GERMAN) == before

        meeting = confirmed(fair.store)
        fair.clock.advance((meeting.slot.starts_at - fair.clock.now()).total_seconds() - 600)
        for minutes in range(1, 60, 7):
            await pressed(fair, f"m:late:{meeting.id}:{minutes}")
        with fair.store._database.begin() as connection:
            kinds = connection.exec_driver_sql("SELECT kind FROM outbox").scalars().all()
        assert "late" not in kinds


async def test_a_name_that_nobody_can_see_is_no_name(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=[GERMAN]) as fair:
        anna = await holding(fair)
        await told(fair, anna, "\u3164")

        draft = fair.store.people.draft(GERMAN)
        assert draft is not None
        assert "name" not in draft.fields


async def test_every_free_day_is_offered_however_many_times_there_are(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=[GERMAN]) as fair:
        first = pavilion.FIRST + timedelta(days=5)
        starts = [first + timedelta(days=number // 60, minutes=10 * (number % 60)) for number in range(600)]
        rows = [
            {"team_id": "tuen", "starts_at": start, "ends_at": start + timedelta(minutes=10), "zone": pavilion.VENUE,
             "place": "", "capacity": 1, "before": 0, "after": 0, "open": True}
            for start in starts
        ]  # fmt: skip
        with fair.store._database.begin() as connection:
            connection.execute(insert(tables.slots), rows)
        anna = fair.person(GERMAN)
        await anna.start("meet-tuen")
        shown = (await anna.hears())["reply_markup"]["inline_keyboard"]

        assert [button["text"] for row in shown for button in row if "✗" in button["text"]] == []
