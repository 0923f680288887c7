"""What the views of readers have in common: they answer questions and change nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from portal.errors import error_page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

READING = ("GET", "HEAD")


def reading_page(view: View[P]) -> View[P]:
    """A view that only ever reads: GET and HEAD are answered, anything else is refused with 405.

    A form of somebody else can change nothing here, so its token is not asked for: without a token Django
    would answer 403, as if a right were missing.
    """

    @csrf_exempt
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method in READING:
            return view(request, *args, **kwargs)
        refused = error_page(request, 405)
        refused["Allow"] = ", ".join(READING)
        return refused

    return page
