"""The bar of signed-in people; strangers see a quiet link and get neither cookie nor Vary."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from portal.context import account_bar
from portal.roles import Role
from tests.factories import an_account
from tests.signed_in import client_for, client_with

BAR = 'aria-label="Ihr Konto"'


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/massnahmen/", "/rat/sitzungen/", "/impressum/", "/gibt-es-nicht/"])
def test_a_stranger_gets_a_link_and_no_cookie(client: Client, path: str) -> None:
    response = client.get(path)
    html = response.content.decode()
    assert BAR not in html
    assert "account-bar.css" not in html
    assert html.count('href="/konto/anmelden/"') == 1
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/massnahmen/", "/konto/", "/gibt-es-nicht/"])
def test_whoever_is_signed_in_sees_who_they_are_and_the_way_out(path: str) -> None:
    user = an_account(Role.EDITOR, Role.ADMINISTRATOR, first_name="Adele", last_name="Amt")
    response = client_for(user).get(path)
    html = response.content.decode()
    assert html.count(BAR) == 1
    assert "Adele Amt" in html
    assert "Redaktion, Administration" in html
    assert 'href="/redaktion/"' in html
    assert 'href="/admin/"' in html
    assert 'href="/pruefung/"' not in html
    assert '<form method="post" action="/konto/abmelden/">' in html
    assert response["Cache-Control"] == "private, no-store"
    assert 'href="/konto/anmelden/"' not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "goals"),
    [
        (Role.EDITOR, {"/redaktion/", "/pruefung/sitzungen/"}),
        (Role.RELEASER, {"/redaktion/", "/pruefung/sitzungen/"}),
        (Role.REVIEWER, {"/pruefung/", "/pruefung/sitzungen/"}),
        (Role.ADMINISTRATOR, {"/admin/", "/konto/einladungen/", "/redaktion/"}),
    ],
)
def test_the_links_are_those_that_the_role_may_open(role: Role, goals: set[str]) -> None:
    client = client_with(role)
    html = client.get("/impressum/").content.decode()
    for path in ("/redaktion/", "/pruefung/", "/pruefung/sitzungen/", "/admin/", "/konto/einladungen/"):
        assert (f'href="{path}"' in html) is (path in goals)
        assert path not in goals or client.get(path).status_code == 200


@pytest.mark.django_db
def test_without_a_second_factor_the_bar_leads_there() -> None:
    client = Client()
    client.force_login(an_account(Role.EDITOR))
    html = client.get("/impressum/").content.decode()
    assert "Zweiten Faktor einrichten" in html
    assert 'href="/redaktion/"' not in html


@pytest.mark.django_db
def test_signing_out_takes_a_form_and_works_from_a_public_page() -> None:
    client = client_with(Role.EDITOR)
    assert client.post("/konto/abmelden/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert BAR not in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_session_that_is_nobodys_shows_no_bar(client: Client) -> None:
    client.cookies["sitzung"] = "erfunden"
    assert BAR not in client.get("/impressum/").content.decode()


@pytest.mark.django_db
def test_roles_and_second_factor_are_one_question_each(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = an_account(Role.EDITOR)
    request: HttpRequest = rf.get("/")
    request.COOKIES["sitzung"] = "x"
    request.user = user
    with django_assert_num_queries(2):
        account_bar(request)
        account_bar(request)


def test_an_answer_from_before_anybody_was_asked_has_no_bar(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES["sitzung"] = "x"
    assert account_bar(request) is None
