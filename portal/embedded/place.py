"""Where a server lives: its folders, whose they are and with which modes, and its socket's path."""

import hashlib
import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
# Only a part of the socket's name: the server has no network port.
PORT = 5432
# How the name of a server begins that is removed when it stops.
TEMPORARY = "test-"
# In a server's folder; held by its keeper, and by who removes the server.
KEEPER_LOCK = "keeper.lock"
ROOT_FOLDER = Path("/var/lib")
# The kernel takes 107 bytes (103 on macOS) for a socket's path, its final NUL not counted.
SOCKET_PATH_BYTES = 103
# What PostgreSQL and libpq take as a folder without quoting: both read lists, split at commas.
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/._@-]*")


class EmbeddedDatabaseError(RuntimeError):
    """The embedded server cannot be had; the message is one line for the person at the terminal."""


def cannot_start(why: str) -> EmbeddedDatabaseError:
    """The error to raise; `why` is part of one line and says what is wrong, best also what to do."""
    return EmbeddedDatabaseError(
        f"The embedded PostgreSQL cannot start: {why} (or set DATABASE_URL to a PostgreSQL server of yours)"
    )


@dataclass(frozen=True)
class Place:
    """Where one embedded server lives, and as whom it runs.

    base: the portal's own folder for all servers of a project; folder: this server's part of it, with the
    locks and the log; account: the user that root runs the server as, None when the caller runs it itself.
    """

    base: Path
    folder: Path
    run: Path
    account: pwd.struct_passwd | None

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def keeper(self) -> Path:
        """The keeper's socket. Root's lies outside the folder that the server's user could write to."""
        return (self.folder if self.account else self.run) / "keeper"

    @property
    def temporary(self) -> bool:
        return self.folder.name.startswith(TEMPORARY)


def place_of(server: str = "portal", project: Path = PROJECT) -> Place:
    """The place of a project's server. Touches nothing, so that settings may ask before a server runs."""
    path_hash = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    if os.geteuid() == 0:
        base = ROOT_FOLDER / f"strategieportal-{path_hash}"
        return Place(base, base / server, base / server / "run", _unprivileged_account())
    base = project / ".postgres"
    run = base / server / "run"
    longest = os.fsencode(run / f".s.PGSQL.{PORT}.lock")
    if len(longest) > SOCKET_PATH_BYTES or not PLAIN_PATH.fullmatch(str(run)):
        # Short and the same for every command; _make_folder sees to it that it is ours.
        run = Path("/tmp") / f"strategieportal-{os.geteuid()}-{path_hash}-{server}"  # noqa: S108
    return Place(base, base / server, run, None)


def make_folders(place: Place) -> None:
    """Makes the folders that are missing. Raises EmbeddedDatabaseError where one is not safe, and OSError."""
    uid, gid = os.geteuid(), os.getegid()
    if place.account is None:
        server_uid, server_gid, mode = uid, gid, 0o700
    else:
        server_uid, server_gid, mode = place.account.pw_uid, place.account.pw_gid, 0o755
        closed = next(
            (folder for folder in place.base.parents if not folder.stat().st_mode & stat.S_IXOTH),
            None,
        )
        if closed:
            raise cannot_start(f"the user {place.account.pw_name} may not enter {closed}")
    for path in (place.base, place.folder):
        _make_folder(path, mode, uid, gid)
    for path in (place.cluster, place.run):
        _make_folder(path, 0o700, server_uid, server_gid)


def _make_folder(path: Path, mode: int, uid: int, gid: int) -> None:
    """Makes the folder, or makes sure that the one there is ours; never changes a mode it did not set."""
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise cannot_start(f"{path} is not a folder of this user") from None
        if found.st_mode & 0o777 & ~mode:
            raise cannot_start(f"{path} is open to others; its mode must be {mode:o}") from None
    else:
        path.chmod(mode)  # The umask may have taken some of it.
    if path.stat().st_uid != uid:
        os.chown(path, uid, gid)


def _unprivileged_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise cannot_start("root may not run it and there is no user 'nobody'") from None
