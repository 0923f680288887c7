"""What all objects of one answer share: addresses, the reader's wishes, and how values are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from sessions.imports.oparl.records import vendor

Object = dict[str, Any]
"""An OParl object."""

Row = Mapping[str, Any]
"""Columns of a row by name."""

SCHEMA = "https://schema.oparl.org/1.1/"
HEAD = ("pk", "external_id", "source_created_at", "first_imported_at", "imported_at")
"""Columns that every object needs; `SOURCED` with the page at the source, which a Consultation has not."""
SOURCED = (*HEAD, "source_url")


@dataclass(frozen=True, slots=True)
class Context:
    portal: str
    """Address of the portal, without a slash at its end."""
    root: str
    """Address of the System: what every id begins with."""
    names_open: bool = False
    """Whether everybody may see the names of staff."""
    omit_internal: bool = False
    """Whether the reader wants no embedded lists."""

    def id(self, path: str, pk: int | None) -> str | None:
        return None if pk is None else f"{self.root}{path}/{pk}/"

    def ids(self, path: str, pks: list[int]) -> list[str]:
        return [f"{self.root}{path}/{pk}/" for pk in pks]

    def page(self, name: str, pk: int) -> str:
        """Address of a page of the council for people."""
        before, after = _around_key(name)
        return f"{self.portal}{before}{pk}{after}"


@cache
def _around_key(name: str) -> tuple[str, str]:
    """What stands before and behind the key in the address of such a page.

    Asked once per kind of page: Django takes longer for an address than all the rest of an object needs.
    """
    before, _, after = reverse(f"council:{name}", args=[0]).rpartition("0")
    return before, after


def context_of(request: HttpRequest, *, omit_internal: bool = False) -> Context:
    """ids never depend on who asks under which name, once PUBLIC_URL is set; production insists on it."""
    portal = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return Context(
        portal=portal,
        root=portal + reverse("oparl:system"),
        names_open=settings.CITY.employee_names_public,
        omit_internal=omit_internal,
    )


SOURCE_ID, SOURCE_PAGE = vendor("sourceId"), vendor("sourcePage")


def stated(content: Mapping[str, Any]) -> Object:
    """Without what is empty: the standard allows neither null nor "" nor []."""
    return {
        key: value
        for key, value in content.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def moment(value: datetime | None) -> str | None:
    """In the city's time and without fractions of a second, which some clients cannot read."""
    return _written(value) if value else None


@lru_cache(maxsize=4096)
def _written(value: datetime) -> str:
    """Kept, because everything that one run imported has the same moment."""
    return value.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def address(value: str) -> str | None:
    """Only what is one: sources write free text into fields for addresses."""
    return value if value.startswith(("https://", "http://")) else None


def head(context: Context, type_: str, path: str, row: Row) -> Object:
    """What every object begins with. `modified` is our own last change, not that of the source: a client
    that asks what is new here must also learn what came late."""
    return {
        "id": context.id(path, row["pk"]),
        "type": SCHEMA + type_,
        "created": moment(row["source_created_at"] or row["first_imported_at"]),
        "modified": moment(row["imported_at"]),
        SOURCE_ID: row["external_id"],
        SOURCE_PAGE: row.get("source_url"),
    }


def tombstone(context: Context, type_: str, path: str, row: Row) -> Object:
    """What is left of an object that is not public any more."""
    content = head(context, type_, path, row)
    return {key: content[key] for key in ("id", "type", "created", "modified")} | {"deleted": True}
