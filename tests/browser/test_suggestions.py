"""Suggestions below the search box: by keyboard, by finger, for screen readers, and without a script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.suggestion_box import TITLES_AND_WORD, Box
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

SCRIPT_BUDGET = 15_000
"""Bytes, unpacked, of all scripts of a public page."""
PAGES = {"/": "Maßnahme, Vorlage oder Stichwort", "/impressum/": "Suche im Portal", "/suche/": "Suchwort"}
"""Each has a search box of its own; its label."""


@pytest.fixture
def box(page: Page, demo: str) -> Iterator[Box]:
    """On a page with the box in its header. Nothing complains, and nobody sets a cookie."""
    box = Box(page, demo)
    yield box
    assert box.complaints == []
    assert page.context.cookies() == []


@pytest.fixture
def three(box: Box) -> Box:
    """With two titles and a word below it."""
    box.answer(TITLES_AND_WORD)
    box.open("voi")
    return box


# What is suggested --------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "label"), PAGES.items())
def test_every_search_box_suggests_what_the_demo_has(page: Page, demo: str, path: str, label: str) -> None:
    box = Box(page, demo, path)
    expect(page.get_by_role("combobox", name=label)).to_be_visible()
    box.open("voice")
    expect(box.options.first).to_have_text(re.compile(r"^Voicebot für die Telefonzentrale Maßnahme$"))
    expect(box.options.filter(has_text=re.compile(r"^Voicebots?\s*$"))).to_have_count(1)
    box.press("ArrowDown", "Enter")
    expect(page).to_have_url(f"{demo}/massnahmen/voicebot-telefonzentrale/")
    assert box.complaints == []
    assert page.context.cookies() == []


def test_a_word_is_searched_for(box: Box) -> None:
    box.open("voice")
    word = box.options.filter(has_text=re.compile(r"^Voicebots?\s*$"))
    box.press(*["ArrowDown"] * (box.options.count() - 1))
    while word.get_attribute("aria-selected") != "true":
        box.press("ArrowUp")
    box.press("Enter")
    expect(box.page).to_have_url(re.compile(r"/suche/\?q=Voicebots?$"))
    expect(box.page.get_by_role("heading", level=2).first).to_contain_text("Treffer")


# The keyboard -------------------------------------------------------------------------------------


def test_typing_opens_the_list_and_marks_nothing(three: Box) -> None:
    expect(three.input).to_have_attribute("aria-expanded", "true")
    expect(three.input).to_have_attribute("aria-autocomplete", "list")
    assert three.input.get_attribute("aria-controls") == three.list.get_attribute("id")
    expect(three.options).to_have_count(3)
    three.expect_active(None)
    expect(three.input).to_have_value("voi")


def test_the_arrows_walk_through_the_list_and_around(three: Box) -> None:
    for index in (0, 1, 2, 0):
        three.press("ArrowDown")
        three.expect_active(index)
    for index in (2, 1, 0, 2):
        three.press("ArrowUp")
        three.expect_active(index)
    expect(three.input).to_have_value("voi")


def test_up_begins_at_the_end(three: Box) -> None:
    three.press("ArrowUp")
    three.expect_active(2)


@pytest.mark.parametrize(("key", "place"), [("Home", 0), ("End", 3), ("ArrowLeft", 2), ("ArrowRight", 3)])
def test_keys_of_the_text_move_in_the_text(three: Box, key: str, place: int) -> None:
    three.press("ArrowDown", key)
    three.expect_active(None)
    expect(three.list).to_be_visible()
    assert three.input.evaluate("input => input.selectionStart") == place


def test_typing_on_forgets_what_was_marked(three: Box) -> None:
    three.press("ArrowDown", "c")
    three.expect_active(None)
    expect(three.input).to_have_value("voic")


def test_enter_opens_the_title_that_is_marked(three: Box) -> None:
    three.press("ArrowDown", "ArrowDown", "Enter")
    expect(three.page).to_have_url(f"{three.demo}/rat/tops/1000181/")


def test_enter_searches_for_the_word_that_is_marked(three: Box) -> None:
    three.press("ArrowUp", "Enter")
    expect(three.page).to_have_url(f"{three.demo}/suche/?q=Voicebots")


def test_enter_searches_for_what_was_typed_where_nothing_is_marked(three: Box) -> None:
    three.press("Enter")
    expect(three.page).to_have_url(f"{three.demo}/suche/?q=voi")


def test_escape_closes_then_clears(three: Box) -> None:
    three.press("ArrowDown", "Escape")
    three.expect_closed()
    expect(three.input).to_have_value("voi")
    three.press("Escape")
    expect(three.input).to_have_value("")
    three.expect_closed()
    expect(three.input).to_be_focused()


def test_down_opens_the_list_again(three: Box) -> None:
    asked = list(three.asked)
    three.press("Escape", "ArrowDown")
    three.expect_active(0)
    three.press("Escape", "Alt+ArrowDown")
    expect(three.list).to_be_visible()
    three.expect_active(None)
    three.press("Alt+ArrowUp")
    three.expect_closed()
    assert three.asked == asked


def test_tab_leaves_and_closes(three: Box) -> None:
    three.press("ArrowDown", "Tab")
    three.expect_closed()
    expect(three.page.get_by_role("search").get_by_role("button", name="Suchen")).to_be_focused()
    expect(three.page).to_have_url(f"{three.demo}/impressum/")
    expect(three.input).to_have_value("voi")


def test_one_letter_asks_nothing(box: Box) -> None:
    box.answer(TITLES_AND_WORD)
    box.type("v")
    box.press("ArrowDown")
    box.page.wait_for_timeout(400)
    box.expect_closed()
    assert box.asked == []
    box.type("o")
    expect(box.list).to_be_visible()
    box.press("Backspace")
    box.expect_closed()


def test_keys_that_compose_letters_are_not_ours(three: Box) -> None:
    three.press("ArrowDown")
    for key in ("Enter", "Escape", "ArrowDown"):
        three.input.dispatch_event("keydown", {"key": key, "isComposing": True, "bubbles": True})
    three.expect_active(0)
    expect(three.page).to_have_url(f"{three.demo}/impressum/")


# The mouse and the finger -------------------------------------------------------------------------


def test_a_click_picks(three: Box) -> None:
    three.options.nth(2).click()
    expect(three.page).to_have_url(f"{three.demo}/suche/?q=Voicebots")


def test_pressing_and_pulling_away_keeps_the_cursor_in_the_box(three: Box) -> None:
    three.options.nth(0).hover()
    three.page.mouse.down()
    expect(three.input).to_be_focused()
    expect(three.list).to_be_visible()
    three.page.mouse.move(5, 700)
    three.page.mouse.up()
    expect(three.page).to_have_url(f"{three.demo}/impressum/")


def test_a_click_elsewhere_closes(three: Box) -> None:
    three.page.get_by_role("heading", level=1).click()
    three.expect_closed()


def test_a_finger_picks(browser: Browser, demo: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    box = Box(context.new_page(), demo, "/suche/")
    box.input.tap()
    box.open("voice")
    box.options.first.tap()
    expect(box.page).to_have_url(f"{demo}/massnahmen/voicebot-telefonzentrale/")
    assert box.complaints == []
    context.close()


# What a screen reader says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"), [(3, "3 Vorschläge"), (1, "1 Vorschlag"), (0, "keine Vorschläge")]
)
def test_the_number_is_said(box: Box, number: int, said: str) -> None:
    expect(box.status).to_have_text("")
    box.answer(TITLES_AND_WORD[:number])
    box.type("voi")
    expect(box.status).to_have_text(said)
    expect(box.input).to_have_attribute("aria-expanded", str(number > 0).lower())
    box.press("Escape")
    expect(box.status).to_have_text("")


def test_axe_finds_nothing_in_the_open_list(page: Page, demo: str) -> None:
    """Closed, open, and with an option marked; in the header and on the pages with a box of their own."""
    barriers = []
    for path in PAGES:
        for width, scheme in VIEWS:
            if path == "/impressum/" and width < 640:
                continue  # There the header leads to the page of the search.
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            box = Box(page, demo, path)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            barriers += page.evaluate(RUN_AXE, RULES)
            box.open("voice")
            barriers += page.evaluate(RUN_AXE, RULES)
            box.press("ArrowDown")
            box.expect_active(0)
            barriers += page.evaluate(RUN_AXE, RULES)
    assert barriers == []


# The network --------------------------------------------------------------------------------------


def test_fast_typing_asks_once(box: Box) -> None:
    box.answer(TITLES_AND_WORD)
    box.input.evaluate(
        """input => {
            input.focus();
            for (const text of ["vo", "voi", "voic"]) {
                input.value = text;
                input.dispatchEvent(new Event("input"));
            }
        }"""
    )
    expect(box.list).to_be_visible()
    assert box.asked == ["voic"]


def test_an_old_answer_never_comes_after_a_newer_one(box: Box) -> None:
    """The first question hangs until the second has its answer."""
    hanging: list[Route] = []

    def answer(route: Route) -> None:
        if "q=voi&" in f"{route.request.url}&":
            hanging.append(route)
        else:
            route.fulfill(json={"suggestions": TITLES_AND_WORD[:1]})

    box.page.route("**/suche/vorschlaege/**", answer)
    with box.page.expect_request("**/?q=voi"):
        box.type("voi")
    box.type("c")
    expect(box.options).to_have_count(1)
    hanging[0].fulfill(json={"suggestions": TITLES_AND_WORD})
    box.page.wait_for_timeout(200)
    expect(box.options).to_have_count(1)


def test_an_answer_after_leaving_opens_nothing(box: Box) -> None:
    hanging: list[Route] = []
    box.page.route("**/suche/vorschlaege/**", lambda route: hanging.append(route))
    with box.page.expect_request("**/?q=voi"):
        box.type("voi")
    box.press("Tab")
    hanging[-1].fulfill(json={"suggestions": TITLES_AND_WORD})
    box.page.wait_for_timeout(200)
    box.expect_closed()


@pytest.mark.parametrize("failure", ["no network", "an error", "no JSON", "other JSON"])
def test_without_an_answer_the_box_is_a_plain_one(page: Page, demo: str, failure: str) -> None:
    """The browser itself notes the failed request; nothing else is seen or said."""
    box = Box(page, demo)
    answers = {
        "no network": lambda route: route.abort(),
        "an error": lambda route: route.fulfill(status=503, body="<h1>Bald wieder da</h1>"),
        "no JSON": lambda route: route.fulfill(body="<h1>Bitte anmelden</h1>"),
        "other JSON": lambda route: route.fulfill(json={"error": "nein"}),
    }
    page.route("**/suche/vorschlaege/**", answers[failure])
    with page.expect_request("**/?q=voicebot"):
        box.type("voicebot")
    page.wait_for_timeout(200)
    box.expect_closed()
    expect(box.status).to_have_text("")
    box.press("ArrowDown")
    page.wait_for_timeout(200)
    box.expect_closed()
    assert all("Failed to load resource" in complaint for complaint in box.complaints)
    box.press("Enter")
    expect(page).to_have_url(f"{demo}/suche/?q=voicebot")


# The page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/suche/"])
def test_a_phone_shows_the_whole_list(page: Page, demo: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    box = Box(page, demo, path)
    long = "Straßenzustandserfassungsdatenbankverwaltungsverfahren mit vielen weiteren Worten im Titel " * 3
    box.answer([{"text": long, "kind": "Tagesordnungspunkt", "url": "/"}, *TITLES_AND_WORD])
    box.open("str")
    assert page.evaluate(SIDEWAYS) <= 0
    for option in box.options.all():
        place = option.bounding_box()
        assert place is not None
        assert place["height"] >= 24
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 320
    box.press("ArrowUp")
    expect(box.options.last).to_be_in_viewport(ratio=0.95)


def test_nothing_covers_the_list(box: Box) -> None:
    box.answer(TITLES_AND_WORD)
    box.open("voi")
    for option in box.options.all():
        assert option.evaluate(
            """option => {
                const box = option.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return option.contains(top);
            }"""
        )


def test_the_marked_option_is_seen_in_forced_colours(page: Page, demo: str) -> None:
    page.emulate_media(forced_colors="active")
    box = Box(page, demo)
    box.answer(TITLES_AND_WORD)
    box.open("voi")
    box.press("ArrowDown")
    colours = [option.evaluate("o => getComputedStyle(o).backgroundColor") for option in box.options.all()]
    assert colours[0] != colours[1] == colours[2]


@pytest.mark.parametrize(
    "path", ["/", "/suche/?q=voicebot", "/massnahmen/voicebot-telefonzentrale/", "/rat/tops/1000181/"]
)
def test_scripts_stay_within_their_budget(context: BrowserContext, demo: str, path: str) -> None:
    page = context.new_page()
    scripts: dict[str, int] = {}
    page.on(
        "response",
        lambda response: (
            scripts.update({response.url: len(response.body())})
            if response.request.resource_type == "script"
            else None
        ),
    )
    page.goto(demo + path, wait_until="networkidle")
    assert len(scripts) == 1
    assert sum(scripts.values()) <= SCRIPT_BUDGET / 3


@pytest.mark.parametrize("path", PAGES)
def test_without_script_the_box_is_a_form(browser: Browser, demo: str, path: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo + path)
    box = page.get_by_role("searchbox")
    for attribute in ("role", "aria-controls", "aria-expanded", "aria-autocomplete"):
        expect(box).not_to_have_attribute(attribute, re.compile(""))
    expect(page.get_by_role("listbox")).to_have_count(0)
    box.fill("voicebot")
    box.press("Enter")
    expect(page).to_have_url(f"{demo}/suche/?q=voicebot")
    assert context.cookies() == []
    context.close()
