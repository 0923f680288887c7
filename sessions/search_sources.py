"""What makes entries of the search old: every table and column of the council that they are made of.

The statements ask the changed rows `r`, see portal.searching.kinds.Watch.
"""

from collections.abc import Iterable

from portal.searching.kinds import Watch
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    FilePage,
    Meeting,
    Motion,
    Organization,
    Paper,
)


def carried_on(watches: Iterable[Watch], objects: str) -> tuple[Watch, ...]:
    """The same tables and columns for what hangs on the objects: `{these}` stands for their ids."""
    return tuple(
        Watch(watch.model, watch.columns, objects.replace("{these}", watch.objects)) for watch in watches
    )


# Ids of meetings: their day, their committees, and whether they are there.
_MEETINGS = (
    Watch(Meeting, ("start", "withdrawn_at"), "SELECT r.id FROM r"),
    Watch(Meeting.organizations.through, ("meeting_id", "organization_id"), "SELECT r.meeting_id FROM r"),
    Watch(
        Organization,
        ("withdrawn_at",),
        "SELECT o.meeting_id FROM council_meeting_organizations o JOIN r ON o.organization_id = r.id",
    ),
)
# Ids of papers: the public stations of each, and their committees.
_STATIONS = (
    Watch(Consultation, ("paper_id", "agenda_item_id", "withdrawn_at"), "SELECT r.paper_id FROM r"),
    Watch(
        Consultation.organizations.through,
        ("consultation_id", "organization_id"),
        "SELECT c.paper_id FROM council_consultation c JOIN r ON c.id = r.consultation_id",
    ),
    Watch(
        Organization,
        ("withdrawn_at",),
        "SELECT c.paper_id FROM council_consultation c"
        " JOIN council_consultation_organizations o ON o.consultation_id = c.id"
        " JOIN r ON o.organization_id = r.id",
    ),
    Watch(
        AgendaItem,
        ("public", "withdrawn_at", "meeting_id"),
        "SELECT c.paper_id FROM council_consultation c JOIN r ON c.agenda_item_id = r.id",
    ),
    Watch(
        Meeting,
        ("withdrawn_at",),
        "SELECT c.paper_id FROM council_consultation c JOIN council_agendaitem i ON i.id = c.agenda_item_id"
        " JOIN r ON i.meeting_id = r.id",
    ),
)

ITEM = (
    Watch(
        AgendaItem,
        ("title", "number", "resolution_text", "result", "public", "withdrawn_at", "meeting_id"),
        "SELECT r.id FROM r",
    ),
    Watch(
        Contribution,
        ("agenda_item_id", "position", "text", "superseded_at"),
        "SELECT r.agenda_item_id FROM r",
    ),
    Watch(Consultation, ("paper_id", "agenda_item_id", "withdrawn_at"), "SELECT r.agenda_item_id FROM r"),
    Watch(
        Paper,
        ("reference", "public", "withdrawn_at"),
        "SELECT c.agenda_item_id FROM council_consultation c JOIN r ON c.paper_id = r.id",
    ),
    *carried_on(_MEETINGS, "SELECT i.id FROM council_agendaitem i WHERE i.meeting_id IN ({these})"),
)
MOTION = (
    Watch(Motion, ("agenda_item_id", "kind", "wording", "paper_id", "superseded_at"), "SELECT r.id FROM r"),
    Watch(
        AgendaItem,
        ("title", "public", "withdrawn_at", "meeting_id"),
        "SELECT m.id FROM council_motion m JOIN r ON m.agenda_item_id = r.id",
    ),
    Watch(
        Paper,
        ("reference", "public", "withdrawn_at"),
        "SELECT m.id FROM council_motion m JOIN r ON m.paper_id = r.id",
    ),
    *carried_on(
        _MEETINGS,
        "SELECT m.id FROM council_motion m JOIN council_agendaitem i ON i.id = m.agenda_item_id"
        " WHERE i.meeting_id IN ({these})",
    ),
)
PAPER = (
    Watch(
        Paper,
        ("reference", "name", "paper_type", "date", "public", "withdrawn_at"),
        "SELECT r.id FROM r",
    ),
    *_STATIONS,
)
FILE = (
    Watch(
        File,
        (
            *("name", "role", "date", "text", "public", "withdrawn_at"),
            *("paper_id", "agenda_item_id", "meeting_id"),
        ),
        "SELECT r.id FROM r",
    ),
    Watch(FilePage, ("file_id", "number", "text"), "SELECT r.file_id FROM r"),
    Watch(
        Paper,
        ("reference", "date", "public", "withdrawn_at"),
        "SELECT f.id FROM council_file f JOIN r ON f.paper_id = r.id",
    ),
    Watch(
        AgendaItem,
        ("public", "withdrawn_at", "meeting_id"),
        "SELECT f.id FROM council_file f JOIN r ON f.agenda_item_id = r.id",
    ),
    *carried_on(_STATIONS, "SELECT f.id FROM council_file f WHERE f.paper_id IN ({these})"),
    *carried_on(_MEETINGS, "SELECT f.id FROM council_file f WHERE f.meeting_id IN ({these})"),
    *carried_on(
        _MEETINGS,
        "SELECT f.id FROM council_file f JOIN council_agendaitem i ON i.id = f.agenda_item_id"
        " WHERE i.meeting_id IN ({these})",
    ),
)
