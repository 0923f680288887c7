"""What a result shows of its text: the passages that answer best, cut short, with the words marked. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.searching.kinds import Passage
from portal.searching.text import HYPHENED, LONGEST_WORD, WORD, plain

LENGTH: Final = 240
"""Characters of an excerpt, about."""
PART: Final = 4_000
"""Characters of a text that are looked at closely."""
_TOKEN: Final = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
_SPACE: Final = re.compile(r"\s")
_NOT_PLAIN: Final = re.compile("[^\\x00-\u00ac\u00ae-\u02ff\u2010-\u2027\u20ac]")
_HYPHENS: Final = str.maketrans("\u2010\u2011", "--")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a passage; label: what its place is called, "" where it has no place of its own."""

    url: str
    label: str
    text: SafeString


@dataclass(frozen=True, slots=True)
class _Hit:
    """Characters from start to end are one of the words asked for."""

    start: int
    end: int
    word: str


def marked(text: str, words: Collection[str]) -> SafeString:
    """The text, escaped, with every one of the words (in lower case) in <mark>."""
    text = _tidy(text)
    return _with_marks(text, _hits(text, words), 0, len(text))


def excerpts(passages: Iterable[Passage], words: Collection[str], most: int = 2) -> list[Excerpt]:
    """Of the passages with most of the words, in the order of the page; of none, the start of the first."""
    words = frozenset(words)
    some = [passage for passage in passages if passage.text.strip()]
    numbers = [_number_of(words, passage.text) for passage in some]
    answering = [place for place, number in enumerate(numbers) if number]
    best = sorted(answering, key=lambda place: -numbers[place])[:most]
    return [
        Excerpt(passage.url, passage.label, _excerpt(passage.text, words))
        for passage in ([some[place] for place in sorted(best)] or some[:1])
    ]


def _number_of(words: frozenset[str], text: str) -> int:
    """How many of the words stand in the text. It is asked of a thousand texts for one page."""
    low = _plain(text).lower()
    found = words.intersection(WORD.findall(low))
    whole = [token.translate(_HYPHENS) for token in HYPHENED.findall(low)]
    return len(
        found.union(words.intersection(whole), words.intersection(one.replace("-", "") for one in whole))
    )


def _plain(text: str) -> str:
    """As portal.searching.text.plain, which takes its time, where there is anything to do."""
    return plain(text) if _NOT_PLAIN.search(text) else text


def _tidy(text: str) -> str:
    return " ".join(_plain(text).split())


def _hits(text: str, words: Collection[str]) -> list[_Hit]:
    hits: list[_Hit] = []
    for token in _TOKEN.finditer(text):
        low = token[0].lower()
        # Nearly every token is a word without hyphens that nobody asked for.
        if low[:LONGEST_WORD] in words or not low.isalnum():
            hits += _hits_in(token, words)
    return hits


def _hits_in(token: re.Match[str], words: Collection[str]) -> list[_Hit]:
    """A word with hyphens is marked as a whole where all of it was asked for, else piece by piece."""
    whole = token[0].lower().translate(_HYPHENS)
    if whole[:LONGEST_WORD] in words:
        return [_Hit(token.start(), token.end(), whole)]
    if "-" not in whole:
        return []
    pieces = [_Hit(token.start() + piece.start(), token.start() + piece.end(), piece[0].lower())
              for piece in WORD.finditer(token[0])]  # fmt: skip
    matching = [piece for piece in pieces if piece.word[:LONGEST_WORD] in words]
    if len(matching) == len(pieces) or whole.replace("-", "") in words:
        return [_Hit(token.start(), token.end(), whole)]
    return matching


def _excerpt(text: str, words: frozenset[str]) -> SafeString:
    first, last = _part(text, words)
    part = _tidy(text[first:last])
    hits = _hits(part, words)
    start, end = _window(part, *_densest(hits))
    before, after = start or text[:first].strip(), end < len(part) or text[last:].strip()
    return format_html(
        "{}{}{}", "… " if before else "", _with_marks(part, hits, start, end), " …" if after else ""
    )


def _part(text: str, words: frozenset[str]) -> tuple[int, int]:
    """Where in a long text most of the words stand, so that not all of it need be looked at closely."""
    if len(text) <= PART:
        return 0, len(text)
    start, end = max(_parts(text), key=lambda part: _number_of(words, text[part[0] : part[1]]))
    # With what stands around it, for a word at its edge.
    return _end_of_word(text, max(0, start - LENGTH)), _end_of_word(text, min(len(text), end + LENGTH))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = _end_of_word(text, min(len(text), start + PART))
        yield start, end
        start = end


def _end_of_word(text: str, place: int) -> int:
    """The next space; the place itself at the start of the text and within a word without end."""
    space = _SPACE.search(text, place, place + LENGTH) if place else None
    return space.start() if space else place


def _densest(hits: Sequence[_Hit]) -> tuple[int, int]:
    """Where the first stretch with most different words begins and ends."""
    best = (0, 0)
    most = 0
    for number, first in enumerate(hits):
        near = [first]
        for hit in hits[number + 1 :]:
            if hit.end - first.start > LENGTH:
                break
            near.append(hit)
        if (different := len({hit.word for hit in near})) > most:
            most, best = different, (first.start, near[-1].end)
    return best


def _window(text: str, first: int, last: int) -> tuple[int, int]:
    """About LENGTH characters around these, from the start of a word to the end of one."""
    if len(text) <= LENGTH:
        return 0, len(text)
    start = max(0, first - max(0, LENGTH - (last - first)) // 2)
    end = min(len(text), start + LENGTH)
    start = max(0, min(start, end - LENGTH))
    if start and (space := text.find(" ", start - 1, first)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", last, end + 1)) >= 0:
        end = space
    return start, end


def _with_marks(text: str, hits: Iterable[_Hit], start: int, end: int) -> SafeString:
    pieces: list[tuple[str]] = []
    for hit in hits:
        if hit.start >= end:
            break
        if hit.start >= start:
            pieces += [
                (text[start : hit.start],),
                (format_html("<mark>{}</mark>", text[hit.start : min(hit.end, end)]),),
            ]
            start = min(hit.end, end)
    return format_html_join("", "{}", [*pieces, (text[start:end],)])
