"""Office files, PDFs and web pages, each made here by another program than the one that reads them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import compound
import docx
import fpdf
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.shared import Pt
from hwp_converter_ai import HwpWriter
from hwpx import HwpxDocument
from openpyxl.comments import Comment
from PIL import Image

from bot.documents import Document, Unreadable, read, split
from bot.passages import Passage, Source

SOURCE = Source("Yeongnam Ilbo", "2025-05-09", "https://m.yeongnam.com/view_1.php?key=2")
STATED = "Yeongnam Ilbo, 2025-05-09, https://m.yeongnam.com/view_1.php?key=2"


@pytest.fixture
def word() -> Any:
    """A Word document whose properties say nothing."""
    document = docx.Document()
    document.core_properties.modified = datetime.datetime(2025, 5, 11, tzinfo=datetime.UTC)
    return document


def saved(folder: Path, name: str, document: Any) -> Document:
    document.save(folder / name)
    return read(folder / name, folder)


def text_of(passages: list[Passage]) -> str:
    return "\n\n".join(passage.text for passage in passages)


def test_word_gives_headings_paragraphs_tables_and_sources(tmp_path: Path, word: Any) -> None:
    word.add_heading("Battery fair", 1)
    word.add_heading("Venue", 2)
    word.add_paragraph("The fair was at Messe München.")
    word.add_paragraph(f"출처: {STATED}")
    table = word.add_table(3, 3)
    for row, cells in enumerate([["Day", "Hall", "Quelle"], ["1 | 2", "A*1*", STATED], ["3", "B_2_", "A, 2024"]]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    document = saved(tmp_path, "a.docx", word)
    (passage,) = split(document)
    assert (document.title, document.as_of) == ("Battery fair", "2025-05-11")
    assert passage.headings == ("Battery fair", "Venue")
    assert passage.text == (
        "The fair was at Messe München.\n\n| Day | Hall |\n| --- | --- |\n| 1 \\| 2 | A*1* |\n| 3 | B_2_ |"
    )
    assert passage.sources == (SOURCE, Source("A", "2024"))
    assert [passage.text[:end][-5:] for end, _ in passage.marks] == ["chen.", "A*1*"[-4:].rjust(5), " B_2_"]


def test_text_in_word_that_looks_like_markdown_is_text(tmp_path: Path, word: Any) -> None:
    for line in ("# 1 in sales", "- not *a* list", "<b>x</b> [y](z) [^1] &amp;", "| a | b |", "1. one"):
        word.add_paragraph(line)
    (passage,) = split(saved(tmp_path, "a.docx", word))
    assert passage.text.split("\n\n") == [
        "# 1 in sales", "- not *a* list", "<b>x</b> [y](z) [^1] &amp;", "| a | b |", "1. one",
    ]  # fmt: skip
    assert passage.headings == ()


def test_what_word_hides_stays_hidden(tmp_path: Path, word: Any) -> None:
    paragraph = word.add_paragraph("Seen")
    paragraph.add_run(" vanished").font.hidden = True
    paragraph.add_run(" tiny").font.size = Pt(1)
    paragraph.add_run(" words").font.size = Pt(9)
    word.add_comment(paragraph.runs[0], text="commented", author="x")
    word.sections[0].header.paragraphs[0].text = "Stand: 1. Mai 2024"
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraph._p.append(parse_xml(f'<w:del {space} w:id="1"><w:r><w:delText>deleted</w:delText></w:r></w:del>'))
    paragraph._p.append(parse_xml(f'<w:ins {space} w:id="2"><w:r><w:t>, inserted</w:t></w:r></w:ins>'))
    document = saved(tmp_path, "a.docx", word)
    assert text_of(split(document)) == "Seen words, inserted"
    assert document.as_of == "2024-05-01"  # though it stands in the header


def test_slides_are_pages_with_their_titles(tmp_path: Path) -> None:
    presentation = pptx.Presentation()
    for number, title in enumerate(["Programme", "Left out", "Costs"], start=1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = f"Words of slide {number}\nand more"
        slide.notes_slide.notes_text_frame.text = "noted"
    presentation.slides[1]._element.set("show", "0")
    presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_textbox(0, 0, 9, 9).text = "Untitled"
    document = saved(tmp_path, "a.pptx", presentation)
    assert document.title == "Programme"
    assert [(passage.page, passage.headings, passage.text) for passage in split(document)] == [
        (1, ("Programme",), "Words of slide 1\n\nand more"),
        (3, ("Costs",), "Words of slide 3\n\nand more"),
        (4, (), "Untitled"),
    ]
    assert document.remarks == ("Hidden, so left out: slide 2.",)


def test_sheets_are_headings_and_hidden_cells_stay_hidden(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Firms"
    for row in (["Name", "Jobs", "Secret", "Source"], ["EcoPro", 1200, "x", STATED], ["Hidden", 1, "x"], ["Posco", 7]):
        sheet.append(row)
    sheet.append([])
    sheet.append(["As of: May 2025"])
    sheet["B5"] = "=SUM(B2:B4)"
    sheet["A2"].comment = Comment("commented", "x")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("Prices").append(["Hall 3", "9,000 EUR"])
    book.create_sheet("Internal").append(["secret", "secret"])
    book["Internal"].sheet_state = "hidden"
    document = saved(tmp_path, "a.xlsx", book)
    firms, prices = split(document)
    assert firms.headings == ("Firms",)
    assert firms.text.startswith("| Name | Jobs |\n| --- | --- |\n| EcoPro | 1200 |\n| Posco | 7 |")
    assert firms.sources_of(firms.text.index("EcoPro"), firms.text.index("1200") + 4) == (SOURCE,)
    assert firms.sources_of(firms.text.index("Posco"), len(firms.text)) == ()
    assert (prices.headings, prices.text) == (("Prices",), "| Hall 3 | 9,000 EUR |")
    assert not {"Hidden", "Secret", "secret", "commented", "SUM"} & set(text_of(split(document)).split())
    assert document.remarks == ("Hidden, so left out: Internal.",)


def test_a_pdf_has_pages_and_headings_that_go_on_over_them(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.set_title("From the properties")
    pdf.set_creation_date(datetime.datetime(2025, 3, 2, tzinfo=datetime.UTC))
    pdf.add_page()
    pdf.set_font("Helvetica", size=24)
    pdf.cell(text="Annual report", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=11)
    sentence = "The hall has 3,000 square metres and opens at nine. "
    pdf.multi_cell(0, text=sentence * 12 + "It closes in the", new_x="LMARGIN", new_y="NEXT")
    pdf.add_page()
    pdf.multi_cell(0, text=f"evening at six.\nIt costs nothing.\nSource: {STATED}", new_x="LMARGIN", new_y="NEXT")
    pdf.output(tmp_path / "a.pdf")
    document = read(tmp_path / "a.pdf", tmp_path)
    first, second = split(document)
    assert (document.title, document.as_of) == ("Annual report", "2025-03-02")
    assert (first.page, first.headings) == (1, ("Annual report",))
    assert first.text == sentence * 12 + "It closes in the evening at six."
    assert (second.page, second.headings, second.text) == (2, ("Annual report",), "It costs nothing.")
    assert first.sources == second.sources == (SOURCE,)


def test_hwp_is_read_with_its_tables(tmp_path: Path) -> None:
    markdown = f"포항의 이차전지 산업입니다.\n\n출처: {STATED}\n\n| 이름 | 값 |\n|---|---|\n| 에코프로 | 1 |\n"
    HwpWriter().from_markdown(markdown, tmp_path / "a.hwp")
    (passage,) = split(read(tmp_path / "a.hwp", tmp_path))
    assert passage.text.startswith("포항의 이차전지 산업입니다.")
    assert "| 이름 | 값 |\n| --- | --- |\n| 에코프로 | 1 |" in passage.text
    assert (passage.language, passage.sources) == ("ko", (SOURCE,))


def test_hwpx_is_read_with_its_headings(tmp_path: Path) -> None:
    document = HwpxDocument.new()
    document.add_heading("2026 운영계획", level=1)
    document.add_paragraph("추진 배경은 다음과 같습니다. 포항은 도시입니다.", style="바탕글")
    document.save_to_path(tmp_path / "a.hwpx")
    (passage,) = split(read(tmp_path / "a.hwpx", tmp_path))
    assert passage.headings == ("2026 운영계획",)
    assert passage.text == "추진 배경은 다음과 같습니다. 포항은 도시입니다."


def test_office_files_from_the_nineties_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(compound.xls([["Firm", "Jobs"], ["EcoPro 포항", "1200"]], sheet="Firms"))
    (tmp_path / "a.doc").write_bytes(compound.doc("The fair opens at nine.\rIt closes at six.\r"))
    (tmp_path / "a.ppt").write_bytes(compound.ppt("Programme of the fair", "Second slide"))
    found = {path.suffix: split(read(path, tmp_path)) for path in tmp_path.iterdir()}
    assert found[".xls"][0].text == "| Firm | Jobs |\n| --- | --- |\n| EcoPro 포항 | 1200 |"
    assert found[".xls"][0].headings == ("Firms",)
    assert found[".doc"][0].text == "The fair opens at nine.\n\nIt closes at six."
    assert [passage.text for passage in found[".ppt"]] == ["Programme of the fair", "Second slide"]


WEB = f"""<!doctype html><html><head><meta charset="{{charset}}"><title>From the head</title>
<style>x {{{{}}}}</style></head>
<body><nav>Menu</nav><h1>Größe &amp; Preis</h1><p>Visit <a href="https://x">the *hall*</a>.<br>Source: {STATED}</p>
<p hidden>h1</p><p style="color:red; DISPLAY : none">h2</p><div aria-hidden="true">h3</div>
<span style="font-size:0">h4</span>
<p style="visibility:hidden">h5</p><!-- h6 --><script>h7</script><noscript>h8</noscript><template>h9</template>
<table><tr><td><h2>Hours</h2><p style="font-size:0.9em">Nine to six.</p>
<table><tr><th>Day</th><th>Hall</th></tr><tr><td>1</td><td>A|B</td></tr></table></td></tr></table>
<ul><li>One</li><li>Two</li></ul></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16", "windows-1252"])
def test_a_web_page_is_what_its_reader_sees(tmp_path: Path, charset: str) -> None:
    (tmp_path / "a.html").write_bytes(WEB.format(charset=charset).encode(charset))
    document = read(tmp_path / "a.html", tmp_path)
    first, second = split(document)
    assert document.title == "Größe & Preis"
    assert (first.headings, first.text) == (("Größe & Preis",), "Visit the *hall*.")
    assert first.sources == (SOURCE,)
    assert second.headings == ("Größe & Preis", "Hours")
    assert second.text == "Nine to six.\n\n| Day | Hall |\n| --- | --- |\n| 1 | A\\|B |\n\n- One\n- Two"


def test_a_web_page_that_lies_about_its_charset_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_bytes("<meta charset=utf-8><p>포항은 이차전지의 도시입니다.".encode("cp949"))
    assert split(read(tmp_path / "a.htm", tmp_path))[0].text == "포항은 이차전지의 도시입니다."


def test_a_scan_says_that_it_has_no_text(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.image(Image.new("RGB", (40, 40), "red"), w=100)
    pdf.output(tmp_path / "a.pdf")
    with pytest.raises(Unreadable, match="OCR") as refused:
        read(tmp_path / "a.pdf", tmp_path)
    assert refused.value.reason == "no-text"


def test_a_scanned_page_among_others_is_told_to_staff(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.set_font("Helvetica", size=11)
    pdf.add_page()
    pdf.cell(text="The fair opens at nine.")
    pdf.add_page()
    pdf.image(Image.new("RGB", (40, 40), "red"), w=100)
    pdf.output(tmp_path / "a.pdf")
    document = read(tmp_path / "a.pdf", tmp_path)
    assert [page.number for page in document.pages] == [1]
    assert document.remarks == ("Pictures without text, perhaps scanned: page 2.",)


def test_word_without_words_says_so(tmp_path: Path, word: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        saved(tmp_path, "a.docx", word)
    assert refused.value.reason == "no-text"
