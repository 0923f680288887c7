"""Filters of the council's lists."""

from datetime import datetime
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import ExtractYear
from django.http import QueryDict

from portal.lists import ListFilter, Row, YearFilter, counted
from portal.models import SearchEntry
from portal.searching.within import matching_objects
from sessions.models import Consultation, Meeting, Motion, Organization, Paper, Person, Vote
from sessions.models.meeting import MeetingQuerySet
from sessions.models.paper import PaperQuerySet

ORGANIZATION_TYPES = {
    Organization.Type.COUNCIL: "Rat",
    Organization.Type.COMMITTEE: "Ausschüsse",
    Organization.Type.FACTION: "Fraktionen",
    Organization.Type.ADMINISTRATION: "Verwaltung",
    Organization.Type.OTHER: "Sonstige",
}
"""Several of a type, in the order of the page."""


class MeetingFilter(ListFilter):
    """GET parameters of /rat/sitzungen/."""

    jahr = YearFilter(method="in_year")
    gremium = django_filters.ModelChoiceFilter(
        label="Gremium", field_name="organizations", queryset=Organization.objects.published()
    )
    zeit = django_filters.ChoiceFilter(
        label="Zeit", method="at_time", choices=[("kommend", "kommende"), ("vergangen", "vergangene")]
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: MeetingQuerySet, now: datetime) -> None:
        """`now`: meetings from then on are still to come."""
        super().__init__(data, queryset=queryset)
        self.now = now

    def in_year(self, queryset: MeetingQuerySet, name: str, value: Any) -> MeetingQuerySet:
        return queryset.in_year(int(value))

    def at_time(self, queryset: MeetingQuerySet, name: str, value: str) -> MeetingQuerySet:
        return queryset.from_moment(self.now) if value == "kommend" else queryset.held(self.now)

    def counts(self) -> list[QuerySet[Any, Row]]:
        dated = self.without("jahr").filter(start__isnull=False)
        somebody = self.without("gremium").filter(organizations__in=Organization.objects.published())
        at_any_time = self.without("zeit")
        return [
            counted("jahr", dated, ExtractYear("start")),
            counted("gremium", somebody, "organizations__pk", "organizations__name"),
            counted("zeit", at_any_time.from_moment(self.now), Value("kommend")),
            counted("zeit", at_any_time.held(self.now), Value("vergangen")),
        ]


class PaperFilter(ListFilter):
    """GET parameters of /rat/vorlagen/."""

    q = django_filters.CharFilter(label="Suchwort", method="containing", max_length=200)
    art = django_filters.CharFilter(label="Art", field_name="paper_type", max_length=200)
    jahr = YearFilter(field_name="date", lookup_expr="year")
    gremium = django_filters.ModelChoiceFilter(
        label="Beraten in", method="treated_by", queryset=Organization.objects.published()
    )
    von = django_filters.ModelChoiceFilter(
        label="Eingebracht von",
        field_name="originator_organizations",
        queryset=Organization.objects.published(),
    )

    class Meta:
        model = Paper
        fields: list[str] = []

    sorts = {
        "": ("neueste zuerst", (F("date").desc(nulls_last=True), "-reference", "-pk")),
        "alt": ("älteste zuerst", (F("date").asc(nulls_last=True), "reference", "pk")),
        "nummer": ("nach Nummer", ("reference", "pk")),
    }

    def containing(self, queryset: PaperQuerySet, name: str, value: str) -> PaperQuerySet:
        return queryset.filter(pk__in=self.found)

    @cached_property
    def found(self) -> "QuerySet[SearchEntry, int]":
        """What the search finds; asked once, for the list and for each count."""
        return matching_objects("paper", self.form.cleaned_data["q"])

    def treated_by(self, queryset: PaperQuerySet, name: str, value: Organization) -> PaperQuerySet:
        return queryset.treated_by(value)

    def counts(self) -> list[QuerySet[Any, Row]]:
        dated = self.without("jahr").filter(date__isnull=False)
        stations = Consultation.objects.published().filter(
            paper__in=self.without("gremium"), organizations__in=Organization.objects.published()
        )
        brought_in = self.without("von").filter(originator_organizations__in=Organization.objects.published())
        return [
            counted("art", self.without("art").exclude(paper_type=""), "paper_type"),
            counted("jahr", dated, ExtractYear("date")),
            counted("gremium", stations, "organizations__pk", "organizations__name", of="paper"),
            counted("von", brought_in, "originator_organizations__pk", "originator_organizations__name"),
        ]


class MotionFilter(ListFilter):
    """GET parameters of /rat/antraege/."""

    NOT_VOTED = "offen"
    """Value of `ergebnis` for motions of which the source gives no result."""

    ergebnis = django_filters.ChoiceFilter(
        label="Ergebnis",
        method="with_outcome",
        choices=[*Vote.Result.choices, (NOT_VOTED, "kein Ergebnis genannt")],
    )
    person = django_filters.ModelChoiceFilter(
        label="Gestellt von", field_name="mover", queryset=Person.objects.published()
    )
    fraktion = django_filters.ModelChoiceFilter(
        label="Gestellt von Fraktion oder Gremium",
        field_name="mover_organization",
        queryset=Organization.objects.published(),
    )
    gremium = django_filters.ModelChoiceFilter(
        label="Gremium",
        field_name="agenda_item__meeting__organizations",
        queryset=Organization.objects.published(),
    )
    jahr = YearFilter(field_name="agenda_item__meeting__start", lookup_expr="year")

    class Meta:
        model = Motion
        fields: list[str] = []

    def with_outcome(self, queryset: QuerySet[Motion], name: str, value: str) -> QuerySet[Motion]:
        votes = Vote.objects.published().filter(motion=OuterRef("pk")).exclude(result="")
        if value == self.NOT_VOTED:
            return queryset.filter(~Exists(votes))
        return queryset.filter(Exists(votes.filter(result=value)))

    def counts(self) -> list[QuerySet[Any, Row]]:
        any_outcome = self.without("ergebnis")
        votes = Vote.objects.published().filter(motion__in=any_outcome).exclude(result="")
        movers = self.without("person").filter(mover__in=Person.objects.published())
        # A join: as one more subquery it takes minutes on a database that has no statistics yet.
        groups = self.without("fraktion").filter(
            mover_organization__isnull=False, mover_organization__withdrawn_at__isnull=True
        )
        somewhere = self.without("gremium").filter(
            agenda_item__meeting__organizations__in=Organization.objects.published()
        )
        dated = self.without("jahr").filter(agenda_item__meeting__start__isnull=False)
        return [
            counted("ergebnis", votes, "result", of="motion"),
            counted(
                "ergebnis",
                self.with_outcome(any_outcome, "ergebnis", self.NOT_VOTED),
                Value(self.NOT_VOTED),
            ),
            counted("person", movers, "mover__pk", "mover__name"),
            counted("fraktion", groups, "mover_organization__pk", "mover_organization__name"),
            counted(
                "gremium",
                somewhere,
                "agenda_item__meeting__organizations__pk",
                "agenda_item__meeting__organizations__name",
            ),
            counted("jahr", dated, ExtractYear("agenda_item__meeting__start")),
        ]


class OrganizationFilter(ListFilter):
    """GET parameters of /rat/gremien/."""

    art = django_filters.ChoiceFilter(
        label="Art", field_name="type", choices=list(ORGANIZATION_TYPES.items())
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def counts(self) -> list[QuerySet[Any, Row]]:
        return [counted("art", self.without("art"), "type")]
