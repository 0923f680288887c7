"""Tells the three kinds of pages apart, and from the pages that come in their place.

ALLRIS answers with status 200 also where it refuses: no right to see the item, too many requests, a
gate against robots. None of these may pass for an item without text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from sessions.imports.allris.page import WANTED, Kind, NotPublicError, PageError, TurnedAwayError
from sessions.imports.allris.tree import lines, text

_AGENDA_ITEM = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} - \S")
_AGENDA = re.compile(r"\S - \d{1,2}\.\d{1,2}\.\d{4}(?: \([^()]{1,40}\))?\Z")
_PAPER = re.compile(
    r"(?:Vorlage|Antrag|Anfrage|[\w-]{1,40}vorlage|[\w-]{1,40}antrag|[\w-]{1,40}anfrage) - [\w/.-]{0,20}\d\Z",
    re.IGNORECASE,
)
_CLASSIC: dict[str, Kind] = {"Auszug": "to020", "Tagesordnung": "to010", "Vorlage": "vo020"}
"""How the headlines of classic pages begin, before " - "."""
_WICKET: tuple[tuple[str, Kind], ...] = (
    ("#toTreeTable", "to010"),
    ("#vobetreff, #voart, #bfTable", "vo020"),
    ("#sibetreff, #sigremium, #sidatum", "to010"),
)
"""CSS selectors of what only such a page of ALLRIS 4 has."""
_NAMES: dict[Kind, str] = {
    "to020": "an agenda item (to020)",
    "to010": "the agenda of a meeting (to010)",
    "vo020": "a paper (vo020)",
}

_GATE = "a gate against robots"
_CLOSED = "the notice that this may not be seen without rights"
_MANY = "the notice that the server had too many requests"
_SIGN_IN = "a sign-in page"
_BY_MARK = {
    'altcha-widget, [action*="/_gate/"], [src*="/_gate/"], [href*="/_gate/"], [content*="/_gate/"]': _GATE,
    'embed[type="application/pdf"], object[type="application/pdf"]': "a frame around a PDF file",
}
_BY_WORDS = {
    "nicht berechtigt": _CLOSED,
    "Keine Information verfügbar": _CLOSED,
    "Zugriff verweigert": _CLOSED,
    "Zu viele Zugriffe": _MANY,
    "kein Roboter": _GATE,
}
_ERRORS: dict[str, type[PageError]] = {
    _GATE: TurnedAwayError,
    _MANY: TurnedAwayError,
    _CLOSED: NotPublicError,
    _SIGN_IN: NotPublicError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlKind:
    """What an HTML page is."""

    kind: Kind | None
    headline: str
    content: LexborNode | None
    """The part with the page's own content; None where the layout is not known."""
    is_classic: bool = False


def kind_of_html(html: LexborNode) -> HtmlKind:
    classic = html.css_first("#risname") or html.css_first("#allriscontainer")
    if classic:
        title = html.css_first("#risname h1") or html.css_first("#allriscontainer h1")
        headline = text(title) if title else ""
        return HtmlKind(kind=_classic_kind(headline), headline=headline, content=html, is_classic=True)
    content = html.css_first("#pageContent")
    title = content.css_first("h1.title") if content else None
    headline = text(title) if title else ""
    kind: Kind | None = None
    if content and _AGENDA_ITEM.match(headline):
        kind = "to020"
    elif content:
        found = (kind for mark, kind in _WICKET if content.css_first(mark))
        kind = next(found, None) or _kind_of_headline(headline)
    return HtmlKind(kind=kind, headline=headline, content=content)


def kind_of_text(headline: str) -> tuple[Kind | None, bool]:
    """What a page saved as text is by its first line, and whether it is one of classic ALLRIS.

    Both generations have "Vorlage - 23/224": there the list "Grunddaten" tells, not the headline."""
    if _AGENDA_ITEM.match(headline):
        return "to020", False
    if (kind := _kind_of_headline(headline)) and not headline.startswith("Tagesordnung - "):
        return kind, False
    return _classic_kind(headline), True


def _classic_kind(headline: str) -> Kind | None:
    prefix, dash, _ = f"{headline} ".partition(" - ")
    if kind := _CLASSIC.get(prefix if dash else ""):
        return kind
    return "vo020" if _PAPER.match(headline) else None


def _kind_of_headline(headline: str) -> Kind | None:
    if _PAPER.match(headline):
        return "vo020"
    return "to010" if _AGENDA.search(headline) else None


def refusal(headline: str, found: Sequence[str], html: LexborNode | None, wanted: Kind | None) -> PageError:
    """The error for a page of none of the three kinds. `found` are its lines."""
    what = trap(found, html)
    return _ERRORS.get(what, PageError)(_sentence(what or "another page", headline, wanted))


def wrong_kind(kind: Kind, headline: str, wanted: Kind) -> PageError:
    return PageError(_sentence(_NAMES[kind], headline, wanted))


def empty_page(html: LexborNode, headline: str, otherwise: str, wanted: Kind) -> PageError:
    """The error for a page that has the headline of its kind, but nothing below it."""
    what = trap(lines(html), html)
    return _ERRORS.get(what, PageError)(_sentence(what, headline, wanted)) if what else PageError(otherwise)


def trap(found: Sequence[str], html: LexborNode | None) -> str:
    """What came with status 200 instead of a page; "" where that is not known.

    A page of one of the three kinds is not asked: a paper may well quote who is "nicht berechtigt"."""
    words = "\n".join(found)[:20_000]
    marked = (what for mark, what in _BY_MARK.items() if html is not None and html.css_first(mark))
    worded = (what for mark, what in _BY_WORDS.items() if mark in words)
    return next(marked, "") or next(worded, "") or (_SIGN_IN if _asks_to_sign_in(words, html) else "")


def _asks_to_sign_in(words: str, html: LexborNode | None) -> bool:
    """Every page of a council system may have a small form to sign in; a sign-in page has little else."""
    has_word = "Passwort" in words or "Kennwort" in words
    return has_word and (html is None or len(words) < 2_000)


def _sentence(what: str, headline: str, wanted: Kind | None) -> str:
    shown = f' ("{headline[:60]}")' if headline else ""
    return f"This is {what}{shown}; {WANTED[wanted]}."
