"""Dates that say how exact they are: "Q3 2026" never becomes 1 July.

A date with precision is a pair of columns: `<name>`, the first day of the period, and
`<name>_precision`. Both are set or none, and the day is the first of its period; the database checks it.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractMonth, ExtractQuarter, ExtractYear


class Precision(models.TextChoices):
    DAY = "day", "Tag"
    MONTH = "month", "Monat"
    QUARTER = "quarter", "Quartal"
    YEAR = "year", "Jahr"


_MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.YEAR: 12}
_FORMS = (
    (Precision.DAY, re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")),
    (Precision.MONTH, re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)")),
    (Precision.QUARTER, re.compile(r"(?P<year>\d{4})-Q(?P<quarter>[1-4])")),
    (Precision.YEAR, re.compile(r"(?P<year>\d{4})")),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A date as exact as its source: a day, a month, a quarter or a year."""

    first: date
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> "Period":
        """From "2026-07-01", "2026-07", "2026-Q3" or "2026".

        Raises ValueError for everything else.
        """
        for precision, form in _FORMS:
            if match := form.fullmatch(text.strip()):
                parts = {name: int(value) for name, value in match.groupdict().items()}
                month = parts.get("month") or parts.get("quarter", 1) * 3 - 2
                return cls(date(parts["year"], month, parts.get("day", 1)), precision)
        raise ValueError(f"{text!r} is no date; write 2026-07-01, 2026-07, 2026-Q3 or 2026")

    @classmethod
    def of(cls, first: date | None, precision: str) -> "Period | None":
        """The pair of columns as one value; None where the date is not known."""
        return cls(first, Precision(precision)) if first and precision else None

    @property
    def last(self) -> date:
        """The last day that may be meant."""
        if self.precision == Precision.DAY:
            return self.first
        month = self.first.month + _MONTHS[self.precision] - 1
        return date(self.first.year, month, calendar.monthrange(self.first.year, month)[1])

    @property
    def iso(self) -> str:
        """What `parse` reads: "2026-07-01", "2026-07", "2026-Q3", "2026"."""
        match self.precision:
            case Precision.DAY:
                return self.first.isoformat()
            case Precision.MONTH:
                return f"{self.first:%Y-%m}"
            case Precision.QUARTER:
                return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year:04}"

    def is_over(self, today: date) -> bool:
        return self.last < today

    @property
    def next_day(self) -> date:
        return self.last + timedelta(days=1)


class PrecisionField(models.CharField):
    """The second column of a date with precision."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "max_length": 7,
            "choices": Precision.choices,
            "blank": True,
            "default": "",
            "verbose_name": "Genauigkeit",
        }
        super().__init__(**defaults | kwargs)


def date_constraints(prefix: str, *names: str) -> list[models.BaseConstraint]:
    """Checks for each date with precision among `names`; `prefix` keeps constraint names unique."""
    constraints: list[models.BaseConstraint] = []
    for name in names:
        precision = f"{name}_precision"
        constraints.append(
            models.CheckConstraint(
                name=f"{prefix}_{name}_paired",
                condition=Q(**{f"{name}__isnull": True, precision: ""})
                | Q(**{f"{name}__isnull": False, f"{precision}__in": Precision.values}),
                violation_error_message="Datum und Genauigkeit gehören zusammen.",
            )
        )
        first_of_month = Q(**{f"{name}__day": 1})
        constraints.append(
            models.CheckConstraint(
                name=f"{prefix}_{name}_first_day",
                condition=Q(**{f"{name}__isnull": True})
                | Q(**{precision: Precision.DAY})
                | Q(**{precision: Precision.MONTH}) & first_of_month
                | Q(**{precision: Precision.QUARTER})
                & first_of_month
                & Q(**{f"{name}__month__in": (1, 4, 7, 10)})
                | Q(**{precision: Precision.YEAR}) & first_of_month & Q(**{f"{name}__month": 1}),
                violation_error_message="Das Datum muss der erste Tag seines Zeitraums sein.",
            )
        )
    return constraints


def periods_not_reversed(name: str, first: str, last: str) -> models.CheckConstraint:
    """`last` may lie on or after `first`, where both are known: "August 2025 to 2025" is fine."""
    precision = f"{last}_precision"
    same_year = Q(**{f"{last}__year": ExtractYear(first)})
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{last}__gte": F(first)})
        | Q(**{precision: Precision.YEAR}) & same_year
        | Q(**{precision: Precision.QUARTER, f"{last}__quarter": ExtractQuarter(first)}) & same_year
        | Q(**{precision: Precision.MONTH, f"{last}__month": ExtractMonth(first)}) & same_year,
        violation_error_message="Das Ende liegt vor dem Anfang.",
    )
