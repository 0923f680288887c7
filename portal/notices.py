"""Nachrichten: the lines of portal.Notice become one e-mail a day for each person.

The order is: mark as sent, commit, send. A crash in between loses one e-mail, whose lines still stand at
`/konto/nachrichten/`; the other order would send it again and again. Where the mail server refuses, and says
so, the mark is taken back and the next run tries again. While one process marks the lines of a person, it
holds the person's row; another one passes over it.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby

from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal.models import Notice, User
from portal.roles import Role, roles_of

MOST_LINES = 100
"""Of one e-mail; the number of the others is told."""

MAY_HEAR: dict[Notice.Kind, frozenset[Role]] = {
    Notice.Kind.SUBMITTED: frozenset({Role.RELEASER, Role.REVIEWER}),
    Notice.Kind.RETURNED: frozenset({Role.EDITOR, Role.RELEASER}),
    Notice.Kind.PUBLISHED: frozenset(Role),
    Notice.Kind.ASKED: frozenset({Role.EDITOR, Role.RELEASER}),
    Notice.Kind.ANSWERED: frozenset(Role),
    Notice.Kind.OVERDUE: frozenset({Role.EDITOR}),
    Notice.Kind.CHANGE: frozenset({Role.EDITOR, Role.RELEASER}),
}
"""Which roles may hear a kind: those that may open the page it leads to, and do something with it.

Asked when a line is written, when it is sent and when it is listed: a role can be lost in between.
"""

_SALT = "portal.notices"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Sent:
    """What became of a run."""

    sent: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)
    """Number of the account and the reason, without the address."""


def send_digests(now: datetime | None = None) -> Sent:
    """Sends everybody what waits for them, at most one e-mail on a day of the portal's calendar.

    Call it outside of a transaction. One address that fails does not keep the others from theirs.
    """
    return _send_to(list(_waiting().values_list("recipient_id", flat=True).distinct()), now or timezone.now())


def kinds_for(user: User) -> list[Notice.Kind]:
    """What an account may hear with the roles of today; nothing without a role, nor in a closed account."""
    roles = roles_of(user)
    return [kind for kind, heard_by in MAY_HEAR.items() if not heard_by.isdisjoint(roles)]


def who_may_hear(kind: Notice.Kind) -> QuerySet[User]:
    """The open accounts whose roles of today may hear `kind`, each once."""
    groups = Group.objects.filter(name__in=[role.value for role in MAY_HEAR[kind]])
    return User.objects.filter(Exists(groups.filter(user=OuterRef("pk"))), is_active=True)


def announce(recipients: Collection[int]) -> None:
    """Where NOTICES_AT_ONCE is on (demo, development): what waits for them goes out after the commit."""
    if settings.NOTICES_AT_ONCE and recipients:
        transaction.on_commit(partial(_send_at_once, list(recipients)), robust=True)


def unsubscribe_token(user: User) -> str:
    """For a link that ends all e-mails of this kind without a sign-in; it can do nothing else."""
    return signing.Signer(salt=_SALT).sign(str(user.pk))


def unsubscribed_by(token: str) -> User | None:
    """Whose link it is; None for one that we did not sign."""
    try:
        pk = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=int(pk)).first()


def mute(user: User, kinds: Collection[str]) -> None:
    """From now on none of `kinds`; what waits of them is not sent either."""
    with transaction.atomic():
        user.muted_notices = sorted(set(kinds) & set(Notice.Kind.values))
        user.save(update_fields=["muted_notices"])
        Notice.objects.filter(recipient=user, sent_at__isnull=True, kind__in=user.muted_notices).delete()


def public_address(path: str) -> str:
    """The full address of a path, for an e-mail."""
    return f"{settings.PUBLIC_URL or 'http://localhost:8000'}{path}"


def digest(user: User, notices: Sequence[Notice]) -> EmailMessage:
    """The e-mail with these lines, by kind. Nothing that anybody writes becomes a header."""
    unsubscribe = public_address(reverse("portal:unsubscribe", args=[unsubscribe_token(user)]))
    order = {kind: position for position, kind in enumerate(Notice.Kind.values)}
    lines = sorted(notices[:MOST_LINES], key=lambda notice: order[notice.kind])
    ctx = {
        "city": settings.CITY,
        "name": _one_line(user.get_full_name()),
        "kinds": [
            (Notice.Kind(kind).label, [_Line.of(notice) for notice in rows])
            for kind, rows in groupby(lines, key=lambda notice: notice.kind)
        ],
        "more": len(notices) - len(lines),
        "at_once": settings.NOTICES_AT_ONCE,
        "settings_url": public_address(reverse("portal:notices")),
        "unsubscribe_url": unsubscribe,
    }
    number = "1 Nachricht" if len(notices) == 1 else f"{len(notices)} Nachrichten"
    return EmailMessage(
        subject=_one_line(f"{settings.CITY.portal_name} {settings.CITY.name}: {number}"),
        body=render_to_string("portal/email/digest.txt", ctx),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    url: str
    reason: str

    @classmethod
    def of(cls, notice: Notice) -> "_Line":
        return cls(_one_line(notice.text), public_address(notice.path), _one_line(notice.reason))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(sent_at__isnull=True, recipient__is_active=True)


def _send_at_once(recipients: Collection[int]) -> None:
    result = _send_to(recipients, timezone.now(), once_a_day=False)
    for pk, reason in result.failed:
        logger.error("The e-mail for account %s could not be sent: %s", pk, reason)


def _send_to(recipients: Collection[int], now: datetime, *, once_a_day: bool = True) -> Sent:
    result = Sent()
    for pk in recipients:
        marked = _mark(pk, now, once_a_day=once_a_day)
        if marked is None:
            continue
        user, notices = marked
        try:
            digest(user, notices).send()
        except (
            OSError,
            ValueError,
        ) as error:  # Those of smtplib are OSErrors, a bad address is a ValueError.
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=None)
            result.failed.append((pk, f"{type(error).__name__}"))
        else:
            result.sent += 1
    return result


def _mark(pk: int, now: datetime, *, once_a_day: bool) -> tuple[User, list[Notice]] | None:
    """Takes what waits for a person; None where there is nothing to send, or not today, or not by us."""
    with transaction.atomic():
        # Weaker than the lock of a change of its key, so that new lines can come meanwhile.
        person = User.objects.select_for_update(skip_locked=True, no_key=True)
        user = person.filter(pk=pk, is_active=True).first()
        if user is None or (once_a_day and _had_one(user, now)):
            return None
        rows = Notice.objects.filter(recipient=user, sent_at__isnull=True)
        # Gone and not kept for a role that may come back: by then it would be old.
        rows.exclude(kind__in=kinds_for(user)).delete()
        notices = list(rows.exclude(kind__in=user.muted_notices))
        if not notices:
            return None
        rows.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=now)
        return user, notices


def _had_one(user: User, now: datetime) -> bool:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Notice.objects.filter(recipient=user, sent_at__gte=midnight).exists()
