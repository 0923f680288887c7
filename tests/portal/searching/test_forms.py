"""The address of the search: filters, chips, messages, and how addresses are put together."""

from collections.abc import Collection
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from portal.searching import kinds as registry
from portal.searching.finding import Narrowing
from portal.searching.forms import LONGEST, SearchForm
from portal.searching.kinds import RegisteredFacet, Searchable
from portal.searching.models import SearchShelf

FIELDS = {"verwaltung": "Verwaltung", "bildung": "Bildung"}
COUNTS = {
    "kind": {"paper": 2, "measure": 3, "gone": 9},
    "year": {"2024": 1, "2025": 4},
    "field": {"verwaltung": 2, "bildung": 1, "entwurf": 5},
    "status": {},
    "committees": {},
}


def a_kind(kind: str, plural: str) -> Searchable:
    return Searchable(
        kind=kind,
        label=plural[:-1],
        plural=plural,
        published=lambda: pytest.fail("not asked"),
        texts=lambda ids: [],
        results=lambda ids, words: {},
    )


def in_no_table(values: Collection[str]) -> QuerySet[Any, tuple[str, str]]:
    return SearchShelf.objects.none().values_list("field", "status")


@pytest.fixture(autouse=True)
def _two_kinds_and_a_facet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        registry, "_kinds", {"measure": a_kind("measure", "Maßnahmen"), "paper": a_kind("paper", "Vorlagen")}
    )
    monkeypatch.setattr(registry, "_facets", {"field": RegisteredFacet("Handlungsfeld", in_no_table, FIELDS)})


def form_of(query: str) -> SearchForm:
    return SearchForm(QueryDict(query))


def test_everything_that_an_address_says() -> None:
    form = form_of("q=Voicebot&art=paper&jahr=2025&feld=bildung&sortierung=datum")
    assert form.text == "Voicebot"
    assert form.narrowing == Narrowing(kind="paper", year=2025, field="bildung")
    assert form.newest_first
    assert form.messages == []


def test_an_address_that_says_nothing() -> None:
    form = form_of("")
    assert (form.text, form.narrowing, form.newest_first) == ("", Narrowing(), False)
    assert (form.chips, form.messages) == ([], [])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("art=x", "Der Filter „Art“ kennt „x“ nicht und wurde nicht angewandt."),
        ("art=%00", "Der Filter „Art“ kennt „“ nicht und wurde nicht angewandt."),
        ("jahr=bald", "Der Filter „Jahr“ kennt „bald“ nicht und wurde nicht angewandt."),
        ("jahr=" + "9" * 9000, f"Der Filter „Jahr“ kennt „{'9' * 40}“ nicht und wurde nicht angewandt."),
        ("feld=entwurf", "Der Filter „Handlungsfeld“ kennt „entwurf“ nicht und wurde nicht angewandt."),
        ("feld=%27--", "Der Filter „Handlungsfeld“ kennt „'--“ nicht und wurde nicht angewandt."),
        ("gremium=1", "Der Filter „Gremium“ kennt „1“ nicht und wurde nicht angewandt."),
        ("gremium=-1", "Der Filter „Gremium“ kennt „-1“ nicht und wurde nicht angewandt."),
        ("status=x", "Der Filter „Status“ kennt „x“ nicht und wurde nicht angewandt."),
    ],
)
def test_a_value_nobody_knows_is_named_and_ignored(query: str, message: str) -> None:
    form = form_of(f"q=Voicebot&{query}")
    assert form.messages == [message]
    assert form.narrowing == Narrowing()
    assert form.address() == "?q=Voicebot"


def test_an_order_nobody_knows_is_the_usual_one() -> None:
    form = form_of("q=x&sortierung=%00")
    assert not form.newest_first
    assert [choice.value for choice in form.sort_choices if choice.checked] == [""]


def test_a_long_question_is_cut_and_says_so() -> None:
    form = form_of("q=" + "x" * 10_000)
    assert form.text == "x" * LONGEST
    assert form.messages == ["Das ist sehr lang. Gesucht wurde nach den ersten 200 Zeichen."]
    assert form_of("q=" + "x" * LONGEST).messages == []


def test_a_nul_is_told_in_german() -> None:
    form = form_of("q=Voice%00bot")
    assert form.text == ""
    assert form.errors["q"] == ["Nullzeichen sind nicht erlaubt."]


def test_facets_show_what_has_a_public_name() -> None:
    facets = form_of("q=x").facets(COUNTS)
    assert [(one.name, one.label) for one in facets] == [
        ("art", "Art"), ("jahr", "Jahr"), ("feld", "Handlungsfeld"),
    ]  # fmt: skip
    assert [
        [(choice.value, choice.label, choice.count, choice.checked) for choice in one.choices]
        for one in facets
    ] == [
        [("measure", "Maßnahmen", 3, False), ("paper", "Vorlagen", 2, False)],
        [("2025", "2025", 4, False), ("2024", "2024", 1, False)],
        [("bildung", "Bildung", 1, False), ("verwaltung", "Verwaltung", 2, False)],
    ]


def test_the_choice_in_force_stays_even_where_it_leaves_nothing() -> None:
    empty: dict[str, dict[str, int]] = {column: {} for column in COUNTS}
    [facet] = form_of("q=x&feld=bildung").facets(empty)
    [choice] = facet.choices
    assert (choice.value, choice.count, choice.checked) == ("bildung", 0, True)


def test_a_chip_leads_to_the_same_question_without_its_filter() -> None:
    form = form_of("q=Straßen+%26+Wege&art=paper&jahr=2025&sortierung=datum&page=7")
    assert [(chip.label, chip.url) for chip in form.chips] == [
        ("Art: Vorlagen", "?q=Stra%C3%9Fen+%26+Wege&jahr=2025&sortierung=datum"),
        ("Jahr: 2025", "?q=Stra%C3%9Fen+%26+Wege&art=paper&sortierung=datum"),
    ]
    assert form.clear_url == "?q=Stra%C3%9Fen+%26+Wege&sortierung=datum"


def test_links_follow_a_correction() -> None:
    form = form_of("q=Voicebott&art=paper")
    form.text = "Voicebot"
    assert form.address() == "?q=Voicebot&art=paper"


def test_labels_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Collection[str]] = []

    def labels(values: Collection[str]) -> QuerySet[Any, tuple[str, str]]:
        asked.append(sorted(values))
        return in_no_table(values)

    facet = RegisteredFacet("Handlungsfeld", labels, {"bildung": "Bildung"})
    monkeypatch.setattr(registry, "_facets", {"field": facet})
    form = form_of("q=x&feld=bildung")
    form.facets(COUNTS)
    assert [chip.label for chip in form.chips] == ["Handlungsfeld: Bildung"]
    assert asked == [["entwurf", "verwaltung"]]


@given(
    st.dictionaries(
        st.sampled_from(["q", "art", "jahr", "feld", "gremium", "status", "sortierung"]), st.text()
    )
)
def test_any_address_is_understood_or_named(values: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(values)
    form = SearchForm(query)
    form.address().encode()
    assert len(form.text) <= LONGEST
    for choices in form.facets(COUNTS):
        assert choices.choices
