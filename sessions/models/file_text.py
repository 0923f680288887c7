from typing import Self

from django.db import models
from django.db.models import Q

from sessions.models.paper import File


class FileText(models.Model):
    """What came of reading the text of a file: one row for each file that somebody tried to read.

    Its words are the `FilePage`s of the file. Words that a source sends itself (OParl: `text`) stand in
    `File.text`, whatever stands here.
    """

    class State(models.TextChoices):
        EXTRACTED = "extracted", "gelesen"
        EMPTY = "empty", "ohne Text"
        ENCRYPTED = "encrypted", "verschlüsselt"
        BROKEN = "broken", "beschädigt"
        NOT_PDF = "not_pdf", "kein PDF"
        TOO_LARGE = "too_large", "zu groß"
        TIMED_OUT = "timed_out", "nicht rechtzeitig gelesen"
        UNREACHABLE = "unreachable", "nicht erreichbar"

    PASSING = (State.TIMED_OUT, State.UNREACHABLE)
    """States that may be another one tomorrow, though the file stays the same."""

    file = models.OneToOneField(
        File, verbose_name="Datei", primary_key=True, on_delete=models.CASCADE, related_name="extraction"
    )
    state = models.CharField("Zustand", max_length=20, choices=State.choices)
    page_count = models.PositiveIntegerField(
        "Seiten", null=True, blank=True, help_text="leer: nicht bekannt; auch Seiten ohne Text zählen"
    )
    cut = models.BooleanField("gekürzt", default=False, help_text="zu viele Seiten oder Zeichen")
    sha512 = models.CharField(
        "Prüfsumme", max_length=128, blank=True, default="", help_text="der Bytes, aus denen gelesen wurde"
    )
    address = models.CharField("Adresse", max_length=1000, blank=True, default="")
    read_at = models.DateTimeField("gelesen am", help_text="Beginn des letzten Versuchs")
    attempts = models.PositiveIntegerField(
        "Versuche", default=1, help_text="hintereinander ohne Antwort oder zu langsam, sonst 1"
    )

    class Meta:
        verbose_name = "Text einer Datei"
        verbose_name_plural = "Texte der Dateien"
        ordering = ["-read_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="file_text_extracted_whole",
                condition=~Q(state="extracted") | Q(page_count__isnull=False) & ~Q(sha512=""),
                violation_error_message="Was gelesen ist, hat Seiten und eine Prüfsumme.",
            ),
            models.CheckConstraint(
                name="file_text_attempts_from_one",
                condition=Q(attempts__gte=1),
                violation_error_message="Die Versuche zählen ab 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.get_state_display()}"


class FilePageQuerySet(models.QuerySet["FilePage"]):
    def published(self) -> Self:
        """Pages of the files that everybody may see; the files say which."""
        return self.filter(file__in=File.objects.published())


class FilePage(models.Model):
    """The words of one page of a file. Pages without words have no row, so numbers may be missing."""

    file = models.ForeignKey(File, verbose_name="Datei", on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField("Seite", help_text="Stelle in der Datei, von 1 an")
    text = models.TextField("Text", help_text="Absätze durch eine leere Zeile getrennt")

    objects = FilePageQuerySet.as_manager()

    class Meta:
        verbose_name = "Seite einer Datei"
        verbose_name_plural = "Seiten der Dateien"
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(name="file_page_once", fields=["file", "number"]),
            models.CheckConstraint(
                name="file_page_has_text",
                condition=Q(number__gte=1) & ~Q(text=""),
                violation_error_message="Eine Seite hat Text, und die Seiten zählen ab 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, Seite {self.number}"
