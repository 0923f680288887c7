"""Addresses below /rat/."""

from django.urls import path

from sessions import views

app_name = "council"
urlpatterns = [
    path("sitzungen/", views.meetings, name="meetings"),
    path("sitzungen/<int:pk>/", views.meeting, name="meeting"),
    path("tops/<int:pk>/", views.item, name="item"),
    path("vorlagen/", views.papers, name="papers"),
    path("vorlagen/<int:pk>/", views.paper, name="paper"),
    path("antraege/", views.motions, name="motions"),
    path("gremien/", views.organizations, name="organizations"),
    path("gremien/<int:pk>/", views.organization, name="organization"),
    path("personen/<int:pk>/", views.person, name="person"),
]
