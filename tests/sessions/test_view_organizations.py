"""/rat/gremien/"""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.sessions.council import GONE, a_committee

URL = "/rat/gremien/"
QUERIES = 4
"""Count, organizations, facets, last import."""


def test_grouped_by_type_the_council_first(client: Client, db: None) -> None:
    a_committee("Verwaltung Nord", type="administration")
    a_committee("Zukunftsausschuss")
    a_committee("Ältestenausschuss")
    a_committee("Der Rat", type="council")
    html = client.get(URL).content.decode()
    names = ["Der Rat</a>", "Ältestenausschuss</a>", "Zukunftsausschuss</a>"]
    places = [html.index(name) for name in names]
    assert places == sorted(places)
    assert "Verwaltung Nord" not in html


def test_a_withdrawn_one_is_not_there(client: Client, db: None) -> None:
    a_committee("Verschwundener", withdrawn_at=GONE)
    html = client.get(URL).content.decode()
    assert "Verschwundener" not in html
    assert "Noch ist kein Gremium übernommen" in html


def test_one_that_ended_says_when(client: Client, db: None) -> None:
    a_committee("Früherer", end_date=date(2021, 10, 31))
    assert "bestand bis" in client.get(URL).content.decode()


def test_type_counts_and_narrows(client: Client, db: None) -> None:
    a_committee("Bauausschuss")
    a_committee("Fraktion X", type="faction")
    response = client.get(URL, {"art": "faction"})
    assert [organization.name for organization in response.context["page"]] == ["Fraktion X"]
    choices = response.context["filter"].facets["art"].choices
    assert [(choice.value, choice.count) for choice in choices] == [("committee", 1), ("faction", 1)]


def test_an_empty_result_helps(client: Client, db: None) -> None:
    a_committee()
    assert "Kein Gremium passt" in client.get(URL, {"art": "council"}).content.decode()


@pytest.mark.parametrize("value", ["\0", "verein", "x" * 5000])
def test_a_value_nobody_knows_is_named_and_ignored(client: Client, db: None, value: str) -> None:
    a_committee("Bauausschuss")
    html = client.get(URL, {"art": value}).content.decode()
    assert "wurde nicht angewandt" in html
    assert "Bauausschuss" in html


@pytest.mark.parametrize("page", ["0", "999999999", "abc"])
def test_a_page_that_is_not_there_is_not_found(client: Client, db: None, page: str) -> None:
    assert client.get(URL, {"page": page}).status_code == 404


def test_reading_only(client: Client, db: None) -> None:
    assert client.post(URL).status_code == 405


def test_queries_do_not_grow(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_committee()
    with django_assert_num_queries(QUERIES):
        client.get(URL)
    for _ in range(60):
        a_committee()
    with django_assert_num_queries(QUERIES):
        client.get(URL)
