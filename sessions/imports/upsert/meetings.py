"""The row of a meeting, whichever page names it."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from sessions.imports.allris import allris_id
from sessions.imports.identity import is_provisional, key, people_of_meeting
from sessions.imports.records import StationRecord
from sessions.imports.upsert.addresses import page_url
from sessions.imports.writer import Writer, named
from sessions.models import AgendaItem, Location, Meeting, Organization, Person


def numbered_meeting(number: int, candidates: Iterable[Meeting | None], writer: Writer) -> Meeting:
    """The meeting of this number; provisional ones among the candidates become it or go into it.

    A new row is not saved yet, and a provisional one that becomes it bears its new name already.
    """
    external_id = allris_id("si", number)
    meeting = named(Meeting, external_id)
    for candidate in {row.pk: row for row in candidates if row is not None}.values():
        if not is_provisional(candidate.external_id):
            continue
        old = candidate.pk
        meeting = writer.settle(Meeting, external_id, candidate)
        if meeting.pk == old:
            writer.put(meeting, external_id=external_id)
        else:
            _move_people(old, meeting.pk, writer)
    return meeting or Meeting(external_id=external_id)


def _move_people(old: int, new: int, writer: Writer) -> None:
    """People known in the provisional meeting only are then known in the real one only."""
    begin = people_of_meeting(old)
    for person in Person.objects.filter(external_id__startswith=begin):
        renamed = people_of_meeting(new) + person.external_id.removeprefix(begin)
        writer.put(writer.settle(Person, renamed, person), external_id=renamed)


def start_of(meeting: Meeting, day: date, start: datetime | None) -> dict[str, Any]:
    """When the meeting begins; a page without a time does not erase the time another page printed."""
    if start:
        return {"start": start, "start_has_time": True}
    if meeting.start and meeting.start_has_time and timezone.localdate(meeting.start) == day:
        return {}
    midnight = timezone.make_aware(datetime.combine(day, time()))
    return {"start": midnight, "start_has_time": False}


def meeting_of_station(
    record: StationRecord,
    item: AgendaItem | None,
    organization: Organization | None,
    *,
    create: bool,
    writer: Writer,
) -> Meeting | None:
    """The meeting of a paper's station: that of its item, else the one whose number the page gives.

    create: makes it, with its day and its committee, where it is not here yet. None where nothing is known.
    """
    if record.meeting is None or (item and not is_provisional(item.meeting.external_id)):
        return item.meeting if item else None
    meeting = numbered_meeting(record.meeting, [item.meeting] if item else [], writer)
    new = meeting._state.adding
    if new and (record.day is None or not create):
        return None
    writer.put(
        meeting,
        body_id=writer.body.pk,
        source_url=page_url(meeting, "", "to010", SILFDNR=record.meeting),
        **(start_of(meeting, record.day, None) if new and record.day else {}),
    )
    if new:
        writer.link(meeting, organization)
    return meeting


def location_of(meeting: Meeting, room: str, place: str, writer: Writer) -> Location | None:
    """Where the meeting takes place; None where the page says nothing, or nothing new."""
    if not (room or place):
        return None
    known = meeting.location
    if known and room in ("", known.room) and place in ("", known.street_address):
        return None
    external_id = key("location", writer.body.ags, place, room)
    location = named(Location, external_id) or Location()
    writer.put(location, external_id=external_id, room=room, street_address=place)
    return location
