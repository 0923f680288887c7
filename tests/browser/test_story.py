"""The whole story with four people: written with a quote, returned, mended, reviewed, published, corrected.

Anna writes (Redaktion), Bert publishes (Freigabe), Clara reviews (Rat), Dora keeps accounts (Administration).
Each step is refused to whoever has the wrong role, in the browser and with the address typed by hand.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignIn

MEASURE = "Übersetzen mit DeepL"
SLUG = "deepl-uebersetzung"
QUOTE = "Kooperation mit der Universität München"
REASON = "Das Programm ist in zwei Ämtern im Einsatz."
MENDED = "Das Programm ist in zwei Ämtern im Einsatz, sagt die Niederschrift."
CORRECTION = "Das Programm ist in drei Ämtern im Einsatz."


@pytest.fixture
def people(sign_in: SignIn) -> Iterator[dict[str, Page]]:
    """A page for each of the four; a console message on any of them fails the test."""
    groups = {"anna": "Redaktion", "bert": "Freigabe", "clara": "Rat", "dora": "Administration"}
    messages: list[str] = []
    pages = {}
    for name, group in groups.items():
        page = sign_in(f"{name}@example.org", group).new_page()
        page.on("console", lambda message: messages.append(message.text))
        pages[name] = page
    yield pages
    # What is refused or hidden is so on purpose.
    assert [text for text in messages if "(Forbidden)" not in text and "(Not Found)" not in text] == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def send(page: Page, address: str, **fields: str) -> int:
    """The status of a form sent to `address` with this person's own token: as if the button were there."""
    context: BrowserContext = page.context
    page.goto("/konto/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    answer = context.request.post(
        address,
        form={"csrfmiddlewaretoken": token, **fields},
        headers={"Referer": page.url},
        max_redirects=0,
    )
    # A token that does not fit is refused with 403 too.
    assert "Das Formular war nicht mehr gültig" not in answer.text()
    return answer.status


def test_the_story_of_a_report(people: dict[str, Page], page: Page, demo: str) -> None:
    anna, bert, clara, dora = (people[name] for name in ("anna", "bert", "clara", "dora"))

    # Anna writes a draft. Nobody else may.
    for stranger in (bert, clara, dora):
        answer = stranger.goto(f"/redaktion/massnahmen/{SLUG}/sachstand/neu/")
        assert answer is not None
        assert answer.status == 403
    anna.goto("/redaktion/massnahmen/")
    anna.get_by_role("link", name=MEASURE).click()
    anna.get_by_role("link", name="Neuen Sachstand schreiben").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Neuer Sachstand")
    # The criterion of each status stands beside it.
    anna.locator("input[name=status][value=running]").check()
    anna.locator("[name=reason]").fill(REASON)
    anna.locator("[name=as_of]").fill("Oktober 2026")
    press(anna, "Als Entwurf speichern")
    expect(anna).to_have_url(re.compile(r"/redaktion/sachstaende/\d+/"))
    number = re.search(r"/sachstaende/(\d+)/", anna.url)
    assert number is not None
    report, review = (f"/{desk}/sachstaende/{number[1]}/" for desk in ("redaktion", "pruefung"))

    # She finds the item of the minutes by words, chooses a paragraph and marks the quote.
    press(anna, "Speichern und Beleg suchen")
    expect(anna).to_have_url(re.compile("/beleg"))
    for stranger in (bert, clara, dora):
        answer = stranger.goto(anna.url)
        assert answer is not None
        assert answer.status == 403
    anna.get_by_label("Worte oder Nummer").fill("Voicebots")
    anna.locator("main").get_by_role("button", name="Suchen").click()
    anna.locator("main ul.rows a").first.click()
    if anna.get_by_role("button", name="Weiter mit dieser Stelle").count():
        paragraph = anna.locator(".evidence-place", has_text=QUOTE).first
        anna.locator(f"input[aria-describedby={paragraph.get_attribute('id')}]").check()
        press(anna, "Weiter mit dieser Stelle")
    anna.locator("[name=quote]").fill("Worte, die niemand sagte")
    press(anna, "Beleg speichern")
    expect(anna.get_by_text("stehen so nicht in der Quelle").first).to_be_visible()
    anna.locator("[name=quote]").fill(QUOTE)
    press(anna, "Beleg speichern")
    expect(anna.locator("main")).to_contain_text(QUOTE)

    # The public sees nothing of it, the preview shows it as it will be.
    public = f"{demo}/massnahmen/{SLUG}/"
    page.goto(public)
    assert REASON not in page.content()
    anna.goto(f"{report}vorschau/")
    expect(anna.locator("main")).to_contain_text(REASON)
    expect(anna.locator("main")).to_contain_text(QUOTE)

    # Submitted. Clara sees it from now on, Bert gives it back with a reason; Anna cannot publish it.
    for stranger in (bert, clara, dora):
        assert send(stranger, f"{report}einreichen/") == 403
    answer = clara.goto(review)
    assert answer is not None
    assert answer.status == 404
    anna.goto(report)
    submit(anna)
    for stranger in (anna, clara, dora):
        assert send(stranger, f"{report}veroeffentlichen/", submission="1", **{"eile-reason": "Eilig"}) == 403
        assert (
            send(stranger, f"{report}zurueckgeben/", submission="1", **{"zurueckgabe-reason": "Nein"}) == 403
        )
    bert.goto("/redaktion/")
    bert.locator(f"a[href='{report}']").first.click()
    bert.get_by_label("Was ist zu ändern?").fill("Bitte sagen, woher das bekannt ist.")
    press(bert, "Mit diesem Grund zurückgeben")

    # Mended and submitted again, by her alone.
    for stranger in (bert, clara, dora):
        assert send(stranger, report, reason=MENDED) == 403
    anna.goto("/redaktion/")
    expect(anna.locator("main")).to_contain_text("Bitte sagen, woher das bekannt ist.")
    anna.goto(report)
    anna.locator("[name=reason]").fill(MENDED)
    press(anna, "Speichern")
    submit(anna)

    # Not before a review; Clara gives one, and nobody else may.
    for stranger in (anna, bert, dora):
        assert send(stranger, review, submission="2", verdict="noted", audience="verwaltung") == 403
    assert send(bert, f"{report}veroeffentlichen/", submission="2") == 409
    page.goto(public)
    assert MENDED not in page.content()
    clara.goto("/pruefung/")
    clara.get_by_role("link", name=re.compile(MEASURE)).first.click()
    expect(clara.locator("main")).to_contain_text(MENDED)
    clara.locator("input[name=verdict][value=noted]").check()
    clara.locator("[name=comment]").fill("Gut belegt.")
    clara.locator("input[name=audience]").last.check()
    press(clara, "Prüfvermerk abgeben")
    bert.goto(report)
    press(bert, "Veröffentlichen")

    # Everybody reads it: the report, the quote, the council's voice beside it, the history.
    soon_shows(page, public, MENDED, QUOTE, "Gut belegt.")
    soon_shows(page, f"{public}verlauf/", "Freigabe")
    assert "bert" not in page.content().lower()
    assert page.context.cookies() == []

    # It stands. A mistake is corrected by a new report; both stay, tied to each other.
    assert send(anna, report, reason="Heimlich geändert") in (200, 302, 409)
    page.goto(public)
    assert "Heimlich" not in page.content()
    for stranger in (bert, clara, dora):
        new = f"/redaktion/massnahmen/{SLUG}/sachstand/neu/?berichtigt=1"
        assert send(stranger, new, status="running", reason=CORRECTION, as_of="2026-10") == 403
    anna.goto(report)
    anna.get_by_role("link", name="Berichtigung schreiben").click()
    anna.locator("[name=reason]").fill(CORRECTION)
    press(anna, "Als Entwurf speichern")
    submit(anna)
    correction = anna.url.removeprefix(demo).partition("?")[0]
    for stranger in (anna, clara, dora):
        assert send(stranger, f"{correction}veroeffentlichen/", **{"eile-reason": "Eilig"}) == 403
    bert.goto(correction)
    bert.get_by_label("Warum wird nicht auf Prüfvermerke gewartet?").fill("Die Zahl war falsch.")
    press(bert, "Ohne Prüfvermerke veröffentlichen")
    soon_shows(page, public, CORRECTION, "Die Zahl war falsch.")
    soon_shows(page, f"{public}sachstand/1/", "Dieser Sachstand wurde berichtigt", MENDED)


def soon_shows(page: Page, address: str, *words: str) -> None:
    """A reader's page may be a second old (PAGE_CACHE_TRUST_SECONDS): ask again until it says all `words`."""
    for _ in range(20):
        page.goto(address)
        text = page.locator("main").text_content() or ""
        if all(word in text for word in words):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{address} does not say {[word for word in words if word not in text]}")


def submit(page: Page) -> None:
    """Sends the report that is open on the page to whoever reviews and publishes."""
    page.get_by_role("button", name=re.compile("[Ee]inreichen")).first.click()
    expect(page.get_by_text(re.compile("Eingereicht am"))).to_be_visible()
