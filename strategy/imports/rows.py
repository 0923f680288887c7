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
from strategy.imports.records import NoRecord, Refused
from strategy.imports.yaml_tree import Path, Problem, one_line
from strategy.models import OutsideDocument

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
    problems: list[Problem] = field(default_factory=list)

    def number(self, outcome: Outcome) -> int:
        return sum(change.outcome == outcome for change in self.changes)


class RowWriter:
    """Writes row after row; notes problems and goes on."""

    def __init__(self, by: User, released_by: User) -> None:
        self.by, self.released_by = by, released_by
        self.result = Result()

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

        Raises Refused where a rule of the model forbids it; the problem is noted.
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
            if isinstance(row, Publishable):
                actions.publish(row, by=self.released_by)
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

    def check_document(self, node: schema.Node, row: OutsideDocument, changed: list[str]) -> None:
        try:
            actions.check_document(row, changed)
        except actions.DocumentIsCited as error:
            self.problem(node, (), str(error))
            raise Refused from error

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
            raise Refused
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
