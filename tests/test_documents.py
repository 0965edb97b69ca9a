"""Markdown and text files: what is said of them, in which characters, and by whom."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from bot.documents import Document, Unreadable, read, split
from bot.documents.dates import iso
from bot.documents.sources import of_line, stated
from bot.passages import Passage, Source, from_json, to_json

FAIR = """---
title: InterBattery Europe 2025
language: en
as_of: 2025-05-11
review_by: 2027-05-31
---

# InterBattery Europe 2025

## Dates and venue

The fair was held from 7 to 9 May 2025 at *Messe München*.[^f021] It was the [third edition](https://x.example).[^f022]

[^f021]: Yeongnam Ilbo, 2025-05-09, https://m.yeongnam.com/view.php?key=20250509020285984&a_b_=*c*
[^f022]: Korea Herald; KOTRA, 2025-05
"""


def document(folder: Path, content: str | bytes, name: str = "fair.md") -> Document:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, folder)


def passages(folder: Path, content: str | bytes, name: str = "fair.md") -> list[Passage]:
    return split(document(folder, content, name))


def refusal(folder: Path, content: str | bytes, name: str = "fair.md") -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        document(folder, content, name)
    assert str(refused.value).endswith(".")
    return refused.value


def test_a_passage_knows_where_it_stands_and_who_says_so(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, FAIR)
    assert passage == Passage(
        path="fair.md",
        title="InterBattery Europe 2025",
        text="The fair was held from 7 to 9 May 2025 at Messe München. It was the third edition.",
        language="en",
        headings=("InterBattery Europe 2025", "Dates and venue"),
        as_of="2025-05-11",
        review_by="2027-05-31",
        sources=(
            Source("Yeongnam Ilbo", "2025-05-09", "https://m.yeongnam.com/view.php?key=20250509020285984&a_b_=*c*"),
            Source("Korea Herald; KOTRA", "2025-05"),
        ),
        marks=((56, 0), (82, 1)),
    )
    assert passage.where == "Dates and venue"


def test_a_mark_stands_where_the_words_before_it_end(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, FAIR)
    assert [passage.text[:end][-8:] for end, _ in passage.marks] == ["München.", "edition."]


def test_the_same_file_gives_the_same_passages(tmp_path: Path) -> None:
    assert passages(tmp_path, FAIR) == passages(tmp_path, FAIR)


def test_what_is_not_known_can_be_said(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "---\nknown: false\n---\nThe date of the next fair is not known.\n")
    assert not passage.known
    assert from_json(to_json(passage)) == passage


@pytest.mark.parametrize(
    ("matter", "told"),
    [
        ("title: [unclosed\n---", "line"),
        ("- a\ntitle: b\n---", "line"),
        ("title: x\nas_of: next year\n---", "as_of"),
        ("title: x\nas_of: 2025-02-30\n---", "day"),
        ("review_by: soon\n---", "review_by"),
        ("language: English\n---", "language"),
        ("language: no\n---", "language"),
        ("known: perhaps\n---", "known"),
        ("known: !!bool x\n---", "a value in it cannot be read"),
        ("as_of: !!timestamp x\n---", "a value in it cannot be read"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nas_of: [*b, *b]\n---", "as_of"),
        ("title:\n  a: b\n---", "title"),
        ("title: never closed\n", "closing line"),
        ("a: &a [x]\nb: &b [*a,*a]\n---" + "\n#" * 6000 + "\n---", ""),
        ("x: " + "y" * 11_000 + "\n---", "too long"),
    ],
)
def test_broken_front_matter_says_what_to_correct(tmp_path: Path, matter: str, told: str) -> None:
    if told:
        refused = refusal(tmp_path, f"---\n{matter}\nThe text.\n")
        assert refused.reason == "broken"
        assert told in str(refused)
        assert "front matter" in str(refused)
    else:  # aliases that only repeat themselves are no harm
        assert document(tmp_path, f"---\n{matter}\nThe text.\n").title == "fair"


def test_unknown_entries_and_marks_without_footnotes_are_told_to_staff(tmp_path: Path) -> None:
    read_document = document(tmp_path, "---\nasof: 2025-05-11\n---\nThe text.[^f1] More.[^f2]\n\n[^f2]: A, 2025\n")
    assert len(read_document.remarks) == 2
    assert "asof" in read_document.remarks[0]
    assert "[^f1]" in read_document.remarks[1]
    assert split(read_document)[0].text == "The text. More."


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("---\ntitle: From the front\n---\n# From the text\nx", "From the front"),
        ("Before.\n\n# From the **text**\n\nx", "From the text"),
        ("From the text\n=============\n\nx", "From the text"),
        ("---\n\nText between rules.\n\n---\n", "visit.de"),
        ("Only text.", "visit.de"),
    ],
)
def test_the_title_comes_from_the_nearest_place(tmp_path: Path, content: str, title: str) -> None:
    assert document(tmp_path, content, "visit.de.md").title == title.removesuffix(".de")


@pytest.mark.parametrize(("name", "language"), [("a.ko.md", "ko"), ("a.EN.md", "en"), ("a.de.md", "de"), ("a.md", "")])
def test_the_file_name_can_say_the_language(tmp_path: Path, name: str, language: str) -> None:
    assert document(tmp_path, "Halle 3", name).language == language


def test_each_passage_of_a_mixed_document_has_its_own_language(tmp_path: Path) -> None:
    text = (
        "# a\nThe fair opens its doors at nine in the morning.\n\n"
        "# b\nDie Messe öffnet am Morgen um neun Uhr die Türen.\n\n"
        "# c\n포항의 POSCO Future M은 양극재를 만듭니다.\n\n# d\n2025"
    )  # a figure is of no language
    assert [passage.language for passage in passages(tmp_path, text)] == ["en", "de", "ko", ""]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("As of: 2025-05-11", "2025-05-11"),
        ("기준일: 2025년 5월 11일", "2025-05-11"),
        ("기준일： 2025. 5.", "2025-05"),
        ("Stand: 11. Mai 2025", "2025-05-11"),
        ("(Stand: Mai 2025)", "2025-05"),
        ("Stand: Halle 3", ""),
        ("Stand: 31.02.2025", ""),
    ],
)
def test_a_line_near_the_top_says_as_of_when(tmp_path: Path, line: str, date: str) -> None:
    read_document = document(tmp_path, f"Programme\n\n{line}\n\nText.", "a.txt")
    assert read_document.as_of == date
    assert line in "\n".join(passage.text.replace("\uff1a", "：") for passage in split(read_document))


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("2025-05-09", "2025-05-09"),
        ("2022", "2022"),
        ("9 May 2025", "2025-05-09"),
        ("May 9, 2025", "2025-05-09"),
        ("2025.05.09", "2025-05-09"),
        ("9.5.2025", "2025-05-09"),
        ("2025-13", ""),
        ("Page 2025", ""),
        ("1234", ""),
    ],
)
def test_printed_dates_become_iso_dates_as_exact_as_printed(printed: str, date: str) -> None:
    assert iso(printed) == date


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("IEA, 2024", [Source("IEA", "2024")]),
        ("Foo, Bar & Co., 2024-11, https://a.b/c,d", [Source("Foo, Bar & Co.", "2024-11", "https://a.b/c,d")]),
        ("A; B, 2025, https://a; C, May 9, 2025", [Source("A; B", "2025", "https://a"), Source("C", "2025-05-09")]),
        ("City of Pohang, https://pohang.go.kr", [Source("City of Pohang", "", "https://pohang.go.kr")]),
        ("https://pohang.go.kr/x", [Source("pohang.go.kr", "", "https://pohang.go.kr/x")]),
        ("the Rhine springs from the Alps, in Switzerland", []),
        ("own calculation", []),
        ("A, 2025, https://a and more words", []),
    ],
)
def test_a_stated_source_has_a_date_or_an_address(text: str, sources: list[Source]) -> None:
    assert list(stated(text)) == sources


@pytest.mark.parametrize("word", ["Source", "Sources", "출처", "Quelle", "QUELLEN", "- Source", "(출처", "※ 출처"])
def test_source_lines_are_known_in_three_languages(word: str) -> None:
    assert of_line(f"{word}: A, 2025" + ")" * word.startswith("(")) == (Source("A", "2025"),)


def test_a_source_line_speaks_for_what_stands_before_it_up_to_the_last_one(tmp_path: Path) -> None:
    text = "One.\n\nTwo.\n\nSource: A, 2024\n\nThree.\n\nSource: B, 2025, https://b\nSource: C, 2025\n\nFour."
    (passage,) = passages(tmp_path, text, "a.txt")
    assert passage.text == "One.\n\nTwo.\n\nThree.\n\nFour."
    a, b, c = Source("A", "2024"), Source("B", "2025", "https://b"), Source("C", "2025")

    def sources_of(words: str) -> tuple[Source, ...]:
        start = passage.text.index(words)
        return passage.sources_of(start, start + len(words))

    assert sources_of("One.") == (a,)
    assert sources_of("Two.") == (a,)
    assert sources_of("Three.") == (b, c)
    assert sources_of("Four.") == ()


def test_words_with_a_source_of_their_own_get_none_of_several_lines(tmp_path: Path) -> None:
    text = "One.[^a]\n\nTwo.\n\nSource: B, 2024\n\nSource: C, 2025\n\n[^a]: A, 2023\n"
    (passage,) = passages(tmp_path, text)
    assert passage.sources_of(0, 4) == (Source("A", "2023"),)
    assert passage.sources_of(6, 10) == (Source("B", "2024"), Source("C", "2025"))


def test_a_source_line_does_not_speak_beyond_its_heading(tmp_path: Path) -> None:
    first, second = passages(tmp_path, "# A\nOne.\n\n# B\nTwo.\n\nQuelle: X, 2024\n")
    assert first.sources == ()
    assert second.sources == (Source("X", "2024"),)


def test_words_without_a_source_do_not_get_the_one_of_what_follows(tmp_path: Path) -> None:
    text = "Nobody said this.\n\nThis was said.[^a] And nobody this.\n\nThat was said.[^a]\n\n[^a]: A, 2024\n"
    (passage,) = passages(tmp_path, text)
    said = {
        words: passage.sources_of(passage.text.index(words), passage.text.index(words) + len(words))
        for words in ("Nobody said this.", "This was said.", "And nobody this.", "That was said.")
    }
    assert [len(sources) for sources in said.values()] == [0, 1, 0, 1]


def test_a_source_line_with_nothing_before_it_stays_text(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "Source: A, 2024\n\nOne.", "a.txt")
    assert passage.text.startswith("Source: A, 2024")


def test_a_footnote_in_another_form_is_a_source_as_it_stands(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "So it is.[^1]\n\n[^1]: Told by the *city office*\n    on the phone.\n")
    assert passage.sources == (Source("Told by the city office on the phone."),)


def test_a_footnote_may_link_its_source(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "So it is.[^1]\n\n[^1]: [Yonhap](https://y.example/1)\n")
    assert passage.sources == (Source("Yonhap", "", "https://y.example/1"),)


def test_a_source_column_speaks_for_its_rows_and_is_left_out(tmp_path: Path) -> None:
    table = "| Firm | Jobs | 출처 |\n|---|---|---|\n| A | 3 | X, 2024 |\n| B | 4 | Y, 2025, https://y |\n| C | 5 | |\n"
    (passage,) = passages(tmp_path, table)
    assert passage.text == "| Firm | Jobs |\n| --- | --- |\n| A | 3 |\n| B | 4 |\n| C | 5 |"
    rows = {line: passage.text.index(line) for line in ("| A | 3 |", "| B | 4 |", "| C | 5 |")}
    named = [passage.sources_of(start, start + len(line)) for line, start in rows.items()]
    assert named == [(Source("X", "2024"),), (Source("Y", "2025", "https://y"),), ()]


def test_a_source_column_that_is_no_source_stays(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "| Source | Power |\n|---|---|\n| Wind | 3 |\n| Sun, 2024 | 4 |\n")
    assert "| Wind | 3 |" in passage.text


def test_markup_goes_and_words_stay(tmp_path: Path) -> None:
    text = (
        "**Bold**, *thin* and ***both***, `code_*`, <b>tag</b>, a<br>b, snake_case_name, 2 * 3 * 4, ~~old~~ &amp; "
        "\\*star\\*, [link *here*](<https://x y>), ![picture](a.png) <https://auto.example/_a_> <!-- unsaid -->.\n"
    )
    (passage,) = passages(tmp_path, text)
    assert passage.text == (
        "Bold, thin and both, code_*, tag, a b, snake_case_name, 2 * 3 * 4, old & *star*, "
        "link here, https://auto.example/_a_ ."
    )


def test_lists_stay_lists_and_code_stays_as_it_is(tmp_path: Path) -> None:
    (passage,) = passages(
        tmp_path, "To bring:\n\n* a pass\n  and a bag\n+ a card\n1. one\n\n```\n# no *heading*\n```\n"
    )
    assert passage.text == "To bring:\n\n- a pass and a bag\n- a card\n1. one\n\n# no *heading*"


def test_text_files_are_not_markdown(tmp_path: Path) -> None:
    text = "# 1 in *sales*\n\n| a | b |\n|---|---|\n\n- item_one_\n\n1. <b> [x](y) [^1]\n\n[^1]: z & &amp; \\*"
    (passage,) = passages(tmp_path, text, "a.txt")
    assert passage.text.split() == text.split()


def test_lines_broken_for_their_length_are_joined(tmp_path: Path) -> None:
    text = "The fair in Munich was held at the grounds in the east of the\ncity in May.\n\nHall 3\nStand 5\n"
    (passage,) = passages(tmp_path, text, "a.txt")
    assert "east of the city in May." in passage.text
    assert "Hall 3\n\nStand 5" in passage.text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_file_is_a_table_whatever_divides_its_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["Name", "Sitz"], ['"A, B; C\tD|E"', "Pohang"], ['"two\nlines"', "x*y*"]]
    (passage,) = passages(tmp_path, "\n".join(delimiter.join(row) for row in rows), "a.csv")
    assert passage.text == "| Name | Sitz |\n| --- | --- |\n| A, B; C D\\|E | Pohang |\n| two lines | x*y* |"


KOREAN = "포항은 이차전지 산업의 도시입니다. 똠방각하와 펲시콜라도 쓸 수 있습니다."
GERMAN = "Die Messe in München öffnet früh. Ärzte, Straßen, Größe."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "utf-8-sig"),
        (KOREAN, "cp949"),
        (KOREAN, "utf-16"),
        (KOREAN + " plain words", "utf-16-le"),
        (KOREAN + " plain words", "utf-16-be"),
        (KOREAN, "utf-32"),
        (GERMAN, "utf-8"),
        (GERMAN, "cp1252"),
        ("Ärzte und Äpfel", "cp1252"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(tmp_path: Path, text: str, encoding: str) -> None:
    (passage,) = passages(tmp_path, text.encode(encoding), "a.txt")
    assert passage.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_character_cut_off_at_the_end_is_let_go(tmp_path: Path, encoding: str) -> None:
    (passage,) = passages(tmp_path, KOREAN.encode(encoding) + "끝".encode(encoding)[:-1], "a.txt")
    assert passage.text == KOREAN


def test_a_scratch_in_a_long_text_does_not_change_its_encoding(tmp_path: Path) -> None:
    data = (KOREAN * 20).encode()
    (passage, *_) = passages(tmp_path, data[:301] + data[302:], "a.txt")
    assert passage.text.startswith(KOREAN)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        ("\u200b\u2060 \u202e".encode(), "empty"),
        (b"[^1]\n\n[^1]: A, 2024", "empty"),
        (bytes(range(256)) * 4, "unknown"),
        (b"text\0with\0zeros anywhere at all", "unknown"),
        (b"a\x01\x02\x03\x04b", "unknown"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    assert refusal(tmp_path, data).reason == reason


def test_a_damaged_text_is_refused(tmp_path: Path) -> None:
    damaged = "포항은 도시입니다. " * 20 + "\ufffd" * 10
    assert refusal(tmp_path, damaged).reason == "broken"
    assert document(tmp_path, damaged[:-9], "a.txt").pages


def test_unseen_characters_are_taken_out(tmp_path: Path) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules")
    hidden = f"Po\u200bh\u00adang\u202e is\u00a0a\ufeff city{tags}\x07.\ue000f1\ue001"
    (passage,) = passages(tmp_path, hidden)
    assert passage.text == "Pohang is a city.f1"


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧", "❤️", "1️⃣", "🏳️‍🌈", "👍🏽"])
def test_emoji_stay_whole(tmp_path: Path, emoji: str) -> None:
    (passage,) = passages(tmp_path, f"So {emoji} it is.")
    assert passage.text == f"So {emoji} it is."


def test_text_and_names_are_composed(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "포항 Führer.md")
    read_document = document(tmp_path, unicodedata.normalize("NFD", KOREAN), name)
    assert read_document.path == "포항 Führer.md"
    assert split(read_document)[0].text == KOREAN


def test_the_path_is_relative_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert document(tmp_path, "Text.", "a/b/c.txt").path == "a/b/c.txt"


def test_a_long_csv_file_is_read_in_bounded_pieces(tmp_path: Path) -> None:
    rows = "\n".join(f"Firm {number},{number % 90}" for number in range(20_000))
    found = passages(tmp_path, f"Name,Jobs\n{rows}", "a.csv")
    assert max(len(passage.text.encode()) for passage in found) <= 1800
    assert all(passage.text.startswith("| Name | Jobs |\n| --- | --- |\n| Firm ") for passage in found)
    assert sum(passage.text.count("| Firm ") for passage in found) == 20_000


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "words " * 833_334, "a.txt").reason == "too-large"
    assert document(tmp_path, "words " * 833_333, "a.txt").pages


@pytest.mark.parametrize("line", ["a|b\n{}x", "# a{}b", "a{}[x", "a{}[^x", "|---{}x", "a\n---{}x", "- {}x", "> {}x"])
def test_a_long_run_of_spaces_is_read_at_once(tmp_path: Path, line: str) -> None:
    assert document(tmp_path, f"Words.\n\n{line.format(' ' * 300_000)}\n").pages
    assert passages(tmp_path, f"Words.\n\n{line.format(' ' * 300_000)}\n")


@pytest.mark.parametrize(
    ("line", "heading"),
    [("# A", "A"), ("## A ##", "A"), ("# A #1", "A #1"), ("# C#", "C#"), ("# A ## ", "A"), ("#\tA\t#\t", "A")],
)
def test_a_heading_may_be_closed(tmp_path: Path, line: str, heading: str) -> None:
    (passage,) = passages(tmp_path, f"{line}\n\nWords.\n")
    assert passage.headings == (heading,)


def test_what_is_too_long_for_a_heading_is_a_paragraph(tmp_path: Path) -> None:
    found = passages(tmp_path, f"# Fair\n\n## {'word ' * 10_000}\n\n" + "Another word. " * 1_000)
    assert {passage.headings for passage in found} == {("Fair",)}
    assert max(len(passage.embedded.encode()) for passage in found) <= 1810


@pytest.mark.parametrize("name", ["a.csv", "a.md"])
def test_a_table_that_would_swell_is_refused(tmp_path: Path, name: str) -> None:
    head = f"{'a,' * 20_000}a\n" if name == "a.csv" else f"{'|a' * 20_000}|\n|---|\n"
    row = "a,b\n" if name == "a.csv" else "|a|b|\n"
    with pytest.raises(Unreadable, match=r"A table has 100\d rows and up to 2000\d columns"):
        passages(tmp_path, head + row * 1_000, name)


def test_long_tables_of_captions_are_read_at_once(tmp_path: Path) -> None:
    assert passages(tmp_path, "| a |\n|---|\n" + "| b |\n" * 100_000)
    assert passages(tmp_path, "| a | b |\n|---|---|\n" + "| c | |\n| | |\n" * 20_000)


def test_a_footnote_that_goes_on_and_on_does_not_stand_beside_every_passage(tmp_path: Path) -> None:
    found = passages(tmp_path, f"{'Words in a row.[^a] ' * 1_000}\n\n[^a]: {'x, ' * 100_000}\n")
    assert len(found) > 1
    assert all(len(source.publisher) <= 500 for passage in found for source in passage.sources)


def test_many_source_lines_in_a_row_are_read_at_once(tmp_path: Path) -> None:
    lines = "\n\n".join(f"Source: P{number}, 2024" for number in range(3_000))
    found = passages(tmp_path, f"{'Words. ' * 10}\n\n" * 3_000 + lines)
    assert max(len(passage.sources) for passage in found) == 50


def test_sentences_in_one_character_are_spelt_out(tmp_path: Path) -> None:
    (passage,) = passages(tmp_path, "Peace: \ufdfa\n", "a.txt")
    assert "\ufdfa" not in passage.text
    assert passage.text.startswith("Peace: صلى")
