"""One page of a list."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
    """The page that `?page=` asks for, settings.PAGE_SIZE rows each.

    Raises Http404 for a page that the list does not have, however absurd its number.
    """
    number = request.GET.get("page") or "1"
    if len(number) > 9:
        raise Http404("no such page")
    try:
        return Paginator(rows, settings.PAGE_SIZE).page(number)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404("no such page") from error
