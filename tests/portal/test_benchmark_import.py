"""The benchmark of imports: what it writes, what it counts, what it says. No time is asserted."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.benchmark.imports import Task, import_table, overruns
from portal.benchmark.oparl_objects import count_objects, write_copies, write_example

OBJECTS_OF_A_YEAR = 76 + 173 + 173 + 1_789 + 1_378 + 1_444 + 189 + 3_789
"""Organizations, meetings with their locations, items, papers, consultations, files."""


def ids(value: object) -> list[str]:
    if isinstance(value, dict):
        return [value["id"]] * ("id" in value) + [found for child in value.values() for found in ids(child)]
    return [found for child in value for found in ids(child)] if isinstance(value, list) else []


def all_ids(folder: Path) -> list[str]:
    return [found for path in sorted(folder.iterdir()) for found in ids(json.loads(path.read_text()))]


def test_an_invented_year_has_the_size_of_a_real_one(tmp_path: Path) -> None:
    write_example(tmp_path, 2)
    assert count_objects(tmp_path) == len(set(all_ids(tmp_path))) == 2 * OBJECTS_OF_A_YEAR


def test_copies_are_objects_of_their_own_that_refer_to_each_other(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "copies"
    source.mkdir()
    folder.mkdir()
    meeting = {
        "id": "https://a.example/m?id=1",
        "type": "https://schema.oparl.org/1.1/Meeting",
        "agendaItem": [{"id": "https://a.example/i", "meeting": "https://a.example/m?id=1"}],
        "name": "Sitzung",
    }
    (source / "meetings.json").write_text(json.dumps([meeting]))
    write_copies(source, folder, 2)
    first, second = json.loads((folder / "meetings.json").read_text())
    assert first == meeting
    assert second["id"] == second["agendaItem"][0]["meeting"] == "https://a.example/m?id=1&copy=1"
    assert second["agendaItem"][0]["id"] == "https://a.example/i?copy=1"
    assert (second["type"], second["name"]) == (meeting["type"], "Sitzung")


def tasks(**changes: float) -> list[Task]:
    values = {"objects": 10_000, "seconds": 3.0, "queries": 100, "megabytes": 100.0}
    first = Task(name="first", **{**values, **changes})  # type: ignore[arg-type]  # objects and queries are whole
    repeated = Task(name="repeated", objects=10_000, seconds=1.0, queries=10, megabytes=90.0)
    lists = Task(name="lists", objects=9_000, seconds=9.0, queries=90, megabytes=90.0, queries_of_a_page=9)
    return [first, repeated, lists]


def test_what_keeps_its_budgets_is_ok() -> None:
    lines = import_table([tasks(), tasks()]).splitlines()
    assert len(lines) == 8
    assert all(line.rstrip(" |").endswith("ok") for line in lines[2:])
    assert "90 (9 a page)" in lines[4]


@pytest.mark.parametrize(
    ("changes", "over"),
    [({"seconds": 5.1}, ["objects/s"]), ({"megabytes": 251.0}, ["memory", "not flat"])],
)
def test_what_a_first_import_may_miss(changes: dict[str, float], over: list[str]) -> None:
    measured = tasks(**changes)
    assert overruns(measured[0], measured, tasks()) == over


def test_a_repeated_import_that_is_not_faster_is_marked() -> None:
    measured = tasks(seconds=2.9)
    assert overruns(measured[1], measured, tasks()) == ["not 3 times faster"]


def test_a_folder_without_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"holds no \.json file"):
        call_command("benchmark", "import", source=tmp_path)
