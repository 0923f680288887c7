"""Measures and all that belongs to them, fields, strategy: seen and edited."""

from django.urls import URLPattern, path

from strategy.desk import preview
from strategy.desk.things import edit, pages

urls: list[URLPattern] = [
    *preview.urls,
    path("massnahmen/", pages.measures, name="measures"),
    path("massnahmen/<slug:slug>/", pages.measure, name="measure"),
    path("strategie/", pages.strategy, name="strategy"),
    path("neu/<slug:word>/", edit.new, name="new"),
    path("neu/<slug:word>/<int:pk>/", edit.new, name="new"),
    path("bearbeiten/<slug:word>/<int:pk>/", edit.edit, name="edit"),
    path("entfernen/<slug:word>/<int:pk>/", edit.remove_page, name="remove"),
    path("veroeffentlichen/<slug:word>/<int:pk>/", edit.publish_page, name="publish"),
]
