"""The benchmark: what it asks, what it counts, what it says. How long anything takes is not tested."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pghistory.models
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from portal.benchmark import database
from portal.benchmark.content import fill
from portal.benchmark.first_view import FirstView, first_view
from portal.benchmark.load import Answer, NotMeasuredError, Reader, expect_page, percentile
from portal.benchmark.pages import FIRST_MOMENT, Page, Timing, change_content, count_queries, main_pages
from portal.benchmark.report import QUERIES, first_view_table, overruns, page_table
from portal.content_version import read_version
from portal.management.commands import benchmark
from portal.searching.finding import find
from portal.searching.matching import match
from sessions.models import Meeting, Organization, Paper, Person
from strategy.models import Evidence, Measure, StatusReport

# --- The reader -------------------------------------------------------------------------------


@contextmanager
def server(*answers: list[bytes]) -> Iterator[Reader]:
    """A reader at a server that gives one of `answers`, each in parts, to each question and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                for parts in answers:
                    client.recv(10_000)
                    for part in parts:
                        client.sendall(part)

        thread = threading.Thread(target=serve)
        thread.start()
        with Reader(listener.getsockname()[1]) as reader:
            yield reader
        thread.join()


def test_a_reader_puts_the_parts_of_an_answer_together() -> None:
    parts = [b"HTTP/1.1 200 OK\r\nConte", b"nt-Length: 5\r\nX-A:  b\r\n\r", b"\nHal", b"lo"]
    with server(parts, [b"".join(parts)]) as reader:
        for answer in (reader.get("/"), reader.get("/")):
            assert (answer.status, answer.body) == (200, b"Hallo")
            assert answer.headers == {"content-length": "5", "x-a": "b"}
            assert answer.received == sum(map(len, parts))
            assert answer.seconds > 0


def test_a_reader_asks_with_the_headers_that_it_is_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Reader(listener.getsockname()[1]) as reader:
        client, _ = listener.accept()
        with client:
            client.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
            assert reader.get("/a?b=c", Accept_Encoding="br").status == 304
            asked = client.recv(10_000)
    assert asked == b"GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\n\r\n"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHal"], "closed"),
        ([b""], "closed"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"], "how long"),
    ],
)
def test_an_answer_that_cannot_be_read_is_not_measured(parts: list[bytes], why: str) -> None:
    with server(parts) as reader, pytest.raises(NotMeasuredError, match=rf"^/page: .*{why}"):
        reader.get("/page")


def test_an_error_page_is_not_measured() -> None:
    with pytest.raises(NotMeasuredError, match="/page answered 404"):
        expect_page("/page", Answer(404, {}, b"", 0, 0.1))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3.0, 1.0, 2.0], 0.5, 2.0), ([1.0], 0.95, 1.0), (list(range(1, 101)), 0.95, 95), ([1, 2], 0.5, 1)],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


# --- The first view ---------------------------------------------------------------------------

HTML = """<link rel="preload" href="/s/latin.woff2"><link rel="stylesheet" href="/s/css/a.css?v=1">
<link rel="canonical" href="/elsewhere"><img src="/s/arms.svg"><script src="/s/a.js"></script>
<img src="https://example.org/b.png"><a href="/other">Lüneburg</a>"""
CSS = """@font-face{src:url("../latin.woff2") format("woff2");unicode-range:U+0000-00FF}
@font-face{src:url(../ext.woff2);unicode-range:U+0100-02BA,U+1E00-1EFF}
.a{background:url(data:image/svg+xml;base64,AAAA)} .b{background:url('dots.png#x')}"""


class Folder:
    """Stands for a reader: every file has 100 bytes more on the line than in itself."""

    def __init__(self, **more: str) -> None:
        self.files = {"/": HTML, "/s/css/a.css?v=1": CSS} | more
        self.asked: list[str] = []

    def get(self, path: str, **headers: str) -> Answer:
        self.asked.append(path)
        body = self.files.get(path, path).encode()
        encoded = {"content-encoding": "br"} if headers else {}
        return Answer(200, encoded, body, len(body) + 100, 0.1)


def view_of(folder: Folder) -> FirstView:
    return first_view(cast(Reader, folder), "/")


def test_a_first_view_loads_what_the_page_and_its_styles_name() -> None:
    view = view_of(Folder())
    assert set(view.parts) == {
        *("/", "/s/latin.woff2", "/s/css/a.css?v=1", "/s/arms.svg", "/s/a.js", "/s/css/dots.png")
    }
    assert view.parts["/"] == len(HTML.encode()) + 100
    assert view.script == len("/s/a.js") + 100
    assert view.total == sum(view.parts.values())


def test_a_font_is_loaded_for_its_letters() -> None:
    assert "/s/ext.woff2" in view_of(Folder(**{"/": HTML + "<p>Škoda</p>"})).parts


def test_a_first_view_with_a_missing_part_is_not_measured() -> None:
    class Broken(Folder):
        def get(self, path: str, **headers: str) -> Answer:
            return Answer(404, {}, b"", 0, 0.1) if path == "/s/a.js" else super().get(path, **headers)

    with pytest.raises(NotMeasuredError, match=r"/s/a\.js answered 404"):
        view_of(Broken())


# --- The content ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_more_content_adds_to_what_is_there() -> None:
    fill(12)
    assert Measure.objects.published().count() == 12
    fill(24, already=12)
    for rows in (Measure, Meeting, Paper, Person):
        assert rows.objects.published().count() == 24  # type: ignore[attr-defined]  # each has published()
    assert StatusReport.objects.published().filter(measure__slug="beispiel-1").count() == 1 + 24 // 5


@pytest.mark.django_db
def test_everything_invented_is_public_and_says_that_it_is_an_example() -> None:
    fill(12)
    assert Evidence.objects.published().count() == Evidence.objects.count() > 12
    for model in (Measure, Organization, Paper, Person):
        assert all("Beispiel" in name for name in model.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_the_search_finds_the_examples() -> None:
    fill(12)
    kinds = find(match("Beispiel")).counts["kind"]
    assert min(kinds[kind] for kind in ("measure", "report", "file")) >= 12


@pytest.mark.django_db
def test_every_model_that_pages_list_has_examples() -> None:
    fill(12)
    without_examples = {
        "Body",
        "LegislativeTerm",
        "Location",
        "Edition",
        "EditionMeasure",
        "TargetArea",
        # Not on a page, or not for readers.
        "Change",
        "CouncilSeat",
        "ReviewVisit",
        "MeasureEditor",
        # What importers keep about their sources.
        "Source",
        "SourceObject",
        "DanglingReference",
    }
    few = {
        "Strategy",
        "FieldOfAction",
        "Status",
        "OutsideDocument",
        "Indicator",
        "Partner",
        "ReportMilestone",
        "ReportFigure",
    }
    for label in ("council", "strategy"):
        for model in apps.get_app_config(label).get_models():
            if issubclass(model, pghistory.models.Event):
                continue
            if model.__name__ not in without_examples | few:
                assert cast(Any, model).objects.count() >= 12, model


@pytest.mark.django_db
def test_a_page_asks_the_database_as_often_for_ten_times_as_much() -> None:
    """And never more often than it may: the budget of design and documentation."""
    fill(12)
    pages = main_pages()
    count_queries(pages)
    fill(120, already=12)
    count_queries(pages)
    assert {page.path: page.queries for page in pages if page.queries[0] != page.queries[1]} == {}
    assert {page.path: page.queries for page in pages if max(page.queries) > QUERIES} == {}


@pytest.mark.django_db
def test_a_page_that_fails_is_not_counted() -> None:
    with pytest.raises(NotMeasuredError, match="/gibt-es-nicht/ answered 404"):
        count_queries([Page("none", "/gibt-es-nicht/")])


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_benchmark_raises_the_version() -> None:
    before = read_version()
    change_content(FIRST_MOMENT)
    assert read_version() > before


# --- The tables -------------------------------------------------------------------------------


def a_page(**fields: Any) -> Page:
    """A page that takes twice as long anew and as long as the bare view else."""
    timings = {
        "unchanged": Timing([0.001], [0.001]),
        "changed": Timing([0.001], [0.001]),
        "anew": Timing([0.001], [0.002]),
    }
    return Page("start", "/", **timings | {"received": 4000, "queries": [9, 9]} | fields)


def test_a_page_within_its_budgets_is_ok() -> None:
    assert overruns(a_page()) == []
    line = page_table([a_page()]).splitlines()[-1]
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        *("start `/`", "1.00", "1.00", "1.00", "1.00", "1.00", "1.00", "2.00", "2.00", "2.00"),
        *("4,000", "9 / 9", "ok"),
    ]


@pytest.mark.parametrize(
    ("fields", "over"),
    [
        ({"unchanged": Timing([0.001], [0.00151])}, "unchanged"),
        ({"changed": Timing([0.001], [0.0101])}, "changed"),
        ({"anew": Timing([0.001], [0.0101])}, "made anew"),
        ({"queries": [13, 13]}, "queries"),
        ({"queries": [9, 10]}, "not flat"),
    ],
)
def test_a_page_over_a_budget_says_which(fields: dict[str, Any], over: str) -> None:
    assert overruns(a_page(**fields)) == [over]
    assert f"over: {over}" in page_table([a_page(**fields)])


def test_ratios_compare_medians() -> None:
    assert Timing([0.001, 0.002, 0.009], [0.004, 0.001, 0.1]).ratio == 2.0


def test_the_first_view_is_marked_against_its_budgets() -> None:
    table = first_view_table("/", FirstView({"/": 100_000, "/a.js": 16_000}, {"/a.js"}))
    assert "116,000 ok" in table
    assert "16,000 over" in table
    assert "120,001 over" in first_view_table("/", FirstView({"/": 120_001}))


# --- The command ------------------------------------------------------------------------------


BEGIN, END = "<!-- benchmark pages: begin -->\n", "<!-- benchmark pages: end -->\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text(f"before\n{BEGIN}old\n{END}after\n")
    return path


def test_the_tables_replace_those_of_the_last_time(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tables in ("first tables", "second tables"):
        monkeypatch.setattr(benchmark.Command, "measure", lambda self, *numbers, tables=tables: tables)
        call_command("benchmark", "pages", markdown=document)
    assert document.read_text() == f"before\n{BEGIN}second tables\n{END}after\n"


def test_a_document_without_marks_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark.Command, "measure", lambda self, *numbers: pytest.fail("measured"))
    path = tmp_path / "benchmarks.md"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("benchmark", "pages", markdown=path)
    path.write_text("nothing")
    with pytest.raises(CommandError, match="lacks the lines"):
        call_command("benchmark", "pages", markdown=path)


def test_what_cannot_be_measured_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(self: benchmark.Command, *numbers: int) -> str:
        raise NotMeasuredError("/ answered 500.")

    monkeypatch.setattr(benchmark.Command, "measure", measure)
    with pytest.raises(CommandError, match=r"/ answered 500\."):
        call_command("benchmark", "pages")


@pytest.mark.parametrize("option", ["--rows=9", "--rows=x", "--requests=0", "--changes=-1"])
def test_a_number_that_measures_nothing_is_refused(option: str) -> None:
    with pytest.raises(CommandError, match="a number from"):
        call_command("benchmark", "pages", option)


@pytest.mark.parametrize("what", ["pages", "import"])
def test_the_document_of_the_repository_has_its_place_for_the_tables(what: str) -> None:
    benchmark._split(settings.BASE_DIR / "docs" / "benchmarks.md", what)


def test_a_database_that_cannot_be_made_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://nobody@127.0.0.1:1/portal")
    with pytest.raises(NotMeasuredError, match=f"The database {database.NAME}"), database.own_database():
        pass


def test_the_whole_benchmark_measures_every_page_and_leaves_nothing_behind(document: Path) -> None:
    numbers = ["--rows", "10", "--requests", "1", "--changes", "1"]
    result = subprocess.run(
        [sys.executable, "manage.py", "benchmark", "pages", *numbers, "--markdown", str(document)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    tables = document.read_text()
    for page in main_pages():
        assert f"| {page.name} `{page.path}` " in tables
    assert "| bare view " in tables
    assert "| together, at most 120,000 " in tables
    with psycopg.connect(settings.DATABASE_URL) as other:
        names = {name for (name,) in other.execute("SELECT datname FROM pg_database")}
    assert database.NAME not in names
