"""The history: every editorial row that is written, changed or removed leaves an event, in the database.

Triggers of django-pghistory write the events, so bulk and raw SQL leave theirs too; event tables take new
rows only. Each event carries the context that `portal.recording` sets: who, in which role, with which
action. Import and admin leave theirs the same way.
"""

import pghistory

from strategy.models.change import Change
from strategy.models.evidence import Evidence, OutsideDocument
from strategy.models.figures import Indicator, MoneyItem, Observation
from strategy.models.measure import EditionMeasure, Measure, MeasureLink, Milestone, Partner
from strategy.models.report import Status, StatusReport
from strategy.models.reported import ReportFigure, ReportMilestone
from strategy.models.review import CouncilSeat, Question, Review
from strategy.models.structure import Edition, FieldOfAction, Strategy, TargetArea

TRACKED = (
    Strategy,
    Edition,
    TargetArea,
    FieldOfAction,
    Measure,
    MeasureLink,
    EditionMeasure,
    Milestone,
    Indicator,
    Observation,
    MoneyItem,
    Partner,
    Status,
    StatusReport,
    ReportMilestone,
    ReportFigure,
    OutsideDocument,
    Evidence,
    Review,
    Question,
    Change,
    CouncilSeat,
)
"""Every model that people edit; a test fails for one that is not here."""

for _model in TRACKED:
    pghistory.track()(_model)


@pghistory.track(obj_field=None)
class MeasureUnit(Measure.responsible_units.through):  # type: ignore[name-defined]  # made by Django
    """Which unit is responsible for a measure; as a model of its own only so that its history is kept."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class MeasurePartner(Measure.partners.through):  # type: ignore[name-defined]  # made by Django
    """With whom a measure is done."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class MeasureEditor(Measure.editors.through):  # type: ignore[name-defined]  # made by Django
    """Who looks after a measure."""

    class Meta:
        proxy = True
