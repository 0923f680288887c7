"""Filters with counts, chips, messages and order, on a list that every installation has: its imports."""

from datetime import UTC, datetime
from typing import Any

import django_filters
import pytest
from django.db.models import QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from portal.collation import alphabetical
from portal.lists import Chip, ListFilter, Row, YearFilter, counted
from portal.models import ImportRun

pytestmark = pytest.mark.django_db


class RunFilter(ListFilter):
    q = django_filters.CharFilter(label="Suchwort", field_name="source", lookup_expr="contains", max_length=9)
    art = django_filters.CharFilter(label="Art", field_name="kind")
    zustand = django_filters.ChoiceFilter(
        label="Zustand", field_name="state", choices=[("failed", "fehlgeschlagen"), ("completed", "fertig")]
    )
    jahr = YearFilter(field_name="finished_at", lookup_expr="year")

    class Meta:
        model = ImportRun
        fields: list[str] = []

    sorts = {"": ("wie importiert", ("pk",)), "art": ("nach Art", ("kind", "pk"))}

    def counts(self) -> list[QuerySet[Any, Row]]:
        return [
            counted("art", self.without("art"), "kind"),
            counted("zustand", self.without("zustand"), "state"),
            counted("jahr", self.without("jahr"), ExtractYear("finished_at")),
        ]


def a_run(kind: str = "rat", state: str = "completed", year: int = 2025) -> ImportRun:
    return ImportRun.objects.create(
        kind=kind, state=state, source=f"Quelle {kind}", finished_at=datetime(year, 6, 1, tzinfo=UTC)
    )


def filtered(query: str = "") -> RunFilter:
    return RunFilter(QueryDict(query), queryset=ImportRun.objects.all())


def counts(runs: RunFilter, name: str) -> list[tuple[str, str, int | None]]:
    return [(choice.value, choice.label, choice.count) for choice in runs.facets[name].choices]


def test_a_facet_leaves_its_own_filter_out() -> None:
    a_run("rat", year=2024)
    a_run("rat", year=2025)
    a_run("plan", year=2025)
    runs = filtered("jahr=2024")
    assert [run.kind for run in runs.qs] == ["rat"]
    assert counts(runs, "jahr") == [("2025", "2025", 2), ("2024", "2024", 1)]
    assert counts(runs, "art") == [("rat", "rat", 1)]
    assert [choice.checked for choice in runs.facets["jahr"].choices] == [False, True]


def test_every_number_is_that_of_the_list_it_leads_to() -> None:
    for kind, state, year in [("a", "failed", 2024), ("a", "completed", 2025), ("b", "completed", 2025)]:
        a_run(kind, state, year)
    for query in ("", "art=a", "jahr=2025", "zustand=completed&jahr=2025", "art=b&zustand=failed"):
        runs = filtered(query)
        for facet in runs.facets.values():
            for choice in facet.choices:
                address = QueryDict(query, mutable=True)
                address[facet.name] = choice.value
                assert filtered(address.urlencode()).qs.count() == choice.count


def test_all_facets_are_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_run()
    with django_assert_num_queries(1):
        runs = filtered("jahr=2025&art=rat&q=Quelle")
        assert runs.facets
        assert runs.chips
        assert runs.messages == []


def test_fixed_choices_stand_as_declared_years_from_the_newest_names_by_the_alphabet() -> None:
    for kind, state, year in [
        ("Öl", "completed", 2023),
        ("Zug", "failed", 2025),
        ("Ofen", "completed", 2024),
    ]:
        a_run(kind, state, year)
    runs = filtered()
    assert [label for _, label, _ in counts(runs, "zustand")] == ["fehlgeschlagen", "fertig"]
    assert [value for value, _, _ in counts(runs, "jahr")] == ["2025", "2024", "2023"]
    assert [value for value, _, _ in counts(runs, "art")] == ["Ofen", "Öl", "Zug"]


def test_the_choice_in_force_stays_where_it_leaves_nothing() -> None:
    a_run()
    assert counts(filtered("zustand=failed"), "zustand") == [
        ("failed", "fehlgeschlagen", 0),
        ("completed", "fertig", 1),
    ]
    assert counts(filtered("art=weg"), "art") == [("rat", "rat", 1), ("weg", "weg", 0)]


def test_an_empty_list_has_no_choices() -> None:
    assert [facet.choices for facet in filtered().facets.values()] == [[], [], []]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("jahr=bald", "Der Filter „Jahr“ kennt „bald“ nicht und wurde nicht angewandt."),
        ("jahr=1%00x", "Der Filter „Jahr“ kennt „1x“ nicht und wurde nicht angewandt."),
        ("jahr=" + "9" * 99, f"Der Filter „Jahr“ kennt „{'9' * 40}“ nicht und wurde nicht angewandt."),
        ("zustand=halb", "Der Filter „Zustand“ kennt „halb“ nicht und wurde nicht angewandt."),
    ],
)
def test_a_value_nobody_knows_is_named_and_ignored(query: str, message: str) -> None:
    a_run()
    runs = filtered(f"{query}&art=rat")
    assert runs.messages == [message]
    assert runs.qs.count() == 1
    assert runs.in_force == {"art": "rat"}
    assert [chip.label for chip in runs.chips] == ["Art: rat"]


def test_words_that_are_too_long_are_not_repeated() -> None:
    a_run()
    runs = filtered("q=" + "x" * 10)
    assert runs.messages[0].startswith("Der Filter „Suchwort“ wurde nicht angewandt: ")
    assert "xxx" not in runs.messages[0]
    assert not runs.is_narrowed


def test_a_chip_leads_to_the_first_page_without_its_filter() -> None:
    a_run()
    runs = filtered("zustand=completed&art=&jahr=bald&q=+Quelle+&sortierung=art&page=3&fremd=1")
    assert runs.chips == [
        Chip("Suchwort: Quelle", "?zustand=completed&sortierung=art&fremd=1"),
        Chip("Zustand: fertig", "?q=+Quelle+&sortierung=art&fremd=1"),
    ]
    assert runs.clear_url == "?sortierung=art&fremd=1"
    assert filtered("art=rat&page=2").clear_url == "."


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [("", False), ("art=", False), ("q=+", False), ("sortierung=art", False), ("q=x", True)],
)
def test_only_a_filter_in_force_narrows(query: str, narrowed: bool) -> None:
    assert filtered(query).is_narrowed == narrowed


@pytest.mark.parametrize(
    ("query", "kinds"),
    [("", "ba"), ("sortierung=art", "ab"), ("sortierung=wirr", "ba"), ("sortierung=%00", "ba")],
)
def test_an_order_nobody_knows_is_the_usual_one(query: str, kinds: str) -> None:
    a_run("b")
    a_run("a")
    runs = filtered(query)
    assert "".join(run.kind for run in runs.ordered()) == kinds
    assert [choice.value for choice in runs.sort_choices if choice.checked] == [
        "art" if kinds == "ab" else ""
    ]


def test_german_alphabet() -> None:
    assert sorted(["Zug", "apfel", "Äpfel", "Straße", "Strasse B"], key=alphabetical) == [
        "apfel", "Äpfel", "Straße", "Strasse B", "Zug",
    ]  # fmt: skip
