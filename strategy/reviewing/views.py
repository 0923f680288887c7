"""What council members see and do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.roles import Role
from portal.signed_in import WRITE, page_for


@page_for(Role.REVIEWER)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/base.html", {})


@page_for(Role.REVIEWER, Role.EDITOR, Role.RELEASER, methods=WRITE)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "desk/base.html", {})
