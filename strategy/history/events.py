"""The events of one measure and of all that belongs to it, in one query."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from strategy.models import (
    Change,
    EditionMeasure,
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureEditor,
    MeasureLink,
    MeasurePartner,
    MeasureUnit,
    Milestone,
    MoneyItem,
    Observation,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    Review,
    StatusReport,
    TargetArea,
)

BEFORE = "before"
"""Label of the event of a row that was there before the history began."""

Key = tuple[type[models.Model], Any]
"""Which row: its model and primary key."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row, as it was after it was written, or as it was when it was removed."""

    model: type[models.Model]
    pk: Any
    label: str
    """insert, update, delete or before."""
    number: int
    """Grows within its model."""
    at: datetime
    """When the transaction began."""
    values: dict[str, Any]
    """Columns as JSON has them; decimals are Decimal."""
    context: UUID | None
    by: int | None
    role: str
    action: str

    @property
    def key(self) -> Key:
        return self.model, self.pk


@dataclass(slots=True)
class Save:
    """Events of one deed: one transaction, one context."""

    events: list[Event]
    order: datetime

    @property
    def first(self) -> Event:
        return self.events[0]


def event_model(model: type[models.Model]) -> Any:
    """The model of the events of `model`."""
    return apps.get_model("strategy", f"{model.__name__}Event")


def saves_of(measure: Measure) -> list[Save]:
    """All deeds that touched the measure or what belongs to it, the oldest first (one query)."""
    queries = [
        rows.order_by().values_list(
            Value(model.__name__),
            "pgh_id",
            "pgh_label",
            "pgh_created_at",
            _row_as_json(model),
            "pgh_context_id",
            "pgh_context__metadata",
        )
        for model, rows in _rows_of(measure.pk)
    ]
    events = [_event(*row) for row in queries[0].union(*queries[1:], all=True)]
    return _grouped(events)


def _row_as_json(model: type[models.Model]) -> RawSQL:
    table = event_model(model)._meta.db_table
    return RawSQL(f'to_jsonb("{table}".*)::text', ())  # noqa: S611 - the name of a table of ours


def _event(
    name: str, number: int, label: str, at: datetime, row: str, context: UUID | None, metadata: Any
) -> Event:
    values = json.loads(row, parse_float=Decimal)
    deed = metadata or {}
    if isinstance(deed, str):
        deed = json.loads(deed)
    model = apps.get_model("strategy", name)
    return Event(
        model=model,
        pk=values[_pk_column(model)],
        label=label,
        number=number,
        at=at,
        values={column: value for column, value in values.items() if not column.startswith("pgh_")},
        context=context,
        by=deed.get("by"),
        role=deed.get("role", ""),
        action=deed.get("action", ""),
    )


def _pk_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _rows_of(pk: int) -> list[tuple[type[models.Model], QuerySet[Any]]]:
    """Whatever once belonged to the measure, wherever it belongs today."""

    def ever(model: type[models.Model], *conditions: Q, **lookups: Any) -> QuerySet[Any]:
        return event_model(model).objects.filter(*conditions, **lookups).values("pgh_obj_id")

    def all_of(model: type[models.Model], pks: QuerySet[Any]) -> tuple[type[models.Model], QuerySet[Any]]:
        return model, event_model(model).objects.filter(pgh_obj_id__in=pks)

    reports, milestones = ever(StatusReport, measure_id=pk), ever(Milestone, measure_id=pk)
    indicators, money = ever(Indicator, measure_id=pk), ever(MoneyItem, measure_id=pk)
    observations = ever(Observation, indicator_id__in=indicators)
    questions = ever(Question, measure_id=pk)
    backed = (
        Q(measure_id=pk)
        | Q(report_id__in=reports)
        | Q(milestone_id__in=milestones)
        | Q(observation_id__in=observations)
        | Q(money_item_id__in=money)
        | Q(question_id__in=questions)
    )
    fields = event_model(Measure).objects.filter(pgh_obj_id=pk).values("field_id")
    areas = event_model(FieldOfAction).objects.filter(pgh_obj_id__in=fields).values("target_area_id")
    partners = event_model(MeasurePartner).objects.filter(measure_id=pk).values("partner_id")
    return [
        (Measure, event_model(Measure).objects.filter(pgh_obj_id=pk)),
        *[
            (model, event_model(model).objects.filter(measure_id=pk))
            for model in (MeasureUnit, MeasurePartner, MeasureEditor)
        ],
        all_of(FieldOfAction, fields),
        all_of(TargetArea, areas),
        all_of(Partner, partners),
        all_of(MeasureLink, ever(MeasureLink, measure_id=pk)),
        all_of(EditionMeasure, ever(EditionMeasure, measure_id=pk)),
        all_of(Milestone, milestones),
        all_of(Indicator, indicators),
        all_of(Observation, observations),
        all_of(MoneyItem, money),
        all_of(StatusReport, reports),
        all_of(ReportMilestone, ever(ReportMilestone, report_id__in=reports)),
        all_of(ReportFigure, ever(ReportFigure, report_id__in=reports)),
        all_of(Question, questions),
        all_of(Review, ever(Review, report_id__in=reports)),
        all_of(Evidence, ever(Evidence, backed)),
        all_of(Change, ever(Change, measure_id=pk)),
    ]


def _grouped(events: Iterable[Event]) -> list[Save]:
    """By transaction and context, in the order in which they happened to each row.

    The time is that at which a transaction began; one that waited for another's row began earlier and wrote
    later. The numbers of a row's events know it.
    """
    rows: dict[Key, list[Event]] = defaultdict(list)
    for event in events:
        rows[event.key].append(event)
    saves: dict[tuple[datetime, UUID | None], Save] = {}
    for history in rows.values():
        last: datetime | None = None
        previous: tuple[datetime, UUID | None] | None = None
        for event in sorted(history, key=lambda event: event.number):
            deed = (event.at, event.context)
            order = event.at if last is None else max(event.at, last)
            if last is not None and deed != previous and order <= last:
                order = last + timedelta(microseconds=1)
            last, previous = order, deed
            save = saves.setdefault(deed, Save([], order))
            save.events.append(event)
            save.order = max(save.order, order)
    return sorted(saves.values(), key=lambda save: save.order)
