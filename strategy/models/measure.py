from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractYear, Greatest, JSONObject, Least
from django.urls import reverse
from django.utils import timezone

from portal.dates import Period, PrecisionField, date_constraints, periods_not_reversed
from portal.models import Publishable, PublishableQuerySet, four_eyes, published_pair
from portal.search import every_word
from sessions.models import Organization
from strategy.models.backed import Backed
from strategy.models.report import Status, StatusReport
from strategy.models.structure import Edition, FieldOfAction, Strategy, open_measure


class Partner(models.Model):
    """Somebody outside the administration that a measure is done with."""

    slug = models.SlugField("Kurzadresse", max_length=100, unique=True)
    name = models.CharField("Name", max_length=300, help_text="wie die Quelle ihn nennt")
    note = models.CharField("Anmerkung", max_length=500, blank=True, default="")
    website = models.URLField("Internetseite", blank=True, default="")

    class Meta:
        verbose_name = "Partner"
        verbose_name_plural = "Partner"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


ENDED = (Status.Code.COMPLETED, Status.Code.STOPPED)
"""Statuses after which nobody expects another report."""


class ReportAge(models.TextChoices):
    """How long nothing has been reported of a measure, by the three thresholds of its strategy."""

    DUE = "due", "fällig"
    OVERDUE = "overdue", "überfällig"
    SILENT = "silent", "lange ohne Sachstand"


class MeasureQuerySet(PublishableQuerySet):
    def published(self) -> Self:
        return self.filter(open_measure())

    def with_latest_report(self) -> Self:
        """Adds `latest_report_id`, `status_code` and `status_label` of the newest published report.

        `status_label` is what the report was published with, `status_name` what the city calls that status
        today: whoever counts measures by status needs one name for all of them. They are null where no
        report is published: then nothing is known of the measure's state.
        """
        newest = StatusReport.objects.published().filter(measure=OuterRef("pk")).newest_first()
        return self.annotate(
            latest_report_id=Subquery(newest.values("pk")[:1]),
            status_code=Subquery(newest.values("status_id")[:1]),
            status_label=Subquery(newest.values("status_label")[:1]),
            status_name=Subquery(newest.values("status__label")[:1]),
            reported_at=Subquery(newest.values("published_at")[:1]),
        )

    def with_report_age(self) -> Self:
        """Adds `report_since` and `report_age` by the rhythm of the measure's strategy: the one rule for it.

        `report_since` is when the newest report was published, or else the measure itself. `report_age` is a
        ReportAge, or "" where the report is young enough, the measure is not published, or nobody expects
        another report: the newest one says that the measure is completed or stopped.
        """
        newest = StatusReport.objects.published().filter(measure=OuterRef("pk")).newest_first()
        rules = Strategy.objects.published().order_by("pk")
        now = timezone.now()

        def older_than(name: str) -> Q:
            days = Coalesce(
                F(f"field__target_area__strategy__{name}"),
                Subquery(rules.values(name)[:1]),
                Value(getattr(Strategy(), name)),
            )
            limit = ExpressionWrapper(
                Value(now) - days * Value(timedelta(days=1)), output_field=models.DateTimeField()
            )
            return Q(report_since__lte=limit)

        return self.annotate(
            last_status=Subquery(newest.values("status_id")[:1]),
            report_since=Coalesce(Subquery(newest.values("published_at")[:1]), F("published_at")),
            report_age=Case(
                When(Q(published_at__isnull=True) | Q(last_status__in=ENDED), then=Value("")),
                When(older_than("report_silent_days"), then=Value(ReportAge.SILENT.value)),
                When(older_than("report_overdue_days"), then=Value(ReportAge.OVERDUE.value)),
                When(older_than("report_due_days"), then=Value(ReportAge.DUE.value)),
                default=Value(""),
                output_field=models.CharField(),
            ),
        )

    def with_units_and_partners(self) -> Self:
        """Adds `units` (list of {"id", "name"}), `partner_list` (list of {"slug", "name", "note"}) and
        `inferred_aspects` (which of its claims are a conclusion of the editors) to each row.

        As part of the row, because a list of fifty shows both and two more queries would buy nothing.
        """
        units = Organization.objects.published().filter(measures=OuterRef("pk")).order_by("name", "pk")
        partners = Partner.objects.filter(measures=OuterRef("pk")).order_by("name", "pk")
        inferred = self.model._default_manager.filter(pk=OuterRef("pk"), evidence__is_inferred=True)
        return self.annotate(
            units=ArraySubquery(units.values(row=JSONObject(id="pk", name="name"))),
            partner_list=ArraySubquery(
                partners.values(row=JSONObject(slug="slug", name="name", note="note"))
            ),
            inferred_aspects=ArraySubquery(
                inferred.order_by("evidence__aspect").values("evidence__aspect").distinct()
            ),
        )

    def with_links(self) -> Self:
        """Adds `link_list` (list of {"title", "url"}) to each row."""
        links = MeasureLink.objects.filter(measure=OuterRef("pk")).order_by("position", "pk")
        return self.annotate(link_list=ArraySubquery(links.values(row=JSONObject(title="title", url="url"))))

    def with_years(self) -> Self:
        """Adds `first_year` and `last_year` of the time plan, planned or actual; null where none is known."""
        years = [ExtractYear(name) for name in ("planned_start", "actual_start", "planned_end", "actual_end")]
        return self.annotate(first_year=Least(*years), last_year=Greatest(*years))

    def containing(self, words: str) -> Self:
        """Measures with every one of `words` somewhere in their texts; those that are not published, too.

        For the desk. Readers' lists ask the search: portal.searching.within.
        """
        return self.filter(every_word(words, "name", "summary", "description", "field__name"))


class Measure(Backed, Publishable):
    """Something the city does or wants to do. Its state is its newest published report, not a field."""

    class Binding(models.TextChoices):
        UNKNOWN = "unknown", "nicht bekannt"
        OUTLOOK = "outlook", "Ausblick"
        DECIDED = "decided", "beschlossen"
        FUNDED = "funded", "finanziert"

    class Origin(models.TextChoices):
        STRATEGY = "strategy", "in der Strategie genannt"
        OTHER = "other", "nicht in der Strategie genannt"

    field = models.ForeignKey(
        FieldOfAction, verbose_name="Handlungsfeld", on_delete=models.PROTECT, related_name="measures"
    )
    slug = models.SlugField("Kurzadresse", max_length=100, unique=True)
    name = models.CharField("Name", max_length=300)
    is_working_title = models.BooleanField("Arbeitstitel", default=False)
    summary = models.TextField("In einem Satz", blank=True, default="")
    description = models.TextField("Beschreibung", blank=True, default="", help_text="Markdown")
    plain_summary = models.TextField(
        "In einfacher Sprache", blank=True, default="", help_text="kurze Sätze, bekannte Wörter; Markdown"
    )
    origin = models.CharField("Herkunft", max_length=20, choices=Origin.choices, default=Origin.STRATEGY)
    binding = models.CharField(
        "Verbindlichkeit", max_length=20, choices=Binding.choices, default=Binding.UNKNOWN
    )
    binding_reason = models.TextField("Grund der Einstufung", blank=True, default="")
    responsible_units = models.ManyToManyField(
        Organization, verbose_name="zuständige Stelle", blank=True, related_name="measures"
    )
    partners = models.ManyToManyField(Partner, verbose_name="Partner", blank=True, related_name="measures")
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="betreut von",
        blank=True,
        related_name="measures",
        help_text="in der Redaktion",
    )
    planned_start = models.DateField("geplanter Beginn", null=True, blank=True)
    planned_start_precision = PrecisionField()
    planned_end = models.DateField("geplantes Ende", null=True, blank=True)
    planned_end_precision = PrecisionField()
    actual_start = models.DateField("tatsächlicher Beginn", null=True, blank=True)
    actual_start_precision = PrecisionField()
    actual_end = models.DateField("tatsächliches Ende", null=True, blank=True)
    actual_end_precision = PrecisionField()
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    objects = MeasureQuerySet.as_manager()

    status_code: str | None
    """With `with_latest_report()`: what the newest published report says."""
    status_label: str | None
    status_name: str | None

    class Meta:
        verbose_name = "Maßnahme"
        verbose_name_plural = "Maßnahmen"
        ordering = ["position", "name", "pk"]
        constraints = [
            published_pair("measure"),
            four_eyes("measure_four_eyes", "published_by", "written_by"),
            *date_constraints("measure", "planned_start", "planned_end", "actual_start", "actual_end"),
            periods_not_reversed("measure_planned_dates", "planned_start", "planned_end"),
            periods_not_reversed("measure_actual_dates", "actual_start", "actual_end"),
            models.CheckConstraint(
                name="measure_binding_has_reason",
                condition=Q(binding="unknown") | ~Q(binding_reason=""),
                violation_error_message="Wer sagt, wie verbindlich eine Maßnahme ist, nennt den Grund.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("strategy:measure", args=[self.slug])

    @property
    def has_schedule(self) -> bool:
        """Whether anything is known of when it begins or ends."""
        return any((self.planned_start, self.planned_end, self.actual_start, self.actual_end))

    @property
    def planned_start_period(self) -> Period | None:
        return Period.of(self.planned_start, self.planned_start_precision)

    @property
    def planned_end_period(self) -> Period | None:
        return Period.of(self.planned_end, self.planned_end_precision)

    @property
    def actual_start_period(self) -> Period | None:
        return Period.of(self.actual_start, self.actual_start_precision)

    @property
    def actual_end_period(self) -> Period | None:
        return Period.of(self.actual_end, self.actual_end_precision)


class EditionMeasure(models.Model):
    """How an edition words a measure; kept when the measure is renamed."""

    edition = models.ForeignKey(
        Edition, verbose_name="Fortschreibung", on_delete=models.PROTECT, related_name="edition_measures"
    )
    measure = models.ForeignKey(
        Measure, verbose_name="Maßnahme", on_delete=models.PROTECT, related_name="edition_measures"
    )
    official_wording = models.TextField("amtlicher Wortlaut", blank=True, default="")
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Maßnahme einer Fortschreibung"
        verbose_name_plural = "Maßnahmen einer Fortschreibung"
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(name="edition_measure_once", fields=["edition", "measure"])]

    def __str__(self) -> str:
        return f"{self.measure} in {self.edition}"


class Milestone(Backed):
    """A step that can be reached, planned and actual."""

    measure = models.ForeignKey(
        Measure, verbose_name="Maßnahme", on_delete=models.PROTECT, related_name="milestones"
    )
    slug = models.SlugField("Kennung", max_length=100)
    name = models.CharField("Name", max_length=300)
    planned = models.DateField("geplant", null=True, blank=True)
    planned_precision = PrecisionField()
    reached = models.DateField("erreicht", null=True, blank=True)
    reached_precision = PrecisionField()
    reached_report = models.ForeignKey(
        StatusReport,
        verbose_name="laut Sachstand",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="der veröffentlichte Sachstand, der sie als erreicht meldet",
    )
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Meilenstein"
        verbose_name_plural = "Meilensteine"
        ordering = ["measure", "position", F("planned").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(name="milestone_slug", fields=["measure", "slug"]),
            *date_constraints("milestone", "planned", "reached"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def planned_period(self) -> Period | None:
        return Period.of(self.planned, self.planned_precision)

    @property
    def reached_period(self) -> Period | None:
        return Period.of(self.reached, self.reached_precision)


class MeasureLink(models.Model):
    """Where a citizen reads or does more: the service itself, a project page."""

    measure = models.ForeignKey(
        Measure, verbose_name="Maßnahme", on_delete=models.PROTECT, related_name="links"
    )
    title = models.CharField("Titel", max_length=300)
    url = models.URLField("Adresse", max_length=1000)
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Link"
        verbose_name_plural = "Links"
        ordering = ["measure", "position", "pk"]
        constraints = [models.UniqueConstraint(name="measure_link_once", fields=["measure", "url"])]

    def __str__(self) -> str:
        return self.title
