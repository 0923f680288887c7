"""/rat/personen/<id>/"""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sessions.models import Person
from tests import factories
from tests.factories import a_person, an_item
from tests.sessions.conftest import Council
from tests.sessions.council import (
    GONE,
    a_committee,
    a_meeting,
    a_motion,
    a_paper,
    a_seat,
    a_vote,
    an_employee,
)

QUERIES = 7
"""Person, seats, motions, votes, who met, papers, last import."""


def page(client: Client, council: Council) -> str:
    return client.get(council.member.get_absolute_url()).content.decode()


def test_shows_function_seats_and_motions(client: Client, council: Council) -> None:
    a_seat(council.member, council.committee, role="Vorsitz")
    html = page(client, council)
    assert "<h1>Ratsherr Muster</h1>" in html
    assert "Ausschussvorsitz" in html
    assert f'href="/rat/gremien/{council.committee.pk}/"' in html
    assert "Der Punkt wird vertagt." in html
    assert f'href="/rat/antraege/?person={council.member.pk}"' in html


def test_search_engines_are_asked_to_stay_out(client: Client, council: Council) -> None:
    response = client.get(council.member.get_absolute_url())
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_what_somebody_said_is_not_collected(client: Client, council: Council) -> None:
    assert council.speech.text not in page(client, council)


def test_former_seats_stand_apart(client: Client, council: Council) -> None:
    a_seat(council.member, a_committee("Alter Ausschuss"), end_date=date(2021, 10, 31))
    a_seat(council.member, a_committee("Heutiger Ausschuss"))
    a_seat(council.member, a_committee("Aufgelöster", withdrawn_at=GONE))
    html = page(client, council)
    assert html.index("Heutiger Ausschuss") < html.index("Frühere Mitgliedschaften")
    assert html.index("Frühere Mitgliedschaften") < html.index("Alter Ausschuss")
    assert "Aufgelöster" not in html


def test_hidden_motions_and_papers_stay_hidden(client: Client, council: Council) -> None:
    a_motion(council.closed_item, wording="Geheimer Antrag", mover=council.member)
    secret = a_paper(name="Geheime Vorlage", public=False)
    secret.originator_people.add(council.member)
    a_paper(name="Offene Vorlage").originator_people.add(council.member)
    html = page(client, council)
    assert "Geheimer Antrag" not in html
    assert "Geheime Vorlage" not in html
    assert "Offene Vorlage" in html


@pytest.mark.parametrize("kind", [Person.Kind.EMPLOYEE, Person.Kind.UNKNOWN])
def test_who_is_not_elected_has_no_page_for_anybody(
    client: Client, signed_in: Client, open_names: None, kind: str
) -> None:
    url = an_employee(kind=kind).get_absolute_url()
    assert client.get(url).status_code == 404
    assert signed_in.get(url).status_code == 404


def test_an_elected_official_has_a_page(client: Client, db: None) -> None:
    person = a_person(kind=Person.Kind.ELECTED_OFFICIAL)
    factories.a_paragraph(factories.an_item(), "Wort.", speaker=person)
    assert client.get(person.get_absolute_url()).status_code == 200


def test_a_page_does_not_outlive_its_source(client: Client, db: None) -> None:
    person = a_person()
    item = factories.an_item()
    factories.a_paragraph(item, "Wort.", speaker=person)
    assert client.get(person.get_absolute_url()).status_code == 200
    item.public = False
    item.save()
    assert client.get(person.get_absolute_url()).status_code == 404


def test_a_withdrawn_person_is_not_found(client: Client, db: None) -> None:
    assert client.get(a_person(withdrawn_at=GONE).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "%00"])
def test_a_bad_id_is_not_found(client: Client, db: None, pk: str) -> None:
    assert client.get(f"/rat/personen/{pk}/").status_code == 404


def test_reading_only(client: Client, council: Council) -> None:
    assert client.post(council.member.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("kind", Person.Kind.values)
@pytest.mark.parametrize("withdrawn_at", [None, GONE])
def test_who_has_a_page_is_who_is_published(db: None, kind: str, withdrawn_at: object) -> None:
    person = a_person(kind=kind, withdrawn_at=withdrawn_at)
    assert person.has_page == Person.objects.published().filter(pk=person.pk).exists()


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page(client, council)
    for _ in range(60):
        a_seat(council.member, a_committee())
        item = an_item(meeting=a_meeting(a_committee()))
        a_vote(item, motion=a_motion(item, mover=council.member))
        a_paper().originator_people.add(council.member)
    with django_assert_num_queries(QUERIES):
        page(client, council)
