"""Addresses of the review."""

from django.urls import path

from strategy.reviewing import views

app_name = "review"

urlpatterns = [
    path("", views.home, name="home"),
    path("sachstaende/<int:pk>/", views.report, name="report"),
]
