"""/daten/"""

import re

from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from sessions.models import AgendaItem
from tests.factories import a_body, a_measure, a_paragraph, a_person, a_report, an_item
from tests.sessions.council import GONE, a_committee, a_file, a_meeting, a_motion, a_paper, a_vote

URL = "/daten/"
QUERIES = 3
"""What there is, licences, last import."""


def page(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def numbers(html: str) -> dict[str, str]:
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    return {term: re.sub(r"<[^>]+>", " ", value).split()[0] for term, value in rows}


def test_an_empty_portal_says_so(client: Client, db: None) -> None:
    assert "Noch keine Daten übernommen" in page(client)


def test_counts_what_is_public(client: Client, db: None) -> None:
    a_report(a_measure())
    a_measure(published=False)
    meeting = a_meeting(a_committee())
    a_meeting(withdrawn_at=GONE)
    item = an_item(meeting=meeting)
    an_item(meeting=meeting, public=False)
    a_paragraph(item, "Ein Satz.")
    a_vote(item, motion=a_motion(item))
    a_file(paper=a_paper())
    a_paper(public=False)
    a_person()
    html = page(client)
    assert set(numbers(html).values()) == {"1"}
    assert len(numbers(html)) == 11
    for url in ("/massnahmen/", "/rat/sitzungen/", "/rat/vorlagen/", "/rat/antraege/", "/rat/gremien/"):
        assert f'<dd><a href="{url}">1<' in html


def test_large_numbers_are_grouped_as_germans_write_them(client: Client, db: None) -> None:
    meeting = a_meeting()
    AgendaItem.objects.bulk_create(
        AgendaItem(id=number, external_id=f"x:{number}", meeting=meeting, title="x", public=True)
        for number in range(1, 1235)
    )
    assert numbers(page(client))["Tagesordnungspunkte"] == "1.234"


def test_names_the_licences(client: Client, db: None, settings: Settings) -> None:
    settings.CITY = settings.CITY.model_copy(
        update={"licence_name": "CC BY 4.0", "licence_url": "https://example.org/by"}
    )
    body = a_body()
    body.license = "<b>dl-de</b>"
    body.save()
    html = page(client)
    assert 'href="https://example.org/by"' in html
    assert "&lt;b&gt;dl-de" in html


def test_leads_to_the_sources(client: Client, db: None) -> None:
    assert 'href="/daten/quellen/"' in page(client)


def test_queries_do_not_grow(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_meeting()
    with django_assert_num_queries(QUERIES):
        page(client)
    for _ in range(60):
        a_paper()
        an_item()
    with django_assert_num_queries(QUERIES):
        page(client)
