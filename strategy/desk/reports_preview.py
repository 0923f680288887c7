"""A report before it is published, on the very pages that everybody will read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import page_for
from strategy.models import Measure, StatusReport
from strategy.pages import measure_page, measure_rows, report_page, report_rows


@page_for(Role.EDITOR, Role.RELEASER)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the measure, with the open report as its newest."""
    draft = _found(pk)
    if draft.state == StatusReport.State.PUBLISHED:
        return redirect(draft.measure)
    measure = measure_rows(Measure.objects.filter(pk=draft.measure_id)).get()
    ctx = _banner(draft) | measure_page(measure, show_names=settings.CITY.employee_names_public, draft=draft)
    return render(request, "desk/report_preview_measure.html", ctx)


@page_for(Role.EDITOR, Role.RELEASER)
def preview_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the report itself."""
    draft = _found(pk)
    if draft.state == StatusReport.State.PUBLISHED:
        return redirect(draft)
    others = StatusReport.objects.filter(measure=draft.measure_id, state=StatusReport.State.PUBLISHED)
    ctx = _banner(draft) | report_page(
        draft, others, show_names=settings.CITY.employee_names_public, is_draft=True
    )
    return render(request, "desk/report_preview.html", ctx)


def _found(pk: int) -> Any:
    reports = report_rows(StatusReport.objects.all(), drafts=True).select_related("measure__field")
    return get_object_or_404(reports, pk=pk)


def _banner(draft: Any) -> dict[str, Any]:
    """Asked before the draft is shown as if it were published."""
    return {
        "preview_of": draft.pk,
        "preview_number": draft.number,
        "preview_state": draft.get_state_display(),
        "is_public": Measure.objects.published().filter(pk=draft.measure_id).exists(),
    }


urls: list[URLPattern] = [
    path("sachstaende/<int:pk>/vorschau/", preview, name="report-preview"),
    path("sachstaende/<int:pk>/vorschau/sachstand/", preview_report, name="report-preview-report"),
]
