"""Which PostgreSQL the portal talks to, and as whom.

Two roles keep the promise that nothing published is silently changed: the owner (`DATABASE_OWNER_URL`)
owns the tables and runs the migrations; the application (`DATABASE_URL`) reads and writes rows, and can
neither change a table nor take a trigger away. Without `DATABASE_URL` both are roles of the embedded server
(portal.embedded), unless this is production: there the settings insist on it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from portal import embedded

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

APPLICATION = "portal"
OWNER = "portal_owner"
# These make or empty tables.
OWNER_COMMANDS = frozenset({"migrate", "flush", "createcachetable"})
WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "startapp",
        "startproject",
        "version",
    }
)


def embedded_url(
    role: str = APPLICATION,
    name: str = "portal",
    *,
    server: str = "portal",
    project: Path = embedded.PROJECT,
) -> str:
    """The URL of a database on the embedded server, for libpq and for django-environ; starts nothing.

    role: `portal`, `portal_owner` or `postgres`; name: the database; server: see portal.embedded.running.
    """
    # The socket's folder stands in the query: as the host of a URL it would be read in lower case.
    folder = quote(str(embedded.place_of(server, project).run), safe="")
    return f"postgres://{quote(role)}@/{quote(name)}?host={folder}&port={embedded.PORT}"


@contextmanager
def database_for_command(argv: Sequence[str]) -> Iterator[None]:
    """The database of one `manage.py` command, in the environment that its settings will read.

    argv: the command line without `manage.py`. Where DATABASE_URL is missing and this is not production, the
    embedded server runs for the time of the block. A command that makes tables gets the owner's URL as
    DATABASE_URL. The environment is put back at the end. Raises EmbeddedDatabaseError.
    """
    before = dict(os.environ)
    try:
        if _takes_embedded() and _needs_database(argv):
            with embedded.running():
                _set_embedded("portal")
                _choose_role(argv)
                yield
        else:
            _choose_role(argv)
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def database_for_tests() -> Iterator[None]:
    """The tests' database: DATABASE_URL is the owner's, because the tests make their database themselves.

    Without DATABASE_URL it is a server of this test run alone, so that a demo, or a second test run, may go
    on beside it; its data vanish with it. Raises EmbeddedDatabaseError.
    """
    before = dict(os.environ)
    os.environ["PORTAL_MODE"] = "test"
    try:
        if _takes_embedded():
            server = f"{embedded.TEMPORARY}{os.getpid()}"
            with embedded.running(server):
                _set_embedded(server)
                _use_owner()
                yield
        else:
            _use_owner()
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def application_user() -> str | None:
    """The name of the application's role while the owner is at work; None where one role does everything."""
    return os.environ.get("DATABASE_APPLICATION_USER") or None


def grant_to_application_user(connection: "BaseDatabaseWrapper") -> None:
    """Gives the application's role its rights on the tables that the owner has made, and on those to come.

    connection: the owner's, as in a handler of post_migrate. Does nothing where one role does everything.
    """
    user = application_user()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        current_user, database = cursor.fetchone()
        if user is None or user == current_user:
            return
        role, name = connection.ops.quote_name(user), connection.ops.quote_name(database)
        tables, sequences = "SELECT, INSERT, UPDATE, DELETE ON", "USAGE, SELECT ON"
        if getattr(connection, "pg_version", 0) >= 170_000:
            # Older servers let owners alone gather statistics; there they come a minute later by themselves.
            tables = tables.replace("DELETE", "DELETE, MAINTAIN")
        to_come = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
        for statement in (
            f"GRANT CONNECT ON DATABASE {name} TO {role}",
            # A temporary table of the application could stand in for a real one that a trigger writes to.
            f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT {tables} ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT {sequences} ALL SEQUENCES IN SCHEMA public TO {role}",
            f"{to_come} {tables} TABLES TO {role}",
            f"{to_come} {sequences} SEQUENCES TO {role}",
        ):
            cursor.execute(statement)


def _takes_embedded() -> bool:
    # Without PORTAL_MODE the settings mean production.
    return not os.environ.get("DATABASE_URL") and os.environ.get("PORTAL_MODE", "production") != "production"


def _needs_database(argv: Sequence[str]) -> bool:
    if not argv or argv[0].startswith("-") or "--help" in argv or "-h" in argv:
        return False
    return argv[0] not in WITHOUT_DATABASE


def _set_embedded(server: str) -> None:
    os.environ["DATABASE_URL"] = embedded_url(server=server)
    os.environ["DATABASE_OWNER_URL"] = embedded_url(OWNER, server=server)
    # `manage.py dbshell` hands no option of the URL on to psql.
    os.environ["PGHOST"] = str(embedded.place_of(server).run)
    os.environ["PGPORT"] = str(embedded.PORT)


def _choose_role(argv: Sequence[str]) -> None:
    if argv and argv[0] in OWNER_COMMANDS:
        _use_owner()


def _use_owner() -> None:
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if owner_url:
        application_url = urlsplit(os.environ.get("DATABASE_URL", ""))
        os.environ["DATABASE_APPLICATION_USER"] = unquote(application_url.username or "")
        os.environ["DATABASE_URL"] = owner_url
