"""The page of the search in a browser: every state, by keyboard, on paper, in forced colours."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_every_page import SIDEWAYS, SMALL_TARGETS
from tests.browser.test_history import look

STATES = {
    "nothing asked": "/suche/",
    "hits": "/suche/?q=digitalisierungsstrategie",
    "hits with filters, one not understood": "/suche/?q=voicebot&art=measure&jahr=bald&sortierung=datum",
    "filters that leave nothing": "/suche/?q=voicebot&art=file&jahr=1999",
    "a slip": "/suche/?q=Telefonzentrahle",
    "no hits, one word is enough": "/suche/?q=Quastenflosser+Voicebot",
    "no hits, similar titles": "/suche/?q=Telefonzentralenumbau",
    "only stop words": "/suche/?q=der+die+das",
    "only excluded": "/suche/?q=-Sport",
    "no word": "/suche/?q=%3F%3F%3F",
    "bad input": "/suche/?q=%00",
    "one endless word": "/suche/?q=" + "x" * 400,
}
HITS = STATES["hits"]


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_no_barrier_and_no_sideways_scroll(page: Page, demo: str, path: str) -> None:
    """axe, wide and narrow, light and dark."""
    assert look(page, demo + path) == []


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_a_finger_hits_every_link(page: Page, demo: str, path: str) -> None:
    page.goto(demo + path)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SMALL_TARGETS) == []


def test_text_of_double_size_fits(page: Page, demo: str) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    page.goto(demo + HITS)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) <= 0


def test_the_keyboard_comes_by_the_box_then_the_filters_then_the_hits(page: Page, demo: str) -> None:
    page.goto(demo + HITS)
    page.get_by_label("Suchwort").focus()
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
    assert stops[0] == "Suchen"
    assert stops.index("art") < stops.index("sortierung") < stops.index("Anwenden")
    assert stops[stops.index("Anwenden") + 1].startswith(page.locator("h3 a").first.inner_text())
    heading = page.get_by_role("heading", level=2)
    assert heading.bounding_box()["y"] < page.locator(".filters").bounding_box()["y"]  # type: ignore[index]  # both are shown


def test_hits_are_a_list_of_headings(page: Page, demo: str) -> None:
    page.goto(demo + HITS)
    hits = page.get_by_role("list").filter(has=page.get_by_role("heading", level=3))
    expect(page.get_by_role("heading", level=2)).to_have_text(
        f"{hits.get_by_role('listitem').filter(has=page.locator('h3')).count()} Treffer"
        " für „digitalisierungsstrategie“"
    )
    expect(page).to_have_title(re.compile(r"^digitalisierungsstrategie: \d+ Treffer – Suche – "))


def test_filters_and_their_chips_without_script(browser: Browser, demo: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(demo + HITS)
    before = page.locator("ol.results > li").count()
    page.get_by_label("Art").select_option("item")
    page.get_by_label("Sortierung").select_option("datum")
    page.get_by_role("button", name="Anwenden").click()
    assert urlsplit(page.url).query.startswith("q=digitalisierungsstrategie&art=item&")
    assert 0 < page.locator("ol.results > li").count() < before
    page.get_by_role("link", name="Filter entfernen: Art: Tagesordnungspunkte").click()
    assert urlsplit(page.url).query == "q=digitalisierungsstrategie&sortierung=datum"
    assert page.locator("ol.results > li").count() == before
    assert context.cookies() == []
    context.close()


def test_an_excerpt_leads_to_the_paragraph_it_shows(page: Page, demo: str) -> None:
    page.goto(f"{demo}/suche/?q=Voicebots+Universität")
    place = page.get_by_role("link", name=re.compile("^Absatz 1 in Ö 13")).first
    words = page.locator("p", has=place).locator("mark").all_inner_texts()
    place.click()
    paragraph = page.locator(":target")
    expect(paragraph).to_be_in_viewport()
    for word in words:
        expect(paragraph).to_contain_text(word)


def test_paper_shows_the_hits_and_what_was_asked(page: Page, demo: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(demo + HITS)
    expect(page.get_by_role("heading", level=2)).to_contain_text("für „digitalisierungsstrategie“")
    for control in page.locator(".site-search, .filters, .chips, .pagination, .search-help").all():
        expect(control).not_to_be_visible()
    mark = page.locator("mark").first
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert int(mark.evaluate("e => getComputedStyle(e).fontWeight")) >= 600


def test_forced_colours_show_the_marks(page: Page, demo: str) -> None:
    page.emulate_media(forced_colors="active")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(demo + HITS)
    assert page.evaluate(SIDEWAYS) <= 0
    mark = page.locator("p mark").first
    assert mark.evaluate(
        "e => getComputedStyle(e).backgroundColor !== getComputedStyle(document.body).backgroundColor"
    )
