"""The Beratungsfolge: which committee treats a paper, at which agenda item.

A station is named by agenda item and paper, whichever page brings it: key("consultation", TOLFDNR, paper).
So a paper's page may name an item that is not here yet; the station waits under that name, and the item's
page or its agenda ties it. A station that nobody put on an agenda yet is named by its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from portal.models import stable_id
from sessions.imports.allris import allris_id
from sessions.imports.identity import key
from sessions.imports.records import StationRecord
from sessions.imports.upsert.meetings import meeting_of_station
from sessions.imports.upsert.organizations import committee_of
from sessions.imports.writer import Writer, check_lengths
from sessions.models import AgendaItem, Consultation, Meeting, Organization, Paper

DECIDING_ROLES = frozenset({"entscheidung", "beschluss", "beschlussfassung"})
ADVISING_ROLES = frozenset({"vorberatung", "anhörung", "kenntnisnahme"})


def tie(paper: Paper, item: AgendaItem, organization: Organization | None, writer: Writer) -> None:
    """Ties the paper to the item and its meeting; a tie that is there follows the item only."""
    station = Consultation.objects.filter(paper=paper, agenda_item=item).first() or _waiting(paper, item)
    if station is None:
        station = Consultation(external_id=key("consultation", str(item.pk), str(paper.pk)), paper=paper)
    _put(station, writer, agenda_item=item, meeting_id=item.meeting_id)
    writer.link(station, organization)


def tie_waiting(item: AgendaItem, writer: Writer) -> None:
    """Ties what papers said of this item before it was here, also papers that its own page does not list."""
    waiting = Consultation.objects.filter(meeting=item.meeting_id, agenda_item=None)
    for station in waiting.exclude(paper__consultations__agenda_item=item):
        if _place(station) == _place_of(item):
            _put(station, writer, agenda_item=item)


def put_stations(records: Sequence[StationRecord], paper: Paper, writer: Writer) -> None:
    """Brings the stations of a paper in line with its own page.

    What the page does not list stays, but for stations that only this page named and that never came to an
    item: they are marked.
    """
    known = list(
        paper.consultations.select_related("meeting", "agenda_item").prefetch_related("organizations")
    )
    said = [_said(record, paper, writer) for record in records]
    found = _find(said, known)
    for entry, station in zip(said, found, strict=True):
        _put_station(entry, station, paper, writer)
    kept = {station.pk for station in found if station}
    for station in known:
        if records and station.pk not in kept and _only_announced(station):
            _put(station, writer, withdrawn_at=station.withdrawn_at or timezone.now())


def merge_stations(row: Paper, provisional: Paper) -> None:
    """Deletes the stations of a paper that goes into another one where the other has the same."""
    stations = row.consultations.all()
    items = {station.agenda_item_id for station in stations} - {None}
    places = {_place(station) for station in stations}
    for station in provisional.consultations.all():
        if station.agenda_item_id in items or _place(station) in places:
            station.delete()


@dataclass(frozen=True, slots=True)
class _Said:
    """A line of the Beratungsfolge with the rows it names."""

    record: StationRecord
    organization: Organization | None
    item: AgendaItem | None
    meeting: Meeting | None

    @property
    def place(self) -> str:
        number = self.record.agenda_item
        return key("consultation", str(number)) if number is not None else ""


def _said(record: StationRecord, paper: Paper, writer: Writer) -> _Said:
    organization = committee_of(record, writer)
    item = None
    if record.agenda_item is not None:
        name = allris_id("to", record.agenda_item)
        item = AgendaItem.objects.select_related("meeting").filter(external_id=name).first()
    meeting = meeting_of_station(record, item, organization, create=paper.public, writer=writer)
    return _Said(record, organization, item, meeting)


def _find(said: Sequence[_Said], known: Sequence[Consultation]) -> list[Consultation | None]:
    """The row of each line, the surest matches first; None where there is none yet."""
    found: dict[int, Consultation] = {}
    free = {station.pk: station for station in known}
    for is_same in (_is_same_item, _is_same_day, _is_still_planned):
        for index, entry in enumerate(said):
            match = next((row for row in free.values() if index not in found and is_same(entry, row)), None)
            if match is not None:
                found[index] = free.pop(match.pk)
    return [found.get(index) for index in range(len(said))]


def _is_same_item(said: _Said, row: Consultation) -> bool:
    if said.item is not None and row.agenda_item_id == said.item.pk:
        return True
    return row.agenda_item_id is None and bool(said.place) and _place(row) == said.place


def _is_same_day(said: _Said, row: Consultation) -> bool:
    """The same committee on the same day; a line with a number is no row that has another one."""
    if said.place and _has_item(row):
        return False
    day = timezone.localdate(row.meeting.start) if row.meeting and row.meeting.start else None
    same_meeting = said.meeting is not None and row.meeting_id == said.meeting.pk
    return (same_meeting or _is_day(said.record.day, day)) and _is_same_committee(said, row)


def _is_still_planned(said: _Said, row: Consultation) -> bool:
    """A station of the same committee that has come to no item so far: it got a day, or another one."""
    return not _has_item(row) and _is_same_committee(said, row)


def _is_day(first: date | None, second: date | None) -> bool:
    return first is not None and first == second


def _is_same_committee(said: _Said, row: Consultation) -> bool:
    committees = {organization.pk for organization in row.organizations.all()}
    return said.organization.pk in committees if said.organization else not committees


def _put_station(said: _Said, station: Consultation | None, paper: Paper, writer: Writer) -> None:
    record = said.record
    if station is None:
        station = Consultation(external_id=said.place and f"{said.place}:{paper.pk}", paper=paper)
        if not said.place:
            station.external_id = _free_place(record.position, paper)
    values: dict[str, Any] = {"position": record.position}
    if record.role:
        values |= {"role": record.role, "authoritative": is_authoritative(record.role)}
    if said.meeting is not None:
        values["meeting_id"] = said.meeting.pk
    if said.item is not None:
        values["agenda_item"] = said.item
    if _only_announced(station):
        values["withdrawn_at"] = None
        if said.place:
            values["external_id"] = f"{said.place}:{paper.pk}"
    _put(station, writer, **values)
    writer.link(station, said.organization)


def is_authoritative(role: str) -> bool | None:
    """Whether a station with this role decides; None where the word does not say it."""
    word = role.casefold()
    if word in DECIDING_ROLES:
        return True
    return False if word in ADVISING_ROLES else None


def _put(station: Consultation, writer: Writer, **values: Any) -> None:
    """Saves the station if it is new or anything differs."""
    new = station._state.adding
    changed = [name for name, value in values.items() if getattr(station, name) != value]
    for name in changed:
        setattr(station, name, values[name])
    if new:
        check_lengths(station)
        station.pk = _free_key(station)
        # Without force_insert a key that is taken would silently replace the other row.
        station.save(force_insert=True)
    elif changed:
        check_lengths(station)
        station.save(update_fields=[*changed, "imported_at"])
    else:
        return
    writer.written += 1


def _free_key(station: Consultation) -> int:
    """The key that follows from the station's names; another one where a renamed station has kept it."""
    name = station.full_name
    while Consultation.objects.filter(pk=stable_id(name)).exists():
        name = f"{name}+"
    return stable_id(name)


def _free_place(position: int, paper: Paper) -> str:
    while True:
        external_id = key("consultation", f"station-{position}", str(paper.pk))
        if not Consultation.objects.filter(external_id=external_id).exists():
            return external_id
        position += 1


def _waiting(paper: Paper, item: AgendaItem) -> Consultation | None:
    """The station of this paper that the item turns out to be."""
    untied = list(Consultation.objects.filter(paper=paper, agenda_item=None))
    by_number = [station for station in untied if _place(station) == _place_of(item)]
    if by_number:
        return by_number[0]
    at_meeting = [row for row in untied if row.meeting_id == item.meeting_id and not _has_item(row)]
    return at_meeting[0] if len(at_meeting) == 1 else None


def _place(station: Consultation) -> str:
    """The station's name without its paper, where a page of ALLRIS gave it; else the name its source gave."""
    name = station.external_id
    return name.rpartition(":")[0] if name.startswith("consultation:") else name


def _place_of(item: AgendaItem) -> str:
    return key("consultation", item.external_id.rpartition(":")[2])


def _has_item(station: Consultation) -> bool:
    """The station is at an agenda item, or waits for one whose number it knows."""
    number = _place(station).removeprefix("consultation:")
    return station.agenda_item_id is not None or number.isdecimal()


def _only_announced(station: Consultation) -> bool:
    """A paper's page named this station, and it has come to no item so far."""
    return station.agenda_item_id is None and station.external_id.startswith("consultation:")
