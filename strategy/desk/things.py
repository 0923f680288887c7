"""Measures and all that belongs to them, fields, strategy: edited."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.roles import Role
from portal.signed_in import page_for
from strategy.desk import preview


@page_for(Role.EDITOR, Role.RELEASER)
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "desk/base.html", {})


urls: list[URLPattern] = [*preview.urls, path("massnahmen/<slug:slug>/", measure, name="measure")]
