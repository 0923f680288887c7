"""Splits a word that somebody typed into words that occur. Pure.

A query needs no dictionary: of all ways to cut a word, only those matter whose pieces stand in some text.
"""

from collections.abc import Collection, Iterator
from typing import Final

SHORTEST_WORD: Final = 7
LONGEST_WORD: Final = 40
SHORTEST_PIECE: Final = 3
MOST_PIECES: Final = 4
MOST_WAYS: Final = 4
LINKS: Final = ("", "s", "es", "n", "en", "er", "e", "ens")
"""What may stand between two pieces: "Verwaltung-s-leistung"."""


def is_splittable(word: str) -> bool:
    return word.isalpha() and SHORTEST_WORD <= len(word) <= LONGEST_WORD


def pieces(word: str) -> set[str]:
    """Everything that may be a piece of the word; "Schul" may be "Schule"."""
    found = set()
    for start in range(len(word)):
        for end in range(start + SHORTEST_PIECE, len(word) + 1):
            if 0 < start < SHORTEST_PIECE or 0 < len(word) - end < SHORTEST_PIECE:
                continue
            piece = word[start:end]
            found.add(piece)
            if end < len(word):
                found.add(piece + "e")
    found.discard(word)
    return found


def ways(word: str, occurring: Collection[str]) -> list[tuple[str, ...]]:
    """Ways to cut the word into pieces that occur; those of the fewest and longest pieces first."""
    found = {way for way in _ways(word, 0, frozenset(occurring), MOST_PIECES) if len(way) > 1}
    return sorted(found, key=lambda way: (len(way), -min(map(len, way)), way))[:MOST_WAYS]


def _ways(word: str, start: int, occurring: frozenset[str], room: int) -> Iterator[tuple[str, ...]]:
    rest = word[start:]
    if rest in occurring:
        yield (rest,)
    if room == 1:
        return
    for end in range(start + SHORTEST_PIECE, len(word) - SHORTEST_PIECE + 1):
        piece = word[start:end]
        heads = [head for head in (piece, piece + "e") if head in occurring]
        if not heads:
            continue
        for link in LINKS:
            if not word.startswith(link, end) or len(word) - end - len(link) < SHORTEST_PIECE:
                continue
            for tail in _ways(word, end + len(link), occurring, room - 1):
                for head in heads:
                    yield (head, *tail)
