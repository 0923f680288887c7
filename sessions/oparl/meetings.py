"""Meeting with its agenda, and AgendaItem."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from sessions.imports.oparl.records import vendor
from sessions.models import AgendaItem, Consultation, Meeting, Organization
from sessions.oparl.bodies import LOCATION_COLUMNS, embedded_location
from sessions.oparl.context import SOURCED, Context, Object, Row, head, moment, stated
from sessions.oparl.files import embedded_files, placed
from sessions.oparl.public import Rows
from sessions.oparl.vendor import MEASURE, measures, minutes

MEETING_FILES = {
    "invitation": "invitation",
    "results": "resultsProtocol",
    "verbatim": "verbatimProtocol",
}
ITEM_FILES = {"resolution": "resolutionFile"}

ITEM_COLUMNS = (
    *SOURCED, "meeting_id", "number", "order", "title", "title_cut", "result", "resolution_text", "clerk",
    "responsible", "start", "end",
)  # fmt: skip


def meetings(rows: Rows, context: Context) -> dict[int, Object]:
    """With their agendas. Nine queries, whatever their number."""
    who_meets = (
        Meeting.organizations.through.objects.filter(
            meeting=OuterRef("pk"), organization__in=Organization.objects.published()
        )
        # The first is the one in charge.
        .order_by("pk")
        .values("organization_id")
    )
    found = list(
        rows.annotate(who_meets=ArraySubquery(who_meets)).values(
            *SOURCED,
            *("name", "start", "start_has_time", "end", "occasion", "state", "cancelled", "who_meets"),
            *(f"location__{column}" for column in LOCATION_COLUMNS),
        )
    )
    pks = [row["pk"] for row in found]
    agendas: dict[int, list[Object]] = {}
    of_items = Q()
    items: dict[int, Row] = {}
    if not context.omit_internal:
        items = _item_rows(AgendaItem.objects.published().filter(meeting__in=pks))
        of_items = Q(agenda_item__meeting__in=pks)
    own = embedded_files(context, Q(meeting__in=pks) | of_items)
    if items:
        positions = dict(_places(items.values()))
        objects = _items(context, items, {"meeting__in": pks}, positions, own["agenda_item"], embedded=True)
        agendas = defaultdict(list)
        for pk, item in objects.items():
            agendas[items[pk]["meeting_id"]].append(item)
    return {
        row["pk"]: stated(
            head(context, "Meeting", "meeting", row)
            | {
                "name": row["name"],
                "meetingState": row["state"],
                "cancelled": row["cancelled"],
                "start": moment(row["start"]),
                "end": moment(row["end"]),
                "location": embedded_location(context, row, "location__"),
                "organization": context.ids("organization", row["who_meets"]),
                "agendaItem": agendas.get(row["pk"]),
                "web": context.page("meeting", row["pk"]),
                vendor("occasion"): row["occasion"],
                vendor("startHasTime"): row["start_has_time"],
            }
            | placed(context, own["meeting"].get(row["pk"], ()), MEETING_FILES)
        )
        for row in found
    }


def agenda_items(rows: Rows, context: Context) -> dict[int, Object]:
    """Nine queries, whatever their number."""
    found = {row["pk"]: row for row in rows.values(*ITEM_COLUMNS)}
    whole_agendas = AgendaItem.objects.published().filter(
        meeting__in={row["meeting_id"] for row in found.values()}
    )
    neighbours = whole_agendas.order_by("meeting_id", "order", "pk").values("pk", "meeting_id")
    own = embedded_files(context, Q(agenda_item__in=list(found)))
    return _items(
        context,
        found,
        {"pk__in": list(found)},
        dict(_places(neighbours)),
        own["agenda_item"],
        embedded=False,
    )


def _item_rows(rows: Rows) -> dict[int, Row]:
    return {row["pk"]: row for row in rows.order_by("meeting_id", "order", "pk").values(*ITEM_COLUMNS)}


def _places(rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    """Places on the agenda from 0, as the standard counts; rows of one meeting stand together."""
    meeting, place = None, 0
    for row in rows:
        place = place + 1 if row["meeting_id"] == meeting else 0
        meeting = row["meeting_id"]
        yield row["pk"], place


def _items(
    context: Context,
    rows: Mapping[int, Row],
    here: Mapping[str, Any],
    places: Mapping[int, int],
    files: Mapping[int, list[Object]],
    *,
    embedded: bool,
) -> dict[int, Object]:
    lines = minutes(context, here)
    citing = measures(context, "agenda_item", list(rows))
    stations: dict[int, int] = {}
    of_items = {f"agenda_item__{key}": value for key, value in here.items()}
    consultations = Consultation.objects.published().filter(**of_items).order_by("position", "pk")
    for item, station in consultations.values_list("agenda_item_id", "pk"):
        # The standard has room for one; every other names the item from its side.
        stations.setdefault(item, station)
    return {
        pk: stated(
            head(context, "AgendaItem", "agenda-item", row)
            | {
                "meeting": None if embedded else context.id("meeting", row["meeting_id"]),
                "number": row["number"],
                "order": places[pk],
                "name": row["title"],
                "public": True,
                "consultation": context.id("consultation", stations.get(pk)),
                "result": row["result"],
                "resolutionText": row["resolution_text"],
                "start": moment(row["start"]),
                "end": moment(row["end"]),
                "web": context.page("item", pk),
                vendor("order"): row["order"],
                vendor("titleCut"): row["title_cut"],
                vendor("responsible"): row["responsible"],
                vendor("clerk"): row["clerk"] if context.names_open else None,
                MEASURE: citing.get(pk),
            }
            | placed(context, files.get(pk, ()), ITEM_FILES)
            | lines.get(pk, {})
        )
        for pk, row in rows.items()
    }
