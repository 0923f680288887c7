"""What makes entries of the search old: every table and column of the strategy that they are made of.

The statements ask the changed rows `r`, see portal.searching.kinds.Watch.
"""

from portal.searching.kinds import Watch
from strategy.models import (
    FieldOfAction,
    Indicator,
    Measure,
    Milestone,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    StatusReport,
    TargetArea,
)

MEASURE = (
    Watch(
        Measure,
        ("name", "summary", "description", "plain_summary", "published_at", "field_id"),
        "SELECT r.id FROM r",
    ),
    Watch(
        FieldOfAction,
        ("name", "slug", "published_at", "target_area_id"),
        "SELECT m.id FROM strategy_measure m JOIN r ON m.field_id = r.id",
    ),
    Watch(
        TargetArea,
        ("published_at",),
        "SELECT m.id FROM strategy_measure m JOIN strategy_fieldofaction f ON f.id = m.field_id"
        " JOIN r ON f.target_area_id = r.id",
    ),
    Watch(Milestone, ("measure_id", "name", "position", "planned"), "SELECT r.measure_id FROM r"),
    Watch(Measure.partners.through, ("measure_id", "partner_id"), "SELECT r.measure_id FROM r"),
    Watch(
        Partner,
        ("name",),
        "SELECT p.measure_id FROM strategy_measure_partners p JOIN r ON p.partner_id = r.id",
    ),
    # Its status is what the newest of its published reports says.
    Watch(StatusReport, ("measure_id", "number", "state", "status_id"), "SELECT r.measure_id FROM r"),
)
REPORT = (
    Watch(
        StatusReport,
        (
            *("measure_id", "number", "state", "status_id", "published_at"),
            *("reason", "results", "next_steps", "schedule_reason", "urgent_reason"),
        ),
        "SELECT r.id FROM r",
    ),
    Watch(ReportMilestone, ("report_id", "milestone_id", "stated_name"), "SELECT r.report_id FROM r"),
    Watch(
        ReportFigure,
        ("report_id", "indicator_id", "observed", "stated_name", "not_yet_measurable_reason"),
        "SELECT r.report_id FROM r",
    ),
    # What a report was not published with is called as it is called now.
    Watch(
        Milestone,
        ("name",),
        "SELECT s.report_id FROM strategy_reportmilestone s JOIN r ON s.milestone_id = r.id",
    ),
    Watch(
        Indicator,
        ("name",),
        "SELECT s.report_id FROM strategy_reportfigure s JOIN r ON s.indicator_id = r.id",
    ),
    Watch(
        Measure,
        ("name", "published_at", "field_id"),
        "SELECT s.id FROM strategy_statusreport s JOIN r ON s.measure_id = r.id",
    ),
    Watch(
        FieldOfAction,
        ("slug", "published_at", "target_area_id"),
        "SELECT s.id FROM strategy_statusreport s JOIN strategy_measure m ON m.id = s.measure_id"
        " JOIN r ON m.field_id = r.id",
    ),
    Watch(
        TargetArea,
        ("published_at",),
        "SELECT s.id FROM strategy_statusreport s JOIN strategy_measure m ON m.id = s.measure_id"
        " JOIN strategy_fieldofaction f ON f.id = m.field_id JOIN r ON f.target_area_id = r.id",
    ),
)
QUESTION = (
    Watch(
        Question,
        ("text", "answer", "asked_on", "answered_on", "published_at", "measure_id"),
        "SELECT r.id FROM r",
    ),
    Watch(
        Measure,
        ("published_at", "field_id"),
        "SELECT q.id FROM strategy_question q JOIN r ON q.measure_id = r.id",
    ),
    Watch(
        FieldOfAction,
        ("slug", "published_at", "target_area_id"),
        "SELECT q.id FROM strategy_question q JOIN strategy_measure m ON m.id = q.measure_id"
        " JOIN r ON m.field_id = r.id",
    ),
    Watch(
        TargetArea,
        ("published_at",),
        "SELECT q.id FROM strategy_question q JOIN strategy_measure m ON m.id = q.measure_id"
        " JOIN strategy_fieldofaction f ON f.id = m.field_id JOIN r ON f.target_area_id = r.id",
    ),
)
