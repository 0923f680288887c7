"""The keeper: the process that starts a server and stops it when the last command has gone."""

import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from portal.embedded.place import KEEPER_LOCK, Place, place_of
from portal.embedded.removal import remove, remove_left_behind
from portal.embedded.server import start, stop

# Seconds the keeper waits for the command that started it, which may have died meanwhile.
FIRST_COMMAND_SECONDS = 10


def keep(server: str, project: Path) -> None:
    """Runs the server until no command uses it any more. Prints `ready`, the last output, once it answers.

    Raises EmbeddedDatabaseError and OSError.
    """
    place = place_of(server, project)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.umask(0o077)
    commands: list[socket.socket] = []
    with open(place.folder / KEEPER_LOCK, "a") as lock:
        # The keeper before this one may still be stopping its server.
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_left_behind(project)
        try:
            with open(place.log, "w") as log:
                _serve(place, log, commands)
        finally:
            if place.temporary:
                remove(place)
    # The last command waits for the end of its connection: by now nothing of the server is left.
    for command in commands:
        command.close()


def _serve(place: Place, log: IO[str], commands: list[socket.socket]) -> None:
    """Runs the server; leaves in `commands` the connections that were still open when it stopped."""
    server = start(place, log)
    try:
        place.keeper.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(place.keeper))
            listener.listen()
            print("ready", flush=True)
            for descriptor in (1, 2):
                os.dup2(log.fileno(), descriptor)
            _wait_for_commands(listener, server, commands)
        place.keeper.unlink(missing_ok=True)
    finally:
        stop(server)


def _wait_for_commands(
    listener: socket.socket,
    server: subprocess.Popen[bytes],
    commands: list[socket.socket],
) -> None:
    """Returns when the last command has gone or the server died; leaves the last one's connection open."""
    alone_since = time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while server.poll() is None:
            for key, _ in selector.select(timeout=1):
                if key.fileobj is listener:
                    command, _ = listener.accept()
                    commands.append(command)
                    selector.register(command, selectors.EVENT_READ)
                    with suppress(OSError):  # Gone already: its end is the next event.
                        command.send(b"+")
                    continue
                command = next(each for each in commands if each is key.fileobj)
                if len(commands) == 1:
                    return
                selector.unregister(command)
                commands.remove(command)
                command.close()
            if not commands and time.monotonic() - alone_since > FIRST_COMMAND_SECONDS:
                return
