"""Reports: begun, written, looked at before everybody else does."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from portal.dates import Period, Precision
from portal.editing import plain
from portal.errors import error_page
from portal.models import User
from portal.roles import Role, has_role
from portal.signed_in import WRITE, page_for, signed_in
from strategy import actions
from strategy.desk import reports_preview, reports_way
from strategy.desk.editing import posted
from strategy.desk.reports_forms import (
    WORDS,
    FigureForm,
    MilestoneForm,
    ReportForm,
    opens_with,
)
from strategy.desk.reports_pages import parts_of, shown, standing_page
from strategy.models import Evidence, Measure, ReportFigure, ReportMilestone, Status, StatusReport
from strategy.sources import attach_sources
from strategy.stated import attach_stated

State = StatusReport.State
CORRECTS = "berichtigt"
"""Name of the parameter with the number of the report that a new one corrects."""
TAKE_OVER = "uebernehmen"
DO = "tun"
"""Name of the buttons; the value says what happens after the words are saved."""


@page_for(Role.EDITOR, methods=WRITE)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begins a report of a measure, or the correction of a published one."""
    measure = get_object_or_404(Measure.objects.select_related("field"), slug=slug)
    published = StatusReport.objects.filter(measure=measure, state=State.PUBLISHED)
    corrects = _corrected(request, published)
    previous = corrects or shown(published.newest_first()).first()
    waiting = StatusReport.objects.open().filter(measure=measure).first()
    if waiting is not None and request.method != "POST":
        messages.warning(request, "Zu dieser Maßnahme ist schon ein Sachstand in Arbeit. Hier ist er.")
        return redirect("desk:report", waiting.pk)
    today = Period(timezone.localdate(), Precision.DAY)
    form = ReportForm(
        posted(request), opens_with=opens_with(previous, today=today, corrects=corrects is not None)
    )
    if form.is_valid():
        report = form.attempt(
            lambda: actions.draft_report(
                measure=measure, corrects=corrects, by=signed_in(request), **form.new_values()
            )
        )
        if report is not None:
            if corrects is not None and request.POST.get(TAKE_OVER):
                _take_over(request, report, corrects)
            messages.success(request, f"Sachstand {report.number} ist angelegt.")
            return redirect("desk:report", report.pk)
    ctx = _beside(previous) | {
        "nav_section": "redaktion",
        "measure": measure,
        "form": form,
        "statuses": _statuses(form),
        "corrects": corrects,
        "waiting": waiting,
        "takes_over": request.method != "POST" or TAKE_OVER in request.POST,
        "show_names": True,
    }
    return render(request, "desk/report_new.html", ctx)


@page_for(Role.EDITOR, Role.RELEASER, methods=WRITE)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """An open report: its form for editors, and for everybody else what it says and what is missing."""
    user = signed_in(request)
    may_edit = has_role(user, Role.EDITOR)
    if request.method == "POST" and not may_edit:
        return error_page(request, 403)
    found: Any = get_object_or_404(shown(StatusReport.objects.filter(pk=pk)))
    if request.method == "POST":
        return _save(request, found)
    if may_edit and found.state in (State.DRAFT, State.RETURNED):
        return _form_page(request, found, ReportForm(seen=plain(found, WORDS)))
    return standing_page(request, found)


def _save(request: HttpRequest, found: Any) -> HttpResponse:
    """Saves the words, then what was stated beside them, then goes where the button leads."""
    user = signed_in(request)
    form = ReportForm(posted(request), seen=plain(found, WORDS))
    milestone, figure = _part_forms(request, found)
    if not form.is_valid():
        return _form_page(request, found, form, milestone, figure)
    merge = form.attempt(
        lambda: actions.change_report(report=found, values=form.plain_values(), base=form.base, by=user)
    )
    if merge is None:
        return _form_page(request, found, form, milestone, figure)
    refused = [part for part in (milestone, figure) if part.is_filled and not _state(found, part, user)]
    problem = _remove(request, found, user)
    if refused or problem:
        fresh = shown(StatusReport.objects.filter(pk=found.pk)).get()
        if problem:
            messages.error(request, problem)
        if refused:
            messages.warning(request, "Der Text ist gespeichert. Bei einer Angabe darunter fehlt noch etwas.")
        measure = found.measure
        return _form_page(
            request,
            fresh,
            ReportForm(seen=plain(fresh, WORDS)),
            milestone if milestone in refused else MilestoneForm(None, measure=measure),
            figure if figure in refused else FigureForm(None, measure=measure),
        )
    taken_over = [str(form.fields[name].label) for name in merge.taken_over if name in form.fields]
    also = f" Inzwischen hat jemand auch das geändert: {', '.join(taken_over)}." if taken_over else ""
    return _leave(request, found, user, also)


def _leave(request: HttpRequest, found: Any, user: User, also: str) -> HttpResponse:
    """Where the button leads after everything is saved."""
    do, _, number = request.POST.get(DO, "").partition("-")
    here = reverse("desk:report", args=[found.pk])
    if do == "submit":
        try:
            actions.submit_report(report=found, by=user)
        except actions.StrategyError as error:
            messages.error(request, error.german)
            return redirect(here)
        messages.success(request, f"Sachstand {found.number} ist eingereicht.{also}")
        return redirect(here)
    messages.success(request, f"Gespeichert.{also}")
    if do == "preview":
        return redirect("desk:report-preview", found.pk)
    if do == "add":
        return redirect("desk:evidence-add", "report", found.pk)
    if do in ("change", "remove") and number.isdecimal() and len(number) < 19:
        return redirect(f"desk:evidence-{do}", int(number))
    return redirect(f"{here}#angaben" if do in ("part", "milestone", "figure") else here)


def _remove(request: HttpRequest, found: Any, user: User) -> str:
    """Takes a milestone or figure away where the button says so; why not, in words, else ""."""
    what, _, number = request.POST.get(DO, "").partition("-")
    model = {"milestone": ReportMilestone, "figure": ReportFigure}.get(what)
    if model is None or not number.isdecimal() or len(number) >= 19:
        return ""
    row: Any = model._default_manager.filter(report=found.pk, pk=int(number)).first()
    if row is None:
        return ""  # Somebody else took it away: that is what was wanted.
    try:
        actions.remove_from_report(row=row, by=user)
    except actions.StrategyError as error:
        return error.german
    return ""


def _state(found: StatusReport, part: MilestoneForm | FigureForm, user: User) -> bool:
    """Whether the report now states what was typed."""
    if not part.is_valid():
        return False
    cleaned = part.cleaned_data
    if isinstance(part, MilestoneForm):
        row: Any = part.attempt(
            lambda: actions.report_milestone(
                report=found, milestone=cleaned["milestone"], reached=cleaned["reached"], by=user
            )
        )
    else:
        row = part.attempt(lambda: actions.report_figure(report=found, by=user, **cleaned))
    return row is not None


def _part_forms(request: HttpRequest, found: Any) -> tuple[MilestoneForm, FigureForm]:
    """Bound where something was typed into them."""
    milestone = MilestoneForm(request.POST, measure=found.measure)
    figure = FigureForm(request.POST, measure=found.measure)
    return (
        milestone if milestone.is_filled else MilestoneForm(None, measure=found.measure),
        figure if figure.is_filled else FigureForm(None, measure=found.measure),
    )


def _form_page(
    request: HttpRequest,
    found: Any,
    form: ReportForm,
    milestone: MilestoneForm | None = None,
    figure: FigureForm | None = None,
) -> HttpResponse:
    previous = (
        shown(StatusReport.objects.filter(measure=found.measure_id, state=State.PUBLISHED).newest_first())
        .exclude(pk=found.pk)
        .first()
    )
    ctx = (
        _beside(previous)
        | parts_of(found)
        | {
            "nav_section": "redaktion",
            "report": found,
            "measure": found.measure,
            "form": form,
            "statuses": _statuses(form),
            "milestone_form": milestone or MilestoneForm(None, measure=found.measure),
            "figure_form": figure or FigureForm(None, measure=found.measure),
            "milestone_rows": found.milestones.select_related("milestone"),
            "figure_rows": found.figures.select_related("indicator"),
            "show_names": True,
        }
    )
    return render(request, "desk/report_edit.html", ctx)


def _beside(previous: Any | None) -> dict[str, Any]:
    """The report before, to be read beside the form."""
    if previous is not None:
        attach_stated([previous])
        attach_sources(report=[previous])
    return {"previous": previous}


def _corrected(request: HttpRequest, published: QuerySet[StatusReport]) -> Any | None:
    """The published report that the address names; 404 where there is none."""
    number = request.GET.get(CORRECTS, "")
    if not number:
        return None
    wanted = int(number) if number.isdecimal() and number.isascii() and len(number) < 9 else 0
    return get_object_or_404(shown(published), number=wanted)


def _statuses(form: ReportForm) -> list[tuple[Any, str]]:
    """The choices of the status, each with its written criterion."""
    criteria = dict(Status.objects.values_list("pk", "criterion"))
    return [(choice, criteria.get(str(choice.data["value"]), "")) for choice in form["status"]]


def _take_over(request: HttpRequest, report: StatusReport, corrects: StatusReport) -> None:
    """Copies what the corrected report rests on and states, piece by piece; says what could not be taken."""
    user = signed_in(request)
    refused = 0
    for piece in Evidence.objects.filter(report=corrects.pk).with_targets():
        try:
            actions.add_evidence(
                subject=report,
                source=piece.target,
                by=user,
                aspect=piece.aspect,
                paragraph=piece.contribution.position if piece.contribution else None,
                quote=piece.quote,
                note=piece.note,
                is_inferred=piece.is_inferred,
            )
        except actions.StrategyError:
            refused += 1
    for stated in corrects.milestones.select_related("milestone"):
        reached = cast(Period, stated.reached_period)
        actions.report_milestone(report=report, milestone=stated.milestone, reached=reached, by=user)
    for figure in corrects.figures.select_related("indicator"):
        actions.report_figure(
            report=report,
            indicator=figure.indicator,
            observed=cast(Period, figure.observed_period),
            value=figure.value,
            certainty=figure.certainty,
            not_yet_measurable_reason=figure.not_yet_measurable_reason,
            by=user,
        )
    if refused:
        words = "Ein Beleg konnte" if refused == 1 else f"{refused} Belege konnten"
        messages.warning(
            request,
            f"{words} nicht übernommen werden: Die Quelle ist nicht mehr öffentlich oder lautet anders.",
        )


urls: list[URLPattern] = [
    path("massnahmen/<slug:slug>/sachstand/neu/", new, name="report-new"),
    path("sachstaende/<int:pk>/", report, name="report"),
    *reports_preview.urls,
    *reports_way.urls,
]
