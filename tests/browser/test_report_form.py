"""Somebody writes a report: nothing typed is lost, the keyboard is enough, nobody meets a barrier."""

import os
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

WORDS = "Der Probebetrieb läuft seit Januar, und zwar ohne Störung."
OFFER = re.compile("^Nicht gesendete Eingaben vom ")


def new_url(slug: str) -> str:
    return f"/redaktion/massnahmen/{slug}/sachstand/neu/"


@pytest.fixture
def slugs(page: Page, demo: str) -> list[str]:
    """Measures of the demo, one for each test: a measure has one report in progress at most."""
    page.goto(f"{demo}/massnahmen/")
    found: list[str] = page.evaluate(
        "Array.from(document.querySelectorAll('.rows h3 a'), a => a.getAttribute('href').split('/')[2])"
    )
    return sorted(found)


def begin(context: BrowserContext, slug: str) -> Page:
    """A new draft of the measure, open in its form."""
    page = context.new_page()
    page.goto(new_url(slug))
    page.get_by_role("radio", name=re.compile("^läuft")).check()
    page.get_by_label("Grund", exact=False).first.fill("Ein erster Satz.")
    page.get_by_role("radio", name="im Zeitplan").check()
    page.get_by_role("button", name="Als Entwurf speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("ist angelegt")
    return page


def reason(page: Page) -> Locator:
    return page.locator("#id_reason")


def accept_leaving(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())


def entry_of(choices: Locator) -> Locator:
    """Where the Tab key enters a group of radio buttons: at the chosen one, else at the first."""
    chosen = choices.and_(choices.page.locator(":checked"))
    return chosen if chosen.count() else choices.first


def tab_to(page: Page, wanted: Locator) -> None:
    """Walks with the Tab key until the focus is there."""
    target = wanted.element_handle()
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_error_keeps_every_word(sign_in: SignIn, slugs: list[str], script: bool) -> None:
    page = sign_in(f"fehler-{script}@example.org".lower(), "Redaktion", java_script_enabled=script).new_page()
    accept_leaving(page)
    page.goto(new_url(slugs[0]))
    reason(page).fill(WORDS)
    page.get_by_role("radio", name="verspätet").check()
    page.locator("#id_results").fill("**Zwei** Ämter")
    page.get_by_role("button", name="Als Entwurf speichern").click()
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("Die Maßnahme ist verspätet. Bitte nennen Sie den Grund.")
    expect(reason(page)).to_have_value(WORDS)
    expect(page.locator("#id_results")).to_have_value("**Zwei** Ämter")
    expect(page.get_by_role("radio", name="verspätet")).to_be_checked()


def test_a_lost_connection_keeps_every_word(sign_in: SignIn, slugs: list[str]) -> None:
    context = sign_in("funkloch@example.org", "Redaktion")
    page = begin(context, slugs[1])
    address = page.url
    reason(page).fill(WORDS)
    context.set_offline(True)
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url(re.compile("^chrome-error:"))
    context.set_offline(False)
    page.goto(address)
    expect(reason(page)).to_have_value("Ein erster Satz.")
    expect(page.get_by_role("status").filter(has_text=OFFER)).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Wiederherstellen"))
    page.keyboard.press("Enter")
    expect(reason(page)).to_have_value(WORDS)
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert.")
    page.reload()
    expect(reason(page)).to_have_value(WORDS)
    expect(page.get_by_role("button", name="Wiederherstellen")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('keep:'))") == []


def test_what_is_not_wanted_goes_away(sign_in: SignIn, slugs: list[str]) -> None:
    page = begin(sign_in("verwirft@example.org", "Redaktion"), slugs[2])
    accept_leaving(page)
    reason(page).fill(WORDS)
    page.reload()
    page.get_by_role("button", name="Verwerfen", exact=True).click()
    expect(reason(page)).to_have_value("Ein erster Satz.")
    page.reload()
    expect(page.get_by_role("button", name="Wiederherstellen")).to_have_count(0)


def test_what_others_saved_meanwhile_is_not_overwritten(sign_in: SignIn, slugs: list[str]) -> None:
    page = begin(sign_in("erste@example.org", "Redaktion"), slugs[3])
    accept_leaving(page)
    reason(page).fill(WORDS)
    other = sign_in("zweite@example.org", "Redaktion").new_page()
    other.goto(page.url)
    reason(other).fill("Ein anderer Satz.")
    other.get_by_role("button", name="Speichern", exact=True).click()
    page.reload()
    page.get_by_role("button", name="Wiederherstellen").click()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("heading", name="Jemand hat inzwischen gespeichert")).to_be_visible()
    expect(page.locator(".conflict")).to_contain_text("Ein anderer Satz.")
    expect(page.locator(".conflict")).to_contain_text(WORDS)
    page.get_by_role("radio", name=re.compile("^Meine Fassung")).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert.")
    expect(reason(page)).to_have_value(WORDS)


def test_an_ended_session_keeps_every_word(sign_in: SignIn, slugs: list[str]) -> None:
    context = sign_in("abgelaufen@example.org", "Redaktion")
    page = begin(context, slugs[4])
    address = page.url
    reason(page).fill(WORDS)
    session = [cookie for cookie in context.cookies() if cookie["name"] == "sitzung"]
    context.clear_cookies(name="sitzung")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bitte melden Sie sich neu an")
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    context.add_cookies([{"name": "sitzung", "value": session[0].get("value", ""), "url": address}])
    page.get_by_role("button", name="Noch einmal senden").click()
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert.")
    expect(reason(page)).to_have_value(WORDS)


def test_nothing_is_left_after_signing_out(sign_in: SignIn, slugs: list[str]) -> None:
    page = begin(sign_in("geht@example.org", "Redaktion"), slugs[5])
    accept_leaving(page)
    reason(page).fill(WORDS)
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('keep:'))") == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_report_is_written_and_submitted_with_the_keyboard_alone(
    sign_in: SignIn, slugs: list[str], script: bool
) -> None:
    email = f"tasten-{script}@example.org".lower()
    page = sign_in(email, "Redaktion", java_script_enabled=script).new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(new_url(slugs[6 if script else 7]))
    page.keyboard.press("Tab")
    tab_to(page, entry_of(page.locator("input[name=status]")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    tab_to(page, reason(page))
    page.keyboard.type(WORDS)
    tab_to(page, page.locator("#id_results"))
    page.keyboard.type("**Zwei** Ämter")
    tab_to(page, page.locator("button[value=results]"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_results_preview strong")).to_have_text("Zwei")
    expect(reason(page)).to_have_value(WORDS)
    schedule = page.locator("input[name=schedule]")
    tab_to(page, entry_of(schedule))
    for _ in range(3):
        if page.get_by_role("radio", name="verspätet").is_checked():
            break
        page.keyboard.press("ArrowDown")
    tab_to(page, page.locator("#id_schedule_reason"))
    page.keyboard.type("Die Lieferung dauert länger.")
    tab_to(page, page.locator("#id_new_end"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3. Quartal 2027")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("ist angelegt")
    tab_to(page, page.get_by_role("button", name="Speichern und einreichen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("ist eingereicht")
    expect(page.get_by_role("main")).to_contain_text("3. Quartal 2027")
    expect(page.get_by_role("main")).to_contain_text("unbelegt")
    assert messages == []


def test_no_barrier_and_no_sideways_scroll(sign_in: SignIn, slugs: list[str]) -> None:
    page = sign_in("axe-sachstand@example.org", "Redaktion", "Freigabe").new_page()
    accept_leaving(page)
    axe = AXE.read_text(encoding="utf-8")
    shots = os.environ.get("SCREENSHOTS")
    barriers: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.evaluate(axe)
        for width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = page.evaluate(RUN_AXE, RULES)
            if (sideways := page.evaluate(SIDEWAYS)) > 0:
                found.append(f"scrolls {sideways} px sideways")
            if found:
                barriers[f"{name} {width} {scheme}"] = found
            if shots:
                page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)

    page.goto(new_url(slugs[8]))
    look("new")
    reason(page).fill("")
    page.get_by_role("button", name="Als Entwurf speichern").click()
    look("wrong")
    page.get_by_role("radio", name=re.compile("^läuft")).check()
    page.get_by_role("radio", name="im Zeitplan").check()
    page.locator("#id_new_end").fill("")
    reason(page).fill(WORDS)
    page.get_by_role("button", name="Als Entwurf speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("ist angelegt")
    address = page.url
    look("draft")
    reason(page).fill("Anderes.")
    page.reload()
    expect(page.get_by_role("button", name="Wiederherstellen")).to_be_visible()
    look("offer")
    page.get_by_role("button", name="Verwerfen", exact=True).click()
    for step in ("vorschau/", "vorschau/sachstand/", "verwerfen/"):
        page.goto(address + step)
        look(step.rstrip("/").replace("/", "-"))
    page.goto(address)
    page.get_by_role("button", name="Speichern und einreichen").click()
    expect(page.get_by_role("status").first).to_contain_text("ist eingereicht")
    look("submitted")
    other = sign_in("axe-freigabe@example.org", "Freigabe").new_page()
    other.goto(address)
    page = other
    look("release")
    assert barriers == {}
