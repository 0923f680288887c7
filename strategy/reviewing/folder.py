"""The folder of a meeting: which measures its agenda touches, and what is known of them.

An item touches a measure where public evidence of the measure rests on the item, on one of its papers, or on
another item that treated the same paper; and where one of its papers made an edition that names the measure.
Only public records are asked, so nothing of a closed item shows here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from sessions.models import AgendaItem, Consultation, Meeting, Motion, Paper
from sessions.presenters import MotionBlock, start_of_today
from sessions.views import motion_blocks
from strategy.models import EditionMeasure, Evidence, Measure, Question, StatusReport
from strategy.models.measure import ReportAge
from strategy.models.structure import open_measure
from strategy.sources import attach_sources
from strategy.stated import attach_stated, with_stated

_MEASURES = (
    "measure",
    "report__measure",
    "milestone__measure",
    "observation__indicator__measure",
    "money_item__measure",
    "question__measure",
)
"""Ways from a piece of evidence to the measure it speaks of."""
_ITEMS = ("agenda_item", "motion__agenda_item", "vote__agenda_item")
_PAPERS = ("paper", "file__paper", "motion__paper")


@dataclass(slots=True)
class Touched:
    """What the items of some agendas have to do with measures; ids throughout."""

    papers: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Per item its papers."""
    related_items: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Per paper all items that treated it."""
    measures: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Per item the measures it touches."""


def touched_by(items: Collection[int]) -> Touched:
    """items: ids of public agenda items. Five queries, however many items."""
    found = Touched()
    stations = Consultation.objects.published().filter(agenda_item__in=items)
    for item, paper in stations.order_by().values_list("agenda_item", "paper"):
        found.papers[item].add(paper)
    in_writing = Motion.objects.published().filter(agenda_item__in=items, paper__isnull=False)
    for item, paper in in_writing.order_by().values_list("agenda_item", "paper"):
        found.papers[item].add(paper)
    papers = set().union(*found.papers.values())
    others = Consultation.objects.published().filter(paper__in=papers, agenda_item__isnull=False)
    for paper, item in others.order_by().values_list("paper", "agenda_item"):
        found.related_items[paper].add(item)
    of_item, of_paper = _measures_resting_on({*items}.union(*found.related_items.values()), papers)
    for paper, measure in (
        EditionMeasure.objects.filter(
            open_measure("measure"), edition__published_at__isnull=False, edition__adopted_by__in=papers
        )
        .order_by()
        .values_list("edition__adopted_by", "measure")
    ):
        of_paper[paper].add(measure)
    for item in items:
        found.measures[item] |= of_item[item]
        for paper in found.papers[item]:
            found.measures[item] |= of_paper[paper]
            for related in found.related_items[paper]:
                found.measures[item] |= of_item[related]
    return found


def _measures_resting_on(
    items: Collection[int], papers: Collection[int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Per item and per paper the public measures with public evidence on it; one query."""
    of_item: dict[int, set[int]] = defaultdict(set)
    of_paper: dict[int, set[int]] = defaultdict(set)
    rows = (
        Evidence.objects.published()
        .annotate(on_item=Coalesce(*_ITEMS), on_paper=Coalesce(*_PAPERS), about=Coalesce(*_MEASURES))
        .filter(Q(on_item__in=items) | Q(on_paper__in=papers), about__isnull=False)
        .filter(Exists(Measure.objects.published().filter(pk=OuterRef("about"))))
        .order_by()
        .values_list("on_item", "on_paper", "about")
        .distinct()
    )
    for item, paper, measure in rows:
        of_item[item].add(measure)
        of_paper[paper].add(measure)
    return of_item, of_paper


# Meetings in a list ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeetingLine:
    meeting: Meeting
    measures: int
    """How many its agenda touches."""


def lines_of(meetings: Sequence[Meeting]) -> list[MeetingLine]:
    """Meetings with the number of measures that they touch; six queries, however many meetings."""
    items: dict[int, list[int]] = defaultdict(list)
    for item, meeting in (
        AgendaItem.objects.published().filter(meeting__in=meetings).order_by().values_list("pk", "meeting")
    ):
        items[meeting].append(item)
    touched = touched_by([item for found in items.values() for item in found])
    return [
        MeetingLine(meeting, len(set().union(*(touched.measures[item] for item in items[meeting.pk]))))
        for meeting in meetings
    ]


def coming_meetings(number: int) -> list[MeetingLine]:
    """The next `number` meetings that are not cancelled, the nearest first."""
    rows = Meeting.objects.published().from_moment(start_of_today()).filter(cancelled=False)
    return lines_of(list(rows.with_committees()[:number]))


# One folder ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class MeasureSheet:
    """What a council member wants to know of one measure before the meeting."""

    measure: Measure
    items: list[AgendaItem]
    """Of this meeting, in the order of its agenda."""
    report: Any | None
    """The newest published one; None where there is none."""
    age_days: int | None
    """Since the last day of which the report speaks; None without a report."""
    overdue: str
    """That nothing has been reported for long, by the rhythm of the strategy: a label of ReportAge or ""."""
    new_reports: list[Any]
    """Published since the meeting before, the newest first, with what they state."""
    answered: list[Question]
    """Published since the meeting before."""
    open_questions: list[Question]
    """Published and without an answer, or answered in part."""
    waiting_questions: int
    """Asked here; their words appear with the answer."""
    motions: list[MotionBlock]
    """Moved at earlier meetings, the newest first."""

    @property
    def has_news(self) -> bool:
        return bool(self.new_reports or self.answered)


@dataclass(frozen=True, slots=True)
class Folder:
    meeting: Meeting
    before: Meeting | None
    """The last meeting of the same committee before this one."""
    items: list[AgendaItem]
    """All public ones, with `papers` and `touches` (numbers of sheets)."""
    sheets: list[MeasureSheet]


def folder_of(meeting: Meeting, names_open: bool) -> Folder:
    """The folder of a public meeting, read `with_committees`. A constant number of queries."""
    items: list[Any] = list(AgendaItem.objects.published().filter(meeting=meeting))
    touched = touched_by([item.pk for item in items])
    ids = set().union(*touched.measures.values())
    before = _meeting_before(meeting)
    since = before.start if before else None
    measures: list[Any] = list(
        Measure.objects.published()
        .filter(pk__in=ids)
        .with_latest_report()
        .with_report_age()
        .select_related("field")
    )
    latest, new = _reports(measures, since)
    questions = _questions(measures)
    waiting = _waiting(measures)
    motions = _earlier_motions(meeting, items, touched, measures, names_open)
    first_touched: dict[int, int] = {}
    for place, item in enumerate(items):
        for pk in touched.measures[item.pk]:
            first_touched.setdefault(pk, place)
    today = timezone.localdate()
    sheets = [
        MeasureSheet(
            measure,
            [item for item in items if measure.pk in touched.measures[item.pk]],
            report := latest.get(measure.pk),
            _age_days(report, today) if report else None,
            str(ReportAge(measure.report_age).label) if measure.report_age else "",
            new.get(measure.pk, []),
            [row for row in questions[measure.pk] if row.is_answered and _is_after(row.published_at, since)],
            [row for row in questions[measure.pk] if not row.is_answered or row.answer_is_partial],
            waiting.get(measure.pk, 0),
            motions[measure.pk],
        )
        for measure in sorted(measures, key=lambda row: (first_touched[row.pk], row.position, row.name))
    ]
    papers = {
        paper.pk: paper
        for paper in Paper.objects.published().filter(pk__in=set().union(*touched.papers.values()))
    }
    for item in items:
        item.papers = [papers[pk] for pk in sorted(touched.papers[item.pk]) if pk in papers]
        item.sheets = [sheet for sheet in sheets if item in sheet.items]
    return Folder(meeting, before, items, sheets)


def _meeting_before(meeting: Meeting) -> Meeting | None:
    if meeting.start is None:
        return None
    return (
        Meeting.objects.published()
        .before(meeting.start)
        .filter(organizations__in=[row.pk for row in meeting.organizations.all()], cancelled=False)
        .exclude(pk=meeting.pk)
        .with_committees()
        .first()
    )


def _age_days(report: StatusReport, today: date) -> int:
    spoken_of = report.as_of_period
    return max(0, (today - spoken_of.last).days) if spoken_of else 0


def _is_after(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment > since


def _reports(measures: Sequence[Any], since: datetime | None) -> tuple[dict[int, Any], dict[int, list[Any]]]:
    """The newest report of each measure, and those published after `since`; one query."""
    wanted = Q(pk__in=[row.latest_report_id for row in measures if row.latest_report_id])
    if since is not None:
        wanted |= Q(measure__in=measures, published_at__gt=since)
    rows = list(
        with_stated(StatusReport.objects.published().filter(wanted))
        .select_related("measure", "corrects")
        .order_by("-number")
    )
    attach_stated(rows)
    attach_sources(report=rows)
    latest: dict[int, Any] = {}
    new: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        latest.setdefault(row.measure_id, row)
        if _is_after(row.published_at, since):
            new[row.measure_id].append(row)
    return latest, new


def _questions(measures: Iterable[Measure]) -> dict[int, list[Question]]:
    found: dict[int, list[Question]] = defaultdict(list)
    for row in Question.objects.published().filter(measure__in=measures).select_related("asked_by"):
        found[row.measure_id].append(row)
    return found


def _waiting(measures: Iterable[Measure]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    rows = Question.objects.waiting().filter(measure__in=measures).order_by()
    for pk in rows.values_list("measure", flat=True):
        found[pk] += 1
    return found


def _earlier_motions(
    meeting: Meeting,
    items: Sequence[AgendaItem],
    touched: Touched,
    measures: Sequence[Measure],
    names_open: bool,
) -> dict[int, list[MotionBlock]]:
    """Per measure the motions of earlier meetings on the same papers, or where the measure was treated."""
    where: dict[int, set[int]] = defaultdict(set)
    for item in items:
        related = {pk for paper in touched.papers[item.pk] for pk in touched.related_items[paper]}
        for measure in touched.measures[item.pk]:
            where[measure] |= related
    cited = (
        Evidence.objects.published()
        .annotate(on_item=Coalesce(*_ITEMS), about=Coalesce(*_MEASURES))
        .filter(about__in=[row.pk for row in measures], on_item__isnull=False)
        .order_by()
        .values_list("about", "on_item")
        .distinct()
    )
    for measure, item in cited:
        where[measure].add(item)
    found: dict[int, list[MotionBlock]] = defaultdict(list)
    if meeting.start is None:
        return found
    rows = (
        Motion.objects.published()
        .filter(agenda_item__in=set().union(*where.values()), agenda_item__meeting__start__lt=meeting.start)
        .exclude(agenda_item__meeting=meeting)
        .with_votes()
        .newest_first()
    )
    for block in motion_blocks(rows, names_open):
        for measure, at in where.items():
            if block.motion.agenda_item_id in at:
                found[measure].append(block)
    return found
