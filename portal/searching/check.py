"""Whether the search understands German: a word in a document, and a query that must find it or must not."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from portal.searching.asking import ask
from portal.searching.finding import Key
from portal.searching.index import LexiconSource, catch_up

HEADER: Final = ["kind", "document_word", "query"]
MUST_NOT: Final = "MUST_NOT"
SENTENCE: Final = "Die Gemeinde berät über {word} im Jahr 2026."


class PairsError(ValueError):
    """Says which line of the file is wrong."""


@dataclass(frozen=True, slots=True)
class Pair:
    kind: str
    document_word: str
    query: str

    @property
    def must_be_found(self) -> bool:
        return self.kind != MUST_NOT


@dataclass(frozen=True, slots=True)
class Outcome:
    pair: Pair
    is_found: bool

    @property
    def is_right(self) -> bool:
        return self.is_found == self.pair.must_be_found


def read_pairs(content: bytes) -> list[Pair]:
    """Pairs of a tab separated file in UTF-8 with a header line; empty lines count for nothing.

    Raises PairsError.
    """
    first, *rest = content.removeprefix(codecs.BOM_UTF8).splitlines() or [b""]
    if _cells(first, 1) != HEADER:
        raise PairsError(f"line 1: expected the columns {', '.join(HEADER)}, separated by tabs")
    pairs = []
    for number, line in enumerate(rest, start=2):
        cells = _cells(line, number)
        if not any(cells):
            continue
        if len(cells) != len(HEADER) or not all(cells):
            raise PairsError(f"line {number}: expected {', '.join(HEADER)}, separated by tabs")
        pairs.append(Pair(*cells))
    return pairs


def _cells(line: bytes, number: int) -> list[str]:
    if b"\0" in line:
        raise PairsError(f"line {number}: no text")
    try:
        return [cell.strip() for cell in line.decode().split("\t")]
    except UnicodeDecodeError as error:
        raise PairsError(f"line {number}: not in UTF-8") from error


def check(pairs: Iterable[Pair], make: Callable[[str], Key], lexicon: LexiconSource) -> Iterator[Outcome]:
    """Asks the real search; each document is taken back after its question.

    make: publishes a document with this text and gives kind and id of its entry. Notes that wait in the index
    are worked off first, or every question would wait for them.
    """
    catch_up(lexicon)
    for pair in pairs:
        with transaction.atomic():
            key = make(SENTENCE.format(word=pair.document_word))
            catch_up(lexicon)
            outcome = Outcome(pair, ask(pair.query).hits.contains(key))
            transaction.set_rollback(True)
        yield outcome


def summary(outcomes: Iterable[Outcome]) -> str:
    """ "found 38/40, false 1/14"."""
    outcomes = list(outcomes)
    must = [outcome for outcome in outcomes if outcome.pair.must_be_found]
    must_not = [outcome for outcome in outcomes if not outcome.pair.must_be_found]
    found = sum(outcome.is_found for outcome in must)
    false = sum(outcome.is_found for outcome in must_not)
    return f"found {found}/{len(must)}, false {false}/{len(must_not)}"
