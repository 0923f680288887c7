"""The way of a report: written, submitted, returned or taken back, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from portal.dates import Period
from portal.editing import Merge, Values, merge, plain, put
from portal.models import Notice, User
from portal.roles import Role
from strategy.actions.errors import (
    ChangedMeanwhile,
    FourEyes,
    ReasonIsMissing,
    ReportInProgress,
    ReportIsPublished,
    ReportNotReady,
    StrategyError,
    TextHasChanged,
    WrongCorrection,
    WrongMeasure,
    WrongReportNumber,
)
from strategy.actions.notices import accounts_with, editors_of, notify, reason_for_editors
from strategy.actions.record import action
from strategy.actions.standing import had_a_hand, open_report, touch_report
from strategy.models import (
    Evidence,
    Indicator,
    Measure,
    Milestone,
    Observation,
    ReportFigure,
    ReportMilestone,
    Review,
    Status,
    StatusReport,
    Strategy,
)

REPORT_FIELDS = (
    "status",
    "reason",
    "results",
    "next_steps",
    "schedule",
    "schedule_reason",
    "new_end",
    "as_of",
    "corrects",
)
"""What the editor of a report writes; evidence, milestones and figures come one by one."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a submitted report and its publication."""

    reviews: int
    needed: int
    free_from: date | None
    """From this day on it may be published without the reviews."""
    is_ready: bool

    @property
    def words(self) -> str:
        """How long the reviews are waited for; "" where the report is not submitted."""
        if self.free_from is None:
            return ""
        days = (self.free_from - timezone.localdate()).days
        if days <= 0:
            return "Frist ist um"
        return "noch 1 Tag" if days == 1 else f"noch {days} Tage"


@action(Role.EDITOR)
def draft_report(
    *,
    measure: Measure,
    status: Status,
    reason: str,
    as_of: Period,
    by: User,
    number: int | None = None,
    results: str = "",
    next_steps: str = "",
    schedule: str = StatusReport.Schedule.UNKNOWN,
    schedule_reason: str = "",
    new_end: Period | None = None,
    corrects: StatusReport | None = None,
) -> StatusReport:
    """A new draft for `measure`, with the next number of its reports.

    number: what the writer takes the next number to be; another one raises WrongReportNumber. corrects: an
    earlier published report of the same measure, else WrongCorrection. Raises ReportInProgress where the
    measure has an open report, ValidationError where a field is wrong.
    """
    # Two drafts at once must not get the same number.
    Measure.objects.select_for_update().get(pk=measure.pk)
    reports = StatusReport.objects.filter(measure=measure)
    last = reports.aggregate(last=Max("number"))["last"] or 0
    if number is not None and number != last + 1:
        raise WrongReportNumber(f"the next report of this measure has number {last + 1}")
    if (in_progress := reports.open().first()) is not None:
        raise ReportInProgress(f"report {in_progress.number} is in progress ({in_progress.state})")
    report = StatusReport(
        measure=measure,
        number=last + 1,
        status=status,
        reason=reason,
        results=results,
        next_steps=next_steps,
        schedule=schedule,
        schedule_reason=schedule_reason,
        new_end=new_end.first if new_end else None,
        new_end_precision=new_end.precision if new_end else "",
        as_of=as_of.first,
        as_of_precision=as_of.precision,
        corrects=corrects,
        written_by=by,
        changed_by=by,
    )
    _check_correction(report)
    report.full_clean()
    report.save()
    return report


@action(Role.EDITOR)
def change_report(*, report: StatusReport, values: Values, base: Values, by: User) -> Merge:
    """Brings fields of an open report (`REPORT_FIELDS`, plain values) in line with `values`.

    base: what the editor saw when they began. Raises ChangedMeanwhile, and then writes nothing, where
    somebody else has changed the same field since; ReportIsPublished, ReportIsSubmitted, ValidationError.
    """
    locked = open_report(report)
    merged = merge(base, plain(locked, values), values)
    if merged.conflicts:
        raise ChangedMeanwhile(merged)
    if merged.values:
        for name, value in merged.values.items():
            put(locked, name, value)
        locked.changed_by = by
        _check_correction(locked)
        locked.full_clean()
        locked.save()
    return merged


@action(Role.EDITOR)
def report_milestone(
    *, report: StatusReport, milestone: Milestone, reached: Period, by: User
) -> ReportMilestone:
    """The report says that a milestone of its measure has been reached. Raises WrongMeasure."""
    locked = touch_report(report, by=by)
    if milestone.measure_id != locked.measure_id:
        raise WrongMeasure(f"milestone {milestone.slug} belongs to another measure")
    row = ReportMilestone.objects.filter(report=locked, milestone=milestone).first() or ReportMilestone(
        report=locked, milestone=milestone
    )
    row.reached, row.reached_precision = reached.first, reached.precision
    row.full_clean()
    row.save()
    return row


@action(Role.EDITOR)
def report_figure(
    *,
    report: StatusReport,
    indicator: Indicator,
    observed: Period,
    by: User,
    value: object = None,
    certainty: str = "",
    not_yet_measurable_reason: str = "",
) -> ReportFigure:
    """The report states a value of an indicator of its measure, or why there is none yet.

    Raises WrongMeasure, ValidationError.
    """
    locked = touch_report(report, by=by)
    if indicator.measure_id != locked.measure_id:
        raise WrongMeasure(f"indicator {indicator.slug} belongs to another measure")
    key = {"observed": observed.first, "observed_precision": observed.precision}
    row = ReportFigure.objects.filter(report=locked, indicator=indicator, **key).first() or ReportFigure(
        report=locked, indicator=indicator, **key
    )
    row.value = value  # type: ignore[assignment]  # full_clean makes a Decimal of it
    row.certainty = certainty
    row.not_yet_measurable = bool(not_yet_measurable_reason)
    row.not_yet_measurable_reason = not_yet_measurable_reason
    row.full_clean()
    row.save()
    return row


@action(Role.EDITOR)
def remove_from_report(*, row: ReportMilestone | ReportFigure, by: User) -> None:
    """The open report no longer states that milestone or figure."""
    touch_report(row.report, by=by)
    row.delete()


@action(Role.EDITOR)
def discard_report(*, report: StatusReport, by: User) -> None:
    """Removes a draft that nobody has reviewed; the history keeps it."""
    locked = open_report(report)
    if locked.reviews.exists():
        raise StrategyError(
            f"report {locked.number} has been reviewed",
            german="Zu diesem Sachstand gibt es Prüfvermerke. Er bleibt erhalten; ändern Sie ihn.",
        )
    for rows in (locked.evidence, locked.milestones, locked.figures):
        rows.all().delete()
    locked.delete()


@action(Role.EDITOR)
def submit_report(*, report: StatusReport, by: User) -> StatusReport:
    """From now on council members see it, and it stands until it is returned or taken back."""
    locked = open_report(report)
    locked.state = StatusReport.State.SUBMITTED
    locked.submission += 1
    locked.submitted_at, locked.submitted_by = timezone.now(), by
    locked.save()
    notify(
        Notice.Kind.SUBMITTED,
        accounts_with(Role.RELEASER, Role.REVIEWER),
        text=f"{locked.measure.name}: Sachstand {locked.number} wurde eingereicht.",
        view="review:report",
        args=[locked.pk],
        reason="weil Sie Sachstände prüfen oder freigeben",
        by=by,
    )
    return locked


@action(Role.EDITOR)
def take_back_report(*, report: StatusReport, by: User) -> StatusReport:
    """A submitted report becomes a draft again."""
    locked = _submitted(report)
    locked.state = StatusReport.State.DRAFT
    locked.save(update_fields=["state", "changed_at"])
    return locked


@action(Role.RELEASER)
def return_report(
    *, report: StatusReport, reason: str, by: User, submission: int | None = None
) -> StatusReport:
    """Gives a submitted report back to who wrote it. submission: as for `publish_report`.

    Raises ReasonIsMissing, ReportNotReady, TextHasChanged.
    """
    if not reason.strip():
        raise ReasonIsMissing("a report is returned with a reason")
    locked = _submitted(report, submission)
    locked.state = StatusReport.State.RETURNED
    locked.returned_at, locked.returned_by = timezone.now(), by
    locked.return_reason = reason.strip()
    locked.save()
    notify(
        Notice.Kind.RETURNED,
        editors_of(locked.measure) | _accounts(locked.written_by, locked.changed_by, locked.submitted_by),
        text=f"{locked.measure.name}: Sachstand {locked.number} wurde zurückgegeben.",
        view="desk:report",
        args=[locked.pk],
        reason=f"weil Sie daran geschrieben haben, oder {reason_for_editors(locked.measure)}",
        by=by,
    )
    return locked


@action(Role.RELEASER)
def publish_report(
    *, report: StatusReport, by: User, urgent_reason: str = "", submission: int | None = None
) -> StatusReport:
    """Publishes a submitted report; from then on neither it nor what it rests on or states can change.

    urgent_reason: why nobody waits for the reviews; published with it. submission: number of the text that
    was read; None where it is the one that stands. Milestones and figures that it states become those of the
    measure. The database adds the words of its status. Raises ReportIsPublished, FourEyes, ReportNotReady or
    TextHasChanged.
    """
    locked = _submitted(report, submission)
    if had_a_hand(locked, by):
        raise FourEyes(f"report {locked.number} was written or submitted by the same account")
    if not urgent_reason.strip() and not readiness(locked).is_ready:
        raise ReportNotReady(
            f"report {locked.number} is not reviewed yet",
            german="Es fehlen noch Prüfvermerke. In Eile geht es nur mit einem Grund, der mit erscheint.",
        )
    _publish(locked, by=by, urgent_reason=urgent_reason.strip())
    notify(
        Notice.Kind.PUBLISHED,
        editors_of(locked.measure)
        | _accounts(locked.written_by, locked.submitted_by)
        | User.objects.filter(reviews__report=locked),
        text=f"{locked.measure.name}: Sachstand {locked.number} ist veröffentlicht.",
        view="strategy:report",
        args=[locked.measure.slug, locked.number],
        reason=f"weil Sie ihn geschrieben oder geprüft haben, oder {reason_for_editors(locked.measure)}",
        by=by,
    )
    report.refresh_from_db()
    return report


@action(Role.RELEASER)
def publish_report_from_file(*, report: StatusReport, by: User) -> StatusReport:
    """Publishes a draft that was read from the city's own strategy file.

    The file is reviewed before it is imported, so nobody waits for reviews; `by` takes the responsibility and
    must not be the account that the import writes with.
    """
    locked = open_report(report)
    if locked.state == StatusReport.State.RETURNED:
        raise ReportNotReady(f"report {locked.number} was returned: {locked.return_reason}")
    if had_a_hand(locked, by):
        raise FourEyes(f"report {locked.number} was written by the same account")
    locked.state = StatusReport.State.SUBMITTED
    locked.submission += 1
    locked.submitted_at, locked.submitted_by = timezone.now(), locked.written_by
    locked.save()
    _publish(locked, by=by, urgent_reason="")
    report.refresh_from_db()
    return report


def readiness(report: StatusReport) -> Readiness:
    """Whether a submitted report may be published, by the rules of its strategy (two or three queries)."""
    rules = (
        Strategy.objects.filter(target_areas__fields__measures=report.measure_id).first()
        or Strategy.objects.published().order_by("pk").first()
        or Strategy()
    )
    return _ready(report, rules, Review.objects.current().filter(report=report).count())


def readiness_of(reports: Sequence[StatusReport]) -> dict[int, Readiness]:
    """`readiness` of several reports by their key; three queries however many they are."""
    if not reports:
        return {}
    strategies = {strategy.pk: strategy for strategy in Strategy.objects.order_by("pk")}
    default = next((one for one in strategies.values() if one.is_published), Strategy())
    of = dict(
        Measure.objects.filter(pk__in=[report.measure_id for report in reports]).values_list(
            "pk", "field__target_area__strategy"
        )
    )
    reviews = dict(
        Review.objects.current()
        .filter(report__in=reports)
        .order_by()
        .values_list("report")
        .annotate(number=Count("pk"))
    )
    return {
        report.pk: _ready(
            report, strategies.get(of.get(report.measure_id) or 0, default), reviews.get(report.pk, 0)
        )
        for report in reports
    }


def _ready(report: StatusReport, rules: Strategy, reviews: int) -> Readiness:
    free_from = (
        timezone.localdate(report.submitted_at) + timedelta(days=rules.days_without_review)
        if report.submitted_at
        else None
    )
    waited = free_from is not None and timezone.localdate() >= free_from
    return Readiness(reviews, rules.reviews_needed, free_from, reviews >= rules.reviews_needed or waited)


def _publish(locked: StatusReport, *, by: User, urgent_reason: str) -> None:
    _keep_words(locked)
    for stated in locked.milestones.select_related("milestone"):
        milestone = stated.milestone
        milestone.reached, milestone.reached_precision = stated.reached, stated.reached_precision
        milestone.reached_report = locked
        milestone.save(update_fields=["reached", "reached_precision", "reached_report"])
    for figure in locked.figures.all():
        Observation.objects.update_or_create(
            indicator_id=figure.indicator_id,
            observed=figure.observed,
            observed_precision=figure.observed_precision,
            defaults={
                "value": figure.value,
                "certainty": figure.certainty,
                "not_yet_measurable": figure.not_yet_measurable,
                "not_yet_measurable_reason": figure.not_yet_measurable_reason,
                "report": locked,
            },
        )
    locked.state = StatusReport.State.PUBLISHED
    locked.urgent_reason = urgent_reason
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=["state", "urgent_reason", "published_at", "published_by"])


def _keep_words(locked: StatusReport) -> None:
    """What is cited and stated may be renamed later; the report keeps the words of now."""
    cited = list(locked.evidence.with_targets())
    for piece in cited:
        piece.cite()
    Evidence.objects.bulk_update(cited, ["cited_place", "cited_speaker"])
    milestones = list(locked.milestones.select_related("milestone"))
    for milestone in milestones:
        milestone.stated_name = milestone.milestone.name
    ReportMilestone.objects.bulk_update(milestones, ["stated_name"])
    figures = list(locked.figures.select_related("indicator"))
    for figure in figures:
        figure.stated_name, figure.stated_unit = figure.indicator.name, figure.indicator.unit
    ReportFigure.objects.bulk_update(figures, ["stated_name", "stated_unit"])


def _submitted(report: StatusReport, submission: int | None = None) -> StatusReport:
    """The report, locked. Raises ReportIsPublished or ReportNotReady where it is not submitted.

    submission: raises TextHasChanged where another text is submitted by now.
    """
    locked = StatusReport.objects.select_for_update().get(pk=report.pk)
    if locked.state == StatusReport.State.PUBLISHED:
        raise ReportIsPublished(f"report {locked.number} is published and stands")
    if locked.state != StatusReport.State.SUBMITTED:
        raise ReportNotReady(
            f"report {locked.number} is not submitted ({locked.state})",
            german="Dieser Sachstand ist nicht eingereicht.",
        )
    if submission is not None and submission != locked.submission:
        raise TextHasChanged(f"report {locked.number} was submitted anew ({locked.submission})")
    return locked


def _check_correction(report: StatusReport) -> None:
    corrects = report.corrects
    if corrects is None:
        return
    if corrects.measure_id != report.measure_id:
        raise WrongCorrection(f"report {corrects.number} belongs to another measure")
    if corrects.state != StatusReport.State.PUBLISHED:
        raise WrongCorrection(f"report {corrects.number} is not published, so it can still be changed")


def _accounts(*users: User | None) -> QuerySet[User]:
    return User.objects.filter(pk__in=[user.pk for user in users if user is not None])
