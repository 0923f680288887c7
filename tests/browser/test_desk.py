"""The desk's first page, the council's questions and the table of measures in a real browser."""

import os
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

PAGES = {
    "home": "/redaktion/",
    "questions": "/redaktion/fragen/?zustand=veroeffentlicht",
    "table": "/redaktion/tabelle/",
}
PICTURES = os.environ.get("PORTAL_PICTURES", "")
"""A folder for pictures of the pages; for people who want to look at them."""


def edited(path: Path) -> Path:
    """The table as somebody saves it after three cells."""
    book = load_workbook(path)
    sheet = book["Maßnahmen"]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    sheet.cell(2, places["Name"]).value = "Ein anderer Name"
    text = sheet.cell(2, places["Beschreibung"])
    text.value = f"{text.value or 'Bisher leer.'} Neu ist dieser Satz."
    sheet.cell(3, places["Geplantes Ende"]).value = "2031-Q3"
    target = path.with_suffix(".edited.xlsx")
    book.save(target)
    return target


def barriers(page: Page, name: str) -> list[str]:
    """What axe and a narrow window complain about, light and dark."""
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found += [f"{name} {width} {scheme}: {problem}" for problem in page.evaluate(RUN_AXE, RULES)]
        if (sideways := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{name} {width} {scheme}: {sideways} px sideways")
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_no_barrier_on_the_way_of_a_table_and_of_a_question(sign_in: SignIn, tmp_path: Path) -> None:
    context = sign_in("tabelle@example.org", "Redaktion")
    # axe is put in by the test, past the policy of the pages.
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = []
    for name, address in PAGES.items():
        page.goto(address)
        found += barriers(page, name)

    with page.expect_download() as download:
        page.get_by_role("link", name="Excel-Tabelle (XLSX)").click()
    table = tmp_path / "massnahmen.xlsx"
    download.value.save_as(table)

    page.get_by_label("Tabelle", exact=True).set_input_files(table)
    page.get_by_role("button", name="Vergleichen").click()
    expect(page.get_by_text("Kein Unterschied")).to_be_visible()

    page.goto(PAGES["table"])
    page.get_by_label("Tabelle", exact=True).set_input_files(edited(table))
    page.get_by_role("button", name="Vergleichen").click()
    expect(page.get_by_text("3 Zellen sind anders, in 2 Zeilen.")).to_be_visible()
    expect(page.locator("ins", has_text="Neu ist dieser Satz.")).to_be_visible()
    found += barriers(page, "comparison")
    page.get_by_role("button", name="Änderungen übernehmen").click()
    expect(page.get_by_role("status").first).to_contain_text("2 Änderungen warten auf Freigabe")

    broken = tmp_path / "broken.csv"
    broken.write_text("Kurzadresse;Nahme\na;b\n", encoding="utf-8")
    page.get_by_label("Tabelle", exact=True).set_input_files(broken)
    page.get_by_role("button", name="Vergleichen").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Zeile 1, Spalte B: Eine Spalte „Nahme“ kennen wir nicht."
    )
    found += barriers(page, "refused")

    page.goto(PAGES["questions"])
    page.locator("ul.rows h3 a").first.click()
    expect(page.get_by_role("heading", level=2, name="Antwort")).to_be_visible()
    found += barriers(page, "question")
    assert (found, complaints) == ([], [])
