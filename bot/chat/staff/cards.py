"""The staff's card of a meeting: who comes, what about, when, how it stands, and what can be done about it now.

``read`` asks the store for all that it tells; drawing it reads nothing. The card stays in the staff chat and is changed
to the truth whenever something happens, so every press under it is judged by the version it was drawn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import times, zones
from bot.chat.appointments import label, team_name, when
from bot.chat.splitting import cut
from bot.chat.staff.history import became
from bot.chat.staff.reasons import worded
from bot.chat.styled import BOLD, Styled, joined, line
from bot.meetings import WAITING, Meeting, Member, Reason, Refused, Status, Team
from bot.store import Entry, Store
from bot.store.decisions import AFTERWARDS
from bot.texts import FALLBACK, say, supported
from bot.zones import zone

EACH = 4  # so many members get a button each; of more, whoever presses, and a list of the others
PROPOSING = ("move", "day", "time", "offer")  # the steps to another time
NAME = 16  # characters of a name on a button
MARKS = {
    Status.REQUESTED: "🟡",
    Status.COUNTERED: "🔵",
    Status.CONFIRMED: "✅",
    Status.COMPLETED: "☑️",
    Status.NO_SHOW: "✘",
}


@dataclass(frozen=True)
class Card:
    """All that the card of a meeting tells."""

    meeting: Meeting
    team: Team
    members: tuple[Member, ...]  # of the team
    staff: tuple[Member, ...]  # all there ever were, to name who did what
    history: tuple[Entry, ...] = ()
    missed: int = 0  # how often the visitor did not come
    waiting: int = 0  # requests for this team, with this one
    reachable: bool = True
    earlier: Meeting | None = None  # that this one replaces
    later: Meeting | None = None  # that is to replace this one

    def named(self, member_id: str | None) -> str:
        """The name of whoever goes."""
        return next((line(member.name) for member in self.staff if member.id == member_id), "")


def read(store: Store, meeting_id: str) -> Card:
    """How things stand with the meeting. Raises Refused(UNKNOWN)."""
    meeting = store.agenda.meeting(meeting_id)
    team = store.pavilion.team(meeting.slot.team_id)
    if team is None:
        raise Refused(Reason.UNKNOWN)
    known = meeting.visitor_id != 0
    others = store.agenda.of_visitor(meeting.visitor_id, meeting.created_at) if known else []
    return Card(
        meeting,
        team,
        tuple(store.pavilion.members(team.id)),
        tuple(store.pavilion.members()),
        tuple(store.agenda.history(meeting.id)),
        missed=store.agenda.no_shows(meeting.visitor_id) if known else 0,
        waiting=store.agenda.waiting([team.id]),
        reachable=not known or store.people.is_reachable(meeting.visitor_id),
        earlier=store.agenda.meeting(meeting.replaces_id) if meeting.replaces_id else None,
        later=next((one for one in others if one.replaces_id == meeting.id and one.status in WAITING), None),
    )


def language_in(store: Store, chat_id: int, members: Sequence[Member]) -> str:
    """The language of cards in a staff chat: the one chosen there, else that of the team's first member."""
    return store.language_of(chat_id) or next((member.language for member in members), FALLBACK)


def text(card: Card, language: str) -> Styled:
    """The card in words."""
    meeting, status = card.meeting, card.meeting.status
    mark = MARKS.get(status, "⚪")
    title = f"{mark} {say(language, f'staff_status.{status}')} · {team_name(card.team, language)}"
    rows = [
        Styled(title).wrapped(BOLD),
        _label(language, "visitor") + visitor(meeting, language),
        label(language, "when") + _time(meeting, language),
    ]
    rows += [label(language, "where") + line(meeting.slot.place)] if meeting.slot.place else []
    rows += [label(language, "topic") + line(meeting.topic)] if meeting.topic else []
    if goes := card.named(meeting.member_id):
        rows.append(_label(language, "goes") + goes)
    if card.earlier:
        rows.append(_label(language, "instead_of") + _time(card.earlier, language))
    if card.later:
        rows.append(_label(language, "later") + _time(card.later, language))
    if card.missed:
        rows.append(_label(language, "missed") + str(card.missed))
    if not card.reachable:
        rows.append(Styled("⚠ " + say(language, "staff.unreachable")))
        rows += [_label(language, "email") + line(meeting.email)] if meeting.email else []
    return joined(rows + _standing(card, language))


def _standing(card: Card, language: str) -> list[Styled]:
    """How it came to stand as it does, and what it waits for."""
    meeting, status = card.meeting, card.meeting.status
    venue = zone(meeting.slot.zone)
    rows = []
    if card.history and status != Status.REQUESTED:
        last = card.history[-1]
        what = became(last, card.staff, language)
        rows.append(Styled(times.moment_text(last.at, venue, language)).at(last.at) + f": {what}")
    if meeting.reason:
        rows.append(_label(language, "reason") + worded(meeting.reason, language))
    if status in WAITING and meeting.answer_by:
        until = Styled(times.moment_text(meeting.answer_by, venue, language)).at(meeting.answer_by)
        rows.append(_label(language, "answer_by" if status == Status.REQUESTED else "visitor_answers_by") + until)
    if status == Status.REQUESTED:
        rows.append(_label(language, "waiting") + str(card.waiting))
    return [*rows, _label(language, "reference") + meeting.id]


def visitor(meeting: Meeting, language: str) -> str:
    """``Anna Müller, Müller GmbH (German, Berlin)``: who comes, and what to be prepared for."""
    if not meeting.visitor_id:
        return say(language, "staff.forgotten")
    named = ", ".join(part for part in (line(meeting.name), line(meeting.organisation)) if part)
    speaks = say(language, f"staff.language_{supported(meeting.language)}")
    return f"{named} ({speaks}, {zones.city(meeting.zone, language)})" if meeting.zone else f"{named} ({speaks})"


def brief(meeting: Meeting, language: str) -> Styled:
    """The meeting in one line, for a word in passing: who, when, its reference."""
    named = line(meeting.name) or say(language, "staff.forgotten")
    return Styled(f"{named}, ") + when(meeting.slot, language) + f" ({meeting.id})"


def possible(meeting: Meeting, now: datetime) -> frozenset[str]:
    """What staff may do to it now, by the verbs of buttons: those of an old card may be none of these any more."""
    begun = meeting.slot.starts_at <= now
    if meeting.status == Status.REQUESTED:
        return frozenset({"ok", "who", "no", *PROPOSING})
    if meeting.status == Status.COUNTERED:
        return frozenset({"no"})
    if meeting.status == Status.CONFIRMED and not begun:
        return frozenset({"off", *PROPOSING})
    if meeting.status == Status.CONFIRMED and now <= meeting.slot.starts_at + AFTERWARDS:
        return frozenset({"came", "miss"})
    return frozenset()


def buttons(card: Card, now: datetime, language: str) -> InlineKeyboardMarkup | None:
    """What staff can do about the meeting now; None at its end."""
    meeting, verbs = card.meeting, possible(card.meeting, now)
    rows = confirming(card, language) if "ok" in verbs else []
    if "move" in verbs and not card.later:
        rows.append([button(say(language, "staff.button_move"), "move", meeting)])
    if "no" in verbs:
        key = "staff.button_decline" if meeting.status == Status.REQUESTED else "staff.button_take_back"
        rows.append([button(say(language, key), "no", meeting)])
    if "off" in verbs:
        rows.append([button(say(language, "staff.button_cancel"), "off", meeting)])
    if "came" in verbs:
        rows.append(came_buttons(meeting, language))
    return InlineKeyboardMarkup(rows) if rows else None


def confirming(card: Card, language: str) -> list[list[InlineKeyboardButton]]:
    """Confirm, and who goes."""
    if len(card.members) <= EACH:
        each = [
            button(say(language, "staff.button_confirm", name=cut(line(one.name), NAME)), "ok", card.meeting, one.id)
            for one in card.members
        ]
        return in_rows(each, 2)
    mine = button(say(language, "staff.button_confirm_me"), "ok", card.meeting)
    return [[mine], [button(say(language, "staff.button_somebody_else"), "who", card.meeting)]]


def came_buttons(meeting: Meeting, language: str) -> list[InlineKeyboardButton]:
    """Whether the visitor came."""
    came = button(say(language, "staff.button_came"), "came", meeting)
    return [came, button(say(language, "staff.button_missed"), "miss", meeting)]


def button(text: str, verb: str, meeting: Meeting, *more: object) -> InlineKeyboardButton:
    """A button whose press does ``verb`` to this version of the meeting."""
    data = ":".join(str(part) for part in ("s", verb, meeting.id, meeting.version, *more))
    return InlineKeyboardButton(text, callback_data=data)


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[InlineKeyboardButton]]:
    """So many side by side."""
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def _time(meeting: Meeting, language: str) -> Styled:
    return when(meeting.slot, language, meeting.zone, say(language, "staff.visitors_time"))


def _label(language: str, key: str) -> Styled:
    return Styled(say(language, f"staff.label_{key}")).wrapped(BOLD) + " "
