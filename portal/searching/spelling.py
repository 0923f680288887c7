"""What may have been meant ("Meinten Sie …"): words that occur and are like those that somebody typed.

Asked only when a search found nothing. What is a real word of the language is never corrected: there is just
nothing about it. The index's words and their parts are looked up by their first letters, with one slip tried
out in them, because two slips at the start of a word are rare; the distance then decides.
"""

import string
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from django.db import connection

from portal.searching.distance import distance
from portal.searching.finding import exists, occurring
from portal.searching.matching import match, spellings
from portal.searching.models import SearchSpelling
from portal.searching.names import only_names
from portal.searching.query import LONGEST, parse
from portal.searching.snowball import stem
from portal.searching.suggesting import LONGEST_ABBREVIATION
from portal.searching.text import WORD, plain

SHORTEST: Final = 4
"""Letters of a word that may be corrected."""
TWO_SLIPS: Final = 8
"""Letters from which a word may have two slips."""
SURE_START: Final = 6
"""Letters from which a word may begin with another one than was meant."""
LONGEST_WORD: Final = 40
MOST_WORDS: Final = 3
"""Words of a query that are corrected."""
MOST_TRIES: Final = 3
"""Corrections of one query."""
_WEIGHED: Final = 2 * MOST_TRIES
"""Of the likeliest for one word, those of which is asked whether they may be shown."""
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
    """What may have been meant by a query that found nothing; the likeliest first.

    Two statements, and up to three more where the index has anything like it.
    """
    typed = _typed(text)
    real = _real(typed)
    doubtful = [word for word in typed if real.isdisjoint(_spellings(word))][:MOST_WORDS]
    if not doubtful:
        return
    choices: dict[str, list[_Candidate]] = {}
    for word, near in _near(doubtful).items():
        if len(typed) > 1 and any(not other.slips for other in near) and exists(match(word)):
            continue  # Another word of the query is wrong.
        if meant := [other for other in near if other.slips and not _is_other_compound(word, other, real)]:
            choices[word] = meant[:_WEIGHED]
    choices = _public(choices)
    for turn in range(min(MOST_TRIES, max(map(len, choices.values()), default=0))):
        chosen = {word: meant[min(turn, len(meant) - 1)] for word, meant in choices.items()}
        yield _corrected(text, {word: other.spelling for word, other in chosen.items()})


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """Compares by how likely it was meant: the likeliest is the least."""

    slips: int
    other_start: bool
    other_letters: bool
    """A letter doubled, left single or swapped is likelier than a wrong one."""
    only_part: bool
    """It occurs in longer words only, or in another form."""
    other_length: int
    rarity: int
    """The fewer longer words it stands in, the higher."""
    word: str
    spelling: str


def _public(choices: Mapping[str, Sequence[_Candidate]]) -> dict[str, list[_Candidate]]:
    """Those that are found by themselves and are nobody's name.

    The list of words keeps what stood in entries that are gone or have a note. The corrected query as a whole
    proves nothing of each of its words: of "Haushalt ODER Geheimnis" one is enough.
    """
    words = sorted({other.word for meant in choices.values() for other in meant})
    if not words:
        return {}
    public = set(occurring(words)) - only_names(words)
    some = {word: [other for other in meant if other.word in public] for word, meant in choices.items()}
    return {word: meant for word, meant in some.items() if meant}


def _typed(text: str) -> list[str]:
    """The words that should be found and may be mistyped, in lower case."""
    words = (word.lower() for term in parse(text).terms for word in term.words)
    return [word for word in dict.fromkeys(words) if word.isalpha() and SHORTEST <= len(word) <= LONGEST_WORD]


def _real(words: Collection[str]) -> set[str]:
    """Of the spellings of these words, and of what they begin and end with: those that the language has."""
    pieces = {piece for word in words for at in _cuts(word) for piece in (word[:at], word[at:])}
    forms = pieces.union(*map(_spellings, words))
    return set(SearchSpelling.objects.filter(word__in=forms).values_list("word", flat=True))


def _spellings(word: str) -> set[str]:
    """Umlauts may be spelled out."""
    found = spellings(word)
    return {*found, *(form.replace("ss", "ß") for form in found)}


def _cuts(word: str) -> range:
    """Where a compound may be cut in two."""
    return range(SHORTEST, len(word) - SHORTEST + 1)


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
    whole = {word: _calmly(spelling) for word, spelling, _ in rows if word.isalpha()}
    parts = {
        key: key.capitalize() if spelling[:1].isupper() else key
        for _, spelling, keys in rows
        for key in keys.split()
        if key.isalpha()
    }
    uses = Counter(key for _, _, keys in rows for key in keys.split())
    return {
        word: sorted(
            _Candidate(
                slips,
                _start(other) != _start(word),
                set(other.translate(_WITHOUT_DOTS)) != set(word.translate(_WITHOUT_DOTS)),
                other not in whole,
                abs(len(other) - len(word)),
                -uses[other],
                other,
                spelling,
            )
            for other, spelling in (parts | whole).items()
            if (slips := _slips(word, other)) <= _most(word)
        )
        for word in words
    }


def _start(word: str) -> str:
    return word.translate(_WITHOUT_DOTS)[0]


def _calmly(spelling: str) -> str:
    """A long word in capitals stood in a heading and is no abbreviation."""
    return spelling.capitalize() if spelling.isupper() and len(spelling) > LONGEST_ABBREVIATION else spelling


def _lexemes(word: str) -> set[str]:
    """What PostgreSQL may have made of a word that is like this one, as tsqueries."""
    bases = {word.translate(_WITHOUT_DOTS), _without_pairs(word.translate(_WITHOUT_DOTS))}
    if len(word) < TWO_SLIPS:
        return {f"'{stem(other)}'" for base in bases for other in _with_a_slip(base)}
    start = min(_START, len(word) - 3)
    return {f"'{other}':*" for base in bases for other in _with_a_slip(base[:start])}


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
    """How many, at most one more than may be. Missing dots and umlauts spelled out are none: the index takes
    them for the same. The first letter of a short word is hardly ever wrong."""
    most = _most(typed)
    if abs(len(typed) - len(other)) > most + 2 or (
        len(typed) < SURE_START and _start(typed) != _start(other)
    ):
        return most + 1
    folded = {(typed.translate(fold), other.translate(fold)) for fold in (_WITHOUT_DOTS, _SPELLED_OUT)}
    return min(distance(one, another, most) for one, another in folded)


def _is_other_compound(typed: str, candidate: _Candidate, real: Collection[str]) -> bool:
    """Whether both slips lie in a part that is a real word: "Bundestagswahl" is not "Bundesratswahl"."""
    if candidate.slips < 2:  # One slip makes real words too easily: "Haushallt" ends in "hallt".
        return False
    at_start = _alike(typed, candidate.word)
    at_end = _alike(typed[::-1], candidate.word[::-1])
    return any(
        (typed[at:] in real and at <= at_start) or (typed[:at] in real and len(typed) - at <= at_end)
        for at in _cuts(typed)
    )


def _alike(first: str, second: str) -> int:
    """How many letters are the same, from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


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
