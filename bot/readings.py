"""What the words of a question are to the documents: known, misspelt, a stranger's name, a rare attribute."""

from __future__ import annotations

import re
import threading

from bot import attributes, spelling, strangers
from bot.opened import Opened
from bot.words import HANGUL, QUESTION_WORDS, Words, is_empty, is_gram

RARE = 0.01  # share of the passages; a name that fewer hold tells them apart
SPELT = 20_000  # passages whose words the spelling of questions is compared with; more would take long to read
SAMPLED = 500  # passages by which it is estimated how many speak of something


class Readings:
    """Questions read by the words of one ``generation``. Safe to call from several threads."""

    def __init__(self, generation: Opened, splitter: Words) -> None:
        self._generation = generation
        self._splitter = splitter
        self._lexicons: dict[str, spelling.Lexicon] = {}
        self._rarities: dict[str, float] = {}
        self._lock = threading.Lock()

    def meant(self, question: str, language: str) -> str:
        """``question`` with its slips put right, by the words that the documents and the glossary use."""
        generation, splitter, lexicon = self._generation, self._splitter, self._lexicon(language)

        def known(word: str) -> bool:
            if word in lexicon or is_empty(word) or generation.glossary.find(word):
                return True
            return any(generation.keywords.held([one]) for one in splitter.of(word, language) if not is_gram(one))

        # In German a capital says little: Dezmber is a slip before it is a name.
        names = frozenset(splitter.names(question, language)) if language != "de" else frozenset[str]()
        return splitter.spaced(spelling.corrected(question, known, lexicon, names))

    def rare_names(self, question: str, language: str) -> frozenset[str]:
        """The names in ``question``, in lower case, that the glossary does not know and hardly any passage holds."""
        glossary, keywords = self._generation.glossary, self._generation.keywords
        rest = glossary.without_names(question) if glossary.find(question) else question
        known = set(re.findall(r"[^\W_]+", rest.casefold()))
        names = (name for name in self._splitter.names(question, language) if name in known)
        # A compound of words that the documents know is no name: Konferenztag, Feststoffbatterien.
        lexicon = self._lexicon(language)
        names = (name for name in names if not (language == "de" and lexicon.compounds(name)))
        few = max(2.0, RARE * len(self._generation.passages))
        return frozenset(name for name in names if keywords.held(self._splitter.of(name, language)[:1]) <= few)

    def strangers(self, question: str, language: str) -> tuple[str, ...]:
        """The names in ``question``, in lower case, that neither the glossary nor any passage knows in any spelling."""
        glossary, keywords = self._generation.glossary, self._generation.keywords
        return strangers.among(question, language, self._splitter, glossary, keywords, self._lexicon(language))

    def rarity(self, attribute: str) -> float:
        """How telling it is of a passage to speak of an attribute, by a sample of them."""
        if attribute not in self._rarities:
            passages = self._generation.passages
            sample = passages[:: max(1, len(passages) // SAMPLED)]
            self._rarities[attribute] = attributes.rarity(attribute, [one.embedded for one in sample])
        return self._rarities[attribute]

    def _lexicon(self, language: str) -> spelling.Lexicon:
        """The words of the documents in ``language``; another language's would draw its own words to them."""
        with self._lock:
            if language not in self._lexicons:
                generation = self._generation
                texts = [one.embedded for one in generation.passages[:SPELT] if one.language in (language, "")]
                names = [name for entity in generation.glossary.entities for name in entity.spellings]
                stems = [word for word in generation.keywords.vocabulary if HANGUL.match(word)]
                self._lexicons[language] = spelling.Lexicon([*texts, *names], (*QUESTION_WORDS, *stems))
            return self._lexicons[language]
