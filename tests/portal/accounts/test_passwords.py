"""Changing a password, and getting a new one by e-mail."""

import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.accounts import actions
from portal.accounts.groups import PROVIDER
from portal.models import User
from portal.roles import Role
from tests import factories
from tests.portal.accounts.people import PASSWORD, enter_password, sign_in, somebody

pytestmark = pytest.mark.django_db

NEW = "Acht blaue Boote am Kai"


def ask(client: Client, email: str) -> str:
    response = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
    assert response.redirect_chain == [(reverse("account_reset_password_done"), 302)]
    return response.content.decode()


def link_in_mail() -> str:
    found = re.search(r"http://testserver(/konto/passwort/neu/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def test_a_link_by_e_mail_sets_a_new_password_once(client: Client) -> None:
    user = somebody(Role.EDITOR)
    ask(client, user.email.upper())
    message = mail.outbox[0]
    assert (message.to, message.subject) == ([user.email], "Neues Passwort festlegen")
    assert "Guten Tag" in message.body
    link = link_in_mail()
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    assert "set-password" in where
    data = {"password1": NEW, "password2": NEW}
    assert client.post(where, data).headers["Location"] == reverse("account_reset_password_from_key_done")
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert mail.outbox[-1].subject == "Ihr Passwort wurde neu festgelegt"
    assert "Dieser Link gilt nicht mehr" in Client().get(link, follow=True).content.decode()
    # The second factor is still asked for.
    assert enter_password(client, user.email, NEW).headers["Location"] == reverse("mfa_authenticate")


def test_the_link_carries_the_portals_own_address(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://strategie.example.org"
    ask(client, somebody().email)
    assert "https://strategie.example.org/konto/passwort/neu/" in mail.outbox[0].body


def test_a_password_that_was_made_invalid_is_replaced_by_e_mail(client: Client) -> None:
    user = somebody(Role.EDITOR)
    actions.disable_password(user=user, by=factories.an_account(Role.ADMINISTRATOR))
    assert "stimmen nicht" in enter_password(client, user.email).content.decode()
    ask(client, user.email)
    where = client.get(link_in_mail(), follow=True).redirect_chain[-1][0]
    client.post(where, {"password1": NEW, "password2": NEW})
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_the_page_says_the_same_for_every_address(client: Client) -> None:
    of_provider = factories.an_editor()
    SocialAccount.objects.create(user=of_provider, provider=PROVIDER, uid="1")
    pages = {
        re.sub(r'value="[^"]*"', "", ask(client, email))
        for email in (
            somebody().email,
            "niemand@example.org",
            somebody(is_active=False).email,
            of_provider.email,
        )
    }
    assert len(pages) == 1
    assert [message.subject for message in mail.outbox] == [
        "Neues Passwort festlegen",
        *["Kein Konto mit Passwort"] * 3,
    ]


def test_one_address_gets_three_links_an_hour(client: Client) -> None:
    user = somebody()
    for _ in range(3):
        ask(client, user.email)
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.status_code == 429
    assert len(mail.outbox) == 3


def test_passwords_must_be_the_same_and_the_error_is_german(client: Client) -> None:
    sign_in(client, somebody(Role.EDITOR))
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": f"{NEW}!"}
    page = client.post(reverse("account_change_password"), data).content.decode()
    assert "Die beiden Passwörter sind nicht gleich." in page
    assert NEW not in page


def test_a_new_password_ends_the_other_sessions(client: Client) -> None:
    user = somebody(Role.EDITOR, second_factor=False)
    other = Client()
    for each in (client, other):
        enter_password(each, user.email)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = client.post(reverse("account_change_password"), data)
    assert response.headers["Location"] == reverse("account_overview")
    assert "Ihr Passwort ist geändert." in client.get(reverse("account_overview")).content.decode()
    assert other.get(reverse("account_overview")).headers["Location"].startswith(reverse("account_login"))
    assert mail.outbox[-1].subject == "Ihr Passwort wurde geändert"


def test_the_wrong_old_password_changes_nothing(client: Client) -> None:
    user = somebody(Role.EDITOR)
    sign_in(client, user)
    data = {"oldpassword": "falsch", "password1": NEW, "password2": NEW}
    assert (
        "Das bisherige Passwort stimmt nicht."
        in client.post(reverse("account_change_password"), data).content.decode()
    )
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize("weak", ["password1234", "123456789012", "kurz"])
def test_weak_passwords_are_refused(client: Client, weak: str) -> None:
    sign_in(client, user := somebody(Role.EDITOR))
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("of_provider", "words"), [(True, "Dort ändern Sie"), (False, "per E-Mail ein neues")]
)
def test_who_has_no_password_is_told_where_it_is(client: Client, of_provider: bool, words: str) -> None:
    user = factories.an_editor()
    if of_provider:
        SocialAccount.objects.create(user=user, provider=PROVIDER, uid="1")
    client.force_login(user)
    page = client.get(reverse("account_change_password"), follow=True).content.decode()
    assert "Ihr Konto hat hier kein Passwort" in page
    assert words in page


def test_password_managers_find_the_page(client: Client) -> None:
    response = client.get("/.well-known/change-password")
    assert (response.status_code, response.headers["Location"]) == (302, reverse("account_change_password"))
