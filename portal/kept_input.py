"""What somebody sent after their sign-in had ended is shown to them again, not lost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECRET = ("csrfmiddlewaretoken", "password")
"""Beginnings of names of fields that are never shown again."""


def kept_input_page(request: HttpRequest) -> HttpResponse:
    """403 with everything that was typed and the way back: sign in in another tab, then send again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not name.startswith(SECRET)
    ]
    ctx = {"fields": fields, "action": request.get_full_path(), "login_url": "account_login"}
    return render(request, "portal/kept_input.html", ctx, status=403)
