from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Source(models.Model):
    """A council information system, or a folder with its objects, that an importer reads again and again."""

    class Kind(models.TextChoices):
        OPARL = "import_oparl", "OParl-Schnittstelle"
        ALLRIS = "import_allris", "ALLRIS-Seiten"

    kind = models.CharField("Art", max_length=20, choices=Kind.choices)
    address = models.CharField(
        "Adresse", max_length=1000, help_text="wie ImportRun.source: Adresse oder Ordner"
    )
    full_at = models.DateTimeField(
        "zuletzt vollständig gelesen", null=True, blank=True, help_text="Beginn des letzten ganzen Laufs"
    )
    synced_until = models.DateTimeField(
        "bekannt bis", null=True, blank=True, help_text="Beginn des letzten gelungenen Laufs"
    )
    dates_trusted = models.BooleanField(
        "Änderungsdaten stimmen",
        null=True,
        blank=True,
        help_text="ob `modified` der Quelle zeigt, was sich geändert hat; leer: noch nicht geprüft",
    )
    has_allris_numbers = models.BooleanField(
        "Kennungen sind ALLRIS-Nummern",
        default=False,
        help_text="bewiesen: ein Objekt trug dieselbe Nummer in Kennung und ALLRIS-Adresse",
    )

    class Meta:
        verbose_name = "Quelle"
        verbose_name_plural = "Quellen"
        ordering = ["kind", "address"]
        constraints = [models.UniqueConstraint(name="source_address", fields=["kind", "address"])]

    def __str__(self) -> str:
        return self.address


class SourceObjectQuerySet(models.QuerySet["SourceObject"]):
    def gone(self) -> Self:
        """What the source withdrew, or no longer lists."""
        return self.filter(Q(deleted_at__isnull=False) | Q(missing_since__isnull=False))

    def waiting(self) -> Self:
        """What cannot be stored before something else comes that it belongs to."""
        return self.exclude(waits_for="")


class SourceObject(models.Model):
    """What a source said last of one of its objects: which row it became, and how to tell a change.

    The rows themselves know nothing of this: the same row may come from two sources.
    """

    source = models.ForeignKey(
        Source, verbose_name="Quelle", on_delete=models.CASCADE, related_name="objects_known"
    )
    name = models.CharField(
        "Kennung",
        max_length=1000,
        unique=True,
        help_text="wie die Quelle es nennt; bei Beratungen mit der Kennung des Tagesordnungspunktes",
    )
    type = models.CharField("Art", max_length=20, help_text="Name des OParl-Objekts")
    parent = models.CharField(
        "eingebettet in", max_length=1000, blank=True, default="", help_text="Kennung; leer: eigenständig"
    )
    row = models.BigIntegerField("Zeile", null=True, blank=True, help_text="leer: keine geschrieben")
    embedded = models.PositiveIntegerField(
        "eingebettete Objekte", default=0, help_text="als es zuletzt gelesen wurde; für die Zählung"
    )
    digest = models.CharField("Prüfsumme", max_length=64, blank=True, default="")
    stated = ArrayField(
        models.CharField(max_length=60),
        verbose_name="genannte Felder",
        default=list,
        blank=True,
        help_text="was die Quelle nicht mehr nennt, aber genannt hat, wird geleert",
    )
    modified = models.DateTimeField("Änderungsdatum der Quelle", null=True, blank=True)
    missing_since = models.DateTimeField("fehlt seit", null=True, blank=True)
    deleted_at = models.DateTimeField("zurückgezogen am", null=True, blank=True)
    waits_for = models.CharField(
        "wartet auf", max_length=1000, blank=True, default="", help_text="Kennung, ohne die es nicht geht"
    )
    record = models.JSONField("wartender Eintrag", null=True, blank=True)
    etag = models.CharField("ETag der Antwort", max_length=200, blank=True, default="")
    last_modified = models.CharField("Last-Modified der Antwort", max_length=100, blank=True, default="")

    objects = SourceObjectQuerySet.as_manager()

    class Meta:
        verbose_name = "Objekt einer Quelle"
        verbose_name_plural = "Objekte der Quellen"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["source", "type"], name="source_object_type"),
            models.Index(fields=["parent"], name="source_object_parent", condition=~Q(parent="")),
            models.Index(fields=["waits_for"], name="source_object_waits", condition=~Q(waits_for="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="source_object_waits_with_record",
                condition=Q(waits_for="", record__isnull=True) | ~Q(waits_for="") & Q(record__isnull=False),
                violation_error_message="Was wartet, hat einen Eintrag.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DanglingReference(models.Model):
    """A reference to an object that is not here yet; it is resolved as soon as that comes."""

    owner = models.ForeignKey(
        SourceObject, verbose_name="von", on_delete=models.CASCADE, related_name="dangling_references"
    )
    field = models.CharField("Feld", max_length=60, help_text="Name des Feldes der Zeile")
    target = models.CharField("auf", max_length=1000, help_text="Kennung des fehlenden Objekts")

    class Meta:
        verbose_name = "offener Verweis"
        verbose_name_plural = "offene Verweise"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="dangling_reference_once", fields=["owner", "field", "target"])
        ]
        indexes = [models.Index(fields=["target"], name="dangling_reference_target")]

    def __str__(self) -> str:
        return f"{self.field} → {self.target}"
