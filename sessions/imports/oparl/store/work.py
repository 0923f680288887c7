"""What a batch has in its hands while it writes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from sessions.imports.oparl.records import ObjectRecord, ObjectType
from sessions.imports.oparl.store import sql
from sessions.imports.oparl.store.ledger import Entry
from sessions.imports.oparl.store.tables import TABLES
from sessions.models import Body


@dataclass(slots=True)
class Known:
    """What a run knows beside its objects."""

    source: int
    body: Body
    """The city's; for objects whose body is unknown."""
    now: datetime = field(default_factory=timezone.now)


@dataclass(slots=True, eq=False)
class Work:
    """A record on its way to its row."""

    record: ObjectRecord
    entry: Entry
    digest: str
    before: tuple[Any, ...] = ()
    """What the ledger held."""
    pk: int = 0
    old: sql.Row | None = None
    """The row as it is; None where there is none yet."""
    row: sql.Row = field(default_factory=dict)
    dropped: Collection[str] = ()
    """Fields that nobody states any more."""
    links: dict[str, set[int]] = field(default_factory=dict)
    open: list[tuple[str, str]] = field(default_factory=list)
    """References whose target is not here: field, id."""
    is_new: bool = False
    is_changed: bool = False

    @property
    def embedded(self) -> bool:
        return bool(self.record.parent)


@dataclass(slots=True)
class State:
    """The records of a batch, and the rows that are known to it."""

    known: Known
    now: datetime
    """Of the database, within the transaction."""
    is_last: bool = False
    """An agenda item that is not here will not come in this run."""
    work: dict[ObjectType, dict[str, Work]] = field(default_factory=dict)
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Id of an object to its type and the key of its row."""
    later: list[tuple[ObjectRecord, str]] = field(default_factory=list)
    """What cannot be written in the same statement as the rest: record and digest."""

    def row(self, id_: str, type_: str) -> int | None:
        """Key of the row that an object of this type has."""
        found = self.rows.get(id_)
        return found[1] if found and found[0] == type_ else None

    def reference(self, work: Work, name: str) -> int | None:
        """Key of the first target of a reference that is here."""
        type_ = TABLES[work.record.type].keys[name]
        for id_ in work.record.references.get(name, ()):
            if (row := self.row(id_, type_)) is not None:
                return row
        return None

    def postpone(self, work: Work) -> None:
        """Writes it after the others."""
        del self.work[work.record.type][work.record.name]
        self.later.append((work.record, work.digest))
