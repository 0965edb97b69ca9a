"""Questions that join: which of several meet a second condition, how many there are, what holds of a thing described. Pure.

"Which of the firms in Munich 2025 came out of POSTECH?" is two questions, each for a list of firms, and "When did the
company that supplies the centre go public?" is two, the second on the name that answers the first. So a question is
taken apart into questions, after the decomposition of multi-hop questions (DecompRC, Min et al. 2019; Self-Ask, Press
et al. 2022), by grammar instead of a model: where the subject ends, its verb begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[int, int]]  # of the verbs of a question

# What a noun asks for, as kinds of the glossary.
_LATIN = {
    "company": r"compan(?:y|ies)|firms?|exhibitors?|start-?ups?|businesses|manufacturers?|suppliers?"
    r"|firm(?:a|en)|unternehmens?|betriebe?n?|ausstellern?|herstellern?|lieferanten",
    "fair": r"(?:trade )?(?:fairs?|shows?)|messen?|fachmessen?",
    "institution": r"institut\w*|universit\w*|foundations?|cent(?:re|er)s?|einrichtung(?:en)?|stiftung(?:en)?|hochschulen?"
    r"|zentr(?:ums?|en)",
    "place": r"buildings?|sites?|complex(?:es)?|places?|venues?|halls?|gebäudes?n?|komplexe?s?|standorte?s?|hallen?|orte?s?",
}
_HANGUL = {
    "company": r"기업|회사|업체|참가사|스타트업",
    "fair": r"전시회|박람회",
    "institution": r"기관|대학교?|재단|연구소|센터",
    "place": r"건물|단지|장소|시설",
}
_BUILT = frozenset({"place", "institution"})  # a centre is both
_NOUN = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _LATIN.items())
_NO_MODIFIER = r"(?!(?:do|does|did|is|are|was|were|has|have|had|can|will|the|die|der|das|den|kinds?|sorts?)\b)"
_MODIFIERS = rf"(?P<own>(?:{_NO_MODIFIER}[^\W_][\w&'’-]*\s+){{0,3}}?)"
_WHICH = re.compile(
    rf"^(?:(?:and|und|so|also)\s+)?(?:which|what|welche[rsnm]?)\s+(?:of\s+|von\s+)?(?:the\s+|those\s+|de[rn]\s+|diesen?\s+)?{_MODIFIERS}(?:{_NOUN})\b(?!['’])",
    re.IGNORECASE,
)
_OF_THE = re.compile(
    rf"^(?:of|among|von|unter)\s+(?:the|those|den|diesen)\s+{_MODIFIERS}(?:{_NOUN})\b(?P<one>[^?]+?)[,:]?\s+(?:which|welche[rs]?)\s+(?:ones?\s+)?(?P<two>.+)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:both\s+(?P<en>.+?)\s+and\s+(?:also\s+)?|sowohl\s+(?P<de>.+?)\s+als\s+auch\s+)(?P<two>.+)", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(?:in |im Jahr )?(?:19|20)\d\d", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\s+(?:at|in|from|on|with|by|near|aus|auf|von|vom|im|bei|beim|am|an|mit|zu|zur)\s", re.IGNORECASE
)
_RELATIVE = re.compile(r"\s*,?\s+(?:that|which|who|die|der|das|welche[rs]?)\s+", re.IGNORECASE)
_ADVERB = r"(?:\s+(?:also|later|then|already|once|auch|später|bereits|schon))*"
_AND = re.compile(rf"\s+(?:and|und|but|aber){_ADVERB}\s+", re.IGNORECASE)
_COUNTED = re.compile(rf"\b(?:how many|wie\s?viele)\s+{_MODIFIERS}(?:{_NOUN})\b", re.IGNORECASE)

_KO_NOUN = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _HANGUL.items())
_KO_AMONG = re.compile(rf"(?P<one>.*?(?:{_KO_NOUN}|곳)(?:들)?)\s?(?:중|가운데)(?:에서?)?(?:는|도)?,?\s+(?P<two>.+)")
_KO_BOTH = re.compile(
    rf"(?P<one>.+?)(?:에|에서)?(?:와|과|랑|하고)\s(?P<two>.+?)(?P<rest>(?:에|에서)?(?:는|도)?\s(?:모두|둘 다|다)\s.*?(?:{_KO_NOUN}|곳).*)"
)
_KO_WHICH = re.compile(rf"(?:{_KO_NOUN})(?:은|는|이|가)?\s?(?:어디|누구|어느|뭐|무엇)?[가-힣]{{0,4}}\s?[?.!]*$")
_KO_COUNTED = re.compile(
    rf"(?P<one>.*?(?:{_KO_NOUN}))(?:들)?(?:은|는|이|가)?\s?(?P<two>.*)몇\s?(?:개\s?(?:사|기업|업체)?|곳|군데|기업|업체|회사)"
)
_KO_DESCRIBED = re.compile(
    rf"(?P<one>.*[가-힣])\s(?:{_KO_NOUN})(?P<rest>(?:은|는|이|가|의|을|를|에|에서)\s(?!어디|누구|무엇|뭐|어떤).+)"
)
_N_BELOW = 4  # how a syllable that ends in ㄴ is counted in Unicode
_KO_ASKING = re.compile(r"(?:어떤|어느|무슨|어디|몇|이|그|저)$")

_THING = rf"(?P<article>the|die|der|das|dem|den|des)\s+(?:{_NOUN})\b"
_CLAUSE = r"(?:that|who|(?:in |at |to |by )?which|where|(?:(?:in|an|auf|mit|bei|zu|von) )?(?:d(?:ie|er|as|em|en)|welche[mnrs]?))\b"
_COLON = re.compile(rf"^{_THING}\s*,?\s+(?P<clause>{_CLAUSE}[^:]+):\s*(?P<rest>.+)", re.IGNORECASE)
_INSIDE = re.compile(rf"{_THING}(?P<between>[^,.:?!]*?)(?P<comma>,?)\s+(?P<clause>{_CLAUSE}.+)", re.IGNORECASE)
_REFERS = re.compile(
    rf"^(?P<one>.+?),?\s+(?:and|und)\s+(?P<before>[^?]*?)\b(?:of\s+)?(?:this|that|dies(?:e[rmsn]?)?|jene[rmsn]?)\s+(?:{_NOUN})\b(?P<after>[^?]*)",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"[a-z-]+s|(?:firm|unternehm|einrichtung|stiftung|hochschul|lieferant|mess|zentr|hall)en|(?:betrieb|komplex|standort|ort)en?"
    r"|(?:ausstell|herstell)ern?|gebäuden?",
    re.IGNORECASE,
)
_KO_EACH = re.compile(
    rf"(?P<one>.*(?:{_KO_NOUN}))(?:들)?(?:\s?[가-힣\d]{{1,2}}\s?(?:곳|군데|개사?))?(?:은|는|이|가|의)?,?\s각각(?:은|의)?\s(?P<rest>.+)"
)
_KO_REFERS = re.compile(rf"(?P<one>.+[고며죠요지]),?\s(?:그|이|해당)\s(?:{_KO_NOUN})(?P<rest>.+)")


@dataclass(frozen=True)
class Join:
    """Asks which things of a ``kind`` of the glossary meet two conditions, each of them a question of its own."""

    kind: str
    conditions: tuple[str, str]


@dataclass(frozen=True)
class Count:
    """Asks how many things of a ``kind`` meet a condition; ``own`` stands before the noun: Pohang companies."""

    kind: str
    condition: str
    own: str


@dataclass(frozen=True)
class Chain:
    """Asks something of what it only describes: ``described`` asks which that is, ``about(name)`` the rest."""

    kinds: frozenset[str]
    described: str
    before: str
    after: str
    each: bool = False  # of several: the firms that …, what do they make?

    def about(self, name: str) -> str:
        """What is asked, of the thing that bears ``name``."""
        return f"{self.before}{name}{self.after}"


def join(question: str, verbs: Spans) -> Join | None:
    """The two conditions of ``question``, whose verbs stand at ``verbs`` (of a Korean one they are not needed)."""
    return _korean_join(question) or _of_the(question) or _latin_join(question, verbs)


def thing(question: str) -> str:
    """The kind of thing that ``question`` asks for by "which"; "" where it asks for none of the glossary's."""
    found = _WHICH.match(question) or _KO_WHICH.search(question)
    return _kind(found) if found else ""


def count(question: str) -> Count | None:
    """What ``question`` wants counted."""
    if found := _COUNTED.search(question):
        plain = question[found.start("own") :].strip(" ?.!")
        return Count(_kind(found), f"{_asking(question)} {plain}?", f"{found['own']} {question[found.end() :][:24]}")
    if found := _KO_COUNTED.search(question):
        return Count(_kind(found), f"{found['one']} {found['two']}".strip() + "?", found["one"])
    return None


def chain(question: str, verbs: Spans) -> Chain | None:
    """The thing that ``question`` describes instead of naming it, and what is asked of it."""
    if found := _COLON.search(question):
        return Chain(_kinds(found), _described(found, found["clause"]), "", f", {found['rest']}", _several(found))
    if found := _REFERS.search(question):
        return Chain(_kinds(found), f"{found['one']}?", found["before"], f"{found['after']}?")
    if found := _INSIDE.search(question):
        return _inside(question, found, verbs)
    if found := _KO_EACH.match(question):
        return Chain(_kinds(found), f"{found['one']}은 어디인가요?", "", f" {found['rest']}", each=True)
    if found := _KO_REFERS.match(question):
        return Chain(_kinds(found), f"{found['one']}?", "", found["rest"])
    found = _KO_DESCRIBED.match(question)
    if not found or not _adnominal(found["one"]) or _KO_ASKING.search(found["one"]):
        return None
    noun = found[_kind(found)]
    return Chain(_kinds(found), f"{found['one']} {noun} 어디인가요?", "", found["rest"])


def _korean_join(question: str) -> Join | None:
    if (found := _KO_AMONG.match(question)) and "몇" not in found["two"]:
        kind = _kind(found) or "company"
        noun = found[kind] or "기업"
        two = found["two"].rstrip(" ?.!")
        named = re.search(rf"{_HANGUL[kind]}|곳|누가|누구|어디", two)
        return Join(kind, (f"{found['one']}은?", f"{two}?" if named else f"{_bare(two)} {noun}은?"))
    if found := _KO_BOTH.match(question):
        return Join(_kind(found) or "company", (f"{found['one']}{found['rest']}", f"{found['two']}{found['rest']}"))
    return None


def _of_the(question: str) -> Join | None:
    if not (found := _OF_THE.match(question)):
        return None
    noun = f"{_asking(question)} {found['own']}{found[_kind(found)]}"
    return _conditions(_kind(found), noun, found["one"], found["two"])


def _latin_join(question: str, verbs: Spans) -> Join | None:
    found = _WHICH.match(question)
    if not found:
        return None
    kind = _kind(found)
    asking, noun = f"{_asking(question)} {found[kind]}", f"{_asking(question)} {found['own']}{found[kind]}"
    rest, start = question[found.end() :].rstrip(" ?.!"), found.end()
    if both := _BOTH.search(rest):
        before, one, two = rest[: both.start()], both["en"] or both["de"], both["two"]
        if year := _YEAR_FIRST.match(two) if _YEAR_FIRST.fullmatch(one) else None:
            one += two[year.end() :]  # both in 2024 and in 2025 in Munich
        return _conditions(kind, noun, f"{before} {one}", f"{before} {two}")
    cut = _cut(rest, _groups(rest, [(a - start, b - start) for a, b in verbs if a >= start]))
    if not cut:
        return None
    one = _RELATIVE.sub(" ", rest[: cut[0]], count=1) if _RELATIVE.match(rest) else rest[: cut[0]]
    return Join(kind, (f"{noun} {one.strip(' ,')}?", f"{asking} {rest[cut[1] :].strip(' ,')}?"))


def _conditions(kind: str, noun: str, one: str, two: str) -> Join:
    return Join(kind, (f"{noun} {one.strip(' ,?.')}?", f"{noun} {two.strip(' ,?.')}?"))


def _cut(rest: str, groups: Spans) -> tuple[int, int] | None:
    """Where what follows the noun is cut in two: the end of the first condition, the start of the second."""
    relative = _RELATIVE.match(rest)
    if relative and relative.group().lstrip().startswith(","):
        comma = rest.find(",", relative.end())
        return (comma, comma + 1) if comma > 0 else None
    if not relative and _PREPOSITION.match(rest):
        return (groups[0][0], groups[0][0]) if groups else None
    opens = bool(groups) and not rest[: groups[0][0]].strip()
    if opens and (coordinated := next((m for m in _AND.finditer(rest) if _at(groups, m.end())), None)):
        return coordinated.span()
    if len(groups) < 2 or (opens and not _PREPOSITION.match(rest[groups[0][1] :])):
        return None
    second = groups[1][0]
    subordinate = re.search(r"\b(?:that|which|who|whom|whose|to)\s+$", rest[:second])
    return None if subordinate else (second, second)


def _groups(text: str, verbs: Spans) -> list[tuple[int, int]]:
    """Verbs side by side as one, with the adverbs between and before them: also had won."""
    groups: list[tuple[int, int]] = []
    for start, end in sorted(verbs):
        if groups and re.fullmatch(rf"(?:{_ADVERB}|\s+(?:not|nicht|been))?\s*", text[groups[-1][1] : start]):
            groups[-1] = groups[-1][0], end
            continue
        adverb = re.search(rf"{_ADVERB}\s*$", text[:start])
        groups.append((adverb.start() if adverb and adverb.group().strip() else start, end))
    return groups


def _at(groups: Spans, place: int) -> bool:
    return any(start <= place < end for start, end in groups)


def _inside(question: str, found: re.Match[str], verbs: Spans) -> Chain | None:
    """The clause reaches to the end, to a comma, or to the verb of the question itself."""
    clause, start = found["clause"].rstrip(" ?.!"), found.start("clause")
    head = question[: found.start()]
    if not re.search(r"[^\W_]", head):
        return None
    tail = ""
    if found["comma"] and "," in clause:
        clause, tail = clause.split(",", 1)
    elif not found["comma"]:
        groups = _groups(clause, [(a - start, b - start) for a, b in verbs if start <= a < start + len(clause)])
        if not found["between"].strip() and len(groups) > 1:
            clause, tail = clause[: groups[1][0]], clause[groups[1][0] :]
    after = f"{found['between'].rstrip()} {tail.strip()}".rstrip()
    return Chain(
        _kinds(found), _described(found, clause), head, f"{' ' if after else ''}{after.strip()}?", _several(found)
    )


def _described(found: re.Match[str], clause: str) -> str:
    noun = found[_kind(found)]
    german = found["article"].lower() != "the"
    bare = re.sub(r"^(?:that|who|which|die|der|das|welche[rs]?)\s+", "", clause.strip(" ,"), flags=re.IGNORECASE)
    return f"{'Welche' if german else 'Which'} {noun} {bare}?"


def _several(found: re.Match[str]) -> bool:
    article, noun = found["article"].lower(), found[_kind(found)]
    return article in ("the", "die", "den") and _PLURAL.fullmatch(noun) is not None


def _asking(question: str) -> str:
    return "Welche" if re.search(r"\b(?:welche\w*|wie ?viele)\b", question, re.IGNORECASE) else "Which"


def _kind(found: re.Match[str]) -> str:
    return next((kind for kind in _LATIN if found.groupdict().get(kind)), "")


def _kinds(found: re.Match[str]) -> frozenset[str]:
    kind = _kind(found)
    return _BUILT if kind in _BUILT else frozenset({kind})


def _bare(asked: str) -> str:
    """Without the particle that hangs on what is asked for: 포스텍 출신은."""
    return re.sub(r"(?:은요|는요|은|는|이|가)$", "", asked)


def _adnominal(text: str) -> bool:
    """Whether a Korean clause ends in a form that describes a noun: 공급하는, 열린, 맡았던."""
    return (ord(text[-1]) - ord("가")) % 28 == _N_BELOW
