"""A German word -> what it is made of: batterieexporte -> batterie, export. Pure.

HanTa takes it apart (Wartena 2019, "A Probabilistic Morphology Model for German Lemmatization"): its hidden Markov model
knows compounds, linking letters and endings. Without it a compound that no document holds counts as one rare word that
is missing, though its parts stand everywhere.
"""

from __future__ import annotations

from HanTa.HanoverTagger import HanoverTagger

_ROOTS = ("NN", "NE", "VV", "ADJ", "ACR", "FM", "CARD")
_PREFIXES = ("PTKVZ", "PREF_NEG")  # an-kündigen, un-einig: another word without them
_SHORTEST = 3  # letters of a part
_LONGEST = 40  # letters; no word is longer, and taking apart takes time


def parts(word: str, tagger: HanoverTagger) -> list[str]:
    """The roots of ``word``, given in lower case, without endings; the word itself where nothing tells."""
    if len(word) > _LONGEST or not word.isalpha():
        return [word]
    found, prefix = [], ""
    for morpheme, tag in tagger.analyze(word, taglevel=3, casesensitive=False)[1]:
        if tag.startswith(_PREFIXES):
            prefix += morpheme
        elif tag.startswith(_ROOTS):
            found.append(prefix + morpheme)
            prefix = ""
    # A name that it does not know it takes for a compound of short words: po-hang.
    return found if found and min(map(len, found)) >= _SHORTEST else [word]
