"""Addresses below /daten/ that belong to the council."""

from django.urls import path

from sessions import data_views

app_name = "data"
urlpatterns = [
    path("quellen/", data_views.sources, name="sources"),
    path("quellen/pruefliste/", data_views.findings, name="findings"),
]
