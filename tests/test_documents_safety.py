"""Files made to do harm, by malice or accident: each is refused with a reason, and the next file is read as ever."""

from __future__ import annotations

import io
import os
import signal
import struct
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import compound
import fpdf
import pytest
from hwp_converter_ai import HwpWriter

from bot.documents import SUFFIXES, Unreadable, read, split
from bot.documents.archives import MOST_PARTS, Archive
from bot.documents.sandbox import Sandbox

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PARAGRAPH = "<w:p><w:r><w:t>Words</w:t></w:r></w:p>"


def word(
    body: str = PARAGRAPH, *, before: str = "", compress: bool = True, parts: dict[str, bytes] | None = None
) -> bytes:
    """A Word file from its XML."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"{before}<w:document {SPACE}><w:body>{body}</w:body></w:document>")
        for name, part in (parts or {}).items():
            archive.writestr(name, part)
    return packed.getvalue()


def refusal(folder: Path, data: bytes, name: str = "a.docx") -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(Unreadable) as refused:
        read(folder / name, folder)
    assert str(refused.value).endswith(".")
    return refused.value.reason


def text(folder: Path, data: bytes, name: str = "a.docx") -> str:
    (folder / name).write_bytes(data)
    return "\n\n".join(passage.text for passage in split(read(folder / name, folder)))


def test_the_smallest_word_file_is_read(tmp_path: Path) -> None:
    assert text(tmp_path, word()) == "Words"


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_nonsense_is_refused_under_any_name(tmp_path: Path, suffix: str) -> None:
    for data in (
        b"",
        b"\0" * 600,
        bytes(range(256)) * 20,
        b"%PDF-1.7\nnothing",
        b"PK\x03\x04nothing",
        compound.compound({"A": b"x"}),
    ):
        assert refusal(tmp_path, data, f"a{suffix}") in {"empty", "unknown", "broken", "no-text"}


@pytest.mark.parametrize("name", ["a.exe", "a", "a.docm", ".md", "a.md.bak"])
def test_other_files_are_unknown(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, b"text", name) == "unknown"


@pytest.mark.parametrize("name", ["a.docx", "a.hwp", "a.txt", "a.html"])
def test_a_pdf_under_another_name_is_told_apart(tmp_path: Path, name: str) -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    (tmp_path / name).write_bytes(bytes(pdf.output()))
    with pytest.raises(Unreadable, match=r"this is a PDF\. Give it the right ending\.") as refused:
        read(tmp_path / name, tmp_path)
    assert refused.value.reason == "unknown"


def test_kinds_within_one_container_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(word())
    with pytest.raises(Unreadable, match=r"this is a \.docx file\. Rename it\."):
        read(tmp_path / "a.xlsx", tmp_path)
    (tmp_path / "a.ppt").write_bytes(compound.xls([["a", "b"]]))
    with pytest.raises(Unreadable, match=r"this is a \.xls file\. Rename it\."):
        read(tmp_path / "a.ppt", tmp_path)


def test_files_with_a_password_say_so(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="secret")
    pdf.set_encryption(owner_password="owner", user_password="user")
    assert refusal(tmp_path, bytes(pdf.output()), "a.pdf") == "encrypted"
    package = {"EncryptedPackage": b"x" * 100, "EncryptionInfo": b"y" * 100}
    assert refusal(tmp_path, compound.compound(package)) == "encrypted"
    HwpWriter().from_markdown("글", tmp_path / "plain.hwp")
    plain = (tmp_path / "plain.hwp").read_bytes()
    assert text(tmp_path, plain, "a.hwp") == "글"
    flags = plain.rindex(b"HWP Document File") + 36
    locked = plain[:flags] + bytes([plain[flags] | 2]) + plain[flags + 1 :]
    assert refusal(tmp_path, locked, "a.hwp") == "encrypted"


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="The fair opens at nine.")
    pdf.set_encryption(owner_password="owner", permissions=fpdf.enums.AccessPermission.none())
    assert text(tmp_path, bytes(pdf.output()), "a.pdf") == "The fair opens at nine."


BOMBS = {
    "much from little": word(parts={"word/a.xml": b"a" * (31 << 20)}),
    "a part too large": word(compress=False, parts={"word/a.xml": b"a" * ((32 << 20) + 1)}),
    "many parts": word(parts={f"word/{number}.xml": b"" for number in range(MOST_PARTS)}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_archives_that_swell_are_refused(tmp_path: Path, bomb: str) -> None:
    assert refusal(tmp_path, BOMBS[bomb]) == "too-large"


def test_archives_just_below_the_limits_are_read(tmp_path: Path) -> None:
    parts = {f"word/{number}.xml": b"" for number in range(MOST_PARTS - 2)}
    assert text(tmp_path, word(parts=parts)) == "Words"
    assert text(tmp_path, word(compress=False, parts={"word/a.xml": b"a" * (32 << 20)})) == "Words"


def test_sizes_are_counted_not_believed(tmp_path: Path) -> None:
    data = bytearray(word(parts={"word/a.xml": os.urandom(1 << 20)}))
    entry = data.rindex(b"PK\x01\x02")  # the directory's last entry, the random part
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    assert refusal(tmp_path, bytes(data)) == "broken"


def test_parts_that_share_their_bytes_are_counted_each(tmp_path: Path) -> None:
    data = word(parts={"word/a.xml": b"a" * (1 << 20)})
    directory, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entries = data[directory:end]
    last = entries[entries.rindex(b"PK\x01\x02") :]
    many = entries + b"".join(last.replace(b"word/a.xml", b"word/%c.xml" % letter) for letter in b"bcdefghijk")
    count = entries.count(b"PK\x01\x02") + 10
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(many), directory, 0)
    assert refusal(tmp_path, data[:directory] + many + tail) in {"too-large", "broken"}


@pytest.mark.parametrize("name", ["../outside.xml", "word/../../outside.xml", "word\\..\\..\\x.xml"])
def test_parts_named_to_climb_out_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, word(parts={name: b"x"})) == "broken"


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(10)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("before", [LAUGHS, "<!DOCTYPE l SYSTEM 'file:///etc/hostname'>", "<!doctype l>"])
def test_xml_with_entities_is_refused(tmp_path: Path, before: str) -> None:
    assert refusal(tmp_path, word("<w:p><w:r><w:t>&k;</w:t></w:r></w:p>", before=before)) == "broken"


def test_xml_with_entities_in_another_encoding_is_refused(tmp_path: Path) -> None:
    part = f"<?xml version='1.0' encoding='utf-16'?>{LAUGHS}<a/>".encode("utf-16")
    assert refusal(tmp_path, word(parts={"word/styles.xml": part})) == "broken"


def test_deep_xml_and_html_do_no_harm(tmp_path: Path) -> None:
    nested = "<w:sdt><w:sdtContent>" * 3000 + PARAGRAPH + "</w:sdtContent></w:sdt>" * 3000
    (tmp_path / "a.docx").write_bytes(word(nested))
    (tmp_path / "a.html").write_text("<div>" * 5000 + "Words")
    for path in tmp_path.iterdir():
        try:
            assert "Words" in split(read(path, tmp_path))[0].text
        except Unreadable as refused:
            assert refused.reason in {"broken", "no-text", "too-large"}  # noqa: PT017 - either will do
    assert text(tmp_path, word()) == "Words"


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_file_that_breaks_off_is_broken(tmp_path: Path, cut: float) -> None:
    whole = word(compress=False)
    assert refusal(tmp_path, whole[: int(len(whole) * cut)]) == "broken"


def test_a_file_outside_is_not_read(tmp_path: Path) -> None:
    inside = tmp_path / "knowledge"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "folder").symlink_to(tmp_path)
    (inside / "dangling.txt").symlink_to(inside / "nothing.txt")
    (inside / "loop.txt").symlink_to(inside / "loop.txt")
    outside = [inside / "link.txt", inside / "folder/secret.txt", inside / "../secret.txt", inside / "dangling.txt"]
    for path in [*outside, inside / "loop.txt", inside / "missing.txt"]:
        with pytest.raises(Unreadable) as refused:
            read(path, inside)
        assert refused.value.reason == "broken"


def test_a_link_within_the_folder_is_read_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("Words")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert read(tmp_path / "link.txt", tmp_path).path == "link.txt"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name in ("pipe.txt", "folder.txt"):
        with pytest.raises(Unreadable) as refused:
            read(tmp_path / name, tmp_path)
        assert refused.value.reason == "broken"


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate((50 << 20) + 1)
    with pytest.raises(Unreadable) as refused:
        read(tmp_path / "a.txt", tmp_path)
    assert refused.value.reason == "too-large"


LONG = word(PARAGRAPH * 60_000, compress=False)  # seconds of work
LARGE = word(compress=False, parts={f"word/{number}.xml": b"a" * (15 << 20) for number in range(4)})


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> object:
    sandbox = Sandbox(**request.param)
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize(
    ("sandbox", "data", "reason"),
    [
        ({"processor": 1}, LONG, "timeout"),
        ({"wall": 0.3}, LONG, "timeout"),
        ({"memory": 250 << 20}, LARGE, "too-large"),
    ],
    indirect=["sandbox"],
    ids=["processor", "wall clock", "memory"],
)
def test_a_file_that_takes_too_much_is_given_up_and_the_next_one_read(
    sandbox: Sandbox, data: bytes, reason: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        sandbox.read(".docx", data)
    assert refused.value.reason == reason
    assert sandbox.read(".docx", word()).pages[0].markdown == "Words"


@pytest.mark.parametrize("sandbox", [{}], indirect=True)
def test_what_was_too_much_is_read_within_the_usual_limits(sandbox: Sandbox) -> None:
    assert sandbox.read(".docx", LARGE).pages[0].markdown == "Words"


@pytest.mark.parametrize("sandbox", [{}], indirect=True)
def test_time_is_counted_for_each_file_anew(sandbox: Sandbox) -> None:
    for _ in range(3):
        assert sandbox.read(".docx", word(PARAGRAPH * 2000, compress=False)).pages


@pytest.mark.parametrize("sandbox", [{}], indirect=True)
def test_files_of_many_threads_take_turns(sandbox: Sandbox) -> None:
    found: list[str] = []

    def ask(number: int) -> None:
        content = sandbox.read(".docx", word(PARAGRAPH.replace("Words", f"Words {number}")))
        assert content.pages[0].markdown == f"Words {number}"
        found.append(content.pages[0].markdown)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6


def test_comments_notes_and_pictures_do_not_reach_the_reader(tmp_path: Path) -> None:
    parts = {
        "word/comments.xml": b"c",
        "word/media/a.png": b"p",
        "docProps/core.xml": b"<a/>",
        "word/vbaProject.bin": b"v",
    }
    Archive(".docx", word(parts=parts)).save(tmp_path / "copy.docx")
    with zipfile.ZipFile(tmp_path / "copy.docx") as copy:
        assert copy.namelist() == ["[Content_Types].xml", "word/document.xml"]


def children() -> list[Path]:
    """The processes we started, as Linux lists them."""
    us = str(os.getpid())
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while we look
            if (process / "stat").read_text().rpartition(")")[2].split()[1] == us:
                found.append(process)
    return [process for process in found if b"bot.documents.worker" in (process / "cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes as only Linux shows them")
@pytest.mark.parametrize("sandbox", [{}], indirect=True)
def test_the_reader_knows_no_secrets_and_its_death_is_no_harm(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "12345:secret")
    before = set(children())
    assert sandbox.read(".docx", word()).pages
    (reader,) = set(children()) - before
    assert b"PYTHONPATH" in (reader / "environ").read_bytes()
    assert b"secret" not in (reader / "environ").read_bytes()
    os.kill(int(reader.name), signal.SIGKILL)
    assert sandbox.read(".docx", word()).pages[0].markdown == "Words"
    sandbox.close()
    assert set(children()) <= before
