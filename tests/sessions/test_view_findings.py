"""/daten/quellen/pruefliste/ and the command that prints the same."""

import csv
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.models import ImportRun
from portal.roles import STAFF, Role
from tests.factories import an_account, an_item
from tests.sessions.conftest import Council
from tests.sessions.council import GONE, a_committee, a_meeting, a_vote
from tests.sessions.test_view_sources import a_run
from tests.signed_in import client_for, client_with

URL = "/daten/quellen/pruefliste/"
MOST_QUERIES = 14
"""Session, account and its roles; runs, unclear votes (number, rows), who met; last import."""


@pytest.fixture
def staff(db: None) -> Client:
    return client_with(Role.EDITOR)


def refusing(source: str = "https://ratsinfo.example.org/oparl", *refused: dict[str, str]) -> ImportRun:
    return a_run(source, state=ImportRun.State.REFUSED_SOME, refused=list(refused))


def page(client: Client, query: str = "") -> str:
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_says_that_nothing_is_to_be_done(staff: Client) -> None:
    html = page(staff)
    assert "Kein Eintrag wurde abgelehnt" in html
    assert "Keine Abstimmung ist unklar" in html


def test_shows_refused_records_of_the_last_run_of_each_source(staff: Client) -> None:
    refusing("https://a.example.org/", {"id": "alt", "reason": "Steht nicht mehr an."})
    refusing("https://a.example.org/", {"id": "id-1", "reason": "Das Datum fehlt."})
    refusing("/srv/geheim/b.json", {"id": "id-2", "reason": "Kein Objekt."})
    a_run("/srv/geheim/b.json", state=ImportRun.State.RUNNING)
    html = page(staff)
    assert "Abgelehnte Einträge (2)" in html
    for words in ("id-1", "Das Datum fehlt.", "https://a.example.org/", "id-2", "Kein Objekt.", "b.json"):
        assert words in html
    assert "Steht nicht mehr an." not in html
    assert "geheim" not in html


def test_shows_unclear_votes_with_phrase_and_place(staff: Client, council: Council) -> None:
    vote = a_vote(council.item, result="unclear", phrase="mit Mehrheit so")
    gone = a_vote(council.item, result="unclear", phrase="Überholt", superseded_at=GONE)
    a_vote(council.closed_item, result="unclear", phrase="Geheime Worte")
    html = page(staff)
    assert "Unklare Abstimmungen (1)" in html
    assert "Gelesen aus: „mit Mehrheit so“" in html
    assert f'href="/rat/tops/{council.item.pk}/#abstimmung-{vote.position}"' in html
    assert "Ausschuss für Digitales" in html
    assert 'href="https://ratsinfo.example.org/to/1"' in html
    for hidden in (gone.phrase, "Geheime Worte", "wird abgelehnt"):
        assert hidden not in html


def test_a_stranger_is_sent_to_the_sign_in(client: Client, council: Council) -> None:
    a_vote(council.item, result="unclear", phrase="mit Mehrheit so")
    response = client.get(URL)
    assert response.status_code == 302
    assert response["Location"].endswith(urlencode({"next": URL}))
    assert "mit Mehrheit so" not in response.content.decode()


@pytest.mark.parametrize("role", STAFF)
def test_all_staff_sees_it(db: None, role: Role) -> None:
    assert "Keine Abstimmung ist unklar" in page(client_with(role))


@pytest.mark.parametrize("roles", [[], [Role.REVIEWER]])
def test_who_is_no_staff_sees_nothing(db: None, roles: list[Role]) -> None:
    response = client_with(*roles).get(URL)
    assert response.status_code == 403
    assert "Keine Abstimmung ist unklar" not in response.content.decode()


def test_somebody_who_left_sees_nothing(db: None) -> None:
    user = an_account(Role.EDITOR)
    client = client_for(user)
    user.is_active = False
    user.save()
    assert client.get(URL).status_code == 302


def test_nobody_keeps_the_page(staff: Client) -> None:
    response = staff.get(URL)
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize("query", ["?page=0", "?page=2", "?page=abc", "?page=%00", "?page=" + "9" * 30])
def test_a_bad_page_is_not_found(staff: Client, query: str) -> None:
    assert staff.get(f"{URL}{query}").status_code == 404


def test_reading_only(staff: Client, client: Client) -> None:
    assert staff.post(URL).status_code == 405
    assert client.post(URL).status_code == 405


def test_hostile_ids_and_reasons_are_text(staff: Client) -> None:
    refusing("x", {"id": '"><script>alert(1)</script>', "reason": "<b>Grund</b>"})
    html = page(staff)
    assert "<script>" not in html
    assert "<b>Grund" not in html


def test_both_lists_turn_their_pages_together(staff: Client, council: Council) -> None:
    refusing("x", *({"id": f"id-{number:02}", "reason": "Grund"} for number in range(60)))
    a_vote(council.item, result="unclear", phrase="mit Mehrheit so")
    first, second = page(staff), page(staff, "?page=2")
    assert "id-49" in first
    assert "id-50" not in first
    assert "mit Mehrheit so" in first
    assert "id-59" in second
    assert "mit Mehrheit so" not in second
    assert "Auf dieser Seite steht keine mehr" in second


def test_queries_do_not_grow(
    staff: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(number: int) -> None:
        refusing(f"https://ratsinfo.example.org/{number}", {"id": "x", "reason": "y"})
        a_vote(an_item(meeting=a_meeting(a_committee())), result="unclear")

    fill(1)
    page(staff)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        page(staff)
    for number in range(2, 40):
        fill(number)
    with django_assert_num_queries(len(few)):
        page(staff)


def printed(*options: str) -> str:
    output = StringIO()
    call_command("import_findings", *options, stdout=output)
    return output.getvalue()


def test_the_command_prints_both_lists(council: Council) -> None:
    refusing("/srv/b.json", {"id": "id-1", "reason": "Das Datum\nfehlt.\x1b[2J"})
    vote = a_vote(council.item, result="unclear", phrase="mit Mehrheit so")
    lines = printed().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("refused id-1: Das Datum\\nfehlt.\\x1b[2J (OParl-Dateien b.json")
    assert lines[1].startswith(f"unclear /rat/tops/{council.item.pk}/#abstimmung-{vote.position}: mit Mehr")
    assert lines[2] == "1 refused, 1 unclear"


def test_the_command_prints_csv_that_no_spreadsheet_runs(council: Council) -> None:
    refusing("/srv/b.json", {"id": "=1+1", "reason": 'Ein "Grund", mit Komma'})
    a_vote(council.item, result="unclear", phrase="mit Mehrheit so")
    rows = list(csv.DictReader(StringIO(printed("--format", "csv"))))
    assert [row["list"] for row in rows] == ["refused", "unclear"]
    assert rows[0]["id"] == "'=1+1"
    assert rows[0]["reason"] == 'Ein "Grund", mit Komma'
    assert rows[1]["date"] == "2025-08-20"


def test_the_command_knows_two_formats(db: None) -> None:
    with pytest.raises(CommandError):
        printed("--format", "xml")
