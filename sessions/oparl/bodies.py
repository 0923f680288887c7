"""System, Body, LegislativeTerm, Organization, Person, Membership and Location."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min, OuterRef, Value
from django.urls import reverse

from sessions.imports.oparl.records import vendor
from sessions.models import LegislativeTerm, Meeting, Membership, Organization, Paper, Person
from sessions.oparl.context import (
    SCHEMA,
    SOURCED,
    Context,
    Object,
    Row,
    address,
    day,
    head,
    moment,
    stated,
)
from sessions.oparl.public import Rows, named_on_a_page

ORGANIZATION_TYPES = {
    Organization.Type.COUNCIL: "Gremium",
    Organization.Type.COMMITTEE: "Gremium",
    Organization.Type.FACTION: "Fraktion",
    Organization.Type.ADMINISTRATION: "Verwaltungsbereich",
    Organization.Type.OTHER: "Sonstiges",
}
"""The portal's own types in the words of the standard, which knows fewer."""

LOCATION_COLUMNS = (
    *SOURCED, "withdrawn_at", "description", "street_address", "room", "postal_code", "sub_locality",
    "locality", "geojson",
)  # fmt: skip
MEMBERSHIP_COLUMNS = (
    *SOURCED, "person_id", "organization_id", "on_behalf_of_id", "on_behalf_of__withdrawn_at", "role",
    "voting_right", "start_date", "end_date",
)  # fmt: skip

BODY_LISTS = {
    "organization": "organizations",
    "person": "people",
    "meeting": "meetings",
    "paper": "papers",
    "agendaItem": "agenda-items",
    "consultation": "consultations",
    "file": "files",
    "locationList": "locations",
    "legislativeTermList": "legislative-terms",
    "membership": "memberships",
}
"""Key of a Body → last part of the address of the list."""


def system(context: Context) -> Object:
    """The interface itself. It exists since the portal was set up, and changes when the portal does."""
    city = settings.CITY
    since = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"), last=Max("applied"))
    return stated(
        {
            "id": context.root,
            "type": f"{SCHEMA}System",
            "oparlVersion": SCHEMA,
            "body": f"{context.root}bodies/",
            "name": city.portal_name,
            "contactEmail": city.contact.email,
            "contactName": city.contact.name,
            "website": context.portal + reverse("portal:start"),
            "license": address(city.licence_url),
            "created": moment(since["first"]),
            "modified": moment(since["last"]),
        }
    )


def bodies(rows: Rows, context: Context) -> dict[int, Object]:
    """Two queries."""
    found = list(
        rows.values(*SOURCED, "name", "short_name", "ags", "rgs", "website", "classification", "license")
    )
    terms: dict[int, list[Object]] = defaultdict(list)
    if not context.omit_internal:
        of_these = LegislativeTerm.objects.published().filter(body__in=[row["pk"] for row in found])
        for row in of_these.order_by("start_date", "pk").values(*TERM_COLUMNS):
            terms[row["body_id"]].append(_term(context, row, embedded=True))
    return {row["pk"]: _body(context, row, terms[row["pk"]]) for row in found}


def _body(context: Context, row: Row, terms: list[Object]) -> Object:
    city = settings.CITY
    id_ = context.id("body", row["pk"])
    is_the_citys = row["ags"] == city.ags
    content = stated(
        head(context, "Body", "body", row)
        | {
            "system": context.root,
            "name": row["name"],
            "shortName": row["short_name"],
            "website": address(row["website"]),
            "license": address(row["license"]),
            "ags": row["ags"],
            "rgs": row["rgs"],
            "contactEmail": city.contact.email if is_the_citys else None,
            "contactName": city.contact.name if is_the_citys else None,
            "classification": row["classification"],
            "web": context.portal + reverse("council:meetings"),
            # The standard has room for an address only.
            vendor("license"): None if address(row["license"]) else row["license"],
        }
        | {key: f"{id_}{path}/" for key, path in BODY_LISTS.items()}
    )
    # The one list that the standard demands even when it is empty.
    return content if context.omit_internal else content | {"legislativeTerm": terms}


TERM_COLUMNS = (*SOURCED, "body_id", "name", "start_date", "end_date")


def legislative_terms(rows: Rows, context: Context) -> dict[int, Object]:
    return {row["pk"]: _term(context, row, embedded=False) for row in rows.values(*TERM_COLUMNS)}


def _term(context: Context, row: Row, *, embedded: bool) -> Object:
    return stated(
        head(context, "LegislativeTerm", "legislative-term", row)
        | {
            "body": None if embedded else context.id("body", row["body_id"]),
            "name": row["name"],
            "startDate": day(row["start_date"]),
            "endDate": day(row["end_date"]),
        }
    )


def organizations(rows: Rows, context: Context) -> dict[int, Object]:
    """One query."""
    seats = Membership.objects.published().filter(organization=OuterRef("pk")).order_by("pk").values("pk")
    found = rows.annotate(seats=ArraySubquery(seats)).values(
        *(*SOURCED, "body_id", "name", "short_name", "type", "classification", "parent_id"),
        *("parent__withdrawn_at", "start_date", "end_date", "website", "seats"),
        *(f"location__{column}" for column in LOCATION_COLUMNS),
    )
    return {row["pk"]: _organization(context, row) for row in found}


def _organization(context: Context, row: Row) -> Object:
    id_ = context.id("organization", row["pk"])
    has_page = row["type"] != Organization.Type.ADMINISTRATION
    has_parent = row["parent__withdrawn_at"] is None
    return stated(
        head(context, "Organization", "organization", row)
        | {
            "body": context.id("body", row["body_id"]),
            "name": row["name"],
            "shortName": row["short_name"],
            "membership": context.ids("membership", row["seats"]),
            "meeting": f"{id_}meetings/",
            "consultation": f"{id_}consultations/",
            "subOrganizationOf": context.id("organization", row["parent_id"]) if has_parent else None,
            "organizationType": ORGANIZATION_TYPES[row["type"]],
            "classification": row["classification"],
            "startDate": day(row["start_date"]),
            "endDate": day(row["end_date"]),
            "website": address(row["website"]),
            "location": embedded_location(context, row, "location__"),
            "web": context.page("organization", row["pk"]) if has_page else None,
            vendor("type"): row["type"],
        }
    )


def people(rows: Rows, context: Context) -> dict[int, Object]:
    """Two queries. Nothing by which somebody could be reached, and nothing of their private life."""
    found = list(
        rows.values(
            *(*SOURCED, "body_id", "name", "family_name", "given_name", "form_of_address", "title"),
            *("role", "kind"),
        )
    )
    pks = [row["pk"] for row in found]
    with_page = set(Person.objects.filter(named_on_a_page(), pk__in=pks).values_list("pk", flat=True))
    seats: dict[int, list[Object]] = defaultdict(list)
    if not context.omit_internal:
        of_these = Membership.objects.published().filter(person__in=pks)
        for row in of_these.order_by("start_date", "pk").values(*MEMBERSHIP_COLUMNS):
            seats[row["person_id"]].append(_membership(context, row, embedded=True))
    return {
        row["pk"]: stated(
            head(context, "Person", "person", row)
            | {
                "body": context.id("body", row["body_id"]),
                "name": row["name"],
                "familyName": row["family_name"],
                "givenName": row["given_name"],
                "formOfAddress": row["form_of_address"],
                # The standard's `title` is for academic degrees; an office is a status.
                "status": [row["title"]] if row["title"] else None,
                "membership": seats[row["pk"]],
                "web": context.page("person", row["pk"]) if row["pk"] in with_page else None,
                vendor("kind"): row["kind"],
                vendor("role"): row["role"],
                vendor("title"): row["title"],
            }
        )
        for row in found
    }


def memberships(rows: Rows, context: Context) -> dict[int, Object]:
    return {row["pk"]: _membership(context, row, embedded=False) for row in rows.values(*MEMBERSHIP_COLUMNS)}


def _membership(context: Context, row: Row, *, embedded: bool) -> Object:
    sender_is_there = row["on_behalf_of__withdrawn_at"] is None
    return stated(
        head(context, "Membership", "membership", row)
        | {
            "person": None if embedded else context.id("person", row["person_id"]),
            "organization": context.id("organization", row["organization_id"]),
            "role": row["role"],
            "votingRight": row["voting_right"],
            "startDate": day(row["start_date"]),
            "endDate": day(row["end_date"]),
            "onBehalfOf": context.id("organization", row["on_behalf_of_id"]) if sender_is_there else None,
        }
    )


def locations(rows: Rows, context: Context) -> dict[int, Object]:
    """With what they are the place of. Two queries."""
    found = list(rows.values(*LOCATION_COLUMNS))
    pks = [row["pk"] for row in found]
    there = [
        public.filter(**{f"{place}__in": pks})
        .order_by()
        .annotate(kind=Value(kind))
        .values_list("kind", f"{place}", "pk")
        for kind, place, public in (
            ("meetings", "location", Meeting.objects.published()),
            ("organizations", "location", Organization.objects.published()),
            ("papers", "locations", Paper.objects.published()),
        )
    ]
    its: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for kind, place, pk in sorted(there[0].union(*there[1:], all=True)):
        its[kind][place].append(pk)
    return {
        row["pk"]: stated(
            _location(context, row)
            | {
                kind: context.ids(kind.removesuffix("s"), its[kind][row["pk"]])
                for kind in ("meetings", "organizations", "papers")
            }
        )
        for row in found
    }


def embedded_location(context: Context, row: Row, prefix: str) -> Object | None:
    """The place that a row names, from columns that begin with `prefix`; None where there is none."""
    if row[f"{prefix}pk"] is None or row[f"{prefix}withdrawn_at"] is not None:
        return None
    return stated(_location(context, {name: row[f"{prefix}{name}"] for name in LOCATION_COLUMNS}))


def _location(context: Context, row: Row) -> Object:
    return head(context, "Location", "location", row) | {
        "description": row["description"],
        "geojson": _feature(row["geojson"]),
        "streetAddress": row["street_address"],
        "room": row["room"],
        "postalCode": row["postal_code"],
        "subLocality": row["sub_locality"],
        "locality": row["locality"],
    }


def _feature(geojson: Any) -> Object | None:
    """GeoJSON demands `properties` of a feature and allows null there; OParl allows null nowhere."""
    if not isinstance(geojson, Mapping):
        return None
    properties = {"properties": geojson["properties"] or {}} if "properties" in geojson else {}
    return {**geojson, **properties}
