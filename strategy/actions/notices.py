"""Who is told of what. The lines are written with the deed; `send_digests` sends them (portal.notices)."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse

from portal.german import german_date
from portal.models import Notice, User
from portal.notices import announce, who_may_hear
from portal.roles import Role
from strategy.models import Measure, ReportAge

_REMINDER_LOCK = 0x72656D696E64
"""Key of the advisory lock: the letters "remind"."""


def accounts_with(*roles: Role) -> QuerySet[User]:
    return User.objects.filter(is_active=True, groups__name__in=[role.value for role in roles])


def editors_of(measure: Measure) -> QuerySet[User]:
    """Who looks after a measure; all editors where nobody in particular does."""
    own = _looking_after(measure)
    return own if own.exists() else accounts_with(Role.EDITOR)


def reason_for_editors(measure: Measure) -> str:
    """Why `editors_of(measure)` are told. One query."""
    if _looking_after(measure).exists():
        return "weil Sie diese Maßnahme betreuen"
    return "weil diese Maßnahme noch niemand betreut und Sie in der Redaktion sind"


def _looking_after(measure: Measure) -> QuerySet[User]:
    return accounts_with(Role.EDITOR).filter(measures=measure)


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
    """One line for each account among `recipients` that may hear `kind` (portal.notices.MAY_HEAR).

    Except who did it (`by`) and who does not want to know. view, args: the page that it leads to. reason: why
    they are told, as the end of "Sie bekommen das, …".
    """
    rows = who_may_hear(kind).filter(pk__in=recipients.values("pk")).exclude(muted_notices__contains=[kind])
    if by is not None:
        rows = rows.exclude(pk=by.pk)
    path = reverse(view, args=args)
    notices = Notice.objects.bulk_create(
        Notice(recipient=row, kind=kind, text=text[:500], path=path, reason=reason) for row in rows
    )
    announce([notice.recipient_id for notice in notices])


def remind_overdue() -> int:
    """Writes one line for each published measure that has crossed a threshold since its newest report.

    Once for each of them: the line names the day of that report and the threshold, and one that was written
    is not written again. Returns of how many measures.
    """
    number = 0
    with transaction.atomic():
        _one_at_a_time()
        measures = Measure.objects.published().with_report_age().exclude(report_age="").order_by("pk")
        known = set(Notice.objects.filter(kind=Notice.Kind.OVERDUE).values_list("path", "text"))
        for measure in measures:
            fact = (
                f"seit {german_date(measure.report_since)} kein Sachstand"
                f" ({ReportAge(measure.report_age).label})."
            )
            path = reverse("desk:measure", args=[measure.slug])
            if any(where == path and text.endswith(fact) for where, text in known):
                continue
            notify(
                Notice.Kind.OVERDUE,
                editors_of(measure),
                text=f"{measure.name}: {fact}",
                view="desk:measure",
                args=[measure.slug],
                reason=reason_for_editors(measure),
                by=None,
            )
            number += 1
    return number


def _one_at_a_time() -> None:
    """Two at once would tell everything twice: the second waits until the first one has written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REMINDER_LOCK])
