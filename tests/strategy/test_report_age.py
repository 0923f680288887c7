"""How long nothing has been reported of a measure: one rule for the desk and for reminders."""

from datetime import timedelta

import pytest
from django.utils import timezone

from strategy.models import Measure, ReportAge, StatusReport, Strategy
from tests import factories

pytestmark = pytest.mark.django_db


def age(measure: Measure) -> str:
    return Measure.objects.with_report_age().get(pk=measure.pk).report_age


def reported(measure: Measure, *, days: int, status: str = "running") -> StatusReport:
    report = factories.a_report(measure, published=False, status=status)
    factories.submit(report)
    report.state = StatusReport.State.PUBLISHED
    report.published_at, report.published_by = timezone.now() - timedelta(days=days), factories.a_user()
    report.save()
    return report


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ""),
        (89, ""),
        (90, ReportAge.DUE),
        (179, ReportAge.DUE),
        (180, ReportAge.OVERDUE),
        (364, ReportAge.OVERDUE),
        (365, ReportAge.SILENT),
    ],
)
def test_three_thresholds(days: int, expected: str) -> None:
    measure = factories.a_measure()
    reported(measure, days=days)
    assert age(measure) == expected


def test_the_newest_report_counts_and_drafts_do_not() -> None:
    measure = factories.a_measure()
    reported(measure, days=400)
    reported(measure, days=10)
    factories.a_report(measure, published=False)
    assert age(measure) == ""


def test_without_a_report_the_measure_itself_counts() -> None:
    assert age(factories.a_measure()) == ReportAge.SILENT
    assert age(factories.a_measure(published_at=timezone.now())) == ""
    assert age(factories.a_measure(published=False)) == ""


@pytest.mark.parametrize("status", ["completed", "stopped"])
def test_nobody_expects_more_of_what_has_ended(status: str) -> None:
    measure = factories.a_measure()
    reported(measure, days=400, status=status)
    assert age(measure) == ""


def test_the_strategy_says_how_long() -> None:
    measure = factories.a_measure()
    reported(measure, days=20)
    Strategy.objects.update(report_due_days=5, report_overdue_days=10, report_silent_days=15)
    assert age(measure) == ReportAge.SILENT


def test_a_field_without_a_strategy_follows_the_published_one() -> None:
    factories.a_strategy(report_due_days=5, report_overdue_days=10, report_silent_days=1000)
    measure = factories.a_measure(field=factories.a_field(target_area=None))
    reported(measure, days=20)
    assert age(measure) == ReportAge.OVERDUE
