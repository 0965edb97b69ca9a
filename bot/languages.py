"""Which language a passage is in. The script says it for Korean, Japanese and Chinese; lingua for the rest."""

from __future__ import annotations

import re
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

_LETTERS = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
_KANA = re.compile("[ぁ-ヿ]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_FEW = (Language.ENGLISH, Language.GERMAN, Language.FRENCH, Language.SPANISH)  # a short list errs less on short texts
_SAMPLE = 600  # characters; more of them change the answer no more, and cost time
_SHORTEST = 12  # letters below which a Latin text ("Jobs", "Anode") could be anything
_SURE = 0.4  # by how much the best language must lead the second
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
    best, second = _detector().compute_language_confidence_values(" ".join(small) if len(small) > 2 else sample)[:2]
    return best.language.iso_code_639_1.name.lower() if best.value - second.value >= _SURE else otherwise
