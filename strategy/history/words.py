"""What the columns of an event mean to a reader."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
from strategy.models import Change, Evidence, OutsideDocument, Status
from strategy.models.evidence import TARGETS

if TYPE_CHECKING:
    from strategy.history.entries import Entry


@dataclass(frozen=True, slots=True)
class Ref:
    """Something whose name is looked up only for the page that shows it."""

    model: type[models.Model]
    pk: Any


@dataclass(frozen=True, slots=True)
class Proposed(Ref):
    """A value of proposed evidence that goes with its record: what it says, or the name of the record."""

    label: str
    words: str
    """What it says; "" where the name of the record is meant."""

    def told(self, name: str | None) -> str:
        """As a reader sees it; name: of the record, None where nobody may see it any more."""
        if name is None:
            return f"{self.label}: {'nicht mehr öffentlich' if self.words else GONE}"
        return f"{self.label}: {self.words or name}"


Shown = tuple[str | Ref, ...]
"""What stands in a field: its parts, joined by commas; empty where there is nothing."""

LOOKED_UP = (
    User, Organization, Person, AgendaItem, Contribution, Paper, Motion, Vote, File, OutsideDocument
)  # fmt: skip

GONE = "Quelle, die nicht mehr öffentlich ist"
RECORDS = (AgendaItem, Paper, Motion, Vote, File)
"""What a source publishes and may close again: then nobody is told its name, the staff neither."""
SOURCE_WORDS = ("quote", "note")
"""What evidence says of its source: it goes with the name."""


def shown(model: type[models.Model], name: str, values: Mapping[str, Any]) -> Shown:
    """The field `name` of a row with these columns."""
    field: Any = model._meta.get_field(name)
    value = values.get(field.column)
    if value is None or value == "":
        return ()
    if model is Change and name == "values":
        return tuple(_proposed(apps.get_model(values["model"]), value))
    if has_precision(model, name):
        return (german.with_precision(date.fromisoformat(value), values[f"{name}_precision"]),)
    if field.is_relation:
        if field.related_model is Status:
            return (values.get("status_label") or str(dict(Status.Code.choices).get(value, value)),)
        return (Ref(field.related_model, value),) if field.related_model in LOOKED_UP else ()
    if field.choices:
        return (str(dict(field.flatchoices).get(value, value)),)
    return (_plain_words(field, value),)


def _proposed(model: type[models.Model], values: Mapping[str, Any]) -> Iterator[str | Ref]:
    record = record_of(model, values)
    for name, new in values.items():
        called = label(model, name)
        if record is not None and new and name in (*TARGETS, *SOURCE_WORDS):
            yield Proposed(record.model, record.pk, called, new if name in SOURCE_WORDS else "")
        else:
            yield f"{called}: {new}"


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


def record_of(model: type[models.Model], values: Mapping[str, Any]) -> Ref | None:
    """The record of the council that a row with these plain values rests on, where it is evidence."""
    if model is Evidence:
        for name in TARGETS:
            related: Any = Evidence._meta.get_field(name).related_model
            if related in RECORDS and values.get(name) is not None:
                return Ref(related, values[name])
    return None


def with_names(entries: Iterable["Entry"], *, public: bool) -> "list[Entry]":
    """The same entries with every Ref replaced by a name: at most one query for each kind of thing.

    public: only what everybody may see today has a name. Of the council's records that is so for the staff
    too; a quote from a source that no longer is public goes with it.
    """
    entries = list(entries)
    refs = {ref for entry in entries for ref in entry.refs()}
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for ref in refs:
        wanted[ref.model].add(ref.pk)
    names: dict[Ref, tuple[str, str]] = {}
    for model, pks in wanted.items():
        rows = nameable_rows(model, public=public).filter(pk__in=pks)
        names |= {Ref(model, row.pk): _name(row, public=public) for row in rows}
    for ref in refs:
        if isinstance(ref, Proposed):
            name, _ = names.get(Ref(ref.model, ref.pk), (None, ""))
            names[ref] = ref.told(name), ""
    return [entry.named(names) for entry in entries]


def nameable_rows(model: type[models.Model], *, public: bool) -> QuerySet[Any]:
    """The rows that a page may name: of the council's records only those that everybody may see today.

    public: for a page that everybody reads; it names no organization that the source took back.
    """
    rows: QuerySet[Any] = model._base_manager.all()
    if model is AgendaItem:
        return AgendaItem.objects.published().select_related("meeting")
    if model in (Motion, Vote):
        # Not their own published(): what the source took back may still be cited.
        rule = open_motion() if model is Motion else open_item("agenda_item")
        return rows.filter(rule).select_related("agenda_item__meeting")
    if model in (Paper, File) or (public and model is Organization):
        rows = model._default_manager.published()
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
