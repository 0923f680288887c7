"""Addresses of ALLRIS pages in all their forms, and the ids made from their numbers.

Numbers survive where addresses do not: the move from ALLRIS 3 to 4 changed host, path and parameters,
but an agenda item kept its TOLFDNR.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from sessions.imports.allris.other_pages import kind_of_html
from sessions.imports.allris.page import Kind, decode, looks_like_html
from sessions.imports.allris.tree import attribute, comments_before, read_html
from sessions.imports.records import PageAddress

# A parameter of an address or of a file name: "TOLFDNR=57274", "TOLFDNR-57274", "tolfdnr_57274".
# Numbers of ten digits and more are none of ALLRIS and would not fit a database column.
_NUMBER = r"[=_-]0{0,20}(\d{1,9})(?!\d)"
_PARAMETER = re.compile(rf"(?<![A-Za-z])(TO|SI|VO)LFDNR{_NUMBER}", re.IGNORECASE)
# The item to which the page of a meeting scrolls; only pages without TOLFDNR need it.
_SELECTED = re.compile(rf"(?<![A-Za-z])topSelected{_NUMBER}", re.IGNORECASE)
_ORGANIZATION = re.compile(
    rf"(?<![A-Za-z])gr020(?:_[a-z])?(?:\.asp)?\?(?:[^#]{{0,200}}&)?GRLFDNR{_NUMBER}", re.IGNORECASE
)
# A program, also in its mobile (_r) or other form (_e): "to020.asp?", "vo020_r.asp?", "VO020?".
_PROGRAM = re.compile(r"(?:\A|/)(to020|to010|vo020)(?:_[a-z])?(?:\.asp)?\?", re.IGNORECASE)
# A file name that carries only the number of its own page: "allris-to020-1000181.txt".
_OWN_NUMBER = re.compile(
    r"(?<![A-Za-z])(to020|to010|vo020)(?:_[a-z])?(?:\.asp)?[_-]0{0,20}(\d{1,9})(?![\d=])", re.IGNORECASE
)
_KINDS: dict[str, Kind] = {"to020": "to020", "to010": "to010", "vo020": "vo020"}
_PROGRAMS = {"to020": "TO", "to010": "SI", "vo020": "VO"}
_SAVED_FROM = re.compile(r"\s*+saved from url=(?:\(\d{1,6}\))?(\S{1,2000})")
# ALLRIS 4 tells its own scripts the address of the page, relative to its host.
_WICKET_BASE = re.compile(r'Wicket\.Ajax\.baseUrl\s{0,5}=\s{0,5}"([^"\\]{1,2000})"')
_ADDRESS_LENGTH = 2_000


# A row of an agenda is asked for the same few links several times.
@lru_cache(maxsize=64)
def page_address(text: str) -> PageAddress:
    """Numbers in an address or a file name, percent-encoded or not; empty where there are none.

    A number that is given twice with different values counts as not given."""
    text = text[: 3 * _ADDRESS_LENGTH]
    plain = unquote(text)
    found = [(kind.upper(), int(number)) for kind, number in _PARAMETER.findall(plain)]
    if not any(kind == "TO" for kind, _ in found):
        found += [("TO", int(number)) for number in _SELECTED.findall(plain)]
    if not found:
        found = [(_PROGRAMS[name.lower()], int(number)) for name, number in _OWN_NUMBER.findall(plain)]
    is_url = re.fullmatch(r"https?://[!-~]+", text, re.IGNORECASE) and len(text) <= _ADDRESS_LENGTH
    return PageAddress(
        agenda_item=_only(found, "TO"),
        meeting=_only(found, "SI"),
        paper=_only(found, "VO"),
        url=text if is_url else "",
    )


@lru_cache(maxsize=64)
def page_kind(address: str) -> Kind | None:
    """The kind of page that an address leads to, by its program ("…/to010.asp?SILFDNR=5"); else None."""
    match = _PROGRAM.search(unquote(address[: 3 * _ADDRESS_LENGTH]))
    return _KINDS[match[1].lower()] if match else None


def organization_number(address: str) -> int | None:
    """GRLFDNR of the address of a committee (gr020). Members (kp020) and classic au020 have other numbers."""
    match = _ORGANIZATION.search(unquote(address[: 3 * _ADDRESS_LENGTH]))
    return int(match[1]) or None if match else None


def address_in_page(data: bytes) -> PageAddress:
    """The address that a saved HTML page names as its own; empty where it names none, as text never does.

    In this order: the browser's "saved from" comment, the canonical link, the address that ALLRIS 4 gives
    its scripts, and links and hidden fields where all of them name the same number. Raises `PageError` for
    bytes that are no text."""
    text = decode(data)
    if not looks_like_html(text):
        return PageAddress()
    html = read_html(text)
    return address_of(html, kind_of_html(html).kind)


def address_of(html: LexborNode, kind: Kind | None) -> PageAddress:
    """The same for a page that is read already."""
    own = own_address(html)
    if kind is None or _number(own, kind):
        return own
    if kind == "to020":
        return _self_link(html)
    found = _numbers(html, kind)
    if len(found) != 1:
        return PageAddress()
    number = found.pop()
    return PageAddress(meeting=number) if kind == "to010" else PageAddress(paper=number)


def own_address(html: LexborNode) -> PageAddress:
    """The address that stands outside of the page's content."""
    for address in (_saved_from(html), _canonical(html), _wicket_base(html)):
        found, kind = page_address(address), page_kind(address)
        if kind and _number(found, kind):
            return found
    return PageAddress()


def allris_id(kind: Literal["to", "si", "vo", "gr"], number: int) -> str:
    """Id of an agenda item, meeting, paper or organization that survives re-imports: "allris:to:1000181"."""
    return f"allris:{kind}:{number}"


def _only(found: list[tuple[str, int]], kind: str) -> int | None:
    numbers = {number for name, number in found if name == kind}
    return (numbers.pop() or None) if len(numbers) == 1 else None


def _number(address: PageAddress, kind: Kind) -> int | None:
    return {"to020": address.agenda_item, "to010": address.meeting, "vo020": address.paper}[kind]


def _saved_from(html: LexborNode) -> str:
    matches = map(_SAVED_FROM.match, comments_before(html))
    return next((match[1] for match in matches if match), "")


def _canonical(html: LexborNode) -> str:
    link = html.css_first('link[rel="canonical" i]')
    return attribute(link, "href") if link else ""


def _wicket_base(html: LexborNode) -> str:
    script = html.css_first("script#wicket-ajax-base-url")
    match = _WICKET_BASE.search(script.text()) if script else None
    return match[1] if match else ""


def _self_link(html: LexborNode) -> PageAddress:
    """Neighbours in the agenda are agenda items too, so only an address without rival is the page's own."""
    links = [page_address(href) for href in _hrefs(html) if page_kind(href) == "to020"]
    numbers = {link.agenda_item for link in links if link.agenda_item}
    if len(numbers) != 1:
        hidden = set(_hidden(html, "TOLFDNR")) if not numbers else set()
        return PageAddress(agenda_item=hidden.pop()) if len(hidden) == 1 else PageAddress()
    # The fullest one: with the meeting, and with a host.
    return max(links, key=lambda link: (bool(link.agenda_item), bool(link.meeting), bool(link.url)))


def _numbers(html: LexborNode, kind: Kind) -> set[int]:
    """Numbers that may be the page's own. Links to other meetings and papers are none of them: of links count
    only those of agenda items that name their meeting, and those of a paper to its own print."""
    found: Iterator[int | None]
    if kind == "to010":
        own = (href for href in _hrefs(html) if "SILFDNR" in href.upper() and page_kind(href) != "vo020")
        links = map(page_address, own)
        found = (link.meeting for link in links if link.agenda_item)
    else:
        printed = (href for href in _hrefs(html) if page_kind(href) == "vo020" and "selfaction" in href)
        found = (page_address(href).paper for href in printed)
    numbers = {number for number in found if number}
    return numbers or set(_hidden(html, "SILFDNR" if kind == "to010" else "VOLFDNR"))


def _hrefs(html: LexborNode) -> Iterable[str]:
    return (attribute(link, "href") for link in html.css("a[href]"))


def _hidden(html: LexborNode, name: str) -> Iterator[int]:
    """Values of hidden fields of forms. Form fields are what classic pages have in the place of links."""
    for field in html.css(f'input[name="{name}" i]'):
        if number := plain_number(attribute(field, "value")):
            yield number


def plain_number(printed: str) -> int | None:
    """An ALLRIS number that stands alone: "57274"; None for 0 and for what is none."""
    digits = printed.strip()
    short = digits.lstrip("0")
    return int(short) if digits.isascii() and digits.isdigit() and 0 < len(short) <= 9 else None
