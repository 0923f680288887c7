"""Filters of the measures list."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from portal.collation import german_order
from portal.lists import ListFilter, Row, SlugFilter, YearFilter, counted
from portal.models import SearchEntry
from portal.searching.within import matching_objects
from sessions.models import Organization
from strategy.models import FieldOfAction, Measure, Partner, Status
from strategy.models.measure import MeasureQuerySet

MOST_YEARS = 60
"""A wrong year in one measure must not make a list of a thousand choices."""


class MeasureFilter(ListFilter):
    """GET parameters of /massnahmen/. Its list is made `with_latest_report()`."""

    UNREPORTED = "unknown"
    """Value of `status` for measures without a published report."""

    q = django_filters.CharFilter(label="Suchwort", method="containing", max_length=200)
    feld = SlugFilter(label="Handlungsfeld", field_name="field", queryset=FieldOfAction.objects.published())
    status = django_filters.ChoiceFilter(
        label="Status",
        method="with_status",
        choices=[(UNREPORTED, "noch kein Sachstand"), *Status.Code.choices],
    )
    herkunft = django_filters.ChoiceFilter(
        label="Herkunft", field_name="origin", choices=Measure.Origin.choices
    )
    verbindlichkeit = django_filters.ChoiceFilter(
        label="Verbindlichkeit", field_name="binding", choices=Measure.Binding.choices
    )
    stelle = django_filters.ModelChoiceFilter(
        label="Zuständige Stelle", field_name="responsible_units", queryset=Organization.objects.published()
    )
    partner = SlugFilter(
        label="Partner",
        field_name="partners",
        # A partner of nothing but drafts is nobody's business yet.
        queryset=Partner.objects.filter(measures__in=Measure.objects.published()).distinct(),
    )
    jahr = YearFilter(method="touching_year")

    class Meta:
        model = Measure
        fields: list[str] = []

    sorts = {
        "": ("Handlungsfeld", ("field__position", "field__name", "position", "name", "pk")),
        "name": ("Name", (german_order("name"), "pk")),
        "bericht": ("neuester Sachstand", (F("reported_at").desc(nulls_last=True), "position", "pk")),
    }

    def containing(self, queryset: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        return queryset.filter(pk__in=self.found)

    @cached_property
    def found(self) -> "QuerySet[SearchEntry, int]":
        """What the search finds; asked once, for the list and for each count."""
        return matching_objects("measure", self.form.cleaned_data["q"])

    def with_status(self, queryset: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        if value == self.UNREPORTED:
            return queryset.filter(status_code__isnull=True)
        return queryset.filter(status_code=value)

    def touching_year(self, queryset: MeasureQuerySet, name: str, value: Any) -> MeasureQuerySet:
        return queryset.with_years().filter(first_year__lte=value, last_year__gte=value)

    def counts(self) -> list[QuerySet[Any, Row]]:
        in_a_field = self.without("feld").filter(field__in=FieldOfAction.objects.published())
        with_a_unit = self.without("stelle").filter(responsible_units__in=Organization.objects.published())
        with_partners = self.without("partner").filter(partners__isnull=False)
        dated = self.without("jahr").with_years().filter(first_year__isnull=False)
        # A city may change the label of a status.
        status, label = Coalesce("status_code", Value(self.UNREPORTED)), Coalesce("status_name", Value(""))
        return [
            counted("feld", in_a_field, "field__slug", "field__name"),
            counted("status", self.without("status"), status, label),
            counted("herkunft", self.without("herkunft"), "origin"),
            counted("verbindlichkeit", self.without("verbindlichkeit"), "binding"),
            counted("stelle", with_a_unit, "responsible_units__pk", "responsible_units__name"),
            counted("partner", with_partners, "partners__slug", "partners__name"),
            counted("jahr", dated, "first_year", "last_year"),
        ]

    def rows(self) -> Iterator[Row]:
        """A measure of 2024 to 2026 counts in each of these years."""
        years: Counter[int] = Counter()
        for name, value, label, count in super().rows():
            if name == "jahr":
                first, last = int(value), int(label)
                years.update(dict.fromkeys(range(first, min(last, first + MOST_YEARS) + 1), count))
            else:
                yield name, value, label, count
        for year, count in years.items():
            yield "jahr", str(year), "", count

    def text_of(self, name: str) -> str:
        if name == "status":
            named = Status.objects.filter(code=self.in_force[name]).values_list("label", flat=True)
            return named.first() or super().text_of(name)
        return super().text_of(name)
