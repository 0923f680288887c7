"""The official pages of rows: one form for the city's own system, others as they were given."""

from urllib.parse import urlencode

from django.conf import settings

from portal.models import Sourced
from sessions.imports.records import PageAddress
from sessions.models import AgendaItem


def allris_url(page: str, **numbers: int | None) -> str:
    """The official page "to020", "to010" … with these numbers; "" where the city names no address."""
    start = settings.CITY.allris_url.rstrip("/")
    known = {name: number for name, number in numbers.items() if number is not None}
    return f"{start}/{page}?{urlencode(known)}" if start and known else ""


def item_url(address: PageAddress, item: AgendaItem) -> str:
    """The item's official page; as `page_url`, but an address that names the meeting too is not given up. A
    line of an agenda without page has none."""
    if address.agenda_item is None:
        return ""
    known = item.source_url
    if address.meeting is None and known and _is_own_address(known) and not _is_elsewhere(address.url):
        return ""
    return page_url(item, address.url, "to020", SILFDNR=address.meeting, TOLFDNR=address.agenda_item)


def page_url(row: Sourced, given: str, page: str, **numbers: int | None) -> str:
    """The row's official page: an address elsewhere as it was given, else the one the city's system has.

    given: where this page was found, "" where only another page names it. Addresses of the city's own system
    come in many forms; they are stored in one, so that a page saved under another form does not count as
    changed. "" where nothing better than the known one is known.
    """
    if _is_elsewhere(given):
        return web_address(given)
    if row.source_url and not _is_own_address(row.source_url):
        return ""
    return allris_url(page, **numbers)


def web_address(url: str) -> str:
    """The address if it is one that a link may have, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


def _is_elsewhere(url: str) -> bool:
    return bool(web_address(url)) and not _is_own_address(url)


def _is_own_address(url: str) -> bool:
    start = settings.CITY.allris_url.rstrip("/")
    return bool(start) and url.startswith(f"{start}/")
