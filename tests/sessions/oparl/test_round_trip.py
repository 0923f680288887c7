"""What the portal serves, another portal can read: an empty database gets the same records."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import Client

from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    DanglingReference,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Source,
    Vote,
)
from tests.sessions.imports.oparl.council import an_object, url
from tests.sessions.oparl.conftest import LISTS, Reader, Town

CITY = Path(__file__).parents[3] / "demo" / "lueneburg"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "oparl" / "karlsruhe-2025"

RECORDS: tuple[type[models.Model], ...] = (
    LegislativeTerm, Location, Organization, Person, Membership, Meeting, AgendaItem, Contribution, Motion,
    Vote, Paper, Consultation, File,
)  # fmt: skip
OUR_OWN = {
    # When this portal saw or closed it.
    "imported_at", "first_imported_at", "closed_at", "content_digest",
    # The served dates are those of the portal that serves.
    "source_created_at", "source_modified_at",
    # Counted up by the database; nothing refers to them from outside.
    "id",
    # Names of staff are not served.
    "clerk",
}  # fmt: skip


def name_of(row: Any) -> Any:
    """What a row is called in every database."""
    if row is None:
        return None
    if isinstance(row, Contribution | Motion | Vote):
        return (name_of(row.agenda_item), row.position)
    if isinstance(row, Consultation):
        return (row.external_id, name_of(row.agenda_item))
    return row.external_id


def content_of(row: models.Model) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name not in OUR_OWN:
            value = getattr(row, field.name)
            content[field.name] = name_of(value) if field.is_relation else value
    if isinstance(row, Location) and row.geojson:
        # The standard knows no null.
        content["geojson"] = row.geojson | {"properties": row.geojson.get("properties") or {}}
    # Of whoever is not elected the function is served, and not the name.
    if isinstance(row, Contribution) and row.speaker and not row.speaker.has_page:
        content |= {"speaker": None, "speaker_role": row.speaker_role or row.speaker.label_without_name}
    if isinstance(row, Motion) and row.mover and not row.mover.has_page:
        content["mover"] = None
    for relation in row._meta.many_to_many:
        content[relation.name] = sorted(name_of(other) for other in getattr(row, relation.name).all())
    return content


def public_records() -> dict[str, dict[Any, dict[str, Any]]]:
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for model in RECORDS:
        rows: Iterable[Any] = model._default_manager.published()  # type: ignore[attr-defined]  # all have it
        if model is Contribution:
            rows = Contribution.objects.published().current()
        found[model.__name__] = {name_of(row): content_of(row) for row in rows}
    return found


def keys() -> dict[str, dict[Any, Any]]:
    """Primary keys of what has an address of its own. That of a station follows from its agenda item, so one
    whose item nobody knows is left out."""
    return {
        model.__name__: {
            name_of(row): row.pk
            for row in model._default_manager.published()  # type: ignore[attr-defined]  # all have it
            if not (isinstance(row, Consultation) and row.agenda_item is None)
        }
        for model in RECORDS
        if model not in (Contribution, Motion, Vote)
    }


def save(reader: Reader, folder: Path) -> None:
    """The served lists as files, each list page after page."""
    (folder / "system.json").write_text(json.dumps(reader.get("")))
    bodies = reader.list("bodies/")
    (folder / "bodies.json").write_text(json.dumps(bodies))
    for body in bodies:
        for path in LISTS.values():
            rows = reader.list(f"{body['id']}{path}/")
            (folder / f"{path}.json").write_text(json.dumps(rows))


def forget_everything() -> None:
    tables = ", ".join(f'"{model._meta.db_table}"' for model in (*RECORDS, DanglingReference, Source))
    with connection.cursor() as cursor:
        # What is deferred to the end of the transaction would stand in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {tables}, council_body CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def import_folder(folder: Path) -> None:
    call_command("import_oparl", str(folder), verbosity=0)


@pytest.mark.django_db
def test_a_council_comes_back_as_it_was(reader: Reader, town: Town, tmp_path: Path) -> None:
    there_and_back(reader, tmp_path)


@pytest.mark.django_db
def test_the_demo_comes_back_as_it_was(reader: Reader, tmp_path: Path) -> None:
    call_command("import_allris", *sorted(map(str, CITY.glob("*.txt"))), verbosity=0)
    there_and_back(reader, tmp_path)


@pytest.mark.django_db
def test_what_came_over_oparl_comes_back_as_it_was(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    consultation = an_object(
        "Consultation", 1, agendaItem=url("AgendaItem", 1), meeting=url("Meeting", 1), role="Entscheidung",
        organization=[url("Organization", 1)], authoritative=True,
    )  # fmt: skip
    objects = [
        an_object("Organization", 1, name="Beispielrat", organizationType="Gremium", shortName="BR"),
        an_object(
            "Meeting", 1, name="Sitzung", start="2025-03-01T17:00:00+01:00",
            organization=[url("Organization", 1)],
            location=an_object("Location", 1, description="Rathaus"),
            agendaItem=[
                an_object("AgendaItem", 1, number="1", order=1, name="Antrag", public=True,
                          result="mehrheitlich abgelehnt", meeting=url("Meeting", 1)),
            ],
        ),
        an_object(
            "Paper", 1, name="Freies WLAN", reference="2025/1", date="2025-02-01", paperType="Antrag",
            originatorOrganization=[url("Organization", 1)], consultation=[consultation],
            auxiliaryFile=[an_object("File", 1, name="Anlage", accessUrl="https://oparl.example.org/1.pdf")],
        ),
    ]  # fmt: skip
    (source / "objects.json").write_text(json.dumps(objects))
    import_folder(source)
    assert Motion.objects.get().votes.count() == 1
    there_and_back(reader, tmp_path)


@pytest.mark.django_db
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real objects, which are no part of the project")
def test_a_big_citys_year_comes_back_as_it_was(client: Client, tmp_path: Path) -> None:
    import_folder(SHARED)
    assert AgendaItem.objects.published().count() == 1789
    there_and_back(Reader(client), tmp_path)


def there_and_back(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    before, addresses = public_records(), keys()
    assert sum(map(len, before.values()))
    save(reader, folder)
    forget_everything()
    import_folder(folder)
    after = public_records()
    for model, records in before.items():
        assert after[model].keys() == records.keys(), model
        for name, content in records.items():
            assert after[model][name] == content, (model, name)
    assert keys() == addresses
