"""Measures, fields, milestones, figures, money, links: edited at once while nobody can read them; after
that by a Change that a second person releases (ADR 0018)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from portal.editing import Merge, Plain, Values, merge, plain, put
from portal.models import Notice, Publishable, User
from portal.roles import Role
from strategy.actions.errors import (
    ChangedMeanwhile,
    ChangeDoesNotFit,
    ChangeIsDecided,
    FourEyes,
    ReasonIsMissing,
    StrategyError,
    TextHasChanged,
)
from strategy.actions.evidence import (
    bind_quote,
    check_public,
    remove_evidence,
    tie_evidence,
    untie_evidence,
)
from strategy.actions.notices import accounts_with, notify
from strategy.actions.record import action
from strategy.actions.standing import had_a_hand, is_public, touch_draft
from strategy.models import (
    Change,
    Edition,
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Question,
    Strategy,
    TargetArea,
)
from strategy.models.evidence import SUBJECTS, TARGETS
from strategy.slugs import free_slug

P = TypeVar("P", bound=Publishable)

EDITABLE: dict[type[models.Model], tuple[str, ...]] = {
    Strategy: (
        "name",
        "summary",
        "plain_summary",
        "binding_note",
        "reviews_needed",
        "days_without_review",
        "report_due_days",
        "report_overdue_days",
        "report_silent_days",
    ),
    Edition: ("strategy", "name", "adopted_by", "dated", "note"),
    TargetArea: ("strategy", "name", "is_working_title", "position"),
    FieldOfAction: ("target_area", "name", "is_working_title", "summary", "plain_summary", "position"),
    Measure: (
        "field",
        "name",
        "is_working_title",
        "summary",
        "plain_summary",
        "description",
        "origin",
        "binding",
        "binding_reason",
        "responsible_units",
        "partners",
        "editors",
        "planned_start",
        "planned_end",
        "actual_start",
        "actual_end",
        "position",
    ),
    Milestone: ("measure", "name", "planned", "reached", "position"),
    Indicator: ("measure", "name", "unit", "direction", "note", "position"),
    Observation: (
        "indicator",
        "observed",
        "value",
        "certainty",
        "not_yet_measurable",
        "not_yet_measurable_reason",
    ),
    MoneyItem: (
        "strategy",
        "measure",
        "name",
        "kind",
        "amount",
        "amount_max",
        "certainty",
        "year",
        "year_note",
        "base",
        "not_yet_measurable",
        "not_yet_measurable_reason",
        "position",
    ),
    MeasureLink: ("measure", "title", "url", "position"),
    Question: ("answer", "answer_is_partial", "answered_on"),
}
"""Which fields of which models people edit, by the names that `portal.editing` uses."""

TAKEN_OVER = "in eine neuere Änderung übernommen"
"""Why a change was withdrawn whose words another editor took along."""

MEASURE_STAYS = "Eine veröffentlichte Maßnahme bleibt. Endet sie, sagt das ein Sachstand."

NOT_PUBLIC = {(Measure, "editors")}
"""Fields that no reader sees: they change at once."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an edit."""

    obj: models.Model | None
    """The row, where it was written; None where something new waits for its release."""
    change: Change | None
    """What waits for a second person; None where the edit stands already."""
    merge: Merge


@action(Role.RELEASER)
def publish(obj: P, *, by: User, read_at: datetime | None = None) -> P:
    """Makes `obj` public. Once it is, nothing happens: the first time counts.

    read_at: `changed_at` of the draft that was read; None where nobody else can have written since.
    Raises FourEyes, TextHasChanged.
    """
    locked = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
    if not locked.is_published:
        if had_a_hand(locked, by):
            raise FourEyes(f"{locked} was written by the same account")
        if read_at is not None and locked.changed_at != read_at:
            raise TextHasChanged(f"{locked} was changed at {locked.changed_at}")
        locked.published_at, locked.published_by = timezone.now(), by
        locked.save(update_fields=["published_at", "published_by", "changed_at"])
    obj.published_at, obj.published_by = locked.published_at, locked.published_by
    return obj


@action(Role.EDITOR)
def create(
    *,
    model: type[models.Model],
    values: Values,
    by: User,
    note: str = "",
    batch: UUID | None = None,
) -> Saved:
    """A new row with plain `values`; a Change where it would be public at once.

    Raises ValidationError where a value is wrong.
    """
    obj, many = _built(model, values)
    if isinstance(obj, Publishable) or not is_public(obj):
        try:
            with transaction.atomic():
                _write(obj, many, by=by)
        except (IntegrityError, ValidationError):
            # It was right a moment ago, so somebody was faster: another address, or a word about what is
            # there by now.
            obj, many = _built(model, values)
            _write(obj, many, by=by)
        return Saved(obj, None, Merge(values=values))
    change = _propose(obj, Change.Action.CREATE, values, {}, by=by, note=note, batch=batch)
    return Saved(None, change, Merge(values=values))


@action(Role.EDITOR)
def save(
    *,
    obj: models.Model,
    values: Values,
    base: Values,
    by: User,
    note: str = "",
    batch: UUID | None = None,
) -> Saved:
    """Brings fields of a row (`EDITABLE`, plain values) in line with `values`.

    base: what the editor saw, which is `effective(obj)` of then. Raises ChangedMeanwhile, and then writes
    nothing, where somebody else changed the same field since; ValidationError where a value is wrong.
    """
    locked = _locked(obj)
    waiting = _waiting(locked).select_for_update().first()
    stands = plain(locked, values)
    merged = merge(base, stands | _known(waiting, values), values)
    if merged.conflicts:
        raise ChangedMeanwhile(merged)
    if not merged.values:
        return Saved(locked, waiting, merged)
    at_once = {
        name: value
        for name, value in merged.values.items()
        if not is_public(locked) or (type(locked), name) in NOT_PUBLIC
    }
    later = {name: value for name, value in merged.values.items() if name not in at_once}
    if at_once:
        many = _assign(locked, at_once)
        _write(locked, many, by=by)
    if not later:
        return Saved(locked, waiting, merged)
    if waiting is not None and waiting.action == Change.Action.DELETE:
        raise ChangeDoesNotFit(
            f"{locked} is proposed for removal",
            german="Es ist vorgeschlagen, das zu entfernen. Darüber muss zuerst jemand entscheiden.",
        )
    if waiting is not None:
        # Words of the one that waits go along; it stays in the record as taken into this one.
        later = {**waiting.values, **later}
        _decide(waiting, Change.State.WITHDRAWN, by=by, reason=TAKEN_OVER)
    base_now = plain(locked, later)
    later = {name: value for name, value in later.items() if value != base_now[name]}
    if not later:
        return Saved(locked, None, merged)
    many = _assign(locked, later)
    locked.full_clean()
    change = _propose(
        locked,
        Change.Action.CHANGE,
        later,
        {name: base_now[name] for name in later},
        by=by,
        note=note,
        batch=batch,
    )
    return Saved(locked, change, merged)


@action(Role.EDITOR)
def remove(*, obj: models.Model, by: User, note: str = "") -> Change | None:
    """Removes a row, or proposes it where everybody reads it.

    Raises StrategyError where others need it, and of a public measure: its reports stand.
    """
    if isinstance(obj, Evidence) and (obj.report_id is not None or not is_public(obj)):
        # The evidence of a report goes with the report: open, or it stands.
        remove_evidence(evidence=obj, by=by)
        return None
    row = _locked(obj)  # It may have become public since `obj` was read.
    if is_public(row):
        if not can_be_removed(row):
            raise StrategyError(f"{row} is public", german=MEASURE_STAYS)
        if _waiting(row).select_for_update().first() is not None:
            raise ChangeDoesNotFit("another change of it waits", german="Dazu wartet schon eine Änderung.")
        base = plain(row, EDITABLE.get(type(row), ()))
        # Not by what the evidence rests on: that may be closed one day, and the title stays.
        title = f"Beleg: {row.subject}" if isinstance(row, Evidence) else ""
        return _propose(row, Change.Action.DELETE, {}, base, by=by, note=note, batch=None, title=title)
    touch_draft(row, by=by)
    _delete(row)
    return None


@action(Role.RELEASER)
def apply_change(*, change: Change, by: User) -> Change:
    """Writes what somebody else proposed.

    Raises FourEyes, ChangeIsDecided, ChangeDoesNotFit, ValidationError; of evidence what `add_evidence`
    raises.
    """
    model = apps.get_model(change.model)
    # The row first and then its change, as `save` does: two people never wait for each other.
    obj = model._base_manager.select_for_update().filter(pk=change.object_id).first()
    locked = _undecided(change)
    if wrote_change(locked, by):
        raise FourEyes("a change is released by somebody else than its writers")
    if locked.action == Change.Action.CREATE:
        locked.object_id = _create_proposed(model, locked, by=by).pk
    else:
        if obj is None:
            raise ChangeDoesNotFit(f"{locked.model} {locked.object_id} is gone")
        if locked.action == Change.Action.DELETE:
            if isinstance(obj, Evidence):
                untie_evidence(evidence=obj, by=locked.written_by, released_by=by)
            else:
                _delete(obj)
        else:
            if moved := moved_fields(obj, locked):
                raise ChangeDoesNotFit(f"changed meanwhile: {', '.join(moved)}")
            _write(obj, _assign(obj, locked.values), by=None)
    _decide(locked, Change.State.APPLIED, by=by, reason="")
    _tell_writer(locked, "übernommen", by=by)
    return locked


@action(Role.RELEASER)
def return_change(*, change: Change, reason: str, by: User) -> Change:
    """Says no to a change, with a reason. Raises ReasonIsMissing, ChangeIsDecided."""
    if not reason.strip():
        raise ReasonIsMissing("a change is returned with a reason")
    locked = _undecided(change)
    _decide(locked, Change.State.RETURNED, by=by, reason=reason.strip())
    _tell_writer(locked, "zurückgegeben", by=by)
    return locked


@action(Role.EDITOR)
def withdraw_change(*, change: Change, by: User) -> Change:
    """The editors take a change back."""
    locked = _undecided(change)
    _decide(locked, Change.State.WITHDRAWN, by=by, reason="")
    return locked


@action(Role.EDITOR)
def propose_evidence(*, subject: Any, values: Values, by: User, note: str = "") -> Change:
    """Evidence for something that everybody reads; `values` as `_create_proposed` takes them.

    values: names and numbers of subject and target ("measure": 3, "agenda_item": 1000181), "aspect",
    "paragraph", "quote", "note", "is_inferred".

    Raises what `add_evidence` raises: what could never be released is not proposed. Of a report, which has a
    way of its own, ChangeDoesNotFit.
    """
    if "report" in values:
        raise ChangeDoesNotFit("evidence of a report is no change: it is published with the report")
    source = _named(values, TARGETS)
    check_public(source)
    columns: dict[str, Any] = {
        f"{name}_id": value
        for name, value in values.items()
        if name in (*_SUBJECT_NAMES, *TARGETS) and value is not None
    }
    columns |= {name: values[name] for name in ("aspect", "quote", "note", "is_inferred") if name in values}
    quote, paragraph = str(values.get("quote", "")), cast("int | None", values.get("paragraph"))
    proposed = Evidence(**columns, contribution=bind_quote(source=source, quote=quote, paragraph=paragraph))
    proposed.full_clean()
    return _propose(
        proposed,
        Change.Action.CREATE,
        values,
        {},
        by=by,
        note=note,
        batch=None,
        title=f"Beleg: {subject}",
    )


_SUBJECT_NAMES = tuple(name for name in SUBJECTS if name != "report")


def waiting_change(obj: models.Model) -> Change | None:
    """The change of this row that nobody has decided yet."""
    return _waiting(obj).first()


def _waiting(obj: models.Model) -> QuerySet[Change]:
    return Change.objects.open().filter(model=obj._meta.label_lower, object_id=obj.pk)


def can_be_removed(obj: models.Model) -> bool:
    """Whether a removal can be carried out or proposed: a public measure stands, with its reports."""
    return not (isinstance(obj, Measure) and obj.is_published)


def moved_fields(obj: models.Model, change: Change) -> list[str]:
    """The fields of a row that are no longer what they were when `change` was written."""
    return [name for name, was in change.base.items() if plain(obj, [name])[name] != was]


def effective(obj: models.Model) -> Values:
    """What a form shows: the row as it stands, with the values of a waiting change."""
    names = EDITABLE[type(obj)]
    return plain(obj, names) | _known(waiting_change(obj), names)


def _locked(obj: models.Model) -> Any:
    """The row as it stands, until the transaction ends. Raises ChangeDoesNotFit where it is gone."""
    row = type(obj)._base_manager.select_for_update().filter(pk=obj.pk).first()
    if row is None:
        raise ChangeDoesNotFit(f"{obj} is gone", german="Das hat jemand inzwischen entfernt.")
    return row


def _known(change: Change | None, names: Any) -> Values:
    return {name: value for name, value in change.values.items() if name in names} if change else {}


def _built(model: type[models.Model], values: Values) -> tuple[Any, Values]:
    obj = model()
    many = _assign(obj, values)
    _fill_slug(obj)
    obj.full_clean()
    return obj, many


def _assign(obj: models.Model, values: Values) -> Values:
    """Sets the columns; returns the relations to many, which need a saved row."""
    many = {}
    for name, value in values.items():
        if obj._meta.get_field(name).many_to_many:
            many[name] = value
        else:
            put(obj, name, value)
    # A value that somebody put right is no longer what the report said.
    if isinstance(obj, Milestone) and "reached" in values:
        obj.reached_report = None
    elif isinstance(obj, Observation) and values:
        obj.report = None
    return many


def _write(obj: Any, many: Values, *, by: User | None) -> None:
    if by is not None and isinstance(obj, Publishable) and not obj.is_published:
        obj.written_by = by
    obj.full_clean()
    obj.save()
    if by is not None:
        touch_draft(obj, by=by)
    for name, value in many.items():
        related = getattr(obj, name)
        if related.model._base_manager.filter(pk__in=value).count() != len(cast("list[int]", value)):
            # Checked here: the database would say so only at the end of the transaction.
            raise ChangeDoesNotFit(f"{name} names a row that is gone")
        related.set(value)


def _fill_slug(obj: Any) -> None:
    """A short address from the name, unlike those that are there."""
    if not any(column.name == "slug" for column in obj._meta.fields) or obj.slug:
        return
    obj.slug = free_slug(type(obj), obj.name)


def _delete(obj: models.Model) -> None:
    try:
        obj.delete()
    except ProtectedError as error:
        raise StrategyError(
            f"{obj} is needed by {len(error.protected_objects)} other rows",
            german="Das lässt sich nicht entfernen: Anderes beruht darauf.",
        ) from error


def _propose(
    obj: Any,
    kind: Change.Action,
    values: Values,
    base: Values,
    *,
    by: User,
    note: str,
    batch: UUID | None,
    title: str = "",
) -> Change:
    change = Change(
        model=obj._meta.label_lower,
        object_id=obj.pk,
        title=(title or f"{obj._meta.verbose_name}: {obj}")[:300],
        measure=measure_of(obj),
        action=kind,
        values=values,
        base=base,
        note=note,
        batch=batch,
        written_by=by,
    )
    change.full_clean()
    change.save()
    if batch is None:
        # Of a whole table `take_sheet` tells once.
        notify(
            Notice.Kind.CHANGE,
            accounts_with(Role.RELEASER),
            text=f"{change.title}: Eine Änderung wartet auf Freigabe.",
            view="desk:change",
            args=[change.pk],
            reason="weil Sie Änderungen freigeben",
            by=by,
        )
    return change


def measure_of(obj: Any) -> Measure | None:
    """The measure that a row belongs to; None where it belongs to the strategy."""
    if isinstance(obj, Measure):
        return obj
    if isinstance(obj, Observation):
        return obj.indicator.measure
    if isinstance(obj, Evidence):
        return None if obj.strategy_id else measure_of(obj.subject)
    measure: Measure | None = getattr(obj, "measure", None)
    return measure


def _create_proposed(model: type[models.Model], change: Change, *, by: User) -> models.Model:
    values = change.values
    if model is not Evidence:
        obj, many = _built(model, values)
        _write(obj, many, by=None)
        return obj
    subject, source = (_named(values, names) for names in (_SUBJECT_NAMES, TARGETS))
    return tie_evidence(
        subject=subject,
        source=source,
        by=change.written_by,
        released_by=by,
        aspect=values.get("aspect", Evidence.Aspect.GENERAL),
        paragraph=values.get("paragraph"),
        quote=values.get("quote", ""),
        note=values.get("note", ""),
        is_inferred=values.get("is_inferred", False),
    )


def _named(values: dict[str, Plain], names: tuple[str, ...]) -> Any:
    """The row that `values` name with one of `names`. Raises ChangeDoesNotFit where it is gone."""
    name = next(name for name in names if values.get(name) is not None)
    related: Any = Evidence._meta.get_field(name).related_model
    row = related._base_manager.filter(pk=values[name]).first()
    if row is None:
        raise ChangeDoesNotFit(f"{name} {values[name]} is gone")
    return row


def wrote_change(change: Change, user: User) -> bool:
    """Whether words of `user` stand in the change: their own, or taken into it from one that they wrote."""
    if change.written_by_id == user.pk:
        return True
    if change.object_id is None:
        return False
    earlier = Change.objects.filter(
        model=change.model,
        object_id=change.object_id,
        written_by=user,
        state=Change.State.WITHDRAWN,
        decision_reason=TAKEN_OVER,
    )
    return any(
        name in change.values and change.values[name] == value
        for values in earlier.values_list("values", flat=True)
        for name, value in values.items()
    )


def _undecided(change: Change) -> Change:
    locked = Change.objects.select_for_update().get(pk=change.pk)
    if locked.state != Change.State.OPEN:
        raise ChangeIsDecided(f"change {locked.pk} is {locked.state}")
    return locked


def _decide(change: Change, state: Change.State, *, by: User, reason: str) -> None:
    change.state, change.decided_by, change.decided_at = state, by, timezone.now()
    change.decision_reason = reason
    change.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "object_id"])


def _tell_writer(change: Change, outcome: str, *, by: User) -> None:
    notify(
        Notice.Kind.CHANGE,
        User.objects.filter(pk=change.written_by_id),
        text=f"{change.title}: Ihre Änderung wurde {outcome}.",
        view="desk:change",
        args=[change.pk],
        reason="weil Sie die Änderung geschrieben haben",
        by=by,
    )
