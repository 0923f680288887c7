"""Tells an agenda item from the pages that come in its place, and says which one it was.

ALLRIS answers with status 200 also where it refuses: no right to see the item, too many requests, a
gate against robots. None of these may pass for an item without text.
"""

import re
from collections.abc import Collection, Sequence

from sessions.imports.allris.page import WANTED, PageError

_AGENDA_ITEM = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} - \S")
_AGENDA = re.compile(r" - \d{1,2}\.\d{1,2}\.\d{4}\Z")
_PAPER = re.compile(
    r"(?:Vorlage|Antrag|Anfrage|[\w-]{1,40}vorlage|[\w-]{1,40}antrag) - [\w/.-]{0,20}\d\Z", re.IGNORECASE
)

_BY_MARK = {
    "altcha-widget": "a gate against robots",
    "#risname": "a page of classic ALLRIS 3",
    "#allriscontainer": "a page of classic ALLRIS 3",
    "#vobetreff": "a paper (vo020)",
    "#voart": "a paper (vo020)",
    "#sibetreff": "the agenda of a meeting (to010)",
    "#toTreeTable": "the agenda of a meeting (to010)",
}
MARKS = tuple(_BY_MARK)
"""CSS selectors of elements that only other pages have."""
_BY_WORDS = {
    "nicht berechtigt": "the notice that this may not be seen without rights",
    "Keine Information verfügbar": "the notice that this may not be seen without rights",
    "Zugriff verweigert": "the notice that this may not be seen without rights",
    "Zu viele Zugriffe": "the notice that the server had too many requests",
    "kein Roboter": "a gate against robots",
    "Passwort": "a sign-in page",
    "Kennwort": "a sign-in page",
}


def is_agenda_item(headline: str) -> bool:
    """Headlines of agenda items begin with the date of the meeting: "20.08.2025 - 13 Fortschreibung …"."""
    return bool(_AGENDA_ITEM.match(headline))


def recognise(lines: Sequence[str], headline: str, marks: Collection[str] = ()) -> str:
    """What a page is that is no agenda item; "" where that is not known.

    `marks` are those of `MARKS` that an HTML page has. They count before words:
    a paper may well quote somebody who is "nicht berechtigt"."""
    words = "\n".join(lines)[:20_000]
    return (
        _first(_BY_MARK, marks)
        or _first(_BY_WORDS, words)
        or ("a paper (vo020)" if _PAPER.search(headline) else "")
        or ("the agenda of a meeting (to010)" if _AGENDA.search(headline) else "")
    )


def refuse(what: str, headline: str) -> PageError:
    shown = f' ("{headline[:60]}")' if headline else ""
    return PageError(f"This is {what or 'another page'}{shown}; {WANTED}.")


def _first(table: dict[str, str], where: Collection[str] | str) -> str:
    return next((what for mark, what in table.items() if mark in where), "")
