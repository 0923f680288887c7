"""What a report says happened: milestones reached and figures measured.

They are part of the report, so they are frozen with it; publishing carries them over to the measure's own
milestones and observations.
"""

from django.db import models
from django.db.models import Q

from portal.dates import Period, PrecisionField, date_constraints
from strategy.models.figures import Certainty, Indicator, figure_constraints
from strategy.models.measure import Milestone
from strategy.models.report import StatusReport


class ReportMilestone(models.Model):
    """A milestone that a report says has been reached."""

    report = models.ForeignKey(
        StatusReport, verbose_name="Sachstand", on_delete=models.PROTECT, related_name="milestones"
    )
    milestone = models.ForeignKey(
        Milestone, verbose_name="Meilenstein", on_delete=models.PROTECT, related_name="report_milestones"
    )
    reached = models.DateField("erreicht")
    reached_precision = PrecisionField()
    # Milestones and figures may be renamed; a published report keeps what it called them.
    stated_name = models.CharField(
        "Name bei Veröffentlichung", max_length=300, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "erreichter Meilenstein"
        verbose_name_plural = "erreichte Meilensteine"
        ordering = ["report", "milestone"]
        constraints = [
            models.UniqueConstraint(name="report_milestone_once", fields=["report", "milestone"]),
            models.CheckConstraint(
                name="report_milestone_has_precision",
                condition=~Q(reached_precision=""),
                violation_error_message="Die Zeit braucht eine Genauigkeit.",
            ),
            *date_constraints("report_milestone", "reached"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}"

    @property
    def reached_period(self) -> Period | None:
        return Period.of(self.reached, self.reached_precision)


class ReportFigure(models.Model):
    """A value of an indicator that a report states."""

    report = models.ForeignKey(
        StatusReport, verbose_name="Sachstand", on_delete=models.PROTECT, related_name="figures"
    )
    indicator = models.ForeignKey(
        Indicator, verbose_name="Kennzahl", on_delete=models.PROTECT, related_name="report_figures"
    )
    observed = models.DateField("Zeit")
    observed_precision = PrecisionField()
    value = models.DecimalField("Wert", max_digits=18, decimal_places=4, null=True, blank=True)
    certainty = models.CharField(
        "Sicherheit", max_length=20, choices=Certainty.choices, blank=True, default=""
    )
    not_yet_measurable = models.BooleanField("noch nicht messbar", default=False)
    not_yet_measurable_reason = models.TextField("Grund", blank=True, default="")
    stated_name = models.CharField(
        "Name bei Veröffentlichung", max_length=300, blank=True, default="", editable=False
    )
    stated_unit = models.CharField(
        "Einheit bei Veröffentlichung", max_length=100, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "gemeldeter Messwert"
        verbose_name_plural = "gemeldete Messwerte"
        ordering = ["report", "indicator", "observed"]
        constraints = [
            models.UniqueConstraint(
                name="report_figure_once",
                fields=["report", "indicator", "observed", "observed_precision"],
            ),
            models.CheckConstraint(
                name="report_figure_has_precision",
                condition=~Q(observed_precision=""),
                violation_error_message="Die Zeit braucht eine Genauigkeit.",
            ),
            *date_constraints("report_figure", "observed"),
            *figure_constraints("report_figure", "value"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value if self.value is not None else 'noch nicht messbar'}"

    @property
    def observed_period(self) -> Period | None:
        return Period.of(self.observed, self.observed_precision)
