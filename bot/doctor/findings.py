"""Finding: one thing the doctor looked at, and how to tell it in few words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

SHOWN = 3  # names of a long list; the rest is a number


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Not ``well``: the bot will not run until somebody does what ``todo`` says."""

    subject: str
    told: str
    todo: str = ""
    well: bool = True

    def __str__(self) -> str:
        sign = "wrong" if not self.well else "note " if self.todo else "ok   "
        lines = [f"{sign}  {self.subject}: {self.told}", *([self.todo] if self.todo else [])]
        return "\n       ".join(line for part in lines for line in part.splitlines())


def place(url: str) -> str:
    """Scheme, host and port: the rest of an address may hold a password, a key or a name not to be guessed."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def shown(names: list[str], between: str) -> str:
    more = len(names) - SHOWN
    return between.join([*names[:SHOWN], *([f"and {more} more"] if more > 0 else [])])


def number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
