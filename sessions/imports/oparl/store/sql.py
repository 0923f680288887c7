"""Rows in and out in a few statements, whatever their number.

Rows travel as one JSON parameter, which PostgreSQL takes apart by the types of the table itself. That is
several times faster than one parameter for each value, and needs no temporary table. A value that a column
cannot hold is a DataError, as with any other statement.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

Row = dict[str, Any]
"""Column to value."""
Parameters = Sequence[Any] | Mapping[str, Any]


def query(statement: LiteralString, parameters: Parameters = (), **names: str) -> list[tuple[Any, ...]]:
    """What a statement gives; `names` are tables and columns that stand in it in braces."""
    composed = sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
    with connection.cursor() as cursor:
        cursor.execute(composed, parameters)
        return cursor.fetchall() if cursor.description else []


def execute(statement: LiteralString, parameters: Parameters = (), **names: str) -> int:
    """How many rows a statement wrote."""
    composed = sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
    with connection.cursor() as cursor:
        cursor.execute(composed, parameters)
        return int(cursor.rowcount)


def insert(table: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows; each has a value for each of the columns."""
    if rows:
        _write(_INSERT, table, columns, rows)


def insert_returning(
    table: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *returning: str
) -> list[tuple[Any, ...]]:
    """As `insert`; gives these columns of the new rows, in no particular order."""
    return _write(_INSERT_RETURNING, table, columns, rows, returning) if rows else []


def update(table: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets these columns of rows that are there; each has its `id` besides."""
    if rows:
        _write(_UPDATE, table, columns, rows)


def rows(
    table: str, columns: Sequence[str], json_columns: Sequence[str], keys: Iterable[int], names: Iterable[str]
) -> list[Row]:
    """Rows with one of these keys or names (`id`, `external_id`)."""
    composed = sql.SQL("SELECT {columns} FROM {table} WHERE id = ANY(%s) OR external_id = ANY(%s)").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)), table=sql.Identifier(table)
    )
    with connection.cursor() as cursor:
        cursor.execute(composed, [list(keys), list(names)])
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in found:
        for name in json_columns:
            if isinstance(row[name], str):
                row[name] = json.loads(row[name])
    return found


_INSERT = sql.SQL(
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
)
_INSERT_RETURNING = _INSERT + sql.SQL(" RETURNING {returning}")
_UPDATE = sql.SQL(
    "UPDATE {table} AS target SET {assignments} "
    "FROM json_populate_recordset(NULL::{table}, %s::json) AS source WHERE target.id = source.id"
)


def _write(
    statement: sql.Composable,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    returning: Iterable[str] = (),
) -> list[tuple[Any, ...]]:
    names = [sql.Identifier(column) for column in columns]
    composed = sql.SQL(statement.as_string(None)).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(names),
        assignments=sql.SQL(", ").join(sql.SQL("{0} = source.{0}").format(name) for name in names),
        returning=sql.SQL(", ").join(map(sql.Identifier, returning)),
    )
    with connection.cursor() as cursor:
        cursor.execute(composed, [_ENCODER.encode(rows)])
        return cursor.fetchall() if cursor.description else []


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a column.")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
