"""HTML -> Markdown: headings, paragraphs, lists, tables and the words of links. Runs in the sandbox."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from markdownify import ATX, MarkdownConverter

from bot.characters import clean
from bot.documents import encodings, properties
from bot.documents.document import Content, Page

_NOT_CONTENT = [
    "script", "style", "nav", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
    "select", "button", "input", "textarea", "head", "math",
]  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?![.\d])|opacity\s*:\s*0(?:\.0+)?(?![.\d])",
    re.IGNORECASE,
)
_LAYOUT = "layout-only"
_MARKUP = ["a", "img", "b", "strong", "em", "i", "u", "code", "del", "s", "kbd", "samp", "sub", "sup"]


class _Converter(MarkdownConverter):
    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """A new line begins a new paragraph: addresses and source lines are written so."""
        return " " if "_inline" in parent_tags else "\n\n"


def read(data: bytes) -> Content:
    soup = BeautifulSoup(clean(_decoded(data)), "html.parser")
    title = soup.title.get_text() if soup.title else ""
    for tag in soup.find_all(_NOT_CONTENT):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        if not tag.decomposed:
            tag.decompose()
    _lay_open(soup)
    converter = _Converter(heading_style=ATX, strip=_MARKUP, escape_misc=True, bullets="-", table_infer_header=True)
    markdown = clean(converter.convert_soup(soup))
    return Content((Page(None, markdown),), properties.title(title))


def _lay_open(soup: BeautifulSoup) -> None:
    """A table around tables or headings is there for the layout: its cells are read one after the other."""
    for table in soup.find_all("table"):
        if table.find(["table", "h1", "h2", "h3", "h4"]):
            for part in [table, *table.find_all(["tbody", "thead", "tfoot", "tr", "td", "th", "caption"])]:
                if part is table or part.find_parent("table") is table:
                    part["class"] = _LAYOUT
    for part in soup.find_all(class_=_LAYOUT):
        part.name = "div"


def _decoded(data: bytes) -> str:
    """As the page declares, if that is true; else as any text."""
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return encodings.decode(data)


def _is_hidden(tag: Tag) -> bool:
    style = tag.get("style") or ""
    return (
        tag.has_attr("hidden")
        or str(tag.get("aria-hidden")).lower() == "true"
        or bool(_HIDING.search(style if isinstance(style, str) else " ".join(style)))
    )
