"""What a citizen does: from the start page to the paragraph that a claim rests on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

QUOTE = "Kooperation mit der Universität München"


def walk(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Voicebot für die Telefonzentrale").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Voicebot")
    quote = page.locator("figure.quote").filter(has_text=QUOTE).first
    quote.get_by_role("link", name="Ö 13").click()
    expect(page).to_have_url(re.compile(r"/rat/tops/1000181/#absatz-1$"))
    paragraph = page.locator(":target")
    expect(paragraph).to_contain_text(QUOTE)
    expect(paragraph).to_be_in_viewport()
    expect(paragraph.get_by_role("link", name="Voicebot für die Telefonzentrale")).to_be_visible()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def test_a_claim_is_two_clicks_from_its_paragraph(any_page: Page, demo: str) -> None:
    messages: list[str] = []
    any_page.on("console", lambda message: messages.append(message.text))
    walk(any_page, demo)
    assert messages == []
    assert any_page.context.cookies() == []


def test_the_search_leads_there_too(page: Page, demo: str) -> None:
    page.goto(demo)
    page.get_by_role("combobox").first.fill("voicebot")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/suche/\?q=voicebot$"))
    page.get_by_role("link", name=re.compile(r"^Absatz 1\b")).first.click()
    expect(page.locator(":target")).to_contain_text("Voicebots")


def test_filters_work_and_can_be_taken_away(page: Page, demo: str) -> None:
    page.goto(f"{demo}/massnahmen/")
    page.get_by_label("Status").select_option("running")
    page.get_by_role("button", name="Anwenden").click()
    expect(page).to_have_url(re.compile(r"status=running"))
    before = page.locator("ul.rows > li").count()
    assert before > 0
    page.get_by_role("link", name=re.compile("Filter entfernen")).first.click()
    assert page.locator("ul.rows > li").count() > before


def test_the_motion_shows_its_vote_and_what_is_not_known(page: Page, demo: str) -> None:
    page.goto(f"{demo}/rat/antraege/")
    main = page.locator("main")
    expect(main).to_contain_text("2 Ja-Stimmen")
    expect(main).to_contain_text("5 Nein-Stimmen")
    expect(main).to_contain_text("Enthaltungen nicht genannt")
    expect(main).to_contain_text("abgelehnt")


def test_every_step_of_the_keyboard_is_seen(page: Page, demo: str) -> None:
    """Tab reaches the skip link first, then everything to the footer; each stop shows where it is."""
    page.emulate_media(reduced_motion="reduce")  # Else the page is still scrolling when we look.
    page.goto(f"{demo}/massnahmen/voicebot-telefonzentrale/")
    seen: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return null;
            const s = getComputedStyle(e), r = e.getBoundingClientRect();
            return {text: (e.textContent || e.name || '').trim().slice(0, 40),
              marked: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none',
              shown: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight}; }"""
        )
        if stop is None:
            break
        assert stop["marked"], f"no focus to be seen on {stop['text']!r}"
        assert stop["shown"], f"focus out of sight on {stop['text']!r}"
        seen.append(stop["text"])
    assert seen[0] == "Zum Inhalt springen"
    assert "Barrierefreiheit" in seen


def test_the_skip_link_skips(page: Page, demo: str) -> None:
    page.goto(demo)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhalt"
