"""What the source said last of each of its objects: rows of SourceObject, without a model instance each.

An object may come in two forms, embedded in another one and on its own, and the two seldom say the same:
the embedded form leaves out its parent, the other one has no place in a sequence. So each form has its own
digest and its own list of what it stated, and neither empties what the other one says.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sessions.imports.oparl.store import sql
from sessions.models import SourceObject

TABLE = SourceObject._meta.db_table
_HALF = 32
"""Hexadecimal digits of a digest: 128 bits are enough to tell a change."""
_NONE = "-" * _HALF
_EMBEDDED = "~"
"""Before the name of a field that the embedded form states."""
FETCHED = "(fetched)"
"""Among the fields: no list holds the object, it was asked for because others refer to it."""
LEFT_OUT = "(left out)"
"""Among the fields: the portal does not store it, whatever else is said of it."""
_MARKS = frozenset({FETCHED, LEFT_OUT})

_WRITTEN = (
    "source_id", "name", "type", "parent", "row", "embedded", "digest", "stated", "modified",
    "missing_since", "deleted_at", "waits_for", "record", "etag", "last_modified",
)  # fmt: skip
_CHANGED = tuple(column for column in _WRITTEN if column not in ("etag", "last_modified"))


class Entry:
    """One object of a source. `pk` is 0 as long as it is not written."""

    __slots__ = (
        "deleted_at", "digest", "embedded", "missing_since", "modified", "name", "parent", "pk", "record",
        "row", "source", "stated", "type", "waits_for",
    )  # fmt: skip

    def __init__(
        self,
        pk: int,
        name: str,
        type: str,
        parent: str,
        row: int | None,
        digest: str,
        stated: list[str],
        modified: datetime | None,
        missing_since: datetime | None,
        deleted_at: datetime | None,
        waits_for: str,
        source: int,
        embedded: int = 0,
    ) -> None:
        self.pk = pk
        self.name = name
        self.type = type
        self.parent = parent
        self.row = row
        self.digest = digest
        self.stated = stated
        self.modified = modified
        self.missing_since = missing_since
        self.deleted_at = deleted_at
        self.waits_for = waits_for
        self.source = source
        self.embedded = embedded
        self.record: Any = None

    @property
    def is_alive(self) -> bool:
        return self.deleted_at is None and self.missing_since is None

    def says(self, digest: str, *, embedded: bool) -> bool:
        """Whether this form said exactly that last time."""
        half = self.digest[_HALF:] if embedded else self.digest[:_HALF]
        return half == digest[:_HALF] and self.deleted_at is None

    def note(self, digest: str, *, embedded: bool) -> None:
        """Keeps what this form says now; "" makes sure that it is read again."""
        half = digest[:_HALF] or _NONE
        alone, other = self.digest[:_HALF] or _NONE, self.digest[_HALF:] or _NONE
        self.digest = alone + half if embedded else half + other

    def state(self, fields: Collection[str], *, embedded: bool) -> set[str]:
        """Keeps which fields this form states now; gives those that now nobody states any more."""
        mine = {name for name in self.stated if name.startswith(_EMBEDDED) == embedded and name not in _MARKS}
        others = [name for name in self.stated if name not in mine]
        now = {f"{_EMBEDDED}{name}" for name in fields} if embedded else set(fields)
        self.stated = sorted([*others, *now])
        still = {name.removeprefix(_EMBEDDED) for name in self.stated}
        return {name.removeprefix(_EMBEDDED) for name in mine} - still

    def mark(self, name: str, *, on: bool) -> None:
        """Sets or takes one of the marks."""
        if on != (name in self.stated):
            self.stated = sorted(set(self.stated) ^ {name})

    def jumps(self, digest: str, modified: datetime | None) -> bool:
        """Whether it changed on its own, and its date of change did not."""
        said = self.digest[:_HALF]
        was_read = said not in ("", _NONE) and self.deleted_at is None
        return was_read and said != digest[:_HALF] and modified is not None and modified == self.modified

    def state_of(self) -> tuple[Any, ...]:
        """To see whether anything was changed."""
        return tuple(self.values().values())

    def values(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "source_id": self.source,
            "name": self.name,
            "type": self.type,
            "parent": self.parent,
            "row": self.row,
            "embedded": self.embedded,
            "digest": self.digest,
            "stated": self.stated,
            "modified": self.modified,
            "missing_since": self.missing_since,
            "deleted_at": self.deleted_at,
            "waits_for": self.waits_for,
            "record": self.record if self.waits_for else None,
            "etag": "",
            "last_modified": "",
        }


def find(names: Iterable[str]) -> dict[str, Entry]:
    """Entries by name, in one query."""
    wanted = list(names)
    if not wanted:
        return {}
    rows = sql.query(
        "SELECT id, name, type, parent, row, digest, stated, modified, missing_since, deleted_at, waits_for,"
        " source_id, embedded FROM {table} WHERE name = ANY(%s)",
        [wanted],
        table=TABLE,
    )
    return {row[1]: Entry(*row) for row in rows}


def unchanged(digests: Mapping[str, str], source: int) -> dict[str, tuple[int, int]]:
    """Which of these objects (id to digest) stood on their own before and said the same, and nothing of their
    entry is to be written. Gives key and number of embedded objects; far cheaper than `find`."""
    rows = sql.query(
        "SELECT known.name, known.id, known.embedded FROM {table} AS known"
        " JOIN unnest(%s::varchar[], %s::varchar[]) AS said (name, digest) ON known.name = said.name"
        " WHERE left(known.digest, %s) = said.digest AND known.source_id = %s"
        " AND known.deleted_at IS NULL AND known.missing_since IS NULL",
        [list(digests), [digest[:_HALF] for digest in digests.values()], _HALF, source],
        table=TABLE,
    )
    return {name: (pk, embedded) for name, pk, embedded in rows}


def save(entries: Collection[Entry]) -> None:
    """Writes entries, new and changed ones, in two statements; new ones get their key."""
    new = {entry.name: entry for entry in entries if not entry.pk}
    # A name that one entry gives up may be the name of a new one.
    sql.update(TABLE, _CHANGED, [entry.values() for entry in entries if entry.pk])
    rows = [entry.values() for entry in new.values()]
    for pk, name in sql.insert_returning(TABLE, _WRITTEN, rows, "id", "name"):
        new[name].pk = pk


def half(digest: str, *, embedded: bool) -> str:
    """Of both digests the one of this form; "" where it never came."""
    part = digest[_HALF:] if embedded else digest[:_HALF]
    return "" if part == _NONE else part
