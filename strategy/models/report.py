from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.dates import Period, PrecisionField, date_constraints
from portal.models import four_eyes
from strategy.models.backed import Backed
from strategy.models.structure import open_measure


class Status(models.Model):
    """A state a measure can be in, with the written criterion that a reader can check.

    `code` has a fixed meaning; a city may change `label` and `criterion`.
    """

    class Code(models.TextChoices):
        PLANNED = "planned", "geplant"
        RUNNING = "running", "läuft"
        COMPLETED = "completed", "abgeschlossen"
        PAUSED = "paused", "ruht"
        STOPPED = "stopped", "eingestellt oder abgelehnt"

    code = models.CharField("Code", max_length=20, choices=Code.choices, primary_key=True)
    label = models.CharField("Bezeichnung", max_length=100)
    criterion = models.TextField("Kriterium", help_text="Wann trifft der Status zu?")
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Status"
        verbose_name_plural = "Status"
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="status_has_criterion",
                condition=~Q(criterion="") & ~Q(label=""),
                violation_error_message="Ein Status braucht eine Bezeichnung und ein Kriterium.",
            ),
            models.CheckConstraint(
                name="status_known_code",
                condition=Q(code__in=["planned", "running", "completed", "paused", "stopped"]),
                violation_error_message="Unbekannter Status.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class StatusReportQuerySet(models.QuerySet["StatusReport"]):
    def published(self) -> Self:
        """Reports that stand; drafts, submitted and returned ones are for the staff."""
        return self.filter(open_measure("measure"), state=StatusReport.State.PUBLISHED)

    def open(self) -> Self:
        """Those that somebody still works on."""
        return self.exclude(state=StatusReport.State.PUBLISHED)

    def newest_first(self) -> Self:
        return self.order_by("-number")


class StatusReport(Backed):
    """Sachstand: what the administration says of a measure at a time.

    Once published, a row and its evidence can neither be changed nor deleted, nor the words it rests on;
    triggers in the database see to it (migration 0002). A mistake is corrected by a new report that names
    this one in `corrects`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        SUBMITTED = "submitted", "eingereicht"
        RETURNED = "returned", "zurückgegeben"
        PUBLISHED = "published", "veröffentlicht"

    class Schedule(models.TextChoices):
        UNKNOWN = "unknown", "nicht bekannt"
        KEPT = "kept", "im Zeitplan"
        LATE = "late", "verspätet"

    measure = models.ForeignKey(
        "strategy.Measure", verbose_name="Maßnahme", on_delete=models.PROTECT, related_name="reports"
    )
    number = models.PositiveIntegerField("Nummer", help_text="je Maßnahme ab 1")
    state = models.CharField("Zustand", max_length=20, choices=State.choices, default=State.DRAFT)
    status = models.ForeignKey(
        Status, verbose_name="Status", on_delete=models.PROTECT, related_name="reports"
    )
    # The words of `status` when this was published. The database fills them in, so no path can forget it.
    status_label = models.CharField(
        "Bezeichnung des Status", max_length=100, blank=True, default="", editable=False
    )
    criterion = models.TextField("Kriterium des Status", blank=True, default="", editable=False)
    reason = models.TextField("Grund", help_text="Warum trifft das Kriterium zu?")
    results = models.TextField("Ergebnisse bisher", blank=True, default="", help_text="Markdown")
    next_steps = models.TextField("Nächste Schritte", blank=True, default="", help_text="Markdown")
    schedule = models.CharField("Zeitplan", max_length=20, choices=Schedule.choices, default=Schedule.UNKNOWN)
    schedule_reason = models.TextField("Grund zum Zeitplan", blank=True, default="")
    new_end = models.DateField("neues Ende", null=True, blank=True)
    new_end_precision = PrecisionField()
    as_of = models.DateField("Stand")
    as_of_precision = PrecisionField()
    corrects = models.ForeignKey(
        "self",
        verbose_name="berichtigt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections",
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="geschrieben von", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    changed_at = models.DateTimeField("geändert am", auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="zuletzt geändert von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Reviews belong to the text that was submitted; who mends a returned report submits another text.
    submission = models.PositiveSmallIntegerField("Einreichung", default=0, help_text="wie oft eingereicht")
    submitted_at = models.DateTimeField("eingereicht am", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="eingereicht von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    returned_at = models.DateTimeField("zurückgegeben am", null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="zurückgegeben von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    return_reason = models.TextField("Grund der Rückgabe", blank=True, default="")
    urgent_reason = models.TextField(
        "Grund der Eile",
        blank=True,
        default="",
        help_text="Warum nicht auf Prüfvermerke gewartet wird; erscheint öffentlich",
    )
    published_at = models.DateTimeField("veröffentlicht am", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="veröffentlicht von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = StatusReportQuerySet.as_manager()

    class Meta:
        verbose_name = "Sachstand"
        verbose_name_plural = "Sachstände"
        ordering = ["measure", "-number"]
        indexes = [
            models.Index(fields=["-published_at"], name="report_published", condition=Q(state="published"))
        ]
        constraints = [
            models.UniqueConstraint(name="report_number", fields=["measure", "number"]),
            # Two open ones could be published in the wrong order.
            models.UniqueConstraint(
                name="report_one_open",
                fields=["measure"],
                condition=~Q(state="published"),
                violation_error_message="Zu dieser Maßnahme ist schon ein Sachstand in Arbeit.",
            ),
            four_eyes("report_four_eyes", "published_by", "written_by", "changed_by", "submitted_by"),
            models.CheckConstraint(
                name="report_published_complete",
                condition=Q(state="published", published_at__isnull=False, published_by__isnull=False)
                | ~Q(state="published") & Q(published_at__isnull=True, published_by__isnull=True),
                violation_error_message="Ein veröffentlichter Sachstand nennt Zeitpunkt und Person.",
            ),
            models.CheckConstraint(
                name="report_published_worded",
                condition=~Q(state="published") | ~Q(status_label="") & ~Q(criterion=""),
                violation_error_message="Ein veröffentlichter Sachstand behält die Worte seines Status.",
            ),
            models.CheckConstraint(
                name="report_submitted_paired",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                violation_error_message="Zeitpunkt und Person der Einreichung gehören zusammen.",
            ),
            models.CheckConstraint(
                name="report_returned_paired",
                condition=Q(returned_at__isnull=True, returned_by__isnull=True, return_reason="")
                | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason=""),
                violation_error_message="Eine Rückgabe nennt Zeitpunkt, Person und Grund.",
            ),
            models.CheckConstraint(
                name="report_returned_state",
                condition=~Q(state="returned") | Q(returned_at__isnull=False),
                violation_error_message="Ein zurückgegebener Sachstand nennt Zeitpunkt, Person und Grund.",
            ),
            models.CheckConstraint(
                name="report_submitted_state",
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False),
                violation_error_message="Ein eingereichter Sachstand nennt Zeitpunkt und Person.",
            ),
            models.CheckConstraint(
                name="report_has_reason",
                condition=~Q(reason="") & Q(number__gte=1),
                violation_error_message="Kein Status ohne Grund.",
            ),
            models.CheckConstraint(
                name="report_late_has_reason",
                condition=~Q(schedule="late") | ~Q(schedule_reason=""),
                violation_error_message="Wer verspätet ist, nennt den Grund.",
            ),
            models.CheckConstraint(
                name="report_corrects_another",
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("pk")),
                violation_error_message="Ein Sachstand berichtigt nicht sich selbst.",
            ),
            models.CheckConstraint(
                name="report_as_of_has_precision",
                condition=~Q(as_of_precision=""),
                violation_error_message="Der Stand braucht eine Genauigkeit.",
            ),
            *date_constraints("report", "new_end", "as_of"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: Sachstand {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("strategy:report", args=[self.measure.slug, self.number])

    @property
    def as_of_period(self) -> Period | None:
        return Period.of(self.as_of, self.as_of_precision)

    @property
    def new_end_period(self) -> Period | None:
        return Period.of(self.new_end, self.new_end_precision)
