"""Old Office files for tests, as small as they can be: no library writes .doc, .xls and .ppt.

A compound file ([MS-CFB]) is a small file system; each format is one or two streams in it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALLEST = 4096  # shorter streams would have to live in another, smaller file system inside


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root, each padded with zeros to the length that is simple to store."""
    sectors: list[bytes] = []
    chains: list[int] = []

    def store(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // _SECTOR)
        sectors.extend(data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR))
        chains.extend([*range(first + 1, first + count), _END])
        return first

    padded = {name: data.ljust(_SMALLEST, b"\0") for name, data in streams.items()}
    starts = {name: store(data) for name, data in padded.items()}
    names = sorted(padded, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", kind=5, child=1)]
    entries += [
        _entry(name, kind=2, start=starts[name], size=len(padded[name]), right=at + 2 if at + 1 < len(names) else _FREE)
        for at, name in enumerate(names)
    ]
    directory = store(b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\0"))
    chains.append(_TABLE)
    table = len(sectors)
    sectors.append(struct.pack(f"<{len(chains)}I", *chains).ljust(_SECTOR, b"\xff"))
    assert len(chains) <= _SECTOR // 4, "one sector of table is enough for tests"
    head = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, 1,
                       directory, 0, _SMALLEST, _END, 0, _END, 0)  # fmt: skip
    return (head + struct.pack("<I", table)).ljust(_SECTOR, b"\xff") + b"".join(sectors)


def _entry(name: str, *, kind: int, start: int = _END, size: int = 0, child: int = _FREE, right: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le")
    links = struct.pack("<III", _FREE, right, child)
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBB", len(encoded) + 2, kind, 1)
        + links
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def xls(rows: list[list[str]], sheet: str = "Sheet1") -> bytes:
    """A BIFF8 workbook with one sheet of texts."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6))
    end = _record(0x000A, b"")
    name = sheet.encode("utf-16-le")
    size = len(begin) + 4 + 8 + len(name) + len(end)
    bound = _record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(sheet), 1) + name)
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    begin_sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
    return compound({"Workbook": begin + bound + end + begin_sheet + cells + end})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def doc(text: str) -> bytes:
    """A Word 97 document of one piece of text; its paragraphs end in ``\\r``."""
    words = text.encode("utf-16-le")
    fib = bytearray(0x600)
    struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0x00C1, 0, 0x0409, 0, 0x0200)  # the table stream is 1Table
    struct.pack_into("<H", fib, 0x20, 14)
    struct.pack_into("<H", fib, 0x3E, 22)
    struct.pack_into("<I", fib, 0x4C, len(text))
    struct.pack_into("<H", fib, 0x98, 0x5D)
    pieces = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, len(fib), 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", fib, 0x1A2, 0, len(clx))
    return compound({"WordDocument": bytes(fib) + words, "1Table": clx})


def ppt(*slides: str) -> bytes:
    """A PowerPoint 97 presentation whose slides have one text each."""
    texts = b"".join(
        _atom(1011, struct.pack("<IIIII", at, 0, 1, 255 + at, 0))
        + _atom(3999, struct.pack("<I", 0))
        + _atom(4000, text.encode("utf-16-le"))
        for at, text in enumerate(slides, start=1)
    )
    document = _atom(1000, _atom(1001, b"\0" * 40) + _atom(4080, texts, version=15), version=15)
    return compound({"PowerPoint Document": document, "Current User": _atom(4086, b"\0" * 20)})


def _atom(kind: int, data: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(data)) + data
