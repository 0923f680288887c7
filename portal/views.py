"""Pages that bring council and strategy together, and those that belong to neither.

Only this module and portal/urls.py may import the apps; the rest of the kernel knows neither.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet, Value
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal.lists import counted
from portal.models import ImportRun
from portal.reading import reading_page
from portal.searching.models import backlog
from sessions.models import (
    AgendaItem,
    Body,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from strategy.models import Measure, Question, StatusReport
from strategy.overview import Glance, newest_reports, next_and_last_items, the_strategy
from strategy.sources import attach_sources

NEWEST = 6
"""Rows of each short list on the start page."""


@reading_page
def start(request: HttpRequest) -> HttpResponse:
    questions = Question.objects.published()
    reports = list(newest_reports(NEWEST))
    attach_sources(report=reports)
    next_items, last_items = next_and_last_items(timezone.now())
    ctx = {
        "strategy": the_strategy(),
        "glance": Glance.of_published(),
        "reports": reports,
        "next_items": next_items,
        "last_items": last_items,
        "questions": questions.select_related("asked_by", "measure").order_by("-asked_on", "pk")[:NEWEST],
        "question_counts": questions.counts(),
        # Asked here and not published yet: everybody hears how many, nobody what.
        "questions_waiting": Question.objects.waiting().count(),
    }
    return render(request, "portal/start.html", ctx)


@dataclass(frozen=True, slots=True)
class Stock:
    """How many public records of one kind the portal holds."""

    label: str
    number: int
    url: str
    """Their list; "" where there is none."""


def stock() -> list[Stock]:
    """Every kind asks the same `published()` verb as its pages; one query."""
    kinds: dict[str, tuple[QuerySet[Any], str]] = {
        "Maßnahmen": (Measure.objects.published(), "strategy:measures"),
        "Sachstände": (StatusReport.objects.published(), ""),
        "Sitzungen": (Meeting.objects.published(), "council:meetings"),
        "Tagesordnungspunkte": (AgendaItem.objects.published(), ""),
        "Absätze aus Niederschriften": (Contribution.objects.published().current(), ""),
        "Vorlagen": (Paper.objects.published(), "council:papers"),
        "Dokumente": (File.objects.published(), ""),
        "Anträge": (Motion.objects.published(), "council:motions"),
        "Abstimmungen": (Vote.objects.published(), ""),
        "Gremien": (Organization.objects.with_page(), "council:organizations"),
        "Gewählte Personen": (Person.objects.published(), ""),
    }
    first, *others = (counted(label, kind, Value("")) for label, (kind, _) in kinds.items())
    numbers = {label: number for label, _, _, number in first.union(*others, all=True)}
    return [
        Stock(label, numbers.get(label, 0), reverse(address) if address else "")
        for label, (_, address) in kinds.items()
    ]


@reading_page
def data(request: HttpRequest) -> HttpResponse:
    rows = stock()
    ctx = {
        "rows": rows,
        "total": sum(row.number for row in rows),
        "licensed": Body.objects.published().exclude(license=""),
    }
    return render(request, "portal/data.html", ctx)


@reading_page
def imprint(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/imprint.html")


@reading_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@reading_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@reading_page
def city_css(request: HttpRequest) -> HttpResponse:
    """The city's colours; its address changes with them, so browsers keep it."""
    response = render(request, "portal/city.css", content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@reading_page
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/robots.txt", content_type="text/plain; charset=utf-8")


@reading_page
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@reading_page
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and is migrated; says when data last came in, and what waits for the search."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
    last = ImportRun.objects.last_success()
    # A database that is not migrated may lack the tables.
    waiting = None if unapplied else backlog()
    return JsonResponse(
        {
            "ready": not unapplied,
            "last_import": last.isoformat() if last else None,
            "search_backlog": waiting,
        },
        status=503 if unapplied else 200,
    )
