"""What somebody typed, read as people mean it. Pure; any text is a query.

Words next to each other must all occur. "Quotes" ask for the words as they stand there, `-word` for texts
without it, OR or ODER for one of both; that binds closer than what stands beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portal.searching.text import plain, words

LONGEST: Final = 1_000
"""Characters that are read."""
MOST_WORDS: Final = 12
"""More words make the database work without finding more."""
_QUOTES: Final = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))
_PIECE: Final = re.compile(r'([-\u2212\u2013]?)(?:"([^"]*)"?|([^\s"]+))')
_OR: Final = frozenset({"OR", "ODER", "|", "||"})


@dataclass(frozen=True, slots=True)
class Term:
    """One word; or several that belong together, as typed: "OZG-Umsetzung", "MV/11986/25", or in quotes."""

    words: tuple[str, ...]
    quoted: bool = False

    def __str__(self) -> str:
        text = " ".join(self.words)
        return f'"{text}"' if self.quoted else text


@dataclass(frozen=True, slots=True)
class Query:
    groups: tuple[tuple[Term, ...], ...] = ()
    """Every group must occur; of a group, one term."""
    excluded: tuple[Term, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing that could be found: no words, or only words to leave out."""
        return not self.groups

    @property
    def terms(self) -> Iterator[Term]:
        """Those that may occur."""
        for group in self.groups:
            yield from group


def parse(text: str) -> Query:
    """Reads at most LONGEST characters and MOST_WORDS words; more is left out."""
    groups: list[list[Term]] = []
    excluded: list[Term] = []
    room = MOST_WORDS
    joins = False
    for minus, quoted, bare in _PIECE.findall(plain(text[:LONGEST]).translate(_QUOTES)):
        if not minus and bare in _OR:
            joins = bool(groups)
            continue
        term = Term(tuple(words(quoted or bare))[:room], quoted=bool(quoted))
        if not term.words:
            continue
        room -= len(term.words)
        if minus:
            excluded.append(term)
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
        if not room:
            break
    return Query(tuple(tuple(group) for group in groups), tuple(excluded))
