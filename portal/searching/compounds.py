"""Where a German compound is put together: "Straßenzustandserfassung" -> straße, zustand, erfassung.

The dictionary's own nouns teach which words stand first and which stand last in compounds. A split is given
only where every part is sure; the fewest parts win, and parts that are compounds themselves are split again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import log2
from typing import NamedTuple

from portal.searching.word_lists import (
    BASE_FORMS,
    FIRST_ADJECTIVES,
    LOOSE_PREFIXES,
    NOT_FIRST,
    NOT_LAST,
    SHORT_FIRST,
    SHORT_LAST,
    WHOLE,
)

LONGEST = 60
S_LINKED = (
    "ung",
    "heit",
    "keit",
    "schaft",
    "ion",
    "tät",
    "tum",
    "ling",
    "ing",
    "en",
    "at",
    "um",
    "ag",
    "ug",
    "ang",
)
"""Endings of nouns that take an -s- although none of their own forms has one."""
UNLIKELY = 99.0
PART_COST = 12.0


class Piece(NamedTuple):
    """A part of a compound: as it stands, its base form, what it costs to believe in it."""

    text: str
    base: str
    cost: float


class Split(NamedTuple):
    cost: float
    pieces: tuple[Piece, ...]


class Vocabulary(NamedTuple):
    """What the splitter knows of the language; words and forms in lower case.

    nouns: base forms of nouns. verbs: infinitives. adjectives: base forms that are neither.
    noun_of: base form of a noun's form, None for no noun. other_of: the same for verbs and adjectives.
    forms_of: all forms of a noun's base form.
    """

    nouns: frozenset[str]
    verbs: frozenset[str]
    adjectives: frozenset[str]
    noun_of: Callable[[str], str | None]
    other_of: Callable[[str], str | None]
    forms_of: Callable[[str], Iterable[str]]


class Splitter:
    """Splits lower case words; learns from the vocabulary when it is made (some seconds)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._as_first: Counter[str] = Counter()
        self._as_last: Counter[str] = Counter()
        self._learn()
        self._first = lru_cache(maxsize=50_000)(self._first_uncached)
        self._last = lru_cache(maxsize=50_000)(self._last_uncached)
        self.split = lru_cache(maxsize=50_000)(self._split_uncached)

    def nouns_by_use(self) -> list[str]:
        """The nouns of five letters and more, those that stand in most compounds first."""
        uses = {
            noun: self._as_first[noun] + self._as_last[noun] for noun in self._words.nouns if len(noun) > 4
        }
        return sorted(uses, key=lambda noun: (-uses[noun], noun))

    def _learn(self) -> None:
        """How many nouns begin or end with each part."""
        nouns, first_known = self._words.nouns, {}
        for noun in nouns:
            for at in range(3, len(noun) - 2):
                last = noun[at:]
                if last not in nouns:
                    continue
                first = noun[:at]
                if first not in first_known:
                    first_known[first] = self._first_base(first) is not None
                if first_known[first]:
                    if len(last) > 3:
                        self._as_first[first] += 1
                    if at > 3:
                        self._as_last[last] += 1

    def _first_base(self, text: str) -> str | None:
        """The base form of a first part as it stands, None where it can be none."""
        words = self._words
        if text in BASE_FORMS:
            return BASE_FORMS[text]
        if text in words.nouns:
            return self._plural_of(text) or text
        if (lemma := words.noun_of(text)) and lemma in words.nouns:
            return lemma
        if text.endswith("s"):
            if text[:-1] in words.nouns and text[:-1].endswith(S_LINKED):
                return text[:-1]
            if text[:-1] + "e" in words.nouns:
                return text[:-1] + "e"
        if text + "e" in words.nouns:
            return text + "e"
        if text in FIRST_ADJECTIVES:
            return text
        for ending in ("en", "n"):
            if text + ending in words.verbs:
                return text + ending
        return None

    def _plural_of(self, text: str) -> str | None:
        """The noun whose plural looks like an infinitive: "hallen" -> "halle"."""
        single = text[:-1]
        plural = text.endswith("en") and text in self._words.verbs and single in self._words.nouns
        return single if plural and single not in NOT_LAST and self._as_last[single] > 9 else None

    def _first_uncached(self, text: str) -> Piece | None:
        size = len(text)
        if size < 4 and text not in SHORT_FIRST:
            return None
        if text in NOT_FIRST and text not in FIRST_ADJECTIVES:
            return None
        base = self._first_base(text)
        if base is None:
            return None
        count = self._as_first[text]
        whole = base == text or self._words.noun_of(text) == base or base + "s" == text
        if text not in FIRST_ADJECTIVES and size > 3 and count < self._needed(size, whole):
            return None
        return Piece(text, base, self._cost(size, count))

    @staticmethod
    def _needed(size: int, whole: bool) -> int:
        """In how many known compounds a first part must stand: short ones and mere stems in more."""
        needed = 8 if size == 4 else 4 if size == 5 else 2 if size == 6 else 0
        return needed if whole else max(needed, 3)

    @staticmethod
    def _cost(size: int, count: int) -> float:
        short = 5.0 if size < 4 else 2.0 if size == 4 else 0.0
        return PART_COST + short - min(log2(count + 1), 8.0)

    def _last_uncached(self, text: str) -> Piece | None:
        size = len(text)
        words = self._words
        noun = text if text in words.nouns else words.noun_of(text)
        if noun and noun in words.nouns and text not in NOT_LAST and noun not in NOT_LAST:
            count = self._as_last[noun]
            if len(noun) < 4:
                if noun in SHORT_LAST:
                    return Piece(text, noun, self._cost(len(noun), count))
            elif count >= (6 if size < 5 else 3 if size < 7 else 1 if size < 9 else 0):
                return Piece(text, BASE_FORMS.get(text, noun), self._cost(size, count))
        return None

    def _last_adjective(self, text: str) -> Piece | None:
        lemma = self._words.other_of(text)
        if (
            lemma
            and (len(lemma) > 4 or lemma == "frei")
            and lemma in self._words.adjectives
            and lemma not in NOT_LAST
        ):
            return Piece(text, lemma, self._cost(len(lemma), 3))
        return None

    def _split_uncached(self, word: str) -> tuple[Piece, ...]:
        """The smallest parts of a lower case word, () where it is none that we are sure of."""
        if not 6 <= len(word) <= LONGEST or not word.isalpha() or word in WHOLE:
            return ()
        lemma = self._words.noun_of(word)
        if lemma in WHOLE:
            return ()
        known = lemma in self._words.nouns if lemma else False
        best = self._best(word, known)
        if best is None or (known and lemma and not self._inflects_alike(lemma, best.pieces[-1].base)):
            return ()
        return tuple(smaller for piece in best.pieces for smaller in self._smaller(piece))

    def _smaller(self, piece: Piece) -> tuple[Piece, ...]:
        """The parts of a part, the last of them with the base form that belongs to it."""
        inside = self.split(piece.base)
        if not inside:
            return (piece,)
        start = sum(len(part.text) for part in inside[:-1])
        return (*inside[:-1], inside[-1]._replace(text=piece.text[start:]))

    def _best(self, word: str, known: bool) -> Split | None:
        """The cheapest row of parts that covers the word."""
        size = len(word)
        rest: list[Split | None] = [None] * (size + 1)
        for at in range(size - 2, -1, -1):
            best: Split | None = None
            if at >= 2:
                last = self._last(word[at:]) or (None if known else self._last_adjective(word[at:]))
                if last:
                    best = Split(last.cost, (last,))
            for end in range(at + 2, size - 1):
                after = rest[end]
                if after is None or (at == 0 and not self._fits(word, end, after, known)):
                    continue
                first = self._first(word[at:end])
                if first and (best is None or first.cost + after.cost < best.cost):
                    best = Split(first.cost + after.cost, (first, *after.pieces))
            rest[at] = best
        found = rest[0]
        return found if found and len(found.pieces) > 1 else None

    @staticmethod
    def _fits(word: str, end: int, after: Split, known: bool) -> bool:
        """Whether what follows the first part is long enough for it."""
        first, remaining = word[:end], len(word) - end
        if first in LOOSE_PREFIXES and first not in SHORT_FIRST and remaining < 6:
            return False
        if remaining < 4 or end < 4:
            return known or end + remaining >= 8
        return True

    def _inflects_alike(self, word: str, last: str) -> bool:
        """Whether the known plural of the last part is the word's own too: no "Motor" with "Tore"."""
        own = set(self._words.forms_of(word))
        if len(own) < 2:
            return True
        plurals = [
            form
            for form in self._words.forms_of(last)
            if form not in {last, last + "s", last + "es", last + "e"}
        ]
        if not plurals:
            return True
        start = word[: -len(last)] if word.endswith(last) else None
        if start is None:
            return True
        plain = {word, word + "s", word + "es", word + "e"}
        others = own - plain
        return not others or any(start + form in own for form in plurals)
