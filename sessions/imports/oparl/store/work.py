from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sessions.imports.oparl.records import ObjectRecord
from sessions.imports.oparl.store import sql
from sessions.imports.oparl.store.ledger import Entry


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
    closed: bool = False

    @property
    def embedded(self) -> bool:
        return bool(self.record.parent)
