"""The strategy at a glance, for the start page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet
from django.urls import reverse

from portal.charts import Segment
from sessions.models import AgendaItem, Consultation, Organization
from strategy.models import Evidence, Measure, StatusReport, Strategy
from strategy.presenters import UNREPORTED, segments


@dataclass(frozen=True, slots=True)
class FieldCount:
    name: str
    number: int
    url: str
    is_working_title: bool


@dataclass(frozen=True, slots=True)
class Share:
    """The measures of one origin: how many per status and per field; every number comes with its list."""

    url: str
    segments: list[Segment]
    fields: list[FieldCount]

    @property
    def number(self) -> int:
        return sum(segment.count for segment in self.segments)

    @property
    def has_working_titles(self) -> bool:
        return any(field.is_working_title for field in self.fields)


@dataclass(frozen=True, slots=True)
class Glance:
    """What the strategy names, and apart from it what other public sources report."""

    in_strategy: Share
    others: Share

    @classmethod
    def of_published(cls) -> Self:
        """One query, however many measures there are."""
        rows = (
            Measure.objects.published()
            .with_latest_report()
            .order_by("field__position", "field__name")
            .values_list("origin", "status_code", "status_name", "field__slug", "field__name")
            .annotate(number=Count("pk"), titled=F("field__is_working_title"))
        )
        by_status: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in Measure.Origin.values}
        by_field: dict[str, Counter[tuple[str, str, bool]]] = {
            name: Counter() for name in Measure.Origin.values
        }
        for origin, code, label, slug, name, number, titled in rows:
            by_status[origin][code or "unknown", label or UNREPORTED] += number
            by_field[origin][slug, name, titled] += number

        def share(origin: str) -> Share:
            query = f"herkunft={origin}"
            url = f"{reverse('strategy:measures')}?{query}"
            fields = [
                FieldCount(name, number, f"{url}&feld={slug}", titled)
                for (slug, name, titled), number in by_field[origin].items()
            ]
            return Share(url, segments(by_status[origin], query), fields)

        return cls(share(Measure.Origin.STRATEGY), share(Measure.Origin.OTHER))


def items_about_strategy() -> QuerySet[AgendaItem]:
    """Public agenda items that the strategy cites or whose paper made an edition of it."""
    cited = Evidence.objects.published().filter(agenda_item=OuterRef("pk"))
    treated = Consultation.objects.published().filter(
        agenda_item=OuterRef("pk"), paper__editions__published_at__isnull=False
    )
    items: QuerySet[AgendaItem] = (
        AgendaItem.objects.published()
        .filter(Exists(cited) | Exists(treated))
        .select_related("meeting")
        .prefetch_related(Prefetch("meeting__organizations", Organization.objects.published()))
    )
    return items


def next_and_last_items(now: datetime, number: int = 3) -> tuple[list[AgendaItem], list[AgendaItem]]:
    """At most `number` agenda items about the strategy of coming and of past meetings, the nearest first."""
    items = items_about_strategy()
    coming = items.filter(meeting__start__gte=now).order_by("meeting__start", "order")
    past = items.filter(meeting__start__lt=now).order_by("-meeting__start", "order")
    return list(coming[:number]), list(past[:number])


def newest_reports(number: int) -> QuerySet[StatusReport]:
    """The newest report of each measure, the newest of them first, at most `number`."""
    newest = Measure.objects.published().with_latest_report().values("latest_report_id")
    return (
        StatusReport.objects.published()
        .filter(pk__in=newest)
        .select_related("measure")
        .order_by("-as_of", "-published_at", "-pk")[:number]
    )


def the_strategy() -> Strategy | None:
    """The strategy this portal shows; None before one is published."""
    return Strategy.objects.published().order_by("pk").first()
