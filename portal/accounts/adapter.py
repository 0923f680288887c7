"""What of allauth is otherwise here: no registration, addresses from User.email, German words, encryption."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from portal.models import User
from portal.roles import Role, roles_of
from portal.signed_in import is_second_factor_done, signed_in

INCORRECT_CODE = "Der Code stimmt nicht. Bitte geben Sie den Code ein, der gerade angezeigt wird."
TOO_MANY = "Das waren zu viele Versuche. Bitte warten Sie fünf Minuten und versuchen Sie es dann erneut."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of the portal: known by User.email, made by invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Dieses Konto ist geschlossen.",
        "email_password_mismatch": "E-Mail-Adresse oder Passwort stimmen nicht.",
        "enter_current_password": "Das bisherige Passwort stimmt nicht.",
        "incorrect_code": INCORRECT_CODE,
        "incorrect_password": "Das Passwort stimmt nicht.",
        "invalid_or_expired_key": "Dieser Link gilt nicht mehr.",
        "invalid_login": "E-Mail-Adresse oder Passwort stimmen nicht.",
        "invalid_password_reset": "Dieser Link gilt nicht mehr.",
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether `password` is the one of `user`; counts as a try like a sign-in does."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in need not say again who they are."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": "Mit dem Passwort",
            "mfa_reauthenticate": "Mit einem Code",
            "mfa_reauthenticate:webauthn": "Mit einem Passkey",
        }
        return [
            method | {"description": words[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where people land who did not want to go anywhere: at the work of their role."""
        if not is_second_factor_done(request):
            return reverse(settings.SECOND_FACTOR_URL)
        return home_of(signed_in(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_overview")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """In an e-mail stands the portal's own address, not the one that somebody has asked under."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(self.request, path.replace("UID-KEY", key))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        more = {"city": settings.CITY, "login_url": absolute(self.request, reverse("account_login"))}
        super().send_mail(template_prefix, email, more | context)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors, encrypted at rest with MFA_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Sie können diesen zweiten Faktor nicht entfernen.",
        "cannot_generate_recovery_codes": "Richten Sie zuerst einen zweiten Faktor ein.",
        "incorrect_code": INCORRECT_CODE,
    }

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography.fernet.InvalidToken where MFA_KEY is not the one that has encrypted it."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = user.authenticator_set.filter(type=type).count() + 1  # type: ignore[attr-defined]  # allauth has no types
        return f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}


def cipher() -> MultiFernet:
    """Encrypts with the first key in MFA_KEY and decrypts with any of them."""
    keys = [key.strip() for key in settings.MFA_KEY.split(",") if key.strip()]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"portal.second_factor:{key}".encode()).digest())) for key in keys]
    )


def home_of(user: User) -> str:
    """The page where the work of an account's roles begins; the account's own page where it has none."""
    roles = roles_of(user)
    if roles & {Role.EDITOR, Role.RELEASER}:
        return reverse("desk:home")
    if Role.REVIEWER in roles:
        return reverse("review:home")
    if Role.ADMINISTRATOR in roles:
        return reverse("admin:index")
    return reverse("account_overview")


def absolute(request: HttpRequest, path: str) -> str:
    """The full address of `path`, under PUBLIC_URL where it is set."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
