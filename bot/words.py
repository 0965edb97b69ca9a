"""A text -> the words that keyword search compares: Korean morphemes, European stems, and the raw tokens as well.

Korean glues particles to names (투엔은, 포항에서), so whitespace words find nothing; a morphological analyser alone
takes unknown names apart. Hence both: the content morphemes of Kiwi, which is taught the glossary's names, and grams,
short overlapping pieces of the raw tokens (two syllables, or four Latin letters). Grams meet where words miss: in
German compounds, names inflected or misspelt, and cognates across languages. A gram says less than a word, and weighs
less (see ``keywords.py``); on the five public sets tried, that beat words alone.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cached_property, lru_cache

import snowballstemmer
from HanTa.HanoverTagger import HanoverTagger
from kiwipiepy import Kiwi

from bot import compounds

HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[\w&'’-]+|[^\w\s]")
_CAPITALISED = re.compile(r"(?<![^\W_])[A-ZÄÖÜ][^\W_가-힣]+")
# What stands before a German noun and not before a name: die Halle is no town.
_DETERMINED = re.compile(
    r"(?:\b(?:der|die|das|den|dem|des|im|am|zum|zur|beim|vom|ins|ans|pro|je|\w*ein|kein|\w+e[nmrs]?)|\d)[\s\"„“‚‘»«]+$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*|ag|se|kg|gmbh|ltd|inc|corp|co|llc)$",
    re.IGNORECASE,
)
_NAME_TAGS = frozenset({"NE", "NP0"})  # HanTa's, for German and for English
_NEVER_MET = -25.0  # the logarithm of the likelihood of a word that the tagger has to guess at
_CLOSE = 3  # how much less likely, as a logarithm, another reading may be and still be heard
REMEMBERED = 10_000  # lines of texts, about 5 kB each
_UNSPACED = 12  # syllables of a Korean word that must be several
_GRAM = 4  # Latin letters in a gram, the edge of the word counting as one
# Nouns, numerals, verb and adjective stems, roots, foreign words, numbers, Hanja: what a Korean sentence is about.
_CONTENT = frozenset({"NNG", "NNP", "NR", "VV", "VA", "XR", "SL", "SN", "SH", "W_SERIAL"})
# Stems that every Korean question holds; counting them as content would make each question look half unanswered.
_EMPTY_KO = frozenset(
    {
        "하",
        "되",
        "있",
        "없",
        "알",
        "알리",
        "알려주",
        "궁금",
        "무엇",
        "누구",
        "이것",
        "그것",
        "대하",
        "관하",
        "주",
        "말하",
        "설명",
        "소개",
        "싶",
        "보",
        "부탁",
        "부탁드리",
        "드리",
        "회신",
        "혹시",
        "여쭙",
        "가르치",
        "가르쳐주",
        "감사",
        "정도",
        "대략",
        "정확",
        "각각",
    }
)
_EMPTY = frozenset(
    # English
    "a an the of in on at to for from by with and or is are was were be been being do does did done has have had can "
    "could will would shall should may might must what which who whom whose when where why how there here it its this "
    "that these those as about into than then i you he she we they me my your our their his her him them us if not no "
    "please tell know any some much many explain describe information something anything "
    "so ok okay hi hello hey yo just really actually exactly roughly like want wanted need got gets get put one ones both "
    "each also only still am im up out over again way thing things stuff ever yet lot lots around own same such too very "
    # German
    "der die das den dem des ein eine einen einem einer eines und oder ist sind war waren wird werden wurde wurden "
    "worden sein hat haben hatte hatten kann können konnte soll sollte muss wer wen wem wessen was wann wo woher wohin "
    "warum wieso weshalb wie welche welcher welches welchen welchem von vom zu zum zur im in am an auf für aus bei mit "
    "nach über unter um durch als auch es er sie ich du wir ihr man mich mir sich nicht kein keine dass ob wenn denn "
    "gibt viel viele bitte wissen weiß erzählen sagen etwas informationen erklären "
    "da denn dann also so ja doch eben mal einmal gern gerne eigentlich nochmal noch schon nur ganz sehr hier dort dieser "
    "diese dieses diesem diesen jene jener mein meine meinen meinem meiner unser unsere unseren unserem ihr ihre ihren "
    "ihrem ihrer seine seinen seinem seiner uns euch ihnen ihn wüsste möchte möchten würde würden könnte könnten hätte "
    "hätten wäre wären laut genau ungefähr etwa heißt heißen hieß nennen nennt gerade alle alles allem allen beide beiden "
    "jeweils bis seit ab vor hallo danke gibts gabs ne nen".split()
)


class Words:
    """The word splitter. ``names`` are the glossary's spellings, which Kiwi would otherwise take apart.

    Loading Kiwi takes about 2 s and 500 MB, so one instance serves a process, and waits for the first Korean text.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = [name for name in names if HANGUL.search(name) and " " not in name]
        self._loading = threading.Lock()
        self._stemmers = {"en": snowballstemmer.stemmer("english"), "de": snowballstemmer.stemmer("german")}
        self._stemming = threading.Lock()  # a stemmer keeps the word it works on in itself
        self._stems = lru_cache(50_000)(self._stemmed)
        self._in_line = lru_cache(REMEMBERED)(lambda line, language: frozenset(self.of(line, language)))
        self._tagging = threading.Lock()  # so does a tagger

    @cached_property
    def _taggers(self) -> dict[str, HanoverTagger]:
        return {"en": HanoverTagger("morphmodel_en.pgz"), "de": HanoverTagger("morphmodel_ger.pgz")}

    @cached_property
    def _loaded(self) -> Kiwi:
        kiwi = Kiwi()
        for name in self._names:
            kiwi.add_user_word(name, "NNP", 3.0)
        return kiwi

    @property
    def _kiwi(self) -> Kiwi:
        with self._loading:  # cached_property alone loads it twice for two threads
            return self._loaded

    def of(self, text: str, language: str = "") -> list[str]:
        """The words and grams of ``text`` in order, with repetitions; function words are left out."""
        text = unicodedata.normalize("NFKC", text).lower()
        words: list[str] = []
        if HANGUL.search(text):
            words.extend(token.form for token in self._kiwi.tokenize(text) if _is_content(token.form, token.tag))
        for raw in _WORD.findall(text):
            if HANGUL.search(raw):
                words.extend(_grams(raw, 2))
            elif raw not in _EMPTY:
                words.extend(self._stems(raw, "de" if language == "de" else "en"))
                if len(raw) >= _GRAM:
                    words.extend(_grams(f"_{raw}_", _GRAM))
        return words

    def held(self, text: str, language: str = "") -> frozenset[str]:
        """The words and grams of ``text``, remembered line by line: headings and statements come again and again."""
        return frozenset().union(*(self._in_line(line, language) for line in text.split("\n")))

    def spaced(self, text: str) -> str:
        """``text`` with spaces where somebody wrote a whole Korean question as one word."""
        if not any(HANGUL.search(word) and len(word) >= _UNSPACED for word in text.split()):
            return text
        return " ".join(
            str(self._kiwi.space(word)) if HANGUL.search(word) and len(word) >= _UNSPACED else word
            for word in text.split()
        )

    def _stemmed(self, word: str, language: str) -> list[str]:
        parts = [word]
        if language == "de":
            with self._tagging:
                parts = compounds.parts(word, self._taggers["de"])
        with self._stemming:
            return [str(self._stemmers[language].stemWord(part)) for part in parts if part not in _EMPTY]

    def names(self, text: str, language: str = "") -> list[str]:
        """What looks like the name of somebody or something, in lower case.

        In Korean what Kiwi takes for a proper noun, as it does with what it does not know; in Latin letters what is
        written like a name and tagged as one. The tagger tells a German noun from a name by how it is made.
        """
        names = []
        if HANGUL.search(text):
            tokens = self._kiwi.tokenize(text)
            names = ["".join(token.form.split()) for token in tokens if token.tag == "NNP" and len(token.form) > 1]
        tagger = "de" if language == "de" else "en"
        for match in _CAPITALISED.finditer(text):
            word = match.group()
            before = text[: match.start()]
            opens = before.rstrip()[-1:] in ("", ".", "?", "!", ":")
            noun = tagger == "de" and _DETERMINED.search(before) is not None
            if not is_empty(word) and not _NO_NAME.match(word) and self._is_name(word, tagger, opens=opens, noun=noun):
                names.append(word.lower())
        return names

    def verbs(self, text: str, language: str = "") -> list[tuple[int, int]]:
        """Where the verbs of an English text stand, or the finite ones of a German; none of a Korean, which needs none."""
        if HANGUL.search(text):
            return []
        tagger = "de" if language == "de" else "en"
        words = list(_TOKEN.finditer(text))
        with self._tagging:
            tags = [tag for _, _, tag in self._taggers[tagger].tag_sent([word.group() for word in words])]
        verbal = "(FIN)" if tagger == "de" else ""
        return [
            word.span()
            for word, tag in zip(words, tags, strict=True)
            if word.group().islower() and tag.startswith("V") and tag.endswith(verbal)
        ]

    def _is_name(self, word: str, language: str, *, opens: bool, noun: bool) -> bool:
        """Whether a word with a capital is a name; one that ``opens`` a sentence, or is a ``noun`` by its place, would
        have the capital in any case.
        """
        if word.isupper():
            return len(word) > 1
        with self._tagging:
            tags = self._taggers[language].tag_word(word, cutoff=_CLOSE)
        tag, likelihood = tags[0]
        never_met = likelihood < _NEVER_MET
        if opens or noun:
            return tag in _NAME_TAGS and never_met and (len(tags) == 1 or not opens)
        return tag in _NAME_TAGS or (language == "en" and never_met)  # English writes nothing but names so


QUESTION_WORDS = _EMPTY  # every question may hold them, whatever the documents hold


def is_empty(word: str) -> bool:
    """Whether ``word`` is a function word, of which no document need know."""
    return word.casefold() in _EMPTY


def is_gram(word: str) -> bool:
    """Whether ``word`` is a piece of a raw token rather than a word."""
    return word.startswith("#")


def _is_content(form: str, tag: str) -> bool:
    # The tag of an irregular verb carries a suffix: VV-I.
    return tag.split("-")[0] in _CONTENT and form not in _EMPTY_KO and HANGUL.search(form) is not None


def _grams(raw: str, size: int) -> list[str]:
    return [f"#{raw[start : start + size]}" for start in range(len(raw) - size + 1)]
