"""The desk: what waits for whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import page_for


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/base.html", {})


urls: list[URLPattern] = [path("", home, name="home")]
