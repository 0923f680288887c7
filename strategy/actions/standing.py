"""What stands and what may still change."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.models import Publishable, User
from strategy.actions.errors import ChangeDoesNotFit, IsGone, ReportIsPublished, ReportIsSubmitted
from strategy.history.events import event_model
from strategy.models import Evidence, Indicator, MoneyItem, Observation, StatusReport, Strategy


def is_public(obj: Any) -> bool:
    """Whether everybody can already read what belongs to `obj`, so that a change of it is a publication.

    A thing that has no publication of its own is as public as the measure or strategy it belongs to.
    """
    match obj:
        case Publishable():
            return obj.is_published
        case StatusReport():
            return obj.state == StatusReport.State.PUBLISHED
        case MoneyItem():
            owner = obj.measure or obj.strategy
            return owner is not None and owner.is_published
        case Observation():
            return obj.indicator.measure.is_published
        case Indicator():
            return obj.measure.is_published
        case Evidence():
            return is_public(obj.subject)
    return bool(obj.measure.is_published)


def owner_of(obj: Any) -> Publishable:
    """The measure, strategy or question whose publication makes `obj` public; not of a report."""
    match obj:
        case Publishable():
            return obj
        case Observation():
            return obj.indicator.measure
        case MoneyItem(measure=None, strategy=Strategy() as strategy):
            return strategy
    measure: Publishable = obj.measure
    return measure


def open_report(report: StatusReport) -> StatusReport:
    """The report, locked until the transaction ends.

    Raises ReportIsPublished, ReportIsSubmitted, or IsGone where somebody has discarded it.
    """
    locked = StatusReport.objects.select_for_update().filter(pk=report.pk).first()
    if locked is None:
        raise IsGone("the report was discarded")
    if locked.state == StatusReport.State.PUBLISHED:
        raise ReportIsPublished(
            f"report {locked.number} is published and stands; write a new report that corrects it"
        )
    if locked.state == StatusReport.State.SUBMITTED:
        raise ReportIsSubmitted(f"report {locked.number} is submitted; take it back to change it")
    return locked


def touch_report(report: StatusReport, *, by: User) -> StatusReport:
    """The open report, locked, with `by` as the last who changed it or what it rests on."""
    locked = open_report(report)
    locked.changed_by = by
    locked.save(update_fields=["changed_by", "changed_at"])
    return locked


def touch_draft(obj: Any, *, by: User) -> None:
    """Who writes what belongs to a draft has written the draft: somebody else publishes all of it.

    The draft is locked until the transaction ends. Raises ChangeDoesNotFit where it is public by now, IsGone.
    """
    owner = owner_of(obj)
    if owner is obj:
        return
    locked = type(owner)._base_manager.select_for_update().filter(pk=owner.pk).first()
    if locked is None:
        raise IsGone("what it belongs to was removed")
    if locked.is_published:
        raise ChangeDoesNotFit(
            f"{owner} was published meanwhile",
            german="Das wurde gerade veröffentlicht. Bitte laden Sie die Seite neu.",
        )
    # Saved also where the writer is the same: who publishes must have read it as it stands now.
    owner.written_by = locked.written_by = by
    locked.save(update_fields=["written_by", "changed_at"])


WRITERS = ("written_by", "changed_by", "submitted_by", "answered_by")
"""Columns that name who had a hand in a row."""


def had_a_hand(obj: Publishable | StatusReport, user: User) -> bool:
    """Whether the account has ever written any of it: then somebody else reviews and publishes it.

    Of the writers, the row names the first and the last; the history names all (one query).
    """
    if user.pk in [getattr(obj, f"{name}_id") for name in _writer_columns(type(obj))]:
        return True
    return bool(_events_written_by(type(obj), user).filter(pgh_obj=obj.pk).exists())


def hand_of(model: type[models.Model], user: User) -> Exists:
    """`had_a_hand` for every row of a QuerySet of `model`."""
    return Exists(_events_written_by(model, user).filter(pgh_obj=OuterRef("pk")))


def _writer_columns(model: type[models.Model]) -> list[str]:
    return [name for name in WRITERS if any(field.name == name for field in model._meta.fields)]


def _events_written_by(model: type[models.Model], user: User) -> Any:
    wrote = Q()
    for name in _writer_columns(model):
        wrote |= Q(**{name: user})
    return event_model(model).objects.filter(wrote)
