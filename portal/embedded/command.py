"""The side of a command that uses the server: finds its keeper, or starts one."""

import fcntl
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.embedded.place import PROJECT, EmbeddedDatabaseError, Place, cannot_start, make_folders, place_of
from portal.embedded.server import STOP_SECONDS


@contextmanager
def running(server: str = "portal", project: Path = PROJECT) -> Iterator[Place]:
    """Keeps the server running for the time of the block; starts it where it does not run already.

    A server whose name begins with `test-` is the caller's alone: it does without safety against a power
    cut, and its data are removed with it. Raises EmbeddedDatabaseError.
    """
    place = place_of(server, project)
    connection = _join(place, server, project)
    try:
        yield place
    finally:
        # The keeper closes its end at once where others still use the server, else after it has stopped.
        with suppress(OSError), connection:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(STOP_SECONDS)
            connection.recv(1)


def _join(place: Place, server: str, project: Path) -> socket.socket:
    """A connection to the keeper; the server answers when this returns."""
    try:
        make_folders(place)
        with open(place.folder / "lock", "a") as lock:
            # Two commands that start at the same moment start one server.
            fcntl.flock(lock, fcntl.LOCK_EX)
            connection = _connect(place)
            if connection is None:
                _start_keeper(server, project)
                connection = _connect(place)
    except OSError as error:
        raise cannot_start(str(error)) from error
    if connection is None:
        raise cannot_start(f"the server stopped right after its start; its log: {place.log}")
    return connection


def _connect(place: Place) -> socket.socket | None:
    """A connection to a keeper whose server answers; None where there is none or it is just leaving."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(STOP_SECONDS)
    try:
        connection.connect(str(place.keeper))
        if connection.recv(1):
            return connection
    except OSError:
        # No keeper, or one that went away meanwhile: the caller starts one.
        pass
    connection.close()
    return None


def _start_keeper(server: str, project: Path) -> None:
    # The keeper forks at once, so that it is nobody's child, and closes its output when the server answers.
    # Its own session keeps a Ctrl-C of the terminal away from the server: the command's end stops it.
    result = subprocess.run(
        [sys.executable, "-m", "portal.embedded", server, str(project)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        check=False,
    )
    lines = result.stdout.strip().splitlines() or [str(cannot_start("its keeper said nothing"))]
    if lines[-1] != "ready":
        raise EmbeddedDatabaseError(lines[-1])
