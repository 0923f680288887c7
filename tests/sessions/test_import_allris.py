"""`manage.py import_allris`: saved pages in, one clear line for each that does not go in."""

import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from portal.models import ImportRun
from sessions.imports.allris import MAX_BYTES
from sessions.management.commands import import_allris
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)

PROJECT = Path(__file__).resolve().parents[2]
SEED = PROJECT / "demo" / "lueneburg" / "to020_SILFDNR-7603_TOLFDNR-1000181.txt"
SEED_HTML = PROJECT / "tests" / "data" / "allris" / "to020_SILFDNR-7603_TOLFDNR-1000181.html"
PAGES = SEED_HTML.parent
AGENDA, PAPER = PAGES / "to010_SILFDNR-9001.html", PAGES / "vo020_VOLFDNR-1000901.html"
CONTENT = (
    Body, Organization, Person, Meeting, AgendaItem, Contribution, Motion, Vote, Paper, File, Consultation,
)  # fmt: skip

pytestmark = pytest.mark.django_db


class Result(NamedTuple):
    code: int
    summary: str
    refused: list[str]


@pytest.fixture
def run() -> Callable[..., Result]:
    def run(*files: Path | str, **options: Any) -> Result:
        out, err = StringIO(), StringIO()
        code = 0
        try:
            call_command("import_allris", *map(str, files), stdout=out, stderr=err, **options)
        except SystemExit as end:
            code = int(end.code or 0)
        return Result(code, out.getvalue().strip(), err.getvalue().splitlines())

    return run


def rows(*without: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of the council, without its serial key where the database gives it."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in without}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in CONTENT
    }


# --- The seed page ----------------------------------------------------------------------------
def test_the_seed_page_goes_in_as_printed(run: Callable[..., Result]) -> None:
    assert run(SEED) == Result(0, "1 created, 0 changed, 0 unchanged, 0 refused", [])
    item = AgendaItem.objects.get(pk=1000181)
    assert (item.number, item.public, item.clerk, item.result) == ("Ö 13", True, "Simone Sauerwein", "")
    assert item.title.endswith("Digitalisierungsstrategie de...")
    assert item.title_cut
    assert item.meeting.start == datetime(2025, 8, 20, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert item.meeting.occasion == "Sitzung"
    paper, file = Paper.objects.get(), File.objects.get()
    assert (paper.reference, paper.paper_type) == ("MV/11986/25", "Mitteilungsvorlage")
    assert (file.name, file.public, file.size, file.size_printed) == ("", True, 181_200, "181,2 kB")
    assert Consultation.objects.get().meeting == item.meeting


def test_who_speaks_on_the_seed_page(run: Callable[..., Result]) -> None:
    run(SEED)
    speakers = Contribution.objects.order_by("position").values_list("speaker__name", "speaker__kind")
    assert list(speakers) == [
        ("Müller", "employee"),
        ("Grimm", "mandate"),
        ("Müller", "employee"),
        ("Rink", "elected_official"),
        ("Prigge", "unknown"),
        ("Grunau", "mandate"),
        ("Rink", "elected_official"),
        ("Dißelmeyer", "mandate"),
        ("Rink", "elected_official"),
        ("Dißelmeyer", "mandate"),
        (None, None),
        (None, None),
    ]
    assert Person.objects.count() == 6
    assert Person.objects.get(name="Müller").role == "Chief Digital Officer"
    reservation = Contribution.objects.get(position=12)
    assert (reservation.kind, reservation.speaker_role) == ("statement", "Verwaltung")


def test_the_motion_of_the_seed_page_was_rejected_and_the_item_has_no_decision(
    run: Callable[..., Result],
) -> None:
    run(SEED)
    motion, vote = Motion.objects.get(), Vote.objects.get()
    assert (motion.kind, str(motion.mover)) == ("procedural", "Ratsherr Dißelmeyer")
    assert "MV/11986/25" in motion.wording
    assert (vote.motion, vote.result, vote.yes, vote.no, vote.abstain) == (motion, "rejected", 2, 5, None)
    assert not Vote.objects.filter(on="main").exists()


def test_text_and_html_of_the_same_page_are_the_same_rows(run: Callable[..., Result]) -> None:
    run(SEED)
    before = rows()
    assert run(SEED_HTML) == Result(0, "0 created, 0 changed, 1 unchanged, 0 refused", [])
    assert run(SEED) == Result(0, "0 created, 0 changed, 1 unchanged, 0 refused", [])
    assert rows() == before


def test_html_alone_gives_the_rows_that_text_alone_gives(run: Callable[..., Result]) -> None:
    volatile = (
        "id",
        "first_imported_at",
        "imported_at",
        "content_digest",
        "agenda_item_id",
        "contribution_id",
        "motion_id",
    )
    run(SEED)
    from_text = rows(*volatile)
    for model in reversed(
        (*CONTENT[:3], Meeting, AgendaItem, Paper, Contribution, Motion, Vote, File, Consultation)
    ):
        model._base_manager.all().delete()
    run(SEED_HTML)
    assert rows(*volatile) == from_text


# --- Runs -------------------------------------------------------------------------------------
def test_a_run_is_written_down(run: Callable[..., Result], tmp_path: Path) -> None:
    bad = tmp_path / "leer.txt"
    bad.touch()
    assert run(SEED, bad).code == 1
    stored = ImportRun.objects.get()
    assert (stored.kind, stored.source) == ("import_allris", f"{SEED} {bad}")
    assert (stored.state, stored.created_count) == (ImportRun.State.REFUSED_SOME, 1)
    assert [entry["id"] for entry in stored.refused] == [str(bad)]


def test_a_dry_run_writes_nothing(run: Callable[..., Result]) -> None:
    code, summary, refused = run(SEED, SEED_HTML, dry_run=True)
    assert (code, refused) == (0, [])
    assert summary == "1 created, 0 changed, 1 unchanged, 0 refused (dry run, nothing was written)"
    assert not any(rows().values())
    assert not ImportRun.objects.exists()


def test_a_folder_is_all_its_pages(run: Callable[..., Result], tmp_path: Path) -> None:
    for name in ("b_TOLFDNR-2.txt", "a_TOLFDNR-1.txt"):
        shutil.copy(SEED, tmp_path / name)
    shutil.copy(SEED_HTML, tmp_path / "c.HTML")
    (tmp_path / "notes.md").write_text("# Notes")
    assert run(tmp_path).summary == "3 created, 0 changed, 0 unchanged, 0 refused"


def test_a_database_that_fails_ends_the_run(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("connection lost\nDETAIL: more")

    monkeypatch.setattr(import_allris, "import_page", fail)
    with pytest.raises(CommandError, match=r"cannot take the import: connection lost$") as error:
        run(SEED)
    assert error.value.returncode == 2
    assert ImportRun.objects.get().state == ImportRun.State.FAILED


# --- Agendas and papers -----------------------------------------------------------------------
def test_a_folder_may_hold_pages_of_every_kind(run: Callable[..., Result], tmp_path: Path) -> None:
    for name in (AGENDA.name, PAPER.name, SEED_HTML.name):
        shutil.copy(PAGES / name, tmp_path)
    # The agenda names the paper, so its own page changes what is there.
    assert run(tmp_path) == Result(0, "2 created, 1 changed, 0 unchanged, 0 refused", [])
    assert Meeting.objects.filter(external_id="allris:si:9001").exists()
    assert Paper.objects.filter(external_id="allris:vo:1000901").exists()
    assert run(tmp_path).summary == "0 created, 0 changed, 3 unchanged, 0 refused"


@pytest.mark.parametrize(
    ("page", "number"), [("agenda.txt", "SILFDNR-9001"), ("paper.txt", "VOLFDNR-1000901")]
)
def test_text_of_an_agenda_or_a_paper_is_the_same_as_its_html(
    run: Callable[..., Result], tmp_path: Path, page: str, number: str
) -> None:
    run(AGENDA, PAPER)
    count = {model: model._base_manager.count() for model in CONTENT}
    assert run(shutil.copy(PAGES / page, tmp_path / f"{number}.txt")).code == 0
    assert {model: model._base_manager.count() for model in CONTENT} == count


def test_an_agenda_without_number_says_what_to_do(run: Callable[..., Result], tmp_path: Path) -> None:
    code, _, refused = run(shutil.copy(PAGES / "agenda.txt", tmp_path / "page.txt"))
    assert code == 2
    assert "number of the agenda (SILFDNR)" in refused[0]
    assert "to010_SILFDNR-<number>.txt" in refused[0]


def test_a_paper_without_number_is_known_by_its_reference(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run(shutil.copy(PAGES / "paper.txt", tmp_path / "page.txt")).code == 0
    assert Paper.objects.get().external_id.startswith("reference:03355022:")


@pytest.mark.parametrize(
    ("page", "address", "name"),
    [
        ("agenda.txt", "https://ratsinfo.example.org/bi/to010.asp?SILFDNR=77&BES=1", "allris:si:77"),
        ("paper.txt", "https://ratsinfo.example.org/bi/vo020.asp?VOLFDNR=78", "allris:vo:78"),
    ],
)
def test_the_address_option_names_every_kind_of_page(
    run: Callable[..., Result], tmp_path: Path, page: str, address: str, name: str
) -> None:
    assert run(shutil.copy(PAGES / page, tmp_path / "page.txt"), address=address).code == 0
    row = next(row for model in (Meeting, Paper) for row in model._base_manager.filter(external_id=name))
    assert row.source_url == address


def test_the_address_of_another_kind_of_page_gives_its_numbers_only(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    page = shutil.copy(PAGES / "agenda.txt", tmp_path / "page.txt")
    run(page, address="https://ratsinfo.example.org/bi/to020.asp?SILFDNR=77&TOLFDNR=5")
    assert Meeting.objects.get().source_url.endswith("/to010?SILFDNR=77")


def test_an_item_of_both_generations_is_one(run: Callable[..., Result], tmp_path: Path) -> None:
    """The same item, saved from the classic system and from the one that followed it."""
    old = shutil.copy(PAGES / "classic-item-latin1.html", tmp_path / "a.html")
    new = tmp_path / "to020_TOLFDNR-57274.txt"
    shutil.copy(SEED, new)
    run(old, address="https://ratsinfo.example.org/bi/to020.asp?TOLFDNR=57274")
    run(new)
    assert AgendaItem.objects.get().pk == 57274
    assert Meeting.objects.count() == 1


# --- Numbers ----------------------------------------------------------------------------------
def test_the_address_option_names_the_page(run: Callable[..., Result], tmp_path: Path) -> None:
    page = shutil.copy(SEED, tmp_path / "page.txt")
    url = "https://ratsinfo.example.org/bi/to020.asp?TOLFDNR=77"
    assert run(page, address=url).code == 0
    item = AgendaItem.objects.get()
    assert (item.pk, item.source_url) == (77, url)


def test_the_page_knows_its_number_better_than_the_file_name(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    run(shutil.copy(SEED_HTML, tmp_path / "to020_SILFDNR-5_TOLFDNR-6.html"))
    item = AgendaItem.objects.get()
    assert (item.pk, item.meeting_id) == (1000181, 7603)


def test_a_page_without_number_says_what_to_do(run: Callable[..., Result], tmp_path: Path) -> None:
    page = shutil.copy(SEED, tmp_path / "page.txt")
    code, _, refused = run(page)
    assert code == 2
    assert len(refused) == 1
    assert refused[0].startswith(f"{page}: ")
    assert "TOLFDNR" in refused[0]
    assert "--address URL" in refused[0]


@pytest.mark.parametrize(
    ("files", "address", "reason"),
    [
        ((SEED, SEED_HTML), "https://example.org/to020?TOLFDNR=1", "single file"),
        ((SEED.parent,), "https://example.org/to020?TOLFDNR=1", "single file"),
        ((SEED,), "https://example.org/to020", "TOLFDNR"),
        ((SEED,), "https://example.org/to010?TOLFDNR=1", "SILFDNR"),
        (("https://example.org/to020?TOLFDNR=1",), "https://example.org/to020?TOLFDNR=1", "single file"),
        ((SEED,), "TOLFDNR=1", "whole address"),
        ((SEED,), "javascript:TOLFDNR=1", "whole address"),
        ((SEED,), "", "whole address"),
    ],
)
def test_an_address_that_does_not_fit_is_refused_at_once(
    run: Callable[..., Result], files: tuple[Path | str, ...], address: str, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as error:
        run(*files, address=address)
    assert error.value.returncode == 2
    assert not ImportRun.objects.exists()


# --- Bad files --------------------------------------------------------------------------------
def empty(path: Path) -> None:
    path.touch()


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


def other_encoding(path: Path) -> None:
    path.write_bytes(SEED.read_text("utf-8").encode("utf-16"))


def another_page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><html><body><h1>Wetter</h1><p>Sonne.</p></body></html>")


def truncated(path: Path) -> None:
    page = SEED_HTML.read_bytes()
    path.write_bytes(page[: len(page) // 2])


def too_large(path: Path) -> None:
    path.touch()
    os.truncate(path, 50_000_000)


def named_pipe(path: Path) -> None:
    os.mkfifo(path)


def folder_without_pages(path: Path) -> None:
    path.mkdir()


def endless_link(path: Path) -> None:
    path.symlink_to(path)


def missing(path: Path) -> None:
    assert not path.exists()


def too_long_field(path: Path) -> None:
    text = SEED.read_text("utf-8").replace("Simone Sauerwein", "Simone " * 60)
    path.write_text(text, "utf-8")


BAD_FILES: list[tuple[Callable[[Path], None], str]] = [
    (empty, "empty"),
    (binary, "NUL|binary"),
    (other_encoding, "UTF-16"),
    (another_page, "to020"),
    (truncated, "cut off"),
    (too_large, f"50,000,000 bytes.*{MAX_BYTES:,}"),
    (named_pipe, "no regular file"),
    (folder_without_pages, "no page"),
    (endless_link, "cannot be read"),
    (missing, "No such file"),
    (too_long_field, "clerk has .* characters"),
]


@pytest.mark.parametrize(("make", "reason"), BAD_FILES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_file_costs_one_line_and_changes_nothing(
    run: Callable[..., Result], tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "to020_TOLFDNR-5.html"
    make(path)
    code, summary, refused = run(path)
    assert (code, summary) == (2, "0 created, 0 changed, 0 unchanged, 1 refused")
    assert len(refused) == 1
    assert refused[0].startswith(f"{path}: ")
    assert re.search(reason, refused[0])
    assert not any(rows().values())


def test_the_others_go_on(run: Callable[..., Result], tmp_path: Path) -> None:
    bad = []
    for number, (make, _) in enumerate(BAD_FILES, start=1):
        bad.append(tmp_path / f"to020_TOLFDNR-{number}.html")
        make(bad[-1])
    code, summary, refused = run(*bad[:4], SEED, *bad[4:])
    assert (code, summary) == (1, f"1 created, 0 changed, 0 unchanged, {len(bad)} refused")
    assert len(refused) == len(bad)
    assert AgendaItem.objects.get().pk == 1000181


def test_a_page_that_became_bad_leaves_the_rows_of_the_good_one(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    run(SEED)
    before = rows()
    page = tmp_path / SEED.name
    too_long_field(page)
    assert run(page).code == 2
    assert rows() == before


def test_a_name_cannot_break_the_line_or_the_terminal(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\nb\x1b[31m\xff.txt")
    path.touch()
    assert run(path).refused[0].startswith(f"{tmp_path}/a\\nb\\x1b[31m\\udcff.txt: ")
    assert ImportRun.objects.get().refused[0]["id"].endswith("a\\nb\\x1b[31m\\udcff.txt")
