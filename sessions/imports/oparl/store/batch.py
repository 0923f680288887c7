"""One batch of a source's objects: from records to rows in a few statements for each type."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString

from django.utils import timezone

from portal.models import stable_id
from sessions.imports.identity import is_provisional, key
from sessions.imports.oparl.objects import REVERSE, LeftOut, Result, record_digest
from sessions.imports.oparl.records import TYPES, Minutes, ObjectRecord, ObjectType, Refusal
from sessions.imports.oparl.store import ledger, sql, waiting
from sessions.imports.oparl.store.ledger import Entry
from sessions.imports.oparl.store.minutes import write_lines
from sessions.imports.oparl.store.tables import FILE_PARENTS, REQUIRED, TABLES, Table
from sessions.imports.oparl.store.work import Work
from sessions.imports.writer import RecordError, Writer
from sessions.models import Body, DanglingReference

DANGLING = DanglingReference._meta.db_table
_BODY_OF_THE_CITY = frozenset({"name", "short_name", "ags", "website", "source_url"})
"""What the portal's own settings say of the city; a source does not change it."""
_LONGEST_NAME = 2_000
"""Bytes of a name; PostgreSQL's index takes no more than about 2,700."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_PERIODS = (("start", "end"), ("start_date", "end_date"))
_FOUND_BY_OWNER = ("Organization", "memberships")
"""Memberships name their organization themselves; an organization's list of them would be a list of people
whom the portal does not know."""


@dataclass(slots=True)
class Known:
    """What a run knows beside its objects."""

    source: int
    body: Body
    """The city's; for objects whose body is unknown."""
    now: datetime = field(default_factory=timezone.now)


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

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    """Ledger keys of the objects that stand on their own."""
    gone: list[tuple[int, datetime]] = field(default_factory=list)
    """Ledger keys of what the source withdrew, and when; not written yet."""
    jumped: bool = False
    """An object changed, and its date of change did not."""

    def add(self, other: "Done") -> None:
        for name in ("created", "changed", "unchanged", "left_out"):
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
        self.known = known
        self.is_last = is_last
        self.fetched = fetched
        # Of the database, and within the transaction: rows that this batch has just written are known by it.
        ((self.now,),) = sql.query("SELECT clock_timestamp()")
        self.done = Done()
        self.entries: dict[str, Entry] = {}
        self.touched: dict[str, Entry] = {}
        """Entries to be written."""
        self.work: dict[ObjectType, dict[str, Work]] = {}
        self.later: list[tuple[ObjectRecord, str]] = []
        self.rows: dict[str, tuple[str, int]] = {}
        """Id of an object to its type and the key of its row."""
        self._closed: set[int] | None = None
        self.buried: list[tuple[Entry, datetime]] = []
        """What the source withdrew, and when."""
        self.left_out: list[Entry] = []
        self.graves: dict[tuple[str, str], int] = {}
        """Type and name of tombstones that have a row."""

    # --- What is new ------------------------------------------------------------------------------
    def unchanged(self, ids: Mapping[str, str]) -> set[str]:
        """Which of these top-level objects (id to digest) say what they said: they are done."""
        self._look_up(ids)
        same = {
            name
            for name, digest in ids.items()
            if (entry := self.entries.get(name)) and entry.says(digest, embedded=False)
        }
        for name in same:
            self._still_there(self.entries[name])
        self._count_unchanged(same)
        return same

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
        self._look_up(name for record, _ in records for name in {record.name, record.id})
        for record, digest in records:
            self._add(record, digest, force=True)
        self.finish()

    def finish(self) -> None:
        self._write()
        while self.later:
            records, self.later = self.later, []
            for record, digest in records:
                self._add(record, digest)
            self._write()

    def flush(self) -> None:
        """Writes what `unchanged` found out about entries of the ledger."""
        self._write_ledger([])

    def _look_up(self, names: Iterable[str]) -> None:
        self.entries |= ledger.find({name for name in names if name not in self.entries})

    def _still_there(self, entry: Entry) -> None:
        if entry.missing_since or entry.source != self.known.source:
            entry.missing_since = None
            entry.source = self.known.source
            self.touched[entry.name] = entry
        self.done.seen.append(entry.pk)

    def _count_unchanged(self, names: Collection[str]) -> None:
        """Objects with all that is embedded in them."""
        if not names:
            return
        self.done.unchanged.update(self.entries[name].type for name in names)
        below = sql.query(
            "WITH RECURSIVE below AS ("
            " SELECT name, type, missing_since IS NULL AND deleted_at IS NULL AS here FROM {table}"
            " WHERE parent = ANY(%s) AND parent <> ''"
            " UNION SELECT child.name, child.type, child.missing_since IS NULL AND child.deleted_at IS NULL"
            " FROM {table} AS child JOIN below ON child.parent = below.name AND child.parent <> ''"
            ") SELECT type, count(*) FROM below WHERE here GROUP BY type",
            [list(names)],
            table=ledger.TABLE,
        )
        self.done.unchanged.update(dict(below))

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
            if record.type != "File" or not embedded or entry.parent == record.parent:
                entry.parent = entry.parent or record.parent
            self._still_there(entry)
            self.done.unchanged[record.type] += 1
            return
        if embedded and entry and _belongs_elsewhere(entry, record):
            self.done.unchanged[record.type] += 1
            return
        works = self.work.setdefault(record.type, {})
        other = works.get(record.name)
        if other is not None:
            if other.embedded != embedded or force:
                self.later.append((record, digest))
            elif (record.modified or _BEFORE_ALL) > (other.record.modified or _BEFORE_ALL):
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
        self.done.unchanged[record.type] += 1
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

    # --- Keys: which row each record is -----------------------------------------------------------
    def _write(self) -> None:
        """Everything that was added: keys first, because all sorts of rows point to each other."""
        self._find_targets()
        for type_ in TYPES:
            if works := list(self.work.get(type_, {}).values()):
                self._settle(type_, works)
        written = []
        for type_ in TYPES:
            if works := [work for work in self.work.get(type_, {}).values() if work.pk]:
                self._write_rows(TABLES[type_], works)
                written += works
        self._closed = None
        everything = [work for works in self.work.values() for work in works.values()]
        self._write_ledger(everything)
        self._write_open(everything)
        self._write_lines(written)
        for work in written:
            outcome = "created" if work.is_new else "changed" if work.is_changed else "unchanged"
            getattr(self.done, outcome)[work.record.type] += 1
        self.work = {}

    def _find_targets(self) -> None:
        """What the records refer to, as far as it is here: through the ledger, then by the name of the row."""
        wanted: dict[ObjectType, set[str]] = defaultdict(set)
        for type_, works in self.work.items():
            for work in works.values():
                for name, ids in work.record.references.items():
                    if target := _target_type(type_, name):
                        wanted[target].update(ids)
                if work.record.minutes is not None:
                    for target, id_ in _named_in(work.record.minutes):
                        wanted[target].add(id_)
        unknown = set().union(*wanted.values()).difference(self.rows)
        if not unknown:
            return
        for name, type_name, row in sql.query(
            "SELECT name, type, row FROM {table} WHERE name = ANY(%s) AND row IS NOT NULL",
            [list(unknown)],
            table=ledger.TABLE,
        ):
            self.rows[name] = (type_name, row)
        for target, ids in wanted.items():
            own = self.work.get(target, {})
            missing = [id_ for id_ in ids if id_ not in self.rows and id_ not in own]
            if missing and target != "Consultation":
                for name, row in sql.query(
                    "SELECT external_id, id FROM {table} WHERE external_id = ANY(%s)",
                    [missing],
                    table=TABLES[target].name,
                ):
                    self.rows[name] = (target, row)

    def _row(self, id_: str, type_: str) -> int | None:
        found = self.rows.get(id_)
        return found[1] if found and found[0] == type_ else None

    def _settle(self, type_: ObjectType, works: list[Work]) -> None:
        """Gives each record the key of its row, or lets it wait."""
        table = TABLES.get(type_)
        if table is None:
            return  # A System has no row.
        ready = [work for work in works if not self._waits(work)]
        names: dict[str, list[Work]] = defaultdict(list)
        for work in ready:
            for name in self._names(work):
                names[name].append(work)
        keys = {work.entry.row for work in ready if work.entry.row is not None}
        keys.update(stable_id(work.record.row_name) for work in ready if work.entry.row is None)
        found = _read_rows(table, keys, names)
        by_key = {row["id"]: row for row in found}
        by_name: dict[str, list[sql.Row]] = defaultdict(list)
        for row in found:
            by_name[row["external_id"]].append(row)
        if type_ == "Consultation":
            self._settle_consultations(ready, by_key, by_name)
            return
        taken: set[int] = set()
        for work in ready:
            self._settle_one(table, work, by_key, by_name, names)
            if work.pk in taken:
                # Two ids for one row, which one statement cannot write twice.
                del self.work[type_][work.record.name]
                self.later.append((work.record, work.digest))
                continue
            taken.add(work.pk)
            self.rows[work.record.id] = (type_, work.pk)

    def _names(self, work: Work) -> list[str]:
        """Names that the row may have: its own, then provisional ones that it would take over."""
        record = work.record
        names = [record.row_name]
        ags = self.known.body.ags
        if record.type == "Body" and record.values.get("ags") == ags:
            names = [self.known.body.external_id]
        elif record.type == "Paper" and record.values.get("reference"):
            names.append(key("reference", ags, record.values["reference"]))
        elif record.type == "Organization" and record.values.get("name"):
            names.append(key("organization", ags, record.values["name"]))
        elif record.type == "Meeting":
            names += [
                f"{item.record.row_name}:meeting"
                for item in self.work.get("AgendaItem", {}).values()
                if item.record.parent == record.id and item.record.row_name.startswith("allris:")
            ]
        return names

    def _settle_one(
        self,
        table: Table,
        work: Work,
        by_key: Mapping[int, sql.Row],
        by_name: Mapping[str, Sequence[sql.Row]],
        claims: Mapping[str, Sequence[Work]],
    ) -> None:
        own, *provisional = self._names(work)
        real = next(iter(by_name.get(own, ())), None)
        mine = by_key.get(work.entry.row) if work.entry.row is not None else None
        old = mine or real
        for name in provisional:
            for row in by_name.get(name, ()):
                if old is None and len(claims[name]) == 1 and row["withdrawn_at"] is None:
                    old = row
                elif old is not None and old is not row and table.type == "Meeting":
                    self._absorb(table, old, row)
        if mine is not None and real is not None and mine is not real:
            # The same thing under two names: the row with the better name stays.
            self._absorb(table, real, mine)
            old = real
        if old is not None:
            work.old, work.pk = old, old["id"]
            return
        work.is_new = True
        name, work.pk = own, stable_id(own)
        while work.pk in by_key or (name != own and _is_taken(table, work.pk)):
            name += "+"
            work.pk = stable_id(name)

    def _absorb(self, table: Table, row: sql.Row, duplicate: sql.Row) -> None:
        """Whatever points to the duplicate points to the row; seldom, so one by one."""
        writer = Writer(self.known.body)
        objects: Any = table.model._default_manager
        writer.absorb(objects.get(pk=row["id"]), objects.get(pk=duplicate["id"]))
        sql.execute(
            "UPDATE {table} SET row = %s WHERE row = %s AND type = %s",
            [row["id"], duplicate["id"], table.type],
            table=ledger.TABLE,
        )
        for name, place in list(self.rows.items()):
            if place == (table.type, duplicate["id"]):
                self.rows[name] = (table.type, row["id"])
        row.update(_read_rows(table, [row["id"]], [])[0])

    def _settle_consultations(
        self,
        works: list[Work],
        by_key: Mapping[int, sql.Row],
        by_name: Mapping[str, Sequence[sql.Row]],
    ) -> None:
        """A station is known by its name and its agenda item; one without item is any with its name."""
        items: dict[int, str] = {}
        keys = {key for work in works if (key := self._reference(work, "agenda_item"))}
        if keys:
            items = dict(
                sql.query(
                    "SELECT id, external_id FROM {table} WHERE id = ANY(%s)",
                    [list(keys)],
                    table=TABLES["AgendaItem"].name,
                )
            )
            items |= {
                work.pk: work.record.row_name for work in self.work.get("AgendaItem", {}).values() if work.pk
            }
        ties = self._ties_of_pages(works)
        taken: set[int] = set()
        new: dict[str, str] = {}
        for work in works:
            item = self._reference(work, "agenda_item")
            rows = by_name.get(work.record.row_name, ())
            old = by_key.get(work.entry.row) if work.entry.row is not None else None
            if old is None:
                fitting = [row for row in rows if row["agenda_item_id"] == item] or (
                    [row for row in rows if item is None or row["agenda_item_id"] is None]
                )
                old = next((row for row in fitting if row["id"] not in taken), None)
            if old is None and item is not None:
                old = ties.get((item, self._reference(work, "paper")))
            if old is not None and old["id"] not in taken:
                work.old, work.pk = old, old["id"]
            elif old is not None:
                del self.work["Consultation"][work.record.name]
                self.later.append((work.record, work.digest))
                continue
            else:
                stated = next(iter(work.record.references.get("agenda_item", ())), "")
                new[work.record.name] = f"{work.record.row_name}|{items.get(item, '') if item else stated}"
                continue
            taken.add(work.pk)
        self._new_stations(new)

    def _new_stations(self, names: Mapping[str, str]) -> None:
        """Keys for new stations: name of the record to the name that the key follows from."""
        table = TABLES["Consultation"]
        keys = {stable_id(name) for name in names.values()}
        there = {pk for (pk,) in sql.query(_KEYS, [list(keys)], table=table.name)} if keys else set()
        for record, name in names.items():
            work = self.work["Consultation"][record]
            work.is_new, work.pk = True, stable_id(name)
            while work.pk in there:
                name += "+"
                work.pk = stable_id(name)
                if not _is_taken(table, work.pk):
                    break
            there.add(work.pk)

    def _ties_of_pages(self, works: Iterable[Work]) -> dict[tuple[int, int | None], sql.Row]:
        """Stations that were made from pages without a name of their own, by item and paper."""
        pairs = {}
        for work in works:
            item, paper = self._reference(work, "agenda_item"), self._reference(work, "paper")
            if work.entry.row is None and item and paper:
                pairs[key("consultation", str(item), str(paper))] = (item, paper)
        rows = _read_rows(TABLES["Consultation"], [], pairs) if pairs else []
        return {pairs[row["external_id"]]: row for row in rows}

    def _reference(self, work: Work, name: str) -> int | None:
        """Key of the first target of a reference that is here."""
        type_ = TABLES[work.record.type].keys[name]
        for id_ in work.record.references.get(name, ()):
            if (row := self._row(id_, type_)) is not None:
                return row
        return None

    def _waits(self, work: Work) -> bool:
        """Whether the record cannot be stored yet, because what it belongs to is not here."""
        record, entry = work.record, work.entry
        wait = ""
        if entry.row is None:
            wait = self._waits_for(work)
        entry.waits_for = wait
        entry.record = waiting.to_json(record) if wait else None
        return bool(wait)

    def _waits_for(self, work: Work) -> str:
        record = work.record
        if record.type == "File":
            if any(self._reference(work, name) for name in FILE_PARENTS):
                return ""
            stated = [ids for name in FILE_PARENTS if (ids := record.references.get(name))]
            return stated[0][0] if stated else f"{record.id}#parent"
        if record.type == "Person" and "kind" not in record.values:
            # Nobody is stored before a membership says that they hold a mandate.
            return f"{record.id}#membership"
        for name in REQUIRED.get(record.type, ()):
            if self._reference(work, name) is None:
                return next(iter(record.references.get(name, ())), f"{record.id}#{name}")
        if record.type == "Consultation" and not self.is_last:
            # Its item may still come, and its key follows from the item's name.
            ids = record.references.get("agenda_item", ())
            if ids and self._reference(work, "agenda_item") is None:
                return ids[0]
        return ""

    # --- Rows -------------------------------------------------------------------------------------
    def _write_rows(self, table: Table, works: list[Work]) -> None:
        for work in works:
            self._fill(table, work)
        for name in table.links:
            self._write_links(table, name, works)
        new = [work.row for work in works if work.is_new]
        changed = []
        for work in works:
            old = work.old
            if old is None:
                continue
            if work.is_changed or any(work.row[column] != old[column] for column in table.written):
                work.is_changed = True
                work.row["imported_at"] = self.now
                changed.append(work.row)
        sql.insert(table.name, table.columns, new)
        sql.update(table.name, table.written, changed)

    def _fill(self, table: Table, work: Work) -> None:
        record = work.record
        old = work.old
        stated = [*record.values, *record.references]
        if record.minutes is not None:
            stated.append("minutes")
        work.dropped = work.entry.state(stated, embedded=work.embedded)
        if old is None:
            row = work.row = dict(table.defaults)
            row["id"], row["external_id"] = work.pk, record.row_name
            row["first_imported_at"] = row["imported_at"] = self.now
        else:
            row = work.row = dict(old)
            if is_provisional(old["external_id"]) or old["external_id"] == record.id:
                row["external_id"] = record.row_name
            elif record.type == "Consultation" and old["external_id"].startswith("consultation:"):
                row["external_id"] = record.row_name
        values = record.values
        if old is not None and row["external_id"] == self.known.body.external_id:
            values = {name: value for name, value in values.items() if name not in _BODY_OF_THE_CITY}
        for name in work.dropped:
            if name in row and name not in ("id", "external_id"):
                row[name] = table.defaults[name]
        row.update(values)
        row["withdrawn_at"] = None
        if record.created:
            row["source_created_at"] = record.created
        if record.modified:
            row["source_modified_at"] = record.modified
        self._point(table, work)
        if record.type == "AgendaItem":
            _close_item(row, old)
        elif record.type == "File":
            self._close_file(row, old)
        elif record.type == "Person" and old is None:
            row.setdefault("kind", "mandate")
        for first, last in _PERIODS:
            # Sources have an end before the beginning, mostly a meeting that ends at midnight of its day.
            if row.get(last) and row.get(first) and row[last] < row[first]:
                row[last] = None
        if record.type == "Membership" and row["on_behalf_of_id"] == row["organization_id"]:
            row["on_behalf_of_id"] = None

    def _point(self, table: Table, work: Work) -> None:
        """Foreign keys of the row, and which references stay open."""
        record, row = work.record, work.row
        references = record.references
        for name, type_ in table.keys.items():
            column = f"{name}_id"
            if name in references:
                found = self._reference(work, name)
                if found is not None and not (type_ == table.type and found == work.pk):
                    row[column] = found
                elif name != "body" and name not in REQUIRED.get(record.type, ()) and record.type != "File":
                    work.open += [(name, id_) for id_ in references[name][:1]]
                    if name != "agenda_item":
                        row[column] = None
            elif name in work.dropped and name not in REQUIRED.get(record.type, ()) and record.type != "File":
                row[column] = None
            if name == "body" and row[column] is None:
                row[column] = self.known.body.pk
        if record.type == "File":
            self._one_parent(work)
        for name, ids in references.items():
            if name in table.links:
                type_ = table.links[name].target_type
                found = {id_: self._row(id_, type_) for id_ in ids}
                work.links[name] = {row for row in found.values() if row is not None}
                work.open += [(name, id_) for id_, row in found.items() if row is None]
            elif (record.type, name) in REVERSE and (record.type, name) != _FOUND_BY_OWNER:
                # Whoever bears the foreign key may come later; all are looked at when the run ends.
                work.open += [(name, id_) for id_ in ids]
        for name in work.dropped:
            if name in table.links:
                work.links[name] = set()

    def _one_parent(self, work: Work) -> None:
        row = work.row
        named = {name: self._reference(work, name) for name in FILE_PARENTS}
        if work.old is not None:
            # On its own it may name several; the one that it has stays.
            kept = next((name for name in FILE_PARENTS if row[f"{name}_id"] is not None), None)
            if kept and (named[kept] == row[f"{kept}_id"] or not any(named.values())):
                return
        first = next((name for name in FILE_PARENTS if named[name] is not None), None)
        for name in FILE_PARENTS:
            row[f"{name}_id"] = named[name] if name == first else None

    def _close_file(self, row: sql.Row, old: sql.Row | None) -> None:
        """A file is as public as the item that it belongs to; what was closed once is not opened again."""
        if old is not None and old["public"] is False:
            row["public"] = False
        if row["agenda_item_id"] is not None and row["agenda_item_id"] in self._closed_items():
            row["public"] = False

    def _closed_items(self) -> set[int]:
        """Those of the items that files of this batch belong to which are not public."""
        if self._closed is None:
            items = {
                row
                for work in self.work.get("File", {}).values()
                if (row := self._reference(work, "agenda_item")) is not None
            }
            rows = sql.query(
                "SELECT id FROM {table} WHERE id = ANY(%s) AND public IS NOT TRUE",
                [list(items)],
                table=TABLES["AgendaItem"].name,
            )
            self._closed = {pk for (pk,) in rows}
        return self._closed

    def _write_links(self, table: Table, name: str, works: list[Work]) -> None:
        stated = [work for work in works if name in work.links]
        if not stated:
            return
        link = table.links[name]
        old = [work.pk for work in stated if not work.is_new]
        there: dict[int, set[int]] = defaultdict(set)
        if old:
            for own, target in sql.query(
                "SELECT {own}, {target} FROM {table} WHERE {own} = ANY(%s)",
                [old],
                table=link.table,
                own=link.own,
                target=link.target,
            ):
                there[own].add(target)
        more: list[tuple[int, int]] = []
        less: list[tuple[int, int]] = []
        for work in stated:
            wanted = work.links[name] - {work.pk} if link.counterpart else work.links[name]
            added, removed = wanted - there[work.pk], there[work.pk] - wanted
            more += [(work.pk, target) for target in added]
            less += [(work.pk, target) for target in removed]
            work.is_changed = work.is_changed or bool(added or removed)
        if link.counterpart and less:
            less = self._only_ours(link.counterpart, less)
        if link.symmetrical:
            more += [(target, own) for own, target in more]
            less += [(target, own) for own, target in less]
        _change_links(link.table, link.own, link.target, more, less)

    def _only_ours(self, counterpart: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Without the links that the other side states as well; it takes them back itself."""
        rows = sql.query(
            "SELECT row FROM {table} WHERE type = 'Paper' AND row = ANY(%s) AND stated && %s::varchar[]",
            [list({target for _, target in pairs}), [counterpart, f"~{counterpart}"]],
            table=ledger.TABLE,
        )
        theirs = {row for (row,) in rows}
        return [(own, target) for own, target in pairs if target not in theirs]

    # --- Ledger -----------------------------------------------------------------------------------
    def _write_ledger(self, works: list[Work]) -> None:
        for work in works:
            record, entry = work.record, work.entry
            entry.note(work.digest, embedded=work.embedded)
            if not work.embedded:
                entry.mark(ledger.FETCHED, on=self.fetched)
            entry.mark(ledger.LEFT_OUT, on=False)
            entry.type = record.type
            entry.parent = record.parent or entry.parent
            entry.modified = record.modified or entry.modified
            entry.row = work.pk or entry.row
            entry.missing_since = entry.deleted_at = None
            entry.source = self.known.source
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
            changed = write_lines(items, self._row, self.known.now)
            for work in items:
                work.is_changed = work.is_changed or work.pk in changed


def _target_type(type_: ObjectType, name: str) -> ObjectType | None:
    """Type of what a reference points to; None for those that are looked at when the run ends."""
    table = TABLES.get(type_)
    if table is None:
        return None
    if name in table.keys:
        return table.keys[name]
    return table.links[name].target_type if name in table.links else None


def _named_in(minutes: Minutes) -> Iterable[tuple[ObjectType, str]]:
    for spoken in minutes.contributions:
        yield "Person", spoken.speaker
    for motion in minutes.motions:
        yield "Person", motion.mover
        yield "Organization", motion.mover_organization
        yield "Paper", motion.paper


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


def _close_item(row: sql.Row, old: sql.Row | None) -> None:
    """An item that its page calls closed stays so where the source only does not say it. Of what is closed
    nothing new is stored but its place on the agenda."""
    if old is not None and old["public"] is False and old["content_digest"]:
        row["public"] = False
    if row["public"] is not True:
        for name in ("result", "resolution_text", "responsible", "start", "end"):
            row[name] = old[name] if old is not None else TABLES["AgendaItem"].defaults[name]


def _read_rows(table: Table, keys: Collection[int], names: Collection[str]) -> list[sql.Row]:
    if not keys and not names:
        return []
    return sql.rows(table.name, table.columns, table.json, keys, names)


_KEYS: LiteralString = "SELECT id FROM {table} WHERE id = ANY(%s)"


def _is_taken(table: Table, key_: int) -> bool:
    return bool(sql.query("SELECT FROM {table} WHERE id = %s", [key_], table=table.name))


def _change_links(
    table: str, own: str, target: str, more: list[tuple[int, int]], less: list[tuple[int, int]]
) -> None:
    for pairs, statement in (
        (
            more,
            "INSERT INTO {table} ({own}, {target}) SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
            " ON CONFLICT DO NOTHING",
        ),
        (
            less,
            "DELETE FROM {table} USING unnest(%s::bigint[], %s::bigint[]) AS pair (one, other)"
            " WHERE {own} = pair.one AND {target} = pair.other",
        ),
    ):
        if pairs:
            columns = [list(column) for column in zip(*pairs, strict=True)]
            sql.execute(statement, columns, table=table, own=own, target=target)
