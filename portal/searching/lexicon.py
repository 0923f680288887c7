"""German word knowledge for the index: base forms, odd forms, the parts of compounds.

Only importers and workers load it: it takes some seconds and 200 MB. It stands on the German forms of
simplemma: code under the MIT licence; data from Michal Měchura's lemmatization lists (Open Database License),
the Wikinflection corpus (CC BY 4.0), Wiktionary (CC BY-SA) and more, all named in simplemma's documentation.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache

from portal.searching.compounds import LONGEST, Piece, Splitter, Vocabulary
from portal.searching.snowball import stem
from portal.searching.word_lists import EXTRA_NOUNS, word_set

APOSTROPHES = str.maketrans("", "", "'’ʼ`´\u00ad")
HYPHENS = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "/": "-", "_": "-"})
FUNCTION_WORDS = word_set(
    """
    sein haben werden können müssen sollen dürfen mögen wollen der die das ein eine kein er sie es ich wir
    ihr dieser jener welcher mein dein unser euer sich
    """
)
"""Base forms that nobody looks for; the database leaves most of them out."""

OLD_SPELLING = re.compile(
    "(?:(?:l|sch|g|k|n|dr)u|(?:(?<!s)p|l|h|f|b|n)a|(?<![aäe])i|e|(?:schl|(?<!g)r)o)ß$", re.IGNORECASE
)
"""Base forms before the reform of 1996: "Beschluß", "Prozeß", but not "Gruß", "Maß"."""

CUT = 4 * LONGEST
"""Characters of a word that are looked at: hyphens and decomposed letters make it longer than its parts."""

MOST_PIECES = 8
"""Of a hyphened word; what has more is no word."""


@cache
def lexicon() -> "Lexicon":
    """The one lexicon of this process, loaded at the first call."""
    return Lexicon()


def tidy(word: str) -> str:
    """Composed letters, lower case, one kind of hyphen, no apostrophes; cut where no word is that long."""
    composed = unicodedata.normalize("NFC", word[:CUT])
    return composed.translate(APOSTROPHES).translate(HYPHENS).lower().strip("-")


class Lexicon:
    """Answers about German words in any case; the answers for the last 20,000 words are kept."""

    def __init__(self) -> None:
        self._lemma: dict[str, str] = {}
        self._odd: dict[str, str] = {}
        self._load()
        self._by_lemma = sorted(self._lemma, key=self._lemma.__getitem__)
        adjectives, verbs, nouns = self._classes()
        self._verbs = verbs
        self._splitter = Splitter(
            Vocabulary(nouns, verbs, adjectives, self._noun_of, self._lemma.get, self._noun_forms)
        )
        self._found_under = lru_cache(maxsize=20_000)(self._found_under_uncached)
        self._of_lemma = lru_cache(maxsize=20_000)(self._of_lemma_uncached)

    def is_word(self, word: str) -> bool:
        """Whether this is a German word in one of its forms; a compound only where the dictionary has it."""
        clean = tidy(word)
        return clean in EXTRA_NOUNS or self._spelling(clean) is not None

    def parts(self, word: str) -> tuple[str, ...]:
        """Lower case base forms of the parts of a compound, in order; () for any other word.

        "Straßenzustandserfassung" gives ("straße", "zustand", "erfassung").
        """
        clean = tidy(word)
        pieces = _pieces(clean)
        if len(pieces) < 2:
            return tuple(part.base for part in self._splitter.split(clean))
        return tuple(base for piece in pieces for base in self.parts(piece) or [self._base(piece)])

    def found_under(self, word: str) -> frozenset[str]:
        """The further lower case words under which a text with this word shall be found.

        Its base form; one form of each stem that PostgreSQL would not bring together with it; the noun in
        -ung of a verb and its verb; the parts of a compound, as they stand and as base forms, and
        neighbouring parts together; the pieces of a hyphened word with all of theirs, and the word in one.
        """
        return self._found_under(word[:CUT])

    def common_words(self) -> Iterator[str]:
        """Each lower case German word of 4 to 15 letters once, in all its forms (about 820,000)."""
        for form in self._lemma:
            low = form.lower()
            if 4 <= len(low) <= 15 and low.isalpha() and form == self._spelling(low):
                yield low

    def nouns(self, number: int) -> list[str]:
        """So many German nouns, those that stand in most compounds first.

        Raises ValueError where there are fewer (about 200,000).
        """
        ranked = self._splitter.nouns_by_use()
        if number > len(ranked):
            raise ValueError(f"{number} nouns asked for, {len(ranked)} known.")
        return [noun.capitalize() for noun in ranked[:number]]

    def _load(self) -> None:
        # Whoever imports this module only to pass `lexicon` on shall not pay for simplemma.
        from simplemma.strategies.dictionaries import DefaultDictionaryFactory

        known: dict[str, str] = {}
        for form, lemma in DefaultDictionaryFactory(cache_max_size=0).get_dictionary("de").items():
            self._lemma[known.setdefault(form, form)] = known.setdefault(lemma, lemma)
            if not form.islower() and form != form.capitalize():
                self._odd[form.lower()] = form
        new = {old: old[:-1] + "ss" for old in set(self._lemma.values()) if OLD_SPELLING.search(old)}
        for form, lemma in self._lemma.items():
            if lemma in new and new[lemma] in self._lemma:
                self._lemma[form] = known[new[lemma]]

    def _classes(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Base forms in lower case: adjectives, verbs, nouns that are no mere adjectives in capitals."""
        lemmas = set(self._lemma.values())
        verbs = frozenset(word for word in lemmas if word.islower() and word.endswith("n") and len(word) > 3)
        adjectives = frozenset(word for word in lemmas if word.islower() and word not in verbs)
        self._persons = frozenset(
            word.lower() for word in lemmas if word.endswith("er") and self._lemma.get(word[:-1]) == word
        )
        nouns = {*EXTRA_NOUNS, *(person[:-1] for person in self._persons)}
        for word in lemmas:
            low = word.lower()
            if (
                len(low) > 1
                and low.isalpha()
                and word != low
                and low[1:] == word[1:]
                and low not in self._persons
            ):
                other = self._lemma.get(low, low)
                # "Breite", "Zentrale", "Initiative" are nouns; "Ausgefranste" is none.
                if other == low or other not in adjectives or len(other) < 6 or other.endswith(("al", "iv")):
                    nouns.add(low)
        return adjectives, verbs, frozenset(nouns)

    def _spelling(self, low: str) -> str | None:
        """How the dictionary writes a form: in lower case rather than with a capital, else as "ÖPNV"."""
        for form in (low, low.capitalize()):
            if form in self._lemma:
                return form
        return self._odd.get(low)

    def _noun_of(self, low: str) -> str | None:
        """The base form of a noun's form, both in lower case."""
        lemma = self._lemma.get(low.capitalize())
        if lemma is None:
            return None
        base = lemma.lower()
        return base[:-1] if base in self._persons else base

    def _forms(self, lemma: str) -> Iterator[str]:
        """All forms of a base form, both as the dictionary writes them."""
        lemma_of = self._lemma.__getitem__
        for at in range(bisect_left(self._by_lemma, lemma, key=lemma_of), len(self._by_lemma)):
            form = self._by_lemma[at]
            if lemma_of(form) != lemma:
                return
            yield form

    def _noun_forms(self, low: str) -> Iterator[str]:
        return (form.lower() for form in self._forms(low.capitalize()))

    def _base(self, low: str) -> str:
        """The base form of a single word, the noun's before any other; the word where it is unknown."""
        return self._noun_of(low) or self._lemma.get(low, low)

    def _found_under_uncached(self, word: str) -> frozenset[str]:
        clean = tidy(word)
        pieces = _pieces(clean)
        found: set[str] = set()
        for start in range(len(pieces)):
            for end in range(start + 1, len(pieces) + 1):
                joined = "".join(pieces[start:end])
                if len(joined) > 1:
                    written = _as_written(word, joined) if end == start + 1 else joined
                    found |= {joined} | self._of_word(joined, written)
        return frozenset(found - {clean, word.lower()})

    def _of_word(self, clean: str, written: str) -> set[str]:
        """All about a word without hyphens; written: with the capitals that it has in the text."""
        if len(clean) > LONGEST:
            return set()
        found: set[str] = set()
        small, large = self._lemma.get(clean), self._lemma.get(clean.capitalize())
        if small in FUNCTION_WORDS:
            return found
        if odd := self._odd.get(clean):
            found |= self._of_lemma(self._lemma[odd])
        if large:
            noun = self._splitter.rather(clean)
            found |= self._of_lemma(noun.capitalize() if noun else large)
            if not noun and large.lower() in self._verbs:
                small = large.lower()
            elif written[:1].isupper():
                # "Steuern" are taxes: not under "gesteuert".
                small = None
        if small:
            found |= self._of_lemma(small)
            origin = self._lemma.get(small, small)
            if origin != small and origin.islower():
                found |= self._of_lemma(origin)
        if split := self._splitter.split(clean):
            found |= self._of_parts(split)
        return found

    def _of_lemma_uncached(self, lemma: str) -> frozenset[str]:
        """A base form with one form of each further stem, and its verb or noun in -ung."""
        return frozenset({*self._by_stem(lemma), *self._relatives(lemma)})

    def _by_stem(self, lemma: str) -> list[str]:
        """A base form and the shortest form of each stem that it has besides."""
        base = lemma.lower()
        forms = {form.lower() for form in self._forms(lemma)}
        found = {stem(base): base}
        for form in sorted(forms, key=lambda form: (len(form), form)):
            if not _is_rare(form, forms, base):
                found.setdefault(stem(form), form)
        return list(found.values())

    def _relatives(self, lemma: str) -> Iterator[str]:
        """The verb of a noun in -ung, the noun in -ung of a verb."""
        if lemma[0].isupper():
            if lemma.endswith("ung") and len(lemma) > 5:
                root = lemma[:-3].lower()
                endings = [root + "en", root + "n"]
                if root[-1] in "lr":
                    endings.append(root[:-1] + "e" + root[-1] + "n")
                yield from (verb for verb in endings if verb in self._verbs)
        elif lemma in self._verbs:
            root = lemma.removesuffix("n").removesuffix("e")
            roots = [root, root[:-2] + root[-1]] if root.endswith(("el", "er")) else [root]
            yield from (low for root in roots if self._noun_of(low := root + "ung") == low)

    def _of_parts(self, pieces: tuple[Piece, ...]) -> set[str]:
        found: set[str] = set()
        last = pieces[-1]
        for piece in pieces:
            found |= {piece.text, piece.base}
            noun = piece.base.capitalize()
            if noun in self._lemma and (piece is last or piece.base not in self._verbs):
                found |= self._of_lemma(noun)
        count = len(pieces)
        for start in range(count - 1):
            for end in range(start + 2, count + 1):
                before = "".join(piece.text for piece in pieces[start : end - 1])
                ending = pieces[end - 1]
                found |= {before + ending.base, before + ending.text}
                if end == count:
                    found |= {before + form for form in self._by_stem(ending.base.capitalize())}
        return found


def _is_rare(form: str, forms: set[str], base: str) -> bool:
    """Whether a form is one that nobody looks for: gehst, gingt, gehet, steure, des Gehens."""
    if form == base + "s" and base.endswith("n"):
        return True
    if form.endswith("st"):
        return form[:-1].removesuffix("s") + "t" in forms
    if form.endswith(("re", "le")) and form[:-2] + "e" + form[-2] + "n" == base:
        return True
    said = form[:-1]
    if not form.endswith("t") or said not in forms or said + "n" == base:
        return form.endswith("et") and form[:-2] + "t" in forms
    return said + "en" != base


def _pieces(clean: str) -> list[str]:
    """The pieces of a hyphened word; the word alone where it has no hyphens."""
    return [piece for piece in clean.split("-") if piece][:MOST_PIECES]


def _as_written(word: str, piece: str) -> str:
    """A piece with the capitals that it has in the word."""
    composed = unicodedata.normalize("NFC", word)
    at = composed.lower().find(piece)
    return composed[at : at + len(piece)] if at >= 0 else piece
