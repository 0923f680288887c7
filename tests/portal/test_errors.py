"""Error pages in German, whatever went wrong."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse

from portal import errors, urls


def fails(request: HttpRequest) -> HttpResponse:
    raise {"suspicious": SuspiciousOperation, "denied": PermissionDenied}.get(
        request.GET.get("how", ""), ZeroDivisionError
    )


urlpatterns = [path("faellt-um/", fails), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("suspicious", 400, "Diese Anfrage verstehen wir nicht"),
        ("denied", 403, "Diese Seite ist nicht für alle offen"),
        ("", 500, "Hier ist etwas schiefgegangen"),
    ],
)
def test_an_error_is_told_in_german(client: Client, how: str, status: int, words: str) -> None:
    response = client.get("/faellt-um/", {"how": how})
    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert '<html lang="de">' in html
    assert html.count("<h1") == 1
    assert "Zur Startseite" in html


@pytest.mark.parametrize(
    ("method", "name"), [("get", "account_invitation_withdraw"), ("post", "portal:start")]
)
def test_a_wrong_method_is_told_in_words_that_hold_either_way(client: Client, method: str, name: str) -> None:
    response = getattr(client, method)(reverse(name, args=[1] if method == "get" else []))
    assert response.status_code == 405
    html = response.content.decode()
    assert "<h1>Das geht so nicht</h1>" in html
    assert "Diese Adresse öffnet keine Seite, oder sie nimmt nichts entgegen." in html


def test_a_strange_host_gets_the_same_page(client: Client) -> None:
    response = client.get("/", headers={"host": "example.com"})
    assert response.status_code == 400
    assert "Diese Anfrage verstehen wir nicht" in response.content.decode()


def test_the_page_of_our_own_error_needs_no_template_and_no_database(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "render", lambda *args, **kwargs: pytest.fail("renders a template"))
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500


def test_a_form_from_elsewhere_is_refused_in_german(rf: RequestFactory) -> None:
    response = errors.csrf_failure(rf.post("/"), reason="no token")
    assert response.status_code == 403
    assert "nicht für alle offen" in response.content.decode()


def test_error_pages_are_not_for_search_engines(client: Client) -> None:
    assert 'content="noindex"' in client.get("/gibt-es-nicht/").content.decode()
