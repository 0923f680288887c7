"""Signing in and out, with what can go wrong."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.roles import Role
from tests.portal.accounts.people import PASSWORD, code, enter_password, sign_in, somebody

pytestmark = pytest.mark.django_db

WRONG = "E-Mail-Adresse oder Passwort stimmen nicht."
TOO_MANY = "Das waren zu viele Versuche"


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ([Role.EDITOR], "desk:home"),
        ([Role.RELEASER, Role.REVIEWER], "desk:home"),
        ([Role.REVIEWER], "review:home"),
        ([Role.ADMINISTRATOR], "admin:index"),
        ([], "account_overview"),
    ],
)
def test_people_land_where_their_role_works(client: Client, roles: list[Role], place: str) -> None:
    response = sign_in(client, somebody(*roles))
    assert response.headers["Location"] == reverse(place)
    assert client.session["_auth_user_id"]


def test_the_address_may_be_written_in_capitals(client: Client) -> None:
    user = somebody()
    assert enter_password(client, user.email.upper()).headers["Location"] == reverse("mfa_authenticate")


def test_the_password_alone_opens_nothing(client: Client) -> None:
    enter_password(client, somebody(Role.EDITOR).email)
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("desk:home")).headers["Location"].startswith(reverse("account_login"))


def test_people_come_back_to_where_they_wanted_to_go(client: Client) -> None:
    wanted = client.get(reverse("review:home"))
    assert wanted.headers["Location"] == f"{reverse('account_login')}?next=%2Fpruefung%2F"
    page = client.get(wanted.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/pruefung/">' in page
    assert sign_in(client, somebody(Role.EDITOR), next="/pruefung/").headers["Location"] == "/pruefung/"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, elsewhere: str) -> None:
    response = sign_in(client, somebody(Role.EDITOR), next=elsewhere)
    assert response.headers["Location"] == reverse("desk:home")


def test_an_address_without_account_is_answered_like_a_wrong_password(client: Client) -> None:
    known = enter_password(client, somebody().email, "falsch")
    unknown = enter_password(client, "niemand@example.org", "falsch")
    for response in (known, unknown):
        assert response.status_code == 200
        assert WRONG in response.content.decode()
        assert "falsch" not in response.content.decode()


def test_a_closed_account_is_answered_like_a_wrong_password(client: Client) -> None:
    response = enter_password(client, somebody(is_active=False).email)
    assert WRONG in response.content.decode()


def test_a_closed_account_is_out_at_once(client: Client) -> None:
    user = somebody(Role.EDITOR)
    sign_in(client, user)
    assert client.get(reverse("desk:home")).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(reverse("desk:home")).status_code == 302


def test_after_five_wrong_passwords_also_the_right_one_has_to_wait(client: Client) -> None:
    user = somebody()
    for _ in range(5):
        assert WRONG in enter_password(client, user.email, "falsch").content.decode()
    assert TOO_MANY in enter_password(client, user.email).content.decode()
    assert TOO_MANY in enter_password(Client(REMOTE_ADDR="203.0.113.9"), user.email).content.decode()


def test_who_tries_many_addresses_has_to_wait(client: Client) -> None:
    for number in range(10):
        assert WRONG in enter_password(client, f"niemand{number}@example.org", "falsch").content.decode()
    assert TOO_MANY in enter_password(client, somebody().email).content.decode()


def test_too_many_calls_get_a_page_in_german(client: Client) -> None:
    for _ in range(30):
        client.post(reverse("account_login"), {})
    response = client.post(reverse("account_login"), {})
    assert response.status_code == 429
    assert "<h1>Das waren zu viele Versuche</h1>" in response.content.decode()
    # Limits count a minute, five, or an hour; the page does not know which was reached.
    assert "Manche Grenzen gelten eine Stunde." in response.content.decode()
    assert "Retry-After" not in response


def test_a_code_can_be_tried_five_times(client: Client) -> None:
    user = somebody()
    enter_password(client, user.email)
    for _ in range(5):
        page = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
        assert "Der Code stimmt nicht" in page
    assert TOO_MANY in client.post(reverse("mfa_authenticate"), {"code": code()}).content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_counts_once(client: Client) -> None:
    user = somebody()
    sign_in(client, user)
    other = Client()
    enter_password(other, user.email)
    assert other.post(reverse("mfa_authenticate"), {"code": code()}).status_code == 200
    assert "_auth_user_id" not in other.session


def test_limits_count_in_the_database_where_all_processes_see_them(client: Client) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    cache.set("allauth:test", [1.0], 60)
    assert cache.get("allauth:test") == [1.0]


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "198.51.100.7")])
def test_a_forwarded_address_is_believed_only_behind_a_proxy(settings, proxies: int, seen: str) -> None:  # type: ignore[no-untyped-def]  # the fixture has no type
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = Client(headers={"x-forwarded-for": "192.0.2.1, 198.51.100.7"})
    user = somebody(Role.EDITOR)
    sign_in(client, user)
    assert user.usersession_set.get().ip == seen


def test_the_session_gets_a_new_key_at_sign_in(client: Client) -> None:
    user = somebody()
    enter_password(client, user.email)
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != before


def test_signing_out_is_a_post(client: Client) -> None:
    sign_in(client, somebody(Role.EDITOR))
    page = client.get(reverse("account_logout"))
    assert page.status_code == 200
    assert "_auth_user_id" in client.session
    response = client.post(reverse("account_logout"))
    assert response.headers["Location"] == reverse("account_logged_out")
    assert response["Clear-Site-Data"] == '"storage"'
    assert "_auth_user_id" not in client.session
    assert (
        settings.SESSION_COOKIE_NAME not in client.cookies
        or not client.cookies[settings.SESSION_COOKIE_NAME].value
    )
    assert "Sie sind abgemeldet" in client.get(reverse("account_logged_out")).content.decode()


def test_there_is_no_registration(client: Client) -> None:
    for path in ("signup/", "registrieren/", "3rdparty/signup/", "email/"):
        assert client.get(f"/konto/{path}").status_code == 404


def test_a_password_needs_twelve_characters_and_the_rules_stand_there(client: Client) -> None:
    user = somebody(Role.EDITOR)
    sign_in(client, user)
    data = {"oldpassword": PASSWORD, "password1": "kurz", "password2": "kurz"}
    page = client.post(reverse("account_change_password"), data).content.decode()
    assert "mindestens 12 Zeichen" in page
