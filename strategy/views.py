"""Pages of the strategy."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portal.context import names_are_open
from portal.paging import page_of
from portal.reading import reading_page
from portal.roles import Role, has_role
from portal.signed_in import acting_user
from strategy.filters import MeasureFilter
from strategy.models import (
    Edition,
    EditionMeasure,
    FieldOfAction,
    Measure,
    MoneyItem,
    Question,
    StatusReport,
)
from strategy.models.structure import open_measure
from strategy.overview import the_strategy
from strategy.pages import measure_page, measure_rows, report_page, report_rows
from strategy.presenters import status_segments
from strategy.sources import attach_backing, attach_sources, quotes


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
    attach_backing(measure for field in fields for measure in field.measures.all())
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
    page = page_of(request, measures)
    attach_backing(page.object_list)
    ctx = {
        "nav_section": "strategie",
        "field": field,
        "page": page,
        "segments": status_segments(measures.only("pk"), f"feld={field.slug}"),
    }
    return render(request, "strategy/field.html", ctx)


@reading_page
def measures(request: HttpRequest) -> HttpResponse:
    filtered = MeasureFilter(request.GET, queryset=Measure.objects.published().with_latest_report())
    page = page_of(request, filtered.ordered().select_related("field").with_units_and_partners())
    attach_backing(page.object_list)
    return render(
        request, "strategy/measures.html", {"nav_section": "massnahmen", "filter": filtered, "page": page}
    )


@reading_page
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    measure = get_object_or_404(measure_rows(Measure.objects.published()), slug=slug)
    user = acting_user(request)
    ctx = measure_page(measure, show_names=names_are_open(request)) | {
        "may_ask": user is not None and has_role(user, Role.REVIEWER)
    }
    return render(request, "strategy/measure.html", ctx)


@reading_page
def report(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    reports = StatusReport.objects.published().filter(measure__slug=slug)
    report = get_object_or_404(report_rows(reports).select_related("measure__field"), number=number)
    ctx = report_page(report, reports, show_names=names_are_open(request))
    return render(request, "strategy/report.html", ctx)
