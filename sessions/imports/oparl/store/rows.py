"""Rows of a batch: what a record states goes in, what nobody states any more goes out."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sessions.imports.allris.references import is_cut
from sessions.imports.identity import is_provisional
from sessions.imports.oparl.objects import REVERSE
from sessions.imports.oparl.records import ObjectRecord
from sessions.imports.oparl.store import ledger, sql
from sessions.imports.oparl.store.tables import FILE_PARENTS, REQUIRED, TABLES, Table
from sessions.imports.oparl.store.work import State, Work

_BODY_OF_THE_CITY = frozenset({"name", "short_name", "ags", "website", "source_url"})
"""What the portal's own settings say of the city; a source does not change it."""
_PERIODS = (("start", "end"), ("start_date", "end_date"))
_FOUND_BY_OWNER = ("Organization", "memberships")
"""Memberships name their organization themselves; an organization's list of them would be a list of people
whom the portal does not know."""


class Rows:
    """Writes the rows of one batch, whose keys are known."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._closed: set[int] | None = None

    def write(self, table: Table, works: list[Work]) -> None:
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
                work.row["imported_at"] = self.state.now
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
            row["first_imported_at"] = row["imported_at"] = self.state.now
        else:
            row = work.row = dict(old)
            if _has_no_better_name(old["external_id"], record):
                row["external_id"] = record.row_name
        values = record.values
        if old is not None and row["external_id"] == self.state.known.body.external_id:
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
            _settle_title(row, old, values)
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
                found = self.state.reference(work, name)
                if found is not None and not (type_ == table.type and found == work.pk):
                    row[column] = found
                elif name != "body" and name not in REQUIRED.get(record.type, ()) and record.type != "File":
                    work.open += [(name, id_) for id_ in references[name][:1]]
                    if name != "agenda_item":
                        row[column] = None
            elif name in work.dropped and name not in REQUIRED.get(record.type, ()) and record.type != "File":
                row[column] = None
            if name == "body" and row[column] is None:
                row[column] = self.state.known.body.pk
        if record.type == "File":
            self._one_parent(work)
        for name, ids in references.items():
            if name in table.links:
                type_ = table.links[name].target_type
                targets = {id_: self.state.row(id_, type_) for id_ in ids}
                work.links[name] = {key for key in targets.values() if key is not None}
                work.open += [(name, id_) for id_, key in targets.items() if key is None]
            elif (record.type, name) in REVERSE and (record.type, name) != _FOUND_BY_OWNER:
                # Whoever bears the foreign key may come later; all are looked at when the run ends.
                work.open += [(name, id_) for id_ in ids]
        for name in work.dropped:
            if name in table.links:
                work.links[name] = set()

    def _one_parent(self, work: Work) -> None:
        row = work.row
        named = {name: self.state.reference(work, name) for name in FILE_PARENTS}
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
                for work in self.state.work.get("File", {}).values()
                if (row := self.state.reference(work, "agenda_item")) is not None
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


def _has_no_better_name(name: str, record: ObjectRecord) -> bool:
    """Whether the row is called as its id, or as somebody called it who knew no name."""
    if record.type == "Consultation" and name.startswith("consultation:"):
        return True
    return is_provisional(name) or name == record.id


def _settle_title(row: sql.Row, old: sql.Row | None, values: Mapping[str, Any]) -> None:
    """A whole title is no longer cut, and a cut one does not take the place of the whole."""
    if "title" not in values:
        return
    row["title_cut"] = values.get("title_cut", is_cut(row["title"]))
    stem = row["title"].rstrip(".… ")
    if old is not None and row["title_cut"] and not old["title_cut"] and old["title"].startswith(stem):
        row["title"], row["title_cut"] = old["title"] or row["title"], not old["title"]


def _close_item(row: sql.Row, old: sql.Row | None) -> None:
    """An item that its page calls closed stays so where the source only does not say it. Of what is closed
    nothing new is stored but its place on the agenda."""
    if old is not None and old["public"] is False and old["content_digest"]:
        row["public"] = False
    if row["public"] is not True:
        for name in ("result", "resolution_text", "responsible", "start", "end"):
            row[name] = old[name] if old is not None else TABLES["AgendaItem"].defaults[name]


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
