"""Paper with its way through the committees, and Consultation."""

from collections import defaultdict
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Value

from sessions.imports.oparl.records import vendor
from sessions.models import Consultation, Location, Meeting, Organization, Paper, Person
from sessions.oparl.bodies import LOCATION_COLUMNS, embedded_location
from sessions.oparl.context import HEAD, SOURCED, Context, Object, Row, day, head, stated
from sessions.oparl.files import embedded_files, placed
from sessions.oparl.public import Rows
from sessions.oparl.vendor import MEASURE, measures

PAPER_FILES = {"main": "mainFile"}
CONSULTATION_COLUMNS = (
    *HEAD, "paper_id", "agenda_item_id", "meeting_id", "role", "authoritative", "position", "committees",
    "meeting_is_there",
)  # fmt: skip


def papers(rows: Rows, context: Context) -> dict[int, Object]:
    """Seven queries, whatever their number."""
    found = list(rows.values(*SOURCED, "body_id", "name", "reference", "date", "paper_type"))
    pks = [row["pk"] for row in found]
    ties = _ties(pks)
    stations = defaultdict(list)
    for station in _with_committees(
        Consultation.objects.published().filter(paper__in=pks).order_by("paper_id", "position", "pk")
    ):
        stations[station["paper_id"]].append(_consultation(context, station, embedded=True))
    places = {} if context.omit_internal else _places(context, pks)
    own = embedded_files(context, Q(paper__in=pks))["paper"]
    citing = measures(context, "paper", pks)
    return {
        row["pk"]: stated(
            head(context, "Paper", "paper", row)
            | {
                "body": context.id("body", row["body_id"]),
                "name": row["name"],
                "reference": row["reference"],
                "date": day(row["date"]),
                "paperType": row["paper_type"],
                "relatedPaper": context.ids("paper", ties["related"][row["pk"]]),
                "superordinatedPaper": context.ids("paper", ties["superordinated"][row["pk"]]),
                "subordinatedPaper": context.ids("paper", ties["subordinated"][row["pk"]]),
                "location": places.get(row["pk"]),
                "originatorPerson": context.ids("person", ties["people"][row["pk"]]),
                "underDirectionOf": context.ids("organization", ties["directing"][row["pk"]]),
                "originatorOrganization": context.ids("organization", ties["organizations"][row["pk"]]),
                "consultation": stations.get(row["pk"]),
                "web": context.page("paper", row["pk"]),
                MEASURE: citing.get(row["pk"]),
            }
            | placed(context, own.get(row["pk"], ()), PAPER_FILES)
        )
        for row in found
    }


def consultations(rows: Rows, context: Context) -> dict[int, Object]:
    """One query."""
    return {row["pk"]: _consultation(context, row, embedded=False) for row in _with_committees(rows)}


def _ties(pks: list[int]) -> dict[str, dict[int, list[int]]]:
    """Per kind of tie and paper the public other ends, in the order in which they were tied; one query.

    Over the whole page at once: asked per paper, a database without statistics, as after a first import,
    would look through all papers for each of them.
    """
    committees, others = Organization.objects.published(), Paper.objects.published()

    def ends(kind: str, through: Any, here: str, there: str, public: Rows) -> Rows:
        tied = through.objects.filter(**{f"{here}__in": pks, f"{there}__in": public})
        rows: Rows = tied.annotate(kind=Value(kind)).values_list("kind", "pk", f"{here}_id", f"{there}_id")
        return rows

    parts = [
        ends("people", Paper.originator_people.through, "paper", "person", Person.objects.published()),
        ends("organizations", Paper.originator_organizations.through, "paper", "organization", committees),
        ends("directing", Paper.under_direction_of.through, "paper", "organization", committees),
        ends("related", Paper.related_papers.through, "from_paper", "to_paper", others),
        ends("superordinated", Paper.superordinated_papers.through, "from_paper", "to_paper", others),
        ends("subordinated", Paper.superordinated_papers.through, "to_paper", "from_paper", others),
    ]
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for kind, _, paper, other in sorted(parts[0].union(*parts[1:], all=True)):
        found[kind][paper].append(other)
    return found


def _places(context: Context, pks: list[int]) -> dict[int, list[Object]]:
    found: dict[int, list[Object]] = defaultdict(list)
    rows = (
        Paper.locations.through.objects.filter(paper__in=pks, location__in=Location.objects.published())
        .order_by("pk")
        .values("paper_id", *(f"location__{column}" for column in LOCATION_COLUMNS))
    )
    for row in rows:
        if place := embedded_location(context, row, "location__"):
            found[row["paper_id"]].append(place)
    return found


def _with_committees(rows: Rows) -> Any:
    committees = (
        Consultation.organizations.through.objects.filter(
            consultation=OuterRef("pk"), organization__in=Organization.objects.published()
        )
        .order_by("pk")
        .values("organization_id")
    )
    there = Exists(Meeting.objects.published().filter(pk=OuterRef("meeting_id")))
    return rows.annotate(committees=ArraySubquery(committees), meeting_is_there=there).values(
        *CONSULTATION_COLUMNS
    )


def _consultation(context: Context, row: Row, *, embedded: bool) -> Object:
    return stated(
        head(context, "Consultation", "consultation", row)
        | {
            "paper": None if embedded else context.id("paper", row["paper_id"]),
            "agendaItem": context.id("agenda-item", row["agenda_item_id"]),
            "meeting": context.id("meeting", row["meeting_id"]) if row["meeting_is_there"] else None,
            "organization": context.ids("organization", row["committees"]),
            "authoritative": row["authoritative"],
            "role": row["role"],
            vendor("position"): row["position"],
        }
    )
