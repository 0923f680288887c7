"""Plain values (portal.editing) in words for a page: labels instead of numbers and codes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from portal.dates import Period
from portal.editing import Plain, has_precision
from portal.german import german_number, period_words
from strategy.history.words import GONE, RECORDS, SOURCE_WORDS, nameable_rows, record_of

NOTHING = "leer"


class Words:
    """What values are called; the names of all rows that they mean are read at once, one query per model.

    of: models with all their plain values that shall be told. A record of the council that is no longer
    public has no name, and what evidence says of it is told as `NOTHING`.
    """

    def __init__(self, of: Iterable[tuple[type[models.Model], Mapping[str, Any]]] = ()) -> None:
        of = list(of)
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for model, values in of:
            for name, value in values.items():
                column = _column(model, name)
                if column is not None and column.is_relation and value not in (None, "", []):
                    wanted[column.related_model].update(value if isinstance(value, list) else [value])
        self._names: dict[type[models.Model], dict[Any, str]] = {
            model: {
                key: str(row) for key, row in nameable_rows(model, public=False).in_bulk(list(keys)).items()
            }
            for model, keys in wanted.items()
        }
        self._withheld = {
            (model, name, values[name])
            for model, values in of
            if (record := record_of(model, values)) and record.pk not in self._names[record.model]
            for name in SOURCE_WORDS
            if name in values
        }

    def of(self, model: type[models.Model], name: str, value: Plain) -> str:
        """One value as a reader sees it; `NOTHING` where there is none."""
        if isinstance(value, bool):
            return "ja" if value else "nein"
        if value is None or value == "" or value == []:
            return NOTHING
        if name in SOURCE_WORDS and (model, name, value) in self._withheld:
            return NOTHING
        column = _column(model, name)
        if column is None:
            return str(value)
        if column.is_relation:
            keys = value if isinstance(value, list) else [value]
            known = self._names.get(column.related_model, {})
            gone = GONE if column.related_model in RECORDS else "Nr. {} (nicht mehr da)"
            return ", ".join(known.get(key) or gone.format(key) for key in keys)
        if has_precision(model, name):
            return period_words(Period.parse(str(value)))
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(column, models.DecimalField):
            return german_number(Decimal(str(value)))
        return str(value)


def in_words(model: type[models.Model], name: str, value: Plain) -> str:
    """One value as a reader sees it; asks the database for the names of rows that it means."""
    return Words([(model, {name: value})]).of(model, name, value)


def label_of(model: type[models.Model], name: str) -> str:
    """What a page calls a field."""
    column = _column(model, name)
    label = str(column.verbose_name) if column is not None else {"paragraph": "Absatz"}.get(name, name)
    return label[:1].upper() + label[1:]


def is_long_text(model: type[models.Model], name: str) -> bool:
    """Whether a difference in the field is best shown word by word."""
    column = _column(model, name)
    return (
        isinstance(column, models.TextField | models.CharField)
        and not column.choices
        and not has_precision(model, name)
    )


def _column(model: type[models.Model], name: str) -> Any:
    """None for what a proposal names beside the columns, as the number of a paragraph."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
