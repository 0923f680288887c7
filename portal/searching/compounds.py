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
    EXTRA_NOUNS,
    FIRST_ADJECTIVES,
    LOOSE_PREFIXES,
    NOT_FIRST,
    NOT_LAST,
    NOT_LAST_ADJECTIVES,
    SHORT_FIRST,
    SHORT_LAST,
    SHORT_LAST_ADJECTIVES,
    WHOLE,
)

LONGEST = 60
S_LINKED = ("ung", "heit", "keit", "schaft", "ion", "tum", "ing", "en", "um", "ag", "ug", "ang", "t")
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
        if text in FIRST_ADJECTIVES:
            return text
        noun = self._first_noun(text)
        verb = next((text + end for end in ("en", "n") if text + end in words.verbs), None)
        if noun == text + "e":
            if text in words.adjectives:
                return text
            if verb and self._as_last[noun] < 5:
                return verb
        if noun == text and verb == text + "en" and len(text) > 3 and not self._as_last[noun]:
            return verb
        return noun or verb

    def _first_noun(self, text: str) -> str | None:
        words = self._words
        if self._is_noun(text):
            return self.rather(text) or text
        if (lemma := words.noun_of(text)) and lemma in words.nouns:
            return lemma
        if text.endswith("s"):
            if self._is_noun(text[:-1]) and text[:-1].endswith(S_LINKED):
                return text[:-1]
            if text[:-1] + "e" in words.nouns:
                return text[:-1] + "e"
        if text.endswith("losen") and self._first_base(text.removesuffix("losen")):
            return text[:-1]
        return text + "e" if text + "e" in words.nouns else None

    def _is_noun(self, text: str) -> bool:
        """Whether it is a noun, or one in -ung of a known verb that the dictionary leaves out."""
        if text in self._words.nouns:
            return True
        return len(text) > 6 and self._is_of_verb(text)

    def _is_of_verb(self, text: str) -> bool:
        """Whether it is a noun in -ung of a known verb: "feststellung" of "feststellen"."""
        root = text.removesuffix("ung")
        return root != text and (root + "en" in self._words.verbs or root + "n" in self._words.verbs)

    def rather(self, text: str) -> str | None:
        """The noun whose form looks like another word: "hallen" -> "halle", "gebühren" -> "gebühr"."""
        words = self._words
        if text.endswith("s") and self._as_last[text] * 5 < self._as_last[text[:-1]]:
            return text[:-1]
        if not text.endswith("en") or text not in words.verbs or text in BASE_FORMS:
            return None
        with_e, without = text[:-1], text[:-2]
        if with_e in words.nouns and with_e not in NOT_LAST and self._as_last[with_e] > 4:
            return with_e
        if without in words.nouns and without not in NOT_LAST and self._as_last[without] > 4:
            # A feminine noun has no genitive in -s; "rahmen" is not the plural of "rahm".
            return None if {without + "s", without + "es"} & set(words.forms_of(without)) else without
        return None

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
        listed = text in FIRST_ADJECTIVES or text in BASE_FORMS or base in EXTRA_NOUNS or base in SHORT_FIRST
        whole = base in {text, text[:-1]} or self._words.noun_of(text) == base or base.endswith("lose")
        if not listed and count < self._needed(size, whole):
            return None
        return Piece(text, base, self._cost(size, count))

    @staticmethod
    def _needed(size: int, whole: bool) -> int:
        """In how many known compounds a first part must stand: short ones and mere stems in more."""
        needed = 5 if size == 4 else 2 if size == 5 else 0
        return needed if whole else max(needed, 3)

    @staticmethod
    def _cost(size: int, count: int) -> float:
        short = 5.0 if size < 4 else 2.0 if size == 4 else 0.0
        return PART_COST + short - min(log2(count + 1), 8.0)

    def _last_uncached(self, text: str) -> Piece | None:
        size = len(text)
        words = self._words
        noun = (self.rather(text) or text) if self._is_noun(text) else words.noun_of(text)
        if noun and self._is_noun(noun) and text not in NOT_LAST and noun not in NOT_LAST:
            count = self._as_last[noun]
            if len(noun) < 4 or noun in EXTRA_NOUNS:
                if noun in SHORT_LAST or noun in EXTRA_NOUNS:
                    return Piece(text, noun, self._cost(len(noun), count))
            elif self._is_of_verb(noun) or count >= (
                6 if size < 5 else 3 if size < 7 else 1 if size < 9 else 0
            ):
                return Piece(text, BASE_FORMS.get(text, noun), self._cost(size, count))
        return None

    def _last_adjective(self, text: str) -> Piece | None:
        words = self._words
        lemma = words.other_of(text)
        if lemma in words.verbs and text.startswith("ge") and text.endswith("t"):
            lemma = text
        elif lemma not in words.adjectives:
            return None
        if (
            lemma is None
            or lemma in NOT_LAST_ADJECTIVES
            or (len(lemma) < 5 and lemma not in SHORT_LAST_ADJECTIVES)
        ):
            return None
        return Piece(text, lemma, self._cost(len(lemma), 3))

    def _split_uncached(self, word: str) -> tuple[Piece, ...]:
        """The smallest parts of a lower case word, () where it is none that we are sure of."""
        if not 6 <= len(word) <= LONGEST or not word.isalpha() or word in WHOLE:
            return ()
        lemma = self._words.noun_of(word)
        if lemma in WHOLE:
            return ()
        known = lemma in self._words.nouns if lemma else False
        if lemma and known and lemma != word and self._words.noun_of(lemma) == lemma:
            return self._with_ending_of(word, self.split(lemma))
        other = self._words.other_of(word)
        if other in self._words.verbs and not known and not self.rather(word):
            return ()
        best = self._best(word, known, noun_last=known or other not in self._words.adjectives)
        of_verb = word == other or self._is_of_verb(lemma or word)
        if best and of_verb and not self._begins_with_noun(best):
            return ()
        if best is None or (known and lemma and not self._inflects_alike(lemma, best.pieces[-1].base)):
            return ()
        return tuple(smaller for piece in best.pieces for smaller in self._smaller(piece, len(word)))

    def _begins_with_noun(self, split: Split) -> bool:
        """Whether the first part is a noun as it stands: not "mitt", and not "fest", which is declined."""
        words, first = self._words, split.pieces[0]
        declines = words.other_of(first.base + "es") == first.base
        return not declines and (first.text in words.nouns or words.noun_of(first.text) in words.nouns)

    def _smaller(self, piece: Piece, size: int) -> tuple[Piece, ...]:
        """The parts of a part of a word of so many letters; a base form that is no shorter is an odd one."""
        inside = self.split(piece.base) if len(piece.base) < size else ()
        return self._with_ending_of(piece.text, inside) or (piece,)

    @staticmethod
    def _with_ending_of(text: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """The parts of a base form, the last of them as it stands in this form of it."""
        start = sum(len(piece.text) for piece in pieces[:-1])
        return (*pieces[:-1], pieces[-1]._replace(text=text[start:])) if pieces else ()

    def _best(self, word: str, known: bool, *, noun_last: bool) -> Split | None:
        """The cheapest row of parts that covers the word; a known noun ends with a noun."""
        size = len(word)
        rest: list[Split | None] = [None] * (size + 1)
        for at in range(size - 2, -1, -1):
            best: Split | None = None
            if at >= 2:
                last = self._last(word[at:]) if noun_last else None
                if last is None and not known:
                    last = self._last_adjective(word[at:])
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
        remaining = len(word) - end
        if remaining < LOOSE_PREFIXES.get(word[:end], 3):
            return False
        return known or (remaining >= 4 and end >= 4) or len(word) >= 8

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
