"""Committees, units of the administration and parliamentary groups that a page prints."""

from django.conf import settings

from sessions.imports.allris import allris_id
from sessions.imports.identity import key
from sessions.imports.records import AgendaItemRecord, AgendaRecord, StationRecord
from sessions.imports.upsert.addresses import allris_url
from sessions.imports.writer import Writer, named
from sessions.models import Body, Organization

Type = Organization.Type


def committee_of(
    record: AgendaItemRecord | AgendaRecord | StationRecord, writer: Writer
) -> Organization | None:
    """The committee that the page prints; None where it prints none."""
    name, number = record.organization, record.organization_lfdnr
    if not name:
        return named(Organization, allris_id("gr", number)) if number is not None else None
    named_id = key("organization", writer.body.ags, name)
    if number is None:
        known = _only_one(writer.body, name, Type.COUNCIL, Type.COMMITTEE)
        row = known or named(Organization, named_id) or Organization()
        external_id = row.external_id or named_id
        source_url = ""
    else:
        external_id = allris_id("gr", number)
        row = writer.settle(Organization, external_id, named(Organization, named_id))
        source_url = allris_url("gr020", GRLFDNR=number)
    if row._state.adding:
        row.type = _committee_type(name)
    writer.put(row, external_id=external_id, body_id=writer.body.pk, name=name, source_url=source_url)
    return row


def organization_of_type(name: str, kind: Organization.Type, writer: Writer) -> Organization | None:
    """The unit or group of this name, which pages never number; None where no name is printed."""
    if not name:
        return None
    named_id = key("organization", writer.body.ags, name)
    row = _only_one(writer.body, name, kind) or named(Organization, named_id)
    if row is None:
        row = Organization(type=kind)
        writer.put(row, external_id=named_id, body_id=writer.body.pk, name=name)
    return row


def _only_one(body: Body, name: str, *kinds: Organization.Type) -> Organization | None:
    """The organization of this name, if there is one and not several (of two terms of office, say)."""
    rows = Organization.objects.filter(body=body, name=name, type__in=kinds, withdrawn_at=None)[:2]
    return rows[0] if len(rows) == 1 else None


def _committee_type(name: str) -> Organization.Type:
    is_council = name in ("Rat", f"Rat {settings.CITY.name_genitive}")
    return Type.COUNCIL if is_council else Type.COMMITTEE
