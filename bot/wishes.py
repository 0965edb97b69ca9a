"""A wish for a meeting, recognised in words: "내일 오후 3시에 투엔이랑 미팅 가능해요?", "Termin mit dem Pavillon". Pure.

A wish speaks of meeting and of oneself, or orders one; a question about meetings ("Which companies met investors?",
"언제 미팅이 열렸나요?", "Wo treffen sich …?") is for the documents. In doubt it is a question: an answer has a "Meet …" button
under it, but whoever asked something and gets a calendar has got nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.meetings import Team
from bot.phrases import Spoken, read
from bot.zones import Zone


@dataclass(frozen=True)
class Wish:
    """Whom somebody would like to meet, and when, as far as they said so."""

    teams: tuple[str, ...]  # ids; none if nobody was named, several if the words fit several
    spoken: Spoken


def _flags(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_OWN = _flags(
    r"(?:미팅|면담|약속|상담).{0,12}(?:취소|변경|바꾸|바꿔|옮기|옮겨|미루|미뤄|연기|앞당)|(?:미팅|약속|상담).{0,12}(?:늦을|늦어|늦겠)|(?:내|제|우리) (?:미팅|약속)",
    r"\b(?:cancel|move|reschedule|postpone|change|shift|bring forward)\b.{0,30}\b(?:meeting|appointment)\b"
    r"|\b(?:late|delayed)\b.{0,30}\b(?:meeting|appointment)\b|\b(?:meeting|appointment)\b.{0,30}\blate\b|\bmy (?:meetings?|appointments?)\b",
    r"\btermine?\b.{0,30}\b(?:absagen|verschieben|verlegen|stornieren|ändern|umbuchen)\b|\b(?:verspäte|verspäten|später)\b.{0,30}\btermin\b"
    r"|\btermin\b.{0,40}\b(?:verspäte|verspäten|zu spät)\b|\bmeine?n? termine?\b",
)


def is_about_own(text: str) -> bool:
    """Whether somebody speaks of a meeting they have: to move it, to cancel it, being late for it."""
    return len(text) <= 300 and bool(_OWN.search(unicodedata.normalize("NFC", text)))


FRAGMENT = 12  # words; a statement so short, of a meeting and of somebody or some time, wishes for it

_MEETING = _flags(
    r"미팅|면담|상담(?!회|\s?부스|\s?건)|약속(?!드)|만나\s?보|만나(?:고|러|서|봐|뵙|뵈|야|게|기|면|려|줄|주)|만날|만났으면|만남|뵙|뵐|뵈|찾아가|방문\s?예약",
    r"\bmeet(?:ing)?s?\b|\bappointments?\b|\bsit down with\b|\bcatch up with\b|\bget together\b",
    r"\b(?:talk|speak|chat) (?:to|with)\b|\bsee (?:some(?:one|body)|any(?:one|body)|you|the team)\b",
    r"\b(?:time)?slots?\b|\btermine?n?\b|\bgesprächstermine?\b|\bgespräche?\b|\bbesprechung(?:en)?\b|\btreffen\b|\btreffe\b",
    r"\bsprechen\b|\bmeetings?\b|\bverabred\w+|\bzusammensetzen\b|\bkennenlernen\b",
)
_WEAK = _flags(  # a meeting only with a team, and a time or the wish for oneself
    r"방문|예약|신청|참가|통화|가능",
    r"\bvisit\b|\bjoin\b|\bsee (?:me|us)\b|\b(?:free|available) (?:with|at)\b|\bdrop by\b|\bstop by\b",
    r"\bbesuchen\b|\breden\b|\bvorbeikommen\b|\bfrei bei\b|\bzeit für (?:mich|uns|ein)\b",
)
# What tells that somebody wants one for themselves.
_WISH = _flags(
    r"가능(?!성)|(?:만날|뵐|뵈올|볼|할|잡을) 수\s?(?:있|는 없)|(?:하고|만나고|뵙고|보고|잡고|나누고|받고|드리고)\s?싶|싶(?:어|은|습|다|네)|부탁|잡아|잡아서|잡고|원(?:해|합|하는)"
    r"|예약|신청|해\s?(?:줘|주세요|주실|주시|줄래)|되나요|될까요|돼요|되요|할까요|볼까요|만나요[.!?~]*$|만나자|만나죠|만날까|만날래|뵐게요|뵙겠|뵈러|괜찮|필요|봬요|볼게요|만났으면|했으면|좋겠|하려면",
    r"\b(?:can|could|may|might|would|will) (?:i|we|you|me and|my)\b|\bi(?:'| a)?m (?:hoping|looking|trying|interested)\b"
    r"|\b(?:i|we)(?:'d| would| want| need| wish| hope|'ll| will| plan)\b|\b(?:want|need) to\b|\blet(?:'s| me| us)\b|\bplease\b|\bpls\b",
    r"\b(?:book|schedule|arrange|set ?up|reserve|request|organi[sz]e|fix|make|get)\b.{0,30}\b(?:meeting|appointment|slot|time|call|visit)s?\b",
    r"\bwould\b.{0,25}\bwork\b|\b(?:possible|available|free with|any chance|(?:any|have) (?:\w+ )?slots?|can (?:some(?:one|body)|any(?:one|body))|free slots?|do you have time|is there (?:a|any) (?:slot|time|chance))\b",
    r"\b(?:möchte|möchten|würde|würden|hätte|hätten|will|wollen|brauche|brauchen|bräuchte)\b.{0,25}\b(?:ich|wir|gern\w*)\b",
    r"\b(?:ich|wir) (?:\w+ ){0,2}?(?:möchte|würde|hätte|will|brauche|bräuchte|suche|kann|könnte|wollte|plane)\w*\b"
    r"|\b(?:kann|könnte|können|könnten|darf|dürfte|dürfen) (?:ich|wir|man|sie)\b|\b(?:ginge|passt|klappt|geht|möglich)\b"
    r"|\b(?:haben|hätten) sie\b|\bbitte\b|\b(?:lässt|ließe) sich\b|\beinrichten\b|\b(?:hätte|hat) \w+ (?:\w+ )?zeit\b|\blieber\b|\brather\b|\b(?:gibt|gäbe) es\b.{0,30}\bfreien? termin|\b(?:vereinbare|buche|reserviere|bekomme) (?:ich|wir)\b|\b(?:vereinbaren|buchen|reservieren|ausmachen|anfragen)\b",
)
_ORDER = _flags(  # begins like an order
    r"^\W*(?:meet|book|schedule|arrange|set ?up|reserve|meeting|appointment|termin|treffen|gesprächstermin|besprechung|gespräch)\b",
    r"^\W*(?:미팅|면담|상담|약속)(?:$|[\s.!~])",
)
# What is asked of the documents, whatever else it speaks of.
_KNOWLEDGE = _flags(
    r"(?:했|였|었|았|렸|졌|났|쳤|갔|왔|됐|되었|있었)(?:나요|습니까|어요|습니다|던|는지|을까요|지요|죠|다)|(?:한|만난|했던|열린|개최된|진행된|참가한|성사된|맺은|나눈|이루어진)\s"
    r"|무엇|뭐|뭔가|뭘|왜|얼마|몇\s?(?:명|개|번|건|곳|회)|어떤|누가|누구누구|결과|성과|장소는|란\s?무엇|이란|열리나|열립|개최|진행되|(?<!신청)(?<!예약)(?<!해야 )하나요[?]?$|취소|변경|미루|연기|일정[이은]?\s?(?:어떻게|언제)",
    r"\b(?:met|held|took place|happened|attended|signed|agreed|hosted)\b|\b(?:did|was|were|has|had|have (?:they|the|any|companies))\b",
    r"\b(?:cancel|postpone|reschedule|move|change)\b.{0,20}\b(?:meeting|appointment|slot)|\bmy meetings?\b",
    r"\b(?:traf|trafen|getroffen|fand|fanden|stattgefunden|stattfand|hatte|hatten|war|waren|wurde|wurden|wird|werden|haben sich|hat sich)\b",
    r"^\W*(?:brauche ich|muss ich|do (?:i|we) need)\b|\btreffen sich\b|\btrifft sich\b|\bfinde[nt] .{0,40}\bstatt\b|\b(?:absagen|verschieben|stornieren|verlegen|ändern)\b|\b(?:mein|meine|meinen) termine?\b",
)
_ASKS_WHAT = _flags(
    r"^\W*(?:which|what|who|whom|whose|where|why|how many|how much|how long|how often|when (?:is|are|do|does|will))\b",
    r"^\W*(?:welche\w*|was|wer|wem|wen|wo|woher|wohin|warum|wieso|wozu|wie (?:viele?|lange|oft|hoch|groß))\b|^\W*wann (?:ist|sind|beginn\w+|find\w+)\b",
    r"어디|언제(?!든)",
)
_ONESELF = _flags(
    r"\b(?:i|we|me|us|available|free with)\b|\b(?:ich|wir|mir|mich)\b|(?:만날|뵐|볼|잡을|할) 수 있|가능|싶|될까요|괜찮",
)
_THIRD = _flags(  # can others meet?
    r"\b(?:can|could|may|do|does|will|would) (?:the )?(?!i\b|we\b|you\b)(?:\w+ )?(?:visitors?|companies|startups?|investors?|exhibitors?|students?|people|they)\b",
    r"\b(?:können|kann|könnten|dürfen|werden) (?:die |der |das )?(?:\w+ )?(?:besucher\w*|unternehmen|firmen|startups?|investor\w*|aussteller\w*|leute|schüler\w*)\b",
    r"(?:기업|업체|회사|스타트업|투자자|관람객|방문객|참가자|참관객|학생|바이어)(?:들)?(?:이|가|은|는|도|끼리)\s",
)
_WITH = _flags(r"\bwith\b|\bmit\b|(?:이랑|랑|하고|과|와)\s|(?:이랑|랑|하고|과|와)$|\bbei\b|\bbeim\b")
_EMPTY = _flags(  # words that a wish for nothing in particular is made of
    r"[^\w\s]|\b(?:i|we|you|me|us|a|an|the|to|for|with|please|pls|hello|hi|hey|thanks|thank|and|at|your|our|my|some|any|one|in|on|be|have|get"
    r"|someone|somebody|anyone|anybody|here|there|like|want|need|would|could|can|may|how|do|is|it|possible|make|book|booking|schedule|arrange"
    r"|set|up|request|reserve|new|another|how|person|face|time|team|somehow|love|d|ll|m|expo|fair|booth|pavilion|stand|interested|let|s|about|are)\b"
    r"|\b(?:ich|wir|sie|mir|uns|ein|eine|einen|einem|einer|der|die|das|den|dem|am|auf|zu|zum|für|mit|bitte|guten|tag|hallo|danke|und|gern|gerne|gerade"
    r"|jemand|jemanden|jemandem|von|vom|ihnen|ihrem|hier|vor|ort|möchte|möchten|würde|würden|hätte|hätten|kann|könnte|können|könnten|will|wollen"
    r"|brauche|bräuchte|bekommen|wie|wo|es|ist|möglich|vereinbaren|buchen|machen|ausmachen|anfragen|reservieren|einem|neuen|neues|noch|mal|einmal|messe|stand|interesse|an|haben)\b"
    r"|안녕하세요|저(?:는|희|도)?|제가|혹시|좀|한번|하나|을|를|이|가|은|는|에|에서|로|으로|도|담당자|누군가|사람|분|직접|그냥|여기서|행사장"
    r"|신청|예약|가능|부탁|드립니다|드려요|드릴게요|하고|싶어요|싶습니다|싶은데요|싶은데|싶어|해요|한가요|할까요|할게요|하나요|합니다|할|수|있을까요|있나요|있어요|있습니까|해|주세요"
    r"|주실|수|잡아|잡고|잡을|원해요|원합니다|어떻게|하면|되나요|돼요|될까요|필요해요|필요합니다|요",
)


def wish_of(text: str, teams: Sequence[Team], mentioned: Collection[str], now: datetime, venue: Zone) -> Wish | None:
    """The wish that ``text`` is, or None. ``mentioned`` are the entities of the glossary that it names."""
    text = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
    if len(text) > 300:
        return None
    meeting = bool(_MEETING.search(text))
    spoken = read(text, now, venue)
    if not (meeting or _WEAK.search(text) or (spoken.found and _WITH.search(text))):
        return None
    named = named_in(text, teams, mentioned)
    if _KNOWLEDGE.search(text) or _THIRD.search(text):
        return None
    wish = bool(_WISH.search(text))
    if _ASKS_WHAT.search(text) and not (wish and _ONESELF.search(text) and (named or spoken.found)):
        return None
    asks = text.rstrip().endswith("?")
    fragment = not asks and len(text.split()) <= FRAGMENT and bool(named or spoken.found)
    if not meeting:
        with_them = bool(_WITH.search(text)) and spoken.found
        meant = _WEAK.search(text) and (_ONESELF.search(text) or fragment) and (spoken.found or wish)
        return Wish(named, spoken) if named and (with_them or meant) and (wish or fragment) else None
    if not (wish or fragment or (_ORDER.search(text) and not asks)):
        return None
    if named or spoken.found or not _EMPTY.sub("", _MEETING.sub("", text)).split():
        return Wish(named, spoken)
    return None


def named_in(text: str, teams: Sequence[Team], mentioned: Collection[str]) -> tuple[str, ...]:
    """The teams that a text names: by what the glossary knows, by a whole name, else by a word that only one has."""
    folded = text.casefold()
    whole = [
        team.id
        for team in teams
        if (team.entity and team.entity in mentioned)
        or any(_holds(folded, name.casefold()) for name in team.names.values())
    ]
    if whole:
        return tuple(whole)
    words = {team.id: {word for name in team.names.values() for word in _words(name)} for team in teams}
    return tuple(
        team.id
        for team in teams
        if any(
            _holds(folded, word)
            for word in words[team.id]
            if not any(word in others for other, others in words.items() if other != team.id)
        )
    )


def _words(name: str) -> list[str]:
    """The words of a name that can stand for it: long enough not to be everybody's."""
    words = re.findall(r"\w+", name.casefold())
    return [word for word in words if len(word) >= (2 if re.match("[가-힣]", word) else 5)]


def _holds(text: str, name: str) -> bool:
    """Whether the text has the name as a word of its own: particles and German endings may follow it."""
    after = "" if re.match("[가-힣]", name[-1:]) else r"(?:s|es|n|en|e)?(?![a-zäöüß0-9])"
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}{after}", text) is not None
