from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.models import User
from strategy.models.measure import Measure


class ChangeQuerySet(models.QuerySet["Change"]):
    def open(self) -> Self:
        return self.filter(state=Change.State.OPEN)

    def returned_to(self, user: User, *, since: datetime) -> Self:
        """What `user` proposed and somebody returned since then, and nobody has taken up again."""
        newer = Change.objects.filter(
            model=OuterRef("model"), object_id=OuterRef("object_id"), created_at__gt=OuterRef("decided_at")
        )
        return self.filter(
            ~Exists(newer), state=Change.State.RETURNED, written_by=user, decided_at__gte=since
        )


class Change(models.Model):
    """Änderung: what somebody wants to change in what everybody reads; a second person decides.

    Unpublished things are changed at once. Of a published measure, its milestones, figures, money, links
    and evidence nothing changes before somebody with the right to publish has said yes (ADR 0018).
    """

    class Action(models.TextChoices):
        CREATE = "create", "neu"
        CHANGE = "change", "ändern"
        DELETE = "delete", "entfernen"

    class State(models.TextChoices):
        OPEN = "open", "wartet auf Freigabe"
        APPLIED = "applied", "übernommen"
        RETURNED = "returned", "zurückgegeben"
        WITHDRAWN = "withdrawn", "zurückgezogen"

    model = models.CharField("Modell", max_length=40, help_text="strategy.measure")
    # A number and no foreign key: what it names may be of many models, or be gone when somebody reads this.
    object_id = models.BigIntegerField("Nummer", null=True, blank=True, help_text="leer, wo etwas neu ist")
    title = models.CharField("Bezeichnung", max_length=300)
    measure = models.ForeignKey(
        Measure,
        verbose_name="Maßnahme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="changes",
    )
    action = models.CharField("Vorgang", max_length=10, choices=Action.choices)
    values = models.JSONField("neue Werte", default=dict, blank=True, help_text="nur was sich ändert")
    base = models.JSONField("Werte vorher", default=dict, blank=True)
    note = models.TextField("Grund", blank=True, default="")
    batch = models.UUIDField("Tabelle", null=True, blank=True, help_text="aus derselben Tabelle")
    state = models.CharField("Zustand", max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="geschrieben von", on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("entschieden am", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="entschieden von",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_reason = models.TextField("Grund der Entscheidung", blank=True, default="")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "Änderung"
        verbose_name_plural = "Änderungen"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="change_one_open",
                fields=["model", "object_id"],
                condition=Q(state="open"),
                violation_error_message="Dazu wartet schon eine Änderung auf Freigabe.",
            ),
            models.CheckConstraint(
                name="change_object_known",
                condition=Q(action="create") | Q(object_id__isnull=False),
                violation_error_message="Eine Änderung nennt, was sie ändert.",
            ),
            models.CheckConstraint(
                name="change_decided_paired",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message="Eine Entscheidung nennt Zeitpunkt und Person.",
            ),
            models.CheckConstraint(
                name="change_returned_has_reason",
                condition=~Q(state="returned") | ~Q(decision_reason=""),
                violation_error_message="Wer eine Änderung zurückgibt, nennt den Grund.",
            ),
            models.CheckConstraint(
                name="change_four_eyes",
                condition=~Q(state="applied") | ~Q(decided_by=models.F("written_by")),
                violation_error_message="Niemand gibt allein frei, was er geschrieben hat.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_action_display()}"
