"""Plain values (portal.editing) in words for a page: labels instead of numbers and codes."""

from decimal import Decimal
from typing import Any

from django.db import models

from portal.dates import Period
from portal.editing import Plain, has_precision
from portal.german import german_number, period_words

NOTHING = "leer"


def in_words(model: type[models.Model], name: str, value: Plain) -> str:
    """One value as a reader sees it; `NOTHING` where there is none. Asks the database for names of rows."""
    column: Any = model._meta.get_field(name)
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if value in (None, "", []):
        return NOTHING
    if column.is_relation:
        return _names(column, value)
    if has_precision(model, name):
        return period_words(Period.parse(str(value)))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, models.DecimalField):
        return german_number(Decimal(str(value)))
    return str(value)


def _names(column: Any, value: Plain) -> str:
    keys = value if isinstance(value, list) else [value]
    found = column.related_model._base_manager.in_bulk(keys)
    return ", ".join(str(found.get(key, f"Nr. {key} (gibt es nicht mehr)")) for key in keys)
