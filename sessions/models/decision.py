from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from sessions.models.meeting import AgendaItem, Contribution, open_item
from sessions.models.paper import Paper, open_paper
from sessions.models.people import Organization, Person


def open_motion() -> Q:
    """The one rule for a public motion: of a public item, and one in writing goes with its paper."""
    return open_item("agenda_item") & (Q(paper__isnull=True) | open_paper("paper"))


class OfPublicItemQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """What stands in the minutes of a public item."""
        return self.filter(open_item("agenda_item"), superseded_at__isnull=True)


class MotionQuerySet(OfPublicItemQuerySet):
    def published(self) -> Self:
        return self.filter(open_motion(), superseded_at__isnull=True)

    def with_votes(self) -> Self:
        """Everything a motion in a list shows: its votes, its mover, its paragraph and who met."""
        return self.select_related(
            "agenda_item__meeting", "mover", "mover_organization", "contribution", "paper"
        ).prefetch_related(
            Prefetch("votes", Vote.objects.published().select_related("contribution")),
            Prefetch("agenda_item__meeting__organizations", Organization.objects.published()),
        )

    def newest_first(self) -> Self:
        return self.order_by(
            F("agenda_item__meeting__start").desc(nulls_last=True), "-agenda_item", "position"
        )


class Motion(models.Model):
    """What somebody asked the committee to decide, as the minutes state it."""

    class Kind(models.TextChoices):
        MAIN = "main", "Antrag zur Sache"
        AMENDMENT = "amendment", "Änderungsantrag"
        PROCEDURAL = "procedural", "Antrag zum Verfahren"

    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name="Tagesordnungspunkt", on_delete=models.PROTECT, related_name="motions"
    )
    position = models.PositiveIntegerField("Reihenfolge")
    kind = models.CharField("Art", max_length=20, choices=Kind.choices, default=Kind.MAIN)
    wording = models.TextField("Wortlaut")
    mover = models.ForeignKey(
        Person,
        verbose_name="gestellt von",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="motions",
    )
    mover_organization = models.ForeignKey(
        Organization,
        verbose_name="gestellt von (Gremium)",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="motions",
    )
    contribution = models.ForeignKey(
        Contribution,
        verbose_name="Absatz",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="motions",
    )
    paper = models.ForeignKey(
        Paper, verbose_name="Vorlage", null=True, blank=True, on_delete=models.PROTECT, related_name="motions"
    )
    superseded_at = models.DateTimeField("an der Quelle ersetzt", null=True, blank=True)

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = "Antrag"
        verbose_name_plural = "Anträge"
        ordering = ["agenda_item", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="motion_position",
                fields=["agenda_item", "position"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="motion_has_wording",
                condition=~Q(wording="") & Q(position__gte=1),
                violation_error_message="Ein Antrag braucht einen Wortlaut.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.wording[:80]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('council:item', args=[self.agenda_item_id])}#antrag-{self.position}"


class Vote(models.Model):
    """How a vote or a decision without counting went. What the source does not state is null, never 0."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted", "angenommen"
        ACCEPTED_AMENDED = "accepted_amended", "geändert angenommen"
        REJECTED = "rejected", "abgelehnt"
        NOTED = "noted", "zur Kenntnis genommen"
        RECOMMENDED = "recommended", "empfohlen"
        REFERRED = "referred", "verwiesen"
        POSTPONED = "postponed", "vertagt"
        WITHDRAWN = "withdrawn", "zurückgezogen"
        SETTLED = "settled", "erledigt"
        REMOVED = "removed", "von der Tagesordnung abgesetzt"
        FORWARDED = "forwarded", "weitergeleitet"
        UNCLEAR = "unclear", "unklar"

    class Majority(models.TextChoices):
        UNANIMOUS = "unanimous", "einstimmig"
        MAJORITY = "majority", "mehrheitlich"
        CONSENSUS = "consensus", "einvernehmlich"
        TIE = "tie", "Stimmengleichheit"

    agenda_item = models.ForeignKey(
        AgendaItem, verbose_name="Tagesordnungspunkt", on_delete=models.PROTECT, related_name="votes"
    )
    position = models.PositiveIntegerField("Reihenfolge")
    on = models.CharField(
        "worüber", max_length=60, default="main", help_text="main, amendment, procedural, section:3"
    )
    motion = models.ForeignKey(
        Motion, verbose_name="Antrag", null=True, blank=True, on_delete=models.PROTECT, related_name="votes"
    )
    result = models.CharField("Ergebnis", max_length=20, choices=Result.choices, blank=True, default="")
    majority = models.CharField("Mehrheit", max_length=20, choices=Majority.choices, blank=True, default="")
    yes = models.PositiveIntegerField("Ja", null=True, blank=True)
    no = models.PositiveIntegerField("Nein", null=True, blank=True)
    abstain = models.PositiveIntegerField("Enthaltung", null=True, blank=True)
    phrase = models.TextField("gelesen aus", blank=True, default="", help_text="die Worte der Quelle")
    contribution = models.ForeignKey(
        Contribution,
        verbose_name="Absatz",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="votes",
    )
    superseded_at = models.DateTimeField("an der Quelle ersetzt", null=True, blank=True)

    objects = OfPublicItemQuerySet.as_manager()

    class Meta:
        verbose_name = "Abstimmung"
        verbose_name_plural = "Abstimmungen"
        ordering = ["agenda_item", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="vote_position",
                fields=["agenda_item", "position"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="vote_says_something",
                condition=~Q(result="")
                | Q(yes__isnull=False)
                | Q(no__isnull=False)
                | Q(abstain__isnull=False),
                violation_error_message="Eine Abstimmung hat ein Ergebnis oder Zahlen.",
            ),
            models.CheckConstraint(
                name="vote_on_known_subject",
                condition=Q(on__in=("main", "amendment", "procedural")) | Q(on__regex=r"^section:\S+$"),
                violation_error_message="Unbekannter Gegenstand der Abstimmung.",
            ),
            models.CheckConstraint(
                name="vote_position_from_one",
                condition=Q(position__gte=1),
                violation_error_message="Die Reihenfolge beginnt bei 1.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_result_display() or f"{self.yes} Ja, {self.no} Nein"

    def get_absolute_url(self) -> str:
        return f"{reverse('council:item', args=[self.agenda_item_id])}#abstimmung-{self.position}"

    @property
    def uid(self) -> str:
        """Distinguishes it on a page with many votes."""
        return f"vote-{self.pk}"

    @property
    def subject(self) -> str:
        """What was voted on, in words: "über die Sache", "über Abschnitt 3"."""
        kind, _, number = self.on.partition(":")
        if kind == "section":
            return f"über Abschnitt {number}"
        return {
            "main": "über die Sache",
            "amendment": "über einen Änderungsantrag",
            "procedural": "über einen Antrag zum Verfahren",
        }[kind]

    @property
    def words(self) -> str:
        """The result with its majority: "einstimmig angenommen", "Ergebnis nicht genannt"."""
        result = self.get_result_display() or "Ergebnis nicht genannt"
        return f"{self.get_majority_display()} {result}" if self.majority and self.result else result

    def clean(self) -> None:
        if self.motion and self.motion.agenda_item_id != self.agenda_item_id:
            raise ValidationError({"motion": "Der Antrag gehört zu einem anderen Tagesordnungspunkt."})
