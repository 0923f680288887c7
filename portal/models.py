"""What council and strategy share: people who sign in, where a record came from, when it was public."""

from datetime import datetime
from hashlib import blake2b
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Lower

from portal.roles import Role
from portal.searching import models as searching

# Django looks for the models of an app in this module.
SearchShelf = searching.SearchShelf
SearchEntry = searching.SearchEntry
SearchWord = searching.SearchWord
SearchSpelling = searching.SearchSpelling
SearchPending = searching.SearchPending

_FIRST_HASHED_ID = 2**40
_LAST_ID = 2**53
"""JavaScript reads larger numbers wrongly."""


def stable_id(external_id: str) -> int:
    """The primary key of the object that its source calls `external_id`.

    It follows from the name alone, so an address such as /rat/tops/1000181/ survives an import into an
    empty database. ALLRIS numbers stay as they are; every other name becomes a 53-bit number beyond them.
    """
    kind, _, number = external_id.rpartition(":")
    if kind.startswith("allris:") and number.isdecimal() and len(number) <= 10:
        return int(number)
    digest = int.from_bytes(blake2b(external_id.encode(), digest_size=8).digest())
    return _FIRST_HASHED_ID + digest % (_LAST_ID - _FIRST_HASHED_ID)


class EmailUserManager(UserManager["User"]):
    """Accounts are known by their address; there is no second name to remember."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]  # no username
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]  # no username
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractUser):
    """Somebody who may sign in: staff of the administration or a council member."""

    username = None  # type: ignore[assignment]  # the address is the name
    email = models.EmailField("E-Mail-Adresse", unique=True)
    muted_notices = ArrayField(
        models.CharField(max_length=20),
        verbose_name="abbestellte Nachrichten",
        blank=True,
        default=list,
        help_text="Arten von Nachrichten, die dieses Konto nicht bekommen will",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = EmailUserManager()  # type: ignore[misc]  # narrower than AbstractUser's

    _roles: "frozenset[Role] | None"
    """Remembered by portal.roles.roles_of."""
    _has_second_factor: bool | None
    """Remembered by portal.signed_in.has_second_factor."""

    class Meta:
        verbose_name = "Konto"
        verbose_name_plural = "Konten"
        constraints = [
            models.CheckConstraint(
                name="user_email_lower",
                condition=Q(email=Lower("email")),
                violation_error_message="Bitte die Adresse klein schreiben.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        """Neither taken up nor too old."""
        return self.filter(accepted_at__isnull=True, expires_at__gt=now)


class Invitation(models.Model):
    """The only way to an account: somebody of the administration invites an address by e-mail.

    The link in that e-mail is known to nobody else; of its token only the digest is kept.
    """

    email = models.EmailField("E-Mail-Adresse")
    groups = models.ManyToManyField(Group, verbose_name="Rollen", related_name="+")
    token_digest = models.CharField("Prüfsumme des Links", max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField("eingeladen am", auto_now_add=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="eingeladen von",
        on_delete=models.PROTECT,
        related_name="invitations_sent",
    )
    expires_at = models.DateTimeField("gültig bis")
    accepted_at = models.DateTimeField("angenommen am", null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="Konto",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "Einladung"
        verbose_name_plural = "Einladungen"
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                name="invitation_invited_paired",
                condition=Q(invited_at__isnull=False, invited_by__isnull=False),
                violation_error_message="Eine Einladung nennt Zeitpunkt und Person.",
            ),
            models.CheckConstraint(
                name="invitation_accepted_paired",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                violation_error_message="Eine angenommene Einladung nennt Zeitpunkt und Konto.",
            ),
            models.CheckConstraint(
                name="invitation_email_lower",
                condition=Q(email=Lower("email")),
                violation_error_message="Bitte die Adresse klein schreiben.",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Notice(models.Model):
    """One line of somebody's next e-mail: what happened, where, and why they are told.

    Written in the transaction of what happened, so nobody hears of what was rolled back. `send_digests`
    gathers the lines of a person, at most one e-mail a day.
    """

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Ein Sachstand wurde eingereicht"
        RETURNED = "returned", "Ein Sachstand wurde zurückgegeben"
        PUBLISHED = "published", "Ein Sachstand wurde veröffentlicht"
        ASKED = "asked", "Eine Frage wurde gestellt"
        ANSWERED = "answered", "Eine Frage wurde beantwortet"
        OVERDUE = "overdue", "Ein Sachstand ist überfällig"
        CHANGE = "change", "Eine Änderung wartet auf Freigabe oder wurde entschieden"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="für", on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField("Art", max_length=20, choices=Kind.choices)
    text = models.CharField("Text", max_length=500)
    path = models.CharField("Adresse im Portal", max_length=500)
    reason = models.CharField("Warum?", max_length=300, help_text="weil Sie diese Maßnahme betreuen")
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    sent_at = models.DateTimeField("verschickt am", null=True, blank=True)

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["recipient"], name="notice_waiting", condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.text


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def succeeded(self) -> Self:
        """Runs that brought the data up to date, even where they refused some records."""
        return self.filter(state__in=(ImportRun.State.COMPLETED, ImportRun.State.REFUSED_SOME))

    def last_success(self) -> datetime | None:
        """When data was last brought up to date; None before the first import."""
        return self.succeeded().aggregate(last=Max("finished_at"))["last"]


class ImportRun(models.Model):
    """One run of an importer: what it read, what it wrote, what it refused."""

    class State(models.TextChoices):
        RUNNING = "running", "läuft"
        COMPLETED = "completed", "abgeschlossen"
        REFUSED_SOME = "refused_some", "mit abgelehnten Einträgen"
        FAILED = "failed", "fehlgeschlagen"

    kind = models.CharField("Art", max_length=40, help_text="import_allris, import_strategy, …")
    source = models.TextField("Quelle")
    state = models.CharField("Zustand", max_length=20, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField("begonnen", auto_now_add=True)
    finished_at = models.DateTimeField("beendet", null=True, blank=True)
    created_count = models.PositiveIntegerField("neu", default=0)
    changed_count = models.PositiveIntegerField("geändert", default=0)
    unchanged_count = models.PositiveIntegerField("unverändert", default=0)
    refused = models.JSONField(
        "abgelehnt", default=list, blank=True, help_text="Kennung und Grund je Eintrag"
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "Import"
        verbose_name_plural = "Importe"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_run_finished_with_state",
                condition=Q(state="running", finished_at__isnull=True)
                | ~Q(state="running") & Q(finished_at__isnull=False),
                violation_error_message="Ein beendeter Import hat einen Zeitpunkt.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%d.%m.%Y %H:%M}"


class SourcedQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """What everybody may see: not withdrawn at its source. Narrower models add their own rule."""
        return self.filter(withdrawn_at__isnull=True)


class Sourced(models.Model):
    """A record of a public source, with its name there and the day we last saw it."""

    id = models.BigIntegerField(primary_key=True, editable=False)
    external_id = models.CharField("Kennung der Quelle", max_length=500, unique=True, editable=False)
    source_url = models.URLField("Amtliche Seite", max_length=1000, blank=True, default="")
    source_created_at = models.DateTimeField("an der Quelle angelegt", null=True, blank=True)
    source_modified_at = models.DateTimeField("an der Quelle geändert", null=True, blank=True)
    content_digest = models.CharField("Prüfsumme", max_length=64, blank=True, default="", editable=False)
    first_imported_at = models.DateTimeField("zuerst übernommen", auto_now_add=True)
    imported_at = models.DateTimeField("zuletzt übernommen", auto_now=True)
    withdrawn_at = models.DateTimeField("an der Quelle entfernt", null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is None:
            self.pk = stable_id(self.external_id)
        super().save(*args, **kwargs)


class PublishableQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """What everybody may see; the only definition, for pages, feeds, exports, search and sitemap."""
        return self.filter(published_at__isnull=False)


class Publishable(models.Model):
    """Something the city writes itself: unseen until somebody publishes it who did not write it."""

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="geschrieben von",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="wer es vor der Veröffentlichung zuletzt geändert hat",
    )
    published_at = models.DateTimeField("veröffentlicht am", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="veröffentlicht von",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    changed_at = models.DateTimeField("geändert am", auto_now=True)

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


def published_pair(prefix: str) -> models.CheckConstraint:
    """Published at a time and by somebody, or not at all."""
    return models.CheckConstraint(
        name=f"{prefix}_published_paired",
        condition=Q(published_at__isnull=True, published_by__isnull=True)
        | Q(published_at__isnull=False, published_by__isnull=False),
        violation_error_message="Zeitpunkt und Person der Veröffentlichung gehören zusammen.",
    )


def four_eyes(name: str, decided_by: str, *written_by: str) -> models.CheckConstraint:
    """Whoever decides is none of those who wrote; where one of them is not known, nothing is said."""
    same = Q()
    for writer in written_by:
        same |= Q(**{f"{decided_by}__isnull": False, writer: F(decided_by)})
    return models.CheckConstraint(
        name=name,
        condition=~same,
        violation_error_message="Niemand veröffentlicht allein, was er geschrieben hat.",
    )


def not_reversed(name: str, first: str, last: str) -> models.CheckConstraint:
    """`last` is not before `first` where both are known."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{last}__gte": F(first)}),
        violation_error_message="Das Ende liegt vor dem Anfang.",
    )
