"""Two people at the same form: what each of them saw, what stands now, and what the later one wants.

Values are plain (what JSON can hold), so that a form can carry them along: a date with precision is one
value ("2026-Q3"), a foreign key its number, a many-to-many relation the sorted numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from portal.dates import Period

Plain = str | int | bool | None | list[int]
Values = dict[str, Plain]

_SALT = "portal.editing"
_MOMENT_SALT = "portal.editing.moment"


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome of `merge`: field names throughout."""

    values: Values = field(default_factory=dict)
    """What to write: mine, where mine differs from what stands."""
    taken_over: Values = field(default_factory=dict)
    """What others changed meanwhile and I did not touch; it stays."""
    conflicts: dict[str, tuple[Plain, Plain]] = field(default_factory=dict)
    """What both changed: (what stands now, mine)."""


def merge(base: Mapping[str, Plain], current: Mapping[str, Plain], mine: Mapping[str, Plain]) -> Merge:
    """Brings together what I saw, what stands and what I want, for every field of `mine`."""
    result = Merge()
    for name, wanted in mine.items():
        seen, stands = base.get(name), current[name]
        if wanted == stands:
            continue
        if name not in base or stands == seen:
            result.values[name] = wanted
        elif wanted == seen:
            result.taken_over[name] = stands
        else:
            result.conflicts[name] = (stands, wanted)
    return result


def seal(values: Mapping[str, Plain]) -> str:
    """`values` as a text for a hidden field, signed: nobody else can invent what somebody saw."""
    return signing.dumps(dict(values), salt=_SALT, compress=True)


def unseal(text: str) -> Values:
    """What `seal` sealed. Raises django.core.signing.BadSignature."""
    values: Values = signing.loads(text, salt=_SALT)
    return values


def seal_moment(moment: datetime) -> str:
    """When what a page shows was read or changed last, for a hidden field; nobody else can invent it."""
    return signing.dumps(moment.isoformat(), salt=_MOMENT_SALT)


def unseal_moment(text: str) -> datetime:
    """What `seal_moment` sealed. Raises django.core.signing.BadSignature."""
    return datetime.fromisoformat(signing.loads(text, salt=_MOMENT_SALT))


def plain(obj: models.Model, names: Iterable[str]) -> Values:
    """The fields `names` of a row as plain values; of an unsaved row, relations to many are empty."""
    return {name: _read(obj, name) for name in names}


def as_plain(model: type[models.Model], name: str, value: Any) -> Plain:
    """What a form's cleaned `value` for the field `name` is as a plain value."""
    if isinstance(value, Period):
        return value.iso
    if isinstance(value, models.Model):
        return value.pk
    if model._meta.get_field(name).many_to_many:
        return sorted(row.pk for row in value)
    if value is None and has_precision(model, name):
        return ""
    return _simple(value)


def put(obj: models.Model, name: str, value: Plain) -> None:
    """Sets one field of a row, not of relations to many, to a plain value; saves nothing."""
    if has_precision(type(obj), name):
        period = Period.parse(value) if isinstance(value, str) and value else None
        setattr(obj, name, period.first if period else None)
        setattr(obj, f"{name}_precision", period.precision.value if period else "")
        return
    column: Any = obj._meta.get_field(name)
    setattr(obj, column.attname, value if column.is_relation else column.to_python(value))


def has_precision(model: type[models.Model], name: str) -> bool:
    """Whether the field is the first column of a date with precision."""
    try:
        model._meta.get_field(f"{name}_precision")
    except FieldDoesNotExist:
        return False
    return True


def _read(obj: models.Model, name: str) -> Plain:
    column: Any = obj._meta.get_field(name)
    if column.many_to_many:
        return sorted(getattr(obj, name).values_list("pk", flat=True)) if obj.pk else []
    if has_precision(type(obj), name):
        period = Period.of(getattr(obj, name), getattr(obj, f"{name}_precision"))
        return period.iso if period else ""
    return _simple(getattr(obj, column.attname))


def _simple(value: Any) -> Plain:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
