"""Which fields of which rows the history tells of; a test fails for a field that nobody has decided on."""

from django.db import models

from portal.models import User
from sessions.models import Organization
from strategy.models import (
    Change,
    EditionMeasure,
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureEditor,
    MeasureLink,
    MeasurePartner,
    MeasureUnit,
    Milestone,
    MoneyItem,
    Observation,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    Review,
    StatusReport,
    TargetArea,
)
from strategy.models.evidence import SUBJECTS, TARGETS

PUBLIC_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Measure: (
        "name",
        "is_working_title",
        "summary",
        "plain_summary",
        "description",
        "field",
        "origin",
        "binding",
        "binding_reason",
        "responsible_units",
        "partners",
        "planned_start",
        "planned_end",
        "actual_start",
        "actual_end",
    ),
    MeasureLink: ("title", "url"),
    Milestone: ("name", "planned", "reached", "reached_report"),
    Indicator: ("name", "unit", "direction", "note"),
    Observation: (
        "observed",
        "value",
        "certainty",
        "not_yet_measurable",
        "not_yet_measurable_reason",
        "report",
    ),
    MoneyItem: (
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
    ),
    StatusReport: (),
    Question: ("text", "asked_on", "answer", "answer_is_partial", "answered_on"),
    Evidence: ("aspect", "quote", "is_inferred", "note"),
}
"""What everybody sees of a public row. A published report stands: it is told of once."""

RELATIONS: dict[str, tuple[type[models.Model], str, type[models.Model]]] = {
    "responsible_units": (MeasureUnit, "organization_id", Organization),
    "partners": (MeasurePartner, "partner_id", Partner),
    "editors": (MeasureEditor, "user_id", User),
}
"""Relations to many of a measure: the model between, its column, what it leads to."""

TELLS_OF_MEASURE = (MeasureUnit, MeasurePartner, MeasureEditor, Partner, FieldOfAction, TargetArea)
"""Rows that the history shows as fields of the measure."""

KIND_NAMES: dict[type[models.Model], str] = {
    Measure: "Maßnahme",
    MeasureLink: "Link",
    EditionMeasure: "Wortlaut",
    Milestone: "Meilenstein",
    Indicator: "Kennzahl",
    Observation: "Messwert",
    MoneyItem: "Finanzposition",
    StatusReport: "Sachstand",
    ReportMilestone: "gemeldeter Meilenstein",
    ReportFigure: "gemeldeter Messwert",
    Question: "Frage aus dem Rat",
    Review: "Prüfvermerk",
    Evidence: "Beleg",
    Change: "Änderungsvorschlag",
}

_TECHNICAL = {"id", "slug", "created_at", "changed_at", "position", "batch", "object_id", "model", "base"}


def _all_fields(model: type[models.Model]) -> tuple[str, ...]:
    names = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in _TECHNICAL and not field.name.endswith("_precision")
    ]
    # What it belongs to is known: the page is that of one measure.
    names = [name for name in names if name != "measure"]
    if model is Evidence:
        # Its title says what it rests on, its note what it backs.
        names = [name for name in names if name not in (*SUBJECTS, *TARGETS)]
    return (*names, *(RELATIONS if model is Measure else ()))


ALL_FIELDS: dict[type[models.Model], tuple[str, ...]] = {model: _all_fields(model) for model in KIND_NAMES}
"""What staff see."""
