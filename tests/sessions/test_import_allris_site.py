"""`manage.py import_allris https://…`: polite, each page once, and only what is public."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
import stamina
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model

from portal.models import ImportRun
from sessions.imports import http
from sessions.imports.pages import AddressError, page_at, site_of
from sessions.imports.upsert import page as upsert_page
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    Meeting,
    Organization,
    Paper,
    Source,
    SourceObject,
)
from tests.locks import another_import_at_work
from tests.sessions.imports.sample_pages import classic_page
from tests.sessions.imports.web import Answer
from tests.sessions.ris import HTML, TOO_MANY, Ris, agenda, item, notice, paper, row, running

PROJECT = Path(__file__).resolve().parents[2]
AGENDA = "/to010?SILFDNR=7603"
EVERY_PAGE = ["to010-7603", "", "to020-41", "to020-42", "vo020-919"]
CONTENT: tuple[type[Model], ...] = (
    Organization,
    Meeting,
    AgendaItem,
    Contribution,
    Paper,
    File,
    Consultation,
    SourceObject,
)

pytestmark = pytest.mark.django_db


class Result(NamedTuple):
    code: int
    summary: str
    lines: list[str]
    """On stderr; the sentence of a CommandError is the last."""


@pytest.fixture
def ris() -> Iterator[Ris]:
    with running() as ris, stamina.set_testing(True, attempts=2, cap=True):
        yield ris


@pytest.fixture
def run(ris: Ris) -> Callable[..., Result]:
    def run(*paths: str, **options: Any) -> Result:
        out, err = StringIO(), StringIO()
        code, error = 0, []
        sources = [path if "://" in path else f"{ris.url}{path}" for path in paths or [AGENDA]]
        given = {"delay": 0.0, "allow_private": True} | options
        try:
            call_command("import_allris", *sources, stdout=out, stderr=err, **given)
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as end:
            code, error = end.returncode, [str(end)]
        return Result(code, out.getvalue().strip(), err.getvalue().splitlines() + error)

    return run


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in CONTENT}


# --- What is read -----------------------------------------------------------------------------
def test_an_agenda_leads_to_its_public_items_and_their_papers(run: Callable[..., Result], ris: Ris) -> None:
    assert run() == Result(0, "1 created, 3 changed, 0 unchanged, 0 refused", [])
    assert ris.asked == EVERY_PAGE
    assert AgendaItem.objects.get(pk=41).contributions.get().text == "Frau Beispiel berichtet."
    assert Paper.objects.get().name == "Neubau der Grundschule"
    assert Meeting.objects.get().agenda_items.count() == 4
    run_row = ImportRun.objects.get()
    assert (run_row.kind, run_row.state) == ("import_allris", ImportRun.State.COMPLETED)
    assert run_row.source == f"{ris.url}{AGENDA}"


def test_pages_are_asked_for_in_one_form(run: Callable[..., Result], ris: Ris) -> None:
    run("/to010?SILFDNR=7603&toggleMenu=1&refresh=false", "/TO010?SILFDNR=7603".lower())
    assert ris.site.paths == [
        "/public/to010?SILFDNR=7603",
        "/public/",
        "/public/to020?SILFDNR=7603&TOLFDNR=41",
        "/public/to020?SILFDNR=7603&TOLFDNR=42",
        "/public/vo020?VOLFDNR=919",
    ]
    item_row = AgendaItem.objects.get(pk=41)
    assert item_row.source_url == f"{ris.url}/to020?SILFDNR=7603&TOLFDNR=41"


def test_without_following_only_the_given_page_is_read(run: Callable[..., Result], ris: Ris) -> None:
    assert run(follow=False).summary == "1 created, 0 changed, 0 unchanged, 0 refused"
    assert ris.asked == ["to010-7603"]


def test_an_item_leads_to_its_papers_and_a_paper_nowhere(run: Callable[..., Result], ris: Ris) -> None:
    run("/to020?SILFDNR=7603&TOLFDNR=41")
    assert ris.asked == ["", "to020-41", "vo020-919"]
    ris.site.asked.clear()
    run("/vo020?VOLFDNR=919")
    assert ris.asked == ["vo020-919"]


def test_each_page_is_asked_for_once(run: Callable[..., Result], ris: Ris) -> None:
    run(AGENDA, "/to020?TOLFDNR=41", "/vo020?VOLFDNR=919", AGENDA)
    assert ris.asked == EVERY_PAGE


def test_classic_addresses_keep_their_form(run: Callable[..., Result], ris: Ris) -> None:
    ris.wants_cookie = False
    run("/to010.asp?SILFDNR=7603&BES=1")
    assert ris.site.paths == [
        "/public/to010.asp?SILFDNR=7603",
        "/public/to020.asp?TOLFDNR=41",
        "/public/to020.asp?TOLFDNR=42",
        "/public/vo020.asp?VOLFDNR=919",
    ]


def test_files_and_addresses_go_together(run: Callable[..., Result], ris: Ris, tmp_path: Any) -> None:
    saved = tmp_path / "to020_SILFDNR-7603_TOLFDNR-42.html"
    saved.write_bytes(item("Ö 3", "Bericht der Verwaltung", "Gespeichert."))
    out = StringIO()
    call_command(
        "import_allris", saved, f"{ris.url}{AGENDA}", delay=0, follow=False, allow_private=True, stdout=out
    )
    assert out.getvalue() == "1 created, 1 changed, 0 unchanged, 0 refused\n"
    assert AgendaItem.objects.get(pk=42).contributions.get().text == "Gespeichert."


def test_what_the_server_gives_to_everybody_is_public(run: Callable[..., Result], ris: Ris) -> None:
    ris.pages["vo020-919"] = paper(919, "Neubau", state="erledigt")
    run("/vo020?VOLFDNR=919")
    assert Paper.objects.get().public


# --- Cookie, contact --------------------------------------------------------------------------
def test_an_item_is_asked_for_with_the_cookie_of_another_page(run: Callable[..., Result], ris: Ris) -> None:
    assert run("/to020?TOLFDNR=42").code == 0
    assert ris.asked == ["", "to020-42"]
    assert ris.site.asked[-1].headers["Cookie"] == "JSESSIONID=1"


def test_the_cookie_may_come_with_the_refusal(run: Callable[..., Result], ris: Ris) -> None:
    ris.cookie_from = "noauth"
    assert run("/to020?TOLFDNR=42").code == 0
    assert ris.asked == ["", "to020-42", "noauth", "to020-42"]


def test_what_is_not_public_is_asked_for_again_once_in_a_run_only(
    run: Callable[..., Result], ris: Ris
) -> None:
    del ris.pages["to020-41"], ris.pages["to020-42"]
    run()
    assert ris.asked.count("to020-41") == 2
    assert ris.asked.count("to020-42") == 1


def test_a_start_page_that_is_not_there_does_not_matter(run: Callable[..., Result], ris: Ris) -> None:
    ris.wants_cookie = False
    ris.answers[""] = Answer(status=404)
    assert run("/to020?TOLFDNR=42").code == 0


def test_an_old_session_is_opened_again_once(
    run: Callable[..., Result], ris: Ris, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.imports.pages.site.SESSION_LIFE", -1.0)
    del ris.pages["to020-42"]
    run()
    assert ris.asked[2:-1] == ["to020-41", "to020-42", "noauth", "", "to020-42", "noauth"]


def test_the_server_learns_whom_to_write_to(run: Callable[..., Result], ris: Ris) -> None:
    run()
    assert settings.CITY.contact.email in ris.site.asked[0].headers["User-Agent"]


# --- Again ------------------------------------------------------------------------------------
@pytest.mark.parametrize("has_etags", [True, False])
def test_reading_again_writes_nothing(run: Callable[..., Result], ris: Ris, has_etags: bool) -> None:
    ris.has_etags = has_etags
    run()
    before = rows()
    ris.site.asked.clear()
    assert run() == Result(0, "0 created, 0 changed, 4 unchanged, 0 refused", [])
    assert ris.asked == EVERY_PAGE
    assert any("If-None-Match" in asked.headers for asked in ris.site.asked) == has_etags
    assert rows() == before


def test_a_changed_page_is_read_whole(run: Callable[..., Result], ris: Ris) -> None:
    ris.has_etags = True
    run()
    ris.pages["to020-41"] = item("Ö 2", "Neubau der Grundschule", "Herr Muster fragt.", paper=919)
    assert run().summary == "0 created, 1 changed, 3 unchanged, 0 refused"
    assert AgendaItem.objects.get(pk=41).contributions.filter(superseded_at=None).get().text == (
        "Herr Muster fragt."
    )


def test_pages_are_read_again_by_new_rules(
    run: Callable[..., Result], ris: Ris, monkeypatch: pytest.MonkeyPatch
) -> None:
    ris.has_etags = True
    run()
    monkeypatch.setattr("sessions.imports.pages.ledger.READ_BY", f"rules-{upsert_page.RULES + 1}")
    ris.site.asked.clear()
    run()
    assert not any("If-None-Match" in asked.headers for asked in ris.site.asked)


def test_a_row_that_is_gone_is_read_again(run: Callable[..., Result], ris: Ris) -> None:
    ris.has_etags = True
    run("/vo020?VOLFDNR=919")
    Paper.objects.all().delete()
    assert run("/vo020?VOLFDNR=919").summary == "1 created, 0 changed, 0 unchanged, 0 refused"


def test_the_ledger_knows_page_and_source(run: Callable[..., Result], ris: Ris) -> None:
    ris.has_etags = True
    run()
    source = Source.objects.get()
    assert (source.kind, source.address) == ("import_allris", ris.url)
    found = SourceObject.objects.order_by("name").values_list("name", "type", "row")
    assert list(found) == [
        ("allris:si:7603", "Meeting", 7603),
        ("allris:to:41", "AgendaItem", 41),
        ("allris:to:42", "AgendaItem", 42),
        ("allris:vo:919", "Paper", 919),
    ]
    assert all(SourceObject.objects.values_list("etag", flat=True))


# --- Not public -------------------------------------------------------------------------------
def test_a_page_that_is_not_public_is_reported_and_skipped(run: Callable[..., Result], ris: Ris) -> None:
    del ris.pages["to020-42"], ris.pages["vo020-919"]
    code, summary, lines = run()
    assert (code, summary) == (0, "1 created, 1 changed, 0 unchanged, 0 refused")
    # Both are on the agenda as public, so they are here already.
    assert lines == [
        f"{ris.url}/to020?SILFDNR=7603&TOLFDNR=42: not public; what was read before is kept",
        f"{ris.url}/vo020?VOLFDNR=919: not public; what was read before is kept",
    ]


def test_a_closed_item_of_the_agenda_is_not_asked_for(run: Callable[..., Result], ris: Ris) -> None:
    run()
    assert "to020-43" not in ris.asked
    assert not Paper.objects.filter(pk=920).exists()
    assert AgendaItem.objects.get(pk=43).public is False


def test_an_item_that_was_public_is_noted_as_gone_and_comes_back(
    run: Callable[..., Result], ris: Ris
) -> None:
    ris.has_etags = True
    run()
    page = ris.pages.pop("to020-42")
    run()
    gone = SourceObject.objects.get(name="allris:to:42")
    assert gone.missing_since is not None
    assert Contribution.objects.filter(agenda_item=42).exists()
    run()
    since = gone.missing_since
    gone.refresh_from_db()
    assert gone.missing_since == since
    ris.pages["to020-42"] = page
    run()
    gone.refresh_from_db()
    assert gone.missing_since is None


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_page_that_is_gone_is_noted(run: Callable[..., Result], ris: Ris, status: int) -> None:
    run()
    ris.answers["vo020-919"] = Answer(status=status)
    code, _, lines = run()
    assert code == 0
    url = f"{ris.url}/vo020?VOLFDNR=919"
    assert lines == [f"{url}: the server answers {status}; what was read before is kept"]
    assert SourceObject.objects.get(name="allris:vo:919").missing_since is not None


def test_a_given_page_that_is_not_public_is_refused(run: Callable[..., Result], ris: Ris) -> None:
    code, summary, lines = run("/to020?TOLFDNR=99")
    assert (code, summary) == (2, "0 created, 0 changed, 0 unchanged, 1 refused")
    assert lines == [f"{ris.url}/to020?TOLFDNR=99: not public"]
    assert not SourceObject.objects.exists()
    assert not AgendaItem.objects.exists()


def test_a_paper_that_calls_itself_closed_is_closed(run: Callable[..., Result], ris: Ris) -> None:
    run()
    ris.pages["vo020-919"] = paper(919, "Neubau der Grundschule", state="nichtöffentlich")
    run()
    assert not Paper.objects.get().public


# --- Traps ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=429, headers={"Retry-After": "1"}),
        Answer(notice(TOO_MANY), headers=HTML),
        Answer(notice("<altcha-widget></altcha-widget>"), headers=HTML),
        Answer(status=302, headers={"Location": "/_gate/?next=1"}),
    ],
    ids=["429", "too many", "altcha", "gate"],
)
def test_a_server_that_turns_us_away_is_left_alone(
    run: Callable[..., Result], ris: Ris, answer: Answer
) -> None:
    ris.answers |= {"to020-41": answer, "": Answer(notice("<p>Tor</p>"), headers=HTML)}
    code, summary, lines = run(AGENDA, "/to020?TOLFDNR=42")
    assert (code, summary) == (2, "1 created, 0 changed, 0 unchanged, 0 refused")
    assert len(lines) == 1
    assert ris.url in lines[0]
    assert "Pages that were not asked for: 2." in lines[0]
    assert "to020-42" not in ris.asked
    assert Meeting.objects.exists()
    assert ImportRun.objects.get().state == ImportRun.State.FAILED


def test_a_server_that_fails_again_and_again_is_left_alone(run: Callable[..., Result], ris: Ris) -> None:
    ris.pages["to010-7603"] = agenda(*(row(f"Ö {number}", "Punkt", number) for number in range(1, 10)))
    ris.answers |= {f"to020-{number}": Answer(status=503) for number in range(1, 10)}
    code, summary, lines = run()
    assert (code, summary) == (2, "1 created, 0 changed, 0 unchanged, 3 refused")
    assert "3 times in a row" in lines[-1]
    assert "to020-4" not in ris.asked


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "PDF"),
        (Answer(b"", headers=HTML), "empty"),
        (Answer(paper(919, "Neubau")[:-40], headers=HTML), "cut off"),
        (Answer(item("Ö 2", "Neubau"), headers=HTML), "another kind"),
        (Answer(status=302, headers={"Location": "https://elsewhere.example.org/"}), "allow-host"),
        (Answer(b"x" * 5_000_001, headers=HTML), "longer than"),
        (Answer(status=500), "answers 500"),
        (Answer(status=302, headers={"Location": "/public/vo020?VOLFDNR=919"}), "redirects"),
    ],
    ids=["pdf", "empty", "cut", "kind", "host", "large", "500", "loop"],
)
def test_what_is_no_page_costs_one_line(
    run: Callable[..., Result], ris: Ris, answer: Answer, reason: str
) -> None:
    ris.answers["vo020-919"] = answer
    code, summary, lines = run()
    assert (code, summary) == (1, "1 created, 2 changed, 0 unchanged, 1 refused")
    assert len(lines) == 1
    assert lines[0].startswith(f"{ris.url}/vo020?VOLFDNR=919: ")
    assert reason in lines[0]


def test_a_private_address_is_not_asked_without_leave(run: Callable[..., Result], ris: Ris) -> None:
    code, _, lines = run(allow_private=False)
    assert code == 2
    assert "--allow-private" in lines[-1]
    assert ris.asked == []


# --- Runs -------------------------------------------------------------------------------------
def test_a_dry_run_asks_and_writes_nothing(run: Callable[..., Result], ris: Ris) -> None:
    assert run(dry_run=True).summary == (
        "1 created, 3 changed, 0 unchanged, 0 refused (dry run, nothing was written)"
    )
    assert ris.asked == EVERY_PAGE
    assert not any(rows().values())
    assert not Source.objects.exists()
    assert not ImportRun.objects.exists()


def test_an_import_that_is_interrupted_keeps_what_it_read(
    run: Callable[..., Result], ris: Ris, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sessions.imports.pages.site.led_by_record", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert Meeting.objects.exists()
    assert ImportRun.objects.get().state == ImportRun.State.FAILED
    monkeypatch.undo()
    assert run().code == 0


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_next_run_completes(run: Callable[..., Result], ris: Ris) -> None:
    release = Event()

    def slow() -> Iterator[bytes]:
        yield b"<!DOCTYPE html>"
        release.wait(60)

    ris.answers["to020-42"] = Answer(slow(), headers=HTML)
    process = importing_apart(f"{ris.url}{AGENDA}")
    try:
        deadline = time.monotonic() + 60
        while "to020-42" not in ris.asked and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        release.set()
    assert process.wait() == -signal.SIGKILL
    assert Contribution.objects.filter(agenda_item=41).exists()
    assert not Contribution.objects.filter(agenda_item=42).exists()
    assert ImportRun.objects.get().state == ImportRun.State.RUNNING
    del ris.answers["to020-42"]
    assert run().summary == "0 created, 2 changed, 2 unchanged, 0 refused"
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"failed", "completed"}


def importing_apart(address: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, on the database of this test."""
    database = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    command = [sys.executable, "manage.py", "import_allris", address, "--delay=0", "--allow-private", "-v0"]
    return subprocess.Popen(command, cwd=PROJECT, env=os.environ | {"DATABASE_URL": database})


def test_another_import_at_work_is_not_disturbed(run: Callable[..., Result], ris: Ris) -> None:
    with another_import_at_work():
        assert run() == Result(2, "", ["Another import is running; this one did not begin."])
    assert ris.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://ris.example.org/public/si018",
        "https://ris.example.org/public/to020",
        "https://ris.example.org/public/to020?SILFDNR=5",
        "https://ris.example.org/",
        "https://",
        "https://[::1/to020?TOLFDNR=1",
        "https://ris.example.org/?x=/to020?TOLFDNR=1",
    ],
)
def test_another_address_is_refused_at_once(run: Callable[..., Result], address: str) -> None:
    code, _, lines = run(address)
    assert code == 2
    assert "expected the address of an agenda" in lines[0]
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf"), 4000.0])
def test_a_delay_that_is_none_is_refused(run: Callable[..., Result], delay: float) -> None:
    code, _, lines = run(delay=delay)
    assert (code, len(lines)) == (2, 1)
    assert "--delay" in lines[0]


def test_between_two_requests_there_is_a_pause(
    run: Callable[..., Result], ris: Ris, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    original = http.Client.__init__

    def init(self: Any, start: str, **options: Any) -> None:
        given.update(options)
        original(self, start, **options | {"delay": 0.0})

    monkeypatch.setattr(http.Client, "__init__", init)
    run(delay=2.5)
    assert given["delay"] == 2.5


def test_addresses_of_one_system_have_one_start() -> None:
    for address in (
        "HTTPS://Ris.example.org/bi/to010.asp?SILFDNR=1",
        "https://ris.example.org/bi/vo020.asp?x=1",
    ):
        assert site_of(address) == "https://ris.example.org/bi"
    with pytest.raises(AddressError):
        page_at("https://ris.example.org/bi/vo020.asp?x=1")


def test_all_forms_of_an_address_are_one_page(run: Callable[..., Result], ris: Ris) -> None:
    ris.wants_cookie = False
    result = run(
        "/to020?TOLFDNR=41",
        "/to020?SILFDNR=7603&TOLFDNR=41&toggleMenu=true",
        "/TO020?tolfdnr=41&selfaction=print",
        "/to020?TOLFDNR=41#allrisBS",
        "/to020?%54OLFDNR=41",
        "/to010?SILFDNR=7603&topSelected=41",
        "/to010?BES=1&SILFDNR=7603&TOLFDNR=41#beschluss",
        "/VO020?VOLFDNR=919&refresh=false&TOLFDNR=41",
        "/vo020?0-1.0&VOLFDNR=919",
        follow=False,
    )
    assert (result.code, result.summary) == (0, "1 created, 2 changed, 0 unchanged, 0 refused")
    assert [name for name in ris.asked if name] == ["to020-41", "to010-7603", "vo020-919"]
    assert (Meeting.objects.get().external_id, Paper.objects.get().pk) == ("allris:si:7603", 919)


def test_a_classic_system_in_its_own_encoding(run: Callable[..., Result], ris: Ris) -> None:
    """Its items without a session, its pages in ISO-8859-1 that only the head of the page tells."""
    ris.wants_cookie = False
    latin = {"Content-Type": "text/html"}
    row = (
        '<tr class="zl11"><td class="text4"><a href="to010.asp?SILFDNR=7049&TOLFDNR=41&BES=1">Ö 1</a></td>'
        '<td><a href="to020.asp?TOLFDNR=41">Straßenausbau</a></td>'
        '<td><a href="vo020.asp?VOLFDNR=919">VO/919/24</a></td></tr>'
    )
    day = {"Gremium": "Rat", "Datum": "Di, 05.03.2024", "Zeit": "18:00 - 22:00"}
    agenda_of_rat = classic_page(
        "Tagesordnung - Rat", day, f'<table class="tl1">{row}</table>', charset="iso-8859-1"
    )
    minutes = '<a name="allrisWP"></a><html><body><p>Frau Schüßler fragt.</p></body></html>'
    excerpt = classic_page("Auszug - Straßenausbau", {"TOP": "Ö 1"} | day, minutes, charset="iso-8859-1")
    about = classic_page(
        "Vorlage - VO/919/24", {"Betreff": "Straßenausbau", "Status": "öffentlich"}, charset="iso-8859-1"
    )
    ris.answers |= {
        "to010-7049": Answer(agenda_of_rat, headers=latin),
        "to020-41": Answer(excerpt, headers=latin),
        "vo020-919": Answer(about, headers=latin),
    }
    for summary in ("1 created, 2 changed", "0 created, 0 changed"):
        assert run("/to010.asp?SILFDNR=7049").summary.startswith(summary)
    item_row = AgendaItem.objects.get()
    assert (item_row.title, item_row.contributions.get().text) == ("Straßenausbau", "Frau Schüßler fragt.")
    assert Paper.objects.get().name == "Straßenausbau"
    assert item_row.source_url == f"{ris.url}/to020.asp?TOLFDNR=41"
