"""An editor rests a claim on the minutes: with the keyboard alone, with script and without."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

QUOTE = "Kooperation mit der Universität München"


def tab_to(page: Page, wanted: Locator) -> None:
    """Walks with the Tab key until the focus is there."""
    target = wanted.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def picker_of_the_voicebot(page: Page) -> str:
    """Address of the picker for the demo's measure about the voicebot."""
    for number in range(1, 60):
        address = f"/redaktion/belege/neu/measure/{number}/"
        answer = page.goto(address)
        assert answer is not None
        if answer.ok and "Voicebot" in page.locator("main").inner_text():
            return address
    pytest.fail("the demo has no such measure")


def find_item_13(page: Page) -> None:
    """From the search field to the radio button of the first paragraph of Ö 13."""
    tab_to(page, page.get_by_label("Worte oder Nummer"))
    page.keyboard.type("Voicebot")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=Voicebot"))
    items = page.get_by_role("region", name="Tagesordnungspunkte")
    tab_to(page, items.get_by_role("link", name=re.compile("^Ö 13 ")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welche Stelle belegt es?")
    tab_to(page, page.get_by_role("radio", name="Der ganze Punkt"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("value", "1")
    tab_to(page, page.get_by_role("button", name="Weiter mit dieser Stelle"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Absatz 1")


def save(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Beleg vorschlagen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Der Beleg ist vorgeschlagen")


def test_a_quote_is_marked_with_the_keyboard(sign_in: SignIn) -> None:
    page = sign_in("belegt@example.org", "Redaktion").new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    picker_of_the_voicebot(page)
    complaints.clear()  # Numbers that belong to no measure were not found.
    find_item_13(page)
    source = page.get_by_role("textbox", name=re.compile("^Wortlaut"))
    tab_to(page, source)
    place = source.input_value().index(QUOTE)
    page.keyboard.press("Control+Home")
    for _ in range(place):
        page.keyboard.press("ArrowRight")
    # One letter short on purpose: half a word means the whole one.
    for _ in range(len(QUOTE) - 1):
        page.keyboard.press("Shift+ArrowRight")
    tab_to(page, page.get_by_role("button", name="Markierung als Zitat übernehmen"))
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_value(QUOTE)
    expect(page.get_by_role("radio", name="Nur diese Worte")).to_be_checked()
    save(page)
    assert complaints == []


def test_without_script_the_words_are_typed(sign_in: SignIn) -> None:
    page = sign_in("ohne-skript@example.org", "Redaktion", java_script_enabled=False).new_page()
    picker_of_the_voicebot(page)
    find_item_13(page)
    expect(page.get_by_role("button", name="Markierung als Zitat übernehmen")).to_be_hidden()
    tab_to(page, page.get_by_label("Diese Worte", exact=True))
    page.keyboard.type("Kooperation mit der Uni")
    tab_to(page, page.get_by_role("button", name="Beleg vorschlagen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Wort für Wort")
    expect(page.get_by_label("Diese Worte", exact=True)).to_have_value("Kooperation mit der Uni")
    tab_to(page, page.get_by_label("Diese Worte", exact=True))
    page.keyboard.press("End")
    page.keyboard.type("versität München")
    save(page)


def test_nothing_marked_is_said(sign_in: SignIn) -> None:
    page = sign_in("nichts@example.org", "Redaktion").new_page()
    address = picker_of_the_voicebot(page)
    page.goto(f"{address}item/1000181/?stelle=1")
    page.get_by_role("button", name="Markierung als Zitat übernehmen").click()
    expect(page.get_by_text("Es ist noch nichts markiert.")).to_be_visible()
    page.get_by_label("Diese Worte", exact=True).fill("Kooperation")
    page.get_by_role("radio", name="Kein Zitat").check()
    page.get_by_label("Diese Worte", exact=True).press_sequentially("!")
    expect(page.get_by_role("radio", name="Nur diese Worte")).to_be_checked()


class Look:
    """Notes every barrier of the pages it is shown, wide and narrow, light and dark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.axe = AXE.read_text(encoding="utf-8")
        self.barriers: dict[str, list[str]] = {}

    def at(self, name: str) -> None:
        self.page.evaluate(self.axe)
        for width, scheme in VIEWS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = self.page.evaluate(RUN_AXE, RULES)
            if (sideways := self.page.evaluate(SIDEWAYS)) > 0:
                found.append(f"scrolls {sideways} px sideways")
            if found:
                self.barriers[f"{name} {width} {scheme}"] = found


def test_no_barrier_and_no_sideways_scroll(sign_in: SignIn) -> None:
    page = sign_in("barriere@example.org", "Redaktion").new_page()
    look = Look(page)
    picker = picker_of_the_voicebot(page)
    item, document = f"{picker}item/1000181/?stelle=1", f"{picker}dokument/"
    for address in (
        picker,
        f"{picker}?q=Voicebot",
        f"{picker}?q=Voicebot&art=absaetze",
        f"{picker}?q=gibtesnicht",
        f"{picker}?q=%00",
        f"{picker}item/1000181/",
        item,
        f"{picker}item/1000181/?stelle=ganz",
        document,
        "/redaktion/belege/1/",
    ):
        page.goto(address)
        look.at(address)
    for address, button in ((item, "Beleg vorschlagen"), (document, "Dokument als Beleg")):
        page.goto(address)
        page.get_by_role("button", name=re.compile(button)).click()
        expect(page.get_by_role("alert").first).to_be_visible()
        look.at(f"{address} with errors")
    assert look.barriers == {}


def test_evidence_of_a_draft_comes_changes_and_goes(sign_in: SignIn) -> None:
    page = sign_in("entwurf@example.org", "Redaktion").new_page()
    look = Look(page)
    page.goto("/redaktion/massnahmen/deepl-uebersetzung/sachstand/neu/")
    page.locator("[name=status]").first.check()
    page.locator("[name=reason]").fill("Es wird damit übersetzt.")
    page.locator("[name=as_of]").fill("20.8.2025")
    page.get_by_role("button", name="Als Entwurf speichern").click()
    page.wait_for_url(re.compile(r"/redaktion/sachstaende/\d+/"))
    report = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"/redaktion/belege/neu/report/{report}/item/1000181/?stelle=1")
    page.get_by_label("Diese Worte", exact=True).fill(QUOTE)
    page.get_by_role("button", name="Beleg speichern").click()
    expect(page).to_have_url(re.compile(f"/redaktion/sachstaende/{report}/$"))
    expect(page.get_by_role("status").first).to_contain_text("Der Beleg ist gespeichert")
    expect(page.locator("main")).to_contain_text(QUOTE)

    page.get_by_role("button", name=re.compile(r"Ändern\s*: Beleg 1")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beleg ändern")
    look.at("change")
    page.get_by_label("Anmerkung").fill("genauer")
    page.get_by_role("button", name="Beleg speichern").click()
    expect(page.locator("main")).to_contain_text("genauer")

    page.get_by_role("button", name=re.compile(r"Entfernen\s*: Beleg 1")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diesen Beleg entfernen?")
    look.at("remove")
    page.get_by_role("button", name="Beleg entfernen").click()
    expect(page.get_by_role("status").first).to_contain_text("Der Beleg ist entfernt")
    expect(page.locator("main")).not_to_contain_text(QUOTE)

    page.goto(f"/redaktion/sachstaende/{report}/verwerfen/")
    page.get_by_role("button", name=re.compile("verwerfen")).click()
    page.wait_for_url(re.compile("/redaktion/massnahmen/"))
    assert look.barriers == {}
