"""Sessions: listed, ended, over after a while; and none for people who only read."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.middleware import SEEN
from portal.roles import Role
from tests.portal.accounts.people import enter_password, sign_in, somebody

pytestmark = pytest.mark.django_db


def test_sessions_are_listed_and_the_others_end(client: Client) -> None:
    user = somebody(Role.EDITOR, second_factor=False)
    other = Client(headers={"user-agent": "Anderes Programm"})
    for each in (client, other):
        enter_password(each, user.email)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "Diese Anmeldung" in page
    assert "Andere Anmeldung" in page
    assert "Anderes Programm" in page
    client.post(reverse("usersessions_list"))
    assert (
        "Die anderen Anmeldungen sind beendet." in client.get(reverse("usersessions_list")).content.decode()
    )
    assert other.get(reverse("account_overview")).status_code == 302
    assert client.get(reverse("account_overview")).status_code == 200


@pytest.mark.parametrize("name", ["account_overview", "usersessions_list", "account_change_password"])
def test_only_the_council_has_sittings(client: Client, name: str) -> None:
    enter_password(client, somebody(Role.EDITOR, second_factor=False).email)
    page = client.get(reverse(name)).content.decode()
    own = page.partition("<main")[2].partition("</main>")[0]
    assert "Anmeldungen" in own
    assert "Sitzung" not in own


def test_a_session_is_over_eight_hours_after_its_last_use(client: Client) -> None:
    sign_in(client, somebody(Role.EDITOR))
    assert settings.SESSION_COOKIE_AGE == 8 * 3600
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""  # The browser forgets it when it is closed.
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    left = Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()
    assert timedelta(hours=7, minutes=59) < left <= timedelta(hours=8)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("desk:home")).headers["Location"].startswith(reverse("account_login"))


def test_use_puts_the_end_off_but_not_with_every_request(client: Client) -> None:
    sign_in(client, somebody(Role.EDITOR))
    client.get(reverse("account_overview"))
    session = client.session
    session[SEEN] = int(time.time()) - 301
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    for _ in range(2):
        client.get(reverse("account_overview"))
        row = Session.objects.get(pk=client.session.session_key)
        assert row.expire_date > timezone.now() + timedelta(hours=7)
    before = row.expire_date
    client.get(reverse("account_overview"))
    assert Session.objects.get(pk=row.pk).expire_date == before


@pytest.mark.parametrize("path", ["/", "/massnahmen/", "/konto/abgemeldet/"])
def test_who_only_reads_gets_no_cookie(client: Client, path: str) -> None:
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_after_signing_out_no_message_needs_a_cookie(client: Client) -> None:
    sign_in(client, somebody(Role.EDITOR))
    client.post(reverse("account_logout"), follow=True)
    assert {name for name, cookie in client.cookies.items() if cookie.value} == {settings.CSRF_COOKIE_NAME}


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_logged_out", "account_reset_password_done"],
)
def test_account_pages_are_kept_by_nobody(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
