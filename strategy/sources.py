"""Brings each claim together with its evidence, in one query for a whole page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from strategy.models import Evidence


def attach_sources(**subjects: Iterable[Any]) -> list[Evidence]:
    """Gives every object a list `sources` of its public evidence; returns all of it in order.

    Keys are names of subjects (`measure`, `report`, `money_item`, …), values the objects. One query.
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
    evidence = list(Evidence.objects.published().filter(condition).with_targets())
    for piece in evidence:
        for name in subjects:
            if subject := known.get((name, getattr(piece, f"{name}_id"))):
                subject.sources.append(piece)
    return evidence


def quotes(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence that quotes the council's record, each quote once, in the order of the minutes."""
    seen: dict[tuple[int | None, str], Evidence] = {}
    for piece in evidence:
        if piece.quote and piece.agenda_item:
            seen.setdefault((piece.contribution_id, piece.quote), piece)
    return sorted(
        seen.values(),
        key=lambda piece: (
            piece.agenda_item_id or 0,
            piece.contribution.position if piece.contribution else 0,
            piece.pk,
        ),
    )
