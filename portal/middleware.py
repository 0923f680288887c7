"""Headers that every answer gets and Django has no setting for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class PolicyHeadersMiddleware:
    """Headers for which Django has no setting."""

    HEADERS = {
        "Permissions-Policy": (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response
