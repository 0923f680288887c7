"""Which row each record of a batch is, and which records have to wait.

One thing is one row: a record finds the row that it made before, one with its name, or a provisional one that
was put together from what a page prints. What it belongs to has to be here first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, LiteralString

from portal.models import stable_id
from sessions.imports.identity import key
from sessions.imports.oparl.records import Minutes, ObjectType
from sessions.imports.oparl.store import ledger, sql, waiting
from sessions.imports.oparl.store.tables import FILE_PARENTS, REQUIRED, TABLES, Table
from sessions.imports.oparl.store.work import State, Work
from sessions.imports.writer import Writer
from sessions.models.paper import station_name


class Keys:
    """Finds keys for the records of one batch."""

    def __init__(self, state: State) -> None:
        self.state = state

    def find_targets(self) -> None:
        """What the records refer to, as far as it is here: by the ledger, then by the name of the row."""
        wanted: dict[ObjectType, set[str]] = defaultdict(set)
        for type_, works in self.state.work.items():
            for work in works.values():
                for name, ids in work.record.references.items():
                    if target := _target_type(type_, name):
                        wanted[target].update(ids)
                if work.record.minutes is not None:
                    for target, id_ in _named_in(work.record.minutes):
                        wanted[target].add(id_)
        unknown = set().union(*wanted.values()).difference(self.state.rows)
        if not unknown:
            return
        for name, type_name, row in sql.query(
            "SELECT name, type, row FROM {table} WHERE name = ANY(%s) AND row IS NOT NULL",
            [list(unknown)],
            table=ledger.TABLE,
        ):
            self.state.rows[name] = (type_name, row)
        for target, names in wanted.items():
            own = self.state.work.get(target, {})
            missing = [id_ for id_ in names if id_ not in self.state.rows and id_ not in own]
            if missing and target != "Consultation":
                for name, row in sql.query(
                    "SELECT external_id, id FROM {table} WHERE external_id = ANY(%s)",
                    [missing],
                    table=TABLES[target].name,
                ):
                    self.state.rows[name] = (target, row)

    def settle(self, type_: ObjectType, works: list[Work]) -> None:
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
                self.state.postpone(work)
                continue
            taken.add(work.pk)
            self.state.rows[work.record.id] = (type_, work.pk)

    def _names(self, work: Work) -> list[str]:
        """Names that the row may have: its own, then provisional ones that it would take over."""
        record = work.record
        names = [record.row_name]
        ags = self.state.known.body.ags
        if record.type == "Body" and record.values.get("ags") == ags:
            names = [self.state.known.body.external_id]
        elif record.type == "Paper" and record.values.get("reference"):
            names.append(key("reference", ags, record.values["reference"]))
        elif record.type == "Organization" and record.values.get("name"):
            names.append(key("organization", ags, record.values["name"]))
        elif record.type == "Meeting":
            names += [
                f"{item.record.row_name}:meeting"
                for item in self.state.work.get("AgendaItem", {}).values()
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
        writer = Writer(self.state.known.body)
        objects: Any = table.model._default_manager
        writer.absorb(objects.get(pk=row["id"]), objects.get(pk=duplicate["id"]))
        for name, place in list(self.state.rows.items()):
            if place == (table.type, duplicate["id"]):
                self.state.rows[name] = (table.type, row["id"])
        row.update(_read_rows(table, [row["id"]], [])[0])

    def _settle_consultations(
        self,
        works: list[Work],
        by_key: Mapping[int, sql.Row],
        by_name: Mapping[str, Sequence[sql.Row]],
    ) -> None:
        """A station is known by its name and its agenda item; one without item is any with its name."""
        items: dict[int, str] = {}
        keys = {key for work in works if (key := self.state.reference(work, "agenda_item"))}
        if keys:
            items = dict(
                sql.query(
                    "SELECT id, external_id FROM {table} WHERE id = ANY(%s)",
                    [list(keys)],
                    table=TABLES["AgendaItem"].name,
                )
            )
            items |= {
                work.pk: work.record.row_name
                for work in self.state.work.get("AgendaItem", {}).values()
                if work.pk
            }
        ties = self._ties_of_pages(works)
        others = self._of_other_items(works, by_name)
        taken: set[int] = set()
        new: dict[str, str] = {}
        without_item = {
            name for name, rows in by_name.items() if any(not row["agenda_item_id"] for row in rows)
        }
        for work in works:
            item = self.state.reference(work, "agenda_item")
            stated = next(iter(work.record.references.get("agenda_item", ())), "")
            rows = [
                row
                for row in by_name.get(work.record.row_name, ())
                if row["id"] not in others or work.record.name in others[row["id"]]
            ]
            old = by_key.get(work.entry.row) if work.entry.row is not None else None
            if old is None:
                fitting = [row for row in rows if row["agenda_item_id"] == item] or (
                    [row for row in rows if item is None or row["agenda_item_id"] is None]
                )
                old = next((row for row in fitting if row["id"] not in taken), None)
            if old is None and item is not None:
                old = ties.get((item, self.state.reference(work, "paper")))
            if old is not None and old["id"] not in taken:
                work.old, work.pk = old, old["id"]
            elif old is not None:
                self.state.postpone(work)
                continue
            elif item is None and stated and work.record.row_name in without_item:
                # Of two stations with one id that have no item yet, the second comes with its item.
                work.entry.waits_for, work.entry.record = stated, waiting.to_json(work.record)
                continue
            else:
                if item is None:
                    without_item.add(work.record.row_name)
                named = items.get(item, "") if item else stated
                new[work.record.name] = station_name(work.record.row_name, named)
                continue
            taken.add(work.pk)
        self._new_stations(new)

    def _of_other_items(
        self, works: Iterable[Work], by_name: Mapping[str, Sequence[sql.Row]]
    ) -> dict[int, set[str]]:
        """Stations that are at a certain item: row to the names in the ledger. Whatever else bears their id
        and names another item is another station, also as long as the items are not here."""
        new = {
            work.record.row_name
            for work in works
            if work.entry.row is None and work.record.name != work.record.id
        }
        rows = [row["id"] for name in new for row in by_name.get(name, ())]
        found: dict[int, set[str]] = defaultdict(set)
        if rows:
            for row, name in sql.query(
                "SELECT row, name FROM {table} WHERE type = 'Consultation' AND row = ANY(%s)"
                " AND strpos(name, '#') > 0",
                [rows],
                table=ledger.TABLE,
            ):
                found[row].add(name)
        return found

    def _new_stations(self, names: Mapping[str, str]) -> None:
        """Keys for new stations: name of the record to the name that the key follows from."""
        table = TABLES["Consultation"]
        keys = {stable_id(name) for name in names.values()}
        there = {pk for (pk,) in sql.query(_KEYS, [list(keys)], table=table.name)} if keys else set()
        for record, name in names.items():
            work = self.state.work["Consultation"][record]
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
            item, paper = self.state.reference(work, "agenda_item"), self.state.reference(work, "paper")
            if work.entry.row is None and item and paper:
                pairs[key("consultation", str(item), str(paper))] = (item, paper)
        rows = _read_rows(TABLES["Consultation"], [], pairs) if pairs else []
        return {pairs[row["external_id"]]: row for row in rows}

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
            if any(self.state.reference(work, name) for name in FILE_PARENTS):
                return ""
            stated = [ids for name in FILE_PARENTS if (ids := record.references.get(name))]
            return stated[0][0] if stated else f"{record.id}#parent"
        if record.type == "Person" and "kind" not in record.values:
            # Nobody is stored before a membership says that they hold a mandate.
            return f"{record.id}#membership"
        for name in REQUIRED.get(record.type, ()):
            if self.state.reference(work, name) is None:
                return next(iter(record.references.get(name, ())), f"{record.id}#{name}")
        if record.type == "Consultation" and not self.state.is_last:
            # Its item may still come, and its key follows from the item's name.
            ids = record.references.get("agenda_item", ())
            if ids and self.state.reference(work, "agenda_item") is None:
                return ids[0]
        return ""


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


def _read_rows(table: Table, keys: Collection[int], names: Collection[str]) -> list[sql.Row]:
    if not keys and not names:
        return []
    return sql.rows(table.name, table.columns, table.json, keys, names)


_KEYS: LiteralString = "SELECT id FROM {table} WHERE id = ANY(%s)"


def _is_taken(table: Table, key_: int) -> bool:
    return bool(sql.query("SELECT FROM {table} WHERE id = %s", [key_], table=table.name))
