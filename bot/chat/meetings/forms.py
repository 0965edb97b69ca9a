"""What a booking asks its visitor, as messages with buttons: the notice, the questions, the summary. Pure."""

from __future__ import annotations

from datetime import timedelta

from telegram import InlineKeyboardMarkup

from bot.chat.appointments import deadline, described, team_name
from bot.chat.buttons import button
from bot.chat.meetings.choices import stop, under
from bot.chat.meetings.details import FIELDS
from bot.chat.meetings.guests import Guest, Page
from bot.chat.styled import BOLD, Styled
from bot.meetings import Meeting, Team

_QUESTIONS = {
    "name": "meetings.ask_name",
    "organisation": "meetings.ask_organisation",
    "topic": "meetings.ask_topic",
    "email": "meetings.ask_email",
}


def notice(guest: Guest, keep: timedelta, before: Styled | None) -> Page:
    """Purpose, items, retention, rights: to be agreed to before anything personal is asked."""
    rows = [[button(guest.say("meetings.agree"), "b:ok")], [stop(guest)]]
    return Page(under(before, guest.say("meetings.notice", days=keep.days)), InlineKeyboardMarkup(rows))


def question(guest: Guest, field: str, fields: dict[str, str], before: Styled | None = None) -> Page:
    """Asks for one detail, the first time for all of them, since one message can hold them."""
    rows = []
    key = _QUESTIONS[field]
    if field == "name" and not any(one in fields for one in FIELDS):
        key = "meetings.ask_all"
    if field == "name" and guest.first_name:
        rows.append([button(guest.say("meetings.i_am", name=guest.first_name), "b:me")])
    if field == "organisation":
        rows.append([button(guest.say("meetings.without"), "b:skip")])
    if field == "topic" and "aside" in fields:
        rows.append([button(guest.say("meetings.use_as_topic"), "b:topic")])
    back = [button(guest.say("meetings.as_before"), "b:c:nothing")] if "changing" in fields else []
    return Page(under(before, guest.say(key)), InlineKeyboardMarkup([*rows, [*back, stop(guest)]]))


def no_address(guest: Guest) -> Page:
    """What was typed is no e-mail address."""
    rows = [[button(guest.say("meetings.without"), "b:c:nothing"), stop(guest)]]
    return Page(Styled(guest.say("meetings.no_address")), InlineKeyboardMarkup(rows))


def summary(guest: Guest, meeting: Meeting, team: Team, mail: bool, before: Styled | None) -> Page:
    """Everything as staff will get it, to be looked at before it is sent."""
    text = Styled(guest.say("meetings.summary")).wrapped(BOLD) + "\n" + described(meeting, team, guest.language)
    text = text + "\n\n" + kept_until(guest, meeting)
    if meeting.replaces_id:
        text += "\n" + guest.say("meetings.old_stands")
    rows = [[button(guest.say("meetings.send"), f"b:send:{meeting.id}")]]
    if mail and not meeting.email:
        rows.append([button(guest.say("meetings.add_email"), "b:c:email")])
    rows.append([button(guest.say("meetings.change"), "b:c"), stop(guest)])
    return Page(under(before, text), InlineKeyboardMarkup(rows))


def changes(guest: Guest, fields: dict[str, str], mail: bool) -> Page:
    """What of the summary may be changed; the host of a meeting that is moved may not."""
    rows = [
        [button(guest.say("meetings.change_name"), "b:c:name")],
        [button(guest.say("meetings.change_organisation"), "b:c:organisation")],
        [button(guest.say("meetings.change_topic"), "b:c:topic")],
    ]
    if mail:
        rows.append([button(guest.say("meetings.change_email"), "b:c:email")])
    rows.append([button(guest.say("meetings.change_time"), "b:c:time")])
    if "replaces" not in fields:
        rows.append([button(guest.say("meetings.change_host"), "b:h:0")])
    rows.append([button(guest.say("meetings.as_before"), "b:c:nothing"), stop(guest)])
    return Page(Styled(guest.say("meetings.what_to_change")), InlineKeyboardMarkup(rows))


def go_on(guest: Guest, team_id: str) -> Page:
    """A time was being chosen when something else came up."""
    rows = [[button(guest.say("meetings.go_on"), f"b:p:{team_id}:00000000:0"), stop(guest)]]
    return Page(Styled(guest.say("meetings.was_choosing")), InlineKeyboardMarkup(rows))


def sent(guest: Guest, meeting: Meeting, team: Team) -> Page:
    """It is on its way. The receipt follows by itself, so this is short."""
    until = deadline(meeting.answer_by or guest.now, meeting.slot, guest.language, meeting.zone)
    text = Styled(guest.say("meetings.sent", team=team_name(team, guest.language))) + " " + until
    if meeting.replaces_id:
        text += "\n" + guest.say("meetings.old_stands")
    return Page(text, InlineKeyboardMarkup([[button(guest.say("meetings.see"), f"m:show:{meeting.id}")]]))


def kept_until(guest: Guest, meeting: Meeting) -> Styled:
    """Until when nobody else gets this seat."""
    until = deadline(meeting.hold_until or guest.now, meeting.slot, guest.language, meeting.zone)
    return Styled(guest.say("meetings.kept_until")) + " " + until
