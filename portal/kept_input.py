"""What somebody sent that could not be taken is shown to them again, not lost."""

from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

SECRET = ("csrfmiddlewaretoken", "credential")
"""Names of fields that are never shown again; nor are those of passwords, nor anything sent to /konto/."""

LONG = 40
"""Characters from which on a text is shown to be copied, where the rest can still be sent again."""


class Why(Enum):
    """Why it could not be taken."""

    SIGNED_OUT = "signed-out"
    NO_SECOND_FACTOR = "no-second-factor"
    STALE_FORM = "stale-form"
    GONE = "gone"


def kept_input_page(request: HttpRequest, why: Why) -> HttpResponse:
    """403 with everything that was typed, as a form that can be sent again once the reason is gone; also
    where a button was pressed and nothing typed.

    404, and only to be copied, where what the form was about is gone. Files cannot be kept: the page asks
    for them anew. Passwords are never sent back.
    """
    fields = kept_fields(request)
    shortest = 1 if why is Why.GONE else LONG
    ctx = {
        "why": why.value,
        "fields": fields,
        # A form whose fields are secret is filled in anew; a button without fields is pressed again here,
        # because its address often takes nothing but that.
        "is_filled_in_anew": not fields and not request.FILES and _sends_fields(request),
        "shown": [value for _, value in fields if len(value) >= shortest and _is_typed(value)],
        "files": list(request.FILES),
        "action": request.get_full_path(),
        "login_url": resolve_url(settings.LOGIN_URL),
        "second_factor_url": resolve_url(settings.SECOND_FACTOR_URL),
    }
    response = render(request, "portal/kept_input.html", ctx, status=404 if why is Why.GONE else 403)
    response["Cache-Control"] = "private, no-store"
    return response


def has_typed(request: HttpRequest) -> bool:
    """Whether somebody has sent words of their own, not only chosen and clicked."""
    return any(_is_typed(value) for _, value in kept_fields(request))


def _is_typed(value: str) -> bool:
    """Words, names and addresses; not the codes of choices (small letters, digits) nor sealed values."""
    text = value.strip()
    if " " in text or "\n" in text or "://" in text:
        return True
    return len(text) < LONG and text != text.lower()


def _sends_fields(request: HttpRequest) -> bool:
    """Whether there is more in it than a button and the token that each form has."""
    return any(name != "csrfmiddlewaretoken" for name in request.POST)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values in the order they were sent, without secrets."""
    if request.path.startswith(resolve_url("account_overview")):
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in SECRET and "password" not in name.lower()
    ]


def is_sent_from_here(request: HttpRequest) -> bool:
    """Whether a page of the portal has sent this form, as far as the browser says.

    Browsers send `Origin` with every POST, old ones only `Referer`; without both nobody knows.
    """
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(sender)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
