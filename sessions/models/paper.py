from pathlib import PurePosixPath
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse

from portal.models import Sourced, SourcedQuerySet, stable_id
from sessions.models.body import Body, Location
from sessions.models.meeting import AgendaItem, Meeting, open_item
from sessions.models.people import Organization, Person

LONGEST_FORMAT = 5
"""Letters of the end of a file's name: "pdf", "docx"; what is longer tells a reader nothing."""


def open_paper(path: str = "") -> Q:
    """The one rule for a public paper, seen from a row that reaches it through `path`."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}public": True, f"{prefix}withdrawn_at__isnull": True})


class PaperQuerySet(SourcedQuerySet):
    def published(self) -> Self:
        return self.filter(open_paper())

    def treated_by(self, organization: Organization) -> Self:
        """Papers that this committee has discussed or will."""
        stations = Consultation.objects.published().filter(organizations=organization)
        return self.filter(pk__in=stations.values("paper"))

    def relatives_of(self, paper: "Paper") -> Self:
        """What the source puts above, below or beside this paper.

        One list without saying which: systems differ in what they call superordinate. Some put amendments
        above the paper that they amend.
        """
        return (
            self.filter(
                Q(subordinated_papers=paper) | Q(superordinated_papers=paper) | Q(related_papers=paper)
            )
            .exclude(pk=paper.pk)
            .distinct()
        )


class Paper(Sourced):
    """A document put before the council: a proposal, a notice, a motion in writing."""

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="papers"
    )
    reference = models.CharField("Nummer", max_length=100, blank=True, default="", help_text="„MV/11986/25“")
    name = models.TextField("Titel", blank=True, default="")
    paper_type = models.CharField("Art", max_length=200, blank=True, default="")
    date = models.DateField("Datum", null=True, blank=True)
    public = models.BooleanField("öffentlich", default=True)
    closed_at = models.DateTimeField(
        "nicht mehr öffentlich seit",
        null=True,
        blank=True,
        editable=False,
        help_text="setzt die Datenbank, wenn eine öffentliche Vorlage geschlossen wird",
    )
    originator_people = models.ManyToManyField(
        Person, verbose_name="eingebracht von (Personen)", blank=True, related_name="papers"
    )
    originator_organizations = models.ManyToManyField(
        Organization, verbose_name="eingebracht von (Gremien)", blank=True, related_name="originated_papers"
    )
    under_direction_of = models.ManyToManyField(
        Organization, verbose_name="federführend", blank=True, related_name="directed_papers"
    )
    related_papers = models.ManyToManyField("self", verbose_name="verwandte Vorlagen", blank=True)
    superordinated_papers = models.ManyToManyField(
        "self",
        verbose_name="übergeordnete Vorlagen",
        symmetrical=False,
        blank=True,
        related_name="subordinated_papers",
    )
    locations = models.ManyToManyField(Location, verbose_name="Orte", blank=True, related_name="papers")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "Vorlage"
        verbose_name_plural = "Vorlagen"
        ordering = ["-date", "-reference", "-pk"]
        # Not unique: some systems give one number to several papers (Somacos Session).
        indexes = [models.Index(fields=["body", "reference"], name="paper_reference")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.paper_type, self.reference, self.name) if part) or "Vorlage"

    def get_absolute_url(self) -> str:
        return reverse("council:paper", args=[self.pk])

    @property
    def has_page(self) -> bool:
        """Whether this row is among `Paper.objects.published()`."""
        return self.public and self.withdrawn_at is None


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def published(self) -> Self:
        """Stations of public papers; a station at a closed agenda item stays closed."""
        return self.filter(
            Q(agenda_item__isnull=True) | open_item("agenda_item"),
            open_paper("paper"),
            withdrawn_at__isnull=True,
        )

    def with_committee_names(self) -> Self:
        """Adds `committee_names`, whom the source names for this station, and `meeting_committee_names`."""
        committees = Organization.objects.published().order_by("name")
        at_meeting = committees.filter(
            Q(meetings=OuterRef("meeting")) | Q(meetings=OuterRef("agenda_item__meeting"))
        ).distinct()
        return self.annotate(
            committee_names=ArraySubquery(committees.filter(consultations=OuterRef("pk")).values("name")),
            meeting_committee_names=ArraySubquery(at_meeting.values("name")),
        )


class Consultation(models.Model):
    """One station of a paper: which committee treats it, at which agenda item, with what result.

    Not `Sourced`: sources use one consultation id twice when an item is postponed, so the id is unique
    only together with the agenda item.
    """

    id = models.BigIntegerField(primary_key=True, editable=False)
    external_id = models.CharField("Kennung der Quelle", max_length=500, editable=False)
    source_created_at = models.DateTimeField("an der Quelle angelegt", null=True, blank=True)
    source_modified_at = models.DateTimeField("an der Quelle geändert", null=True, blank=True)
    first_imported_at = models.DateTimeField("zuerst übernommen", auto_now_add=True)
    imported_at = models.DateTimeField("zuletzt übernommen", auto_now=True)
    paper = models.ForeignKey(
        Paper, verbose_name="Vorlage", on_delete=models.PROTECT, related_name="consultations"
    )
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name="Tagesordnungspunkt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name="Sitzung",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
    )
    organizations = models.ManyToManyField(
        Organization, verbose_name="Gremien", blank=True, related_name="consultations"
    )
    role = models.CharField("Aufgabe", max_length=200, blank=True, default="", help_text="„Vorberatung“")
    authoritative = models.BooleanField("entscheidet", null=True, blank=True)
    position = models.PositiveIntegerField("Reihenfolge", default=0)
    withdrawn_at = models.DateTimeField("an der Quelle entfernt", null=True, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "Beratung"
        verbose_name_plural = "Beratungsfolge"
        ordering = ["paper", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="consultation_external_id", fields=["external_id", "agenda_item"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.role or 'Beratung'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is None:
            self.pk = self.stable_key()
        super().save(*args, **kwargs)

    def stable_key(self) -> int:
        """The primary key that follows from the station's two names; it stays when the item changes."""
        return stable_id(self.full_name)

    @property
    def full_name(self) -> str:
        """Its own name and that of its agenda item; only both together tell it from all others."""
        return station_name(self.external_id, self.agenda_item.external_id if self.agenda_item else "")


def station_name(external_id: str, agenda_item: str) -> str:
    """agenda_item: `external_id` of the item; "" where there is none."""
    return f"{external_id}|{agenda_item}"


class FileQuerySet(SourcedQuerySet):
    def published(self) -> Self:
        """Public files of public parents. A file whose publicity the source does not state stays closed."""
        return (
            super()
            .published()
            .filter(
                Q(paper__isnull=True) | open_paper("paper"),
                Q(agenda_item__isnull=True) | open_item("agenda_item"),
                Q(meeting__isnull=True) | Q(meeting__withdrawn_at__isnull=True),
                public=True,
            )
        )


class File(Sourced):
    """A document that belongs to a paper, an agenda item or a meeting."""

    class Role(models.TextChoices):
        MAIN = "main", "Hauptdokument"
        ATTACHMENT = "attachment", "Anlage"
        INVITATION = "invitation", "Einladung"
        RESULTS = "results", "Ergebnisprotokoll"
        VERBATIM = "verbatim", "Wortprotokoll"
        RESOLUTION = "resolution", "Beschluss"

    paper = models.ForeignKey(
        Paper, verbose_name="Vorlage", null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name="Tagesordnungspunkt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="files",
    )
    meeting = models.ForeignKey(
        Meeting, verbose_name="Sitzung", null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    role = models.CharField("Art", max_length=20, choices=Role.choices, default=Role.ATTACHMENT)
    position = models.PositiveIntegerField("Reihenfolge", default=0)
    name = models.CharField(
        "Name", max_length=500, blank=True, default="", help_text="leer, wo die Quelle keinen nennt"
    )
    file_name = models.CharField("Dateiname", max_length=500, blank=True, default="")
    mime_type = models.CharField("Dateityp", max_length=200, blank=True, default="")
    date = models.DateField("Datum", null=True, blank=True)
    public = models.BooleanField("öffentlich", null=True, blank=True)
    closed_at = models.DateTimeField(
        "nicht mehr öffentlich seit",
        null=True,
        blank=True,
        editable=False,
        help_text="setzt die Datenbank, wenn eine öffentliche Datei geschlossen wird",
    )
    size = models.PositiveBigIntegerField("Größe in Byte", null=True, blank=True)
    size_printed = models.CharField("Größe wie gedruckt", max_length=50, blank=True, default="")
    sha512 = models.CharField("Prüfsumme der Datei", max_length=128, blank=True, default="")
    access_url = models.URLField("Adresse", max_length=1000, blank=True, default="")
    download_url = models.URLField("Adresse zum Herunterladen", max_length=1000, blank=True, default="")
    text = models.TextField("Text", blank=True, default="")
    license = models.CharField("Lizenz", max_length=500, blank=True, default="")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "Datei"
        verbose_name_plural = "Dateien"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="file_has_one_parent",
                condition=Q(paper__isnull=False, agenda_item__isnull=True, meeting__isnull=True)
                | Q(paper__isnull=True, agenda_item__isnull=False, meeting__isnull=True)
                | Q(paper__isnull=True, agenda_item__isnull=True, meeting__isnull=False),
                violation_error_message=(
                    "Eine Datei gehört zu genau einer Vorlage, einem Punkt oder einer Sitzung."
                ),
            ),
        ]

    @property
    def format(self) -> str:
        """ "PDF", as the end of its name or its type says; "" where neither does."""
        ending = (
            PurePosixPath(self.file_name).suffix[1:] or self.mime_type.partition(";")[0].rpartition("/")[2]
        )
        return ending.upper() if ending.isalnum() and len(ending) <= LONGEST_FORMAT else ""

    def __str__(self) -> str:
        return self.name or f"{self.get_role_display()} {self.position or ''}".strip() + " (ohne Namen)"
