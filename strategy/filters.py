"""Filters of the measures list, with a count beside every choice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict
from django.utils.http import urlencode

from portal.collation import german_order
from strategy.models import Measure, Status
from strategy.models.measure import MeasureQuerySet

FIRST_YEAR, LAST_YEAR = 1949, 2200
MOST_YEARS = 60
"""A wrong year in one measure must not make a list of a thousand choices."""

SORTS = {
    "": ("Handlungsfeld", ("field__position", "field__name", "position", "name", "pk")),
    "name": ("Name", (german_order("name"), "pk")),
    "bericht": ("neuester Sachstand", (F("reported_at").desc(nulls_last=True), "position", "pk")),
}
"""Value of `sortierung`: label and order."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int | None
    checked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]


class WholeNumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class MeasureFilter(django_filters.FilterSet):
    """GET parameters of /massnahmen/. A value that matches nothing gives an empty list, not an error."""

    q = django_filters.CharFilter(label="Suchwort", method="containing", max_length=200)
    feld = django_filters.CharFilter(label="Handlungsfeld", field_name="field__slug", max_length=100)
    status = django_filters.CharFilter(label="Status", method="with_status", max_length=20)
    herkunft = django_filters.CharFilter(label="Herkunft", field_name="origin", max_length=20)
    verbindlichkeit = django_filters.CharFilter(label="Verbindlichkeit", field_name="binding", max_length=20)
    stelle = WholeNumberFilter(
        label="zuständige Stelle", field_name="responsible_units__pk", min_value=0, max_value=2**53
    )
    partner = django_filters.CharFilter(label="Partner", field_name="partners__slug", max_length=100)
    jahr = WholeNumberFilter(
        label="Jahr",
        method="touching_year",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    FACETS = {
        "feld": "Handlungsfeld",
        "status": "Status",
        "herkunft": "Herkunft",
        "verbindlichkeit": "Verbindlichkeit",
        "stelle": "Zuständige Stelle",
        "partner": "Partner",
        "jahr": "Jahr",
    }

    def containing(self, queryset: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        return queryset.containing(value)

    def with_status(self, queryset: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        if value == "unknown":
            return queryset.filter(status_code__isnull=True)
        return queryset.filter(status_code=value)

    def touching_year(self, queryset: MeasureQuerySet, name: str, value: Any) -> MeasureQuerySet:
        return queryset.with_years().filter(first_year__lte=value, last_year__gte=value)

    @property
    def sort(self) -> str:
        """The chosen order; the usual one for a word nobody knows."""
        chosen = self.data.get("sortierung", "")
        return chosen if chosen in SORTS else ""

    @property
    def sorts(self) -> list[Choice]:
        return [Choice(value, label, None, value == self.sort) for value, (label, _) in SORTS.items()]

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("q", *self.FACETS))

    @property
    def labelled_errors(self) -> list[tuple[str, list[str]]]:
        """Which field was not understood, and why."""
        return [(str(self.filters[name].label), list(errors)) for name, errors in self.errors.items()]

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address of the list without it."""
        labels = {
            (facet.name, choice.value): choice.label for facet in self.facets for choice in facet.choices
        }
        names = {"q": "Suchwort", **self.FACETS}
        return [
            {
                "label": f"{names[name]}: {labels.get((name, value), value)}",
                "url": self._address(leave_out={name}),
            }
            for name in names
            if (value := self.data.get(name))
        ]

    @property
    def clear_url(self) -> str:
        return self._address(leave_out={"q", *self.FACETS})

    def _address(self, leave_out: set[str]) -> str:
        kept = {key: value for key, value in self.data.items() if key not in leave_out | {"page"} and value}
        return f"?{urlencode(kept)}" if kept else "."

    def ordered(self) -> MeasureQuerySet:
        queryset: MeasureQuerySet = self.qs
        return queryset.order_by(*SORTS[self.sort][1])

    @cached_property
    def facets(self) -> list[Facet]:
        """Every filter's choices with the number of measures each would show; one query for all."""
        rows: dict[str, list[tuple[str, str, int]]] = {name: [] for name in self.FACETS}
        for name, value, label, count in self._counts():
            rows[name].append((value, label, count))
        rows["jahr"] = spread_years(rows["jahr"])
        rows["status"] = [(value, label or "noch kein Sachstand", n) for value, label, n in rows["status"]]
        for name, choices in (("verbindlichkeit", Measure.Binding), ("herkunft", Measure.Origin)):
            rows[name] = [(value, str(choices(value).label), n) for value, _, n in rows[name]]
        return [
            Facet(
                name,
                label,
                [
                    Choice(value, text, count, value == self.data.get(name, ""))
                    for value, text, count in sorted(rows[name], key=_in_order(name))
                ],
            )
            for name, label in self.FACETS.items()
        ]

    def _counts(self) -> Iterable[tuple[str, str, str, int]]:
        def counted(name: str, value: Any, label: Any) -> QuerySet[Any]:
            queryset = self._without(name)
            if name == "jahr":
                queryset = queryset.with_years()
            return (
                queryset.order_by()
                .annotate(
                    facet=Value(name, CharField()),
                    choice=Cast(value, CharField()),
                    choice_label=Cast(label, CharField()),
                )
                .exclude(choice=None)
                .values("facet", "choice", "choice_label")
                .annotate(number=Count("pk", distinct=True))
                .values_list("facet", "choice", "choice_label", "number")
            )

        first, *others = (
            counted("feld", F("field__slug"), F("field__name")),
            counted("status", Coalesce("status_code", Value("unknown")), Coalesce("status_label", Value(""))),
            counted("herkunft", F("origin"), Value("")),
            counted("verbindlichkeit", F("binding"), Value("")),
            counted("stelle", F("responsible_units__pk"), F("responsible_units__name")),
            counted("partner", F("partners__slug"), F("partners__name")),
            counted(
                "jahr", Concat("first_year", Value("-"), "last_year", output_field=CharField()), Value("")
            ),
        )
        return first.union(*others, all=True)

    def _without(self, name: str) -> MeasureQuerySet:
        """The list as all the other filters leave it."""
        if not self.data.get(name):
            unfiltered: MeasureQuerySet = self.qs
            return unfiltered
        data = QueryDict(mutable=True)
        data.update({key: value for key, value in self.data.items() if key != name})
        queryset: MeasureQuerySet = type(self)(data, queryset=self.queryset).qs
        return queryset


def spread_years(spans: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """From counts per span ("2024-2026") to counts per year."""
    years: Counter[int] = Counter()
    for span, _, count in spans:
        first, _, last = span.partition("-")
        if not first or not last:
            continue
        for year in range(int(first), min(int(last), int(first) + MOST_YEARS) + 1):
            years[year] += count
    return [(str(year), str(year), count) for year, count in years.items()]


def _in_order(name: str) -> Any:
    """How the choices of a facet stand: by meaning where there is one, else by the alphabet."""
    ranks = {
        "status": ["unknown", *Status.Code.values],
        "verbindlichkeit": Measure.Binding.values,
        "herkunft": Measure.Origin.values,
    }.get(name)
    if ranks:
        return lambda row: ranks.index(row[0]) if row[0] in ranks else len(ranks)
    if name == "jahr":
        return lambda row: row[0]
    return lambda row: row[1].casefold()
