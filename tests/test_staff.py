"""What staff do in the chat, where a dialog cannot show it: strangers, two at once, old buttons, private chats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.chat.introduction import introduce_everywhere
from bot.meetings import Status
from bot.playground.people import private_chat
from bot.store import tables
from bot.texts import LANGUAGES, say
from tests.fair import ENGLISH, GERMAN, GROUP, KOREAN, Fair, Person, opened_fair
from tests.fakes import NOON
from tests.meetings import confirmed, requested
from tests.pavilion import JIHUN, SOFIA, STAFF_CHAT
from tests.test_dialogs import UNLIMITED


def opened(folder: Path, **more: Any) -> AbstractAsyncContextManager[Fair]:
    """A fair that can be booked, whose visitors have pressed Start."""
    return opened_fair(folder, bookable=True, met=(KOREAN, GERMAN, ENGLISH), limits=UNLIMITED, **more)


def in_private(fair: Fair, member: int) -> Person:
    """Somebody of the staff in a chat with the bot alone."""
    telegram = fair.server.telegram
    telegram.put_chat(replace(private_chat(telegram.users[member]), bot="member"))
    return fair.person(member)


def plant(fair: Fair, chat_id: int, data: str) -> None:
    """A message of the bot with such a button, wherever it came from: forwarded, kept, forged."""
    telegram = fair.server.telegram
    button = {"text": "·", "callback_data": data}
    telegram.say(chat_id, telegram.bot, "a card", keyboard={"inline_keyboard": [[button]]})


def cards_in(fair: Fair, chat_id: int = STAFF_CHAT) -> list[str]:
    """What the bot said there, without what it was not about."""
    return fair.person(0, chat_id).bot_said()


async def pressed(fair: Fair, person: Person, data: str) -> str:
    """Press the button, planted where it is nowhere; returns the toast."""
    try:
        toast = await person.press(data)
    except AssertionError:
        plant(fair, person.chat_id, data)
        toast = await person.press(data)
    await fair.settled()
    return toast


async def tapped(fair: Fair, person: Person, *buttons: str) -> str:
    """Press them one after the other; returns the last toast."""
    toast = ""
    for data in buttons:
        toast = await person.press(data)
        await fair.settled()
    return toast


async def said(fair: Fair, person: Person, text: str) -> str:
    """Say it; returns the last that the bot says to it."""
    listening = fair.person(person.user_id, person.chat_id)
    await person.say(text)
    await listening.hears()
    await fair.settled()
    return fair.person(person.user_id, person.chat_id).bot_said()[-1]


# Who may


@pytest.mark.parametrize(("user", "language"), [(GERMAN, "de"), (KOREAN, "ko")])
async def test_a_stranger_s_press_is_refused_kindly_and_shows_nothing(tmp_path: Path, user: int, language: str) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        before, verbs = cards_in(fair, user), ("ok", "no", "move", "card", "show", "off")

        toasts = [await pressed(fair, fair.person(user), f"s:{verb}:R1:3") for verb in verbs]

        assert set(toasts) == {say(language, "staff.not_yours")}
        assert cards_in(fair, user) == [*before, *["a card"] * len(verbs)]
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


async def test_a_meeting_that_does_not_exist_is_refused_like_one_that_does(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        stranger = await pressed(fair, fair.person(ENGLISH), "s:ok:R99:1")
        agenda = await pressed(fair, fair.person(ENGLISH), "s:agenda:20260303:all:0")
        member = await pressed(fair, fair.person(SOFIA, STAFF_CHAT), "s:ok:R99:1")

        assert {stranger, agenda, member} == {say("en", "staff.not_yours")}


async def test_a_member_of_another_team_may_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        set_member(fair, "sofia", teams=["invest"])

        toast = await pressed(fair, fair.person(SOFIA, STAFF_CHAT), "s:ok:R1:3:sofia")

        assert toast == say("en", "staff.not_yours")
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


async def test_who_left_the_list_may_no_more(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        staff = fair.person(JIHUN, STAFF_CHAT)
        await pressed(fair, staff, "s:no:R1:3")
        set_member(fair, "jihun", teams=[], telegram_id=None)

        assert await pressed(fair, staff, "s:no:R1:3:none") == say("ko", "staff.not_yours")
        assert "201" in await said(fair, staff, "/agenda")
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


async def test_staff_decide_in_their_team_s_chat_or_in_private_and_nowhere_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        telegram = fair.server.telegram
        telegram.put_chat(replace(telegram.chat(GROUP), members=(JIHUN, GERMAN)))
        elsewhere, alone = fair.person(JIHUN, GROUP), in_private(fair, JIHUN)

        in_group = await pressed(fair, elsewhere, "s:ok:R1:3:jihun")
        asked = await said(fair, elsewhere, "/agenda")
        in_chat = await pressed(fair, alone, "s:ok:R1:3:jihun")

        assert (in_group, asked) == (say("ko", "staff.elsewhere"), say("ko", "staff.elsewhere"))
        assert in_chat == say("ko", "staff.done_confirmed")
        assert cards_in(fair, JIHUN)[0].startswith("✅ 확정 · 투엔")
        assert cards_in(fair)[0].startswith("✅ Confirmed · Tuen")  # the outbox changed the card there


@pytest.mark.parametrize(("user", "language"), [(KOREAN, "ko"), (ENGLISH, "en"), (GERMAN, "de")])
async def test_who_is_not_on_the_list_learns_which_numbers_to_give(tmp_path: Path, user: int, language: str) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        heard = [await said(fair, fair.person(user), command) for command in ("/agenda", "/requests", "/history R1")]

        assert set(heard) == {say(language, "staff.not_listed", user=user, chat=user)}


# Two at once, and too late


async def test_of_two_at_once_one_has_an_effect_and_both_see_the_truth(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        sofia = in_private(fair, SOFIA)
        await said(fair, sofia, "/requests")

        toasts = await asyncio.gather(
            fair.person(JIHUN, STAFF_CHAT).press("s:ok:R1:3:jihun"), sofia.press("s:ok:R1:3:sofia")
        )
        await fair.settled()

        meeting = fair.store.agenda.meeting("R1")
        assert (meeting.status, meeting.version) == (Status.CONFIRMED, 4)
        first = 0 if meeting.member_id == "jihun" else 1
        assert toasts[first] == say(("ko", "en")[first], "staff.done_confirmed")
        truth = ("이미 Sofia 님이 확정했습니다 (21:00 KST)", "Already confirmed by 지훈 (21:00 KST).")
        assert toasts[1 - first] == truth[1 - first]
        for chat in (STAFF_CHAT, SOFIA):
            assert cards_in(fair, chat)[0].startswith("✅ Confirmed · Tuen")
            assert f"confirmed by {('지훈', 'Sofia')[first]}" in cards_in(fair, chat)[0]


DEEDS: dict[str, Callable[[Fair], object]] = {
    "Already confirmed by 지훈 (21:00 KST).": lambda fair: decide(fair, "confirm", "jihun"),
    "Already declined by 지훈 (21:00 KST).": lambda fair: decide(fair, "decline", ""),
    "Already answered by 지훈 with another time (21:00 KST).": lambda fair: decide(fair, "propose", 1, "jihun"),
    "Already withdrawn by the visitor (21:00 KST).": lambda fair: fair.store.requests.withdraw("R1", GERMAN, NOON),
}


@pytest.mark.parametrize("truth", DEEDS)
async def test_an_old_button_tells_who_did_what_when_and_the_card_shows_it(tmp_path: Path, truth: str) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        DEEDS[truth](fair)
        sofia = fair.person(SOFIA, STAFF_CHAT)

        toast = await tapped(fair, sofia, "s:no:R1:3")

        assert toast == truth
        assert not cards_in(fair)[0].startswith("🟡")


async def test_what_happened_yesterday_is_told_with_its_day(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store, 8)
        decide(fair, "decline", "")
        fair.clock.advance(24 * 3600)

        toast = await pressed(fair, fair.person(SOFIA, STAFF_CHAT), "s:ok:R1:3:sofia")

        assert toast == "Already declined by 지훈 (Mon 2 March, 21:00 KST)."


async def test_the_same_button_twice_is_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)

        toasts = await asyncio.gather(sofia.press("s:ok:R1:3:sofia"), sofia.press("s:ok:R1:3:sofia"))
        await fair.settled()

        assert set(toasts) == {say("en", "staff.done_confirmed"), "Already confirmed by Sofia (21:00 KST)."}
        assert [entry.became for entry in fair.store.agenda.history("R1")] == ["requested", "confirmed"]


FORGED = """
s:xx:R1:3 s:time:R1:3:x s:day:R1:3:20260230-0 s:offer:R1:3:99999:jihun s:offer:R1:3:x:y s:offer:R1:3 s:ok:R1:3:nobody
s:no:R1:3:because s:off:R1:3 s:came:R1:3 s:who:R1:3:99 s:move:R1:3:99 s:agenda:99999999:all:0 s:agenda:00010101:all:0
s:agenda:99991231:all:0 s:offer:R1:3:99999999999999999999:jihun
""".split()


async def test_a_forged_button_changes_nothing_and_is_answered(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        sofia = in_private(fair, SOFIA)

        for data in FORGED:
            await pressed(fair, sofia, data)

        assert fair.store.agenda.meeting("R1").version == 3
        assert len(cards_in(fair, SOFIA)) == len(FORGED)  # nobody had to apologise


# What is decided


async def test_who_is_busy_cannot_go_and_the_toast_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0, ENGLISH)
        requested(fair.store, 0, GERMAN, team="invest")
        await fair.passes(0)

        toast = await pressed(fair, fair.person(SOFIA, STAFF_CHAT), "s:ok:R2:3:jihun")

        assert toast == say("en", "staff_refusals.host_busy")
        assert fair.store.agenda.meeting("R2").status == Status.REQUESTED


async def test_after_the_time_to_answer_a_request_cannot_be_confirmed(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        request = requested(fair.store)
        assert request.answer_by is not None
        fair.clock.advance((request.answer_by - NOON).total_seconds())

        toast = await pressed(fair, fair.person(SOFIA, STAFF_CHAT), "s:ok:R1:3:sofia")

        assert toast in (say("en", "staff_refusals.lapsed"), "Already expired without an answer (23:00 KST).")
        assert fair.store.agenda.meeting("R1").status != Status.CONFIRMED


async def test_a_confirmed_meeting_stands_while_another_time_is_proposed(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)
        steps = ("s:move:R1:4", "s:day:R1:4:20260305-0", "s:time:R1:4:9")

        assert await tapped(fair, sofia, *steps) == ""
        toast = await tapped(fair, sofia, "s:offer:R1:4:9:sofia")

        assert toast == say("en", "staff.done_proposed")
        old, *_, new = cards_in(fair)
        assert old.startswith("✅ Confirmed")
        assert "New time (open): Thu 5 March, 10:00–10:25 KST" in old
        assert new.startswith("🔵 Another time proposed")
        assert "Instead of: Wed 4 March, 10:00–10:25 KST" in new
        again = await pressed(fair, sofia, "s:offer:R1:4:10:sofia")
        assert again == say("en", "staff_refusals.already")


async def test_a_proposal_can_be_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        decide(fair, "propose", 1, "jihun")
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)
        await tapped(fair, sofia, "s:no:R1:4")

        toast = await tapped(fair, sofia, "s:no:R1:4:none")

        assert toast == say("en", "staff.done_declined")
        assert cards_in(fair)[0].startswith("⚪ Declined")


async def test_who_came_can_be_said_from_the_beginning_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store, email="anna@example.org")
        await fair.passes(0)
        await until(fair, meeting.slot.starts_at - timedelta(minutes=10))
        sofia = fair.person(SOFIA, STAFF_CHAT)
        assert "🔔 Starts in 10 min\nAnna Müller, Wed 4 March, 10:00–10:25 KST (R1) · 지훈" in cards_in(fair)

        early = await tapped(fair, sofia, "s:came:R1:4")
        fair.clock.advance(600)
        unsure = await tapped(fair, sofia, "s:miss:R1:4")
        sure = await tapped(fair, sofia, "s:miss:R1:4:yes")

        assert (early, unsure, sure) == (say("en", "staff.not_yet"), "", say("en", "staff.done_missed"))
        assert fair.store.agenda.no_shows(GERMAN) == 1
        requested(fair.store, 8, now=fair.clock.now())
        await fair.passes(0)
        assert "No-shows before: 1" in cards_in(fair)[-1]


async def test_a_card_from_before_the_meeting_cannot_cancel_it_afterwards(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store)
        await fair.passes(0)
        fair.clock.advance((meeting.slot.starts_at - NOON).total_seconds())
        sofia = fair.person(SOFIA, STAFF_CHAT)

        toast = await tapped(fair, sofia, "s:off:R1:4")
        came = await tapped(fair, sofia, "s:came:R1:4")  # the card has the buttons of now

        assert (toast, came) == (say("en", "staff_refusals.not_allowed"), say("en", "staff.done_came"))


async def test_a_card_that_telegram_will_not_change_is_sent_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        fair.wire.troubles["editMessageText"] = [{"error_code": 400, "description": "Bad Request: message can't be edited"}]  # fmt: skip

        toast = await tapped(fair, fair.person(SOFIA, STAFF_CHAT), "s:move:R1:3")

        assert toast == ""
        assert "Which day?" in cards_in(fair)[-1]


# A reason in one's own words


async def test_in_private_the_next_words_are_the_reason_and_a_question_is_answered_in_between(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        sofia = in_private(fair, SOFIA)
        await said(fair, sofia, "/requests")
        await tapped(fair, sofia, "s:no:R1:3", "s:no:R1:3:own")

        reminded = await said_last(fair, sofia, "When is it?", count=2)
        done = await said(fair, sofia, "We are away that week")

        assert fair.assistant.asked[-1][0] == "When is it?"
        assert reminded.startswith("Sofia: Please reply to this message with the reason (R1).")
        assert done == say("en", "staff.done_declined")
        assert fair.store.agenda.meeting("R1").reason == "We are away that week"
        assert fair.store.people.draft(SOFIA) is None


async def test_a_reason_that_comes_too_late_is_told_the_truth(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        sofia, listening = fair.person(SOFIA, STAFF_CHAT), fair.person(SOFIA, STAFF_CHAT)
        await tapped(fair, sofia, "s:no:R1:3", "s:no:R1:3:own")
        prompt = (await listening.hears())["message_id"]
        decide(fair, "confirm", "jihun")

        await sofia.say("No time", reply_to=prompt)
        answer = await listening.hears()

        assert answer["text"] == "Already confirmed by 지훈 (21:00 KST)."
        assert fair.store.agenda.meeting("R1").status == Status.CONFIRMED


async def test_a_colleague_s_answer_is_not_taken_for_the_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        sofia, listening = fair.person(SOFIA, STAFF_CHAT), fair.person(SOFIA, STAFF_CHAT)
        await tapped(fair, sofia, "s:no:R1:3", "s:no:R1:3:own")
        prompt = (await listening.hears())["message_id"]

        await fair.person(JIHUN, STAFF_CHAT).say("제가 갈게요", reply_to=prompt)
        await listening.hears()
        await fair.settled()

        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


# Lists


async def test_requests_are_laid_out_anew_and_the_newest_card_is_kept_true(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        for number, team in ((0, "tuen"), (0, "invest"), (4, "tuen")):
            requested(fair.store, number, {0: GERMAN, 4: ENGLISH}[number] if team == "tuen" else KOREAN, team=team)
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)
        before = len(cards_in(fair))

        listening = fair.person(SOFIA, STAFF_CHAT)
        await sofia.say("/requests")
        for _ in range(3):
            await listening.hears()
        await fair.settled()
        decide(fair, "confirm", "sofia")
        await fair.passes(0)

        assert before == 3
        shown = cards_in(fair)[3:6]
        assert [text.split("Reference: ")[1] for text in shown] == ["R1", "R2", "R3"]
        assert shown[0].startswith("✅")


async def test_only_so_many_requests_are_laid_out_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        for number, visitor in enumerate(range(301, 308)):
            requested(fair.store, number // 2, visitor, team=("tuen", "invest")[number % 2])
        sofia = in_private(fair, SOFIA)

        last = await said_last(fair, sofia, "/requests", count=6)

        assert last == say("en", "staff.requests_more", count=2)


async def test_a_long_agenda_has_pages(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        for visitor in range(12):
            requested(fair.store, 0, 300 + visitor, team="group")
        requested(fair.store, 0, 400)
        sofia = in_private(fair, SOFIA)

        first = await said(fair, sofia, "/agenda 2026-03-03")
        await tapped(fair, sofia, "s:agenda:20260303:all:1")

        assert "\n12. " in first
        assert "\n13. " not in first
        assert "\n13. 🟡 11:30–11:55 Anna Müller" in fair.person(SOFIA).bot_said()[-1]


async def test_the_history_of_a_meeting_of_others_is_not_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        set_member(fair, "sofia", teams=["invest"])
        sofia = in_private(fair, SOFIA)

        assert await said(fair, sofia, "/history R1") == say("en", "staff.history_unknown")
        assert await said(fair, sofia, "/history R99") == say("en", "staff.history_unknown")
        assert await said(fair, sofia, "/history") == say("en", "staff.history_which")


@pytest.mark.parametrize(
    ("text", "day"),
    [("", "Mon 2 Mar"), ("today", "Mon 2 Mar"), ("heute", "Mon 2 Mar"), ("내일", "Tue 3 Mar"), ("morgen", "Tue 3 Mar"), ("übermorgen", "Wed 4 Mar"), ("2026-02-27", "Fri 27 Feb"), ("5 March", "Thu 5 Mar")],
)  # fmt: skip
async def test_a_day_can_be_named(tmp_path: Path, text: str, day: str) -> None:
    async with opened(tmp_path) as fair:
        sofia = in_private(fair, SOFIA)

        assert (await said(fair, sofia, f"/agenda {text}".strip())).startswith(f"📅 Agenda: {day}\n")


@pytest.mark.parametrize(
    ("text", "title", "shown"),
    [("지훈 내일", "Agenda of 지훈: Tue 3 Mar", True), ("jihun 2026-03-03", "Agenda of 지훈: Tue 3 Mar", True), ("tomorrow Sofia", "Agenda of Sofia: Tue 3 Mar", False), ("Sofia", "Agenda of Sofia: Mon 2 Mar", False)],
)  # fmt: skip
async def test_a_colleague_can_be_named(tmp_path: Path, text: str, title: str, shown: bool) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0)
        sofia = in_private(fair, SOFIA)

        agenda = await said(fair, sofia, f"/agenda {text}")

        assert agenda.startswith(f"📅 {title}\n")
        assert ("Anna Müller" in agenda) == shown


async def test_turning_to_the_next_day_stays_with_the_colleague_whoever_turns(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0)
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)
        await said(fair, sofia, "/agenda jihun")

        await tapped(fair, sofia, "s:agenda:20260303:of-jihun:0")

        assert cards_in(fair)[-1].startswith("📅 Agenda of 지훈: Tue 3 Mar\nAll times: KST\n\n1. ✅ 10:00")


async def test_a_day_that_cannot_be_read_is_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        assert await said(fair, in_private(fair, SOFIA), "/agenda blah") == say("en", "staff.agenda_which")


async def test_staff_commands_are_in_the_menu_of_the_staff_s_chat_only(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        telegram = fair.server.telegram
        await introduce_everywhere(fair.chat.bot, fair.chat.library, fair.store)  # as it does beside its work
        menus = [
            [one["command"] for one in telegram.profile.commands_for(telegram.users[user], telegram.chat(chat))]
            for user, chat in ((SOFIA, STAFF_CHAT), (ENGLISH, ENGLISH))
        ]

        assert menus[0][:3] == ["agenda", "requests", "history"]
        assert not {"agenda", "requests", "history"} & set(menus[1])


# Letters


async def test_a_request_is_called_to_mind_with_the_time_that_is_left(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store, 0)  # answered within half an hour
        await fair.passes(0)
        await fair.passes(15 * 60)
        assert cards_in(fair)[-1] == "⏰ Time left to answer: 15 min\nAnna Müller, Tue 3 March, 10:00–10:25 KST (R1)"

        toast = await fair.person(SOFIA, STAFF_CHAT).press("s:ok:R1:3:sofia")  # the newest message that has it
        await fair.settled()

        assert toast == say("en", "staff.done_confirmed")
        assert all(text.startswith("✅") for text in cards_in(fair)[:2])


async def test_the_team_hears_that_a_visitor_is_late(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        meeting = confirmed(fair.store, 0)
        await until(fair, meeting.slot.starts_at - timedelta(minutes=5))
        fair.store.requests.late("R1", GERMAN, 10, fair.clock.now())
        await fair.passes(0)

        assert cards_in(fair)[-1] == (
            "🏃 The visitor will be about 10 minutes late.\nAnna Müller, Tue 3 March, 10:00–10:25 KST (R1) · 지훈"
        )


async def test_the_calendar_file_names_the_visitor(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store)
        await fair.passes(0)

        files = [message.file for message in fair.server.telegram.history(STAFF_CHAT) if message.file]

        assert len(files) == 1
        assert files[0] is not None
        assert b"SUMMARY:Meeting with Anna M\xc3\xbcller\\, M\xc3\xbcller GmbH" in files[0].content


async def test_the_morning_has_its_agenda_with_cards_to_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        confirmed(fair.store, 0)
        await fair.passes(0)
        await until(fair, datetime(2026, 3, 2, 23, 0, tzinfo=NOON.tzinfo))

        agenda = next(text for text in cards_in(fair) if text.startswith("📅 Agenda"))
        assert agenda.startswith("📅 Agenda: Tue 3 Mar · Tuen\nAll times: KST\n\n1. ✅ 10:00–10:25 Anna Müller")
        listening = fair.person(SOFIA, STAFF_CHAT)
        assert await fair.person(SOFIA, STAFF_CHAT).press("s:card:R1:4") == ""
        assert (await listening.hears())["text"].startswith("✅ Confirmed · Tuen")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_card_speaks_the_chat_s_language_or_its_first_member_s(tmp_path: Path, language: str) -> None:
    async with opened(tmp_path) as fair:
        fair.store.choose_language(STAFF_CHAT, language)
        requested(fair.store)
        await fair.passes(0)
        fair.store.choose_language(STAFF_CHAT, None)
        requested(fair.store, 0, ENGLISH)
        await fair.passes(0)

        first, second = (text.split("\n")[0] for text in cards_in(fair)[:2])
        assert first == f"🟡 {say(language, 'staff_status.requested')} · {'투엔' if language == 'ko' else 'Tuen'}"
        assert second == "🟡 Request waiting · Tuen"  # Sofia's name comes first


async def test_of_many_members_whoever_presses_goes_and_the_others_are_one_tap_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        with fair.store._database.begin() as connection:
            for number in range(20):
                row = {"id": f"m{number}", "name": f"Member {number:02}", "teams": ["tuen"], "telegram_id": None}
                connection.execute(insert(tables.members).values(language="en", **row))
        requested(fair.store)
        await fair.passes(0)
        sofia = fair.person(SOFIA, STAFF_CHAT)

        await tapped(fair, sofia, "s:who:R1:3", "s:who:R1:3:1", "s:ok:R1:3:m19")

        assert fair.store.agenda.meeting("R1").member_id == "m19"
        requested(fair.store, 0, ENGLISH)
        await fair.passes(0)
        await tapped(fair, sofia, "s:ok:R2:3")
        assert fair.store.agenda.meeting("R2").member_id == "sofia"


# In other words


def decide(fair: Fair, deed: str, *how: object) -> object:
    """What Jihun does to R1, beside the chat."""
    now, meeting = fair.clock.now(), fair.store.agenda.meeting("R1")
    return getattr(fair.store.decisions, deed)(meeting.id, meeting.version, JIHUN, *how, now)


def set_member(fair: Fair, member: str, **values: object) -> None:
    """Change the list of the staff."""
    with fair.store._database.begin() as connection:
        connection.execute(update(tables.members).where(tables.members.c.id == member).values(**values))


async def until(fair: Fair, moment: datetime) -> None:
    """Let time pass until then."""
    await fair.passes((moment - fair.clock.now()).total_seconds())


async def said_last(fair: Fair, person: Person, text: str, count: int) -> str:
    """Say it; returns the last of so many answers."""
    listening = fair.person(person.user_id, person.chat_id)
    await person.say(text)
    heard = [await listening.hears() for _ in range(count)]
    await fair.settled()
    return str(heard[-1]["text"])


async def test_what_is_said_after_going_back_or_much_later_is_no_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        requested(fair.store)
        await fair.passes(0)
        jihun = in_private(fair, JIHUN)
        await pressed(fair, jihun, "s:no:R1:3:own")
        await pressed(fair, jihun, "s:show:R1:3")
        await said(fair, jihun, "오늘 점심은 비빔밥")
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED

        await pressed(fair, jihun, "s:no:R1:3:own")
        await fair.passes(20 * 60)
        await jihun.say("오늘 점심은 비빔밥")
        await fair.settled()
        assert fair.store.agenda.meeting("R1").status == Status.REQUESTED


async def test_a_day_at_the_end_of_the_calendar_is_asked_about(tmp_path: Path) -> None:
    async with opened(tmp_path) as fair:
        staff = fair.person(SOFIA, STAFF_CHAT)
        for day in ("0001-01-01", "9999-12-31"):
            assert await said(fair, staff, f"/agenda {day}") == say("en", "staff.agenda_which")
