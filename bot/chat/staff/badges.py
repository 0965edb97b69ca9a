"""Badges: who of the staff is asking, and for which teams they may act in this chat. Looked up anew at every step."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.staff.cards import language_in
from bot.chat.visitors import Place
from bot.meetings import Member, Team
from bot.store import Store


@dataclass(frozen=True)
class Badge:
    """A member of the staff in a chat. ``teams`` are those whose business may be told here: in private all of theirs."""

    member: Member
    teams: tuple[Team, ...]
    language: str  # of what only this member reads
    shared: str  # of what everybody in the chat reads

    def acts_for(self, team_id: str) -> bool:
        """Whether they are of this team at all."""
        return team_id in self.member.teams

    def may_see(self, team_id: str) -> bool:
        """Whether this is the place for the team's business, too."""
        return any(team.id == team_id for team in self.teams)


def badge_of(store: Store, user_id: int, place: Place) -> Badge | None:
    """The badge of whoever has this account; None for everybody who is not of the staff."""
    member = store.pavilion.member_by_telegram(user_id)
    if member is None or not member.teams:
        return None
    teams = [team for team in store.pavilion.teams(closed=True) if team.id in member.teams]
    if place.private:
        language = store.language_of(place.chat_id) or member.language
        return Badge(member, tuple(teams), language, language)
    here = tuple(team for team in teams if team.chat_id == place.chat_id)
    members = store.pavilion.members(here[0].id) if here else []
    spoken = language_in(store, place.chat_id, members)
    return Badge(member, here, store.language_of(place.chat_id) or member.language, spoken)
