"""The public history of a measure."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portal.context import names_are_open
from portal.models import User
from portal.paging import page_of
from portal.reading import reading_page
from strategy.actions.record import IMPORT
from strategy.history.entries import Entry, public_history
from strategy.history.words import with_names
from strategy.models import Measure


@reading_page
def history(request: HttpRequest, slug: str) -> HttpResponse:
    measure = get_object_or_404(Measure.objects.published(), slug=slug)
    page = page_of(request, public_history(measure))
    entries = with_names(page.object_list, public=True)
    if names_are_open(request):
        entries = _with_people(entries)
    ctx = {
        "nav_section": "massnahmen",
        "measure": measure,
        "page": page,
        "entries": entries,
        "crumb": "Verlauf",
    }
    return render(request, "strategy/history.html", ctx)


def _with_people(entries: list[Entry]) -> list[Entry]:
    """Where the city opens the names of its staff: who acted. Never the address of their mail."""
    acting = {entry.by for entry in entries if entry.by is not None and entry.role != IMPORT}
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=acting)}
    return [
        replace(entry, name=names.get(entry.by, "")) if entry.role != IMPORT and entry.by else entry
        for entry in entries
    ]
