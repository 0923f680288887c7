"""The strategy at a glance, for the start page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from portal.charts import Segment
from sessions.models import AgendaItem, Meeting
from sessions.models.meeting import MeetingQuerySet
from strategy.models import Evidence, Measure, Strategy
from strategy.presenters import UNREPORTED, segments


@dataclass(frozen=True, slots=True)
class FieldCount:
    name: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Glance:
    """How many measures there are; every number comes with the list it counts."""

    in_strategy: list[Segment]
    others: list[Segment]
    fields: list[FieldCount]

    @classmethod
    def of_published(cls) -> Self:
        """One query, however many measures there are."""
        rows = (
            Measure.objects.published()
            .with_latest_report()
            .order_by("field__position", "field__name")
            .values_list(
                "origin", "status_code", "status_label", "field__slug", "field__name", "field__position"
            )
            .annotate(number=Count("pk"))
        )
        by_status: dict[str, Counter[tuple[str, str]]] = {
            origin: Counter() for origin in Measure.Origin.values
        }
        by_field: Counter[tuple[str, str]] = Counter()
        for origin, code, label, slug, name, _, number in rows:
            by_status[origin][code or "unknown", label or UNREPORTED] += number
            by_field[slug, name] += number
        measures = reverse("strategy:measures")
        return cls(
            in_strategy=segments(by_status[Measure.Origin.STRATEGY], "herkunft=strategy"),
            others=segments(by_status[Measure.Origin.OTHER], "herkunft=other"),
            fields=[
                FieldCount(name, number, f"{measures}?feld={slug}")
                for (slug, name), number in by_field.items()
            ],
        )

    @property
    def number_in_strategy(self) -> int:
        return sum(segment.count for segment in self.in_strategy)

    @property
    def number_of_others(self) -> int:
        return sum(segment.count for segment in self.others)


def meetings_about_strategy() -> MeetingQuerySet:
    """Meetings with a public agenda item that the strategy cites or whose paper made an edition of it."""
    cited = Evidence.objects.published().filter(agenda_item=OuterRef("pk"))
    items = (
        AgendaItem.objects.published()
        .filter(meeting=OuterRef("pk"))
        .filter(Q(Exists(cited)) | Q(consultations__paper__editions__published_at__isnull=False))
    )
    meetings: MeetingQuerySet = Meeting.objects.published().filter(Exists(items)).with_committees()
    return meetings


def next_and_last_meetings(now: datetime, number: int = 3) -> tuple[list[Meeting], list[Meeting]]:
    """At most `number` coming and past meetings about the strategy."""
    meetings = meetings_about_strategy()
    return list(meetings.from_moment(now)[:number]), list(meetings.before(now)[:number])


def the_strategy() -> Strategy | None:
    """The strategy this portal shows; None before one is published."""
    return Strategy.objects.published().order_by("pk").first()
