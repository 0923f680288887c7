"""Brings each claim together with its evidence, in one query for a whole page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from strategy.models import Evidence
from strategy.models.evidence import EvidenceQuerySet


def attach_sources(shown: EvidenceQuerySet | None = None, /, **subjects: Iterable[Any]) -> list[Evidence]:
    """Gives every object a list `sources` of its public evidence; returns all of it in order.

    shown: other evidence than the public one, for a preview. Keys are names of subjects (`measure`, `report`,
    `money_item`, …), values the objects. One query.
    """
    known: dict[tuple[str, int], Any] = {}
    condition = Q()
    for name, objects in subjects.items():
        for subject in objects:
            subject.sources = []
            known[name, subject.pk] = subject
        if ids := [pk for kind, pk in known if kind == name]:
            condition |= Q(**{f"{name}__in": ids})
    if not condition:
        return []
    if shown is None:
        shown = Evidence.objects.published()
    evidence = list(shown.filter(condition).with_targets())
    for piece in evidence:
        for name in subjects:
            if subject := known.get((name, getattr(piece, f"{name}_id"))):
                subject.sources.append(piece)
    return evidence


def attach_every_source(**subjects: Iterable[Any]) -> list[Any]:
    """The same for those who edit: all evidence, each saying whether its source `is_open`. Two queries."""
    every: list[Any] = list(attach_sources(Evidence.objects.all(), **subjects))
    shown = {piece.pk for piece in every}
    public = set(Evidence.objects.on_public_records().filter(pk__in=shown).values_list("pk", flat=True))
    for piece in every:
        piece.is_open = piece.pk in public
    return every


def attach_backing(measures: Iterable[Any]) -> None:
    """Says of each measure (with_latest_report) whether its newest report `is_unbacked`. One query."""
    rows = list(measures)
    backed = set(
        Evidence.objects.published()
        .filter(report__in=[row.latest_report_id for row in rows if row.latest_report_id])
        .order_by()
        .values_list("report", flat=True)
    )
    for row in rows:
        row.is_unbacked = row.latest_report_id is not None and row.latest_report_id not in backed


def quotes(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence that quotes the council's record, in the order of the minutes.

    What a longer quote from the same paragraph says as well is left out.
    """
    chosen: list[Evidence] = []
    for piece in sorted(evidence, key=lambda piece: -len(piece.quote)):
        said_already = any(
            piece.contribution_id == longer.contribution_id and piece.quote in longer.quote
            for longer in chosen
        )
        if piece.quote and piece.agenda_item and not said_already:
            chosen.append(piece)
    return sorted(
        chosen,
        key=lambda piece: (
            piece.agenda_item_id or 0,
            piece.contribution.position if piece.contribution else 0,
            piece.pk,
        ),
    )
