"""The door of signed-in pages: who comes in, who is sent where, and what nobody keeps."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from portal.models import User
from portal.roles import STAFF, Role, has_role, leading_role, roles_of
from portal.signed_in import POST, WRITE, page_for
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db


@page_for(Role.EDITOR, Role.RELEASER, methods=WRITE)
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} {request.user}")


@page_for(Role.EDITOR, methods=POST)
def deed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [path("tisch/", desk), path("tat/", deed), path("", include("portal.urls"))]
here = override_settings(ROOT_URLCONF=__name__)


@here
@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER])
def test_who_has_the_role_comes_in(role: Role) -> None:
    response = client_with(role).get("/tisch/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


@here
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_the_wrong_role_is_refused(role: Role) -> None:
    response = client_with(role).get("/tisch/")
    assert response.status_code == 403
    assert "Ihnen fehlt das Recht" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


@here
def test_a_stranger_signs_in_and_comes_back(client: Client) -> None:
    response = client.get("/tisch/?a=1")
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=%2Ftisch%2F%3Fa%3D1"
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


@here
def test_what_a_stranger_sends_is_not_lost(client: Client) -> None:
    words = 'Zwei <b>Ämter</b> & "mehr"'
    response = client.post("/tisch/", {"results": words, "password": "geheim1"})
    html = response.content.decode()
    assert response.status_code == 403
    assert "Zwei &lt;b&gt;Ämter&lt;/b&gt; &amp; &quot;mehr&quot;" in html
    assert "geheim1" not in html


@here
def test_without_a_second_factor_nobody_comes_in(client: Client) -> None:
    client.force_login(factories.an_editor(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/tisch/").status_code == 302
    kept = client.post("/tisch/", {"results": "Zwei Ämter"})
    assert kept.status_code == 403
    assert "Zwei Ämter" in kept.content.decode()


@here
def test_a_closed_account_is_a_stranger() -> None:
    user = factories.an_editor()
    client = client_for(user)
    User.objects.update(is_active=False)
    assert client.get("/tisch/").status_code == 302


@here
@pytest.mark.parametrize(("address", "method"), [("/tat/", "get"), ("/tisch/", "put"), ("/tisch/", "delete")])
def test_the_wrong_method_is_refused_before_anything_else(address: str, method: str) -> None:
    for client in (Client(), client_with(Role.EDITOR)):
        response = getattr(client, method)(address)
        assert response.status_code == 405
        assert "POST" in response["Allow"]


@here
def test_a_form_of_somebody_else_is_refused() -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    assert client.post("/tisch/").status_code == 403


# --- Roles --------------------------------------------------------------------------------------


def test_roles_are_the_groups(django_assert_num_queries: object) -> None:
    user = factories.an_account(Role.EDITOR, Role.REVIEWER)
    assert roles_of(user) == {Role.EDITOR, Role.REVIEWER}
    with django_assert_num_queries(0):  # type: ignore[operator]  # remembered
        assert has_role(user, *STAFF)
    assert roles_of(factories.an_editor(is_active=False)) == frozenset()
    assert roles_of(factories.a_user(is_superuser=True)) == frozenset()


@pytest.mark.parametrize(
    ("roles", "called"),
    [
        ({Role.EDITOR, Role.RELEASER}, "Freigabe"),
        ({Role.EDITOR, Role.REVIEWER}, "Redaktion"),
        ({Role.REVIEWER}, "Rat"),
        (set(), "System"),
    ],
)
def test_the_history_names_the_leading_role(roles: set[Role], called: str) -> None:
    assert leading_role(roles) == called
