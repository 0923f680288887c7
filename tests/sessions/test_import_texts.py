"""`manage.py import_texts`: what is fetched, what is kept, and that no file ends the run."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from typing import Any, NamedTuple

import pytest
import stamina
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.models import ImportRun
from portal.roles import Role
from sessions.imports.texts import extract
from sessions.imports.texts import run as texts_run
from sessions.imports.texts.run import MAX_ATTEMPTS, due_files
from sessions.models import File, FilePage, FileText, Paper, Source, SourceObject
from tests.locks import another_import_at_work
from tests.sessions.council import GONE, a_file, a_meeting, a_paper
from tests.sessions.imports.oparl.council import an_object
from tests.sessions.imports.texts.pdf import a_pdf, an_encrypted_pdf
from tests.sessions.imports.web import Answer, Asked, Site, serving
from tests.sessions.ris import running
from tests.signed_in import client_with

pytestmark = pytest.mark.django_db
PDF = {"Content-Type": "application/pdf"}


class Result(NamedTuple):
    code: int
    summary: str
    lines: list[str]


@dataclass
class Server:
    """A council's server with its files; a test changes them while it runs."""

    site: Site
    files: dict[str, bytes | Answer] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        found = self.files.get(asked.path, Answer(status=404))
        return found if isinstance(found, Answer) else Answer(found, headers=PDF)

    def file(self, path: str, content: bytes | Answer, **fields: Any) -> File:
        """A public PDF of a paper that this server told of."""
        self.files[path] = content
        if not {"paper", "meeting"} & set(fields):
            fields["paper"] = a_paper()
        file = a_file(**{"mime_type": "application/pdf", "download_url": f"{self.site.url}{path}"} | fields)
        self.told_of("File", file.pk)
        return file

    def told_of(self, type_: str, row: int) -> None:
        source, _ = Source.objects.get_or_create(
            kind=Source.Kind.OPARL, address=f"{self.site.url}/oparl/system"
        )
        SourceObject.objects.create(source=source, name=f"{type_}/{row}", type=type_, row=row)


@pytest.fixture
def server() -> Iterator[Server]:
    found: list[Server] = []
    with serving(lambda asked: found[0].answer(asked)) as site, stamina.set_testing(True, attempts=1):
        found.append(Server(site))
        yield found[0]


@pytest.fixture
def run() -> Callable[..., Result]:
    def run(command: str = "import_texts", *arguments: str, **options: Any) -> Result:
        out, err = StringIO(), StringIO()
        code, error = 0, []
        given = {"delay": 0.0, "allow_private": True} | options
        try:
            call_command(command, *arguments, stdout=out, stderr=err, **given)
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as end:
            code, error = end.returncode, [str(end)]
        return Result(code, out.getvalue().strip(), err.getvalue().splitlines() + error)

    return run


Run = Callable[..., Result]


def pages(file: File) -> list[tuple[int, str]]:
    return list(file.pages.order_by("number").values_list("number", "text"))


def text_of(file: File) -> FileText:
    return FileText.objects.get(pk=file.pk)


def later(file: File, **ago: int) -> None:
    """As if the file had been tried that long ago."""
    FileText.objects.filter(pk=file.pk).update(read_at=timezone.now() - timedelta(**ago))
    File.objects.filter(pk=file.pk).update(imported_at=timezone.now() - timedelta(days=99))


# --- What is read
def test_the_text_of_a_public_file_is_read_page_by_page(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", a_pdf("Erste Seite", "", "Dritte Seite"))
    assert run() == Result(0, "1 created, 0 changed, 0 unchanged, 0 refused, 1 extracted", [])
    assert pages(file) == [(1, "Erste Seite"), (3, "Dritte Seite")]
    text = text_of(file)
    assert (text.state, text.page_count, text.cut, text.attempts) == ("extracted", 3, False, 1)
    assert (len(text.sha512), text.address) == (128, file.download_url)
    assert list(FilePage.objects.published()) == list(file.pages.all())
    entry = ImportRun.objects.get()
    assert (entry.kind, entry.source, entry.state) == ("import_texts", "", ImportRun.State.COMPLETED)


def test_what_is_read_is_not_asked_for_again(run: Run, server: Server) -> None:
    server.file("/a.pdf", a_pdf("Text"))
    server.file("/b.pdf", b"kein PDF")
    run()
    server.site.asked.clear()
    assert run() == Result(0, "0 created, 0 changed, 0 unchanged, 0 refused", [])
    assert server.site.asked == []


@pytest.mark.parametrize("column", ["source_modified_at", "name"])
def test_what_changed_since_is_asked_for_and_the_same_bytes_are_not_written(
    run: Run, server: Server, column: str
) -> None:
    file = server.file("/a.pdf", a_pdf("Text"))
    run()
    before, written = text_of(file), list(file.pages.values())
    setattr(file, column, timezone.now() if column.endswith("_at") else "Anlage")
    file.save()
    assert run().summary == "0 created, 0 changed, 1 unchanged, 0 refused"
    assert list(file.pages.values()) == written
    after = text_of(file)
    assert after.read_at > before.read_at
    assert after.sha512 == before.sha512
    assert run().summary == "0 created, 0 changed, 0 unchanged, 0 refused"


def test_other_bytes_take_the_place_of_the_old_ones(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", a_pdf("Alt", "Zweite Seite"))
    run()
    server.files["/a.pdf"] = a_pdf("Neu")
    file.save()
    assert run().summary == "0 created, 1 changed, 0 unchanged, 0 refused, 1 extracted"
    assert pages(file) == [(1, "Neu")]
    server.files["/a.pdf"] = an_encrypted_pdf()
    file.save()
    run()
    assert (text_of(file).state, pages(file)) == ("encrypted", [])


def test_what_cannot_be_read_is_marked_and_named_and_the_others_go_in(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts_run, "MAX_BYTES", 3000)
    found = {
        "encrypted": an_encrypted_pdf(),
        "broken": b"%PDF-1.7 und Schluss",
        "not_pdf": b"<!DOCTYPE html><title>Anmelden</title>",
        "empty": a_pdf(""),
        "too_large": bytes(3001),
        "unreachable": Answer(status=404),
        "extracted": a_pdf("Text"),
    }
    files = {state: server.file(f"/{state}.pdf", content) for state, content in found.items()}
    result = run()
    assert {state: text_of(file).state for state, file in files.items()} == {state: state for state in found}
    assert (result.code, len(result.lines)) == (0, 6)
    for state in set(found) - {"extracted"}:
        assert any(line.startswith(f"{server.site.url}/{state}.pdf: {state}.") for line in result.lines)
    assert result.summary.startswith("7 created, 0 changed, 0 unchanged, 0 refused, 1 broken, ")
    assert text_of(files["empty"]).page_count == 1


def test_the_words_of_a_source_stay(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", a_pdf("Aus der Datei"), text="Von der Quelle")
    run()
    file.refresh_from_db()
    assert (file.text, pages(file)) == ("Von der Quelle", [(1, "Aus der Datei")])


def test_a_file_with_too_much_is_said_to_be_cut(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "MAX_CHARACTERS", 5)
    file = server.file("/a.pdf", a_pdf("Langer Text"))
    assert run().lines == [f"{server.site.url}/a.pdf: extracted. Only its beginning was read."]
    assert (text_of(file).cut, pages(file)) == (True, [(1, "Lange")])


# --- Which files
@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({"mime_type": "application/pdf"}, True),
        ({"mime_type": "Application/PDF; charset=binary"}, True),
        ({"mime_type": "", "file_name": "Anlage.PDF"}, True),
        ({"mime_type": "", "name": "Anlage 1.pdf"}, True),
        ({"mime_type": "text/html", "download_url": "https://x.example.org/a.pdf?v=1"}, True),
        # ALLRIS says nothing of its files.
        ({"mime_type": "", "name": "Anlage 1", "download_url": "https://x.example.org/doc?DOLFDNR=4"}, True),
        ({"mime_type": "application/octet-stream", "name": "Anlage"}, True),
        ({"mime_type": "text/html"}, False),
        ({"mime_type": "application/pdfx"}, False),
        ({"mime_type": "", "file_name": "Tabelle.xlsx"}, False),
        ({"mime_type": "", "name": "Bild.JPG"}, False),
        ({"mime_type": "", "download_url": "https://x.example.org/a.docx#1"}, False),
        ({"download_url": "", "access_url": "https://x.example.org/a"}, True),
        ({"download_url": "", "access_url": ""}, False),
        ({"public": False}, False),
        ({"public": None}, False),
        ({"withdrawn_at": GONE}, False),
    ],
)
def test_public_files_that_may_be_pdf_are_due(fields: dict[str, Any], is_due: bool) -> None:
    defaults = {"mime_type": "application/pdf", "download_url": "https://x.example.org/a", "paper": a_paper()}
    a_file(**defaults | fields)
    assert due_files(timezone.now()).exists() is is_due


def test_files_of_closed_papers_are_not_asked_for(run: Run, server: Server) -> None:
    server.file("/a.pdf", a_pdf("Text"), paper=a_paper(public=False))
    server.file("/b.pdf", a_pdf("Text"), meeting=a_meeting(withdrawn_at=GONE))
    run()
    assert server.site.asked == []


def test_what_is_closed_during_the_run_is_not_asked_for(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.file("/a.pdf", a_pdf("Text"))
    server.file("/b.pdf", a_pdf("Text"))

    def read_and_close(data: bytes) -> extract.Reading:
        File.objects.update(public=False)
        return extract.read_pdf(data)

    monkeypatch.setattr(texts_run, "read_pdf", read_and_close)
    run()
    assert len(server.site.asked) == 1
    assert not FilePage.objects.published().exists()


def test_a_limit_and_the_newest_first(run: Run, server: Server) -> None:
    for number in range(3):
        server.file(f"/{number}.pdf", a_pdf("Text"))
    assert run(limit=2).summary.startswith("2 created")
    assert server.site.paths == ["/2.pdf", "/1.pdf"]
    assert run(limit=2).summary.startswith("1 created")


def test_a_dry_run_changes_nothing(run: Run, server: Server) -> None:
    server.file("/a.pdf", a_pdf("Text"))
    assert run(dry_run=True).summary == (
        "1 created, 0 changed, 0 unchanged, 0 refused, 1 extracted (dry run, nothing was written)"
    )
    assert (FileText.objects.count(), FilePage.objects.count(), ImportRun.objects.count()) == (0, 0, 0)


# --- Which servers
def test_only_a_server_that_told_of_the_file_is_asked(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", a_pdf("Text"))
    SourceObject.objects.all().delete()
    result = run()
    assert (server.site.asked, FileText.objects.count()) == ([], 0)
    assert result.code == 0
    assert result.lines == ["1 left out: 127.0.0.1 is no server of its source: --allow-host 127.0.0.1"]
    server.told_of("Paper", file.paper_id or 0)
    assert run().summary.startswith("1 created")


def test_another_source_does_not_count(run: Run, server: Server) -> None:
    server.file("/a.pdf", a_pdf("Text"), download_url="https://files.example.com/a.pdf")
    Source.objects.create(kind=Source.Kind.OPARL, address="https://files.example.com/system")
    assert run().lines == [
        "1 left out: files.example.com is no server of its source: --allow-host files.example.com"
    ]


def test_a_server_that_somebody_names_is_asked(run: Run, server: Server) -> None:
    server.file("/a.pdf", Answer(status=302, headers={"Location": "/b.pdf"}))
    server.files["/b.pdf"] = a_pdf("Text")
    SourceObject.objects.all().delete()
    host = server.site.url.removeprefix("http://")
    # Nobody here answers in https; that the server is asked at all is what counts.
    File.objects.update(download_url=f"{server.site.url}/a.pdf")
    assert run(allow_hosts=[host]).summary.startswith("1 created")
    assert server.site.paths == ["/a.pdf", "/b.pdf"]


def test_nobody_is_led_into_the_own_network(run: Run, server: Server) -> None:
    server.file("/a.pdf", a_pdf("Text"))
    result = run(allow_private=False)
    assert (result.code, server.site.asked, FileText.objects.count()) == (0, [], 0)
    assert "--allow-private" in result.lines[0]


def test_a_redirect_to_another_host_is_not_followed(run: Run, server: Server) -> None:
    server.file("/a.pdf", Answer(status=302, headers={"Location": "https://elsewhere.example.com/a.pdf"}))
    result = run()
    assert "--allow-host elsewhere.example.com" in result.lines[0]
    assert (result.code, FileText.objects.get().state) == (0, "unreachable")


def test_files_that_lead_astray_do_not_keep_the_others_back(run: Run, server: Server) -> None:
    server.file("/good.pdf", a_pdf("Text"))
    for number in range(4):
        server.file(f"/{number}.pdf", Answer(status=302, headers={"Location": "https://x.example.com/"}))
    assert run().code == 0
    assert FileText.objects.filter(state="extracted").count() == 1


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/a.pdf", "http://", "http://[::1/a.pdf", "https://u:p@127.0.0.1/a"]
)
def test_an_address_that_is_none_harms_nothing(run: Run, server: Server, url: str) -> None:
    server.file("/a.pdf", a_pdf("Text"))
    server.file("/b.pdf", b"", download_url=url)
    result = run()
    assert len(server.site.asked) == 1
    assert FileText.objects.filter(state="extracted").count() == 1
    assert len(result.lines) == 1


def test_a_server_that_says_nothing_is_left_alone(run: Run, server: Server) -> None:
    for number in range(5):
        server.file(f"/{number}.pdf", Answer(status=503))
    result = run()
    assert result.code == 2
    assert len(server.site.asked) == 3
    assert "no answer 3 times in a row" in result.lines[-1]
    assert FileText.objects.filter(state="unreachable").count() == 3
    assert ImportRun.objects.get().state == ImportRun.State.FAILED


def test_a_server_that_has_enough_is_left_alone(run: Run, server: Server) -> None:
    for number in range(3):
        server.file(f"/{number}.pdf", Answer(status=429))
    result = run()
    assert (result.code, len(server.site.asked), FileText.objects.count()) == (2, 1, 0)
    assert "too many requests" in result.lines[-1]


# --- Again
def test_what_did_not_come_is_asked_for_again_a_day_later_and_not_for_ever(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", Answer(status=404))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        run()
        assert len(server.site.asked) == attempt == text_of(file).attempts
        run()
        assert len(server.site.asked) == attempt
        later(file, hours=25)
    run()
    assert len(server.site.asked) == MAX_ATTEMPTS
    file.save()
    run()
    assert text_of(file).attempts == 1


def test_again_means_all_that_gave_no_text(run: Run, server: Server) -> None:
    found: dict[str, bytes | Answer] = {
        "not_pdf": b"<html>Wartung</html>", "broken": b"%PDF-1.7", "unreachable": Answer(status=404),
        "empty": a_pdf(""), "extracted": a_pdf("Text"),
    }  # fmt: skip
    files = {state: server.file(f"/{state}.pdf", content) for state, content in found.items()}
    run()
    FileText.objects.filter(state="unreachable").update(attempts=MAX_ATTEMPTS)
    server.site.asked.clear()
    server.files["/not_pdf.pdf"] = a_pdf("Wieder da")
    assert run(again=True).summary.startswith("0 created, 4 changed, 0 unchanged, 0 refused, ")
    assert len(server.site.asked) == 4
    assert pages(files["not_pdf"]) == [(1, "Wieder da")]
    files["extracted"].save()
    assert "1 unchanged" in run(again=True).summary


def test_what_was_read_outlives_a_bad_day_of_the_server(run: Run, server: Server) -> None:
    file = server.file("/a.pdf", a_pdf("Text"))
    run()
    server.files["/a.pdf"] = Answer(status=404)
    file.save()
    run()
    assert (text_of(file).state, text_of(file).page_count, pages(file)) == ("unreachable", 1, [(1, "Text")])
    written = list(file.pages.values())
    later(file, hours=25)
    server.files["/a.pdf"] = a_pdf("Text")
    assert run().summary == "0 created, 1 changed, 0 unchanged, 0 refused, 1 extracted"
    assert (text_of(file).state, text_of(file).attempts) == ("extracted", 1)
    assert list(file.pages.values()) == written


def test_another_file_in_the_same_place_does_not_keep_the_words_of_the_old_one(
    run: Run, server: Server
) -> None:
    """ALLRIS numbers files by their place: a record may become another document."""
    file = server.file("/a.pdf", a_pdf("Text"))
    run()
    file.download_url = f"{server.site.url}/b.pdf"
    file.save()
    run()
    text = text_of(file)
    assert (text.state, text.page_count, text.sha512, pages(file)) == ("unreachable", None, "", [])


def test_what_takes_too_long_is_refused_and_tried_again(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = server.file("/a.pdf", a_pdf("Text"))
    slow = extract.Reading(state=extract.State.TIMED_OUT, reason="It takes too long.")
    with monkeypatch.context() as patch:
        patch.setattr(texts_run, "read_pdf", lambda data: slow)
        assert run() == Result(
            2,
            "0 created, 0 changed, 0 unchanged, 1 refused, 1 timed_out",
            [f"{file.download_url}: It takes too long."],
        )
    assert text_of(file).state == "timed_out"
    later(file, hours=25)
    run()
    assert (text_of(file).state, pages(file)) == ("extracted", [(1, "Text")])


# --- The command
def test_one_import_at_a_time(run: Run) -> None:
    with another_import_at_work():
        result = run()
    assert result == Result(2, "", ["Another import is running; this one did not begin."])


@pytest.mark.parametrize("options", [{"delay": -1.0}, {"limit": 0}, {"limit": -3}])
def test_options_that_make_no_sense(run: Run, options: dict[str, Any]) -> None:
    assert run(**options).code == 2
    assert not ImportRun.objects.exists()


def test_the_imports_of_a_server_read_the_texts_at_their_end(run: Run, server: Server) -> None:
    url = server.site.url
    paper = an_object("Paper", 1) | {"id": f"{url}/paper/1"}
    paper["mainFile"] = {
        "id": f"{url}/file/1",
        "type": "https://schema.oparl.org/1.1/File",
        "accessUrl": f"{url}/a.pdf",
        "mimeType": "application/pdf",
    }
    server.files["/paper/1"] = Answer(
        json.dumps(paper).encode(), headers={"Content-Type": "application/json"}
    )
    server.files["/a.pdf"] = a_pdf("Ein Text")
    result = run("import_oparl", f"{url}/paper/1", texts=True)
    assert result.code == 0, result
    assert FilePage.objects.published().get().text == "Ein Text"
    assert result.summary.splitlines()[-1] == "1 created, 0 changed, 0 unchanged, 0 refused, 1 extracted"


def test_so_does_that_of_allris(run: Run) -> None:
    with running() as ris:
        url = f"{ris.url}/vo020?VOLFDNR=919"
        run("import_allris", url)
        paper = Paper.objects.get()
        file = a_file(paper=paper, name="Anlage 1", access_url=f"{ris.url}/doc?DOLFDNR=7")
        ris.answers["doc"] = Answer(a_pdf("Ein Text"), headers=PDF)
        result = run("import_allris", url, texts=True)
    assert (result.code, pages(file)) == (0, [(1, "Ein Text")]), result


@pytest.mark.parametrize("command", ["import_oparl", "import_allris"])
def test_saved_pages_have_no_server_to_ask(run: Run, command: str, tmp_path: Any) -> None:
    result = run(command, str(tmp_path), texts=True)
    assert result == Result(2, "", ["--texts goes with the address of a server."])


# --- The administration
def test_staff_see_which_files_could_not_be_read(run: Run, server: Server) -> None:
    server.file("/a.pdf", an_encrypted_pdf(), name="Gesperrte Anlage")
    server.file("/b.pdf", a_pdf("Ein Text"), name="Lesbare Anlage")
    run()
    client: Client = client_with(Role.ADMINISTRATOR)
    html = client.get("/admin/council/filetext/?state__exact=encrypted").content.decode()
    assert "Gesperrte Anlage" in html
    assert "Lesbare Anlage" not in html
    html = client.get("/admin/council/filepage/").content.decode()
    assert "Ein Text" in html
