"""The admin in a real browser: no barrier, no message on the console, nothing that scrolls sideways."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

LINKS = "Array.from(document.querySelectorAll('#content a[href]'), a => a.getAttribute('href'))"


class Look:
    """Opens pages, notes what the console says, and has axe look at them: wide and light, narrow and dark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.axe = Path(AXE).read_text(encoding="utf-8")
        self.complaints: list[str] = []
        self.is_axe_at_work = False
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _heard(self, kind: str, words: str) -> None:
        # Signing out empties the browser's storage, and the console notes it. axe reads stylesheets by adding some to the page, which the policy of ours forbids.
        if kind in ("error", "warning") and not self.is_axe_at_work:
            self.complaints.append(f"{self.page.url}: {words}")

    def open(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.status == 200, path
        self.look()

    def look(self) -> None:
        """At the page as it is now, after a click at the one that it leads to."""
        self.page.wait_for_load_state()
        self.is_axe_at_work = True
        self.page.evaluate(self.axe)
        if (headings := self.page.locator("h1").count()) != 1:
            self.complaints.append(f"{self.page.url}: {headings} h1")
        for width, scheme in (VIEWS[0], VIEWS[-1]):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = self.page.evaluate(RUN_AXE, RULES)
            if (sideways := self.page.evaluate(SIDEWAYS)) > 0:
                found.append(f"scrolls {sideways} px sideways")
            self.complaints += [f"{self.page.url} {width} {scheme}: {barrier}" for barrier in found]
        self.is_axe_at_work = False


@pytest.fixture
def look(sign_in: SignIn) -> Look:
    """Signed in as somebody of the administration."""
    return Look(sign_in("admin-im-browser@example.org", "Administration").new_page())


def lists(look: Look) -> list[str]:
    """Every list that the front page names."""
    look.page.goto("/admin/")
    hrefs = look.page.evaluate(LINKS)
    return [href for href in hrefs if re.fullmatch(r"/admin/\w+/\w+/", href)]


def test_every_list_and_one_row_of_each(look: Look) -> None:
    look.open("/admin/")
    look.open("/admin/strategy/")
    found = lists(look)
    assert len(found) > 30
    rows = []
    for path in found:
        look.open(path)
        row = look.page.locator("#result_list tbody th a").first
        if row.count():
            rows.append(urljoin(path, row.get_attribute("href") or ""))
    assert len(rows) > 20
    for row in rows:
        look.open(row)
    assert look.complaints == []


def test_history_adding_and_removing(look: Look) -> None:
    """With a real seat: chosen by autocomplete, looked at, removed after the question."""
    look.open("/admin/strategy/status/running/change/")
    look.page.get_by_label("Bezeichnung").fill("läuft gut")
    look.page.get_by_role("button", name="Sichern", exact=True).click()
    expect(look.page.locator(".messagelist")).to_contain_text("läuft gut")
    look.open("/admin/strategy/status/running/history/")
    expect(look.page.locator("main")).to_contain_text("geändert")
    look.open("/admin/strategy/councilseat/add/")
    for field, words, chosen in (
        ("user", "rat@example.org", "Beispiel Rat"),
        ("person", "Dißelmeyer", "Dißelmeyer"),
    ):
        look.page.set_viewport_size({"width": 1280, "height": 900})
        look.page.locator(f".field-{field} .select2-selection").click()
        look.page.locator(".select2-search__field").fill(words)
        # By its words: until the answer is there, the list still shows what it began with.
        look.page.locator(".select2-results__option", has_text=chosen).first.click()
    look.look()
    look.page.get_by_role("button", name="Sichern", exact=True).click()
    expect(look.page.locator(".messagelist")).to_be_visible()
    look.look()
    look.page.locator("#result_list tbody th a").first.click()
    look.look()
    look.page.get_by_role("link", name="Löschen").click()
    look.look()
    look.page.get_by_role("button", name="Ja").click()
    expect(look.page.locator(".messagelist")).to_contain_text("gelöscht")
    look.open("/admin/strategy/outsidedocument/add/")  # With a calendar.
    # An empty form tells what is missing.
    look.open("/admin/strategy/partner/add/")
    look.page.get_by_role("button", name="Sichern", exact=True).click()
    expect(look.page.locator(".errornote")).to_be_visible()
    look.look()
    assert look.complaints == []


def test_accounts_and_invitations(look: Look) -> None:
    look.open("/admin/portal/user/?q=rat%40example.org")
    look.page.get_by_role("link", name="rat@example.org").click()
    look.look()
    look.open("/konto/einladungen/")
    look.page.get_by_role("button", name="Einladung senden").click()
    expect(look.page.get_by_role("alert")).to_contain_text("E-Mail-Adresse")
    look.look()
    look.page.get_by_label("E-Mail-Adresse").fill("neu-im-browser@example.org")
    look.page.get_by_label("Rat: prüft und fragt").check()
    look.page.get_by_role("button", name="Einladung senden").click()
    expect(look.page.locator("main")).to_contain_text("ist verschickt")
    look.look()
    look.open("/")
    bar = look.page.get_by_role("navigation", name="Ihr Konto")
    expect(bar).to_contain_text("Administration")
    bar.get_by_role("button", name="Abmelden").click()
    expect(look.page.get_by_role("navigation", name="Ihr Konto")).to_have_count(0)
    look.page.goto("/admin/")
    expect(look.page).to_have_url(re.compile(r"/konto/anmelden/\?next=%2Fadmin%2F$"))
    assert look.complaints == []
