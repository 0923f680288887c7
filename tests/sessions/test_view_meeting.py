"""/rat/sitzungen/<id>/"""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sessions.models import Location
from tests.factories import an_item
from tests.sessions.conftest import Council
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_vote,
    cite,
)

QUERIES = 9
"""Meeting, who meets, items, papers, votes, claims, closed items, documents, last import."""


def page(client: Client, council: Council) -> str:
    return client.get(council.meeting.get_absolute_url()).content.decode()


def test_shows_facts_agenda_and_official_page(client: Client, council: Council) -> None:
    html = page(client, council)
    assert "<h1>Ausschuss für Digitales am 20. August 2025</h1>" in html
    assert "Mittwoch, 20. August 2025" in html
    assert "16:00 Uhr" in html
    assert f'href="/rat/tops/{council.item.pk}/"' in html
    assert "MV/1/25" in html
    assert 'href="https://ratsinfo.example.org/si/1"' in html
    assert "Zuletzt übernommen am" in html


def test_a_closed_item_is_a_number_without_title(client: Client, council: Council) -> None:
    html = page(client, council)
    assert "N 20" in html
    assert "Nicht öffentlicher Punkt" in html
    assert "Geheimer Titel" not in html
    assert f"/rat/tops/{council.closed_item.pk}/" not in html


def test_an_item_of_unknown_publicity_stays_closed(client: Client, council: Council) -> None:
    an_item(meeting=council.meeting, number="7", title="Ungewisser Titel", public=None)
    html = page(client, council)
    assert "Ungewisser Titel" not in html
    assert "nicht sagt, ob er öffentlich ist" in html


def test_a_withdrawn_item_is_not_there(client: Client, council: Council) -> None:
    an_item(meeting=council.meeting, number="Ö 99", title="Zurückgenommen", withdrawn_at=GONE)
    an_item(meeting=council.meeting, number="N 98", public=False, withdrawn_at=GONE)
    html = page(client, council)
    assert "Ö 99" not in html
    assert "N 98" not in html


def test_the_agenda_stands_in_order(client: Client, council: Council) -> None:
    an_item(meeting=council.meeting, number="Ö 2", order=2, title="Früher")
    html = page(client, council)
    assert html.index("Früher") < html.index("Digitalisierungsstrategie</a>") < html.index("N 20")


def test_results_are_short_words(client: Client, council: Council) -> None:
    a_vote(council.item, result="accepted", majority="unanimous")
    printed = an_item(meeting=council.meeting, result="ungeändert beschlossen")
    html = page(client, council)
    assert "einstimmig angenommen" in html
    assert printed.result in html
    assert "abgelehnt" not in html  # The motion on procedure failed, not the item.


def test_a_vote_shows_the_words_it_was_read_from(client: Client, council: Council) -> None:
    a_vote(council.item, majority="unanimous", phrase="einstimmig beschlossen")
    assert "Gelesen aus: „einstimmig beschlossen“" in page(client, council)


def test_a_motion_in_writing_decides_its_item(client: Client, council: Council) -> None:
    paper = a_paper(paper_type="Antrag")
    item = an_item(meeting=council.meeting, result="mehrheitlich abgelehnt")
    motion = a_motion(item, wording=paper.name, paper=paper)
    a_vote(item, motion=motion, result="rejected", majority="majority", phrase="mehrheitlich abgelehnt")
    assert "badge--no" in page(client, council)


def test_the_agenda_says_how_long_it_is(client: Client, council: Council) -> None:
    assert "Tagesordnung (2 Punkte)" in page(client, council)


def test_only_public_papers_and_documents_show(client: Client, council: Council) -> None:
    a_consultation(a_paper(reference="GEHEIM/1", public=False), council.item)
    a_consultation(a_paper(reference="WEG/1", withdrawn_at=GONE), council.item)
    a_file(meeting=council.meeting, name="Einladung.pdf", role="invitation")
    a_file(meeting=council.meeting, name="Internes.pdf", public=False)
    a_file(meeting=council.meeting, name="Ungewiss.pdf", public=None)
    a_file(meeting=council.meeting, name="Ersetzt.pdf", withdrawn_at=GONE)
    html = page(client, council)
    assert "Einladung.pdf" in html
    for hidden in ("GEHEIM/1", "WEG/1", "Internes.pdf", "Ungewiss.pdf", "Ersetzt.pdf"):
        assert hidden not in html


def test_marks_what_the_strategy_rests_on(client: Client, council: Council) -> None:
    assert "Beleg für die Strategie" not in page(client, council)
    cite(council.item)
    assert "Beleg für die Strategie" in page(client, council)


def test_says_what_the_source_does_not(client: Client, db: None) -> None:
    html = client.get(a_meeting(start=None, occasion="").get_absolute_url()).content.decode()
    assert "Gremium an der Quelle nicht genannt" in html
    assert "noch keine Tagesordnung" in html


def test_a_time_that_is_not_known_is_not_midnight(client: Client, db: None) -> None:
    html = client.get(a_meeting(start_has_time=False).get_absolute_url()).content.decode()
    assert "16:00" not in html
    assert "Die Uhrzeit nennt die Quelle nicht" in html


def test_a_cancelled_meeting_says_so(client: Client, db: None) -> None:
    assert "abgesagt" in client.get(a_meeting(cancelled=True).get_absolute_url()).content.decode()


def test_a_withdrawn_meeting_is_not_found(client: Client, db: None) -> None:
    assert client.get(a_meeting(withdrawn_at=GONE).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "-1", "%00"])
def test_a_bad_id_is_not_found(client: Client, db: None, pk: str) -> None:
    assert client.get(f"/rat/sitzungen/{pk}/").status_code == 404


def test_reading_only(client: Client, council: Council) -> None:
    assert client.post(council.meeting.get_absolute_url()).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page(client, council)
    council.meeting.organizations.add(*(a_committee() for _ in range(5)))
    for _ in range(60):
        item = an_item(meeting=council.meeting)
        a_consultation(a_paper(), item)
        a_vote(item)
        a_file(meeting=council.meeting)
        an_item(meeting=council.meeting, public=False)
    with django_assert_num_queries(QUERIES):
        page(client, council)


def test_headings_of_a_long_agenda_lead_to_their_items(client: Client, council: Council) -> None:
    culture = an_item(meeting=council.meeting, number="", order=100, title="Kultur")
    for order in (101, 102):
        an_item(meeting=council.meeting, number=str(order), order=order, title="Antrag")
    sports = an_item(meeting=council.meeting, number="", order=103, title="Sport")
    an_item(meeting=council.meeting, number="103", order=104, title="Antrag")
    treated = an_item(meeting=council.meeting, number="", order=105, title="Mit Ergebnis", result="vertagt")
    last = an_item(meeting=council.meeting, number="", order=106, title="Verschiedenes")
    html = page(client, council)
    assert f'<a href="#punkt-{culture.pk}">Kultur <span class="choice__count">(2)</span></a>' in html
    assert f'<a href="#punkt-{sports.pk}">Sport <span class="choice__count">(1)</span></a>' in html
    assert f'id="punkt-{culture.pk}"' in html
    assert f'href="#punkt-{treated.pk}"' not in html
    assert f'href="#punkt-{last.pk}"' not in html


def test_an_agenda_without_numbers_has_no_headings(client: Client, council: Council) -> None:
    council.item.number = ""
    council.item.save()
    for order in (101, 102):
        an_item(meeting=council.meeting, number="", order=order, title=f"Punkt {order}")
    assert "agenda__item--part" not in page(client, council)


def test_a_place_of_which_the_source_says_nothing_is_not_known(client: Client, council: Council) -> None:
    council.meeting.location = Location.objects.create(external_id="place:1")
    council.meeting.save()
    assert '<dt>Ort</dt><dd><span class="unknown">nicht bekannt</span></dd>' in page(client, council)
