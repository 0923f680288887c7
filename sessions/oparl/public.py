"""What of each type is there, and what was there once.

`…` of a type: what everybody may see, by the `published()` of the council's models and never another rule.
`former_…`: what everybody could see once and cannot any more. Of it the interface says that it is deleted;
of everything else it does not even say that it exists.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    Location,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
)

Rows = QuerySet[Any]


def named_on_a_page() -> Q:
    """People who have a page: something public names them."""
    return (
        Q(Exists(Membership.objects.published().filter(person=OuterRef("pk"))))
        | Q(Exists(Motion.objects.published().filter(mover=OuterRef("pk"))))
        | Q(Exists(Contribution.objects.published().filter(speaker=OuterRef("pk"))))
    )


def people() -> Rows:
    brought_in = Paper.objects.published().filter(originator_people=OuterRef("pk"))
    return Person.objects.published().filter(named_on_a_page() | Q(Exists(brought_in)))


def former_people() -> Rows:
    return _without(Person.objects.filter(was_elected()), people())


def former_memberships() -> Rows:
    return _without(Membership.objects.filter(was_elected("person")), Membership.objects.published())


def former_agenda_items() -> Rows:
    return _without(AgendaItem.objects.filter(was_open()), AgendaItem.objects.published())


def former_papers() -> Rows:
    return _without(Paper.objects.filter(was_open()), Paper.objects.published())


def former_consultations() -> Rows:
    return _without(Consultation.objects.filter(consultation_was_open()), Consultation.objects.published())


def former_files() -> Rows:
    return _without(File.objects.filter(file_was_open()), File.objects.published())


def locations() -> Rows:
    """Places of something public. Who knows where a place that nothing names came from: it may be somebody's
    home."""
    return Location.objects.published().filter(
        Q(Exists(Meeting.objects.published().filter(location=OuterRef("pk"))))
        | Q(Exists(Organization.objects.published().filter(location=OuterRef("pk"))))
        | Q(Exists(Paper.objects.published().filter(locations=OuterRef("pk"))))
    )


def withdrawn(model: Any) -> Rows:
    """Of a type whose rows are public until they are withdrawn."""
    rows: Rows = model.objects.filter(withdrawn_at__isnull=False)
    return rows


def _without(once: Rows, now: Rows) -> Rows:
    return once.filter(~Exists(now.filter(pk=OuterRef("pk"))))


def was_open(path: str = "") -> Q:
    """Public, or closed after it had been public; seen from a row that reaches it through `path`."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}public": True}) | Q(**{f"{prefix}closed_at__isnull": False})


def consultation_was_open() -> Q:
    return was_open("paper") & (Q(agenda_item__isnull=True) | was_open("agenda_item"))


def file_was_open() -> Q:
    of_paper = Q(paper__isnull=True) | was_open("paper")
    return was_open() & of_paper & (Q(agenda_item__isnull=True) | was_open("agenda_item"))


def was_elected(path: str = "") -> Q:
    """Elected, or elected once; seen from a row that reaches the person through `path`."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}kind__in": Person.PUBLIC_KINDS}) | Q(**{f"{prefix}closed_at__isnull": False})
