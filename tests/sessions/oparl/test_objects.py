"""/oparl/v1.1/ and every object under its id."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pytest_django import Settings

from sessions.models import (
    AgendaItem,
    Contribution,
    File,
    Location,
    Membership,
    Organization,
    Paper,
    Person,
    Vote,
)
from strategy.models import Evidence
from tests.factories import a_body, a_measure, a_paragraph, a_person, an_item, evidence
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_seat,
    a_vote,
    an_employee,
)
from tests.sessions.oparl.conftest import HOST, MODELS, ROOT, Reader, Town
from tests.sessions.oparl.standard import BACK, FIELDS, SCHEMA, faults

SCHEMAS = Path(__file__).resolve().parents[4] / "shared/data/oparl/spec-1.1/schema"
"""The standard's own schemas, where somebody has put them beside the project."""

SECRETS = ("Geheim", "geheim")


def nested(thing: Any) -> Iterator[Any]:
    """The objects inside this one, at any depth."""
    for value in thing.values() if isinstance(thing, dict) else thing:
        if isinstance(value, dict | list):
            if isinstance(value, dict) and "id" in value:
                yield value
            yield from nested(value)


def item_of(reader: Reader, item: AgendaItem) -> Any:
    return reader.get(f"agenda-item/{item.pk}/")


# --- The standard -----------------------------------------------------------------------------
def test_everything_is_as_the_standard_says(reader: Reader, town: Town) -> None:
    things = list(reader.everything())
    types = {thing["type"].rpartition("/")[2] for thing in things}
    assert types == set(FIELDS)
    assert [(thing["id"], fault) for thing in things for fault in faults(thing)] == []


def test_the_standard_is_not_satisfied_by_everything(reader: Reader, town: Town) -> None:
    """The table of rules finds what is wrong."""
    good = reader.get(f"meeting/{town.meeting.pk}/")
    item = good["agendaItem"][0]
    for bad in (
        good | {"type": f"{SCHEMA}Sitzung"},
        good | {"start": "2025-08-20"},
        good | {"end": None},
        good | {"name": ""},
        good | {"organization": []},
        good | {"participant": ["https://example.org/1"]},
        good | {"agendaItem": [item | {"meeting": good["id"]}]},
        good | {"agendaItem": [{key: item[key] for key in item if key != "modified"}]},
        good | {"agendaItem": [{key: item[key] for key in item if key != "order"}]},
        good | {"agendaItem": [item | {"order": "1"}]},
        good | {"deleted": True},
        good | {"web": "/rat/"},
        good | {"strategieportal:x": None},
    ):
        assert faults(bad), bad


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="needs the standard's schemas beside the project")
def test_everything_satisfies_the_schemas_of_the_standard(reader: Reader, town: Town) -> None:
    schemas = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}
    seen = set()
    for thing in list(reader.everything()):
        for one in (thing, *nested(thing)):
            type_ = one["type"].rpartition("/")[2]
            schema = schemas[type_]
            schema = schema | {"required": [*schema["required"], "created", "modified"]}
            validator = Draft202012Validator(schema, format_checker=FormatChecker())
            assert [error.message for error in validator.iter_errors(one)] == [], one["id"]
            unknown = {key for key in one if not key.startswith("strategieportal:")} - set(
                schema["properties"]
            )
            assert unknown == set()
            seen.add(type_)
    assert seen == set(schemas)


@pytest.mark.parametrize("path", MODELS)
def test_an_object_answers_under_its_id(reader: Reader, town: Town, path: str) -> None:
    row = town.rows()[path]
    thing = reader.get(f"{path}/{row.pk}/")
    assert thing["id"] == f"{ROOT}{path}/{row.pk}/"
    assert thing["strategieportal:sourceId"] == row.external_id


def test_every_address_in_an_answer_leads_somewhere(reader: Reader, town: Town) -> None:
    found = {
        address for thing in reader.everything() for address in _addresses(thing) if address.startswith(HOST)
    }
    assert len(found) > 45
    for address in found:
        assert reader.answer(address.partition("#")[0]).status_code == 200, address


def _addresses(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict | list):
        for value in thing.values() if isinstance(thing, dict) else thing:
            yield from _addresses(value)
    elif isinstance(thing, str) and thing.startswith("http"):
        yield thing


def test_an_embedded_object_is_the_object_without_its_way_back(reader: Reader, town: Town) -> None:
    compared = set()
    for thing in reader.everything():
        for inner in nested(thing):
            type_ = inner["type"].rpartition("/")[2]
            own = reader.get(inner["id"])
            # Files in an item have the item in their own answer; places have all that is there.
            back = BACK.get(type_, "").split()
            assert {key: own[key] for key in own if key not in back} == inner
            assert any(key in own for key in back), inner["id"]
            compared.add(type_)
    assert compared == set(BACK)


# --- What the objects say ---------------------------------------------------------------------
def test_system(reader: Reader, settings: Settings) -> None:
    thing = reader.get("")
    assert thing["id"] == ROOT
    assert thing["oparlVersion"] == SCHEMA
    assert thing["body"] == f"{ROOT}bodies/"
    assert thing["name"] == settings.CITY.portal_name
    assert thing["contactEmail"] == settings.CITY.contact.email
    assert "license" not in thing
    settings.CITY = settings.CITY.model_copy(update={"licence_url": "https://www.govdata.de/dl-de/by-2-0"})
    assert reader.get("")["license"] == "https://www.govdata.de/dl-de/by-2-0"


def test_body(reader: Reader, town: Town) -> None:
    thing = reader.get(f"body/{town.body.pk}/")
    assert thing["ags"] == "03355022"
    assert thing["system"] == ROOT
    assert thing["paper"] == f"{thing['id']}papers/"
    assert [term["name"] for term in thing["legislativeTerm"]] == ["2021 bis 2026"]
    assert "license" not in thing
    assert thing["strategieportal:license"] == "nur nach Anfrage"


def test_a_body_without_terms_says_so(reader: Reader) -> None:
    assert reader.get(f"body/{a_body().pk}/")["legislativeTerm"] == []


def test_meeting(reader: Reader, town: Town) -> None:
    thing = reader.get(f"meeting/{town.meeting.pk}/")
    assert thing["start"] == "2025-08-20T16:00:00+02:00"
    assert thing["created"] == "2025-07-01T02:00:00+02:00"
    assert thing["meetingState"] == "durchgeführt"
    assert thing["cancelled"] is False
    assert thing["organization"] == [f"{ROOT}organization/{town.committee.pk}/"]
    assert thing["location"]["room"] == "Huldigungssaal"
    assert thing["web"] == f"{HOST}/rat/sitzungen/{town.meeting.pk}/"
    assert thing["invitation"]["strategieportal:role"] == "invitation"
    assert len(thing["auxiliaryFile"]) == 1
    assert [(item["order"], item["number"]) for item in thing["agendaItem"]] == [(0, "Ö 2"), (1, "Ö 13")]
    assert thing["strategieportal:occasion"] == "Sitzung"
    assert thing["strategieportal:startHasTime"] is True
    assert thing["strategieportal:sourcePage"] == "https://ratsinfo.example.org/si/1"


def test_agenda_item(reader: Reader, town: Town) -> None:
    thing = item_of(reader, town.item)
    assert thing["order"] == 1
    assert thing["strategieportal:order"] == 13_000_000
    assert thing["public"] is True
    assert thing["meeting"] == f"{ROOT}meeting/{town.meeting.pk}/"
    assert thing["consultation"] == f"{ROOT}consultation/{town.station.pk}/"
    assert thing["resolutionFile"]["strategieportal:accessUrlIsPage"] is True
    assert thing["resolutionFile"]["accessUrl"] == f"{HOST}/rat/tops/{town.item.pk}/"
    assert thing["strategieportal:titleCut"] is True
    assert thing["strategieportal:responsible"] == "Stabsstelle"


def test_minutes(reader: Reader, town: Town) -> None:
    thing = item_of(reader, town.item)
    member, paper = f"{ROOT}person/{town.member.pk}/", f"{ROOT}paper/{town.paper.pk}/"
    assert thing["strategieportal:contribution"] == [
        {
            "position": 1,
            "anchor": "absatz-1",
            "kind": "motion",
            "text": "Ratsherr Muster beantragt Vertagung.",
            "speaker": member,
        },
        {
            "position": 2,
            "anchor": "absatz-2",
            "kind": "speech",
            "text": "Die Fachbereichsleitung antwortet.",
            "speakerRole": "Fachbereichsleitung",
        },
        {
            "position": 3,
            "anchor": "absatz-3",
            "kind": "statement",
            "text": "Die Verwaltung gibt zu Protokoll.",
            "speakerRole": "Verwaltung",
        },
    ]
    first, second = thing["strategieportal:motion"]
    assert first == {
        "position": 1,
        "kind": "procedural",
        "wording": "Der Punkt wird vertagt.",
        "mover": member,
        "moverOrganization": f"{ROOT}organization/{town.faction.pk}/",
        "contribution": 1,
        "paper": paper,
    }
    assert second["moverRole"] == "Fachbereichsleitung"
    assert thing["strategieportal:vote"] == [
        {
            "position": 1,
            "on": "procedural",
            "result": "rejected",
            "yes": 0,
            "no": 5,
            "phrase": "abgelehnt",
            "motion": 1,
            "contribution": 1,
        },
        {"position": 2, "on": "main", "result": "accepted", "majority": "unanimous"},
    ]


def test_lines_that_the_source_replaced_are_gone(reader: Reader) -> None:
    item = an_item()
    old = a_paragraph(item, "Alt.", superseded_at=GONE)
    motion = a_motion(item, contribution=old)
    a_motion(item, superseded_at=GONE, wording="Alter Antrag")
    a_vote(item, motion=motion, contribution=old)
    Vote.objects.update(contribution=old)
    thing = item_of(reader, item)
    assert "strategieportal:contribution" not in thing
    assert [set(one) & {"contribution"} for one in thing["strategieportal:motion"]] == [set()]
    assert [set(one) & {"contribution"} for one in thing["strategieportal:vote"]] == [set()]
    assert "Alter Antrag" not in str(thing)


@pytest.mark.parametrize("kind", ["agenda-item", "paper", "file"])
def test_measures_that_cite(reader: Reader, town: Town, kind: str) -> None:
    measure = a_measure(name="Digitale Bauakte")
    target: Any = {kind.replace("-", "_"): town.rows()[kind]}
    Evidence.objects.create(**target, measure=measure, aspect="status")
    shown = reader.get(f"{kind}/{town.rows()[kind].pk}/")["strategieportal:measure"]
    assert {
        "name": "Digitale Bauakte",
        "claim": "Status",
        "url": f"{HOST}/massnahmen/{measure.slug}/",
    } in shown


def test_a_draft_of_the_strategy_cites_nothing(reader: Reader, town: Town) -> None:
    evidence(town.item, measure=a_measure(name="Geheimplan", published=False), aspect="status")
    assert "Geheimplan" not in str(list(reader.everything()))


def test_paper(reader: Reader, town: Town) -> None:
    thing = reader.get(f"paper/{town.paper.pk}/")
    assert thing["reference"] == "VO/1/25"
    assert thing["date"] == "2025-07-01"
    assert thing["originatorPerson"] == [f"{ROOT}person/{town.member.pk}/"]
    assert thing["originatorOrganization"] == [f"{ROOT}organization/{town.faction.pk}/"]
    assert thing["underDirectionOf"] == [f"{ROOT}organization/{town.committee.pk}/"]
    assert [place["room"] for place in thing["location"]] == ["Huldigungssaal"]
    assert thing["mainFile"]["text"] == "Volltext"
    assert [file["name"] for file in thing["auxiliaryFile"]] == ["Anlage 1"]
    (above,) = thing["superordinatedPaper"]
    assert reader.get(above)["subordinatedPaper"] == [thing["id"]]
    (related,) = thing["relatedPaper"]
    assert reader.get(related)["relatedPaper"] == [thing["id"]]
    (station,) = thing["consultation"]
    assert station["agendaItem"] == f"{ROOT}agenda-item/{town.item.pk}/"
    assert station["meeting"] == f"{ROOT}meeting/{town.meeting.pk}/"
    assert station["authoritative"] is True
    assert "paper" not in station


def test_a_second_main_file_is_an_attachment(reader: Reader) -> None:
    paper = a_paper()
    for number in (1, 2):
        a_file(paper=paper, role=File.Role.MAIN, position=number, name=f"Datei {number}")
    thing = reader.get(f"paper/{paper.pk}/")
    assert thing["mainFile"]["name"] == "Datei 1"
    assert [(file["name"], file["strategieportal:role"]) for file in thing["auxiliaryFile"]] == [
        ("Datei 2", "main")
    ]


def test_file(reader: Reader, town: Town) -> None:
    thing = reader.get(f"file/{town.file.pk}/")
    assert thing["accessUrl"] == "https://ratsinfo.example.org/do/1"
    assert thing["size"] == 181_200
    assert thing["paper"] == [f"{ROOT}paper/{town.paper.pk}/"]
    assert thing["strategieportal:sizePrinted"] == "181,2 kB"
    assert thing["strategieportal:position"] == 1
    assert "strategieportal:accessUrlIsPage" not in thing


def test_person(reader: Reader, town: Town) -> None:
    thing = reader.get(f"person/{town.member.pk}/")
    assert thing["name"] == thing["familyName"] == "Muster"
    assert thing["status"] == ["Ratsherr"]
    assert thing["strategieportal:kind"] == "mandate"
    (seat,) = thing["membership"]
    assert seat["role"] == "Vorsitz"
    assert seat["votingRight"] is True
    assert seat["onBehalfOf"] == f"{ROOT}organization/{town.faction.pk}/"
    assert thing["web"] == f"{HOST}/rat/personen/{town.member.pk}/"


def test_organization(reader: Reader, town: Town) -> None:
    thing = reader.get(f"organization/{town.committee.pk}/")
    assert thing["organizationType"] == "Gremium"
    assert thing["strategieportal:type"] == "committee"
    assert thing["membership"] == [f"{ROOT}membership/{town.seat.pk}/"]
    assert thing["location"]["id"] == f"{ROOT}location/{town.place.pk}/"
    assert reader.get(thing["subOrganizationOf"])["name"] == "Rat"


def test_a_unit_of_the_administration_has_no_page(reader: Reader) -> None:
    unit = a_committee("Fachbereich", type=Organization.Type.ADMINISTRATION)
    thing = reader.get(f"organization/{unit.pk}/")
    assert thing["organizationType"] == "Verwaltungsbereich"
    assert "web" not in thing


def test_place(reader: Reader, town: Town) -> None:
    thing = reader.get(f"location/{town.place.pk}/")
    assert thing["meetings"] == [f"{ROOT}meeting/{town.meeting.pk}/"]
    assert thing["papers"] == [f"{ROOT}paper/{town.paper.pk}/"]
    assert thing["geojson"]["geometry"]["coordinates"] == [10.4, 53.2]


# --- Who sees what ----------------------------------------------------------------------------
@pytest.fixture
def secrets(town: Town) -> list[str]:
    """Plants things that nobody may see beside the public ones; gives the addresses of those with an id."""
    closed = an_item(meeting=town.meeting, number="N 3", order=3, title="Geheimer Titel", public=False)
    unknown = AgendaItem.objects.create(
        external_id="allris:to:99", meeting=town.meeting, title="Geheim, weil unbekannt", order=1
    )
    a_paragraph(closed, "Geheimes Wort.", speaker=town.member)
    a_motion(closed, wording="Geheimer Antrag", mover=town.member)
    a_vote(closed, phrase="geheim abgestimmt")
    paper = a_paper(name="Geheime Vorlage", public=False)
    paper.originator_people.add(town.member)
    town.paper.related_papers.add(paper)
    paper.superordinated_papers.add(town.paper)
    a_motion(town.item, wording="Antrag", paper=paper)
    files = [
        a_file(paper=paper, name="Geheime Datei", text="geheim"),
        a_file(agenda_item=closed, name="Geheime Anlage"),
        a_file(paper=town.paper, name="Geheim, nicht freigegeben", public=False),
        a_file(paper=town.paper, name="Geheim, weil unbekannt", public=None),
    ]
    stations = [
        a_consultation(town.paper, closed, role="Geheim"),
        a_consultation(paper, town.item, role="Geheim"),
    ]
    employee = an_employee(name="Geheimname 2")
    paper.originator_people.add(employee)
    town.paper.originator_people.add(employee)
    seat = a_seat(employee, town.committee, role="Geheime Rolle")
    unknown_person = a_person(kind=Person.Kind.UNKNOWN, name="Geheimname 3")
    home = Location.objects.create(external_id="place:9", street_address="Geheimweg 1")
    hidden_place = Location.objects.create(external_id="place:8", street_address="Geheimweg 2")
    paper.locations.add(hidden_place)
    return [
        *(f"agenda-item/{item.pk}/" for item in (closed, unknown)),
        f"paper/{paper.pk}/",
        *(f"file/{file.pk}/" for file in files),
        *(f"consultation/{station.pk}/" for station in stations),
        *(f"person/{person.pk}/" for person in (employee, unknown_person, town.employee)),
        f"membership/{seat.pk}/",
        *(f"location/{place.pk}/" for place in (home, hidden_place)),
    ]


def test_nothing_secret_is_anywhere(reader: Reader, town: Town, secrets: list[str]) -> None:
    everything = json.dumps(list(reader.everything()), ensure_ascii=False)
    everything += json.dumps(
        [
            reader.list(f"body/{town.body.pk}/{path}/?modified_since=2001-01-01T00:00:00Z")
            for path in (
                "files",
                "people",
                "papers",
                "agenda-items",
                "consultations",
                "memberships",
                "locations",
            )
        ],
        ensure_ascii=False,
    )
    assert not [word for word in SECRETS if word in everything]
    assert [address for address in secrets if address in everything] == []


def test_what_never_was_public_does_not_exist(reader: Reader, secrets: list[str]) -> None:
    for address in secrets:
        assert reader.answer(f"/oparl/v1.1/{address}").status_code == 404, address


def test_what_is_closed_or_withdrawn_takes_its_words_along(reader: Reader, town: Town) -> None:
    word = "Fortschreibung"
    assert word in str(list(reader.everything()))
    Paper.objects.filter(pk=town.paper.pk).update(withdrawn_at=GONE)
    assert word not in str(list(reader.everything()))


def test_somebody_whom_nothing_public_names_is_no_object(reader: Reader) -> None:
    """As on the pages: a member who is only named in a closed item."""
    person = a_person(name="Unbekannt")
    item = an_item(public=False)
    a_paragraph(item, "Wort.", speaker=person)
    assert reader.list(f"body/{a_body().pk}/people/") == []
    assert "name" not in reader.get(f"person/{person.pk}/")
    AgendaItem.objects.filter(pk=item.pk).update(public=True)
    assert reader.get(f"person/{person.pk}/")["name"] == "Unbekannt"


def test_a_member_who_was_withdrawn_is_shown_by_function(reader: Reader, town: Town) -> None:
    Person.objects.filter(pk=town.member.pk).update(withdrawn_at=GONE)
    first = item_of(reader, town.item)["strategieportal:contribution"][0]
    assert "speaker" not in first
    assert first["speakerRole"] == "Ausschussvorsitz"
    assert "originatorPerson" not in reader.get(f"paper/{town.paper.pk}/")


def test_names_of_staff_where_the_city_opens_them(reader: Reader, town: Town, settings: Settings) -> None:
    closed = item_of(reader, town.item)
    assert "Geheimname" not in str(closed)
    settings.CITY = settings.CITY.model_copy(update={"employee_names_public": True})
    opened = item_of(reader, town.item)
    assert opened["strategieportal:clerk"] == "Simone Geheimname"
    answer = opened["strategieportal:contribution"][1]
    assert (answer["speakerName"], answer["speakerRole"]) == ("Geheimname", "Fachbereichsleitung")
    assert opened["strategieportal:motion"][1]["moverName"] == "Geheimname"


def test_who_is_signed_in_sees_no_more_here(reader: Reader, town: Town) -> None:
    from tests.factories import a_user

    reader.client.force_login(a_user())
    assert "Geheimname" not in str(list(reader.everything()))


def test_ends_of_ties_that_are_gone_are_not_named(reader: Reader, town: Town) -> None:
    Organization.objects.filter(pk=town.faction.pk).update(withdrawn_at=GONE)
    assert str(town.faction.pk) not in str(list(reader.everything()))
    assert Membership.objects.get(pk=town.seat.pk).on_behalf_of_id == town.faction.pk
    assert Contribution.objects.filter(speaker=town.member).exists()


def test_free_text_is_no_address(reader: Reader) -> None:
    committee = a_committee(website="siehe Aushang")
    file = a_file(meeting=a_meeting(), access_url="N/A", source_url="https://ratsinfo.example.org/do/7")
    assert "website" not in reader.get(f"organization/{committee.pk}/")
    assert reader.get(f"file/{file.pk}/")["accessUrl"] == "https://ratsinfo.example.org/do/7"
