"""References whose target is not here: what to ask for, and what to close when it has come."""

from typing import LiteralString

from sessions.imports.oparl.objects import REVERSE
from sessions.imports.oparl.records import ObjectType
from sessions.imports.oparl.store import ledger, sql
from sessions.imports.oparl.store.tables import FILE_PARENTS, REQUIRED, TABLES
from sessions.imports.oparl.store.work import Known
from sessions.models import DanglingReference

DANGLING = DanglingReference._meta.db_table
_HAVE_ONE: dict[ObjectType, tuple[str, ...]] = {"File": FILE_PARENTS}
"""Of these references one is there; the others stay empty."""


def wanted(known: Known, most: int) -> list[str]:
    """Ids that are referred to and that no object has borne, those first that something waits for."""
    rows = sql.query(
        "SELECT target FROM ("
        " SELECT waits_for AS target, 0 AS rank FROM {ledger} WHERE source_id = %s AND waits_for <> ''"
        # Of what it does not say itself it would not say more.
        " AND left(waits_for, length(name) + 1) <> name || '#'"
        " UNION ALL SELECT open.target, 1 FROM {dangling} AS open"
        " JOIN {ledger} AS owner ON owner.id = open.owner_id WHERE owner.source_id = %s"
        ") AS asked WHERE NOT EXISTS (SELECT FROM {ledger} AS there WHERE there.name = asked.target"
        " AND there.digest <> '')"
        " GROUP BY target ORDER BY min(rank), target LIMIT %s",
        [known.source, known.source, most],
        ledger=ledger.TABLE,
        dangling=DANGLING,
    )
    return [target for (target,) in rows]


def count_open(known: Known) -> int:
    """References of this source whose target is not here."""
    rows = sql.query(
        "SELECT count(*) FROM {dangling} AS open JOIN {ledger} AS owner ON owner.id = open.owner_id"
        " WHERE owner.source_id = %s",
        [known.source],
        ledger=ledger.TABLE,
        dangling=DANGLING,
    )
    return int(rows[0][0])


def count_waiting(known: Known) -> int:
    """Objects of this source that have no row before another one comes."""
    rows = sql.query(
        "SELECT count(*) FROM {ledger} WHERE source_id = %s AND waits_for <> ''",
        [known.source],
        ledger=ledger.TABLE,
    )
    return int(rows[0][0])


def resolve() -> None:
    """Closes references whose target has come, whichever source it or they came from: a few statements for
    each kind of reference there is."""
    kinds = sql.query(
        "SELECT DISTINCT owner.type, open.field FROM {dangling} AS open"
        " JOIN {ledger} AS owner ON owner.id = open.owner_id",
        ledger=ledger.TABLE,
        dangling=DANGLING,
    )
    for type_, name in sorted(kinds):
        table = TABLES.get(type_)
        if table is None:
            continue
        if name in table.keys:
            _point(type_, name)
            _close(type_, name, table.keys[name])
        elif name in table.links:
            link = table.links[name]
            ends = (link.own, link.target)
            _link(type_, name, link.target_type, link.table, *ends)
            if link.symmetrical:
                _link(type_, name, link.target_type, link.table, *reversed(ends))
            _close(type_, name, link.target_type)
        elif (type_, name) == ("AgendaItem", "consultations"):
            _resolve_consultations()
        elif (type_, name) in REVERSE:
            _resolve_reverse(type_, name)


# The open references of one kind whose target is here: key of the reference, row of owner and of target.
_FOUND: LiteralString = (
    "found AS (SELECT open.id, owner.row AS own, coalesce(target.row, named.id) AS row"
    " FROM {dangling} AS open"
    " JOIN {ledger} AS owner ON owner.id = open.owner_id AND owner.row IS NOT NULL"
    " LEFT JOIN {ledger} AS target"
    " ON target.name = open.target AND target.type = %(target)s AND target.row IS NOT NULL"
    " LEFT JOIN {table} AS named ON named.external_id = open.target"
    " WHERE owner.type = %(type)s AND open.field = %(field)s"
    " AND (target.row IS NOT NULL OR named.id IS NOT NULL))"
)


def _with_found(statement: LiteralString, type_: str, name: str, target: ObjectType, **names: str) -> int:
    return sql.execute(
        "WITH " + _FOUND + " " + statement,
        {"target": target, "type": type_, "field": name},
        ledger=ledger.TABLE,
        dangling=DANGLING,
        table=TABLES[target].name,
        **names,
    )


def _close(type_: str, name: str, target: ObjectType) -> None:
    statement: LiteralString = "DELETE FROM {dangling} USING found WHERE {dangling}.id = found.id"
    _with_found(statement, type_, name, target)


def _point(type_: ObjectType, name: str) -> None:
    table = TABLES[type_]
    statement: LiteralString = (
        "UPDATE {rows} AS own SET {column} = found.row FROM found"
        " WHERE own.id = found.own AND own.{column} IS NULL"
    )
    if table.keys[name] == type_:
        statement += " AND found.own <> found.row"
    if name == "on_behalf_of":
        statement += " AND own.organization_id <> found.row"
    if (type_, name) == ("Consultation", "agenda_item"):
        statement += (
            " AND NOT EXISTS (SELECT FROM {rows} AS other WHERE other.external_id = own.external_id"
            " AND other.agenda_item_id = found.row)"
        )
    _with_found(statement, type_, name, table.keys[name], rows=table.name, column=f"{name}_id")


def _link(type_: str, name: str, target: ObjectType, links: str, own: str, other: str) -> None:
    statement: LiteralString = (
        "INSERT INTO {links} ({own}, {other}) SELECT DISTINCT found.own, found.row FROM found"
        " ON CONFLICT DO NOTHING"
    )
    _with_found(statement, type_, name, target, links=links, own=own, other=other)


def _resolve_reverse(type_: ObjectType, name: str) -> None:
    """The target bears the foreign key, and has it by now, or is one of those that need none."""
    reverse = REVERSE[type_, name]
    table = TABLES[reverse.type]
    if reverse.key in table.links:
        link = table.links[reverse.key]
        _link(type_, name, reverse.type, link.table, link.target, link.own)
    elif reverse.key not in (*REQUIRED.get(reverse.type, ()), *_HAVE_ONE.get(reverse.type, ())):
        statement: LiteralString = (
            "UPDATE {rows} AS row SET {column} = found.own FROM found"
            " WHERE row.id = found.row AND row.{column} IS NULL"
        )
        _with_found(statement, type_, name, reverse.type, rows=table.name, column=f"{reverse.key}_id")
    _close(type_, name, reverse.type)


def _resolve_consultations() -> None:
    """An item names its consultation, and the consultation no item: then it is this one. Several items may
    name one consultation (a postponed item); each has a station of its own then."""
    names = {
        "ledger": ledger.TABLE,
        "dangling": DANGLING,
        "consultations": TABLES["Consultation"].name,
    }
    common: LiteralString = (
        "SELECT DISTINCT ON (station.id) station.id, station.external_id, owner.row AS item"
        " FROM {dangling} AS open JOIN {ledger} AS owner ON owner.id = open.owner_id"
    )
    by_ledger: LiteralString = (
        " JOIN {ledger} AS target ON target.name = open.target AND target.type = 'Consultation'"
        " JOIN {consultations} AS station ON station.id = target.row"
    )
    by_name: LiteralString = " JOIN {consultations} AS station ON station.external_id = open.target"
    where: LiteralString = (
        " WHERE owner.type = 'AgendaItem' AND owner.row IS NOT NULL"
        " AND open.field = 'consultations' AND station.agenda_item_id IS NULL"
        " ORDER BY station.id, owner.name"
    )
    for join in (by_ledger, by_name):
        sql.execute(
            "UPDATE {consultations} AS row SET agenda_item_id = found.item FROM ("  # noqa: S608  # our own text
            + common
            + join
            + where
            + ") AS found WHERE row.id = found.id AND NOT EXISTS (SELECT FROM {consultations} AS other"
            " WHERE other.external_id = found.external_id AND other.agenda_item_id = found.item)",
            **names,
        )
    sql.execute(
        "DELETE FROM {dangling} AS open USING {ledger} AS owner WHERE owner.id = open.owner_id"
        " AND owner.type = 'AgendaItem' AND open.field = 'consultations'"
        " AND (EXISTS (SELECT FROM {ledger} AS target WHERE target.row IS NOT NULL"
        " AND target.name IN (open.target, open.target || '#' || owner.name))"
        " OR EXISTS (SELECT FROM {consultations} AS station WHERE station.external_id = open.target))",
        **names,
    )
