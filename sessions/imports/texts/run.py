"""The texts of all public files that are new or changed: fetched, read, and written page by page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha512
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.imports import Outcome, count, refuse
from portal.models import ImportRun
from sessions.imports.console import refusal
from sessions.imports.http import Client, FetchError, ForbiddenAddressError, Response, TooLongError
from sessions.imports.texts.extract import MAX_BYTES, Reading, State, read_pdf
from sessions.imports.texts.hosts import start_of
from sessions.models import File, FilePage, FileText, Source, SourceObject

MAX_ATTEMPTS: Final = 5
"""Of a file that does not come, or takes too long, before it is left alone until its source changes it."""
AGAIN_AFTER: Final = timedelta(days=1)
MAX_FAILURES: Final = 3
"""Answers in a row that a host does not give, after which the rest is left for the next run."""
_BATCH: Final = 500
_ROWS: Final = (
    ("File", "pk"), ("Paper", "paper_id"), ("AgendaItem", "agenda_item_id"), ("Meeting", "meeting_id"),
)  # fmt: skip
"""OParl types of what a file came with, and where it stands in a File."""

_PDF_TYPE: Final = r"^(application/(x-)?)?pdf\M"
_NO_TYPE: Final = r"^(application/octet-stream\M|binary/|$)"
_PDF_NAME: Final = r"\.pdf\s*$"
_PDF_ADDRESS: Final = r"\.pdf($|[?#&])"
_OTHER_ENDINGS: Final = (
    "docx?|odt|rtf|txt|xlsx?|xlsm|ods|csv|pptx?|odp|jpe?g|png|gif|tiff?|bmp|svg|webp|zip|7z|rar|html?|xml|json|"
    "dwg|dxf|shp|gpkg|mp[34]|wav|avi|mov|eml|msg|ics"
)
_OTHER_NAME: Final = rf"\.({_OTHER_ENDINGS})\s*$"
_OTHER_ADDRESS: Final = rf"\.({_OTHER_ENDINGS})($|[?#&])"


def readable() -> Q:
    """Files that say that they are PDF, by type, name or address; and those that say nothing at all.

    ALLRIS names neither: its files are "Anlage 1" at `doc?DOLFDNR=42`. Their first bytes will tell."""
    stated = (
        Q(mime_type__iregex=_PDF_TYPE)
        | Q(file_name__iregex=_PDF_NAME)
        | Q(name__iregex=_PDF_NAME)
        | Q(download_url__iregex=_PDF_ADDRESS)
        | Q(access_url__iregex=_PDF_ADDRESS)
    )
    other = (
        ~Q(mime_type__iregex=_NO_TYPE)
        | Q(file_name__iregex=_OTHER_NAME)
        | Q(name__iregex=_OTHER_NAME)
        | Q(download_url__iregex=_OTHER_ADDRESS)
        | Q(access_url__iregex=_OTHER_ADDRESS)
    )
    return stated | ~other


def due_files(now: datetime, *, again: bool = False) -> QuerySet[File]:
    """Public files with an address that nobody has read, that changed since, or that did not come yesterday.

    again: and all that gave no text, however often. `imported_at` grows with every change of a file, also
    that of its date at the source."""
    failed = Q(
        extraction__state__in=FileText.PASSING,
        extraction__attempts__lt=MAX_ATTEMPTS,
        extraction__read_at__lt=now - AGAIN_AFTER,
    )
    if again:
        failed = ~Q(extraction__state=FileText.State.EXTRACTED)
    return (
        File.objects.published()
        .filter(readable())
        .exclude(download_url="", access_url="")
        .filter(Q(extraction__isnull=True) | Q(imported_at__gt=F("extraction__read_at")) | failed)
    )


@dataclass(slots=True)
class _Host:
    """A server that is asked, and how that goes."""

    client: Client
    failures: int = 0
    stopped: bool = False


@dataclass(kw_only=True)
class Texts:
    """Reads the texts of files in one run. A context manager, because it keeps connections open.

    allow_hosts: besides those of the sources. again: see `due_files`; then also the same bytes are read anew
    where they gave no text. report: is told a line about each file without text.
    progress: is told how many files are done, and of how many.
    """

    run: ImportRun
    delay: float
    allow_hosts: Iterable[str] = ()
    allow_private: bool = False
    again: bool = False
    report: Callable[[str], None] = lambda line: None
    progress: Callable[[int, int], None] = lambda done, total: None
    states: Counter[str] = field(default_factory=Counter)
    """How many files ended in which FileText.State in this run; unchanged ones are not among them."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Files that were not asked for, by the reason."""
    stopped: list[str] = field(default_factory=list)
    """Why the rest of a host is left for the next run."""

    def __post_init__(self) -> None:
        self._open = ExitStack()
        self._hosts: dict[str, _Host] = {}

    def __enter__(self) -> "Texts":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def read(self, limit: int | None = None) -> None:
        """Reads what is due, at most `limit` files, those that came last first; each is one transaction."""
        found = due_files(timezone.now(), again=self.again).order_by("-first_imported_at", "pk")
        due = list(found.values_list("pk", flat=True))
        total = len(due) if limit is None else min(limit, len(due))
        done = 0
        for file, sources in _with_sources(due):
            if done == total:
                break
            if self._one(file, sources):
                done += 1
                self.progress(done, total)

    # --- One file
    def _one(self, file: File, sources: list[str]) -> bool:
        """False where nobody was asked."""
        url = file.download_url or file.access_url
        host = self._host(url, sources)
        if host is None:
            return False
        if host.stopped:
            self.left_out["the server gave no answer before"] += 1
            return False
        began = timezone.now()
        try:
            response = host.client.get(url)
        except TooLongError as error:
            host.failures = 0
            self._keep(file, Reading(state=State.TOO_LARGE, reason=str(error)), url, "", began)
        except FetchError as error:
            self._not_fetched(file, url, error, host, began)
        else:
            host.failures = 0
            self._fetched(file, url, response, began)
        return True

    def _fetched(self, file: File, url: str, response: Response, began: datetime) -> None:
        digest = sha512(response.content).hexdigest()
        known = _known(file)
        settled = known is not None and known.state not in FileText.PASSING
        if self.again:
            settled = known is not None and known.state == FileText.State.EXTRACTED
        if known and settled and known.sha512 == digest:
            with transaction.atomic():
                FileText.objects.filter(pk=file.pk).update(read_at=began, address=url)
            count(self.run, Outcome.UNCHANGED)
            return
        self._keep(file, read_pdf(response.content), url, digest, began)

    def _not_fetched(self, file: File, url: str, error: FetchError, host: _Host, began: datetime) -> None:
        if error.status == 429:
            self._stop(host, f"{url}: too many requests from us.")
            self._refuse(url, str(error))
            return
        known = _known(file)
        values: dict[str, Any] = {
            "state": FileText.State.UNREACHABLE,
            "address": url,
            "read_at": began,
            "attempts": _attempts(file, known),
        }
        with transaction.atomic():
            # What was read before stays: the file may be back tomorrow. At another address it is another one.
            if known and known.address != url:
                values |= {"page_count": None, "cut": False, "sha512": ""}
                file.pages.all().delete()
            FileText.objects.update_or_create(file=file, defaults=values)
        self.states[FileText.State.UNREACHABLE] += 1
        is_no_answer = error.status is None or error.status >= 500
        if isinstance(error, ForbiddenAddressError) or not is_no_answer:
            host.failures = 0
            count(self.run, Outcome.CHANGED if known else Outcome.CREATED)
            self._say(url, FileText.State.UNREACHABLE, str(error))
        else:
            self._refuse(url, str(error))
            self._failed(host, url)

    def _keep(self, file: File, reading: Reading, url: str, digest: str, began: datetime) -> None:
        known = _known(file)
        state = FileText.State(reading.state)
        values: dict[str, Any] = {
            "state": state,
            "page_count": reading.page_count,
            "cut": reading.cut,
            "sha512": digest,
            "address": url,
            "read_at": began,
            "attempts": _attempts(file, known) if state in FileText.PASSING else 1,
        }
        with transaction.atomic():
            FileText.objects.update_or_create(file=file, defaults=values)
            if list(file.pages.order_by("number").values_list("number", "text")) != list(reading.pages):
                file.pages.all().delete()
                FilePage.objects.bulk_create(
                    FilePage(file=file, number=number, text=text) for number, text in reading.pages
                )
        self.states[state] += 1
        if state in FileText.PASSING:
            self._refuse(url, reading.reason)
            return
        count(self.run, Outcome.CHANGED if known else Outcome.CREATED)
        if state != FileText.State.EXTRACTED or reading.cut or reading.reason:
            self._say(url, state, reading.reason or ("Only its beginning was read." if reading.cut else ""))

    # --- The server
    def _host(self, url: str, sources: list[str]) -> _Host | None:
        """Who to ask for the address; None where that is nobody's, which is said and counted."""
        start = start_of(url, [*sources, *(f"https://{host}/" for host in self.allow_hosts)])
        if isinstance(start, ForbiddenAddressError):
            self.left_out[str(start)] += 1
            return None
        if start not in self._hosts:
            try:
                client = Client(
                    start,
                    allow_hosts=self.allow_hosts,
                    allow_private=self.allow_private,
                    delay=self.delay,
                    contact=settings.CITY.contact.email,
                    max_bytes=MAX_BYTES,
                )
            except FetchError as error:
                self.left_out[str(error)] += 1
                return None
            self._hosts[start] = _Host(self._open.enter_context(client))
        return self._hosts[start]

    def _failed(self, host: _Host, url: str) -> None:
        host.failures += 1
        if host.failures >= MAX_FAILURES:
            self._stop(host, f"{url}: no answer {MAX_FAILURES} times in a row.")

    def _stop(self, host: _Host, reason: str) -> None:
        host.stopped = True
        self.stopped.append(f"{reason} The rest of this server is left for the next run.")

    # --- The account
    def _refuse(self, url: str, reason: str) -> None:
        name, reason = refusal(url, reason)
        refuse(self.run, name, reason)
        self.report(f"{name}: {reason}")

    def _say(self, url: str, state: FileText.State, reason: str) -> None:
        name, reason = refusal(url, f"{state.value}. {reason}".strip())
        self.report(f"{name}: {reason}")


def _known(file: File) -> FileText | None:
    return FileText.objects.filter(pk=file.pk).first()


def _attempts(file: File, known: FileText | None) -> int:
    """The how-many-eth attempt in a row this is, since the file is as it is."""
    if known is None or known.state not in FileText.PASSING or file.imported_at > known.read_at:
        return 1
    return known.attempts + 1


def _with_sources(due: list[int]) -> Iterator[tuple[File, list[str]]]:
    """The files, as far as they are still public, with the addresses of the servers that told of them."""
    for begin in range(0, len(due), _BATCH):
        numbers = due[begin : begin + _BATCH]
        files = {file.pk: file for file in File.objects.published().filter(pk__in=numbers)}
        sources = _sources(files.values())
        for number in numbers:
            # A run takes hours, and what is closed meanwhile is not asked for.
            if number in files and File.objects.published().filter(pk=number).exists():
                yield files[number], sources.get(number, [])


def _sources(files: Iterable[File]) -> dict[int, list[str]]:
    """Key of a file → addresses of its sources that are servers. A source may tell of the file, or only of
    the paper, item or meeting that it belongs to (ALLRIS)."""
    by_row: dict[tuple[str, int], list[int]] = {}
    for file in files:
        for type_, column in _ROWS:
            if (row := getattr(file, column)) is not None:
                by_row.setdefault((type_, row), []).append(file.pk)
    found: dict[int, list[str]] = {}
    for type_, _ in _ROWS:
        rows = [row for each, row in by_row if each == type_]
        told = SourceObject.objects.filter(
            type=type_, row__in=rows, source__in=Source.objects.filter(address__iregex=r"^https?://")
        )
        for row, address in told.order_by("pk").values_list("row", "source__address"):
            for key in by_row[type_, row or 0]:
                if address not in found.setdefault(key, []):
                    found[key].append(address)
    return found
