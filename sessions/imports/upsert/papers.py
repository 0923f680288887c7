"""Papers: as an agenda or an agenda item names them, and as their own page (vo020) describes them."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.allris import allris_id
from sessions.imports.identity import is_provisional, key
from sessions.imports.records import PageAddress, PaperPageRecord, PaperRecord
from sessions.imports.upsert.addresses import page_url
from sessions.imports.upsert.files import move_files, put_files
from sessions.imports.upsert.organizations import organization_of_type
from sessions.imports.upsert.page import ClosedError, digest_of, outcome_of, write_page
from sessions.imports.upsert.stations import merge_stations, put_stations, tie
from sessions.imports.writer import RecordError, Writer, columns, is_stated, named
from sessions.models import AgendaItem, Body, Organization, Paper

PAPER_COLUMNS = {"reference": "reference", "name": "name", "paper_type": "paper_type"}


def upsert_paper(
    record: PaperPageRecord, *, address: PageAddress, body: Body, run: ImportRun | None
) -> Outcome:
    """Brings the rows of one paper in line with its own page.

    address: knows VOLFDNR or not; where neither it nor the page does, the paper's reference names it. run:
    counts the outcome, where there is a run. Raises RecordError, and ClosedError for a paper that is not
    here and that the page does not call public; then no row of the record was written.
    """
    return write_page(lambda writer: _write(record, address, writer), body, run)


def _write(record: PaperPageRecord, address: PageAddress, writer: Writer) -> Outcome:
    number = record.paper.lfdnr if address.paper is None else address.paper
    said = replace(record.paper, lfdnr=number)
    if number is None and not said.reference:
        raise RecordError("Neither the number of the paper (VOLFDNR) nor its reference is known.")
    digest = digest_of(record, address)
    paper = _known_paper(said, "", writer)
    if paper and paper.content_digest == digest and not writer.written:
        return Outcome.UNCHANGED
    created = paper is None
    if paper is None and not record.public:
        raise ClosedError("The page does not say that the paper is public; nothing of it was stored.")
    if paper is not None and record.public is False:
        writer.put(paper, public=False)
        return outcome_of(writer, created=False)
    paper = _put_paper(said, paper, "", writer, own_page=record, given=address.url)
    _direct(paper, record.responsible, writer)
    put_stations(record.stations, paper, writer)
    if writer.written:
        writer.put(paper, content_digest=digest)
    return outcome_of(writer, created=created)


def _direct(paper: Paper, name: str, writer: Writer) -> None:
    """The unit in charge; another one that a page named before gives way, one of another source does not."""
    unit = organization_of_type(name, Organization.Type.ADMINISTRATION, writer)
    if unit is None:
        return
    for other in paper.under_direction_of.exclude(pk=unit.pk):
        if is_provisional(other.external_id):
            paper.under_direction_of.remove(other)
            writer.written += 1
    if not paper.under_direction_of.filter(pk=unit.pk).exists():
        paper.under_direction_of.add(unit)
        writer.written += 1


def put_papers(
    records: Iterable[PaperRecord], item: AgendaItem, organization: Organization | None, writer: Writer
) -> None:
    """The papers of an agenda item, as its page or its agenda lists them."""
    for position, record in enumerate(records, start=1):
        provisional_id = f"{item.external_id}:paper-{position}"
        if is_provisional(item.external_id) and record.lfdnr is None and not record.reference:
            # The item will have another name, so this one would not be found again.
            continue
        paper = _known_paper(record, provisional_id, writer)
        # Who may see the item is who may learn of its papers; a new one needs an item that is public.
        if item.public:
            paper = _put_paper(record, paper, provisional_id, writer)
        if paper:
            tie(paper, item, organization, writer)


def _known_paper(record: PaperRecord, provisional_id: str, writer: Writer) -> Paper | None:
    """The row of a paper: by its number, its reference, or its place on the page; several become one.

    Raises RecordError where the reference belongs to another number.
    """
    paper = named(Paper, provisional_id)
    if record.reference:
        paper = _settle_paper(_by_reference(record.reference, writer.body), paper, writer)
    if record.lfdnr is not None:
        number_id = allris_id("vo", record.lfdnr)
        if paper and not is_provisional(paper.external_id) and paper.external_id != number_id:
            raise RecordError(
                f"Paper {record.reference} is {paper.external_id}, but this page calls it {number_id}."
            )
        paper = _settle_paper(named(Paper, number_id), paper, writer)
    return paper


def _by_reference(reference: str, body: Body) -> Paper | None:
    """The paper with this official number, rather one that still stands than one that was withdrawn."""
    papers = Paper.objects.filter(body=body, reference=reference)
    return papers.order_by(F("withdrawn_at").desc(nulls_first=True)).first()


def _settle_paper(row: Paper | None, provisional: Paper | None, writer: Writer) -> Paper | None:
    """One row of the two: the provisional one goes into the other, with its files and its consultations."""
    if row is None or provisional is None or row.pk == provisional.pk:
        return row or provisional
    merge_stations(row, provisional)
    move_files(row, provisional, writer)
    writer.absorb(row, provisional)
    return row


def _put_paper(
    record: PaperRecord,
    paper: Paper | None,
    provisional_id: str,
    writer: Writer,
    own_page: PaperPageRecord | None = None,
    given: str = "",
) -> Paper:
    """own_page, given: where this is the paper's own page, what it says and where it was found."""
    new = paper is None
    paper = paper or Paper()
    external_id, source_url = paper.external_id or provisional_id, ""
    if record.reference and (not external_id or is_provisional(external_id)):
        external_id = key("reference", writer.body.ags, record.reference)
    if record.lfdnr is not None:
        external_id = allris_id("vo", record.lfdnr)
        source_url = page_url(paper, given, "vo020", VOLFDNR=record.lfdnr)
    values = columns(PAPER_COLUMNS, record)
    if own_page:
        values["date"] = own_page.day
    elif paper.content_digest:
        # The paper's own page knows better than one that only names it.
        values = {name: value for name, value in values.items() if not is_stated(getattr(paper, name))}
    writer.put(
        paper,
        external_id=external_id,
        body_id=writer.body.pk,
        # Who closed a paper by hand did it for a reason.
        public=True if new else None,
        source_url=source_url,
        **values,
    )
    put_files(paper, record.files, writer)
    return paper
