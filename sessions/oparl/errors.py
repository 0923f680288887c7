"""Answers in JSON, and the standard's Error object in place of error pages."""

import json
from typing import Any

from django.http import HttpResponse

MESSAGES = {
    400: "Diese Anfrage ist fehlerhaft. Bitte prüfen Sie die Angaben in der Adresse.",
    403: "Diese Anfrage ist nicht erlaubt.",
    404: "Dieses Objekt gibt es hier nicht, oder es ist nicht öffentlich.",
    405: "Diese Schnittstelle können Sie nur lesen.",
    500: "Hier ist etwas schiefgegangen. Der Fehler liegt bei uns. Bitte versuchen Sie es später erneut.",
}
DEBUG = {
    400: "bad request",
    403: "forbidden",
    404: "no such object, or it is not public",
    405: "only GET, HEAD and OPTIONS are answered",
    500: "internal error; it has been logged",
}


class BadQueryError(ValueError):
    """A parameter that cannot be understood; the message says which and what it must be."""


def json_response(content: dict[str, Any], status: int = 200) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text.encode(), status=status, content_type="application/json; charset=utf-8")


def error_response(status: int, debug: str = "") -> HttpResponse:
    """debug: for whoever writes a client, in English."""
    known = status if status in MESSAGES else 500 if status >= 500 else 400
    return json_response(
        {
            "type": "https://schema.oparl.org/1.1/Error",
            "message": MESSAGES[known],
            "debug": debug or DEBUG[known],
        },
        status,
    )
