"""Paragraphs, motions and votes of many agenda items at once, brought in line with what a source lists.

The rules are those of `writer.Writer.align`: a line is found again by its own words, so it keeps its key
where others come and go; what is no longer listed is marked and never deleted.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F

from sessions.models import Contribution, Motion, Vote

_PARKED = 1_000_000
"""Lines that change places wait beyond every real position, because two may not have the same one."""
_BATCH = 500

Line = TypeVar("Line", Contribution, Motion, Vote)


def align(
    model: type[Line],
    wanted: Mapping[int, Sequence[dict[str, Any]]],
    *,
    same: Collection[str],
    now: datetime,
    is_ours: Callable[[Line], bool] = lambda line: True,
) -> tuple[dict[int, list[Line]], set[int]]:
    """Gives the line of each entry, and the items of which anything was written.

    wanted: agenda item to the columns of each line, in order. same: the columns by which a line is known
    again. is_ours: which current lines the source would list; others stay where they are, after ours.
    """
    current: dict[int, list[Line]] = defaultdict(list)
    for line in model._default_manager.filter(agenda_item__in=list(wanted)):
        current[line.agenda_item_id].append(line)
    listed: dict[int, list[Line]] = {}
    places: dict[int, int] = {}
    new: list[Line] = []
    changed: list[Line] = []
    gone: list[Line] = []
    for item, entries in wanted.items():
        lines = sorted(
            current[item], key=lambda line: (line.superseded_at is not None, line.position, line.pk)
        )
        standing = [line for line in lines if line.superseded_at is None]
        places.update({line.pk: line.position for line in standing})
        known: dict[tuple[Any, ...], deque[Line]] = defaultdict(deque)
        for line in lines:
            if is_ours(line):
                known[tuple(getattr(line, column) for column in same)].append(line)
        mine: list[Line] = []
        listed[item] = mine
        touched: dict[int, Line] = {}
        for values in entries:
            found = known[tuple(values[column] for column in same)]
            line = found.popleft() if found else model(agenda_item_id=item)
            if _assign(line, {**values, "superseded_at": None}):
                touched[id(line)] = line
            mine.append(line)
        keys = {line.pk for line in mine}
        others: list[Line] = [line for line in standing if line.pk not in keys and not is_ours(line)]
        gone += [line for line in standing if line.pk not in keys and is_ours(line)]
        places_now: list[Line] = mine + others
        for position, line in enumerate(places_now, start=1):
            if _assign(line, {"position": position}):
                touched[id(line)] = line
        if model is Contribution:
            _give_anchors(lines, mine)
        new += [line for line in touched.values() if line.pk is None]
        changed += [line for line in touched.values() if line.pk is not None]
    _save(model, new, changed, gone, places, now)
    written: list[Line] = new + changed + gone
    return listed, {line.agenda_item_id for line in written}


def _save(
    model: type[Line],
    new: list[Line],
    changed: list[Line],
    gone: list[Line],
    places: dict[int, int],
    now: datetime,
) -> None:
    """A few statements, whatever the number of lines; at no time have two the same place."""
    objects = model._default_manager
    if gone:
        objects.filter(pk__in=[line.pk for line in gone]).update(superseded_at=now)
    moved = [line.pk for line in changed if line.pk in places and places[line.pk] != line.position]
    if moved:
        objects.filter(pk__in=moved).update(position=F("position") + _PARKED)
    if changed:
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        objects.bulk_update(changed, columns, batch_size=_BATCH)
    objects.bulk_create(new, batch_size=_BATCH)


def _assign(line: Contribution | Motion | Vote, values: dict[str, Any]) -> bool:
    """Sets the columns; whether one of them was another before, or the line is new."""
    changed = line.pk is None
    for name, value in values.items():
        if getattr(line, name) != value:
            setattr(line, name, value)
            changed = True
    return changed


def _give_anchors(lines: Sequence[Any], listed: Sequence[Any]) -> None:
    """The next free anchors, for paragraphs whose source states none. An anchor is never given twice."""
    taken = {line.anchor for line in [*lines, *listed]}
    number = 0
    for line in listed:
        while not line.anchor:
            number += 1
            if f"absatz-{number}" not in taken:
                line.anchor = f"absatz-{number}"
