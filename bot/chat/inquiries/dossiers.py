"""Dossiers: an inquiry with all that belongs to it, in words: the desk's card, and what its visitor is told.

A card is a message in the staff's chat that is changed to the truth whenever something happens; every button on it says
the version it was drawn from. What visitors wrote is shown as it is and never read as anything but text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import times
from bot.chat.appointments import team_name
from bot.chat.inquiries.questionnaire import Rows, button, indented, kind_name, shown_field
from bot.chat.post.letters import Message
from bot.chat.splitting import cut
from bot.chat.staff.cards import language_in
from bot.chat.styled import BOLD, Styled, joined, line, plain
from bot.inquiries import FIELDS, STANDING, Inquiry, Remark, State
from bot.meetings import Reason, Refused, Team
from bot.store import Store
from bot.store.outbox import Letter
from bot.texts import say
from bot.zones import zone

ROOM = 3900  # characters of a message that is changed in place; Telegram takes 4096 with what counts double
SNIPPET = 300  # of a remark that is not the last: who wants all of it scrolls up, or exports


@dataclass(frozen=True)
class Dossier:
    """All that is known of an inquiry."""

    inquiry: Inquiry
    team: Team
    remarks: tuple[Remark, ...]
    shared: str  # the language of the desk's chat
    spoken: str  # the visitor's language
    reachable: bool


def read(store: Store, inquiry_id: str) -> Dossier:
    """How things stand with the inquiry. Raises Refused(UNKNOWN)."""
    inquiry = store.inquiries.inquiry(inquiry_id)
    team = store.pavilion.team(inquiry.team_id)
    if team is None:
        raise Refused(Reason.UNKNOWN)
    return Dossier(
        inquiry,
        team,
        tuple(store.inquiries.remarks(inquiry_id)),
        shared=language_in(store, team.chat_id, store.pavilion.members(team.id)),
        spoken=store.language_of(inquiry.visitor_id) or inquiry.language,
        reachable=not inquiry.visitor_id or store.people.is_reachable(inquiry.visitor_id),
    )


def standing(inquiry: Inquiry, language: str) -> str:
    """How it stands, in a few words: "being worked on by Sofia"."""
    if inquiry.state in (State.TAKEN, State.ANSWERED):
        return say(language, f"inquiries.state_{inquiry.state}", name=line(inquiry.taken_by))
    return say(language, f"inquiries.state_{inquiry.state}")


def card(dossier: Dossier) -> Styled:
    """What the desk sees."""
    inquiry, language = dossier.inquiry, dossier.shared
    title = say(language, "desk.title", id=inquiry.id, kind=kind_name(inquiry.kind, language))
    rows = [Styled(f"{_mark(inquiry)} {title} · {team_name(dossier.team, language)}").wrapped(BOLD)]
    if inquiry.visitor_id:
        rows += _said(inquiry, language, here=say(language, "desk.in_chat"))
        spoken = say(inquiry.language, "language.name")
        rows.append(_label(language, "desk.label_language") + spoken)
    else:
        rows.append(Styled(say(language, "desk.forgotten" if _withdrew(inquiry) else "desk.expired")))
    received = Styled(times.moment_text(inquiry.created_at, zone(dossier.team.zone), language)).at(inquiry.created_at)
    rows.append(_label(language, "desk.label_since") + received)
    rows.append(_label(language, "desk.label_state") + standing(inquiry, language))
    if not dossier.reachable:
        rows.append(Styled(say(language, "desk.unreachable")))
    return _with_remarks(joined(rows), dossier, language, visitor=say(language, "desk.visitor"))


def card_buttons(inquiry: Inquiry, language: str, closing: bool = False) -> InlineKeyboardMarkup | None:
    """What the desk can do now; ``closing`` asks once more, because nobody has answered yet."""

    def to(verb: str, key: str) -> InlineKeyboardButton:
        return button(say(language, key), f"d:{verb}:{inquiry.id}:{inquiry.version}")

    if inquiry.state not in STANDING or not inquiry.visitor_id:
        return None
    if closing:
        return InlineKeyboardMarkup([[to("close!", "desk.really_close")], [to("card", "desk.back")]])
    if inquiry.state == State.ANSWERED:
        return InlineKeyboardMarkup([[to("answer", "desk.answer_again"), to("close", "desk.close")]])
    take = to("take", "desk.take" if inquiry.state == State.OPEN else "desk.take_over")
    return InlineKeyboardMarkup([[take, to("answer", "desk.answer")], [to("close", "desk.close")]])


def shown(dossier: Dossier, language: str) -> Styled:
    """What its visitor sees of it."""
    inquiry = dossier.inquiry
    title = f"{inquiry.id} · {kind_name(inquiry.kind, language)}"
    sent = Styled(times.moment_text(inquiry.created_at, zone(dossier.team.zone), language)).at(inquiry.created_at)
    rows = [
        Styled(title).wrapped(BOLD),
        _label(language, "inquiries.label_state") + standing(inquiry, language),
        _label(language, "inquiries.label_desk") + team_name(dossier.team, language),
        _label(language, "inquiries.label_sent") + sent,
        *_said(inquiry, language, here=say(language, "inquiries.here")),
    ]
    return _with_remarks(joined(rows), dossier, language, visitor=say(language, "inquiries.you"))


class Dossiers:
    """Renders the letters about inquiries."""

    kinds = (
        ("team", "inquiry_card"),
        ("team", "inquiry_added"),
        ("visitor", "inquiry_received"),
        ("visitor", "inquiry_answer"),
        ("visitor", "inquiry_closed"),
    )

    def __init__(self, store: Store) -> None:
        self._store = store

    async def render(self, letter: Letter) -> Message | None:
        """The letter in words, as things stand now; None where the inquiry is gone, or somebody else's by now."""
        try:
            dossier = await asyncio.to_thread(read, self._store, letter.subject_id)
        except Refused:
            return None
        inquiry = dossier.inquiry
        if letter.to == "visitor" and str(inquiry.visitor_id) != letter.receiver:
            return None
        match letter.kind:
            case "inquiry_card":
                return Message(card(dossier), card_buttons(inquiry, dossier.shared), card_of=inquiry.id)
            case "inquiry_added":
                return await self._added(dossier)
            case "inquiry_received":
                return _received(dossier)
            case "inquiry_answer":
                return _answer(dossier, letter.details)
            case _:
                return _closed(dossier)

    async def _added(self, dossier: Dossier) -> Message | None:
        """A word below, because nobody sees a card change far above. It says nothing that would have to be deleted."""
        inquiry, language = dossier.inquiry, dossier.shared
        if inquiry.state not in STANDING or not inquiry.visitor_id:
            return None
        place = await asyncio.to_thread(self._store.outbox.card, inquiry.id)
        link = _link_to(*place) if place else ""
        to_card = InlineKeyboardMarkup.from_button(InlineKeyboardButton(say(language, "desk.to_card"), url=link))
        return Message(Styled(say(language, "desk.added", id=inquiry.id)), to_card if link else None)


def _received(dossier: Dossier) -> Message | None:
    inquiry, language = dossier.inquiry, dossier.spoken
    if inquiry.state in (State.CLOSED, State.WITHDRAWN):
        return None
    rows = [
        Styled(say(language, "inquiries.received")).wrapped(BOLD),
        _label(language, "inquiries.reference") + inquiry.id,
        _label(language, "inquiries.goes_to") + team_name(dossier.team, language),
        Styled(say(language, "inquiries.what_next_contact" if inquiry.contact else "inquiries.what_next")),
    ]
    add = button(say(language, "inquiries.add"), f"i:add:{inquiry.id}")
    withdraw = button(say(language, "inquiries.withdraw"), f"i:w:{inquiry.id}")
    return Message(joined(rows), InlineKeyboardMarkup.from_row([add, withdraw]))


def _answer(dossier: Dossier, details: Mapping[str, str]) -> Message:
    inquiry, language = dossier.inquiry, dossier.spoken
    rows = [
        Styled(say(language, "inquiries.answer_from", id=inquiry.id)).wrapped(BOLD),
        Styled(f"{team_name(dossier.team, language)}, {line(details.get('by', ''))}"),
        Styled(),
        Styled(cut(plain(details.get("text", "")), ROOM)),
    ]
    return Message(joined(rows), InlineKeyboardMarkup(answering(inquiry, language)) if _talks(inquiry) else None)


def answering(inquiry: Inquiry, language: str) -> Rows:
    """What a visitor can do about an answer."""
    return [
        [button(say(language, "inquiries.answer_back"), f"i:add:{inquiry.id}")],
        [button(say(language, "inquiries.done"), f"i:done:{inquiry.id}")],
    ]


def _closed(dossier: Dossier) -> Message:
    language = dossier.spoken
    head = Styled(say(language, "inquiries.closed", id=dossier.inquiry.id)).wrapped(BOLD)
    return Message(head + "\n" + say(language, "inquiries.closed_more"))


def _said(inquiry: Inquiry, language: str, here: str) -> list[Styled]:
    """What the visitor said, each with its label."""
    fields = asdict(inquiry)
    values = {field: shown_field(field, fields[field]) or (here if field == "contact" else "") for field in FIELDS}
    return [_label(language, f"inquiries.label_{field}") + value for field, value in values.items() if value]


def _with_remarks(head: Styled, dossier: Dossier, language: str, visitor: str) -> Styled:
    """``head``, and under it what was said since: the last remark whole, of those before what there is room for."""
    told: list[Styled] = []
    room = ROOM - head.units
    for index, remark in enumerate(reversed(dossier.remarks)):
        by = visitor if remark.by == "visitor" else line(remark.by)
        when = times.moment_text(remark.at, zone(dossier.team.zone), language)
        text = indented(remark.text) if index == 0 else cut(indented(remark.text), SNIPPET)
        one = Styled(f"{by}, {when}:").wrapped(BOLD) + " " + cut(text, max(SNIPPET, room - 100))
        if one.units > room:
            told.append(Styled("…"))
            break
        told.append(one)
        room -= one.units + 1
    if not told:
        return head
    return joined([head, Styled(), _label(language, "desk.label_remarks"), *reversed(told)])


def _label(language: str, key: str) -> Styled:
    return Styled(say(language, key)).wrapped(BOLD) + " "


def _mark(inquiry: Inquiry) -> str:
    marks = {State.OPEN: "🟡", State.TAKEN: "🔵", State.ANSWERED: "✅"}
    return marks.get(inquiry.state, "⚪")


def _withdrew(inquiry: Inquiry) -> bool:
    return inquiry.state == State.WITHDRAWN


def _talks(inquiry: Inquiry) -> bool:
    return inquiry.state in STANDING


def _link_to(chat_id: int, message_id: int) -> str:
    """The address of a message in a supergroup, for its members; elsewhere there is none."""
    digits = str(chat_id)
    return f"https://t.me/c/{digits[4:]}/{message_id}" if digits.startswith("-100") else ""
