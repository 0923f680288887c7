"""Agenda items, from their own page (to020) or from a line of an agenda."""

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.allris import allris_id
from sessions.imports.identity import agenda_order, key
from sessions.imports.records import AgendaEntryRecord, AgendaItemRecord, PageAddress
from sessions.imports.upsert.addresses import item_url, page_url
from sessions.imports.upsert.meetings import numbered_meeting, start_of
from sessions.imports.upsert.minutes import put_minutes
from sessions.imports.upsert.organizations import committee_of
from sessions.imports.upsert.page import digest_of, outcome_of, write_page
from sessions.imports.upsert.papers import put_papers
from sessions.imports.upsert.stations import tie_waiting
from sessions.imports.writer import RecordError, Writer, columns, named
from sessions.models import AgendaItem, Body, Consultation, Meeting

ITEM_COLUMNS = {
    "result": "result",
    "resolution_text": "resolution",
    "clerk": "clerk",
    "responsible": "responsible",
}
ENTRY_COLUMNS = {"result": "result"}
MEETING_COLUMNS = {"occasion": "occasion"}


def upsert_agenda_item(
    record: AgendaItemRecord, *, address: PageAddress, body: Body, run: ImportRun | None
) -> Outcome:
    """Brings the rows of one agenda item in line with its page.

    address: needs TOLFDNR, knows SILFDNR or not. run: counts the outcome, where there is a run. Raises
    RecordError; then no row of the record was written.
    """
    return write_page(lambda writer: _write(record, address, writer), body, run)


def _write(record: AgendaItemRecord, address: PageAddress, writer: Writer) -> Outcome:
    if address.agenda_item is None:
        raise RecordError("The number of the agenda item (TOLFDNR) is unknown.")
    digest = digest_of(record, address)
    external_id = allris_id("to", address.agenda_item)
    known = AgendaItem.objects.select_related("meeting").filter(external_id=external_id).first()
    if known and known.content_digest == digest:
        return Outcome.UNCHANGED
    item = settle_item(external_id, address.meeting, record.number, writer)
    created = item._state.adding
    organization = committee_of(record, writer)
    meeting = _meeting(record, address, item, writer)
    writer.link(meeting, organization)
    put_item(record, item, external_id, meeting, address, writer)
    if item.public is not False:
        put_papers(record.papers, item, organization, writer)
        put_minutes(record, item, writer)
    if writer.written:
        writer.put(item, content_digest=digest)
    return outcome_of(writer, created=created)


def settle_item(external_id: str, meeting: int | None, number: str, writer: Writer) -> AgendaItem:
    """The item of this name. A line of the agenda that had no page so far becomes it or goes into it.

    meeting: SILFDNR. number: as printed. A new row is not saved yet.
    """
    line = named(AgendaItem, line_id(meeting, number)) if meeting is not None and number else None
    if line is None or line.external_id == external_id:
        return named(AgendaItem, external_id) or line or AgendaItem()
    treated = Consultation.objects.filter(agenda_item__external_id=external_id)
    line.consultations.filter(paper__in=treated.values("paper")).delete()
    return writer.settle(AgendaItem, external_id, line)


def line_id(meeting: int, number: str) -> str:
    """Name of a line of the agenda that has no page: "allris:si:7603:item-N 2"."""
    return f"{allris_id('si', meeting)}:{key(f'item-{number}')}"


def put_item(
    record: AgendaItemRecord | AgendaEntryRecord,
    item: AgendaItem,
    external_id: str,
    meeting: Meeting,
    address: PageAddress,
    writer: Writer,
) -> None:
    """The item's own row; of a closed item its number and title. What papers said of it is tied to it."""
    public = item.public if record.public is None else record.public
    table = ITEM_COLUMNS if isinstance(record, AgendaItemRecord) else ENTRY_COLUMNS
    values = {} if public is False else columns(table, record)
    if record.title and not _is_cut_of(record, item):
        values |= {"title": record.title, "title_cut": record.title_cut}
    writer.put(
        item,
        external_id=external_id,
        meeting_id=meeting.pk,
        number=record.number,
        order=agenda_order(record.number) or None,
        public=record.public,
        source_url=item_url(address, item),
        **values,
    )
    tie_waiting(item, writer)


def _is_cut_of(record: AgendaItemRecord | AgendaEntryRecord, item: AgendaItem) -> bool:
    """The page prints a cut title, and the whole one is known."""
    stem = record.title.rstrip(".… ")
    return record.title_cut and bool(item.title) and not item.title_cut and item.title.startswith(stem)


def _meeting(record: AgendaItemRecord, address: PageAddress, item: AgendaItem, writer: Writer) -> Meeting:
    """The item's meeting: by its number, else the one the item has, else a provisional one for this item."""
    known = None if item._state.adding else item.meeting
    source_url = ""
    if address.meeting is None:
        meeting = known or Meeting(external_id=f"{allris_id('to', address.agenda_item or 0)}:meeting")
    else:
        meeting = numbered_meeting(address.meeting, [known], writer)
        source_url = page_url(meeting, "", "to010", SILFDNR=address.meeting)
    writer.put(
        meeting,
        body_id=writer.body.pk,
        source_url=source_url,
        **start_of(meeting, record.date, record.start),
        **columns(MEETING_COLUMNS, record),
    )
    return meeting
