"""What the strategy rests on records of the council; the council's pages show it."""

from collections.abc import Collection, Iterator

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
_COLUMNS = {"agenda_item": "agenda_item_id", "paper": "paper_id", "file": "file_id"}


class StrategyCitations:
    """See portal.citations.Provider."""

    def citations(self, kind: str, ids: Collection[int]) -> Iterator[Citation]:
        if kind not in _COLUMNS:
            return
        column = _COLUMNS[kind]
        # Plain columns: a long agenda item is cited a hundred times, each time from up to ten tables.
        rows = (
            Evidence.objects.published()
            .filter(**{f"{column}__in": ids})
            .annotate(
                title=Coalesce(*(f"{path}__name" for path in (*_MEASURES, *_STRATEGIES))),
                measure_slug=Coalesce(*(f"{path}__slug" for path in _MEASURES)),
            )
            .order_by(column, "contribution__position", "position", "pk")
            .values_list(
                *(column, "contribution_id", "aspect", "quote", "title", "measure_slug"),
                *("report__number", "question__slug"),
            )
        )
        for record, paragraph, aspect, quote, title, measure, report, question in rows:
            yield Citation(
                record_id=record,
                paragraph_id=paragraph,
                title="Rückfrage aus dem Rat" if question else title,
                claim=str(Evidence.Aspect(aspect).label),
                url=_page(measure, report, question),
                quote=quote,
            )

    def cited(self, kind: str, ids: Collection[int]) -> Iterator[int]:
        if kind not in _COLUMNS:
            return
        column = _COLUMNS[kind]
        rows = Evidence.objects.published().filter(**{f"{column}__in": ids}).order_by()
        yield from rows.values_list(column, flat=True).distinct()


def _page(measure: str | None, report: int | None, question: str | None) -> str:
    """Where the claim stands."""
    if report:
        return reverse("strategy:report", args=[measure, report])
    if measure:
        return reverse("strategy:measure", args=[measure])
    return reverse("strategy:strategy") + (f"#frage-{question}" if question else "")
