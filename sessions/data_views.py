"""Pages below /daten/ that tell where the council's data comes from and how fresh it is."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.context import reader_is_staff
from portal.freshness import STALE_DAYS, SourceRuns, number_of_sources, refused_records, source_runs
from portal.paging import page_of
from portal.reading import reading_page
from portal.roles import STAFF
from portal.searching.models import backlog
from portal.signed_in import page_for
from sessions.findings import unclear_votes
from sessions.gone import TYPES, gone_objects, gone_rows
from sessions.models import DanglingReference, Source, SourceObject

MOST_SOURCES = 50
"""Sources on the page; those that were read longest ago are left out, and counted."""


@dataclass(slots=True)
class Held:
    """What the ledger knows of a source."""

    types: list[tuple[int, str]] = field(default_factory=list)
    """Number of records and their type in words."""
    waiting: int = 0
    gone: int = 0
    open_references: int = 0


@dataclass(frozen=True, slots=True)
class SourceCard:
    runs: SourceRuns
    held: Held | None
    """None for a source without a ledger."""


def held_by_source() -> dict[tuple[str, str], Held]:
    """Kind and address of each source → what it holds; four queries."""
    counts: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for source, name, here, waiting in (
        SourceObject.objects.order_by()
        .values_list("source", "type")
        .annotate(
            here=Count("pk", filter=Q(row__isnull=False, deleted_at__isnull=True)),
            waiting=Count("pk", filter=~Q(waits_for="")),
        )
    ):
        counts[source].append((name, here, waiting))
    references = dict(
        DanglingReference.objects.order_by().values_list("owner__source").annotate(number=Count("pk"))
    )
    gone = dict(gone_objects().order_by().values_list("source").annotate(number=Count("pk")))
    order = list(TYPES)

    def held(source: Source) -> Held:
        found = counts[source.pk]
        found.sort(key=lambda entry: order.index(entry[0]) if entry[0] in order else len(order))
        return Held(
            [(here, TYPES.get(name, (name, name))[here != 1]) for name, here, _ in found if here],
            sum(waiting for _, _, waiting in found),
            gone.get(source.pk, 0),
            references.get(source.pk, 0),
        )

    return {(source.kind, source.address): held(source) for source in Source.objects.all()}


@reading_page
def sources(request: HttpRequest) -> HttpResponse:
    runs = source_runs(MOST_SOURCES)
    held = held_by_source()
    page = page_of(request, gone_objects())
    ctx = {
        "cards": [SourceCard(run, held.get((run.kind, run.source))) for run in runs],
        "left_out": number_of_sources() - len(runs) if len(runs) == MOST_SOURCES else 0,
        "stale_days": STALE_DAYS,
        "page": page,
        "gone": gone_rows(list(page)),
        "backlog": backlog(),
        "is_staff": reader_is_staff(request),
    }
    return render(request, "council/sources.html", ctx)


@page_for(*STAFF)
def findings(request: HttpRequest) -> HttpResponse:
    refused, unclear = refused_records(), unclear_votes()
    unclear_number = unclear.count()
    # Two lists side by side: page n shows the n-th part of each.
    page = page_of(request, range(max(len(refused), unclear_number)))
    part = slice((page.number - 1) * settings.PAGE_SIZE, page.number * settings.PAGE_SIZE)
    ctx = {
        "page": page,
        "refused": refused[part],
        "refused_number": len(refused),
        "unclear": unclear[part],
        "unclear_number": unclear_number,
    }
    return render(request, "council/findings.html", ctx)
