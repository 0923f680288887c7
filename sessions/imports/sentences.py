"""Splits German minutes into sentences, without losing where each stands in the text."""

import re
from dataclasses import dataclass


def word_set(words: str) -> frozenset[str]:
    """A table of words, written as a line."""
    return frozenset(words.split())


_MARK = re.compile(r"[.!?](?=\s)|\n")
_LAST_WORD = re.compile(r"\w+\Z")
_ABBREVIATIONS = word_set(
    "Abs Anl Art bzgl bzw ca Dr Enth enth etc evtl gem ggf inkl Inh Kap lfd Mio Mrd Nr Prof rd sog St Str "
    "stellv Std Tsd u usw vgl vorl z Ziff zzgl"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its final mark, and where it begins: `text[start:start + len(words)] == words`."""

    words: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def sentences(text: str) -> list[Sentence]:
    """Sentences and lines of a text in order, without the white space around them.

    A full stop after a number, a single letter or a known abbreviation ends no sentence: "am 3. März",
    "i. H. v.", "Nr. 5". Where that is wrong, two sentences stay together; none is torn."""
    result = []
    start = 0
    for mark in _MARK.finditer(text):
        if mark[0] != "." or not _is_abbreviation(text[max(start, mark.start() - 12) : mark.start()]):
            result.append(_stripped(text, start, mark.end()))
            start = mark.end()
    result.append(_stripped(text, start, len(text)))
    return [sentence for sentence in result if sentence.words]


def _is_abbreviation(before: str) -> bool:
    match = _LAST_WORD.search(before)
    word = match[0] if match else ""
    return word.isdigit() or len(word) == 1 or word in _ABBREVIATIONS


def _stripped(text: str, start: int, end: int) -> Sentence:
    words = text[start:end]
    return Sentence(words.strip(), start + len(words) - len(words.lstrip()))
