"""A council with at least one of everything, and a reader of its OParl interface."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import models
from django.test import Client
from pytest_django import Settings

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
from tests.factories import a_body, a_paragraph, a_person, an_item
from tests.sessions.council import (
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_seat,
    a_vote,
    an_employee,
    cite,
)

HOST = "https://strategie.example.org"
ROOT = f"{HOST}/oparl/v1.1/"

MODELS: dict[str, type[models.Model]] = {
    "body": Body,
    "legislative-term": LegislativeTerm,
    "organization": Organization,
    "person": Person,
    "membership": Membership,
    "location": Location,
    "meeting": Meeting,
    "agenda-item": AgendaItem,
    "paper": Paper,
    "consultation": Consultation,
    "file": File,
}
"""First part of an object's address → its model."""

LISTS = {
    "legislative-term": "legislative-terms",
    "organization": "organizations",
    "person": "people",
    "membership": "memberships",
    "location": "locations",
    "meeting": "meetings",
    "agenda-item": "agenda-items",
    "paper": "papers",
    "consultation": "consultations",
    "file": "files",
}


@pytest.fixture(autouse=True)
def _public_url(settings: Settings) -> None:
    settings.PUBLIC_URL = HOST


@dataclass
class Reader:
    client: Client

    def answer(self, path: str, **headers: str) -> Any:
        return self.client.get(path.replace(HOST, ""), headers=headers)

    def get(self, path: str) -> Any:
        """Content of an answer; `path` below the System, or an address from another answer."""
        answer = self.answer(path if path.startswith((HOST, "/")) else f"/oparl/v1.1/{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.content)
        return answer.json()

    def list(self, path: str) -> list[Any]:
        """All objects of a list, over as many pages as it takes."""
        found = []
        following = path
        while following:
            page = self.get(following)
            found += page["data"]
            following = page["links"].get("next", "")
        return found

    def everything(self) -> Iterator[Any]:
        """Every object of every list, and once more under its own id."""
        yield self.get("")
        for body in self.list("bodies/"):
            yield body
            yield self.get(body["id"])
            for list_path in LISTS.values():
                for thing in self.list(f"{body['id']}{list_path}/"):
                    yield thing
                    yield self.get(thing["id"])


@pytest.fixture
def reader(client: Client, db: None) -> Reader:
    return Reader(client)


@dataclass(frozen=True)
class Town:
    body: Body
    term: LegislativeTerm
    place: Location
    committee: Organization
    faction: Organization
    member: Person
    seat: Membership
    employee: Person
    meeting: Meeting
    item: AgendaItem
    paper: Paper
    station: Consultation
    file: File
    measure: str
    """Name of a public measure that cites the item."""

    def rows(self) -> dict[str, Any]:
        """First part of the address → a public row."""
        return {
            "body": self.body,
            "legislative-term": self.term,
            "organization": self.committee,
            "person": self.member,
            "membership": self.seat,
            "location": self.place,
            "meeting": self.meeting,
            "agenda-item": self.item,
            "paper": self.paper,
            "consultation": self.station,
            "file": self.file,
        }


@pytest.fixture
def town(db: None) -> Town:
    body = a_body()
    Body.objects.filter(pk=body.pk).update(
        short_name="Beispiel", ags="03355022", website="https://example.org", license="nur nach Anfrage"
    )
    term = LegislativeTerm.objects.create(
        external_id="term:1", body=body, name="2021 bis 2026", start_date=date(2021, 11, 1)
    )
    place = Location.objects.create(
        external_id="place:1",
        room="Huldigungssaal",
        street_address="Am Ochsenmarkt 1",
        geojson={
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [10.4, 53.2]},
            "properties": None,
        },
    )
    council = a_committee("Rat", type=Organization.Type.COUNCIL)
    faction = a_committee("Fraktion Muster", type=Organization.Type.FACTION)
    committee = a_committee("Ausschuss für Digitales", parent=council, location=place, short_name="ADi")
    member = a_person(title="Ratsherr", name="Muster", family_name="Muster", role="Ausschussvorsitz")
    seat = a_seat(member, committee, role="Vorsitz", voting_right=True, on_behalf_of=faction)
    employee = an_employee()
    meeting = a_meeting(
        committee,
        name="12. Sitzung",
        state="durchgeführt",
        location=place,
        source_url="https://ratsinfo.example.org/si/1",
        end=datetime(2025, 8, 20, 17, tzinfo=UTC),
        source_created_at=datetime(2025, 7, 1, tzinfo=UTC),
    )
    item = an_item(
        meeting=meeting,
        number="Ö 13",
        order=13_000_000,
        title="Digitalisierungsstrategie …",
        title_cut=True,
        result="geändert beschlossen",
        resolution_text="Der Rat beschließt.",
        clerk="Simone Geheimname",
        responsible="Stabsstelle",
    )
    an_item(meeting=meeting, number="Ö 2", order=2_000_000, title="Eröffnung")
    paper = a_paper(reference="VO/1/25", name="Fortschreibung", date=date(2025, 7, 1))
    paper.originator_people.add(member)
    paper.originator_organizations.add(faction)
    paper.under_direction_of.add(committee)
    paper.locations.add(place)
    other = a_paper(name="Grundsatzbeschluss")
    paper.superordinated_papers.add(other)
    paper.related_papers.add(a_paper())
    station = a_consultation(
        paper, item, committee, meeting=meeting, role="Entscheidung", authoritative=True, position=1
    )
    file = a_file(
        paper=paper,
        role=File.Role.MAIN,
        name="Vorlage",
        file_name="vorlage.pdf",
        mime_type="application/pdf",
        size=181_200,
        size_printed="181,2 kB",
        access_url="https://ratsinfo.example.org/do/1",
        text="Volltext",
    )
    a_file(paper=paper, name="Anlage 1", position=2)
    a_file(agenda_item=item, role=File.Role.RESOLUTION, position=1)
    a_file(meeting=meeting, role=File.Role.INVITATION, access_url="https://ratsinfo.example.org/do/2")
    a_file(meeting=meeting, role=File.Role.ATTACHMENT, position=3)
    speech = a_paragraph(item, "Ratsherr Muster beantragt Vertagung.", speaker=member, kind="motion")
    a_paragraph(item, "Die Fachbereichsleitung antwortet.", speaker=employee)
    a_paragraph(item, "Die Verwaltung gibt zu Protokoll.", speaker_role="Verwaltung", kind="statement")
    motion = a_motion(
        item,
        wording="Der Punkt wird vertagt.",
        mover=member,
        mover_organization=faction,
        contribution=speech,
        paper=paper,
        kind="procedural",
    )
    a_motion(item, wording="Die Verwaltung prüft.", mover=employee)
    a_vote(
        item,
        motion=motion,
        on="procedural",
        result="rejected",
        yes=0,
        no=5,
        phrase="abgelehnt",
        contribution=speech,
    )
    a_vote(item, result="accepted", majority="unanimous")
    measure = cite(item)
    return Town(
        Body.objects.get(pk=body.pk),
        term, place, committee, faction, member, seat, employee, meeting, item, paper, station, file, measure,
    )  # fmt: skip
