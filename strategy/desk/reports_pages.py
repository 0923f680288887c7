"""What the pages of reports at the desk have in common."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from portal.models import User
from portal.roles import Role, has_role
from strategy import actions
from strategy.desk.reports_forms import WORDS, ReasonForm
from strategy.models import Evidence, Measure, StatusReport
from strategy.pages import report_rows
from strategy.reviewing.reading import verdict_lines
from strategy.sources import attach_sources
from strategy.stated import attach_stated

State = StatusReport.State
RETURN, URGENT = "zurueckgabe", "eile"
"""Prefixes of the forms with a reason."""


def acting(request: HttpRequest) -> User:
    """The account behind a page of `page_for`."""
    return cast(User, request.user)


def saved(request: HttpRequest, text: str) -> None:
    """Says so on the next page, and tells static/js/keep.js that what was typed is safe now."""
    messages.success(request, text, extra_tags="saved")


def gone(request: HttpRequest) -> HttpResponse:
    """410 for what was typed into a draft that somebody else has discarded: to be read and copied."""
    names = (*WORDS, f"{RETURN}-reason", f"{URGENT}-reason")
    typed = [value for name in names if (value := request.POST.get(name, "").strip())]
    return render(request, "desk/report_gone.html", {"typed": typed}, status=410)


def return_form_of(data: QueryDict | None = None) -> ReasonForm:
    return ReasonForm(
        data,
        prefix=RETURN,
        label="Was ist zu ändern?",
        help_text="Das lesen alle, die an dem Sachstand schreiben.",
    )


def urgent_form_of(data: QueryDict | None = None) -> ReasonForm:
    return ReasonForm(
        data,
        prefix=URGENT,
        label="Warum wird nicht auf Prüfvermerke gewartet?",
        help_text="Der Grund erscheint öffentlich beim Sachstand.",
    )


def standing_page(
    request: HttpRequest,
    report: Any,
    *,
    return_form: ReasonForm | None = None,
    urgent_form: ReasonForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """A report that this person does not write on now, with what may be done with it."""
    user = acting(request)
    is_submitted = report.state == State.SUBMITTED
    wrote = user.pk in (report.written_by_id, report.changed_by_id, report.submitted_by_id)
    ctx = parts_of(report) | {
        "nav_section": "redaktion",
        "report": report,
        "measure": report.measure,
        "problem": problem,
        "readiness": actions.readiness(report) if is_submitted else None,
        "verdicts": verdict_lines(report, user),
        "may_edit": has_role(user, Role.EDITOR),
        "may_release": has_role(user, Role.RELEASER),
        "wrote": wrote,
        "return_form": return_form or return_form_of(),
        "urgent_form": urgent_form or urgent_form_of(),
        "show_names": True,
        "is_public": Measure.objects.published().filter(pk=report.measure_id).exists(),
        "corrected_by": StatusReport.objects.filter(corrects=report).newest_first().first(),
    }
    _word(report)
    return render(request, "desk/report.html", ctx, status=status)


def shown(reports: QuerySet[StatusReport]) -> QuerySet[Any]:
    return report_rows(reports, drafts=True).select_related(
        "measure__field", "submitted_by", "returned_by", "changed_by"
    )


def parts_of(found: Any) -> dict[str, Any]:
    """What a report rests on and states. Staff see also evidence whose source is no longer public."""
    attach_stated([found])
    every = list(Evidence.objects.filter(report=found.pk).with_targets())
    shown = attach_sources(Evidence.objects.on_public_records(), report=[found])
    public = {piece.pk for piece in shown}
    return {
        "evidence": [(piece, piece.pk in public) for piece in every],
        "hidden_evidence": len(every) - len(public),
    }


def _word(report: Any) -> None:
    """In memory: a report that is not published yet has the words that its status has today."""
    report.status_label = report.status_label or report.status.label
    report.criterion = report.criterion or report.status.criterion
