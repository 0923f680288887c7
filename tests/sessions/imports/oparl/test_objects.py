"""OParl objects to flat records; all of them made up."""

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from django.db import models

from portal.models import Sourced
from sessions.imports.oparl.columns import COLUMNS, PLACES, REFERENCES, REVERSE, TO_ONE
from sessions.imports.oparl.objects import (
    Context,
    LeftOut,
    Result,
    raw_digest,
    read_object,
    record_digest,
)
from sessions.imports.oparl.records import TYPES, ObjectRecord, ObjectType, Refusal
from sessions.imports.records import FileRole
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
)

BASE = "https://ris.example.org/oparl"
MODELS: dict[str, type[models.Model]] = {
    model.__name__: model
    for model in (
        AgendaItem, Body, Consultation, File, LegislativeTerm, Location, Meeting, Membership, Organization,
        Paper, Person,
    )
}  # fmt: skip


def made(type_: str, place: int | str = 1, /, **values: Any) -> dict[str, Any]:
    return {
        "id": f"{BASE}/{type_}/{place}",
        "type": f"https://schema.oparl.org/1.1/{type_}",
        "created": "2024-01-01T12:00:00+01:00",
        "modified": "2024-02-01T12:00:00+01:00",
        **values,
    }


def records(raw: dict[str, Any], **context: Any) -> list[ObjectRecord]:
    results = read_object(raw, Context(**context))
    assert all(isinstance(result, ObjectRecord) for result in results), results
    return [result for result in results if isinstance(result, ObjectRecord)]


def record(raw: dict[str, Any], **context: Any) -> ObjectRecord:
    return records(raw, **context)[0]


def values(type_: str, /, **given: Any) -> dict[str, Any]:
    return dict(record(made(type_, **given)).values)


# --- The tables follow the models ---------------------------------------------------------------
@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if type_ != "System"])
def test_columns_fit_the_models(type_: ObjectType) -> None:
    fields = {field.name: field for field in MODELS[type_]._meta.concrete_fields}
    for column in COLUMNS[type_]:
        field = fields[column.name]
        assert column.limit == field.max_length, column.name
        assert not field.is_relation


def test_every_type_is_in_every_table() -> None:
    assert set(COLUMNS) == set(REFERENCES) == set(PLACES) == set(TYPES)


@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if type_ != "System"])
def test_references_fit_the_models(type_: ObjectType) -> None:
    fields = {field.name: field for field in MODELS[type_]._meta.get_fields()}
    for _, name in REFERENCES[type_]:
        if (type_, name) in REVERSE:
            continue
        assert fields[name].many_to_many is (name not in TO_ONE), name


@pytest.mark.parametrize(("type_", "name"), REVERSE)
def test_reverse_references_fit_the_models(type_: ObjectType, name: str) -> None:
    reverse = REVERSE[type_, name]
    field = MODELS[reverse.type]._meta.get_field(reverse.key)
    assert field.related_model is MODELS[type_]
    for column, value in reverse.values.items():
        assert value in dict(MODELS[reverse.type]._meta.get_field(column).flatchoices)  # type: ignore[union-attr]  # a column


def test_places_point_somewhere() -> None:
    for type_, places in PLACES.items():
        for place in places:
            if place.back:
                assert MODELS[place.type]._meta.get_field(place.back).related_model is MODELS[type_]
            if place.reference and (type_, place.reference) not in REVERSE:
                assert MODELS[type_]._meta.get_field(place.reference).related_model is MODELS[place.type]


def test_addresses_of_pages_have_room() -> None:
    assert Sourced._meta.get_field("source_url").max_length == 1000
    assert Sourced._meta.get_field("external_id").max_length == 500


# --- Every type ---------------------------------------------------------------------------------
def test_system_and_body() -> None:
    assert record(made("System", oparlVersion="https://schema.oparl.org/1.1/")).values == {}
    body = made(
        "Body",
        name="Stadt Beispiel",
        shortName="Beispiel",
        ags="3355022",
        rgs="033550022022",
        website="https://beispiel.example.org/",
        license="Nutzung nur nach Genehmigung.",
        classification="Kreisfreie Stadt",
        organization=f"{BASE}/organizations",
        location=made("Location", room="Saal"),
        legislativeTerm=[made("LegislativeTerm", name="1. Wahlperiode", startDate="2021-11-01")],
    )
    first, location, term = records(body)
    assert first.values == {
        "name": "Stadt Beispiel",
        "short_name": "Beispiel",
        "ags": "03355022",
        "rgs": "033550022022",
        "website": "https://beispiel.example.org/",
        "classification": "Kreisfreie Stadt",
        "license": "Nutzung nur nach Genehmigung.",
    }
    assert first.references == {}
    assert (location.type, location.parent) == ("Location", first.id)
    assert term.values == {"name": "1. Wahlperiode", "start_date": date(2021, 11, 1)}
    assert term.references == {"body": (first.id,)}


def test_organization() -> None:
    first, location, membership = records(
        made(
            "Organization",
            name="Bauausschuss",
            shortName="BA",
            classification="Fachausschuss",
            organizationType="Gremium",
            subOrganizationOf=f"{BASE}/Organization/9",
            body=f"{BASE}/Body/1",
            startDate="2021-11-01",
            endDate="9999-12-31",
            website="https://bau.example.org/",
            web="https://ris.example.org/public/gr020?GRLFDNR=17",
            location=made("Location", locality="Beispiel"),
            membership=[f"{BASE}/Membership/1", made("Membership", 2, person=f"{BASE}/Person/1")],
        )
    )
    assert first.row_name == "allris:gr:17"
    assert first.values == {
        "name": "Bauausschuss",
        "short_name": "BA",
        "classification": "Fachausschuss",
        "start_date": date(2021, 11, 1),
        "website": "https://bau.example.org/",
        "source_url": "https://ris.example.org/public/gr020?GRLFDNR=17",
        "type": "committee",
    }
    assert first.references == {
        "body": (f"{BASE}/Body/1",),
        "parent": (f"{BASE}/Organization/9",),
        "location": (location.id,),
        "memberships": (f"{BASE}/Membership/1",),
    }
    assert membership.references == {"person": (f"{BASE}/Person/1",), "organization": (first.id,)}


@pytest.mark.parametrize(
    ("given", "type_"),
    [
        ({"organizationType": "Gremium", "name": "Gemeinderat"}, "council"),
        ({"organizationType": "Gremium", "name": "Rat der Hansestadt Beispiel"}, "council"),
        ({"classification": "Hauptorgan", "name": "Vertretung"}, "council"),
        ({"organizationType": "Gremium", "name": "Rat der Religionen"}, "committee"),
        ({"organizationType": "Gremium", "name": "Seniorenrat"}, "committee"),
        ({"classification": "Ausschuss", "name": "Verkehr"}, "committee"),
        ({"name": "Ausschuss für Verwaltung"}, "committee"),
        ({"organizationType": "Fraktion", "name": "Gruppe Mitte"}, "faction"),
        ({"name": "ABC-Fraktion"}, "faction"),
        ({"name": "Ratsgruppe XYZ"}, "faction"),
        ({"organizationType": "Verwaltungsbereich", "name": "Ratsbüro"}, "administration"),
        ({"name": "Fachbereich 5"}, "administration"),
        ({"id": f"{BASE}/organizations/at/5", "name": "Bäder"}, "administration"),
        ({"id": f"{BASE}/organizations/gr/5", "name": "Gemeinderat - Sondersitzung"}, "committee"),
        ({"organizationType": "Partei", "name": "ABC"}, "other"),
        ({"organizationType": "externes Gremium", "name": "Zweckverband"}, "other"),
        ({"name": "Arbeitsgruppe Radverkehr"}, None),
        ({"name": "Die Aufgeweckten"}, None),
        ({"name": "Rat", "strategieportal:type": "other"}, "other"),
    ],
)
def test_organization_type(given: dict[str, str], type_: str | None) -> None:
    assert values("Organization", **given).get("type") == type_


def test_organization_is_not_its_own_parent() -> None:
    raw = made("Organization", name="Rat", subOrganizationOf=f"{BASE}/Organization/1")
    assert record(raw).references == {}


def test_meeting() -> None:
    first, location, invitation, results, verbatim, attachment, item = records(
        made(
            "Meeting",
            name="3. Sitzung",
            meetingState="durchgeführt",
            cancelled=False,
            start="2025-01-22T19:00:00+01:00",
            end="2025-01-22T21:00:00+01:00",
            organization=[f"{BASE}/Organization/1", f"{BASE}/Organization/2"],
            location=made("Location", room="Saal"),
            invitation=made("File", 1),
            resultsProtocol=made("File", 2),
            verbatimProtocol=made("File", 3),
            auxiliaryFile=made("File", 4),
            agendaItem=[made("AgendaItem", name="Eröffnung"), f"{BASE}/AgendaItem/2"],
            participant=[f"{BASE}/Person/1"],
        )
    )
    assert first.values == {
        "name": "3. Sitzung",
        "state": "durchgeführt",
        "cancelled": False,
        "start": datetime(2025, 1, 22, 18, tzinfo=UTC),
        "start_has_time": True,
        "end": datetime(2025, 1, 22, 20, tzinfo=UTC),
    }
    assert first.references == {
        "organizations": (f"{BASE}/Organization/1", f"{BASE}/Organization/2"),
        "location": (location.id,),
        "agenda_items": (f"{BASE}/AgendaItem/2",),
    }
    assert [file.values["role"] for file in (invitation, results, verbatim, attachment)] == [
        "invitation",
        "results",
        "verbatim",
        "attachment",
    ]
    assert [file.values["position"] for file in (invitation, results, verbatim, attachment)] == [1, 2, 3, 4]
    assert all(file.references == {"meeting": (first.id,)} for file in (invitation, results, attachment))
    assert item.references == {"meeting": (first.id,)}
    assert item.values == {"title": "Eröffnung", "order": 1, "public": True}


def test_meeting_without_a_time_or_without_an_end() -> None:
    found = values("Meeting", start="2025-01-22", end="2025-01-23T00:00:00+01:00")
    assert found == {"start": datetime(2025, 1, 21, 23, tzinfo=UTC), "start_has_time": False}
    found = values("Meeting", start="2025-01-22T19:00:00", end="2025-01-22T18:00:00")
    assert "end" not in found


def test_cancelled_meetings_say_so() -> None:
    assert values("Meeting", meetingState="abgesagt", cancelled=False)["cancelled"] is True
    assert values("Meeting", cancelled="true")["cancelled"] is True
    assert "cancelled" not in values("Meeting", meetingState="geplant")


def test_agenda_item() -> None:
    first, resolution, attachment = records(
        made(
            "AgendaItem",
            number="Ö 4.1",
            order=100001,
            name="Haushalt  2025",
            public=True,
            meeting=f"{BASE}/Meeting/1",
            consultation=f"{BASE}/Consultation/1",
            result="einstimmig beschlossen",
            resolutionText="Der Rat beschließt:\r\n1. \x01Ja",
            start="2025-01-22T19:00:00+01:00",
            end="2025-01-22T19:10:00+01:00",
            resolutionFile=made("File", 1),
            auxiliaryFile=[made("File", 2), made("File", 2)],
        )
    )
    assert first.values == {
        "number": "Ö 4.1",
        "order": 100001,
        "title": "Haushalt 2025",
        "public": True,
        "result": "einstimmig beschlossen",
        "resolution_text": "Der Rat beschließt:\n1. Ja",
        "start": datetime(2025, 1, 22, 18, tzinfo=UTC),
        "end": datetime(2025, 1, 22, 18, 10, tzinfo=UTC),
    }
    assert first.references == {
        "meeting": (f"{BASE}/Meeting/1",),
        "consultations": (f"{BASE}/Consultation/1",),
    }
    assert (resolution.values["role"], attachment.values["role"]) == ("resolution", "attachment")
    assert attachment.references == {"agenda_item": (first.id,)}


@pytest.mark.parametrize(
    ("number", "name", "public"),
    [
        ("Ö 1", "Haushalt", True),
        ("1", "Haushalt", True),
        ("", "", True),
        ("Nr. 1", "Haushalt", True),
        ("Nachtrag 1", "Haushalt", True),
        ("Ö 2", "Bekanntgabe der in nichtöffentlicher Sitzung gefassten Beschlüsse", True),
        ("N 1", "Haushalt", False),
        ("N1", "Haushalt", False),
        ("NÖ 1", "Haushalt", False),
        ("nichtöffentlich 1", "Haushalt", False),
        ("3", "Nichtöffentlicher Teil", False),
        ("3", "Grundstück (nicht öffentlich)", False),
        ("3", "Grundstück - nichtöffentlich", False),
    ],
)
def test_publicity_that_the_source_does_not_state(number: str, name: str, public: bool) -> None:
    assert values("AgendaItem", number=number, name=name)["public"] is public


def test_publicity_that_the_source_states() -> None:
    assert values("AgendaItem", number="N 1", public=True)["public"] is True
    assert values("AgendaItem", number="Ö 1", public="false")["public"] is False


def test_of_a_closed_item_only_its_place_is_kept() -> None:
    (closed,) = records(
        made(
            "AgendaItem",
            number="N 1",
            name="Personal",
            order=7,
            public=False,
            result="beschlossen",
            resolutionText="Geheim",
            meeting=f"{BASE}/Meeting/1",
            consultation=f"{BASE}/Consultation/1",
            web="https://ris.example.org/to020?TOLFDNR=5",
            resolutionFile=made("File"),
            **{"strategieportal:vote": [{"position": 1, "on": "main", "result": "accepted"}]},
        )
    )
    assert closed.values == {"number": "N 1", "order": 7, "title": "Personal", "public": False}
    assert closed.references == {"meeting": (f"{BASE}/Meeting/1",)}
    assert closed.minutes is None
    assert closed.row_name == "allris:to:5"


def test_paper() -> None:
    raw = made(
        "Paper",
        body=f"{BASE}/Body/1",
        name="Haushalt 2025",
        reference="V 1/25",
        date="2025-01-02T00:00:00+01:00",
        paperType="Beschlussvorlage",
        relatedPaper=[f"{BASE}/Paper/2"],
        superordinatedPaper=f"{BASE}/Paper/3",
        subordinatedPaper=[f"{BASE}/Paper/4"],
        originatorPerson=[f"{BASE}/Person/1"],
        originatorOrganization=f"{BASE}/Organization/1",
        underDirectionOf=[f"{BASE}/Organization/2"],
        mainFile=made("File", 1),
        auxiliaryFile=[made("File", 2), f"{BASE}/File/3"],
        location=[made("Location", 1, locality="Beispiel"), f"{BASE}/Location/2"],
        consultation=[made("Consultation", 1, role="Vorberatung"), f"{BASE}/Consultation/2"],
    )
    first, main, attachment, location, consultation = records(raw)
    assert first.values == {
        "reference": "V 1/25",
        "name": "Haushalt 2025",
        "paper_type": "Beschlussvorlage",
        "date": date(2025, 1, 2),
    }
    assert first.references == {
        "body": (f"{BASE}/Body/1",),
        "originator_people": (f"{BASE}/Person/1",),
        "originator_organizations": (f"{BASE}/Organization/1",),
        "under_direction_of": (f"{BASE}/Organization/2",),
        "related_papers": (f"{BASE}/Paper/2",),
        "superordinated_papers": (f"{BASE}/Paper/3",),
        "subordinated_papers": (f"{BASE}/Paper/4",),
        "files": (f"{BASE}/File/3",),
        "locations": (location.id, f"{BASE}/Location/2"),
        "consultations": (f"{BASE}/Consultation/2",),
    }
    assert (main.values["role"], attachment.values["role"]) == ("main", "attachment")
    assert consultation.references == {"paper": (first.id,)}
    assert consultation.values == {"role": "Vorberatung", "position": 1}


def test_main_file_by_its_address_keeps_its_role() -> None:
    assert record(made("Paper", mainFile=f"{BASE}/File/1")).references == {"main": (f"{BASE}/File/1",)}
    assert REVERSE["Paper", "main"].values == {"role": "main"}


def test_one_consultation_id_twice_is_two_records() -> None:
    stations = [
        made("Consultation", 1, agendaItem=f"{BASE}/AgendaItem/1", meeting=f"{BASE}/Meeting/1"),
        made("Consultation", 1, agendaItem=f"{BASE}/AgendaItem/2", organization=f"{BASE}/Organization/1"),
        made("Consultation", 1, agendaItem=f"{BASE}/AgendaItem/2"),
    ]
    _, first, second = records(made("Paper", consultation=stations))
    assert first.id == second.id
    assert first.name == f"{first.id}#{BASE}/AgendaItem/1"
    assert second.name == f"{first.id}#{BASE}/AgendaItem/2"
    assert first.references["meeting"] == (f"{BASE}/Meeting/1",)
    assert second.references["organizations"] == (f"{BASE}/Organization/1",)


def test_consultation_without_agenda_item() -> None:
    raw = made("Consultation", paper=f"{BASE}/Paper/1", meeting=None, agendaItem=None, authoritative=1)
    assert record(raw).references == {"paper": (f"{BASE}/Paper/1",)}
    assert record(raw).name == record(raw).id
    assert record(raw).values == {"authoritative": True}


def test_file() -> None:
    found = values(
        "File",
        name="Öffentliche Tagesordnung",
        fileName="Brief.eml.eml",
        mimeType="docx",
        date="2021-04-27T21:51:03+02:00",
        size=0,
        sha512Checksum="AB" * 64,
        accessUrl="https://ris.example.org/files//rim/37.docx",
        downloadUrl="",
        text="Eins\nZwei",
        fileLicense="CC BY 4.0",
        license="https://ris.example.org/license",
    )
    assert found == {
        "name": "Öffentliche Tagesordnung",
        "file_name": "Brief.eml",
        "mime_type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "date": date(2021, 4, 27),
        "sha512": "ab" * 64,
        "access_url": "https://ris.example.org/files/rim/37.docx",
        "text": "Eins\nZwei",
        "license": "CC BY 4.0",
        "public": True,
    }


def test_a_file_alone_has_one_parent_and_no_place() -> None:
    found = record(
        made(
            "File", meeting=[f"{BASE}/Meeting/1"], agendaItem=[f"{BASE}/AgendaItem/1", f"{BASE}/AgendaItem/2"]
        )
    )
    assert found.references == {"agenda_item": (f"{BASE}/AgendaItem/1",)}
    assert not {"role", "position"} & set(found.values)


def test_an_embedded_file_belongs_to_what_it_is_embedded_in() -> None:
    _, file = records(made("Paper", mainFile=made("File", paper=["urn:other"], meeting=["urn:x"])))
    assert file.references == {"paper": (f"{BASE}/Paper/1",)}


def test_file_in_two_places_counts_once() -> None:
    found = records(made("Meeting", invitation=made("File"), auxiliaryFile=[made("File"), made("File", 2)]))
    assert [entry.values.get("role") for entry in found[1:]] == ["invitation", "attachment"]


def test_location() -> None:
    found = values(
        "Location",
        description="Rathaus",
        streetAddress="Am Markt 1",
        room="",
        postalCode="21335\u00a0",
        subLocality="Mitte",
        locality="Beispiel",
        geojson={"type": "Point", "coordinates": [53.25, 10.41]},
    )
    assert found == {
        "description": "Rathaus",
        "street_address": "Am Markt 1",
        "postal_code": "21335",
        "sub_locality": "Mitte",
        "locality": "Beispiel",
        "geojson": {"type": "Point", "coordinates": [10.41, 53.25]},
    }


def test_location_of_the_first_standard() -> None:
    point = {"type": "Point", "coordinates": [10.41, 53.25]}
    assert values("Location", geometry=point) == {"geojson": point}


def test_location_names_what_is_there() -> None:
    raw = made("Location", meetings=[f"{BASE}/Meeting/1"], papers=f"{BASE}/Paper/1", persons=["urn:p"])
    assert record(raw).references == {"meetings": (f"{BASE}/Meeting/1",), "papers": (f"{BASE}/Paper/1",)}


def test_private_addresses_are_left_out() -> None:
    raw = made("Location", streetAddress="Am Garten 1", persons=[f"{BASE}/Person/1"])
    assert read_object(raw) == [LeftOut(type="Location", id=raw["id"], why="private address")]


# --- People -------------------------------------------------------------------------------------
def person(*memberships: Any, **given: Any) -> dict[str, Any]:
    return made("Person", name="Max Muster", membership=list(memberships), **given)


def seat(number: int = 1, /, **given: Any) -> dict[str, Any]:
    return made("Membership", number, organization=f"{BASE}/Organization/{number}", **given)


def test_mandate_holder() -> None:
    raw = person(
        seat(1, role="Vorsitz", votingRight=1, startDate="01.11.2021", onBehalfOf=f"{BASE}/Organization/2"),
        f"{BASE}/Membership/2",
        familyName="Muster",
        givenName="Max",
        formOfAddress="Ratsherr",
        title=["Prof.", "Dr."],
        status=["Ratsmitglied"],
        body=f"{BASE}/Body/1",
        gender="male",
        phone=["0123"],
        email="max@example.org",
        location=made("Location", streetAddress="Am Garten 1"),
        locationObject=made("Location", streetAddress="Am Garten 1"),
        life="Geboren 1960",
        lifeSource="Er selbst",
    )
    first, membership = records(raw)
    assert first.values == {
        "name": "Max Muster",
        "family_name": "Muster",
        "given_name": "Max",
        "kind": "mandate",
        "title": "Ratsherr",
        "role": "Ratsmitglied",
    }
    assert first.references == {"body": (f"{BASE}/Body/1",), "memberships": (f"{BASE}/Membership/2",)}
    assert membership.values == {"role": "Vorsitz", "voting_right": True, "start_date": date(2021, 11, 1)}
    assert membership.references == {
        "organization": (f"{BASE}/Organization/1",),
        "on_behalf_of": (f"{BASE}/Organization/2",),
        "person": (first.id,),
    }
    everything = repr(read_object(raw))
    for private in ("0123", "max@example.org", "Garten", "1960", "male", "selbst"):
        assert private not in everything


@pytest.mark.parametrize(
    "raw",
    [
        person(seat(role="Schriftführer")),
        person(seat(role="Mitglied"), status=["Dezernent"]),
        person(status="Sachbearbeiterin"),
        person(made("Membership", role="Mitglied")),
        person(made("Membership", organization=f"{BASE}/organizations/at/1")),
        person(seat(role="Mitglied"), **{"strategieportal:kind": "employee"}),
    ],
)
def test_staff_is_left_out_with_its_memberships(raw: dict[str, Any]) -> None:
    assert read_object(raw) == [LeftOut(type="Person", id=raw["id"], why="staff")]


def test_no_mandate_in_what_is_known_to_be_administration() -> None:
    raw = person(seat(role="Leitung"))
    administration = {f"{BASE}/Organization/1"}
    assert read_object(raw, Context(administration=administration)) == [
        LeftOut(type="Person", id=raw["id"], why="staff")
    ]


def test_a_person_without_memberships_is_not_decided() -> None:
    for raw in (person(), person(f"{BASE}/Membership/1"), person({"id": f"{BASE}/Membership/1"})):
        assert "kind" not in record(raw).values


def test_another_portal_says_what_somebody_is() -> None:
    extra = {
        "strategieportal:kind": "elected_official",
        "strategieportal:role": "Kämmerei",
        "strategieportal:title": "Erster Stadtrat",
    }
    found = values("Person", name="Frau Muster", formOfAddress="Frau", status=["Erster Stadtrat"], **extra)
    assert found == {
        "name": "Frau Muster",
        "form_of_address": "Frau",
        "kind": "elected_official",
        "role": "Kämmerei",
        "title": "Erster Stadtrat",
    }


def test_names_of_people() -> None:
    found = values("Person", givenName="Maxi", familyName="Muster")
    assert found["name"] == "Maxi Muster"
    found = values("Person", name="Frau Dr. Maxi Muster", formOfAddress="Frau", title="Dr.")
    assert (found["name"], found["form_of_address"]) == ("Dr. Maxi Muster", "Frau")
    assert "title" not in found
    found = values("Person", name="Ratsherr Muster", title=["Ratsherr"])
    assert (found["name"], found["title"]) == ("Muster", "Ratsherr")


def test_nobody_sits_on_behalf_of_the_same_organization() -> None:
    organization = f"{BASE}/Organization/1"
    raw = made("Membership", person="urn:p", organization=organization, onBehalfOf=organization)
    assert "on_behalf_of" not in record(raw).references


def test_an_end_before_the_beginning_is_not_stated() -> None:
    raw = made("Membership", startDate="2021-11-01", endDate="2020-01-01")
    assert record(raw).values == {"start_date": date(2021, 11, 1)}


# --- Ids, types, places -------------------------------------------------------------------------
def test_ids_keep_their_query() -> None:
    id_ = f"{BASE}/organizations?typ=gr&id=334"
    assert record(made("Organization", id=id_, name="Rat")).id == id_
    assert record(made("Meeting", organization=id_)).references == {"organizations": (id_,)}


def test_embedded_objects_without_id_get_one_of_their_place() -> None:
    raw = made("Paper", location={"locality": "Beispiel"}, auxiliaryFile=[{"name": "A"}, {"name": "B"}])
    found = records(raw)
    assert [entry.id for entry in found[1:]] == [
        f"{raw['id']}#auxiliaryFile-1",
        f"{raw['id']}#auxiliaryFile-2",
        f"{raw['id']}#location-1",
    ]
    assert found[0].references == {"locations": (f"{raw['id']}#location-1",)}


def test_an_object_that_is_only_an_id_is_a_reference() -> None:
    (first,) = records(
        made("Meeting", location={"id": f"{BASE}/Location/1", "type": "Location", "room": " "})
    )
    assert first.references == {"location": (f"{BASE}/Location/1",)}


def test_an_object_where_an_id_belongs_is_its_id() -> None:
    raw = made("AgendaItem", meeting=made("Meeting", 5, name="x"), consultation=[made("Consultation", 6)])
    assert record(raw).references == {
        "meeting": (f"{BASE}/Meeting/5",),
        "consultations": (f"{BASE}/Consultation/6",),
    }


@pytest.mark.parametrize(
    ("raw", "context", "type_"),
    [
        ({"id": "urn:x", "type": "Paper"}, {"listed_as": "Meeting"}, "Paper"),
        ({"id": "urn:x"}, {"listed_as": "Meeting"}, "Meeting"),
        ({"id": "urn:x", "type": ""}, {"listed_as": "Meeting"}, "Meeting"),
        ({"id": f"{BASE}/papers/1"}, {}, "Paper"),
    ],
)
def test_type_is_stated_or_that_of_the_list_or_of_the_id(
    raw: dict[str, Any], context: dict[str, Any], type_: str
) -> None:
    assert record(raw, **context).type == type_


def test_lists_inside_a_body() -> None:
    first, organization, meeting = records(
        made(
            "Body",
            name="Stadt",
            organization=[made("Organization", name="Rat")],
            meeting=[made("Meeting", name="1. Sitzung")],
            paper=f"{BASE}/papers",
        )
    )
    assert first.references == {}
    assert organization.references == {"body": (first.id,)}
    assert meeting.references == {"body": (first.id,)}


def test_parents_come_before_their_children() -> None:
    raw = made(
        "Meeting", agendaItem=[made("AgendaItem", auxiliaryFile=[made("File")])], location={"room": "1"}
    )
    seen: set[str] = set()
    for entry in records(raw):
        assert entry.parent == "" or entry.parent in seen
        seen.add(entry.id)


# --- What is broken -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({}, "has no id"),
        ({"id": " ", "type": "Paper"}, "has no id"),
        ({"type": "https://schema.oparl.org/1.1/Error", "message": "Kaputt"}, "Kaputt"),
        ({"id": "urn:x"}, "has no type"),
        ({"id": "urn:x", "type": "https://schema.oparl.org/1.1/Error"}, "no object of OParl"),
        ({"id": "a\x00b", "type": "Paper"}, "printable"),
        ({"id": "x" * 500, "type": "Paper"}, "at most 499"),
        ({"id": "urn:x", "type": "Paper", "reference": "9" * 101}, "reference has 101 characters"),
        ({"id": "urn:x", "type": "Organization"}, "has no name"),
        ({"id": "urn:x", "type": "Person"}, "has no name"),
        ({"id": "urn:x", "type": "Body"}, "has no name"),
    ],
)
def test_refused(raw: dict[str, Any], reason: str) -> None:
    (refusal,) = read_object(raw)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


def test_a_broken_child_spares_its_parent_and_siblings() -> None:
    broken = made("Paper", 2)
    raw = made("Meeting", agendaItem=[broken, made("AgendaItem", 1), made("AgendaItem", 2)])
    first, refusal, *items = read_object(raw)
    assert isinstance(first, ObjectRecord)
    assert refusal == Refusal(id=broken["id"], reason="It stands in agendaItem and says it is a Paper.")
    assert [isinstance(item, ObjectRecord) and item.values["order"] for item in items] == [2, 3]


def test_too_long_names_are_cut_and_addresses_dropped() -> None:
    found = values("File", name="x" * 501, accessUrl=f"https://x.example.org/{'x' * 1000}")
    assert found["name"] == "x" * 499 + "…"
    assert "access_url" not in found


# --- Tombstones ---------------------------------------------------------------------------------
@pytest.mark.parametrize("deleted", [True, "true", 1])
def test_tombstone(deleted: Any) -> None:
    raw = made("Paper", deleted=deleted, name="", reference="", paperType="", mainFile=made("File"))
    (found,) = records(raw)
    assert found.deleted
    assert found.values == {}
    assert found.references == {}
    assert found.modified == datetime(2024, 2, 1, 11, tzinfo=UTC)


def test_tombstone_without_a_type() -> None:
    assert record({"id": f"{BASE}/papers/1", "deleted": True}).type == "Paper"
    assert record({"id": "urn:x", "deleted": True}, listed_as="Person").deleted


def test_tombstone_of_a_consultation_says_which() -> None:
    found = record(made("Consultation", deleted=True, agendaItem="urn:item"))
    assert found.name == f"{found.id}#urn:item"


def test_deleted_false_is_none() -> None:
    assert not record(made("Paper", deleted=False)).deleted


def test_an_embedded_tombstone() -> None:
    first, location = records(made("Meeting", location=made("Location", deleted=True)))
    assert location.deleted
    assert first.references == {}


# --- Names --------------------------------------------------------------------------------------
def test_row_names() -> None:
    raw = made("Meeting", id=f"{BASE}/meetings/664", web="https://x.example.org/public/to010?SILFDNR=664")
    assert record(raw).row_name == "allris:si:664"
    assert record(raw).values["source_url"] == raw["web"]
    embedded = made("Meeting", agendaItem=[made("AgendaItem", id=f"{BASE}/agendaItems/5")])
    assert [entry.row_name for entry in records(embedded, has_allris_numbers=True)][1] == "allris:to:5"
    tombstone = made("Paper", id=f"{BASE}/papers/7", deleted=True)
    assert record(tombstone, has_allris_numbers=True).row_name == "allris:vo:7"


def test_another_portal_names_the_row_and_its_official_page() -> None:
    extra = {
        "strategieportal:sourceId": "allris:to:5",
        "strategieportal:sourcePage": "https://x.example.org/public/to020?TOLFDNR=5",
    }
    found = record(made("AgendaItem", web="https://portal.example.org/rat/tops/5/", **extra))
    assert found.row_name == "allris:to:5"
    assert found.values["source_url"] == extra["strategieportal:sourcePage"]
    del extra["strategieportal:sourcePage"]
    found = record(made("AgendaItem", web="https://portal.example.org/rat/tops/5/", **extra))
    assert "source_url" not in found.values


# --- What the standard lacks --------------------------------------------------------------------
def test_keys_of_another_portal() -> None:
    found = values(
        "Meeting",
        start="2025-01-22T00:00:00+01:00",
        **{"strategieportal:occasion": "Sondersitzung", "strategieportal:startHasTime": True},
    )
    assert (found["occasion"], found["start_has_time"]) == ("Sondersitzung", True)
    found = values(
        "AgendaItem", **{"strategieportal:titleCut": True, "strategieportal:responsible": "Fachbereich 5"}
    )
    assert (found["title_cut"], found["responsible"]) == (True, "Fachbereich 5")
    found = values(
        "AgendaItem", order=3, **{"strategieportal:order": 4_001_000, "strategieportal:clerk": "Team"}
    )
    assert (found["order"], found["clerk"]) == (4_001_000, "Team")
    assert values("Body", name="Stadt", **{"strategieportal:license": "Frei"})["license"] == "Frei"
    page = "https://portal.example.org/rat/vorlagen/1/"
    assert "access_url" not in values("File", accessUrl=page, **{"strategieportal:accessUrlIsPage": True})
    extra = {
        "strategieportal:role": "results",
        "strategieportal:position": 7,
        "strategieportal:sizePrinted": "181,2 kB",
    }
    _, file = records(made("Paper", mainFile=made("File", **extra)))
    assert (file.values["role"], file.values["position"]) == ("results", 7)
    assert file.values["size_printed"] == "181,2 kB"
    assert values("Consultation", **{"strategieportal:position": 3}) == {"position": 3}


@pytest.mark.parametrize("role", ["Hauptdokument", 7, ["main", "x"], None])
def test_unknown_role_of_a_file_is_none(role: Any) -> None:
    assert values("File", **{"strategieportal:role": role}).get("role") in (None, *get_args(FileRole))


def test_minutes_of_another_portal() -> None:
    raw = made(
        "AgendaItem",
        **{
            "strategieportal:contribution": [
                {
                    "position": 1,
                    "anchor": "absatz-1",
                    "kind": "motion",
                    "text": "Er beantragt Vertagung.",
                    "speaker": f"{BASE}/Person/1",
                },
                {
                    "position": 2,
                    "kind": "?",
                    "text": "Die Verwaltung berichtet.",
                    "speakerRole": "Verwaltung",
                },
                {"position": 2, "text": "doppelt"},
                {"text": "ohne Stelle"},
                {"position": 3},
                "kein Absatz",
            ],
            "strategieportal:motion": [
                {
                    "position": 1,
                    "kind": "procedural",
                    "wording": "Vertagung",
                    "mover": f"{BASE}/Person/1",
                    "moverOrganization": f"{BASE}/Organization/1",
                    "contribution": 1,
                    "paper": f"{BASE}/Paper/1",
                },
                {"position": 2},
            ],
            "strategieportal:vote": [
                {
                    "position": 1,
                    "on": "section:3",
                    "result": "rejected",
                    "majority": "majority",
                    "yes": 3,
                    "no": 20,
                    "abstain": 0,
                    "phrase": "mit 3 : 20 abgelehnt",
                    "motion": 1,
                    "contribution": 1,
                },
                {"position": 2, "yes": 4},
                {"position": 3, "on": "main"},
                {"position": 4, "on": "irgendwas", "result": "accepted"},
            ],
        },
    )
    minutes = record(raw).minutes
    assert minutes is not None
    first, second = minutes.contributions
    assert (first.anchor, first.contribution.kind, first.speaker) == (
        "absatz-1",
        "motion",
        f"{BASE}/Person/1",
    )
    assert (second.contribution.kind, second.speaker_role) == ("speech", "Verwaltung")
    (motion,) = minutes.motions
    assert (motion.kind, motion.mover_organization, motion.contribution) == (
        "procedural",
        f"{BASE}/Organization/1",
        1,
    )
    vote, other = minutes.votes
    assert (vote.decision.on, vote.decision.result, vote.decision.majority) == (
        "section:3",
        "rejected",
        "majority",
    )
    assert (vote.decision.yes, vote.decision.no, vote.decision.abstain) == (3, 20, 0)
    assert (vote.motion, vote.contribution, vote.decision.phrase) == (1, 1, "mit 3 : 20 abgelehnt")
    assert (other.decision.result, other.decision.yes, other.decision.no) == ("unclear", 4, None)


def test_no_minutes_are_not_empty_minutes() -> None:
    assert record(made("AgendaItem")).minutes is None
    minutes = record(made("AgendaItem", **{"strategieportal:vote": []})).minutes
    assert minutes is not None
    assert minutes.votes == ()


# --- Fingerprints -------------------------------------------------------------------------------
def test_raw_digest_knows_no_dates_of_the_server() -> None:
    raw = made("Meeting", agendaItem=[made("AgendaItem", name="A")])
    other = made("Meeting", agendaItem=[made("AgendaItem", name="A", modified="2000-01-01T00:00:00+01:00")])
    other = dict(reversed(other.items())) | {"created": "2025-01-01"}
    assert raw_digest(raw) == raw_digest(other)
    assert raw_digest(raw) != raw_digest(made("Meeting", agendaItem=[made("AgendaItem", name="B")]))
    assert raw_digest({"start": "1"}) != raw_digest({"start": 1})


def test_raw_digest_of_what_is_nested_without_end() -> None:
    raw: dict[str, Any] = {}
    for _ in range(100_000):
        raw = {"x": [raw]}
    assert raw_digest(raw) == raw_digest({"x": [raw["x"][0]]})
    # Taken apart by hand: Python would free it level by level.
    while raw:
        (raw,) = raw.pop("x")


def test_record_digest() -> None:
    def digest(**given: Any) -> str:
        return record_digest(record(made("Paper", **given)))

    assert digest(name="A", reference="1") == digest(reference="1", name="A", modified="2025-01-01")
    assert digest(name="A") != digest(name="B")
    assert digest(name="A") != digest(name="A", body="urn:b")
    assert digest(name="A") != digest(name="A", deleted=True)


def test_same_object_same_result() -> None:
    def read() -> list[Result]:
        return read_object(made("Meeting", agendaItem=[made("AgendaItem"), {}, 7, None, "urn:x"]))

    assert read() == read()
