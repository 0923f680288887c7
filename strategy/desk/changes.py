"""Changes of what is public: released, returned or withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import page_for


@page_for(Role.EDITOR, Role.RELEASER)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "desk/base.html", {})


urls: list[URLPattern] = [path("aenderungen/<int:pk>/", change, name="change")]
