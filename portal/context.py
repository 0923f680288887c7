"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal.models import ImportRun


def portal(request: HttpRequest) -> dict[str, Any]:
    """The city, its stylesheet, and when the data was last brought up to date (one query, if shown)."""
    return {
        "city": settings.CITY,
        "city_css_url": f"{reverse('portal:city-css')}?v={settings.CITY.stylesheet_version}",
        "data_as_of": SimpleLazyObject(ImportRun.objects.last_success),
    }


def names_are_open(request: HttpRequest) -> bool:
    """Whether this reader may see the names of staff.

    A reader without a session cookie is a stranger; asking for `request.user` only otherwise keeps
    `Vary: Cookie` away from public pages.
    """
    if settings.CITY.employee_names_public:
        return True
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def reader_is_staff(request: HttpRequest) -> bool:
    """Whether somebody of the administration is signed in; asks only where there is a session cookie."""
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_active and request.user.is_staff
    )
