"""Pages of the strategy."""

from datetime import UTC, datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.paging import page_of
from portal.reading import reading_page
from portal.roles import Role, has_role
from portal.signed_in import acting_user
from sessions.models import Consultation, Motion, Vote
from strategy.filters import MeasureFilter
from strategy.models import (
    Edition,
    EditionMeasure,
    FieldOfAction,
    Indicator,
    Measure,
    MoneyItem,
    Question,
    StatusReport,
)
from strategy.models.structure import open_measure
from strategy.overview import the_strategy
from strategy.presenters import schedule_bars, schedule_points, status_segments
from strategy.sources import attach_sources, quotes
from strategy.verdicts import verdicts_of, waiting_questions, with_verdicts

EPOCH = datetime.fromtimestamp(0, UTC)
SCHEDULE_ASPECTS = {"planned_start", "planned_end", "actual_start", "actual_end", "schedule"}


@reading_page
def strategy(request: HttpRequest) -> HttpResponse:
    strategy = the_strategy()
    if strategy is None:
        return render(request, "strategy/no_strategy.html", {"nav_section": "strategie"})
    worded = EditionMeasure.objects.filter(open_measure("measure")).select_related("measure")
    measures = Measure.objects.published().with_latest_report().order_by("position", "name")
    fields = list(
        FieldOfAction.objects.published()
        .select_related("target_area")
        .prefetch_related(Prefetch("measures", measures))
    )
    money_items = list(MoneyItem.objects.filter(strategy=strategy))
    questions = list(
        Question.objects.published().filter(strategy=strategy).select_related("asked_by", "measure")
    )
    attach_sources(strategy=[strategy], money_item=money_items, question=questions)
    ctx = {
        "nav_section": "strategie",
        "strategy": strategy,
        "editions": Edition.objects.published()
        .filter(strategy=strategy)
        .select_related("adopted_by")
        .prefetch_related(Prefetch("edition_measures", worded)),
        "fields": [field for field in fields if field.target_area],
        "other_fields": [field for field in fields if not field.target_area],
        "segments": status_segments(
            [m for field in fields for m in field.measures.all() if m.origin == Measure.Origin.STRATEGY],
            "herkunft=strategy",
        ),
        "money_items": money_items,
        "questions": questions,
        "waiting_questions": Question.objects.waiting().filter(strategy=strategy).count(),
        "quotes": quotes(strategy.sources),
    }
    return render(request, "strategy/strategy.html", ctx)


@reading_page
def field(request: HttpRequest, slug: str) -> HttpResponse:
    field = get_object_or_404(FieldOfAction.objects.published().select_related("target_area"), slug=slug)
    measures = (
        Measure.objects.published().filter(field=field).with_latest_report().with_units_and_partners()
    ).order_by("position", "name", "pk")
    ctx = {
        "nav_section": "strategie",
        "field": field,
        "page": page_of(request, measures),
        "segments": status_segments(measures.only("pk"), f"feld={field.slug}"),
    }
    return render(request, "strategy/field.html", ctx)


@reading_page
def measures(request: HttpRequest) -> HttpResponse:
    filtered = MeasureFilter(request.GET, queryset=Measure.objects.published().with_latest_report())
    page = page_of(request, filtered.ordered().select_related("field").with_units_and_partners())
    return render(
        request, "strategy/measures.html", {"nav_section": "massnahmen", "filter": filtered, "page": page}
    )


@reading_page
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    measure = get_object_or_404(
        Measure.objects.published()
        .with_units_and_partners()
        .annotate(waiting_questions=waiting_questions())
        .select_related("field__target_area"),
        slug=slug,
    )
    reports = list(with_verdicts(measure.reports.published().newest_first().select_related("corrects")))
    newest = reports[0] if reports else None
    milestones = list(measure.milestones.all())
    money_items = list(measure.money_items.all())
    indicators = list(Indicator.objects.filter(measure=measure).prefetch_related("observations"))
    questions = list(measure.questions.published().select_related("asked_by"))
    evidence = attach_sources(
        measure=[measure],
        report=reports,
        milestone=milestones,
        observation=[row for indicator in indicators for row in indicator.observations.all()],
        money_item=money_items,
        question=questions,
    )
    items = sorted(
        {piece.agenda_item_id: piece.agenda_item for piece in evidence if piece.agenda_item}.values(),
        # The newest meeting first, those without a day last.
        key=lambda item: (item.meeting.start is None, -(item.meeting.start or EPOCH).timestamp(), item.order),
    )
    prefetch_related_objects(
        items, Prefetch("consultations", Consultation.objects.published().select_related("paper"))
    )
    ctx = {
        "nav_section": "massnahmen",
        "measure": measure,
        "report": newest,
        "verdicts": verdicts_of(newest) if newest else None,
        "may_ask": (user := acting_user(request)) is not None and has_role(user, Role.REVIEWER),
        "reports": reports,
        "corrected_numbers": {report.corrects.number for report in reports if report.corrects},
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
    return render(request, "strategy/measure.html", ctx)


@reading_page
def report(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    reports = StatusReport.objects.published().filter(measure__slug=slug)
    report = get_object_or_404(
        with_verdicts(reports.select_related("measure__field", "corrects")),
        number=number,
    )
    attach_sources(report=[report])
    ctx = {
        "nav_section": "massnahmen",
        "report": report,
        "verdicts": verdicts_of(report),
        "measure": report.measure,
        "crumb": f"Sachstand {report.number}",
        "corrected_by": reports.filter(corrects=report).select_related("measure").first(),
        "newest": reports.newest_first().select_related("measure").first(),
    }
    return render(request, "strategy/report.html", ctx)
