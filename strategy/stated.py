"""What reports state beside their words: milestones reached and figures measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, OuterRef, QuerySet, When
from django.db.models.functions import Cast, JSONObject

from strategy.models import Milestone, Observation, ReportFigure, ReportMilestone, StatusReport
from strategy.models.figures import Certainty


@dataclass(frozen=True, slots=True)
class StatedMilestone:
    name: str
    reached: date
    reached_precision: str


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A value, or the reason why there is none yet."""

    name: str
    unit: str
    observed: date
    observed_precision: str
    value: Decimal | None
    certainty: str
    """In words; "" without a value."""
    not_yet_measurable_reason: str


def with_stated(reports: QuerySet[StatusReport]) -> QuerySet[Any]:
    """Adds `milestone_rows` and `figure_rows` to each report, for `attach_stated`.

    As part of the row: a page shows both and two more queries would buy nothing.
    """
    milestones = (
        ReportMilestone.objects.filter(report=OuterRef("pk"))
        .order_by("milestone__position", "milestone_id")
        .values(
            row=JSONObject(
                name=_as_stated("name", "milestone__name"),
                reached="reached",
                reached_precision="reached_precision",
            )
        )
    )
    figures = (
        ReportFigure.objects.filter(report=OuterRef("pk"))
        .order_by("indicator__position", "indicator_id", "observed", "pk")
        .values(
            row=JSONObject(
                name=_as_stated("name", "indicator__name"),
                unit=_as_stated("unit", "indicator__unit"),
                observed="observed",
                observed_precision="observed_precision",
                # As text: JSON has no exact decimals.
                value=Cast("value", CharField()),
                certainty="certainty",
                not_yet_measurable_reason="not_yet_measurable_reason",
            )
        )
    )
    return reports.annotate(milestone_rows=ArraySubquery(milestones), figure_rows=ArraySubquery(figures))


def _as_stated(name: str, now: str) -> Case:
    """What a published report called it, before that what it is called now."""
    return Case(When(stated_name="", then=now), default=f"stated_{name}")


def attach_stated(reports: Iterable[Any]) -> None:
    """Gives each report that was read `with_stated` its `stated_milestones` and `stated_figures`."""
    for report in reports:
        report.stated_milestones = [
            StatedMilestone(**row | {"reached": date.fromisoformat(row["reached"])})
            for row in report.milestone_rows
        ]
        report.stated_figures = [_figure(row) for row in report.figure_rows]


def apply_stated(report: StatusReport, milestones: Iterable[Milestone], indicators: Iterable[Any]) -> None:
    """Shows in `milestones` and in the `values` of `indicators` what publishing `report` makes of them.

    Writes nothing to the database: a preview shows rows that nobody saves.
    """
    reached = {row.milestone_id: row for row in report.milestones.all()}
    for milestone in milestones:
        if row := reached.get(milestone.pk):
            milestone.reached, milestone.reached_precision = row.reached, row.reached_precision
            milestone.reached_report = report
    figures = list(report.figures.all())
    for indicator in indicators:
        known = {(value.observed, value.observed_precision): value for value in indicator.values}
        for figure in figures:
            if figure.indicator_id == indicator.pk:
                _put(indicator, known.get((figure.observed, figure.observed_precision)), figure, report)
        indicator.values.sort(key=lambda value: value.observed)


def _put(indicator: Any, value: Observation | None, figure: ReportFigure, report: StatusReport) -> None:
    if value is None:
        value = Observation(
            indicator=indicator, observed=figure.observed, observed_precision=figure.observed_precision
        )
        value.sources = []
        indicator.values.append(value)
    value.value, value.certainty = figure.value, figure.certainty
    value.not_yet_measurable = figure.not_yet_measurable
    value.not_yet_measurable_reason = figure.not_yet_measurable_reason
    value.report = report


def _figure(row: dict[str, Any]) -> StatedFigure:
    return StatedFigure(
        **row
        | {
            "observed": date.fromisoformat(row["observed"]),
            "value": Decimal(row["value"]) if row["value"] is not None else None,
            "certainty": str(Certainty(row["certainty"]).label) if row["certainty"] else "",
        }
    )
