"""What a search box offers while somebody types: titles of public entries, then words to go on with.

At most eight queries, each of which stops early: a beginning such as "ver" is that of thousands of words.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from portal.searching.finding import WITHOUT_NOTE
from portal.searching.kinds import kinds
from portal.searching.matching import spellings
from portal.searching.names import only_names
from portal.searching.query import Query, parse
from portal.searching.snowball import stem
from portal.searching.text import WORD, plain, words

LONGEST: Final = 200
"""Characters; whoever types more gets no suggestions."""
SHORTEST: Final = 2
"""Characters of the last word."""
LONGEST_ABBREVIATION: Final = 7
MOST: Final = 8
MOST_TITLES: Final = 5
"""The rest is left for words."""
SUGGESTED: Final = ("measure", "paper", "item")
"""Kinds with titles that people know. Of the first there are few; it comes before the others."""
_CANDIDATES: Final = 40
"""Words looked at; many are forms of one another."""
_LOOKED_AT: Final = 300
"""Entries of which the newest are taken; where a word is common, they are any of those with it."""
_COMPARED: Final = 60
"""Of these, those of one kind with equal titles count once."""

Key = tuple[str, int]
"""Kind and id of an object."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    kind_label: str
    """"Maßnahme"; "" for words to search for."""
    url: str
    """Of the object, or of the search for the words."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed so far, and the word at its end."""

    before: str
    """As it was typed, up to the last word."""
    others: tuple[str, ...]
    """Words that must occur too; none where operators make something else of them."""
    last: str
    finished: bool
    """Something follows the last word: nothing is left of it to guess."""
    simple: bool
    """Only words, without quotes, minus and OR."""

    @classmethod
    def of(cls, typed: str) -> "_Typed | None":
        """None where it is too short or too long to suggest anything."""
        text = plain(typed[: LONGEST + 1])
        found = list(WORD.finditer(text))
        if len(typed) > LONGEST or not found or len(found[-1][0]) < SHORTEST:
            return None
        last = found[-1]
        simple = _is_simple(parse(text))
        others = tuple(word[0].lower() for word in found[:-1]) if simple else ()
        return cls(text[: last.start()], others, last[0].lower(), last.end() < len(text), simple)

    @property
    def beginnings(self) -> Collection[str]:
        """The last word in each spelling: "gebueh" and "gebüh", "strasse" and "straße"."""
        return {
            way
            for spelling in spellings(self.last)
            for way in (spelling, spelling.replace("ss", "ß"), spelling.replace("ß", "ss"))
        }


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A word of the index that begins like the last one typed."""

    word: str
    spelling: str
    lexeme: str
    """A tsquery."""
    itself: str
    """A tsquery of nothing but this word: the pieces of "Bau-Stopp" also stand in texts without it."""

    @property
    def shown(self) -> str:
        """As texts spell it; a long word in capitals stood in a heading and is no abbreviation."""
        shouted = self.spelling.isupper() and len(self.spelling) > LONGEST_ABBREVIATION
        return self.spelling.capitalize() if shouted else self.spelling


def suggestions(typed: str) -> list[Suggestion]:
    """At most MOST: titles, measures before others; then words, nouns before others, the shorter first."""
    asked = _Typed.of(typed)
    if asked is None:
        return []
    candidates = _candidates(asked)
    titles = _titles(asked, candidates) if asked.simple else []
    return [*titles, *_completions(asked, candidates, MOST - len(titles))]


def _is_simple(query: Query) -> bool:
    return not query.excluded and all(len(group) == 1 and not group[0].quoted for group in query.groups)


def _candidates(asked: _Typed) -> list[_Candidate]:
    """Words that begin like the last one, nouns first, then the shorter; of several forms of a word, one."""
    beginnings = [f"{beginning}%" for beginning in asked.beginnings]  # Letters and digits alone.
    like = " OR ".join(["word LIKE %s"] * len(beginnings))
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNING.format(like=like), [*beginnings, _CANDIDATES])
        rows = [_Candidate(*row) for row in cursor.fetchall()]
    by_lexeme: dict[str, _Candidate] = {}
    for row in rows:
        if row.lexeme:
            by_lexeme.setdefault(row.lexeme, row)
    return list(by_lexeme.values())


def _titles(asked: _Typed, candidates: Sequence[_Candidate]) -> list[Suggestion]:
    """Titles with all the words, as their pages show them now."""
    found = _titled(asked, candidates)
    live: dict[Key, Suggestion] = {}
    for kind in {kind for kind, _ in found}:
        searchable = kinds()[kind]
        results = searchable.results([object_id for which, object_id in found if which == kind], ())
        for object_id, result in results.items():
            live[kind, object_id] = Suggestion(result.title, searchable.label, result.url)
    return [live[key] for key in found if key in live][:MOST_TITLES]


def _without_number(title: str) -> tuple[str, ...]:
    """The words of a title, but for a number in front: "Ö 7.1 Verschiedenes" is on every agenda."""
    in_lower_case = [word.lower() for word in words(title)]
    return tuple(dropwhile(_is_of_number, in_lower_case)) or tuple(in_lower_case)


def _is_of_number(word: str) -> bool:
    return len(word) == 1 or any(letter.isdigit() for letter in word)


def _titled(asked: _Typed, candidates: Sequence[_Candidate]) -> list[Key]:
    """The first of those with equal titles, some more than needed: one may just have been withdrawn."""
    # A prefix of few letters is that of too many words: there, the candidates have to do. Where there are
    # more letters they are needed as well, because the index keeps stems: "Verwaltung" begins like
    # "verwaltun", its stem "verwalt" does not.
    prefix = stem(asked.last)
    ways = [f"'{prefix}':*"] if len(prefix) >= (3 if prefix.isdecimal() else 4) else []
    ways += [candidate.lexeme for candidate in candidates]
    values = {
        "prefix": f"'{prefix}':*",
        "words": " | ".join(ways) or None,
        "others": " ".join(asked.others),
        "first": SUGGESTED[0],
        "kinds": list(SUGGESTED[1:]),
        "looked_at": _LOOKED_AT,
        "most": _COMPARED,
    }
    different: dict[tuple[str, ...], Key] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TITLED, values)
        for kind, object_id, title in cursor.fetchall():
            if kind in kinds():
                different.setdefault((kind, *_without_number(title)), (kind, object_id))
    return list(different.values())[: MOST_TITLES + 3]


def _completions(asked: _Typed, candidates: Sequence[_Candidate], most: int) -> list[Suggestion]:
    """The words of which the search finds something, together with what stands before them."""
    if asked.finished:
        return []
    names = only_names({candidate.word for candidate in candidates})
    unfinished = [
        candidate for candidate in candidates if candidate.word != asked.last and candidate.word not in names
    ]
    if not unfinished:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _WITH_HITS,
            {
                "words": [candidate.itself for candidate in unfinished],
                "others": " ".join(asked.others),
                "most": most,
            },
        )
        places = [place for (place,) in cursor.fetchall()]
    texts = [asked.before + unfinished[place - 1].shown for place in places]
    return [Suggestion(text, "", f"{reverse('portal:search')}?{urlencode({'q': text})}") for text in texts]


_BEGINNING = """
SELECT word, spelling, plainto_tsquery('german', replace(word, '-', ' '))::text,
    plainto_tsquery('german', replace(word, '-', ''))::text
FROM portal_searchword
WHERE {like} ORDER BY spelling = word, length(word), word LIMIT %s
"""
# Asked by a subquery: knowing how common a word is, the planner would read all entries until it has enough of
# them, and their vectors are kept beside the rows. Of the few first ones, nothing but the vector is needed.
_TITLED = f"""
WITH asked AS MATERIALIZED (
    SELECT others && %(prefix)s::tsquery AS prefix, others && %(words)s::tsquery AS words
    FROM plainto_tsquery('german', %(others)s) others
), firsts AS MATERIALIZED (
    SELECT e.kind, e.object_id, e.day, e.title, e.title_tsv FROM portal_searchentry e
    WHERE e.kind = %(first)s AND {WITHOUT_NOTE}
)
SELECT kind, object_id, title FROM (
    (SELECT kind, object_id, day, title FROM firsts
     WHERE title_tsv @@ (SELECT prefix FROM asked) OR title_tsv @@ (SELECT words FROM asked)
     LIMIT %(looked_at)s)
    UNION ALL
    (SELECT e.kind, e.object_id, e.day, e.title FROM portal_searchentry e
     WHERE e.title_tsv @@ (SELECT words FROM asked) AND e.kind = ANY (%(kinds)s) AND {WITHOUT_NOTE}
     LIMIT %(looked_at)s)
) found
ORDER BY (kind = %(first)s) DESC, day DESC NULLS LAST, object_id DESC LIMIT %(most)s
"""  # noqa: S608 - no value in it
_WITH_HITS = f"""
SELECT w.place
FROM (SELECT * FROM unnest(%(words)s::text[]) WITH ORDINALITY w(lexeme, place) ORDER BY place) w
WHERE EXISTS (
    SELECT FROM portal_searchentry e
    WHERE e.tsv @@ (plainto_tsquery('german', %(others)s) && w.lexeme::tsquery) AND {WITHOUT_NOTE}
)
ORDER BY w.place LIMIT %(most)s
"""  # noqa: S608 - no value in it
