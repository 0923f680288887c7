"""A small council for tests of its pages: plain functions that make one record each."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sessions.models import (
    AgendaItem,
    Consultation,
    File,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from tests.factories import a_body, a_measure, a_person, evidence

_numbers = count(1)
GONE = datetime(2025, 10, 1, tzinfo=UTC)
"""When something was taken back at its source."""


def a_committee(name: str = "", **fields: Any) -> Organization:
    number = next(_numbers)
    defaults = {
        "external_id": f"organization:{number}",
        "body": a_body(),
        "name": name or f"Ausschuss {number}",
        "type": Organization.Type.COMMITTEE,
    }
    return Organization.objects.create(**defaults | fields)


def a_meeting(*committees: Organization, **fields: Any) -> Meeting:
    defaults = {
        "external_id": f"meeting:{next(_numbers)}",
        "body": a_body(),
        "start": datetime(2025, 8, 20, 14, tzinfo=UTC),
        "occasion": "Sitzung",
    }
    meeting = Meeting.objects.create(**defaults | fields)
    meeting.organizations.set(committees)
    return meeting


def a_paper(**fields: Any) -> Paper:
    number = next(_numbers)
    defaults = {
        "external_id": f"paper:{number}",
        "body": a_body(),
        "reference": f"VO/{number}/25",
        "name": f"Titel der Vorlage {number}",
        "paper_type": "Beschlussvorlage",
    }
    return Paper.objects.create(**defaults | fields)


def a_consultation(
    paper: Paper, item: AgendaItem | None = None, *committees: Organization, **fields: Any
) -> Consultation:
    defaults = {"external_id": f"consultation:{next(_numbers)}", "paper": paper, "agenda_item": item}
    consultation = Consultation.objects.create(**defaults | fields)
    consultation.organizations.set(committees)
    return consultation


def a_file(**fields: Any) -> File:
    """Name its parent: `paper=`, `agenda_item=` or `meeting=`."""
    defaults = {"external_id": f"file:{next(_numbers)}", "public": True, "position": 1}
    return File.objects.create(**defaults | fields)


def a_motion(item: AgendaItem, **fields: Any) -> Motion:
    position = item.motions.count() + 1
    defaults = {"agenda_item": item, "position": position, "wording": f"Wortlaut des Antrags {position}"}
    return Motion.objects.create(**defaults | fields)


def a_vote(item: AgendaItem, **fields: Any) -> Vote:
    defaults = {"agenda_item": item, "position": item.votes.count() + 1, "result": Vote.Result.ACCEPTED}
    return Vote.objects.create(**defaults | fields)


def a_seat(person: Person, organization: Organization, **fields: Any) -> Membership:
    defaults = {
        "external_id": f"membership:{next(_numbers)}",
        "person": person,
        "organization": organization,
    }
    return Membership.objects.create(**defaults | fields)


def an_employee(**fields: Any) -> Person:
    defaults = {
        "kind": Person.Kind.EMPLOYEE,
        "title": "",
        "name": "Geheimname",
        "role": "Fachbereichsleitung",
    }
    return a_person(**defaults | fields)


def cite(item: AgendaItem, **fields: Any) -> str:
    """A public measure rests on the item; gives the measure's name."""
    measure = a_measure()
    evidence(item, measure=measure, aspect="status", **fields)
    return measure.name
