"""Filters of the desk's list of measures."""

from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from portal.collation import german_order
from portal.lists import ListFilter, Row, counted
from portal.models import User
from strategy.models import Change, Measure, StatusReport
from strategy.models.measure import MeasureQuerySet


def desk_measures(user: User | AnonymousUser) -> QuerySet[Measure]:
    """All measures with what the desk's list shows: `open_report`, `open_report_pk`, `is_mine`, `waiting`."""
    in_progress = StatusReport.objects.filter(measure=OuterRef("pk")).exclude(
        state=StatusReport.State.PUBLISHED
    )
    waiting = (
        Change.objects.open()
        .filter(measure=OuterRef("pk"))
        .order_by()
        .values("measure")
        .annotate(number=Count("pk"))
    )
    return (
        Measure.objects.with_latest_report()
        .annotate(
            open_report=Coalesce(Subquery(in_progress.values("state")[:1]), Value(MeasureFilter.NONE)),
            open_report_pk=Subquery(in_progress.values("pk")[:1]),
            waiting=Coalesce(Subquery(waiting.values("number")[:1]), 0),
            of=Case(
                When(
                    pk__in=Measure.editors.through.objects.filter(user=user.pk).values("measure"),
                    then=Value(MeasureFilter.MINE),
                ),
                default=Value(MeasureFilter.OTHERS),
                output_field=CharField(),
            ),
            public=Case(
                When(published_at__isnull=False, then=Value("ja")),
                default=Value("nein"),
                output_field=CharField(),
            ),
            has_waiting=Case(
                When(
                    pk__in=Change.objects.open().filter(measure__isnull=False).values("measure"),
                    then=Value("ja"),
                ),
                default=Value("nein"),
                output_field=CharField(),
            ),
        )
        .select_related("field")
    )


class MeasureFilter(ListFilter):
    """GET parameters of /redaktion/massnahmen/. Its list is made with `desk_measures`."""

    NONE = "none"
    """Value of `bericht` for measures without an open report."""
    MINE, OTHERS = "meine", "andere"

    q = django_filters.CharFilter(label="Suchwort", method="containing", max_length=200)
    betreut = django_filters.ChoiceFilter(
        label="Betreut von",
        field_name="of",
        choices=[(MINE, "mir"), (OTHERS, "anderen oder niemandem")],
    )
    bericht = django_filters.ChoiceFilter(
        label="Sachstand in Arbeit",
        field_name="open_report",
        choices=[
            *((value, label) for value, label in StatusReport.State.choices if value != "published"),
            (NONE, "keiner"),
        ],
    )
    oeffentlich = django_filters.ChoiceFilter(
        label="Öffentlich", field_name="public", choices=[("ja", "veröffentlicht"), ("nein", "noch nicht")]
    )
    wartet = django_filters.ChoiceFilter(
        label="Änderungen",
        field_name="has_waiting",
        choices=[("ja", "warten auf Freigabe"), ("nein", "keine")],
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    sorts = {
        "": ("Handlungsfeld", ("field__position", "field__name", "position", "name", "pk")),
        "name": ("Name", (german_order("name"), "pk")),
        "alt": ("ältester Sachstand zuerst", (F("reported_at").asc(nulls_first=True), "position", "pk")),
    }

    def containing(self, queryset: MeasureQuerySet, name: str, value: str) -> QuerySet[Any]:
        return queryset.containing(value)

    def counts(self) -> list[QuerySet[Any, Row]]:
        return [
            counted("betreut", self.without("betreut"), "of"),
            counted("bericht", self.without("bericht"), "open_report"),
            counted("oeffentlich", self.without("oeffentlich"), "public"),
            counted("wartet", self.without("wartet"), "has_waiting"),
        ]
