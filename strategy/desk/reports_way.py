"""The way of a report, step by step: submitted, taken back, returned, published, discarded."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import POST, WRITE, page_for, signed_in
from strategy import actions
from strategy.desk.reports_forms import ReasonForm
from strategy.desk.reports_pages import (
    URGENT,
    return_form_of,
    shown,
    standing_page,
    urgent_form_of,
)
from strategy.models import StatusReport

State = StatusReport.State


@page_for(Role.EDITOR, methods=POST)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on the council sees it, and nobody changes it."""
    return _step(
        request, pk, lambda report: actions.submit_report(report=report, by=signed_in(request)), "eingereicht"
    )


@page_for(Role.EDITOR, methods=POST)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a draft of a submitted report again."""
    return _step(
        request,
        pk,
        lambda report: actions.take_back_report(report=report, by=signed_in(request)),
        "zurückgeholt und wieder ein Entwurf",
    )


@page_for(Role.RELEASER, methods=POST)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Returns a submitted report to its writers, with a reason."""
    form = return_form_of(request.POST)

    def act(report: StatusReport) -> None:
        actions.return_report(
            report=report,
            reason=form.cleaned_data["reason"],
            submission=_read_submission(request),
            by=signed_in(request),
        )

    return _step(request, pk, act, "zurückgegeben", return_form=form)


@page_for(Role.RELEASER, methods=POST)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes a submitted report; in a hurry with the reason that is published with it."""
    form = urgent_form_of(request.POST) if f"{URGENT}-reason" in request.POST else None

    def act(report: StatusReport) -> None:
        reason = form.cleaned_data["reason"] if form else ""
        actions.publish_report(
            report=report, by=signed_in(request), urgent_reason=reason, submission=_read_submission(request)
        )

    return _step(request, pk, act, "veröffentlicht", urgent_form=form)


@page_for(Role.EDITOR, methods=WRITE)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, then removes a draft."""
    if request.method != "POST":
        report = get_object_or_404(shown(StatusReport.objects.filter(pk=pk)))
        if report.state not in (State.DRAFT, State.RETURNED):
            return standing_page(request, report, problem="Verwerfen lässt sich nur ein Entwurf.", status=409)
        ctx = {"nav_section": "redaktion", "report": report, "measure": report.measure}
        return render(request, "desk/report_discard.html", ctx)
    found = shown(StatusReport.objects.filter(pk=pk)).first()
    if found is None:
        messages.info(request, "Diesen Entwurf gibt es nicht mehr.")
        return redirect("desk:home")
    try:
        actions.discard_report(report=found, by=signed_in(request))
    except actions.StrategyError as error:
        return standing_page(request, found, problem=error.german, status=409)
    messages.success(request, f"Der Entwurf von Sachstand {found.number} ist verworfen.")
    return redirect("desk:measure", found.measure.slug)


def _read_submission(request: HttpRequest) -> int:
    """Which text the person had before them; 0, which is none, where the form does not say."""
    number = request.POST.get("submission", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0


def _step(
    request: HttpRequest,
    pk: int,
    act: Callable[[StatusReport], object],
    done: str,
    *,
    return_form: ReasonForm | None = None,
    urgent_form: ReasonForm | None = None,
) -> HttpResponse:
    """Does one step; where a rule forbids it, the page says why and keeps what was typed."""
    found: Any = get_object_or_404(shown(StatusReport.objects.filter(pk=pk)))
    if not all(form.is_valid() for form in (return_form, urgent_form) if form is not None):
        return standing_page(request, found, return_form=return_form, urgent_form=urgent_form)
    try:
        act(found)
    except actions.StrategyError as error:
        return standing_page(
            request,
            get_object_or_404(shown(StatusReport.objects.filter(pk=pk))),
            return_form=return_form,
            urgent_form=urgent_form,
            problem=error.german,
            status=409,
        )
    messages.success(request, f"Sachstand {found.number} ist {done}.")
    return redirect("desk:report", pk)


urls: list[URLPattern] = [
    path("sachstaende/<int:pk>/einreichen/", submit, name="report-submit"),
    path("sachstaende/<int:pk>/zurueckholen/", take_back, name="report-take-back"),
    path("sachstaende/<int:pk>/zurueckgeben/", give_back, name="report-return"),
    path("sachstaende/<int:pk>/veroeffentlichen/", publish, name="report-publish"),
    path("sachstaende/<int:pk>/verwerfen/", discard, name="report-discard"),
]
