"""Paper with its way through the committees, and Consultation."""

from collections import defaultdict
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from sessions.models import Consultation, Location, Meeting, Organization, Paper, Person
from sessions.oparl.bodies import LOCATION_COLUMNS, embedded_location
from sessions.oparl.context import HEAD, SOURCED, Context, Object, Row, day, head, stated, vendor
from sessions.oparl.files import embedded_files, placed
from sessions.oparl.public import Rows
from sessions.oparl.vendor import MEASURE, measures

PAPER_FILES = {"main": "mainFile"}
CONSULTATION_COLUMNS = (
    *HEAD, "paper_id", "agenda_item_id", "meeting_id", "role", "authoritative", "position", "committees",
    "meeting_is_there",
)  # fmt: skip


def papers(rows: Rows, context: Context) -> dict[int, Object]:
    """Six queries, whatever their number."""
    ties = _ties()
    found = list(
        rows.annotate(**ties).values(
            *(*SOURCED, "body_id", "name", "reference", "date", "paper_type", *ties),
        )
    )
    pks = [row["pk"] for row in found]
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
                "relatedPaper": context.ids("paper", row["related"]),
                "superordinatedPaper": context.ids("paper", row["superordinated"]),
                "subordinatedPaper": context.ids("paper", row["subordinated"]),
                "location": places.get(row["pk"]),
                "originatorPerson": context.ids("person", row["people"]),
                "underDirectionOf": context.ids("organization", row["directing"]),
                "originatorOrganization": context.ids("organization", row["organizations"]),
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


def _ties() -> dict[str, ArraySubquery]:
    """Per key the public ends of a paper's ties to others, in the order in which they were tied."""
    committees, others = Organization.objects.published(), Paper.objects.published()

    def ends(through: Any, here: str, there: str, public: Rows) -> ArraySubquery:
        tied = through.objects.filter(**{here: OuterRef("pk"), f"{there}__in": public})
        return ArraySubquery(tied.order_by("pk").values(f"{there}_id"))

    return {
        "people": ends(Paper.originator_people.through, "paper", "person", Person.objects.published()),
        "organizations": ends(Paper.originator_organizations.through, "paper", "organization", committees),
        "directing": ends(Paper.under_direction_of.through, "paper", "organization", committees),
        "related": ends(Paper.related_papers.through, "from_paper", "to_paper", others),
        "superordinated": ends(Paper.superordinated_papers.through, "from_paper", "to_paper", others),
        "subordinated": ends(Paper.superordinated_papers.through, "to_paper", "from_paper", others),
    }


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
