"""Addresses of the strategy."""

from django.urls import path

from strategy import views
from strategy.history.views import history

app_name = "strategy"
urlpatterns = [
    path("strategie/", views.strategy, name="strategy"),
    path("handlungsfelder/<slug:slug>/", views.field, name="field"),
    path("massnahmen/", views.measures, name="measures"),
    path("massnahmen/<slug:slug>/", views.measure, name="measure"),
    path("massnahmen/<slug:slug>/sachstand/<int:number>/", views.report, name="report"),
    path("massnahmen/<slug:slug>/verlauf/", history, name="history"),
]
