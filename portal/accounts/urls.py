"""Addresses below /konto/: of allauth's pages those that the portal needs, and no registration.

The names are allauth's, because it asks for its pages by name.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from portal.accounts import oidc, views

View = Callable[..., HttpResponse]


def page(route: str, view: View, name: str, *, regular: bool = False) -> URLPattern:
    """An address whose answers nobody keeps and no search engine lists."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    pattern: URLPattern = (re_path if regular else path)(route, private, name=name)
    return pattern


urlpatterns = [
    page("", views.overview, "account_overview"),
    # Signing in and out
    page("anmelden/", views.Login.as_view(), "account_login"),
    page("anmelden/passkey/", webauthn.login_webauthn, "mfa_login_webauthn"),
    page("anmelden/code/", mfa.authenticate, "mfa_authenticate"),
    page("abmelden/", views.Logout.as_view(), "account_logout"),
    page("abgemeldet/", views.logged_out, "account_logged_out"),
    page("geschlossen/", account.account_inactive, "account_inactive"),
    # Saying again who one is, before something that matters
    page("bestaetigen/", account.reauthenticate, "account_reauthenticate"),
    page("bestaetigen/code/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("bestaetigen/passkey/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    # Password
    page("passwort/", account.password_change, "account_change_password"),
    page("passwort/keines/", views.no_password, "account_set_password"),
    page("passwort/vergessen/", account.password_reset, "account_reset_password"),
    page("passwort/vergessen/gesendet/", account.password_reset_done, "account_reset_password_done"),
    page(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        "account_reset_password_from_key",
        regular=True,
    ),
    page("passwort/geaendert/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    # Second factor
    page("zweiter-faktor/", views.SecondFactor.as_view(), "mfa_index"),
    page("zweiter-faktor/app/", totp.activate_totp, "mfa_activate_totp"),
    page("zweiter-faktor/app/entfernen/", totp.deactivate_totp, "mfa_deactivate_totp"),
    page("zweiter-faktor/passkeys/", webauthn.list_webauthn, "mfa_list_webauthn"),
    page("zweiter-faktor/passkeys/neu/", webauthn.add_webauthn, "mfa_add_webauthn"),
    page("zweiter-faktor/passkeys/<int:pk>/entfernen/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    page("zweiter-faktor/passkeys/<int:pk>/umbenennen/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    page("zweiter-faktor/ersatzcodes/", views.RecoveryCodes.as_view(), "mfa_view_recovery_codes"),
    page(
        "zweiter-faktor/ersatzcodes/neu/",
        recovery_codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    page(
        "zweiter-faktor/ersatzcodes/datei/",
        recovery_codes.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    # Sessions
    page("sitzungen/", usersessions.list_usersessions, "usersessions_list"),
    # The city's identity provider; 404 where there is none
    page("stadt/", oidc.login, "account_oidc_login"),
    page("stadt/antwort/", oidc.callback, "account_oidc_callback"),
]
