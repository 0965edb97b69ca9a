"""What was typed with the keyboard in the other language: vhgkd -> 포항, ㅔㅐㄷㅌ -> poex. Pure.

The two-set Korean layout (KS X 5002) puts a letter of the Hangul alphabet on each Latin key; whoever forgets to switch
types the right keys and gets the wrong script.
"""

from __future__ import annotations

import re

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_JOINED = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ", "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
_PAIRS = {pair: one for one, pair in _JOINED.items()}
_BACK = {letter: key for key, letter in _KEYS.items()}
_LEAD, _VOWEL = f"[{_LEADS}]", f"(?:{'|'.join(p for p in _PAIRS if p[0] in _VOWELS)}|[{_VOWELS}])"
_TAIL = f"(?:{'|'.join(p for p in _PAIRS if p[0] not in _VOWELS)}|[{''.join(_TAILS)}])"
# A consonant before a vowel opens the next syllable.
_SYLLABLE = re.compile(f"({_LEAD})({_VOWEL})((?:{_TAIL}(?!{_VOWEL}))?)")


def hangul(keys: str) -> str | None:
    """What the Latin letters ``keys`` are on the Korean keyboard; None unless they make whole syllables."""
    # Shift has a letter of its own on few keys only.
    letters = "".join(_KEYS.get(key) or _KEYS.get(key.lower(), "?") for key in keys)
    made, end = [], 0
    while match := _SYLLABLE.match(letters, end):
        lead, vowel, tail = match.groups()
        vowel, tail = _PAIRS.get(vowel, vowel), _PAIRS.get(tail, tail)
        made.append(chr(0xAC00 + (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28 + _TAILS.index(tail)))
        end = match.end()
    return "".join(made) if made and end == len(letters) else None


def latin(text: str) -> str | None:
    """The Latin letters on the keys that type the Hangul ``text``; None if it is not all Hangul."""
    letters = ""
    for character in text:
        code = ord(character) - 0xAC00
        if 0 <= code < 11172:
            letters += _LEADS[code // 588] + _VOWELS[code // 28 % 21] + _TAILS[code % 28]
        else:
            letters += character
    letters = "".join(_JOINED.get(letter, letter) for letter in letters)
    return "".join(_BACK[letter] for letter in letters) if letters and all(one in _BACK for one in letters) else None
