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
from kiwipiepy import Kiwi

HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_WORD = re.compile(r"[^\W_]+")
# What stands before a German noun and not before a name.
_DETERMINED = re.compile(
    r"(?:\b(?:der|die|das|den|dem|des|im|am|zum|zur|beim|vom|ins|ans|viele?n?|mehr|wie|pro|je|\w*ein|kein|\w+e[nmrs]?)|\d|%)[\s\"„“‚‘»«]+$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\w*(?:meter|hektar|tonne|prozent|stunde|minute)n?s?$", re.IGNORECASE)
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
    }
)
_EMPTY = frozenset(
    # English
    "a an the of in on at to for from by with and or is are was were be been being do does did done has have had can "
    "could will would shall should may might must what which who whom whose when where why how there here it its this "
    "that these those as about into than then i you he she we they me my your our their his her him them us if not no "
    "please tell know any some much many explain describe information something anything "
    # German
    "der die das den dem des ein eine einen einem einer eines und oder ist sind war waren wird werden wurde wurden "
    "worden sein hat haben hatte hatten kann können konnte soll sollte muss wer wen wem wessen was wann wo woher wohin "
    "warum wieso weshalb wie welche welcher welches welchen welchem von vom zu zum zur im in am an auf für aus bei mit "
    "nach über unter um durch als auch es er sie ich du wir ihr man mich mir sich nicht kein keine dass ob wenn denn "
    "gibt viel viele bitte wissen weiß erzählen sagen etwas informationen erklären".split()
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
        self._stem = lru_cache(50_000)(self._stemmed)

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
                words.append(self._stem(raw, "de" if language == "de" else "en"))
                if len(raw) >= _GRAM:
                    words.extend(_grams(f"_{raw}_", _GRAM))
        return words

    def spaced(self, text: str) -> str:
        """``text`` with spaces where somebody wrote a whole Korean question as one word."""
        if not any(HANGUL.search(word) and len(word) >= _UNSPACED for word in text.split()):
            return text
        return " ".join(
            str(self._kiwi.space(word)) if HANGUL.search(word) and len(word) >= _UNSPACED else word
            for word in text.split()
        )

    def _stemmed(self, word: str, language: str) -> str:
        with self._stemming:
            return str(self._stemmers[language].stemWord(word))

    def names(self, text: str, language: str = "") -> list[str]:
        """What looks like the name of somebody or something, in lower case.

        In Korean what Kiwi takes for a proper noun; in Latin letters what is written in capitals, or begins with one
        within a sentence. German writes every noun so: there a name is what stands without an article, an adjective or
        a number before it, though some nouns do, too.
        """
        names = []
        if HANGUL.search(text):
            names = [token.form for token in self._kiwi.tokenize(text) if token.tag == "NNP" and len(token.form) > 1]
        for match in re.finditer(r"(?<![^\W_])[A-Z][A-Za-z]+", text):
            inside = text[: match.start()].rstrip()[-1:] not in ("", ".", "?", "!", ":")
            named = language != "de" or not _DETERMINED.search(text[: match.start()])
            named = named and not _UNIT.match(match.group())
            if match.group().isupper() or (inside and named):
                names.append(match.group().lower())
        return names


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
