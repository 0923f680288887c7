from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from portal.dates import PrecisionField, date_constraints
from portal.german import german_date
from sessions.models import AgendaItem, Contribution, File, Motion, Paper, Vote
from sessions.models.decision import open_motion
from sessions.models.meeting import open_item
from strategy.models.figures import MoneyItem, Observation
from strategy.models.measure import Measure, Milestone
from strategy.models.report import StatusReport
from strategy.models.review import Question
from strategy.models.structure import Strategy, open_measure


class OutsideDocument(models.Model):
    """A public page or document beside the council record: a press release, a newspaper's article."""

    slug = models.SlugField("Kennung", max_length=100, unique=True)
    title = models.CharField("Titel", max_length=500)
    title_is_description = models.BooleanField(
        "Titel von uns", default=False, help_text="Der Titel steht nicht so in der Quelle."
    )
    publisher = models.CharField("herausgegeben von", max_length=300)
    url = models.URLField("Adresse", max_length=1000)
    dated = models.DateField("Datum", null=True, blank=True)
    dated_precision = PrecisionField()
    note = models.TextField("Anmerkung", blank=True, default="")

    class Meta:
        verbose_name = "Dokument von außen"
        verbose_name_plural = "Dokumente von außen"
        ordering = ["publisher", "title"]
        constraints = [*date_constraints("outside_document", "dated")]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"


SUBJECTS = ("strategy", "measure", "report", "milestone", "observation", "money_item", "question")
"""What an Evidence can back."""

TARGETS = ("agenda_item", "paper", "motion", "vote", "file", "document")
"""What an Evidence can rest on. A paragraph of minutes belongs to its agenda item."""


def exactly_one(name: str, fields: tuple[str, ...], message: str) -> models.CheckConstraint:
    """One of `fields` is set, no more and no less."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return models.CheckConstraint(name=name, condition=condition, violation_error_message=message)


def _among(rows: models.QuerySet[Any], name: str) -> Exists:
    """What the foreign key `name` of an Evidence names is one of `rows`."""
    return Exists(rows.filter(pk=OuterRef(name)))


def _public_subject() -> Q:
    return Q(
        _among(Strategy.objects.published(), "strategy")
        | _among(Measure.objects.published(), "measure")
        | _among(StatusReport.objects.published(), "report")
        | _among(Milestone.objects.filter(open_measure("measure")), "milestone")
        | _among(Observation.objects.filter(open_measure("indicator__measure")), "observation")
        | _among(
            MoneyItem.objects.filter(open_measure("measure") | Q(strategy__published_at__isnull=False)),
            "money_item",
        )
        | _among(Question.objects.published(), "question")
    )


def _public_target() -> Q:
    return Q(
        Q(document__isnull=False)
        | _among(AgendaItem.objects.published(), "agenda_item")
        # Not their own published(): what the source took back may still be cited.
        | _among(Motion.objects.filter(open_motion()), "motion")
        | _among(Vote.objects.filter(open_item("agenda_item")), "vote")
        | _among(Paper.objects.published(), "paper")
        | _among(File.objects.published(), "file")
    )


@cache
def _public_ids() -> RawSQL:
    """Primary keys of the evidence that everybody may see.

    Subqueries and not joins: PostgreSQL plans two dozen joins longer than it runs them. And written as SQL
    once for all pages, because that takes Django longer than the database needs for the answer.
    """
    rows = Evidence.objects.filter(_public_subject(), _public_target()).order_by().values("pk")
    return RawSQL(*rows.query.sql_with_params())  # noqa: S611 - Django's own SQL


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def published(self) -> Self:
        """Evidence of public things that rests on public things: neither side may leak."""
        return self.filter(pk__in=_public_ids())

    def on_public_records(self) -> Self:
        """Evidence that rests on public things, whatever it backs: for the preview of what is not out yet."""
        return self.filter(_public_target())

    def with_targets(self) -> Self:
        """Everything a source line shows, in one query."""
        return self.select_related(
            "agenda_item__meeting",
            "contribution__speaker",
            "paper",
            "motion",
            "vote",
            "file__paper",
            "document",
        )


class Evidence(models.Model):
    """Beleg: ties one claim to the record it rests on, and may quote it word for word."""

    class Aspect(models.TextChoices):
        """Which claim of its subject it backs."""

        GENERAL = "general", "Angaben insgesamt"
        EXISTENCE = "existence", "dass es die Maßnahme gibt"
        STATUS = "status", "Status"
        RESULTS = "results", "Ergebnisse"
        SCHEDULE = "schedule", "Zeitplan"
        BINDING = "binding", "Verbindlichkeit"
        RESPONSIBLE = "responsible", "Zuständigkeit"
        PARTNER = "partner", "Partner"
        PLANNED_START = "planned_start", "geplanter Beginn"
        PLANNED_END = "planned_end", "geplantes Ende"
        ACTUAL_START = "actual_start", "tatsächlicher Beginn"
        ACTUAL_END = "actual_end", "tatsächliches Ende"
        PLANNED = "planned", "geplanter Zeitpunkt"
        REACHED = "reached", "erreichter Zeitpunkt"
        AMOUNT = "amount", "Zahl"
        QUESTION = "question", "Frage"
        ANSWER = "answer", "Antwort"

    # What it backs: exactly one.
    strategy = models.ForeignKey(
        Strategy,
        verbose_name="Strategie",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    measure = models.ForeignKey(
        Measure,
        verbose_name="Maßnahme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    report = models.ForeignKey(
        StatusReport,
        verbose_name="Sachstand",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    milestone = models.ForeignKey(
        Milestone,
        verbose_name="Meilenstein",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    observation = models.ForeignKey(
        Observation,
        verbose_name="Messwert",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    money_item = models.ForeignKey(
        MoneyItem,
        verbose_name="Finanzposition",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    question = models.ForeignKey(
        "strategy.Question",
        verbose_name="Rückfrage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    aspect = models.CharField("belegt", max_length=20, choices=Aspect.choices, default=Aspect.GENERAL)

    # What it rests on: exactly one.
    agenda_item = models.ForeignKey(
        AgendaItem,
        verbose_name="Tagesordnungspunkt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    contribution = models.ForeignKey(
        Contribution,
        verbose_name="Absatz",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    paper = models.ForeignKey(
        Paper,
        verbose_name="Vorlage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    motion = models.ForeignKey(
        Motion,
        verbose_name="Antrag",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    vote = models.ForeignKey(
        Vote,
        verbose_name="Abstimmung",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    file = models.ForeignKey(
        File, verbose_name="Datei", null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    document = models.ForeignKey(
        OutsideDocument,
        verbose_name="Dokument von außen",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    quote = models.TextField("Zitat", blank=True, default="", help_text="Wort für Wort")
    is_inferred = models.BooleanField(
        "erschlossen", default=False, help_text="Schluss der Redaktion; so sagt es keine Quelle"
    )
    note = models.TextField("Anmerkung", blank=True, default="")
    position = models.PositiveIntegerField("Reihenfolge", default=0)
    # The record may be put right later; a published report keeps the words in which it cited it.
    cited_place = models.TextField("Fundstelle bei Veröffentlichung", blank=True, default="", editable=False)
    cited_speaker = models.TextField(
        "Wer sprach, bei Veröffentlichung", blank=True, default="", editable=False
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "Beleg"
        verbose_name_plural = "Belege"
        ordering = ["position", "pk"]
        constraints = [
            exactly_one("evidence_has_one_subject", SUBJECTS, "Ein Beleg gehört zu genau einer Aussage."),
            exactly_one("evidence_has_one_target", TARGETS, "Ein Beleg hat genau eine Quelle."),
            models.CheckConstraint(
                name="evidence_paragraph_of_item",
                condition=Q(contribution__isnull=True) | Q(agenda_item__isnull=False),
                violation_error_message="Ein Absatz gehört zu seinem Tagesordnungspunkt.",
            ),
            models.CheckConstraint(
                name="evidence_inferred_has_note",
                condition=Q(is_inferred=False) | ~Q(note=""),
                violation_error_message="Wer etwas erschließt, sagt in der Anmerkung, was der Schluss ist.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_aspect_display()}: {self.target}"

    @property
    def subject(self) -> Any:
        """The claim that this backs."""
        return next(value for name in SUBJECTS if (value := getattr(self, name)) is not None)

    @property
    def target(self) -> Any:
        """The record this rests on."""
        return next(value for name in TARGETS if (value := getattr(self, name)) is not None)

    @property
    def place(self) -> str:
        """Where it stands, in words: "Ö 13, Sitzung vom 20. August 2025, Absatz 4"; as it was cited."""
        return self.cited_place or self._place_now()

    @property
    def speaker_label(self) -> str:
        """Who is quoted, as far as it is for everybody: elected people by name, others by function."""
        return self.cited_speaker if self.cited_place else self._speaker_now()

    def cite(self) -> None:
        """Keeps place and speaker in the words of now; does not save."""
        self.cited_place, self.cited_speaker = self._place_now(), self._speaker_now()

    def _place_now(self) -> str:
        if self.agenda_item:
            start = self.agenda_item.meeting.start
            parts = [
                self.agenda_item.number or self.agenda_item.title,
                f"Sitzung vom {german_date(start)}" if start else "",
                f"Absatz {self.contribution.position}" if self.contribution else "",
            ]
            return ", ".join(part for part in parts if part)
        if self.paper:
            return f"Vorlage {self.paper.reference or self.paper}"
        return str(self.target)

    def _speaker_now(self) -> str:
        if not self.contribution:
            return ""
        speaker = self.contribution.speaker
        return speaker.public_label if speaker else self.contribution.speaker_role

    @property
    def url(self) -> str:
        """Where a reader sees the source: the paragraph, the paper, the outside page."""
        if self.document:
            return self.document.url
        if self.contribution and self.agenda_item:
            return f"{self.agenda_item.get_absolute_url()}#{self.contribution.anchor}"
        if self.file:
            return self.file.access_url or (self.file.paper.get_absolute_url() if self.file.paper else "")
        return str(self.target.get_absolute_url())
