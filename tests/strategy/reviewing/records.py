"""Reports on their way, for tests of the review."""

from datetime import datetime
from typing import Any

from sessions.models import AgendaItem
from strategy.models import Measure, StatusReport
from tests import factories


def before_the_council(measure: Measure | None = None, *, name: str = "", **fields: Any) -> StatusReport:
    """A submitted report."""
    if measure is None:
        measure = factories.a_measure(**({"name": name} if name else {}))
    report = factories.a_report(measure, published=False, **fields)
    factories.submit(report)
    return report


def publish_at(
    measure: Measure, moment: datetime, *, evidence: AgendaItem | None = None, **fields: Any
) -> StatusReport:
    """A report published at `moment`."""
    report = factories.a_report(measure, published=False, **fields)
    if evidence is not None:
        factories.evidence(evidence, report=report)
    factories.submit(report)
    report.state = StatusReport.State.PUBLISHED
    report.published_at, report.published_by = moment, factories.a_user()
    report.save()
    return report
