"""What the columns of an event mean to a reader."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet

from portal import german
from portal.editing import has_precision
from portal.models import User
from sessions.models import AgendaItem, Contribution, File, Motion, Organization, Paper, Person, Vote
from sessions.models.decision import open_motion
from sessions.models.meeting import open_item
from strategy.models import Change, OutsideDocument, Status

if TYPE_CHECKING:
    from strategy.history.entries import Entry


@dataclass(frozen=True, slots=True)
class Ref:
    """Something whose name is looked up only for the page that shows it."""

    model: type[models.Model]
    pk: Any


Shown = tuple[str | Ref, ...]
"""What stands in a field: its parts, joined by commas; empty where there is nothing."""

LOOKED_UP = (
    User, Organization, Person, AgendaItem, Contribution, Paper, Motion, Vote, File, OutsideDocument
)  # fmt: skip


def shown(model: type[models.Model], name: str, values: Mapping[str, Any]) -> Shown:
    """The field `name` of a row with these columns."""
    field: Any = model._meta.get_field(name)
    value = values.get(field.column)
    if value is None or value == "":
        return ()
    if model is Change and name == "values":
        changed = apps.get_model(values["model"])
        return tuple(f"{label(changed, column)}: {new}" for column, new in value.items())
    if has_precision(model, name):
        return (german.with_precision(date.fromisoformat(value), values[f"{name}_precision"]),)
    if field.is_relation:
        if field.related_model is Status:
            return (values.get("status_label") or str(dict(Status.Code.choices).get(value, value)),)
        return (Ref(field.related_model, value),) if field.related_model in LOOKED_UP else ()
    if field.choices:
        return (str(dict(field.flatchoices).get(value, value)),)
    return (_plain_words(field, value),)


def _plain_words(field: Any, value: Any) -> str:
    match field:
        case models.BooleanField():
            return "ja" if value else "nein"
        case models.DateTimeField():
            when = datetime.fromisoformat(value)
            return f"{german.german_date(when)}, {german.german_time(when)}"
        case models.DateField():
            return german.german_date(date.fromisoformat(value))
        case models.DecimalField():
            number = Decimal(value)
            return german.euro(number) if field.decimal_places == 2 else german.german_number(number)
        case models.JSONField():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def label(model: type[models.Model], name: str) -> str:
    """ "geplantes Ende"."""
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:  # What is proposed of evidence has names of its own.
        return name


def with_names(entries: Iterable["Entry"], *, public: bool) -> "list[Entry]":
    """The same entries with every Ref replaced by a name: at most one query for each kind of thing.

    public: only what everybody may see today has a name; a quote from a source that no longer is public goes
    with it.
    """
    entries = list(entries)
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in entries:
        for ref in entry.refs():
            wanted[ref.model].add(ref.pk)
    names: dict[Ref, tuple[str, str]] = {}
    for model, pks in wanted.items():
        rows = _rows(model, public=public).filter(pk__in=pks)
        names |= {Ref(model, row.pk): _name(row, public=public) for row in rows}
    return [entry.named(names) for entry in entries]


def _rows(model: type[models.Model], *, public: bool) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._base_manager.all()
    if model is AgendaItem:
        rows = AgendaItem.objects.published() if public else rows
        return rows.select_related("meeting")
    if model in (Motion, Vote):
        rule = open_motion() if model is Motion else open_item("agenda_item")
        rows = rows.filter(rule) if public else rows
        return rows.select_related("agenda_item__meeting")
    if model in (Paper, File, Organization):
        rows = model._default_manager.published() if public else rows
        return rows.select_related("paper") if model is File else rows
    return rows


def _name(row: Any, *, public: bool) -> tuple[str, str]:
    """Name and address; a name of staff is never the address of their mail where everybody reads it."""
    match row:
        case User():
            return (row.get_full_name() if public else str(row)), ""
        case Organization():
            return row.name, ""
        case AgendaItem():
            return _item_name(row), row.get_absolute_url()
        case Motion():
            place = _item_name(row.agenda_item) if row.agenda_item else "schriftlicher Antrag"
            return f"{row.get_kind_display()}, {place}", row.get_absolute_url()
        case Vote():
            return f"Abstimmung, {_item_name(row.agenda_item)}", row.agenda_item.get_absolute_url()
        case Paper():
            return f"Vorlage {row.reference or row}", row.get_absolute_url()
        case OutsideDocument():
            return str(row), row.url
        case Contribution():
            return f"Absatz {row.position}", ""
        case Person():
            return str(row), ""
    return str(row), row.paper.get_absolute_url() if row.paper else ""


def _item_name(item: AgendaItem) -> str:
    start = item.meeting.start
    day = f", Sitzung vom {german.german_date(start)}" if start else ""
    return f"{item.number or item.title}{day}"
