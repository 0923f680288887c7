"""A number that grows with every committed change of content, kept by the database itself.

A statement trigger on every table of content, and on the names of accounts, notes the transaction once in
`portal_contentchange`. A deferred trigger on that note raises the version when the transaction commits, so
the version's row is locked for that moment only and long imports do not block an editor. It counts ORM, bulk
and raw SQL alike.

Who reads the version before it renders a page and stores the page under it never stores an old page
under a new version.
"""

from typing import Any

from django.apps import apps
from django.db import connections

CONTENT_APPS = ("portal", "council", "strategy")
OWN_TABLES = ("portal_contentversion", "portal_contentchange")
ACCOUNT_TABLES = (
    "portal_user", "portal_user_groups", "portal_user_user_permissions",
    "portal_invitation", "portal_invitation_groups", "portal_notice", "portal_cache",
)  # fmt: skip
"""Public pages show nothing of them but names (`NAME_COLUMNS`), and every sign-in writes to them."""
SEARCH_TABLES = ("portal_searchpending", "portal_searchspelling")
"""What the search keeps for itself; its entries and words count, because result pages are made of them."""
NOTES_TABLE = "portal_searchpending"
"""A note keeps its entry out of results, so they change when it goes; what made it counts anyway."""
NAME_COLUMNS = ("first_name", "last_name")
"""Of portal_user: beside an opened verdict, and beside reports where the city shows names of its staff."""

FUNCTIONS = """
CREATE TABLE portal_contentversion (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO portal_contentversion (version) VALUES (1);
CREATE TABLE portal_contentchange (transaction xid8 PRIMARY KEY);

CREATE FUNCTION portal_note_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO portal_contentchange VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION portal_raise_version() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE portal_contentversion SET version = version + 1;
    DELETE FROM portal_contentchange WHERE transaction = NEW.transaction;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER raise_version AFTER INSERT ON portal_contentchange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_raise_version();
"""

DROP = """
DROP TABLE portal_contentchange, portal_contentversion;
DROP FUNCTION portal_note_change CASCADE;
DROP FUNCTION portal_raise_version CASCADE;
"""


def read_version(using: str = "default") -> int:
    """The version of the content as it is committed now."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT version FROM portal_contentversion")
        return int(cursor.fetchone()[0])


def watch_content(using: str) -> None:
    """Puts the trigger on every table of content, also those of models that came later, and on names."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if not existing.issuperset(OWN_TABLES):
        return  # Migrated back to before the portal's own tables.
    tables = sorted(
        model._meta.db_table
        for label in CONTENT_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table in existing.difference(ACCOUNT_TABLES, SEARCH_TABLES)
    )
    quote: Any = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
                f"ON {quote(table)} FOR EACH STATEMENT EXECUTE FUNCTION portal_note_change()"
            )
        # Of these columns alone: a sign-in updates another one and leaves readers' pages as they are.
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER note_name AFTER UPDATE OF {', '.join(map(quote, NAME_COLUMNS))} "
            f"ON portal_user FOR EACH STATEMENT EXECUTE FUNCTION portal_note_change()"
        )
        if NOTES_TABLE in existing:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER note_worked_off AFTER DELETE ON {NOTES_TABLE} "
                "FOR EACH STATEMENT EXECUTE FUNCTION portal_note_change()"
            )
