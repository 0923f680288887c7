"""The German Snowball stemmer as PostgreSQL 18 has it in its `german` dictionary.

Only to know which forms of a word the database brings together by itself, so that the index is not filled
with them a second time. Pure Python, after the published description of the algorithm (Snowball 3).
"""

import re

VOWELS = frozenset("aeiouyäöü")
S_ENDINGS = frozenset("bdfghklmnrt")
ST_ENDINGS = S_ENDINGS - {"r"}
INFLECTION = ("erinnen", "erin", "ern", "lns", "em", "er", "en", "es", "ln", "e", "s")
SPELLED_OUT = re.compile("ß|ae|oe|ue|qu")
ONE_LETTER = {"ß": "ss", "ae": "ä", "oe": "ö", "ue": "ü", "qu": "qu"}
FOLDED = str.maketrans("äöüUY", "aouuy")


def stem(word: str) -> str:
    """The stem of a lower case word: "straßen" -> "strass", "häuser" -> "haus"."""
    word = SPELLED_OUT.sub(lambda match: ONE_LETTER[match[0]], _marked(word))
    first, second = _regions(word)
    word = _without_inflection(word, first)
    word = _without_comparison(word, first)
    return _without_derivation(word, first, second).translate(FOLDED)


def _marked(word: str) -> str:
    """With u and y between vowels in upper case: there they are consonants."""
    if "u" not in word and "y" not in word:
        return word
    letters = list(word)
    for at in range(1, len(letters) - 1):
        if letters[at] in "uy" and letters[at - 1] in VOWELS and letters[at + 1] in VOWELS:
            letters[at] = letters[at].upper()
    return "".join(letters)


def _regions(word: str) -> tuple[int, int]:
    """Where R1 and R2 begin; R1 not before the fourth letter."""
    first = _after_syllable(word, 0)
    second = _after_syllable(word, first)
    return max(first, min(3, len(word))), second


def _after_syllable(word: str, start: int) -> int:
    for at in range(start + 1, len(word)):
        if word[at] not in VOWELS and word[at - 1] in VOWELS:
            return at + 1
    return len(word)


def _without_inflection(word: str, first: int) -> str:
    ending = next((ending for ending in INFLECTION if word.endswith(ending)), "")
    kept = word[: len(word) - len(ending)]
    if len(kept) < first:
        return word
    match ending:
        case "ln" | "lns":
            return kept + "l"
        case "em" if kept.endswith("syst"):
            return word
        case "s" if kept[-1:] not in S_ENDINGS:
            return word
        case "e" | "en" | "es" if kept.endswith("niss"):
            return kept[:-1]
    return kept


def _without_comparison(word: str, first: int) -> str:
    ending = next((ending for ending in ("est", "en", "er", "st") if word.endswith(ending)), "")
    kept = word[: len(word) - len(ending)]
    if len(kept) < first:
        return word
    if ending == "st" and (len(kept) < 4 or kept[-1] not in ST_ENDINGS):
        return word
    return kept


def _without_derivation(word: str, first: int, second: int) -> str:
    endings = ("isch", "lich", "heit", "keit", "end", "ung", "ig", "ik")
    ending = next((ending for ending in endings if word.endswith(ending)), "")
    kept = word[: len(word) - len(ending)]
    if not ending or len(kept) < second:
        return word
    match ending:
        case "end" | "ung":
            return kept if kept.endswith("eig") else _shortened(kept, ("ig",), second)
        case "ig" | "ik" | "isch":
            return word if kept.endswith("e") else kept
        case "lich" | "heit":
            return _shortened(kept, ("er", "en"), first)
    return _shortened(kept, ("lich", "ig"), second)


def _shortened(word: str, endings: tuple[str, ...], region: int) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= region:
            return word[: -len(ending)]
    return word
