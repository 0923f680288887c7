"""What the database says of all measures, in a flat number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery

from portal.dates import Period
from portal.editing import Values, has_precision
from sessions.models import Organization
from strategy.models import Change, FieldOfAction, Measure, Partner, StatusReport
from strategy.sheets.cells import Target, Targets, render
from strategy.sheets.columns import EDITABLE, Kind

NAMES = tuple(column.key for column in EDITABLE)
_MANY = tuple(column.key for column in EDITABLE if column.kind is Kind.REFERENCES)


@dataclass(frozen=True, slots=True)
class Standing:
    """A measure as a form would show it: what stands, with the values of a change that waits."""

    pk: int
    slug: str
    values: Values
    is_published: bool
    is_waiting: bool
    shown: dict[str, str]
    """Cells that are only for reading."""


@dataclass(frozen=True, slots=True)
class Stand:
    measures: list[Standing]
    targets: dict[str, Targets]

    def lines(self) -> Iterable[dict[str, str]]:
        """Each measure as the cells of its row."""
        for measure in self.measures:
            yield {"slug": measure.slug, **self.cells(measure.values), **measure.shown}

    def cells(self, values: Values) -> dict[str, str]:
        """The cells of the columns that may be changed."""
        return {column.key: render(column, values[column.key], self.targets) for column in EDITABLE}


def stand() -> Stand:
    """All measures, in the order of the strategy, and all that their cells can name; eight queries."""
    newest = StatusReport.objects.filter(pk=OuterRef("latest_report_id"))
    measures = (
        Measure.objects.with_latest_report()
        .annotate(
            as_of=Subquery(newest.values("as_of")[:1]),
            as_of_precision=Subquery(newest.values("as_of_precision")[:1]),
            published_reports=Count("reports", filter=Q(reports__state=StatusReport.State.PUBLISHED)),
        )
        .select_related("field")
        .prefetch_related(
            Prefetch("responsible_units", Organization.objects.only("pk").order_by()),
            Prefetch("partners", Partner.objects.only("pk").order_by()),
        )
        .order_by(
            F("field__target_area__position").asc(nulls_last=True),
            "field__position",
            "field",
            "position",
            "name",
            "pk",
        )
    )
    waiting = {
        change.object_id: change.values
        for change in Change.objects.open().filter(
            model=Measure._meta.label_lower, action=Change.Action.CHANGE
        )
    }
    removed = set(
        Change.objects.open()
        .filter(model=Measure._meta.label_lower, action=Change.Action.DELETE)
        .values_list("object_id", flat=True)
    )
    return Stand([_standing(measure, waiting, removed) for measure in measures], _targets())


def _standing(measure: Measure, waiting: dict[int | None, Values], removed: set[int | None]) -> Standing:
    change = waiting.get(measure.pk)
    values = {name: _plain(measure, name) for name in NAMES}
    is_waiting = change is not None or measure.pk in removed
    if change:
        values |= {name: value for name, value in change.items() if name in values}
    as_of = Period.of(measure.as_of, measure.as_of_precision)  # type: ignore[attr-defined]  # annotated
    return Standing(
        measure.pk,
        measure.slug,
        values,
        measure.is_published,
        is_waiting,
        {
            "status": measure.status_name or "",
            "as_of": as_of.iso if as_of else "",
            "reports": str(measure.published_reports),  # type: ignore[attr-defined]  # annotated
            "published": "ja" if measure.is_published else "nein",
            "waiting": "ja" if is_waiting else "nein",
        },
    )


def _plain(measure: Measure, name: str) -> str | int | bool | list[int] | None:
    """As portal.editing.plain, from rows that are there already."""
    if name in _MANY:
        return sorted(row.pk for row in getattr(measure, name).all())
    if has_precision(Measure, name):
        period = Period.of(getattr(measure, name), getattr(measure, f"{name}_precision"))
        return period.iso if period else ""
    value: str | int | bool = measure.field_id if name == "field" else getattr(measure, name)
    return value


def _targets() -> dict[str, Targets]:
    fields = FieldOfAction.objects.order_by("pk").values_list("pk", "slug", "name")
    partners = Partner.objects.order_by("pk").values_list("pk", "slug", "name")
    units = Organization.objects.order_by("pk").values_list("pk", "name", "withdrawn_at")
    return {
        "field": Targets([Target(*row) for row in fields]),
        "partners": Targets([Target(*row) for row in partners]),
        "responsible_units": Targets(
            [Target(pk, str(pk), name, withdrawn is None) for pk, name, withdrawn in units]
        ),
    }
