"""A meeting from the first tap to the calendar, clicked through in a real Chromium: the whole bot, on the chat page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.meetings import Status
from bot.texts import say
from tests.fair import ENGLISH, GERMAN, Fair, opened_fair
from tests.meetings import requested
from tests.pavilion import STAFF_CHAT
from tests.test_dialogs import UNLIMITED
from tests.test_page import PICTURES, no_sideways_scroll
from tests.test_page import browser as browser
from tests.test_page import chromium as chromium

pytestmark = pytest.mark.browser

DAY, TIME = "03.03.", "10:00"  # the first of ``tests.pavilion``


@asynccontextmanager
async def looking_at(fair: Fair, browser: Browser, *chats: int, width: int = 1440, **more: Any) -> AsyncIterator[Page]:
    """The chat page of the fair's playground with these chats open; at the end nothing may have been complained of."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, locale="en-US", timezone_id="Asia/Seoul", **more
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        await page.goto(fair.server.url)
        for chat in chats:
            if not await column(page, chat).is_visible():
                await page.locator(f'[data-opens="{chat}"]').click()
        yield page
        assert complaints == []
    finally:
        await context.close()


def column(page: Page, chat: int) -> Locator:
    return page.locator(f'[data-chat="{chat}"]')


async def write(page: Page, chat: int, text: str) -> None:
    await column(page, chat).locator("textarea").fill(text)
    await page.keyboard.press("Enter")


async def tap(page: Page, chat: int, label: str) -> None:
    """Tap the newest button that says so."""
    await column(page, chat).locator(".key", has_text=label).last.click()


def newest(page: Page, chat: int) -> Locator:
    """The last thing the bot said there."""
    return column(page, chat).locator(".theirs").last


def card(page: Page) -> Locator:
    return column(page, STAFF_CHAT).locator(".theirs", has_text=say("en", "staff.label_visitor")).last


async def picture(page: Page, name: str) -> None:
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


async def test_a_meeting_is_asked_for_confirmed_and_in_both_calendars(tmp_path: Path, browser: Browser) -> None:
    async with (
        opened_fair(tmp_path, bookable=True, limits=UNLIMITED) as fair,
        looking_at(fair, browser, GERMAN, STAFF_CHAT) as page,
    ):
        await column(page, GERMAN).locator(".gate .strong").click()
        await expect(newest(page, GERMAN)).to_contain_text("Testmesse")

        await write(page, GERMAN, "Was macht Tuen?")
        await tap(page, GERMAN, say("de", "meetings.meet", team="Tuen"))
        await tap(page, GERMAN, DAY)
        await tap(page, GERMAN, TIME)
        await tap(page, GERMAN, say("de", "meetings.agree"))
        await expect(newest(page, GERMAN)).to_contain_text(say("de", "meetings.ask_all").split("\n")[0])
        await write(page, GERMAN, "Wo ist die Messe?")  # nothing is lost by being curious
        await expect(newest(page, GERMAN)).to_contain_text(say("de", "meetings.ask_all").split("\n")[0])
        await write(page, GERMAN, "Anna Weber, ACME <b>GmbH</b>, Kathodenrecycling")
        await tap(page, GERMAN, "Berlin")
        await expect(newest(page, GERMAN)).to_contain_text("10:00–10:25 Uhr KST (vor Ort) · 02:00 Uhr MEZ (bei Ihnen)")
        await picture(page, "meeting-summary")
        await tap(page, GERMAN, say("de", "meetings.send"))

        await expect(card(page)).to_contain_text("Anna Weber, ACME <b>GmbH</b> (German, Berlin)")
        await column(page, STAFF_CHAT).get_by_text("Sofia", exact=True).last.click()  # who speaks
        await tap(page, STAFF_CHAT, say("en", "staff.button_confirm", name="Sofia"))
        await expect(column(page, STAFF_CHAT).locator(".toast")).to_have_text(say("en", "staff.done_confirmed"))
        await expect(card(page)).to_contain_text(say("en", "staff_status.confirmed"))
        await expect(column(page, STAFF_CHAT).locator(".file")).to_contain_text("meeting.ics")

        told = column(page, GERMAN).locator(".theirs", has_text=say("de", "notices.confirmed")).last
        await expect(told.locator(".words")).to_contain_text("Sofia")
        for name in ("Google", "Outlook"):
            link = told.locator("a.key", has_text=name)
            await expect(link).to_have_attribute("href", re.compile(r"^https://.*2026-?03-?03T01"))
        file = column(page, GERMAN).locator("a.file")
        await expect(file).to_have_count(1)
        address = await file.get_attribute("href")
        entry = await (await page.request.get(f"{fair.server.url.rstrip('/')}{address}")).text()
        assert "DTSTART:20260303T010000Z" in entry.replace("\r\n", "\n")
        assert "ATTENDEE" not in entry
        await picture(page, "meeting-confirmed")
        assert fair.store.agenda.meeting("R1").status == Status.CONFIRMED


async def test_on_a_phone_a_refusal_shows_its_reason_and_what_is_still_free(tmp_path: Path, browser: Browser) -> None:
    async with (
        opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=(ENGLISH,)) as fair,
        looking_at(fair, browser, STAFF_CHAT) as desk,
        looking_at(fair, browser, ENGLISH, width=390, has_touch=True, is_mobile=True) as phone,
    ):
        await write(phone, ENGLISH, "/meet")
        await tap(phone, ENGLISH, "Tuen")
        await tap(phone, ENGLISH, "3 Mar")
        await picture(phone, "meeting-times-phone")
        await tap(phone, ENGLISH, TIME)
        await tap(phone, ENGLISH, say("en", "meetings.agree"))
        await write(phone, ENGLISH, "John Smith\nACME GmbH\n" + "recycling " * 40)
        await tap(phone, ENGLISH, "Seoul")
        await tap(phone, ENGLISH, say("en", "meetings.send"))
        await expect(newest(phone, ENGLISH)).to_contain_text("R1")

        await tap(desk, STAFF_CHAT, say("en", "staff.button_decline"))
        await tap(desk, STAFF_CHAT, say("en", "reasons.absent"))
        await expect(card(desk)).to_contain_text(say("en", "reasons.absent"))
        await expect(newest(phone, ENGLISH)).to_contain_text(say("en", "reasons.absent"))
        assert await no_sideways_scroll(phone)
        await picture(phone, "meeting-declined-phone")
        free = newest(phone, ENGLISH).locator(".key")
        assert not any(TIME in label for label in await free.all_inner_texts())  # the team has just turned that down
        await free.first.click()  # one tap, and another seat is kept
        await expect(newest(phone, ENGLISH)).to_contain_text("10:30–10:55 KST")


async def test_two_of_the_staff_at_two_screens_have_one_effect_and_see_the_same(
    tmp_path: Path, browser: Browser
) -> None:
    async with (
        opened_fair(tmp_path, bookable=True, limits=UNLIMITED, met=(GERMAN,)) as fair,
        looking_at(fair, browser, STAFF_CHAT) as here,
        looking_at(fair, browser, STAFF_CHAT) as there,
    ):
        requested(fair.store)
        await fair.passes(0)
        for page, name in ((here, "Sofia"), (there, "지훈")):
            await column(page, STAFF_CHAT).locator(".speaker", has_text=name).click()
            label = say("en", "staff.button_confirm", name=name)
            await expect(column(page, STAFF_CHAT).locator(".key", has_text=label)).to_be_visible()

        # Both press before either has seen what the other did.
        await here.evaluate("label => [...document.querySelectorAll('.key')].find(k => k.textContent === label).click()",
                            say("en", "staff.button_confirm", name="Sofia"))  # fmt: skip
        await there.evaluate("label => [...document.querySelectorAll('.key')].find(k => k.textContent === label).click()",
                             say("en", "staff.button_confirm", name="지훈"))  # fmt: skip

        toasts = [column(page, STAFF_CHAT).locator(".toast") for page in (here, there)]
        for toast in toasts:
            await expect(toast).not_to_be_empty()
        await fair.settled()
        meeting = fair.store.agenda.meeting("R1")
        assert (meeting.status, len(fair.store.agenda.history("R1"))) == (Status.CONFIRMED, 2)
        goes = {"sofia": "Sofia", "jihun": "지훈"}[meeting.member_id or ""]
        for page in (here, there):
            await expect(card(page)).to_contain_text(f"{say('en', 'staff.label_goes')} {goes}")
