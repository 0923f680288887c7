from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Upper
from django.urls import reverse

from portal.models import Sourced, SourcedQuerySet, not_reversed
from sessions.models.body import Body, Location
from sessions.models.people import Organization, Person


class MeetingQuerySet(SourcedQuerySet):
    def in_year(self, year: int) -> Self:
        return self.filter(start__year=year)

    def before(self, moment: datetime) -> Self:
        return self.filter(start__lt=moment).order_by("-start", "-pk")

    def from_moment(self, moment: datetime) -> Self:
        return self.filter(start__gte=moment).order_by("start", "pk")

    def held(self, moment: datetime) -> Self:
        """Newest first, and last of all those of which the source states no day."""
        begun = self.filter(Q(start__lt=moment) | Q(start__isnull=True))
        return begun.order_by(F("start").desc(nulls_last=True), "-pk")

    def with_committees(self) -> Self:
        """Who meets, in one more query; `Meeting.heading` needs it."""
        return self.prefetch_related(Prefetch("organizations", Organization.objects.published()))


class Meeting(Sourced):
    """A meeting of one or more committees."""

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="meetings"
    )
    name = models.CharField("Name", max_length=500, blank=True, default="")
    start = models.DateTimeField("Beginn", null=True, blank=True)
    start_has_time = models.BooleanField("Uhrzeit bekannt", default=True)
    end = models.DateTimeField("Ende", null=True, blank=True)
    occasion = models.CharField(
        "Anlass", max_length=200, blank=True, default="", help_text="wie gedruckt: „Sitzung“"
    )
    state = models.CharField("Stand", max_length=100, blank=True, default="", help_text="OParl: meetingState")
    cancelled = models.BooleanField("abgesagt", default=False)
    location = models.ForeignKey(
        Location,
        verbose_name="Ort",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="meetings",
    )
    organizations = models.ManyToManyField(
        Organization, verbose_name="Gremien", blank=True, related_name="meetings"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        ordering = ["-start", "-pk"]
        indexes = [models.Index(fields=["-start", "-id"], name="meeting_start")]
        constraints = [not_reversed("meeting_dates", "start", "end")]

    def __str__(self) -> str:
        return self.name or self.occasion or "Sitzung"

    def get_absolute_url(self) -> str:
        return reverse("council:meeting", args=[self.pk])

    @property
    def heading(self) -> str:
        """Who meets; where the source does not say, what it calls the meeting. See `with_committees`."""
        committees = [organization.name for organization in self.organizations.all()]
        return " und ".join(committees) or str(self)


def open_item(path: str = "") -> Q:
    """The one rule for a public agenda item, seen from a row that reaches it through `path`.

    Public, not withdrawn, of a meeting that is not withdrawn; unknown publicity stays closed.
    """
    prefix = f"{path}__" if path else ""
    return Q(
        **{
            f"{prefix}public": True,
            f"{prefix}withdrawn_at__isnull": True,
            f"{prefix}meeting__withdrawn_at__isnull": True,
        }
    )


class AgendaItemQuerySet(SourcedQuerySet):
    def published(self) -> Self:
        return self.filter(open_item())

    def closed(self) -> Self:
        """What a public agenda has between its public items. Show the number and never the title."""
        return self.filter(withdrawn_at__isnull=True, meeting__withdrawn_at__isnull=True).exclude(public=True)


class AgendaItem(Sourced):
    """One point of an agenda."""

    meeting = models.ForeignKey(
        Meeting, verbose_name="Sitzung", on_delete=models.PROTECT, related_name="agenda_items"
    )
    number = models.CharField(
        "Nummer", max_length=50, blank=True, default="", help_text="wie gedruckt: „Ö 13“"
    )
    order = models.PositiveIntegerField("Reihenfolge", default=0)
    title = models.TextField(
        "Titel",
        blank=True,
        default="",
        help_text="wie gedruckt, auch mit Auslassung am Ende; leer, wo die Quelle keinen nennt",
    )
    title_cut = models.BooleanField("Titel an der Quelle gekürzt", default=False)
    public = models.BooleanField("öffentlich", null=True, blank=True)
    closed_at = models.DateTimeField(
        "nicht mehr öffentlich seit",
        null=True,
        blank=True,
        editable=False,
        help_text="setzt die Datenbank, wenn ein öffentlicher Punkt geschlossen wird",
    )
    result = models.TextField(
        "Ergebnis", blank=True, default="", help_text="Ergebnisfeld der Quelle, wie gedruckt"
    )
    resolution_text = models.TextField("Beschluss", blank=True, default="")
    clerk = models.CharField("Bearbeitung", max_length=300, blank=True, default="")
    responsible = models.CharField("Federführung", max_length=300, blank=True, default="")
    start = models.DateTimeField("Beginn", null=True, blank=True)
    end = models.DateTimeField("Ende", null=True, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "Tagesordnungspunkt"
        verbose_name_plural = "Tagesordnungspunkte"
        ordering = ["meeting", "order", "pk"]
        indexes = [models.Index(fields=["meeting", "order"], name="agenda_item_order")]
        constraints = [not_reversed("agenda_item_dates", "start", "end")]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}".strip()

    def get_absolute_url(self) -> str:
        return reverse("council:item", args=[self.pk])

    @property
    def heading(self) -> str:
        """The title; words of ours where the source gives none."""
        return self.title or "Ohne Titel"


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def published(self) -> Self:
        """Paragraphs of public items, also those that the source took back: reports may rest on them."""
        return self.filter(open_item("agenda_item"))

    def current(self) -> Self:
        """As the minutes stand today."""
        return self.filter(superseded_at__isnull=True)


class Contribution(models.Model):
    """One paragraph of the minutes of an agenda item, with who speaks in it.

    When the source changes its minutes, a paragraph that no longer stands there is kept and marked, so
    that what quotes it does not lose its ground.
    """

    class Kind(models.TextChoices):
        SPEECH = "speech", "Wortbeitrag"
        MOTION = "motion", "Antrag"
        VOTE = "vote", "Abstimmung"
        STATEMENT = "statement", "Erklärung der Verwaltung"

    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name="Tagesordnungspunkt", on_delete=models.PROTECT, related_name="contributions"
    )
    position = models.PositiveIntegerField("Absatz")
    anchor = models.SlugField("Anker", max_length=40)
    kind = models.CharField("Art", max_length=20, choices=Kind.choices, default=Kind.SPEECH)
    text = models.TextField("Wortlaut")
    speaker = models.ForeignKey(
        Person,
        verbose_name="Person",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contributions",
    )
    speaker_role = models.CharField(
        "Funktion",
        max_length=300,
        blank=True,
        default="",
        help_text="wo nur eine Funktion spricht: „Verwaltung“",
    )
    superseded_at = models.DateTimeField("an der Quelle ersetzt", null=True, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = "Wortbeitrag"
        verbose_name_plural = "Wortbeiträge"
        ordering = ["agenda_item", "position", "pk"]
        # For words anywhere in it, whatever their case: `icontains` compares in capitals.
        indexes = [GinIndex(OpClass(Upper("text"), "gin_trgm_ops"), name="contribution_text_part")]
        constraints = [
            models.UniqueConstraint(
                name="contribution_position",
                fields=["agenda_item", "position"],
                # Paragraphs that the source replaced keep their old position.
                condition=Q(superseded_at__isnull=True),
            ),
            models.UniqueConstraint(name="contribution_anchor", fields=["agenda_item", "anchor"]),
            models.CheckConstraint(
                name="contribution_has_text",
                condition=~Q(text="") & Q(position__gte=1),
                violation_error_message="Ein Wortbeitrag braucht Text und Absatz.",
            ),
        ]

    def __str__(self) -> str:
        return f"Absatz {self.position}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('council:item', args=[self.agenda_item_id])}#{self.anchor}"
