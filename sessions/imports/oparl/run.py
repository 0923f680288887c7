"""One run of the OParl import, from a feed to rows: what is read, in which order, and what is remembered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.imports import gather_statistics, import_run, only_import, refuse
from portal.models import ImportRun
from sessions.imports.console import refusal
from sessions.imports.oparl.feed import Element, Feed
from sessions.imports.oparl.objects import raw_digest
from sessions.imports.oparl.records import Refusal
from sessions.imports.oparl.store import Said, Store
from sessions.imports.upsert import city_body
from sessions.models import Source

KIND = "import_oparl"
OVERLAP = timedelta(hours=2)
"""A server's clock and ours differ, and what changes while a list is read may stand on neither page."""
WHOLE_AGAIN_AFTER = timedelta(days=7)
"""Even dates of change that can be trusted do not tell what is gone."""
_ELEMENTS = 500
_CHARACTERS = 4_000_000
"""Of one batch: objects with what is embedded in them, and the length of their JSON."""
_MOST_FETCHED = 2000
_MOST_FETCHED_BETWEEN = 200
"""Single objects that are asked for because others refer to them: in a whole run, and in one between."""
_MANY = 1000
"""New and changed rows after which PostgreSQL should look at its tables again."""

Report = Callable[[int, int | None], None]
"""How many elements were read, and of how many, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did."""

    run: ImportRun
    withdrawn: int
    open: int
    """References whose target is not here."""
    waiting: int
    """Objects that cannot be stored before another one comes."""
    left_out: int
    """People without a mandate, and private addresses."""
    created: dict[str, int]
    """By OParl type, as the next one."""
    changed: dict[str, int]


def import_oparl(
    feed: Feed,
    *,
    dry_run: bool = False,
    allow_shrink: bool = False,
    full: bool = False,
    progress: Report | None = None,
    refused: Callable[[str, str], None] | None = None,
) -> Result:
    """Brings the council's rows in line with a source. The outermost writer: call it outside a transaction.

    full: everything, also where the source could tell what changed. progress and refused are called while it
    runs; an id and its reason are one line each. Raises ImportIsRunningError, SourceError, ShrinkError,
    DatabaseError; then what was written stays, and the next run goes on from there.
    """
    with only_import(KIND), import_run(kind=KIND, source=feed.address, dry_run=dry_run) as run:
        return _Run(feed, run, refused).go(full=full, allow_shrink=allow_shrink, progress=progress)


class _Run:
    def __init__(self, feed: Feed, run: ImportRun, refused: Callable[[str, str], None] | None) -> None:
        self.feed = feed
        self.run = run
        self.started = timezone.now()
        self.source, _ = Source.objects.get_or_create(kind=KIND, address=feed.address)
        self.store = Store(self.source, city_body())
        self.read = 0
        self.missed = False
        """Whether something of the source could not be read at all."""
        self._say = refused

    def go(self, *, full: bool, allow_shrink: bool, progress: Report | None) -> Result:
        since = None if full else self._since()
        try:
            self._put_all(self.feed.elements(since), progress)
            for fetched in self._rounds(most=_MOST_FETCHED if since is None else _MOST_FETCHED_BETWEEN):
                self._put_all(self.feed.fetch(fetched), progress, fetched=True)
            self.store.settle()
            complete = self.feed.complete_types() if since is None else frozenset()
            self.store.finish(complete, allow_shrink=allow_shrink)
        finally:
            self._account()
        if self.run.created_count + self.run.changed_count >= _MANY:
            gather_statistics("council")
        self._remember(whole=since is None)
        done = self.store.done
        return Result(
            run=self.run,
            withdrawn=self.store.withdrawn,
            open=self.store.open,
            waiting=self.store.waiting,
            left_out=done.left_out.total(),
            created=dict(done.created),
            changed=dict(done.changed),
        )

    def _since(self) -> datetime | None:
        """From when on the source shall say what changed; None: it shall say everything."""
        source = self.source
        is_server = self.feed.address.startswith(("http://", "https://"))
        if not (is_server and source.dates_trusted and source.full_at and source.synced_until):
            return None
        if self.started - source.full_at >= WHOLE_AGAIN_AFTER:
            return None
        return source.synced_until - OVERLAP

    def _rounds(self, most: int) -> Iterator[list[str]]:
        """Ids that others refer to; what is fetched may refer to more."""
        asked: set[str] = set()
        while ids := [id_ for id_ in self.store.wanted(most) if id_ not in asked][: most - len(asked)]:
            asked.update(ids)
            yield ids

    def _put_all(
        self, found: Iterable[Element | Refusal], progress: Report | None, *, fetched: bool = False
    ) -> None:
        for elements in _batches(self._taken(found)):
            self.store.put(elements, fetched=fetched)
            self.read += len(elements)
            self._account()
            if progress is not None:
                progress(self.read, self.feed.total)

    def _taken(self, found: Iterable[Element | Refusal]) -> Iterator[Element]:
        for element in found:
            if isinstance(element, Refusal):
                self.missed = True
                self.store.done.refused.append(element)
            else:
                yield element

    def _account(self) -> None:
        done, run = self.store.done, self.run
        run.created_count = done.created.total()
        run.changed_count = done.changed.total()
        run.unchanged_count = done.unchanged
        for entry in done.refused:
            name, reason = refusal(entry.id, entry.reason)
            refuse(run, name, reason)
            if self._say is not None:
                self._say(name, reason)
        done.refused.clear()

    def _remember(self, *, whole: bool) -> None:
        """From when on the next run needs only what changed. What could not be read this time may have
        changed already, so then the next run begins where this one began."""
        source = self.source
        if not self.missed:
            source.synced_until = self.started
        if whole:
            source.full_at = source.full_at if self.missed else self.started
            source.dates_trusted = self.store.dates_trusted()
        elif self.store.done.jumped:
            source.dates_trusted = False
        with transaction.atomic():
            source.save(update_fields=["synced_until", "full_at", "dates_trusted"])


def _batches(elements: Iterable[Element]) -> Iterator[list[Said]]:
    """Some hundred elements of one list at a time, fewer where they are heavy."""
    batch: list[Said] = []
    length = 0
    for element in elements:
        digest, more = raw_digest(element.raw)
        if batch and (
            len(batch) >= _ELEMENTS
            or length + more > _CHARACTERS
            or element.listed_as != batch[0].element.listed_as
        ):
            yield batch
            batch, length = [], 0
        batch.append(Said(element, digest, more))
        length += more
    if batch:
        yield batch
