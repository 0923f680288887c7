"""What may have been meant ("Meinten Sie …"): words that occur and are like those that somebody typed.

Asked only when a search found nothing. What is a real word of the language is never corrected: there is just
nothing about it. The index's words and their parts are looked up by their first letters, with one slip tried
out in them, because two slips at the start of a word are rare; the distance then decides.
"""

import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from portal.searching.distance import distance
from portal.searching.finding import exists
from portal.searching.matching import match, spellings
from portal.searching.models import SearchSpelling
from portal.searching.query import LONGEST, parse
from portal.searching.snowball import stem
from portal.searching.text import WORD, plain

SHORTEST: Final = 4
"""Letters of a word that may be corrected."""
TWO_SLIPS: Final = 8
"""Letters from which a word may have two slips."""
LONGEST_WORD: Final = 40
MOST_WORDS: Final = 3
"""Words of a query that are corrected."""
MOST_TRIES: Final = 3
"""Corrections of one query."""
_START: Final = 6
"""First letters by which a long word is looked up."""
_WITHOUT_DOTS: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_SPELLED_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Correction:
    text: str
    """The whole query with its operators, ready to be asked."""
    words: tuple[tuple[str, str], ...]
    """What was typed and what stands there instead."""


def correct(text: str) -> Correction | None:
    """The first of the corrections that finds anything in the whole index."""
    return next((found for found in corrections(text) if exists(match(found.text))), None)


def corrections(text: str) -> Iterator[Correction]:
    """What may have been meant by a query that found nothing; the likeliest first. Two statements."""
    typed = _typed(text)
    real = _real(typed)
    doubtful = [word for word in typed if word not in real][:MOST_WORDS]
    if not doubtful:
        return
    near = _near(doubtful)
    choices = {
        word: wrong
        for word, candidates in near.items()
        if (wrong := [candidate for candidate in candidates if candidate.slips])
        and not (len(typed) > 1 and len(wrong) < len(candidates) and exists(match(word)))
    }
    for turn in range(min(MOST_TRIES, max(map(len, choices.values()), default=0))):
        chosen = {word: candidates[min(turn, len(candidates) - 1)] for word, candidates in choices.items()}
        yield _corrected(text, {word: candidate.spelling for word, candidate in chosen.items()})


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """Compares by how likely it was meant: the likeliest is the least."""

    slips: int
    other_start: bool
    only_part: bool
    """It occurs in longer words only, or in another form."""
    other_length: int
    word: str
    spelling: str


def _typed(text: str) -> list[str]:
    """The words that should be found and may be mistyped, in lower case."""
    words = (word.lower() for term in parse(text).terms for word in term.words)
    return [word for word in dict.fromkeys(words) if word.isalpha() and SHORTEST <= len(word) <= LONGEST_WORD]


def _real(words: Collection[str]) -> set[str]:
    """Those that the language has, also where their umlauts are spelled out."""
    written = {
        word: {*spellings(word), *(form.replace("ss", "ß") for form in spellings(word))} for word in words
    }
    known = set(
        SearchSpelling.objects.filter(word__in=set().union(*written.values())).values_list("word", flat=True)
    )
    return {word for word, forms in written.items() if forms & known}


def _near(words: Collection[str]) -> dict[str, list[_Candidate]]:
    """Word → what occurs and is like it."""
    lexemes = sorted({lexeme for word in words for lexeme in _lexemes(word)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT w.word, w.spelling, coalesce(w.keys, '') FROM unnest(%s::text[]) l"
            " JOIN portal_searchword w ON w.tsv @@ l::tsquery",
            [lexemes],
        )
        rows = cursor.fetchall()
    whole = {word: spelling for word, spelling, _ in rows if word.isalpha()}
    parts = {
        key: key.capitalize() if spelling[:1].isupper() else key
        for _, spelling, keys in rows
        for key in keys.split()
        if key not in whole and key.isalpha()
    }
    found = {}
    for word in words:
        candidates = (
            _Candidate(
                slips, other[0] != word[0], other in parts, abs(len(other) - len(word)), other, spelling
            )
            for other, spelling in (*whole.items(), *parts.items())
            if (slips := _slips(word, other)) <= _most(word)
        )
        found[word] = sorted(candidates)
    return found


def _lexemes(word: str) -> set[str]:
    """What PostgreSQL may have made of a word that is like this one, as tsqueries."""
    bases = {word.translate(_WITHOUT_DOTS), _without_pairs(word.translate(_WITHOUT_DOTS))}
    if len(word) < TWO_SLIPS:
        return {stem(other) for base in bases for other in _with_a_slip(base)} - {""}
    start = min(_START, len(word) - 3)
    return {f"{other}:*" for base in bases for other in _with_a_slip(base[:start])}


def _without_pairs(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _with_a_slip(word: str) -> set[str]:
    """The word, and everything one slip away from it."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = string.ascii_lowercase
    return {
        word,
        *(before + after[1:] for before, after in cuts if after),
        *(before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1),
        *(before + letter + after[1:] for before, after in cuts if after for letter in letters),
        *(before + letter + after for before, after in cuts for letter in letters),
    }


def _most(word: str) -> int:
    return 2 if len(word) >= TWO_SLIPS else 1


def _slips(typed: str, other: str) -> int:
    """Missing dots and umlauts spelled out are no slips: the index takes them for the same."""
    most = _most(typed)
    if abs(len(typed) - len(other)) > most + 2:
        return most + 1
    return min(
        distance(typed.translate(fold), other.translate(fold), most) for fold in (_WITHOUT_DOTS, _SPELLED_OUT)
    )


def _corrected(text: str, spelled: dict[str, str]) -> Correction:
    words: dict[str, str] = {}
    pieces: list[str] = []
    last = 0
    whole = plain(text[:LONGEST])
    for typed in WORD.finditer(whole):
        if spelling := spelled.get(typed[0].lower()):
            words[typed[0]] = spelling
            pieces += [whole[last : typed.start()], spelling]
            last = typed.end()
    return Correction("".join([*pieces, whole[last:]]), tuple(words.items()))
