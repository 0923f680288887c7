"""Objects from an OParl server: System → bodies → the lists of each body, page by page."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime
from logging import getLogger
from typing import Any, Final

from sessions.imports.http import Client, FetchError, ForbiddenAddressError, Response
from sessions.imports.oparl import pages, quirks
from sessions.imports.oparl.feed import Element, SourceError
from sessions.imports.oparl.pages import Page, PageError
from sessions.imports.oparl.records import TYPES, ObjectType, Refusal
from sessions.imports.oparl.walk import Walk

logger = getLogger(__name__)

MAX_EMPTY_PAGES: Final = 10
"""In a row. A page may be empty because all that was on it is not public; a list may also have no end."""
MAX_FAILED_PAGES: Final = 3
MAX_FAILED_OBJECTS: Final = 10
"""In a row: the rest is left for the next run. Each has been asked for several times, so a server that is
down would else keep a run busy for days."""

_LISTS: Final[dict[ObjectType, tuple[str, ...]]] = {
    "LegislativeTerm": ("legislativeTermList", "legislativeTerm"),
    "Location": ("locationList",),
    "Organization": ("organization",),
    "Person": ("person",),
    "Membership": ("membership",),
    "Meeting": ("meeting",),
    "AgendaItem": ("agendaItem",),
    "Paper": ("paper",),
    "Consultation": ("consultation",),
    "File": ("file",),
}
"""Where a body names the list of a type. Half of them came with 1.1; in 1.0 the terms stand in the body."""

_NOT_PUBLIC: Final = frozenset({401, 403})
_GONE: Final = frozenset({404, 410})


class HttpFeed:
    """A feed.Feed of the server at `address`: a System, a Body, a list of bodies, any other list, or a single
    object. All pages of a list are read, so it does not matter whether it begins with the newest."""

    def __init__(self, address: str, client: Client) -> None:
        self._address = address
        self._client = client
        self._start = address
        """Where the start was found after redirects."""
        self._totals: dict[str, int] = {}
        self._whole: set[ObjectType] = set()
        self._partly: set[ObjectType] = set()
        self._read: set[str] = set()
        """Lists that were read. Bodies may share one."""
        self._loaded: dict[str, Page] = {}
        """The page that the start turned out to be, so that it is not asked for twice."""
        self._since: datetime | None = None
        self._needs_raw_filter = False
        self._meetings_have_agendas = False

    @property
    def address(self) -> str:
        return self._address

    @property
    def total(self) -> int | None:
        """Grows with each list that is begun."""
        return sum(self._totals.values()) or None

    def complete_types(self) -> Set[ObjectType]:
        return self._whole - self._partly if self._since is None else frozenset()

    def elements(self, since: datetime | None) -> Iterator[Element | Refusal]:
        for forget in (self._totals, self._whole, self._partly, self._read, self._loaded):
            forget.clear()
        self._since = since
        page = self._first_page()
        kind = _common_type(page)
        if page.is_list:
            self._loaded[self._start] = page
        if kind == "System" and not page.is_list:
            yield Element(raw=page.elements[0], listed_as="System")
            yield from self._of_bodies(self._bodies_of(page.elements[0]), since)
        elif kind == "Body":
            alone = not page.is_list
            found = _found(page, kind) if alone else self._list(kind, self._start, None)
            yield from self._of_bodies(found, since)
        elif page.is_list:
            yield from self._list(kind, self._start, since)
        else:
            yield from _found(page, kind)

    def fetch(self, ids: list[str]) -> Iterator[Element | Refusal]:
        failures = 0
        for position, id_ in enumerate(ids):
            if not _is_address(id_):
                continue
            try:
                page = self._page(id_)
            except ForbiddenAddressError:
                # Somebody else's object.
                continue
            except (FetchError, PageError) as error:
                if _status(error) in _NOT_PUBLIC | _GONE:
                    continue
                yield _refusal(id_, _reason(id_, error))
                failures += 1
                if failures == MAX_FAILED_OBJECTS and (left := len(ids) - position - 1):
                    yield _given_up(self._address, f"{left} more objects are not asked for")
                    return
                continue
            failures = 0
            yield from _found(page, None)

    # --- From the start to the lists

    def _first_page(self) -> Page:
        try:
            answer = self._client.get(self._address)
            page = _read(answer)
        except (FetchError, PageError) as error:
            raise SourceError(_reason(self._address, error)) from error
        self._start = answer.url
        if not page.elements:
            raise SourceError(f"{self._address} is an empty list; there is nothing to import.")
        if not page.is_list and _common_type(page) is None:
            raise SourceError(f"{self._address} is no object of OParl; expected a system or a body.")
        return page

    def _bodies_of(self, system: dict[str, Any]) -> Iterator[Element | Refusal]:
        if not quirks.is_stated(system.get("body")):
            raise SourceError(f"{self._address} is a system that names no bodies.")
        return self._values("Body", system["body"], None)

    def _of_bodies(
        self, found: Iterator[Element | Refusal], since: datetime | None
    ) -> Iterator[Element | Refusal]:
        """Bodies, and then their lists: type after type, so that what others need comes first."""
        bodies: list[dict[str, Any]] = []
        reason = "its list of bodies is empty"
        for body in found:
            if isinstance(body, Refusal):
                reason = body.reason
                yield body
                continue
            whole = self._whole_body(body)
            yield whole
            if isinstance(whole, Refusal):
                reason = whole.reason
            elif whole.raw.get("deleted") is not True:
                # The addresses alone: a system may have hundreds of bodies.
                bodies.append({key: whole.raw.get(key) for keys in _LISTS.values() for key in keys})
        if not bodies:
            raise SourceError(f"{self._address} has no body that can be read: {reason.rstrip('.')}.")
        for kind in (kind for kind in TYPES if kind in _LISTS):
            for lists in bodies:
                yield from self._list_of(lists, kind, since)

    def _whole_body(self, body: Element) -> Element | Refusal:
        """Some systems list their bodies in short, without the addresses of their lists."""
        id_ = quirks.identifier(body.raw)
        has_lists = any(body.raw.get(key) for keys in _LISTS.values() for key in keys)
        if has_lists or body.raw.get("deleted") is True or not _is_address(id_):
            return body
        try:
            page = self._page(id_)
        except (FetchError, PageError) as error:
            self._partly.add("Body")
            return _refusal(id_, _reason(id_, error))
        return next(_found(page, "Body"), body)

    def _list_of(
        self, body: dict[str, Any], kind: ObjectType, since: datetime | None
    ) -> Iterator[Element | Refusal]:
        for key in _LISTS[kind]:
            value = body[key]
            if not quirks.is_stated(value):
                continue
            if kind == "LegislativeTerm" and not isinstance(value, str):
                # Embedded: they have come with the body. Only addresses are still to be asked for.
                value = [term for term in quirks.listed(value) if isinstance(term, str)]
            yield from self._values(kind, value, since)
            return
        self._partly.add(kind)

    def _values(self, kind: ObjectType, value: Any, since: datetime | None) -> Iterator[Element | Refusal]:
        """What stands where the address of a list belongs: that, or the objects or their addresses."""
        if not isinstance(value, str):
            self._partly.add(kind)
            yield from self._of_page(kind, quirks.listed(value), Walk(self._start))
            return
        address = pages.joined(self._start, value)
        if address not in self._read:
            self._read.add(address)
            yield from self._list(kind, address, since)

    # --- One list

    def _list(
        self, kind: ObjectType | None, address: str, since: datetime | None
    ) -> Iterator[Element | Refusal]:
        """Every element of every page. Whatever goes wrong is said, and the type is not complete then."""
        walk = Walk(address)
        for page in self._pages(walk, since):
            if isinstance(page, Refusal):
                walk.is_whole = False
                yield page
                continue
            if page.refused:
                walk.is_whole = False
                yield from page.refused
            yield from self._of_page(kind, page.elements, walk)
        if kind is None:
            return
        # An empty list proves nothing: servers are empty for an hour, and everything is there again. Nor does
        # one that is shorter than it says: pages shift when something is withdrawn between two requests.
        if walk.is_whole and walk.count and walk.has_all:
            self._whole.add(kind)
        else:
            self._partly.add(kind)

    def _pages(self, walk: Walk, since: datetime | None) -> Iterator[Page | Refusal]:
        failures = empty = 0
        while walk.next:
            address = walk.next if since is None else self._filtered(walk.next, since)
            if trouble := walk.trouble_with(address):
                yield _given_up(address, trouble)
                return
            try:
                page = self._page(address) if walk.count or since is None else self._first(address, since)
            except (FetchError, PageError) as error:
                if _status(error) in _GONE and walk.may_be_over:
                    return
                yield _refusal(address, _reason(address, error))
                failures += 1
                if failures == MAX_FAILED_PAGES:
                    yield _given_up(address, f"{failures} pages in a row could not be read")
                    return
                walk.next = pages.behind(address, walk.last)
                continue
            failures = 0
            empty = 0 if page.elements else empty + 1
            if empty > MAX_EMPTY_PAGES:
                yield _given_up(address, f"{empty} pages in a row are empty")
                return
            if not walk.is_new(page):
                yield _given_up(address, "the list repeats a page that was read already")
                return
            walk.note(page, address)
            if walk.total is not None:
                self._totals[walk.address] = walk.total
            yield page

    def _filtered(self, address: str, since: datetime, *, raw: bool = False) -> str:
        return pages.with_filter(address, since, raw=raw or self._needs_raw_filter)

    def _first(self, address: str, since: datetime) -> Page:
        """The first page. A server that answers 404 may mean that nothing changed (SD.NET), or that it cannot
        read the filter (Session), so it is asked once more in the words of the latter."""
        try:
            return self._page(address)
        except FetchError as error:
            raw = pages.with_raw_filter(address)
            if error.status != 404 or raw == address:
                raise
            try:
                page = self._page(raw)
            except (FetchError, PageError):
                # So it meant what it said the first time.
                raise error from None
        self._needs_raw_filter = True
        return page

    def _of_page(
        self, kind: ObjectType | None, found: Sequence[Any], walk: Walk
    ) -> Iterator[Element | Refusal]:
        alone = kind == "Meeting" and self._have_no_agendas(found)
        for raw in found:
            if isinstance(raw, str) and raw:
                yield from self._object(kind, pages.joined(walk.address, raw), walk)
            elif not isinstance(raw, dict):
                yield _refusal(walk.address, f"The list has {str(raw)[:50]!r} in it, no object.")
            elif alone and raw.get("deleted") is not True and _is_address(id_ := quirks.identifier(raw)):
                yield from self._object(kind, id_, walk, listed=raw)
            else:
                yield Element(raw=raw, listed_as=kind, place=walk.address)

    def _have_no_agendas(self, meetings: Sequence[Any]) -> bool:
        """Session lists its meetings without `agendaItem`, so each is asked for by itself. Where one meeting
        has it, the others have no agenda yet."""
        if any(isinstance(raw, dict) and "agendaItem" in raw for raw in meetings):
            self._meetings_have_agendas = True
        return not self._meetings_have_agendas

    def _object(
        self, kind: ObjectType | None, address: str, walk: Walk, listed: dict[str, Any] | None = None
    ) -> Iterator[Element | Refusal]:
        """An object of a list that must be asked for by itself; `listed` is what the list says of it."""
        if walk.failed_objects == MAX_FAILED_OBJECTS:
            return
        try:
            page = self._page(address)
        except (FetchError, PageError) as error:
            status = _status(error)
            if listed is not None and (status == 404 or isinstance(error, ForbiddenAddressError)):
                # There is no more to be had of it than this.
                yield Element(raw=listed, listed_as=kind)
            elif status not in _NOT_PUBLIC | _GONE:
                walk.is_whole = False
                walk.failed_objects += 1
                yield _refusal(address, _reason(address, error))
                if walk.failed_objects == MAX_FAILED_OBJECTS:
                    yield _given_up(walk.address, f"{MAX_FAILED_OBJECTS} objects in a row could not be read")
            return
        walk.failed_objects = 0
        yield from _found(page, kind)

    # --- One request

    def _page(self, address: str) -> Page:
        """Raises FetchError and PageError."""
        if address in self._loaded:
            return self._loaded.pop(address)
        answer = self._client.get(pages.on_scheme_of(self._start, address))
        return _read(answer)


def _read(answer: Response) -> Page:
    page = pages.read_page(answer.content, lambda words: logger.warning("%s: %s", answer.url, words))
    return replace(page, refused=[_refusal(found.id or answer.url, found.reason) for found in page.refused])


def _common_type(page: Page) -> ObjectType | None:
    """The type of all objects of a page; None where they differ or say nothing."""
    types = {_type_of(raw) for raw in page.elements}
    return types.pop() if len(types) == 1 else None


def _type_of(raw: Any) -> ObjectType | None:
    if not isinstance(raw, dict):
        return None
    if stated := quirks.stated_type(raw.get("type")):
        return stated
    if "oparlVersion" in raw:
        return "System"
    return quirks.type_in_id(quirks.identifier(raw.get("id")))


def _found(page: Page, kind: ObjectType | None) -> Iterator[Element | Refusal]:
    """What came for an object that was asked for by itself. Where SD.NET promises a membership, it sends a
    list."""
    yield from page.refused
    yield from (Element(raw=raw, listed_as=kind) for raw in page.elements if isinstance(raw, dict))


def _is_address(id_: str) -> bool:
    return id_.startswith(("http://", "https://"))


def _status(error: FetchError | PageError) -> int | None:
    return error.status if isinstance(error, FetchError) else None


def _reason(address: str, error: FetchError | PageError) -> str:
    return str(error) if isinstance(error, FetchError) else f"{address} {error}."


def _given_up(address: str, why: str) -> Refusal:
    return _refusal(address, f"{why[0].upper()}{why[1:]}; the rest is left out.")


def _refusal(address: str, reason: str) -> Refusal:
    """Whatever stands in a link, the list of refusals must be able to keep it."""
    return Refusal(id=quirks.text(address)[:500], reason=quirks.text(reason))
