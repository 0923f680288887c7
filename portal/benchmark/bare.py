"""What the pages are measured against: the least that Django does for a request.

A WSGI application of its own with one view that returns 5 bytes; no middleware, no database, no template.
Only the server imports it: it configures Django.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    # With its length, as the portal's pages: without it the server sends it in chunks, which takes longer.
    return HttpResponse(b"Hallo", headers={"Content-Length": "5"})


urlpatterns = [path("", hello)]

settings.configure(ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, SECRET_KEY="unused")  # noqa: S106

application = get_wsgi_application()
