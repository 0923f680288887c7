"""The council's verdicts on a report as everybody may see them: counted, opened only where the member did.

They stand beside what the administration says. Nobody makes one score of the two voices.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, JSONObject, Trim
from django.urls import reverse

from sessions.models import Person
from strategy.models import Question, Review, StatusReport

ICONS = {"noted": "eye", "needs_evidence": "document", "disagrees": "cross"}
"""Icon per verdict; its word always stands beside it."""
NAMELESS = "Mitglied des Rates"
"""Who opened a comment and has no name here; an e-mail address is never shown."""

_NAMED: dict[str, Any] = {"person__kind__in": Person.PUBLIC_KINDS}


@dataclass(frozen=True, slots=True)
class VerdictCount:
    label: str
    icon: str
    number: int


@dataclass(frozen=True, slots=True)
class OpenedVerdict:
    """A verdict whose name and comment its member has opened."""

    name: str
    url: str
    """The member's page; "" where they have none."""
    label: str
    icon: str
    comment: str
    given: datetime


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts on one report."""

    counts: list[VerdictCount]
    """Those that were given, in the order of `Review.Verdict`."""
    opened: list[OpenedVerdict]

    @property
    def number(self) -> int:
        return sum(count.number for count in self.counts)


def with_verdicts(reports: QuerySet[StatusReport], reviews: QuerySet[Review] | None = None) -> QuerySet[Any]:
    """Adds `verdict_rows` to each report, for `verdicts_of`.

    reviews: other ones than those everybody sees, for a preview. As part of the row: no query more. What a
    member wrote for the staff does not leave the database.
    """
    shown = When(is_public=True, **_NAMED, then=Trim(Concat("person__title", Value(" "), "person__name")))
    own = When(is_public=True, then=Trim(Concat("reviewer__first_name", Value(" "), "reviewer__last_name")))
    page = When(is_public=True, **_NAMED, person__withdrawn_at__isnull=True, then="person__pk")
    if reviews is None:
        reviews = Review.objects.published()
    rows = (
        reviews.filter(report=OuterRef("pk"))
        .order_by("created_at", "pk")
        .values(
            row=JSONObject(
                verdict="verdict",
                is_public="is_public",
                given="created_at",
                comment=Case(
                    When(is_public=True, then="comment"), default=Value(""), output_field=TextField()
                ),
                name=Case(shown, own, default=Value(""), output_field=TextField()),
                person=Case(page, default=None),
            )
        )
    )
    return reports.annotate(verdict_rows=ArraySubquery(rows))


def verdicts_of(report: Any) -> Verdicts:
    """Of a report that was read `with_verdicts`."""
    rows: Iterable[dict[str, Any]] = report.verdict_rows
    counts = Counter(row["verdict"] for row in rows)
    return Verdicts(
        [
            VerdictCount(str(label), ICONS[code], counts[code])
            for code, label in Review.Verdict.choices
            if counts[code]
        ],
        [
            OpenedVerdict(
                row["name"] or NAMELESS,
                reverse("council:person", args=[row["person"]]) if row["person"] else "",
                str(Review.Verdict(row["verdict"]).label),
                ICONS[row["verdict"]],
                row["comment"],
                datetime.fromisoformat(row["given"]),
            )
            for row in rows
            if row["is_public"]
        ],
    )


def waiting_questions() -> Coalesce:
    """For annotate() on measures: how many questions asked here wait for an answer. Never their words."""
    rows = Question.objects.waiting().filter(measure=OuterRef("pk")).order_by().values("measure")
    return Coalesce(
        Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
    )
