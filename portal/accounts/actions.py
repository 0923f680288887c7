"""Everything that changes accounts: atomic, with `by=`, and written down in the admin's log.

Nobody changes the own account. So whoever administers cannot give themselves a role, and one who administers
is always left. That the same person owns two addresses is something no program can see: each invitation
therefore names who sent it, the log keeps it, and everybody in the role Administration can read both.
"""

import hmac
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

from portal.accounts.errors import (
    HasAnAccount,
    InvitationIsOver,
    IsInvited,
    NoRole,
    NotAnAdministrator,
    OwnAccount,
)
from portal.models import Invitation, User
from portal.recording import recorded
from portal.roles import Role

logger = logging.getLogger(__name__)

VALID_FOR = timedelta(days=7)
INSTALLATION_ACCOUNT = "installation@portal.invalid"
"""Sends the first invitation of a new installation. Nobody can sign in with it: it is closed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with the token of its link, which nobody can ask for again."""

    invitation: Invitation
    token: str


def invite(*, email: str, roles: Collection[Role], by: User) -> Sent:
    """Opens the way to an account with `roles`.

    Raises NotAnAdministrator, HasAnAccount, IsInvited, NoRole.
    """
    with _administering(by):
        return _invite(email, roles, by)


def invite_from_console(*, email: str, roles: Collection[Role]) -> Sent:
    """As `invite`, for whoever can start commands on the server: the first account of an installation."""
    with transaction.atomic():
        by, _ = User.objects.get_or_create(
            email=INSTALLATION_ACCOUNT,
            defaults={"first_name": "Installation", "is_active": False, "password": "!"},
        )
        return _invite(email, roles, by)


def send_again(*, invitation: Invitation, by: User) -> Sent:
    """A new link for another seven days; the old one is dead.

    Raises NotAnAdministrator, InvitationIsOver, HasAnAccount.
    """
    with _administering(by):
        locked = _not_accepted(invitation)
        if User.objects.filter(email=locked.email).exists():
            raise HasAnAccount(f"{locked.email} has an account")
        sent = _renew(locked)
        _log(by, locked, CHANGE, "Einladung erneut gesendet.")
        return sent


def withdraw(*, invitation: Invitation, by: User) -> None:
    """Its link is dead from now on. Raises NotAnAdministrator, InvitationIsOver."""
    with _administering(by):
        locked = _not_accepted(invitation)
        locked.token_digest = digest_of(secrets.token_urlsafe(32))
        locked.expires_at = timezone.now()
        locked.save(update_fields=["token_digest", "expires_at"])
        _log(by, locked, CHANGE, "Einladung zurückgezogen.")


def open_invitation(token: str) -> Invitation:
    """The invitation of a link. Raises InvitationIsOver."""
    return _by_token(token, Invitation.objects.all())


def accept(*, token: str, first_name: str, last_name: str, password: str) -> User:
    """The invited person's account, with the roles of the invitation. A link works once.

    Raises InvitationIsOver. The password is checked by the form.
    """
    with transaction.atomic():
        invitation = _by_token(token, Invitation.objects.select_for_update(of=("self",)))
        if User.objects.filter(email=invitation.email).exists():
            raise InvitationIsOver(f"{invitation.email} has an account meanwhile")
        user = User.objects.create_user(
            invitation.email, password, first_name=first_name, last_name=last_name
        )
        user.groups.set(invitation.groups.all())
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        _log(user, user, ADDITION, f"Einladung von {invitation.invited_by} angenommen.")
        return user


def set_roles(*, user: User, roles: Collection[Role], by: User) -> None:
    """Raises NotAnAdministrator, OwnAccount."""
    with _administering(by, user):
        user.groups.set([*_groups(roles), *user.groups.exclude(name__in=Role.values)])
        user._roles = None
        _log(by, user, CHANGE, f"Rollen: {', '.join(sorted(role.value for role in roles)) or 'keine'}.")


@transaction.atomic
def take_roles(*, user: User, roles: Collection[str]) -> None:
    """Brings the roles in line with what the identity provider says.

    Of other groups it knows nothing, nor of roles that OIDC_GROUPS does not name: they stay. So does the role
    Administration of the last open account that has it. Nobody of the administration acts: the log names the
    account itself.
    """
    held = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    gained = set(roles) - held
    named: set[str] = set().union(*settings.OIDC_GROUPS.values())
    lost = (held & named) - set(roles)
    if Role.ADMINISTRATOR in lost and not _others_administer(user):
        lost.remove(Role.ADMINISTRATOR)
        logger.warning(
            "Account %s keeps the role Administration, which the identity provider does not give it: "
            "no other open account has it.",
            user.pk,
        )
    if gained or lost:
        user.groups.remove(*Group.objects.filter(name__in=lost))
        user.groups.add(*Group.objects.filter(name__in=gained))
        user._roles = None
        _log(user, user, CHANGE, f"Rollen vom Anmeldedienst: {', '.join(sorted(roles)) or 'keine'}.")


def note_account_of_provider(*, user: User, is_new: bool) -> None:
    """Writes down that an account came from, or was tied to one at, the identity provider."""
    if is_new:
        _log(user, user, ADDITION, "Konto vom Anmeldedienst angelegt.")
    else:
        _log(user, user, CHANGE, "Mit dem Konto beim Anmeldedienst verbunden.")


def close_account(*, user: User, by: User) -> None:
    """Nobody signs in with it any more; what it wrote stays. Raises NotAnAdministrator, OwnAccount."""
    with _administering(by, user):
        _set_active(user, False)
        end_sessions(user)
        _log(by, user, CHANGE, "Konto geschlossen.")


def reopen_account(*, user: User, by: User) -> None:
    """Raises NotAnAdministrator, OwnAccount."""
    with _administering(by, user):
        _set_active(user, True)
        _log(by, user, CHANGE, "Konto geöffnet.")


def reset_second_factor(*, user: User, by: User) -> None:
    """Takes away every second factor and ends all sessions; the next sign-in sets up a new one.

    Raises NotAnAdministrator, OwnAccount.
    """
    with _administering(by, user):
        Authenticator.objects.filter(user=user).delete()
        user._has_second_factor = None
        end_sessions(user)
        _log(by, user, CHANGE, "Zweiter Faktor zurückgesetzt.")


def disable_password(*, user: User, by: User) -> None:
    """Ends all sessions. Its owner comes in again with a passkey that works without a password
    (MFA_PASSKEY_LOGIN_ENABLED), with a new password by e-mail, or through the city's identity provider.

    Raises NotAnAdministrator, OwnAccount.
    """
    with _administering(by, user):
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_sessions(user)
        _log(by, user, CHANGE, "Passwort ungültig gemacht.")


def end_sessions(user: User) -> None:
    """Signs the account out everywhere."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    UserSession.objects.filter(user=user).delete()


def digest_of(token: str) -> str:
    """What is kept of a token. It is random, so nobody finds it by trying and no salt is needed."""
    return sha256(token.encode()).hexdigest()


@contextmanager
def _administering(by: User, user: User | None = None) -> Iterator[None]:
    """Atomic; who acts and whose account it is are locked, then the role is asked for.

    Both are locked in one order: two who take each other's role at once cannot both succeed.
    """
    with transaction.atomic():
        wanted = {by.pk, *([user.pk] if user else [])}
        rows = User.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        acting = {row.pk: row for row in rows}[by.pk]
        if not acting.is_active or not acting.groups.filter(name=Role.ADMINISTRATOR.value).exists():
            raise NotAnAdministrator("this needs an open account in the role Administration")
        if user and user.pk == by.pk:
            raise OwnAccount("nobody changes the own account")
        with recorded(by=by.pk, role=Role.ADMINISTRATOR.value, action="accounts"):
            yield


def _others_administer(user: User) -> bool:
    """Whether an open account other than `user` is in the role Administration.

    All that are stay locked, in the order of `_administering`; who are is asked after that, because the one
    who had the lock before may have taken a role.
    """
    administering = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR.value)
    list(administering.select_for_update(of=("self",)).order_by("pk"))
    return administering.exclude(pk=user.pk).exists()


def _invite(email: str, roles: Collection[Role], by: User) -> Sent:
    address = User.objects.normalize_email(email).lower()
    if not roles:
        raise NoRole("an invitation names a role")
    if User.objects.filter(email=address).exists():
        raise HasAnAccount(f"{address} has an account")
    if Invitation.objects.open(timezone.now()).filter(email=address).exists():
        raise IsInvited(f"{address} is invited already")
    invitation = Invitation(email=address, invited_by=by)
    sent = _renew(invitation)
    invitation.groups.set(_groups(roles))
    named = ", ".join(sorted(role.value for role in roles))
    _log(by, invitation, ADDITION, f"Eingeladen als {named}.")
    return sent


def _renew(invitation: Invitation) -> Sent:
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest_of(token)
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.clean_fields()
    invitation.save()
    return Sent(invitation, token)


def _by_token(token: str, invitations: "models.QuerySet[Invitation]") -> Invitation:
    """The database finds the digest, never the token; how long that takes tells nothing of a token."""
    digest = digest_of(token)
    found = invitations.select_related("invited_by").filter(token_digest=digest).first()
    is_it = hmac.compare_digest(found.token_digest if found else "0" * len(digest), digest)
    if not found or not is_it or found.accepted_at or found.expires_at <= timezone.now():
        raise InvitationIsOver("no open invitation has this link")
    return found


def _not_accepted(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at:
        raise InvitationIsOver("the invitation is taken up")
    return locked


def _groups(roles: Iterable[Role]) -> list[Group]:
    return list(Group.objects.filter(name__in=[role.value for role in roles]))


def _set_active(user: User, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])
    user._roles = None


def _log(by: User, row: models.Model, flag: int, words: str) -> None:
    LogEntry.objects.log_actions(by.pk, [row], flag, words, single_object=True)
