"""People who sign in through the pages, as in real life."""

import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.models import User
from portal.roles import Role
from tests import factories

PASSWORD = "Sieben rote Dächer am Fluss"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def somebody(*roles: Role, second_factor: bool = True, **fields: object) -> User:
    """An account with a password and, by default, a code app."""
    user = factories.an_account(*roles, password=PASSWORD, **fields)
    if second_factor:
        data = {"secret": get_adapter().encrypt(SECRET)}
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    return user


def code(secret: str = SECRET) -> str:
    """What the code app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def enter_password(client: Client, email: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def sign_in(client: Client, user: User, **more: str) -> HttpResponse:
    """Password, then code; the answer to the last step."""
    response = enter_password(client, user.email, **more)
    if response.headers.get("Location") == reverse("mfa_authenticate"):
        return client.post(reverse("mfa_authenticate"), {"code": code()})
    return response
