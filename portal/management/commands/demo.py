"""`make demo` ends here: the portal with the demo city, served as in production."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from portal.demo_accounts import make_demo_accounts
from portal.embedded import die_with_parent
from portal.management.commands.demo_accounts import sign_ins
from portal.searching.index import note_differences

START_SECONDS = 60
STOP_SECONDS = 10
SEARCH_SECONDS = 2
"""After these a new word can be found by its parts, too, give or take the time of loading a dictionary."""


class Command(BaseCommand):
    """Prepares database, static files and demo data, where they are not ready yet, and runs the server.

    The steps are those of a real installation: the owner migrates, the application's user imports, granian
    serves. Everything may run again at any time; what is there already stays.
    """

    help = "Runs the portal with the demo city until Ctrl-C; HOST chooses the address to listen on."
    # The commands called below check.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST") or "127.0.0.1", options["port"]
        signal.signal(signal.SIGTERM, _interrupt)
        # A shell that starts it in the background lets it ignore Ctrl-C; here that is the way to end it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            _check_port(host, port)
            self.prepare()
            words = sign_ins(make_demo_accounts())
            _close_database()
            with _server(host, port) as server, _search_watcher():
                _wait_until_ready(server, host, port)
                self.stdout.write(f"The portal is at http://localhost:{port}/ - Ctrl-C stops it.")
                self.stdout.write(words)
                self.stdout.flush()
                if server.wait():
                    raise CommandError(f"The server ended by itself with status {server.returncode}.")
        except KeyboardInterrupt:
            # The way to end it; a second Ctrl-C shall not disturb the database's end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def prepare(self) -> None:
        """Brings tables, static files and the demo's records up to date."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            # A process of its own, because it works as the owner of the tables.
            migrate = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--verbosity", "0"]
            if subprocess.run(migrate, env=_environment(), check=False).returncode:
                raise CommandError("The database could not be migrated.")
        if _static_files_changed():
            call_command("collectstatic", interactive=False, verbosity=0)
        self.import_city(Path(settings.CITY.folder))
        if note_differences():  # A database from before the search, or from before one of its kinds.
            call_command("reindex", pending=True, verbosity=0)

    def import_city(self, folder: Path) -> None:
        """Imports what lies beside the city file: saved council pages, then the strategy that cites them."""
        pages = sorted(str(path) for path in folder.iterdir() if path.suffix in (".txt", ".html"))
        if pages:
            try:
                call_command("import_allris", *pages, verbosity=0)
            except SystemExit as refused:
                # Status 1: the command has named the pages that it refused; the others are in.
                if refused.code != 1:
                    raise
        strategy = folder / "strategie.yaml"
        if strategy.exists():
            call_command("import_strategy", str(strategy), verbosity=0)


def _close_database() -> None:
    """Ends this process' connections and the threads of its pool: the server's workers have their own."""
    for wrapper in connections.all():
        wrapper.close()
        if isinstance(wrapper, DatabaseWrapper):
            wrapper.close_pool()


def _static_files_changed() -> bool:
    """Whether a file that collectstatic would collect is newer than its last result."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    # A folder's time tells of files that went away, the lock's of packages that brought others.
    sources = [settings.BASE_DIR / "requirements-demo.txt", settings.BASE_DIR / "portal" / "settings.py"]
    for entry in settings.STATICFILES_DIRS:
        folder = Path(entry[1] if isinstance(entry, tuple) else entry)
        sources += [folder, *folder.rglob("*")]
    collected = manifest.stat().st_mtime
    return any(path.stat().st_mtime > collected for path in sources)


def _check_port(host: str, port: int) -> None:
    """Raises CommandError where the server could not listen."""
    try:
        with socket.create_server((host, port)):
            pass
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = os.strerror(number) if number else str(error)
        hint = "Choose another port: make demo PORT=8001"
        raise CommandError(f"Cannot listen on {host}:{port}: {why}. {hint}") from error


@contextmanager
def _server(host: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The production server as a child process; it has ended when the block is left."""
    workers = min(4, max(2, os.cpu_count() or 1))
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    # As many threads as a worker may have connections to the database: none waits for one. No limit of open
    # requests beside it: it would count idle keep-alive connections, and eight browsers would shut the door.
    threads = ["--blocking-threads", "4"]
    listen = ["--host", host, "--port", str(port), "--log-level", "warning"]
    with _child([*granian, *threads, *listen, "portal.wsgi:application"]) as server:
        yield server


@contextmanager
def _search_watcher() -> Iterator[None]:
    """Keeps the search complete while people edit, in a process beside the server."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    with _child([*manage, "reindex", "--watch", str(SEARCH_SECONDS), "--verbosity", "0"]):
        yield


@contextmanager
def _child(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has ended when the block is left."""
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=_environment(),
        # A Ctrl-C of the terminal goes to this command alone, which ends its children before the database.
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(server: "subprocess.Popen[bytes]", host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None:
        status = _status(host, port, "/readyz")
        if status == http.client.OK:
            return
        if status == http.client.INTERNAL_SERVER_ERROR:
            raise CommandError("The portal answers with an error; what it says stands above.")
        if time.monotonic() > deadline:
            raise CommandError(f"The server did not get ready within {START_SECONDS} seconds.")
        time.sleep(0.05)
    raise CommandError(f"The server ended at its start with status {server.returncode}.")


def _status(host: str, port: int, path: str) -> int | None:
    """The HTTP status of a page, None while nobody answers."""
    # Who listens on all addresses answers on the local one.
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound here.
    request = http.client.HTTPConnection(address, port, timeout=5)
    try:
        request.request("GET", path, headers={"Host": f"localhost:{port}"})
        return request.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        request.close()


def _environment() -> dict[str, str]:
    # All workers sign with one key; it is gone with the demo, like the sessions that it signed.
    key = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
    return {**os.environ, "PORTAL_MODE": "demo", "SECRET_KEY": key}


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
