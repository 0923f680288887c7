"""What is done when a source was read: open references, what waited, what is missing, what was withdrawn."""

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import DataError, IntegrityError, transaction

from sessions.imports.oparl.mandates import Seat, is_mandate
from sessions.imports.oparl.objects import REVERSE
from sessions.imports.oparl.records import ObjectRecord, ObjectType, Refusal
from sessions.imports.oparl.store import ledger, motions, references, sql, waiting
from sessions.imports.oparl.store.batch import Batch, Done
from sessions.imports.oparl.store.references import DANGLING
from sessions.imports.oparl.store.tables import TABLES
from sessions.imports.oparl.store.work import Known
from sessions.imports.writer import RecordError

_CHUNK = 500
_MOST_AT_ONCE = 0.05
"""Share of the rows of a type that a run may withdraw."""


class ShrinkError(RuntimeError):
    """The source withdrew more than it may at once. One sentence: what it would be, what to do."""


def settle(known: Known, add: Callable[[Done], None], refused: list[Refusal]) -> None:
    """Waiting records first, because they may be what others refer to; the open references after them."""
    with _in_few_steps():
        _name_owners()
    for is_last in (False, True):
        # What was written may be what others wait for.
        while _write_waiting(known, add, refused, is_last=is_last):
            pass
    with _in_few_steps():
        _forget_staff(known)
        references.resolve()


@contextmanager
def _in_few_steps() -> Iterator[None]:
    """A transaction for statements over whole tables. After a first import PostgreSQL does not know yet how
    large they are, and would go through one table for each row of another."""
    with transaction.atomic():
        sql.execute("SET LOCAL enable_nestloop = off")
        yield
        sql.execute("SET LOCAL enable_nestloop = on")


# --- What waited ----------------------------------------------------------------------------------


def _name_owners() -> None:
    """An object that does not say what it belongs to may be named by that: a meeting lists its items."""
    rows = sql.query(
        "SELECT row.id, row.type, row.record, owner.name, owner.type, open.field FROM {ledger} AS row"
        " JOIN {dangling} AS open ON open.target = row.name"
        " JOIN {ledger} AS owner ON owner.id = open.owner_id"
        " WHERE row.waits_for <> ''"
        " AND left(row.waits_for, length(row.name) + 1) = row.name || '#' ORDER BY owner.name DESC",
        ledger=ledger.TABLE,
        dangling=DANGLING,
    )
    changed = {}
    for pk, type_, said, owner, owner_type, name in rows:
        reverse = REVERSE.get((owner_type, name))
        if reverse is None or reverse.type != type_:
            continue
        record = json.loads(said) if isinstance(said, str) else said
        record["references"][reverse.key] = [owner]
        record["values"] = {**reverse.values, **record["values"]}
        changed[pk] = {"id": pk, "waits_for": owner, "record": record}
    sql.update(ledger.TABLE, ("waits_for", "record"), list(changed.values()))


def _write_waiting(
    known: Known, add: Callable[[Done], None], refused: list[Refusal], *, is_last: bool
) -> int:
    """How many of those that waited have a row now."""
    written = 0
    for records in _waiting(everybody=is_last):
        written += _write(known, records, add, refused, is_last=is_last)
    return written


def _write(
    known: Known,
    records: list[tuple[ObjectRecord, str]],
    add: Callable[[Done], None],
    refused: list[Refusal],
    *,
    is_last: bool,
) -> int:
    try:
        with transaction.atomic():
            batch = Batch(known, is_last=is_last)
            batch.take_records(records)
    except (DataError, IntegrityError, RecordError) as error:
        if len(records) == 1:
            reason = f"The database refuses the object: {str(error).splitlines()[0]}"
            refusal = Refusal(id=records[0][0].id, reason=reason)
            if refusal not in refused:
                refused.append(refusal)
            return 0
        middle = len(records) // 2
        return sum(
            _write(known, half, add, refused, is_last=is_last)
            for half in (records[:middle], records[middle:])
        )
    done = batch.done
    done.seen = []
    add(done)
    return done.created.total() + done.changed.total()


def _waiting(*, everybody: bool) -> Iterator[list[tuple[ObjectRecord, str]]]:
    """Records of any source whose object is here, in chunks; with `everybody` all that may know it by
    another name."""
    last = 0
    while True:
        rows = sql.query(
            "SELECT row.id, row.type, row.name, row.digest, row.record FROM {ledger} AS row"
            " WHERE row.waits_for <> '' AND row.id > %s AND (%s OR row.type = 'Person'"
            " OR EXISTS (SELECT FROM {ledger} AS target WHERE target.name = row.waits_for"
            " AND target.row IS NOT NULL)) ORDER BY row.id LIMIT %s",
            [last, everybody, _CHUNK],
            ledger=ledger.TABLE,
        )
        if not rows:
            return
        last = rows[-1][0]
        seats = _seats([name for _, type_, name, *_ in rows if type_ == "Person"])
        records = []
        for _, type_, name, digest, said in rows:
            said = json.loads(said) if isinstance(said, str) else said
            if type_ == "Person":
                if not is_mandate(seats.get(name, ())):
                    continue
                said["values"]["kind"] = "mandate"
            record = waiting.from_json(said)
            records.append((record, ledger.half(digest, embedded=bool(record.parent))))
        if records:
            yield records


def _seats(people: Collection[str]) -> dict[str, list[Seat]]:
    """What the waiting memberships of these people say."""
    seats: dict[str, list[Seat]] = defaultdict(list)
    if not people:
        return seats
    rows = sql.query(
        "SELECT seat.waits_for, seat.record #>> '{{values,role}}',"
        " seat.record #>> '{{references,organization,0}}', EXISTS (SELECT FROM {ledger} AS known"
        " JOIN {organization} AS unit ON unit.id = known.row"
        " WHERE known.name = seat.record #>> '{{references,organization,0}}'"
        " AND known.type = 'Organization' AND unit.type = 'administration')"
        " FROM {ledger} AS seat WHERE seat.type = 'Membership' AND seat.waits_for = ANY(%s)",
        [list(people)],
        ledger=ledger.TABLE,
        organization=TABLES["Organization"].name,
    )
    for person, role, organization, in_administration in rows:
        seats[person].append(
            Seat(role=role or "", organization=organization or "", in_administration=in_administration)
        )
    return seats


def _forget_staff(known: Known) -> None:
    """Nothing is kept of people who turned out to hold no mandate, but that they were read.

    Somebody who was forgotten and has a mandate by now is read again: the next full run does it, or the
    server is asked for that person.
    """
    rows = sql.query(
        "SELECT DISTINCT person.name FROM {ledger} AS seat"
        " JOIN {ledger} AS person ON person.name = seat.waits_for"
        " WHERE seat.source_id = %s AND seat.type = 'Membership' AND person.row IS NULL"
        " AND person.waits_for = '' AND NOT person.stated @> %s::varchar[]",
        [known.source, [ledger.LEFT_OUT]],
        ledger=ledger.TABLE,
    )
    seats = _seats([name for (name,) in rows])
    elected = [name for name, of_person in seats.items() if is_mandate(of_person)]
    sql.execute(
        "UPDATE {ledger} SET digest = '' WHERE name = ANY(%s) AND digest <> ''",
        [elected],
        ledger=ledger.TABLE,
    )
    sql.execute(
        "UPDATE {ledger} SET waits_for = '', record = NULL WHERE source_id = %s AND type = 'Person'"
        " AND waits_for = name || '#membership'",
        [known.source],
        ledger=ledger.TABLE,
    )
    sql.execute(
        "UPDATE {ledger} AS seat SET waits_for = '', record = NULL FROM {ledger} AS person"
        " WHERE seat.source_id = %s AND seat.type = 'Membership' AND person.name = seat.waits_for"
        " AND person.type = 'Person' AND person.row IS NULL AND person.waits_for = ''"
        " AND person.name <> ALL(%s)",
        [known.source, elected],
        ledger=ledger.TABLE,
    )


# --- What is missing, what was withdrawn ------------------------------------------------------------
def mark_missing(known: Known, complete: Set[ObjectType], seen: "array[int]") -> None:
    """Objects on their own that a whole list of their type does not hold any more. Nothing is deleted."""
    if not complete:
        return
    sql.execute(
        "UPDATE {ledger} SET missing_since = %s WHERE source_id = %s AND type = ANY(%s) AND parent = ''"
        " AND missing_since IS NULL AND deleted_at IS NULL AND NOT stated @> %s::varchar[]"
        " AND id <> ALL(%s)",
        [known.now, known.source, list(complete), [ledger.FETCHED], list(seen)],
        ledger=ledger.TABLE,
    )


def withdraw(known: Known, gone: "array[int]", when: "array[float]", *, allow_shrink: bool) -> int:
    """Withdraws the rows of these ledger entries, all or none. Gives how many rows.

    Raises ShrinkError where it would be more than one in twenty of a type, unless `allow_shrink`.
    """
    if not gone:
        return 0
    withdrawn = 0
    with transaction.atomic():
        for type_, table in TABLES.items():
            ((few, all_),) = sql.query(
                "SELECT count(*) FILTER (WHERE id IN (SELECT row FROM {ledger}"
                " WHERE id = ANY(%s) AND type = %s)), count(*) FROM {table} WHERE withdrawn_at IS NULL",
                [list(gone), type_],
                ledger=ledger.TABLE,
                table=table.name,
            )
            if few > all_ * _MOST_AT_ONCE and not allow_shrink:
                raise ShrinkError(
                    f"The source withdraws {few} of {all_} rows of type {type_}, more than 5 %; nothing was "
                    "withdrawn. If that is right, run again with --allow-shrink."
                )
            if few:
                withdrawn += sql.execute(
                    "UPDATE {table} SET withdrawn_at = %s WHERE withdrawn_at IS NULL"
                    " AND id IN (SELECT row FROM {ledger} WHERE id = ANY(%s) AND type = %s)",
                    [known.now, list(gone), type_],
                    ledger=ledger.TABLE,
                    table=table.name,
                )
        sql.execute(
            "UPDATE {ledger} AS row SET deleted_at = gone.moment, missing_since = NULL, waits_for = '',"
            " record = NULL FROM unnest(%s::bigint[], %s::timestamptz[]) AS gone (id, moment)"
            " WHERE row.id = gone.id",
            [list(gone), [datetime.fromtimestamp(moment, UTC) for moment in when]],
            ledger=ledger.TABLE,
        )
    return withdrawn


def write_motions(known: Known) -> None:
    """Motions in writing, once all papers and their stations are there."""
    with _in_few_steps():
        motions.write(known.now)
