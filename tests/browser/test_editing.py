"""An editor works on a public measure and somebody else releases it: by keyboard, without barriers."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

MEASURE = "Voicebot für die Telefonzentrale"


def hub(page: Page) -> str:
    """Opens the desk's page of the demo's voicebot; gives its address."""
    page.goto("/redaktion/massnahmen/")
    page.get_by_role("link", name=MEASURE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MEASURE)
    return page.url


def tab_to(page: Page, wanted: Locator) -> None:
    """Walks with the Tab key until the focus is there."""
    target = wanted.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def test_a_change_is_written_and_released_by_keyboard(sign_in: SignIn) -> None:
    page = sign_in("schreibt@example.org", "Redaktion").new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hub(page)
    tab_to(page, page.get_by_role("link", name="Neuer Meilenstein"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Geplant", exact=False))
    page.keyboard.type("demnächst")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=False)).to_be_focused()
    page.keyboard.type("Telefonzentrale umgestellt")
    tab_to(page, page.get_by_label("Geplant", exact=False))
    page.keyboard.press("Control+A")
    page.keyboard.type("3. Quartal 2027")
    tab_to(page, page.get_by_role("button", name="Zur Freigabe vorlegen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Zur Freigabe vorgelegt")
    expect(page.get_by_role("status").first).to_be_in_viewport()

    other = sign_in("gibtfrei@example.org", "Freigabe").new_page()
    other.on("console", lambda message: complaints.append(message.text))
    other.goto("/redaktion/aenderungen/")
    tab_to(other, other.get_by_role("link", name=re.compile("Telefonzentrale umgestellt")).first)
    other.keyboard.press("Enter")
    expect(other.locator(".difference")).to_contain_text("3. Quartal 2027")
    tab_to(other, other.get_by_role("button", name="Freigeben"))
    other.keyboard.press("Enter")
    expect(other.get_by_role("status").first).to_contain_text("Das sehen jetzt alle")
    assert complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_preview_shows_the_text_and_keeps_it(sign_in: SignIn, script: bool) -> None:
    page = sign_in("vorschau@example.org", "Redaktion", java_script_enabled=script).new_page()
    hub(page)
    page.get_by_role("link", name="Texte bearbeiten").click()
    text = page.get_by_role("textbox", name="Beschreibung")
    text.fill("Das ist **wichtig**.")
    page.get_by_role("button", name=re.compile(r"Vorschau\s*: Beschreibung")).click()
    preview = page.get_by_role("region", name="Vorschau: Beschreibung")
    expect(preview.locator("strong")).to_have_text("wichtig")
    expect(preview).to_be_focused()
    expect(text).to_have_value("Das ist **wichtig**.")
    text.fill("x" * 20_001)
    page.get_by_role("button", name=re.compile(r"Vorschau\s*: Beschreibung")).click()
    expect(page.get_by_text("Erlaubt sind höchstens 20000").first).to_be_visible()


def test_the_second_of_two_editors_decides_field_by_field(sign_in: SignIn) -> None:
    one = sign_in("erste@example.org", "Redaktion").new_page()
    two = sign_in("zweite@example.org", "Redaktion").new_page()
    for page in (one, two):
        hub(page)
        page.get_by_role("link", name="Texte bearbeiten").click()
    one.get_by_label("In einem Satz").fill("Satz der Ersten.")
    two.get_by_label("In einem Satz").fill("Satz der Zweiten.")
    one.get_by_role("button", name="Zur Freigabe vorlegen").click()
    expect(one.get_by_role("status").first).to_contain_text("Zur Freigabe vorgelegt")
    two.get_by_role("button", name="Zur Freigabe vorlegen").click()
    conflicts = two.get_by_role("region", name="Jemand hat inzwischen gespeichert")
    expect(conflicts).to_be_focused()
    expect(conflicts).to_contain_text("Satz der Ersten.")
    expect(conflicts).to_contain_text("Satz der Zweiten.")
    assert barriers_of(two) == []
    conflicts.get_by_label("Was jetzt gilt, behalten").check()
    two.get_by_role("button", name="Zur Freigabe vorlegen").click()
    expect(two.get_by_role("status").first).to_contain_text("nichts zu ändern")


def barriers_of(page: Page) -> list[str]:
    """What axe finds on the open page, in each width and colour scheme."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    barriers: list[str] = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = page.evaluate(RUN_AXE, RULES)
        if (sideways := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"scrolls {sideways} px sideways")
        barriers += [f"{page.url} {width} {scheme}: {what}" for what in found]
    return barriers


def test_no_barrier_and_no_sideways_scroll(sign_in: SignIn) -> None:
    page = sign_in("sieht@example.org", "Redaktion", "Freigabe").new_page()
    address = hub(page)
    links = page.get_by_role("link", name=re.compile(r"bearbeiten$|^Bearbeiten\s*:|^Neue|^Entfernen\s*:"))
    forms = {link.get_attribute("href") or "" for link in links.all()}
    barriers = []
    words = {"/".join(form.split("/")[2:4]): form for form in sorted(forms)}
    for place in (
        address,
        "/redaktion/massnahmen/?q=voice",
        "/redaktion/massnahmen/?q=gibtesnicht",
        "/redaktion/strategie/",
        "/redaktion/aenderungen/",
        "/redaktion/aenderungen/?stand=entschieden",
        *words.values(),
    ):
        page.goto(place)
        barriers += barriers_of(page)
    for change in ("/redaktion/aenderungen/", "/redaktion/aenderungen/?stand=entschieden"):
        page.goto(change)
        if (first := page.locator("ul.rows h3 a").first).count():
            first.click()
            barriers += barriers_of(page)
    assert len(words) > 8
    assert barriers == []


def test_a_form_with_errors_has_no_barrier(sign_in: SignIn) -> None:
    page = sign_in("irrt@example.org", "Redaktion").new_page()
    hub(page)
    page.get_by_role("link", name="Neue Finanzposition").click()
    page.get_by_role("button", name="Zur Freigabe vorlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("Noch nicht gespeichert")
    assert barriers_of(page) == []
