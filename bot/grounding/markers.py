"""What turns a statement round: negation, and how far a thing has come (planned, under way, done, stopped). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["not", "planned", "foreseen", "building", "begun", "done", "cancelled", "postponed", "differ", "beyond"]


@dataclass(frozen=True)
class Marker:
    """A word at ``start:end`` that says how things stand."""

    kind: Kind
    start: int
    end: int


_BEYOND = r"만(?:이|의)?\s?(?:\S+\s)?아(?:닌|니라|닙)|뿐만\s?아니라|\bnot (?:only|just)\b|\bnicht (?:nur|allein)\b"
# The same in Korean, English and German, line by line.
_PATTERNS: dict[Kind, str] = {
    "not": (
        r"지\s?(?:는\s|도\s)?(?:않|못|말)|아니[라며고]|아닙|아닌|아니었|없[이는다었으고습]|못\s?(?:했|하|한|합)|미정|미확인|미확정|불명|불투명|밝혀지지|대신(?!증권)|면제|비공개"
        r"|\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|unknown|unclear|unconfirmed|unnamed|undisclosed|unspecified|undecided)\b|n't\b|\b(?:rather than|instead of|yet to)\b|\bfail(?:s|ed)? to\b|\bexempt\w*|\bleft open\b"
        r"|\b(?:nicht|nie|niemals|ohne|weder|nichts|niemand|noch kein\w*|kein\w*|unbekannt\w*|ungenannt\w*|unklar\w*|unbestätigt\w*|befreit\w*|anstelle|statt(?=\s+(?:aus|auf|in|von|des|der|Holz|[A-ZÄÖÜ])))\b|\bblieb\w*\b.{0,40}\boffen\b|\bnoch offen\b|\blässt\b.{0,40}\boffen\b"
    ),
    "planned": (
        r"계획|예정|일정이|일정으로|목표|방침|구상|기로\s(?:했|하|의결|합의|결정|정)|(?:하|되|짓|갖추|세우|열)겠|려고\s|할\s것|될\s것|들어설"
        r"|\bplan(?:s|ned|ning)?\b|\b(?:was|were|is|are)\s(?:then\s|also\s|still\s)?(?:to\s(?!date)(?=[a-z])|due\b|set\s(?:to|for)|meant|intended|scheduled|slated|aimed|supposed|expected\sto)|\bto be (?:built|completed|finished|opened|done|started|held|ready|founded|named)\b|\bdue (?:in|on|by|to (?:be|open|start)|for)\b|,\s*due\b|\bscheduled\b|\bintend\w*|\bwill\b|\baim(?:s|ed|ing)?\b|\btarget\w*|\bupcoming\b|\bforthcoming\b|\bproposed\b|\bslated\b|\bwants? to\b|\bwanted to\b|\bhopes? to\b|\bgoal\b|\bschedule\b"
        r"|\b(?:ein|vor)?plan(?:te|ten|en|ung|ungen|mäßig)\b|\bgeplant\w*|\bZeitplan\w*|\bPlanung\w*|\bplant\b|\bPl[aä]n\w*|\bverplant|\bvorgesehen\w*|\bsah\w*\s.*\bvor\b|\bsoll(?:en|te|ten)?\b|\bwoll(?:en|te|ten)\b|\bwill\b|\bangestrebt\w*|\b\w*ziel(?:e|en|s)?\b|\bbeabsichtig\w*|\bangesetzt\w*|\bbestimmt\b"
    ),
    "foreseen": (
        r"전망|예상|결정|추산|예고|발표(?!에 따르면|\s?자료)|승인|의결|합의|양해각서|협약|추진|착수|제시|기대|\b(?:announc|expect|forecast|approv|agree|preview|estimat|project(?:ed|ion)|anticipat|MOU|propos|decid|commit)\w*|\bmemorand\w+|\bwas to\b|\bwould\b"
        r"|\b(?:angekündigt|kündigte|erwart|prognosti|genehmig|vereinbar|Absichtserklärung|MOU|voraussichtlich|beschl|rechnete|veranschlagt|Vertrag|künftig|Prognose|zugesagt|wird|werden|erhält)\w*"
    ),
    "building": (
        r"짓고\s?있|건설\s?중|공사\s?중|조성\s?중|건립\s?중|구축\s?중|조성하고\s?있|개조하고\s?있|건설하고\s?있|진행\s?중"
        r"|\bunder construction\b|\bbeing (?:built|converted|constructed)\b|\bunder way\b|\bunderway\b|\b(?:is|are|was|were) (?:building|converting|constructing)\b"
        r"|\bim Bau\b|\bgebaut wird\b|\bin Arbeit\b|\bBauarbeiten\b"
    ),
    "begun": (
        r"착공|첫\s?삽|기공|시작|개시|\bbroke ground\b|\bground ?-?(?:was )?br(?:oken?|eaking)\b|\bbegan\b|\bbegun\b|\bstarted\b|\bSpatenstich\w*|\bbegann\b|\bbegonnen\w*|\bbaute\b|\bBaubeginn\b|\bBau\b|\bstartet\w*"
    ),
    "done": (
        r"준공|완공|완료|마쳤|마무리|개소|개관|문을\s?열|세웠|지었|들어섰|건립|조성되|구축했|가동|설립"
        r"|\bcomplet\w+|\bfinish\w*|\bopen(?:ed|s|ing)\b|\bin operation\b|\bbuilt\b|\binaugurat\w*|\bwas set up\b|\bestablished\b"
        r"|\bfertig\w*|\babgeschlossen\w*|\bFertigstellung\b|\beröffne\w*|\bEröffnung\w*|\bin Betrieb\b|\bgebaut\b|\bvollende\w*|\bVollbetrieb\b"
    ),
    "cancelled": (
        r"철회|취소|정리|무산|백지화|포기|해산|중단|접었|파기|종료|\bcancel\w*|\bdrop(?:ped|s|ping)\b|\babandon\w*|\bscrap(?:ped|ping|s)\b(?! a)|\bwithdr[ae]w\w*|\bcalled off\b|\bg(?:a|i)ven? up\b|\bgave up\b|\bdissol\w+|\bterminat\w*|\bended\b|\b(?:was|were|be|been) closed\b|\bshelved\b"
        r"|\babgesagt\w*|\baufgegeben\w*|\bgab(?:en)?\b.{3,200}\bauf\b|\bgestrichen\w*|\bAbsage\b|\bAbgesagt\w*|\bbeendet\w*|\beingestellt\w*|\bauf(?:ge|zu)lös\w*|\bauflös\w*|\bzurückgezogen\w*|\bAufgegeben\w*|\bgescheitert\b|\babgebrochen\w*|\bverworfen\w*"
    ),
    "postponed": (
        r"연기(?!금)|보류|중단|미뤘|미뤄|미루|늦췄|늦춰|지연|유예|\bpostpon\w*|\bdelay\w*|\bsuspend\w*|\bon hold\b|\bput off\b|\bdeferred\b|\bpushed back\b|\bshelved\b"
        r"|\bverschob\w*|\bverschieb\w*|\bVerschieb\w*|\bverzöger\w*|\bausgesetzt\w*|\bauf Eis\b|\bzurückgestellt\w*|\baufgeschoben\w*"
    ),
    "differ": r"엇갈|달라|다르[며고]|다릅|서로 다른|\bdisagree\w*|\bdiffer\w*|\buneinig\w*|\bwidersprech\w*|\bwidersprüchlich\w*|\bunterschiedlich\w*|\bnicht einig\b",
}  # fmt: skip
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
# What looks like one and is none.
_NOT_MEANT = re.compile(
    r"ahead of (?:plan|schedule)\b|\b(?:than|as) planned\b|\b(?:als|wie) geplant\b|\bnach Plan\b|계획대로|예정대로|예정보다|not least|no\.?\s?\d|no less|nicht zuletzt|ohne weiteres|New Deal|투자계획|planm[aä]ßig|실시계획|계획인구계획|Planck|Planungs|목표시장|will(?:iam|ig)|aufgelöst(?=e Daten)|지체\s?없이|문제\s?없이",
    re.IGNORECASE,
)


def markers(text: str, language: str = "") -> list[Marker]:
    """The markers in ``text``, in order."""
    if language != "de":  # German only: er plant
        text = re.sub(r"\b[Pp]lants?\b", lambda match: "\0" * len(match.group()), text)
    rest = _NOT_MEANT.sub(lambda match: "\0" * len(match.group()), text)
    more = [match.span() for match in re.finditer(_BEYOND, rest, re.IGNORECASE)]
    found = [Marker("beyond", *span) for span in more]
    for start, end in more:
        rest = rest[:start] + "\0" * (end - start) + rest[end:]
    found += [Marker(kind, *match.span()) for kind, pattern in _COMPILED.items() for match in pattern.finditer(rest)]
    return sorted(found, key=lambda marker: marker.start)
