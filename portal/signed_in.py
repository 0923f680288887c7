"""The one door to every page that asks for a sign-in."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from portal.errors import error_page
from portal.kept_input import Why, has_typed, kept_input_page
from portal.models import User
from portal.roles import Role, has_role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

READ = ("GET", "HEAD")
WRITE = ("GET", "HEAD", "POST")
POST = ("POST",)


SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""Those that allauth asks for at every sign-in; recovery codes alone are none."""


def has_second_factor(user: User) -> bool:
    """Whether the account has set up what it shows beside the password. Remembered with the object."""
    known: bool | None = getattr(user, "_has_second_factor", None)
    if known is None:
        known = user._has_second_factor = is_mfa_enabled(user, SECOND_FACTORS)
    return known


def is_second_factor_done(request: HttpRequest) -> bool:
    """Whether who is signed in has shown a second factor: the portal's, or that of the identity provider.

    An account's sessions from before its first second factor are ended when it sets it up (portal.accounts),
    so that a session of an account with a second factor is one that has shown it.
    """
    user = request.user
    if not user.is_authenticated:
        return False
    if settings.OIDC_ISSUER and settings.OIDC_HAS_SECOND_FACTOR:
        records = get_authentication_records(request, user)
        if any(record["method"] == "socialaccount" for record in records):
            return True
    return has_second_factor(user)


def acting_user(request: HttpRequest) -> User | None:
    """Who is signed in, with a second factor; None for a stranger.

    Asks for `request.user` only where there is a session cookie: that keeps `Vary: Cookie` away from the
    pages of readers.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user if request.user.is_active and is_second_factor_done(request) else None


def page_for(*roles: Role, methods: Collection[str] = READ) -> Callable[[View[P]], View[P]]:
    """A view for signed-in people in one of `roles`; never kept by anybody, never in a search engine.

    A stranger is sent to the sign-in page and comes back afterwards; what a stranger sends is kept on the
    page that says so, and so is what somebody sends about a thing that is gone meanwhile. Who has no second
    factor yet is sent to set one up. The wrong role gets 403, the wrong method 405.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                response = _refused(request, roles, methods) or view(request, *args, **kwargs)
            except Http404:
                if request.method != "POST" or not has_typed(request):
                    raise
                response = kept_input_page(request, Why.GONE)
            response["Cache-Control"] = "private, no-store"
            response["X-Robots-Tag"] = "noindex"
            return response

        return page

    return decorate


def signed_in(request: HttpRequest) -> User:
    """The account behind a view that lets only signed-in people in, as `page_for` does."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("nobody is signed in here")
    return user


def _refused(request: HttpRequest, roles: Collection[Role], methods: Collection[str]) -> HttpResponse | None:
    if request.method not in methods:
        refused = error_page(request, 405)
        refused["Allow"] = ", ".join(methods)
        return refused
    user = request.user
    if not user.is_authenticated:
        if request.method == "POST":
            return kept_input_page(request, Why.SIGNED_OUT)
        return redirect_and_back(request, settings.LOGIN_URL)
    if not is_second_factor_done(request):
        if request.method == "POST":
            return kept_input_page(request, Why.NO_SECOND_FACTOR)
        return redirect_and_back(request, settings.SECOND_FACTOR_URL)
    if not has_role(user, *roles):
        return error_page(request, 403)
    return None


def redirect_and_back(request: HttpRequest, to: str) -> HttpResponse:
    """To the page with the URL name `to`, which leads back here."""
    return HttpResponseRedirect(f"{resolve_url(to)}?{urlencode({'next': request.get_full_path()})}")
