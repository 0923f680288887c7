"""Pairs labels and numbers that stand in one run; where they can be paired in two ways, none is paired."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """Numbers by slot: yes, no, abstain; "against" for Gegenstimmen and "for" for "mit 13 Stimmen", which
    say yes or no only together with the result."""

    slots: dict[str, set[int]] = field(default_factory=dict)
    blurred: set[str] = field(default_factory=set)
    """Slots with a number that is not exact or belongs to a part of the votes."""
    ratio: set[tuple[int, int]] = field(default_factory=set)
    """ "13 : 5": yes and no, if the motion was carried."""
    garbled: bool = False
    """Labels and numbers are there that can be paired in two ways."""
    per_group: bool = False
    """The line counts the votes of one parliamentary group."""
    objects: list[str] = field(default_factory=list)
    """What "Für eine Vertagung: 1 Stimme" names."""

    def __bool__(self) -> bool:
        return bool(self.slots or self.blurred or self.ratio or self.garbled)

    def add(self, slot: str, value: int) -> None:
        self.slots.setdefault(slot, set()).add(value)

    def update(self, other: "Counts") -> None:
        for slot, values in other.slots.items():
            self.slots.setdefault(slot, set()).update(values)
        self.blurred |= other.blurred
        self.ratio |= other.ratio
        self.garbled |= other.garbled
        self.objects += other.objects


@dataclass(frozen=True, slots=True)
class Item:
    """kind: L label, N number, B binder, S separator, E end of line, X anything else."""

    kind: str
    slot: str = ""
    value: int = 0
    vague: bool = False
    group: bool = False


def read_run(run: Sequence[Item], counts: Counts, by_group: bool, following: Sequence[Item]) -> None:
    """Pairs the labels and numbers of one run; `following` is what comes after it."""
    labels = [item for item in run if item.kind == "L"]
    numbers = [item for item in run if item.kind == "N"]
    if not labels or not numbers:
        return
    pairs = _pairs(run, labels, numbers)
    if pairs is None:
        counts.garbled = True
        return
    for label, item in pairs:
        if item.vague:
            counts.blurred.add(label.slot)
        else:
            counts.add(label.slot, item.value)
    ends_in_number = pairs[-1][1] is next(item for item in reversed(run) if item.kind in "LN")
    if by_group and ends_in_number and any(item.kind == "N" for item in following):
        # "Ja: 12 CDU, 6 SPD": the number is that of one group.
        counts.blurred.add(pairs[-1][0].slot)


def _pairs(
    run: Sequence[Item], labels: Sequence[Item], numbers: Sequence[Item]
) -> list[tuple[Item, Item]] | None:
    """None where they can be paired in more than one way."""
    order = "".join(item.kind for item in run if item.kind in "LN")
    many = len(labels)
    if many > 1 and order in ("L" * many + "N" * many, "N" * many + "L" * many):
        # A line of labels and a line of numbers: "Ja / Nein / Enthaltung: 12 / 3 / 1".
        return (
            list(zip(labels, numbers, strict=True)) if len({label.slot for label in labels}) == many else None
        )
    segments = list(_segments(run))
    if all(sum(item.kind in "LN" for item in segment) <= 1 for segment in segments):
        # Each on its own line or in its own cell: as good as side by side.
        segments = [list(run)]
    pairs: list[tuple[Item, Item]] = []
    bare_label = False
    for segment in segments:
        kinds = "".join(item.kind for item in segment if item.kind in "LN")
        values = [item for item in segment if item.kind in "LN"]
        if kinds == "L":
            bare_label = not any(item.kind == "B" for item in segment) and segment[-1].kind != "E"
        elif kinds and kinds == "LN" * (len(kinds) // 2):
            if bare_label:
                return None
            pairs += zip(values[::2], values[1::2], strict=True)
        elif kinds and kinds == "NL" * (len(kinds) // 2):
            pairs += zip(values[1::2], values[::2], strict=True)
            bare_label = False
        elif "L" in kinds and "N" in kinds:
            bound = _bound(segment)
            if bound is None:
                return None
            pairs += bound
    return pairs or None


def _segments(run: Sequence[Item]) -> Iterator[list[Item]]:
    segment: list[Item] = []
    for item in run:
        segment.append(item)
        if item.kind in "SE":
            yield segment
            segment = []
    yield segment


def _bound(segment: Sequence[Item]) -> list[tuple[Item, Item]] | None:
    """Labels with a colon or bar and a number behind: "Ja: 12 Nein: Enthaltung: 1". All numbers have to be
    bound so."""
    pairs = []
    for position, item in enumerate(segment):
        if item.kind != "N":
            continue
        if position < 2 or segment[position - 1].kind != "B" or segment[position - 2].kind != "L":
            return None
        pairs.append((segment[position - 2], item))
    return pairs
