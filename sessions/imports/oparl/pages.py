"""One answer of an OParl server: its objects, and where the list goes on. Pure: bytes in, values out."""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from sessions.imports.oparl import quirks, split
from sessions.imports.oparl.records import Refusal

_EMPTY_CODE = 802
"""With this SD.NET says that a list is empty."""
_FILTER = "modified_since"
_WHITE = b" \t\r\n"
_PAGE = re.compile(r"(?<=[?&]page=)[0-9]{1,9}(?=&|$)")


class PageError(ValueError):
    """An answer that is no OParl. The end of a sentence that begins with the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    elements: Sequence[Any] = ()
    """Objects as a rule; addresses of objects, or nonsense, with some servers."""
    refused: Sequence[Refusal] = ()
    """What stood between them and cannot be read; without an id where none was found."""
    next: str = ""
    """As the server gives it, so perhaps relative; "" where it names none."""
    has_links: bool = False
    """Whether the server links its pages at all."""
    number: int | None = None
    last: int | None = None
    """Number of the last page."""
    total: int | None = None
    """Elements of the whole list."""
    is_list: bool = True
    """Otherwise the answer is one object, which is the only element."""


def read_page(content: bytes, note: Callable[[str], None] = lambda _: None) -> Page:
    """A page of a list; also a bare list, and an object in place of a list.

    What is broken in a page is `refused`, and the rest of it is read. Raises PageError where nothing is.
    note: told what had to be repaired.
    """
    if content.lstrip(codecs.BOM_UTF8 + _WHITE)[:1] == b"<":
        raise PageError("answers with a web page instead of JSON")
    try:
        return page_of(split.loads(content, note))
    except split.UnreadableError:
        return _broken_page(content, note)


def _broken_page(content: bytes, note: Callable[[str], None]) -> Page:
    elements: list[Any] = []
    refused: list[Refusal] = []
    for found in split.elements([content], note):
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            elements.append(found)
    if not elements:
        raise PageError(f"answers with no JSON that can be read: {refused[0].reason.rstrip('.')}")
    around = {name: _flat_object(content, name) for name in ("links", "pagination")}
    return replace(page_of({"data": elements} | around), refused=refused)


def _flat_object(content: bytes, name: str) -> Any:
    """The last object of this name, in which no other stands; None where there is none that can be read.
    Within a text its quotes would be escaped."""
    found = re.findall(rb'"' + name.encode() + rb'"\s*+:\s*+(\{[^{}]*+\})', content)
    try:
        return split.loads(found[-1]) if found else None
    except split.UnreadableError:
        return None


def page_of(value: Any) -> Page:
    """As `read_page`, of a value that was read."""
    if isinstance(value, list):
        return Page(elements=value)
    if not isinstance(value, dict):
        raise PageError("answers with neither a list nor an object")
    if "data" in value:
        return _page_with_data(value)
    if _EMPTY_CODE in value.values() or str(_EMPTY_CODE) in value.values() or not value:
        return Page()
    if str(value.get("type", "")).rstrip("/").endswith("/Error"):
        raise PageError(f"answers with an error ({quirks.text(value.get('message'))[:200]})")
    if not quirks.is_stated(value.get("id")) and not quirks.is_stated(value.get("type")):
        raise PageError("answers with something that is no object of OParl")
    return Page(elements=[value], is_list=False)


def _page_with_data(value: dict[str, Any]) -> Page:
    links, pagination = value.get("links"), value.get("pagination")
    links = links if isinstance(links, dict) else {}
    pagination = pagination if isinstance(pagination, dict) else {}
    following = links.get("next")
    return Page(
        elements=quirks.listed(value["data"]),
        next=following.strip() if isinstance(following, str) else "",
        has_links=any(quirks.is_stated(link) for link in links.values()),
        number=quirks.whole(pagination.get("currentPage")),
        last=quirks.whole(pagination.get("totalPages")),
        total=quirks.whole(pagination.get("totalElements")),
    )


def following(page: Page, address: str) -> str:
    """Address of the next page; "" behind the last one. Only `links.next` counts; a server that links nothing
    at all but numbers its pages is asked for the next number."""
    if page.next:
        return joined(address, page.next)
    if not page.has_links and page.number is not None and page.last is not None and page.number < page.last:
        return with_number(address, page.number + 1)
    return ""


def behind(address: str, last: int | None) -> str:
    """Address of the page behind one that cannot be read; "" where nobody can know it."""
    number = _PAGE.search(address)
    if number is None or last is None or int(number[0]) >= last:
        return ""
    return with_number(address, int(number[0]) + 1)


def with_number(address: str, number: int) -> str:
    if _PAGE.search(address):
        return _PAGE.sub(str(number), address)
    return _with_parameter(address, f"page={number}")


def with_filter(address: str, since: datetime, *, raw: bool = False) -> str:
    """Only what changed after this moment. An address that has the filter already is left alone: servers lose
    it in their links (Session, from the third page on).

    raw: with "+" as it is, for servers that know no percent-encoding (Session). A full date-time with its
    offset and without microseconds, which Session does not take either.
    """
    if f"{_FILTER}=" in address.partition("?")[2]:
        return address
    moment = since.replace(microsecond=0).isoformat()
    return _with_parameter(address, f"{_FILTER}={moment if raw else moment.replace('+', '%2B')}")


def with_raw_filter(address: str) -> str:
    """The same address with the filter as `raw`."""
    before, name, value = address.partition(f"{_FILTER}=")
    return before + name + value.replace("%2B", "+", 1)


def _with_parameter(address: str, parameter: str) -> str:
    address = address.partition("#")[0]
    separator = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{separator}{parameter}"


def joined(base: str, link: str) -> str:
    """A link of an answer as an address. Where it is none, it stays what it is: the client refuses it."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def on_scheme_of(start: str, address: str) -> str:
    """Servers behind a proxy take themselves for http: on the source's own host its scheme counts."""
    try:
        own, other = urlsplit(start), urlsplit(address)
        if (
            own.scheme == other.scheme
            or other.scheme not in ("http", "https")
            or own.hostname != other.hostname
            or other.port not in (None, 80, 443, own.port)
        ):
            return address
    except ValueError:
        return address
    return other._replace(scheme=own.scheme, netloc=own.netloc).geturl()
