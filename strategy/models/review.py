from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.models import Publishable, PublishableQuerySet, four_eyes, published_pair
from sessions.models import Person
from strategy.models.backed import Backed
from strategy.models.measure import Measure
from strategy.models.report import StatusReport
from strategy.models.structure import Strategy, open_measure


class CouncilSeat(models.Model):
    """Which member of the council an account belongs to."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name="Konto", on_delete=models.PROTECT, related_name="council_seat"
    )
    person = models.ForeignKey(
        Person, verbose_name="Person im Rat", on_delete=models.PROTECT, related_name="council_seats"
    )

    class Meta:
        verbose_name = "Mandat eines Kontos"
        verbose_name_plural = "Mandate der Konten"
        ordering = ["person"]

    def __str__(self) -> str:
        return f"{self.person}"


class ReviewVisit(models.Model):
    """Up to when a council member has seen what was published."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name="Konto", on_delete=models.PROTECT, related_name="review_visit"
    )
    seen_until = models.DateTimeField("gesehen bis")

    class Meta:
        verbose_name = "Durchsicht"
        verbose_name_plural = "Durchsichten"
        ordering = ["user"]

    def __str__(self) -> str:
        return f"{self.user} bis {self.seen_until:%d.%m.%Y %H:%M}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def current(self) -> Self:
        """The last word of each reviewer on the text as it was last submitted."""
        return self.filter(superseded_at__isnull=True, submission=models.F("report__submission"))

    def published(self) -> Self:
        """Verdicts on what everybody can read. Names and comments only where `is_public` says so."""
        return self.current().filter(
            open_measure("report__measure"), report__state=StatusReport.State.PUBLISHED
        )


class Review(models.Model):
    """Prüfvermerk: what a council member says of a report.

    Whoever thinks better of it adds another one; the earlier one stays, superseded. On the page of a
    published report the verdicts are counted; name and comment appear where the member opened them.
    """

    class Verdict(models.TextChoices):
        NOTED = "noted", "zur Kenntnis genommen"
        NEEDS_EVIDENCE = "needs_evidence", "braucht Belege"
        DISAGREES = "disagrees", "widerspricht"

    report = models.ForeignKey(
        StatusReport, verbose_name="Sachstand", on_delete=models.PROTECT, related_name="reviews"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="geprüft von", on_delete=models.PROTECT, related_name="reviews"
    )
    person = models.ForeignKey(
        Person,
        verbose_name="Person im Rat",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="reviews",
        help_text="als wer das Konto prüfte",
    )
    verdict = models.CharField("Vermerk", max_length=20, choices=Verdict.choices)
    comment = models.TextField("Anmerkung", blank=True, default="")
    is_public = models.BooleanField(
        "öffentlich", default=False, help_text="Name und Anmerkung erscheinen beim Sachstand."
    )
    submission = models.PositiveSmallIntegerField("zur Einreichung", default=0, editable=False)
    created_at = models.DateTimeField("abgegeben am", auto_now_add=True)
    superseded_at = models.DateTimeField("ersetzt am", null=True, blank=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "Prüfvermerk"
        verbose_name_plural = "Prüfvermerke"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="review_once",
                fields=["report", "reviewer", "submission"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="review_disagreement_has_comment",
                condition=Q(verdict="noted") | ~Q(comment=""),
                violation_error_message="Bitte sagen, welcher Beleg fehlt oder was nicht stimmt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} zu {self.report}"


class QuestionQuerySet(PublishableQuerySet):
    def published(self) -> Self:
        """Published itself; a question on a measure that is not public would name it."""
        return super().published().filter(Q(measure__isnull=True) | open_measure("measure"))

    def unanswered(self) -> Self:
        return self.filter(answered_on__isnull=True)

    def answered(self) -> Self:
        return self.filter(answered_on__isnull=False)

    def waiting(self) -> Self:
        """Asked here and not published yet: their number is public, their words are not."""
        return self.filter(
            Q(measure__isnull=True) | open_measure("measure"),
            strategy__published_at__isnull=False,
            published_at__isnull=True,
            asked_by_account__isnull=False,
        )

    def counts(self) -> dict[str, int]:
        """`{"open": 1, "partial": 0, "answered": 3}`: each question in one of them."""
        return self.aggregate(
            open=models.Count("pk", filter=Q(answered_on__isnull=True)),
            partial=models.Count("pk", filter=Q(answer_is_partial=True)),
            answered=models.Count("pk", filter=Q(answered_on__isnull=False, answer_is_partial=False)),
        )


class Question(Backed, Publishable):
    """Rückfrage: what the council wants to know, and the answer that is part of the record."""

    strategy = models.ForeignKey(
        Strategy, verbose_name="Strategie", on_delete=models.PROTECT, related_name="questions"
    )
    measure = models.ForeignKey(
        Measure,
        verbose_name="Maßnahme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    slug = models.SlugField("Kennung", max_length=100)
    text = models.TextField("Frage")
    asked_on = models.DateField("gefragt am")
    asked_by = models.ForeignKey(
        Person,
        verbose_name="gefragt von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    asked_by_account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gefragt von (Konto)",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    answer = models.TextField("Antwort", blank=True, default="")
    answer_is_partial = models.BooleanField(
        "teilweise beantwortet", default=False, help_text="Die Antwort sagt nicht alles, was gefragt war."
    )
    answered_on = models.DateField("beantwortet am", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="beantwortet von",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "Rückfrage"
        verbose_name_plural = "Rückfragen"
        ordering = ["-asked_on", "pk"]
        constraints = [
            published_pair("question"),
            four_eyes("question_four_eyes", "published_by", "written_by", "answered_by"),
            models.UniqueConstraint(name="question_slug", fields=["strategy", "slug"]),
            models.CheckConstraint(
                name="question_answer_paired",
                condition=Q(answer="", answered_on__isnull=True)
                | ~Q(answer="") & Q(answered_on__isnull=False),
                violation_error_message="Antwort und Datum gehören zusammen.",
            ),
            models.CheckConstraint(
                name="question_partial_has_answer",
                condition=Q(answer_is_partial=False) | ~Q(answer=""),
                violation_error_message="Ohne Antwort ist eine Frage nicht teilweise beantwortet.",
            ),
            models.CheckConstraint(
                name="question_answered_after_asked",
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("asked_on")),
                violation_error_message="Die Antwort liegt vor der Frage.",
            ),
            models.CheckConstraint(
                name="question_has_text",
                condition=~Q(text=""),
                violation_error_message="Bitte die Frage angeben.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_answered(self) -> bool:
        return self.answered_on is not None
