"""What the staff should look at: votes whose outcome nobody could read from the text."""

from django.db.models import F, Prefetch, QuerySet

from sessions.models import Organization, Vote


def unclear_votes() -> QuerySet[Vote]:
    """Votes with the result "unclear" as the minutes stand today, the newest meeting first."""
    found: QuerySet[Vote] = Vote.objects.published()
    return (
        found.filter(result=Vote.Result.UNCLEAR)
        .select_related("agenda_item__meeting")
        .prefetch_related(Prefetch("agenda_item__meeting__organizations", Organization.objects.published()))
        .order_by(
            F("agenda_item__meeting__start").desc(nulls_last=True),
            "-agenda_item__meeting",
            "agenda_item__order",
            "agenda_item",
            "position",
        )
    )
