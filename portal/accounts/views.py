"""Pages of one's own account that allauth has not, or has otherwise."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts.adapter import home_of
from portal.errors import error_page
from portal.roles import roles_of
from portal.signed_in import is_second_factor_done, signed_in

ONWARD = "onward"
"""Key in the session: where somebody wanted to go who had to set up a second factor first."""


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that one can do with one's own account."""
    user = signed_in(request)
    ctx = {
        "roles": sorted(role.label for role in roles_of(user)),
        "second_factor": is_second_factor_done(request),
        "has_password": user.has_usable_password(),
        "home": home_of(user),
    }
    return render(request, "account/overview.html", ctx)


def logged_out(request: HttpRequest) -> HttpResponse:
    return render(request, "account/logged_out.html")


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """For whoever has none: it stands at the city's identity provider, or has been made invalid here."""
    user = signed_in(request)
    if user.has_usable_password():
        return HttpResponseRedirect(reverse("account_change_password"))
    is_elsewhere = SocialAccount.objects.filter(user=user).exists()
    ctx = {"provider": settings.OIDC_NAME if is_elsewhere else ""}
    return render(request, "account/no_password.html", ctx)


def rate_limited(request: HttpRequest) -> HttpResponse:
    """429: handler429 of the URLconf, which allauth looks for. Nobody tells it how long to wait."""
    response = error_page(request, 429)
    response["Cache-Control"] = "private, no-store"
    return response


class Login(LoginView):
    """Also names the city's identity provider, where there is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return super().get_context_data(**kwargs) | {"provider": provider}


class Logout(LogoutView):
    """Signing out also empties what pages have stored in the browser."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        # Not "cookies": those of all pages below the city's domain would go.
        response["Clear-Site-Data"] = '"storage"'
        return response


class SecondFactor(IndexView):
    """Explains the second factor to whoever has none yet, and keeps it in order for the others."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("next", "")
        if wanted and is_own_address(request, wanted):
            request.session[ONWARD] = wanted
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ctx = super().get_context_data(**kwargs)
        found = ctx["authenticators"]
        return ctx | {
            "passkeys": found.get(Authenticator.Type.WEBAUTHN, []),
            "totp": found.get(Authenticator.Type.TOTP),
            "codes": found.get(Authenticator.Type.RECOVERY_CODES),
            "onward": onward(self.request),
        }


class RecoveryCodes(ViewRecoveryCodesView):
    """The codes, and the way on for whoever comes from setting up a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"onward": onward(self.request)}


def onward(request: HttpRequest) -> str:
    """Where to go when the second factor is set up."""
    wanted = request.session.get(ONWARD, "")
    return wanted if wanted and is_own_address(request, wanted) else home_of(signed_in(request))


def is_own_address(request: HttpRequest, address: str) -> bool:
    """Whether `address` leads to a page of the portal; a path alone is enough."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()) and bool(
        urlsplit(address).path
    )
