"""The strategy: what a city wants to do, how far it is, and what that claim rests on."""

from strategy.models.evidence import Evidence, OutsideDocument
from strategy.models.figures import Indicator, MoneyItem, Observation
from strategy.models.measure import EditionMeasure, Measure, Milestone, Partner
from strategy.models.report import Status, StatusReport
from strategy.models.review import Question, Review
from strategy.models.structure import Edition, FieldOfAction, Strategy, TargetArea

__all__ = [
    "Edition",
    "EditionMeasure",
    "Evidence",
    "FieldOfAction",
    "Indicator",
    "Measure",
    "Milestone",
    "MoneyItem",
    "Observation",
    "OutsideDocument",
    "Partner",
    "Question",
    "Review",
    "Status",
    "StatusReport",
    "Strategy",
    "TargetArea",
]
