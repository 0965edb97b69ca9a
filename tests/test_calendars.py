"""Calendar files, read back by two libraries that did not write each other's rules."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import ics
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.calendars import LONGEST_LINK, Organiser, cancellation, google_link, invitation, outlook_link, subject, title
from bot.characters import clean
from bot.meetings import Meeting, Slot, Status

GOLDEN = Path(__file__).parent / "data" / "calendars"
NOW = datetime(2026, 9, 2, 1, 2, 3, tzinfo=UTC)
START = datetime(2026, 9, 16, 6, tzinfo=UTC)
ORGANISER = Organiser("Pohang Battery Expo", "expo@city.example", "expo.example")
TEAMS = {"ko": "에코프로", "en": "Ecopro", "de": "Ecopro"}
GUESTS = {
    "ko": ("김민수", "한빛에너지, 연구소", "LFP 양극재 공급; 2027년 물량"),
    "en": ('Ada "Countess" Lovelace', "Analytical Engines, Ltd.", r"Cathodes; path C:\New\notes, 100 % LFP"),
    "de": ("Jürgen Müller", "Müller & Söhne; Prüfgeräte", "Rückführung von Lithium, Größenordnung 5.000 t"),
}


def slot(start: datetime = START, place: str = "Hall B2, Stand 12") -> Slot:
    return Slot(1, "ecopro", start, start + timedelta(minutes=30), "Asia/Seoul", place)


def meeting(language: str = "de", **changed: object) -> Meeting:
    name, organisation, topic = GUESTS[language]
    one = Meeting("m1", "m1", slot(), 0, 7, Status.CONFIRMED, 2, language, "Europe/Berlin", NOW)
    one = replace(one, name=name, organisation=organisation, topic=topic, email="guest@example.org")
    return replace(one, **changed)  # type: ignore[arg-type]


def golden(kind: str, language: str) -> tuple[Meeting, bytes]:
    """A meeting at three moments of its life, and its file: asked for, moved past the end of summer time, cancelled."""
    team, asked = TEAMS[language], meeting(language)
    moved = replace(asked, id="m2", replaces_id="m1", slot=slot(START + timedelta(days=42), "Hall A1"), sequence=1)
    gone = replace(moved, status=Status.CANCELLED_HOST, sequence=2)
    if kind == "request":
        return asked, invitation(asked, ORGANISER, team=team, now=NOW, member="박지영")
    if kind == "update":
        return moved, invitation(moved, ORGANISER, team=team, now=NOW + timedelta(days=1), member="박지영")
    return gone, cancellation(gone, ORGANISER, team=team, now=NOW + timedelta(days=2), member="박지영")


def read(data: bytes) -> Event:
    (event,) = Calendar.from_ical(data).events
    return event


def lines(data: bytes) -> list[str]:
    """The content lines, unfolded as RFC 5545 says: by CRLF and one space, and by nothing else."""
    return data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def names(data: bytes) -> list[str]:
    return sorted(re.split("[;:]", line)[0] for line in lines(data))


CASES = list(itertools.product(("request", "update", "cancel"), ("ko", "en", "de")))


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_files_are_those_that_were_read_by_a_person(kind: str, language: str) -> None:
    assert golden(kind, language)[1] == (GOLDEN / f"{kind}.{language}.ics").read_bytes()


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_two_other_readers_find_the_same_meeting(kind: str, language: str) -> None:
    one, data = golden(kind, language)

    by_icalendar, (by_ics,) = read(data), ics.Calendar(data.decode()).events

    sequence = next(line.value for line in by_ics.extra if line.name == "SEQUENCE")
    assert by_icalendar.start == by_ics.begin.datetime == one.slot.starts_at
    assert by_icalendar.end == by_ics.end.datetime == one.slot.ends_at
    assert str(by_icalendar.uid) == by_ics.uid == "m1@expo.example"
    assert by_icalendar.sequence == int(sequence) == one.sequence
    assert str(by_icalendar["summary"]) == by_ics.name == title(one, TEAMS[language])
    assert str(by_icalendar["location"]) == by_ics.location == one.slot.place
    assert by_icalendar["status"] == by_ics.status == ("CANCELLED" if kind == "cancel" else "CONFIRMED")
    assert by_icalendar["organizer"].email == by_ics.organizer.email == "expo@city.example"
    assert by_icalendar["attendee"].email == next(iter(by_ics.attendees)).email == "guest@example.org"
    assert GUESTS[language][2] in by_icalendar["description"]


@pytest.mark.parametrize("language", ["ko", "en", "de"])
def test_a_chain_keeps_what_calendars_know_it_by(language: str) -> None:
    chain = [read(golden(kind, language)[1]) for kind in ("request", "update", "cancel")]

    assert len({(str(one.uid), one["organizer"], one["attendee"]) for one in chain}) == 1
    assert [one.sequence for one in chain] == [0, 1, 2]
    assert len({one.DTSTAMP for one in chain}) == 3


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_the_form_is_the_one_that_calendars_ask_for(kind: str, language: str) -> None:
    data = golden(kind, language)[1]
    head, event = data.decode().split("BEGIN:VEVENT", 1)

    assert f"METHOD:{'CANCEL' if kind == 'cancel' else 'REQUEST'}\r\n" in head
    assert "METHOD" not in event
    assert b"VTIMEZONE" not in data
    assert b"TZID" not in data
    assert b"VALARM" not in data
    assert re.findall("^DT(?:START|END|STAMP).*", event, re.M) == re.findall(r"^DT\w+:\d{8}T\d{6}Z\r", event, re.M)
    assert len(re.findall("^DT(?:START|END|STAMP):", event, re.M)) == 3
    assert len(re.findall(b"\r\n", data)) == data.count(b"\n") == data.count(b"\r")
    assert all(len(line) <= 75 and line.decode() for line in data.removesuffix(b"\r\n").split(b"\r\n"))


def test_a_file_to_download_invites_nobody() -> None:
    calendar = Calendar.from_ical(invitation(meeting(), ORGANISER, team="Ecopro", now=NOW, method="PUBLISH"))

    assert calendar["method"] == "PUBLISH"
    assert "attendee" not in calendar.events[0]
    assert calendar.events[0]["organizer"].email == "expo@city.example"


def test_a_file_to_download_needs_no_address() -> None:
    event = read(invitation(meeting(email=""), replace(ORGANISER, email=""), team="Ecopro", now=NOW, method="PUBLISH"))

    assert "organizer" not in event
    assert event.start == START


def test_an_attendee_has_agreed_and_is_not_asked_again() -> None:
    attendee = read(invitation(meeting(), ORGANISER, team="Ecopro", now=NOW))["attendee"]

    assert attendee.params == {
        "CN": "Jürgen Müller",
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "FALSE",
    }


def test_only_a_confirmed_meeting_enters_a_calendar_and_only_a_cancelled_one_leaves_it() -> None:
    for status in Status:
        one = meeting(status=status)
        if status != Status.CONFIRMED:
            with pytest.raises(ValueError, match=f"m1 is {status}: only a confirmed"):
                invitation(one, ORGANISER, team="Ecopro", now=NOW)
        if status not in (Status.CANCELLED_HOST, Status.CANCELLED_VISITOR):
            with pytest.raises(ValueError, match=f"m1 is {status}: only a cancelled"):
                cancellation(one, ORGANISER, team="Ecopro", now=NOW)


@pytest.mark.parametrize("missing", ["visitor", "organiser"])
def test_a_mail_from_or_to_nobody_is_a_mistake_of_ours(missing: str) -> None:
    one = meeting(email="" if missing == "visitor" else "guest@example.org")
    organiser = replace(ORGANISER, email="" if missing == "organiser" else "expo@city.example")

    with pytest.raises(ValueError, match="PUBLISH needs neither"):
        invitation(one, organiser, team="Ecopro", now=NOW)
    with pytest.raises(ValueError, match="PUBLISH needs neither"):
        cancellation(replace(one, status=Status.CANCELLED_HOST), organiser, team="Ecopro", now=NOW)


def test_a_time_of_no_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="belongs to no zone"):
        invitation(meeting(), ORGANISER, team="Ecopro", now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("zone", "day", "told"),
    [
        ("Europe/Berlin", START, "Ihre Zeit: Mi., 16. September 2026, 08:00–08:30 Uhr MESZ"),
        (
            "Europe/Berlin",
            datetime(2026, 10, 28, 6, tzinfo=UTC),
            "Ihre Zeit: Mi., 28. Oktober 2026, 07:00–07:30 Uhr MEZ",
        ),
        ("America/Los_Angeles", START, "Ihre Zeit: Di., 15. September 2026, 23:00–23:30 Uhr PDT"),
        ("Asia/Tokyo", START, None),
        ("", START, None),
    ],
)
def test_a_visitor_elsewhere_reads_both_times(zone: str, day: datetime, told: str | None) -> None:
    data = invitation(meeting(zone=zone, slot=slot(day)), ORGANISER, team="Ecopro", now=NOW)

    rows = str(read(data)["description"]).split("\n")

    assert rows[0].startswith("Zeit am Veranstaltungsort: Mi., ")
    assert rows[0].endswith("15:00–15:30 Uhr KST")
    assert [row for row in rows if row.startswith("Ihre Zeit")] == [told] * bool(told)


def test_what_is_not_known_leaves_no_empty_line() -> None:
    bare = meeting("en", name="", organisation="", topic=" \n", zone="", slot=slot(place=""))
    data = invitation(bare, replace(ORGANISER, name=""), team="Ecopro", now=NOW)

    assert str(read(data)["description"]).split("\n") == [
        "Time at the venue: Wed 16 September 2026, 15:00–15:30 KST",
        "To change or cancel this meeting, please write to us in Telegram. "
        "An answer to this calendar entry is not enough.",
    ]
    assert "location" not in read(data)


@pytest.mark.parametrize(
    ("language", "confirmed", "cancelled"),
    [
        ("ko", "에코프로 미팅, 2026년 9월 16일(수) 15:00 KST", "[취소] 에코프로 미팅, 2026년 9월 16일(수) 15:00 KST"),
        (
            "en",
            "Meeting with Ecopro, Wed 16 September 2026, 15:00 KST",
            "Cancelled: Meeting with Ecopro, Wed 16 September 2026, 15:00 KST",
        ),
        (
            "de",
            "Termin mit Ecopro, Mi., 16. September 2026, 15:00 Uhr KST",
            "Abgesagt: Termin mit Ecopro, Mi., 16. September 2026, 15:00 Uhr KST",
        ),
    ],
)
def test_a_subject_is_title_and_date(language: str, confirmed: str, cancelled: str) -> None:
    assert subject(meeting(language), team=TEAMS[language]) == confirmed
    assert subject(meeting(language, status=Status.CANCELLED_VISITOR), team=TEAMS[language]) == cancelled


HOSTILE = [
    "Kim\r\nATTENDEE:mailto:victim@example.org",
    "Kim\nEND:VEVENT\nBEGIN:VEVENT\nUID:other@example.org",
    "Kim\rMETHOD:CANCEL",
    "Kim\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029STATUS:CANCELLED",
    "\\nATTENDEE:mailto:victim@example.org",
    "\\N\\;\\,\\\\n\\",
    'Kim";CN="x":mailto:victim@example.org',
    "^n^'^^ATTENDEE:x",
    ';X=1:y,z"',
    "=0D=0AATTENDEE:x",
    "\u202eevil\u202c\u2066x\u2069\u200b\ufeff",
    "한" * 300,
    "🔋👩\u200d🔬" * 40,
    "\ud800Kim\udfff",
    "\x00\x07\x1b[31m\x7f",
    "e\u0301" * 60,
    "\t \u3000",
    "$topic ${name} $$ {0} %s",
]
anything = (
    st.text(st.characters(), max_size=120)
    | st.sampled_from(HOSTILE)
    | st.lists(
        st.sampled_from(
            [*"\r\n\t \\nN;,:\"'^=$한ü🔋", "BEGIN:VEVENT", "ATTENDEE:", "\r\n ", "\u2028", "\u202e", "\ud83d"]
        ),
        max_size=80,
    ).map("".join)
)


def plain(text: str) -> str:
    return " ".join(clean(text).split())


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries(dict.fromkeys(("name", "organisation", "topic", "place", "team", "member"), anything)))
@example(dict.fromkeys(("name", "organisation", "topic", "place", "team", "member"), ""))
def test_nothing_that_people_type_becomes_a_property(typed: dict[str, str]) -> None:
    asked = meeting("en", name=typed["name"], organisation=typed["organisation"], topic=typed["topic"])
    asked = replace(asked, slot=slot(place=typed["place"]))

    data = invitation(asked, ORGANISER, team=typed["team"], now=NOW, member=typed["member"])

    calm = {name: "x" if plain(text) else "" for name, text in typed.items()}
    usual = meeting("en", name=calm["name"], organisation=calm["organisation"], topic=calm["topic"])
    usual = replace(usual, slot=slot(place=calm["place"]))
    assert names(data) == names(invitation(usual, ORGANISER, team=calm["team"], now=NOW, member=calm["member"]))
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", data)
    assert len(data.decode().splitlines()) == data.count(b"\r\n")  # careless readers split at more than CRLF

    event = read(data)
    assert (event.start, str(event.uid)) == (START, "m1@expo.example")
    assert str(event["summary"]) == f"Meeting with {plain(typed['team'])}"
    assert str(event.get("location", "")) == plain(typed["place"])
    assert str(event["organizer"]) == "mailto:expo@city.example"
    assert str(event["attendee"]) == "mailto:guest@example.org"
    rows = str(event["description"]).split("\n")
    told = {label: plain(typed[name]) for label, name in (("Topic", "topic"), ("You will meet", "member"))}
    guest = ", ".join(filter(None, (plain(typed["name"]), plain(typed["organisation"]))))
    for label, text in {**told, "Visitor": guest}.items():
        assert [row for row in rows if row.startswith(f"{label}: ")] == [f"{label}: {text}"] * bool(text)


@settings(max_examples=150, deadline=None)  # this reader takes fifteen times as long
@given(anything, anything)
def test_the_other_reader_finds_the_same_meeting_whatever_people_type(name: str, topic: str) -> None:
    data = invitation(meeting("en", name=name, topic=topic), ORGANISER, team="Ecopro", now=NOW)

    (event,) = ics.Calendar(data.decode()).events
    assert (event.begin.datetime, event.uid, event.name) == (START, "m1@expo.example", "Meeting with Ecopro")
    assert [one.email for one in event.attendees] == ["guest@example.org"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_addresses_and_names_of_the_house_are_cleaned_too(hostile: str) -> None:
    data = invitation(
        meeting(email=f"guest@example.org{hostile}"),
        Organiser(hostile, f"expo@city.example{hostile}", f"expo.example{hostile}"),
        team="Ecopro",
        now=NOW,
    )

    assert names(data) == names(golden("request", "de")[1])
    assert read(data).start == START


@pytest.mark.parametrize("language", ["ko", "en", "de"])
def test_links_carry_time_title_and_place(language: str) -> None:
    one = meeting(language, slot=slot(place="Halle B2 & Foyer #1, 100 %"))

    google = urlsplit(google_link(one, ORGANISER, team=TEAMS[language]))
    outlook = urlsplit(outlook_link(one, ORGANISER, team=TEAMS[language]))

    asked, other = parse_qs(google.query, strict_parsing=True), parse_qs(outlook.query, strict_parsing=True)
    assert (google.netloc, google.path) == ("calendar.google.com", "/calendar/render")
    assert asked["action"] == ["TEMPLATE"]
    assert asked["dates"] == ["20260916T060000Z/20260916T063000Z"]
    assert (outlook.netloc, outlook.path) == ("outlook.office.com", "/calendar/0/deeplink/compose")
    assert (other["path"], other["rru"]) == (["/calendar/action/compose"], ["addevent"])
    assert (other["startdt"], other["enddt"]) == (["2026-09-16T06:00:00Z"], ["2026-09-16T06:30:00Z"])
    assert asked["text"] == other["subject"] == [title(one, TEAMS[language])]
    assert asked["location"] == other["location"] == ["Halle B2 & Foyer #1, 100 %"]
    assert asked["details"] == other["body"]
    assert "KST" in asked["details"][0]
    assert "+" not in google.query + outlook.query
    assert outlook_link(one, ORGANISER, team="x", private=True).startswith("https://outlook.live.com/")


def test_links_tell_nobody_who_comes_and_why() -> None:
    one = meeting("en")
    for link in (google_link(one, ORGANISER, team="Ecopro"), outlook_link(one, ORGANISER, team="Ecopro")):
        told = str(parse_qs(urlsplit(link).query))

        assert not any(word in told for word in ("Lovelace", "Analytical", "Cathodes", "guest@example.org"))


@settings(max_examples=100, deadline=None)
@given(anything, anything)
def test_links_stay_short_and_whole_whatever_they_carry(place: str, team: str) -> None:
    one = meeting("ko", slot=slot(place=place * 5))

    for link in (google_link(one, ORGANISER, team=team * 5), outlook_link(one, ORGANISER, team=team * 5)):
        assert len(link) <= LONGEST_LINK
        assert re.fullmatch(r"https://[a-z.]+/[a-z0-9/]+\?([a-z]+=([\w.~-]|%[0-9A-F]{2})*&?)+", link, re.ASCII)
        assert "20260916T060000Z" in link or "2026-09-16T06%3A00%3A00Z" in link
