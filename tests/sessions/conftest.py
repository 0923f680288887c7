"""The council that the tests of its pages share."""

from dataclasses import dataclass

import pytest
from django.test import Client
from pytest_django import Settings

from portal.roles import Role
from sessions.models import (
    AgendaItem,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from tests.factories import a_paragraph, a_person, an_item
from tests.sessions.council import (
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_vote,
    an_employee,
)
from tests.signed_in import client_with


@dataclass(frozen=True)
class Council:
    committee: Organization
    meeting: Meeting
    item: AgendaItem
    closed_item: AgendaItem
    """Not public; title "Geheimer Titel"."""
    paper: Paper
    file: File
    member: Person
    employee: Person
    """Named "Geheimname"."""
    speech: Contribution
    """By the member."""
    answer: Contribution
    """By the employee."""
    motion: Motion
    vote: Vote


@pytest.fixture
def council(db: None) -> Council:
    committee = a_committee("Ausschuss für Digitales")
    meeting = a_meeting(committee, source_url="https://ratsinfo.example.org/si/1")
    item = an_item(
        meeting=meeting,
        number="Ö 13",
        order=13,
        title="Digitalisierungsstrategie",
        clerk="Simone Beispiel",
        source_url="https://ratsinfo.example.org/to/1",
    )
    closed_item = an_item(meeting=meeting, number="N 20", order=20, title="Geheimer Titel", public=False)
    paper = a_paper(reference="MV/1/25", name="Fortschreibung", paper_type="Mitteilungsvorlage")
    a_consultation(paper, item, committee)
    member = a_person(title="Ratsherr", name="Muster", role="Ausschussvorsitz")
    employee = an_employee()
    speech = a_paragraph(item, "Ratsherr Muster beantragt Vertagung.", speaker=member, kind="motion")
    answer = a_paragraph(item, "Die Fachbereichsleitung antwortet.", speaker=employee)
    motion = a_motion(
        item, wording="Der Punkt wird vertagt.", mover=member, kind="procedural", contribution=speech
    )
    vote = a_vote(
        item, motion=motion, on="procedural", result="rejected", yes=2, no=5, phrase="wird abgelehnt"
    )
    return Council(
        committee,
        meeting,
        item,
        closed_item,
        paper,
        a_file(paper=paper, size_printed="181,2 kB"),
        member,
        employee,
        speech,
        answer,
        motion,
        vote,
    )


@pytest.fixture
def open_names(settings: Settings) -> None:
    """A city that shows everybody the names of its staff."""
    settings.CITY = settings.CITY.model_copy(update={"employee_names_public": True})


@pytest.fixture
def signed_in(db: None) -> Client:
    return client_with(Role.EDITOR)
