"""/rat/vorlagen/<id>/"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import a_measure, a_person, an_item, evidence
from tests.sessions.conftest import Council
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_paper,
    a_vote,
    an_employee,
)

QUERIES = 12
"""Paper, three kinds of originators, stations, meetings, votes, documents, relatives, two times claims, last
import."""


def page(client: Client, council: Council) -> str:
    return client.get(council.paper.get_absolute_url()).content.decode()


def test_shows_facts_stations_and_documents(client: Client, council: Council) -> None:
    council.paper.source_url = "https://ratsinfo.example.org/vo/1"
    council.paper.date = date(2025, 8, 1)
    council.paper.save()
    html = page(client, council)
    assert "<h1>Fortschreibung</h1>" in html
    assert "MV/1/25" in html
    assert "1. August 2025" in html
    assert "Ausschuss für Digitales" in html
    assert f'href="/rat/tops/{council.item.pk}/"' in html
    assert "Anlage 1 (ohne Namen)" in html
    assert 'href="https://ratsinfo.example.org/vo/1"' in html


def test_a_station_says_its_result(client: Client, council: Council) -> None:
    assert "Ein Ergebnis nennt die Quelle nicht" in page(client, council)
    a_vote(council.item, result="noted")
    assert "zur Kenntnis genommen" in page(client, council)


def test_a_station_shows_the_words_its_result_was_read_from(client: Client, council: Council) -> None:
    a_vote(council.item, result="noted", phrase="Kenntnisnahme")
    assert "Gelesen aus: „Kenntnisnahme“" in page(client, council)


def test_a_station_without_meeting_says_so(client: Client, council: Council) -> None:
    assert "Sitzung noch nicht bekannt" not in page(client, council)
    a_consultation(council.paper, None, a_committee("Rat"), role="Entscheidung")
    assert "Sitzung noch nicht bekannt" in page(client, council)


def test_a_postponed_station_stands_at_both_items(client: Client, council: Council) -> None:
    """Sources use one id for both."""
    station = council.paper.consultations.get()
    later = an_item(
        meeting=a_meeting(a_committee("Rat"), start=datetime(2026, 1, 1, tzinfo=UTC)), number="5.1"
    )
    a_consultation(council.paper, later, external_id=station.external_id)
    a_vote(council.item, result="postponed")
    html = page(client, council)
    assert html.index("vertagt") < html.index(f'href="/rat/tops/{later.pk}/"')


def test_an_item_called_like_the_paper_is_named_by_its_number(client: Client, council: Council) -> None:
    same = an_item(meeting=council.meeting, number="5.1", title=council.paper.name)
    a_consultation(council.paper, same, a_committee("Rat"))
    html = page(client, council)
    assert f'href="/rat/tops/{same.pk}/">TOP 5.1<' in html
    assert f'href="/rat/tops/{council.item.pk}/">Ö 13 Digitalisierungsstrategie<' in html


def test_names_papers_above_below_and_beside_it(client: Client, council: Council) -> None:
    assert "Verwandte Vorlagen" not in page(client, council)
    council.paper.superordinated_papers.add(a_paper(name="Oben"), a_paper(name="Geheim", public=False))
    council.paper.subordinated_papers.add(a_paper(name="Unten"))
    council.paper.related_papers.add(a_paper(name="Daneben"), a_paper(name="Weg", withdrawn_at=GONE))
    html = page(client, council)
    for name in ("Oben", "Unten", "Daneben"):
        assert html.count(f">{name}</a>") == 1
    assert "Geheim" not in html
    assert "Weg<" not in html


def test_stations_stand_in_the_order_of_time(client: Client, council: Council) -> None:
    later = a_meeting(a_committee("Später"), start=datetime(2026, 1, 1, tzinfo=UTC))
    a_consultation(council.paper, None, a_committee("Irgendwann"))
    a_consultation(council.paper, an_item(meeting=later))
    html = page(client, council)
    assert html.index("Ausschuss für Digitales</h3>") < html.index("Später</h3>")
    assert html.index("Später</h3>") < html.index("Irgendwann</h3>")


def test_a_planned_station_links_its_meeting(client: Client, council: Council) -> None:
    meeting = a_meeting(a_committee("Rat"))
    a_consultation(council.paper, None, meeting=meeting, role="Entscheidung", authoritative=True)
    html = page(client, council)
    assert f'href="/rat/sitzungen/{meeting.pk}/"' in html
    assert "Entscheidung" in html


def test_a_closed_station_or_meeting_stays_closed(client: Client, council: Council) -> None:
    a_consultation(council.paper, an_item(public=False, number="N 5"), a_committee("Geheimer Ausschuss"))
    gone = a_meeting(a_committee("Verschwundener Ausschuss"), withdrawn_at=GONE)
    a_consultation(council.paper, None, meeting=gone)
    a_consultation(council.paper, an_item(number="Ö 77"), withdrawn_at=GONE)
    html = page(client, council)
    assert "Geheimer Ausschuss" not in html
    assert "N 5" not in html
    assert f"/rat/sitzungen/{gone.pk}/" not in html
    assert "Ö 77" not in html


def test_says_what_rests_on_it(client: Client, council: Council) -> None:
    assert "Keine Angabe der Strategie stützt sich auf diese Vorlage" in page(client, council)
    measure = a_measure()
    evidence(measure=measure, paper=council.paper, aspect="schedule")
    evidence(measure=measure, file=council.file, aspect="status")
    html = page(client, council)
    assert html.count(f"{measure.name}</a>") == 1
    assert "(Zeitplan, Status)" in html


def test_elected_originators_are_named_and_staff_is_not(
    client: Client, signed_in: Client, council: Council
) -> None:
    council.paper.originator_people.add(council.member, an_employee())
    council.paper.originator_organizations.add(a_committee("Fraktion X"))
    html = page(client, council)
    assert "Ratsherr Muster" in html
    assert "Fraktion X" in html
    assert "Geheimname" not in html
    assert "Fachbereichsleitung" in html
    assert "Geheimname" in page(signed_in, council)


def test_hidden_documents_stay_hidden(client: Client, council: Council) -> None:
    a_file(paper=council.paper, name="Intern", public=False)
    a_file(paper=council.paper, name="Ungewiss", public=None)
    a_file(paper=council.paper, name="Ersetzt", withdrawn_at=GONE)
    html = page(client, council)
    for hidden in ("Intern<", "Ungewiss", "Ersetzt"):
        assert hidden not in html


def test_a_paper_of_which_little_is_known(client: Client, db: None) -> None:
    html = client.get(a_paper(name="", reference="", paper_type="").get_absolute_url()).content.decode()
    assert "Vorlage ohne Titel" in html
    assert "nicht bekannt" in html


@pytest.mark.parametrize("fields", [{"public": False}, {"withdrawn_at": GONE}], ids=["closed", "gone"])
def test_what_is_not_public_is_not_found(client: Client, db: None, fields: dict[str, object]) -> None:
    assert client.get(a_paper(**fields).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "%00"])
def test_a_bad_id_is_not_found(client: Client, db: None, pk: str) -> None:
    assert client.get(f"/rat/vorlagen/{pk}/").status_code == 404


def test_reading_only(client: Client, council: Council) -> None:
    assert client.post(council.paper.get_absolute_url()).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_consultation(council.paper, None, meeting=council.meeting)
    with django_assert_num_queries(QUERIES):
        page(client, council)
    for _ in range(60):
        meeting = a_meeting(a_committee())
        item = an_item(meeting=meeting)
        a_consultation(council.paper, item, a_committee(), meeting=meeting)
        a_vote(item)
        file = a_file(paper=council.paper)
        evidence(measure=a_measure(), file=file)
        council.paper.originator_people.add(a_person())
        council.paper.subordinated_papers.add(a_paper())
        council.paper.originator_organizations.add(a_committee())
    with django_assert_num_queries(QUERIES):
        page(client, council)
