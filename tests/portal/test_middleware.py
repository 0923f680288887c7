"""Headers that every answer has: who may keep it, and what a browser may do with it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from portal.middleware import CacheControlMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["no page cache", "page cache"])
def client(request: pytest.FixtureRequest, settings: Settings) -> Client:
    settings.PAGE_CACHE = request.param
    settings.PAGE_CACHE_TRUST_SECONDS = 0
    return Client()


@pytest.mark.parametrize("path", ["/", "/suche/", "/gibt-es-nicht/", "/suche?q=x"])
def test_nobody_keeps_what_somebody_with_a_session_sees(
    client: Client, settings: Settings, path: str
) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "abc"
    assert client.get(path)["Cache-Control"] == "private, no-store"


def test_what_a_view_says_stays_for_somebody_with_a_session(client: Client, settings: Settings) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "abc"
    assert client.get("/stadt.css")["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/gibt-es-nicht/", "get", "testserver", 404),
        ("/rat/tops/1/", "get", "testserver", 404),
        ("/", "get", "example.com", 400),
        ("/", "post", "testserver", 405),
    ],
)
def test_an_error_is_asked_for_again(client: Client, path: str, method: str, host: str, status: int) -> None:
    response = getattr(client, method)(path, headers={"host": host})
    assert response.status_code == status
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_every_error_says_so(rf: RequestFactory, status: int) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=status)

    assert CacheControlMiddleware(answer)(rf.get("/"))["Cache-Control"] == "no-cache"


def test_a_refused_redirect_to_https_says_so_too(client: Client, settings: Settings) -> None:
    """The check of the host comes before the views there."""
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/", headers={"host": "example.com"})
    assert response.status_code == 400
    assert response["Cache-Control"] == "no-cache"


def test_a_page_has_the_policies_of_the_portal(client: Client) -> None:
    response = client.get("/impressum/")
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
