"""Names in a question that nobody in the documents bears: of them nothing is known, however near the rest is. Pure.

"How many people work at Nordwind?" is near to all that is said of people who work somewhere. That the name is nowhere,
in no spelling and no slip of one, tells that it is asked of somebody else.
"""

from __future__ import annotations

from bot import attributes
from bot.glossary import Glossary
from bot.keywords import Keywords
from bot.spelling import Lexicon
from bot.words import HANGUL, Words, is_gram


def among(
    question: str, language: str, splitter: Words, names: Glossary, keywords: Keywords, lexicon: Lexicon
) -> tuple[str, ...]:
    """The names in ``question``, in lower case, that neither the glossary nor any passage knows.

    ``lexicon`` holds the words of the passages in the question's ``language``; what may be a slip of one is known.
    """
    rest = names.without_names(question) if names.find(question) else question.casefold()

    def known(name: str) -> bool:
        if name not in rest or name in lexicon or _held(name, language, splitter, keywords):
            return True
        return bool(attributes.of(name)) or lexicon.near(name)  # CEO is no name

    return tuple(name for name in dict.fromkeys(splitter.names(question, language)) if not known(name))


def _held(name: str, language: str, splitter: Words, keywords: Keywords) -> bool:
    """Whether a passage in any language holds the name."""
    words = splitter.of(name, language)
    if HANGUL.search(name):  # in whatever words the analyser split it there: its pieces stand together
        return keywords.together([word for word in words if is_gram(word)])
    return keywords.held([word for word in words if not is_gram(word)]) > 0
