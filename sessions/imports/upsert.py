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
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from portal.imports import Outcome, count, one_writer
from portal.models import ImportRun, Sourced
from sessions.imports.allris import allris_id
from sessions.imports.identity import agenda_order, identify, key, people_of_meeting
from sessions.imports.records import AgendaItemRecord, PageAddress, PaperRecord, SpeakerRecord
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

RULES = 1
"""Raise this when the same record shall give other rows: pages that did not change are then read again."""

# --- What is copied to which column -----------------------------------------------------------
# Column of the row on the left, field of the record on the right.
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
SAME_MOTION = ("kind", "wording")
SAME_VOTE = tuple(VOTE_COLUMNS)

_PARKED = 1_000_000
"""Rows that change places wait beyond every real position, because two may not have the same one."""
_BATCH = 500

Row = TypeVar("Row", bound=Sourced)
Line = TypeVar("Line", Contribution, Motion, Vote)


class RecordError(ValueError):
    """A record that cannot be stored. Its message is one sentence: what is wrong, what to do."""


def city_body() -> Body:
    """The city that runs this portal as a Body; made or brought up to date when the settings say so."""
    city = settings.CITY
    with transaction.atomic():
        one_writer()
        external_id = key("body", city.ags)
        body = _named(Body, external_id) or Body()
        _Writer(body).put(
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
            outcome = _write_item(record, address, _Writer(body))
    except (DataError, IntegrityError) as error:
        raise RecordError(f"The database refuses the record: {str(error).splitlines()[0]}") from error
    if run is not None:
        count(run, outcome)
    return outcome


class _Writer:
    """Writes rows where something is new, and knows how many it wrote."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.now = timezone.now()
        self.written = 0

    def put(self, row: Sourced, **values: Any) -> None:
        """Copies what is stated into the row and saves it, if it is new or anything differs."""
        changed = [
            name for name, value in values.items() if _is_stated(value) and getattr(row, name) != value
        ]
        for name in changed:
            setattr(row, name, values[name])
        if row._state.adding:
            check_lengths(row)
            # Without force_insert a row whose key is taken would silently replace the other.
            row.save(force_insert=True)
        elif changed:
            check_lengths(row)
            row.save(update_fields=[*changed, "imported_at"])
        else:
            return
        self.written += 1

    def link(self, row: Meeting | Consultation, organization: Organization | None) -> None:
        """Adds a committee to a meeting or to a station of a paper."""
        if organization and not row.organizations.filter(pk=organization.pk).exists():
            row.organizations.add(organization)
            self.written += 1

    def absorb(self, row: Row, other: Row) -> None:
        """Everything that points to `other` points to `row` from now on; `other` is gone.

        For a makeshift row whose real one turns out to be there already.
        """
        for relation in other._meta.related_objects:
            column = relation.field.name
            owners = relation.related_model._base_manager.filter(**{column: other})
            if relation.many_to_many:
                for owner in owners:
                    getattr(owner, column).add(row)
            else:
                owners.update(**{column: row})
        for field in other._meta.many_to_many:
            getattr(row, field.name).add(*getattr(other, field.name).all())
        missing = {
            field.attname: getattr(other, field.attname)
            for field in other._meta.concrete_fields
            if field.name not in ("id", "content_digest", "withdrawn_at")
            and not _is_stated(getattr(row, field.attname))
        }
        other.delete()
        self.written += 1
        self.put(row, **missing)

    def settle(self, model: type[Row], external_id: str, makeshift: Row | None = None) -> Row:
        """The row that shall be called `external_id`; a makeshift row becomes it or goes into it.

        A new row is not saved yet: `put` does that and gives it its name.
        """
        row = _named(model, external_id)
        if row is None:
            return makeshift or model()
        if makeshift is not None and makeshift.pk != row.pk:
            self.absorb(row, makeshift)
        return row


def _write_item(record: AgendaItemRecord, address: PageAddress, writer: _Writer) -> Outcome:
    digest = _digest(record, address)
    item = AgendaItem.objects.select_related("meeting").filter(external_id=_item_id(address)).first()
    if item and item.content_digest == digest:
        return Outcome.UNCHANGED
    created = item is None
    item = item or AgendaItem()
    organization = _organization(record, writer)
    meeting = _meeting(record, address, item, organization, writer)
    _item(record, address, item, meeting, writer)
    if item.public is not False:
        _papers(record.papers, item, organization, writer)
        _minutes(record, item, writer)
    if writer.written:
        writer.put(item, content_digest=digest)
    if created:
        return Outcome.CREATED
    return Outcome.CHANGED if writer.written else Outcome.UNCHANGED


# --- Item, meeting, committee -----------------------------------------------------------------
def _item_id(address: PageAddress) -> str:
    if address.agenda_item is None:
        raise RecordError("The number of the agenda item (TOLFDNR) is unknown.")
    return allris_id("to", address.agenda_item)


def _item(
    record: AgendaItemRecord, address: PageAddress, item: AgendaItem, meeting: Meeting, writer: _Writer
) -> None:
    public = item.public if record.public is None else record.public
    values = {} if public is False else _columns(ITEM_COLUMNS, record)
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


def _is_cut_of(record: AgendaItemRecord, item: AgendaItem) -> bool:
    """The page prints a cut title, and the whole one is known."""
    stem = record.title.rstrip(".… ")
    return record.title_cut and bool(item.title) and not item.title_cut and item.title.startswith(stem)


def _meeting(
    record: AgendaItemRecord,
    address: PageAddress,
    item: AgendaItem,
    organization: Organization | None,
    writer: _Writer,
) -> Meeting:
    """The item's meeting: by its number, else the one the item has, else a makeshift one for this item."""
    known = None if item._state.adding else item.meeting
    makeshift_id = f"{_item_id(address)}:meeting"
    if address.meeting is None:
        meeting = known or Meeting()
        external_id = known.external_id if known else makeshift_id
        source_url = ""
    else:
        makeshift = known if known and known.external_id == makeshift_id else None
        external_id = allris_id("si", address.meeting)
        meeting = _settle_meeting(external_id, makeshift, writer)
        source_url = allris_url("to010", SILFDNR=address.meeting)
    writer.put(
        meeting,
        external_id=external_id,
        body_id=writer.body.pk,
        source_url=source_url,
        **_start(record, meeting),
        **_columns(MEETING_COLUMNS, record),
    )
    writer.link(meeting, organization)
    return meeting


def _settle_meeting(external_id: str, makeshift: Meeting | None, writer: _Writer) -> Meeting:
    """As `settle`; people known in the makeshift meeting only are then known in the real one only."""
    old = makeshift.pk if makeshift else None
    meeting = writer.settle(Meeting, external_id, makeshift)
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


def _organization(record: AgendaItemRecord, writer: _Writer) -> Organization | None:
    """The committee that the page prints; None where it prints none."""
    name, number = record.organization, record.organization_lfdnr
    if not name:
        return _named(Organization, allris_id("gr", number)) if number is not None else None
    council = name in ("Rat", f"Rat {settings.CITY.name_genitive}")
    named_id = key("organization", writer.body.ags, name)
    if number is None:
        external_id = ""
        row = _only_committee(writer.body, name) or _named(Organization, named_id) or Organization()
    else:
        external_id = allris_id("gr", number)
        row = writer.settle(Organization, external_id, _named(Organization, named_id))
    writer.put(
        row,
        external_id=external_id or row.external_id or named_id,
        body_id=writer.body.pk,
        name=name,
        type="" if row.external_id else Organization.Type.COUNCIL if council else Organization.Type.COMMITTEE,
        source_url=allris_url("gr020", GRLFDNR=number) if number is not None else "",
    )
    return row


def _only_committee(body: Body, name: str) -> Organization | None:
    """The committee of this name, if there is one and not several (of two terms of office, say)."""
    kinds = (Organization.Type.COUNCIL, Organization.Type.COMMITTEE)
    rows = Organization.objects.filter(body=body, name=name, type__in=kinds, withdrawn_at=None)[:2]
    return rows[0] if len(rows) == 1 else None


# --- Papers -----------------------------------------------------------------------------------
def _papers(
    records: Iterable[PaperRecord], item: AgendaItem, organization: Organization | None, writer: _Writer
) -> None:
    for position, record in enumerate(records, start=1):
        paper = _paper(record, f"{item.external_id}:paper-{position}", item, writer)
        if paper:
            _consultation(paper, item, organization, writer)


def _paper(record: PaperRecord, makeshift_id: str, item: AgendaItem, writer: _Writer) -> Paper | None:
    """The paper: by its number, its reference, or as the one paper without either at this place.

    Raises RecordError where the reference belongs to another number.
    """
    reference_id = key("reference", writer.body.ags, record.reference) if record.reference else ""
    number_id = allris_id("vo", record.lfdnr) if record.lfdnr is not None else ""
    paper = _named(Paper, makeshift_id)
    if reference_id:
        paper = _settle_paper(_by_reference(record.reference, reference_id, writer.body), paper, writer)
    if number_id:
        if paper and paper.external_id.startswith("allris:vo:") and paper.external_id != number_id:
            raise RecordError(
                f"Paper {record.reference} is {paper.external_id}, but this page calls it {number_id}."
            )
        paper = _settle_paper(_named(Paper, number_id), paper, writer)
    if item.public is not True:
        return paper
    new = paper is None
    paper = paper or Paper()
    known_id = paper.external_id if paper.external_id.startswith("allris:vo:") else ""
    writer.put(
        paper,
        external_id=number_id or known_id or reference_id or paper.external_id or makeshift_id,
        body_id=writer.body.pk,
        public=True if new else None,
        source_url=allris_url("vo020", VOLFDNR=record.lfdnr) if record.lfdnr is not None else "",
        **_columns(PAPER_COLUMNS, record),
    )
    for file in record.files:
        external_id = _file_id(paper, file.position)
        writer.put(
            writer.settle(File, external_id),
            external_id=external_id,
            paper_id=paper.pk,
            access_url=_web_address(file.url),
            **_columns(FILE_COLUMNS, file),
        )
    return paper


def _by_reference(reference: str, reference_id: str, body: Body) -> Paper | None:
    current = Paper.objects.filter(body=body, reference=reference, withdrawn_at=None).first()
    return current or _named(Paper, reference_id)


def _settle_paper(row: Paper | None, makeshift: Paper | None, writer: _Writer) -> Paper | None:
    """One row of the two: the makeshift one goes into the other, with its files and its consultations."""
    if row is None or makeshift is None or row.pk == makeshift.pk:
        return row or makeshift
    stations = Consultation.objects.filter(paper=row, agenda_item=models.OuterRef("agenda_item"))
    Consultation.objects.filter(models.Exists(stations), paper=makeshift).delete()
    for file in makeshift.files.all():
        name = _file_id(row, file.position)
        writer.put(writer.settle(File, name, file), external_id=name, paper_id=row.pk)
    writer.absorb(row, makeshift)
    return row


def _file_id(paper: Paper, position: int) -> str:
    """Files have no number that lasts: ALLRIS gives them one per visit. The place among the files lasts."""
    return key("paper", str(paper.pk), f"file-{position}")


def _consultation(paper: Paper, item: AgendaItem, organization: Organization | None, writer: _Writer) -> None:
    """Ties the paper to the item and its meeting; a tie that another page made is left as it is."""
    station = Consultation.objects.filter(paper=paper, agenda_item=item).first()
    if station is None:
        station = Consultation(
            external_id=key("consultation", str(item.pk), str(paper.pk)), paper=paper, agenda_item=item
        )
    if station.meeting_id != item.meeting_id:
        station.meeting_id = item.meeting_id
        station.save()
        writer.written += 1
    writer.link(station, organization)


# --- Minutes ----------------------------------------------------------------------------------
def _minutes(record: AgendaItemRecord, item: AgendaItem, writer: _Writer) -> None:
    """Paragraphs, motions and votes. A page without minutes leaves those of another page alone."""
    person = _people(item, writer)
    paragraphs: dict[int, Contribution] = {}
    if record.contributions:
        wanted = [
            _columns(CONTRIBUTION_COLUMNS, entry) | _speaker(entry.speaker, person)
            for entry in record.contributions
        ]
        rows = _align(Contribution, item, wanted, SAME_CONTRIBUTION, lambda row: True, writer)
        paragraphs = {entry.position: row for entry, row in zip(record.contributions, rows, strict=True)}

    def is_replaced(row: Motion | Vote) -> bool:
        stated = record.contributions if row.contribution_id else record.result or record.resolution
        return bool(stated)

    wanted = [
        _columns(MOTION_COLUMNS, entry)
        | {
            "mover_id": _pk(person(entry.mover)),
            "contribution_id": _pk(paragraphs.get(entry.contribution or 0)),
        }
        for entry in record.motions
    ]
    rows = _align(Motion, item, wanted, SAME_MOTION, is_replaced, writer)
    motions = {entry.position: row for entry, row in zip(record.motions, rows, strict=True)}
    wanted = [
        _columns(VOTE_COLUMNS, entry.decision)
        | {
            "majority": entry.decision.majority or "",
            "motion_id": _pk(motions.get(entry.motion or 0)),
            "contribution_id": _pk(paragraphs.get(entry.contribution or 0)),
        }
        for entry in record.votes
    ]
    _align(Vote, item, wanted, SAME_VOTE, is_replaced, writer)


def _people(item: AgendaItem, writer: _Writer) -> Callable[[SpeakerRecord | None], Person | None]:
    """Finds or makes the person who speaks; the same person of one item is one row."""
    rows: dict[str, Person] = {}

    def person(speaker: SpeakerRecord | None) -> Person | None:
        who = speaker and identify(speaker, body=writer.body.ags, meeting=item.meeting_id)
        if not who:
            return None
        if who.external_id not in rows:
            row = _named(Person, who.external_id) or Person()
            # What a person was called first stays, or two pages would take turns in renaming them.
            missing = {
                name: value
                for name, value in asdict(who).items()
                if row._state.adding or not _is_stated(getattr(row, name))
            }
            writer.put(row, body_id=writer.body.pk, **missing)
            rows[who.external_id] = row
        return rows[who.external_id]

    return person


def _speaker(
    speaker: SpeakerRecord | None, person: Callable[[SpeakerRecord | None], Person | None]
) -> dict[str, Any]:
    found = person(speaker)
    role = speaker.role or speaker.title if speaker and not found else ""
    return {"speaker_id": _pk(found), "speaker_role": role}


def _align(
    model: type[Line],
    item: AgendaItem,
    wanted: Sequence[dict[str, Any]],
    same: tuple[str, ...],
    is_replaced: Callable[[Line], bool],
    writer: _Writer,
) -> list[Line]:
    """Brings the rows of one item in line with what its page lists, and gives the row of each entry.

    wanted: columns of each entry, in order. A row is found again by its columns `same`, so it keeps its key
    and its anchor where others come and go; one that was marked as replaced comes back. Current rows that
    are not listed are marked where `is_replaced` says that this page would list them, else they stay.
    """
    rows = sorted(
        model._default_manager.filter(agenda_item=item),
        key=lambda row: (row.superseded_at is not None, row.position, row.pk),
    )
    places = {row.pk: row.position for row in rows if row.superseded_at is None}
    known: dict[tuple[Any, ...], deque[Line]] = defaultdict(deque)
    for row in rows:
        known[tuple(getattr(row, column) for column in same)].append(row)
    listed: list[Line] = []
    changed: dict[int, Line] = {}
    for values in wanted:
        found = known[tuple(values[column] for column in same)]
        row = found.popleft() if found else model(agenda_item=item)
        if _assign(row, values | {"superseded_at": None}):
            changed[id(row)] = row
        listed.append(row)
    keys = {row.pk for row in listed}
    unlisted = [row for row in rows if row.pk in places and row.pk not in keys]
    gone = [row for row in unlisted if is_replaced(row)]
    # Votes that stand in no paragraph, the result field of the page, come last.
    standing = sorted(
        [*listed, *(row for row in unlisted if not is_replaced(row))],
        key=lambda row: hasattr(row, "contribution_id") and row.contribution_id is None,
    )
    for position, row in enumerate(standing, start=1):
        if _assign(row, {"position": position}):
            changed[id(row)] = row
    _save_lines(model, rows, list(changed.values()), gone, places, writer)
    return listed


def _save_lines(
    model: type[Line],
    rows: Sequence[Line],
    changed: Sequence[Line],
    gone: Sequence[Line],
    places: dict[int, int],
    writer: _Writer,
) -> None:
    """Writes aligned rows in few statements, whatever their number; no two ever have the same place."""
    objects = model._default_manager
    for row in changed:
        check_lengths(row)
    if gone:
        objects.filter(pk__in=[row.pk for row in gone]).update(superseded_at=writer.now)
    moved = [row.pk for row in changed if row.pk in places and places[row.pk] != row.position]
    if moved:
        objects.filter(pk__in=moved).update(position=F("position") + _PARKED)
    old = [row for row in changed if row.pk is not None]
    if old:
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        objects.bulk_update(old, columns, batch_size=_BATCH)
    new = [row for row in changed if row.pk is None]
    if model is Contribution:
        _give_anchors(rows, new)
    objects.bulk_create(new, batch_size=_BATCH)
    writer.written += len(changed) + len(gone)


def _give_anchors(rows: Iterable[Line], new: Iterable[Line]) -> None:
    """The next free anchors. An anchor is never given twice: an old link shall not lead to a new text."""
    used = [int(row.anchor.removeprefix("absatz-")) for row in rows if isinstance(row, Contribution)]
    for number, row in enumerate(new, start=max(used, default=0) + 1):
        if isinstance(row, Contribution):
            row.anchor = f"absatz-{number}"


# --- Small helpers ----------------------------------------------------------------------------
def _is_stated(value: Any) -> bool:
    return value is not None and value != ""


def _assign(row: models.Model, values: dict[str, Any]) -> bool:
    """Sets the columns; whether one of them was another before, or the row is new."""
    changed = row._state.adding
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _columns(table: dict[str, str], record: Any) -> dict[str, Any]:
    return {column: getattr(record, field) for column, field in table.items()}


def _named(model: type[Row], external_id: str) -> Row | None:
    found: Row | None = model._default_manager.filter(external_id=external_id).first()
    return found


def _pk(row: models.Model | None) -> int | None:
    return row.pk if row else None


def _digest(record: AgendaItemRecord, address: PageAddress) -> str:
    """Fingerprint of what a page says. Raises RecordError for characters that no database can store."""
    said = json.dumps([RULES, asdict(record), asdict(address)], default=str, ensure_ascii=False)
    try:
        return sha256(said.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise RecordError("The record holds a character that is none (a lone surrogate).") from error


def check_lengths(row: models.Model) -> None:
    """Raises RecordError for a text longer than its column."""
    for field in row._meta.concrete_fields:
        value, limit = getattr(row, field.attname), field.max_length
        if isinstance(value, str) and limit is not None and len(value) > limit:
            raise RecordError(f"{field.name} has {len(value)} characters; the portal keeps at most {limit}.")


def allris_url(page: str, **numbers: int | None) -> str:
    """The official page "to020", "to010" … with these numbers; "" where the city names no address."""
    start = settings.CITY.allris_url.rstrip("/")
    known = {name: number for name, number in numbers.items() if number is not None}
    return f"{start}/{page}?{urlencode(known)}" if start and known else ""


def _item_url(address: PageAddress, item: AgendaItem) -> str:
    """The item's official page: an address elsewhere as it was given, else the one the city's system has.

    Addresses of the city's own system come in many forms; they are stored in one, so that a page saved
    under another form does not count as changed.
    """
    start = settings.CITY.allris_url
    given = _web_address(address.url)
    if given and not (start and given.startswith(start)):
        return given
    if item.source_url and not (start and item.source_url.startswith(start)):
        return ""
    if address.meeting is None and item.source_url:
        return ""
    return allris_url("to020", SILFDNR=address.meeting, TOLFDNR=address.agenda_item) or given


def _web_address(url: str) -> str:
    """The address if it is one that a link may have, else ""."""
    return url if url.startswith(("https://", "http://")) else ""
