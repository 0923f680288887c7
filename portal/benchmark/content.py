"""Invented content beside the demo's, so that lists are full and pages are as long as they get in earnest.

Every row says that it is an example ("Beispiel"). Row n is the same in every database, so more can be added
later: from 50 of each to 500 shows whether a page's number of queries grows with the data.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha512
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from portal.models import User, stable_id
from portal.searching.index import catch_up
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    File,
    FilePage,
    FileText,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from strategy.models import (
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    Review,
    Status,
    StatusReport,
    Strategy,
)

FIRST_DAY = date(2020, 1, 1)
TEXT = (
    "Beispiel: Die Verwaltung erläutert den Stand der Arbeiten und beantwortet Rückfragen der Mitglieder. "
    "Im zweiten Quartal sollen die ersten Verfahren erprobt werden; über die Kosten wird noch berichtet. "
)
UNITS = 10
"""Organizations and partners that measures share, however many measures there are."""


def example_id(kind: str, number: int) -> int:
    """Primary key of the example `number` (from 1) of a kind of council record: meeting, item, paper, …"""
    return stable_id(f"beispiel:{kind}:{number}")


@transaction.atomic
def fill(rows: int, already: int = 0) -> None:
    """Adds the examples `already` + 1 to `rows` of everything that the portal lists.

    Number 1 of each kind is a long page: its meeting has `rows` agenda items, its item `rows` paragraphs and
    motions, its paper `rows` stations, its committee `rows` members, its measure `rows` / 5 reports.
    The search finds all of it.
    """
    numbers = range(already + 1, rows + 1)
    _fill_council(numbers, first_time=already == 0)
    _fill_strategy(numbers, first_time=already == 0)
    catch_up()


def _day(number: int) -> date:
    """Wednesdays, again from the start after ten years."""
    return FIRST_DAY + timedelta(weeks=number % 520)


def _meeting_start(number: int) -> datetime:
    """Every tenth meeting is still to come."""
    day = _day(number) + timedelta(weeks=4000 if number % 10 == 0 else 0)
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15)


def _sourced(kind: str, number: int) -> dict[str, Any]:
    return {
        "id": example_id(kind, number),
        "external_id": f"beispiel:{kind}:{number}",
        "source_url": f"https://example.org/{kind}/{number}",
    }


def _insert(rows: Iterable[Model]) -> None:
    listed = list(rows)
    if listed:
        type(listed[0])._default_manager.bulk_create(listed, batch_size=1000)


# --- Council ----------------------------------------------------------------------------------


def _fill_council(numbers: range, *, first_time: bool) -> None:
    body = Body.objects.first() or Body.objects.create(external_id="beispiel:body:1", name="Beispielstadt")
    if first_time:
        units = range(1, UNITS + 1)
        _insert(
            Organization(
                **_sourced("unit", number), body=body, name=f"Beispielbereich {number}", type="administration"
            )
            for number in units
        )
    types = ("committee", "faction", "council", "other")
    _insert(
        Organization(
            **_sourced("organization", n),
            body=body,
            name=f"Beispielausschuss {n}",
            type=types[(n - 1) % len(types)],
        )
        for n in numbers
    )
    _insert(
        Person(
            **_sourced("person", n),
            body=body,
            name=f"Vorname Beispiel{n}",
            family_name=f"Beispiel{n}",
            title="Ratsfrau",
            kind="mandate",
        )
        for n in numbers
    )
    _insert(_memberships(numbers))
    _insert(
        Meeting(
            **_sourced("meeting", n),
            body=body,
            occasion="Sitzung",
            start=_meeting_start(n),
        )
        for n in numbers
    )
    of_meeting = Meeting.organizations.through
    # All of them of the first committee, so that its page is as long as pages get.
    _insert(
        of_meeting(meeting_id=example_id("meeting", n), organization_id=example_id("organization", 1))
        for n in numbers
    )
    _insert(
        Paper(
            **_sourced("paper", n),
            body=body,
            reference=f"BSP/{n:05}/20",
            name=f"Beispielvorlage {n} zur Digitalisierung der Verwaltung",
            paper_type="Mitteilungsvorlage",
            date=_day(n),
        )
        for n in numbers
    )
    _insert(
        Paper.originator_organizations.through(
            paper_id=example_id("paper", n), organization_id=example_id("organization", 1)
        )
        for n in numbers
    )
    _insert(
        Paper.originator_people.through(paper_id=example_id("paper", n), person_id=example_id("person", 1))
        for n in numbers
    )
    _fill_agendas(numbers)
    _fill_minutes(numbers)


def _memberships(numbers: range) -> Iterator[Membership]:
    """The first committee has every person, and the first person sits in every committee."""
    for n in numbers:
        pairs = {(n, 1), (1, n)}
        for person, organization in sorted(pairs):
            yield Membership(
                **_sourced(f"membership-{person}", organization),
                person_id=example_id("person", person),
                organization_id=example_id("organization", organization),
                role="Mitglied",
                start_date=FIRST_DAY,
            )


def _fill_agendas(numbers: range) -> None:
    """Item n stands on the agenda of the first meeting; every other meeting has an item of its own."""
    _insert(
        AgendaItem(
            **_sourced(kind, n),
            meeting_id=example_id("meeting", 1 if kind == "item" else n),
            number=f"Ö {n}",
            order=n,
            title=f"Beispielpunkt {n}: Stand der Digitalisierung",
            public=True,
        )
        for kind in ("item", "other-item")
        for n in numbers
        if kind == "item" or n > 1
    )
    # Paper n is treated at item n; the first paper at all of them, the first item treats all of them.
    pairs = {(n, n) for n in numbers} | {(1, n) for n in numbers} | {(n, 1) for n in numbers}
    consultations = [
        Consultation(
            pk=stable_id(f"beispiel:consultation:{paper}:{item}"),
            external_id=f"beispiel:consultation:{paper}:{item}",
            paper_id=example_id("paper", paper),
            agenda_item_id=example_id("item", item),
            meeting_id=example_id("meeting", 1),
            role="Kenntnisnahme",
            position=item,
        )
        for paper, item in sorted(pairs)
    ]
    _insert(consultations)
    committee = example_id("organization", 1)
    _insert(
        Consultation.organizations.through(consultation_id=row.pk, organization_id=committee)
        for row in consultations
    )


def _fill_minutes(numbers: range) -> None:
    """The first item has a paragraph, a motion and two votes for each n; item n has one vote of its own."""
    item = example_id("item", 1)
    paragraphs = [
        Contribution(
            agenda_item_id=item,
            position=n,
            anchor=f"absatz-{n}",
            text=f"{TEXT}({n})",
            speaker_id=example_id("person", n),
        )
        for n in numbers
    ]
    _insert(paragraphs)
    motions = [
        Motion(
            agenda_item_id=item,
            position=n,
            kind="procedural",
            wording=f"Beispielantrag {n}: Die Vorlage wird im nächsten Ausschuss behandelt.",
            # The first person moves all of them: the longest page a person can have.
            mover_id=example_id("person", 1),
            contribution=paragraph,
        )
        for n, paragraph in zip(numbers, paragraphs, strict=True)
    ]
    _insert(motions)
    votes = [
        Vote(
            agenda_item_id=item,
            position=n,
            on="procedural",
            motion=motion,
            result="rejected" if n % 2 else "accepted",
            yes=n % 7,
            no=n % 5,
            contribution=motion.contribution,
        )
        for n, motion in zip(numbers, motions, strict=True)
    ]
    votes += [
        Vote(
            agenda_item_id=example_id("item", n),
            position=1,
            result="noted",
            majority="unanimous",
            phrase=TEXT,
        )
        for n in numbers
        if n > 1
    ]
    _insert(votes)
    _insert(
        File(
            **_sourced(f"file-{parent}", n),
            **{f"{parent}_id": example_id(kind, 1)},
            name=f"Beispielanlage {n}",
            public=True,
            position=n,
            size_printed="181,2 kB",
        )
        for parent, kind in (("paper", "paper"), ("agenda_item", "item"), ("meeting", "meeting"))
        for n in numbers
    )
    files = [example_id("file-paper", n) for n in numbers]
    digest = sha512(TEXT.encode()).hexdigest()
    _insert(
        FileText(
            file_id=file,
            state=FileText.State.EXTRACTED,
            page_count=1,
            sha512=digest,
            address=f"https://example.org/file/{file}",
            read_at=timezone.now(),
        )
        for file in files
    )
    _insert(FilePage(file_id=file, number=1, text=TEXT) for file in files)


# --- Strategy ---------------------------------------------------------------------------------


def _fill_strategy(numbers: range, *, first_time: bool) -> None:
    editor, _ = User.objects.get_or_create(email="beispiel@example.org", defaults={"is_active": False})
    published = {"published_at": timezone.now(), "published_by": editor}
    strategy = Strategy.objects.published().order_by("pk").first() or Strategy.objects.create(
        body=Body.objects.all()[0], slug="beispiel", name="Beispielstrategie", **published
    )
    if first_time:
        _fill_shared(published)
    field = FieldOfAction.objects.get(slug="beispiel")
    measures = [
        Measure(
            field=field,
            slug=f"beispiel-{n}",
            name=f"Beispielmaßnahme {n}",
            is_working_title=True,
            summary="Beispiel: Ein Antrag lässt sich ohne Papier stellen und verfolgen.",
            description=TEXT * 3,
            binding="outlook",
            binding_reason="Beispiel",
            planned_start=date(2024, 1, 1),
            planned_start_precision="year",
            planned_end=date(2026, 7, 1),
            planned_end_precision="quarter",
            position=n,
            **published,
        )
        for n in numbers
    ]
    _insert(measures)
    units, partners = Measure.responsible_units.through, Measure.partners.through
    shared = list(Partner.objects.filter(slug__startswith="beispiel-").order_by("pk"))
    for n, measure in zip(numbers, measures, strict=True):
        unit = example_id("unit", n % UNITS + 1)
        _insert([units(measure_id=measure.pk, organization_id=unit)])
        _insert([partners(measure_id=measure.pk, partner_id=shared[n % UNITS].pk)])
    first = Measure.objects.get(slug="beispiel-1")
    _fill_figures(first, numbers)
    _insert(
        MeasureLink(measure=first, title=f"Beispielseite {n}", url=f"https://example.org/{n}", position=n)
        for n in numbers
    )
    _fill_reports(first, measures, numbers, editor)
    questions = [
        Question(
            strategy=strategy,
            measure=first,
            slug=f"beispiel-{n}",
            text=f"Beispielfrage {n}: Wann ist die erste Stufe erreicht?",
            asked_on=_day(n),
            asked_by_id=example_id("person", n),
            answer=TEXT if n % 2 else "",
            answered_on=_day(n) + timedelta(days=20) if n % 2 else None,
            **published,
        )
        for n in numbers
    ]
    _insert(questions)
    _insert(_evidence(numbers, question=questions))


def _fill_shared(published: dict[str, Any]) -> None:
    """What all measures of the examples share."""
    FieldOfAction.objects.create(
        slug="beispiel", name="Beispielfeld", is_working_title=True, summary=TEXT, position=999, **published
    )
    _insert(Partner(slug=f"beispiel-{n}", name=f"Beispielpartner {n}") for n in range(UNITS))
    OutsideDocument.objects.create(
        slug="beispiel", title="Beispielmeldung", publisher="Beispielzeitung", url="https://example.org/"
    )
    for position, (code, label) in enumerate(Status.Code.choices):
        Status.objects.get_or_create(
            code=code, defaults={"label": label, "criterion": "Beispiel", "position": position}
        )


def _fill_figures(measure: Measure, numbers: range) -> None:
    """Milestones, money and an indicator's values of the first measure."""
    milestones = [
        Milestone(
            measure=measure,
            slug=f"beispiel-{n}",
            name=f"Beispielschritt {n}",
            planned=_day(n),
            planned_precision="day",
            position=n,
        )
        for n in numbers
    ]
    money = [
        MoneyItem(
            measure=measure,
            slug=f"beispiel-{n}",
            name=f"Beispielkosten {n}",
            kind="cost",
            amount=1000 * n,
            certainty="estimated",
            year=2025,
            position=n,
        )
        for n in numbers
    ]
    indicator, _ = Indicator.objects.get_or_create(
        measure=measure, slug="beispiel", defaults={"name": "Beispielzahl", "unit": "Anrufe"}
    )
    observations = [
        Observation(
            indicator=indicator,
            observed=FIRST_DAY + timedelta(days=n),
            observed_precision="day",
            value=n,
            certainty="actual",
        )
        for n in numbers
    ]
    for rows in (milestones, money, observations):
        _insert(rows)
    _insert(_evidence(numbers, milestone=milestones, money_item=money, observation=observations))


def _fill_reports(first: Measure, measures: list[Measure], numbers: range, editor: User) -> None:
    """One published report for each measure, a fifth as many for the first one."""
    codes = list(Status.Code.values)
    of = [(measure, 1) for measure in measures]
    of += [(first, n // 5 + 1) for n in numbers if n % 5 == 0]
    reports = [
        StatusReport(
            measure=measure,
            number=number,
            status_id=codes[index % len(codes)],
            reason=TEXT,
            results=TEXT,
            as_of=_day(index),
            as_of_precision="day",
            written_by=editor,
        )
        for index, (measure, number) in enumerate(of)
    ]
    evidence = list(_evidence(range(numbers.start, numbers.start + len(reports)), report=reports))
    # A measure has one open report at a time, and evidence comes before submission.
    while reports:
        of_each = {report.measure_id: report for report in reversed(reports)}
        wave = [report for report in reports if of_each[report.measure_id] is report]
        reports = [report for report in reports if of_each[report.measure_id] is not report]
        _insert(wave)
        _insert(piece for piece in evidence if piece.report in wave)
        _insert(_reached(wave))
        _insert(_figures(wave))
        _publish(StatusReport.objects.filter(pk__in=[report.pk for report in wave]), editor)


def _reached(reports: list[StatusReport]) -> Iterator[ReportMilestone]:
    """Every report of a measure with milestones says that one of them is reached, in turn."""
    for report in reports:
        if milestone := Milestone.objects.filter(measure_id=report.measure_id).first():
            yield ReportMilestone(
                report=report, milestone=milestone, reached=_day(report.number), reached_precision="day"
            )


def _figures(reports: list[StatusReport]) -> Iterator[ReportFigure]:
    for report in reports:
        if indicator := Indicator.objects.filter(measure_id=report.measure_id).first():
            yield ReportFigure(
                report=report, indicator=indicator, observed=_day(report.number), observed_precision="day",
                value=report.number, certainty="actual",
            )  # fmt: skip


def _publish(reports: QuerySet[StatusReport], editor: User) -> None:
    releaser, _ = User.objects.get_or_create(
        email="beispiel-freigabe@example.org", defaults={"is_active": False}
    )
    now = timezone.now()
    reports.update(state=StatusReport.State.SUBMITTED, submission=1, submitted_at=now, submitted_by=editor)
    reports.update(state=StatusReport.State.PUBLISHED, published_at=now, published_by=releaser)
    verdicts = list(Review.Verdict)
    _insert(
        Review(
            report=report,
            reviewer=releaser,
            submission=1,
            verdict=verdicts[index % len(verdicts)],
            comment="Beispiel: Woher ist das bekannt?",
            is_public=index % 2 == 0,
        )
        for index, report in enumerate(reports)
    )


def _evidence(numbers: range, **subjects: list[Any]) -> Iterator[Evidence]:
    """For every subject one piece, in turn from the minutes (with a quote), a paper, the press."""
    document = OutsideDocument.objects.get(slug="beispiel")
    paragraphs = dict(
        Contribution.objects.filter(agenda_item=example_id("item", 1)).values_list("position", "pk")
    )
    last = max(paragraphs)
    for name, rows in subjects.items():
        for n, row in zip(numbers, rows, strict=True):
            piece = Evidence(**{name: row}, position=n)
            if n % 3 == 0:
                piece.document = document
            elif n % 3 == 1:
                piece.agenda_item_id = example_id("item", 1)
                piece.contribution_id = paragraphs[min(n, last)]
                piece.quote = TEXT.strip()
            else:
                piece.paper_id = example_id("paper", min(n, last))
            yield piece
