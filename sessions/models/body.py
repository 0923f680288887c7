from django.db import models
from django.db.models import Q

from portal.models import Sourced, SourcedQuerySet, not_reversed


class Body(Sourced):
    """The city whose council this is (OParl: Body)."""

    name = models.CharField("Name", max_length=300)
    short_name = models.CharField("Kurzname", max_length=100, blank=True, default="")
    ags = models.CharField("Gemeindeschlüssel", max_length=8, blank=True, default="")
    rgs = models.CharField("Regionalschlüssel", max_length=12, blank=True, default="")
    website = models.URLField("Internetseite", blank=True, default="")
    classification = models.CharField("Art", max_length=200, blank=True, default="")
    license = models.CharField(
        "Lizenz", max_length=500, blank=True, default="", help_text="wie die Quelle sie nennt, oft Freitext"
    )

    objects = SourcedQuerySet.as_manager()

    class Meta:
        verbose_name = "Körperschaft"
        verbose_name_plural = "Körperschaften"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="body_ags_eight_digits",
                condition=Q(ags="") | Q(ags__regex=r"^\d{8}$"),
                violation_error_message="Der Gemeindeschlüssel hat acht Ziffern.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LegislativeTerm(Sourced):
    """For how long a council is elected."""

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="legislative_terms"
    )
    name = models.CharField("Name", max_length=300)
    start_date = models.DateField("Beginn", null=True, blank=True)
    end_date = models.DateField("Ende", null=True, blank=True)

    objects = SourcedQuerySet.as_manager()

    class Meta:
        verbose_name = "Wahlperiode"
        verbose_name_plural = "Wahlperioden"
        ordering = ["-start_date", "name"]
        constraints = [not_reversed("legislative_term_dates", "start_date", "end_date")]

    def __str__(self) -> str:
        return self.name


class Location(Sourced):
    """Where a meeting takes place or what a paper is about."""

    description = models.TextField("Beschreibung", blank=True, default="")
    street_address = models.CharField("Straße", max_length=300, blank=True, default="")
    room = models.CharField("Raum", max_length=300, blank=True, default="")
    postal_code = models.CharField("Postleitzahl", max_length=20, blank=True, default="")
    sub_locality = models.CharField("Ortsteil", max_length=200, blank=True, default="")
    locality = models.CharField("Ort", max_length=200, blank=True, default="")
    geojson = models.JSONField("Koordinaten", null=True, blank=True)

    objects = SourcedQuerySet.as_manager()

    class Meta:
        verbose_name = "Ort"
        verbose_name_plural = "Orte"
        ordering = ["locality", "street_address", "pk"]

    def __str__(self) -> str:
        return self.words or "Ort ohne Angaben"

    @property
    def words(self) -> str:
        """Where it is in one line, "" where the source keeps an entry without saying anything."""
        parts = [self.room, self.street_address, f"{self.postal_code} {self.locality}".strip()]
        return ", ".join(part for part in parts if part) or self.description
