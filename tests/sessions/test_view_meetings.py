"""/rat/sitzungen/"""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Meeting
from tests.factories import an_item
from tests.sessions.conftest import Council
from tests.sessions.council import GONE, a_committee, a_meeting, cite

URL = "/rat/sitzungen/"
QUERIES = 9
"""Facets, count, coming, past, two times who meets, items, claims, last import."""


def soon(days: int = 3) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_lists_a_meeting_with_committee_and_number_of_public_items(client: Client, council: Council) -> None:
    html = client.get(URL).content.decode()
    assert "Ausschuss für Digitales" in html
    assert f'href="/rat/sitzungen/{council.meeting.pk}/"' in html
    assert "1 öffentlicher Punkt<" in html
    assert "August 2025" in html


def test_says_that_the_source_names_no_committee(client: Client, db: None) -> None:
    a_meeting()
    assert "Gremium an der Quelle nicht genannt" in client.get(URL).content.decode()


def test_marks_meetings_on_which_the_strategy_rests(client: Client, council: Council) -> None:
    assert "mit Punkten zur Strategie" not in client.get(URL).content.decode()
    cite(council.item)
    assert "mit Punkten zur Strategie" in client.get(URL).content.decode()


def test_a_claim_on_a_closed_item_marks_nothing(client: Client, council: Council) -> None:
    cite(council.closed_item)
    assert "mit Punkten zur Strategie" not in client.get(URL).content.decode()


def test_a_withdrawn_meeting_is_not_there(client: Client, db: None) -> None:
    a_meeting(a_committee("Verschwundener Ausschuss"), withdrawn_at=GONE)
    html = client.get(URL).content.decode()
    assert "Verschwundener Ausschuss" not in html
    assert "Noch ist keine Sitzung übernommen" in html


def test_coming_meetings_stand_first_and_soonest_first(client: Client, council: Council) -> None:
    a_meeting(a_committee("Zweiter"), start=soon(9))
    a_meeting(a_committee("Erster"), start=soon(2))
    html = client.get(URL).content.decode()
    assert html.index("Erster</a>") < html.index("Zweiter</a>") < html.index("Ausschuss für Digitales</a>")


def test_a_meeting_of_today_is_still_to_come(client: Client, db: None) -> None:
    meeting = a_meeting(a_committee("Heutiger"), start=timezone.localtime().replace(hour=0, minute=1))
    response = client.get(URL, {"zeit": "kommend"})
    assert f'href="/rat/sitzungen/{meeting.pk}/"' in response.content.decode()


def test_a_meeting_without_a_day_is_listed_last(client: Client, council: Council) -> None:
    a_meeting(a_committee("Tagloser"), start=None)
    html = client.get(URL).content.decode()
    assert html.index("Ausschuss für Digitales</a>") < html.index("Ohne Datum an der Quelle")
    assert html.index("Ohne Datum an der Quelle") < html.index("Tagloser</a>")


def test_many_coming_meetings_are_one_click_away(client: Client, db: None) -> None:
    for day in range(1, 13):
        a_meeting(start=soon(day))
    html = client.get(URL).content.decode()
    assert "Alle 12 kommenden Sitzungen" in html
    assert 'href="?zeit=kommend"' in html


def test_years_are_links_with_counts(client: Client, council: Council) -> None:
    a_meeting(start=datetime(2024, 5, 1, tzinfo=UTC))
    html = client.get(URL).content.decode()
    assert 'href="?jahr=2025"' in html
    assert 'href="?jahr=2024"' in html
    page = client.get(URL, {"jahr": "2024"}).context["page"]
    assert page.paginator.count == 1


def test_a_year_is_a_year_in_berlin(client: Client, db: None) -> None:
    a_meeting(start=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    assert client.get(URL, {"jahr": "2025"}).context["page"].paginator.count == 1
    assert client.get(URL, {"jahr": "2024"}).context["page"].paginator.count == 0


def test_committee_filter_counts_and_narrows(client: Client, council: Council) -> None:
    other = a_committee("Bauausschuss")
    a_meeting(other)
    a_meeting(other, council.committee)
    response = client.get(URL, {"gremium": str(council.committee.pk)})
    assert response.context["page"].paginator.count == 2
    choices = {choice.label: choice.count for choice in response.context["filter"].facets["gremium"].choices}
    assert choices == {"Ausschuss für Digitales": 2, "Bauausschuss": 2}
    assert "Gremium: Ausschuss für Digitales" in response.content.decode()


def test_a_withdrawn_committee_is_no_choice(client: Client, council: Council) -> None:
    a_meeting(a_committee("Aufgelöster", withdrawn_at=GONE))
    assert "Aufgelöster" not in client.get(URL).content.decode()


def test_counts_follow_the_other_filters(client: Client, council: Council) -> None:
    a_meeting(council.committee, start=datetime(2024, 5, 1, tzinfo=UTC))
    facets = client.get(URL, {"jahr": "2024"}).context["filter"].facets
    assert [choice.count for choice in facets["gremium"].choices] == [1]
    assert [(choice.value, choice.count) for choice in facets["jahr"].choices] == [("2025", 1), ("2024", 1)]


def test_an_empty_result_helps(client: Client, council: Council) -> None:
    html = client.get(URL, {"jahr": "1999"}).content.decode()
    assert "Keine Sitzung passt zu diesen Filtern" in html
    assert "Alle Sitzungen zeigen" in html


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jahr", "abc"),
        ("jahr", "9" * 30),
        ("jahr", "\0"),
        ("gremium", "0"),
        ("gremium", "9" * 30),
        ("gremium", "\0"),
        ("gremium", "x"),
        ("zeit", "niemals"),
        ("zeit", "\0"),
    ],
)
def test_a_value_nobody_knows_is_named_and_ignored(
    client: Client, council: Council, name: str, value: str
) -> None:
    response = client.get(URL, {name: value})
    assert response.status_code == 200
    assert "wurde nicht angewandt" in response.content.decode()
    assert response.context["page"].paginator.count == 1


def test_a_lone_surrogate_is_no_error_of_ours(client: Client, council: Council) -> None:
    assert client.get(f"{URL}?zeit=%ED%A0%80").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "2", "999999999", "abc", "\0", "9" * 5000])
def test_a_page_that_is_not_there_is_not_found(client: Client, council: Council, page: str) -> None:
    assert client.get(URL, {"page": page}).status_code == 404


def test_reading_only(client: Client, db: None) -> None:
    assert client.post(URL).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_meeting(council.committee, start=soon())
    cite(council.item)
    with django_assert_num_queries(QUERIES):
        client.get(URL)
    for number in range(60):
        meeting: Meeting = a_meeting(a_committee(), a_committee(), start=soon(number - 30))
        cite(an_item(meeting=meeting))
    with django_assert_num_queries(QUERIES):
        client.get(URL)


def test_long_lists_are_paged(client: Client, db: None) -> None:
    for _ in range(51):
        a_meeting()
    assert len(client.get(URL).context["page"]) == 50
    assert len(client.get(URL, {"page": "2"}).context["page"]) == 1
