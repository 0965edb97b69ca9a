"""Nobody can flood the bot, nor others through it: the pace, the day's questions, and every way to a third person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Update

from bot.budget import spender
from bot.chat.limits import GIVEN_UP_A_DAY, PEOPLE, Gate, Limits
from bot.chat.post.invitations import MAILS_A_DAY
from bot.chat.sending import Sender
from bot.chat.visitors import Place, Visitors
from bot.chat.work import Work, current
from bot.citations import Answer
from bot.meetings import Reason, Refused
from tests.fair import ANNA, ENGLISH, GERMAN, GROUP, KOREAN, TOUR, command, message, opened_fair, started
from tests.fakes import NOON, EchoAssistant
from tests.meetings import confirmed, requested
from tests.pavilion import JIHUN, SOFIA, STAFF_CHAT
from tests.test_delivery import UNLIMITED, letters, opened
from tests.test_invitations import Post, post

__all__ = ["post"]  # a fixture

FEW = Limits(messages_a_minute=3)
MOMENT = "Einen Moment, bitte"


# The pace


async def test_staff_are_never_asked_for_a_moment(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, allowed=FEW) as fair:
        jihun = fair.person(JIHUN, STAFF_CHAT)
        for _ in range(10):
            await jihun.say("/requests")
        await fair.settled()

        assert len(jihun.bot_said()) == 10


async def test_what_people_say_to_each_other_in_a_group_is_no_flood(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=FEW) as fair:
        group = fair.person(GERMAN, GROUP)
        for number in range(30):
            await fair.deliver("message", **message("Wo treffen wir uns?", TOUR, message_id=number))
        await fair.settled()
        assert group.bot_said() == []

        await group.say(f"@{fair.chat.bot.username} Wo ist es?")
        assert (await group.hears())["text"].startswith("You asked")


async def test_a_group_has_a_pace_of_its_own(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=FEW) as fair:
        group = fair.person(GERMAN, GROUP)
        for number in range(PEOPLE * 3 + 5):
            who = {**ANNA, "id": 500 + number}
            text = {"text": "/help", "entities": command("/help"), "from": who, "message_id": number}
            await fair.deliver("message", **message(chat=TOUR) | text)
        await fair.settled()
        said = [text.split("\n")[0] for text in group.bot_said()]
        assert said[:-1] == ["Testmesse"] * PEOPLE * 3
        assert said[-1].startswith(MOMENT)

        other = fair.person(ENGLISH)
        await other.say("Where is it?")
        assert (await other.hears())["text"].startswith("You asked")


async def test_to_add_the_bot_to_a_group_again_and_again_says_little_there(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=FEW) as fair:
        group = fair.person(GERMAN, GROUP)
        bot = {"id": fair.chat.bot.id, "is_bot": True, "first_name": "Expo", "username": "expo_bot"}
        out, into = ({"user": bot, "status": status} for status in ("left", "member"))
        for _ in range(20):
            change = {"chat": TOUR, "from": ANNA, "date": 1, "old_chat_member": out, "new_chat_member": into}
            await fair.deliver("my_chat_member", **change)
        await fair.settled()

        assert len(group.bot_said()) == 3  # and no word on the flood: it would be one more


async def test_what_waited_while_the_bot_was_away_is_no_flood(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=FEW, limits=UNLIMITED) as fair:
        anna = await started(fair)
        fair.clock.advance(3600)
        for minutes in range(40, 10, -1):
            sent = int((fair.clock.now() - timedelta(minutes=minutes)).timestamp())
            await fair.deliver("message", **message("Wo ist es?", date=sent))
        await fair.settled()

        assert [text for text in anna.bot_said() if text.startswith(MOMENT)] == []


async def test_a_date_that_lies_ahead_is_taken_for_now(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=FEW) as fair:
        anna = await started(fair)
        for minutes in range(30):
            sent = int((fair.clock.now() + timedelta(minutes=minutes)).timestamp())
            await fair.deliver("message", **message("/help", date=sent, entities=command("/help")))
        await fair.settled()

        assert sum(text.startswith(MOMENT) for text in anna.bot_said()) == 1


# A day


async def test_the_days_questions_are_counted_over_a_restart(tmp_path: Path) -> None:
    for heard in ("You asked", "Sie haben heute 1 Fragen gestellt"):
        async with opened_fair(tmp_path, allowed=Limits(questions_a_day=1), met=[GERMAN]) as fair:
            anna = fair.person(GERMAN)
            await anna.say("Wo ist es?")
            assert (await anna.hears())["text"].startswith(heard)


async def test_an_offered_question_and_a_link_count_as_well(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=Limits(questions_a_day=2)) as fair:
        anna = await started(fair)
        await anna.press("q:de:0")
        await anna.start("tuen")
        await anna.say("Und wo?")
        await fair.settled()

        assert anna.bot_said()[-1].startswith("Sie haben heute 2 Fragen")


async def test_a_question_that_is_begun_again_after_a_crash_is_not_counted_again(tmp_path: Path) -> None:
    async with opened_fair(tmp_path) as fair:
        sender = Sender(fair.chat.bot, fair.clock)
        gate = Gate(Limits(questions_a_day=9), fair.store, Visitors(fair.store, fair.clock), sender, "secret")
        update = Update.de_json({"update_id": 1, "message": message("When?")}, fair.chat.bot)
        for resumed, counted in ((False, 1), (True, 1), (False, 2)):
            current.set(Work(1, {}, NOON, lambda: None, resumed=resumed))
            assert await gate.may_ask(update, Place(ANNA["id"], private=True))
            assert gate.counted(ANNA["id"], fair.clock.now().date())["questions"] == counted
        current.set(None)


async def test_staff_may_ask_on(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, allowed=Limits(questions_a_day=1)) as fair:
        jihun = fair.person(JIHUN, STAFF_CHAT)
        for _ in range(3):
            await jihun.say(f"@{fair.chat.bot.username} 어디예요?")
        await fair.settled()

        assert sum(text.startswith("You asked") for text in jihun.bot_said()) == 3


async def test_what_is_counted_is_handed_over_and_goes_with_the_day(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=Limits(questions_a_day=9)) as fair:
        anna = await started(fair)
        await anna.say("Wo ist es?")
        await anna.hears()
        for questions in (1, 0):
            await anna.say("/mydata")
            file = fair.server.telegram.files[(await anna.hears())["document"]["file_id"]]
            counted = {"questions": questions, "language_model_tokens": 0}
            assert json.loads(file.content)["counted_today"] == counted
            await fair.passes(24 * 3600)


async def test_forgetting_gives_no_further_questions(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, allowed=Limits(questions_a_day=1)) as fair:
        anna = await started(fair)
        await anna.say("Wo ist es?")
        await anna.say("/forget")
        await fair.settled()
        await anna.press(f"x:{GERMAN}")
        await anna.say("Wo ist es?")
        await fair.settled()

        assert anna.bot_said()[-1].startswith("Sie haben heute 1 Fragen")


# The language model's budget


class Spenders(EchoAssistant):
    """Notes for whom each question is answered."""

    async def answer(
        self, question: str, history: Sequence[tuple[str, str]] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        self.spenders = [*getattr(self, "spenders", []), spender.get()]
        async for one in super().answer(question, history, language):
            yield one


async def test_a_question_spends_the_share_of_who_asks_it_also_in_a_group(tmp_path: Path) -> None:
    assistant = Spenders()
    async with opened_fair(tmp_path, assistant=assistant) as fair:
        for user, chat in ((GERMAN, 0), (KOREAN, GROUP), (GERMAN, GROUP)):
            await fair.person(user, chat).say(f"@{fair.chat.bot.username} Wo ist es?")
            await fair.settled()

    assert assistant.spenders == [GERMAN, KOREAN, GERMAN]


# Third persons


async def test_one_address_gets_a_few_mails_a_day_whoever_types_it(tmp_path: Path, post: Post) -> None:
    visitors = range(1_000, 1_000 + MAILS_A_DAY + 2)
    async with opened(tmp_path, mailer=post.mailer(), strangers=visitors) as fair:
        for number, visitor in enumerate(visitors):
            address = "Somebody.Else@example.org" if number % 2 else "somebody.else@example.org"
            team, host, name = (("tuen", JIHUN, "jihun"), ("pavilion", SOFIA, "sofia"))[number % 2]
            sent = requested(fair.store, 0, visitor, team=team, email=address)
            fair.store.decisions.confirm(sent.id, sent.version, host, name, NOON)
            await fair.passes(1)

        assert len(post.taken) == MAILS_A_DAY
        dropped = [one for one in letters(fair.store, to="mail") if one[1] == "dropped"]
        assert dropped == [("invitation", "dropped", "its address has had enough mails today")] * 2
        confirmed(fair.store, -1, visitors[0], email="another@example.org")
        await fair.passes(1)
        assert len(post.taken) == MAILS_A_DAY + 1


async def test_who_requests_and_forgets_again_and_again_must_pause(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        anna = fair.person(GERMAN)
        for _ in range(GIVEN_UP_A_DAY + 1):
            requested(fair.store, now=fair.clock.now())
            await fair.passes(0)
            await anna.say("/forget")
            await fair.settled()
            await anna.press(f"x:{GERMAN}")
        rings = len(fair.person(JIHUN, STAFF_CHAT).bot_said())
        with pytest.raises(Refused) as refused:
            requested(fair.store, now=fair.clock.now())
        await fair.passes(0)

        assert refused.value.reason == Reason.BLOCKED
        assert len(fair.person(JIHUN, STAFF_CHAT).bot_said()) == rings
        tomorrow = fair.clock.now() + timedelta(days=1, seconds=1)
        assert requested(fair.store, now=tomorrow)


async def test_to_forget_without_having_asked_for_anything_blocks_nobody(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        anna = fair.person(GERMAN)
        for _ in range(GIVEN_UP_A_DAY + 2):
            await anna.say("/forget")
            await fair.settled()
            await anna.press(f"x:{GERMAN}")

        assert requested(fair.store)


async def test_a_link_to_the_bot_does_nothing_to_who_does_not_follow_it(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True) as fair:
        group = fair.person(GERMAN, GROUP)
        await group.say("https://t.me/expo_bot?start=meet-tuen")
        await fair.deliver("message", **message("/start meet-tuen", TOUR, entities=command("/start")))
        await fair.settled()

        private = "Das besprechen wir besser im privaten Chat"
        assert [text for text in group.bot_said() if "Tuen" in text and not text.startswith(private)] == []
        assert fair.person(KOREAN).bot_said() == fair.person(JIHUN, STAFF_CHAT).bot_said() == []


async def test_whoever_blocks_the_bot_and_comes_back_again_and_again_rings_at_nobody(tmp_path: Path) -> None:
    async with opened_fair(tmp_path, bookable=True, met=[GERMAN]) as fair:
        confirmed(fair.store)
        await fair.passes(0)
        staff, anna = fair.person(JIHUN, STAFF_CHAT), fair.person(GERMAN)
        before = len(staff.bot_said())
        for blocked in (True, False) * 10:
            await anna.block(blocked)
        await fair.passes(0)

        assert len(staff.bot_said()) == before


async def test_running_late_again_and_again_rings_once_for_each_of_three_times(tmp_path: Path) -> None:
    async with opened(tmp_path, NOON + timedelta(hours=20), limits=UNLIMITED) as fair:
        meeting = confirmed(fair.store, now=fair.clock.now())
        await fair.passes(0)
        await fair.passes(15.5 * 3600)
        staff, anna = fair.person(JIHUN, STAFF_CHAT), fair.person(GERMAN)
        before = len(staff.bot_said())
        await anna.say("/meetings")
        await fair.settled()
        at = anna.newest()
        for number, minutes in enumerate((10, 20, 30, 40, 999) * 3):  # no button says 40, but who would forge one might
            press = {"id": "1", "from": ANNA, "chat_instance": "1", "data": f"m:late:{meeting.id}:{minutes}"}
            await fair.deliver("callback_query", 5_000 + number, **press, message=message("", message_id=at))
        await fair.settled()
        await fair.passes(0)

        assert len(staff.bot_said()) == before + 3
