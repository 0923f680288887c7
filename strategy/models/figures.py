from django.db import models
from django.db.models import Q

from portal.dates import Period, PrecisionField, date_constraints
from strategy.models.backed import Backed
from strategy.models.measure import Measure
from strategy.models.report import StatusReport
from strategy.models.structure import Strategy


class Certainty(models.TextChoices):
    ESTIMATED = "estimated", "geschätzt"
    BUDGETED = "budgeted", "im Haushalt"
    ACTUAL = "actual", "tatsächlich"
    STATED = "stated", "genannt; wie sicher, sagt die Quelle nicht"


def figure_constraints(prefix: str, amount: str) -> list[models.BaseConstraint]:
    """A figure says how certain it is; where there is none, why it cannot be measured yet."""
    return [
        models.CheckConstraint(
            name=f"{prefix}_certainty_paired",
            condition=Q(**{f"{amount}__isnull": True}, certainty="")
            | Q(**{f"{amount}__isnull": False}, certainty__in=Certainty.values),
            violation_error_message="Zahl und Sicherheit gehören zusammen.",
        ),
        models.CheckConstraint(
            name=f"{prefix}_unmeasurable_has_reason",
            condition=Q(not_yet_measurable=True, **{f"{amount}__isnull": True})
            & ~Q(not_yet_measurable_reason="")
            | Q(not_yet_measurable=False, not_yet_measurable_reason="", **{f"{amount}__isnull": False}),
            violation_error_message="Entweder eine Zahl oder „noch nicht messbar“ mit Grund.",
        ),
    ]


class Indicator(models.Model):
    """What is measured, in which unit, and which way is better."""

    class Direction(models.TextChoices):
        UP = "up", "mehr ist besser"
        DOWN = "down", "weniger ist besser"
        NEUTRAL = "neutral", "ohne Richtung"

    measure = models.ForeignKey(
        Measure, verbose_name="Maßnahme", on_delete=models.PROTECT, related_name="indicators"
    )
    slug = models.SlugField("Kennung", max_length=100)
    name = models.CharField("Name", max_length=300)
    unit = models.CharField("Einheit", max_length=100, help_text="„Note (1,5 gut bis 4,5 schlecht)“")
    direction = models.CharField(
        "Richtung", max_length=10, choices=Direction.choices, default=Direction.NEUTRAL
    )
    note = models.TextField("Anmerkung", blank=True, default="")
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Kennzahl"
        verbose_name_plural = "Kennzahlen"
        ordering = ["measure", "position", "pk"]
        constraints = [models.UniqueConstraint(name="indicator_slug", fields=["measure", "slug"])]

    def __str__(self) -> str:
        return self.name


class Observation(Backed):
    """One value of an indicator at a time."""

    indicator = models.ForeignKey(
        Indicator, verbose_name="Kennzahl", on_delete=models.PROTECT, related_name="observations"
    )
    observed = models.DateField("Zeit")
    observed_precision = PrecisionField()
    value = models.DecimalField("Wert", max_digits=18, decimal_places=4, null=True, blank=True)
    certainty = models.CharField(
        "Sicherheit", max_length=20, choices=Certainty.choices, blank=True, default=""
    )
    not_yet_measurable = models.BooleanField("noch nicht messbar", default=False)
    not_yet_measurable_reason = models.TextField("Grund", blank=True, default="")
    report = models.ForeignKey(
        StatusReport,
        verbose_name="laut Sachstand",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="der veröffentlichte Sachstand, der ihn meldet",
    )

    class Meta:
        verbose_name = "Messwert"
        verbose_name_plural = "Messwerte"
        ordering = ["indicator", "observed", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="observation_once", fields=["indicator", "observed", "observed_precision"]
            ),
            models.CheckConstraint(
                name="observation_has_precision",
                condition=~Q(observed_precision=""),
                violation_error_message="Die Zeit braucht eine Genauigkeit.",
            ),
            *date_constraints("observation", "observed"),
            *figure_constraints("observation", "value"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value if self.value is not None else 'noch nicht messbar'}"

    @property
    def observed_period(self) -> Period | None:
        return Period.of(self.observed, self.observed_precision)


class MoneyItem(Backed):
    """One amount of money: what kind, of which year, how certain, measured against what.

    It belongs to a measure or, like the figure savings are measured against, to the whole strategy.
    """

    class Kind(models.TextChoices):
        INVESTMENT = "investment", "einmalige Kosten"
        RUNNING_COST = "running_cost", "laufende Kosten"
        COST = "cost", "Kosten, Art nicht genannt"
        GRANT = "grant", "Förderung"
        SAVING = "saving", "Einsparung"
        REFERENCE = "reference", "Bezugsgröße, keine Einsparung"

    strategy = models.ForeignKey(
        Strategy,
        verbose_name="Strategie",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="money_items",
    )
    measure = models.ForeignKey(
        Measure,
        verbose_name="Maßnahme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="money_items",
    )
    slug = models.SlugField("Kennung", max_length=100)
    name = models.CharField("Bezeichnung", max_length=300)
    kind = models.CharField("Art", max_length=20, choices=Kind.choices)
    amount = models.DecimalField("Betrag in Euro", max_digits=14, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField(
        "Betrag höchstens",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="wo die Quelle eine Spanne nennt; dann ist der Betrag ihr unteres Ende",
    )
    certainty = models.CharField(
        "Sicherheit", max_length=20, choices=Certainty.choices, blank=True, default=""
    )
    year = models.PositiveSmallIntegerField("Jahr", null=True, blank=True)
    year_note = models.CharField(
        "Anmerkung zum Jahr",
        max_length=300,
        blank=True,
        default="",
        help_text="wo die Quelle kein Jahr nennt",
    )
    base = models.TextField("Bezug", blank=True, default="", help_text="Worauf bezieht sich der Betrag?")
    not_yet_measurable = models.BooleanField("noch nicht messbar", default=False)
    not_yet_measurable_reason = models.TextField("Grund", blank=True, default="")
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Finanzposition"
        verbose_name_plural = "Finanzpositionen"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="money_item_has_one_subject",
                condition=Q(strategy__isnull=False, measure__isnull=True)
                | Q(strategy__isnull=True, measure__isnull=False),
                violation_error_message="Eine Finanzposition gehört zur Strategie oder zu einer Maßnahme.",
            ),
            models.UniqueConstraint(
                name="money_item_slug", fields=["strategy", "measure", "slug"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="money_item_year_or_note",
                condition=Q(amount__isnull=True) | Q(year__isnull=False) | ~Q(year_note=""),
                violation_error_message="Kein Betrag ohne Jahr.",
            ),
            models.CheckConstraint(
                name="money_item_reference_has_base",
                condition=~Q(kind__in=("reference", "saving")) | ~Q(base=""),
                violation_error_message="Eine Einsparung oder Bezugsgröße nennt ihren Bezug.",
            ),
            models.CheckConstraint(
                name="money_item_amount_not_negative",
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                violation_error_message="Ein Betrag ist nie negativ; die Art sagt, ob er kostet oder spart.",
            ),
            models.CheckConstraint(
                name="money_item_range",
                condition=Q(amount_max__isnull=True)
                | Q(amount__isnull=False, amount_max__gt=models.F("amount")),
                violation_error_message="Eine Spanne beginnt mit dem kleineren Betrag.",
            ),
            *figure_constraints("money_item", "amount"),
        ]

    def __str__(self) -> str:
        return self.name
