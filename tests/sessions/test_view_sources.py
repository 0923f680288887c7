"""/daten/quellen/"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import ImportRun, SearchPending, SearchWord
from portal.roles import Role
from sessions.models import DanglingReference, Source, SourceObject
from tests.factories import a_paragraph, a_person, an_item
from tests.sessions.council import GONE, a_committee, a_file, a_meeting, a_paper
from tests.signed_in import client_with

URL = "/daten/quellen/"
ADDRESS = "https://ratsinfo.example.org/oparl/v1.1/system"
QUERIES = 11
"""Sources, their runs, ledger, references, gone of each, sources known, entries that are gone (number, page,
titles), what waits for the search, last import."""

_numbers = count(1)


def a_run(source: str = ADDRESS, *, ago: timedelta = timedelta(), **fields: Any) -> ImportRun:
    when = timezone.now() - ago
    state = fields.setdefault("state", ImportRun.State.COMPLETED)
    finished = None if state == ImportRun.State.RUNNING else when
    defaults = {"kind": "import_oparl", "source": source, "finished_at": finished}
    run = ImportRun.objects.create(**defaults | fields)
    ImportRun.objects.filter(pk=run.pk).update(started_at=when)
    return run


def a_source(address: str = ADDRESS, **fields: Any) -> Source:
    return Source.objects.create(**{"kind": Source.Kind.OPARL, "address": address} | fields)


def known(source: Source, type: str, **fields: Any) -> SourceObject:
    defaults = {"source": source, "type": type, "name": f"{ADDRESS}/{type}/{next(_numbers)}"}
    return SourceObject.objects.create(**defaults | fields)


def page(client: Client, query: str = "") -> str:
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_says_that_nothing_came_in_yet(client: Client, db: None) -> None:
    html = page(client)
    assert "Noch keine Daten übernommen" in html
    assert "nichts fehlt" in html


def test_shows_a_source_its_last_run_and_what_it_holds(client: Client, db: None) -> None:
    a_run(created_count=1, unchanged_count=9, ago=timedelta(days=1))
    run = a_run(
        created_count=3,
        changed_count=2,
        unchanged_count=1000,
        refused=[{"id": "x", "reason": "y"}],
        state=ImportRun.State.REFUSED_SOME,
    )
    source = a_source()
    known(source, "Paper", row=1)
    known(source, "Meeting", row=2)
    known(source, "Meeting", row=3)
    known(source, "Meeting")  # Never became a row.
    waiting = known(source, "AgendaItem", waits_for="x", record={"id": "x"})
    DanglingReference.objects.create(owner=waiting, field="meeting", target="x")
    html = page(client)
    assert html.count("<article") == 1
    assert "OParl-Schnittstelle" in html
    assert f'href="{ADDRESS}"' in html
    assert f'datetime="{timezone.localtime(run.finished_at).isoformat(timespec="seconds")}"' in html
    assert "3 neu, 2 geändert, 1.000 unverändert" in html
    assert "1 Eintrag<" in html
    assert html.index("2 Sitzungen") < html.index("1 Vorlage<")
    assert "<dt>Offene Verweise</dt><dd>1<" in html
    assert "1 Eintrag wartet" in html
    assert "länger nicht gelesen" not in html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/srv/geheim/karlsruhe-2025", "karlsruhe-2025"),
        ("/srv/geheim/karlsruhe-2025/", "karlsruhe-2025"),
        ("/srv/geheim/ein ordner/a.txt", "a.txt"),
        ("/srv/geheim/a.txt /srv/geheim/b.txt", "a.txt, b.txt"),
        (" ".join(f"/srv/geheim/{letter}.txt" for letter in "abcde"), "a.txt, b.txt, c.txt und 2 weitere"),
        ("geheim/a.txt ../geheim/b.txt", "a.txt, b.txt"),
        (r"C:\geheim\a.txt", "a.txt"),
    ],
)
def test_no_path_of_the_server_is_shown(client: Client, db: None, source: str, shown: str) -> None:
    a_run(source)
    html = page(client)
    assert f'<p class="source-address">{shown}</p>' in html
    assert "geheim" not in html


def test_no_password_of_an_address_is_shown(client: Client, db: None) -> None:
    a_run("https://benutzer:geheim@ratsinfo.example.org/oparl")
    html = page(client)
    assert 'href="https://ratsinfo.example.org/oparl"' in html
    assert "geheim" not in html


def test_no_key_in_an_address_is_shown(client: Client, db: None) -> None:
    a_run("https://ratsinfo.example.org/oparl?body=1&api_key=geheim&Access-Token=geheim#x")
    html = page(client)
    assert "https://ratsinfo.example.org/oparl?body=1&amp;api_key=…&amp;Access-Token=…#x" in html
    assert "geheim" not in html


def test_without_any_success_there_is_no_state_before(client: Client, db: None) -> None:
    a_run(state=ImportRun.State.FAILED)
    html = page(client)
    assert "noch nie mit Erfolg" in html
    assert "Stand davor" not in html


def test_a_strange_address_is_only_text(client: Client, db: None) -> None:
    a_run("javascript:alert(1)")
    a_run('https://[::1/"><script>')
    html = page(client)
    assert "javascript:alert(1)</a>" not in html
    assert "<script>" not in html


def test_a_failed_run_is_told_and_the_state_before_it_stands(client: Client, db: None) -> None:
    a_run(created_count=77, ago=timedelta(days=2))
    a_run(state=ImportRun.State.FAILED, refused=[{"id": "a", "reason": "b"}] * 5)
    html = page(client)
    assert "letzter Lauf fehlgeschlagen" in html
    assert "Es gilt der Stand davor." in html
    assert "<dt>Letzter Lauf mit Erfolg</dt>" in html
    assert "5 Einträge abgelehnt" in html
    assert "77 neu" in html


def test_a_source_that_never_succeeded_says_so(client: Client, db: None) -> None:
    a_run(state=ImportRun.State.FAILED)
    assert "noch nie mit Erfolg" in page(client)


def test_a_running_import_is_told(client: Client, db: None) -> None:
    a_run(created_count=77, ago=timedelta(days=1))
    a_run(state=ImportRun.State.RUNNING)
    html = page(client)
    assert "wird gerade gelesen" in html
    assert "77 neu" in html
    assert "fehlgeschlagen" not in html


@pytest.mark.parametrize(("days", "marked"), [(7, False), (8, True)])
def test_a_source_not_read_for_more_than_a_week_is_marked(
    client: Client, db: None, days: int, marked: bool
) -> None:
    a_run(ago=timedelta(days=days))
    assert ("seit mehr als 7 Tagen nicht gelesen" in page(client)) is marked


def test_sources_stand_apart_and_the_last_read_comes_first(client: Client, db: None) -> None:
    a_run("/srv/strategie.yaml", kind="import_strategy")
    a_run("/srv/a.txt", kind="import_allris")
    a_run()
    html = page(client)
    assert html.count("<article") == 3
    places = [html.index(word) for word in ("OParl-Schnittstelle", "ALLRIS-Seiten", "Datei der Strategie")]
    assert places == sorted(places)


def test_what_is_gone_is_listed_with_its_page_where_it_has_one(client: Client, db: None) -> None:
    source = a_source()
    a_run()
    meeting = a_meeting(a_committee("Rat"), name="12. Sitzung")
    item = an_item(meeting=meeting, number="Ö 4", title="")
    paper = a_paper(name="Radwege")
    committee, person = a_committee("Ausschuss für Wege"), a_person(name="Muster")
    withdrawn = a_paper(name="Zurückgezogener Titel", withdrawn_at=GONE)
    secret = an_item(meeting=meeting, title="Geheimer Titel", public=False)
    file = a_file(paper=paper, name="Lageplan")
    for type, row in (
        ("Meeting", meeting),
        ("AgendaItem", item),
        ("Organization", committee),
        ("Person", person),
        ("File", file),
    ):
        known(source, type, row=row.pk, missing_since=GONE)
    never_seen = known(source, "AgendaItem", row=secret.pk, missing_since=GONE)
    known(source, "Paper", row=paper.pk, missing_since=datetime(2025, 11, 5, tzinfo=UTC))
    gone = known(source, "Paper", row=withdrawn.pk, deleted_at=datetime(2025, 12, 24, 12, tzinfo=UTC))
    known(source, "Location", deleted_at=GONE)
    known(source, "Paper", row=a_paper(name="Noch da").pk)
    html = page(client)
    assert "An der Quelle entfallen (8)" in html
    for record, title in (
        (meeting, "12. Sitzung am 20. August 2025"),
        (item, "Ö 4 Ohne Titel"),
        (paper, "Radwege"),
        (committee, "Ausschuss für Wege"),
        (person, "Ratsfrau Muster"),
    ):
        assert f'<a href="{record.get_absolute_url()}">{title}</a>' in html
    assert "Lageplan" in html
    assert gone.name in html
    for hidden in ("Zurückgezogener Titel", "Geheimer Titel", "Noch da", f"/rat/vorlagen/{withdrawn.pk}/"):
        assert hidden not in html
    assert html.index("24. Dezember 2025") < html.index("5. November 2025") < html.index("1. Oktober 2025")
    assert "zurückgezogen seit" in html
    assert "fehlt seit" in html
    assert "8 Objekte" in html
    assert never_seen.name not in html


def test_of_what_nobody_was_to_see_not_even_the_id_is_listed(client: Client, db: None) -> None:
    source = a_source()
    a_run()
    closed, unknown = an_item(public=False), an_item(public=None)
    once_open = an_item(public=True)
    once_open.public = False
    once_open.save()
    of_closed = a_file(agenda_item=closed)
    hidden = [
        known(source, "AgendaItem", row=closed.pk, missing_since=GONE),
        known(source, "AgendaItem", row=unknown.pk, deleted_at=GONE),
        known(source, "File", row=of_closed.pk, missing_since=GONE),
        known(source, "Paper", row=a_paper(public=False).pk, missing_since=GONE),
        known(source, "Person", row=a_person(kind="employee").pk, missing_since=GONE),
        known(source, "Person", missing_since=GONE),
        known(source, "AgendaItem", missing_since=GONE, waits_for="x", record={}),
    ]
    shown = known(source, "AgendaItem", row=once_open.pk, missing_since=GONE)
    html = page(client)
    assert "An der Quelle entfallen (1)" in html
    assert shown.name in html
    assert [known.name for known in hidden if known.name in html] == []


def test_the_list_of_what_is_gone_has_pages(client: Client, db: None) -> None:
    source = a_source()
    for number in range(51):
        known(source, "Paper", name=f"kennung-{number:02}", missing_since=GONE)
    assert "kennung-50" in page(client)
    html = page(client, "?page=2")
    assert "kennung-00" in html
    assert "kennung-01" not in html


@pytest.mark.parametrize("query", ["?page=0", "?page=2", "?page=abc", "?page=%00", "?page=" + "9" * 30])
def test_a_bad_page_is_not_found(client: Client, db: None, query: str) -> None:
    assert client.get(f"{URL}{query}").status_code == 404


def test_hostile_ids_are_text(client: Client, db: None) -> None:
    source = a_source()
    known(source, "Paper", name='"><script>alert(1)</script>', missing_since=GONE)
    known(source, "<b>Art</b>", name="x", missing_since=GONE)
    html = page(client)
    assert "<script>" not in html
    assert "<b>Art" not in html
    assert "&lt;script&gt;" in html


def test_only_staff_is_shown_the_way_to_the_list(client: Client, signed_in: Client, db: None) -> None:
    assert "pruefliste" not in page(client)
    assert "pruefliste" not in page(client_with(Role.REVIEWER))
    response = signed_in.get(URL)
    assert "/daten/quellen/pruefliste/" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


def test_every_page_leads_there(client: Client, db: None) -> None:
    assert f'href="{URL}"' in client.get("/impressum/").content.decode()


def test_reading_only(client: Client, db: None) -> None:
    assert client.post(URL).status_code == 405


def test_more_sources_than_a_page_shows_are_counted(client: Client, db: None) -> None:
    for number in range(52):
        a_run(f"/srv/{number}.json")
    html = page(client)
    assert html.count("<article") == 50
    assert "2 weitere Quellen wurden" in html


def test_queries_do_not_grow(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(number: int) -> None:
        a_run(f"https://ratsinfo.example.org/{number}")
        source = a_source(f"https://ratsinfo.example.org/{number}")
        meeting = a_meeting(a_committee())
        item = an_item(meeting=meeting)
        a_paragraph(item, "Ein Satz.")
        for type, row in (("Meeting", meeting), ("AgendaItem", item), ("Paper", a_paper())):
            owner = known(source, type, row=row.pk, missing_since=GONE)
            DanglingReference.objects.create(owner=owner, field="x", target="y")

    fill(1)
    with django_assert_num_queries(QUERIES):
        page(client)
    for number in range(2, 40):
        fill(number)
    with django_assert_num_queries(QUERIES):
        page(client)


def test_says_that_everything_is_in_the_search(client: Client, db: None) -> None:
    assert "Die Suche kennt alle Änderungen.</p>" in page(client)


def test_says_how_much_waits_for_the_search_and_since_when(client: Client, db: None) -> None:
    SearchPending.objects.bulk_create(SearchPending(kind="measure", object_id=number) for number in (1, 2, 2))
    SearchPending.objects.filter(object_id=1).update(noted_at=datetime(2025, 9, 1, 10, 0, tzinfo=UTC))
    SearchWord.objects.create(word="straßenbahn", spelling="Straßenbahn")
    html = page(client)
    assert "2 Änderungen warten noch darauf, in die Suche zu kommen, die älteste seit" in html
    assert "1. September 2025" in html
    assert "1 neues Wort ist noch nicht ganz in der Suche." in html
    assert "Die Suche kennt alle Änderungen" not in html
