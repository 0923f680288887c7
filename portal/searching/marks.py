"""What a result shows of its text: the passages that answer best, cut short, with the words marked. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.searching.kinds import Passage
from portal.searching.text import LONGEST_WORD, WORD, plain

LENGTH: Final = 240
"""Characters of an excerpt, about."""
_TOKEN: Final = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
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
    found = [(passage, text, _hits(text, words)) for passage in passages if (text := _tidy(passage.text))]
    answering = [number for number, (_, _, hits) in enumerate(found) if hits]
    best = sorted(answering, key=lambda number: -len({hit.word for hit in found[number][2]}))[:most]
    shown = [found[number] for number in sorted(best)] or found[:1]
    return [Excerpt(passage.url, passage.label, _excerpt(text, hits)) for passage, text, hits in shown]


def _tidy(text: str) -> str:
    return " ".join(plain(text).split())


def _hits(text: str, words: Collection[str]) -> list[_Hit]:
    return [hit for token in _TOKEN.finditer(text) for hit in _hits_in(token, words)]


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


def _excerpt(text: str, hits: Sequence[_Hit]) -> SafeString:
    start, end = _window(text, *_densest(hits))
    return format_html(
        "{}{}{}", "… " if start else "", _with_marks(text, hits, start, end), " …" if end < len(text) else ""
    )


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
