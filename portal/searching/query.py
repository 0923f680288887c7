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
_AND: Final = frozenset({"AND", "UND", "&", "&&", "+"})
"""What stands side by side must occur anyway."""
LONGEST_PREFIX: Final = 4
"""Letters before a number: "MV 11986"."""
_BEFORE_NUMBERS: Final = frozenset({"vorlage", "vorlagen", "drucksache", "drs", "nr", "nummer"})
"""Words before the number of a paper, which does not contain them: "Vorlage Nr. 11986"."""


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
    for minus, quoted, bare in _PIECE.findall(plain(text[:LONGEST]).translate(_QUOTES).replace("|", " | ")):
        if not minus and bare in _OR:
            joins = bool(groups)
            continue
        if bare in _AND:
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
    return Query(tuple(tuple(group) for group in _without_names_of_numbers(groups)), tuple(excluded))


def _without_names_of_numbers(groups: list[list[Term]]) -> list[list[Term]]:
    """ "Vorlage Nr. 11986" without its first two words; "Vorlage Schulhof" as it is."""
    kept: list[list[Term]] = []
    for group in reversed(groups):
        names_a_number = (
            kept
            and len(group) == 1
            and not group[0].quoted
            and len(group[0].words) == 1
            and group[0].words[0].lower() in _BEFORE_NUMBERS
            and _begin_with_a_number(kept)
        )
        if not names_a_number:
            kept.append(group)
    return kept[::-1]


def _begin_with_a_number(following: list[list[Term]]) -> bool:
    """Whether the last of the groups is a number, or a few letters before one: "MV 11986"."""
    first, *second = (group[0] for group in following[:-3:-1])
    if any(word.isdecimal() for word in first.words):
        return True
    return len(first.words[0]) <= LONGEST_PREFIX and any(
        word.isdecimal() for term in second for word in term.words
    )
