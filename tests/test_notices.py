"""What visitors are told about their meetings: true when it is read, with the buttons for what can be done about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.meetings import Details
from bot.playground.messages import Message
from bot.texts import LANGUAGES, say
from tests import pavilion
from tests.fair import GERMAN, Fair
from tests.fakes import NOON
from tests.meetings import confirmed, requested
from tests.test_delivery import opened


def notices(fair: Fair) -> list[Message]:
    return [message for message in fair.server.telegram.history(GERMAN) if message.sender.is_bot]


def pressable(message: Message) -> list[str]:
    rows: list[list[dict[str, Any]]] = list((message.keyboard or {}).get("inline_keyboard", ()))
    return [button.get("callback_data") or button["url"].partition("?")[0] for row in rows for button in row]


async def last(fair: Fair) -> Message:
    await fair.passes(0)
    return notices(fair)[-1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_request_and_its_answer_are_told_in_the_language_of_the_visitor(tmp_path: Path, language: str) -> None:
    async with opened(tmp_path) as fair:
        fair.store.people.choose_zone(GERMAN, "Europe/Berlin")
        sent = requested(fair.store, 8, language=language)
        received = await last(fair)
        fair.store.decisions.confirm(sent.id, sent.version, pavilion.JIHUN, "jihun", NOON)
        await fair.passes(0)
        _, told, file = notices(fair)

    assert received.text.startswith(say(language, "notices.received"))
    # A day is left to answer in: 21:00 in Seoul, 13:00 in Berlin.
    until = received.text.partition(say(language, "notices.received_until"))[2].split("\n")[0]
    assert "23:00" in until
    assert "15:00" in until
    assert "R1" in received.text
    assert pressable(received) == ["m:no:R1"]
    assert told.text.startswith(say(language, "notices.confirmed"))
    for part in ("지훈", "Anna Müller", "Kathoden", "Table 1", "10:00–10:25"):
        assert part in told.text
    assert pressable(told) == [
        "https://calendar.google.com/calendar/render",
        "https://outlook.office.com/calendar/0/deeplink/compose",
        "m:move:R1",
        "m:no:R1",
    ]
    assert file.file is not None
    assert file.file.name == "meeting.ics"
    assert b"METHOD:PUBLISH" in file.file.content
    assert file.text == say(language, "notices.calendar")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_refusal_gives_its_reason_and_the_nearest_free_times(tmp_path: Path, language: str) -> None:
    async with opened(tmp_path) as fair:
        sent = requested(fair.store, 5, language=language)  # 10:30 on the second day
        fair.store.decisions.decline(sent.id, sent.version, pavilion.JIHUN, "fully_booked", NOON)
        told = await last(fair)
        near = [pavilion.slot(fair.store, "tuen", number) for number in (4, 6, 7)]  # 5 is what was declined

    assert told.text.startswith(say(language, "notices.declined"))
    assert say(language, "reasons.fully_booked") in told.text
    assert pressable(told) == [*(f"b:s:{slot.id}" for slot in near), "b:t:tuen"]
    rows: list[list[dict[str, Any]]] = list((told.keyboard or {})["inline_keyboard"])
    assert all(len(button["text"]) <= 30 for row in rows for button in row)
    assert not any("10:30" in button["text"] for row in rows for button in row)


async def test_what_staff_wrote_themselves_is_shown_as_it_is_and_styles_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        sent = requested(fair.store, language="en")
        fair.store.decisions.decline(sent.id, sent.version, pavilion.JIHUN, "<b>Not</b>\n\u202ethis year", NOON)

        assert "Reason: <b>Not</b> this year" in (await last(fair)).text


async def test_a_proposal_asks_for_an_answer_to_this_very_version(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        sent = requested(fair.store, 8, language="en")
        other = pavilion.slot(fair.store, "tuen", 8)
        moved = fair.store.decisions.propose(sent.id, sent.version, pavilion.JIHUN, other.id, "jihun", NOON)
        told = await last(fair)

        assert told.text.startswith("The team proposes this time:")
        assert "10:30–10:55" in told.text
        assert pressable(told) == [f"m:ok:R1:{moved.version}", "m:no:R1"]
        assert "stands" not in told.text


async def test_a_proposal_to_move_says_that_the_meeting_stands_until_then(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store, language="en")
        await fair.passes(0)
        other = pavilion.slot(fair.store, "tuen", 4)
        moved = fair.store.decisions.propose(meeting.id, meeting.version, pavilion.JIHUN, other.id, "jihun", NOON)
        assert "Your confirmed meeting stands as it is: Wed 4 March, 10:00–10:25 KST" in (await last(fair)).text

        fair.store.requests.withdraw(moved.id, GERMAN, NOON)
        told = await last(fair)
        assert told.text.startswith("Your request has been withdrawn.")
        assert "Your confirmed meeting stands as it is: Wed 4 March, 10:00–10:25 KST" in told.text


async def test_a_request_that_nobody_answered_ends_with_an_apology_and_other_times(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store, 0, language="en")
        fair.clock.advance(24 * 3600)
        told = await last(fair)

        assert told.text.startswith("We are sorry: the team did not answer your request in time")
        assert len(pressable(told)) == 4


async def test_whoever_added_the_file_is_told_to_delete_the_entry(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store, language="en")
        fair.store.decisions.cancel(meeting.id, meeting.version, pavilion.JIHUN, "", NOON)
        told = await last(fair)

        assert told.text.startswith("We are sorry: the team had to cancel your meeting.")
        assert "please delete it there" in told.text
        assert [data[:4] for data in pressable(told)] == ["b:s:", "b:s:", "b:s:", "b:t:"]


async def test_a_seat_from_the_waiting_list_is_offered_for_a_while(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        taken = [requested(fair.store, 4, visitor, language="ko") for visitor in range(901, 905)]
        day = taken[0].slot.starts_at.date()
        fair.store.requests.wait("tuen", day, GERMAN, "en", NOON)
        fair.store.requests.withdraw(taken[2].id, 903, NOON)
        told = await last(fair)

        assert told.text.startswith("A time you were waiting for has come free:")
        assert "I hold it for you until Mon 2 March, 21:15 KST" in told.text
        (offer,) = [one for one in fair.store.agenda.of_visitor(GERMAN, NOON) if one.active]
        assert pressable(told) == [f"b:o:{offer.id}", f"m:no:{offer.id}"]


async def test_reminders_can_be_answered_with_being_late_or_not_coming(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store, language="en")
        fair.clock.advance((meeting.slot.starts_at - NOON - timedelta(hours=1)).total_seconds())
        told = await last(fair)

        assert told.text.startswith("Your meeting begins in 60 min:")
        assert "Table 1" in told.text
        assert "Kathoden" not in told.text
        assert pressable(told) == ["m:late:R1", "m:no:R1"]


async def test_the_language_chosen_since_is_spoken(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store, language="de")
        fair.store.choose_language(GERMAN, "ko")

        assert (await last(fair)).text.startswith("미팅 신청을 보냈습니다.")


async def test_a_notice_whose_meeting_is_somebody_elses_by_now_is_not_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        fair.store.forget(GERMAN, NOON)
        await fair.passes(0)

        assert notices(fair) == []


async def test_the_longest_meeting_fits(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        slot = pavilion.slot(fair.store, "tuen", 4)
        fair.store.people.agree(GERMAN, "booking", "1", "de", NOON)
        held = fair.store.requests.hold(slot.id, GERMAN, "de", NOON)
        longest = Details("n" * 100, "o" * 150, "🔋" * 500, "")
        fair.store.requests.describe(held.id, GERMAN, longest)
        sent = fair.store.requests.send(held.id, GERMAN, NOON)
        fair.store.decisions.confirm(sent.id, sent.version, pavilion.JIHUN, "jihun", NOON)
        await fair.passes(0)

        assert len(notices(fair)) == 2
