"""/rat/gremien/<id>/"""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Location
from tests.factories import a_person
from tests.sessions.conftest import Council
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_meeting,
    a_paper,
    a_seat,
    an_employee,
)

QUERIES = 7
"""Organization, children, members, meetings, papers treated, papers brought in, last import."""


def page(client: Client, council: Council) -> str:
    return client.get(council.committee.get_absolute_url()).content.decode()


def test_shows_meetings_papers_and_official_page(client: Client, council: Council) -> None:
    council.committee.source_url = "https://ratsinfo.example.org/gr/1"
    council.committee.save()
    html = page(client, council)
    assert "<h1>Ausschuss für Digitales</h1>" in html
    assert f'href="/rat/sitzungen/{council.meeting.pk}/"' in html
    assert f'href="/rat/vorlagen/{council.paper.pk}/"' in html
    assert f'href="/rat/sitzungen/?gremium={council.committee.pk}"' in html
    assert 'href="https://ratsinfo.example.org/gr/1"' in html


def test_members_are_elected_people_of_today(client: Client, council: Council) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    a_seat(council.member, council.committee, role="Vorsitz", on_behalf_of=a_committee("Fraktion X"))
    a_seat(an_employee(), council.committee)
    a_seat(a_person(kind="unknown", name="Rätsel"), council.committee)
    a_seat(a_person(name="Früher"), council.committee, end_date=yesterday)
    a_seat(a_person(name="Später"), council.committee, start_date=timezone.localdate() + timedelta(days=1))
    a_seat(a_person(name="Zurückgenommen"), council.committee, withdrawn_at=GONE)
    a_seat(a_person(name="Letzter Tag"), council.committee, end_date=timezone.localdate())
    html = page(client, council)
    assert "Ratsherr Muster" in html
    assert "Vorsitz" in html
    assert "Fraktion X" in html
    assert "Letzter Tag" in html
    for hidden in ("Geheimname", "Rätsel", "Früher", "Später", "Zurückgenommen"):
        assert hidden not in html


def test_staff_is_no_member_even_for_who_is_signed_in(signed_in: Client, council: Council) -> None:
    a_seat(an_employee(), council.committee)
    assert "Geheimname" not in page(signed_in, council)


def test_hidden_meetings_and_papers_stay_hidden(client: Client, council: Council) -> None:
    gone = a_meeting(council.committee, name="Verschwundene Sitzung", withdrawn_at=GONE)
    secret = a_paper(name="Geheime Vorlage", public=False)
    a_consultation(secret, None, council.committee)
    secret.originator_organizations.add(council.committee)
    html = page(client, council)
    assert f"/rat/sitzungen/{gone.pk}/" not in html
    assert "Geheime Vorlage" not in html


def test_what_a_faction_brought_in(client: Client, db: None) -> None:
    faction = a_committee("Fraktion X", type="faction")
    a_paper(name="Antrag der Fraktion").originator_organizations.add(faction)
    html = client.get(faction.get_absolute_url()).content.decode()
    assert "Antrag der Fraktion" in html
    assert f"/rat/vorlagen/?von={faction.pk}" in html


def test_parent_and_children_that_are_there(client: Client, council: Council) -> None:
    council.committee.parent = a_committee("Der Rat", type="council")
    council.committee.save()
    a_committee("Unterausschuss", parent=council.committee)
    a_committee("Aufgelöst", parent=council.committee, end_date=date(2020, 1, 1))
    html = page(client, council)
    assert "Der Rat</a>" in html
    assert "Unterausschuss</a>" in html
    assert "Aufgelöst" not in html


def test_a_unit_of_the_administration_is_named_and_has_no_page(client: Client, council: Council) -> None:
    unit = a_committee("Bereich 72", type="administration", parent=council.committee)
    html = page(client, council)
    assert "Bereich 72" in html
    assert unit.get_absolute_url() not in html
    assert client.get(unit.get_absolute_url()).status_code == 404


def test_a_withdrawn_parent_is_not_named(client: Client, council: Council) -> None:
    council.committee.parent = a_committee("Verschwunden", withdrawn_at=GONE)
    council.committee.save()
    assert "Verschwunden" not in page(client, council)


def test_says_what_is_not_known(client: Client, db: None) -> None:
    html = client.get(a_committee().get_absolute_url()).content.decode()
    assert "Wer Mitglied ist, wissen wir nicht" in html
    assert "Von diesem Gremium kennen wir noch keine Sitzung" in html


def test_a_withdrawn_one_is_not_found(client: Client, db: None) -> None:
    assert client.get(a_committee(withdrawn_at=GONE).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "%00"])
def test_a_bad_id_is_not_found(client: Client, db: None, pk: str) -> None:
    assert client.get(f"/rat/gremien/{pk}/").status_code == 404


def test_reading_only(client: Client, council: Council) -> None:
    assert client.post(council.committee.get_absolute_url()).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page(client, council)
    for _ in range(60):
        a_seat(a_person(), council.committee, on_behalf_of=a_committee())
        a_meeting(council.committee)
        paper = a_paper()
        a_consultation(paper, None, council.committee)
        paper.originator_organizations.add(council.committee)
        a_committee(parent=council.committee)
    with django_assert_num_queries(QUERIES):
        page(client, council)


def test_a_place_of_which_the_source_says_nothing_is_no_place(client: Client, council: Council) -> None:
    council.committee.location = Location.objects.create(external_id="place:1")
    council.committee.save()
    assert "<dt>Ort</dt>" not in page(client, council)
    Location.objects.update(description="Rathaus")
    assert "<dt>Ort</dt><dd>Rathaus</dd>" in page(client, council)
