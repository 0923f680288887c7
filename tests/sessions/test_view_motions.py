"""/rat/antraege/"""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.searching.index import catch_up
from tests.factories import a_paragraph, a_person, an_item
from tests.sessions.conftest import Council
from tests.sessions.council import GONE, a_committee, a_meeting, a_motion, a_paper, a_vote, an_employee

URL = "/rat/antraege/"
QUERIES = 6
"""Count, motions, votes, who meets, facets, last import."""


def wordings(client: Client, **query: str) -> list[str]:
    return [motion.wording for motion in client.get(URL, query).context["page"]]


def test_shows_wording_mover_vote_and_paragraph(client: Client, council: Council) -> None:
    html = client.get(URL).content.decode()
    assert "Der Punkt wird vertagt." in html
    assert f'href="/rat/personen/{council.member.pk}/"' in html
    assert f'href="/rat/tops/{council.item.pk}/#absatz-1"' in html
    assert f'href="/rat/tops/{council.item.pk}/#antrag-1"' in html
    assert 'href="https://ratsinfo.example.org/to/1"' in html
    assert "abgelehnt" in html
    assert "2 Ja-Stimmen" in html
    assert "Enthaltungen nicht genannt" in html
    assert "Ausschuss für Digitales" in html


def test_motions_of_closed_items_and_replaced_ones_are_not_there(client: Client, council: Council) -> None:
    a_motion(council.closed_item, wording="Geheimer Antrag", mover=a_person(name="Geheimrat"))
    a_motion(an_item(public=None), wording="Ungewisser Antrag")
    a_motion(council.item, wording="Ersetzter Antrag", superseded_at=GONE)
    a_vote(council.item, motion=council.motion, result="accepted", superseded_at=GONE)
    response = client.get(URL)
    html = response.content.decode()
    for hidden in ("Geheimer Antrag", "Geheimrat", "Ungewisser", "Ersetzter"):
        assert hidden not in html
    assert [c.value for c in response.context["filter"].facets["ergebnis"].choices] == ["rejected"]


def test_outcome_counts_and_narrows(client: Client, council: Council) -> None:
    accepted = a_motion(council.item, wording="angenommen")
    a_vote(council.item, motion=accepted)
    a_vote(council.item, motion=accepted)  # Two votes on one motion are one motion.
    a_motion(council.item, wording="ohne Ergebnis")
    a_vote(council.item, motion=a_motion(council.item, wording="nur Zahlen"), result="", yes=3)
    facets = client.get(URL).context["filter"].facets
    assert [(choice.value, choice.count) for choice in facets["ergebnis"].choices] == [
        ("accepted", 1),
        ("rejected", 1),
        ("offen", 2),
    ]
    assert wordings(client, ergebnis="accepted") == ["angenommen"]
    assert wordings(client, ergebnis="rejected") == ["Der Punkt wird vertagt."]
    assert wordings(client, ergebnis="offen") == ["ohne Ergebnis", "nur Zahlen"]


def test_a_vote_shows_the_words_it_was_read_from(client: Client, council: Council) -> None:
    assert "Gelesen aus: „wird abgelehnt“" in client.get(URL).content.decode()


def test_a_motion_in_writing_leads_to_its_paper_and_names_who_brought_it(
    client: Client, council: Council
) -> None:
    group = a_committee("Fraktion Grün", type="faction")
    paper = a_paper(paper_type="Antrag", reference="2025/7", name="Mehr Bänke")
    item = an_item(meeting=council.meeting, number="5.1", result="verwiesen in Fachausschuss")
    a_motion(item, wording=paper.name, paper=paper, mover_organization=group)
    html = client.get(URL, {"fraktion": group.pk}).content.decode()
    assert f'<a href="{paper.get_absolute_url()}">Antrag 2025/7</a>' in html
    assert f'<a href="{group.get_absolute_url()}">Fraktion Grün</a>' in html
    # Its title says what it is about: a list of links that are all called "Antrag" helps nobody.
    assert f'<h3><a href="{item.get_absolute_url()}#antrag-1">Mehr Bänke</a></h3>' in html
    assert ">TOP 5.1</a>" in html
    assert "Ergebnis des Punktes: „verwiesen in Fachausschuss“" in html
    assert wordings(client, fraktion=str(group.pk)) == ["Mehr Bänke"]
    choices = client.get(URL).context["filter"].facets["fraktion"].choices
    assert [(choice.label, choice.count) for choice in choices] == [("Fraktion Grün", 1)]


@pytest.mark.parametrize("fields", [{"public": False}, {"withdrawn_at": GONE}], ids=["closed", "gone"])
def test_a_motion_goes_with_its_paper(client: Client, council: Council, fields: dict[str, object]) -> None:
    paper = a_paper(name="Geheimer Titel", **fields)
    motion = a_motion(council.item, wording=paper.name, paper=paper)
    vote = a_vote(council.item, motion=motion, result="accepted", phrase="so angenommen")
    catch_up()
    assert council.motion.get_absolute_url() in client.get("/suche/?q=vertagt").content.decode()
    for url in (URL, council.item.get_absolute_url(), "/suche/?q=Geheimer"):
        html = client.get(url).content.decode()
        assert "Geheimer Titel" not in html
        assert paper.get_absolute_url() not in html
    # What was voted is said in the minutes of a public item, whatever became of the paper.
    assert f'id="abstimmung-{vote.position}"' in client.get(council.item.get_absolute_url()).content.decode()


def test_counts_alone_are_no_result(client: Client, council: Council) -> None:
    a_vote(council.item, motion=a_motion(council.item), result="", yes=3)
    assert "Ergebnis nicht genannt" in client.get(URL).content.decode()


def test_only_elected_people_are_a_choice(client: Client, council: Council) -> None:
    employee = an_employee()
    a_motion(council.item, mover=employee)
    a_motion(council.item, mover=a_person(kind="unknown", name="Rätsel"))
    response = client.get(URL)
    html = response.content.decode()
    assert [choice.label for choice in response.context["filter"].facets["person"].choices] == ["Muster"]
    assert "Geheimname" not in html
    assert "Rätsel" not in html
    assert wordings(client, person=str(council.member.pk)) == ["Der Punkt wird vertagt."]
    asked = client.get(URL, {"person": str(employee.pk)})
    assert "wurde nicht angewandt" in asked.content.decode()
    assert "Geheimname" not in asked.content.decode()


def test_names_of_staff_show_where_the_city_opens_them(
    client: Client, council: Council, open_names: None
) -> None:
    a_motion(council.item, mover=an_employee())
    assert "Geheimname" in client.get(URL).content.decode()


def test_an_organization_may_move(client: Client, council: Council) -> None:
    a_motion(council.item, mover_organization=a_committee("Fraktion X"))
    gone = a_committee("Fraktion Y", withdrawn_at=GONE)
    a_motion(council.item, mover_organization=gone)
    html = client.get(URL).content.decode()
    assert "Fraktion X</a>" in html
    assert "Fraktion Y" in html
    assert f"/rat/gremien/{gone.pk}/" not in html


def test_committee_and_year_narrow(client: Client, council: Council) -> None:
    other = a_committee("Bauausschuss")
    meeting = a_meeting(other, start=datetime(2024, 3, 1, tzinfo=UTC))
    a_motion(an_item(meeting=meeting), wording="Antrag zum Bau")
    assert wordings(client, gremium=str(other.pk)) == ["Antrag zum Bau"]
    assert wordings(client, jahr="2024") == ["Antrag zum Bau"]
    assert wordings(client) == ["Der Punkt wird vertagt.", "Antrag zum Bau"]
    facets = client.get(URL, {"jahr": "2024"}).context["filter"].facets
    assert [(choice.label, choice.count) for choice in facets["gremium"].choices] == [("Bauausschuss", 1)]


def test_an_empty_result_helps(client: Client, council: Council) -> None:
    assert "Kein Antrag passt zu diesen Filtern" in client.get(URL, {"jahr": "1999"}).content.decode()


def test_without_motions_the_page_says_where_they_come_from(client: Client, db: None) -> None:
    assert "Noch ist kein Antrag übernommen" in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ergebnis", "knapp"),
        ("ergebnis", "\0"),
        ("person", "0"),
        ("person", "9" * 30),
        ("gremium", "\0"),
        ("jahr", "abc"),
        ("jahr", "-1"),
    ],
)
def test_a_value_nobody_knows_is_named_and_ignored(
    client: Client, council: Council, name: str, value: str
) -> None:
    response = client.get(URL, {name: value})
    assert response.status_code == 200
    assert "wurde nicht angewandt" in response.content.decode()
    assert response.context["page"].paginator.count == 1


def test_a_page_that_is_not_there_is_not_found(client: Client, council: Council) -> None:
    assert client.get(URL, {"page": "2"}).status_code == 404


def test_reading_only(client: Client, db: None) -> None:
    assert client.post(URL).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        client.get(URL)
    for _ in range(60):
        item = an_item(meeting=a_meeting(a_committee(), a_committee()))
        speech = a_paragraph(item, "Antrag")
        motion = a_motion(item, mover=a_person(), mover_organization=a_committee(), contribution=speech)
        a_vote(item, motion=motion)
        a_vote(item, motion=motion, result="postponed")
    with django_assert_num_queries(QUERIES):
        client.get(URL)
