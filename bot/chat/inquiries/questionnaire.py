"""The pages of an inquiry that is being written: which kind, the notice, one question after the other, the summary.

Draws only; what was said and what comes next is the conversation's to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.characters import clean
from bot.chat.meetings.guests import Guest, Page
from bot.chat.splitting import cut
from bot.chat.styled import BOLD, Styled, joined, line, plain
from bot.inquiries import FIELDS, LONGEST, NEEDED, Kind
from bot.texts import say

KIND, CONSENT, SUMMARY = "kind", "consent", "summary"  # the steps that ask for no words, beside FIELDS
_NAME = 30  # characters of a button

Rows = list[list[InlineKeyboardButton]]


def page(
    step: str, fields: Mapping[str, str], guest: Guest, kinds: Sequence[Kind], keep: timedelta, prefix: str = ""
) -> Page:
    """The page of a step, under a word that says why it is shown again."""
    if step == KIND:
        text, rows = _kinds(fields, guest, kinds)
    elif step == CONSENT:
        text, rows = Styled(guest.say("inquiries.notice", days=keep.days)), _agreeing(guest)
    elif step == SUMMARY:
        text = Styled(guest.say("inquiries.summary")) + "\n\n" + written(fields, guest.language)
        rows = _changes(guest)
    else:
        text, rows = Styled(guest.say(f"inquiries.ask_{step}")), _ways(step, fields, guest)
    head = Styled(prefix) + "\n\n" if prefix else Styled()
    return Page(head + text, InlineKeyboardMarkup(rows))


def settled(step: str, guest: Guest, choice: str, keep: timedelta) -> Styled:
    """The page of a step once a button has answered it: what was asked, and what was chosen."""
    if step == KIND:
        asked = guest.say("inquiries.choose_kind")
    elif step == CONSENT:
        asked = guest.say("inquiries.notice", days=keep.days)
    else:
        asked = guest.say(f"inquiries.ask_{step}")
    return Styled(f"{asked}\n\n→ ") + Styled(line(choice)).wrapped(BOLD)


def written(fields: Mapping[str, str], language: str) -> Styled:
    """What was said so far, each with its label; where no contact was given, that the answer comes here."""
    rows = [_label(language, "kind") + kind_name(Kind(fields["kind"]), language)]
    for field in FIELDS:
        here = say(language, "inquiries.here") if field == "contact" else ""
        said = shown_field(field, fields.get(field, "")) or here
        if said:
            rows.append(_label(language, field) + said)
    return joined(rows)


def shown_field(field: str, text: str) -> str:
    """What was said of a field, so that none can pass for another and all of them fit into one message."""
    return cut(indented(text) if field == "about" else line(text), LONGEST[field])


def indented(text: str) -> str:
    """What may have several lines: those after the first are marked, lest they look like lines of ours."""
    return plain(text).strip().replace("\n", "\n│ ")


def kind_name(kind: Kind, language: str) -> str:
    """What the kind is called."""
    return say(language, f"inquiries.kind_{kind}")


def is_complete(fields: Mapping[str, str]) -> bool:
    """Whether everything was asked."""
    return KIND in fields and all(field in fields for field in FIELDS)


def _label(language: str, key: str) -> Styled:
    return Styled(say(language, f"inquiries.label_{key}")).wrapped(BOLD) + " "


def _kinds(fields: Mapping[str, str], guest: Guest, kinds: Sequence[Kind]) -> tuple[Styled, Rows]:
    choices = [button(kind_name(kind, guest.language), f"i:k:{kind}") for kind in kinds]
    again = is_complete(fields)
    asked = guest.say("inquiries.ask_kind_again" if again else "inquiries.choose_kind")
    return Styled(asked), [*in_rows(choices, 2), [_back(guest) if again else _stop(guest)]]


def _agreeing(guest: Guest) -> Rows:
    return [[button(guest.say("inquiries.agree"), "i:ok")], [button(guest.say("inquiries.disagree"), "i:x")]]


def _ways(step: str, fields: Mapping[str, str], guest: Guest) -> Rows:
    """Beside writing: take what we know already, skip what is not needed, go back, stop."""
    rows: Rows = []
    if fields.get("maybe"):
        rows.append([button(guest.say("inquiries.use_mine"), "i:mine")])
    if step == "name" and guest.first_name:
        rows.append([button(cut(full_name(guest), _NAME), "i:name")])
    skip = [] if step in NEEDED else [button(guest.say("inquiries.skip"), f"i:skip:{step}")]
    return [*rows, [*skip, _back(guest) if is_complete(fields) else _stop(guest)]]


def _changes(guest: Guest) -> Rows:
    changes = [button(guest.say(f"inquiries.change_{field}"), f"i:e:{field}") for field in (KIND, *FIELDS)]
    return [[button(guest.say("inquiries.send"), "i:send")], *in_rows(changes, 2), [_stop(guest)]]


def _stop(guest: Guest) -> InlineKeyboardButton:
    return button(guest.say("inquiries.stop"), "i:x")


def _back(guest: Guest) -> InlineKeyboardButton:
    return button(guest.say("inquiries.back"), "i:back")


def full_name(guest: Guest) -> str:
    """The guest's name as Telegram knows it."""
    user = guest.update.effective_user
    return line(clean(user.full_name)) if user else guest.first_name


def button(text: str, data: str) -> InlineKeyboardButton:
    """A button that says ``data`` when it is pressed."""
    return InlineKeyboardButton(text, callback_data=data)


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int) -> Rows:
    """So many beside each other."""
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]
