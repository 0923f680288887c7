"""The writer of strategy files: checked values in, rows out, and nothing that is published silently changed.

- What the file names is created or brought up to date; slugs say which row is which.
- What stands in the database and not in the file is kept and reported, never deleted.
- A published report and its evidence stand: the file may repeat them, a difference is an error.
- What the import creates it publishes. A row that somebody took back from the public stays back.
- A row that says what the file says is not touched.
- What people changed or took away in the portal since an import wrote it stays so, and is reported.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from portal.dates import Period
from portal.imports import Outcome
from portal.models import User
from sessions.imports.identity import key
from sessions.imports.upsert import city_body
from sessions.models import Body, Organization, Person
from strategy import actions
from strategy.imports import nodes as schema
from strategy.imports.accounts import import_account
from strategy.imports.backing import EvidenceWriter
from strategy.imports.records import NoRecord, Refused
from strategy.imports.rows import Change, Result
from strategy.imports.strategy_file import Reading
from strategy.models import (
    Edition,
    EditionMeasure,
    FieldOfAction,
    Indicator,
    Measure,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Partner,
    Question,
    Status,
    StatusReport,
    Strategy,
    TargetArea,
)


def apply_strategy(reading: Reading, *, by: User) -> Result:
    """Writes a strategy file into the database, with the import's own account as the writer.

    by: who takes the responsibility and publishes; has the role Freigabe.
    Call it in a transaction and roll that back where the result has problems: then the rows are not to be
    trusted. Of a file whose shape is wrong only its evidence is looked up, so that all errors come at once.
    """
    writer = _Writer(city_body(), import_account(), by)
    writer.result.problems += reading.problems
    if reading.file is None:
        for evidence in reading.evidence():
            writer.check(evidence)
    else:
        writer.file(reading.file)
    # A quote that is wrong in a report that stands is found twice; a reader needs it once.
    writer.result.problems = sorted(
        set(writer.result.problems), key=lambda problem: (reading.tree.line(problem.path) or 0, str(problem))
    )
    return writer.result


class _Writer(EvidenceWriter):
    """Goes through a file from top to bottom; notes problems and goes on."""

    def __init__(self, body: Body, by: User, released_by: User) -> None:
        super().__init__(body, by, released_by)
        self.body = body
        self.units: dict[str, Organization] = {}
        self.partners: dict[str, Partner] = {}
        self.areas: dict[str, TargetArea] = {}
        self.fields: dict[str, FieldOfAction] = {}
        self.measures: dict[str, Measure] = {}
        self.statuses: dict[str, Status] = {}

    # --- The parts of a file ------------------------------------------------------------------

    def file(self, file: schema.StrategyFile) -> None:
        with self.noting():
            strategy = self.strategy(file.strategy)
            self.each(file.documents, self.document)
            self.each(file.statuses, self.status)
            self.each(file.organizations, self.unit)
            self.each(file.partners, self.partner)
            self.each(file.target_areas, lambda node, at: self.target_area(node, at, strategy))
            self.each(file.fields, self.field)
            self.each(file.measures, self.measure)
            self.each(file.editions, lambda node, at: self.edition(node, at, strategy))
            self.each(file.questions, lambda node, at: self.question(node, at, strategy))
            self.each(file.strategy.money, lambda node, at: self.money(node, at, strategy=strategy))
            self.evidence(file.strategy, strategy, f"Strategy {strategy.slug}")
            self.keep(Edition.objects.filter(strategy=strategy), file.editions, "edition")
            self.keep(TargetArea.objects.filter(strategy=strategy), file.target_areas, "target area")
            self.keep(Question.objects.filter(strategy=strategy), file.questions, "question")
            self.keep(MoneyItem.objects.filter(strategy=strategy), file.strategy.money, "money item")
            fields = FieldOfAction.objects.filter(target_area__strategy=strategy)
            self.keep(fields, file.fields, "field of action")
            measures = Measure.objects.filter(
                Q(field__in=fields) | Q(field__in=[one.pk for one in self.fields.values()])
            )
            self.keep(measures, file.measures, "measure")

    def strategy(self, node: schema.Strategy) -> Strategy:
        return self.put(
            node,
            Strategy,
            {"slug": node.slug},
            {
                "body_id": self.body.pk,
                "name": node.name,
                "summary": node.summary or "",
                "binding_note": node.binding_note or "",
            },
        )

    def document(self, node: schema.Document, position: int) -> None:
        self.put(
            node,
            OutsideDocument,
            {"slug": node.slug},
            {
                "title": node.title,
                "title_is_description": node.title_is_description,
                "publisher": node.publisher,
                "url": node.url,
                "note": node.note or "",
                **_dates("dated", node.dated),
            },
        )

    def status(self, node: schema.Status, position: int) -> None:
        self.statuses[node.code] = self.put(
            node,
            Status,
            {"code": node.code},
            {"label": node.label, "criterion": node.criterion, "position": position},
        )

    def unit(self, node: schema.Unit, position: int) -> None:
        if node.record is not None:
            self.units[node.key] = self.records.unit(node.record, (*node.path, "record"))
            return
        self.units[node.key] = self.put(
            node,
            Organization,
            {"external_id": key("unit", settings.CITY.ags, node.key)},
            {
                "body_id": self.body.pk,
                "name": node.name,
                "type": node.type,
                "source_url": node.official_page or "",
            },
        )

    def partner(self, node: schema.Partner, position: int) -> None:
        self.partners[node.slug] = self.put(
            node,
            Partner,
            {"slug": node.slug},
            {"name": node.name, "note": node.note or "", "website": node.website or ""},
        )

    def target_area(self, node: schema.TargetArea, position: int, strategy: Strategy) -> None:
        self.areas[node.slug] = self.put(
            node,
            TargetArea,
            {"strategy_id": strategy.pk, "slug": node.slug},
            {"name": node.name, "is_working_title": node.working_title, "position": position},
        )

    def field(self, node: schema.FieldOfAction, position: int) -> None:
        area = (
            self.reference("target_area_id", TargetArea, self.areas, node.target_area)
            if node.target_area
            else {"target_area_id": None}
        )
        self.fields[node.slug] = self.put(
            node,
            FieldOfAction,
            {"slug": node.slug},
            {
                **area,
                "name": node.name,
                "is_working_title": node.working_title,
                "summary": node.summary or "",
                "position": position,
            },
        )

    def edition(self, node: schema.Edition, position: int, strategy: Strategy) -> None:
        paper = self.records.paper(node.adopted_by, (*node.path, "adopted_by")) if node.adopted_by else None
        edition = self.put(
            node,
            Edition,
            {"strategy_id": strategy.pk, "slug": node.slug},
            {
                "name": node.name,
                "adopted_by_id": paper.pk if paper else None,
                "note": node.note or "",
                **_dates("dated", node.dated),
            },
        )
        for at, row in enumerate(node.measures, start=1):
            with self.noting():
                self.put(
                    row,
                    EditionMeasure,
                    {"edition_id": edition.pk, "measure_id": self.known(self.measures, row.measure).pk},
                    {"official_wording": row.wording or "", "position": at},
                    name=f"{row.measure} in {node.slug}",
                )
        named = [row.measure for row in node.measures]
        self.keep_names(
            edition.edition_measures.exclude(measure__slug__in=named).values_list("measure__slug", flat=True),
            f"in edition {node.slug}: measure",
        )

    def measure(self, node: schema.Measure, position: int) -> None:
        measure = self.put(
            node,
            Measure,
            {"slug": node.slug},
            {
                **self.reference("field_id", FieldOfAction, self.fields, node.field),
                "name": node.name,
                "is_working_title": node.working_title,
                "summary": node.summary or "",
                "description": node.description or "",
                "origin": node.origin,
                "binding": node.binding,
                "binding_reason": node.binding_reason or "",
                "position": position,
                **_dates("planned_start", node.planned_start),
                **_dates("planned_end", node.planned_end),
                **_dates("actual_start", node.actual_start),
                **_dates("actual_end", node.actual_end),
            },
            links={
                "responsible_units": [self.known(self.units, key).pk for key in node.responsible_units],
                "partners": [
                    self.known(self.partners, slug).pk
                    for slug in node.partners
                    if (Partner, slug) not in self.gone
                ],
            },
        )
        self.measures[node.slug] = measure
        self.each(node.milestones, lambda child, at: self.milestone(child, at, measure))
        self.each(node.indicators, lambda child, at: self.indicator(child, at, measure))
        self.each(node.money, lambda child, at: self.money(child, at, measure=measure))
        self.each(node.reports, lambda child, at: self.report(child, measure))
        self.evidence(node, measure, f"Measure {node.slug}")
        self.keep(measure.milestones.all(), node.milestones, f"{node.slug}: milestone")
        self.keep(measure.indicators.all(), node.indicators, f"{node.slug}: indicator")
        self.keep(measure.money_items.all(), node.money, f"{node.slug}: money item")
        numbers = [report.number for report in node.reports]
        self.keep_names(
            measure.reports.exclude(number__in=numbers).order_by("number").values_list("number", flat=True),
            f"{node.slug}: report",
        )

    def milestone(self, node: schema.Milestone, position: int, measure: Measure) -> None:
        milestone = self.put(
            node,
            Milestone,
            {"measure_id": measure.pk, "slug": node.slug},
            {
                "name": node.name,
                "position": position,
                **_dates("planned", node.planned),
                **_dates("reached", node.reached),
            },
            name=f"{node.slug} of {measure.slug}",
        )
        self.evidence(node, milestone, f"Milestone {node.slug} of {measure.slug}")

    def indicator(self, node: schema.Indicator, position: int, measure: Measure) -> None:
        indicator = self.put(
            node,
            Indicator,
            {"measure_id": measure.pk, "slug": node.slug},
            {
                "name": node.name,
                "unit": node.unit,
                "direction": node.direction,
                "note": node.note or "",
                "position": position,
            },
            name=f"{node.slug} of {measure.slug}",
        )
        known = []
        for child in node.observations:
            with self.noting():
                observation = self.put(
                    child,
                    Observation,
                    {"indicator_id": indicator.pk, **_dates("observed", child.observed)},
                    {"value": child.value, **_figure(child)},
                    name=f"{child.observed.first} of {node.slug} of {measure.slug}",
                )
                known.append(observation.pk)
                self.evidence(child, observation, f"Observation of {node.slug} of {measure.slug}")
        self.keep_names(
            indicator.observations.exclude(pk__in=known).values_list("observed", flat=True),
            f"{measure.slug}: observation of {node.slug} at",
        )

    def money(
        self,
        node: schema.Money,
        position: int,
        *,
        strategy: Strategy | None = None,
        measure: Measure | None = None,
    ) -> None:
        of = measure or strategy
        name = f"{node.slug} of {of.slug if of else ''}"
        item = self.put(
            node,
            MoneyItem,
            {
                "strategy_id": strategy.pk if strategy else None,
                "measure_id": measure.pk if measure else None,
                "slug": node.slug,
            },
            {
                "name": node.name,
                "kind": node.kind,
                "amount": node.amount,
                "amount_max": node.amount_max,
                "year": node.year,
                "year_note": node.year_note or "",
                "base": node.base or "",
                "position": position,
                **_figure(node),
            },
            name=name,
        )
        self.evidence(node, item, f"MoneyItem {name}")

    def question(self, node: schema.Question, position: int, strategy: Strategy) -> None:
        person = self.records.person(node.asked_by, (*node.path, "asked_by")) if node.asked_by else None
        measure = (
            self.reference("measure_id", Measure, self.measures, node.measure)
            if node.measure
            else {"measure_id": None}
        )
        question = self.put(
            node,
            Question,
            {"strategy_id": strategy.pk, "slug": node.slug},
            {
                "text": node.text,
                "asked_on": node.asked_on,
                "asked_by_id": person.pk if person else None,
                "answer": node.answer or "",
                "answer_is_partial": node.partial,
                "answered_on": node.answered_on,
                **measure,
            },
        )
        if self.evidence(node, question, f"Question {node.slug}") and person is not None:
            self.asker(node, question, person)

    def asker(self, node: schema.Question, question: Question, person: Person) -> None:
        """Who asked is a claim too: it must be who speaks in the paragraph that the question rests on.

        Where people name another asker in the portal, that is no mistake of the file.
        """
        if question.asked_by_id != person.pk:
            return
        speakers = {
            evidence.contribution.speaker
            for evidence in question.evidence.filter(
                aspect="question", contribution__speaker__isnull=False
            ).select_related("contribution__speaker")
            if evidence.contribution
        }
        if speakers and person not in speakers:
            reason = "the paragraph that the question rests on is spoken by somebody else"
            self.problem(node, ("asked_by",), reason)

    # --- Reports ------------------------------------------------------------------------------

    def report(self, node: schema.Report, measure: Measure) -> None:
        name = f"StatusReport {node.number} of {measure.slug}"
        corrected = None
        if node.corrects is not None:
            corrected = measure.reports.filter(number=node.corrects).first()
            if corrected is None:
                raise NoRecord((*node.path, "corrects"), f"this measure has no report {node.corrects}")
        values: dict[str, Any] = {
            "status": self.known(self.statuses, node.status),
            "reason": node.reason,
            "results": node.results or "",
            "next_steps": node.next_steps or "",
            "schedule": node.schedule,
            "schedule_reason": node.schedule_reason or "",
            "as_of": node.as_of,
            "new_end": node.new_end,
            "corrects": corrected,
        }
        existing = measure.reports.select_related("status", "corrects").filter(number=node.number).first()
        if existing is not None:
            self.stands(node, existing, values)
            return
        try:
            report = actions.draft_report(measure=measure, number=node.number, by=self.by, **values)
        except actions.WrongReportNumber as error:
            self.problem(node, ("number",), str(error))
            raise Refused from error
        except actions.WrongCorrection as error:
            self.problem(node, ("corrects",), str(error))
            raise Refused from error
        except ValidationError as error:
            self.invalid(node, error)
            raise Refused from error
        self.result.changes.append(Change(Outcome.CREATED, name))
        self.fresh.add((StatusReport, report.pk))
        self.evidence(node, report, name)
        actions.publish_report_from_file(report=report, by=self.released_by)

    def stands(self, node: schema.Report, report: StatusReport, values: dict[str, Any]) -> None:
        """A report of this number is there: the file must say the same."""
        if report.state != StatusReport.State.PUBLISHED:
            reason = (
                f"report {report.number} is being written in the portal ({report.state}); "
                "publish it there, or give this one the next number"
            )
            self.problem(node, ("number",), reason)
            return
        old = {name: getattr(report, name) for name in values if name not in ("as_of", "new_end")}
        old |= {"as_of": report.as_of_period, "new_end": report.new_end_period}
        different = [name for name, value in values.items() if old[name] != value]
        remaining = self.existing_evidence(report)
        missing = [one for one in node.evidence if self.take(one, node, remaining) is None]
        if missing or remaining:
            different.append("evidence")
        if different:
            reason = (
                f"report {report.number} is published and stands, but the file differs "
                f"({', '.join(different)}); add a new report with `corrects: {report.number}`"
            )
            self.problem(node, (), reason)
            # A quote that is wrong besides is worth a line of its own.
            for evidence in missing:
                self.check(evidence)
            return
        self.result.unchanged += 1 + len(node.evidence)


def _dates(name: str, period: Period | None) -> dict[str, Any]:
    """A date with precision as its two columns."""
    return {name: period.first if period else None, f"{name}_precision": period.precision if period else ""}


def _figure(node: schema.Figure) -> dict[str, Any]:
    return {
        "certainty": node.certainty or "",
        "not_yet_measurable": node.not_yet_measurable is not None,
        "not_yet_measurable_reason": node.not_yet_measurable or "",
    }
