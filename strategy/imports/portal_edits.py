"""What people did in the portal to the rows of an import: the history knows who wrote which value last.

An event counts as the import's where its context says so, and where it is the one that stands for the time
before the history. A row without any event is older than the history: nobody is known to have changed it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When

from strategy import actions
from strategy.actions.record import IMPORT
from strategy.history.events import BEFORE, event_model
from strategy.models import Evidence
from strategy.models.evidence import SUBJECTS, TARGETS
from strategy.models.history import TRACKED, MeasurePartner, MeasureUnit

Content = tuple[str, tuple[object, ...], str, str, bool]
"""What makes two pieces of evidence the same: aspect, source, quote, note, whether it is inferred.

Paragraphs are compared apart.
"""

_LINKS: dict[str, type[models.Model]] = {"responsible_units": MeasureUnit, "partners": MeasurePartner}
_BY_IMPORT = Q(pgh_context__metadata__role=IMPORT) | Q(pgh_label=BEFORE)
_DELETED = "delete"
_NOTHING = object()
"""The value of a column before its row was there."""


def edited_columns(row: models.Model, columns: list[str]) -> set[str]:
    """Those of `columns` that no longer hold what an import last wrote there (one query)."""
    if type(row) not in TRACKED:
        return set()
    events = list(_events(type(row)).filter(pgh_obj_id=row.pk).values_list("by_import", *columns))
    if not events:
        return set()
    written: dict[str, Any] = {}
    before = [_NOTHING] * len(columns)
    for by_import, *values in events:
        if by_import:
            # An import's event holds the whole row: what it changed is what differs from the event before.
            changed = (value != was for value, was in zip(values, before, strict=True))
            written |= {
                column: value
                for column, value, is_new in zip(columns, values, changed, strict=True)
                if is_new
            }
        before = values
    return {column for column in columns if written.get(column, _NOTHING) != getattr(row, column)}


def edited_links(row: models.Model, column: str, linked: set[int]) -> set[int]:
    """What people linked to `row` or unlinked from it since an import last did (one query).

    linked: what is linked now, as primary keys.
    """
    other = type(row)._meta.get_field(column).m2m_reverse_field_name()  # type: ignore[union-attr]
    events = _events(_LINKS[column]).filter(measure_id=row.pk)
    written: dict[int, bool] = {}
    for by_import, label, pk in events.values_list("by_import", "pgh_label", f"{other}_id"):
        written.setdefault(pk, False)
        if by_import:
            written[pk] = label != _DELETED
    return {pk for pk, was_linked in written.items() if was_linked != (pk in linked)}


class TakenAway:
    """Rows that an import wrote and that are gone, or have another name, because people wanted it so."""

    def __init__(self) -> None:
        self._names: dict[tuple[type[models.Model], tuple[str, ...]], set[tuple[Any, ...]]] = {}

    def has(self, model: type[models.Model], lookup: dict[str, Any]) -> bool:
        """Whether an import once wrote the row that `lookup` names; the caller found no such row today.

        An import itself removes and renames nothing. One query per model, however many rows are asked for.
        """
        if model not in TRACKED:
            return False
        columns = tuple(lookup)
        if (model, columns) not in self._names:
            events = event_model(model).objects.filter(_BY_IMPORT).order_by()
            self._names[model, columns] = set(events.values_list(*columns).distinct())
        return tuple(lookup.values()) in self._names[model, columns]


class EvidencePast:
    """What the evidence of one thing has said, and what of it an import wrote (one query)."""

    def __init__(self, subject: actions.Subject) -> None:
        self._written: dict[int, list[tuple[Content, int | None]]] = defaultdict(list)
        """Per row what imports wrote, with the number of the paragraph; the last is the newest."""
        self._last: dict[int, tuple[Content, int | None]] = {}
        """Per row what stands there by its last import, with the key of the paragraph."""
        self._known: set[int] = set()
        self._gone: set[int] = set()
        before: dict[int, tuple[Content, int | None]] = {}
        for event in _evidence_events(subject):
            row = event["pgh_obj_id"]
            self._known.add(row)
            if event["pgh_label"] == _DELETED:
                self._gone.add(row)
                continue
            content = _content(event)
            said = (content, event["contribution_id"])
            if event["by_import"] and before.get(row) != said:
                self._last[row] = said
                self._written[row].append((content, event["contribution__position"]))
            before[row] = said

    def rows_that_said(self, content: Content, paragraph: int | None, *, any_paragraph: bool) -> list[int]:
        """Rows that once said so because an import wrote it, whatever became of them."""
        return [
            row
            for row, written in self._written.items()
            if any(old == content and (any_paragraph or at == paragraph) for old, at in written)
        ]

    def is_of_import(self, pk: int) -> bool:
        """Whether an import brought the row, or nobody knows who did."""
        return pk in self._written or pk not in self._known

    def is_edited(self, row: Evidence, content: Content) -> bool:
        """Whether people changed the row, which says `content`, since an import wrote it."""
        return row.pk in self._known and self._last.get(row.pk) != (content, row.contribution_id)

    def take_gone(self, rows: list[int]) -> bool:
        """Whether one of `rows` was removed; each of them counts once."""
        for row in rows:
            if row in self._gone:
                self._gone.discard(row)
                return True
        return False


def _events(model: type[models.Model]) -> models.QuerySet[Any]:
    """The events of `model`, the oldest first, with `by_import`."""
    by_import = Case(When(_BY_IMPORT, then=Value(True)), default=Value(False))
    events: models.QuerySet[Any] = event_model(model).objects.order_by("pgh_id").annotate(by_import=by_import)
    return events


def _evidence_events(subject: actions.Subject) -> Iterator[dict[str, Any]]:
    yield from (
        _events(Evidence)
        .filter(**{f"{_subject_name(subject)}_id": subject.pk})
        .values(
            "by_import", "pgh_obj_id", "pgh_label", "aspect", "quote", "note", "is_inferred",
            "contribution_id", "contribution__position",
            "motion__agenda_item_id", "motion__position", "vote__agenda_item_id", "vote__position",
            *(f"{name}_id" for name in TARGETS),
        )
    )  # fmt: skip


def _subject_name(subject: actions.Subject) -> str:
    return next(name for name in SUBJECTS if Evidence._meta.get_field(name).related_model is type(subject))


def _content(event: dict[str, Any]) -> Content:
    return event["aspect"], _event_source(event), event["quote"], event["note"], event["is_inferred"]


def _event_source(event: dict[str, Any]) -> tuple[object, ...]:
    """Named as strategy.imports.backing names a source."""
    name = next(name for name in TARGETS if event[f"{name}_id"] is not None)
    model: Any = Evidence._meta.get_field(name).related_model
    if name in ("motion", "vote"):
        return (model.__name__, event[f"{name}__agenda_item_id"], event[f"{name}__position"])
    return (model.__name__, event[f"{name}_id"])
