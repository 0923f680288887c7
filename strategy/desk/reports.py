"""Reports: written, submitted, taken back, returned, published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import WRITE, page_for


@page_for(Role.EDITOR, Role.RELEASER, methods=WRITE)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "desk/base.html", {})


urls: list[URLPattern] = [path("sachstaende/<int:pk>/", report, name="report")]
