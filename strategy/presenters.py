"""From measures to what the charts draw."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.urls import reverse

from portal.charts import Bar, Milestone, Segment
from portal.dates import Period
from strategy import models
from strategy.models import Measure, StatusReport

UNREPORTED = "noch kein Sachstand"


def status_segments(measures: Iterable[Measure], query: str = "") -> list[Segment]:
    """How many of `measures` (with latest report) are in each status, each with the list it counts.

    `query` narrows that list to the same measures: "feld=netze".
    """
    counts: Counter[tuple[str, str]] = Counter(
        (measure.status_code or "unknown", measure.status_name or UNREPORTED) for measure in measures
    )
    return segments(counts, query)


def segments(counts: Counter[tuple[str, str]], query: str = "") -> list[Segment]:
    """Counts per (status code, label) in the order of a measure's life."""
    order = [*models.Status.Code.values, "unknown"]
    prefix = f"{query}&" if query else ""
    return [
        Segment(code, label, count, f"{reverse('strategy:measures')}?{prefix}status={code}")
        for (code, label), count in sorted(counts.items(), key=lambda item: order.index(item[0][0]))
    ]


def schedule_bars(measure: Measure, report: StatusReport | None) -> list[Bar]:
    """Planned and actual span; a new end from the newest report stands beside the old plan."""
    bars = []
    if measure.planned_start or measure.planned_end:
        bars.append(
            Bar(
                label="geplant",
                kind="planned",
                start=measure.planned_start_period,
                end=measure.planned_end_period,
            )
        )
    if report and report.new_end_period:
        bars.append(
            Bar(
                label="neu geplant",
                kind="planned",
                start=measure.planned_start_period,
                end=report.new_end_period,
            )
        )
    if measure.actual_start or measure.actual_end:
        bars.append(
            Bar(
                label="tatsächlich",
                kind="actual",
                start=measure.actual_start_period,
                end=measure.actual_end_period,
            )
        )
    return bars


def schedule_points(milestones: Sequence[models.Milestone]) -> list[Milestone]:
    """Milestones whose time is known, at the day they were reached, else the day they are planned for."""

    def when(milestone: models.Milestone) -> Period | None:
        return milestone.reached_period or milestone.planned_period

    return [
        Milestone(label=milestone.name, on=when(milestone), reached=milestone.reached is not None)
        for milestone in milestones
        if when(milestone)
    ]
