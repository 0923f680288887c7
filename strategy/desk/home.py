"""The desk: what waits for whom, each part with its number, its first rows and the way to all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.freshness import refused_records
from portal.models import User
from portal.roles import Role, has_role
from portal.signed_in import page_for, signed_in
from sessions.findings import unclear_votes
from strategy.actions import Readiness, readiness_of
from strategy.actions.standing import hand_of
from strategy.models import Change, Measure, Question, StatusReport
from strategy.models.measure import ReportAge

SHOWN = 5
"""Rows of each part; the rest is behind its link."""
LONGEST = 300
"""Characters of somebody's words in a row."""
RETURNED_DAYS = 30
"""How long a returned change stays on the desk."""

ICONS = {ReportAge.DUE: "clock", ReportAge.OVERDUE: "warning", ReportAge.SILENT: "question"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: where it is dealt with, and what one knows of it at a glance."""

    title: str
    url: str
    facts: Sequence[str] = ()
    text: str = ""
    badge: str = ""
    icon: str = "info"
    day: date | None = None
    day_label: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the desk."""

    code: str
    title: str
    explanation: str
    number: int
    rows: list[Row] = field(default_factory=list)
    url: str = ""
    """Where all of it is; "" where nothing more is to be seen."""
    all_label: str = "Alle zeigen"
    steps: list[tuple[str, str, int]] = field(default_factory=list)
    """Icon, word and number, where the part has grades."""


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def home(request: HttpRequest) -> HttpResponse:
    """Who releases sees first what waits for release; who writes, what is theirs."""
    user = signed_in(request)
    writes, releases = has_role(user, Role.EDITOR), has_role(user, Role.RELEASER)
    blocks: list[Block] = []
    if writes or releases:
        reports = Reports.for_desk(user)
        to_release = [reports.submitted, _changes(user)]
        blocks += to_release if releases else []
        blocks += [reports.returned, reports.drafts]
        blocks += [_returned_changes(user), _my_measures(user)] if writes else []
        blocks += [_questions(), _old_reports()]
        blocks += [] if releases else to_release
    blocks += _findings()
    ctx = {
        "nav_section": "redaktion",
        "waiting": [block for block in blocks if block.number],
        "empty": [block for block in blocks if not block.number],
        "writes": writes,
        "releases": releases,
    }
    return render(request, "desk/home.html", ctx)


urls: list[URLPattern] = [path("", home, name="home")]


@dataclass(frozen=True, slots=True)
class Reports:
    """The parts that are about reports in the making."""

    drafts: Block
    returned: Block
    submitted: Block

    @classmethod
    def for_desk(cls, user: User) -> "Reports":
        """Three queries, and what is missing."""
        State = StatusReport.State
        found = StatusReport.objects.open().select_related(
            "measure", "written_by", "submitted_by", "returned_by"
        )
        is_mine = Q(written_by=user)
        # One's own first, then what was touched last.
        drafts = found.filter(state=State.DRAFT).annotate(mine=Window(Count("pk", filter=is_mine)))
        draft_number, draft_rows = numbered(
            drafts.order_by(Case(When(is_mine, then=0), default=1), "-changed_at", "pk")
        )
        returned_number, returned_rows = numbered(
            found.filter(state=State.RETURNED).order_by("returned_at", "pk")
        )
        number, submitted = numbered(
            found.filter(state=State.SUBMITTED)
            .annotate(is_own=hand_of(StatusReport, user))
            .order_by("submitted_at", "pk")
        )
        ready = readiness_of(submitted)
        return cls(
            Block(
                "entwuerfe",
                "Entwürfe",
                f"Noch nicht eingereichte Sachstände. Von Ihnen: {draft_rows[0].mine if draft_rows else 0}.",
                draft_number,
                [_draft(report, user) for report in draft_rows],
                _measures(bericht="draft"),
            ),
            Block(
                "zurueckgegeben",
                "Zurückgegebene Sachstände",
                "Hier ist etwas zu verbessern. Der Grund steht dabei.",
                returned_number,
                [_returned(report) for report in returned_rows],
                _measures(bericht="returned"),
            ),
            Block(
                "eingereicht",
                "Eingereichte Sachstände",
                "Sie warten auf Prüfvermerke oder auf die Freigabe.",
                number,
                [_submitted(report, ready[report.pk]) for report in submitted],
                _measures(bericht="submitted"),
            ),
        )


def _report_url(report: StatusReport) -> str:
    return reverse("desk:report", args=[report.pk])


def _report_title(report: StatusReport) -> str:
    return f"{report.measure.name}: Sachstand {report.number}"


def _draft(report: StatusReport, user: User) -> Row:
    own = report.written_by_id == user.pk
    return Row(
        _report_title(report),
        _report_url(report),
        ["von Ihnen" if own else f"von {report.written_by}"],
        day=timezone.localdate(report.changed_at),
        day_label="zuletzt geändert am",
    )


def _returned(report: StatusReport) -> Row:
    return Row(
        _report_title(report),
        _report_url(report),
        [f"zurückgegeben von {report.returned_by}", f"geschrieben von {report.written_by}"],
        text=f"Grund: {short(report.return_reason)}",
        badge="zurückgegeben",
        icon="undo",
        day=timezone.localdate(report.returned_at) if report.returned_at else None,
        day_label="am",
    )


def _submitted(report: Any, ready: Readiness) -> Row:
    number = ready.needed - ready.reviews
    missing = "es fehlt ein Prüfvermerk" if number == 1 else f"es fehlen {number} Prüfvermerke"
    facts = [f"{ready.reviews} von {ready.needed} nötigen Prüfvermerken"]
    if report.is_own:
        facts.append("von Ihnen geschrieben: eine andere Person gibt frei")
    return Row(
        _report_title(report),
        _report_url(report),
        facts,
        badge="bereit zur Freigabe" if ready.is_ready else missing,
        icon="check" if ready.is_ready else "clock",
        day=None if ready.is_ready else ready.free_from,
        day_label="auch ohne Prüfvermerk ab",
    )


def _my_measures(user: User) -> Block:
    number, rows = numbered(
        Measure.objects.filter(editors=user)
        .with_latest_report()
        .with_report_age()
        .order_by(F("report_since").asc(nulls_first=True), "name", "pk")
    )
    return Block(
        "meine",
        "Meine Maßnahmen",
        "Die Sie betreuen. Der älteste Sachstand steht oben.",
        number,
        [
            Row(
                measure.name,
                reverse("desk:measure", args=[measure.slug]),
                [measure.status_name or "noch kein Sachstand"],
                badge=str(ReportAge(measure.report_age).label) if measure.report_age else "",
                icon=ICONS.get(measure.report_age, "info"),
                day=timezone.localdate(measure.reported_at) if measure.reported_at else None,
                day_label="letzter Sachstand vom",
            )
            for measure in rows
        ],
        _measures(betreut="meine"),
    )


def _old_reports() -> Block:
    """Measures of which nothing was reported for too long, the longest silence first."""
    number, rows = numbered(
        Measure.objects.published()
        .with_latest_report()
        .with_report_age()
        .exclude(report_age="")
        .annotate(
            **{
                f"number_{age.value}": Window(Count("pk", filter=Q(report_age=age.value)))
                for age in ReportAge
            }
        )
        .order_by(F("report_since").asc(nulls_first=True), "name", "pk")
    )
    return Block(
        "faellig",
        "Maßnahmen ohne neuen Sachstand",
        "Der letzte Sachstand ist älter, als die Strategie vorsieht, oder es gibt noch keinen.",
        number,
        [
            Row(
                measure.name,
                reverse("desk:measure", args=[measure.slug]),
                [] if measure.reported_at else ["noch kein Sachstand"],
                badge=str(ReportAge(measure.report_age).label),
                icon=ICONS[ReportAge(measure.report_age)],
                day=timezone.localdate(measure.report_since),
                day_label="letzter Sachstand vom" if measure.reported_at else "öffentlich seit",
            )
            for measure in rows
        ],
        _measures(sortierung="alt"),
        "Alle Maßnahmen, die älteste zuerst",
        [
            (ICONS[age], str(age.label), getattr(rows[0], f"number_{age.value}") if rows else 0)
            for age in ReportAge
        ],
    )


def _questions() -> Block:
    number, rows = numbered(
        Question.objects.unanswered().select_related("measure", "asked_by").order_by("asked_on", "pk")
    )
    to_publish = Question.objects.answered().filter(published_at__isnull=True).count()
    explanation = "Fragen, auf die noch eine Antwort fehlt."
    if to_publish:
        explanation += f" Beantwortet und noch nicht veröffentlicht: {to_publish}."
    return Block(
        "fragen",
        "Offene Fragen aus dem Rat",
        explanation,
        number + to_publish,
        [
            Row(
                short(question.text),
                reverse("desk:question", args=[question.pk]),
                [str(part) for part in (question.asked_by, question.measure) if part],
                day=question.asked_on,
                day_label="gefragt am",
            )
            for question in rows
        ],
        reverse("desk:questions"),
        "Alle Fragen",
    )


def _changes(user: User) -> Block:
    number, rows = numbered(Change.objects.open().select_related("written_by").order_by("created_at", "pk"))
    return Block(
        "aenderungen",
        "Änderungen, die auf Freigabe warten",
        "Was öffentlich ist, ändert sich erst, wenn eine zweite Person zustimmt.",
        number,
        [
            _change(change, ["von Ihnen" if change.written_by_id == user.pk else f"von {change.written_by}"])
            for change in rows
        ],
        reverse("desk:changes"),
        "Alle Änderungen",
    )


def _returned_changes(user: User) -> Block:
    since = timezone.now() - timedelta(days=RETURNED_DAYS)
    number, rows = numbered(
        Change.objects.returned_to(user, since=since)
        .select_related("decided_by")
        .order_by("-decided_at", "-pk")
    )
    return Block(
        "zurueck",
        "Ihre zurückgegebenen Änderungen",
        f"Aus den letzten {RETURNED_DAYS} Tagen. Der Grund steht dabei.",
        number,
        [
            Row(
                change.title,
                reverse("desk:change", args=[change.pk]),
                [f"von {change.decided_by}"],
                text=f"Grund: {short(change.decision_reason)}",
                badge="zurückgegeben",
                icon="undo",
                day=timezone.localdate(change.decided_at) if change.decided_at else None,
                day_label="am",
            )
            for change in rows
        ],
        f"{reverse('desk:changes')}?{urlencode({'stand': 'meine'})}",
        "Alle Ihre Änderungen",
    )


def _change(change: Change, facts: list[str]) -> Row:
    return Row(
        change.title,
        reverse("desk:change", args=[change.pk]),
        [str(change.get_action_display()), *facts],
        text=short(change.note),
        day=timezone.localdate(change.created_at),
        day_label="vorgelegt am",
    )


def _findings() -> list[Block]:
    # Who met is not shown here.
    number, unclear = numbered(unclear_votes().prefetch_related(None))
    refused = refused_records()
    address = reverse("data:findings")
    return [
        Block(
            "unklar",
            "Unklare Abstimmungen",
            "Der Text der Niederschrift sagt nicht eindeutig, wie es ausging.",
            number,
            [
                Row(
                    str(vote.agenda_item),
                    vote.get_absolute_url(),
                    day=timezone.localdate(vote.agenda_item.meeting.start)
                    if vote.agenda_item.meeting.start
                    else None,
                    day_label="Sitzung am",
                )
                for vote in unclear
            ],
            f"{address}#unklar",
            "Zur Prüfliste",
        ),
        Block(
            "abgelehnt",
            "Abgelehnte Einträge",
            "Was beim letzten Lesen der Quellen nicht übernommen wurde.",
            len(refused),
            [
                Row(
                    short(record.name) or "ohne Kennung",
                    f"{address}#abgelehnt",
                    [str(record.origin)],
                    short(record.reason),
                )
                for record in refused[:SHOWN]
            ],
            f"{address}#abgelehnt",
            "Zur Prüfliste",
        ),
    ]


def _measures(**query: str) -> str:
    """The address of the desk's list of measures, narrowed."""
    return f"{reverse('desk:measures')}?{urlencode(query)}"


def numbered(found: QuerySet[Any]) -> tuple[int, list[Any]]:
    """How many there are, and the first of them; one query."""
    rows = list(found.annotate(in_all=Window(Count("pk")))[:SHOWN])
    return (rows[0].in_all if rows else 0), rows


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()} …"
