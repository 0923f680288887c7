"""A report before the council: its text, its difference, its evidence, and a verdict on it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from portal.errors import error_page
from portal.roles import Role, has_role
from portal.signed_in import WRITE, page_for, signed_in
from strategy.actions import StrategyError, readiness, review_report
from strategy.actions.standing import had_a_hand
from strategy.models import Measure, StatusReport
from strategy.pages import report_rows
from strategy.reviewing.forms import PUBLIC, STAFF, ReviewForm
from strategy.reviewing.reading import (
    changes_between,
    name_of_member,
    shown_as_published,
    verdict_lines,
    with_previous,
)

State = StatusReport.State


@page_for(Role.REVIEWER, Role.EDITOR, Role.RELEASER, methods=WRITE)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    may_review = has_role(user, Role.REVIEWER)
    if request.method == "POST" and not may_review:
        return error_page(request, 403)
    row = get_object_or_404(StatusReport, pk=pk)
    if row.state not in (State.SUBMITTED, State.PUBLISHED):
        return _taken_away(request)
    form = ReviewForm(initial={"submission": row.submission})
    if request.method == "POST":
        data = request.POST.copy()
        form = ReviewForm(data)
        if form.is_valid() and _give(form, row, request):
            messages.success(request, "Ihr Prüfvermerk ist gespeichert.")
            return HttpResponseRedirect(reverse("review:report", args=[pk]))
        if row.state not in (State.SUBMITTED, State.PUBLISHED):
            return _taken_away(request)
        # Whoever is told that the text is another one now, decides on the one they are shown.
        data["submission"] = str(row.submission)
    return render(request, "reviewing/report.html", _context(request, row, form, may_review=may_review))


def _give(form: ReviewForm, row: StatusReport, request: HttpRequest) -> bool:
    cleaned = form.cleaned_data
    try:
        review_report(
            report=row,
            submission=cleaned["submission"],
            verdict=cleaned["verdict"],
            comment=cleaned["comment"],
            is_public=cleaned["audience"] == PUBLIC,
            by=signed_in(request),
        )
    except (StrategyError, ValidationError) as error:
        form.refuse(error)
        row.refresh_from_db()
        return False
    return True


def _context(
    request: HttpRequest, row: StatusReport, form: ReviewForm, *, may_review: bool
) -> dict[str, object]:
    user = signed_in(request)
    found = report_rows(StatusReport.objects.filter(pk=row.pk), drafts=True).select_related("measure")
    shown = found.get()
    is_submitted = shown.state == State.SUBMITTED
    previous = with_previous([shown]).get(shown.pk)
    lines = verdict_lines(shown, user)
    is_own = had_a_hand(shown, user)
    shown_as_published(shown)
    return {
        "report": shown,
        "measure": shown.measure,
        "crumb": f"Sachstand {shown.number}",
        "is_public_measure": Measure.objects.published().filter(pk=shown.measure_id).exists(),
        "is_submitted": is_submitted,
        "deadline": readiness(shown) if is_submitted else None,
        "previous": previous,
        "changes": changes_between(previous, shown) if previous else [],
        "now": [line for line in lines if line.submission == shown.submission],
        "before": [line for line in lines if line.submission != shown.submission],
        "is_own": is_own,
        "form": form if may_review and not is_own else None,
        "own_name": name_of_member(user),
    }


def _taken_away(request: HttpRequest) -> HttpResponse:
    """Of a draft nobody hears here. What was typed while it became one again is shown, not lost."""
    if request.method != "POST":
        raise Http404("not before the council")
    form = ReviewForm(request.POST)
    ctx = {
        "verdict": dict(form.fields["verdict"].choices).get(request.POST.get("verdict", ""), ""),  # type: ignore[attr-defined]  # a ChoiceField
        "comment": request.POST.get("comment", ""),
        "audience": request.POST.get("audience", STAFF),
    }
    return render(request, "reviewing/taken_away.html", ctx, status=409)


urls: list[URLPattern] = [path("sachstaende/<int:pk>/", report, name="report")]
