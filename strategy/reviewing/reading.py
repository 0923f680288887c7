"""Reports as council members read them: what is different, who said what, what waits for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from portal.differences import Content, Entry, FieldChange, compare, shortened
from portal.german import german_number, period_words, with_precision
from portal.models import User
from portal.roles import STAFF, roles_of
from sessions.models import Person
from strategy.actions import readiness_of
from strategy.actions.standing import hand_of
from strategy.models import Evidence, Review, StatusReport
from strategy.pages import as_published, report_rows
from strategy.sources import attach_sources
from strategy.stated import attach_stated
from strategy.verdicts import ICONS, NAMELESS

FIRST_VISIT_DAYS = 90
"""How far back somebody sees what was published who has never been here."""
WORDS_AROUND = 8
"""Words of what stays beside each change, in a list of reports."""

WHOLE = frozenset({"Status", "Zeitplan", "Neues Ende", "Stand"})
EVIDENCE, MILESTONES, FIGURES = "Belege", "Erreichte Meilensteine", "Kennzahlen"


# What is different -----------------------------------------------------------------------------------


def content_of(report: Any) -> Content:
    """A report with its sources and what it states, as `strategy.pages` attaches them."""
    return Content(
        {
            "Status": report.status_label or report.status.label,
            "Grund": report.reason,
            "Ergebnisse bisher": report.results,
            "Nächste Schritte": report.next_steps,
            "Zeitplan": report.get_schedule_display(),
            "Grund zum Zeitplan": report.schedule_reason,
            "Neues Ende": period_words(report.new_end_period) if report.new_end else "",
            "Stand": with_precision(report.as_of, report.as_of_precision),
        },
        WHOLE,
        {
            EVIDENCE: {
                (piece.target, piece.contribution_id, piece.quote, piece.aspect): _evidence(piece)
                for piece in report.sources
            },
            MILESTONES: {
                row.name: Entry(f"{row.name}: {with_precision(row.reached, row.reached_precision)}")
                for row in report.stated_milestones
            },
            FIGURES: {
                (row.name, row.observed, row.observed_precision): Entry(_figure(row))
                for row in report.stated_figures
            },
        },
    )


def changes_between(before: Any | None, after: Any) -> list[FieldChange]:
    """What `after` says that `before` did not; against None everything is new.

    A report that does not repeat a milestone or a figure takes nothing back, so those only come.
    """
    if before is None:
        return compare(Content(), content_of(after))
    old, new = content_of(before), content_of(after)
    lists = {
        label: entries
        if label == EVIDENCE
        else {key: entry for key, entry in entries.items() if key in new.lists[label]}
        for label, entries in old.lists.items()
    }
    return compare(Content(old.texts, old.whole, lists), new)


def in_short(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """The same for a list of reports: of what stays only some words beside each change."""
    return [
        FieldChange(change.label, shortened(change.pieces, WORDS_AROUND), change.entries)
        for change in changes
    ]


def _evidence(piece: Evidence) -> Entry:
    words = f"{piece.get_aspect_display()}: {piece.document or piece.place}"
    return Entry(f"{words}: „{piece.quote}“" if piece.quote else words, piece.url)


def _figure(row: Any) -> str:
    when = with_precision(row.observed, row.observed_precision)
    if row.value is None:
        return f"{row.name}, {when}: noch nicht messbar ({row.not_yet_measurable_reason})"
    return f"{row.name}, {when}: {german_number(row.value)} ({row.unit}; {row.certainty})"


def with_previous(reports: Sequence[Any]) -> dict[int, Any]:
    """The report that was published before each of `reports`, by its measure's reports: {pk: report}.

    Everything that a difference needs is attached to both; `reports` come from `report_rows`. Three queries,
    however many reports.
    """
    earlier = (
        StatusReport.objects.filter(
            measure=OuterRef("measure"), number__lt=OuterRef("number"), state=StatusReport.State.PUBLISHED
        )
        .order_by("-number")
        .values("pk")[:1]
    )
    ids = dict(
        StatusReport.objects.filter(pk__in=[report.pk for report in reports])
        .annotate(previous=Subquery(earlier))
        .values_list("pk", "previous")
    )
    rows = report_rows(StatusReport.objects.filter(pk__in=[pk for pk in ids.values() if pk]), drafts=True)
    previous = {row.pk: row for row in rows}
    everyone = [*reports, *(row for row in previous.values() if row not in reports)]
    attach_sources(Evidence.objects.on_public_records(), report=everyone)
    attach_stated(everyone)
    known = previous | {report.pk: report for report in reports}
    return {pk: known[before] for pk, before in ids.items() if before}


# What waits ------------------------------------------------------------------------------------------


def submitted(user: User) -> QuerySet[Any]:
    """What lies before the council: first what waits for this member, the longest waiting first.

    Adds `is_reviewed` (by this member) and `is_own` (they wrote it).
    """
    mine = Review.objects.current().filter(report=OuterRef("pk"), reviewer=user)
    return (
        StatusReport.objects.filter(state=StatusReport.State.SUBMITTED)
        .select_related("measure", "status")
        .annotate(
            is_reviewed=Exists(mine),
            is_own=hand_of(StatusReport, user),
        )
        .order_by("is_reviewed", "is_own", "submitted_at", "pk")
    )


def attach_deadlines(reports: Iterable[Any]) -> None:
    """Gives each of `submitted` its `deadline`: what it needs, and from when it may appear without.

    Three queries, however many reports.
    """
    rows = list(reports)
    ready = readiness_of(rows)
    for report in rows:
        report.deadline = ready[report.pk]


def seen_until(user: User, now: datetime) -> tuple[datetime, bool]:
    """Up to when the member has seen everything, and whether they have ever said so."""
    visit = getattr(user, "review_visit", None)
    return (visit.seen_until, True) if visit else (now - timedelta(days=FIRST_VISIT_DAYS), False)


def published_since(since: datetime, until: datetime) -> QuerySet[Any]:
    """Public reports that were published after `since`, the newest first."""
    return (
        report_rows(StatusReport.objects.published().filter(published_at__gt=since, published_at__lte=until))
        .select_related("measure")
        .order_by("-published_at", "-pk")
    )


def attach_changes(reports: Sequence[Any]) -> None:
    """Gives each of `report_rows` its `previous` (None for the first) and its `changes` in short."""
    before = with_previous(reports)
    for report in reports:
        report.previous = before.get(report.pk)
        report.changes = in_short(changes_between(report.previous, report)) if report.previous else []


# Who said what ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """A verdict as this reader may see it."""

    name: str
    label: str
    icon: str
    comment: str
    """"" where there is none, or none for this reader."""
    is_for_staff: bool
    is_own: bool
    submission: int
    given: datetime


def verdict_lines(report: StatusReport, reader: User) -> list[VerdictLine]:
    """Every verdict that stands, on this and on earlier submissions, the newest first. Two queries at most.

    What a member wrote for the staff only they themselves and the staff can read.
    """
    is_staff = not roles_of(reader).isdisjoint(STAFF)
    reviews = (
        Review.objects.filter(report=report, superseded_at__isnull=True)
        .select_related("reviewer", "person")
        .order_by("-submission", "-created_at", "-pk")
    )
    return [_line(review, reader, is_staff) for review in reviews]


def _line(review: Review, reader: User, is_staff: bool) -> VerdictLine:
    is_own = review.reviewer_id == reader.pk
    opened = review.is_public or is_staff or is_own
    return VerdictLine(
        name="Sie" if is_own else _name_of(review.person, review.reviewer) if opened else NAMELESS,
        label=review.get_verdict_display(),
        icon=ICONS[review.verdict],
        comment=review.comment if opened else "",
        is_for_staff=not review.is_public,
        is_own=is_own,
        submission=review.submission,
        given=review.created_at,
    )


def name_of_member(user: User) -> str:
    """What a member is called who speaks now: by the seat or the account's name; never by its address."""
    seat = getattr(user, "council_seat", None)
    return _name_of(seat.person if seat is not None else None, user)


def _name_of(person: Person | None, user: User) -> str:
    """person: as whom the account speaks or spoke."""
    return str(person) if person is not None and person.is_public else user.get_full_name() or NAMELESS


def shown_as_published(report: Any) -> Any:
    """The report as everybody would read it; changes the row in memory only."""
    return report if report.state == StatusReport.State.PUBLISHED else as_published(report)
