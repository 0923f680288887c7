"""From measures to what the charts draw."""

from datetime import date

import pytest

from portal.dates import Period
from strategy.models import Measure, Milestone, Status
from strategy.presenters import schedule_bars, schedule_points, status_segments
from tests import factories

pytestmark = pytest.mark.django_db


def test_segments_stand_in_the_order_of_a_measures_life() -> None:
    for status in ("completed", "running", "running", None):
        measure = factories.a_measure()
        if status:
            factories.a_report(measure, status=status)
    shown = status_segments(Measure.objects.published().with_latest_report(), "feld=netze")
    assert [(segment.code, segment.count) for segment in shown] == [
        ("running", 2),
        ("completed", 1),
        ("unknown", 1),
    ]
    assert shown[0].url == "/massnahmen/?feld=netze&status=running"


def test_measures_of_one_status_count_together_whatever_it_was_called_then() -> None:
    factories.a_report(factories.a_measure())
    Status.objects.update(label="in Arbeit")
    factories.a_report(factories.a_measure())
    (segment,) = status_segments(Measure.objects.published().with_latest_report())
    assert (segment.label, segment.count) == ("in Arbeit", 2)


def test_nothing_known_draws_nothing() -> None:
    assert schedule_bars(factories.a_measure(), None) == []


def test_plan_new_end_and_reality_are_bars_of_their_own() -> None:
    measure = factories.a_measure(
        planned_start=date(2025, 1, 1),
        planned_start_precision="year",
        planned_end=date(2025, 7, 1),
        planned_end_precision="quarter",
        actual_start=date(2025, 8, 1),
        actual_start_precision="month",
    )
    report = factories.a_report(
        measure,
        schedule="late",
        schedule_reason="Personal fehlt.",
        new_end=date(2026, 1, 1),
        new_end_precision="year",
    )
    bars = schedule_bars(measure, report)
    assert [bar.label for bar in bars] == ["geplant", "neu geplant", "tatsächlich"]
    assert bars[0].end == Period.parse("2025-Q3")
    assert bars[1].end == Period.parse("2026")
    assert bars[2].end is None


def test_a_milestone_stands_where_it_was_reached_else_where_it_is_planned() -> None:
    measure = factories.a_measure()
    for slug, planned, reached in (("a", "2025", "2026-02"), ("b", "2025-Q3", None), ("c", None, None)):
        period = Period.parse(planned) if planned else None
        done = Period.parse(reached) if reached else None
        Milestone.objects.create(
            measure=measure,
            slug=slug,
            name=slug,
            planned=period and period.first,
            planned_precision=period.precision if period else "",
            reached=done and done.first,
            reached_precision=done.precision if done else "",
        )
    points = schedule_points(list(measure.milestones.all()))
    assert [(point.label, str(point.on and point.on.first), point.reached) for point in points] == [
        ("a", "2026-02-01", True),
        ("b", "2025-07-01", False),
    ]
