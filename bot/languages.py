"""Which language a passage is in. The script says it for Korean, Japanese and Chinese; lingua for the rest."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

_LETTERS = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
_KANA = re.compile("[ぁ-ヿ]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_FEW = (Language.ENGLISH, Language.GERMAN, Language.FRENCH, Language.SPANISH)  # a short list errs less on short texts
_SAMPLE = 600  # characters; more of them change the answer no more, and cost time
_SHORTEST = 12  # letters below which a Latin text ("Jobs", "Anode") could be anything
_SURE = 0.4  # by how much the best language must lead the second
# The small words of questions, each of one language only: "was", "in" and "an" are words of both.
_OF_QUESTIONS = {
    "de": frozenset(
        "wo wohin woher wann wer wen wem wie wieso warum weshalb welche welcher welches welchen welchem gibt ist sind "
        "war waren hat haben hatte kann können macht machen der die das den dem ein eine einen einem einer und oder "
        "auf mit für zu zur zum von vom bei beim im am aus nach über es sie ich wir mir nicht kein keine viel viele "
        "noch heißt".split()
    ),
    "en": frozenset(
        "where when who whom what which why how is are were has have had does did do can could the a of and or to for "
        "from by at on it its they there this that i we me my about tell show many much not".split()
    ),
}
_WISHES = {
    language: re.compile(
        rf"(?:\b(?:please|pls|plz|bitte)[, ]+)?(?:{said})(?:,? (?:please|pls|plz|bitte)\b|[ 가-힣]{{0,4}}(?:답|알려|말|설명)[가-힣]* ?(?:주세요|줘|주십시오)?)?[:.,]?",
        re.IGNORECASE,
    )
    for language, said in (
        ("ko", r"한국어로|우리말로|한글로|\bin korean\b(?! won\b| (?!pls)[a-z]+s\b)|\bauf koreanisch\b"),
        ("en", r"영어로|\bin english\b|\bauf englisch\b"),
        ("de", r"독일어로|\bin german\b(?! (?!pls)[a-z]+s\b)|\bauf deutsch\b"),
    )
}
# Another script, or letters that neither English nor German has: the small words are then a chance.
_FOREIGN = re.compile(
    "[^\u0000-\u007fÄÖÜäöüßẞ\u2010-\u20ff]|\\b(?:le|la|les|el|los|las|est|que|qui|du|où)\\b", re.IGNORECASE
)
# Words that only German has, of those that people type without a sentence around them: "Tuen Umsatz?"
_GERMAN = re.compile(
    r"[äöüß]|\b[^\W\d_]{3,}(?:ung|ungen|keit|heit|schaft|zahl|preise?|kosten|werke?s?|messe|datum|zeit(?:en)?)\b"
    r"|\b(?:adresse|anfahrt|anmeldung|aussteller|besucher|chef|eintritt|firm(?:a|en)|halle|hersteller|jahr\w*|kontakt|kosten|leute"
    r"|messe|mitarbeiter|nummer|ort|parken|parkplatz|preise?|sitz|standort|termin\w*|umsatz|unternehmen|veranstalter|zahlen|zug"
    r"|bitte|danke|hallo|guten|letzte[nrs]?|nächste[nrs]?|dieses|auch)\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([^()]*\)")
_SMALL_WORDS = re.compile(r"\b[a-zß-ÿ]{2,}\b")


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_FEW).build()


def detect(text: str, otherwise: str = "") -> str:
    """The ISO 639-1 code of the text's language, or ``otherwise`` where the text is too short to tell."""
    sample = text[:_SAMPLE]
    letters = len(_LETTERS.findall(sample))
    if not letters:
        return otherwise
    # Korean prose is full of Latin names and figures; a fifth of Hangul makes it Korean all the same.
    if len(_HANGUL.findall(sample)) >= letters / 5:
        return "ko"
    if _KANA.search(sample) and len(_KANA.findall(sample)) >= letters / 10:
        return "ja"
    if len(_HAN.findall(sample)) >= letters / 2:
        return "zh"
    if letters < _SHORTEST:
        return otherwise
    # Names of companies and places are of no language; the small words between them are.
    small = _SMALL_WORDS.findall(sample)
    return _guessed(" ".join(small) if len(small) > 2 else sample) or otherwise


@lru_cache(maxsize=256)  # a question is looked at several times on its way to an answer, 20 ms each
def _guessed(sample: str) -> str:
    best, second = _detector().compute_language_confidence_values(sample)[:2]
    return best.language.iso_code_639_1.name.lower() if best.value - second.value >= _SURE else ""


def without_wish(question: str) -> str:
    """``question`` without the words that only say which language the answer shall be in."""
    for asks in _WISHES.values():
        question = asks.sub(" ", question)
    return " ".join(question.split())


def of_answer(text: str, otherwise: str = "") -> str:
    """The language of an answer; what it gives in brackets is a name in another one."""
    return detect(_BRACKETED.sub(" ", text), otherwise)


def of_question(question: str, otherwise: str = "") -> str:
    """The ISO 639-1 code of a question's language, or ``otherwise`` where nothing tells.

    A question is short and full of names: where the whole is too little to tell, its small words do. Who asks for an
    answer in a language gets it; and Korean names alone, with a German sentence around them, make no Korean question.
    """
    for language, asks in _WISHES.items():
        if asks.search(question):
            return language
    words = re.findall(r"[^\W\d_]+", question.lower())
    said = {language: sum(word in small for word in words) for language, small in _OF_QUESTIONS.items()}
    said["en"] += words[1:2] == ["was"] and words[0] in _OF_QUESTIONS["en"]  # "Where was it?"
    best = max(said, key=said.__getitem__)
    # Two words of one language and none of the other say it at once; the detector takes 20 ms and errs on names.
    if said[best] > 1 and sum(said.values()) == said[best] and not _FOREIGN.search(question):
        return best
    if not said["en"] and not _HANGUL.search(question) and _GERMAN.search(question):
        return "de"
    if (found := detect(question)) and (
        found != "ko" or sum(said.values()) <= sum(map(bool, map(_HANGUL.search, words)))
    ):
        return found
    said["de"] += words[:1] == ["was"] and not said["en"]  # "Was macht Tuen?", but "Was it good?"
    if said["de"] == said["en"]:
        return otherwise
    return max(said, key=said.__getitem__)
