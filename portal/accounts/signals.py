"""What follows from a change of an account."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from portal.models import User
from portal.signed_in import SECOND_FACTORS


def connect() -> None:
    authenticator_added.connect(end_sessions_without, dispatch_uid="portal.accounts.end_sessions_without")


def end_sessions_without(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """With the first second factor every other session ends: it has never shown one."""
    user._has_second_factor = None
    of_user = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
    if authenticator.type in SECOND_FACTORS and not of_user.exclude(pk=authenticator.pk).exists():
        get_adapter().end_sessions(
            UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
        )
