"""Meetings and the folder of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone

from portal.context import names_are_open
from portal.paging import page_of
from portal.roles import Role
from portal.signed_in import page_for
from sessions.models import Meeting
from sessions.presenters import meeting_title, start_of_today
from strategy.reviewing.folder import coming_meetings, folder_of, lines_of

COMING = 20
"""Coming meetings on the first page; councils call no more of them long before."""


@page_for(Role.REVIEWER, Role.EDITOR, Role.RELEASER)
def meetings(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Meeting.objects.published().held(start_of_today()).with_committees())
    ctx = {
        "coming": coming_meetings(COMING) if page.number == 1 else [],
        "page": page,
        "lines": lines_of(list(page)),
    }
    return render(request, "reviewing/meetings.html", ctx)


@page_for(Role.REVIEWER, Role.EDITOR, Role.RELEASER)
def folder(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(
        Meeting.objects.published().select_related("location").with_committees(), pk=pk
    )
    ctx = {
        "folder": folder_of(meeting, names_are_open(request)),
        "title": meeting_title(meeting),
        "made_at": timezone.now(),
        # On paper an address is only of use with its host.
        "origin": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "reviewing/folder.html", ctx)


urls: list[URLPattern] = [
    path("sitzungen/", meetings, name="meetings"),
    path("sitzung/<int:pk>/", folder, name="folder"),
]
