"""The only writer of council records: frozen records in, rows out, and nothing twice.

What holds for every record:

- One agenda item with all that its page says is one transaction: it goes in completely or not at all.
- A page that says what it said before writes no row.
- What a page does not state ("" or None) never erases what another page stated, and nothing is deleted
  because it was absent once. Paragraphs, motions and votes that the minutes no longer hold are marked.
- A row keeps its primary key when its source's number becomes known later (sessions.imports.identity).
- Content goes in from public items only. Of a closed item its number and title are kept, which no page of
  the portal shows; of an item whose publicity is unknown everything but new papers, because a paper has a
  page of its own.
- A record that was marked as withdrawn stays so: a saved page proves nothing about today.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, time
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from portal.imports import Outcome, count, one_writer
from portal.models import ImportRun
from sessions.imports.allris import allris_id
from sessions.imports.identity import agenda_order, identify, is_provisional, key, people_of_meeting
from sessions.imports.records import AgendaItemRecord, PageAddress, PaperRecord, SpeakerRecord
from sessions.imports.writer import RecordError, Writer, columns, is_stated, named
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)

__all__ = ["RecordError", "city_body", "upsert_agenda_item"]

RULES = 1
"""Raise this when the same record shall give other rows: pages that did not change are then read again."""

# --- What is copied to which column: column of the row, field of the record -------------------
ITEM_COLUMNS = {
    "result": "result",
    "resolution_text": "resolution",
    "clerk": "clerk",
    "responsible": "responsible",
}
MEETING_COLUMNS = {"occasion": "occasion"}
PAPER_COLUMNS = {"reference": "reference", "name": "name", "paper_type": "paper_type"}
FILE_COLUMNS = {
    "position": "position",
    "name": "name",
    "role": "role",
    "public": "public",
    "size": "size",
    "size_printed": "size_printed",
}
CONTRIBUTION_COLUMNS = {"kind": "kind", "text": "text"}
MOTION_COLUMNS = {"kind": "kind", "wording": "wording"}
VOTE_COLUMNS = {
    "on": "on",
    "result": "result",
    "majority": "majority",
    "yes": "yes",
    "no": "no",
    "abstain": "abstain",
    "phrase": "phrase",
}
# A paragraph, motion or vote is the same as before when it agrees in these columns.
SAME_CONTRIBUTION = ("text",)
SAME_MOTION = tuple(MOTION_COLUMNS)
SAME_VOTE = tuple(VOTE_COLUMNS)

FindPerson = Callable[[SpeakerRecord | None], Person | None]


def city_body() -> Body:
    """The city that runs this portal as a Body; made or brought up to date when the settings say so."""
    city = settings.CITY
    with transaction.atomic():
        one_writer()
        external_id = key("body", city.ags)
        body = named(Body, external_id) or Body()
        Writer(body).put(
            body,
            external_id=external_id,
            name=city.name,
            short_name=city.short_name,
            ags=city.ags,
            website=city.website,
            source_url=city.website,
        )
    return body


def upsert_agenda_item(
    record: AgendaItemRecord, *, address: PageAddress, body: Body, run: ImportRun | None
) -> Outcome:
    """Brings the rows of one agenda item in line with its page.

    address: needs TOLFDNR, knows SILFDNR or not. run: counts the outcome, where there is a run. Raises
    RecordError; then no row of the record was written.
    """
    try:
        with transaction.atomic():
            one_writer()
            outcome = _write(record, address, Writer(body))
    except (DataError, IntegrityError) as error:
        raise RecordError(f"The database refuses the record: {str(error).splitlines()[0]}") from error
    if run is not None:
        count(run, outcome)
    return outcome


def _write(record: AgendaItemRecord, address: PageAddress, writer: Writer) -> Outcome:
    digest = _digest(record, address)
    item = AgendaItem.objects.select_related("meeting").filter(external_id=_item_id(address)).first()
    if item and item.content_digest == digest:
        return Outcome.UNCHANGED
    created = item is None
    item = item or AgendaItem()
    organization = _organization(record, writer)
    meeting = _meeting(record, address, item, writer)
    writer.link(meeting, organization)
    _item(record, address, item, meeting, writer)
    if item.public is not False:
        _papers(record.papers, item, organization, writer)
        _minutes(record, item, writer)
    if writer.written:
        writer.put(item, content_digest=digest)
    if created:
        return Outcome.CREATED
    return Outcome.CHANGED if writer.written else Outcome.UNCHANGED


def _digest(record: AgendaItemRecord, address: PageAddress) -> str:
    """Fingerprint of what a page says. Raises RecordError for characters that no database can store."""
    said = json.dumps([RULES, asdict(record), asdict(address)], default=str, ensure_ascii=False)
    try:
        return sha256(said.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise RecordError("The record holds a character that is none (a lone surrogate).") from error


# --- Item, meeting, committee -----------------------------------------------------------------
def _item(
    record: AgendaItemRecord, address: PageAddress, item: AgendaItem, meeting: Meeting, writer: Writer
) -> None:
    public = item.public if record.public is None else record.public
    values = {} if public is False else columns(ITEM_COLUMNS, record)
    if not _is_cut_of(record, item):
        values |= {"title": record.title, "title_cut": record.title_cut}
    writer.put(
        item,
        external_id=_item_id(address),
        meeting_id=meeting.pk,
        number=record.number,
        order=agenda_order(record.number) or None,
        public=record.public,
        source_url=_item_url(address, item),
        **values,
    )


def _item_id(address: PageAddress) -> str:
    if address.agenda_item is None:
        raise RecordError("The number of the agenda item (TOLFDNR) is unknown.")
    return allris_id("to", address.agenda_item)


def _is_cut_of(record: AgendaItemRecord, item: AgendaItem) -> bool:
    """The page prints a cut title, and the whole one is known."""
    stem = record.title.rstrip(".… ")
    return record.title_cut and bool(item.title) and not item.title_cut and item.title.startswith(stem)


def _meeting(record: AgendaItemRecord, address: PageAddress, item: AgendaItem, writer: Writer) -> Meeting:
    """The item's meeting: by its number, else the one the item has, else a provisional one for this item."""
    known = None if item._state.adding else item.meeting
    if address.meeting is None:
        meeting = known or Meeting()
        external_id = meeting.external_id or f"{_item_id(address)}:meeting"
        source_url = ""
    else:
        external_id = allris_id("si", address.meeting)
        provisional = known if known and is_provisional(known.external_id) else None
        meeting = _settle_meeting(external_id, provisional, writer)
        source_url = allris_url("to010", SILFDNR=address.meeting)
    writer.put(
        meeting,
        external_id=external_id,
        body_id=writer.body.pk,
        source_url=source_url,
        **_start(record, meeting),
        **columns(MEETING_COLUMNS, record),
    )
    return meeting


def _settle_meeting(external_id: str, provisional: Meeting | None, writer: Writer) -> Meeting:
    """As `settle`; people known in the provisional meeting only are then known in the real one only."""
    old = provisional.pk if provisional else None
    meeting = writer.settle(Meeting, external_id, provisional)
    if old is not None and old != meeting.pk:
        begin = people_of_meeting(old)
        for person in Person.objects.filter(external_id__startswith=begin):
            renamed = people_of_meeting(meeting.pk) + person.external_id.removeprefix(begin)
            writer.put(writer.settle(Person, renamed, person), external_id=renamed)
    return meeting


def _start(record: AgendaItemRecord, meeting: Meeting) -> dict[str, Any]:
    """When the meeting begins; a page without a time does not erase the time another page printed."""
    if record.start:
        return {"start": record.start, "start_has_time": True}
    if meeting.start and meeting.start_has_time and timezone.localdate(meeting.start) == record.date:
        return {}
    midnight = timezone.make_aware(datetime.combine(record.date, time()))
    return {"start": midnight, "start_has_time": False}


def _organization(record: AgendaItemRecord, writer: Writer) -> Organization | None:
    """The committee that the page prints; None where it prints none."""
    name, number = record.organization, record.organization_lfdnr
    if not name:
        return named(Organization, allris_id("gr", number)) if number is not None else None
    named_id = key("organization", writer.body.ags, name)
    if number is None:
        row = _only_committee(writer.body, name) or named(Organization, named_id) or Organization()
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


def _only_committee(body: Body, name: str) -> Organization | None:
    """The committee of this name, if there is one and not several (of two terms of office, say)."""
    kinds = (Organization.Type.COUNCIL, Organization.Type.COMMITTEE)
    rows = Organization.objects.filter(body=body, name=name, type__in=kinds, withdrawn_at=None)[:2]
    return rows[0] if len(rows) == 1 else None


def _committee_type(name: str) -> Organization.Type:
    is_council = name in ("Rat", f"Rat {settings.CITY.name_genitive}")
    return Organization.Type.COUNCIL if is_council else Organization.Type.COMMITTEE


# --- Papers -----------------------------------------------------------------------------------
def _papers(
    records: Iterable[PaperRecord], item: AgendaItem, organization: Organization | None, writer: Writer
) -> None:
    for position, record in enumerate(records, start=1):
        provisional_id = f"{item.external_id}:paper-{position}"
        paper = _known_paper(record, provisional_id, writer)
        # Who may see the item is who may learn of its papers; a new one needs an item that is public.
        if item.public:
            paper = _put_paper(record, paper, provisional_id, writer)
        if paper:
            _consultation(paper, item, organization, writer)


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
    stations = Consultation.objects.filter(paper=row, agenda_item=OuterRef("agenda_item"))
    Consultation.objects.filter(Exists(stations), paper=provisional).delete()
    for file in provisional.files.all():
        external_id = _file_id(row, file.position)
        writer.put(writer.settle(File, external_id, file), external_id=external_id, paper_id=row.pk)
    writer.absorb(row, provisional)
    return row


def _put_paper(record: PaperRecord, paper: Paper | None, provisional_id: str, writer: Writer) -> Paper:
    new = paper is None
    paper = paper or Paper()
    external_id, source_url = paper.external_id or provisional_id, ""
    if record.reference and is_provisional(external_id):
        external_id = key("reference", writer.body.ags, record.reference)
    if record.lfdnr is not None:
        external_id = allris_id("vo", record.lfdnr)
        source_url = allris_url("vo020", VOLFDNR=record.lfdnr)
    writer.put(
        paper,
        external_id=external_id,
        body_id=writer.body.pk,
        # Who closed a paper by hand did it for a reason.
        public=True if new else None,
        source_url=source_url,
        **columns(PAPER_COLUMNS, record),
    )
    for file in record.files:
        external_id = _file_id(paper, file.position)
        writer.put(
            writer.settle(File, external_id),
            external_id=external_id,
            paper_id=paper.pk,
            access_url=_web_address(file.url),
            **columns(FILE_COLUMNS, file),
        )
    return paper


def _file_id(paper: Paper, position: int) -> str:
    """Files have no number that lasts: ALLRIS gives them one per visit. The place among the files lasts."""
    return key("paper", str(paper.pk), f"file-{position}")


def _consultation(paper: Paper, item: AgendaItem, organization: Organization | None, writer: Writer) -> None:
    """Ties the paper to the item and its meeting; a tie that is there follows the item only."""
    station = Consultation.objects.filter(paper=paper, agenda_item=item).first()
    if station is None:
        external_id = key("consultation", str(item.pk), str(paper.pk))
        station = Consultation(external_id=external_id, paper=paper, agenda_item=item)
    if station.meeting_id != item.meeting_id:
        station.meeting_id = item.meeting_id
        station.save()
        writer.written += 1
    writer.link(station, organization)


# --- Minutes ----------------------------------------------------------------------------------
def _minutes(record: AgendaItemRecord, item: AgendaItem, writer: Writer) -> None:
    """Paragraphs, motions and votes. A page without minutes leaves those of another page alone."""
    find_person = _people(item, writer)

    def is_replaced(row: Motion | Vote) -> bool:
        in_minutes = row.contribution_id is not None
        return bool(record.contributions if in_minutes else record.result or record.resolution)

    paragraphs: dict[int | None, int] = {}
    if record.contributions:
        contributions = writer.align(
            Contribution,
            item,
            [
                columns(CONTRIBUTION_COLUMNS, entry) | _speaker(entry.speaker, find_person)
                for entry in record.contributions
            ],
            same=SAME_CONTRIBUTION,
            is_replaced=lambda row: True,
        )
        paragraphs |= _keys_by_position(record.contributions, contributions)
    motions = writer.align(
        Motion,
        item,
        [
            columns(MOTION_COLUMNS, entry)
            | {
                "mover_id": getattr(find_person(entry.mover), "pk", None),
                "contribution_id": paragraphs.get(entry.contribution),
            }
            for entry in record.motions
        ],
        same=SAME_MOTION,
        is_replaced=is_replaced,
    )
    motion_keys = _keys_by_position(record.motions, motions)
    writer.align(
        Vote,
        item,
        [
            columns(VOTE_COLUMNS, entry.decision)
            | {
                "majority": entry.decision.majority or "",
                "motion_id": motion_keys.get(entry.motion),
                "contribution_id": paragraphs.get(entry.contribution),
            }
            for entry in record.votes
        ],
        same=SAME_VOTE,
        is_replaced=is_replaced,
    )


def _keys_by_position(records: Iterable[Any], rows: Iterable[Contribution | Motion]) -> dict[int | None, int]:
    """Primary keys of rows by the position that their record has on the page."""
    return {record.position: row.pk for record, row in zip(records, rows, strict=True)}


def _people(item: AgendaItem, writer: Writer) -> FindPerson:
    """Finds or makes the person who speaks; asked twice for the same one it asks the database once."""
    rows: dict[str, Person] = {}

    def find(speaker: SpeakerRecord | None) -> Person | None:
        who = speaker and identify(speaker, body=writer.body.ags, meeting=item.meeting_id)
        if not who:
            return None
        if who.external_id not in rows:
            row = named(Person, who.external_id) or Person()
            # What a person was called first stays, or two pages would take turns in renaming them.
            missing = {
                name: value
                for name, value in asdict(who).items()
                if row._state.adding or not is_stated(getattr(row, name))
            }
            writer.put(row, body_id=writer.body.pk, **missing)
            rows[who.external_id] = row
        return rows[who.external_id]

    return find


def _speaker(speaker: SpeakerRecord | None, find_person: FindPerson) -> dict[str, Any]:
    person = find_person(speaker)
    if person or speaker is None:
        return {"speaker_id": getattr(person, "pk", None), "speaker_role": ""}
    return {"speaker_id": None, "speaker_role": speaker.role or speaker.title}


# --- Addresses --------------------------------------------------------------------------------
def allris_url(page: str, **numbers: int | None) -> str:
    """The official page "to020", "to010" … with these numbers; "" where the city names no address."""
    start = settings.CITY.allris_url.rstrip("/")
    known = {name: number for name, number in numbers.items() if number is not None}
    return f"{start}/{page}?{urlencode(known)}" if start and known else ""


def _item_url(address: PageAddress, item: AgendaItem) -> str:
    """The item's official page: an address elsewhere as it was given, else the one the city's system has.

    Addresses of the city's own system come in many forms; they are stored in one, so that a page saved
    under another form does not count as changed. "" where nothing better than the known one is known.
    """
    given = _web_address(address.url)
    if given and not _is_own_address(given):
        return given
    if item.source_url and (address.meeting is None or not _is_own_address(item.source_url)):
        return ""
    return allris_url("to020", SILFDNR=address.meeting, TOLFDNR=address.agenda_item)


def _is_own_address(url: str) -> bool:
    start = settings.CITY.allris_url.rstrip("/")
    return bool(start) and url.startswith(f"{start}/")


def _web_address(url: str) -> str:
    """The address if it is one that a link may have, else ""."""
    return url if url.startswith(("https://", "http://")) else ""
