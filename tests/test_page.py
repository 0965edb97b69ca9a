"""The chat page in a real Chromium, with a small bot that answers over the Bot API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot import playground

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
PICTURES = Path(__file__).parent.parent / "build" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"]

ANSWER = {
    "ko": (
        "엑스포는 2025년 9월 18일부터 포항에서 열렸습니다. [1]\n\n"
        "배터리·미래차 기업 120여 곳이 참가했고, 상담회는 이틀 동안 진행되었습니다. [2]\n"
        "출처 1. 포항시 · 2025-05-09 기준\n“행사는 만인당에서 사흘간 열린다.”"
    ),
    "de": (
        "Die Messe begann am 18. September 2025 in Pohang. [1]\n\n"
        "Rund 120 Unternehmen aus der Batteriebranche haben ausgestellt. [2]\n"
        "Quelle 1. Stadt Pohang · Stand 2025-05-09\n„Die Messe findet drei Tage lang in Manindang statt.“"
    ),
    "en": (
        "The fair opened on 18 September 2025 in Pohang. [1]\n\n"
        "About 120 battery companies took part. [2]\n"
        "Source 1. City of Pohang · as of 2025-05-09\n“The fair takes place in Manindang for three days.”"
    ),
}
BUTTONS = {
    "ko": ("📅 상담 예약", "출처 보기", "주소 복사"),
    "de": ("📅 Termin buchen", "Quelle ansehen", "Adresse kopieren"),
    "en": ("📅 Book a meeting", "See the source", "Copy the address"),
}
COMMANDS = {
    "ko": [("start", "처음으로"), ("meet", "상담 예약하기"), ("privacy", "내 정보 보기와 지우기")],
    "de": [("start", "Zum Anfang"), ("meet", "Termin buchen"), ("privacy", "Meine Daten sehen und löschen")],
    "": [("start", "Begin again"), ("meet", "Book a meeting"), ("privacy", "See and delete my data")],
}


@dataclass
class Script:
    """A bot of a few lines: it greets, drafts, answers with a source and with buttons, and sends a calendar file."""

    http: httpx.AsyncClient
    finish: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: str, **sent: Any) -> Any:
        body = (await self.http.post(f"/bot{playground.TOKEN}/{method}", json=sent, timeout=70)).json()
        assert body["ok"], body
        return body["result"]

    async def introduce(self) -> None:
        for language, commands in COMMANDS.items():
            listed = [{"command": name, "description": text} for name, text in commands]
            await self.call("setMyCommands", commands=listed, language_code=language)
        await self.call("setMyName", name="Pohang Expo")
        texts = {
            "": "I answer questions about Pohang's battery industry, with sources, and book meetings.",
            "ko": "포항 배터리 산업에 관한 질문에 출처와 함께 답하고, 상담을 예약해 드립니다.",
            "de": "Ich beantworte Fragen zur Batterieindustrie in Pohang, mit Quellen, und buche Termine.",
        }
        for language, text in texts.items():
            await self.call("setMyDescription", description=text, language_code=language)

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=50):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self.reply(update["message"])
                elif "callback_query" in update:
                    await self.pressed(update["callback_query"])

    async def reply(self, message: dict[str, Any]) -> None:
        chat_id, text = message["chat"]["id"], message.get("text", "")
        language = message["from"].get("language_code", "en")
        if text.startswith("/start"):
            greeting = {"ko": "안녕하세요! 무엇이 궁금하세요?", "de": "Guten Tag! Was möchten Sie wissen?"}
            await self.call("sendMessage", chat_id=chat_id, text=greeting.get(language, "Hello! What is it about?"))
        elif "draft" in text:
            await self.call("sendMessageDraft", chat_id=chat_id, draft_id=1)
            await self.call("sendMessageDraft", chat_id=chat_id, draft_id=1, text="Die Messe begann am 18. Sept")
            await self.finish.wait()
            await self.call("sendMessage", chat_id=chat_id, text="Die Messe begann am 18. September.")
        elif text == "think":
            await self.call("sendMessageDraft", chat_id=chat_id, draft_id=2)
        elif not text:
            await self.call("setMessageReaction", chat_id=chat_id, message_id=message["message_id"],
                            reaction=[{"type": "emoji", "emoji": "👀"}])  # fmt: skip
        else:
            await self.answer(chat_id, message["message_id"], language)

    async def answer(self, chat_id: int, reply_to: int, language: str) -> None:
        text = ANSWER.get(language, ANSWER["en"])
        book, see, copy = BUTTONS.get(language, BUTTONS["en"])
        first, quote = text.split("\n")[0], text.rindex("\n", 0, text.rindex("\n")) + 1
        keyboard = [
            [{"text": book, "callback_data": "book", "style": "primary"}],
            [{"text": see, "url": "https://www.pohang.go.kr/"}, {"text": copy, "copy_text": {"text": "만인당"}}],
        ]
        await self.call(
            "sendMessage", chat_id=chat_id, text=text, reply_markup={"inline_keyboard": keyboard},
            reply_parameters={"message_id": reply_to},
            entities=[
                {"type": "bold", "offset": 0, "length": len(first) - 4},
                {"type": "text_link", "offset": len(first) - 3, "length": 3, "url": "https://www.pohang.go.kr/"},
                {"type": "expandable_blockquote", "offset": quote, "length": len(text) - quote},
            ],
        )  # fmt: skip

    async def pressed(self, query: dict[str, Any]) -> None:
        language, chat_id = query["from"]["language_code"], query["message"]["chat"]["id"]
        said = {"ko": "예약되었습니다", "de": "Gebucht"}.get(language, "Booked")
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=said, show_alert=language == "de")
        files = {"document": ("meeting.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar")}
        sent = {"chat_id": str(chat_id), "caption": f"{said} ✓"}
        await self.http.post(f"/bot{playground.TOKEN}/sendDocument", data=sent, files=files)


@dataclass
class Screen:
    """A page on the stand-in; what went wrong in its console is collected."""

    page: Page
    server: playground.Server
    script: Script
    complaints: list[str]

    def column(self, chat_id: int) -> Any:
        return self.page.locator(f'[data-chat="{chat_id}"]')

    async def write(self, chat_id: int, text: str) -> None:
        await self.column(chat_id).locator("textarea").fill(text)
        await self.page.keyboard.press("Enter")

    async def start(self, *chat_ids: int) -> None:
        for chat_id in chat_ids:
            await self.column(chat_id).locator(".gate .strong").click()
            await expect(self.column(chat_id).locator(".theirs")).to_have_count(1)

    async def picture(self, name: str) -> None:
        await self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


class LeftOut:
    """Says at the end of the run, where nobody overlooks it, that the page was not tried."""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("left out")
        terminalreporter.write_line(f"The chat page was NOT tested: there is no {CHROMIUM} (apt-get install chromium).")


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> str:
    if not CHROMIUM.exists():
        if not request.config.pluginmanager.has_plugin("left-out"):
            request.config.pluginmanager.register(LeftOut(), "left-out")
        pytest.skip(f"no {CHROMIUM}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    return str(CHROMIUM)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        await opened.close()


@contextlib.asynccontextmanager
async def screen_of(browser: Browser, width: int, height: int, locale: str, **more: Any) -> AsyncIterator[Screen]:
    """A page of this size on a stand-in of its own; at the end nothing may have been complained of."""
    async with playground.serve() as server, httpx.AsyncClient(base_url=server.api_url) as http:
        script = Script(http)
        await script.introduce()
        running = asyncio.create_task(script.run())
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, timezone_id="Asia/Seoul", **more
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: _check_address(sent.url, server, complaints))
        try:
            await page.goto(server.url)
            yield Screen(page, server, script, complaints)
            assert complaints == []
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await context.close()


def _check_address(url: str, server: playground.Server, complaints: list[str]) -> None:
    if not url.startswith(server.url):
        complaints.append(f"asked {url}")


async def no_sideways_scroll(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_two_visitors_get_answers_in_their_languages_side_by_side(browser: Browser) -> None:
    async with screen_of(browser, 1440, 900, "en-US") as screen:
        await expect(screen.page.locator(".column")).to_have_count(3)
        await screen.start(101, 102)
        await screen.write(101, "엑스포는 언제 어디에서 열렸나요?")
        await screen.write(102, "Wann und wo fand die Messe statt?")
        minji, anna = screen.column(101), screen.column(102)
        await expect(minji.locator(".words strong").last).to_contain_text("엑스포는 2025년 9월 18일부터")
        await expect(anna.locator(".words strong").last).to_contain_text("Die Messe begann")
        link = anna.locator(".words a").last
        assert await link.get_attribute("rel") == "noopener noreferrer"
        assert await link.get_attribute("target") == "_blank"
        await minji.get_by_role("button", name="상담 예약").click()
        await expect(minji.locator(".toast")).to_have_text("예약되었습니다")
        await expect(minji.locator(".file")).to_contain_text("meeting.ics")
        await screen.picture("desktop-light")
        await screen.page.get_by_role("button", name="Switch between light and dark").click()
        assert await screen.page.evaluate("document.documentElement.dataset.theme") == "dark"
        await screen.picture("desktop-dark")
        await screen.page.reload()
        await expect(screen.column(101).locator(".file")).to_be_visible()
        assert await screen.page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_an_alert_waits_for_the_visitor(browser: Browser) -> None:
    async with screen_of(browser, 1100, 800, "de-DE") as screen:
        await screen.start(102)
        await screen.write(102, "Wann fand die Messe statt?")
        await screen.column(102).get_by_role("button", name="Termin buchen").click()
        await expect(screen.page.get_by_role("dialog")).to_contain_text("Gebucht")
        await screen.picture("alert-german")
        await screen.page.get_by_role("button", name="OK").click()
        await expect(screen.page.get_by_role("dialog")).to_have_count(0)


async def test_a_draft_grows_and_gives_way_to_the_message(browser: Browser) -> None:
    async with screen_of(browser, 1100, 800, "en-US") as screen:
        await screen.start(101, 102)
        await screen.write(101, "think")
        await expect(screen.column(101).locator(".thinking")).to_be_visible()
        await screen.write(102, "a draft please")
        draft = screen.column(102).locator(".draft")
        await expect(draft).to_contain_text("Die Messe begann am 18. Sept")
        await screen.picture("drafts")
        screen.script.finish.set()
        await expect(draft).to_have_count(0)
        await expect(screen.column(102).locator(".theirs").last).to_contain_text("18. September.")


async def test_a_slash_suggests_the_commands_in_the_visitors_language(browser: Browser) -> None:
    async with screen_of(browser, 1100, 800, "en-US") as screen:
        await screen.start(101)
        minji = screen.column(101)
        await minji.locator("textarea").press_sequentially("/")
        await expect(minji.get_by_role("option")).to_have_count(3)
        await expect(minji.get_by_role("option").nth(1)).to_contain_text("상담 예약하기")
        await screen.page.keyboard.press("ArrowDown")
        await screen.picture("commands")
        await screen.page.keyboard.press("Enter")
        await expect(minji.locator(".own").last).to_contain_text("/meet")


async def test_a_phone_shows_one_chat_and_a_way_back(browser: Browser) -> None:
    async with screen_of(browser, 375, 740, "ko-KR", has_touch=True, is_mobile=True) as screen:
        await expect(screen.page.get_by_role("heading", name="방문자")).to_be_visible()
        await screen.picture("phone-list")
        await screen.page.locator('[data-opens="101"]').click()
        await expect(screen.page.get_by_text("포항 배터리 산업에 관한 질문에")).to_be_visible()
        await screen.picture("phone-start")
        await screen.start(101)
        await screen.write(101, "엑스포는 언제 열렸나요? " + "가" * 80 + " " + "w" * 120)
        await expect(screen.column(101).locator(".keyboard")).to_be_visible()
        assert await no_sideways_scroll(screen.page)
        await screen.picture("phone-chat")
        await screen.page.get_by_role("button", name="대화 목록으로").click()
        await expect(screen.page.get_by_role("heading", name="방문자")).to_be_visible()
        assert await no_sideways_scroll(screen.page)


async def test_a_voice_message_can_be_sent_and_gets_a_reaction(browser: Browser) -> None:
    async with screen_of(browser, 1100, 800, "en-US") as screen:
        await screen.page.locator('[data-opens="103"]').click()
        await screen.start(103)
        for kind in ("Voice message", "Photo", "Sticker", "Document"):
            await screen.column(103).get_by_role("button", name="Attach").click()
            await screen.page.get_by_role("menuitem", name=kind).click()
        await expect(screen.column(103).locator(".reaction")).to_have_count(4)
        await screen.picture("kinds")


async def test_the_start_link_carries_its_payload(browser: Browser) -> None:
    async with screen_of(browser, 1100, 800, "en-US") as screen:
        await screen.column(101).get_by_role("button", name="Open with ?start=…").click()
        await screen.picture("start-link")
        await screen.page.get_by_label("Start parameter").fill("booth-12")
        await screen.page.get_by_role("button", name="Open", exact=True).click()
        await expect(screen.column(101).locator(".own")).to_contain_text("/start booth-12")


async def test_a_new_visitor_writes_in_a_language_of_their_own(browser: Browser) -> None:
    async with screen_of(browser, 800, 800, "en-US") as screen:
        await screen.page.get_by_role("button", name="Add visitor").click()
        await screen.page.get_by_label("Name").fill("Łukasz <b>x</b>")
        await screen.page.get_by_role("button", name="Add", exact=True).click()
        column = screen.page.locator(".column").last
        await expect(column.get_by_role("heading", level=2)).to_have_text("Łukasz <b>x</b>")


async def test_staff_answer_in_their_group_and_the_page_speaks_korean(browser: Browser) -> None:
    async with screen_of(browser, 1440, 900, "en-US") as screen:
        await screen.page.get_by_label("Language of this page").select_option("ko")
        staff = screen.column(playground.STAFF_CHAT_ID)
        await screen.page.locator(f'[data-opens="{playground.STAFF_CHAT_ID}"]').click()
        await staff.get_by_text("Sofia", exact=True).click()
        await screen.write(playground.STAFF_CHAT_ID, "@playground_bot hello, write to sofia@example.com")
        await expect(staff.locator(".own .sender")).to_have_text("Sofia")
        await expect(staff.locator(".theirs")).to_have_count(1)
        await staff.locator(".theirs").hover()
        await staff.locator(".theirs").get_by_role("button", name="답장").click()
        await screen.picture("staff-korean")


async def test_every_entity_becomes_its_element_and_no_markup_is_ever_run(browser: Browser) -> None:
    async with screen_of(browser, 1100, 900, "en-US") as screen:
        await screen.start(101)
        source = (
            "<b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>code</code> <tg-spoiler>secret</tg-spoiler> "
            '<a href="https://example.com/?a=1&amp;b=2">a link</a> and https://example.org/x.\n'
            '<pre><code class="language-python">print("안녕")\n</code></pre>\n'
            "<blockquote>a quote</blockquote>\n"
            f"<blockquote expandable>{'a long quote with many words ' * 12}</blockquote>\n"
            '<tg-time unix="1790000000" format="wDT">then</tg-time> /help #tag 😀'
            " &lt;img src=x onerror=alert(1)&gt;"
        )
        await screen.script.call("sendMessage", chat_id=101, text=source, parse_mode="HTML")
        words = screen.column(101).locator(".theirs").last.locator(".words")
        await expect(words.locator("strong em")).to_have_text("both")
        await expect(words.locator("pre code")).to_contain_text('print("안녕")')
        await expect(words.locator("a")).to_have_count(2)
        assert await words.locator("img").count() == 0
        await expect(words.locator("time")).to_contain_text("2026")
        await words.get_by_role("button", name="Show hidden text").click()
        await expect(words.locator(".revealed")).to_have_text("secret")
        await words.get_by_role("button", name="Show all").click()
        await expect(words.get_by_role("button", name="Show less")).to_be_visible()
        await screen.picture("entities")


async def test_the_reader_is_not_moved_while_reading_older_messages(browser: Browser) -> None:
    async with screen_of(browser, 1100, 700, "en-US") as screen:
        await screen.start(101)
        for number in range(8):
            await screen.script.call("sendMessage", chat_id=101, text=f"{number}\n" * 8)
        column = screen.column(101)
        await expect(column.locator(".theirs")).to_have_count(9)
        await column.locator(".feed").evaluate("feed => { feed.scrollTop = 0; }")
        await screen.script.call("sendMessage", chat_id=101, text="news")
        await expect(column.get_by_role("button", name="New messages")).to_be_visible()
        assert await column.locator(".feed").evaluate("feed => feed.scrollTop") == 0
        await column.get_by_role("button", name="New messages").click()
        await expect(column.get_by_text("news")).to_be_in_viewport()


async def test_typing_edits_and_deletions_show(browser: Browser) -> None:
    async with screen_of(browser, 1100, 700, "en-US") as screen:
        await screen.start(101)
        column = screen.column(101)
        await screen.script.call("sendChatAction", chat_id=101, action="typing")
        await expect(column.locator(".subtitle")).to_have_text("Pohang Expo is typing…")
        sent = await screen.script.call("sendMessage", chat_id=101, text="first")
        await expect(column.locator(".subtitle")).to_have_text("한국어 · with Pohang Expo")
        await screen.script.call("editMessageText", chat_id=101, message_id=sent["message_id"], text="second")
        await expect(column.locator(".theirs").last).to_contain_text("second")
        await expect(column.locator(".theirs").last.locator(".meta")).to_contain_text("edited")
        await screen.script.call("deleteMessage", chat_id=101, message_id=sent["message_id"])
        await expect(column.locator(".theirs")).to_have_count(1)


async def test_a_visitor_can_correct_a_message(browser: Browser) -> None:
    async with screen_of(browser, 1100, 700, "en-US") as screen:
        await screen.start(101)
        column = screen.column(101)
        await screen.write(101, "think")
        await column.locator(".own").last.hover()
        await column.locator(".own").last.get_by_role("button", name="Edit").click()
        await screen.write(101, "thank you")
        await expect(column.locator(".own").last).to_contain_text("thank you")
        await expect(column.locator(".own").last).to_contain_text("edited")


async def test_a_blocked_bot_can_be_restarted(browser: Browser) -> None:
    async with screen_of(browser, 1100, 700, "en-US") as screen:
        await screen.start(101)
        column = screen.column(101)
        await column.get_by_role("button", name="More").click()
        await screen.picture("menu")
        await screen.page.get_by_role("menuitem", name="Block the bot").click()
        await column.get_by_role("button", name="Restart the bot").click()
        await expect(column.locator("textarea")).to_be_focused()


async def test_a_keyboard_below_the_input_writes_for_the_visitor(browser: Browser) -> None:
    async with screen_of(browser, 1100, 700, "en-US", color_scheme="dark") as screen:
        await screen.start(101)
        keyboard = {"keyboard": [[{"text": "think"}, {"text": "처음으로"}]], "one_time_keyboard": True}
        await screen.script.call("sendMessage", chat_id=101, text="Which?", reply_markup=keyboard)
        await screen.picture("reply-keyboard-dark")
        await screen.column(101).get_by_role("button", name="think").click()
        await expect(screen.column(101).locator(".own").last).to_contain_text("think")
        await expect(screen.column(101).get_by_role("button", name="처음으로")).to_have_count(0)


async def test_a_message_in_a_closed_chat_counts_as_unread(browser: Browser) -> None:
    async with screen_of(browser, 760, 700, "de-DE") as screen:
        await screen.start(101)
        await screen.page.locator('[data-opens="102"]').click()
        await screen.script.call("sendMessage", chat_id=101, text="neu")
        await expect(screen.page.locator(".unread")).to_have_text("1")
        await screen.page.locator('[data-opens="101"]').click()
        await expect(screen.page.locator(".unread")).to_have_count(0)


async def test_every_control_has_a_name_and_every_text_enough_contrast(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        async with screen_of(browser, 1440, 900, "en-US", color_scheme=scheme, reduced_motion="reduce") as screen:
            await screen.start(101, 102)
            await screen.write(102, "Wann?")
            await expect(screen.column(102).locator(".keyboard")).to_be_visible()
            found = await screen.page.evaluate(TROUBLES)
            assert found == [], scheme


TROUBLES = """() => {
  const troubles = [];
  const named = (one) => one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length;
  for (const one of document.querySelectorAll("button, a, input, select, textarea")) {
    if (!named(one)) troubles.push(`no name: ${one.outerHTML}`);
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    brush.clearRect(0, 0, 1, 1);
    for (const color of colors) { brush.fillStyle = color; brush.fillRect(0, 0, 1, 1); }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility()) continue;
    if (["NOSCRIPT", "OPTION"].includes(one.tagName)) continue;
    const layers = [];
    for (let up = one; up; up = up.parentElement) layers.unshift(getComputedStyle(up).backgroundColor);
    const back = light(paint(layers)), front = light(paint([...layers, getComputedStyle(one).color]));
    const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    if (ratio < 4.5) troubles.push(`${ratio.toFixed(2)}: ${one.className} ${walker.currentNode.data.slice(0, 30)}`);
  }
  return troubles;
}"""
