"""One page of a list."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, size: int | None = None
) -> Page[Any]:
    """The page that `?page=` asks for; `size` rows each, or else settings.PAGE_SIZE.

    Raises Http404 for a page that the list does not have, however absurd its number.
    """
    number = request.GET.get("page") or "1"
    if len(number) > 9:
        raise Http404("no such page")
    try:
        return Paginator(rows, size or settings.PAGE_SIZE).page(number)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404("no such page") from error
