"""What the strategy rests on records of the council; the council's pages show it."""

from collections.abc import Collection, Iterator

from django.urls import reverse

from portal.citations import Citation
from strategy.models import Evidence

_SUBJECTS = (
    "strategy",
    "measure",
    "report__measure",
    "milestone__measure",
    "observation__indicator__measure",
    "money_item__measure",
    "money_item__strategy",
    "question__measure",
)
_KINDS = {"agenda_item": "agenda_item_id", "paper": "paper_id", "file": "file_id"}


def citations(kind: str, ids: Collection[int]) -> Iterator[Citation]:
    """Public claims on records of `kind` with one of `ids`; one query."""
    if kind not in _KINDS:
        return
    column = _KINDS[kind]
    rows = (
        Evidence.objects.published()
        .filter(**{f"{column}__in": ids})
        .select_related(*_SUBJECTS)
        .order_by(column, "contribution__position", "position", "pk")
    )
    for evidence in rows:
        title, url = _claimant(evidence)
        yield Citation(
            record_id=getattr(evidence, column),
            paragraph_id=evidence.contribution_id,
            title=title,
            claim=evidence.get_aspect_display(),
            url=url,
            quote=evidence.quote,
        )


def _claimant(evidence: Evidence) -> tuple[str, str]:
    """Name and page of what the evidence backs."""
    if evidence.report:
        return evidence.report.measure.name, evidence.report.get_absolute_url()
    if evidence.question:
        return "Rückfrage aus dem Rat", f"{reverse('strategy:strategy')}#frage-{evidence.question.slug}"
    money = evidence.money_item
    measure = (
        evidence.measure
        or (evidence.milestone and evidence.milestone.measure)
        or (evidence.observation and evidence.observation.indicator.measure)
        or (money and money.measure)
    )
    if measure:
        return measure.name, measure.get_absolute_url()
    strategy = evidence.strategy or (money and money.strategy)
    return str(strategy), reverse("strategy:strategy")
