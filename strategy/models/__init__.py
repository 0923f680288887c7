"""The strategy: what a city wants to do, how far it is, and what that claim rests on."""

from strategy.models.change import Change
from strategy.models.evidence import Evidence, OutsideDocument
from strategy.models.figures import Indicator, MoneyItem, Observation
from strategy.models.history import MeasureEditor, MeasurePartner, MeasureUnit
from strategy.models.measure import EditionMeasure, Measure, MeasureLink, Milestone, Partner, ReportAge
from strategy.models.report import Status, StatusReport
from strategy.models.reported import ReportFigure, ReportMilestone
from strategy.models.review import CouncilSeat, Question, Review, ReviewVisit
from strategy.models.structure import Edition, FieldOfAction, Strategy, TargetArea

__all__ = [
    "Change",
    "CouncilSeat",
    "Edition",
    "EditionMeasure",
    "Evidence",
    "FieldOfAction",
    "Indicator",
    "Measure",
    "MeasureEditor",
    "MeasureLink",
    "MeasurePartner",
    "MeasureUnit",
    "Milestone",
    "MoneyItem",
    "Observation",
    "OutsideDocument",
    "Partner",
    "Question",
    "ReportAge",
    "ReportFigure",
    "ReportMilestone",
    "Review",
    "ReviewVisit",
    "Status",
    "StatusReport",
    "Strategy",
    "TargetArea",
]
