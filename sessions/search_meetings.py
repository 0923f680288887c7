"""What entries of council records have in common: who met, and when."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from portal.german import day_of, german_date
from sessions.models import Consultation, Meeting, Organization


def committee_ids(**chosen: Any) -> ArraySubquery:
    """Of the public committees for which this holds."""
    committees = Organization.objects.published().filter(**chosen)
    return ArraySubquery(committees.order_by("pk").values("pk").distinct())


def committee_names(meeting: str) -> ArraySubquery:
    """Who meets, as `Meeting.heading` says it, in the same query."""
    return ArraySubquery(Organization.objects.published().filter(meetings=OuterRef(meeting)).values("name"))


def in_meeting(meeting: Meeting, committees: Collection[str]) -> str:
    """As sessions.presenters.meeting_title."""
    heading = " und ".join(committees) or str(meeting)
    return f"{heading} am {german_date(meeting.start)}" if meeting.start else heading


def day_of_meeting(meeting: Meeting | None) -> date | None:
    """On the clocks of the city; None where the source states none."""
    return day_of(meeting.start) if meeting and meeting.start else None


def paper_committees(paper: str) -> ArraySubquery:
    """Who treats it, as the filter of the list of papers counts them."""
    stations = Consultation.objects.published().filter(paper=OuterRef(OuterRef(paper)))
    return committee_ids(consultations__in=stations)
