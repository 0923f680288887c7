"""Asks every main page and the bare view in turn, and counts each page's queries."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from portal.benchmark.content import example_id
from portal.benchmark.load import NotMeasuredError, Reader, expect_page, percentile

WARM_UP = 5
"""Questions to each server for each page before the measured ones."""


@dataclass(slots=True)
class Page:
    """What was measured of one page; seconds per question, the three asked in turn."""

    name: str
    path: str
    bare: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    received: int = 0
    """Bytes of one answer, compressed with brotli, its head included."""
    queries: list[int] = field(default_factory=list)
    """To the database for one answer that no cache knows: with the usual content, with ten times as much."""

    @property
    def unchanged_ratio(self) -> float:
        return percentile(self.unchanged, 0.5) / percentile(self.bare, 0.5)

    @property
    def changed_ratio(self) -> float:
        return percentile(self.changed, 0.5) / percentile(self.bare, 0.5)


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


def ask_in_turn(
    pages: Sequence[Page], requests: int, *, bare: Reader, unchanged: Reader, changed: Reader
) -> None:
    """Asks for each page `requests` times: the bare view, the page, the page right after a change.

    One after the other, so that whatever else the machine does slows all three alike. `changed` reads from a
    server that asks the database for every page whether the content changed. Raises NotMeasuredError.
    """
    with _without_garbage_collection():
        for page in pages:
            for number in range(-WARM_UP, requests):
                answers = [expect_page("/", bare.get("/"))]
                answers.append(expect_page(page.path, unchanged.get(page.path, Accept_Encoding="br")))
                change_content()
                answers.append(expect_page(page.path, changed.get(page.path, Accept_Encoding="br")))
                if number < 0:
                    continue
                for seconds, answer in zip((page.bare, page.unchanged, page.changed), answers, strict=True):
                    seconds.append(answer.seconds)
            page.received = answers[1].received


def change_content() -> None:
    """A change that changes nothing but the version of the content; see portal.content_version."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_importrun SET kind = kind WHERE false")


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
