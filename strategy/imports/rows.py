"""Rows of the strategy: created or brought in line with a file, with an account of what was done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from portal.imports import Outcome
from portal.models import Publishable, Sourced, User, stable_id
from strategy import actions
from strategy.imports import nodes as schema
from strategy.imports.portal_edits import TakenAway, edited_columns, edited_links
from strategy.imports.records import NoRecord, Refused
from strategy.imports.yaml_tree import Path, Problem, one_line
from strategy.models import Milestone, Observation, OutsideDocument, Question

_TOGETHER: tuple[frozenset[str], ...] = tuple(
    map(
        frozenset,
        (
            ("name", "is_working_title"),
            ("title", "title_is_description"),
            ("binding", "binding_reason"),
            ("planned_start", "planned_start_precision", "planned_end", "planned_end_precision"),
            ("actual_start", "actual_start_precision", "actual_end", "actual_end_precision"),
            ("planned", "planned_precision"),
            ("reached", "reached_precision"),
            ("dated", "dated_precision", "adopted_by_id"),
            ("answer", "answered_on", "answer_is_partial"),
            (
                "kind", "value", "amount", "amount_max", "certainty", "year", "year_note", "base",
                "not_yet_measurable", "not_yet_measurable_reason",
            ),
        ),
    )
)  # fmt: skip
"""Columns that make one claim: half of it by the file and half by people would be nobody's."""

M = TypeVar("M", bound=models.Model)


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
    edited: list[str] = field(default_factory=list)
    """What differs from the file and stays, because people wrote it since an import did."""
    removed: list[str] = field(default_factory=list)
    """What the file has and an import once wrote, and people have removed or renamed."""
    problems: list[Problem] = field(default_factory=list)

    def number(self, outcome: Outcome) -> int:
        return sum(change.outcome == outcome for change in self.changes)


class RowWriter:
    """Writes row after row; notes problems and goes on."""

    def __init__(self, by: User, released_by: User) -> None:
        self.by, self.released_by = by, released_by
        self.result = Result()
        self.fresh: set[tuple[type[models.Model], Any]] = set()
        """Model and primary key of what this run created: nobody has changed it since."""
        self.taken_away = TakenAway()
        self.gone: set[tuple[type[models.Model], Any]] = set()
        """Model and name of what the file has and people took away."""

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

        What people wrote since an import did stays, and so does the absence of what they took away.
        Raises Refused where they took the row away, or where a rule of the model forbids the values; the one
        is listed, the other is noted as a problem.
        """
        what = f"{model.__name__} {name or next(reversed(lookup.values()))}"
        manager = model._default_manager
        row = manager.select_for_update(of=("self",)).filter(**lookup).first()
        created = row is None
        if row is None:
            if self.taken_away.has(model, lookup):
                self.gone.add((model, next(reversed(lookup.values()))))
                self.result.removed.append(what)
                raise Refused
            row = model(**lookup, **values)
            if isinstance(row, Sourced):
                row.pk = stable_id(row.external_id)
            changed, edited = [], []
        else:
            changed = [column for column, value in values.items() if getattr(row, column) != value]
            edited = self.edited(row, changed, values)
            changed = [column for column in changed if column not in edited]
            if isinstance(row, OutsideDocument):
                self.check_document(node, row, changed)
            for column in changed:
                setattr(row, column, values[column])
        if created or changed:
            try:
                row.full_clean()
            except ValidationError as error:
                self.invalid(node, error)
                raise Refused from error
        if created:
            if isinstance(row, Publishable):
                row.written_by = self.by
            row.save(force_insert=True)
            self.fresh.add((model, row.pk))
            if isinstance(row, Publishable):
                actions.publish(row, by=self.released_by)
        linked = []
        for column, wanted in (links or {}).items():
            did_link, is_edited = self.link(row, column, wanted)
            linked += [column] if did_link else []
            edited += [column] if is_edited else []
        if not created and (changed or linked):
            stamps = [one.name for one in model._meta.concrete_fields if getattr(one, "auto_now", False)]
            row.save(update_fields=[*changed, *stamps])
        if created:
            self.result.changes.append(Change(Outcome.CREATED, what))
        elif changed or linked:
            self.result.changes.append(Change(Outcome.CHANGED, what, _names([*changed, *linked])))
        else:
            self.result.unchanged += 1
        if edited:
            self.result.edited.append(f"{what}: {', '.join(_names(edited))}")
        if not created and isinstance(row, Publishable) and not row.is_published:
            self.result.kept.append(f"{what} is not published; the import leaves it so")
        return row

    def check_document(self, node: schema.Node, row: OutsideDocument, changed: list[str]) -> None:
        try:
            actions.check_document(row, changed)
        except actions.DocumentIsCited as error:
            self.problem(node, (), str(error))
            raise Refused from error

    def edited(self, row: models.Model, different: list[str], values: dict[str, Any]) -> list[str]:
        """Those of the columns that differ from the file's `values` which stay as they are.

        Of columns that make one claim all stay where one does.
        """
        if not different:
            return []
        standing = edited_columns(row, different) | _reported(row, values)
        for claim in _TOGETHER:
            if claim & standing & set(different):
                standing |= claim
        return [column for column in different if column in standing]

    def link(self, row: models.Model, column: str, wanted: list[int]) -> tuple[bool, bool]:
        """Whether links had to be changed, and whether some stay as people made them."""
        manager: Any = getattr(row, column)
        linked, named = set(manager.values_list("pk", flat=True)), set(wanted)
        if linked == named:
            return False, False
        is_fresh = (type(row), row.pk) in self.fresh
        edited = set() if is_fresh else edited_links(row, column, linked) & (linked ^ named)
        target = (named - edited) | (linked & edited)
        if target != linked:
            manager.set(target)
        return target != linked, bool(edited)

    def each(self, nodes: Sequence[Any], write: Callable[[Any, int], None]) -> None:
        """Writes entry after entry; one that is refused does not hide what is wrong with the next."""
        for position, node in enumerate(nodes, start=1):
            with self.noting():
                write(node, position)

    def known(self, rows: dict[str, M], name: str) -> M:
        """A row that an earlier part of the file made. One that was refused there is no second problem."""
        if name not in rows:
            raise Refused
        return rows[name]

    def reference(self, column: str, model: type[M], rows: dict[str, M], name: str) -> dict[str, Any]:
        """The column with the row's key; nothing where people took that row away: they gave it another."""
        return {} if (model, name) in self.gone else {column: self.known(rows, name).pk}

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
        except NoRecord as error:
            self.result.problems.append(Problem(error.below, str(error)))
        except Refused:
            # The problem is noted where it was found.
            return

    @contextmanager
    def locating(self, node: schema.Node) -> Iterator[None]:
        """Gives the path of a missing record from the top of the file."""
        try:
            yield
        except NoRecord as error:
            raise NoRecord(node.path + error.below, str(error)) from error

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


def _names(columns: list[str]) -> tuple[str, ...]:
    return tuple(column.removesuffix("_id") for column in columns)


def _reported(row: models.Model, values: dict[str, Any]) -> set[str]:
    """Columns that a published report has filled, and those of an answer that the file does not have."""
    if isinstance(row, Milestone) and row.reached_report_id is not None:
        return {"reached", "reached_precision"}
    if isinstance(row, Observation) and row.report_id is not None:
        return set(values)
    if isinstance(row, Question) and row.answer and not values["answer"]:
        return {"answer", "answered_on", "answer_is_partial"}
    return set()
