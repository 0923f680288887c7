"""Asks every main page and the bare view in turn, and counts each page's queries."""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import brotli
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.benchmark.content import example_id
from portal.benchmark.load import Answer, NotMeasuredError, Reader, expect_page, percentile
from portal.models import ImportRun

WARM_UP = 5
"""Questions for each page before the measured ones."""
PAUSE_SECONDS = 3.0
"""From a change to the first reader who comes after it: time for the portal to notice, which takes a second
at most, and to make its pages anew."""
FIRST_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Timing:
    """Seconds per question, the bare view and the page asked in turn."""

    bare: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return percentile(self.page, 0.5) / percentile(self.bare, 0.5)


@dataclass(slots=True)
class Page:
    """What was measured of one page."""

    name: str
    path: str
    unchanged: Timing = field(default_factory=Timing)
    """From memory, while the content stays as it is."""
    changed: Timing = field(default_factory=Timing)
    """The first reader after a change, PAUSE_SECONDS after it."""
    anew: Timing = field(default_factory=Timing)
    """Made for this reader: nobody asked for it before, or it was changed this very moment."""
    received: int = 0
    """Bytes of one answer, compressed with brotli, its head included."""
    queries: list[int] = field(default_factory=list)
    """To the database for making the page once: with the usual content, with ten times as much."""


def main_pages() -> list[Page]:
    """The pages that are measured; number 1 of the examples is a long one, see portal.benchmark.content."""

    def example(view: str, kind: str) -> str:
        return reverse(f"council:{view}", args=[example_id(kind, 1)])

    return [
        Page("start", reverse("portal:start")),
        Page("strategy", reverse("strategy:strategy")),
        Page("field of action", reverse("strategy:field", args=["beispiel"])),
        Page("measures", reverse("strategy:measures")),
        Page("measures, filtered", f"{reverse('strategy:measures')}?{urlencode({'feld': 'beispiel'})}"),
        Page("measure", reverse("strategy:measure", args=["beispiel-2"])),
        Page("measure, long", reverse("strategy:measure", args=["beispiel-1"])),
        Page("status report", reverse("strategy:report", args=["beispiel-1", 1])),
        Page("meetings", reverse("council:meetings")),
        Page("meeting", example("meeting", "meeting")),
        Page("agenda item", example("item", "item")),
        Page("papers", reverse("council:papers")),
        Page("paper", example("paper", "paper")),
        Page("motions", reverse("council:motions")),
        Page("organizations", reverse("council:organizations")),
        Page("organization", example("organization", "organization")),
        Page("person", example("person", "person")),
        Page("search", f"{reverse('portal:search')}?{urlencode({'q': 'Beispiel'})}"),
        Page("imprint", reverse("portal:imprint")),
    ]


def ask_unchanged(pages: Sequence[Page], requests: int, *, bare: Reader, portal: Reader) -> None:
    """Asks for each page `requests` times while nothing changes. Raises NotMeasuredError."""
    with _without_garbage_collection():
        for page in pages:
            warm_up = Timing()
            for number in range(-WARM_UP, requests):
                answer = _ask(page, warm_up if number < 0 else page.unchanged, bare, portal)
            page.received = answer.received


def ask_changed(pages: Sequence[Page], changes: int, *, bare: Reader, portal: Reader) -> None:
    """Changes the content `changes` times and asks for each page once after each.

    Raises NotMeasuredError, also when a page still shows the content before the change.
    """
    with _without_garbage_collection():
        for number in range(changes):
            moment = FIRST_MOMENT + timedelta(minutes=number)
            change_content(moment)
            time.sleep(PAUSE_SECONDS)
            for page in pages:
                answer = _ask(page, page.changed, bare, portal)
                if timezone.localtime(moment).isoformat().encode() not in brotli.decompress(answer.body):
                    raise NotMeasuredError(f"{page.path} does not show a change of {PAUSE_SECONDS} s ago.")


def ask_anew(pages: Sequence[Page], requests: int, *, bare: Reader, forgetful: Reader) -> None:
    """Asks for each page `requests` times a portal that keeps no page in memory. Raises NotMeasuredError."""
    with _without_garbage_collection():
        for page in pages:
            warm_up = Timing()
            for number in range(-WARM_UP, requests):
                _ask(page, warm_up if number < 0 else page.anew, bare, forgetful)


def _ask(page: Page, timing: Timing, bare: Reader, portal: Reader) -> Answer:
    """One question to each: whatever else the machine does slows both alike."""
    nothing = expect_page("/", bare.get("/"))
    answer = expect_page(page.path, portal.get(page.path, Accept_Encoding="br"))
    timing.bare.append(nothing.seconds)
    timing.page.append(answer.seconds)
    return answer


def change_content(moment: datetime) -> None:
    """A change that every page shows: its data was last brought up to date at `moment`."""
    ImportRun.objects.all().delete()
    ImportRun.objects.create(kind="benchmark", state=ImportRun.State.COMPLETED, finished_at=moment)


def count_queries(pages: Sequence[Page]) -> None:
    """Adds to each page the number of queries that one answer takes now."""
    # As a server would answer that knows nothing yet.
    with override_settings(ALLOWED_HOSTS=["localhost"], PAGE_CACHE=False, SECURE_SSL_REDIRECT=False):
        client = Client(headers={"host": "localhost"})
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                status = client.get(page.path).status_code
            if status != 200:
                raise NotMeasuredError(f"{page.path} answered {status}.")
            page.queries.append(len(queries))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """The reader's own pauses shall not look like the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
