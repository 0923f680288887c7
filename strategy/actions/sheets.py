"""A whole table of measures is taken over at once, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import capfirst

from portal.editing import Values
from portal.models import Notice, User
from portal.roles import Role
from strategy.actions.errors import StrategyError
from strategy.actions.notices import accounts_with, notify
from strategy.actions.record import action
from strategy.actions.things import create, save
from strategy.models import FieldOfAction, Measure


@dataclass(frozen=True, slots=True)
class SheetRow:
    """What one row of a table changes: plain values (portal.editing)."""

    number: int
    measure: int | None
    """Key of the measure; None for a new one."""
    base: Values
    """What the editor saw of the fields in `values`."""
    values: Values


class SheetRowRefused(StrategyError):
    """One row cannot be written, so none is."""

    def __init__(self, row: SheetRow, german: str) -> None:
        super().__init__(f"row {row.number}: {german}", german=f"Zeile {row.number}: {german}")
        self.row = row


@dataclass(slots=True)
class Taken:
    """What became of a table."""

    batch: UUID
    written: int = 0
    """Measures that changed at once, since nobody can read them yet."""
    created: int = 0
    changes: int = 0
    """Measures whose change waits for a second person."""


@action(Role.EDITOR)
def take_sheet(*, rows: Sequence[SheetRow], by: User) -> Taken:
    """Writes all rows, or none: of unpublished measures at once, of published ones as changes of one batch.

    Raises SheetRowRefused, also where somebody changed a measure since the editor saw it.
    """
    taken = Taken(uuid4())
    measures = Measure.objects.in_bulk([row.measure for row in rows if row.measure is not None])
    names = _names_in_fields(rows)
    for row in rows:
        try:
            if row.measure is None:
                place = (row.values["field"], _folded(str(row.values["name"])))
                if place in names:
                    raise SheetRowRefused(row, "Eine Maßnahme mit diesem Namen gibt es inzwischen.")
                names.add(place)
                create(model=Measure, values=row.values, by=by, batch=taken.batch)
                taken.created += 1
                continue
            measure = measures.get(row.measure)
            if measure is None:
                raise SheetRowRefused(row, "Diese Maßnahme gibt es nicht mehr.")
            saved = save(obj=measure, values=row.values, base=row.base, by=by, batch=taken.batch)
        except SheetRowRefused:
            raise
        except StrategyError as error:
            raise SheetRowRefused(row, error.german) from error
        except ValidationError as error:
            raise SheetRowRefused(row, _in_words(error)) from error
        if saved.change is None:
            taken.written += bool(saved.merge.values)
        else:
            taken.changes += saved.change.batch == taken.batch
    if taken.changes:
        waiting = "wartet 1 Änderung" if taken.changes == 1 else f"warten {taken.changes} Änderungen"
        notify(
            Notice.Kind.CHANGE,
            accounts_with(Role.RELEASER),
            text=f"Aus einer Tabelle {waiting} auf Freigabe.",
            view="desk:changes",
            args=[],
            reason="weil Sie Änderungen freigeben",
            by=by,
        )
    return taken


def _names_in_fields(rows: Sequence[SheetRow]) -> set[tuple[object, str]]:
    """(field, name) of the measures in the fields of new rows. Locks these fields: who sends the same table
    twice at the same time makes its new measures once."""
    fields = sorted({int(str(row.values["field"])) for row in rows if row.measure is None})
    if not fields:
        return set()
    list(FieldOfAction.objects.select_for_update().filter(pk__in=fields).order_by("pk"))
    known = Measure.objects.filter(field__in=fields).values_list("field", "name")
    return {(field, _folded(name)) for field, name in known}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _in_words(error: ValidationError) -> str:
    """All messages in one line, each with the name of its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    words = []
    for name, messages in error.message_dict.items():
        label = "" if name == NON_FIELD_ERRORS else f"{capfirst(_label(name))}: "
        words += [f"{label}{message}" for message in messages]
    return " ".join(words)


def _label(name: str) -> str:
    return str(Measure._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column of ours
