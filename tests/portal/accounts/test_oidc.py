"""Sign-in with a city's identity provider: the whole flow, and everything that must not come in."""

from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.accounts.groups import ROLES, identity_provider, roles_by_group
from portal.accounts.oidc import REFUSED, IdentityProviderAdapter
from portal.models import User
from portal.roles import Role
from tests import factories
from tests.portal.accounts.people import code, enter_password, somebody
from tests.portal.accounts.provider import CLIENT, ISSUER, OTHER_KEY, SECRET, Provider
from tests.signed_in import client_with

pytestmark = pytest.mark.django_db

GROUPS = (
    "Redaktion=strategie-redaktion;Freigabe=strategie-freigabe,amtsleitung;Administration=strategie-admin"
)
ADDRESS = "amt@stadt.example.org"


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Provider:
    settings.OIDC_ISSUER = ISSUER
    settings.OIDC_NAME = "Konto der Stadt"
    settings.OIDC_GROUPS = roles_by_group(GROUPS)
    settings.SOCIALACCOUNT_PROVIDERS = identity_provider(ISSUER, CLIENT, SECRET, "Konto der Stadt")
    found = Provider()

    def session(self: IdentityProviderAdapter) -> requests.Session:
        made = requests.Session()
        made.mount(ISSUER, found)
        return made

    monkeypatch.setattr(IdentityProviderAdapter, "get_requests_session", session)
    return found


def start(client: Client, **query: str) -> str:
    response = client.get(reverse("account_oidc_login"), query)
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def sign_in(client: Client, provider: Provider, **query: str) -> HttpResponse:
    return client.get(provider.back(start(client, **query)))


def refused(response: HttpResponse, why: str, status: int = 403) -> None:
    assert response.status_code == status
    html = response.content.decode()
    assert REFUSED[why] in html
    assert html.count("<h1") == 1
    assert "_auth_user_id" not in response.wsgi_request.session  # type: ignore[attr-defined]  # of the test client


def roles_of(email: str = ADDRESS) -> set[str]:
    return set(User.objects.get(email=email).groups.values_list("name", flat=True))


def test_without_an_issuer_there_is_no_trace(client: Client) -> None:
    assert reverse("account_oidc_login") not in client.get(reverse("account_login")).content.decode()
    for name in ("account_oidc_login", "account_oidc_callback"):
        assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", ["account_invitations", "admin:index"])
def test_administrators_read_where_accounts_come_from(name: str) -> None:
    page = client_with(Role.ADMINISTRATOR).get(reverse(name)).content.decode()
    assert "Konten entstehen nur auf Einladung." in page


@pytest.mark.parametrize("name", ["account_invitations", "admin:index"])
def test_administrators_read_that_the_provider_brings_accounts_too(name: str, provider: Provider) -> None:
    page = client_with(Role.ADMINISTRATOR).get(reverse(name)).content.decode()
    assert "Konten entstehen auf Einladung oder bei der ersten Anmeldung mit „Konto der Stadt“." in page


def test_the_sign_in_page_offers_it(client: Client, provider: Provider) -> None:
    page = client.get(reverse("account_login"), {"next": "/pruefung/?a=b&c"}).content.decode()
    assert "Konto der Stadt" in page
    assert 'href="/konto/stadt/?next=%2Fpruefung%2F%3Fa%3Db%26c"' in page


def test_somebody_new_comes_in_with_the_roles_of_their_groups(client: Client, provider: Provider) -> None:
    response = sign_in(client, provider)
    user = User.objects.get(email=ADDRESS)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.first_name, user.last_name) == ("Alma", "Beispiel")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.is_superuser
    assert roles_of() == {"Redaktion"}
    # A second factor of the portal is due all the same.
    assert response.headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("desk:home")).headers["Location"].startswith(reverse("mfa_index"))
    asked = provider.tokens_asked[0]
    assert asked["grant_type"] == ["authorization_code"]
    assert asked["client_secret"] == [SECRET]
    assert len(asked["code_verifier"][0]) >= 43


def test_of_what_the_provider_says_only_the_name_of_the_account_is_kept(
    client: Client, provider: Provider
) -> None:
    sign_in(client, provider)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("stadt", "4711", {})
    assert not SocialToken.objects.exists()


def test_the_way_on_is_kept(client: Client, provider: Provider) -> None:
    assert sign_in(client, provider, next="/pruefung/").headers["Location"] == "/pruefung/"


def test_the_way_on_leads_nowhere_else(client: Client, provider: Provider) -> None:
    response = sign_in(client, provider, next="https://example.com/")
    assert response.headers["Location"] == reverse("mfa_index")


def test_the_provider_may_have_asked_for_the_second_factor(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_HAS_SECOND_FACTOR = True
    assert sign_in(client, provider).headers["Location"] == reverse("desk:home")
    assert client.get(reverse("desk:home")).status_code == 200


def test_that_counts_for_sessions_that_the_provider_opened_only(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_HAS_SECOND_FACTOR = True
    enter_password(client, somebody(Role.EDITOR, second_factor=False).email)
    assert client.get(reverse("desk:home")).headers["Location"].startswith(reverse("mfa_index"))


def test_an_account_is_found_by_its_verified_address_and_keeps_its_password(
    client: Client, provider: Provider
) -> None:
    user = somebody(Role.RELEASER, second_factor=False)
    user.email = ADDRESS
    user.save()
    sign_in(client, provider)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.get(pk=user.pk).has_usable_password()
    assert roles_of() == {"Redaktion"}
    assert mail.outbox[-1].subject == "Ihr Konto wurde verbunden"
    assert "„Konto der Stadt“" in mail.outbox[-1].body


def test_the_account_stays_tied_when_the_address_changes(client: Client, provider: Provider) -> None:
    sign_in(client, provider)
    provider.claims = {"email": "neu@stadt.example.org"}
    again = Client()
    sign_in(again, provider)
    assert again.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert User.objects.filter(email__endswith="stadt.example.org").count() == 1


def test_the_portals_second_factor_is_asked_for(client: Client, provider: Provider) -> None:
    user = somebody(Role.EDITOR)
    user.email = ADDRESS
    user.save()
    assert sign_in(client, provider).headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    # Nobody has typed a password.
    assert "Ihr Passwort stimmt" not in client.get(reverse("mfa_authenticate")).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["strategie-redaktion", "amtsleitung"], {"Redaktion", "Freigabe"}),
        ("strategie-freigabe", {"Freigabe"}),
        (["strategie-admin", 7, None], {"Administration"}),
    ],
)
def test_roles_follow_the_groups_at_each_sign_in(
    client: Client, provider: Provider, groups: Any, roles: set[str]
) -> None:
    sign_in(client, provider)
    User.objects.get(email=ADDRESS).groups.create(name="Nur hier")
    provider.claims = {"groups": groups}
    sign_in(Client(), provider)
    assert roles_of() == roles | {"Nur hier"}


def test_what_the_provider_changes_is_written_down(client: Client, provider: Provider) -> None:
    sign_in(client, provider)
    sign_in(Client(), provider)  # Nothing new.
    provider.claims = {"groups": ["strategie-freigabe"]}
    sign_in(Client(), provider)
    provider.claims = {"groups": []}
    sign_in(Client(), provider)
    user = User.objects.get(email=ADDRESS)
    entries = LogEntry.objects.filter(object_id=str(user.pk)).order_by("pk")
    assert [entry.get_change_message() for entry in entries] == [
        "Konto vom Anmeldedienst angelegt.",
        "Rollen vom Anmeldedienst: Redaktion.",
        "Rollen vom Anmeldedienst: Freigabe.",
        "Rollen vom Anmeldedienst: keine.",
    ]


def test_groups_may_stand_in_the_user_info(client: Client, provider: Provider) -> None:
    provider.claims, provider.userinfo = {"groups": None}, {"groups": ["strategie-freigabe"]}
    sign_in(client, provider)
    assert roles_of() == {"Freigabe"}


def test_the_claim_can_have_another_name(client: Client, provider: Provider, settings: Settings) -> None:
    settings.OIDC_GROUPS_CLAIM = "rollen"
    provider.claims = {"rollen": ["strategie-admin"]}
    sign_in(client, provider)
    assert roles_of() == {"Administration"}


@pytest.mark.parametrize("groups", [[], ["alle"], None, "alle", {"a": 1}, 7, [["strategie-redaktion"]]])
def test_nobody_comes_in_without_a_group_that_stands_for_a_role(
    client: Client, provider: Provider, groups: Any
) -> None:
    provider.claims = {"groups": groups}
    refused(sign_in(client, provider), "no-role")
    assert not User.objects.filter(email=ADDRESS).exists()


def test_an_account_with_the_same_address_is_no_way_in_either(client: Client, provider: Provider) -> None:
    user = factories.an_editor()
    user.email = ADDRESS
    user.save()
    provider.claims = {"groups": ["alle"]}
    refused(sign_in(client, provider), "no-role")
    assert roles_of() == {"Redaktion"}


def test_who_loses_every_group_loses_every_role(client: Client, provider: Provider) -> None:
    sign_in(client, provider)
    provider.claims = {"groups": ["alle"]}
    refused(sign_in(Client(), provider), "no-role")
    assert roles_of() == set()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_no_account(
    client: Client, provider: Provider, verified: Any
) -> None:
    user = factories.an_account()
    user.email = ADDRESS
    user.save()
    provider.claims = {"email_verified": verified}
    refused(sign_in(client, provider), "no-address")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("email", [None, "", "kein-at"])
def test_without_an_address_there_is_no_account(client: Client, provider: Provider, email: Any) -> None:
    provider.claims = {"email": email}
    refused(sign_in(client, provider), "no-address")


def test_a_provider_that_verifies_every_address_need_not_say_so(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_VERIFIES_EMAIL = True
    provider.claims = {"email_verified": None}
    sign_in(client, provider)
    assert roles_of() == {"Redaktion"}


def test_a_closed_account_stays_closed(client: Client, provider: Provider) -> None:
    sign_in(client, provider)
    User.objects.update(is_active=False)
    refused(sign_in(Client(), provider), "closed")
    SocialAccount.objects.all().delete()
    refused(sign_in(Client(), provider), "closed")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://example.com"},
        {"iss": None},
        {"exp": 1},
        {"sub": None},
        {"sub": "another than in the user info"},
    ],
    ids=str,
)
def test_an_id_token_for_somebody_else_is_refused(
    client: Client, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    refused(sign_in(client, provider), "failed", 401)
    assert not User.objects.filter(email=ADDRESS).exists()


def test_an_id_token_with_another_signature_is_refused(client: Client, provider: Provider) -> None:
    provider.key = OTHER_KEY
    refused(sign_in(client, provider), "failed", 401)


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 32)])
def test_an_id_token_without_a_public_key_is_refused(
    client: Client, provider: Provider, algorithm: str, key: str | None
) -> None:
    provider.algorithm, provider.key = algorithm, key
    refused(sign_in(client, provider), "failed", 401)


def test_the_configuration_of_another_provider_is_refused(client: Client, provider: Provider) -> None:
    provider.configuration = {"issuer": "https://example.com"}
    refused(sign_in(client, provider), "failed", 401)


def test_an_issuer_may_write_itself_with_a_slash(client: Client, provider: Provider) -> None:
    provider.configuration = {"issuer": f"{ISSUER}/"}
    provider.claims = {"iss": f"{ISSUER}/"}
    sign_in(client, provider)
    assert roles_of() == {"Redaktion"}


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(client: Client, provider: Provider) -> None:
    back = provider.back(start(client))
    refused(Client().get(back), "failed", 401)
    client.get(back)
    refused(Client().get(back), "failed", 401)
    client.post(reverse("account_logout"))
    refused(client.get(back), "failed", 401)


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=c", "?code=c&state=x", "?state=%00"])
def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider, query: str) -> None:
    refused(client.get(f"{reverse('account_oidc_callback')}{query}"), "failed", 401)


def test_a_provider_that_does_not_answer_is_told_in_german(client: Client, provider: Provider) -> None:
    back = provider.back(start(client))
    provider.down = True
    refused(client.get(reverse("account_oidc_login")), "unreachable", 502)
    refused(client.get(back), "unreachable", 502)


def test_starting_is_limited(client: Client, provider: Provider) -> None:
    for _ in range(30):
        start(client)
    assert client.get(reverse("account_oidc_login")).status_code == 429


# --- The settings -----------------------------------------------------------------------------


def test_the_roles_of_the_settings_are_the_portals() -> None:
    assert set(ROLES) == set(Role.values)


def test_a_group_may_bring_several_roles() -> None:
    assert roles_by_group("Redaktion = a ; Rat=a,b;") == {
        "a": frozenset({"Redaktion", "Rat"}),
        "b": frozenset({"Rat"}),
    }


@pytest.mark.parametrize("text", ["Redaktion", "Redaktion=", "Chefin=a", "=a", "redaktion=a"])
def test_a_mapping_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="OIDC_GROUPS"):
        roles_by_group(text)
