from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Q, When
from django.urls import reverse

from portal.collation import german_order
from portal.models import Sourced, SourcedQuerySet, not_reversed
from sessions.models.body import Body, Location


class OrganizationQuerySet(SourcedQuerySet):
    def with_page(self) -> Self:
        """Those that meet and decide. A unit of the administration is named where it acts; it has no page."""
        return self.published().exclude(type=Organization.Type.ADMINISTRATION)

    def as_of(self, day: date) -> Self:
        """Those that exist on this day, as far as the source says."""
        return self.exclude(start_date__gt=day).exclude(end_date__lt=day)

    def by_type(self) -> Self:
        """The council first, the administration last, each type by the alphabet."""
        rank = Case(*(When(type=code, then=place) for place, code in enumerate(Organization.Type.values)))
        return self.order_by(rank, german_order("name"), "pk")


class Organization(Sourced):
    """A committee, a parliamentary group, the council itself or a unit of the administration."""

    class Type(models.TextChoices):
        """OParl's `organizationType`, as far as the portal tells them apart."""

        COUNCIL = "council", "Rat"
        COMMITTEE = "committee", "Ausschuss"
        FACTION = "faction", "Fraktion"
        ADMINISTRATION = "administration", "Verwaltung"
        OTHER = "other", "Sonstiges"

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="organizations"
    )
    name = models.CharField("Name", max_length=500)
    short_name = models.CharField("Kurzname", max_length=200, blank=True, default="")
    type = models.CharField("Art", max_length=20, choices=Type.choices, default=Type.OTHER)
    classification = models.CharField("Bezeichnung der Art", max_length=200, blank=True, default="")
    parent = models.ForeignKey(
        "self",
        verbose_name="gehört zu",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
    )
    location = models.ForeignKey(
        Location,
        verbose_name="Ort",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="organizations",
    )
    start_date = models.DateField("Beginn", null=True, blank=True)
    end_date = models.DateField("Ende", null=True, blank=True)
    website = models.URLField("Internetseite", max_length=1000, blank=True, default="")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "Gremium"
        verbose_name_plural = "Gremien"
        ordering = ["name", "pk"]
        constraints = [not_reversed("organization_dates", "start_date", "end_date")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("council:organization", args=[self.pk])

    @property
    def has_page(self) -> bool:
        """Whether this row is among `Organization.objects.with_page()`."""
        return self.withdrawn_at is None and self.type != self.Type.ADMINISTRATION


class PersonQuerySet(SourcedQuerySet):
    def published(self) -> Self:
        """Elected people. Staff and people whose function the source does not state have no page."""
        return super().published().filter(kind__in=Person.PUBLIC_KINDS)


class Person(Sourced):
    """Somebody the public record names. One row per person as far as the record tells people apart."""

    class Kind(models.TextChoices):
        MANDATE = "mandate", "Ratsmitglied"
        ELECTED_OFFICIAL = "elected_official", "gewählte Beamtin oder gewählter Beamter"
        EMPLOYEE = "employee", "Verwaltung"
        UNKNOWN = "unknown", "Funktion nicht genannt"

    PUBLIC_KINDS = (Kind.MANDATE, Kind.ELECTED_OFFICIAL)
    """Elected people; everybody else's name is shown to signed-in users only, unless the city opens it."""

    body = models.ForeignKey(
        Body, verbose_name="Körperschaft", on_delete=models.PROTECT, related_name="people"
    )
    name = models.CharField("Name", max_length=300, help_text="ohne Anrede und Amtsbezeichnung")
    family_name = models.CharField("Nachname", max_length=200, blank=True, default="")
    given_name = models.CharField("Vorname", max_length=200, blank=True, default="")
    form_of_address = models.CharField("Anrede", max_length=50, blank=True, default="")
    title = models.CharField("Amtsbezeichnung", max_length=200, blank=True, default="")
    role = models.CharField("Funktion", max_length=300, blank=True, default="")
    kind = models.CharField("Art", max_length=20, choices=Kind.choices, default=Kind.UNKNOWN)
    closed_at = models.DateTimeField(
        "nicht mehr öffentlich seit",
        null=True,
        blank=True,
        editable=False,
        help_text="setzt die Datenbank, wenn eine gewählte Person keine mehr ist",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        ordering = ["family_name", "name", "pk"]

    def __str__(self) -> str:
        return f"{self.title} {self.name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("council:person", args=[self.pk])

    @property
    def is_public(self) -> bool:
        return self.kind in self.PUBLIC_KINDS

    @property
    def has_page(self) -> bool:
        """Whether this row is among `Person.objects.published()`."""
        return self.is_public and self.withdrawn_at is None

    @property
    def label_without_name(self) -> str:
        """What stands in place of a name that is not for everybody."""
        return self.role or self.Kind(self.kind).label

    @property
    def public_label(self) -> str:
        """How everybody may see this person: elected people by name, others by function."""
        return str(self) if self.is_public else self.label_without_name


class MembershipQuerySet(SourcedQuerySet):
    def published(self) -> Self:
        """Seats of elected people in organizations that are there."""
        return (
            super()
            .published()
            .filter(organization__withdrawn_at__isnull=True, person__in=Person.objects.published())
        )

    def as_of(self, day: date) -> Self:
        """Seats that are held on this day; an unknown beginning or end does not end a seat."""
        return self.exclude(start_date__gt=day).exclude(end_date__lt=day)


class Membership(Sourced):
    """Who sits in which organization, as what, from when to when."""

    person = models.ForeignKey(
        Person, verbose_name="Person", on_delete=models.CASCADE, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, verbose_name="Gremium", on_delete=models.CASCADE, related_name="memberships"
    )
    on_behalf_of = models.ForeignKey(
        Organization,
        verbose_name="entsandt von",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="delegations",
    )
    role = models.CharField("Rolle", max_length=300, blank=True, default="")
    voting_right = models.BooleanField("stimmberechtigt", null=True, blank=True)
    start_date = models.DateField("Beginn", null=True, blank=True)
    end_date = models.DateField("Ende", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitgliedschaft"
        verbose_name_plural = "Mitgliedschaften"
        ordering = ["organization__name", "person__family_name", "pk"]
        constraints = [
            not_reversed("membership_dates", "start_date", "end_date"),
            models.CheckConstraint(
                name="membership_not_on_behalf_of_itself",
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=models.F("organization")),
                violation_error_message="Ein Gremium entsendet nicht in sich selbst.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.organization}"

    def is_held_on(self, day: date) -> bool:
        """As `MembershipQuerySet.as_of`."""
        return (self.start_date is None or self.start_date <= day) and (
            self.end_date is None or self.end_date >= day
        )
