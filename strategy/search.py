"""What of the strategy can be found: measures, reports and questions, as they are published."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import slug_re
from django.db.models import OuterRef, QuerySet
from django.urls import reverse

from portal.german import day_of, german_date
from portal.html import plain_text
from portal.searching.kinds import Found, Passage, Searchable, SearchText, register, register_facet
from strategy import search_sources
from strategy.filters import MeasureFilter
from strategy.models import FieldOfAction, Measure, Milestone, Partner, Question, Status, StatusReport
from strategy.presenters import UNREPORTED
from strategy.stated import attach_stated, with_stated

ANSWERED, OPEN = "answered", "open"
"""Values of the facet "status" for questions; for all others it is the code of a Status."""


def _lines(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _passages(*found: tuple[str, str, str]) -> list[Passage]:
    """Text, address, label of each; without those that say nothing."""
    return [Passage(text, url, label) for text, url, label in found if text]


# Measures ---------------------------------------------------------------------------------------------


def _measures(ids: Collection[int]) -> Iterator[Any]:
    """Published measures with `milestone_names` and `partner_names`; one query."""
    milestones = Milestone.objects.filter(measure=OuterRef("pk"))
    partners = Partner.objects.filter(measures=OuterRef("pk")).order_by("name", "pk")
    yield from (
        Measure.objects.published()
        .filter(pk__in=ids)
        .with_latest_report()
        .select_related("field")
        .annotate(
            milestone_names=ArraySubquery(milestones.values("name")),
            partner_names=ArraySubquery(partners.values("name")),
        )
    )


def _measure_texts(ids: Collection[int]) -> Iterator[SearchText]:
    for measure in _measures(ids):
        yield SearchText(
            object_id=measure.pk,
            title=measure.name,
            body=_lines(
                [
                    measure.summary,
                    plain_text(measure.description),
                    plain_text(measure.plain_summary),
                    measure.field.name,
                    *measure.milestone_names,
                    *measure.partner_names,
                ]
            ),
            field=measure.field.slug,
            status=measure.status_code or MeasureFilter.UNREPORTED,
        )


def _measure_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    found = {}
    for measure in _measures(ids):
        page = measure.get_absolute_url()
        found[measure.pk] = Found(
            title=measure.name,
            url=page,
            where=f"Handlungsfeld {measure.field.name}",
            passages=_passages(
                (measure.summary, page, ""),
                *((name, f"{page}#zeitplan", "Meilenstein") for name in measure.milestone_names),
                (plain_text(measure.plain_summary), f"{page}#einfach", "In einfacher Sprache"),
                (plain_text(measure.description), f"{page}#beschreibung", "Beschreibung"),
                *((name, f"{page}#angaben", "Partner") for name in measure.partner_names),
            ),
        )
    return found


# Reports ----------------------------------------------------------------------------------------------


def _reports(ids: Collection[int]) -> Iterator[Any]:
    """Published reports with what they state; one query."""
    published = StatusReport.objects.published().filter(pk__in=ids)
    reports = list(with_stated(published).select_related("measure__field"))
    attach_stated(reports)
    yield from reports


def _report_parts(report: Any) -> list[tuple[str, str]]:
    """Texts of its page with their labels; not the criterion, which stands in every report of its status."""
    return [
        (report.reason, ""),
        (report.urgent_reason, "Grund der Eile"),
        (plain_text(report.results), "Ergebnisse bisher"),
        (plain_text(report.next_steps), "Nächste Schritte"),
        *((stated.name, "Erreichter Meilenstein") for stated in report.stated_milestones),
        *(
            (f"{stated.name} {stated.not_yet_measurable_reason}".strip(), "Messwert")
            for stated in report.stated_figures
        ),
        (report.schedule_reason, "Zeitplan"),
    ]


def _report_texts(ids: Collection[int]) -> Iterator[SearchText]:
    for report in _reports(ids):
        yield SearchText(
            object_id=report.pk,
            title=f"{report.measure.name} Sachstand",
            body=_lines(text for text, _ in _report_parts(report)),
            day=day_of(report.published_at),
            field=report.measure.field.slug,
            status=report.status_id,
        )


def _report_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    found = {}
    for report in _reports(ids):
        page = report.get_absolute_url()
        found[report.pk] = Found(
            title=f"{report.measure.name}: Sachstand {report.number}",
            url=page,
            where=f"{report.status_label}, veröffentlicht am {german_date(report.published_at)}",
            passages=_passages(
                *((text, f"{page}#verwaltung", label) for text, label in _report_parts(report))
            ),
        )
    return found


# Questions --------------------------------------------------------------------------------------------


def _questions(ids: Collection[int]) -> Any:
    return Question.objects.published().filter(pk__in=ids).select_related("measure__field")


def _question_texts(ids: Collection[int]) -> Iterator[SearchText]:
    for question in _questions(ids):
        yield SearchText(
            object_id=question.pk,
            title=question.text,
            body=question.answer,
            day=question.asked_on,
            field=question.measure.field.slug if question.measure else "",
            status=ANSWERED if question.is_answered else OPEN,
        )


def _question_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    found = {}
    for question in _questions(ids):
        measure = question.measure
        page = measure.get_absolute_url() if measure else reverse("strategy:strategy")
        url = f"{page}#frage-{question.slug}"
        asked = f"Frage aus dem Rat vom {german_date(question.asked_on)}"
        found[question.pk] = Found(
            title=question.text,
            url=url,
            where=f"{asked} zu {measure.name}" if measure else asked,
            passages=_passages((question.answer, url, "Antwort")),
        )
    return found


# Facets -----------------------------------------------------------------------------------------------


def _field_labels(slugs: Collection[str]) -> "QuerySet[FieldOfAction, tuple[str, str]]":
    known = [slug for slug in slugs if slug_re.match(slug)]
    return FieldOfAction.objects.published().filter(slug__in=known).order_by().values_list("slug", "name")


def _status_labels(codes: Collection[str]) -> "QuerySet[Status, tuple[str, str]]":
    return Status.objects.filter(code__in=codes).order_by().values_list("code", "label")


OTHER_STATUSES: Final = {MeasureFilter.UNREPORTED: UNREPORTED, ANSWERED: "beantwortet", OPEN: "offen"}
"""Of measures without a report, and of questions."""

KINDS: Final = (
    Searchable(
        kind="measure",
        place=10,
        label="Maßnahme",
        plural="Maßnahmen",
        published=lambda: Measure.objects.published(),
        texts=_measure_texts,
        results=_measure_results,
        watches=search_sources.MEASURE,
    ),
    Searchable(
        kind="report",
        place=20,
        label="Sachstand",
        plural="Sachstände",
        published=lambda: StatusReport.objects.published(),
        texts=_report_texts,
        results=_report_results,
        watches=search_sources.REPORT,
    ),
    Searchable(
        kind="question",
        place=30,
        label="Frage",
        plural="Fragen",
        published=lambda: Question.objects.published(),
        texts=_question_texts,
        results=_question_results,
        watches=search_sources.QUESTION,
    ),
)


def register_searchables() -> None:
    for searchable in KINDS:
        register(searchable)
    register_facet("field", "Handlungsfeld", _field_labels)
    register_facet("status", "Status", _status_labels, fixed=OTHER_STATUSES)
