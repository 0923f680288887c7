"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal.models import ImportRun
from portal.roles import STAFF, has_role
from portal.signed_in import acting_user


def portal(request: HttpRequest) -> dict[str, Any]:
    """The city, its stylesheet, and when the data was last brought up to date (one query, if shown)."""
    return {
        "city": settings.CITY,
        "city_css_url": f"{reverse('portal:city-css')}?v={settings.CITY.stylesheet_version}",
        "data_as_of": SimpleLazyObject(ImportRun.objects.last_success),
    }


def names_are_open(request: HttpRequest) -> bool:
    """Whether this reader may see the names of staff."""
    return settings.CITY.employee_names_public or reader_is_staff(request)


def reader_is_staff(request: HttpRequest) -> bool:
    """Whether somebody of the administration is signed in; asks only where there is a session cookie."""
    user = acting_user(request)
    return user is not None and has_role(user, *STAFF)
