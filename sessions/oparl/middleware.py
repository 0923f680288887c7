"""What every answer below /oparl/ has in common, whoever gives it."""

from django.http import HttpRequest, HttpResponse

from portal.middleware import GetResponse
from sessions.oparl.errors import error_response

PREFIX = "/oparl/"

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class OParlMiddleware:
    """Programs of other sites may read every answer (CORS), and errors are Error objects instead of pages.

    Errors that no view sees, such as a wrong host or a broken database, come by here as well.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIX):
            return response
        if response.status_code >= 400 and not response["Content-Type"].startswith("application/json"):
            page, response = response, error_response(response.status_code)
            for name in ("Allow", "Cache-Control", "Retry-After"):
                if page.has_header(name):
                    response[name] = page[name]
        for name, value in HEADERS.items():
            response[name] = value
        return response
