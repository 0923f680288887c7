"""Pages that bring council and strategy together, and those that belong to neither.

Only this module and portal/urls.py may import the apps; the rest of the kernel knows neither.
"""

from pathlib import Path

from django import forms
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.models import ImportRun
from portal.search import Group, excerpt
from sessions.models import AgendaItem, Contribution, Motion, Paper
from strategy.models import Measure, Question
from strategy.overview import Glance, newest_reports, next_and_last_items, the_strategy

NEWEST = 6
"""Rows of each short list on the start page."""


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    questions = Question.objects.published()
    next_items, last_items = next_and_last_items(timezone.now())
    ctx = {
        "strategy": the_strategy(),
        "glance": Glance.of_published(),
        "reports": newest_reports(NEWEST),
        "next_items": next_items,
        "last_items": last_items,
        "questions": questions.select_related("asked_by", "measure").order_by("-asked_on", "pk")[:NEWEST],
        "question_counts": questions.counts(),
    }
    return render(request, "portal/start.html", ctx)


class SearchForm(forms.Form):
    q = forms.CharField(label="Suchwort", max_length=200, required=False)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    groups = found(words) if words else []
    ctx = {"form": form, "words": words, "groups": groups}
    return render(request, "portal/search.html", ctx)


def found(words: str) -> list[Group]:
    """What the portal knows about `words`, at most Group.MOST rows of each kind.

    Every kind asks the same `published()` verb as its pages; people are not searched.
    """
    paragraphs = (
        Contribution.objects.published().current().containing(words).select_related("agenda_item__meeting")
    )
    return [
        group
        for group in (
            Group.of(
                "Maßnahmen",
                Measure.objects.published().containing(words).select_related("field"),
                lambda measure: (measure.name, measure.get_absolute_url(), measure.summary),
            ),
            Group.of(
                "Aus den Niederschriften",
                paragraphs.order_by("-agenda_item__meeting__start", "position"),
                lambda row: (
                    f"{row.agenda_item}, Absatz {row.position}",
                    row.get_absolute_url(),
                    excerpt(row.text, words),
                ),
            ),
            Group.of(
                "Tagesordnungspunkte",
                AgendaItem.objects.published().containing(words).order_by("-meeting__start", "order"),
                lambda item: (str(item), item.get_absolute_url(), item.resolution_text),
            ),
            Group.of(
                "Anträge",
                Motion.objects.published()
                .containing(words)
                .order_by("-agenda_item__meeting__start", "position"),
                lambda motion: (motion.get_kind_display(), motion.get_absolute_url(), motion.wording),
            ),
            Group.of(
                "Vorlagen",
                Paper.objects.published().containing(words),
                lambda paper: (str(paper), paper.get_absolute_url(), ""),
            ),
        )
        if group.rows
    ]


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/imprint.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@require_safe
def city_css(request: HttpRequest) -> HttpResponse:
    """The city's colours; its address changes with them, so browsers keep it."""
    response = render(request, "portal/city.css", content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and is migrated; says when data last came in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
    last = ImportRun.objects.last_success()
    return JsonResponse(
        {"ready": not unapplied, "last_import": last.isoformat() if last else None},
        status=503 if unapplied else 200,
    )


ERRORS: dict[int, dict[str, str]] = {
    400: {
        "title": "Diese Anfrage verstehen wir nicht",
        "text": "Die Adresse oder eine Angabe darin ist fehlerhaft. Bitte prüfen Sie die Adresse.",
    },
    403: {
        "title": "Diese Seite ist nicht für alle offen",
        "text": "Ihnen fehlt das Recht, diese Seite zu sehen.",
    },
    404: {
        "title": "Diese Seite gibt es hier nicht",
        "text": "Vielleicht ist die Adresse nicht ganz richtig, oder der Inhalt ist nicht öffentlich.",
    },
    500: {
        "title": "Hier ist etwas schiefgegangen",
        "text": "Der Fehler liegt bei uns. Er ist aufgezeichnet. Bitte versuchen Sie es später erneut.",
    },
}


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "portal/error.html", ERRORS[status] | {"status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Plain HTML from a file: whatever broke, a template or the database, may be broken here too."""
    return HttpResponse(
        (Path(settings.BASE_DIR) / "templates" / "portal" / "500.html").read_bytes(),
        status=500,
        content_type="text/html; charset=utf-8",
    )
