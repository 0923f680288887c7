"""`manage.py import_oparl`: from files and servers, with clear sentences and exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from portal.imports import only_import
from portal.models import ImportRun
from sessions.management.commands import import_oparl
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    DanglingReference,
    File,
    Location,
    Meeting,
    Motion,
    Organization,
    Paper,
    SourceObject,
    Vote,
)
from tests.locks import another_import_at_work
from tests.sessions.imports.oparl.council import a_tombstone, an_object

PROJECT = Path(__file__).resolve().parents[2]
SLICE = PROJECT.parent / "shared" / "data" / "oparl" / "karlsruhe-2025"
CONTENT = (Body, Organization, Location, Meeting, AgendaItem, Paper, Consultation, File)

with_slice = pytest.mark.skipif(not SLICE.is_dir(), reason="the reference data is not here")


class Result(NamedTuple):
    code: int
    lines: list[str]
    told: list[str]


@pytest.fixture
def run() -> Callable[..., Result]:
    def run(source: Path | str, **options: Any) -> Result:
        out, err = StringIO(), StringIO()
        code = 0
        try:
            call_command("import_oparl", str(source), stdout=out, stderr=err, **options)
        except SystemExit as end:
            code = int(end.code or 0)
        return Result(code, out.getvalue().splitlines(), err.getvalue().splitlines())

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers.json").write_text(
        json.dumps([an_object("Paper", number, name=f"Vorlage {number}") for number in range(1, 41)])
    )
    return tmp_path


def rows() -> dict[str, list[Any]]:
    """The council as it reads, without what the day of the import adds and serial keys."""
    leave = {"first_imported_at", "imported_at"}
    found: dict[str, list[Any]] = {
        model.__name__: [
            {name: value for name, value in row.items() if name not in leave}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in CONTENT
    }
    for model, names in {
        Vote: ("agenda_item", "position", "on", "result", "motion__wording"),
        Motion: ("agenda_item", "position", "kind", "wording", "mover_organization", "paper"),
        DanglingReference: ("owner__name", "field", "target"),
        SourceObject: ("name", "type", "row", "parent", "waits_for"),
        Paper.superordinated_papers.through: ("from_paper", "to_paper"),
        Paper.under_direction_of.through: ("paper", "organization"),
        Meeting.organizations.through: ("meeting", "organization"),
        Consultation.organizations.through: ("consultation", "organization"),
    }.items():
        found[model.__name__] = sorted(model._base_manager.values_list(*names), key=str)
    return found


VERSIONS = "SELECT id, xmin::text, ctid::text FROM {} ORDER BY id"


def versions() -> list[Any]:
    found = []
    with connection.cursor() as cursor:
        for model in (*CONTENT, Vote, Motion, SourceObject, DanglingReference):
            cursor.execute(VERSIONS.format(model._meta.db_table))
            found.append(cursor.fetchall())
    return found


# --- Lines and exit codes -----------------------------------------------------------------------
@pytest.mark.django_db
def test_the_summary(run: Callable[..., Result], folder: Path) -> None:
    first = "40 created, 0 changed, 0 unchanged, 0 withdrawn, 0 refused, 0 references open"
    assert run(folder) == Result(0, [first], [])
    second = "0 created, 0 changed, 40 unchanged, 0 withdrawn, 0 refused, 0 references open"
    assert run(folder) == Result(0, [second], [])


@pytest.mark.django_db
def test_a_dry_run_tells_what_would_change(run: Callable[..., Result], folder: Path) -> None:
    result = run(folder, dry_run=True)
    assert result.lines[0] == "40 Paper created"
    assert result.lines[1].endswith("0 references open (dry run, nothing was written)")
    assert not Paper.objects.exists()


@pytest.mark.django_db
def test_what_waits_and_what_is_left_out_is_told(run: Callable[..., Result], tmp_path: Path) -> None:
    clerk = {"organization": "https://oparl.example.org/organization/9", "role": "Protokollführung"}
    (tmp_path / "all.json").write_text(
        json.dumps(
            [
                an_object("File", 1, accessUrl="https://oparl.example.org/1.pdf"),
                an_object("Person", 1, name="Kim Muster", membership=[clerk]),
            ]
        )
    )
    line = run(tmp_path).lines[-1]
    assert line.endswith("0 references open, 1 waiting for another object, 1 left out")


@pytest.mark.django_db
def test_a_refused_object_is_told_in_one_line(run: Callable[..., Result], folder: Path) -> None:
    (folder / "bodies.json").write_text(
        json.dumps([{"id": "https://example.org/1\u202e\n", "type": "Nothing"}])
    )
    result = run(folder)
    assert result.code == 1
    assert len(result.told) == 1
    assert result.told[0].isprintable()
    assert Paper.objects.count() == 40


@pytest.mark.django_db
def test_an_object_without_id_is_told_by_its_place(run: Callable[..., Result], folder: Path) -> None:
    (folder / "some.json").write_text(json.dumps([an_object("Paper", 99), {"name": "?"}]))
    result = run(folder)
    assert result.code == 1
    assert result.told == ["some.json, object 2: The object has no id."]


@pytest.mark.django_db
def test_too_many_tombstones(run: Callable[..., Result], folder: Path) -> None:
    run(folder)
    graves = [a_tombstone("Paper", number) for number in range(1, 4)]
    (folder / "papers.json").write_text(json.dumps(graves))
    with pytest.raises(CommandError, match="--allow-shrink") as caught:
        run(folder)
    assert caught.value.returncode == 2
    assert "3 withdrawn" in run(folder, allow_shrink=True).lines[-1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no/such/folder", "cannot be read"),
        ("", "no name"),
        ("x" * 5000, "cannot be read"),
        ("oparl.example.org/system", "https://"),
        ("ftp://oparl.example.org/system", "only http and https"),
        ("HTTP://127.0.0.1:9/oparl", "not a public address"),
        ("http://127.0.0.1:9/oparl", "127.0.0.1"),
        ("http://nobody@/", "user name"),
    ],
)
def test_a_source_that_cannot_be_read(run: Callable[..., Result], source: str, words: str) -> None:
    with pytest.raises(CommandError, match=re.escape(words)) as caught:
        run(source)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)


@pytest.mark.django_db
def test_a_database_that_fails(
    run: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise OperationalError("disk full\nDETAIL")

    monkeypatch.setattr(import_oparl, "import_oparl", fail)
    with pytest.raises(CommandError, match=r"^The database cannot take the import: disk full$") as caught:
        run(folder)
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_whoever_stops_it_is_told_that_nothing_is_lost(
    run: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_oparl, "import_oparl", stop)
    with pytest.raises(CommandError, match="Interrupted") as caught:
        run(folder)
    assert caught.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_two_imports_never_overlap(run: Callable[..., Result], folder: Path) -> None:
    with another_import_at_work(), pytest.raises(CommandError, match="running") as caught:
        run(folder)
    assert caught.value.returncode == 2
    assert run(folder).code == 0
    with only_import("import_oparl"):
        pass


# --- A city's slice -----------------------------------------------------------------------------
@with_slice
@pytest.mark.django_db(transaction=True)
def test_the_slice_goes_in_whole_and_only_once(run: Callable[..., Result]) -> None:
    assert run(SLICE).code == 0
    assert {model.__name__: model._base_manager.count() for model in CONTENT[1:]} == {
        "Organization": 76, "Location": 185, "Meeting": 173, "AgendaItem": 1789, "Paper": 1195,
        "Consultation": 1444, "File": 3978,
    }  # fmt: skip
    assert SourceObject.objects.filter(type="Paper", row=None).exclude(deleted_at=None).count() == 183
    assert not SourceObject.objects.waiting().exists()
    fields = Counter(DanglingReference.objects.values_list("owner__type", "field"))
    assert fields["AgendaItem", "consultations"] == 15
    assert fields["Consultation", "meeting"] == 82
    committees = DanglingReference.objects.filter(field__in=("organizations", "under_direction_of"))
    assert committees.values("target").distinct().count() == 2
    names = Counter(Consultation.objects.values_list("external_id", flat=True))
    assert sorted(names.values())[-2:] == [1, 2]
    before = versions()
    result = run(SLICE)
    assert result.lines[-1].startswith("0 created, 0 changed, ")
    assert versions() == before


@with_slice
@pytest.mark.django_db(transaction=True)
def test_lists_in_the_opposite_order_give_the_same_rows(run: Callable[..., Result], tmp_path: Path) -> None:
    run(SLICE)
    expected = rows()
    call_command("flush", interactive=False, verbosity=0)
    lists = ("papers", "meetings", "organizations")
    # One file, whose objects come as they stand.
    objects = [raw for name in lists for raw in reversed(json.loads((SLICE / f"{name}.json").read_text()))]
    (tmp_path / "all.json").write_text(json.dumps(objects))
    assert run(tmp_path).code == 0
    found = rows()
    for name, those in expected.items():
        assert found[name] == those, name


@with_slice
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_next_run_completes(run: Callable[..., Result]) -> None:
    run(SLICE)
    expected = rows()
    call_command("flush", interactive=False, verbosity=0)
    _kill_an_import_once(lambda: Meeting.objects.exists())
    assert 0 < SourceObject.objects.count() < len(expected["SourceObject"])
    assert ImportRun.objects.get().state == ImportRun.State.RUNNING
    assert run(SLICE).code == 0
    assert rows() == expected
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"failed", "completed"}


def _kill_an_import_once(is_time: Callable[[], bool]) -> None:
    """SIGKILL to an import of the slice in a process of its own, on the database of this test."""
    settings = connection.settings_dict
    address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_oparl", str(SLICE), "-v0"],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": address},
    )
    try:
        deadline = time.monotonic() + 60
        while not is_time() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
