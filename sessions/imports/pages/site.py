"""Pages of one council system, asked for over the network: politely, each once, and only what is public.

An agenda leads to the pages of its public items, and these to their papers; a paper leads nowhere. Each page
is a transaction of its own, so an import that is killed keeps what it has read.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from portal.imports import Outcome, count, refuse
from portal.models import ImportRun
from sessions.imports.allris import (
    MAX_BYTES,
    NotPublicError,
    PageError,
    TurnedAwayError,
    address_in_page,
    parse_page,
)
from sessions.imports.console import one_line, refusal
from sessions.imports.http import Client, FetchError, Response
from sessions.imports.pages.addresses import Page, is_classic, page_at, site_of
from sessions.imports.pages.kinds import (
    ITEM,
    Record,
    address_of,
    complete,
    kind_of,
    own_number,
    store,
)
from sessions.imports.pages.ledger import Ledger
from sessions.imports.pages.links import led_by_record, led_by_rows
from sessions.imports.records import (
    AgendaRecord,
    FileRecord,
    PageAddress,
    PaperPageRecord,
)
from sessions.imports.upsert import ClosedError, RecordError
from sessions.models import SourceObject

SESSION_LIFE: Final = 15 * 60.0
"""Seconds after which the server may have forgotten us (Wicket: 30 minutes without a request)."""
MAX_FAILURES: Final = 3
"""So many pages in a row without any answer, and the host is left alone."""

_GATE: Final = "/_gate/"
_NOT_ALLOWED: Final = "/noauth"
_GONE: Final = frozenset({401, 403, 404, 410})
_LATER: Final = "Try again later, with a longer --delay; what was read is kept."


class StoppedError(RuntimeError):
    """The server asks to be left alone, or does not answer: nothing more is asked of it in this run."""


class Site:
    """One council system. `read` asks it for a page and for those that the page leads to.

    address: of any of its pages. report: is told each line for people. progress: is told how many pages are
    read, and how many are known to be read in all.
    """

    def __init__(
        self,
        address: str,
        run: ImportRun,
        *,
        follow: bool = True,
        delay: float = 1.0,
        allow_hosts: Iterable[str] = (),
        allow_private: bool = False,
        report: Callable[[str], None] = lambda line: None,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self.start = site_of(address)
        self._is_classic = is_classic(address)
        self._run = run
        self._follow = follow
        self._report = report
        self._progress = progress
        self._seen: set[str] = set()
        self._done = 0
        self._failures = 0
        self._stopped = ""
        self._session_since: float | None = None
        self._is_session_proven = False
        self._client = Client(
            address,
            allow_hosts=allow_hosts,
            allow_private=allow_private,
            delay=delay,
            contact=settings.CITY.contact.email,
            max_bytes=MAX_BYTES,
        )

    def close(self) -> None:
        self._client.__exit__(None, None, None)

    def read(self, address: str) -> None:
        """Reads the page, and what it leads to, as far as this run has not read it.

        Pages that cannot be read are refused in the run. Raises StoppedError; what was read is kept.
        """
        if self._stopped:
            raise StoppedError(self._stopped)
        first = page_at(address)
        pages = deque([] if first.name in self._seen else [first])
        self._seen.add(first.name)
        while pages:
            page = pages.popleft()
            try:
                found = self._one(page)
            except StoppedError as error:
                left = f" Pages that were not asked for: {len(pages)}." if pages else ""
                self._stopped = f"{error}{left}"
                raise StoppedError(self._stopped) from error
            self._done += 1
            for next_page in found if self._follow else ():
                if next_page.name not in self._seen:
                    self._seen.add(next_page.name)
                    pages.append(next_page)
            self._progress(self._done, self._done + len(pages))

    def url(self, page: Page) -> str:
        """The address of a page in the one form in which it is asked for and stored."""
        numbers = f"{page.kind.parameter}={page.number}"
        if page.kind is ITEM and page.meeting is not None and not self._is_classic:
            numbers = f"SILFDNR={page.meeting}&{numbers}"
        return f"{self.start}/{page.kind.program}{'.asp' if self._is_classic else ''}?{numbers}"

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self.start)

    # --- One page -----------------------------------------------------------------------------
    def _one(self, page: Page) -> list[Page]:
        """Reads one page; the pages it leads to."""
        try:
            found = self._fetch_and_store(page)
        except (NotPublicError, ClosedError):
            self._skip(page, "not public")
            return []
        except TurnedAwayError as error:
            what = str(error).partition(";")[0].rstrip(".")
            raise StoppedError(f"{self.start} turns us away ({what}). {_LATER}") from error
        except FetchError as error:
            return self._not_fetched(page, error)
        except (PageError, RecordError) as error:
            self._failures = 0
            self._refuse(page, str(error))
            return []
        self._failures = 0
        return found

    def _fetch_and_store(self, page: Page) -> list[Page]:
        response = self._ask(page, self._ledger.known(page))
        if response.not_modified:
            with transaction.atomic():
                self._ledger.remember(page, response)
            count(self._run, Outcome.UNCHANGED)
            return list(led_by_rows(page))
        try:
            record = self._parse(page, response)
        except NotPublicError:
            if not self._may_be_forgotten(page):
                raise
            response = self._ask(page, None)
            record = self._parse(page, response)
        if page.kind is ITEM:
            self._is_session_proven = True
        address = self._address(page)
        address = complete(page.kind, address, address_in_page(response.content)) or address
        with transaction.atomic():
            store(record, address, self._run)
            self._ledger.remember(page, response)
        return list(led_by_record(page, record))

    def _parse(self, page: Page, response: Response) -> Record:
        """Raises PageError and its kinds for whatever is not the page that was asked for."""
        path = urlsplit(response.url).path
        if _NOT_ALLOWED in path:
            raise NotPublicError("The server says that this page is not for everybody.")
        if _GATE in path:
            raise TurnedAwayError("The server leads to a gate against robots.")
        record = parse_page(response.content, base=response.url)
        kind, number = kind_of(record), own_number(record)
        if kind is not page.kind:
            raise PageError(f"The server gave the page of another kind: {kind.what}, not {page.kind.what}.")
        if number not in (None, page.number):
            raise PageError(f"The server gave another {kind.what}: number {number}, not {page.number}.")
        return _as_given_to_everybody(record)

    def _not_fetched(self, page: Page, error: FetchError) -> list[Page]:
        if error.status == 429:
            raise StoppedError(f"{self.start} had too many requests from us. {_LATER}") from error
        if error.status in _GONE:
            self._failures = 0
            self._skip(page, f"the server answers {error.status}")
            return []
        self._refuse(page, str(error))
        if error.status is None or error.status >= 500:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                raise StoppedError(
                    f"{self.start} gave no answer {MAX_FAILURES} times in a row. Try again later."
                ) from error
        return []

    def _address(self, page: Page) -> PageAddress:
        address = replace(address_of(page.kind, page.number), url=self.url(page))
        return replace(address, meeting=page.meeting) if page.kind is ITEM else address

    # --- The server ---------------------------------------------------------------------------
    def _ask(self, page: Page, known: SourceObject | None) -> Response:
        if page.kind is ITEM and not self._is_classic and self._session_since is None:
            self._open_session()
        return self._client.get(
            self.url(page),
            etag=known.etag if known else "",
            last_modified=known.last_modified if known else "",
        )

    def _open_session(self) -> None:
        """ALLRIS 4 gives the page of an item only to somebody who has been to another page before. Agendas
        and papers do not count: whoever reads them is forgotten at once."""
        try:
            self._client.get(f"{self.start}/")
        except FetchError as error:
            if error.status is None or error.status == 429:
                raise
            # Whatever the start page answers, it came with a cookie or not; the item's page will show it.
        self._session_since = time.monotonic()

    def _may_be_forgotten(self, page: Page) -> bool:
        """Whether "not allowed" may mean that the server does not know us: then it is asked once more, with
        the cookie of that answer or a new one. Once in a run, and whenever the session is old."""
        if page.kind is not ITEM or self._is_classic or self._session_since is None:
            return False
        is_old = time.monotonic() - self._session_since > SESSION_LIFE
        first = not self._is_session_proven
        self._is_session_proven = True
        if is_old:
            self._session_since = None
        return is_old or first

    # --- The account --------------------------------------------------------------------------
    def _skip(self, page: Page, reason: str) -> None:
        """A page that may not be seen: a line for people, and refused where somebody named it."""
        if self._ledger.note_gone(page):
            reason = f"{reason}; what was read before is kept"
        if page.followed:
            self._report(one_line(f"{self.url(page)}: {reason}"))
        else:
            self._refuse(page, reason)

    def _refuse(self, page: Page, reason: str) -> None:
        name, reason = refusal(self.url(page), reason)
        refuse(self._run, name, reason)
        self._report(f"{name}: {reason}")


def _as_given_to_everybody(record: Record) -> Record:
    """The server does not know us, so it shows a paper or a file to everybody where it does not say whether
    it is public. Items always say it, by their number."""
    if isinstance(record, AgendaRecord):
        return replace(record, files=_public_files(record.files))
    if isinstance(record, PaperPageRecord):
        paper = replace(record.paper, files=_public_files(record.paper.files))
        return replace(record, paper=paper, public=record.public is not False)
    return record


def _public_files(files: Iterable[FileRecord]) -> tuple[FileRecord, ...]:
    return tuple(replace(file, public=file.public is not False) for file in files)
