"""One batch of a source's objects: from records to rows in a few statements for each type."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sessions.imports.oparl.objects import LeftOut, Result, record_digest
from sessions.imports.oparl.records import TYPES, ObjectRecord, Refusal
from sessions.imports.oparl.store import ledger, sql, waiting
from sessions.imports.oparl.store.keys import Keys
from sessions.imports.oparl.store.ledger import Entry
from sessions.imports.oparl.store.minutes import write_lines
from sessions.imports.oparl.store.references import DANGLING
from sessions.imports.oparl.store.rows import Rows
from sessions.imports.oparl.store.tables import TABLES
from sessions.imports.oparl.store.work import Known, State, Work
from sessions.imports.writer import RecordError

_LONGEST_NAME = 2_000
"""Bytes of a name; PostgreSQL's index takes no more than about 2,700."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Piece:
    """A top-level object of the batch, as it was read."""

    id: str
    type: str
    digest: str
    results: Sequence[Result]


@dataclass(slots=True)
class Done:
    """What became of a batch; it counts only once the batch is committed."""

    unchanged: int = 0
    """Objects with all that is embedded in them."""
    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    """Ledger keys of the objects that stand on their own."""
    gone: list[tuple[int, datetime]] = field(default_factory=list)
    """Ledger keys of what the source withdrew, and when; not written yet."""
    jumped: bool = False
    """An object changed, and its date of change did not."""

    def add(self, other: "Done") -> None:
        self.unchanged += other.unchanged
        for name in ("created", "changed", "left_out"):
            getattr(self, name).update(getattr(other, name))
        self.refused += other.refused
        self.seen += other.seen
        self.gone += other.gone
        self.jumped |= other.jumped


class Batch:
    """Writes pieces within one transaction of its caller.

    Raises DataError, IntegrityError or RecordError where the database refuses something; which of the
    pieces it was, the caller finds out.
    """

    def __init__(self, known: Known, *, is_last: bool = False, fetched: bool = False) -> None:
        """is_last: an agenda item that is not here will not come in this run. fetched: the objects were asked
        for, because no list holds them."""
        # Rows that this transaction has just written are known by their time.
        ((now,),) = sql.query("SELECT clock_timestamp()")
        self.known = known
        self.fetched = fetched
        self.waited = False
        """The records came earlier, perhaps from another source."""
        self.state = State(known, now, is_last)
        self.done = Done()
        self.entries: dict[str, Entry] = {}
        self.touched: dict[str, Entry] = {}
        """Entries to be written."""
        self.buried: list[tuple[Entry, datetime]] = []
        """What the source withdrew, and when."""
        self.left_out: list[Entry] = []
        self.graves: dict[tuple[str, str], int] = {}
        """Type and name of tombstones that have a row."""

    # --- What is new ------------------------------------------------------------------------------
    def take(self, pieces: Iterable[Piece]) -> None:
        """Writes what these pieces say, as far as it is new."""
        pieces = list(pieces)
        self._look_up(
            name
            for piece in pieces
            for result in piece.results
            for name in ({result.name, result.id} if isinstance(result, ObjectRecord) else {result.id})
        )
        self._find_graves(pieces)
        for piece in pieces:
            self._take(piece)
        self.finish()

    def take_records(self, records: Iterable[tuple[ObjectRecord, str]]) -> None:
        """Writes records whose ledger entries wait for it: record and digest."""
        records = list(records)
        self.waited = True
        self._look_up(name for record, _ in records for name in {record.name, record.id})
        for record, digest in records:
            if entry := self.entries.get(record.name):
                # As it stands in the database, so that nothing is written where it goes on waiting.
                entry.record = waiting.to_json(record)
            self._add(record, digest, force=True)
        self.finish()

    def finish(self) -> None:
        self._write()
        while self.state.later:
            records, self.state.later = self.state.later, []
            for record, digest in records:
                self._add(record, digest)
            self._write()

    def _look_up(self, names: Iterable[str]) -> None:
        self.entries |= ledger.find({name for name in names if name not in self.entries})

    def _still_there(self, entry: Entry) -> None:
        if entry.missing_since or entry.source != self.known.source:
            entry.missing_since = None
            entry.source = self.known.source
            self.touched[entry.name] = entry
        self.done.seen.append(entry.pk)

    def _take(self, piece: Piece) -> None:
        records = [result for result in piece.results if isinstance(result, ObjectRecord)]
        refused = [result for result in piece.results if isinstance(result, Refusal)]
        self.done.left_out.update(result.type for result in piece.results if isinstance(result, LeftOut))
        self.done.refused += refused
        # What was refused in part is read again next time, and told again.
        digest = "" if refused else piece.digest
        top = next((record for record in records if not record.parent), None)
        if top is None:
            if not refused:
                self._leave_out(piece)
            return
        was = self.entries.get(top.name)
        if was is not None and not top.deleted:
            self.done.jumped |= was.jumps(piece.digest, top.modified)
            if was.pk:
                self._mark_missing(records)
        for record in records:
            self._add(record, record_digest(record) if record.parent else digest)
        if not top.deleted and (entry := self.entries.get(top.name)):
            entry.embedded = sum(1 for record in records if record.parent and not record.deleted)

    def _find_graves(self, pieces: Iterable[Piece]) -> None:
        """Rows of tombstones that the ledger does not know; another source made them."""
        names: dict[str, list[str]] = defaultdict(list)
        for piece in pieces:
            for result in piece.results:
                if isinstance(result, ObjectRecord) and result.deleted and result.name not in self.entries:
                    names[result.type].append(result.row_name)
        for type_, table in TABLES.items():
            if type_ in names:
                rows = sql.query(
                    "SELECT external_id, min(id) FROM {table} WHERE external_id = ANY(%s)"
                    " GROUP BY external_id",
                    [names[type_]],
                    table=table.name,
                )
                self.graves |= {(type_, name): row for name, row in rows}

    def _leave_out(self, piece: Piece) -> None:
        """The object has no row on purpose; it is remembered, so that it is not read again."""
        entry = self.entries.get(piece.id) or self._new_entry(piece.id, piece.type)
        entry.note(piece.digest, embedded=False)
        entry.mark(ledger.LEFT_OUT, on=True)
        entry.missing_since = None
        self.touched[entry.name] = entry
        self.left_out.append(entry)

    def _new_entry(self, name: str, type_: str) -> Entry:
        if len(name) > 1000 or len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
            raise RecordError(f"The id has {len(name)} characters; the portal keeps at most 1000.")
        entry = Entry(0, name, type_, "", None, "", [], None, None, None, "", self.known.source)
        self.entries[name] = entry
        return entry

    def _mark_missing(self, records: Sequence[ObjectRecord]) -> None:
        """What was embedded and is no more."""
        names = {record.name for record in records}
        parents = list({record.id for record in records})
        rows = sql.query(
            "SELECT name FROM {table} WHERE parent = ANY(%s) AND parent <> '' AND missing_since IS NULL"
            " AND deleted_at IS NULL AND type <> 'Location'",
            [parents],
            table=ledger.TABLE,
        )
        lost = [name for (name,) in rows if name not in names]
        self._look_up(lost)
        for name in lost:
            entry = self.entries[name]
            if entry.parent in parents and entry.pk not in self.done.seen:
                entry.missing_since = self.known.now
                self.touched[name] = entry

    def _add(self, record: ObjectRecord, digest: str, *, force: bool = False) -> None:
        if record.deleted:
            self._bury(record)
            return
        entry = self._entry_of(record)
        embedded = bool(record.parent)
        if entry and not force and entry.says(digest, embedded=embedded):
            parent = _parent(entry, record)
            if parent != entry.parent:
                entry.parent = parent
                self.touched[entry.name] = entry
            self._still_there(entry)
            self.done.unchanged += 1
            return
        if embedded and entry and _belongs_elsewhere(entry, record):
            self.done.unchanged += 1
            return
        works = self.state.work.setdefault(record.type, {})
        other = works.get(record.name)
        if other is not None:
            if other.embedded != embedded or force:
                self.state.later.append((record, digest))
            elif _goes_before(record, other.record):
                other.record, other.digest = record, digest
            return
        if entry is None:
            entry = self._new_entry(record.name, record.type)
        works[record.name] = Work(record, entry, digest, entry.state_of())

    def _entry_of(self, record: ObjectRecord) -> Entry | None:
        """A consultation that had no agenda item yet is the same one when it gets it."""
        entry = self.entries.get(record.name)
        if entry is None and record.type == "Consultation" and record.name != record.id:
            bare = self.entries.get(record.id)
            if bare is not None and bare.type == "Consultation" and bare.pk:
                del self.entries[record.id]
                bare.name = record.name
                self.entries[record.name] = entry = bare
        return entry

    def _bury(self, record: ObjectRecord) -> None:
        """A tombstone never makes a row. What has one is withdrawn at the end of the run."""
        entry = self.entries.get(record.name)
        self.done.unchanged += 1
        when = record.modified or self.known.now
        if entry is None:
            entry = self._new_entry(record.name, record.type)
            entry.row = self.graves.get((record.type, record.row_name))
        if entry.deleted_at is None and entry.row is not None:
            self.buried.append((entry, when))
        elif entry.deleted_at is None:
            entry.deleted_at, entry.waits_for, entry.record = when, "", None
            self.touched[entry.name] = entry
        if entry.missing_since or not entry.pk:
            entry.missing_since = None
            self.touched[entry.name] = entry
        if not record.parent and entry.pk:
            self.done.seen.append(entry.pk)

    def _write(self) -> None:
        """Everything that was added: keys first, because all sorts of rows point to each other."""
        keys, rows = Keys(self.state), Rows(self.state)
        keys.find_targets()
        for type_ in TYPES:
            if works := list(self.state.work.get(type_, {}).values()):
                keys.settle(type_, works)
        written = []
        for type_ in TYPES:
            if works := [work for work in self.state.work.get(type_, {}).values() if work.pk]:
                rows.write(TABLES[type_], works)
                written += works
        self._await_papers(written)
        everything = [work for works in self.state.work.values() for work in works.values()]
        self._write_ledger(everything)
        self._write_open(everything)
        self._write_lines(written)
        for work in written:
            if work.is_new:
                self.done.created[work.record.type] += 1
            elif work.is_changed:
                self.done.changed[work.record.type] += 1
            else:
                self.done.unchanged += 1
        self.state.work = {}

    def _await_papers(self, works: list[Work]) -> None:
        """Minutes that name a paper which is not here yet are written once more when it comes."""
        for work in works:
            motions = work.record.minutes.motions if work.record.minutes else ()
            papers = (motion.paper for motion in motions if motion.paper)
            if missing := next((paper for paper in papers if not self.state.row(paper, "Paper")), ""):
                work.entry.waits_for = missing
                work.entry.record = waiting.to_json(work.record)

    # --- Ledger -----------------------------------------------------------------------------------
    def _write_ledger(self, works: list[Work]) -> None:
        for work in works:
            record, entry = work.record, work.entry
            entry.note(work.digest, embedded=work.embedded)
            if not self.waited:
                entry.source = self.known.source
            if not work.embedded and not self.waited:
                entry.mark(ledger.FETCHED, on=self.fetched)
            entry.mark(ledger.LEFT_OUT, on=False)
            entry.type = record.type
            entry.parent = _parent(entry, record)
            entry.modified = record.modified or entry.modified
            entry.row = work.pk or entry.row
            entry.missing_since = entry.deleted_at = None
            if not work.pk and not entry.waits_for and record.type != "System":
                raise RecordError("The record has neither a row nor anything to wait for.")
            if not entry.pk or entry.state_of() != work.before:
                self.touched[entry.name] = entry
        ledger.save(self.touched.values())
        self.touched = {}
        self.done.seen += [work.entry.pk for work in works if not work.embedded]
        self.done.gone += [(entry.pk, when) for entry, when in self.buried]
        self.done.seen += [entry.pk for entry, _ in self.buried]
        self.done.seen += [entry.pk for entry in self.left_out]
        self.buried, self.left_out = [], []

    def _write_open(self, works: list[Work]) -> None:
        """References whose target is not here."""
        old = [work.entry.pk for work in works if work.before and work.before[0]]
        if old:
            sql.execute("DELETE FROM {table} WHERE owner_id = ANY(%s)", [old], table=DANGLING)
        rows = [
            {"owner_id": work.entry.pk, "field": name, "target": target}
            for work in works
            for name, target in dict.fromkeys(work.open)
        ]
        sql.insert(DANGLING, ("owner_id", "field", "target"), rows)

    # --- Minutes ----------------------------------------------------------------------------------
    def _write_lines(self, works: list[Work]) -> None:
        items = [work for work in works if work.record.type == "AgendaItem" and work.row["public"]]
        if items:
            changed = write_lines(items, self.state.row, self.known.now)
            for work in items:
                work.is_changed = work.is_changed or work.pk in changed


def _belongs_elsewhere(entry: Entry, record: ObjectRecord) -> bool:
    """Two objects embed the same one, which can belong to one of them only: the first by name, whatever the
    order in which they come."""
    return (
        record.type == "File"
        and entry.is_alive
        and entry.row is not None
        and bool(entry.parent)
        and entry.parent < record.parent
    )


def _goes_before(record: ObjectRecord, other: ObjectRecord) -> bool:
    """Of two that are the same object: the newer one, or the one in the parent that is first by name."""
    if record.parent != other.parent:
        return record.parent < other.parent
    return (record.modified or _BEFORE_ALL) > (other.modified or _BEFORE_ALL)


def _parent(entry: Entry, record: ObjectRecord) -> str:
    """In what it is embedded. A place may be embedded in many meetings: then the first by name, whatever the
    order in which they come."""
    if record.type == "Location" and entry.parent and record.parent:
        return min(entry.parent, record.parent)
    return record.parent or entry.parent
