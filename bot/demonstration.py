"""The fictional fair of the playground: teams and times to book, so that one can see how it goes without a real one."""

from __future__ import annotations

from datetime import datetime
from importlib import resources

from bot.office.programme import parse
from bot.office.sheets import read
from bot.store import Store
from bot.times import local_day
from bot.zones import zone


def set_up(store: Store, now: datetime) -> str:
    """Import it, its days counted from today; returns what to tell whoever looks at the terminal."""
    with resources.as_file(resources.files("bot") / "playground" / "pavilion.toml") as path:
        data = read(path)
    programme = parse(data, local_day(now, zone(data["fair"]["zone"])))
    store.pavilion.put(programme, now)
    name = data["fair"]["name"]["en"]
    return f"Meetings can be booked as well, at a fair that is made up: try /meet ({name})."
