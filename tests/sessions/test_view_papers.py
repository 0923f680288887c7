"""/rat/vorlagen/"""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.searching.index import catch_up
from sessions.models import Paper
from tests.factories import a_measure, an_item, evidence
from tests.sessions.conftest import Council
from tests.sessions.council import GONE, a_committee, a_consultation, a_paper

URL = "/rat/vorlagen/"
QUERIES = 5
"""Count, papers, claims, facets, last import."""


def titles(client: Client, **query: str) -> list[str]:
    return [paper.name for paper in client.get(URL, query).context["page"]]


def test_lists_papers_with_number_kind_and_date(client: Client, council: Council) -> None:
    html = client.get(URL).content.decode()
    assert f'href="/rat/vorlagen/{council.paper.pk}/"' in html
    assert "MV/1/25" in html
    assert "Mitteilungsvorlage" in html
    assert "Datum nicht genannt" in html


def test_closed_and_withdrawn_papers_are_not_there(client: Client, db: None) -> None:
    a_paper(name="Geheime Vorlage", paper_type="Geheime Art", public=False)
    a_paper(name="Zurückgenommene Vorlage", withdrawn_at=GONE)
    html = client.get(URL).content.decode()
    assert "Geheime" not in html
    assert "Zurückgenommene" not in html
    assert "Noch ist keine Vorlage übernommen" in html


def test_marks_papers_on_which_the_strategy_rests(client: Client, council: Council) -> None:
    assert "Beleg für die Strategie" not in client.get(URL).content.decode()
    evidence(measure=a_measure(), paper=council.paper)
    assert "Beleg für die Strategie" in client.get(URL).content.decode()


def test_newest_first_and_other_orders(client: Client, db: None) -> None:
    a_paper(name="ohne Tag", reference="A")
    a_paper(name="alt", reference="B", date=date(2020, 1, 1))
    a_paper(name="neu", reference="C", date=date(2025, 1, 1))
    assert titles(client) == ["neu", "alt", "ohne Tag"]
    assert titles(client, sortierung="alt") == ["alt", "neu", "ohne Tag"]
    assert titles(client, sortierung="nummer") == ["ohne Tag", "alt", "neu"]
    assert titles(client, sortierung="\0") == ["neu", "alt", "ohne Tag"]


def test_filters_narrow_and_count(client: Client, db: None) -> None:
    a_paper(name="eins", paper_type="Antrag", date=date(2024, 1, 1))
    a_paper(name="zwei", paper_type="Antrag", date=date(2025, 1, 1))
    a_paper(name="drei", paper_type="Anfrage", date=date(2025, 1, 1))
    assert titles(client, art="Antrag", jahr="2025") == ["zwei"]
    facets = client.get(URL, {"art": "Antrag"}).context["filter"].facets
    assert [(choice.value, choice.count) for choice in facets["jahr"].choices] == [("2025", 1), ("2024", 1)]
    assert [(choice.label, choice.count) for choice in facets["art"].choices] == [
        ("Anfrage", 1),
        ("Antrag", 2),
    ]


def test_text_looks_for_every_word_in_title_and_number(client: Client, db: None) -> None:
    a_paper(name="Glasfaser für Schulen", reference="VO/77/25")
    a_paper(name="Glasfaser für alle", reference="VO/78/25")
    catch_up()
    assert titles(client, q="glasfaser schulen") == ["Glasfaser für Schulen"]
    assert titles(client, q="VO/78") == ["Glasfaser für alle"]
    assert titles(client, q="100%_") == []


def test_text_finds_what_the_search_finds(client: Client, db: None) -> None:
    a_paper(name="Zustand der Straßen", reference="VO/79/25", paper_type="Anfrage")
    a_paper(name="Geheime Straßen", public=False)
    catch_up()
    for words in ("straße", "Strassen", "79", "vo 79-25", "anfrage -antrag"):
        assert titles(client, q=words) == ["Zustand der Straßen"], words
    for nothing in ("der", "-straßen", "\N{GRINNING FACE}", "Zustand -Straßen"):
        assert titles(client, q=nothing) == [], nothing


def test_a_paper_that_changed_waits_for_the_search(client: Client, db: None) -> None:
    """What was written a moment ago is not found by its old words."""
    paper = a_paper(name="Brücken")
    catch_up()
    Paper.objects.filter(pk=paper.pk).update(name="Tunnel")
    assert titles(client, q="Brücken") == []
    catch_up()
    assert titles(client, q="Tunnel") == ["Tunnel"]


def test_what_was_typed_is_kept(client: Client, db: None) -> None:
    assert 'value="&lt;b&gt;"' in client.get(URL, {"q": "<b>"}).content.decode()


def test_papers_of_a_committee_and_of_who_brought_them_in(client: Client, council: Council) -> None:
    faction = a_committee("Fraktion", type="faction")
    brought_in = a_paper(name="eingebracht")
    brought_in.originator_organizations.add(faction)
    a_consultation(council.paper, None, council.committee)  # Twice in the same committee counts once.
    response = client.get(URL, {"gremium": str(council.committee.pk)})
    assert [paper.pk for paper in response.context["page"]] == [council.paper.pk]
    assert [choice.count for choice in response.context["filter"].facets["gremium"].choices] == [1]
    assert titles(client, von=str(faction.pk)) == ["eingebracht"]


def test_a_closed_station_says_nothing_of_its_committee(client: Client, council: Council) -> None:
    secret = a_committee("Geheimer Ausschuss")
    a_consultation(council.paper, an_item(public=False), secret)
    assert "Geheimer Ausschuss" not in client.get(URL).content.decode()
    assert titles(client, gremium=str(secret.pk)) == []


def test_an_empty_result_helps(client: Client, council: Council) -> None:
    html = client.get(URL, {"q": "gibtesnicht"}).content.decode()
    assert "Keine Vorlage passt zu diesen Filtern" in html
    assert "Suchwort: gibtesnicht" in html


@pytest.mark.parametrize(
    ("name", "value"),
    [("q", "\0"), ("art", "\0"), ("jahr", "abc"), ("gremium", "9" * 30), ("von", "x"), ("q", "x" * 5000)],
)
def test_a_value_nobody_knows_is_named_and_ignored(
    client: Client, council: Council, name: str, value: str
) -> None:
    response = client.get(URL, {name: value})
    assert response.status_code == 200
    assert "wurde nicht angewandt" in response.content.decode()
    assert response.context["page"].paginator.count == 1


def test_a_page_that_is_not_there_is_not_found(client: Client, council: Council) -> None:
    assert client.get(URL, {"page": "999999999"}).status_code == 404


def test_reading_only(client: Client, db: None) -> None:
    assert client.post(URL).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        client.get(URL)
    for _ in range(60):
        paper = a_paper()
        a_consultation(paper, None, a_committee())
        evidence(measure=a_measure(), paper=paper)
    with django_assert_num_queries(QUERIES):
        client.get(URL)
