"""Who is told of what. The lines are written with the deed; `send_digests` sends them (portal.notices)."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse

from portal.models import Notice, User
from portal.roles import Role
from strategy.models import Measure


def accounts_with(*roles: Role) -> QuerySet[User]:
    return User.objects.filter(is_active=True, groups__name__in=[role.value for role in roles])


def editors_of(measure: Measure) -> QuerySet[User]:
    """Who looks after a measure; all editors where nobody in particular does."""
    editors = accounts_with(Role.EDITOR)
    own = editors.filter(measures=measure)
    return own if own.exists() else editors


def notify(
    kind: Notice.Kind,
    recipients: QuerySet[User],
    *,
    text: str,
    view: str,
    args: Sequence[object],
    reason: str,
    by: User | None,
) -> None:
    """One line for each open account among `recipients`, except who did it and who does not want to know."""
    rows = User.objects.filter(pk__in=recipients.values("pk"), is_active=True).exclude(
        muted_notices__contains=[kind]
    )
    if by is not None:
        rows = rows.exclude(pk=by.pk)
    path = reverse(view, args=args)
    Notice.objects.bulk_create(
        Notice(recipient=row, kind=kind, text=text[:500], path=path, reason=reason) for row in rows
    )
