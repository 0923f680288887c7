"""Removes servers with their data, but none that its keeper still holds."""

import fcntl
import shutil
from contextlib import suppress
from pathlib import Path

from portal.embedded.place import KEEPER_LOCK, PROJECT, TEMPORARY, EmbeddedDatabaseError, Place, place_of
from portal.embedded.processes import command_line


def remove(place: Place) -> None:
    """Removes one server with its data; the caller holds its lock, so it does not run."""
    shutil.rmtree(place.folder)
    if place.run.exists():
        shutil.rmtree(place.run)


def remove_left_behind(project: Path) -> None:
    """Removes a project's servers of tests whose command and keeper were both killed."""
    for folder in place_of(project=project).base.glob(f"{TEMPORARY}*"):
        pid = folder.name.removeprefix(TEMPORARY).partition("-")[0]
        if not pid.isdecimal() or command_line(int(pid)) is not None:
            continue
        with open(folder / KEEPER_LOCK, "a") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(place_of(folder.name, project))


def remove_all(project: Path = PROJECT) -> None:
    """Removes all servers of a project with their data. Raises EmbeddedDatabaseError while one is in use."""
    base = place_of(project=project).base
    for lock_file in base.glob(f"*/{KEEPER_LOCK}"):
        with open(lock_file, "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                why = f"The embedded PostgreSQL in {lock_file.parent} is in use; stop what uses it first."
                raise EmbeddedDatabaseError(why) from None
            remove(place_of(lock_file.parent.name, project))
    if base.exists():
        shutil.rmtree(base)
