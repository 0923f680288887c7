"""What is different between two texts, or two reports: pure functions, so that they are easy to test.

Words are compared the patient way: what stands exactly once on both sides ties the texts together, and only
the short stretches between are compared word by word. The work grows with the length of the texts, whatever
they say; a stretch too long to compare counts as replaced.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, pairwise

MOST_PAIRS = 10_000
"""Words before times words after, up to which a stretch is compared word by word."""
MOST_SPLITS = 40
"""How often a stretch is split at words that stand once."""

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands in both, only before, or only now."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of which a report has several: a piece of evidence, a milestone, a figure."""

    text: str
    url: str = ""
    """Where its source is; "" where it has none."""


@dataclass(frozen=True, slots=True)
class Content:
    """A report as it is compared; the keys are the names that a reader sees."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """Compared word by word."""
    whole: frozenset[str] = frozenset()
    """Those of `texts` that are one value, as a status or a date, and are compared as a whole."""
    lists: Mapping[str, Mapping[object, Entry]] = field(default_factory=dict)
    """Compared entry by entry: the same key is the same entry."""


@dataclass(frozen=True, slots=True)
class EntryChange:
    kind: Kind
    entry: Entry


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What is different in one field: pieces of its text, or entries."""

    label: str
    pieces: tuple[Piece, ...] = ()
    entries: tuple[EntryChange, ...] = ()


def compare(before: Content, after: Content) -> list[FieldChange]:
    """The fields that differ: texts, then lists, each in the order of `after`."""
    changes = []
    for label, text in after.texts.items():
        earlier = before.texts.get(label, "")
        if earlier != text:
            pieces = (replaced if label in after.whole else compare_words)(earlier, text)
            changes.append(FieldChange(label, pieces=pieces))
    for label, entries in after.lists.items():
        if found := compare_entries(before.lists.get(label, {}), entries):
            changes.append(FieldChange(label, entries=found))
    return changes


def compare_entries(before: Mapping[object, Entry], after: Mapping[object, Entry]) -> tuple[EntryChange, ...]:
    """What went, then what came; an entry that says something else now does both."""
    gone = [entry for key, entry in before.items() if after.get(key) != entry]
    come = [entry for key, entry in after.items() if before.get(key) != entry]
    return (
        *(EntryChange(Kind.REMOVED, entry) for entry in gone),
        *(EntryChange(Kind.ADDED, entry) for entry in come),
    )


def replaced(before: str, after: str) -> tuple[Piece, ...]:
    """All of one text in the place of all of the other."""
    return tuple(Piece(kind, text) for kind, text in ((Kind.REMOVED, before), (Kind.ADDED, after)) if text)


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one: without the added pieces it is `before`, without the removed ones `after`.

    No two neighbours are of the same kind, what was removed comes before what was added in its place, and
    between two changes stands more than space.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    steps = list(_steps(old, new))
    return tuple(_pieces(_without_lone_spaces(steps)))


def shortened(pieces: Sequence[Piece], around: int) -> tuple[Piece, ...]:
    """With at most `around` words of what stays beside each change, and "…" for the rest of it."""
    return tuple(
        Piece(piece.kind, _shortened(piece.text, around, place == 0, place == len(pieces) - 1))
        if piece.kind == Kind.SAME
        else piece
        for place, piece in enumerate(pieces)
    )


def _shortened(text: str, around: int, is_first: bool, is_last: bool) -> str:
    words = re.findall(r"\S+\s*|^\s+", text)
    head = [] if is_first else words[:around]
    tail = [] if is_last else words[-around:]
    if len(words) <= len(head) + len(tail) + 1:
        return text
    return f"{''.join(head)}… {''.join(tail)}"


_Step = tuple[list[str], list[str], list[str]]
"""Words removed, words added, and the words behind them that stand in both."""


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[_Step]:
    place_old = place_new = 0
    pairs = sorted(_pairs(old, new))
    for following, (at_old, at_new) in enumerate(pairs, start=1):
        if at_old == place_old and at_new == place_new and following > 1:
            yield [], [], [old[at_old]]
        else:
            yield list(old[place_old:at_old]), list(new[place_new:at_new]), [old[at_old]]
        place_old, place_new = at_old + 1, at_new + 1
    yield list(old[place_old:]), list(new[place_new:]), []


def _without_lone_spaces(steps: Sequence[_Step]) -> list[_Step]:
    """Space alone between two changes belongs to both of them: nobody reads word, space, word as three."""
    result: list[_Step] = []
    for removed, added, same in steps:
        if result and (removed or added) and result[-1][2] and not "".join(result[-1][2]).strip():
            earlier = result.pop()
            if earlier[0] or earlier[1]:
                removed = [*earlier[0], *earlier[2], *removed]
                added = [*earlier[1], *earlier[2], *added]
            else:
                result.append(earlier)
        elif result and not removed and not added:
            result[-1][2].extend(same)
            continue
        result.append((removed, added, list(same)))
    return result


def _pieces(steps: Sequence[_Step]) -> Iterator[Piece]:
    parts = (
        (kind, "".join(words))
        for removed, added, same in steps
        for kind, words in ((Kind.REMOVED, removed), (Kind.ADDED, added), (Kind.SAME, same))
        if words
    )
    for kind, group in groupby(parts, key=lambda part: part[0]):
        yield Piece(kind, "".join(text for _, text in group))


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of words that stand in both, in the same order on both sides."""
    stretches = [(0, len(old), 0, len(new), 0)]
    while stretches:
        first_old, last_old, first_new, last_new, splits = stretches.pop()
        while first_old < last_old and first_new < last_new and old[first_old] == new[first_new]:
            yield first_old, first_new
            first_old, first_new = first_old + 1, first_new + 1
        while first_old < last_old and first_new < last_new and old[last_old - 1] == new[last_new - 1]:
            last_old, last_new = last_old - 1, last_new - 1
            yield last_old, last_new
        if first_old == last_old or first_new == last_new:
            continue
        anchors = _anchors(old, new, (first_old, last_old), (first_new, last_new))
        if anchors and splits < MOST_SPLITS:
            borders = [(first_old, first_new), *anchors, (last_old, last_new)]
            stretches += [
                (start_old, end_old, start_new, end_new, splits + 1)
                for (start_old, start_new), (end_old, end_new) in pairwise(borders)
            ]
        elif (last_old - first_old) * (last_new - first_new) <= MOST_PAIRS:
            matcher = SequenceMatcher(None, old[first_old:last_old], new[first_new:last_new], autojunk=False)
            for at_old, at_new, length in matcher.get_matching_blocks():
                for step in range(length):
                    yield first_old + at_old + step, first_new + at_new + step


def _anchors(
    old: Sequence[str], new: Sequence[str], in_old: tuple[int, int], in_new: tuple[int, int]
) -> list[tuple[int, int]]:
    """The longest row of words that stand once on both sides and come in the same order."""
    counts_old, counts_new = Counter(old[slice(*in_old)]), Counter(new[slice(*in_new)])
    places = {new[place]: place for place in range(*in_new) if counts_new[new[place]] == 1}
    common = [
        (place, places[old[place]])
        for place in range(*in_old)
        if counts_old[old[place]] == 1 and old[place] in places and not old[place].isspace()
    ]
    # The longest rising row of the places in `new`.
    ends: list[int] = []
    rows: list[int] = []
    before: list[int | None] = []
    for index, (_, place) in enumerate(common):
        length = bisect_left(ends, place)
        before.append(rows[length - 1] if length else None)
        if length == len(ends):
            ends.append(place)
            rows.append(index)
        else:
            ends[length], rows[length] = place, index
    chosen: list[tuple[int, int]] = []
    step = rows[-1] if rows else None
    while step is not None:
        chosen.append(common[step])
        step = before[step]
    return chosen[::-1]
