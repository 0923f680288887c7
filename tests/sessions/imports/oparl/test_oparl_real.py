"""Real objects of a few cities and the standard's own examples, where they lie beside the project."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sessions.imports.oparl.feed import Element
from sessions.imports.oparl.files import FileFeed
from sessions.imports.oparl.names import proves_allris_numbers
from sessions.imports.oparl.objects import Context, read_object
from sessions.imports.oparl.records import ObjectRecord

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "oparl"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the reference data is not here")


def records(path: str) -> list[ObjectRecord]:
    """All records; a refusal fails the test."""
    found = []
    for element in FileFeed(DATA / path).elements(None):
        assert isinstance(element, Element)
        for result in read_object(element.raw, Context(listed_as=element.listed_as)):
            assert isinstance(result, ObjectRecord), result
            found.append(result)
    return found


def by_type(path: str) -> dict[str, int]:
    return Counter(record.type for record in records(path) if not record.deleted)


def test_karlsruhe() -> None:
    found = records("karlsruhe-2025")
    assert Counter(record.type for record in found if not record.deleted) == {
        "Paper": 1195,
        "Meeting": 173,
        "Organization": 76,
        "AgendaItem": 1789,
        "Consultation": 1444,
        "File": 3978,
        # 27 of organizations, 169 of meetings; that of a tombstone is none.
        "Location": 196,
    }
    assert Counter(record.type for record in found if record.deleted) == {"Paper": 183}
    # Several meetings are held in one room.
    names = [record.name for record in found if record.type != "Location"]
    assert len(names) == len(set(names))
    stations = Counter(record.id for record in found if record.type == "Consultation")
    assert [count for count in stations.values() if count > 1] == [2]
    roles = Counter(record.values["role"] for record in found if record.type == "File")
    assert roles == {"attachment": 3789, "invitation": 154, "results": 35}
    assert sum("result" in record.values for record in found if record.type == "AgendaItem") == 1273
    types = Counter(record.values.get("type") for record in found if record.type == "Organization")
    assert types == {"administration": 50, "committee": 25, "council": 1}


def test_bonn() -> None:
    meeting, invitation, attachment, item = records("quirks/bonn_meeting_auxiliaryFile_is_object.json")
    assert meeting.row_name == "allris:si:664"
    assert proves_allris_numbers("Meeting", meeting.id, meeting.values["source_url"])
    assert "end" not in meeting.values
    assert (invitation.values["role"], attachment.values["role"]) == ("invitation", "attachment")
    assert invitation.values["date"] == date(2021, 4, 27)
    assert not {"size", "download_url"} & set(invitation.values)
    assert invitation.values["mime_type"].endswith("wordprocessingml.document")
    assert item.values == {
        "number": "1",
        "order": 100001,
        "title": "Einführung und Verpflichtung",
        "public": True,
    }


def test_braunschweig_with_control_characters() -> None:
    (paper,) = records("quirks/braunschweig_broken_json.broken_json")
    assert paper.row_name == "allris:vo:1664"
    assert paper.values["name"].isprintable()
    assert paper.values["name"].endswith("(GmbH) @ A | @ ” ÿ")


def test_magdeburg_postponed_item() -> None:
    found = records("quirks/magdeburg_paper_session_dup_consultation.json")
    first, second = (record for record in found if record.type == "Consultation")
    assert first.id == second.id
    assert first.name != second.name


def test_samples_of_vendors() -> None:
    assert by_type("quirks") == {"Paper": 5, "Meeting": 1, "AgendaItem": 1, "Consultation": 11, "File": 7}


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_examples_of_the_standard(version: str) -> None:
    found = records(f"spec-{version}/examples")
    types = Counter(record.type for record in found)
    assert set(types) == {
        "System", "Body", "LegislativeTerm", "Location", "Organization", "Person", "Membership", "Meeting",
        "AgendaItem", "Paper", "Consultation", "File",
    }  # fmt: skip
    (person,) = (record for record in found if record.type == "Person")
    assert person.values["kind"] == "mandate"
    assert "max@mustermann.de" not in repr(found)
    (item,) = (record for record in found if record.type == "AgendaItem")
    assert item.values["resolution_text"].startswith("Der Beschluss weicht")
    points = [record.values["geojson"] for record in found if record.type == "Location"]
    # The examples have latitude first.
    assert {point["geometry"]["coordinates"][0] for point in points if "geometry" in point} == {10.4321}


def test_missing_references() -> None:
    assert by_type("missing-references") == {"System": 1, "Body": 1, "Meeting": 1, "File": 3}
