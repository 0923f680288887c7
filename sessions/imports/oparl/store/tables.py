"""Which table takes which OParl object, and what of it points where. Derived from the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from sessions.imports.oparl.records import ObjectType
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
)

Model = type[models.Model]

MODELS: dict[ObjectType, Model] = {
    "Body": Body,
    "LegislativeTerm": LegislativeTerm,
    "Location": Location,
    "Organization": Organization,
    "Person": Person,
    "Membership": Membership,
    "Meeting": Meeting,
    "AgendaItem": AgendaItem,
    "Paper": Paper,
    "Consultation": Consultation,
    "File": File,
}
"""In the order of records.TYPES; a System has no row."""

REQUIRED: dict[ObjectType, tuple[str, ...]] = {
    "Membership": ("person", "organization"),
    "AgendaItem": ("meeting",),
    "Consultation": ("paper",),
}
"""References without which there is no row."""

FILE_PARENTS = ("paper", "agenda_item", "meeting")
"""A file needs exactly one of them; where a source names several, the first of them."""

_TYPES = {model: name for name, model in MODELS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """A many-to-many field, seen from one of its sides."""

    table: str
    own: str
    """Column with the key of the row."""
    target: str
    target_type: ObjectType
    symmetrical: bool
    """A link there is one back as well."""
    counterpart: str
    """The field of the target that names the same link; "" where a source states it on one side only."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the objects of one type go."""

    type: ObjectType
    model: Model
    name: str
    columns: tuple[str, ...]
    written: tuple[str, ...]
    """What an update may change: all columns but the key and the day of the first import."""
    defaults: Mapping[str, Any]
    """Of each column, what a new row has where nothing is stated."""
    keys: Mapping[str, ObjectType]
    """Foreign key to the type that it points to."""
    links: Mapping[str, Link]
    json: tuple[str, ...]
    """Columns that hold JSON."""


def _table(name: ObjectType, model: type[models.Model]) -> Table:
    fields = model._meta.concrete_fields
    columns = tuple(field.attname for field in fields)
    keys: dict[str, ObjectType] = {
        field.name: _TYPES[field.related_model]
        for field in fields
        if isinstance(field, models.ForeignKey) and field.related_model in _TYPES
    }
    return Table(
        type=name,
        model=model,
        name=model._meta.db_table,
        columns=columns,
        written=tuple(column for column in columns if column not in ("id", "first_imported_at")),
        defaults={
            field.attname: None
            if isinstance(field, models.ForeignKey) or field.attname in ("id", "external_id")
            else field.get_default()
            for field in fields
        },
        keys=keys,
        links=_links(model),
        json=tuple(field.attname for field in fields if isinstance(field, models.JSONField)),
    )


def _links(model: type[models.Model]) -> dict[str, Link]:
    links = {}
    for field in model._meta.many_to_many:
        if field.related_model not in _TYPES:
            continue
        to_itself = field.related_model is model
        symmetrical = bool(to_itself and field.remote_field.symmetrical)
        back = field.name if symmetrical else field.remote_field.get_accessor_name() or ""
        table, own, target = field.m2m_db_table(), field.m2m_column_name(), field.m2m_reverse_name()
        target_type = _TYPES[field.related_model]
        counterpart = back if to_itself else ""
        links[field.name] = Link(table, own, target, target_type, symmetrical, counterpart)
        if to_itself and not symmetrical:
            # OParl states this relation on either side.
            links[back] = Link(table, target, own, target_type, False, field.name)
    return links


TABLES: dict[ObjectType, Table] = {name: _table(name, model) for name, model in MODELS.items()}
