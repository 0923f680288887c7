from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.dates import PrecisionField, date_constraints
from portal.models import Publishable, PublishableQuerySet, four_eyes, published_pair
from sessions.models import Body, Paper
from strategy.models.backed import Backed


def open_field(path: str = "") -> Q:
    """The one rule for a public field of action, seen from a row that reaches it through `path`.

    Published itself, and so is the target area above it, where there is one.
    """
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}published_at__isnull": False}) & (
        Q(**{f"{prefix}target_area__isnull": True})
        | Q(**{f"{prefix}target_area__published_at__isnull": False})
    )


def open_measure(path: str = "") -> Q:
    """The one rule for a public measure: published itself, in a public field of action."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}published_at__isnull": False}) & open_field(f"{prefix}field")


class FieldQuerySet(PublishableQuerySet):
    def published(self) -> Self:
        return self.filter(open_field())


class Strategy(Backed, Publishable):
    """What the city calls its digital strategy."""

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="strategies"
    )
    slug = models.SlugField("Kurzadresse", max_length=100, unique=True)
    name = models.CharField("Name", max_length=300)
    summary = models.TextField("Zusammenfassung", blank=True, default="")
    binding_note = models.TextField(
        "Wie verbindlich ist sie?",
        blank=True,
        default="",
        help_text="ein Satz, mit Beleg, für die Startseite",
    )
    plain_summary = models.TextField(
        "In einfacher Sprache", blank=True, default="", help_text="kurze Sätze, bekannte Wörter; Markdown"
    )
    reviews_needed = models.PositiveSmallIntegerField(
        "nötige Prüfvermerke", default=1, help_text="so viele braucht ein Sachstand vor der Veröffentlichung"
    )
    days_without_review = models.PositiveSmallIntegerField(
        "Frist ohne Prüfvermerk in Tagen",
        default=14,
        help_text="so viele Tage nach der Einreichung darf ein Sachstand auch ohne sie veröffentlicht werden",
    )
    report_due_days = models.PositiveSmallIntegerField(
        "Sachstand fällig nach Tagen", default=90, help_text="seit dem letzten veröffentlichten Sachstand"
    )
    report_overdue_days = models.PositiveSmallIntegerField("Sachstand überfällig nach Tagen", default=180)
    report_silent_days = models.PositiveSmallIntegerField("Maßnahme ohne Nachricht nach Tagen", default=365)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = "Strategie"
        verbose_name_plural = "Strategien"
        ordering = ["name"]
        constraints = [
            published_pair("strategy"),
            four_eyes("strategy_four_eyes", "published_by", "written_by"),
            models.CheckConstraint(
                name="strategy_rhythm_grows",
                condition=Q(report_due_days__gte=1)
                & Q(report_overdue_days__gt=F("report_due_days"))
                & Q(report_silent_days__gt=F("report_overdue_days")),
                violation_error_message="Die drei Schwellen werden von Mal zu Mal länger.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("strategy:strategy")


class Edition(Publishable):
    """One version of the strategy, as the council took note of it or adopted it."""

    strategy = models.ForeignKey(
        Strategy, verbose_name="Strategie", on_delete=models.PROTECT, related_name="editions"
    )
    slug = models.SlugField("Kurzadresse", max_length=100)
    name = models.CharField("Name", max_length=300)
    adopted_by = models.ForeignKey(
        Paper,
        verbose_name="Vorlage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="editions",
    )
    dated = models.DateField("Datum", null=True, blank=True)
    dated_precision = PrecisionField()
    note = models.TextField("Anmerkung", blank=True, default="")

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = "Fortschreibung"
        verbose_name_plural = "Fortschreibungen"
        ordering = ["-dated", "name"]
        constraints = [
            models.UniqueConstraint(name="edition_slug", fields=["strategy", "slug"]),
            published_pair("edition"),
            four_eyes("edition_four_eyes", "published_by", "written_by"),
            *date_constraints("edition", "dated"),
        ]

    def __str__(self) -> str:
        return self.name


class TargetArea(Publishable):
    """Zielfeld: the roof over several fields of action."""

    strategy = models.ForeignKey(
        Strategy, verbose_name="Strategie", on_delete=models.PROTECT, related_name="target_areas"
    )
    slug = models.SlugField("Kurzadresse", max_length=100)
    name = models.CharField("Name", max_length=300)
    is_working_title = models.BooleanField("Arbeitstitel", default=False)
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = "Zielfeld"
        verbose_name_plural = "Zielfelder"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(name="target_area_slug", fields=["strategy", "slug"]),
            published_pair("target_area"),
            four_eyes("target_area_four_eyes", "published_by", "written_by"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldOfAction(Publishable):
    """Handlungsfeld: a group of measures."""

    target_area = models.ForeignKey(
        TargetArea,
        verbose_name="Zielfeld",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fields",
        help_text="leer, wenn keine Quelle die Maßnahmen der Strategie zuordnet",
    )
    slug = models.SlugField("Kurzadresse", max_length=100, unique=True)
    name = models.CharField("Name", max_length=300)
    is_working_title = models.BooleanField(
        "Arbeitstitel", default=False, help_text="Der amtliche Name ist nicht öffentlich bekannt."
    )
    summary = models.TextField("Worum geht es?", blank=True, default="")
    plain_summary = models.TextField(
        "In einfacher Sprache", blank=True, default="", help_text="kurze Sätze, bekannte Wörter; Markdown"
    )
    position = models.PositiveIntegerField("Reihenfolge", default=0)

    objects = FieldQuerySet.as_manager()

    class Meta:
        verbose_name = "Handlungsfeld"
        verbose_name_plural = "Handlungsfelder"
        ordering = ["position", "name"]
        constraints = [
            published_pair("field"),
            four_eyes("field_four_eyes", "published_by", "written_by"),
            models.CheckConstraint(
                name="field_has_name",
                condition=~Q(name=""),
                violation_error_message="Bitte einen Namen angeben.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("strategy:field", args=[self.slug])
