"""A second factor for everybody: set up, shown, lost, and never stored in the clear."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.models import User
from portal.roles import Role
from portal.signed_in import has_second_factor
from tests.portal.accounts.people import PASSWORD, SECRET, code, enter_password, sign_in, somebody

pytestmark = pytest.mark.django_db


def secret_on(page: str) -> str:
    """The key that the page offers to be typed into the app."""
    found = re.search(r'<code class="totp-secret">([A-Z2-7]+)</code>', page)
    assert found
    return found[1]


def set_up_app(client: Client) -> str:
    secret = secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    response = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


@pytest.fixture
def beginner(client: Client) -> User:
    """Somebody who has a password and a role, and nothing else."""
    user = somebody(Role.EDITOR, second_factor=False)
    enter_password(client, user.email)
    return user


def test_who_has_none_is_led_to_set_one_up_and_back(client: Client, beginner: User) -> None:
    wanted = client.get("/redaktion/?x=1")
    assert wanted.headers["Location"] == f"{reverse('mfa_index')}?next=%2Fredaktion%2F%3Fx%3D1"
    page = client.get(wanted.headers["Location"]).content.decode()
    assert "Richten Sie einen zweiten Faktor ein" in page
    assert reverse("mfa_add_webauthn") in page
    assert reverse("mfa_activate_totp") in page
    set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    assert 'href="/redaktion/?x=1"' in codes
    assert client.get("/redaktion/?x=1").status_code == 200


def test_the_sign_in_itself_leads_there(client: Client) -> None:
    user = somebody(Role.EDITOR, second_factor=False)
    assert enter_password(client, user.email).headers["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_the_way_on_leads_nowhere_else(client: Client, beginner: User, elsewhere: str) -> None:
    client.get(reverse("mfa_index"), {"next": elsewhere})
    set_up_app(client)
    assert "example.com" not in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_without_one_people_see_no_more_than_strangers(client: Client, beginner: User) -> None:
    stranger = Client()
    for path in ("/", "/massnahmen/"):
        seen, others = (
            re.findall("<main.*</main>", each.get(path).content.decode(), re.DOTALL)
            for each in (client, stranger)
        )
        assert seen == others != []
    response = client.get(reverse("data:findings"))
    assert response.headers["Location"].startswith(reverse(settings.SECOND_FACTOR_URL))


def test_what_is_sent_without_one_is_not_lost(client: Client, beginner: User) -> None:
    response = client.post(reverse("review:report", args=[1]), {"comment": "Das habe ich lange getippt."})
    assert response.status_code in (403, 405)


def test_recovery_codes_alone_are_no_second_factor() -> None:
    user = somebody(second_factor=False)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not has_second_factor(user)


@pytest.mark.usefixtures("committed")
def test_sessions_from_before_the_first_one_end(client: Client) -> None:
    """Whoever has only guessed the password shall not be taken for somebody who has shown both."""
    beginner = somebody(Role.EDITOR, second_factor=False)
    enter_password(client, beginner.email)
    thief = Client()
    enter_password(thief, beginner.email)
    set_up_app(client)
    assert client.get(reverse("account_overview")).status_code == 200
    assert thief.get(reverse("desk:home")).headers["Location"].startswith(reverse("account_login"))


def test_secrets_are_encrypted(client: Client, beginner: User) -> None:
    secret = set_up_app(client)
    stored = [str(each.data) for each in Authenticator.objects.filter(user=beginner)]
    assert len(stored) == 2
    assert all(secret not in each for each in stored)
    totp = Authenticator.objects.get(user=beginner, type="totp")
    assert get_adapter().decrypt(totp.data["secret"]) == secret
    assert get_adapter().encrypt(secret) != get_adapter().encrypt(secret)


def test_the_key_can_be_changed(settings: Settings) -> None:
    settings.MFA_KEY = "old"
    stored = get_adapter().encrypt(SECRET)
    settings.MFA_KEY = "new, old"
    assert get_adapter().decrypt(stored) == SECRET
    settings.MFA_KEY = "new"
    with pytest.raises(InvalidToken):
        get_adapter().decrypt(stored)


@pytest.mark.usefixtures("committed")
def test_setting_one_up_is_told_by_e_mail(client: Client) -> None:
    beginner = somebody(Role.EDITOR, second_factor=False)
    enter_password(client, beginner.email)
    set_up_app(client)
    message = mail.outbox[0]
    assert message.to == [beginner.email]
    assert message.subject == "Eine Code-App wurde eingerichtet"
    assert "Waren Sie das nicht?" in message.body


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret(client: Client, beginner: User) -> None:
    secret = secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    page = client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert "Der Code stimmt nicht" in page
    assert secret_on(page) == secret
    assert not has_second_factor(beginner)


def test_a_recovery_code_opens_once(client: Client, beginner: User) -> None:
    set_up_app(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    spare = re.findall(r"<code>(\d{8})</code>", page)[0]
    for expected in (302, 200):
        other = Client()
        enter_password(other, beginner.email)
        assert other.post(reverse("mfa_authenticate"), {"code": spare}).status_code == expected


def test_the_file_of_recovery_codes_is_german(client: Client, beginner: User) -> None:
    set_up_app(client)
    response = client.get(reverse("mfa_download_recovery_codes"))
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode().startswith("Ersatzcodes für")


@pytest.mark.parametrize(
    "name",
    [
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    ],
)
def test_what_matters_asks_again_who_it_is(client: Client, settings: Settings, name: str) -> None:
    user = somebody(Role.EDITOR)
    Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": get_adapter().encrypt("seed"), "used_mask": 0},
    )
    sign_in(client, user)
    assert client.get(reverse(name)).status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    response = client.get(reverse(name))
    assert (
        response.headers["Location"]
        == f"{reverse('account_reauthenticate')}?next={reverse(name).replace('/', '%2F')}"
    )
    page = client.post(reverse("account_reauthenticate"), {"password": "falsch"}).content.decode()
    assert "Das Passwort stimmt nicht." in page
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse(name)})
    assert client.get(reverse(name)).status_code == 200


def test_the_last_one_can_go_and_then_a_new_one_is_due(client: Client) -> None:
    sign_in(client, user := somebody(Role.EDITOR))
    assert client.post(reverse("mfa_deactivate_totp")).headers["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(reverse("desk:home")).headers["Location"].startswith(reverse("mfa_index"))


def test_somebody_elses_passkey_cannot_be_touched(client: Client) -> None:
    other = somebody()
    key = Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Handy"})
    sign_in(client, somebody(Role.EDITOR))
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "meins"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk, data={"name": "Handy"}).exists()
