"""What the strategy rests on records of the council; the council's pages show it."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal.citations import Citation
from strategy.models import Evidence

_MEASURES = (
    "report__measure",
    "measure",
    "milestone__measure",
    "observation__indicator__measure",
    "money_item__measure",
)
_STRATEGIES = ("strategy", "money_item__strategy")
_RECORDS = {
    "agenda_item": ("agenda_item", "motion__agenda_item", "vote__agenda_item"),
    "paper": ("paper",),
    "file": ("file",),
}
"""Per kind the ways from an evidence to the record: what rests on a motion rests on its agenda item."""
_PARAGRAPHS = ("contribution", "motion__contribution", "vote__contribution")


class StrategyCitations:
    """See portal.citations.Provider."""

    def citations(self, kind: str, ids: Collection[int]) -> Iterator[Citation]:
        if kind not in _RECORDS:
            return
        # Plain columns: a long agenda item is cited a hundred times, each time from up to ten tables.
        rows = (
            _resting_on(kind, ids)
            .annotate(
                paragraph=Coalesce(*_PARAGRAPHS),
                paragraph_position=Coalesce(*(f"{path}__position" for path in _PARAGRAPHS)),
                title=Coalesce(*(f"{path}__name" for path in (*_MEASURES, *_STRATEGIES))),
                measure_slug=Coalesce(*(f"{path}__slug" for path in _MEASURES)),
            )
            .order_by("record", "paragraph_position", "position", "pk")
            .values_list(
                *("record", "paragraph", "aspect", "quote", "title", "measure_slug"),
                *("report__number", "question__slug", "question__text"),
            )
        )
        for record, paragraph, aspect, quote, title, measure, report, question, words in rows:
            yield Citation(
                record_id=record,
                paragraph_id=paragraph,
                # A question is known by its words, everything else by its measure or the strategy.
                title=words or title,
                claim=str(Evidence.Aspect(aspect).label),
                url=_page(measure, report, question),
                quote=quote,
            )

    def cited(self, kind: str, ids: Collection[int]) -> Iterator[int]:
        if kind in _RECORDS:
            yield from _resting_on(kind, ids).order_by().values_list("record", flat=True).distinct()


def _resting_on(kind: str, ids: Collection[int]) -> QuerySet[Any]:
    """Public evidence on records of `kind` with one of `ids`; adds `record`, the primary key."""
    first, *others = _RECORDS[kind]
    record = Coalesce(first, *others) if others else F(first)
    return Evidence.objects.published().annotate(record=record).filter(record__in=ids)


def _page(measure: str | None, report: int | None, question: str | None) -> str:
    """Where the claim stands."""
    if report:
        return reverse("strategy:report", args=[measure, report])
    if measure:
        return reverse("strategy:measure", args=[measure])
    return reverse("strategy:strategy") + (f"#frage-{question}" if question else "")
