"""A database of the benchmark's own beside the portal's: what is measured is the same everywhere."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from portal.benchmark.load import NotMeasuredError
from portal.benchmark.servers import PROJECT

NAME = "strategieportal_benchmark"


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """An empty database with all tables; this process uses it for the time of the block, then it is gone.

    Gives the environment variables with which other processes use it. What an earlier run left behind is
    removed first. Raises NotMeasuredError where the owner's role (DATABASE_OWNER_URL, else DATABASE_URL) may
    not make a database, or another benchmark is running.
    """
    application_url = os.environ.get("DATABASE_URL") or settings.DATABASE_URL
    owner_url = os.environ.get("DATABASE_OWNER_URL") or application_url
    environment = {
        "DATABASE_URL": _with_name(application_url),
        "DATABASE_OWNER_URL": _with_name(owner_url),
    }
    _as_owner(owner_url, "DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}")
    try:
        run_manage("migrate", "--verbosity", "0", environment=environment)
        usual = connection.settings_dict["NAME"]
        _use(NAME)
        try:
            yield environment
        finally:
            _use(usual)
    finally:
        _as_owner(owner_url, "DROP DATABASE {} WITH (FORCE)")


def gather_statistics(environment: Mapping[str, str]) -> None:
    """What PostgreSQL plans with; it would gather them by itself a minute later."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def run_manage(*arguments: str, environment: Mapping[str, str]) -> None:
    """Runs `manage.py` in a process of its own. Raises NotMeasuredError where it fails."""
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    if subprocess.run(command, env={**os.environ, **environment}, check=False).returncode:
        raise NotMeasuredError(f"manage.py {arguments[0]} failed.")


def _with_name(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))


def _as_owner(url: str, *statements: str) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            for statement in statements:
                owner.execute(sql.SQL(statement).format(sql.Identifier(NAME)))
    except psycopg.Error as error:
        why = str(error).strip().splitlines()[0]
        raise NotMeasuredError(f"The database {NAME} cannot be had: {why}") from error


def _use(name: str) -> None:
    """Points this process to another database of the same server, as Django's test runner does."""
    connection.close()
    if isinstance(connection, DatabaseWrapper):
        connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
