"""The front matter of a Markdown file: what the document is called, in which language, and as of when."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from bot.documents.dates import iso
from bot.documents.document import Unreadable

_FENCED = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_UNCLOSED = re.compile(r"\s*---[ \t]*\n\s*\w+:")
_LONGEST = 10_000
_KNOWN = ("title", "language", "as_of", "review_by", "known")


@dataclass(frozen=True)
class Preface:
    title: str = ""
    language: str = ""
    as_of: str = ""
    review_by: str = ""
    known: bool = True
    remarks: tuple[str, ...] = ()


def preface(text: str) -> tuple[Preface, str]:
    """The front matter and the text below it. A mistake in it is an error: what it says is shown to visitors."""
    fenced = _FENCED.match(text)
    if fenced is None:
        if _UNCLOSED.match(text):
            raise _broken("it has no closing line ---")
        return Preface(), text
    if len(fenced[1]) > _LONGEST:
        raise _broken("it is too long")
    if not re.search(r"^\s*[\w-]+\s*:", fenced[1], re.MULTILINE):
        return Preface(), text  # a text between two rules
    try:
        found: Any = YAMLHandler().load(fenced[1])
    # ValueError: a date that is none, like 2025-02-30. The others: what yaml raises for a tag that its value does not
    # fit (!!bool x), and for lists in lists in lists.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise _broken(f"line {mark.line + 2} cannot be read" if mark else _told(error)) from error
    if not isinstance(found, dict):
        raise _broken("it is not a list of names and values")
    unknown = [str(name) for name in found if name not in _KNOWN]
    remarks = (f"The front matter has unknown entries: {', '.join(unknown)}.",) if unknown else ()
    front = Preface(
        title=_text(found, "title"),
        language=_language(found),
        as_of=_date(found, "as_of"),
        review_by=_date(found, "review_by"),
        known=_truth(found, "known"),
        remarks=remarks,
    )
    return front, text[fenced.end() :]


def _broken(what: str) -> Unreadable:
    return Unreadable("broken", f"The front matter between the --- lines is wrong: {what}. Correct it.")


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else "a value in it cannot be read"


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if isinstance(value, str | int | float | datetime.date) and not isinstance(value, bool):
        return " ".join(str(value).split())
    raise _broken(f"{name} is not a text")


def _language(found: dict[str, Any]) -> str:
    value = found.get("language")
    if value is None:
        return ""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2}", value.strip()):
        return value.strip().lower()
    # YAML reads a bare `no` as false, so Norwegian lands here, too: the quotes help.
    raise _broken('language is not a code of two letters like "en"')


def _date(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if isinstance(value, datetime.datetime):
        value = value.date()
    if value is not None and not isinstance(value, str | int | datetime.date):
        raise _broken(f"{name} is not a date like 2025-05-11")  # a list of lists of lists may be endless as a text
    text = "" if value is None else str(value).strip()
    if text and not iso(text):
        raise _broken(f"{name} is not a date like 2025-05-11")
    return iso(text)


def _truth(found: dict[str, Any], name: str) -> bool:
    value = found.get(name, True)
    if not isinstance(value, bool):
        raise _broken(f"{name} is neither true nor false")
    return value
