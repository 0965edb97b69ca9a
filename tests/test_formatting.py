"""Answers as Telegram text: linked, dated, and cut only where a reader would cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.formatting import body, linkable, messages, preview, sources
from bot.chat.splitting import ENTITIES, UNITS, breakable, cut, split
from bot.chat.styled import BOLD, LINK, QUOTE, Span, Styled, line, plain, units
from bot.citations import Answer, Citation
from bot.dates import spoken
from bot.passages import Passage, Source
from bot.playground import entities as strict

TODAY = date(2026, 3, 2)
URL = "https://example.org/expo"


def cited(n: int = 1, **changes: object) -> Citation:
    passage = Passage(
        path="expo.md", title="The Expo", text="It was in Pohang.", headings=("The Expo", "Venue"), as_of="2025-05-01"
    )
    source = Source("City of Pohang", "2025-05-09", URL)
    values = {"passage": passage, "quote": "It was in Pohang.", "source": source, **changes}
    return Citation(n, **values)  # type: ignore[arg-type]


def answer(text: str, *citations: Citation, language: str = "en") -> Answer:
    return Answer(text, language, citations)


def marked(styled: Styled, kind: str) -> list[str]:
    return [styled.text[span.start : span.end] for span in styled.spans if span.kind == kind]


def test_a_mark_leads_to_its_source() -> None:
    shown = body(answer("In Pohang [1], in May [2].", cited(1), cited(2, source=Source("Somebody"))))

    assert shown.text == "In Pohang [1], in May [2]."
    assert shown.spans == (Span(10, 13, LINK, URL),)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://", "https:///x", "https://a b", "https://[", "tg://resolve?domain=x", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert not linkable(url)
    assert body(answer("In Pohang [1].", cited(source=Source("X", url=url)))).spans == ()


def test_numbers_that_were_never_offered_stay_text() -> None:
    assert body(answer("In Pohang [7], see [1999].", cited(1))).spans == ()


def test_bold_is_shown_and_never_raw() -> None:
    shown = body(answer("**Venue**: the **hall [1]**, and 2**3", cited()))

    assert shown.text == "Venue: the hall [1], and 23"
    assert marked(shown, BOLD) == ["Venue", "hall [1]"]


def test_headings_and_lists_of_a_model_read_well() -> None:
    shown = body(answer("## Dates\n- May\n* June\n• **July**"))

    assert shown.text == "Dates\n- May\n• June\n• July"
    assert marked(shown, BOLD) == ["Dates", "July"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Sources\n[1] The Expo › Venue, p. 4 — City of Pohang, as of 9 May 2025"),
        ("de", "Quellen\n[1] The Expo › Venue, S. 4 — City of Pohang, Stand 9. Mai 2025"),
        ("ko", "출처\n[1] The Expo › Venue, 4쪽 — City of Pohang, 2025년 5월 9일 기준"),
    ],
)
def test_a_source_says_where_who_and_as_of_when(language: str, expected: str) -> None:
    four = replace(cited().passage, page=4)

    shown = sources(answer("x [1]", cited(passage=four), language=language), TODAY)

    assert shown.text == expected
    assert marked(shown, LINK) == [expected.partition("[1] ")[2].partition(" —")[0]]
    assert marked(shown, QUOTE) == [expected.partition("\n")[2]]


def test_a_source_without_publisher_or_date_says_less() -> None:
    bare = Passage(path="expo.md", title="", text="x")

    assert sources(answer("x", cited(passage=bare, source=None)), TODAY).text == "Sources\n[1] expo.md"


@pytest.mark.parametrize(
    ("review_by", "late"), [("2026-03-01", True), ("2026-03-02", False), ("", False), ("x", False)]
)
def test_what_is_past_its_review_date_says_so(review_by: str, late: bool) -> None:
    old = replace(cited().passage, review_by=review_by)

    shown = sources(answer("x [1]", cited(passage=old)), TODAY)

    assert ("⚠ This was due for review by 1 March 2026" in shown.text) == late


def test_citations_of_the_same_place_share_a_line() -> None:
    shown = sources(answer("x", cited(1), cited(2), cited(3, source=Source("Other", "2025-05-09"))), TODAY)

    assert [text.partition(" The")[0] for text in shown.text.split("\n")[1:]] == ["[1] [2]", "[3]"]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ko", "\n이 답변의 기준일: 2024년 5월"),
        ("en", "\nThis answer is as of May 2024."),
        ("de", "\nStand dieser Antwort: Mai 2024"),
    ],
)
def test_an_answer_is_as_old_as_the_oldest_statement_it_rests_on(language: str, says: str) -> None:
    older = cited(2, source=Source("City of Pohang", "2024-05"))

    assert sources(answer("x", cited(1), older, language=language), TODAY).text.endswith(says)
    assert says not in sources(answer("x", cited(1), language=language), TODAY).text


def test_a_title_cannot_turn_the_line_around() -> None:
    hostile = replace(cited().passage, title="safe\u202egpj.exe\x00\n", headings=())

    assert "[1] safegpj.exe — " in sources(answer("x", cited(passage=hostile)), TODAY).text


def test_the_preview_of_a_long_answer_shows_where_it_grows() -> None:
    text = " ".join(f"word{n}" for n in range(2000))

    assert preview(answer(text)).text.endswith("word1999")
    assert preview(answer(text)).units <= UNITS
    assert preview(answer(" ")) == Styled()


@pytest.mark.parametrize(
    ("iso", "ko", "en", "de"),
    [
        ("2025-05-09", "2025년 5월 9일", "9 May 2025", "9. Mai 2025"),
        ("2025-05", "2025년 5월", "May 2025", "Mai 2025"),
        ("2022", "2022", "2022", "2022"),
        ("spring 2025", "spring 2025", "spring 2025", "spring 2025"),
        ("2025-13-01", "2025-13-01", "2025-13-01", "2025-13-01"),
    ],
)
def test_dates_are_written_as_people_write_them(iso: str, ko: str, en: str, de: str) -> None:
    assert [spoken(iso, "ko"), spoken(iso, "en"), spoken(iso, "de")] == [ko, en, de]


def test_text_is_tidied_but_not_changed() -> None:
    assert plain("a\r\nb\tc\u2028d\x07\u2066\ufeff\ud800") == "a\nb c\nd"
    assert plain("e\u0301") == "é"
    assert plain("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"
    assert line(" a\n  b ") == "a b"


@given(st.text(), st.integers(2, 50))
def test_a_cut_text_fits(text: str, limit: int) -> None:
    assert units(cut(text, limit))[-1] <= limit


def test_a_cut_leaves_whole_characters() -> None:
    assert cut("Expo 👨\u200d👩\u200d👧 2025", 12) == "Expo…"


# What a reader sees as one character, however many code points it has.
CHARACTERS = [
    "a", "é", "e\u0301", "한", "\u1112\u1161\u11ab", "각", "가\u11a8", "😀", "👍🏽",
    "👨\u200d👩\u200d👧\u200d👦", "🏳\ufe0f\u200d🌈", "🇰🇷", "🇩🇪", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "नि", "क्ष", "กำ",
    "ﾊﾞ", "z\u0335\u0321\u0337", "[1]", "漢", "-", ".",
]  # fmt: skip
words = st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=12).map("".join)
single = st.sampled_from([character for character in CHARACTERS if character != "[1]"])
spaces = st.sampled_from([" ", "  ", "\n", "\n\n", " \n"])


@st.composite
def styled_texts(draw: st.DrawFn) -> Styled:
    """Words with white space between them, some of them bold or linked."""
    whole = Styled()
    for word in draw(st.lists(words, max_size=40)):
        style = draw(st.sampled_from(["", "", BOLD, LINK]))
        piece = Styled(word)
        whole += piece.wrapped(style, URL if style == LINK else "") if style else piece
        whole += draw(spaces)
    return whole.wrapped(QUOTE) if draw(st.booleans()) else whole


@settings(max_examples=2000, deadline=None)
@given(styled_texts(), st.integers(40, 120), st.integers(3, 10))
def test_splitting_breaks_no_character_no_word_and_no_entity(whole: Styled, limit: int, most: int) -> None:
    parts = split(whole, limit, most)

    assert all(part.units <= limit and part.text == part.text.strip() != "" for part in parts)
    assert all(len(part.spans) <= most for part in parts)
    position = 0
    for part in parts:
        gap = whole.text.index(part.text, position)
        assert whole.text[position:gap].strip() == ""  # only white space is gone
        broken_word = position > 0 and gap == position
        if broken_word:  # the word is longer than what one part may hold, and is cut between two characters
            assert breakable(whole.text, position)
        position = gap + len(part.text)
    assert whole.text[position:].strip() == ""
    for part in parts:
        _check_as_telegram_does(part)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(single, min_size=1, max_size=120),
    st.integers(20, 40),
)
@example(["🇰🇷"] * 40, 20)
def test_a_word_too_long_for_a_part_is_cut_between_characters(characters: list[str], limit: int) -> None:
    whole = "".join(characters)
    starts = {len("".join(characters[:n])) for n in range(len(characters) + 1)}

    parts = split(Styled(whole), limit)

    assert "".join(part.text for part in parts) == whole
    ends = [len("".join(part.text for part in parts[: n + 1])) for n in range(len(parts))]
    assert set(ends) <= starts


def test_a_word_is_kept_whole_where_it_fits() -> None:
    parts = split(Styled("aaaa bbbb cccc"), 9)

    assert [part.text for part in parts] == ["aaaa bbbb", "cccc"]


def test_paragraphs_come_before_lines_and_lines_before_words() -> None:
    assert [part.text for part in split(Styled("aaa aaa\n\nbb\nbb bb"), 13)] == ["aaa aaa", "bb\nbb bb"]
    assert [part.text for part in split(Styled("aa aa aa\nbb bb"), 12)] == ["aa aa aa", "bb bb"]


def test_an_entity_that_is_cut_becomes_two() -> None:
    parts = split(Styled("aaaa bbbb").wrapped(LINK, URL), 5)

    assert [(part.text, part.spans) for part in parts] == [
        ("aaaa", (Span(0, 4, LINK, URL),)),
        ("bbbb", (Span(0, 4, LINK, URL),)),
    ]


def test_emoji_count_twice() -> None:
    assert [part.units for part in split(Styled("😀" * 2049))] == [4096, 2]


def test_thousands_of_marks_on_one_character_still_get_through() -> None:
    parts = split(Styled("a" + "\u0335" * 10_000))

    assert sum(len(part.text) for part in parts) == 10_001


def test_a_hundred_thousand_characters_take_no_time() -> None:
    assert len(split(Styled("word " * 20_000))) == 25


def test_more_than_a_hundred_entities_go_on_in_the_next_message() -> None:
    whole = Styled()
    for n in range(250):
        whole += Styled(f"w{n}").wrapped(BOLD) + " "

    parts = split(whole)

    assert [len(part.spans) for part in parts] == [ENTITIES, ENTITIES, 50]


texts = st.text(st.characters() | st.sampled_from("*[]123#-• \n\u202e\u0301😀가"), max_size=300)


@settings(max_examples=400, deadline=None)
@given(texts, texts, texts, st.sampled_from(["ko", "en", "de"]), st.integers(1, 60))
def test_whatever_the_documents_say_telegram_takes_it(
    text: str, title: str, publisher: str, language: str, times: int
) -> None:
    passage = Passage(path="x.md", title=title, text=text, headings=(title, text), review_by="2020-01-01", page=1)
    citations = [Citation(n, passage, text, Source(f"{publisher}{n}", "2025", URL)) for n in range(1, times + 1)]

    whole = Answer(text * 5, language, tuple(citations))
    parts = messages(whole, TODAY)

    assert parts
    assert "**" not in body(whole).text
    for part in parts:
        _check_as_telegram_does(part)


def _check_as_telegram_does(part: Styled) -> None:
    """By the playground's own reading of entities, which refuses what Telegram refuses."""
    sent = [entity.to_dict() for entity in part.entities()]
    assert len(sent) <= ENTITIES
    text, kept = strict.settle(part.text, strict.read(sent))
    assert text == part.text
    assert strict.units(text) <= UNITS
    assert len(kept) == len(sent)
    assert all(before.offset <= after.offset for before, after in pairwise(kept))
