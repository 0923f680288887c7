"""The agenda of a meeting (to010): the meeting itself and the lines of its agenda."""

from collections import Counter

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.allris import allris_id
from sessions.imports.records import AgendaEntryRecord, AgendaRecord, PageAddress
from sessions.imports.upsert.addresses import page_url
from sessions.imports.upsert.files import put_files
from sessions.imports.upsert.items import line_id, put_item, settle_item
from sessions.imports.upsert.meetings import location_of, numbered_meeting, start_of
from sessions.imports.upsert.organizations import committee_of
from sessions.imports.upsert.page import digest_of, outcome_of, write_page
from sessions.imports.upsert.papers import put_papers
from sessions.imports.writer import RecordError, Writer, columns, named
from sessions.models import AgendaItem, Body, Meeting

MEETING_COLUMNS = {"name": "name", "occasion": "occasion", "state": "state"}


def upsert_agenda(
    record: AgendaRecord, *, address: PageAddress, body: Body, run: ImportRun | None
) -> Outcome:
    """Brings a meeting and the items of its agenda in line with the agenda's page.

    address: knows SILFDNR, where the page itself does not. run: counts the outcome, where there is a run.
    Raises RecordError; then no row of the record was written. An item that is no longer listed stays.
    """
    return write_page(lambda writer: _write(record, address, writer), body, run)


def _write(record: AgendaRecord, address: PageAddress, writer: Writer) -> Outcome:
    number = record.lfdnr if address.meeting is None else address.meeting
    if number is None:
        raise RecordError("The number of the meeting (SILFDNR) is unknown.")
    digest = digest_of(record, address)
    known = named(Meeting, allris_id("si", number))
    if known and known.content_digest == digest:
        return Outcome.UNCHANGED
    listed = [allris_id("to", entry.lfdnr) for entry in record.entries if entry.lfdnr is not None]
    items = AgendaItem.objects.select_related("meeting").filter(external_id__in=listed)
    meeting = numbered_meeting(number, [item.meeting for item in items.order_by("pk")], writer)
    created = meeting._state.adding
    _put_meeting(record, meeting, number, address, writer)
    organization = committee_of(record, writer)
    writer.link(meeting, organization)
    put_files(meeting, record.files, writer)
    for entry, item, external_id in _lines(record, meeting, number, writer):
        page = PageAddress(agenda_item=entry.lfdnr, meeting=number)
        put_item(entry, item, external_id, meeting, page, writer)
        if item.public is not False:
            put_papers(entry.papers, item, organization, writer)
    if writer.written:
        writer.put(meeting, content_digest=digest)
    return outcome_of(writer, created=created)


def _put_meeting(
    record: AgendaRecord, meeting: Meeting, number: int, address: PageAddress, writer: Writer
) -> None:
    start = start_of(meeting, record.date, record.start)
    begins = start.get("start", meeting.start)
    location = location_of(meeting, record.room, record.place, writer)
    cancelled = record.cancelled if record.cancelled or record.state else None
    writer.put(
        meeting,
        body_id=writer.body.pk,
        source_url=page_url(meeting, address.url, "to010", SILFDNR=number),
        # A slip of the pen: no meeting ends before it begins.
        end=record.end if record.end and begins and record.end >= begins else None,
        cancelled=cancelled,
        location_id=location.pk if location else None,
        **start,
        **columns(MEETING_COLUMNS, record),
    )


def _lines(
    record: AgendaRecord, meeting: Meeting, number: int, writer: Writer
) -> list[tuple[AgendaEntryRecord, AgendaItem, str]]:
    """Each line with its row and the name of that. A line with neither page nor number is a heading."""
    lines = []
    seen: Counter[str] = Counter()
    known = list(meeting.agenda_items.order_by("pk"))
    for entry in record.entries:
        if entry.lfdnr is None and not entry.number:
            continue
        seen[entry.number] += 1
        # Where a number is printed twice, the second one is told apart by that.
        printed = entry.number if seen[entry.number] == 1 else f"{entry.number} ({seen[entry.number]})"
        if entry.lfdnr is not None:
            external_id = allris_id("to", entry.lfdnr)
        else:
            # Text copied from a page has no links, but its lines are the same items.
            item = _same_line(entry, known)
            external_id = item.external_id if item else line_id(number, printed)
        known = [item for item in known if item.external_id != external_id]
        lines.append((entry, settle_item(external_id, number, printed, writer), external_id))
    return lines


def _same_line(entry: AgendaEntryRecord, known: list[AgendaItem]) -> AgendaItem | None:
    """The item of this meeting that bears the line's number; of several the one with its title."""
    found = [item for item in known if item.number == entry.number]
    same_title = [item for item in found if item.title == entry.title]
    return next(iter(same_title), found[0] if len(found) == 1 else None)
