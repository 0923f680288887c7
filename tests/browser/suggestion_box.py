"""The search box of a page in a browser, for tests of its suggestions."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Request, expect

TITLES_AND_WORD = [
    {
        "text": "Voicebot für die Telefonzentrale",
        "kind": "Maßnahme",
        "url": "/massnahmen/voicebot-telefonzentrale/",
    },
    {"text": "Ö 13 Voicebot", "kind": "Tagesordnungspunkt", "url": "/rat/tops/1000181/"},
    {"text": "Voicebots", "kind": "", "url": "/suche/?q=Voicebots"},
]


class Box:
    """The search box of a page, and what it asks and says."""

    def __init__(self, page: Page, demo: str, path: str = "/impressum/") -> None:
        self.page, self.demo = page, demo
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        page.goto(demo + path)
        self.input: Locator = page.locator("form[role=search] input[name=q]")
        self.list = page.get_by_role("listbox", name="Vorschläge")
        self.options = self.list.get_by_role("option")
        self.status = page.locator("form[role=search] [aria-live=polite]")

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == "/suche/vorschlaege/":
            self.asked += parse_qs(parts.query).get("q", [""])

    def type(self, text: str) -> None:
        self.input.focus()
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def open(self, text: str = "voice") -> None:
        self.type(text)
        expect(self.options.first).to_be_visible()

    def answer(self, suggestions: list[dict[str, str]]) -> None:
        """From now on every question has this answer."""
        body = json.dumps({"suggestions": suggestions})
        self.page.route(
            "**/suche/vorschlaege/**",
            lambda route: route.fulfill(body=body, content_type="application/json"),
        )

    def expect_active(self, index: int | None) -> None:
        """That option alone is marked, and the box names it; the cursor stays in the box."""
        expect(self.input).to_be_focused()
        selected = self.list.locator("[aria-selected=true]")
        if index is None:
            expect(selected).to_have_count(0)
            expect(self.input).not_to_have_attribute("aria-activedescendant", re.compile(""))
            return
        expect(selected).to_have_count(1)
        expect(self.options.nth(index)).to_have_attribute("aria-selected", "true")
        named = self.options.nth(index).get_attribute("id") or ""
        expect(self.input).to_have_attribute("aria-activedescendant", named)

    def expect_closed(self) -> None:
        expect(self.list).to_be_hidden()
        expect(self.input).to_have_attribute("aria-expanded", "false")
        expect(self.input).not_to_have_attribute("aria-activedescendant", re.compile(""))
