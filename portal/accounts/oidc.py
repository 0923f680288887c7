"""Sign-in with a city's identity provider (OpenID Connect), where the environment names one.

allauth does the code flow with PKCE and state. Here stands what it leaves out: the nonce, the signature of
the id token in every case, and who may come in: only who is in a group that stands for a role.
"""

import logging
import secrets
from typing import Any

import jwt
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from portal.accounts import actions
from portal.accounts.adapter import absolute
from portal.accounts.groups import PROVIDER
from portal.models import User

SIGNED_WITH = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
"""Algorithms with a public key; a secret that is shared is none to sign with, and "none" is none at all."""

REFUSED = {
    "failed": "Die Anmeldung ist nicht gelungen. Bitte versuchen Sie es noch einmal.",
    "unreachable": "Der Anmeldedienst antwortet gerade nicht. Bitte versuchen Sie es später noch einmal.",
    "no-role": "Ihr Konto der Verwaltung gehört zu keiner Gruppe, die hier etwas tun darf.",
    "no-address": "Ihr Konto der Verwaltung nennt keine bestätigte E-Mail-Adresse.",
    "closed": "Ihr Konto in diesem Portal ist geschlossen.",
}

logger = logging.getLogger(__name__)


def login(request: HttpRequest) -> HttpResponse:
    """Sends the browser to the identity provider."""
    _only_where_configured()
    if limited := ratelimit.consume_or_429(request, app="allauth.account", action="login", limit_get=True):
        return limited
    nonce = secrets.token_urlsafe(24)
    provider = get_adapter().get_provider(request, PROVIDER)
    try:
        return provider.redirect(
            request,
            process="login",
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    except (RequestException, KeyError, ValueError) as error:
        logger.warning("The identity provider cannot be asked: %s", error)
        return refused(request, "unreachable", status=502)


def callback(request: HttpRequest) -> HttpResponse:
    """Where the identity provider sends the browser back to."""
    _only_where_configured()
    if limited := ratelimit.consume_or_429(request, app="allauth.account", action="login", limit_get=True):
        return limited
    try:
        return CallbackView.adapter_view(OpenIDAdapter(request, PROVIDER))(request)
    except RequestException as error:
        logger.warning("The identity provider cannot be asked: %s", error)
        return refused(request, "unreachable", status=502)


def refused(request: HttpRequest, why: str, status: int = 403) -> HttpResponse:
    """The page that says why somebody does not come in; `why` is a key of REFUSED."""
    ctx = {"text": REFUSED[why], "provider": settings.OIDC_NAME}
    return render(request, "socialaccount/refused.html", ctx, status=status)


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """The conversation with the provider."""

    nonce: str | None = None

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return absolute(request, reverse("account_oidc_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """The person that the tokens speak of. Raises OAuth2Error where they are not to be believed."""
        try:
            claims = self._claims(app, kwargs["response"]["id_token"])
            if "userinfo_endpoint" in self.openid_config:
                more = self._fetch_user_info(token.token)
                if more["sub"] != claims["sub"]:
                    raise OAuth2Error("The user info is about somebody else.")
                claims = more | claims
            sociallogin = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        except (KeyError, ValueError, TypeError, jwt.PyJWTError) as error:
            raise OAuth2Error("The provider's answer is not understood.") from error
        # What the provider says is used at once; of it nothing is kept but the name of the account there.
        sociallogin.account.extra_data = {}
        sociallogin.claims = claims
        return sociallogin

    def _claims(self, app: Any, id_token: str) -> dict[str, Any]:
        if jwt.get_unverified_header(id_token)["alg"] not in SIGNED_WITH:
            raise OAuth2Error("The id token is not signed with a public key.")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self._issuer(),
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not self.nonce or not secrets.compare_digest(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("The id token was made for another sign-in.")
        return claims

    def _issuer(self) -> str:
        """As the provider writes it, with or without a slash at its end."""
        issuer: str = self.openid_config["issuer"]
        if issuer.rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("The provider's configuration is that of another provider.")
        return issuer


class CallbackView(OAuth2CallbackView):
    """Hands the nonce of this sign-in on to where the id token is read."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = state.get("nonce") if state else None
        return state, response


class IdentityProviderAdapter(DefaultSocialAccountAdapter):
    """Who may come in through the identity provider, and as whom."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = OpenIDAdapter
        return found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: pre_social_login makes the accounts of those who may come in."""
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        logger.warning("Sign-in with the identity provider failed: %s", exception or error)
        raise ImmediateHttpResponse(refused(request, "failed", status=401))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds or makes the account, gives it the roles of its groups; raises ImmediateHttpResponse else."""
        claims: dict[str, Any] = sociallogin.claims
        roles = roles_of_claims(claims)
        with transaction.atomic():
            user = sociallogin.user if sociallogin.is_existing else None
            if not roles:
                if user:
                    # Who has lost their groups at the provider has lost them here, also with a password.
                    actions.take_roles(user=user, roles=roles)
                why = "no-role"
            elif user is None and not (email := verified_address(claims)):
                why = "no-address"
            else:
                user = user or self._account_for(request, sociallogin, email)
                why = "" if user.is_active else "closed"
                if not why:
                    actions.take_roles(user=user, roles=roles)
        if why:
            raise ImmediateHttpResponse(refused(request, why))

    def _account_for(self, request: HttpRequest, sociallogin: SocialLogin, email: str) -> User:
        """The account with this address, tied to the one at the provider from now on."""
        user = User.objects.filter(email=email).first()
        if user is None:
            names = {name: getattr(sociallogin.user, name) for name in ("first_name", "last_name")}
            user = User.objects.create_user(email=email, **names)
            sociallogin.user = sociallogin.account.user = user
            sociallogin.account.save()
            actions.note_account_of_provider(user=user, is_new=True)
        elif user.is_active:
            sociallogin.connect(request, user)
            actions.note_account_of_provider(user=user, is_new=False)
        return user


def roles_of_claims(claims: dict[str, Any]) -> frozenset[str]:
    """The roles that the groups in `claims` stand for."""
    groups = claims.get(settings.OIDC_GROUPS_CLAIM, [])
    names = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    roles: frozenset[str] = frozenset()
    for name in names:
        if isinstance(name, str):
            roles |= settings.OIDC_GROUPS.get(name, frozenset())
    return roles


def verified_address(claims: dict[str, Any]) -> str:
    """The e-mail address in small letters, if the provider has verified it; "" otherwise."""
    email = str(claims.get("email") or "").strip().lower()
    if not (claims.get("email_verified") is True or settings.OIDC_VERIFIES_EMAIL):
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def _only_where_configured() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404
