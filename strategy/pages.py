"""What the pages of a measure and of a report show, for everybody and in the preview of a draft."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from sessions.models import Consultation, Motion, Vote
from strategy.models import Evidence, Indicator, Measure, Review, StatusReport
from strategy.models.measure import MeasureQuerySet
from strategy.models.report import StatusReportQuerySet
from strategy.presenters import schedule_bars, schedule_points
from strategy.sources import attach_sources, quotes
from strategy.stated import apply_stated, attach_stated, with_stated
from strategy.verdicts import verdicts_of, waiting_questions, with_verdicts

EPOCH = datetime.fromtimestamp(0, UTC)
SCHEDULE_ASPECTS = {"planned_start", "planned_end", "actual_start", "actual_end", "schedule"}


def measure_rows(measures: MeasureQuerySet) -> MeasureQuerySet:
    """`measures` with what their page shows, in the same query."""
    return (
        measures.with_units_and_partners()
        .with_links()
        .annotate(waiting_questions=waiting_questions())
        .select_related("field__target_area")
    )


def report_rows(reports: QuerySet[StatusReport], *, drafts: bool = False) -> QuerySet[Any]:
    """`reports` with what their page shows, in the same query. drafts: with verdicts on open ones too."""
    reviews = Review.objects.current() if drafts else Review.objects.published()
    return with_stated(with_verdicts(reports, reviews)).select_related(
        "corrects", "status", "written_by", "published_by"
    )


def as_published(report: StatusReport) -> StatusReport:
    """The row of a report that is not published, in memory as if it were; never to be saved."""
    report.status_label, report.criterion = report.status.label, report.status.criterion
    report.state, report.published_at = StatusReport.State.PUBLISHED, timezone.now()
    return report


def measure_page(measure: Measure, *, show_names: bool, draft: StatusReport | None = None) -> dict[str, Any]:
    """The context of strategy/measure.html for one of `measure_rows`.

    show_names: of the staff who wrote and published. draft: one of `report_rows`, shown as if it were the
    newest published report.
    """
    published = measure.reports.published()
    if draft is not None:
        # Also of a measure that is not public yet: what was published of it will come with it.
        published = measure.reports.filter(state=StatusReport.State.PUBLISHED)
    reports: list[Any] = list(report_rows(published.newest_first(), drafts=draft is not None))
    if draft is not None:
        reports.insert(0, as_published(draft))
    newest = reports[0] if reports else None
    milestones: list[Any] = list(measure.milestones.all())
    money_items = list(measure.money_items.all())
    indicators: list[Any] = list(
        Indicator.objects.filter(measure=measure).prefetch_related(Prefetch("observations", to_attr="values"))
    )
    questions = list(measure.questions.published().select_related("asked_by"))
    evidence = attach_sources(
        None if draft is None else Evidence.objects.on_public_records(),
        measure=[measure],
        report=reports,
        milestone=milestones,
        observation=[value for indicator in indicators for value in indicator.values],
        money_item=money_items,
        question=questions,
    )
    attach_stated(reports)
    if draft is not None:
        apply_stated(draft, milestones, indicators)
    stating = {report.pk: report for report in reports}
    for milestone in milestones:
        milestone.stated_in = stating.get(milestone.reached_report_id)
    for indicator in indicators:
        for value in indicator.values:
            value.stated_in = stating.get(value.report_id)
    items = sorted(
        {piece.agenda_item_id: piece.agenda_item for piece in evidence if piece.agenda_item}.values(),
        # The newest meeting first, those without a day last.
        key=lambda item: (item.meeting.start is None, -(item.meeting.start or EPOCH).timestamp(), item.order),
    )
    prefetch_related_objects(
        items, Prefetch("consultations", Consultation.objects.published().select_related("paper"))
    )
    # The newest correction of each counts.
    corrected_by = {report.corrects_id: report for report in reversed(reports) if report.corrects_id}
    for report in reports:
        report.corrected_by = corrected_by.get(report.pk)
    return {
        "nav_section": "massnahmen",
        "measure": measure,
        "report": newest,
        "verdicts": verdicts_of(newest) if newest else None,
        "show_names": show_names,
        "reports": reports,
        "milestones": milestones,
        "reached": sum(milestone.reached is not None for milestone in milestones),
        "money_items": money_items,
        "indicators": indicators,
        "questions": questions,
        "schedule_sources": [piece for piece in measure.sources if piece.aspect in SCHEDULE_ASPECTS],
        "other_sources": [piece for piece in measure.sources if piece.aspect not in SCHEDULE_ASPECTS],
        "bars": schedule_bars(measure, newest),
        "points": schedule_points(milestones),
        "today": timezone.localdate(),
        "quotes": quotes(evidence),
        "items": items,
        "motions": Motion.objects.published()
        .filter(agenda_item__in=items)
        .select_related("mover", "agenda_item__meeting", "contribution")
        .prefetch_related(Prefetch("votes", Vote.objects.published())),
        "documents": {piece.document_id: piece.document for piece in evidence if piece.document}.values(),
    }


def report_page(
    report: Any, others: StatusReportQuerySet, *, show_names: bool, is_draft: bool = False
) -> dict[str, Any]:
    """The context of strategy/report.html for one of `report_rows`.

    others: the published reports of its measure. is_draft: shown as if it were the newest of them.
    """
    attach_sources(Evidence.objects.on_public_records() if is_draft else None, report=[report])
    attach_stated([report])
    if is_draft:
        as_published(report)
    return {
        "nav_section": "massnahmen",
        "report": report,
        "verdicts": verdicts_of(report),
        "show_names": show_names,
        "measure": report.measure,
        "crumb": f"Sachstand {report.number}",
        "corrected_by": others.filter(corrects=report).newest_first().select_related("measure").first(),
        "newest": report if is_draft else others.newest_first().select_related("measure").first(),
    }
