"""A meeting as a calendar file (RFC 5545, 5546) and as a link that opens a calendar. Pure.

Calendars know a meeting by its UID: the chain's, so that a new time moves the entry and a cancellation removes it. Times
are UTC and no zone travels along, since a calendar shows them in its owner's zone anyway; the wall time at the venue is
in the description. What people typed is cleaned here once more: a line break in a name would be a property of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote, urlencode

from icalendar import Calendar, Event, vCalAddress, vText

from bot.characters import clean
from bot.meetings import Meeting, Status
from bot.texts import say, supported
from bot.times import both, moment_text, span
from bot.zones import zone

CANCELLED = frozenset({Status.CANCELLED_HOST, Status.CANCELLED_VISITOR})
LONGEST_LINK = 2000  # what Outlook on the web takes; a Korean syllable counts as nine


@dataclass(frozen=True)
class Organiser:
    """Who invites. Constant for a whole fair: a calendar takes a change from another organiser for a forgery."""

    name: str  # the fair's
    email: str  # empty where no mail is sent: files for download do without
    domain: str  # behind the @ of every UID


def invitation(
    meeting: Meeting,
    organiser: Organiser,
    *,
    team: str,
    now: datetime,
    member: str = "",
    method: Literal["REQUEST", "PUBLISH"] = "REQUEST",
) -> bytes:
    """The file that enters a confirmed meeting, or moves it: REQUEST to mail, PUBLISH to download.

    ``team`` is named in the meeting's language. Raises ValueError for a meeting that is not confirmed, and for a REQUEST
    without the two addresses it goes between.
    """
    if meeting.status != Status.CONFIRMED:
        raise ValueError(f"Meeting {meeting.id} is {meeting.status}: only a confirmed one goes into a calendar.")
    return _file(meeting, organiser, team, member, method, now)


def cancellation(meeting: Meeting, organiser: Organiser, *, team: str, now: datetime, member: str = "") -> bytes:
    """The file that removes what ``invitation`` mailed. Raises ValueError for a meeting that is not cancelled."""
    if meeting.status not in CANCELLED:
        raise ValueError(f"Meeting {meeting.id} is {meeting.status}: only a cancelled one leaves a calendar.")
    return _file(meeting, organiser, team, member, "CANCEL", now)


def title(meeting: Meeting, team: str) -> str:
    """What the meeting is called in a calendar."""
    return say(meeting.language, "calendars.title", team=_line(team))


def subject(meeting: Meeting, *, team: str) -> str:
    """The subject of the mail: title and date, since Exchange makes it the entry's title."""
    language = supported(meeting.language)
    named = title(meeting, team)
    if meeting.status in CANCELLED:
        named = say(language, "calendars.cancelled", title=named)
    date = moment_text(meeting.slot.starts_at, zone(meeting.slot.zone), language, year=True)
    return say(language, "calendars.subject", title=named, date=date)


def google_link(meeting: Meeting, organiser: Organiser, *, team: str) -> str:
    """Opens Google Calendar with the meeting filled in."""
    start, end = (f"{_utc(moment):%Y%m%dT%H%M%SZ}" for moment in (meeting.slot.starts_at, meeting.slot.ends_at))
    fields = {
        "action": "TEMPLATE",
        "text": title(meeting, team),
        "dates": f"{start}/{end}",
        "location": _line(meeting.slot.place),
        "details": _summary(meeting, organiser),
    }
    return _link("https://calendar.google.com/calendar/render", fields)


def outlook_link(meeting: Meeting, organiser: Organiser, *, team: str, private: bool = False) -> str:
    """Opens Outlook on the web with the meeting filled in: for accounts of companies, or ``private`` ones."""
    fields = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title(meeting, team),
        "startdt": f"{_utc(meeting.slot.starts_at):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{_utc(meeting.slot.ends_at):%Y-%m-%dT%H:%M:%SZ}",
        "location": _line(meeting.slot.place),
        "body": _summary(meeting, organiser),
    }
    host = "outlook.live.com" if private else "outlook.office.com"
    return _link(f"https://{host}/calendar/0/deeplink/compose", fields)


def _file(meeting: Meeting, organiser: Organiser, team: str, member: str, method: str, now: datetime) -> bytes:
    by, to = _line(organiser.email), _line(meeting.email)
    if method != "PUBLISH" and not (by and to):
        raise ValueError(f"A {method} goes from an address to an address, and one is missing. PUBLISH needs neither.")
    event = Event()
    event.add("uid", _Text(f"{_line(meeting.root_id)}@{_line(organiser.domain)}"))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", _utc(now))
    event.add("dtstart", _utc(meeting.slot.starts_at))
    event.add("dtend", _utc(meeting.slot.ends_at))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("summary", _Text(title(meeting, team)))
    event.add("description", _Text("\n".join(_description(meeting, organiser, member))))
    if place := _line(meeting.slot.place):
        event.add("location", _Text(place))
    if by:
        event.add("organizer", _address(by, organiser.name))
    if method != "PUBLISH":
        # The visitor agreed in the chat: there is nothing left to answer, and nobody reads answers to the mail.
        agreed = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
        event.add("attendee", _address(to, meeting.name, **agreed))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//expo-bot//meetings//EN")
    calendar.add("method", method)
    calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def _description(meeting: Meeting, organiser: Organiser, member: str) -> list[str]:
    language = supported(meeting.language)
    rows = [say(language, "calendars.gone")] if meeting.status in CANCELLED else []
    rows += _times(meeting)
    guest = ", ".join(filter(None, (_line(meeting.name), _line(meeting.organisation))))
    if place := _line(meeting.slot.place):
        rows.append(say(language, "calendars.place", place=place))
    if member := _line(member):
        rows.append(say(language, "calendars.member", member=member))
    if guest:
        rows.append(say(language, "calendars.guest", guest=guest))
    if topic := _line(meeting.topic):
        rows.append(say(language, "calendars.topic", topic=topic))
    if meeting.status not in CANCELLED:
        rows.append(say(language, "calendars.change"))
    return [*rows, *filter(None, [_line(organiser.name)])]


def _times(meeting: Meeting) -> list[str]:
    slot, language = meeting.slot, supported(meeting.language)
    venue, here = zone(slot.zone), zone(meeting.zone or slot.zone)
    rows = [say(language, "calendars.venue", time=span(slot.starts_at, slot.ends_at, venue, language, year=True))]
    if both(slot.starts_at, venue, here, language)[1]:
        time = span(slot.starts_at, slot.ends_at, here, language, year=True)
        rows.append(say(language, "calendars.here", time=time))
    return rows


def _summary(meeting: Meeting, organiser: Organiser) -> str:
    """What fits into a link: no topic and no names, they would also stand in the logs of whoever serves the page."""
    return "\n".join([*_times(meeting), _line(organiser.name)]).strip()


def _link(page: str, fields: dict[str, str]) -> str:
    """Without ``+`` for a space, which Outlook shows. What is too long loses the end of its longest text, not its time."""
    while len(link := f"{page}?{urlencode(fields, safe='', quote_via=quote)}") > LONGEST_LINK:
        longest = max(fields, key=lambda name: len(quote(fields[name])))
        fields = fields | {longest: fields[longest][: len(fields[longest]) * 9 // 10]}
    return link


class _Text(vText):
    """A text escaped as RFC 5545 asks: the library takes a typed ``\\N`` for a line break and loses it."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def _address(email: str, name: str, **parameters: str) -> vCalAddress:
    if name := _line(name).replace('"', "'"):
        parameters["CN"] = name
    return vCalAddress(f"mailto:{email}", params=parameters)


def _line(text: str) -> str:
    """One line without characters that nobody sees or that reorder others."""
    return " ".join(clean(text).split())


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:  # astimezone would take it for the time of this machine
        raise ValueError(f"{moment} belongs to no zone. Hand on an aware datetime, in UTC.")
    return moment.astimezone(UTC)
