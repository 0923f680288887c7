"""Every type of object with its addresses, who may see it, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

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
)
from sessions.oparl import bodies, files, meetings, papers, public
from sessions.oparl.context import Context, Object
from sessions.oparl.public import Rows


def _of_body(field_name: str) -> Callable[[int], Q]:
    return lambda pk: Q(**{field_name: pk})


def _files_of_body(pk: int) -> Q:
    return Q(paper__body=pk) | Q(agenda_item__meeting__body=pk) | Q(meeting__body=pk)


def _locations_of_body(pk: int) -> Q:
    return (
        Q(pk__in=Meeting.objects.published().filter(body=pk).values("location"))
        | Q(pk__in=Organization.objects.published().filter(body=pk).values("location"))
        | Q(pk__in=Paper.locations.through.objects.filter(paper__body=pk).values("location"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    name: str
    """As in the standard: "AgendaItem"."""
    path: str
    """Of one object: /agenda-item/1000181/."""
    list_path: str
    """Of the list of a body: /body/1/agenda-items/."""
    rows: Callable[[], Rows]
    """Those that everybody may see."""
    former: Callable[[], Rows]
    """Those that everybody could see once."""
    write: Callable[[Rows, Context], dict[int, Object]]
    """Objects of rows, per primary key and in their order; a constant number of queries."""
    of_body: Callable[[int], Q]
    usual: int = 250
    """Objects on a page unless the reader says how many. What a page costs before its first object is much:
    twice as many on it are read almost twice as fast."""
    most: int = 1000
    """Objects on a page at most. A meeting has its whole agenda with all minutes."""


TYPES: tuple[Type, ...] = (
    Type(
        name="Body",
        path="body",
        list_path="bodies",
        rows=Body.objects.published,
        former=lambda: public.withdrawn(Body),
        write=bodies.bodies,
        of_body=_of_body("pk"),
    ),
    Type(
        name="LegislativeTerm",
        path="legislative-term",
        list_path="legislative-terms",
        rows=LegislativeTerm.objects.published,
        former=lambda: public.withdrawn(LegislativeTerm),
        write=bodies.legislative_terms,
        of_body=_of_body("body"),
    ),
    Type(
        name="Organization",
        path="organization",
        list_path="organizations",
        rows=Organization.objects.published,
        former=lambda: public.withdrawn(Organization),
        write=bodies.organizations,
        of_body=_of_body("body"),
    ),
    Type(
        name="Person",
        path="person",
        list_path="people",
        rows=public.people,
        former=public.former_people,
        write=bodies.people,
        of_body=_of_body("body"),
    ),
    Type(
        name="Membership",
        path="membership",
        list_path="memberships",
        rows=Membership.objects.published,
        former=public.former_memberships,
        write=bodies.memberships,
        of_body=_of_body("organization__body"),
    ),
    Type(
        name="Location",
        path="location",
        list_path="locations",
        rows=public.locations,
        former=lambda: public.withdrawn(Location),
        write=bodies.locations,
        of_body=_locations_of_body,
    ),
    Type(
        name="Meeting",
        path="meeting",
        list_path="meetings",
        rows=Meeting.objects.published,
        former=lambda: public.withdrawn(Meeting),
        write=meetings.meetings,
        of_body=_of_body("body"),
        usual=100,
        most=200,
    ),
    Type(
        name="AgendaItem",
        path="agenda-item",
        list_path="agenda-items",
        rows=AgendaItem.objects.published,
        former=public.former_agenda_items,
        write=meetings.agenda_items,
        of_body=_of_body("meeting__body"),
    ),
    Type(
        name="Paper",
        path="paper",
        list_path="papers",
        rows=Paper.objects.published,
        former=public.former_papers,
        write=papers.papers,
        of_body=_of_body("body"),
    ),
    Type(
        name="Consultation",
        path="consultation",
        list_path="consultations",
        rows=Consultation.objects.published,
        former=public.former_consultations,
        write=papers.consultations,
        of_body=_of_body("paper__body"),
    ),
    Type(
        name="File",
        path="file",
        list_path="files",
        rows=File.objects.published,
        former=public.former_files,
        write=files.files,
        of_body=_files_of_body,
    ),
)

OF_PATH = {type_.path: type_ for type_ in TYPES}
OF_LIST = {type_.list_path: type_ for type_ in TYPES}
