"""The writer of strategy files: checked values in, rows out, and nothing that is published silently changed.

- What the file names is created or brought up to date; slugs say which row is which.
- What stands in the database and not in the file is kept and reported, never deleted.
- A published report and its evidence stand: the file may repeat them, a difference is an error.
- What the import creates it publishes. A row that somebody took back from the public stays back.
- A row that says what the file says is not touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Q

from portal.dates import Period
from portal.imports import Outcome
from portal.models import Publishable, Sourced, User, stable_id
from sessions.imports.allris.address import allris_id, page_address
from sessions.imports.identity import key
from sessions.imports.upsert import city_body
from sessions.models import AgendaItem, Body, File, Motion, Organization, Paper, Person, Vote
from strategy import actions
from strategy.imports import strategy_file as schema
from strategy.imports.yaml_tree import Path, Problem, one_line
from strategy.models import (
    Edition,
    EditionMeasure,
    Evidence,
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

M = TypeVar("M", bound=models.Model)

Signature = tuple[str, tuple[object, ...], str, str]
"""What makes two pieces of evidence the same: aspect, source, quote, note. Paragraphs are compared apart."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was created or changed."""

    outcome: Outcome
    what: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        columns = f": {', '.join(self.columns)}" if self.columns else ""
        return f"{self.outcome} {self.what}{columns}"


@dataclass(slots=True)
class Result:
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    """What the database has and the file has not, and what stays hidden."""
    problems: list[Problem] = field(default_factory=list)

    def number(self, outcome: Outcome) -> int:
        return sum(change.outcome == outcome for change in self.changes)


class _NoRecord(Exception):
    """A source that the file names is not there; `below` is the key that names it."""

    def __init__(self, below: Path, reason: str) -> None:
        super().__init__(reason)
        self.below = below


class _Refused(Exception):
    """A row that cannot be written; the problem is noted already. What hangs on it is left out."""


def apply_strategy(reading: schema.Reading, *, by: User) -> Result:
    """Writes a strategy file into the database.

    Call it in a transaction and roll that back where the result has problems: then the rows are not to be
    trusted. Of a file whose shape is wrong only its evidence is looked up, so that all errors come at once.
    """
    writer = _Writer(city_body(), by)
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


class _Records:
    """Finds the records that a file names.

    Raises _NoRecord, or _Refused where the problem is noted already.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self._items: dict[str, AgendaItem] = {}

    def source(self, evidence: schema.Evidence) -> actions.Source:
        if evidence.item is not None:
            return self.item(evidence.item, ("item",))
        if evidence.paper is not None:
            return self.paper(evidence.paper, ("paper",))
        if evidence.motion is not None:
            return self._numbered(Motion, evidence.motion, "motion")
        if evidence.vote is not None:
            return self._numbered(Vote, evidence.vote, "vote")
        if evidence.file is not None:
            return self._file(evidence.file)
        document = OutsideDocument.objects.filter(slug=evidence.document).first()
        if document is None:
            raise _Refused
        return document

    def item(self, name: str, below: Path) -> AgendaItem:
        if name not in self._items:
            number = int(name) if _is_number(name) else page_address(name).agenda_item
            named = Q(external_id=name) | Q(source_url=name)
            if number is not None:
                named = Q(external_id=allris_id("to", number))
            self._items[name] = _only(
                AgendaItem.objects.filter(named, meeting__body=self.body), f"item {name}", below
            )
        return self._items[name]

    def paper(self, name: str, below: Path) -> Paper:
        number = page_address(name).paper
        named = Q(reference=name) | Q(external_id=name) | Q(source_url=name)
        if number is not None:
            named = Q(external_id=allris_id("vo", number))
        papers = Paper.objects.filter(named, body=self.body)
        # A number that was given again means the paper that has it today.
        current = papers.filter(withdrawn_at=None)
        return _only(current if current.exists() else papers, f"paper {name}", below)

    def unit(self, name: str, below: Path) -> Organization:
        named = Q(external_id=allris_id("gr", int(name))) if _is_number(name) else Q(external_id=name)
        units = Organization.objects.filter(named | Q(source_url=name), body=self.body)
        return _only(units, f"organization {name}", below)

    def person(self, name: str, below: Path) -> Person:
        """An elected person, by title and name as the minutes print them, or by the id of the source."""
        words = name.split()
        named = Q(external_id=name)
        for cut in range(len(words)):
            named |= Q(title=" ".join(words[:cut]), name=" ".join(words[cut:]))
        people = Person.objects.published().filter(named, body=self.body)
        return _only(people, f"elected person {name!r}", below)

    def _numbered(self, model: type[Any], ref: schema.NumberedRef, name: str) -> Any:
        item = self.item(ref.item, (name, "item"))
        # The one that stands in the minutes today, else the one that stood there last.
        rows = model.objects.filter(agenda_item=item, position=ref.number)
        found = rows.order_by(F("superseded_at").desc(nulls_first=True)).first()
        if found is None:
            raise _NoRecord((name, "number"), f"item {ref.item} has no {name} {ref.number}")
        return found

    def _file(self, ref: schema.FileRef) -> File:
        files = File.objects.filter(position=ref.number)
        if ref.paper is not None:
            files = files.filter(paper=self.paper(ref.paper, ("file", "paper")))
        else:
            files = files.filter(agenda_item=self.item(str(ref.item), ("file", "item")))
        return _only(files, f"file {ref.number} of {ref.paper or ref.item}", ("file", "number"))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) <= 9


def _only(rows: models.QuerySet[M], what: str, below: Path) -> M:
    found = list(rows[:2])
    if not found:
        raise _NoRecord(below, f"{what} is not in the database; import the council's records first")
    if len(found) > 1:
        raise _NoRecord(below, f"{what} is not clear: several records are named so; use the id of the source")
    return found[0]


class _Writer:
    """Goes through a file from top to bottom; notes problems and goes on."""

    def __init__(self, body: Body, by: User) -> None:
        self.body = body
        self.by = by
        self.records = _Records(body)
        self.result = Result()
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
        area = self.known(self.areas, node.target_area) if node.target_area else None
        self.fields[node.slug] = self.put(
            node,
            FieldOfAction,
            {"slug": node.slug},
            {
                "target_area_id": area.pk if area else None,
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
                "field_id": self.known(self.fields, node.field).pk,
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
                "partners": [self.known(self.partners, slug).pk for slug in node.partners],
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
        question = self.put(
            node,
            Question,
            {"strategy_id": strategy.pk, "slug": node.slug},
            {
                "text": node.text,
                "asked_on": node.asked_on,
                "asked_by_id": person.pk if person else None,
                "answer": node.answer or "",
                "answered_on": node.answered_on,
                "measure_id": self.known(self.measures, node.measure).pk if node.measure else None,
            },
        )
        self.evidence(node, question, f"Question {node.slug}")
        self.asker(node, question, person)

    def asker(self, node: schema.Question, question: Question, person: Person | None) -> None:
        """Who asked is a claim too: it must be who speaks in the paragraph that the question rests on."""
        if person is None:
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
                raise _NoRecord((*node.path, "corrects"), f"this measure has no report {node.corrects}")
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
            raise _Refused from error
        except actions.WrongCorrection as error:
            self.problem(node, ("corrects",), str(error))
            raise _Refused from error
        except ValidationError as error:
            self.invalid(node, error)
            raise _Refused from error
        self.result.changes.append(Change(Outcome.CREATED, name))
        self.evidence(node, report, name)
        actions.publish_report(report=report, by=self.by)

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

    # --- Evidence -----------------------------------------------------------------------------

    def evidence(self, node: schema.Claimant, subject: actions.Subject, name: str) -> None:
        """Brings the evidence of `subject` in line with the file; what only the database has is kept."""
        remaining = self.existing_evidence(subject)
        new: list[tuple[int, schema.Evidence]] = []
        for position, one in enumerate(node.evidence, start=1):
            with self.noting():
                old = self.take(one, node, remaining)
                if old is None:
                    new.append((position, one))
                elif old.position != position:
                    self.rewrite(one, old, position, name)
                else:
                    self.result.unchanged += 1
        for position, one in new:
            with self.noting(), self.rules(one):
                source = self.records.source(one)
                aspect = node.aspect_of(one)
                # The same claim resting on the same record: its words or its note were put right.
                old = next((row for row in remaining if _same_source(row, aspect, source)), None)
                if old is not None:
                    remaining.remove(old)
                    self.rewrite(one, old, position, name)
                    continue
                actions.add_evidence(
                    subject=subject,
                    source=source,
                    by=self.by,
                    aspect=aspect,
                    paragraph=one.paragraph,
                    quote=one.quote or "",
                    note=one.note or "",
                    position=position,
                )
                self.result.changes.append(Change(Outcome.CREATED, f"Evidence of {name}"))
        self.result.kept += [f"evidence of {name}: {row.get_aspect_display()}" for row in remaining]

    def existing_evidence(self, subject: actions.Subject) -> list[Evidence]:
        return list(subject.evidence.with_targets().order_by("position", "pk"))

    def take(self, one: schema.Evidence, node: schema.Claimant, remaining: list[Evidence]) -> Evidence | None:
        """The row that says what the file says, taken out of `remaining`.

        Looked for before the quote is: minutes may change after something rests on them, and the paragraph
        that was quoted then still stands in the database.
        """
        with self.locating(one):
            source = self.records.source(one)
        wanted = (node.aspect_of(one), _source_key(source), one.quote or "", one.note or "")
        for row in remaining:
            paragraph = row.contribution.position if row.contribution else None
            # A paragraph that the file leaves out was found by its quote.
            by_quote = one.paragraph is None and one.quote is not None
            if _signature(row) == wanted and (by_quote or paragraph == one.paragraph):
                remaining.remove(row)
                return row
        return None

    def rewrite(self, one: schema.Evidence, row: Evidence, position: int, name: str) -> None:
        with self.rules(one):
            actions.change_evidence(
                evidence=row,
                by=self.by,
                paragraph=one.paragraph,
                quote=one.quote or "",
                note=one.note or "",
                position=position,
            )
            self.result.changes.append(Change(Outcome.CHANGED, f"Evidence of {name}"))

    def check(self, one: schema.Evidence) -> None:
        """Whether the source is there and the quote stands in it; writes nothing."""
        if one.document is not None:
            return
        with self.noting(), self.rules(one), self.locating(one):
            source = self.records.source(one)
            actions.check_public(source)
            actions.bind_quote(source=source, quote=one.quote or "", paragraph=one.paragraph)

    # --- Rows ---------------------------------------------------------------------------------

    def put(
        self,
        node: schema.Node,
        model: type[M],
        lookup: dict[str, Any],
        values: dict[str, Any],
        *,
        links: dict[str, list[int]] | None = None,
        name: str = "",
    ) -> M:
        """The row that `lookup` names, created or brought in line with `values` and `links`.

        Raises _Refused where a rule of the model forbids it; the problem is noted.
        """
        what = f"{model.__name__} {name or next(reversed(lookup.values()))}"
        manager = model._default_manager
        row = manager.select_for_update(of=("self",)).filter(**lookup).first()
        created = row is None
        if row is None:
            row = model(**lookup, **values)
            if isinstance(row, Sourced):
                row.pk = stable_id(row.external_id)
            changed = []
        else:
            changed = [column for column, value in values.items() if getattr(row, column) != value]
            for column in changed:
                setattr(row, column, values[column])
        if created or changed:
            try:
                row.full_clean()
            except ValidationError as error:
                self.invalid(node, error)
                raise _Refused from error
        if created:
            row.save(force_insert=True)
            if isinstance(row, Publishable):
                actions.publish(row, by=self.by)
        linked = [column for column, wanted in (links or {}).items() if self.link(row, column, wanted)]
        if not created and (changed or linked):
            stamps = [one.name for one in model._meta.concrete_fields if getattr(one, "auto_now", False)]
            row.save(update_fields=[*changed, *stamps])
        if created:
            self.result.changes.append(Change(Outcome.CREATED, what))
        elif changed or linked:
            columns = [column.removesuffix("_id") for column in (*changed, *linked)]
            self.result.changes.append(Change(Outcome.CHANGED, what, tuple(columns)))
        else:
            self.result.unchanged += 1
        if not created and isinstance(row, Publishable) and not row.is_published:
            self.result.kept.append(f"{what} is not published; the import leaves it so")
        return row

    def link(self, row: models.Model, column: str, wanted: list[int]) -> bool:
        """Whether the links had to be changed."""
        manager: Any = getattr(row, column)
        if set(manager.values_list("pk", flat=True)) == set(wanted):
            return False
        manager.set(wanted)
        return True

    def each(self, nodes: Sequence[Any], write: Callable[[Any, int], None]) -> None:
        """Writes entry after entry; one that is refused does not hide what is wrong with the next."""
        for position, node in enumerate(nodes, start=1):
            with self.noting():
                write(node, position)

    def known(self, rows: dict[str, M], name: str) -> M:
        """A row that an earlier part of the file made. One that was refused there is no second problem."""
        if name not in rows:
            raise _Refused
        return rows[name]

    def keep(self, rows: models.QuerySet[Any], nodes: Iterable[Any], what: str) -> None:
        named = [node.slug for node in nodes]
        self.keep_names(rows.exclude(slug__in=named).order_by("slug").values_list("slug", flat=True), what)

    def keep_names(self, names: Iterable[object], what: str) -> None:
        self.result.kept += [f"{what} {name}" for name in names]

    # --- Problems -----------------------------------------------------------------------------

    def problem(self, node: schema.Node, below: Path, reason: str) -> None:
        self.result.problems.append(Problem(node.path + below, reason))

    def invalid(self, node: schema.Node, error: ValidationError) -> None:
        for name, reasons in error.message_dict.items():
            below = (name,) if name in type(node).model_fields else ()
            for reason in reasons:
                text = reason if below or name == NON_FIELD_ERRORS else f"{name}: {reason}"
                self.problem(node, below, one_line(text))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Notes that a record is missing and goes on behind the block."""
        try:
            yield
        except _NoRecord as error:
            self.result.problems.append(Problem(error.below, str(error)))
        except _Refused:
            # The problem is noted where it was found.
            return

    @contextmanager
    def locating(self, node: schema.Node) -> Iterator[None]:
        """Gives the path of a missing record from the top of the file."""
        try:
            yield
        except _NoRecord as error:
            raise _NoRecord(node.path + error.below, str(error)) from error

    @contextmanager
    def rules(self, node: schema.Evidence) -> Iterator[None]:
        """Notes which rule of the strategy an evidence breaks."""
        try:
            yield
        except actions.QuoteNotFound as error:
            self.problem(node, ("quote",), str(error))
        except actions.ParagraphNotFound as error:
            self.problem(node, ("paragraph",), str(error))
        except actions.SourceIsNotPublic as error:
            self.problem(node, (), str(error))
        except ValidationError as error:
            self.invalid(node, error)


def _dates(name: str, period: Period | None) -> dict[str, Any]:
    """A date with precision as its two columns."""
    return {name: period.first if period else None, f"{name}_precision": period.precision if period else ""}


def _figure(node: schema.Figure) -> dict[str, Any]:
    return {
        "certainty": node.certainty or "",
        "not_yet_measurable": node.not_yet_measurable is not None,
        "not_yet_measurable_reason": node.not_yet_measurable or "",
    }


def _source_key(source: actions.Source) -> tuple[object, ...]:
    """Names a source as a file does: a motion by its item and number, so that a new wording is the same."""
    if isinstance(source, Motion | Vote):
        return (type(source).__name__, source.agenda_item_id, source.position)
    return (type(source).__name__, source.pk)


def _signature(row: Evidence) -> Signature:
    return (row.aspect, _source_key(row.target), row.quote, row.note)


def _same_source(row: Evidence, aspect: str, source: actions.Source) -> bool:
    return row.aspect == aspect and _source_key(row.target) == _source_key(source)
