"""Texts as the index keeps them: words and nothing else. Pure.

PostgreSQL's own parser takes "SPD/Grüne" for a file's path and "www.a-b.de" for a host; here a word is a run
of letters and digits, whatever stands around it, in texts as in what people type.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

WORD: Final = re.compile(r"[^\W_]+")
HYPHENED: Final = re.compile(r"(?<![^\W_])[^\W_]++(?:[-\u2010\u2011][^\W_]++)+")
"""Begins where a word begins and never gives letters back: else a very long word would take hours."""
LONGEST_WORD: Final = 100
"""Characters; what is longer is cut and no word of any language."""
MOST_BYTES: Final = 1_000_000
"""Of a text that is read: what comes after so many letters finds no room in a vector, which holds 1 MB."""
_PLACE: Final = 2
"""Bytes that a vector needs for each place of a word."""
_MOST_PLACES: Final = 255
"""Places of one word that a vector keeps."""
_WORD: Final = 4
"""Bytes that a vector needs for a word beside its letters and places, at most."""

MOST_PIECES: Final = 8
"""Of a number; "MV/0123/25" has three. What has more is no number, and would have thousands of forms."""

_SMALL_DIGITS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_SOFT_HYPHENS: Final = {0x00AD: None, 0x200B: None, 0x200C: None, 0x200D: None, 0xFEFF: None}


def plain(text: str) -> str:
    """One spelling for one word: composed letters, no invisible ones, nothing that UTF-8 cannot write."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFC", text.translate(_SOFT_HYPHENS))


def words(text: str) -> list[str]:
    """The words in the order of the text, as they are written: "OZG-Umsetzung" is two."""
    return [word[:LONGEST_WORD] for word in WORD.findall(plain(text).translate(_SMALL_DIGITS))]


def hyphened(text: str) -> Iterator[str]:
    """Words with hyphens as they stand, with one kind of hyphen: "OZG-Umsetzung"."""
    for match in HYPHENED.finditer(plain(text)):
        if len(match[0]) <= LONGEST_WORD:
            yield match[0].replace("\u2010", "-").replace("\u2011", "-")


def within(room: int, found: Iterable[str]) -> Iterator[str]:
    """The words in their order, as long as a tsvector of so many bytes has room for them."""
    places: Counter[str] = Counter()
    for word in found:
        low = word.lower()
        places[low] += 1
        if places[low] == 1:
            room -= len(low.encode()) + _WORD
        if places[low] <= _MOST_PLACES:
            room -= _PLACE
        if room < 0:
            return
        yield word


def reference_forms(references: str) -> list[str]:
    """Further forms of numbers: "MV/0123/25" is "mv0123", "mv012325", "012325", "123", "mv123", "2025"."""
    forms: dict[str, None] = {}
    for reference in references.split():
        pieces = [piece.lower() for piece in words(reference)[:MOST_PIECES]]
        for start in range(len(pieces)):
            for end in range(start + 2, len(pieces) + 1):
                forms["".join(pieces[start:end])] = None
        for before, piece in zip(["", *pieces], pieces, strict=False):
            short = piece.lstrip("0")
            if piece.isdecimal() and short and short != piece:
                forms[short] = None
                if before.isalpha():
                    forms[before + short] = None
        if len(pieces) > 1 and pieces[-2].isdecimal() and (year := _year(pieces[-1])):
            forms[year] = None
    return list(forms)


def _year(piece: str) -> str:
    """The year at the end of a number in its other form, "25" or "2025"; "" where it is none."""
    if not piece.isdecimal():
        return ""
    if len(piece) == 2:
        return f"20{piece}"
    return piece[2:] if len(piece) == 4 and piece.startswith("20") else ""
