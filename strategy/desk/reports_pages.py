"""What the pages of reports at the desk have in common."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from portal.roles import Role, has_role
from portal.signed_in import signed_in
from strategy import actions
from strategy.actions.standing import had_a_hand
from strategy.desk.reports_forms import ReasonForm
from strategy.models import Measure, StatusReport
from strategy.pages import report_rows
from strategy.reviewing.reading import verdict_lines
from strategy.sources import attach_every_source
from strategy.stated import attach_stated

State = StatusReport.State
RETURN, URGENT = "zurueckgabe", "eile"
"""Prefixes of the forms with a reason."""


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
    user = signed_in(request)
    is_submitted = report.state == State.SUBMITTED
    ctx = parts_of(report) | {
        "nav_section": "redaktion",
        "report": report,
        "measure": report.measure,
        "problem": problem,
        "readiness": actions.readiness(report) if is_submitted else None,
        "verdicts": verdict_lines(report, user),
        "may_edit": has_role(user, Role.EDITOR),
        "may_release": has_role(user, Role.RELEASER),
        "wrote": is_submitted and had_a_hand(report, user),
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
    every = attach_every_source(report=[found])
    found.sources = [piece for piece in every if piece.is_open]
    return {"evidence": every, "hidden_evidence": len(every) - len(found.sources)}


def _word(report: Any) -> None:
    """In memory: a report that is not published yet has the words that its status has today."""
    report.status_label = report.status_label or report.status.label
    report.criterion = report.criterion or report.status.criterion
