"""Who may do what: four groups, made by migration, and the one place that asks for them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from portal.models import User


class Role(models.TextChoices):
    """The value is the name of the group; a person can be in several."""

    EDITOR = "Redaktion", "Redaktion: schreibt"
    RELEASER = "Freigabe", "Freigabe: veröffentlicht"
    REVIEWER = "Rat", "Rat: prüft und fragt"
    ADMINISTRATOR = "Administration", "Administration: Konten und Stammdaten"


STAFF = frozenset({Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR})
"""Roles of the administration; council members are none of its staff."""


def roles_of(user: "User") -> frozenset[Role]:
    """The roles of an account; none of a closed one. One query, remembered with the object."""
    if not user.is_active:
        return frozenset()
    known: frozenset[Role] | None = getattr(user, "_roles", None)
    if known is None:
        names = user.groups.values_list("name", flat=True)
        known = frozenset(Role(name) for name in names if name in Role.values)
        user._roles = known
    return known


def has_role(user: "User", *roles: Role) -> bool:
    """Whether the account has one of `roles`."""
    return not roles_of(user).isdisjoint(roles)


def leading_role(roles: Iterable[Role]) -> str:
    """What the public history calls somebody with `roles`: the role and never the name."""
    held = set(roles)
    return next((role.value for role in (Role.RELEASER, Role.EDITOR, *Role) if role in held), "System")
