"""Addresses of ALLRIS pages in all their forms, and the ids made from their numbers.

Numbers survive where addresses do not: the move from ALLRIS 3 to 4 changed host, path and parameters,
but an agenda item kept its TOLFDNR.
"""

import re
from typing import Literal
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from sessions.imports.allris.page import decode, looks_like_html
from sessions.imports.allris.tree import attribute, comments_before, read_html
from sessions.imports.records import PageAddress

# A parameter of an address or of a file name: "TOLFDNR=57274", "TOLFDNR-57274", "tolfdnr_57274".
# Numbers of ten digits and more are none of ALLRIS and would not fit a database column.
_PARAMETER = re.compile(r"(?<![A-Za-z])(TO|SI|VO)LFDNR[=_-](\d{1,9})(?!\d)", re.IGNORECASE)
# A file name that carries only the number of its own page: "allris-to020-1000181.txt".
_OWN_NUMBER = re.compile(r"(?<![A-Za-z])(to020|to010|vo020)[_-](\d{1,9})(?![\d=])", re.IGNORECASE)
_PROGRAMS = {"to020": "TO", "to010": "SI", "vo020": "VO"}
_AGENDA_ITEM_LINK = re.compile(r"(?:\A|/)to020(?:\.asp)?\?", re.IGNORECASE)
_SAVED_FROM = re.compile(r"\s*+saved from url=(?:\(\d{1,6}\))?(\S{1,2000})")
_ADDRESS_LENGTH = 2_000


def page_address(text: str) -> PageAddress:
    """Numbers in an address or a file name, percent-encoded or not; empty where there are none.

    A number that is given twice with different values counts as not given."""
    text = text[: 3 * _ADDRESS_LENGTH]
    plain = unquote(text)
    found = [(kind.upper(), int(number)) for kind, number in _PARAMETER.findall(plain)]
    if not found:
        found = [(_PROGRAMS[name.lower()], int(number)) for name, number in _OWN_NUMBER.findall(plain)]
    is_url = re.fullmatch(r"https?://[!-~]+", text, re.IGNORECASE) and len(text) <= _ADDRESS_LENGTH
    return PageAddress(
        agenda_item=_only(found, "TO"),
        meeting=_only(found, "SI"),
        paper=_only(found, "VO"),
        url=text if is_url else "",
    )


def address_in_page(data: bytes) -> PageAddress:
    """The address that a saved HTML page names as its own; empty where it names none, as text never does.

    In this order: the browser's "saved from" comment, the canonical link, and links to agenda items,
    where all of them lead to the same one. Raises `PageError` for bytes that are no text."""
    text = decode(data)
    if not looks_like_html(text):
        return PageAddress()
    html = read_html(text)
    for address in (_saved_from(html), _canonical(html)):
        if (found := page_address(address)).agenda_item:
            return found
    return _self_link(html)


def allris_id(kind: Literal["to", "si", "vo", "gr"], number: int) -> str:
    """Id of an agenda item, meeting, paper or organization that survives re-imports: "allris:to:1000181"."""
    return f"allris:{kind}:{number}"


def _only(found: list[tuple[str, int]], kind: str) -> int | None:
    numbers = {number for name, number in found if name == kind}
    return (numbers.pop() or None) if len(numbers) == 1 else None


def _saved_from(html: LexborNode) -> str:
    matches = map(_SAVED_FROM.match, comments_before(html))
    return next((match[1] for match in matches if match), "")


def _canonical(html: LexborNode) -> str:
    link = html.css_first('link[rel="canonical" i]')
    return attribute(link, "href") if link else ""


def _self_link(html: LexborNode) -> PageAddress:
    """Neighbours in the agenda are agenda items too, so only an address without rival is the page's own."""
    hrefs = [attribute(link, "href") for link in html.css("a[href]")]
    links = [page_address(href) for href in hrefs if _AGENDA_ITEM_LINK.search(href)]
    numbers = {link.agenda_item for link in links if link.agenda_item}
    if len(numbers) != 1:
        return PageAddress()
    # The fullest one: with the meeting, and with a host.
    return max(links, key=lambda link: (bool(link.agenda_item), bool(link.meeting), bool(link.url)))
