"""Error pages in German, and the handlers that Django calls for them."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.kept_input import Why, is_sent_from_here, kept_input_page

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
    405: {
        "title": "Das geht so nicht",
        "text": "Diese Adresse öffnet keine Seite, oder sie nimmt nichts entgegen. "
        "Es wurde nichts gespeichert.",
    },
    429: {
        "title": "Das waren zu viele Versuche",
        "text": "Bitte warten Sie etwas und versuchen Sie es dann noch einmal. "
        "Manche Grenzen gelten eine Stunde.",
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
    """A form without the right token: one of ours that is too old is shown again, any other is refused."""
    if is_sent_from_here(request):
        return kept_input_page(request, Why.STALE_FORM)
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
