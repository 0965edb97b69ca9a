"""The characters of a text, without those that nobody can see.

Zero-width and bidirectional controls, tag characters and the like can carry text that a model reads and a person does
not, and they keep equal words from being found equal. Private-use characters go too: they mean something only with the
font they were made for, and this package uses them as marks of its own.
"""

from __future__ import annotations

import re
import unicodedata

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_LIGATURES = str.maketrans(
    {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFB00, 0xFB07), 0xFDFA, 0xFDFB)}
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_PICTURE = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# A joiner between two pictures makes one emoji of them; a selector behind a picture or a keycap digit colours it.
_LOOSE_JOINER = re.compile(f"(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])")
_LOOSE_SELECTOR = re.compile(f"(?<![{_PICTURE}#*0-9])\ufe0f|(?<=[#*0-9])\ufe0f(?!\u20e3)")


def clean(text: str) -> str:
    """The same text in composed form (NFC), with ``\\n`` line ends and plain spaces, without unseen characters.

    Ligatures (PDFs have ``ﬁ`` for ``fi``) are spelt out: nobody types them in a question. Two Arabic ones stand for whole
    sentences; spelling them out itself, the bundled embedder writes past its memory and takes the process along.
    """
    text = _SPACES.sub(" ", _NEWLINES.sub("\n", text))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_LIGATURES)
    return _LOOSE_JOINER.sub("", _LOOSE_SELECTOR.sub("", text))
