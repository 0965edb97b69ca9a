"""How many errors put into right sentences are caught, and how many right sentences are refused: ``bot.grounding``.

    python -m tests.benchmarks.grounding [--count 3000] [--half report|tune|both] [--slips 3] [--no-names]

Right sentences are (a) every statement of ``knowledge/`` with its passage, (b) the same fact in another language: the
documents of one name are translations of each other and have their statements in one order, so the n-th supports the
n-th, and (c) the paraphrases of ``tests/data/paraphrases.toml``, worded by hand as a language model would. Glosses in
another script, 투엔(Tuen), are taken out of the sentence, not of the passage: a model seldom writes them. What another
language says is checked twice: "across" as the assistant does it, which offers a model the passages in the visitor's
language wherever a document has a translation; and "alone", as if no document had one.

Errors are put in by machine, with a fixed seed, by patterns of their own (not by those that find them): a number, a
date, a magnitude, a unit, a name of the glossary by another one of its kind, a name that nobody knows, a place, how far
a thing has come, a negation, two names or figures exchanged, a sentence of another passage, an invented one.

Documents are divided in two halves by a hash of their path. Patterns and thresholds were chosen on the half "tune";
the figures to quote are those of the half "report", the default. The "same" right sentences, and "across" with a
translation, are the evidence itself: what they show is only that nothing is read into them; "worded" shows what is
refused of another wording.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot import folder, glossary
from bot.glossary import Glossary
from bot.grounding import Fault, unsupported
from bot.passages import Passage
from bot.sentences import statements
from bot.twins import Twins
from bot.words import Words
from tests.benchmarks import tables

ROOT = Path(__file__).parent.parent.parent
KNOWLEDGE = ROOT / "knowledge"
PARAPHRASES = ROOT / "tests" / "data" / "paraphrases.toml"
LANGUAGES = ("ko", "en", "de")
SEED = 20251103


@dataclass(frozen=True)
class Sentence:
    """A sentence that ``passages`` support, or, with an error in it, do not."""

    text: str
    language: str
    passages: tuple[Passage, ...]
    group: str  # same, across, worded; alone, worded alone
    half: str
    kind: str = ""
    right: str = ""  # what it was before the error


Judged = Sequence[tuple[Sentence, tuple[Fault, ...]]]


def half_of(path: str) -> str:
    """Which half a document belongs to, the same in all its languages."""
    return ("tune", "report")[hashlib.sha256(_base(path).encode()).digest()[0] % 2]


def _base(path: str) -> str:
    return path.rsplit(".", 2)[0]


def passages() -> list[Passage]:
    """All passages of the project's knowledge."""
    return [passage for file in folder.read(KNOWLEDGE, {}) for passage in file.passages or ()]


def names() -> Glossary:
    """The project's glossary."""
    return glossary.parse((KNOWLEDGE / "glossary.toml").read_text("utf-8"))


def right(known: Sequence[Passage]) -> list[Sentence]:
    """Every right sentence."""
    documents: dict[str, dict[str, list[tuple[str, Passage]]]] = defaultdict(lambda: defaultdict(list))
    for passage in known:
        said = [(statement.text, passage) for statement in statements(passage)]
        documents[_base(passage.path)][passage.language] += said
    found = []
    for base, by_language in documents.items():
        for said in zip(*(by_language[language] for language in LANGUAGES), strict=True):
            facts = dict(zip(LANGUAGES, said, strict=True))
            for own in LANGUAGES:
                for other in LANGUAGES:
                    group = "same" if own == other else "across"
                    text = _unglossed(facts[own][0], own)
                    found.append(Sentence(text, own, (facts[other][1],), group, half_of(f"{base}.xx.md")))
    return found + list(worded(known))


def worded(known: Sequence[Passage]) -> Iterator[Sentence]:
    """The paraphrases written by hand, each with the passages of its document that it is worded from."""
    for row in tomllib.loads(PARAPHRASES.read_text("utf-8"))["paraphrase"]:
        cited = tuple(one for one in known if one.path == row["path"] and any(near in one.text for near in row["near"]))
        assert cited, row
        yield Sentence(row["text"], row["language"], cited, "worded", half_of(row["path"]))


def _unglossed(text: str, language: str) -> str:
    inside = "[A-Za-z][^()가-힣]*" if language == "ko" else "[^()]*[가-힣][^()]*"
    return re.sub(rf"\s?\({inside}\)", "", text)


# ---- errors ----------------------------------------------------------------------------------------------------------

_FIGURE = re.compile(r"(?<![\w.,\-/])\d[\d.,]*\d|(?<![\w.,\-/])\d(?![\w-])|(?<![\w.,\-/])\d(?=[가-힣])")
_DATING = r"\s*(?:년|월|일(?!간)|분기|단계|\.\s|January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|[–~-]\d|(?:bis|to|and|und)\s\d)"
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}
_MAGNITUDES = {
    "ko": [("조", "억"), ("억", "조"), ("만", "억"), ("천", "만")],
    "en": [("trillion", "billion"), ("billion", "million"), ("million", "billion"), ("billion", "trillion")],
    "de": [("Billionen", "Milliarden"), ("Milliarden", "Millionen"), ("Millionen", "Milliarden"), ("Milliarden", "Billionen")],
}  # fmt: skip
_UNITS = {
    "ko": [("원", "유로"), ("톤", "㎡"), ("㎡", "평"), ("MWh", "GWh"), ("%", "개"), ("달러", "원"), ("MW", "kW"), ("시간", "분")],
    "en": [("KRW", "EUR"), ("tonnes", "m²"), ("m²", "pyeong"), ("MWh", "GWh"), ("USD", "KRW"), ("EUR", "USD"), ("MW", "kW"), ("hours", "minutes")],
    "de": [("Won", "Euro"), ("Tonnen", "m²"), ("m²", "Pyeong"), ("MWh", "GWh"), ("US-Dollar", "Won"), ("Euro", "US-Dollar"), ("MW", "kW"), ("Stunden", "Minuten")],
}  # fmt: skip
_PLACES = {
    "ko": "독일 뮌헨 서울 중국 선전 일본 헝가리 노르웨이 핀란드 스웨덴 캐나다 미국 부산 대전 대구 울산 프랑스 베를린 상하이 폴란드".split(),
    "en": "Germany Munich Seoul China Shenzhen Japan Hungary Norway Finland Sweden Canada Busan Daejeon Daegu Ulsan France Berlin Shanghai Poland".split(),
    "de": "Deutschland München Seoul China Shenzhen Japan Ungarn Norwegen Finnland Schweden Kanada Busan Daejeon Daegu Ulsan Frankreich Berlin Schanghai Polen".split(),
}
_STRANGERS = {
    "ko": ["한빛솔루션", "대성이노텍", "누리셀", "박준호"],
    "en": ["Hanbit Solutions", "Nordcell", "VoltAxis", "Park Jun-ho"],
    "de": ["Hanbit Solutions", "Nordcell", "VoltAxis", "Park Jun-ho"],
}
_STATUS: dict[str, list[tuple[str, str]]] = {
    "ko": [
        (r"할 (?:계획|예정)(?:이었|입)습?니다", "했습니다"), (r"될 (?:계획|예정)(?:이었|입)습?니다", "되었습니다"),
        (r"를 지을 계획이었습니다", "를 지었습니다"), (r"할 계획인", "한"), (r"준공 예정이었습니다", "준공했습니다"),
        (r"계획되었습니다", "완공되었습니다"), (r"착공했습니다", "준공했습니다"), (r"준공했습니다", "착공했습니다"),
        (r"열렸습니다", "열릴 예정입니다"), (r"참가했습니다", "참가할 예정입니다"), (r"출품했습니다", "출품할 계획입니다"),
        (r"철회했습니다", "추진했습니다"), (r"취소되었", "승인되었"), (r"연기했", "철회했"), (r"체결했습니다", "파기했습니다"),
        (r"승인했습니다", "취소했습니다"), (r"완공하고", "착공하고"), (r"발표했습니다", "완료했습니다"), (r"문을 열 예정이었습니다", "문을 열었습니다"),
        (r"열리는 일정이었습니다", "열렸습니다"), (r"설립되었습니다", "설립될 예정입니다"), (r"선정되었", "선정될 예정이었"), (r"지정되었", "지정될 예정이었"),
    ],
    "en": [
        (r"\b(?:was|were) to be (?=\w+ed\b)", "was "), (r"\bplanned to (?=\w)", "went on to "), (r"\bwas planned\b", "was completed"),
        (r"\bis planned\b", "is complete"), (r"\bdue in\b", "finished in"), (r"\bwas to (?=\w)", "did "), (r"\bis to (?=\w)", "does "),
        (r"\bwas held\b", "is planned"), (r"\btook place\b", "will take place"), (r"\btook part\b", "plans to take part"),
        (r"\bexhibited\b", "will exhibit"), (r"\bopened\b", "plans to open"), (r"\bbroke ground\b", "was completed"),
        (r"\bsigned\b", "cancelled"), (r"\bapproved\b", "cancelled"), (r"\bdropped\b", "signed"), (r"\bcancelled\b", "approved"),
        (r"\bpostponed\b", "cancelled"), (r"\bwas named\b", "will be named"), (r"\bwas founded\b", "will be founded"), (r"\bdesignated\b", "not yet designated"),
    ],
    "de": [
        (r"\bgeplant\b", "fertiggestellt"), (r"\bvorgesehen\b", "abgeschlossen"), (r"\bgeplante\b", "fertiggestellte"),
        (r"\bsollten?\b(.*?) fertig sein", r"ist\1 fertig"), (r"\bplante\b", "eröffnete"), (r"\bsoll\b(.*?) (\w+)en\.", r"hat\1 \2t."),
        (r"\bfand\b(.*?) statt\b", r"soll\1 stattfinden"), (r"\bnahm\b(.*?) teil\b", r"will\1 teilnehmen"), (r"\beröffnet\b", "geplant"),
        (r"\bunterzeichneten?\b", "kündigte"), (r"\bunterzeichneten?\b", "plant"), (r"\bgenehmigte\b", "verwarf"), (r"\babgesagt\w*", "genehmigt"),
        (r"\bverschob\b", "strich"), (r"\bbegonnen\b", "abgeschlossen"), (r"\bangekündigt\b", "abgesagt"), (r"\bwurde (.*?) gegründet\b", r"soll \1 gegründet werden"),
        (r"\bstellten?\b(.*?) aus\.", r"will\1 ausstellen."), (r"\bgewann(?:en)?\b", "will gewinnen"),
    ],
}  # fmt: skip
_NEGATION: dict[str, list[tuple[str, str]]] = {
    "ko": [
        (r"했습니다\.$", "하지 않았습니다."), (r"되었습니다\.$", "되지 않았습니다."), (r"(?<=[가-힣])입니다\.$", "이 아닙니다."),
        (r"있습니다\.$", "있지 않습니다."), (r"합니다\.$", "하지 않습니다."), (r"됩니다\.$", "되지 않습니다."), (r"열렸습니다\.$", "열리지 않았습니다."),
        (r"지 않았습니다", "았습니다"), (r"찾지 못했습니다", "찾았습니다"), (r"없습니다", "있습니다"), (r"가 아니라", "와"), (r"이 아니라", "과"), (r"은 아닙니다", "입니다"),
    ],
    "en": [
        (r"\b(was|were|is|are|had|has|have|can|will)\b(?! not| no)", r"\1 not"), (r"\b(was|were|is|are|has|had|can) not\b", r"\1"),
        (r"\bNo (?=\w)", "A "), (r"\bno (?=\w)", "a "), (r"\bnot (?=\w)", ""), (r"\bnever\b", "then"), (r"\bwithout\b", "with"),
    ],
    "de": [
        (r"\b(wurden?|waren?|ist|sind|hat|hatten?|kann|haben)\b(?! nicht| kein)", r"\1 nicht"), (r" nicht\b", ""), (r"\bkeine(\w*)\b", r"eine\1"),
        (r"\bkein\b", "ein"), (r"\bohne\b", "mit"), (r"\bKeine\b", "Eine"), (r"\bnie\b", "dann"),
    ],
}  # fmt: skip
_INVENTED = {
    "ko": [
        "이 회사는 유럽에서 가장 혁신적인 기업으로 평가받고 있습니다.", "방문객을 위한 무료 셔틀버스가 운행됩니다.", "참가비는 1인당 50유로입니다.",
        "앞으로도 투자 수익률은 계속 높아질 것으로 보입니다.", "해당 제품은 2022년 독일 연방정부의 인증을 받았습니다.", "행사장에는 통역사가 상주합니다.",
        "직원의 절반 이상이 박사 학위를 가지고 있습니다.", "다음 박람회는 내년 봄에 부산에서 열립니다.",
    ],
    "en": [
        "The company is regarded as the most innovative firm in Europe.", "A free shuttle bus runs for visitors every morning.", "Admission costs EUR 50 per person.",
        "Returns for investors are likely to keep rising.", "The product was certified by the German federal government in 2022.", "Interpreters are present in every hall.",
        "More than half of its employees hold a doctorate.", "The next fair will be held in Busan next spring.",
    ],
    "de": [
        "Das Unternehmen gilt als das innovativste in Europa.", "Für Besucher fährt jeden Morgen ein kostenloser Bus.", "Der Eintritt kostet 50 Euro pro Person.",
        "Die Rendite für Anleger dürfte weiter steigen.", "Das Produkt wurde 2022 von der Bundesregierung zertifiziert.", "In allen Hallen stehen Dolmetscher bereit.",
        "Mehr als die Hälfte der Beschäftigten ist promoviert.", "Die nächste Messe findet im Frühjahr in Busan statt.",
    ],
}  # fmt: skip


class Spoiler:
    """Puts errors into right sentences; each method returns the spoilt text, or None where its error has no place."""

    def __init__(self, known: Glossary, sentences: Sequence[Sentence], seed: int = SEED) -> None:
        self._glossary = known
        self._all = sentences
        self._true = {sentence.text for sentence in sentences}
        self._chance = random.Random(seed)
        spelt = {
            spelling: entity
            for entity in known.entities
            for spelling in entity.spellings
            if len(spelling) > (1 if spelling[0] >= "가" else 2)
        }
        self._entities = spelt
        longest = sorted(spelt, key=len, reverse=True)
        self._named = re.compile("|".join(rf"(?<![^\W_]){re.escape(one)}(?![A-Za-zÄÖÜäöüß])" for one in longest))
        self.kinds: dict[str, Callable[[Sentence], str | None]] = {
            "number": self.number, "date": self.date, "magnitude": self.magnitude, "unit": self.unit, "name": self.name,
            "name nearby": self.nearby, "stranger": self.stranger, "place": self.place, "status": self.status,
            "negation": self.negation, "names exchanged": self.names_exchanged, "figures exchanged": self.figures_exchanged,
            "dates exchanged": self.dates_exchanged, "sentence from elsewhere": self.elsewhere, "invented": self.invented,
        }  # fmt: skip

    def spoilt(self, sentences: Sequence[Sentence], count: int) -> Iterator[Sentence]:
        """About ``count`` errors, the same number of every kind in every language as far as there are places."""
        each = max(1, count // (len(self.kinds) * len(LANGUAGES)))
        for kind, spoil in self.kinds.items():
            for language in LANGUAGES:
                own = [one for one in sentences if one.language == language]
                self._chance.shuffle(own)
                done = 0
                for one in own:
                    if done == each:
                        break
                    text = spoil(one)
                    if text and text != one.text:
                        done += 1
                        yield replace(one, text=text, kind=kind, right=one.text)

    def _figures(self, one: Sentence) -> list[re.Match[str]]:
        return [
            match
            for match in _FIGURE.finditer(one.text)
            if not re.fullmatch(r"(?:19|20)\d\d", match.group().rstrip(".,"))
            and not re.match(_DATING, one.text[match.end() :])
            and not re.search(
                r"(?:월|[–~]|bis|to|vom|from)\s?$|[A-Za-z가-힣]\s?$(?<!약 )(?<![은는을를에의도약각만총] )(?<![a-z] )",
                one.text[: match.start()],
            )
            and match.group().strip(".,") not in ("1", "2")
        ]

    def number(self, one: Sentence) -> str | None:
        figures = self._figures(one)
        if not figures:
            return None
        match = self._chance.choice(figures)
        digits = list(match.group().rstrip(".,"))
        at = self._chance.choice([n for n, digit in enumerate(digits) if digit.isdigit()])
        digits[at] = self._chance.choice([digit for digit in "123456789" if digit != digits[at]])
        return one.text[: match.start()] + "".join(digits) + one.text[match.start() + len(digits) :]

    def date(self, one: Sentence) -> str | None:
        years = list(re.finditer(r"(?<![\d.,])(?:19|20)\d\d(?![\d])(?!,\d)", one.text))
        months = "|".join(_MONTHS.get(one.language, []))
        named = list(re.finditer(rf"(?<= )(?:{months})(?= \d|\b)", one.text)) if months else []
        named += list(re.finditer(r"(?<=년 )\d{1,2}(?=월)", one.text)) if one.language == "ko" else []
        days = list(re.finditer(r"(?<=월 )\d{1,2}(?=일)|(?<= )\d{1,2}(?=\.? (?:%s) )" % (months or "xx"), one.text))
        found = [*years, *named, *days]
        if not found:
            return None
        match = self._chance.choice(found)
        old = match.group()
        if not old.isdigit():
            new = self._chance.choice([month for month in _MONTHS[one.language] if month != old])
        elif len(old) == 4:
            new = str(int(old) + self._chance.choice([-3, -2, -1, 1, 2, 3]))
        else:
            new = self._chance.choice([str(n) for n in range(1, 13 if match in named else 29) if n != int(old)])
        return one.text[: match.start()] + new + one.text[match.end() :]

    def magnitude(self, one: Sentence) -> str | None:
        return self._replaced(one, [(rf"(?<=\d){a}|(?<=\d ){a}\b", b) for a, b in _MAGNITUDES[one.language]])

    def unit(self, one: Sentence) -> str | None:
        pairs = [
            (rf"{re.escape(a)}(?=\s?\d)", b)
            if a.isupper() and len(a) == 3
            else (rf"(?<=[\d조억만n])(\s?){re.escape(a)}(?![a-zA-Z²])", rf"\g<1>{b}")
            for a, b in _UNITS[one.language]
        ]
        return self._replaced(one, pairs)

    def _replaced(self, one: Sentence, pairs: Sequence[tuple[str, str]]) -> str | None:
        fitting = [(match, new) for old, new in pairs for match in re.finditer(old, one.text)]
        if not fitting:
            return None
        match, new = self._chance.choice(fitting)
        return one.text[: match.start()] + match.expand(new) + one.text[match.end() :]

    def _mentions(self, one: Sentence) -> list[re.Match[str]]:
        return [match for match in self._named.finditer(one.text) if self._entities[match.group()].kind != "city"]

    def _renamed(self, one: Sentence, *, nearby: bool) -> str | None:
        cited = " ".join(f"{passage.title} {' '.join(passage.headings)} {passage.text}" for passage in one.passages)
        there = {entity.id for entity in self._glossary.find(cited)}
        mentions = self._mentions(one)
        self._chance.shuffle(mentions)
        inside = {self._entities[match.group()].id for match in mentions}
        for match in mentions:
            entity = self._entities[match.group()]
            others = [
                other for other in self._glossary.entities if other.kind == entity.kind and other.id not in inside
            ]
            others = [other for other in others if (other.id in there) is nearby]
            if others:
                name = self._chance.choice(others).name_in(one.language)
                text = one.text[: match.start()] + name + one.text[match.end() :]
                if text not in self._true:  # of two rows of a table, one is what the other becomes
                    return text
        return None

    def name(self, one: Sentence) -> str | None:
        return self._renamed(one, nearby=False)

    def nearby(self, one: Sentence) -> str | None:
        # One statement only says what its neighbour says of somebody else: no error, nearly never.
        return self._renamed(one, nearby=True)

    def stranger(self, one: Sentence) -> str | None:
        mentions = [match for match in self._mentions(one) if self._entities[match.group()].kind == "company"]
        if not mentions:
            return None
        match = self._chance.choice(mentions)
        return one.text[: match.start()] + self._chance.choice(_STRANGERS[one.language]) + one.text[match.end() :]

    def place(self, one: Sentence) -> str | None:
        pattern = "|".join(rf"(?<![^\W_]){place}(?![a-zäöü])" for place in _PLACES[one.language])
        cited = " ".join(passage.text + passage.title for passage in one.passages)
        others = [place for place in _PLACES[one.language] if place not in cited]
        found = list(re.finditer(pattern, self._named.sub(lambda match: "\0" * len(match.group()), one.text)))
        if not found or not others:
            return None
        match = self._chance.choice(found)
        return one.text[: match.start()] + self._chance.choice(others) + one.text[match.end() :]

    def status(self, one: Sentence) -> str | None:
        return self._replaced(one, _STATUS[one.language])

    def negation(self, one: Sentence) -> str | None:
        return self._replaced(one, _NEGATION[one.language])

    def names_exchanged(self, one: Sentence) -> str | None:
        mentions = self._mentions(one)
        pairs = [
            (a, b)
            for n, a in enumerate(mentions)
            for b in mentions[n + 1 :]
            if self._entities[a.group()].kind == self._entities[b.group()].kind
            and self._entities[a.group()].id != self._entities[b.group()].id
            and not self._listed_together(one.text[a.end() : b.start()])
        ]
        return self._exchanged(one.text, *self._chance.choice(pairs)) if pairs else None

    @staticmethod
    def _listed_together(between: str) -> bool:
        """Whether the order of two names says nothing: A, B and C; A와 B; joint ventures of A and B."""
        return len(between) < 6 or bool(
            re.search(
                r",|·|\band\b|\bund\b|\bmit\b|\bwith\b|\bbeside\b|\bneben\b|과 |와 |또는|\bor\b|\boder\b|함께|더불어|\bother\b",
                between,
            )
        )

    def figures_exchanged(self, one: Sentence) -> str | None:
        figures = self._figures(one)
        pairs = [(a, b) for n, a in enumerate(figures) for b in figures[n + 1 :] if self._distinct(one.text, a, b)]
        return self._exchanged(one.text, *self._chance.choice(pairs)) if pairs else None

    @staticmethod
    def _distinct(text: str, a: re.Match[str], b: re.Match[str]) -> bool:
        between = text[a.end() : b.start()]
        return (
            a.group() != b.group()
            and len(between) > 7
            and not re.fullmatch(r"[^가-힣]*\b(?:or|oder|and|und)\b[^가-힣]*", between)
        )

    def dates_exchanged(self, one: Sentence) -> str | None:
        years = list(re.finditer(r"(?<![\d.,])(?:19|20)\d\d(?![\d])(?!,\d)", one.text))
        pairs = [
            (a, b)
            for n, a in enumerate(years)
            for b in years[n + 1 :]
            if a.group() != b.group()
            and not re.fullmatch(
                r"년?\s?(?:[,~–-]|and|or|und|oder|또는|및|과|와)\s?(?:\w+ )?", one.text[a.end() : b.start()]
            )
        ]
        return self._exchanged(one.text, *self._chance.choice(pairs)) if pairs else None

    @staticmethod
    def _exchanged(text: str, a: re.Match[str], b: re.Match[str]) -> str:
        return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]

    def elsewhere(self, one: Sentence) -> str | None:
        own = {_base(passage.path) for passage in one.passages}
        others = self._all
        for _ in range(50):
            other = self._chance.choice(others)
            if (
                other.language == one.language
                and other.group == "same"
                and not own & {_base(p.path) for p in other.passages}
            ):
                return other.text
        return None

    def invented(self, one: Sentence) -> str | None:
        return self._chance.choice(_INVENTED[one.language])


# ---- figures ---------------------------------------------------------------------------------------------------------


class Checker:
    """Finds the faults in a sentence: by its passages as the assistant offers them, or, alone, by no others."""

    def __init__(self, pieces: Sequence[Passage], known: Glossary, words: Words | None) -> None:
        self._twins, self._known, self._words = Twins(pieces), known, words

    def all(self, sentences: Sequence[Sentence]) -> Judged:
        """Every sentence with its faults; those across languages a second time, alone."""
        return [(one, self._faults(one)) for sentence in sentences for one in self._ways(sentence)]

    def _ways(self, one: Sentence) -> Iterator[Sentence]:
        yield replace(one, passages=self._in(one.language, one.passages))
        if one.group == "across":
            yield replace(one, group="alone")
        elif one.group == "worded":
            for other in LANGUAGES:
                if other != one.language:
                    yield replace(one, group="worded alone", passages=self._in(other, one.passages))

    def _in(self, language: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        return tuple(self._twins.of(passage, language) or passage for passage in passages)

    def _faults(self, one: Sentence) -> tuple[Fault, ...]:
        return unsupported(one.text, one.passages, self._known, words=self._words)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    options = _parser().parse_args(arguments)
    known, pieces = names(), passages()
    words = None if options.no_names else Words(known.hangul_names())
    everything = right(pieces)
    chosen = [one for one in everything if options.half in ("both", one.half)]
    print(f"Half: {options.half}; {len(chosen)} right sentences, seed {SEED}.\n")
    checker = Checker(pieces, known, words)
    start = time.perf_counter()
    judged = checker.all(chosen)
    each = (time.perf_counter() - start) / len(judged)
    _show_refused(judged)
    spoiler = Spoiler(known, everything)
    caught = checker.all(list(spoiler.spoilt(chosen, options.count)))
    _show_caught(caught, spoiler)
    print(f"\n{1000 * each:.1f} ms a sentence.")
    _show_slips([(one, faults) for one, faults in judged if faults], caught, options.slips)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=3000, help="errors put in, at most")
    parser.add_argument("--half", choices=("report", "tune", "both"), default="report")
    parser.add_argument("--slips", type=int, default=0, help="examples shown of each kind that slipped")
    parser.add_argument("--no-names", action="store_true", help="without the analyser that knows Korean proper names")
    return parser


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "–"


GROUPS = ("same", "across", "worded", "all", "alone", "worded alone")  # "all" is the first three


def _of(judged: Judged, group: str, language: str, kind: str = "") -> list[bool]:
    """Whether a fault was found, for each sentence of a group, a language ("": any) and a kind of error ("": any)."""
    return [
        bool(faults)
        for one, faults in judged
        if (one.group == group or (group == "all" and not one.group.endswith("alone")))
        and language in ("", one.language)
        and kind in ("", one.kind)
    ]


def _cells(judged: Judged, group: str, kind: str = "") -> list[str]:
    every = [_of(judged, group, language, kind) for language in (*LANGUAGES, "")]
    return [_share(sum(one), len(one)) for one in every]


def _show_refused(judged: Judged) -> None:
    rows = [[group, *_cells(judged, group)] for group in GROUPS]
    tables.show(("Right sentences refused", *LANGUAGES, "all"), rows)
    print()


def _show_caught(caught: Judged, spoiler: Spoiler) -> None:
    rows = [[kind, *_cells(caught, "all", kind)] for kind in spoiler.kinds]
    rows += [[f"all, {group}" if group != "all" else "all", *_cells(caught, group)] for group in GROUPS]
    tables.show(("Errors caught", *LANGUAGES, "all"), rows)


def _show_slips(refused: Judged, caught: Judged, most: int) -> None:
    shown: Counter[str] = Counter()
    for one, faults in caught:
        key = f"{one.kind} {one.language} {one.group}"
        if not faults and shown[key] < most:
            shown[key] += 1
            print(f"\nslipped: {one.kind} ({one.group})\n  {one.text}\n  was: {one.right}")
    for one, faults in refused:
        key = f"{one.group} {one.language}"
        if shown[key] < 4 * most:
            shown[key] += 1
            print(
                f"\nrefused ({one.group} {one.language}): {[(fault.kind, fault.text[:70]) for fault in faults]}\n  {one.text}\n  {one.passages[0].path}"
            )


if __name__ == "__main__":
    main()
