"""Bytes -> text: which encoding a text file was written in.

A byte order mark is sure, strict UTF-8 nearly so, and old Korean files are CP949. Only then does a detector guess,
among the few encodings our files can have: on short texts it does better with a short list.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from bot.documents.document import Unreadable

MOST_REPLACED = 0.01  # more than one damaged character in a hundred is not a text anyone should quote
_BYTE_ORDER_MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = ["cp1252", "cp1250", "cp949", "johab", "shift_jis", "euc_jp", "gb18030", "big5"]
_SAMPLE = 200_000
_FEW_CONTROLS = 3  # a bell or a page break got into many a text
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_TEXT = "This is not a text file. Save it in its own format, or as UTF-8 text."
_CUT_SHORT = {"unexpected end of data", "incomplete multibyte sequence"}


def decode(data: bytes) -> str:
    """The text in ``data``; Unreadable when it is no text, or too damaged to be quoted."""
    text = _decoded(data)
    if len(_CONTROLS.findall(text)) > max(_FEW_CONTROLS, MOST_REPLACED * len(text)):
        raise Unreadable("unknown", _NOT_TEXT)
    if text.count("\ufffd") > MOST_REPLACED * len(text):
        raise Unreadable("broken", "Too many characters of this text are damaged. Save it again as UTF-8.")
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if b"\0" in data:
        return _wide(data)
    for encoding in ("utf-8", "cp949"):
        text = _strictly(data, encoding)
        if text is not None and (encoding == "utf-8" or _is_korean(text)):
            return text
    for encoding in ("utf-8", "cp949"):  # a long text with a scratch: still that encoding, if all else in it fits
        text = data.decode(encoding, errors="replace")
        foreign = sum(character > "\x7f" for character in text)
        if text.count("\ufffd") <= MOST_REPLACED * foreign and (encoding == "utf-8" or _is_korean(text)):
            return text
    best = from_bytes(data[:_SAMPLE], cp_isolation=_GUESSES).best()
    return data.decode(best.encoding if best else "utf-8", errors="replace")


def _strictly(data: bytes, encoding: str) -> str | None:
    """The text if all of it is in that encoding; a character cut in half by the end of the file is let go."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3 or error.start == 0 or error.reason not in _CUT_SHORT:
            return None
        return _strictly(data[: error.start], encoding)


def _is_korean(text: str) -> bool:
    """CP949 can be forced upon much that is not Korean ("Ärzte"); then common syllables are rare in the result."""
    foreign = [character for character in text[:_SAMPLE] if character > "\x7f" and character != "\ufffd"]
    common = sum("가" <= character <= "힣" and _in_euc_kr(character) for character in foreign)
    return not foreign or common >= len(foreign) / 2


def _in_euc_kr(character: str) -> bool:
    try:
        return len(character.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


def _wide(data: bytes) -> str:
    """UTF-16 without a mark has its zeros in every other byte; zeros anywhere else mean that this is no text."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) > max(even, odd) / 50 or max(even, odd) < len(data) / 50:
        raise Unreadable("unknown", _NOT_TEXT)
    text = data.decode(encoding, errors="replace")
    if text.count("\ufffd") > MOST_REPLACED * len(text):
        raise Unreadable("unknown", _NOT_TEXT)
    return text
