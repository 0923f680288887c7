"""Every page of the demo, found by its links: no error, no message, no barrier, no sideways scroll."""

from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]

RUN_AXE = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map(
    v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(' | '))"""
FIND_LINKS = "Array.from(document.querySelectorAll('a[href]'), a => a.getAttribute('href'))"
FIND_IDS = "Array.from(document.querySelectorAll('[id]'), e => e.id)"
SMALL_TARGETS = """Array.from(document.querySelectorAll('a[href], summary, button'))
    .filter(e => e.checkVisibility() && !e.matches('.skip-link'))
    .filter(e => Math.max(...Array.from(e.getClientRects(), r => r.height)) < 24)
    .map(e => e.textContent.trim())"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visit:
    """Opens pages and notes everything that a reader's browser complains about."""

    def __init__(self, page: Page, demo: str) -> None:
        self.page, self.demo = page, demo
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _request(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(f"{self.demo}/"):
            self.complaints.append(f"request elsewhere: {url}")

    def open(self, address: str) -> int:
        response = self.page.goto(address)
        assert response is not None
        return response.status


@pytest.fixture(scope="module")
def pages(browser: Browser, demo: str) -> dict[str, dict[str, Any]]:
    """Every page that links lead to from the start page: what it said, its links and its anchors."""
    context = browser.new_context(locale="de-DE")
    visit = Visit(context.new_page(), demo)
    found: dict[str, dict[str, Any]] = {}
    cookies: list[Any] = []
    waiting = [f"{demo}/"]
    while waiting:
        address = waiting.pop(0)
        if address in found:
            continue
        visit.complaints = []
        status = visit.open(address)
        # Whoever goes to sign in is no reader any more.
        if not address.startswith(f"{demo}/konto/"):
            cookies += context.cookies()
        context.clear_cookies()
        links = [urljoin(address, href) for href in visit.page.evaluate(FIND_LINKS)]
        # What programs read is no page.
        inside = [
            link for link in links if link.startswith(f"{demo}/") and not link.startswith(f"{demo}/oparl/")
        ]
        found[address] = {
            "status": status,
            "complaints": visit.complaints,
            "links": inside,
            "ids": set(visit.page.evaluate(FIND_IDS)),
            "headings": visit.page.locator("h1").count(),
        }
        waiting += [urldefrag(link).url for link in inside]
        assert len(found) < 500, "the demo has no end"
    found["cookies"] = {"cookies": cookies}
    context.close()
    return found


def each(pages: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {address: page for address, page in pages.items() if address != "cookies"}


def test_every_internal_link_leads_to_a_page(pages: dict[str, dict[str, Any]]) -> None:
    assert len(each(pages)) > 40
    assert {address: page["status"] for address, page in each(pages).items() if page["status"] != 200} == {}


def test_every_anchor_exists(pages: dict[str, dict[str, Any]]) -> None:
    missing = {
        link
        for page in each(pages).values()
        for link in page["links"]
        if (parts := urldefrag(link)).fragment and parts.fragment not in pages[parts.url]["ids"]
    }
    assert missing == set()


def test_no_page_complains_or_asks_elsewhere(pages: dict[str, dict[str, Any]]) -> None:
    assert {a: page["complaints"] for a, page in each(pages).items() if page["complaints"]} == {}


def test_every_page_has_one_heading(pages: dict[str, dict[str, Any]]) -> None:
    assert {address for address, page in each(pages).items() if page["headings"] != 1} == set()


def test_readers_get_no_cookie(pages: dict[str, dict[str, Any]]) -> None:
    assert pages["cookies"]["cookies"] == []


def test_no_barrier_and_no_sideways_scroll(
    pages: dict[str, dict[str, Any]], browser: Browser, demo: str
) -> None:
    """axe on every page, wide and narrow, light and dark; error pages too."""
    axe = AXE.read_text(encoding="utf-8")
    barriers: dict[str, list[str]] = {}
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    for address in [
        *each(pages),
        f"{demo}/gibt-es-nicht/",
        f"{demo}/suche/?q=%00",
        f"{demo}/massnahmen/?jahr=x",
    ]:
        page.goto(address)
        page.evaluate(axe)
        for width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = page.evaluate(RUN_AXE, RULES)
            if (sideways := page.evaluate(SIDEWAYS)) > 0:
                found.append(f"scrolls {sideways} px sideways")
            if found:
                barriers[f"{address} {width} {scheme}"] = found
    context.close()
    assert barriers == {}


PATHS = ["/", "/strategie/", "/massnahmen/", "/massnahmen/voicebot-telefonzentrale/", "/rat/tops/1000181/",
         "/rat/antraege/", "/rat/sitzungen/", "/rat/vorlagen/", "/rat/gremien/", "/barrierefreiheit/"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_text_of_double_size_fits(page: Page, demo: str, path: str) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    page.goto(demo + path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("path", PATHS)
def test_a_finger_hits_every_link(page: Page, demo: str, path: str) -> None:
    """24 CSS pixels (WCAG 2.5.8), also for links within a line."""
    page.goto(demo + path)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("path", PATHS)
def test_what_unfolds_has_a_name_of_its_own(page: Page, demo: str, path: str) -> None:
    page.goto(demo + path)
    names = page.locator("main summary").all_text_contents()
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", PATHS)
def test_paper_is_white_and_shows_the_sources(page: Page, demo: str, path: str) -> None:
    """Printed from a computer in dark mode: black on white, no menu, closed details opened."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(demo + path)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)", "oklch(1 0 0)", "color(srgb 1 1 1)",
    )  # fmt: skip
    page.set_viewport_size({"width": 320, "height": 900})  # A narrow sheet gets the phone's layout.
    for control in page.locator("nav.site-nav, .site-search, .site-search-link").all():
        assert not control.is_visible()
    for source in page.locator("details.sources li").all():
        assert source.is_visible()


@pytest.mark.parametrize("path", PATHS)
def test_forced_colours_keep_words_and_scroll(page: Page, demo: str, path: str) -> None:
    page.emulate_media(forced_colors="active")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(demo + path)
    assert page.evaluate(SIDEWAYS) <= 0
    for badge in page.locator(".badge").all():
        assert badge.inner_text().strip() or not badge.is_visible()
