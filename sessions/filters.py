"""Filters of the council's lists, with a count beside every choice.

A value that a filter does not know is named in a message and otherwise ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, Count, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, ExtractYear
from django.http import QueryDict

from sessions.models import Consultation, Meeting, Motion, Organization, Paper, Person, Vote
from sessions.models.meeting import MeetingQuerySet
from sessions.models.paper import PaperQuerySet

FIRST_YEAR, LAST_YEAR = 1800, 2200
SHOWN = 40
"""Characters of a value nobody knows that its message repeats."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its choices, each with the number of entries it would show."""

    name: str
    label: str
    choices: list[Choice]

    def chosen(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.checked), None)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    url: str


class YearFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Jahr", min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class ListFilter(django_filters.FilterSet):
    """The GET parameters of a list. Subclasses name their facets and say how to count them."""

    facet_names: tuple[str, ...] = ()

    def counts(self) -> list[QuerySet[Any]]:
        """One grouped query per facet, made with `counted`; they run as one."""
        raise NotImplementedError

    def label_of(self, name: str, value: str, label: str) -> str:
        """What a choice is called on the page."""
        return label

    def order_of(self, name: str, choice: Choice) -> Any:
        """By what the choices of a facet are sorted: years from the newest, names by the alphabet."""
        return -int(choice.value) if name == "jahr" else alphabetical(choice.label)

    def without(self, name: str) -> Any:
        """The list as all the other filters leave it."""
        self.errors  # noqa: B018 - fills cleaned_data
        queryset = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name:
                queryset = self.filters[other].filter(queryset, value)
        return queryset

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Per filter its choices; one query for all of them."""
        found: dict[str, dict[str, Choice]] = {name: {} for name in self.facet_names}
        first, *others = self.counts()
        for name, value, label, count in first.union(*others, all=True):
            shown = self.label_of(name, value, label)
            found[name][value] = Choice(value, shown, count, value == self.value(name))
        for name, text in self.values():
            # The choice in force stays on the list even where it leaves nothing.
            if name in found and text not in found[name]:
                found[name][text] = Choice(text, self.label_of(name, text, self.text_of(name)), 0, True)
        return {
            name: Facet(
                name,
                self.filters[name].label,
                sorted(choices.values(), key=lambda choice: self.order_of(name, choice)),
            )
            for name, choices in found.items()
        }

    def value(self, name: str) -> str:
        """The value in force as it stands in the address; "" where the filter is not in force."""
        return dict(self.values()).get(name, "")

    def values(self) -> Iterator[tuple[str, str]]:
        """Filters in force and their values as they stand in the address."""
        self.errors  # noqa: B018 - fills cleaned_data
        for name, value in self.form.cleaned_data.items():
            if value not in (None, ""):
                yield name, str(getattr(value, "pk", value))

    @property
    def is_narrowed(self) -> bool:
        return any(True for _ in self.values())

    def text_of(self, name: str) -> str:
        """The value in force as the page names it."""
        return str(self.form.cleaned_data[name])

    def chips(self) -> list[Chip]:
        return [
            Chip(f"{self.filters[name].label}: {self.chip_text(name, value)}", self.address_without(name))
            for name, value in self.values()
        ]

    def chip_text(self, name: str, value: str) -> str:
        return self.label_of(name, value, self.text_of(name))

    def address_without(self, *names: str) -> str:
        """Address of this list without these filters, on its first page."""
        query: QueryDict = self.data.copy()
        for name in (*names, "page"):
            query.pop(name, None)
        return f"?{query.urlencode()}" if query else "."

    def messages(self) -> list[str]:
        """One sentence per filter whose value was not understood."""
        found = []
        for name, errors in self.errors.items():
            label = self.filters[name].label
            if type(self.form.fields[name]) is forms.CharField:
                found.append(f"Der Filter „{label}“ wurde nicht angewandt: {' '.join(errors)}")
            else:
                typed = self.data.get(name, "").replace("\0", "")[:SHOWN]
                found.append(f"Der Filter „{label}“ kennt „{typed}“ nicht und wurde nicht angewandt.")
        return found


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

    facet_names = ("jahr", "gremium", "zeit")

    def __init__(self, data: QueryDict, *, queryset: MeetingQuerySet, now: datetime) -> None:
        """`now`: meetings from then on are still to come."""
        super().__init__(data, queryset=queryset)
        self.now = now

    def in_year(self, queryset: MeetingQuerySet, name: str, value: Any) -> MeetingQuerySet:
        return queryset.in_year(int(value))

    def at_time(self, queryset: MeetingQuerySet, name: str, value: str) -> MeetingQuerySet:
        return queryset.from_moment(self.now) if value == "kommend" else queryset.held(self.now)

    def label_of(self, name: str, value: str, label: str) -> str:
        return {"kommend": "kommende", "vergangen": "vergangene"}.get(value, label)

    def counts(self) -> list[QuerySet[Any]]:
        dated = self.without("jahr").filter(start__isnull=False)
        somebody = self.without("gremium").filter(organizations__in=Organization.objects.published())
        at_any_time = self.without("zeit")
        return [
            counted("jahr", dated, year := ExtractYear("start"), year),
            counted("gremium", somebody, F("organizations__pk"), F("organizations__name")),
            counted("zeit", at_any_time.from_moment(self.now), Value("kommend"), Value("")),
            counted("zeit", at_any_time.held(self.now), Value("vergangen"), Value("")),
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

    facet_names = ("art", "jahr", "gremium", "von")
    sorts = {
        "": ("neueste zuerst", (F("date").desc(nulls_last=True), "-reference", "-pk")),
        "alt": ("älteste zuerst", (F("date").asc(nulls_last=True), "reference", "pk")),
        "nummer": ("nach Nummer", ("reference", "pk")),
    }
    """Value of `sortierung`: label and order."""

    def containing(self, queryset: PaperQuerySet, name: str, value: str) -> PaperQuerySet:
        return queryset.containing(value)

    def treated_by(self, queryset: PaperQuerySet, name: str, value: Organization | None) -> PaperQuerySet:
        return queryset.treated_by(value) if value else queryset

    def counts(self) -> list[QuerySet[Any]]:
        dated = self.without("jahr").filter(date__isnull=False)
        stations = Consultation.objects.published().filter(
            paper__in=self.without("gremium"), organizations__in=Organization.objects.published()
        )
        brought_in = self.without("von").filter(originator_organizations__in=Organization.objects.published())
        return [
            counted("art", self.without("art").exclude(paper_type=""), F("paper_type"), F("paper_type")),
            counted("jahr", dated, year := ExtractYear("date"), year),
            counted("gremium", stations, F("organizations__pk"), F("organizations__name"), of="paper"),
            counted(
                "von",
                brought_in,
                F("originator_organizations__pk"),
                F("originator_organizations__name"),
            ),
        ]

    @property
    def sort(self) -> str:
        """The chosen order; the usual one for a word nobody knows."""
        chosen = self.data.get("sortierung", "")
        return chosen if chosen in self.sorts else ""

    @property
    def sort_choices(self) -> list[Choice]:
        return [Choice(value, label, 0, value == self.sort) for value, (label, _) in self.sorts.items()]

    def ordered(self) -> QuerySet[Any]:
        queryset: QuerySet[Any] = self.qs
        return queryset.order_by(*self.sorts[self.sort][1])


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
    gremium = django_filters.ModelChoiceFilter(
        label="Gremium",
        field_name="agenda_item__meeting__organizations",
        queryset=Organization.objects.published(),
    )
    jahr = YearFilter(field_name="agenda_item__meeting__start", lookup_expr="year")

    class Meta:
        model = Motion
        fields: list[str] = []

    facet_names = ("ergebnis", "person", "gremium", "jahr")
    labels = {**dict(Vote.Result.choices), NOT_VOTED: "kein Ergebnis genannt"}

    def with_outcome(self, queryset: QuerySet[Motion], name: str, value: str) -> QuerySet[Motion]:
        votes = Vote.objects.published().filter(motion=OuterRef("pk")).exclude(result="")
        if value == self.NOT_VOTED:
            return queryset.filter(~Exists(votes))
        return queryset.filter(Exists(votes.filter(result=value)))

    def label_of(self, name: str, value: str, label: str) -> str:
        return self.labels.get(value, label) if name == "ergebnis" else label

    def order_of(self, name: str, choice: Choice) -> Any:
        if name == "ergebnis":
            return list(self.labels).index(choice.value)
        return super().order_of(name, choice)

    def counts(self) -> list[QuerySet[Any]]:
        any_outcome = self.without("ergebnis")
        votes = Vote.objects.published().filter(motion__in=any_outcome).exclude(result="")
        movers = self.without("person").filter(mover__in=Person.objects.published())
        somewhere = self.without("gremium").filter(
            agenda_item__meeting__organizations__in=Organization.objects.published()
        )
        dated = self.without("jahr").filter(agenda_item__meeting__start__isnull=False)
        return [
            counted("ergebnis", votes, F("result"), F("result"), of="motion"),
            counted(
                "ergebnis",
                self.with_outcome(any_outcome, "ergebnis", self.NOT_VOTED),
                Value(self.NOT_VOTED),
                Value(""),
            ),
            counted("person", movers, F("mover__pk"), F("mover__name")),
            counted(
                "gremium",
                somewhere,
                F("agenda_item__meeting__organizations__pk"),
                F("agenda_item__meeting__organizations__name"),
            ),
            counted("jahr", dated, year := ExtractYear("agenda_item__meeting__start"), year),
        ]


class OrganizationFilter(ListFilter):
    """GET parameters of /rat/gremien/."""

    art = django_filters.ChoiceFilter(label="Art", field_name="type", choices=Organization.Type.choices)

    class Meta:
        model = Organization
        fields: list[str] = []

    facet_names = ("art",)
    labels = {
        Organization.Type.COUNCIL: "Rat",
        Organization.Type.COMMITTEE: "Ausschüsse",
        Organization.Type.FACTION: "Fraktionen",
        Organization.Type.ADMINISTRATION: "Verwaltung",
        Organization.Type.OTHER: "Sonstige",
    }
    """Several of a type, in the order of the page."""

    def label_of(self, name: str, value: str, label: str) -> str:
        return self.labels[Organization.Type(value)]

    def order_of(self, name: str, choice: Choice) -> Any:
        return Organization.Type.values.index(choice.value)

    def counts(self) -> list[QuerySet[Any]]:
        return [counted("art", self.without("art"), F("type"), F("type"))]


def counted(name: str, queryset: QuerySet[Any], value: Any, label: Any, *, of: str = "pk") -> QuerySet[Any]:
    """Rows (facet, value, label, number of different `of`) as texts and a number, ready for a union."""
    return (
        queryset.order_by()
        .annotate(
            facet=Value(name, CharField()),
            choice=Cast(value, CharField()),
            choice_label=Cast(label, CharField()),
        )
        .values("facet", "choice", "choice_label")
        .annotate(number=Count(of, distinct=True))
        .filter(number__gt=0)
        .values_list("facet", "choice", "choice_label", "number")
    )


def alphabetical(text: str) -> str:
    """Dictionary order of DIN 5007-1, as in portal.collation: ä as a, ß as ss, case ignored."""
    return text.casefold().translate(str.maketrans("äöüéèáà", "aoueeaa"))
