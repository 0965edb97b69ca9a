"""Whether passages say what a sentence claims. Pure.

Each number, date and name of the sentence must stand in a statement of the cited passages, together with the names it
belongs to: a passage that gives the figures of two companies supports neither with the figure of the other. Negation and
how far a thing has come must agree with the statement that supports it. Across languages, words cannot be compared;
names, numbers, dates and the words for status can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.glossary import Glossary
from bot.grounding import bonds, labels, names, standing
from bot.grounding.claims import Claims, overlap, plain, read
from bot.grounding.dates import Moment
from bot.grounding.evidence import Evidence, collect
from bot.grounding.faults import Fault
from bot.grounding.names import Mention
from bot.grounding.quantities import Quantity
from bot.passages import Passage
from bot.words import HANGUL, Words

Claim = Moment | Quantity | Mention

JOINED = 3  # statements that one sentence may be joined from
ALIKE = 0.34  # share of words by which a clause belongs to a statement
DENIED = 0.25  # the same where the clause says what is not
ADDED = 0.4  # below this share of known words, a sentence without figures is not from these passages
ADDED_NAMED = 0.25  # the same where it names what they name
_UNCONFIRMED = re.compile(
    r"확인(?:되지|하지|할 수 없|해 주는|된 바 없)|찾지 못|자료는? 없|\bno (?:\w+ )?(?:source|report|confirmation)\b|\b(?:not|un)[- ]?confirmed\b"
    r"|\bkeine?n? (?:\w+ )?(?:Quelle|Bericht|Meldung|Bestätigung|Beleg)\b|\bBestätigung\b|\b(?:nicht|un)\s?bestätigt\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"기준|현재|보도|자료|발표|기사|따르면|예고|당시|\bas of\b|\breport|\baccording\b|\bstatement|\bsource|\bStand\b|\bBericht|\blaut\b|\bzufolge\b|\bMeldung|\bQuelle|\bas at\b|\bup to\b",
    re.IGNORECASE,
)


def unsupported(
    sentence: str, passages: Sequence[Passage], glossary: Glossary, question: str = "", words: Words | None = None
) -> tuple[Fault, ...]:
    """The claims of ``sentence`` that the cited ``passages`` do not support; empty where all is well.

    A name that the ``question`` brought in may be repeated. With ``words``, Korean proper names that no list holds are
    checked as well.
    """
    claims = read(sentence, glossary, words=words)
    evidence = collect(passages, glossary)
    if not claims.tokens and not claims.names and not claims.quantities and not claims.moments:
        return ()
    if not evidence:
        return (Fault("added", plain(sentence)),)
    return _Check(claims, evidence, read(question, glossary) if question else None).faults()


class _Check:
    """One sentence against the statements of its passages."""

    def __init__(self, claims: Claims, evidence: Sequence[Evidence], question: Claims | None) -> None:
        self._claims, self._evidence, self._question = claims, evidence, question
        self._near = [one for one in evidence if one.said.language == claims.language]
        self._chosen = self._choose()
        self._best = self._chosen[0]

    def faults(self) -> tuple[Fault, ...]:
        """All faults, each once."""
        found = [
            *self._figures(),
            *self._names(),
            *self._strangers(),
            *self._standing(),
            *self._added(),
        ]
        if not found:
            said = [one.said for one in self._chosen]
            found += [Fault("bond", text) for text in bonds.crossed(self._claims, said)]
            found += [Fault("bond", text) for text in labels.exchanged(self._claims, said)]
            if not self._near and len(self._chosen) == 1:
                found += [Fault("bond", text) for text in bonds.reordered(self._claims, self._best.said)]
        return tuple(dict.fromkeys(found))

    def _choose(self) -> list[Evidence]:
        """The statement that says most of it, then those that say the rest of the same things."""
        best = max(self._evidence, key=self._fit)
        chosen = [best]
        for one in sorted(self._evidence, key=self._fit, reverse=True):
            if one in chosen or len(chosen) == JOINED:
                continue
            if self._denies(one, best) or any(self._adds(one, claim, chosen) for claim in self._all()):
                chosen.append(one)
        return chosen

    def _denies(self, one: Evidence, best: Evidence) -> bool:
        """Whether a clause that says "not" is this one's rather than the best one's: "…, but no source confirms it"."""
        if one.said.language != self._claims.language or not any(marker.kind == "not" for marker in one.said.markers):
            return False
        spans = {self._claims.clause(marker.start) for marker in self._claims.markers if marker.kind == "not"}
        if _UNCONFIRMED.search(one.said.text) and any(
            _UNCONFIRMED.search(self._claims.text[first:last]) for first, last in spans
        ):
            return True
        words = [[token for token in self._claims.tokens if first <= token.start < last] for first, last in spans]
        return any(
            overlap(said, one.said.grams) > max(overlap(said, best.said.grams), DENIED) for said in words if said
        )

    def _all(self, span: tuple[int, int] | None = None) -> list[Claim]:
        """What the sentence claims, or one clause of it."""
        every: list[Claim] = [*self._claims.moments, *self._claims.quantities, *self._claims.names]
        return [one for one in every if span is None or span[0] <= one.start < span[1]]

    def _fit(self, one: Evidence) -> float:
        claims = self._claims
        met = sum(2.0 for quantity in claims.quantities if not quantity.single and one.counts(quantity))
        met += sum(2.0 for moment in claims.moments if one.dates(moment, reported=self._reports(moment)))
        met += sum(
            1.0 + (mention.key in one.said.keys) * 0.5
            for mention in claims.names
            if mention.kind != "city" and one.names(mention)
        )
        met += sum(1.0 for surface in claims.surfaces if names.bare(surface) in one.said.bare)
        met += sum(2.0 for code in claims.codes if code in one.said.codes)
        statuses = {marker.kind for marker in claims.markers} ^ {marker.kind for marker in one.said.markers}
        alike = overlap(claims.tokens, one.said.grams) if one.said.language == claims.language else 0.0
        return met + 4.0 * alike - 0.2 * len(statuses)

    def _adds(self, one: Evidence, claim: Claim, chosen: Sequence[Evidence]) -> bool:
        """Whether ``one`` supports a claim that none of the chosen does, and speaks of what the claim's clause names."""
        if any(self._says(other, claim) for other in chosen) or not self._says(one, claim):
            return False
        span = self._claims.clause(claim.start)
        around = self._claims.named_in(span)
        alike = self._alike(one, span)
        if isinstance(claim, Mention):
            inside = [one for one in self._all(span) if not isinstance(one, Mention)]
            others = around - {claim.key}
            if claim.kind == "place":
                return bool(self._claims.named_in((0, len(self._claims.text))) & one.keys - {claim.key})
            return all(self._says(one, c) for c in inside) and alike and others <= one.keys
        if around:
            return around <= one.keys
        named = self._claims.named_in((0, len(self._claims.text)))
        return not named or bool(named & one.keys) or (alike and not one.said.named_in((0, len(one.said.text))))

    def _alike(self, one: Evidence, span: tuple[int, int]) -> bool:
        """Whether a clause of the sentence belongs to the statement, by its words or by what it claims."""
        if one.said.language == self._claims.language:
            tokens = [token for token in self._claims.tokens if span[0] <= token.start < span[1]]
            return overlap(tokens, one.said.grams) >= ALIKE
        return sum(self._says(one, claim) for claim in self._all(span)) >= 2

    def _says(self, one: Evidence, claim: Claim) -> bool:
        if isinstance(claim, Moment):
            return one.dates(claim, reported=self._reports(claim))
        return one.counts(claim) if isinstance(claim, Quantity) else one.names(claim)

    def _reports(self, moment: Moment) -> bool:
        """Whether a date tells as of when something is said: those the document's own date may support."""
        text = self._claims.text
        return (
            _DATED.search(text[max(0, moment.start - 22) : moment.start] + " … " + text[moment.end : moment.end + 12])
            is not None
        )

    def _figures(self) -> list[Fault]:
        text = self._claims.text
        found = [
            Fault("date" if isinstance(claim, Moment) else "number", text[claim.start : claim.end])
            for claim in self._all()
            if not isinstance(claim, Mention) and not any(self._says(one, claim) for one in self._chosen)
        ]
        known = {code for one in self._evidence for code in (*one.said.codes, *one.above.codes)}
        known |= {one.said.bare for one in self._evidence}
        for code in self._claims.codes:
            if not self._near and not code.isdigit():
                continue
            if not any(code == other or code in other for other in known):
                found.append(Fault("number", code))
        return found

    def _names(self) -> list[Fault]:
        asked = self._question.keys if self._question else frozenset()
        found = []
        for mention in self._claims.names:
            if mention.key == "place:Korea":
                continue  # "domestic", "the ministry": a text from Korea seldom says it
            everywhere = mention.kind == "city" and any(mention.key in one.keys for one in self._evidence)
            if not everywhere and not any(one.names(mention) for one in self._chosen):
                if mention.key in asked and mention.kind == "city":
                    continue
                found.append(Fault("name", self._claims.text[mention.start : mention.end]))
            elif (
                mention.kind != "city"
                and mention.key not in self._best.said.keys | self._best.said.nested
                and self._substituted(mention)
            ):
                found.append(Fault("name", self._claims.text[mention.start : mention.end]))
        known = [one.said.bare + one.above.bare for one in self._evidence]
        known += [self._question.bare] if self._question else []
        for surface in self._claims.surfaces:
            if not self._near and (surface.startswith("“") or not names.strong(surface)):
                continue  # a name in the other script: nothing to compare
            foreign = not self._near or HANGUL.search(surface)  # 코트라 is KOTRA in Korean texts, too
            heard = foreign and any(names.heard(surface, one.said.text) for one in self._evidence)
            if not heard and not any(part in text for part in names.bases(surface) for text in known):
                found.append(Fault("name", surface))
        return found

    def _left_out(self) -> list[Mention]:
        """The names of the best statement that the sentence does not have."""
        own = self._claims.keys | self._claims.nested | (self._question.keys if self._question else frozenset())
        return [one for one in self._best.said.names if one.kind not in ("city", "place") and one.key not in own]

    def _substituted(self, mention: Mention) -> bool:
        """Whether a name that the best statement does not have stands for one that it has."""
        if not any(one.kind == mention.kind for one in self._left_out()):
            return False
        span = self._claims.clause(mention.start)
        holds = [one for one in self._chosen if one is not self._best and mention.key in one.said.keys]
        tokens = [token for token in self._claims.tokens if span[0] <= token.start < span[1]]
        best = overlap(tokens, self._best.said.grams)
        return not any(overlap(tokens, one.said.grams) > best for one in holds)

    def _strangers(self) -> list[Fault]:
        """What stands in the place of a name that the best statement has, and is known to nobody."""
        missing = self._left_out()
        if not missing:
            return []
        if self._best.said.language == self._claims.language:
            grams = frozenset(gram for one in self._near for gram in one.said.grams | one.above.grams)
            grams |= self._question.grams if self._question else frozenset()
            unknown = [token for token in self._claims.tokens if not token.met(grams)]
            words = bonds.replaced(self._claims, self._best.said, unknown, missing)
            # Only in German a capital does not tell a name from another noun.
            topic = bonds.opening(self._claims) if self._claims.language == "de" else ""
            if topic and any(token.start == self._claims.text.find(topic) for token in unknown):
                words.append(topic)
            return [Fault("name", word) for word in words]
        if not any(one.kind in ("company", "institution", "fair") for one in missing):
            return []
        words = [bonds.opening(self._claims)]
        if any(one.kind == "company" for one in missing):
            words += [one for one in self._claims.surfaces if not one.startswith("“")]
        known = "".join(one.said.bare + one.above.bare for one in self._evidence)
        return [
            Fault("name", word)
            for word in filter(None, words)
            if not any(base in known for base in names.bases(word))
            and not any(names.heard(part, one.said.text) for one in self._evidence for part in word.split())
        ]

    def _standing(self) -> list[Fault]:
        best, chosen = self._best.said, [one.said for one in self._chosen]
        above = [one.above for one in self._chosen]
        return [
            *standing.disagreeing(self._claims, best, chosen, above),
            *standing.miscounted(self._claims, best, chosen),
        ]

    def _added(self) -> list[Fault]:
        claims = self._claims
        if claims.quantities or claims.moments:
            return []
        named = claims.named_in((0, len(claims.text)))
        if self._near:
            grams = frozenset(gram for one in self._near for gram in one.said.grams | one.above.grams)
            grams |= self._question.grams if self._question else frozenset()
            known = overlap(claims.tokens, grams)
            enough = known >= (ADDED_NAMED if named else ADDED)
        else:
            said = "".join(one.said.bare for one in self._evidence)
            cited = frozenset(key for one in self._evidence for key in one.said.keys)
            enough = bool(
                named or claims.codes or claims.keys & cited or any(names.bare(one) in said for one in claims.surfaces)
            )
        return [] if enough else [Fault("added", claims.text)]
