"""How rows are written: only where something is new, without losing what points to them.

Knows rows and columns, not what they mean; sessions.imports.upsert says what goes where.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from django.db import models
from django.db.models import F
from django.utils import timezone

from portal.models import Sourced, stable_id
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    Meeting,
    Motion,
    Organization,
    SourceObject,
    Vote,
)

_PARKED = 1_000_000
"""Rows that change places wait beyond every real position, because two may not have the same one."""
_BATCH = 500

Row = TypeVar("Row", bound=Sourced)
Line = TypeVar("Line", Contribution, Motion, Vote)


class RecordError(ValueError):
    """A record that cannot be stored. Its message is one sentence: what is wrong, what to do."""


class Writer:
    """Writes the rows of one record, and knows how many it wrote."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.now = timezone.now()
        self.written = 0

    def put(self, row: Sourced, **values: Any) -> None:
        """Copies what is stated into the row and saves it, if it is new or anything differs."""
        changed = [name for name, value in values.items() if is_stated(value) and getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if row._state.adding:
            check_lengths(row)
            row.pk = _free_key(row)
            # Without force_insert a key that is taken would silently replace the other row.
            row.save(force_insert=True)
        elif changed:
            check_lengths(row)
            row.save(update_fields=[*changed, "imported_at"])
        else:
            return
        self.written += 1

    def link(self, row: Meeting | Consultation, organization: Organization | None) -> None:
        """Adds a committee to a meeting or to a station of a paper."""
        if organization and not row.organizations.filter(pk=organization.pk).exists():
            row.organizations.add(organization)
            self.written += 1

    def settle(self, model: type[Row], external_id: str, provisional: Row | None = None) -> Row:
        """The row that shall be called `external_id`; a provisional row becomes it or goes into it.

        The name is not written yet, and a new row not saved: `put` does both.
        """
        row = named(model, external_id)
        if row is None:
            return provisional or model()
        if provisional is not None and provisional.pk != row.pk:
            self.absorb(row, provisional)
        return row

    def absorb(self, row: Row, provisional: Row) -> None:
        """Everything that points to `provisional` points to `row` from now on; `provisional` is gone.

        For a row that was made under a provisional name while the real one was there already.
        """
        if isinstance(row, AgendaItem) and isinstance(provisional, AgendaItem):
            self._join_items(row, provisional)
        said = SourceObject.objects.filter(type=type(row).__name__, row=provisional.pk)
        said.update(row=row.pk)
        for relation in provisional._meta.related_objects:
            column = relation.field.name
            owners = relation.related_model._base_manager.filter(**{column: provisional})
            if relation.many_to_many:
                for owner in owners:
                    getattr(owner, column).add(row)
            else:
                owners.update(**{column: row})
        for field in provisional._meta.many_to_many:
            getattr(row, field.name).add(*getattr(provisional, field.name).all())
        missing = {
            field.attname: getattr(provisional, field.attname)
            for field in provisional._meta.concrete_fields
            if field.name not in ("id", "content_digest", "withdrawn_at")
            and not is_stated(getattr(row, field.attname))
        }
        provisional.delete()
        self.written += 1
        self.put(row, **missing)

    def _join_items(self, row: AgendaItem, provisional: AgendaItem) -> None:
        """Makes room for the lines and stations of the item that goes: what the row has itself stands, and
        the same of the other is marked as replaced, or goes into it."""
        for model in (Contribution, Motion, Vote):
            objects: models.Manager[Any] = model._default_manager
            if objects.filter(agenda_item=row, superseded_at=None).exists():
                objects.filter(agenda_item=provisional, superseded_at=None).update(superseded_at=self.now)
        moving = list(Contribution.objects.filter(agenda_item=provisional).order_by("position", "pk"))
        used = Contribution.objects.filter(agenda_item=row)
        if moving and used.exists():
            start = max(_anchor_number(line.anchor) for line in [*used, *moving]) + 1
            for number, line in enumerate(moving, start=start):
                line.anchor = f"absatz-{number}"
            Contribution.objects.bulk_update(moving, ["anchor"], batch_size=_BATCH)
        for station in row.consultations.all():
            for double in provisional.consultations.filter(paper=station.paper_id):
                # The source states it once more when it is read again.
                said = SourceObject.objects.filter(type="Consultation", row=double.pk)
                said.update(row=station.pk, digest="")
                double.delete()

    def align(
        self,
        model: type[Line],
        item: AgendaItem,
        wanted: Sequence[dict[str, Any]],
        *,
        same: Collection[str],
        is_replaced: Callable[[Line], bool],
    ) -> list[Line]:
        """Brings the rows of one item in line with what its page lists, and gives the row of each entry.

        wanted: columns of each entry, in order. A row is found again by its columns `same`, so it keeps its
        key and its anchor where others come and go; one that was marked as replaced comes back. Current rows
        that are not listed are marked where `is_replaced` says that this page would list them, else they
        stay.
        """
        rows = sorted(
            model._default_manager.filter(agenda_item=item),
            key=lambda row: (row.superseded_at is not None, row.position, row.pk),
        )
        places = {row.pk: row.position for row in rows if row.superseded_at is None}
        known: dict[tuple[Any, ...], deque[Line]] = defaultdict(deque)
        for row in rows:
            known[tuple(getattr(row, column) for column in same)].append(row)
        listed: list[Line] = []
        changed: dict[int, Line] = {}
        for values in wanted:
            found = known[tuple(values[column] for column in same)]
            row = found.popleft() if found else model(agenda_item=item)
            if _assign(row, values | {"superseded_at": None}):
                changed[id(row)] = row
            listed.append(row)
        keys = {row.pk for row in listed}
        unlisted: list[Line] = [row for row in rows if row.pk in places and row.pk not in keys]
        gone = [row for row in unlisted if is_replaced(row)]
        staying: list[Line] = [row for row in unlisted if not is_replaced(row)]
        standing = listed + staying
        for position, row in enumerate(sorted(standing, key=_has_no_paragraph), start=1):
            if _assign(row, {"position": position}):
                changed[id(row)] = row
        new = [row for row in changed.values() if row.pk is None]
        _give_anchors(rows, new)
        self._save_lines(model, list(changed.values()), gone, places)
        return listed

    def _save_lines(
        self, model: type[Line], changed: Sequence[Line], gone: Sequence[Line], places: dict[int, int]
    ) -> None:
        """A few statements, whatever the number of rows; at no time have two the same place."""
        for row in changed:
            check_lengths(row)
        objects = model._default_manager
        if gone:
            objects.filter(pk__in=[row.pk for row in gone]).update(superseded_at=self.now)
        moved = [row.pk for row in changed if row.pk in places and places[row.pk] != row.position]
        if moved:
            objects.filter(pk__in=moved).update(position=F("position") + _PARKED)
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        objects.bulk_update([row for row in changed if row.pk is not None], columns, batch_size=_BATCH)
        objects.bulk_create([row for row in changed if row.pk is None], batch_size=_BATCH)
        self.written += len(changed) + len(gone)


def is_stated(value: Any) -> bool:
    """Whether a source says anything: "" and None are what it leaves open, False and 0 are not."""
    return value is not None and value != ""


def columns(table: dict[str, str], record: Any) -> dict[str, Any]:
    """Values of the record by the name of their column; table: column to field of the record."""
    return {column: getattr(record, field) for column, field in table.items()}


def named(model: type[Row], external_id: str) -> Row | None:
    """The row that bears this name, withdrawn or not."""
    found: Row | None = model._default_manager.filter(external_id=external_id).first()
    return found


def check_lengths(row: models.Model) -> None:
    """Raises RecordError for a text longer than its column."""
    for field in row._meta.concrete_fields:
        value, limit = getattr(row, field.attname), field.max_length
        if isinstance(value, str) and limit is not None and len(value) > limit:
            raise RecordError(f"{field.name} has {len(value)} characters; the portal keeps at most {limit}.")


def _free_key(row: Sourced) -> int:
    """The key that follows from the row's name; another one where a row that was renamed has kept it."""
    taken = type(row)._base_manager
    name = row.external_id
    while taken.filter(pk=stable_id(name)).exists():
        name = f"{name}+"
    return stable_id(name)


def _assign(row: models.Model, values: dict[str, Any]) -> bool:
    """Sets the columns; whether one of them was another before, or the row is new."""
    changed = row._state.adding
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _has_no_paragraph(row: Contribution | Motion | Vote) -> bool:
    """A vote that stands in no paragraph is the result field of the page: it comes after the others."""
    return not isinstance(row, Contribution) and row.contribution_id is None


def _give_anchors(
    rows: Sequence[Contribution | Motion | Vote], new: Sequence[Contribution | Motion | Vote]
) -> None:
    """The next free anchors. An anchor is never given twice: an old link shall not lead to a new text."""
    used = [_anchor_number(row.anchor) for row in rows if isinstance(row, Contribution)]
    paragraphs = [row for row in new if isinstance(row, Contribution)]
    for number, row in enumerate(paragraphs, start=max(used, default=0) + 1):
        row.anchor = f"absatz-{number}"


def _anchor_number(anchor: str) -> int:
    """The number in "absatz-3"; 0 for an anchor that another source gave."""
    number = anchor.removeprefix("absatz-")
    return int(number) if number.isdecimal() else 0
