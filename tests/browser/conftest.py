"""A real browser on the real demo: made by `manage.py demo` in a database of its own, served by granian."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
DATABASE = f"browser_{os.getpid()}"
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


SECRET_KEY = "only for the browser tests " * 3
SIGN_IN = """
import sys
from importlib import import_module
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from portal.models import User

email, *roles = sys.stdin.read().split()
user = User.objects.filter(email=email).first() or User.objects.create_user(
    email, first_name=email.partition("@")[0].title(), last_name="Beispiel"
)
user.groups.set(Group.objects.filter(name__in=roles))
Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "JBSWY3DPEHPK3PXP"}})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""


def _url(*, user: str = "", database: str) -> str:
    """The tests' own database server, with another database and, where there are two, another user."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    netloc = parts.netloc
    if user and "@" in netloc:
        password = f":{quote(parts.password)}" if parts.password else ""
        netloc = f"{quote(user)}{password}@{netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _database(name: str, template: str = "template1") -> Iterator[None]:
    with psycopg.connect(
        _url(database=urlsplit(os.environ["DATABASE_URL"]).path[1:]), autocommit=True
    ) as owner:
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]  # names of ours
        try:
            yield
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _environment(tmp_path_factory: pytest.TempPathFactory, database: str = DATABASE) -> dict[str, str]:
    return os.environ | {
        "PORTAL_MODE": "demo",
        "DATABASE_OWNER_URL": _url(database=database),
        "DATABASE_URL": _url(user=os.environ.get("DATABASE_APPLICATION_USER", ""), database=database),
        "STATIC_ROOT": str(tmp_path_factory.getbasetemp() / "static"),
        # Known, so that `sign_in` can open sessions.
        "SECRET_KEY": SECRET_KEY,
    }


@contextmanager
def _running(environment: dict[str, str], log: Path) -> Iterator[str]:
    """`manage.py demo` while the block lasts; gives its address."""
    port = _free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)]
    with (
        log.open("w+") as output,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=output, text=True
        ) as server,
    ):
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            output.seek(0)
            assert f"http://localhost:{port}/" in line, output.read()
            # The demo prints its e-mails; nobody who writes may wait for us to read them.
            Thread(target=server.stdout.read, daemon=True).start()
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database as `make demo` leaves it; nobody is connected to it."""
    name = f"{DATABASE}_made"
    with _database(name):
        with _running(_environment(tmp_path_factory, name), tmp_path_factory.mktemp("made") / "log"):
            pass
        yield name


@pytest.fixture(scope="module")
def demo(made_demo: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo; a fresh one for each module, so that none reads what another wrote."""
    log = tmp_path_factory.mktemp("demo") / "log"
    with _database(DATABASE, made_demo), _running(_environment(tmp_path_factory), log) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "No chromium on this machine; Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page on which every console message, failed request and request to elsewhere fails the test."""
    return context.new_page()


SignIn = Callable[..., BrowserContext]


@pytest.fixture
def sign_in(browser: Browser, demo: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """`sign_in("anna@example.org", "Redaktion", "Rat", **options)`: a browser in which Anna is signed in.

    The account is made, with these groups and a second factor. options: of `Browser.new_context`. The way
    through the sign-in pages has tests of its own.
    """
    opened = []

    def open_browser(email: str, *roles: str, **options: Any) -> BrowserContext:
        answer = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", SIGN_IN],
            input=" ".join([email, *roles]),
            env=_environment(tmp_path_factory),
            capture_output=True,
            text=True,
            check=True,
        )
        name, key = answer.stdout.split()[-2:]
        context = browser.new_context(
            **{"locale": "de-DE", "viewport": {"width": 1280, "height": 900}, "base_url": demo} | options
        )
        context.add_cookies([{"name": name, "value": key, "url": demo}])
        opened.append(context)
        return context

    yield open_browser
    for context in opened:
        context.close()
