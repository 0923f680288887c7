"""One account per role for the demo, and only for the demo.

Passwords are random and nowhere kept in clear: whoever did not note them down has new ones made.
"""

import secrets
from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from portal.models import User
from portal.roles import Role

PEOPLE = {
    Role.EDITOR: ("redaktion@example.org", "Beispiel", "Redaktion"),
    Role.RELEASER: ("freigabe@example.org", "Beispiel", "Freigabe"),
    Role.REVIEWER: ("rat@example.org", "Beispiel", "Rat"),
    Role.ADMINISTRATOR: ("administration@example.org", "Beispiel", "Administration"),
}


class NotADemo(RuntimeError):
    """Accounts whose passwords stand on a console are for the demo."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What somebody needs to sign in; shown once."""

    role: Role
    email: str
    password: str
    totp_secret: str
    totp_url: str
    """For the app on a telephone: otpauth://…"""


def make_demo_accounts(*, new: bool = False) -> list[DemoAccount]:
    """Makes the accounts that are missing; with `new`, new passwords and second factors for all of them.

    Returns what was made. Raises NotADemo in every mode but demo.
    """
    _only_in_the_demo()
    with transaction.atomic():
        there = set(User.objects.filter(email__in=_addresses()).values_list("email", flat=True))
        return [_make(role) for role, (email, *_) in PEOPLE.items() if new or email not in there]


def demo_code(email: str) -> str:
    """The code that an app on a telephone would show now. Raises NotADemo, User.DoesNotExist."""
    _only_in_the_demo()
    user = User.objects.filter(email__in=_addresses()).get(email=email)
    secret = TOTP(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP))
    return _code(get_adapter().decrypt(secret.instance.data["secret"]))


def _code(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    code: str = format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
    return code


def _make(role: Role) -> DemoAccount:
    email, first_name, last_name = PEOPLE[role]
    password, secret = secrets.token_urlsafe(12), generate_totp_secret()
    user = User.objects.filter(email=email).first() or User(email=email)
    user.first_name, user.last_name, user.is_active = first_name, last_name, True
    user.set_password(password)  # It also ends every session of the account.
    user.save()
    user.groups.set(Group.objects.filter(name=role.value))
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, secret)
    return DemoAccount(role, email, password, secret, get_adapter().build_totp_url(user, secret))


def _addresses() -> list[str]:
    return [email for email, *_ in PEOPLE.values()]


def _only_in_the_demo() -> None:
    if settings.MODE != "demo":
        raise NotADemo("Demo accounts are for PORTAL_MODE=demo; production has `manage.py invite`.")
