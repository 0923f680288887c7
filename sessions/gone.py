"""Objects that a source withdrew or no longer lists, with the title of those that everybody may still see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Trim
from django.urls import reverse

from portal.freshness import Origin
from portal.german import german_date
from sessions.models import (
    AgendaItem,
    Consultation,
    File,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
    SourceObject,
)
from sessions.oparl.public import consultation_was_open, file_was_open, was_elected, was_open

TYPES = {
    "System": ("System", "Systeme"),
    "Body": ("Körperschaft", "Körperschaften"),
    "LegislativeTerm": ("Wahlperiode", "Wahlperioden"),
    "Location": ("Ort", "Orte"),
    "Organization": ("Gremium", "Gremien"),
    "Person": ("Person", "Personen"),
    "Membership": ("Mitgliedschaft", "Mitgliedschaften"),
    "Meeting": ("Sitzung", "Sitzungen"),
    "AgendaItem": ("Tagesordnungspunkt", "Tagesordnungspunkte"),
    "Paper": ("Vorlage", "Vorlagen"),
    "Consultation": ("Beratung", "Beratungen"),
    "File": ("Datei", "Dateien"),
}
"""One and several of each type of object, in the order of the page."""

_PAGES = {
    "Organization": "council:organization",
    "Person": "council:person",
    "Meeting": "council:meeting",
    "AgendaItem": "council:item",
    "Paper": "council:paper",
}


@dataclass(frozen=True, slots=True)
class Gone:
    """A line of the list."""

    type: str
    name: str
    """Id at the source."""
    title: str
    """"" for what is not public any more."""
    url: str
    since: datetime
    withdrawn: bool
    """The source says so itself; otherwise it no longer lists the object."""
    origin: Origin


def gone_objects() -> QuerySet[SourceObject]:
    """The newest first, with `since`. Of what nobody was ever to see not even the id is here."""
    return (
        SourceObject.objects.gone()
        .exclude(_never_public())
        .annotate(since=Coalesce("deleted_at", "missing_since"))
        .select_related("source")
        .defer("record", "stated")
        .order_by("-since", "-pk")
    )


def _never_public() -> Q:
    """Objects whose row was closed all the time, people whom the portal does not keep, and what still waits:
    nobody has looked yet at whether it is public."""
    open_once: dict[str, QuerySet[Any]] = {
        "AgendaItem": AgendaItem.objects.filter(was_open()),
        "Paper": Paper.objects.filter(was_open()),
        "Consultation": Consultation.objects.filter(consultation_was_open()),
        "File": File.objects.filter(file_was_open()),
        "Person": Person.objects.filter(was_elected()),
        "Membership": Membership.objects.filter(was_elected("person")),
    }
    closed = ~Q(waits_for="") | Q(type__in=("Person", "Membership"), row__isnull=True)
    for type_, rows in open_once.items():
        closed |= Q(~Exists(rows.filter(pk=OuterRef("row"))), type=type_, row__isnull=False)
    return closed


def gone_rows(objects: Sequence[Any]) -> list[Gone]:
    """Lines for objects of `gone_objects`; one query for all titles."""
    titles = _titles(objects)

    def row(known: Any) -> Gone:
        title = titles.get((known.type, known.row), "")
        page = _PAGES.get(known.type) if title else None
        return Gone(
            TYPES.get(known.type, (known.type, ""))[0],
            known.name,
            title,
            reverse(page, args=[known.row]) if page else "",
            known.since,
            known.deleted_at is not None,
            Origin.of(known.source.kind, known.source.address),
        )

    return [row(known) for known in objects]


def _titles(objects: Sequence[Any]) -> dict[tuple[str, int], str]:
    """(type, key of the row) → title, of rows that are public."""
    rows: dict[str, set[int]] = defaultdict(set)
    for known in objects:
        if known.row is not None:
            rows[known.type].add(known.row)
    titled: dict[str, tuple[QuerySet[Any], Any]] = {
        "Organization": (Organization.objects.with_page(), F("name")),
        "Person": (Person.objects.published(), _words("title", "name")),
        "Meeting": (Meeting.objects.published(), _first("name", "occasion", default="Sitzung")),
        "AgendaItem": (
            AgendaItem.objects.published(),
            _words("number", _first("title", default="Ohne Titel")),
        ),
        "Paper": (Paper.objects.published(), _first("name", "reference", default="Vorlage ohne Titel")),
        "File": (File.objects.published(), _first("name", default="Datei ohne Namen")),
    }
    parts = [
        queryset.filter(pk__in=rows[name])
        .order_by()
        .values_list(
            Value(name, CharField()),
            Cast("pk", BigIntegerField()),
            Cast(title, TextField()),
            Cast("start" if name == "Meeting" else Value(None), DateTimeField()),
        )
        for name, (queryset, title) in titled.items()
        if rows[name]
    ]
    if not parts:
        return {}
    found = reduce(lambda first, second: first.union(second, all=True), parts)
    return {
        (name, pk): f"{title} am {german_date(start)}" if start else title for name, pk, title, start in found
    }


def _first(*fields: str, default: str) -> Coalesce:
    """The first of `fields` that is not empty."""
    filled = (NullIf(field, Value(""), output_field=TextField()) for field in fields)
    return Coalesce(*filled, Value(default), output_field=TextField())


def _words(first: str, second: Any) -> Trim:
    return Trim(Concat(first, Value(" "), second, output_field=TextField()))
