"""Signing in with a real browser: passkeys under the strict policy, and account pages without barriers."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ROOT, _environment
from tests.browser.test_admin import Look
from tests.portal.accounts.people import PASSWORD, code

MAKE = """
import sys
from django.contrib.auth.models import Group
from portal.models import User
email, password = sys.stdin.read().splitlines()
user = User.objects.create_user(email=email, password=password, first_name="Alma", last_name="Beispiel")
user.groups.add(Group.objects.get(name="Redaktion"))
"""
CLEARED = "Clear-Site-Data header on"
"""Chromium notes it when somebody signs out; nothing is wrong with it."""

_numbers = count(1)

Account = Callable[[], str]


@pytest.fixture
def account(demo: str, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Makes an account of the role Redaktion with a password and no second factor; gives its address."""

    def make() -> str:
        email = f"browser{next(_numbers)}@example.org"
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", MAKE],
            input=f"{email}\n{PASSWORD}",
            env=_environment(tmp_path_factory),
            text=True,
            check=True,
        )
        return email

    return make


@pytest.fixture
def at_demo(browser: Browser, demo: str) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", base_url=demo, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def here(at_demo: BrowserContext) -> Iterator[Page]:
    """A page with a device that holds passkeys; nothing may appear on its console."""
    page = at_demo.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: messages.append(f"{page.url}: {error}"))
    device = at_demo.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    assert [message for message in messages if CLEARED not in message] == []


def enter_password(page: Page, email: str) -> None:
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/konto/abmelden/")
    page.locator("main").get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")


def test_a_passkey_is_set_up_and_opens_with_and_without_a_password(here: Page, account: Account) -> None:
    email = account()
    here.goto("/redaktion/?aus=lesezeichen")
    enter_password(here, email)
    expect(here.get_by_role("heading", level=1)).to_have_text("Zweiter Faktor")
    here.get_by_role("link", name="Passkey einrichten").click()
    here.get_by_label("Name des Passkeys").fill("Diensthandy")
    here.get_by_role("button", name="Einrichten").click()
    expect(here.get_by_role("heading", level=1)).to_have_text("Ihre Ersatzcodes")
    here.get_by_role("link", name="Weiter").click()
    expect(here).to_have_url(re.compile(r"/redaktion/\?aus=lesezeichen$"))
    sign_out(here)

    here.goto("/konto/anmelden/")
    here.get_by_role("button", name="Mit einem Passkey anmelden").click()
    expect(here).to_have_url(re.compile(r"/redaktion/$"))
    sign_out(here)

    here.goto("/konto/anmelden/?next=/konto/zweiter-faktor/passkeys/")
    enter_password(here, email)
    expect(here).to_have_url(re.compile(r"/konto/anmelden/code/$"))
    here.get_by_role("button", name="Mit einem Passkey bestätigen").click()
    expect(here.locator("main")).to_contain_text("Diensthandy")


def test_a_passkey_that_fails_is_told_in_words(here: Page) -> None:
    here.goto("/konto/anmelden/")
    failing = "async () => { throw new DOMException('', 'NotAllowedError') }"
    here.evaluate(f"() => {{ navigator.credentials.get = {failing} }}")
    here.get_by_role("button", name="Mit einem Passkey anmelden").click()
    expect(here.get_by_role("alert")).to_contain_text("abgebrochen oder hat zu lange gedauert")


def test_a_code_app_is_set_up_with_the_keyboard_alone(here: Page, account: Account) -> None:
    here.goto("/konto/anmelden/")
    here.get_by_label("E-Mail-Adresse").focus()
    here.keyboard.type(account())
    here.keyboard.press("Tab")
    here.keyboard.type(PASSWORD)
    here.keyboard.press("Enter")
    here.get_by_role("link", name="Code-App einrichten").focus()
    here.keyboard.press("Enter")
    secret = here.locator("code.totp-secret").inner_text()
    expect(here.get_by_role("img", name="QR-Code für die App")).to_be_visible()
    here.get_by_label("Code aus der App").focus()
    here.keyboard.type(code(secret))
    here.keyboard.press("Enter")
    expect(here.get_by_role("heading", level=1)).to_have_text("Ihre Ersatzcodes")
    expect(here.locator("ul.codes li")).to_have_count(10)


def test_an_error_is_told_at_the_top_and_at_the_field(here: Page) -> None:
    here.goto("/konto/anmelden/")
    here.get_by_role("button", name="Anmelden", exact=True).click()
    summary = here.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("E-Mail-Adresse")).click()
    expect(here.get_by_label("E-Mail-Adresse")).to_be_focused()


def test_no_account_page_has_a_barrier(at_demo: BrowserContext, account: Account) -> None:
    look = Look(at_demo.new_page())
    page = look.page
    email = account()
    for path in (
        "/konto/anmelden/",
        "/konto/abgemeldet/",
        "/konto/passwort/vergessen/",
        "/konto/passwort/vergessen/gesendet/",
        "/konto/passwort/geaendert/",
        "/konto/passwort/neu/1-abc/",
        "/konto/geschlossen/",
    ):
        look.open(path)
    page.goto("/konto/anmelden/")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    look.look()
    enter_password(page, email)
    look.look()
    look.open("/konto/")
    look.open("/konto/zweiter-faktor/passkeys/neu/")
    look.open("/konto/zweiter-faktor/app/")
    secret = page.locator("code.totp-secret").inner_text()
    page.get_by_label("Code aus der App").fill(code(secret))
    page.get_by_role("button", name="Einrichten").click()
    look.look()
    for path in (
        "/konto/",
        "/konto/abmelden/",
        "/konto/bestaetigen/",
        "/konto/bestaetigen/code/",
        "/konto/passwort/",
        "/konto/sitzungen/",
        "/konto/zweiter-faktor/",
        "/konto/zweiter-faktor/app/entfernen/",
        "/konto/zweiter-faktor/passkeys/",
        "/konto/zweiter-faktor/ersatzcodes/",
        "/konto/zweiter-faktor/ersatzcodes/neu/",
    ):
        look.open(path)
    sign_out(page)
    page.goto("/konto/anmelden/")
    enter_password(page, email)
    expect(page).to_have_url(re.compile(r"/konto/anmelden/code/$"))
    look.look()
    assert [complaint for complaint in look.complaints if CLEARED not in complaint] == []
