"""From what somebody typed to what the index is asked: the words, their spellings, their parts.

One short statement, whatever was typed; the answer is a tsquery as text.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Final

from django.db import connection

from portal.searching import splitting
from portal.searching.query import Query, Term, parse

MOST_SPLIT: Final = 4
"""Words of a query that are split; more would take longer than they help."""
MOST_SPELLINGS: Final = 8
LONGEST_JOIN: Final = 3
"""Neighbours that are tried as one word: "Kinder Tages Stätte"."""
_SPELLED_OUT: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_REFORMED: Final = {"phot": "fot", "phon": "fon", "graph": "graf", "tial": "zial", "tiell": "ziell"}
"""Spellings before and after the reform of 1996; both are right, and both stand in texts."""
_OTHER_WAYS: Final = {
    way: other
    for pairs in (_SPELLED_OUT, _REFORMED)
    for pair in pairs.items()
    for way, other in (pair, pair[::-1])
}
_WAYS: Final = re.compile("|".join(sorted(_OTHER_WAYS, key=len, reverse=True)))
_LEXEME: Final = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Matching:
    query: Query
    tsquery: str
    """Ready for `%s::tsquery`; "" where nothing can be found, as with stop words alone."""
    any_of: str
    """The words that may occur, each by itself: for marking them."""

    @property
    def is_empty(self) -> bool:
        return not self.tsquery

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(self.query.terms)


def match(text: str) -> Matching:
    """What the index is asked for `text`. Knows which words and parts occur in it."""
    query = parse(text)
    if query.is_empty:
        return Matching(query, "", "")
    lexemes = _Lexemes(query)
    groups = [_any(lexemes.of(term) for term in group) for group in query.groups]
    # Stop words ("der", "für") are in no index and ask for nothing.
    wanted = _all(groups)
    if wanted and (joined := _joined(query, lexemes)):
        wanted = _any([wanted, *joined])
    unwanted = _any(lexemes.of(term) for term in query.excluded)
    tsquery = f"{wanted} & !{unwanted}" if wanted and unwanted else wanted
    marked = [lexemes.of(term) for term in query.terms]
    any_of = " | ".join(dict.fromkeys(chain.from_iterable(map(_LEXEME.findall, marked))))
    return Matching(query, tsquery, any_of)


def _all(parts: Iterable[str]) -> str:
    listed = [part for part in parts if part]
    return f"({' & '.join(listed)})" if len(listed) > 1 else "".join(listed)


def _any(parts: Iterable[str]) -> str:
    listed = list(dict.fromkeys(part for part in parts if part))
    return f"({' | '.join(listed)})" if len(listed) > 1 else "".join(listed)


def spellings(word: str) -> list[str]:
    """The word and its other spellings, its own first: "Gebuehren" and "Gebühren", "0123" and "123"."""
    if word.isdecimal():
        return list(dict.fromkeys([word, word.lstrip("0") or word]))
    ways = [(found[0], _OTHER_WAYS[found[0]]) for found in _WAYS.finditer(word)]
    between = _WAYS.split(word)
    choices = islice(product(*ways), MOST_SPELLINGS)
    return ["".join(chain.from_iterable(zip(between, (*choice, ""), strict=True))) for choice in choices]


def _joins(query: Query) -> list[tuple[int, int, str]]:
    """Neighbours that may be one word: from group, to group, the word."""
    single = [
        group[0].words[0].lower()
        if len(group) == 1
        and len(group[0].words) == 1
        and not group[0].quoted
        and group[0].words[0].isalpha()
        else ""
        for group in query.groups
    ]
    return [
        (start, end, "".join(single[start:end]))
        for start in range(len(single))
        for end in range(start + 2, min(start + LONGEST_JOIN, len(single)) + 1)
        if all(single[start:end])
    ]


def _joined(query: Query, lexemes: "_Lexemes") -> list[str]:
    """The query once more with neighbours as one word, where such a word occurs."""
    found = []
    for start, end, word in _joins(query):
        if word in lexemes.occurring:
            rest = [*query.groups[:start], *query.groups[end:]]
            found.append(
                _all([lexemes.word(word), *(_any(lexemes.of(term) for term in group) for group in rest)])
            )
    return found


class _Lexemes:
    """What PostgreSQL makes of the words of one query, and which of their pieces occur."""

    def __init__(self, query: Query) -> None:
        terms = [*query.terms, *query.excluded]
        typed = {word.lower() for term in terms for word in term.words}
        joined = {_together(term) for term in terms if len(term.words) > 1}
        neighbours = {word for _, _, word in _joins(query)}
        split = [
            word
            for term in query.terms
            if not term.quoted
            for word in map(str.lower, term.words)
            if splitting.is_splittable(word)
        ][:MOST_SPLIT]
        candidates: dict[str, set[str]] = {word: splitting.pieces(word) for word in split}
        words = {spelling for word in typed | joined for spelling in spellings(word)}
        pieces = set().union(neighbours, *candidates.values())
        phrases = [" ".join(term.words).lower() for term in terms if term.quoted]
        self._lexemes, self._phrases, self.occurring = _ask(words | neighbours, phrases, pieces)
        self._ways = {
            word: splitting.ways(word, self.occurring & pieces) for word, pieces in candidates.items()
        }

    def of(self, term: Term) -> str:
        if term.quoted:
            return self._phrases.get(" ".join(term.words).lower(), "")
        every = _all(map(self.word, term.words))
        return _any([every, self._lexemes.get(_together(term), "")]) if len(term.words) > 1 else every

    def word(self, word: str) -> str:
        low = word.lower()
        ways = (_all(self._lexemes.get(piece, "") for piece in way) for way in self._ways.get(low, ()))
        return _any([*(self._lexemes.get(spelling, "") for spelling in spellings(low)), *ways])


def in_text(tsquery: str) -> str:
    """The same, but only where it stands in a title or text and not as a part of a word."""
    return _LEXEME.sub(lambda lexeme: f"{lexeme[0]}:AB", tsquery)


def _together(term: Term) -> str:
    return "".join(term.words).lower()


def _ask(
    words: Collection[str], phrases: Collection[str], pieces: Collection[str]
) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Word → tsquery, phrase → tsquery, and which of the pieces are a word or a part of one in the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1, w, plainto_tsquery('german', w)::text FROM unnest(%s::text[]) w"
            " UNION ALL SELECT 2, p, phraseto_tsquery('german', p)::text FROM unnest(%s::text[]) p"
            " UNION ALL SELECT 3, p, plainto_tsquery('german', p)::text FROM unnest(%s::text[]) p"
            " WHERE EXISTS (SELECT FROM portal_searchword w WHERE w.tsv @@ plainto_tsquery('german', p))",
            [list(words), list(phrases), list(pieces)],
        )
        rows = cursor.fetchall()
    lexemes = {word: tsquery for which, word, tsquery in rows if which != 2}
    exact = {phrase: f"({in_text(tsquery)})" for which, phrase, tsquery in rows if which == 2 and tsquery}
    return lexemes, exact, frozenset(word for which, word, _ in rows if which == 3)
