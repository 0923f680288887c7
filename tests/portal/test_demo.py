"""`manage.py demo` for real: the owner migrates, the application imports and serves, Ctrl-C ends it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from portal import database, embedded

PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A database server of this module alone."""
    name = f"{embedded.TEMPORARY}{os.getpid()}-demo"
    with embedded.running(name):
        yield name


@pytest.fixture(scope="module")
def environment(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `make demo` runs with, but with this module's database and its own folder of static files."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PG"))}
    return {
        **ours,
        "PORTAL_MODE": "demo",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "DATABASE_URL": database.embedded_url(server=server),
        "DATABASE_OWNER_URL": database.embedded_url(database.OWNER, server=server),
    }


def ignore_interrupts() -> None:
    """What a shell without job control does to a command that it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def demo(
    environment: dict[str, str], port: int, *, before: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(embedded.PROJECT / "manage.py"), "demo", "--port", str(port)],
        env=environment,
        # The tests' own Ctrl-C shall not reach it, nor its reach them.
        start_new_session=True,
        preexec_fn=before,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert isinstance(port, int)
        return port


def page(port: int, path: str) -> tuple[int, str]:
    """Status and content."""
    connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def forget_entries_of_search(server: str) -> None:
    """As in a database from before the search; nothing to do where there are no tables yet."""
    with psycopg.connect(database.embedded_url(database.OWNER, server=server)) as owner:
        if owner.execute("SELECT to_regclass('portal_searchentry')").fetchone() != (None,):
            owner.execute("TRUNCATE portal_searchentry, portal_searchword")


@pytest.mark.parametrize(
    ("number", "before"),
    [(signal.SIGINT, None), (signal.SIGINT, ignore_interrupts), (signal.SIGTERM, None)],
    ids=["Ctrl-C", "Ctrl-C in the background", "SIGTERM"],
)
def test_it_says_where_it_is_and_ends_cleanly(
    environment: dict[str, str], server: str, number: signal.Signals, before: Callable[[], None] | None
) -> None:
    forget_entries_of_search(server)
    port = free_port()
    with demo(environment, port, before=before) as process:
        try:
            assert process.stdout
            assert (
                process.stdout.readline() == f"The portal is at http://localhost:{port}/ - Ctrl-C stops it.\n"
            )
            assert page(port, "/")[0] == http.client.OK
            assert page(port, "/readyz")[0] == http.client.OK
            # At once, and as a part of a word.
            assert "Telefonzentrale" in page(port, "/suche/?q=Zentrale")[1]
            process.send_signal(number)
            process.wait(PATIENCE_SECONDS)
            # Not communicate(): it loses what readline() has read ahead.
            assert process.stderr
            output, errors = process.stdout.read(), process.stderr.read()
        finally:
            process.kill()  # Where it has not ended by itself.
    assert (process.returncode, errors) == (0, "")
    assert output.startswith(("Sign-ins, shown this once", "The sign-ins of the demo are those"))
    assert output.count("otpauth://totp/") in (4, 0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def test_a_taken_port_is_named_in_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(environment, port) as process:
            output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, output) == (1, "")
    (line,) = errors.splitlines()
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use." in line
    assert "make demo PORT=" in line


def test_every_table_is_the_owners_and_the_application_only_changes_rows(
    environment: dict[str, str], server: str
) -> None:
    migrate = [sys.executable, str(embedded.PROJECT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, check=True, timeout=PATIENCE_SECONDS)
    with psycopg.connect(database.embedded_url(server=server)) as application:
        tables = application.execute(
            "SELECT tablename, tableowner,"
            " ARRAY(SELECT privilege FROM unnest(%s::text[]) AS privilege"
            "  WHERE has_table_privilege(format('public.%%I', tablename)::regclass, privilege))"
            " FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
            [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]],
        ).fetchall()
    assert "strategy_statusreport" in [name for name, *_ in tables]
    rows = ["SELECT", "INSERT", "UPDATE", "DELETE"]
    assert [table for table in tables if table[1:] != ("portal_owner", rows)] == []


def test_the_manifest_decides_whether_static_files_are_collected(tmp_path: Path, settings: Settings) -> None:
    from portal.management.commands.demo import _static_files_changed

    source, collected = tmp_path / "source", tmp_path / "collected"
    source.mkdir()
    collected.mkdir()
    (source / "portal.css").write_text("body {}")
    # Not with monkeypatch, which would put the old values back only after `settings` is done.
    settings.STATICFILES_DIRS = [("stadt", source)]
    settings.STATIC_ROOT = collected
    assert _static_files_changed()
    manifest = collected / "staticfiles.json"
    manifest.write_text("{}")
    assert not _static_files_changed()
    times = manifest.stat().st_mtime + 10
    os.utime(source / "portal.css", (times, times))
    assert _static_files_changed()
