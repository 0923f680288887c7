"""Objects from folders and files."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions.imports.oparl.feed import Element, Feed, SourceError
from sessions.imports.oparl.files import FileFeed
from sessions.imports.oparl.records import Refusal


def made(type_: str, number: int = 1) -> dict[str, Any]:
    return {"id": f"urn:{type_}:{number}", "type": f"https://schema.oparl.org/1.1/{type_}"}


def write(path: Path, *objects: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(objects)), encoding="utf-8")
    return path


def read(feed: FileFeed) -> tuple[list[str], list[Refusal]]:
    """Ids of the elements, and what was refused."""
    found = list(feed.elements(None))
    return (
        [element.raw["id"] for element in found if isinstance(element, Element)],
        [refusal for refusal in found if isinstance(refusal, Refusal)],
    )


def test_is_a_feed(tmp_path: Path) -> None:
    feed: Feed = FileFeed(tmp_path)
    assert feed.address == str(tmp_path)
    assert feed.total is None
    assert list(feed.fetch(["urn:1"])) == []


def test_files_in_the_order_in_which_objects_need_each_other(tmp_path: Path) -> None:
    write(tmp_path / "a.json", made("Paper"))
    write(tmp_path / "b" / "c.json", made("Meeting", 2))
    write(tmp_path / "b" / "b.json", made("Meeting", 1))
    write(tmp_path / "d.JSON", made("Organization"))
    (tmp_path / "e.jsonl").write_text(f"{json.dumps(made('Body'))}\n", encoding="utf-8")
    (tmp_path / "f.ndjson").write_text(json.dumps(made("System")), encoding="utf-8")
    ids, refused = read(FileFeed(tmp_path))
    assert ids == [
        "urn:System:1",
        "urn:Body:1",
        "urn:Organization:1",
        "urn:Meeting:1",
        "urn:Meeting:2",
        "urn:Paper:1",
    ]
    assert refused == []


def test_other_files_of_a_folder_are_none(tmp_path: Path) -> None:
    write(tmp_path / "papers.json", made("Paper"))
    for name in ("map.geojson", "README.md", ".hidden.json", ".git/x.json", "folder.json/x.txt"):
        write(tmp_path / name, {"no": "object"})
    assert read(FileFeed(tmp_path)) == (["urn:Paper:1"], [])


def test_a_file_that_is_named_may_have_any_ending(tmp_path: Path) -> None:
    path = write(tmp_path / "paper.broken_json", made("Paper"))
    assert read(FileFeed(str(path))) == (["urn:Paper:1"], [])


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("papers.json", "Paper"),
        ("papers-2025.json", "Paper"),
        ("paper/12.json", "Paper"),
        ("people_2.jsonl", "Person"),
        ("alles.json", None),
    ],
)
def test_what_says_no_type_is_of_the_type_of_its_list(tmp_path: Path, name: str, type_: str | None) -> None:
    write(tmp_path / name, {"id": "urn:1"})
    (element,) = FileFeed(tmp_path).elements(None)
    assert isinstance(element, Element)
    assert element.listed_as == type_


def test_the_id_says_more_than_the_name_of_the_file(tmp_path: Path) -> None:
    write(tmp_path / "papers.json", {"id": "https://ris.example.org/oparl/locations/1"})
    (element,) = FileFeed(tmp_path).elements(None)
    assert isinstance(element, Element)
    assert element.listed_as == "Location"


def test_everything_whatever_the_date(tmp_path: Path) -> None:
    write(tmp_path / "papers.json", made("Paper"))
    feed = FileFeed(tmp_path)
    assert len(list(feed.elements(datetime(2030, 1, 1, tzinfo=UTC)))) == 1
    assert feed.complete_types() == {"Paper"}


def test_complete_types(tmp_path: Path) -> None:
    write(tmp_path / "meetings.json", {**made("Meeting"), "agendaItem": [made("AgendaItem")]})
    write(tmp_path / "mixed.json", made("Paper"), {"id": "https://ris.example.org/files/1"})
    feed = FileFeed(tmp_path)
    assert feed.complete_types() == frozenset()
    assert len(list(feed.elements(None))) == 3
    assert feed.complete_types() == {"Meeting", "Paper", "File"}


def test_nothing_is_complete_after_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "papers.json", made("Paper"), "no object")
    feed = FileFeed(tmp_path)
    ids, (refusal,) = read(feed)
    assert ids == ["urn:Paper:1"]
    assert refusal == Refusal(id="papers.json", reason='Expected an object; this is "no object".')
    assert feed.complete_types() == frozenset()


def test_refusals_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.json").write_text('[{"id": "urn:x", }]', encoding="utf-8")
    write(tmp_path / "papers.json", made("Paper"))
    ids, (refusal,) = read(FileFeed(tmp_path))
    assert ids == ["urn:Paper:1"]
    assert refusal.id == "urn:x"
    assert refusal.reason.endswith(f"It stands in {os.path.join('sub', 'x.json')}.")


def test_links(tmp_path: Path) -> None:
    write(tmp_path / "data" / "papers.json", made("Paper"))
    write(tmp_path / "else" / "meetings.json", made("Meeting"))
    (tmp_path / "data" / "up").symlink_to(tmp_path / "data")
    (tmp_path / "data" / "meetings.json").symlink_to(tmp_path / "else" / "meetings.json")
    (tmp_path / "data" / "loop.json").symlink_to(tmp_path / "data" / "loop.json")
    (tmp_path / "data" / "gone.json").symlink_to(tmp_path / "gone.json")
    ids, refused = read(FileFeed(tmp_path / "data"))
    assert ids == ["urn:Meeting:1", "urn:Paper:1"]
    assert sorted(refusal.id for refusal in refused) == ["gone.json", "loop.json"]


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    write(tmp_path / "papers.json", made("Paper"))
    os.mkfifo(tmp_path / "pipe.json")
    ids, (refusal,) = read(FileFeed(tmp_path))
    assert ids == ["urn:Paper:1"]
    assert refusal == Refusal(id="pipe.json", reason="The file cannot be read: it is no regular file.")


def test_a_file_that_goes_away_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "meetings.json", made("Meeting"))
    gone = write(tmp_path / "papers.json", made("Paper"))
    feed = FileFeed(tmp_path)
    elements = feed.elements(None)
    assert isinstance(next(elements), Element)
    gone.unlink()
    (refusal,) = elements
    assert isinstance(refusal, Refusal)
    assert refusal.id == "papers.json"
    assert feed.complete_types() == frozenset()


@pytest.mark.parametrize("name", ["missing", "missing.json", "with\x00nul"])
def test_no_such_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        list(FileFeed(tmp_path / name).elements(None))


def test_a_folder_without_objects(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(SourceError, match="holds no OParl objects"):
        list(FileFeed(tmp_path).elements(None))


def test_repairs_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "papers.json").write_bytes(b'[{"id": "urn:1", "name": "Gr\xf6\xdfe"}]')
    with caplog.at_level(logging.WARNING):
        (element,) = FileFeed(tmp_path).elements(None)
    assert isinstance(element, Element)
    assert element.raw["name"] == "Größe"
    assert [record.message.endswith("were read as windows-1252.") for record in caplog.records] == [True]
