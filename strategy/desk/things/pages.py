"""The desk's list of measures, all about one measure, and all about the strategy."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portal.paging import page_of
from portal.roles import Role, has_role
from portal.signed_in import page_for, signed_in
from sessions.models import Organization
from strategy.desk.things.filters import MeasureFilter, desk_measures
from strategy.models import (
    Change,
    Edition,
    FieldOfAction,
    Indicator,
    Measure,
    MoneyItem,
    StatusReport,
    Strategy,
    TargetArea,
)
from strategy.sources import attach_backing, attach_every_source


def may(request: HttpRequest) -> dict[str, bool]:
    """What the signed-in person may do, for templates."""
    user = signed_in(request)
    return {"may_edit": has_role(user, Role.EDITOR), "may_release": has_role(user, Role.RELEASER)}


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def measures(request: HttpRequest) -> HttpResponse:
    found = MeasureFilter(request.GET, queryset=desk_measures(signed_in(request)))
    page = page_of(request, found.ordered())
    attach_backing(page.object_list)
    ctx = {"filter": found, "page": page} | may(request)
    return render(request, "desk/measures.html", ctx)


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one measure in one place, with the way to change it."""
    shown = get_object_or_404(
        Measure.objects.select_related("field__target_area", "written_by").prefetch_related(
            Prefetch("responsible_units", Organization.objects.order_by("name", "pk")),
            "partners",
            "editors",
            "milestones",
            Prefetch(
                "indicators",
                Indicator.objects.prefetch_related(Prefetch("observations", to_attr="values")),
            ),
            "money_items",
            Prefetch("links", to_attr="link_list"),
            "questions",
            Prefetch("reports", StatusReport.objects.newest_first().select_related("status", "written_by")),
        ),
        slug=slug,
    )
    indicators = list(shown.indicators.all())
    values = [value for indicator in indicators for value in indicator.values]
    reports = list(shown.reports.all())
    attach_every_source(
        measure=[shown],
        milestone=shown.milestones.all(),
        money_item=shown.money_items.all(),
        observation=values,
        report=reports,
    )
    changes = list(Change.objects.open().filter(measure=shown).select_related("written_by"))
    waiting = waiting_by_thing(changes)
    for thing in (
        *(shown, *shown.milestones.all(), *indicators, *values),
        *(*shown.money_items.all(), *shown.link_list),
    ):
        thing.waiting = waiting.get((thing._meta.label_lower, thing.pk))
    open_report = next((report for report in reports if report.state != StatusReport.State.PUBLISHED), None)
    ctx = {
        "measure": shown,
        "indicators": indicators,
        "reports": reports,
        "open_report": open_report,
        "questions": shown.questions.all(),
        "changes": changes,
        "is_mine": request.user in shown.editors.all(),
    } | may(request)
    return render(request, "desk/measure.html", ctx)


def waiting_by_thing(changes: Iterable[Change]) -> dict[tuple[str, int | None], Change]:
    """Open changes by what they are about: ("strategy.milestone", 3)."""
    return {(change.model, change.object_id): change for change in changes}


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def strategy(request: HttpRequest) -> HttpResponse:
    """The strategy with its rules, editions, target areas, fields of action and money."""
    strategies = list(
        Strategy.objects.prefetch_related(
            Prefetch("editions", Edition.objects.select_related("adopted_by")),
            Prefetch("target_areas", TargetArea.objects.all()),
            Prefetch("money_items", MoneyItem.objects.all()),
        )
    )
    fields = list(FieldOfAction.objects.select_related("target_area"))
    items = [item for one in strategies for item in one.money_items.all()]
    attach_every_source(strategy=strategies, money_item=items)
    changes = list(Change.objects.open().filter(measure__isnull=True).select_related("written_by"))
    waiting = waiting_by_thing(changes)
    things: list[Any] = [*strategies, *fields, *items]
    for one in strategies:
        things += [*one.editions.all(), *one.target_areas.all()]
    for thing in things:
        thing.waiting = waiting.get((thing._meta.label_lower, thing.pk))
    numbers: dict[int, int] = defaultdict(int)
    for pk in Measure.objects.values_list("field", flat=True):
        numbers[pk] += 1
    for field in fields:
        field.number_of_measures = numbers[field.pk]
    ctx = {"strategies": strategies, "fields": fields, "changes": changes} | may(request)
    return render(request, "desk/strategy.html", ctx)
