"""Clients that are signed in the way people are: with a second factor."""

from allauth.mfa.models import Authenticator
from django.test import Client

from portal.models import User
from portal.roles import Role
from tests import factories


def second_factor(user: User) -> None:
    """Sets up a TOTP for the account; nobody needs its secret here."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})


def client_for(user: User, *, enforce_csrf_checks: bool = False) -> Client:
    """A client signed in as `user`, who has a second factor."""
    if not Authenticator.objects.filter(user=user).exists():
        second_factor(user)
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def client_with(*roles: Role) -> Client:
    """A client signed in as somebody new with `roles`."""
    return client_for(factories.an_account(*roles))
