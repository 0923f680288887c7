"""The history stands, in the database: its rows are written by the triggers of what they tell of, and stay.

pghistory's own protection ends at what its settings know: a session variable switches it off, TRUNCATE goes
past it, and the table that says who acted has none. These triggers have no such door. They are put on after
each `migrate`, so a table of history that comes later gets them too.
"""

from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

FUNCTION = """
CREATE OR REPLACE FUNCTION public.portal_history_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    filled boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO filled;
        IF filled THEN
            RAISE EXCEPTION 'the history cannot be removed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    ELSIF pg_trigger_depth() > 1 AND TG_OP = 'INSERT' THEN
        RETURN NEW;
    ELSIF pg_trigger_depth() > 1 AND TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'pghistory_context' THEN
        -- Somebody else took over within the same deed: what the first rows were told of it stays.
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'the history is written by the triggers of what it tells of'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RAISE EXCEPTION 'the history stands' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# Installing a trigger of pgtrigger writes this function anew; it would ask a session variable.
NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


def history_tables() -> list[str]:
    """The tables of all events and of their contexts."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and _is_history(model)
    )


def _is_history(model: Any) -> bool:
    return hasattr(model, "pgh_tracked_model") or model._meta.label == "pghistory.Context"


def guard_history(connection: "BaseDatabaseWrapper") -> None:
    """Puts the guards on every table of history. connection: the owner's, as in a handler of post_migrate."""
    existing = set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(NEVER_IGNORED)
        cursor.execute(FUNCTION)
        for table in existing.intersection(history_tables()):
            for name, when in (
                ("history_stands", "BEFORE INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW"),
                ("history_stays", "BEFORE TRUNCATE ON {} FOR EACH STATEMENT"),
            ):
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} {when.format(quote(table))}"
                    " EXECUTE FUNCTION public.portal_history_stands()"
                )
                # Also where somebody pretends to be a replica.
                cursor.execute(f"ALTER TABLE {quote(table)} ENABLE ALWAYS TRIGGER {name}")
