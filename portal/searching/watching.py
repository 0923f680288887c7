"""Triggers that note which entries a change makes old, within the transaction of the change.

They are made after every `migrate` from what the kinds watch. They note ORM, bulk and raw SQL alike.
"""

from collections import defaultdict

from django.db import connections
from django.db.models import Model

from portal.searching.kinds import Watch, kinds

PENDING = "portal_searchpending"
ENTRIES = "portal_searchentry"
_PREFIX = "search_note_"

Noted = tuple[str, Watch]
"""Kind of the entries, and what makes them old."""


def watch_sources(using: str) -> None:
    """Puts the triggers on every watched table that is there; takes those away that nobody declares now.

    Each is replaced at one stroke: a portal that runs meanwhile leaves no change without its notes.
    """
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if PENDING not in existing:
        return  # Migrated back to before the search.
    watched: dict[type[Model], list[Noted]] = defaultdict(list)
    for searchable in kinds().values():
        for watch in searchable.watches:
            if watch.model._meta.db_table in existing:
                watched[watch.model].append((searchable.kind, watch))
    with connection.cursor() as cursor:
        for model, noted in watched.items():
            for statement in _triggers(model, noted):
                cursor.execute(statement)
        tables = {model._meta.db_table for model in watched}
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE %s AND NOT t.tgisinternal",
            [f"{_PREFIX}%"],
        )
        for trigger, table in cursor.fetchall():
            if table not in tables:
                cursor.execute(f'DROP TRIGGER "{trigger}" ON "{table}"')


def _triggers(model: type[Model], noted: list[Noted]) -> list[str]:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    rows = {"insert": ["new"], "update": ["old", "new"], "delete": ["old"]}
    statements: list[str] = []
    for event, tables in rows.items():
        notes = "\n".join(_note(kind, watch, event, key) for kind, watch in noted)
        referencing = " ".join(f"{which} TABLE AS {which}_rows" for which in tables)
        statements += _trigger(table, event, notes, f"REFERENCING {referencing}")
    emptied = "\n".join(
        f"INSERT INTO {PENDING} (kind, object_id, noted_at)"  # noqa: S608 - names of ours
        f" SELECT kind, object_id, clock_timestamp() FROM {ENTRIES} WHERE kind = '{kind}';"
        for kind in dict.fromkeys(kind for kind, _ in noted)
    )
    return [*statements, *_trigger(table, "truncate", emptied)]


def _trigger(table: str, event: str, notes: str, referencing: str = "") -> list[str]:
    name = f"{_PREFIX}{table}_{event}"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN\n{notes}\nRETURN NULL; END $$",
        f'CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON "{table}"'
        f" {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def _note(kind: str, watch: Watch, event: str, key: str) -> str:
    if event == "update":
        before, after = (_values("o", watch.columns), _values("n", watch.columns))
        # Full: a row whose key changed is one that went and one that came.
        changed = (
            f'old_rows o FULL JOIN new_rows n ON o."{key}" = n."{key}"'
            f" WHERE {before} IS DISTINCT FROM {after}"
        )
        rows = f"SELECT o.* FROM {changed} UNION ALL SELECT n.* FROM {changed}"  # noqa: S608 - names of ours
    else:
        rows = f"SELECT * FROM {'new' if event == 'insert' else 'old'}_rows"  # noqa: S608 - names of ours
    return (  # The words of a declaration in the code; nothing that anybody typed.
        f"WITH r AS ({rows}) INSERT INTO {PENDING} (kind, object_id, noted_at)"  # noqa: S608
        f" SELECT '{kind}', o.id, clock_timestamp() FROM ({watch.objects}) o(id)"
        " WHERE o.id IS NOT NULL GROUP BY o.id;"
    )


def _values(row: str, columns: tuple[str, ...]) -> str:
    listed = ", ".join(f'{row}."{column}"' for column in columns)
    return f"ROW({listed})"
