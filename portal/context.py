"""What every template knows."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal.models import ImportRun, User
from portal.roles import STAFF, Role, has_role, roles_of
from portal.signed_in import acting_user, is_second_factor_done


def portal(request: HttpRequest) -> dict[str, Any]:
    """The city, its stylesheet, and when the data was last brought up to date (one query, if shown)."""
    return {
        "city": settings.CITY,
        "city_css_url": f"{reverse('portal:city-css')}?v={settings.CITY.stylesheet_version}",
        "data_as_of": SimpleLazyObject(ImportRun.objects.last_success),
        "account_bar": SimpleLazyObject(lambda: account_bar(request)),
    }


@dataclass(frozen=True, slots=True)
class AccountBar:
    """Who is signed in, for the bar at the top of every page."""

    user: User
    roles: tuple[str, ...]
    needs_second_factor: bool
    links: tuple[tuple[str, str], ...]
    """(URL name, words) of the places where the work of these roles is done."""


PLACES = (
    (STAFF, "desk:home", "Redaktion"),
    (frozenset({Role.REVIEWER}), "review:home", "Prüfung"),
    (frozenset({Role.EDITOR, Role.RELEASER, Role.REVIEWER}), "review:meetings", "Sitzungsmappen"),
    (frozenset({Role.ADMINISTRATOR}), "admin:index", "Administration"),
    (frozenset({Role.ADMINISTRATOR}), "account_invitations", "Einladungen"),
)


def account_bar(request: HttpRequest) -> AccountBar | None:
    """None for a stranger: without a session cookie nobody asks who it is, see `acting_user`.

    At most two queries beside those for session and account: one for the roles, one for the second factor.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)  # None where an answer is given before anybody has asked.
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    done = is_second_factor_done(request)
    roles = roles_of(user)
    return AccountBar(
        user=user,
        roles=tuple(role.value for role in Role if role in roles),
        needs_second_factor=not done,
        links=tuple((name, words) for wanted, name, words in PLACES if done and roles & wanted),
    )


def names_are_open(request: HttpRequest) -> bool:
    """Whether this reader may see the names of staff: whoever is signed in, or all where the city says so."""
    return settings.CITY.employee_names_public or acting_user(request) is not None


def reader_is_staff(request: HttpRequest) -> bool:
    """Whether somebody of the administration is signed in; asks only where there is a session cookie."""
    user = acting_user(request)
    return user is not None and has_role(user, *STAFF)
